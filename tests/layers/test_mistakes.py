"""The classic mistakes in these layers are refuted, in numbers; what only looks like one is accepted."""

from fractions import Fraction

import pytest

import symgrad as sg
from symgrad.layers.rectifier import relu_gradient
from symgrad.layers.statistics import HALF, deviation, mean, normalized, variance_gradient

N, C, I, S, D = sg.sizes("N C I S D")
z, y, delta = sg.tensor("z", N, C), sg.tensor("y", N, C), sg.tensor("delta", N, C)
x, gamma, eps = sg.tensor("x", N, C), sg.tensor("gamma", C), sg.tensor("eps")
p = sg.softmax(z)
ONE = [sg.sums_to_one(y, 1)]
BATCH = (0,)

hat, s = normalized(x, BATCH, eps), deviation(x, BATCH, eps)
normal = sg.batch_norm(x, weight=gamma, training=True, eps=eps)
inside = N * delta - delta.sum(0) - hat * (delta * hat).sum(0)
unbiased = (((x - mean(x, BATCH)) ** 2).sum(0, keepdims=True) / (N - 1) + eps) ** HALF
rows = normalized(x, (1,), eps)
layer = sg.layer_norm(x, [C], gamma, eps=eps)
loss, total_loss = sg.cross_entropy(z, y), sg.cross_entropy(z, y, reduction="sum")
Q, K, V = sg.tensor("Q", N, D), sg.tensor("K", S, D), sg.tensor("V", S, D)
out = sg.scaled_dot_product_attention(Q, K, V)
top = sg.tensor("delta", N, D)
weights = sg.layers.attention.attention_weights(Q, K)

MISTAKES = {
    "softmax without the cross term": (p, z, delta * p * (1 - p), delta, []),
    "softmax with the cross term added": (p, z, p * (delta + (delta * p).sum(1, keepdims=True)), delta, []),
    "softmax summed over the samples": (p, z, p * (delta - (delta * p).sum(0, keepdims=True)), delta, []),
    "log-softmax without the sum": (sg.log_softmax(z), z, delta - p * delta, delta, []),
    "1/N dropped": (loss, z, p - y, None, ONE),
    "1/N doubled": (loss, z, (p - y) / N / N, None, ONE),
    "1/N too much": (total_loss, z, (p - y) / N, None, ONE),
    "1/C for 1/N": (loss, z, (p - y) / C, None, ONE),
    "targets that do not sum to one": (loss, z, (p - y) / N, None, []),
    "y - p": (loss, z, (y - p) / N, None, ONE),
    "σ' at a for σ' at z": (sg.sigmoid(z), z, delta * sg.sigmoid.prime(sg.sigmoid(z)), delta, []),
    "σ' dropped": (sg.sigmoid(z), z, delta * 1, delta, []),
    "tanh' without the square": (sg.tanh(z), z, delta * (1 - sg.tanh(z)), delta, []),
    "ReLU of the other sign": (sg.relu(z), z, relu_gradient(delta, -z), delta, []),
    "ReLU6 without the upper end": (sg.relu6(z), z, delta * sg.step(z), delta, []),
    "GELU without zφ(z)": (sg.gelu(z), z, delta * sg.normal_cdf(z), delta, []),
    "exact for approximate GELU": (
        sg.gelu(z, "tanh"),
        z,
        delta * sg.layers.smooth.gelu_gradient(sg.ones(N, C), z),
        delta,
        [],
    ),
    "SiLU as a sigmoid": (sg.silu(z), z, delta * sg.silu(z) * (1 - sg.silu(z)), delta, []),
    "batch norm, 1/N dropped": (normal, x, gamma * inside / s, delta, []),
    "batch norm, unbiased variance": (normal, x, gamma * inside / (N * unbiased), delta, [N >= 2]),
    "batch norm, x for x̂": (
        normal,
        x,
        gamma * (N * delta - delta.sum(0) - x * (delta * hat).sum(0)) / (N * s),
        delta,
        [],
    ),
    "batch norm as a constant scale": (normal, x, gamma * delta / s, delta, []),
    "layer norm, γ outside": (
        layer,
        x,
        gamma
        * (delta - delta.sum(1, keepdims=True) / C - rows * (delta * rows).sum(1, keepdims=True) / C)
        / deviation(x, (1,), eps),
        delta,
        [],
    ),
    "attention without the scale": (
        out,
        Q,
        (weights * (top @ V.T - (top * out).sum(-1, keepdims=True))) @ K,
        top,
        [],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_classic_mistake_is_refuted_with_a_witness(name):
    forward, wrt, claim, cotangent, assuming = MISTAKES[name]
    found = sg.verify(forward, wrt, claim, cotangent, assuming=assuming, suggest=False)
    assert found.verdict == "REFUTED", found
    assert found.counterexample.derived_value != found.counterexample.claimed_value
    assert all(Fraction(value) for _, value in found.counterexample.witness)


def staged(with_the_mean):
    """Batch normalization by way of variance and mean, with or without the path from mean to variance."""
    g = gamma * delta
    by_variance = variance_gradient(g, x, BATCH, eps)
    by_mean = -g.sum(0, keepdims=True) / s
    if with_the_mean:
        by_mean = by_mean - by_variance * 2 / N * (x - mean(x, BATCH)).sum(0, keepdims=True)
    return g / s + by_variance * 2 * (x - mean(x, BATCH)) / N + by_mean / N


@pytest.mark.parametrize("with_the_mean", [True, False])
def test_the_path_from_the_mean_through_the_variance_may_be_dropped(with_the_mean):
    # it is a multiple of Σ (x - μ), which is zero; so dropping it is no mistake
    assert sg.verify(normal, x, staged(with_the_mean), delta).verdict == "PROVED"
    none = (x - mean(x, BATCH)).sum(0)
    assert sg.verify_equal(none, sg.zeros(C)).verdict == "PROVED"


def test_the_mean_itself_may_not_be_dropped():
    g = gamma * delta
    half = g / s + variance_gradient(g, x, BATCH, eps) * 2 * (x - mean(x, BATCH)) / N
    assert sg.verify(normal, x, half, delta, suggest=False).verdict == "REFUTED"


def test_softmax_may_have_its_maximum_subtracted_but_not_its_mean_forgotten():
    shifted = sg.layers.softmax.shifted(z)
    assert sg.verify_equal(p, sg.softmax(shifted)).verdict == "PROVED"
    by_shifted = sg.verify(sg.softmax(z), z, sg.softmax(shifted) * delta, delta, suggest=False)
    assert by_shifted.verdict == "REFUTED"


def test_a_forgotten_one_over_n_is_suggested():
    assert sg.verify(loss, z, p - y, assuming=ONE).did_you_mean == "(softmax(z) - y) / N"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sg.gelu(z, "erf"), "expected 'none' or 'tanh'"),
        (lambda: sg.softmax(z, 2), "dim=2"),
        (lambda: sg.softmax(z, None), "dim=None; expected the number of an axis"),
        (lambda: sg.logsumexp(z, (0, 1)), "expected the number of an axis"),
        (lambda: sg.cross_entropy(z, y, reduction="max"), "expected 'mean', 'sum' or 'none'"),
        (lambda: sg.cross_entropy(z, y, "sum"), "weight is 'sum'"),
        (lambda: sg.cross_entropy(z, sg.tensor("y", N)), "one-hot rows"),
        (lambda: sg.cross_entropy(z, y, ignore_index=0), "a row of zeros"),
        (lambda: sg.nll_loss(z, y, ignore_index=0), "a row of zeros"),
        (lambda: sg.cross_entropy(z, y, label_smoothing=2), "expected 0 to 1"),
        (lambda: sg.cross_entropy(z, y, label_smoothing=z), "expected a number"),
        (lambda: sg.cross_entropy(z, y, sg.tensor("w", N)), "a weight of shape"),
        (lambda: sg.mse_loss(z, y, "max"), "expected 'mean', 'sum' or 'none'"),
        (lambda: sg.mse_loss(z, sg.tensor("y", N)), "the target"),
        (lambda: sg.mse_loss(z, sg.tensor("y", N, 1)), r"the target \(N, 1\); expected the same"),
        (lambda: sg.mse_loss(z, y, weight=sg.tensor("w", 1, C)), r"the weight \(1, C\)"),
        (lambda: sg.cross_entropy(sg.tensor("z", N, 1), y), r"the input has shape \(N, 1\)"),
        (lambda: sg.binary_cross_entropy(sg.tensor("a", 1, C), y), r"the input has shape \(1, C\)"),
        (lambda: sg.batch_norm(z), "running_mean"),
        (lambda: sg.batch_norm(sg.tensor("v", C), training=True), "axes for samples and channels"),
        (lambda: sg.batch_norm(z, weight=sg.tensor("g", N), training=True), "a weight of shape"),
        (lambda: sg.layer_norm(z, [N]), "normalized_shape"),
        (lambda: sg.group_norm(z, 2), "compound axis"),
    ],
)
def test_what_does_not_fit_is_said_in_words(call, words):
    with pytest.raises(sg.SymgradError, match=words):
        call()
