"""The network's gradient by rules is the slope of its J, and PyTorch's gradient."""

import numpy as np
import pytest

import symgrad as sg
from symgrad.catalogue import Rule, Statement, rules
from symgrad.errors import NotProved, UnknownRule
from symgrad.train.network import Network, initial
from symgrad.train.rules import ACTIVATIONS, LAYERS, LOSSES, choose, decided

SMOOTH = ["tanh", "sigmoid"]


def sample(count=3):
    rng = np.random.default_rng(5)
    return rng.standard_normal((count, 1, 8, 8)), np.eye(10)[rng.integers(0, 10, count)]


def double(parameters):
    return {name: value.astype(float) for name, value in parameters.items()}


@pytest.mark.parametrize("loss", LOSSES)
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


TAILS = {
    "cross-entropy": lambda F, out, y, sigma: F.cross_entropy(out, y, reduction="sum"),
    "squared-error": lambda F, out, y, sigma: ((out - y) ** 2).sum() / 2,
    "softmax-squared-error": lambda F, out, y, sigma: ((F.softmax(out, 1) - y) ** 2).sum() / 2,
    "activation-softmax-squared-error": lambda F, out, y, sigma: (
        ((F.softmax(sigma(out), 1) - y) ** 2).sum() / 2
    ),
}


def pytorchs(torch, parameters, images, targets, activation, loss):
    """J and its gradient, by autograd."""
    functional, sigma = torch.nn.functional, getattr(torch, activation)
    theirs = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}
    maps, y = torch.tensor(images), torch.tensor(targets)
    for name in ("conv1", "conv2"):
        z = functional.conv2d(maps, theirs[f"{name}.weight"], theirs[f"{name}.bias"], padding=1)
        maps = functional.avg_pool2d(sigma(z), 2)
    out = functional.linear(maps.flatten(1), theirs["dense.weight"], theirs["dense.bias"])
    total = TAILS[loss](functional, out, y, sigma)
    total.backward()
    return total.item(), {name: tensor.grad.numpy() for name, tensor in theirs.items()}


def apart(found, expected):
    """How far two sets of arrays are apart, relative to the second."""
    return max(np.linalg.norm(found[n] - expected[n]) / np.linalg.norm(expected[n]) for n in expected)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_step_one_is_pytorchs_and_so_are_the_weights_after_100_steps(activation, loss):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    network = Network(choose(activation, loss))
    ours = double(initial(np.random.default_rng(3)))
    theirs = dict(ours)
    images, targets = sample(40)
    for step in range(100):
        batch = slice(step % 4 * 10, step % 4 * 10 + 10)
        total, gradient = network.step(ours, images[batch], targets[batch])
        expected, slopes = pytorchs(torch, theirs, images[batch], targets[batch], activation, loss)
        if step == 0:
            assert np.isclose(total, expected, rtol=1e-12)
            assert apart(gradient, slopes) < 1e-12
        ours = {name: value - 0.01 * gradient[name] for name, value in ours.items()}
        theirs = {name: value - 0.01 * slopes[name] for name, value in theirs.items()}
    assert apart(ours, theirs) < 1e-9
    before = double(initial(np.random.default_rng(3)))
    assert all(np.linalg.norm(ours[name] - before[name]) > 1e-4 for name in ours)  # every weight was learned


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
