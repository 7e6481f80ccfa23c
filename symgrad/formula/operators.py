"""The operators of formulas at layer level, by the names that people give them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from symgrad.formula.problem import Meaningless
from symgrad.formula.setting import MODES
from symgrad.formula.syntax import Binary, Call, Expression, Matrix, Name, Number, Raised, Several
from symgrad.formula.syntax import Indicator as Condition
from symgrad.formula.values import added, as_tensor
from symgrad.language.algebra import expand, flatten, hadamard, matmul, ones, transpose
from symgrad.language.build import build
from symgrad.language.index import Index, equals
from symgrad.language.maps import convolve, correlate, dilate, fold, pad, rot180, upsample, winners
from symgrad.language.scalar import Access, Indicator
from symgrad.language.tensor import Tensor
from symgrad.layers.pool import avg_pool2d, max_pool2d
from symgrad.layers.softmax import softmax

if TYPE_CHECKING:
    from symgrad.formula.meaning import Meaning

Operator: TypeAlias = Callable[["Meaning", Call], Tensor]


def _first(meaning: Meaning, node: Call) -> Tensor:
    if not node.arguments:
        raise Meaningless(f"{node.function.text} needs an argument", node)
    return meaning.tensor(node.arguments[0])


def _alone(meaning: Meaning, node: Call) -> Tensor:
    if len(node.arguments) != 1 or node.options:
        raise Meaningless(f"{node.function.text} takes one argument", node)
    return _first(meaning, node)


def _only_option(node: Call, known: str) -> None:
    for key, value in node.options:
        if key != known:
            raise Meaningless(f"{node.function.text} takes {known}=, and no {key}=", value)


def _sizes(meaning: Meaning, arguments: tuple[Expression, ...]) -> list[Index]:
    """Sizes, one by one or in brackets."""
    items = [i for a in arguments for i in (a.items if isinstance(a, Several) else (a,))]
    return [meaning.size(item) for item in items]


def _rotated(meaning: Meaning, node: Call) -> Tensor:
    return rot180(_alone(meaning, node))


def _rot90(meaning: Meaning, node: Call) -> Tensor:
    """MATLAB's rot90(x, k): turned k times by 90°."""
    match node.arguments[1:]:
        case (Number(value),) if value == 2:
            return rot180(_first(meaning, node))
    raise Meaningless("turned by 90°; only rot90(x, 2), which is rot180, is read", node)


def _transposed(meaning: Meaning, node: Call) -> Tensor:
    return transpose(_alone(meaning, node))


def _multiplied(meaning: Meaning, node: Call) -> Tensor:
    """NumPy's dot and matmul of two matrices."""
    if len(node.arguments) != 2 or node.options:
        raise Meaningless(f"{node.function.text} takes two matrices", node)
    x, y = map(meaning.tensor, node.arguments)
    return matmul(x, y)


def _outer(meaning: Meaning, node: Call) -> Tensor:
    """NumPy's outer of two vectors, a column or a row each."""
    if len(node.arguments) != 2 or node.options:
        raise Meaningless("outer takes two vectors", node)
    x, y = map(meaning.tensor, node.arguments)
    return outer(x, y, node)


def outer(x: Tensor, y: Tensor, node: Expression) -> Tensor:
    """The outer product of two vectors, a column or a row each. Raises Meaningless for anything else."""
    if any(one.ndim != 2 or 1 not in one.extents for one in (x, y)):
        raise Meaningless("outer takes two vectors", node)
    column = x if x.extents[1] == 1 else transpose(x)
    row = y if y.extents[0] == 1 else transpose(y)
    return matmul(column, row)


def _inner(meaning: Meaning, node: Call) -> Tensor:
    """`⟨x, y⟩`, and NumPy's inner of two vectors."""
    if len(node.arguments) != 2 or node.options:
        raise Meaningless("inner takes two vectors", node)
    x, y = map(meaning.tensor, node.arguments)
    return inner(x, y)


def inner(x: Tensor, y: Tensor) -> Tensor:
    """The sum of the products of entries, of two tensors of one shape."""
    return hadamard(x, y).sum()


def _by_entries(meaning: Meaning, node: Call) -> Tensor:
    """NumPy's multiply of two arrays of one shape."""
    if len(node.arguments) != 2 or node.options:
        raise Meaningless(f"{node.function.text} takes two maps", node)
    x, y = map(meaning.tensor, node.arguments)
    return hadamard(x, y)


def _powered(meaning: Meaning, node: Call) -> Tensor:
    """NumPy's power and square."""
    match node.function.text, node.arguments:
        case "square", (_,) if not node.options:
            return meaning.tensor(Raised(node.arguments[0], (), Number(Fraction(2)), span=node.span))
        case "power", (base, Number() as exponent) if not node.options:
            return meaning.tensor(Raised(base, (), exponent, span=node.span))
    raise Meaningless(f"{node.function.text} takes a map and a number", node)


def _averaged(meaning: Meaning, node: Call) -> Tensor:
    """NumPy's mean, along an axis or along what is normalized."""
    x = _first(meaning, node)
    if len(node.arguments) == 1 and not node.options and meaning.world.kind == "entries":
        total: Tensor = x.sum(meaning.world.axis, keepdims=True)
    else:
        total = _summed(meaning, node)
    counted = math.prod(x.extents, start=Index.of(1))
    kept = math.prod(total.extents, start=Index.of(1))
    return total * kept / counted


def _softmax(meaning: Meaning, node: Call) -> Tensor:
    """softmax(z), of one sample or of each."""
    if meaning.world.layer not in ("loss", "softmax"):
        raise Meaningless(f"{meaning.world.layer} has no softmax", node)
    return softmax(_alone(meaning, node))


def _chosen(meaning: Meaning, node: Call) -> Tensor:
    """NumPy's where(x > 0, y, 0)."""
    match node.arguments:
        case (Condition() as condition, one, other) if not node.options:
            kept = meaning.of(Binary("⊙", condition, one, span=node.span))
            rest = meaning.of(Binary("⊙", Binary("-", Number(Fraction(1)), condition), other, span=node.span))
            return as_tensor(added(kept, rest), node)
    raise Meaningless("where takes a condition and what stands on either side of it", node)


def _diagonal(meaning: Meaning, node: Call) -> Tensor:
    """The square matrix with a vector on its diagonal."""
    x = _alone(meaning, node)
    if x.ndim != 2 or x.extents[1] != 1:
        raise Meaningless("diag makes a matrix of one column", node)
    n = x.extents[0]
    return build((n, n), lambda i, j: Indicator((equals(i, j),)) * Access(x, (i, Index.of(0))), ("i", "j"))


def _upsampled(meaning: Meaning, node: Call) -> Tensor:
    _only_option(node, "size")
    x, world = _first(meaning, node), meaning.world
    block = _ones(meaning, node)
    factor = (
        list(block.extents)
        if block is not None
        else _sizes(meaning, (*node.arguments[1:], *(value for _, value in node.options)))
    )
    factor = factor or list(world.window or world.stride)
    if len(factor) == 1:
        factor *= x.ndim
    if len(factor) != x.ndim:
        raise Meaningless(f"upsample needs the size of a window of {x.ndim} axes", node)
    if block is not None or meaning.spread == "repeat":
        return upsample(x, factor)
    if meaning.spread == "divide":
        return upsample(x, factor) / (factor[0] * factor[-1])
    z, lead = world.things["z"], len(world.things["z"].maps)
    chosen: Tensor = winners(z.tensor)
    if lead:
        letters = meaning.lift.letters(x)
        if len(letters) != lead:
            raise Meaningless("which map this is, no letter says", node)
        chosen = meaning.lift.map("winners", chosen, letters)
    spread = expand(x, [(k,) for k in world.window])
    return fold(hadamard(spread, chosen), world.things["a"].tensor.extents[lead:], world.window)


def _ones(meaning: Meaning, node: Call) -> Tensor | None:
    """The second operand of a Kronecker product, which must be all ones."""
    if node.function.text.lower() != "kron":
        return None
    match node.arguments:
        case (_, Call(Name("ones"), sizes, ())) if sizes:
            return ones(*_sizes(meaning, sizes * 2 if len(sizes) == 1 else sizes))
        case (_, Matrix(rows)) if all(cell == Number(Fraction(1)) for row in rows for cell in row):
            return meaning.tensor(node.arguments[1])
    raise Meaningless("kron is read with a matrix of ones", node)


def _padded(meaning: Meaning, node: Call) -> Tensor:
    _only_option(node, "width")
    x = _first(meaning, node)
    widths = _sizes(meaning, (*node.arguments[1:], *(value for _, value in node.options))) or [
        Index.of(k) - 1 for k in meaning.world.window
    ]
    return pad(x, widths[0] if len(widths) == 1 else [(w, w) for w in widths])


def _dilated(meaning: Meaning, node: Call) -> Tensor:
    _only_option(node, "stride")
    factor: list[Any] = _sizes(meaning, (*node.arguments[1:], *(value for _, value in node.options))) or list(
        meaning.world.stride
    )
    return dilate(_first(meaning, node), factor)


_KINDS = {"correlate": "correlation", "xcorr": "correlation", "corr": "correlation",
          "convolve": "convolution", "conv2": "convolution"}  # fmt: skip


def _pooled(meaning: Meaning, node: Call) -> Tensor:
    """The pooling of the layer, of one map."""
    if meaning.world.layer not in ("avg_pool2d", "max_pool2d"):
        raise Meaningless(f"{meaning.world.layer} does not pool", node)
    pool = avg_pool2d if meaning.world.layer == "avg_pool2d" else max_pool2d
    x = _alone(meaning, node)
    one = build((1, *x.axes), lambda _c, y, x_: Access(x, (y, x_)), ("c", "y", "x"))
    whole = pool(one, meaning.world.window)
    return build(whole.axes[1:], lambda y, x_: Access(whole, (Index.of(0), y, x_)), ("y", "x"))


def _slid(meaning: Meaning, node: Call) -> Tensor:
    if len(node.arguments) < 2:
        raise Meaningless(f"{node.function.text} needs two maps", node)
    x, w = map(meaning.tensor, node.arguments[:2])
    mode = meaning.mode
    _only_option(node, "mode")
    for said in (*node.arguments[2:], *(value for _, value in node.options)):
        word = said.text if isinstance(said, Name) else ""
        if word not in MODES:
            raise Meaningless(f"a mode is expected here: {', '.join(MODES)}", said)
        mode = word
    kind = _KINDS.get(node.function.text.lower(), meaning.star)
    return (correlate if kind == "correlation" else convolve)(x, w, mode)


def _flattened(meaning: Meaning, node: Call) -> Tensor:
    return flatten(_alone(meaning, node), 0)


def _summed(meaning: Meaning, node: Call) -> Tensor:
    """sum(x), sum(x, 0), sum(x, axis=0) and sum(x, axis=(0, 1)), axes counted from 0; keepdims=True."""
    x, kept = _first(meaning, node), False
    for key, value in node.options:
        if key in ("keepdims", "keepdim"):
            kept = value == Name("True") or value == Number(Fraction(1))
            if not kept and value not in (Name("False"), Number(Fraction(0))):
                raise Meaningless(f"{key} is True or False", value)
    node = replace(node, options=tuple(one for one in node.options if one[0] not in ("keepdims", "keepdim")))
    said = [*node.arguments[1:], *(value for _, value in node.options)]
    _only_option(node, "axis")
    axes = []
    for item in (i for a in said for i in (a.items if isinstance(a, Several) else (a,))):
        if not isinstance(item, Number) or item.value.denominator != 1 or not item.value < x.ndim:
            raise Meaningless(f"this is none of the {x.ndim} axes, which count from 0", item)
        axes.append(int(item.value))
    return x.sum(tuple(axes), keepdims=kept) if axes else x.sum(keepdims=kept)


OPERATORS: Mapping[str, Operator] = {
    "rot180": _rotated, "flip": _rotated, "rot": _rotated, "rotate": _rotated, "rotate180": _rotated,
    "rot90": _rot90, "transpose": _transposed, "diag": _diagonal, "upsample": _upsampled, "up": _upsampled,
    "kron": _upsampled, "unpool": _upsampled, "pad": _padded, "dilate": _dilated, "correlate": _slid,
    "xcorr": _slid, "corr": _slid, "convolve": _slid, "conv": _slid, "conv2": _slid, "flatten": _flattened,
    "multiply": _by_entries, "power": _powered, "square": _powered,
    "softmax": _softmax, "mean": _averaged, "where": _chosen, "sum": _summed,
    "dot": _multiplied, "matmul": _multiplied, "outer": _outer, "inner": _inner,
    "down": _pooled, "pool": _pooled, "downsample": _pooled, "subsample": _pooled,
}  # fmt: skip
