"""From expressions of the language to operations on whole arrays, one node at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from symgrad.emission.array import (
    Argmax,
    Array,
    AsNumber,
    Broadcast,
    Call,
    Cut,
    Embed,
    Fresh,
    Holds,
    Input,
    Key,
    Number,
    Raise,
    Reshape,
    View,
    Where,
    Whole,
)
from symgrad.emission.binders import apart
from symgrad.emission.bounds import Bounds, Range, coefficients
from symgrad.emission.conditions import Conditions, mask
from symgrad.emission.land import landed
from symgrad.emission.placed import (
    Placed,
    aligned,
    elementwise,
    number,
    ordered,
    repeated,
    scaled,
    sum_of_products,
    summed,
    together,
)
from symgrad.emission.read import Reading, positions
from symgrad.errors import EmissionError
from symgrad.language.elementwise import ARITHMETIC
from symgrad.language.index import Constraint, Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Selected,
    Sum,
)
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable


@dataclass(frozen=True)
class _Here:
    """The variables in scope with their ranges; untrusted where a mask may be what keeps reads in range."""

    ranges: dict[Symbol, Range]
    trusted: bool = True


@dataclass(frozen=True)
class _Lowered:
    """A tensor: its array, and which of its flat axes the array has; it is constant along the others."""

    array: Array
    kept: tuple[int, ...]


@dataclass
class Lowering:
    """Lowers tensors, each once. `names` are those of the arrays in the source."""

    bounds: Bounds
    names: Mapping[Tensor, str]
    _done: dict[Tensor, _Lowered] = field(default_factory=dict)

    def __call__(self, tensor: Tensor) -> Array:
        """The array of every entry, an axis for each factor of each axis.

        Raises EmissionError for an index that is not affine.
        """
        for node in reversed(nodes(tensor)):
            if node not in self._done:
                self._done[node] = self._tensor(node)
        done = self._done[tensor]
        if len(done.kept) == len(tensor.extents):
            return done.array
        symbols = [Symbol(f"i{place}", 0, True) for place in range(len(tensor.extents))]
        value = Placed(done.array, tuple(symbols[place] for place in done.kept))
        return Broadcast(shape=tensor.extents, source=aligned(value, symbols))

    def _tensor(self, node: Tensor) -> _Lowered:
        if isinstance(node, Variable):
            given = Input(shape=node.extents, called=self.names[node])
            return _Lowered(given, tuple(range(len(node.extents))))
        assert isinstance(node, Comprehension)
        zero = Index.of(0)
        here = _Here({s: Range(zero, extent) for s, extent in zip(node.indices, node.extents, strict=True)})
        value = self._scalar(apart(node.body), here)
        value = ordered(value, [symbol for symbol in node.indices if symbol in value.axes])
        kept = tuple(place for place, symbol in enumerate(node.indices) if symbol in value.axes)
        array = value.array
        again = any(array is done.array for done in self._done.values())  # the same under another name
        if not again and not isinstance(array, Number):
            passing = node.call is not None and node.call.name in ARITHMETIC
            array = replace(array, called=self.names[node], passing=passing)
        return _Lowered(array, kept)

    # -- scalars ----------------------------------------------------------------------------------
    def _scalar(self, node: Scalar, here: _Here) -> Placed:
        match node:
            case Constant(value, powers):
                return number(value, powers)
            case Access():
                return self._reading(node, here).placed()
            case Add(terms):
                total, *rest = (self._scalar(term, here) for term in terms)
                for term in rest:
                    total = elementwise("+", total, term, list(here.ranges))
                return total
            case Multiply(factors):
                return self._products(factors, here)
            case Sum(over, body):
                return self._products(body.factors if isinstance(body, Multiply) else (body,), here, over)
            case Indicator():
                return self._products((node,), here)
            case Power(base, exponent):
                inside = self._scalar(base, here)
                return Placed(
                    Raise(shape=inside.array.shape, source=inside.array, exponent=exponent), inside.axes
                )
            case Apply(function, argument):
                inside = self._scalar(argument, here)
                return Placed(
                    Call(shape=inside.array.shape, source=inside.array, function=function), inside.axes
                )
            case Maximum(over, _, _):
                return summed(self._window(node, here), [symbol for symbol, _ in over], greatest=True)
            case Selected(maximum, at):
                return self._selected(maximum, at, here)
        raise EmissionError(f"no array operation is known for {type(node).__name__}")

    def _reading(
        self, node: Access, here: _Here, guards: Sequence[Constraint] = (), lowest: bool = False
    ) -> Reading:
        done = self._done[node.tensor]
        at = [node.at[place] for place in done.kept]
        return Reading(self.bounds, here.ranges, done.array, at, guards, lowest, here.trusted)

    # -- sums of products -------------------------------------------------------------------------
    def _products(self, factors: Sequence[Scalar], here: _Here, over: Ranges = ()) -> Placed:
        ranges = here.ranges | {symbol: Range(Index.of(0), extent) for symbol, extent in over}
        conditions = [c for factor in factors if isinstance(factor, Indicator) for c in factor.conditions]
        numbers = [factor for factor in factors if isinstance(factor, Constant)]
        rest = [factor for factor in factors if not isinstance(factor, (Indicator, Constant))]
        solved = Conditions(self.bounds, dict(ranges), [symbol for symbol, _ in over], rest)
        solved.solve(conditions)
        values = self._factors(solved, here)
        landing = {symbol for at, _ in solved.lands.values() for symbol in at.indices}
        over_now = [symbol for symbol in solved.bound if symbol not in landing]
        arrays = [inner for inner in values if not isinstance(inner.array, Number)]
        value = sum_of_products(arrays, over_now, list(solved.ranges)) if arrays else number(1)
        for factor in numbers:
            value = scaled(value, number(factor.value, factor.powers))
        for inner in values:
            if isinstance(inner.array, Number):
                value = scaled(value, inner)
        present = {symbol for inner in values for symbol in inner.axes}
        for symbol in over_now:
            if symbol not in present:
                value = scaled(value, _count(solved.ranges[symbol].count))
        value = landed(value, solved.lands, solved.ranges, self.bounds) if solved.lands else value
        return self._embedded(value, solved.ranges, here)

    def _factors(self, solved: Conditions, here: _Here) -> list[Placed]:
        inner = _Here(solved.ranges, here.trusted)
        guarded = _Here(solved.ranges, here.trusted and not (solved.guards or solved.masks))
        used: set[Constraint] = set()
        values = []
        for factor in solved.factors:
            if isinstance(factor, Access):
                reading = self._reading(factor, inner if not solved.masks else guarded, solved.guards)
                values.append(reading.placed())
                used |= reading.used
            else:
                values.append(self._scalar(factor, guarded))
        masks = [c for c in (*solved.guards, *solved.masks) if c not in used]
        return self._masked(values, masks, solved.ranges) if masks else values

    def _masked(
        self, values: list[Placed], conditions: Sequence[Constraint], ranges: dict[Symbol, Range]
    ) -> list[Placed]:
        masks = [mask(condition, ranges) for condition in conditions]
        if not values:
            first, *more = (Placed(AsNumber(shape=m.array.shape, source=m.array), m.axes) for m in masks)
            return [sum_of_products([first, *more], (), list(ranges))]
        values = sorted(values, key=lambda value: -len(value.axes))
        return [_where(masks, values[0], ranges), *values[1:]]

    def _embedded(self, value: Placed, ranges: dict[Symbol, Range], here: _Here) -> Placed:
        """Zeros around, where conditions made the range of a free variable smaller."""
        smaller = [s for s, run in here.ranges.items() if s in ranges and ranges[s] != run]
        if not smaller:
            return value
        axes = tuple(symbol for symbol in here.ranges if symbol in value.axes or symbol in smaller)
        cuts = {s: Cut(ranges[s].start - here.ranges[s].start, ranges[s].count) for s in smaller}
        keys = tuple(cuts.get(symbol, Whole()) for symbol in axes)
        shape = tuple(here.ranges[s].count if s in smaller else value.counts[s] for s in axes)
        made = Embed(shape=shape, source=aligned(value, axes), keys=keys, called="bordered")
        return Placed(made, axes)

    # -- maxima -----------------------------------------------------------------------------------
    def _window(self, node: Maximum, here: _Here) -> Placed:
        """What the maximum is of, with -∞ where the conditions do not hold."""
        ranges = here.ranges | {symbol: Range(Index.of(0), extent) for symbol, extent in node.over}
        left = list(node.where)
        if isinstance(node.body, Access):
            reading = self._reading(node.body, _Here(ranges, here.trusted), node.where, lowest=True)
            value = reading.placed()
            left = [condition for condition in left if condition not in reading.used]
        else:
            value = self._scalar(node.body, _Here(ranges, here.trusted and not node.where))
        if left:
            value = _where([mask(condition, ranges) for condition in left], value, ranges, lowest=True)
        return value

    def _selected(self, node: Maximum, at: Sequence[Index], here: _Here) -> Placed:
        """Where the position of the first maximum, counted through the window, is the one asked for."""
        window = self._window(node, here)
        symbols = [symbol for symbol, _ in node.over]
        counts = dict(node.over) | window.counts
        outer = [symbol for symbol in window.axes if symbol not in symbols]
        window = repeated(window, [*outer, *symbols], counts)
        extents = [extent for _, extent in node.over]
        size = math.prod(extents, start=Index.of(1))
        shape = tuple(counts[symbol] for symbol in outer)
        factors = (*((count,) for count in shape), tuple(extents))
        rows = Reshape(shape=(*shape, size), source=window.array, factors=factors)
        chosen = Placed(Argmax(shape=shape, source=rows, called="chosen"), tuple(outer))
        if names := self._whole_window(at, extents, outer, here):
            return self._one_hot(chosen, names, size, window)
        flat = Index.of(0)
        for index, extent in zip(at, extents, strict=True):
            flat = flat * extent + index
        asked = self._flat(flat, here)
        axes, every = together((chosen, asked), list(here.ranges))
        whole = tuple(every[symbol] for symbol in axes)
        equal = Holds(shape=whole, source=aligned(chosen, axes), other=aligned(asked, axes), equality=True)
        return Placed(AsNumber(shape=whole, source=equal, like=window.array), axes)

    def _flat(self, flat: Index, here: _Here) -> Placed:
        parts = coefficients(flat)
        if parts is None:
            raise EmissionError(f"an index such as {flat}, which multiplies index variables, is no position")
        start, steps = parts
        for symbol, step in steps.items():
            start = start + step * here.ranges[symbol].start
        return positions(start, steps, here.ranges)

    def _whole_window(
        self, at: Sequence[Index], extents: Sequence[Index], outer: Sequence[Symbol], here: _Here
    ) -> list[Symbol]:
        """The variables that ask for every element of the window, if that is what is asked."""
        names = [index.symbol for index in at if index.symbol in here.ranges and index.symbol not in outer]
        runs = [here.ranges[symbol] for symbol in names if symbol is not None]
        if len(names) < len(at) or runs != [Range(Index.of(0), extent) for extent in extents]:
            return []
        return [symbol for symbol in dict.fromkeys(names) if symbol is not None]

    def _one_hot(self, chosen: Placed, names: Sequence[Symbol], size: Index, window: Placed) -> Placed:
        """1 at the chosen element of each window, the elements counted through and then put in axes."""
        number = Symbol("element", 0, True)
        outer = chosen.array.shape
        keys: tuple[Key, ...] = (*(Whole() for _ in outer), Fresh())
        column = View(shape=(*outer, Index.of(1)), source=chosen.array, keys=keys)
        every = positions(Index.of(0), {number: Index.of(1)}, {number: Range(Index.of(0), size)})
        equal = Holds(shape=(*outer, size), source=column, other=every.array, equality=True)
        flat = AsNumber(shape=equal.shape, source=equal, like=window.array)
        if len(names) == 1:
            return Placed(flat, (*chosen.axes, *names))
        return Placed(Reshape(shape=window.array.shape, source=flat), (*chosen.axes, *names))


def _where(
    masks: Sequence[Placed], value: Placed, ranges: dict[Symbol, Range], lowest: bool = False
) -> Placed:
    axes, counts = together((value, *masks), list(ranges))
    shape = tuple(counts[symbol] for symbol in axes)
    conditions = tuple(aligned(condition, axes) for condition in masks)
    made = Where(shape=shape, conditions=conditions, source=aligned(value, axes), lowest=lowest)
    return Placed(made, axes)


def _count(extent: Index) -> Placed:
    if extent.constant is not None:
        return number(extent.constant)
    return number(1, ((extent, 1),))
