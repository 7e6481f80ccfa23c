"""The network's gradient by rules is the slope of its J, and PyTorch's gradient."""

import numpy as np
import pytest

import symgrad as sg
from symgrad.catalogue import Rule, Statement, rules
from symgrad.errors import NotProved, UnknownRule
from symgrad.train.network import Network, initial
from symgrad.train.rules import ACTIVATIONS, LAYERS, LOSSES, choose, decided

KNOWN = {rule.name for rule in rules()}
SMOOTH = ["tanh", "sigmoid"]


def sample(count=3):
    rng = np.random.default_rng(5)
    return rng.standard_normal((count, 1, 8, 8)), np.eye(10)[rng.integers(0, 10, count)]


def double(parameters):
    return {name: value.astype(float) for name, value in parameters.items()}


@pytest.mark.parametrize("loss", [name for name, needed in LOSSES.items() if needed in KNOWN])
@pytest.mark.parametrize("activation", SMOOTH)
def test_gradient_is_the_slope_of_the_loss(activation, loss):
    network = Network(choose(activation, loss))
    parameters = double(initial(np.random.default_rng(3)))
    images, targets = sample()
    total, gradient = network.step(parameters, images, targets)
    assert total > 0
    rng = np.random.default_rng(4)
    for name, value in parameters.items():
        direction, small = rng.standard_normal(value.shape), 1e-5
        ahead = network.step(parameters | {name: value + small * direction}, images, targets)[0]
        behind = network.step(parameters | {name: value - small * direction}, images, targets)[0]
        slope = (ahead - behind) / (2 * small)
        assert np.isclose((gradient[name] * direction).sum(), slope, rtol=1e-6, atol=1e-7), name


def test_gradient_is_pytorchs():
    torch = pytest.importorskip("torch")
    from torch.nn.functional import avg_pool2d, conv2d, linear

    network = Network(choose("relu", "squared-error"))
    parameters = double(initial(np.random.default_rng(3)))
    images, targets = sample()
    loss, gradient = network.step(parameters, images, targets)
    theirs = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
    maps = torch.tensor(images)
    for name in ("conv1", "conv2"):
        z = conv2d(maps, theirs[f"{name}.weight"], theirs[f"{name}.bias"], padding=1)
        maps = avg_pool2d(torch.relu(z), 2)
    out = linear(maps.flatten(1), theirs["dense.weight"], theirs["dense.bias"])
    expected = ((out - torch.tensor(targets)) ** 2).sum() / 2
    expected.backward()
    assert np.isclose(loss, expected.item(), rtol=1e-12)
    for name, tensor in theirs.items():
        assert np.allclose(gradient[name], tensor.grad.numpy(), rtol=1e-10, atol=1e-12), name


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_each_derivative_is_the_slope_of_its_function(name):
    function, slope = ACTIVATIONS[name]
    z, small = np.array([-2.0, -0.3, 0.7, 1.9]), 1e-6
    assert np.allclose(slope(z), (function(z + small) - function(z - small)) / (2 * small), atol=1e-8)


# -- rules ----------------------------------------------------------------------------------------


def test_every_rule_is_decided_and_reported_before_anything_else():
    seen = []
    decided(choose("tanh", "squared-error"), lambda rule, verdict: seen.append((rule.name, verdict.verdict)))
    assert [name for name, _ in seen] == ["half_squared_error.total", *LAYERS, seen[-1][0]]
    assert {verdict for _, verdict in seen} == {"PROVED"}


def broken():
    """The catalogue, with the gradient by the kernel taken at twice its size."""
    for rule in rules():
        if rule.name == "linear.weight":
            s = rule.statement()
            wrong = Statement(s.z, s.wrt, 2 * s.claim, s.cotangent)
            yield Rule(rule.name, rule.title, rule.latex, rule.source, lambda wrong=wrong: wrong)
        else:
            yield rule


def test_one_rule_that_is_not_proved_is_named_and_stops_the_run():
    chosen = choose("tanh", "squared-error", list(broken()))
    seen = []
    with pytest.raises(NotProved, match=r"linear.weight is REFUTED"):
        decided(chosen, lambda rule, verdict: seen.append(rule.name))
    assert seen[-1] == chosen.activation_rule.name  # the others are reported all the same
    with pytest.raises(NotProved):
        Network(chosen)


def test_a_loss_whose_rule_is_missing_is_said():
    known = [rule for rule in rules() if not rule.name.startswith("cross_entropy")]
    with pytest.raises(UnknownRule, match="cross_entropy"):
        choose("tanh", "cross-entropy", known)
    assert choose("tanh", None, known).loss == "squared-error"


def test_the_rule_of_an_activation_goes_before_the_rule_of_any():
    z, delta = (sg.tensor(name, *sg.sizes("N I")) for name in ("z", "delta"))
    own = Rule("tanh.input", "", "", "", lambda: Statement(z, z, delta, delta))
    known = [rule for rule in rules() if rule.name != "tanh.input"]
    assert choose("tanh", None, known).activation_rule.name == "activation.input"
    assert choose("tanh", None, [*known, own]).activation_rule is own
