"""symgrad: state a backprop formula; get a proof for every shape, or the smallest counterexample.

>>> import symgrad as sg
>>> N, C, M, H, W, K, L = sg.sizes("N C M H W K L")
>>> a, w = sg.tensor("a", N, C, H, W), sg.tensor("W", M, C, K, L)
>>> z = sg.conv2d(a, w)
>>> delta = sg.tensor("delta", *z.shape)
>>> sg.verify(z, wrt=w, claim=sg.swap(sg.correlate(sg.swap(a), sg.swap(delta)))).verdict
'PROVED'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.catalogue import Rule, backward, rules
from symgrad.derive import vjp
from symgrad.errors import IndexRangeError, ShapeError, SizeError, SymgradError, UnknownRule
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
from symgrad.language.build import build, maximum, total, when
from symgrad.language.index import Constraint, Index, equals, size, sizes, within
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
from symgrad.language.operator import operator
from symgrad.language.scalar import Function, Scalar
from symgrad.language.specialise import at_sizes
from symgrad.language.tensor import Tensor, tensor
from symgrad.layers.activation import activation
from symgrad.layers.concat import concat
from symgrad.layers.conv import conv1d, conv2d, conv3d
from symgrad.layers.conv_transpose import conv_transpose1d, conv_transpose2d, conv_transpose3d
from symgrad.layers.dense import linear
from symgrad.layers.dropout import dropout
from symgrad.layers.global_pool import global_avg_pool
from symgrad.layers.loss import half_squared_error
from symgrad.layers.pool import (
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)

if TYPE_CHECKING:
    from symgrad.concrete.arrays import evaluate
    from symgrad.decide.decision import verify, verify_equal
    from symgrad.decide.verdict import HoldsAt, IllFormed, Proved, Refuted, Undecided, Verdict
    from symgrad.formula.expression import parse
    from symgrad.formula.write import write

# what needs islpy, NumPy or Lark is imported when it is first used
_LATER = {
    "evaluate": "symgrad.concrete.arrays",
    "verify": "symgrad.decide.decision",
    "verify_equal": "symgrad.decide.decision",
    "HoldsAt": "symgrad.decide.verdict",
    "IllFormed": "symgrad.decide.verdict",
    "Proved": "symgrad.decide.verdict",
    "Refuted": "symgrad.decide.verdict",
    "Undecided": "symgrad.decide.verdict",
    "Verdict": "symgrad.decide.verdict",
    "parse": "symgrad.formula.expression",
    "write": "symgrad.formula.write",
}

__all__ = [
    "Constraint",
    "Function",
    "HoldsAt",
    "IllFormed",
    "Index",
    "IndexRangeError",
    "Proved",
    "Refuted",
    "Rule",
    "Scalar",
    "ShapeError",
    "SizeError",
    "SymgradError",
    "Tensor",
    "Undecided",
    "UnknownRule",
    "Verdict",
    "activation",
    "at_sizes",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "backward",
    "build",
    "concat",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "convolve",
    "correlate",
    "dilate",
    "dropout",
    "equals",
    "evaluate",
    "expand",
    "flatten",
    "flip",
    "fold",
    "full",
    "function",
    "global_avg_pool",
    "hadamard",
    "half_squared_error",
    "linear",
    "matmul",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "maximum",
    "ones",
    "operator",
    "pad",
    "parse",
    "rot180",
    "rules",
    "size",
    "sizes",
    "swap",
    "tensor",
    "total",
    "transpose",
    "unflatten",
    "upsample",
    "verify",
    "verify_equal",
    "vjp",
    "when",
    "winners",
    "within",
    "write",
    "zeros",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'symgrad' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
