"""Arrays whose axes are index variables, so that they can be multiplied, added and summed by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symgrad.emission.array import (
    Array,
    Binary,
    Broadcast,
    Contract,
    Fresh,
    Key,
    Matmul,
    Number,
    Raise,
    Reduce,
    Reshape,
    Scale,
    Transpose,
    View,
    Whole,
    Windows,
)
from symgrad.language.index import Index
from symgrad.language.symbol import Symbol

Axes = tuple[Symbol, ...]


@dataclass(frozen=True)
class Placed:
    """An array with the index variable that each axis is for; it is constant along all others."""

    array: Array
    axes: Axes = ()

    @property
    def counts(self) -> dict[Symbol, Index]:
        """The extent of each axis."""
        return dict(zip(self.axes, self.array.shape, strict=True))


def number(value: Fraction | int, powers: tuple[tuple[Index, int], ...] = ()) -> Placed:
    """A number, without axes."""
    return Placed(Number(shape=(), value=Fraction(value), powers=powers))


# -- axes -----------------------------------------------------------------------------------------


def ordered(value: Placed, axes: Sequence[Symbol]) -> Placed:
    """The same with its axes in another order."""
    order = tuple(value.axes.index(symbol) for symbol in axes)
    if order == tuple(range(len(order))):
        return value
    shape = tuple(value.array.shape[place] for place in order)
    return Placed(Transpose(shape=shape, source=value.array, order=order), tuple(axes))


def aligned(value: Placed, axes: Sequence[Symbol], leading: bool = False) -> Array:
    """The array for broadcasting over `axes`: an axis of extent 1 where it is constant.

    Constant axes in front need none, unless `leading`.
    """
    inner = ordered(value, [symbol for symbol in axes if symbol in value.axes])
    wanted = list(axes)
    while wanted and wanted[0] not in inner.axes and not leading:
        wanted.pop(0)
    if len(wanted) == len(inner.axes):
        return inner.array
    keys: tuple[Key, ...] = tuple(Whole() if symbol in inner.axes else Fresh() for symbol in wanted)
    counts = inner.counts
    return _viewed(inner.array, keys, tuple(counts.get(symbol, Index.of(1)) for symbol in wanted))


def _viewed(array: Array, keys: tuple[Key, ...], shape: tuple[Index, ...]) -> Array:
    """New axes, put inside a sign or a reciprocal, which is then written as a difference or a quotient."""
    if isinstance(array, (Scale, Raise)) and not array.called:
        return replace(array, source=_viewed(array.source, keys, shape), shape=shape)
    return View(shape=shape, source=array, keys=keys)


def together(values: Iterable[Placed], order: Sequence[Symbol]) -> tuple[Axes, dict[Symbol, Index]]:
    """The axes of several arrays, in the given order, and their extents."""
    counts: dict[Symbol, Index] = {}
    for value in values:
        counts |= value.counts
    return tuple(symbol for symbol in order if symbol in counts), counts


def repeated(value: Placed, axes: Sequence[Symbol], counts: dict[Symbol, Index]) -> Placed:
    """The same, repeated along those of the axes that it is constant along."""
    if set(axes) <= set(value.axes):
        return ordered(value, axes)
    shape = tuple(counts[symbol] for symbol in axes)
    return Placed(Broadcast(shape=shape, source=aligned(value, axes)), tuple(axes))


# -- arithmetic -----------------------------------------------------------------------------------


def elementwise(symbol: str, left: Placed, right: Placed, order: Sequence[Symbol]) -> Placed:
    """The sum or the product of two arrays, entry by entry."""
    axes, counts = together((left, right), order)
    shape = tuple(counts[axis] for axis in axes)
    made = Binary(shape=shape, symbol=symbol, left=aligned(left, axes), right=aligned(right, axes))
    return Placed(made, axes)


def scaled(value: Placed, by: Placed) -> Placed:
    """An array times a number."""
    factor = by.array
    assert isinstance(factor, Number)
    if factor.value == 1 and not factor.powers:
        return value
    if isinstance(value.array, Number):
        return number(factor.value * value.array.value, factor.powers + value.array.powers)
    return Placed(Scale(shape=value.array.shape, source=value.array, by=factor), value.axes)


def summed(value: Placed, over: Sequence[Symbol], greatest: bool = False) -> Placed:
    """The sum, or the greatest, over some of its axes."""
    places = tuple(place for place, symbol in enumerate(value.axes) if symbol in over)
    if not places:
        return value
    kept = tuple(symbol for symbol in value.axes if symbol not in over)
    shape = tuple(value.counts[symbol] for symbol in kept)
    return Placed(Reduce(shape=shape, source=value.array, over=places, greatest=greatest), kept)


def sum_of_products(values: Sequence[Placed], over: Sequence[Symbol], order: Sequence[Symbol]) -> Placed:
    """The product of all, summed over some axes; two at a time, each axis summed as soon as it can be."""
    left = list(values)
    while True:
        for place, value in enumerate(left):
            others = {symbol for other in left if other is not value for symbol in other.axes}
            left[place] = summed(value, [symbol for symbol in over if symbol not in others])
        if len(left) == 1:
            return left[0]
        pairs = [(i, j) for j in range(len(left)) for i in range(j)]
        first, second = min(pairs, key=lambda pair: len(_after(left, pair, over)))
        x, y = left[first], left[second]
        after = _after(left, (first, second), over)
        shared = [symbol for symbol in x.axes if symbol in y.axes and symbol not in after]
        product = _contracted(x, y, shared) if shared else elementwise("*", x, y, order)
        left = [product, *(value for value in left if value is not x and value is not y)]


def _after(values: Sequence[Placed], pair: tuple[int, int], over: Sequence[Symbol]) -> set[Symbol]:
    """The axes that the product of a pair still has once it is summed over what no other needs."""
    first, second = pair
    others = {symbol for k, value in enumerate(values) if k not in pair for symbol in value.axes}
    both = {*values[first].axes, *values[second].axes}
    return {symbol for symbol in both if symbol not in over or symbol in others}


def _contracted(x: Placed, y: Placed, shared: Sequence[Symbol]) -> Placed:
    """The product summed over shared axes, as one matrix product."""
    if _copied_in_rows(x, shared) and not _copied_in_rows(y, shared):
        x, y = y, x
    batch = [symbol for symbol in x.axes if symbol in y.axes and symbol not in shared]
    rows = [symbol for symbol in x.axes if symbol not in shared and symbol not in batch]
    columns = [symbol for symbol in y.axes if symbol not in shared and symbol not in batch]
    counts = x.counts | y.counts
    axes = (*batch, *rows, *columns)
    shape = tuple(counts[symbol] for symbol in axes)
    if not batch:
        pairs = tuple((x.axes.index(symbol), y.axes.index(symbol)) for symbol in shared)
        return Placed(Contract(shape=shape, left=x.array, right=y.array, pairs=pairs), axes)
    left = _merged(ordered(x, [*batch, *rows, *shared]), len(batch), len(rows))
    right = _merged(ordered(y, [*batch, *shared, *columns]), len(batch), len(shared))
    product = Matmul(shape=(*left.shape[:-1], right.shape[-1]), left=left, right=right)
    if len(rows) == 1 and len(columns) == 1:
        return Placed(product, axes)
    return Placed(Reshape(shape=shape, source=product), axes)


def _merged(value: Placed, batch: int, rows: int) -> Array:
    """Stacked matrices: the batch axes kept, the next `rows` axes merged into one, and the rest."""
    if rows == 1 and len(value.axes) == batch + 2:
        return value.array
    shape = value.array.shape
    ends = (shape[batch : batch + rows], shape[batch + rows :])
    factors = (*((size,) for size in shape[:batch]), *ends)
    merged = tuple(math.prod(end, start=Index.of(1)) for end in factors)
    return Reshape(shape=merged, source=value.array, factors=factors)


def _copied_in_rows(value: Placed, shared: Sequence[Symbol]) -> bool:
    """Whether windows had better be the right factor of a matrix product.

    They are copied for it, with the summed axes outermost on the right and innermost on the left. The copy is
    fast if its innermost axis is long, and positions are more than the entries of a window unless only the
    latter are written as an expression, `H - K + 1`.
    """
    array = value.array
    while isinstance(array, (Transpose, View)):
        array = array.source
    if not isinstance(array, Windows):
        return False
    inside = any(value.counts[symbol].symbol is None for symbol in shared)
    outside = any(value.counts[s].symbol is None for s in value.axes if s not in shared)
    return outside or not inside
