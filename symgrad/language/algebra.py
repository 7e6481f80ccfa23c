"""Operators on any tensor: products, sums, reshaping, elementwise functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.errors import ShapeError, SizeError
from symgrad.language.build import build, total
from symgrad.language.functions import KNOWN, Known
from symgrad.language.index import Index
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Apply, Function, Scalar
from symgrad.language.tensor import Axis, Comprehension, Tensor, index_names, require_same

# -- operators on any tensor ----------------------------------------------------------------------


@operator
def hadamard(x: Tensor, y: Tensor) -> Comprehension:
    r"""The elementwise product \(x \odot y\); both must have the same shape."""
    if x.ndim != y.ndim:
        raise ShapeError(f"hadamard: shapes {x.shape} and {y.shape} differ in rank")
    requires = [
        needed
        for position, (left, right) in enumerate(zip(x.axes, y.axes, strict=True))
        for needed in require_same(left, right, f"hadamard: axis {position}")
    ]
    return build(x.axes, lambda *i: Access(x, i) * Access(y, i), index_names(x), tuple(requires))


@operator
def expand(x: Tensor, axes: Sequence[Axis]) -> Comprehension:
    """`x` with new axes appended, constant along them, so that it can be multiplied with windows."""
    count = len(x.extents)
    names = [*index_names(x), *(f"e{k}" for k in range(sum(map(len, axes))))]
    return build((*x.axes, *axes), lambda *i: Access(x, i[:count]), names)


@operator
def flip(x: Tensor, axis: int | tuple[int, ...]) -> Comprehension:
    """`x` reversed along the given axes."""
    chosen = _axis_numbers(axis, x)
    flat = [number in chosen for number, factors in enumerate(x.axes) for _ in factors]

    def body(*i: Index) -> Access:
        pairs = zip(i, x.extents, flat, strict=True)
        return Access(x, tuple(e - 1 - k if turned else k for k, e, turned in pairs))

    return build(x.axes, body, index_names(x))


@operator
def flatten(x: Tensor, start_dim: int = 1) -> Comprehension:
    """`x` with all axes from `start_dim` on made one compound axis: (N, C, H, W) to (N, (C, H, W))."""
    start = start_dim + x.ndim if start_dim < 0 else start_dim
    if not 0 <= start < x.ndim:
        raise ShapeError(f"flatten: start_dim={start_dim} for shape {x.shape}")
    merged = tuple(factor for axis in x.axes[start:] for factor in axis)
    return build((*x.axes[:start], merged), lambda *i: Access(x, i), index_names(x))


@operator
def unflatten(x: Tensor) -> Comprehension:
    """`x` with every compound axis split into its factors: (N, (C, H, W)) to (N, C, H, W)."""
    return build(x.extents, lambda *i: Access(x, i), index_names(x))


@operator
def transpose(x: Tensor) -> Comprehension:
    """The transpose of a matrix."""
    if x.ndim != 2:
        raise ShapeError(f"transpose needs a matrix; {x!r} has shape {x.shape}")
    split, names = len(x.axes[1]), index_names(x)
    first = len(x.axes[0])
    return build(
        x.axes[::-1],
        lambda *i: Access(x, (*i[split:], *i[:split])),
        names[first:] + names[:first],
    )


@operator
def matmul(x: Tensor, y: Tensor) -> Comprehension:
    """The matrix product, with vectors and leading batch axes as in NumPy."""
    if x.ndim == 0 or y.ndim == 0:
        raise ShapeError("matmul needs at least one axis on both sides; use * for a scalar")
    inner, left_names, right_names = x.axes[-1], index_names(x), index_names(y)
    contracted = y.axes[0] if y.ndim == 1 else y.axes[-2]
    requires = require_same(inner, contracted, f"matmul: inner axes of shapes {x.shape} and {y.shape}")
    batch = y.axes[:-2]
    if batch and x.ndim > 2 and x.axes[:-2] != batch:
        raise ShapeError(f"matmul: batch axes of shapes {x.shape} and {y.shape}")
    lead = x.axes[:-2] if x.ndim > 2 else batch
    rows, columns = x.axes[-2:-1] if x.ndim > 1 else (), y.axes[-1:] if y.ndim > 1 else ()
    sizes = [sum(map(len, axes)) for axes in (lead, rows, columns)]

    def body(*i: Index) -> Scalar:
        b, r, c = i[: sizes[0]], i[sizes[0] : sizes[0] + sizes[1]], i[sizes[0] + sizes[1] :]

        def product(*k: Index) -> Scalar:
            left = Access(x, (*(b if x.ndim > 2 else ()), *r, *k))
            return left * Access(y, (*(b if batch else ()), *k, *c))

        return total(inner, product, [f"{n}" for n in left_names[len(left_names) - len(inner) :]])

    lead_names = (left_names if x.ndim > 2 else right_names)[: sizes[0]]
    row_names = left_names[len(left_names) - len(inner) - sizes[1] : len(left_names) - len(inner)]
    names: list[str] = []
    for name in (*lead_names, *row_names, *right_names[len(right_names) - sizes[2] :]):
        names.append(name + "'" if name in names else name)
    return build((*lead, *rows, *columns), body, names, tuple(requires))


@operator
def sum_axes(x: Tensor, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Comprehension:
    """The sum of `x` over one axis, several, or all."""
    chosen = _axis_numbers(tuple(range(x.ndim)) if axis is None else axis, x)
    names = index_names(x)
    flat = [number for number, factors in enumerate(x.axes) for _ in factors]
    summed = [k for k, number in enumerate(flat) if number in chosen]
    one: Axis = (Index.of(1),)
    axes = [one if n in chosen else a for n, a in enumerate(x.axes) if keepdims or n not in chosen]
    kept = [name for name, number in zip(names, flat, strict=True) if number not in chosen]

    def body(*i: Index) -> Scalar:
        free = iter(i)
        own: dict[int, Index] = {}
        for number in range(x.ndim):
            if number in chosen:
                next(free, None) if keepdims else None
            else:
                own.update({k: next(free) for k, n in enumerate(flat) if n == number})

        def entry(*s: Index) -> Access:
            at = own | dict(zip(summed, s, strict=True))
            return Access(x, tuple(at[k] for k in range(len(flat))))

        return total([x.extents[k] for k in summed], entry, [names[k] for k in summed])

    if keepdims:
        kept = [name for number in range(x.ndim) for name in _kept_names(number, chosen, names, flat)]
    return build(axes, body, kept)


def _kept_names(number: int, chosen: set[int], names: Sequence[str], flat: Sequence[int]) -> list[str]:
    own = [name for name, at in zip(names, flat, strict=True) if at == number]
    return [f"{own[0]}_"] if number in chosen else own


def _axis_numbers(axis: int | tuple[int, ...], x: Tensor) -> set[int]:
    numbers = (axis,) if isinstance(axis, int) else axis
    for number in numbers:
        if not isinstance(number, int) or not -x.ndim <= number < x.ndim:
            raise ShapeError(f"axis {number} for shape {x.shape}")
    return {number % x.ndim for number in numbers}


@operator
def apply(function: Function | Known, x: Tensor) -> Comprehension:
    """An elementwise function of every entry."""
    return build(x.axes, lambda *i: Apply(function, Access(x, i)), index_names(x))


@operator
def full(value: Any, shape: Sequence[Any]) -> Comprehension:
    """The tensor of that shape all of whose entries are `value`."""
    count = sum(len(axis) if isinstance(axis, tuple) else 1 for axis in shape)
    return build(shape, lambda *_: value, [f"i{k}" for k in range(count)])


def ones(*shape: Any) -> Comprehension:
    """The tensor of that shape whose entries are all 1."""
    return full(1, shape)


def zeros(*shape: Any) -> Comprehension:
    """The tensor of that shape whose entries are all 0."""
    return full(0, shape)


def function(name: str) -> Function:
    """An elementwise function of which nothing is assumed: `σ = function("σ")`, `σ(z)`, `σ.prime(z)`."""
    if not isinstance(name, str) or not name.isidentifier():
        raise SizeError(f"a function needs a name such as 'sigma' or 'σ', got {name!r}")
    if name in KNOWN:
        raise SizeError(f"{name} is the name of a known function; an unknown one needs another")
    return Function(name)
