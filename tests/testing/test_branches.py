"""Branches that few inputs take: a mistake in one of them is found all the same."""

import numpy as np
import pytest

from symgrad.testing import check_backward


def clipped(x):
    norm = np.sqrt(np.sum(x * x))
    return x * 20 / norm if norm > 20 else x


def clipped_backward(dout, x):
    norm = np.sqrt(np.sum(x * x))
    return 20 * (dout / norm - x * np.sum(dout * x) / norm**3) if norm > 20 else dout


def smooth(x):
    return np.where(np.abs(x) < 1e-3, x * x / 2e-3 + 5e-4, np.abs(x))


def smooth_backward(dout, x):
    return dout * np.where(np.abs(x) < 1e-3, x / 1e-3, np.sign(x))


def gated(x):
    return np.where(x * x > 50, x * x, 50 + 0 * x)


def small(x):
    return np.where(x * x * x > 1e-4, x, 2 * x)


PAIRS = {
    "norm above a bound": (clipped, clipped_backward, lambda d, x: d),
    "between two near thresholds": (smooth, smooth_backward, lambda d, x: d * np.sign(x)),
    "square above a bound": (gated, lambda d, x: np.where(x * x > 50, 2 * x * d, 0 * d), lambda d, x: 0 * d),
    "positive and small": (
        small,
        lambda d, x: np.where(x * x * x > 1e-4, d, 2 * d),
        lambda d, x: np.where(x > 0, d, 2 * d),
    ),
    "above a large bound": (
        lambda x: np.clip(x, -1e6, 1e6),
        lambda d, x: d * (np.abs(x) < 1e6),
        lambda d, x: d * (x > -1e6),
    ),
}


@pytest.mark.parametrize("arguments", [{"x": "N"}, {"x": (4,)}], ids=["named", "listed"])
@pytest.mark.parametrize("name", PAIRS)
def test_a_mistake_on_a_branch_that_few_inputs_take_is_found(name, arguments):
    forward, right, wrong = PAIRS[name]
    assert check_backward(forward, right, arguments).passed
    report = check_backward(forward, wrong, arguments)
    assert [finding.kind for finding in report.findings] == ["WRONG GRADIENT"]
