"""The networks of the literature: proved, layer by layer and as a whole; some agree with PyTorch."""

import numpy as np
import pytest

import symgrad as sg
from symgrad import network as nn
from symgrad.concrete.arrays import evaluate

EXAMPLES = [pytest.param(example, id=example.name) for example in nn.examples()]


@pytest.mark.parametrize("example", EXAMPLES)
def test_network_is_proved_in_its_layers_and_as_a_whole(example):
    net = example.make(example.name)
    verdict = net.verify()
    assert verdict.verdict == "PROVED", verdict
    assert {g.wrt for g in verdict.gradients} == {variable.name for variable in net.variables}
    assert len(verdict.layers) >= len(net.layers)


@pytest.mark.parametrize("example", EXAMPLES)
def test_twice_a_gradient_is_refuted(example):
    net = example.make(example.name)
    last = net.variables[-1]
    claim = 2 * net.gradients()[last.name]
    verdict = sg.verify(net.z, wrt=last, claim=claim, cotangent=net.cotangent, suggest=False)
    assert verdict.verdict != "PROVED"


def test_lenet5_has_the_parameters_of_the_literature():
    shapes = {v.name: v.shape for v in nn.example("lenet5").variables}
    assert shapes["W1"] == (6, 1, 5, 5)
    assert shapes["W3"] == (120, (16, 5, 5))
    assert shapes["W5"] == (10, 84)


def test_an_unknown_network_is_named_with_its_neighbours():
    with pytest.raises(sg.UnknownRule, match="did you mean lenet5"):
        nn.example("lenet")


def lenet5_in_pytorch(F, t):
    a = F.avg_pool2d(F.conv2d(t["x"], t["W1"], t["b1"]).tanh(), 2)
    a = F.avg_pool2d(F.conv2d(a, t["W2"], t["b2"]).tanh(), 2).flatten(1)
    a = F.linear(a, t["W3"].flatten(1), t["b3"]).tanh()
    return F.linear(F.linear(a, t["W4"], t["b4"]).tanh(), t["W5"], t["b5"])


def resnet_block_in_pytorch(F, t):
    def norm(a, number):
        return F.batch_norm(a, None, None, t[f"gamma{number}"], t[f"beta{number}"], training=True)

    a = norm(F.conv2d(t["x"], t["W1"], padding=1), 2).tanh()
    return (t["x"] + norm(F.conv2d(a, t["W3"], padding=1), 4)).tanh()


def transformer_block_in_pytorch(F, t):
    width = t["x"].shape[-1:]
    a = F.layer_norm(t["x"], width, t["gamma1"], t["beta1"])

    def heads(letter):
        weight, bias = t[f"W{letter}2"], t[f"b{letter}2"]
        rows = F.linear(a, weight.flatten(0, 1), bias.flatten())
        return rows.unflatten(-1, bias.shape).transpose(1, 2)

    joined = F.scaled_dot_product_attention(*map(heads, "QKV")).transpose(1, 2).flatten(2)
    x = t["x"] + F.linear(joined, t["WO2"].flatten(1), t["bO2"])
    a = F.layer_norm(x, width, t["gamma3"], t["beta3"])
    return x + F.linear(F.gelu(F.linear(a, t["W4"], t["b4"])), t["W5"], t["b5"])


@pytest.mark.parametrize("name", ["lenet5", "resnet_block", "transformer_block"])
def test_gradients_are_pytorchs(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    net, random = nn.example(name), np.random.default_rng(5)
    sizes = {
        symbol: 2 + place
        for place, symbol in enumerate(
            dict.fromkeys(s for v in net.variables for e in v.extents for s in e.symbols())
        )
    }
    arrays = {}
    for variable in (*net.variables, net.cotangent):
        shape = [extent.evaluate(sizes) for extent in variable.extents]
        arrays[variable.name] = random.standard_normal(shape) / np.sqrt(max(1, np.prod(shape[1:])))
    tensors = {v.name: torch.tensor(arrays[v.name], requires_grad=True) for v in net.variables}
    z = globals()[f"{name}_in_pytorch"](torch.nn.functional, tensors)
    z.backward(torch.tensor(arrays["delta"]))
    tanh = {"σ": (np.tanh, lambda x: 1 - np.tanh(x) ** 2)}
    assert np.allclose(evaluate(net.z, arrays, functions=tanh), z.detach().numpy(), rtol=1e-10, atol=1e-12)
    for wrt, gradient in net.gradients().items():
        expected = tensors[wrt].grad.numpy()
        found = evaluate(gradient, arrays, functions=tanh).reshape(expected.shape)
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-12), wrt
