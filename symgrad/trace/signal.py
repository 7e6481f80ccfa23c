"""Stand-ins for `scipy.signal`: convolution and correlation over any scalars, by their definitions."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from symgrad.trace.array import filled
from symgrad.trace.numeric import NotTraceable
from symgrad.trace.scalar import ZERO


def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    r"""\(z_t = \sum_u a_{t-u} w_u\) in any number of dimensions; the mode says which t."""
    a, w = np.asarray(in1, dtype=object), np.asarray(in2, dtype=object)
    if a.ndim != w.ndim:
        raise ValueError("in1 and in2 should have the same dimensionality")
    if mode == "valid" and any(n < k for n, k in zip(a.shape, w.shape, strict=True)):
        if any(n > k for n, k in zip(a.shape, w.shape, strict=True)):
            raise ValueError("for mode 'valid', one operand must be at least as large in every dimension")
        a, w = w, a
    whole = filled([n + k - 1 for n, k in zip(a.shape, w.shape, strict=True)], ZERO)
    for place in itertools.product(*map(range, w.shape)):
        window = tuple(slice(u, u + n) for u, n in zip(place, a.shape, strict=True))
        whole[window] += a * w[place]
    if mode == "full":
        return whole
    if mode == "valid":
        return whole[tuple(slice(k - 1, n) for n, k in zip(a.shape, w.shape, strict=True))]
    if mode == "same":
        wanted = np.shape(in1)
        starts = [(have - want) // 2 for have, want in zip(whole.shape, wanted, strict=True)]
        return whole[tuple(slice(start, start + want) for start, want in zip(starts, wanted, strict=True))]
    raise ValueError("acceptable mode flags are 'valid', 'same', or 'full'")


def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    r"""\(z_t = \sum_u a_{t+u} w_u\): a convolution with the kernel turned in every dimension."""
    w = np.asarray(in2, dtype=object)
    return convolve(in1, w[(slice(None, None, -1),) * w.ndim], mode, method)


def convolve2d(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Any:
    """`convolve` in two dimensions. Raises NotTraceable for a boundary that is not filled with 0."""
    _plain(in1, in2, boundary, fillvalue)
    return convolve(in1, in2, mode)


def correlate2d(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Any:
    """`correlate` in two dimensions. Raises NotTraceable for a boundary that is not filled with 0."""
    _plain(in1, in2, boundary, fillvalue)
    if mode != "same":
        return correlate(in1, in2, mode)
    whole = correlate(in1, in2, "full")  # of a kernel of even size, the other middle than convolve2d takes
    starts = [k // 2 for k in np.shape(in2)]
    return whole[tuple(slice(s, s + n) for s, n in zip(starts, np.shape(in1), strict=True))]


def _plain(in1: Any, in2: Any, boundary: str, fillvalue: Any) -> None:
    if np.ndim(in1) != 2 or np.ndim(in2) != 2:
        raise ValueError("inputs must both be 2-D arrays")
    if boundary not in ("fill", 0) or fillvalue:
        raise NotTraceable(f"boundary={boundary!r}, fillvalue={fillvalue!r} of scipy.signal")


OURS = {
    "convolve": convolve,
    "correlate": correlate,
    "convolve2d": convolve2d,
    "correlate2d": correlate2d,
    "fftconvolve": convolve,
    "oaconvolve": convolve,
}
"""By their names in `scipy.signal`."""
