"""Products computed for summed indices and written to where an equation puts them: [t = s·y + d·u - p]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symgrad.emission.array import (
    Array,
    Cut,
    Embed,
    Key,
    Landing,
    Reduce,
    Reshape,
    Spread,
    View,
    Whole,
)
from symgrad.emission.bounds import Bounds, Range, coefficients
from symgrad.emission.placed import Axes, Placed, aligned, repeated
from symgrad.language.index import Constraint, Index
from symgrad.language.symbol import Symbol

ZERO, ONE = Index.of(0), Index.of(1)


@dataclass(frozen=True)
class _Target:
    """A variable of the result: start + Σ step·position, out of `extent`."""

    symbol: Symbol
    start: Index
    steps: dict[Symbol, Index]
    extent: Index

    @property
    def main(self) -> Symbol:
        """The variable whose axis becomes the target's."""
        return next(iter(self.steps))


def landed(
    value: Placed, lands: Mapping[Symbol, tuple[Index, Range]], ranges: Mapping[Symbol, Range], bounds: Bounds
) -> Placed:
    """The sum of the products that land at each value of the targets.

    In the plainest way there is: a change of name, blocks side by side, strided slices of zeros, or, where
    windows overlap, diagonals of zeros that are summed.
    """
    counts = {symbol: run.count for symbol, run in ranges.items()}
    blocks: list[tuple[_Target, Axes]] = []
    slices: list[_Target] = []
    overlapping: list[_Target] = []
    names: dict[Symbol, Symbol] = {}
    for symbol, (at, run) in lands.items():
        parts = coefficients(at)
        assert parts is not None
        start, steps = parts
        for inner, step in steps.items():
            start = start + step * ranges[inner].start
        target = _Target(symbol, start - run.start, steps, run.count)
        if _is_renaming(target, counts, bounds):
            names[target.main] = symbol
        elif block := _block(target, counts, bounds):
            blocks.append((target, block))
        elif _is_slice(target, counts, bounds):
            slices.append(target)
        else:
            overlapping.append(target)
    value = _renamed(value, names)
    value = _sliced(value, slices, counts) if slices else value
    value = _side_by_side(value, blocks, counts) if blocks else value
    return _spread(value, overlapping, counts, bounds) if overlapping else value


# -- what kind of landing -------------------------------------------------------------------------


def _is_renaming(target: _Target, counts: Mapping[Symbol, Index], bounds: Bounds) -> bool:
    (first, *more) = target.steps
    plain = not more and target.start == 0 and target.steps[first] == 1
    return plain and bounds.same(counts[first], target.extent)


def _block(target: _Target, counts: Mapping[Symbol, Index], bounds: Bounds) -> Axes | None:
    """Outer and inner variable, if the target is outer·size + inside and all of it."""
    if len(target.steps) != 2 or target.start != 0:
        return None
    for outer, inner in (tuple(target.steps), tuple(target.steps)[::-1]):
        if target.steps[inner] == 1 and target.steps[outer] == counts[inner]:
            return (outer, inner) if bounds.same(counts[outer] * counts[inner], target.extent) else None
    return None


def _is_slice(target: _Target, counts: Mapping[Symbol, Index], bounds: Bounds) -> bool:
    if len(target.steps) != 1:
        return False
    last = target.start + target.steps[target.main] * (counts[target.main] - 1)
    return bounds.shows(Constraint(target.start), Constraint(target.extent - 1 - last))


# -- each kind ------------------------------------------------------------------------------------


def _renamed(value: Placed, names: Mapping[Symbol, Symbol]) -> Placed:
    return Placed(value.array, tuple(names.get(symbol, symbol) for symbol in value.axes))


def _sliced(value: Placed, targets: Sequence[_Target], counts: Mapping[Symbol, Index]) -> Placed:
    """Zeros, with the values in strided slices."""
    axes = (*value.axes, *(t.main for t in targets if t.main not in value.axes))
    by = {target.main: target for target in targets}
    keys: list[Key] = []
    shape: list[Index] = []
    for symbol in axes:
        if symbol in by:
            target = by[symbol]
            keys.append(Cut(target.start, counts[symbol], target.steps[symbol]))
            shape.append(target.extent)
        else:
            keys.append(Whole())
            shape.append(value.counts[symbol])
    array = Embed(shape=tuple(shape), source=aligned(value, axes), keys=tuple(keys), called="spaced")
    return _renamed(Placed(array, axes), {symbol: target.symbol for symbol, target in by.items()})


def _side_by_side(
    value: Placed, blocks: Sequence[tuple[_Target, Axes]], counts: Mapping[Symbol, Index]
) -> Placed:
    """Blocks next to each other, which is a change of shape."""
    every = {symbol for _, pair in blocks for symbol in pair}
    known = dict(counts) | value.counts
    axes: list[Symbol] = []
    for symbol in value.axes:
        pair = next((pair for _, pair in blocks if symbol in pair), None)
        axes += [s for s in (pair or (symbol,)) if s not in axes]
    constant = {t.symbol for t, pair in blocks if pair[0] not in axes}
    full = repeated(value, axes, known) if every & set(axes) else value
    shape: list[Index] = []
    named: list[Symbol] = []
    for symbol in axes:
        found = next(((target, pair) for target, pair in blocks if symbol in pair), None)
        if found is None:
            shape.append(known[symbol])
            named.append(symbol)
        elif found[0].symbol not in (*named, *constant):
            shape.append(found[0].extent)
            named.append(found[0].symbol)
    return Placed(Reshape(shape=tuple(shape), source=full.array), tuple(named))


def _spread(
    value: Placed, targets: Sequence[_Target], counts: Mapping[Symbol, Index], bounds: Bounds
) -> Placed:
    """Diagonals of a larger array of zeros, summed over all but the main variables, and cut to size."""
    extras = tuple(s for target in targets for s in target.steps if s is not target.main)
    mains = {target.main: target for target in targets}
    rest = [symbol for symbol in value.axes if symbol not in extras and symbol not in mains]
    axes = (*extras, *rest, *mains)
    known = dict(counts) | value.counts
    shape = [known[symbol] for symbol in axes]
    landings: list[Landing] = []
    crops: list[Key] = [Whole() for _ in (*rest, *mains)]
    for symbol, target in mains.items():
        place = axes.index(symbol)
        offset = bounds.larger(ZERO, target.start, "offset")
        ahead = offset - target.start  # so many positions lie before the target's first
        reach = offset + 1
        for inner, step in target.steps.items():
            reach = reach + step * (counts[inner] - 1)
        shape[place] = bounds.larger(reach, ahead + target.extent, "reach")
        others = tuple((axes.index(s), step) for s, step in target.steps.items() if s is not symbol)
        landings.append(Landing(place, offset, target.steps[symbol], counts[symbol], others))
        if not (ahead == 0 and bounds.same(shape[place], target.extent)):
            crops[len(rest) + list(mains).index(symbol)] = Cut(ahead, target.extent)
    source = aligned(value, axes, leading=True)
    array: Array = Spread(shape=tuple(shape), source=source, landings=tuple(landings), called="spread")
    if extras:
        over = tuple(range(len(extras)))
        array = Reduce(shape=tuple(shape[len(extras) :]), source=array, over=over)
    if any(crop != Whole() for crop in crops):
        cut = tuple(
            crop.count if isinstance(crop, Cut) else n for crop, n in zip(crops, array.shape, strict=True)
        )
        array = View(shape=cut, source=array, keys=tuple(crops))
    return Placed(array, (*rest, *(target.symbol for target in targets)))
