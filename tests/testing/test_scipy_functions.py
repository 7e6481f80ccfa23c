"""Functions of SciPy and of `math` in hand-written code, beside NumPy's."""

import math

import numpy as np
import pytest

from symgrad.testing import check_backward, check_layer

special = pytest.importorskip("scipy.special")


def gelu(x):
    return x * 0.5 * (1 + special.erf(x / np.sqrt(2)))


def density(x):
    return np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)


def gelu_backward(dout, x):
    return dout * (0.5 * (1 + special.erf(x / np.sqrt(2))) + x * density(x))


def loss(x):
    return special.logsumexp(x, axis=1)


def entropy(x):
    return -np.sum(special.log_softmax(x, axis=1) * special.softmax(x, axis=1), axis=1)


def entropy_backward(dout, x):
    p, logs = special.softmax(x, axis=1), special.log_softmax(x, axis=1)
    return -dout[:, None] * p * (logs - np.sum(p * logs, axis=1, keepdims=True))


def likelihood(x):
    return special.xlogy(2, x) + special.xlogy(x, 3)


PAIRS = {
    "erf": (gelu, gelu_backward, lambda d, x: d * (special.ndtr(x) + density(x))),
    "ndtr": (special.ndtr, lambda d, x: d * density(x), lambda d, x: d * density(x) * x),
    "erfc": (
        lambda x: special.erfc(2 * x),
        lambda d, x: d * -4 / math.sqrt(math.pi) * np.exp(-4 * x**2),
        lambda d, x: d * -2 / math.sqrt(math.pi) * np.exp(-4 * x**2),
    ),
    "logsumexp": (
        loss,
        lambda d, x: d[:, None] * special.softmax(x, axis=1),
        lambda d, x: d[:, None] * special.log_softmax(x, axis=1),
    ),
    "softmax": (entropy, entropy_backward, lambda d, x: -entropy_backward(d, x)),
    "xlogy": (likelihood, lambda d, x: d * (2 / x + np.log(3)), lambda d, x: d * 2 / x),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_right_gradient_of_a_function_of_scipy_passes_and_a_wrong_one_does_not(name):
    forward, right, wrong = PAIRS[name]
    shape = {"x": "N C"}
    report = check_backward(forward, right, shape, shapes=10)
    assert report.passed, report
    assert [f.kind for f in check_backward(forward, wrong, shape, shapes=10).findings] == ["WRONG GRADIENT"]


def test_a_gradient_in_other_functions_than_the_forward_passes_where_it_is_the_same():
    for backward in (
        lambda d, x: d / np.cosh(x) ** 2,
        lambda d, x: d * (1 - np.tanh(-x) ** 2),
        lambda d, x: 4 * d / (np.exp(x) + np.exp(-x)) ** 2,
        lambda d, x: d * (1 - ((np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)) ** 2),
    ):
        assert check_backward(np.tanh, backward, {"x": "N"}, shapes=5).passed
    assert not check_backward(np.tanh, lambda d, x: d / np.cosh(x), {"x": "N"}, shapes=5).passed


def test_erf_of_math_is_followed_too():
    def forward(x):
        return np.array([math.erf(value) + math.erfc(2 * value) for value in x])

    def backward(dout, x):
        slope = [math.exp(-(v**2)) - 2 * math.exp(-4 * v**2) for v in x]
        return dout * 2 / math.sqrt(math.pi) * np.array(slope)

    assert check_backward(forward, backward, {"x": "N"}, shapes=5).passed
    assert not check_backward(forward, lambda d, x: 2 * backward(d, x), {"x": "N"}, shapes=5).passed


def test_gelu_is_the_layer_that_it_claims_to_be():
    assert check_layer("gelu", gelu, gelu_backward, shapes=5).passed


def test_a_function_that_cannot_be_traced_is_said_not_to_be_and_not_blamed():
    def forward(x):
        return special.gammaln(x)

    report = check_backward(forward, lambda d, x: d * special.digamma(x), {"x": "N"})
    assert [finding.kind for finding in report.findings] == ["NOT TRACEABLE"]
    assert str(report).startswith("UNDECIDED")
