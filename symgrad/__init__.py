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
from symgrad.catalogue import rule_named as rule
from symgrad.derive import vjp
from symgrad.errors import (
    ArgumentError,
    EmissionError,
    IndexRangeError,
    ShapeError,
    SizeError,
    SymgradError,
    UnknownRule,
)
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
from symgrad.language.functions import (
    exp,
    log,
    normal_cdf,
    normal_density,
    sigmoid,
    softplus,
    sqrt,
    step,
    tanh,
)
from symgrad.language.hypothesis import sums_to_one
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
from symgrad.layers.attention import scaled_dot_product_attention
from symgrad.layers.batch_norm import batch_norm
from symgrad.layers.concat import concat
from symgrad.layers.conv import conv1d, conv2d, conv3d
from symgrad.layers.conv_transpose import conv_transpose1d, conv_transpose2d, conv_transpose3d
from symgrad.layers.cross_entropy import cross_entropy, nll_loss
from symgrad.layers.cross_entropy_binary import binary_cross_entropy, binary_cross_entropy_with_logits
from symgrad.layers.dense import linear
from symgrad.layers.dropout import dropout
from symgrad.layers.global_pool import global_avg_pool
from symgrad.layers.group_norm import group_norm
from symgrad.layers.heads import merge_heads, multi_head_attention, split_heads
from symgrad.layers.layer_norm import layer_norm, rms_norm
from symgrad.layers.loss import half_squared_error, mse_loss
from symgrad.layers.pool import (
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from symgrad.layers.rectifier import elu, hardsigmoid, hardswish, leaky_relu, relu, relu6
from symgrad.layers.smooth import gelu, silu
from symgrad.layers.softmax import log_softmax, logsumexp, softmax

if TYPE_CHECKING:
    from symgrad.concrete.arrays import evaluate
    from symgrad.decide.decision import verify, verify_equal
    from symgrad.decide.verdict import HoldsAt, IllFormed, Proved, Refuted, Undecided, Verdict
    from symgrad.emission.compiled import compiled
    from symgrad.emission.source import emit
    from symgrad.formula.check import check
    from symgrad.formula.expression import parse
    from symgrad.formula.write import write

# what needs islpy, NumPy or Lark is imported when it is first used
_LATER = {
    "compiled": "symgrad.emission.compiled",
    "emit": "symgrad.emission.source",
    "check": "symgrad.formula.check",
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
    "ArgumentError",
    "Constraint",
    "EmissionError",
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
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "build",
    "check",
    "compiled",
    "concat",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "convolve",
    "correlate",
    "cross_entropy",
    "dilate",
    "dropout",
    "elu",
    "emit",
    "equals",
    "evaluate",
    "exp",
    "expand",
    "flatten",
    "flip",
    "fold",
    "full",
    "function",
    "gelu",
    "global_avg_pool",
    "group_norm",
    "hadamard",
    "half_squared_error",
    "hardsigmoid",
    "hardswish",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log",
    "log_softmax",
    "logsumexp",
    "matmul",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "maximum",
    "merge_heads",
    "mse_loss",
    "multi_head_attention",
    "nll_loss",
    "normal_cdf",
    "normal_density",
    "ones",
    "operator",
    "pad",
    "parse",
    "relu",
    "relu6",
    "rms_norm",
    "rot180",
    "rule",
    "rules",
    "scaled_dot_product_attention",
    "sigmoid",
    "silu",
    "size",
    "sizes",
    "softmax",
    "softplus",
    "split_heads",
    "sqrt",
    "step",
    "sums_to_one",
    "swap",
    "tanh",
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
