"""symgrad: state a backprop formula; get a proof for every shape, or the smallest counterexample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.derive import vjp
from symgrad.language.algebra import (
    expand,
    flatten,
    flip,
    full,
    function,
    hadamard,
    matmul,
    ones,
    transpose,
    unflatten,
    zeros,
)
from symgrad.language.index import equals, size, sizes, within
from symgrad.language.maps import (
    convolve,
    correlate,
    dilate,
    fold,
    pad,
    rot180,
    swap,
    upsample,
    winners,
)
from symgrad.language.specialise import at_sizes
from symgrad.language.tensor import build, maximum, tensor, total, when

if TYPE_CHECKING:
    from symgrad.decide.decision import verify, verify_equal

_LAZY = {"verify": "symgrad.decide.decision", "verify_equal": "symgrad.decide.decision"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'symgrad' has no attribute {name!r}")
