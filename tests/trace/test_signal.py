"""The stand-ins for scipy.signal against SciPy itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.trace.signal import convolve, convolve2d, correlate, correlate2d

signal = pytest.importorskip("scipy.signal")
side = st.integers(1, 4)


def whole(shape, seed):
    return np.random.default_rng(seed).integers(-5, 6, shape).astype(float)


@given(side, side, side, side, st.sampled_from(["full", "valid", "same"]), st.integers(0, 99))
def test_two_dimensions_agree_with_scipy(h, w, k, l, mode, seed):
    a, b = whole((h, w), seed), whole((k, l), seed + 1)
    for ours, theirs in ((convolve2d, signal.convolve2d), (correlate2d, signal.correlate2d)):
        if mode == "valid" and not (h >= k and w >= l) and not (h <= k and w <= l):
            with pytest.raises(ValueError):
                ours(a, b, mode)
            continue
        assert np.array_equal(ours(a, b, mode).astype(float), theirs(a, b, mode))


@given(side, side, st.sampled_from(["full", "valid", "same"]), st.integers(0, 99))
def test_one_dimension_agrees_with_scipy(n, k, mode, seed):
    a, b = whole((n,), seed), whole((k,), seed + 1)
    assert np.array_equal(convolve(a, b, mode).astype(float), signal.convolve(a, b, mode, "direct"))
    assert np.array_equal(correlate(a, b, mode).astype(float), signal.correlate(a, b, mode, "direct"))
