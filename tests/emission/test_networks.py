"""Networks as source: written soon, for what has a meaning, and what PyTorch computes."""

import inspect
import time

import numpy as np
import pytest

import symgrad as sg
from symgrad import network as nn
from symgrad.catalogue import variables
from symgrad.errors import NotProved
from symgrad.language.tensor import Comprehension

N, D, M, C = sg.sizes("N D M C")
BATCHES = nn.sequential(
    sg.tensor("x", N, D), nn.linear(M), nn.batch_norm(), nn.relu, nn.linear(C), nn.batch_norm()
)
LAYERS = nn.sequential(sg.tensor("x", N, 8), nn.layer_norm(), nn.linear(5), nn.layer_norm())
LOSS = nn.Network(sg.cross_entropy(BATCHES.z, sg.tensor("y", N, C)))


def batches_in_pytorch(F, t):
    a = F.batch_norm(F.linear(t["x"], t["W1"], t["b1"]), None, None, t["gamma2"], t["beta2"], training=True)
    a = F.linear(a.relu(), t["W3"], t["b3"])
    return F.batch_norm(a, None, None, t["gamma4"], t["beta4"], training=True)


def layers_in_pytorch(F, t):
    a = F.linear(F.layer_norm(t["x"], (8,), t["gamma1"], t["beta1"]), t["W2"], t["b2"])
    return F.layer_norm(a, (5,), t["gamma3"], t["beta3"])


def loss_in_pytorch(F, t):
    return F.cross_entropy(batches_in_pytorch(F, t), t["y"])


def transformer_block_in_pytorch(F, t):
    width = t["x"].shape[-1:]
    a = F.layer_norm(t["x"], width, t["gamma1"], t["beta1"])

    def heads(letter):
        rows = F.linear(a, t[f"W{letter}2"].flatten(0, 1), t[f"b{letter}2"].flatten())
        return rows.unflatten(-1, t[f"b{letter}2"].shape).transpose(1, 2)

    joined = F.scaled_dot_product_attention(*map(heads, "QKV")).transpose(1, 2).flatten(2)
    x = t["x"] + F.linear(joined, t["WO2"].flatten(1), t["bO2"])
    a = F.layer_norm(x, width, t["gamma3"], t["beta3"])
    return x + F.linear(F.gelu(F.linear(a, t["W4"], t["b4"])), t["W5"], t["b5"])


@pytest.mark.parametrize(
    ("net", "in_pytorch"),
    [
        pytest.param(BATCHES, batches_in_pytorch, id="batch_norm"),
        pytest.param(LAYERS, layers_in_pytorch, id="layer_norm"),
        pytest.param(LOSS, loss_in_pytorch, id="loss"),
        pytest.param(nn.example("transformer_block"), transformer_block_in_pytorch, id="transformer_block"),
    ],
)
def test_emitted_forward_and_gradients_are_pytorchs(net, in_pytorch):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    random = np.random.default_rng(11)
    symbols = dict.fromkeys(s for v in net.variables for e in v.extents for s in e.symbols())
    sizes = {symbol: 3 + place for place, symbol in enumerate(symbols)}
    arrays = {}
    for variable in (*net.variables, net.cotangent):
        shape = [extent.evaluate(sizes) for extent in variable.extents]
        arrays[variable.name] = random.standard_normal(shape)
    inputs = {v.name: torch.tensor(arrays[v.name], requires_grad=True) for v in net.variables}
    z = in_pytorch(torch.nn.functional, inputs)
    z.backward(torch.tensor(arrays["delta"]))

    def called(tensor, library):
        function, named = sg.compiled(tensor, library), {symbol.name: size for symbol, size in sizes.items()}
        for name, variable in variables(tensor).items():
            shape = [int(np.prod([f.evaluate(sizes) for f in axis])) for axis in variable.axes]
            array = np.asarray(arrays[name]).reshape(shape)
            named[name] = array if library == "numpy" else torch.tensor(array)
        return np.asarray(function(**{name: named[name] for name in inspect.signature(function).parameters}))

    for library in ("numpy", "torch"):
        found = called(net.z, library)
        assert np.allclose(found, z.detach().numpy(), rtol=1e-9, atol=1e-11)
        for name, gradient in net.gradients().items():
            found = called(gradient, library)
            expected = inputs[name].grad.numpy()
            assert np.allclose(found.reshape(expected.shape), expected, rtol=1e-8, atol=1e-9), name


def test_source_of_a_network_takes_no_comparison_of_it_with_itself():
    net = nn.example("transformer_block")
    start = time.perf_counter()
    for tensor in (net.z, net.gradients()["x"], BATCHES.gradients()["x"]):
        sg.emit(tensor)
    assert time.perf_counter() - start < 5  # minutes, by opening up both sides


def test_what_has_no_meaning_is_refused_with_its_reason():
    a = sg.tensor("a", N, C)
    outside = sg.build([N], lambda n: a[n, C - 2])
    with pytest.raises(NotProved, match=r"ILL-FORMED, not PROVED, so there is no source for it: .*reads a"):
        sg.emit(sg.exp(outside))
    with pytest.raises(NotProved, match=r"ILL-FORMED, not PROVED, .*: .*a - a must be positive"):
        sg.emit(sg.log(a - a))
    rows = sg.build([N], lambda n: a[n, 0])
    never = Comprehension(rows.axes, rows.indices, rows.body, None, (), (N >= 2 * N,))
    with pytest.raises(NotProved, match=r"is ILL-FORMED, not PROVED, .*: no sizes meet all of"):
        sg.emit(never)
