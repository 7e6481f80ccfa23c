"""Code whose values underflow, overflow or cancel at most inputs: right gradients pass, wrong ones do not."""

import numpy as np
import pytest

from symgrad.testing import check_backward

SHAPE = {"x": (2,)}


def shifted(x):
    return np.exp(x * 1e3 - 1e6)


def tiny(x):
    return np.exp(-2000 * x * x - 1e5)


def huge(x):
    return np.exp(1e3 * x * x + 1e3)


def saturated(x):
    return 1 / (1 + np.exp(-3000 * x))


def in_branches(x):
    return np.where(saturated(x) < 1, np.where(saturated(x) > 0, saturated(x), 5 * x), 7 * x)


PAIRS = {
    "shifted exponential": (shifted, lambda d, x: 1e3 * d * shifted(x), lambda d, x: d * shifted(x)),
    "root of the square of an exponential": (
        lambda x: np.sqrt(np.exp(-2000 * x) ** 2),
        lambda d, x: -2000 * d * np.exp(-2000 * x),
        lambda d, x: 2000 * d * np.exp(-2000 * x),
    ),
    "root of a square that underflows": (
        lambda x: np.sqrt((shifted(x) * x) ** 2),
        lambda d, x: d * np.sign(x) * (1e3 * x + 1) * shifted(x),
        lambda d, x: d * (1e3 * x + 1) * shifted(x),
    ),
    "root of a square that overflows": (
        lambda x: np.sqrt((1 - huge(x)) ** 2),
        lambda d, x: 2e3 * d * x * huge(x),
        lambda d, x: -2e3 * d * x * huge(x),
    ),
    "root of the square of what cancels": (
        lambda x: np.sqrt((1 - np.exp(-x * x * 1e-20)) ** 2),
        lambda d, x: 2e-20 * d * x * np.exp(-x * x * 1e-20),
        lambda d, x: -2e-20 * d * x * np.exp(-x * x * 1e-20),
    ),
    "root of a square, of either sign": (
        lambda x: np.sqrt(x * x),
        lambda d, x: d * np.sign(x),
        lambda d, x: d,
    ),
    "branch on what underflows": (
        lambda x: np.where(tiny(x) > 0, tiny(x) * x, x),
        lambda d, x: d * tiny(x) * (1 - 4000 * x * x),
        lambda d, x: d,
    ),
    "branch on what is rounded to one": (
        in_branches,
        lambda d, x: 3000 * d * saturated(x) * (1 - saturated(x)),
        lambda d, x: 7 * d,
    ),
    "absolute value of what is rounded to zero": (
        lambda x: np.abs(np.tanh(100 * x) - 1),
        lambda d, x: -100 * d * (1 - np.tanh(100 * x) ** 2),
        lambda d, x: 100 * d * (1 - np.tanh(100 * x) ** 2),
    ),
    "logarithm of what is rounded to one": (
        lambda x: np.sqrt(np.log(1 + tiny(x)) ** 2),
        lambda d, x: -4000 * d * x * tiny(x) / (1 + tiny(x)),
        lambda d, x: 4000 * d * x * tiny(x) / (1 + tiny(x)),
    ),
    "maximum with zero in disguise": (
        lambda x: x + np.maximum(np.exp(x) / np.exp(x) - 1, 0 * x),
        lambda d, x: d,
        lambda d, x: 2 * d,
    ),
    "a term that is tiny, beside a constant that is rounded": (
        lambda x: 0.6931471805599453 * x + np.exp(-1000 * x * x),
        lambda d, x: d * (0.6931471805599453 - 2000 * x * np.exp(-1000 * x * x)),
        lambda d, x: d * 0.6931471805599453,
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_right_gradient_passes_and_a_wrong_one_does_not(name):
    forward, right, wrong = PAIRS[name]
    assert check_backward(forward, right, SHAPE).passed
    report = check_backward(forward, wrong, SHAPE)
    assert [finding.kind for finding in report.findings] == ["WRONG GRADIENT"]


def test_a_comparison_that_cannot_be_told_is_a_finding_and_no_guess():
    def forward(x):
        return np.where(np.sin(1e30 + 0 * x) > 0, x, 2 * x)

    report = check_backward(forward, lambda d, x: d, SHAPE)
    assert not report.passed
    assert [finding.kind for finding in report.findings] == ["NOT TRACEABLE"]
    assert "not certain at the entries tried" in report.findings[0].message
    assert str(report).startswith("UNDECIDED")


def test_rounded_constants_do_not_excuse_a_sign():
    def forward(x):
        return np.sqrt(1 - 2 * np.exp(-x * x * 1e-20) + np.exp(-2 * x * x * 1e-20)) * 0.6931471805599453

    def wrong(d, x):
        return -0.6931471805599453 * d * 2e-20 * x * np.exp(-x * x * 1e-20)

    assert not check_backward(forward, wrong, SHAPE).passed
    assert check_backward(forward, lambda d, x: -wrong(d, x), SHAPE).passed


def test_a_constant_that_is_rounded_otherwise_in_the_backward_is_no_mistake():
    def forward(x):
        return np.exp(x * 0.6931471805599453) + x / np.log(3.0)

    def backward(d, x):
        return d * (np.exp(x * float(np.log(2.0))) * np.log(2.0) + 0.9102392266268373)

    report = check_backward(forward, backward, SHAPE)
    assert report.passed, report


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("forward", [lambda x: np.sqrt(x**2), lambda x: np.sqrt((1 - np.exp(x)) ** 2) / 2])
def test_both_signs_of_the_root_of_a_square_are_tried_though_nothing_is_compared(forward, sign):
    slopes = {1: lambda x: 1 + 0 * x, -1: lambda x: -np.exp(x) / 2}
    slope = slopes[1] if forward(np.array([1.0])) == 1 else slopes[-1]
    report = check_backward(forward, lambda d, x: sign * d * slope(x), {"x": (1,)})
    assert [finding.kind for finding in report.findings] == ["WRONG GRADIENT"]
