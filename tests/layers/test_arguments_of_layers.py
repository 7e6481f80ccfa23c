"""Arguments as in `torch.nn.functional`: PyTorch's values and gradients, by proved closed forms."""

import numpy as np
import pytest
from arguments import ARGUMENTS, CONSTANT, SIZES

import symgrad as sg
from symgrad import network as nn
from symgrad.concrete.arrays import evaluate
from symgrad.layers.batch_norm import running_statistics

WITH_PYTORCH = [name for name, (_, theirs) in ARGUMENTS.items() if theirs is not None]


def drawn(variable):
    """Its entries as an array without compound axes, and their shape with them; probabilities as such."""
    shape = [int(np.prod([factor.evaluate(SIZES) for factor in axis])) for axis in variable.axes]
    random = np.random.default_rng(len(variable.name))
    if variable.name in ("z", "q", "k", "v", "w"):
        return random.standard_normal(shape)
    return random.random(shape) * 0.8 + 0.1


@pytest.mark.parametrize("name", ARGUMENTS)
def test_closed_forms_are_proved_for_every_operand(name):
    z, _ = ARGUMENTS[name]
    net = nn.Network(z, name)
    verdict = net.verify()
    assert verdict.verdict == "PROVED", verdict
    wanted = {variable.name for variable in net.variables} - CONSTANT
    assert {gradient.wrt for gradient in verdict.gradients} == wanted


@pytest.mark.parametrize("name", WITH_PYTORCH)
def test_values_and_gradients_are_pytorchs(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    z, theirs = ARGUMENTS[name]
    net = nn.Network(z)
    arrays = {variable.name: drawn(variable) for variable in net.variables}
    arrays["delta"] = drawn(net.cotangent)
    tensors = {
        name: torch.tensor(array, requires_grad=name not in CONSTANT) for name, array in arrays.items()
    }
    out = theirs(torch.nn.functional, tensors)
    named = {symbol.name: size for symbol, size in SIZES.items()}
    assert np.allclose(evaluate(z, arrays, named), out.detach().numpy(), rtol=1e-12, atol=1e-12)
    out.backward(tensors["delta"].detach())
    for wrt, gradient in net.gradients().items():
        found, expected = evaluate(gradient, arrays, named), tensors[wrt].grad.numpy()
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-12), wrt


def test_the_mean_of_log_probabilities_is_pytorchs_for_class_numbers():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    z, y, w = sg.tensor("z", 4, 3), sg.tensor("y", 4, 3), sg.tensor("w", 3)
    random, classes = np.random.default_rng(3), np.array([2, 0, 2, 1])
    arrays = {"z": random.standard_normal((4, 3)), "y": np.eye(3)[classes], "w": random.random(3)}
    F = torch.nn.functional
    theirs = F.nll_loss(*map(torch.tensor, (arrays["z"], classes, arrays["w"])))
    assert np.isclose(evaluate(sg.nll_loss(z, y, w), arrays), theirs.item())
    theirs = F.cross_entropy(*map(torch.tensor, (arrays["z"], classes)), label_smoothing=0.2)
    assert np.isclose(evaluate(sg.cross_entropy(z, y, label_smoothing=0.2), arrays), theirs.item())


@pytest.mark.parametrize("shape", [(5, 2), (3, 2, 2, 4)])
def test_running_statistics_move_by_the_momentum(shape):
    x = np.random.default_rng(0).standard_normal(shape)
    axes = tuple(axis for axis in range(x.ndim) if axis != 1)
    given = {"x": x, "m": np.array([1.0, -2.0]), "v": np.array([3.0, 0.5])}
    moved = running_statistics(sg.tensor("x", *shape), sg.tensor("m", 2), sg.tensor("v", 2), 0.3)
    expected = [0.7 * given["m"] + 0.3 * x.mean(axes), 0.7 * given["v"] + 0.3 * x.var(axes, ddof=1)]
    assert np.allclose([evaluate(each, given) for each in moved], expected)


N, C, A, L, S, D = sg.sizes("N C A L S D")
attention, z = sg.scaled_dot_product_attention, sg.tensor("z", N, C)
query, key = sg.tensor("q", N, A, L, D), sg.tensor("k", N, A, S, D)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sg.relu(z, inplace=True), "relu has no argument inplace: no tensor is ever changed"),
        (lambda: sg.softmax(z, dtype=float), "exact numbers"),
        (lambda: sg.mse_loss(z, z, size_average=True), "say reduction"),
        (lambda: sg.tanh(z, beta=2), "tanh has no argument beta; it takes its input only"),
        (lambda: sg.softplus(z, gamma=2), "takes input, beta and threshold"),
        (lambda: sg.softplus(z, "x"), "beta is 'x'; expected a number"),
        (lambda: sg.tanh(3), "expected a tensor"),
        (lambda: sg.relu(3), "relu: input is 3; expected a tensor"),
        (lambda: sg.cross_entropy(z, [1, 2]), "target is .1, 2.; expected a tensor"),
        (lambda: sg.elu(z, None), "alpha is None; expected a number"),
        (lambda: sg.leaky_relu(z, "0.1"), "negative_slope is '0.1'; expected a number"),
        (lambda: sg.layer_norm(z, C), "normalized_shape=C; expected the last sizes"),
        (lambda: sg.relu(), "missing a required argument"),
        (
            lambda: sg.batch_norm(z, training=True, eps=1, decay=1),
            "has no argument decay; it takes",
        ),
        (lambda: sg.rms_norm(z, [C], eps=None), "eps"),
        (lambda: attention(query, key, key, query, is_causal=True), "not both"),
        (lambda: attention(query, key, key, dropout_p=0.1), "the mask that was drawn"),
        (lambda: attention(query, key, key, scale="1"), "expected a number"),
        (
            lambda: attention(query, key, key, enable_gqa=True),
            r"compound axis \(A, G\)",
        ),
    ],
)
def test_arguments_that_are_not_had_are_refused_in_words(call, words):
    with pytest.raises(sg.SymgradError, match=words):
        call()


def test_a_mistake_in_a_causal_mask_is_refuted():
    delta, value = sg.tensor("delta", N, A, L, D), sg.tensor("v", N, A, S, D)
    out = sg.scaled_dot_product_attention(query, key, value, is_causal=True)
    forgotten = nn.Network(sg.scaled_dot_product_attention(query, key, value)).gradients()["v"]
    assert sg.verify(out, value, forgotten, delta, suggest=False).verdict == "REFUTED"
