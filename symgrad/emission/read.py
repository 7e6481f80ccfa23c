"""A read of a tensor at affine indices, as a view: slices, tiles and sliding windows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from symgrad.emission.array import (
    Affine,
    Array,
    Cut,
    Embed,
    Gather,
    Key,
    Pick,
    Reshape,
    Sliding,
    View,
    Whole,
    Windows,
)
from symgrad.emission.bounds import Bounds, Range, coefficients
from symgrad.emission.placed import Axes, Placed, aligned
from symgrad.errors import EmissionError
from symgrad.language.index import Constraint, Index, within
from symgrad.language.symbol import Symbol

ZERO, ONE = Index.of(0), Index.of(1)
Ranges = Mapping[Symbol, Range]


@dataclass
class _Place:
    """Where one axis is read: start + Σ step·position, and what is shown about it."""

    extent: Index
    start: Index
    steps: dict[Symbol, Index]


@dataclass
class Reading:
    """Reads one array at given indices, each variable of which runs over its range."""

    bounds: Bounds
    ranges: Ranges
    array: Array
    at: Sequence[Index]
    guards: Collection[Constraint] = ()
    lowest: bool = False
    trusted: bool = True
    used: set[Constraint] = field(default_factory=set)

    def placed(self) -> Placed:
        """The array of what is read. `used` are then the guards that it needs no more.

        A guard is a condition under which alone the read is in range. It is met by a border of zeros, or of
        -∞ if `lowest`. A read that is in range only under other conditions is moved to the border.
        """
        places = [self._place(index, extent) for index, extent in zip(self.at, self.array.shape, strict=True)]
        self._border(places)
        clip = bool(self.guards or not self.trusted) and not self._in_range(places)
        occurring = [symbol for place in places for symbol in place.steps]
        plain = len(occurring) == len(set(occurring)) and all(map(self._is_view, places))
        return self._gathered(places, clip) if clip or not plain else self._view(places)

    def _place(self, index: Index, extent: Index) -> _Place:
        parts = coefficients(index)
        if parts is None:
            raise EmissionError(f"an index such as {index}, which multiplies index variables, is no view")
        start, steps = parts
        for symbol, step in steps.items():
            start = start + step * self.ranges[symbol].start
        return _Place(extent, start, steps)

    def _count(self, symbol: Symbol) -> Index:
        return self.ranges[symbol].count

    def _last(self, place: _Place) -> Index:
        last = place.start
        for symbol, step in place.steps.items():
            last = last + step * (self._count(symbol) - 1)
        return last

    # -- borders ----------------------------------------------------------------------------------
    def _border(self, places: Sequence[_Place]) -> None:
        """Surround the array where guarded reads leave it."""
        keys: list[Key] = []
        for index, place in zip(self.at, places, strict=True):
            pair = within(index, place.extent)
            guarded = [condition for condition in pair if condition in self.guards]
            rest = [condition for condition in pair if condition not in guarded]
            rising = all(map(self.bounds.positive, place.steps.values()))
            if not guarded or not rising or not self.bounds.shows(*rest, given=self._inside()):
                keys.append(Whole())
                continue
            before = self.bounds.larger(ZERO, -place.start, "before")
            after = self.bounds.larger(ZERO, self._last(place) - place.extent + 1, "after")
            keys.append(Cut(before, place.extent))
            place.start = place.start + before
            place.extent = before + place.extent + after
            self.used.update(guarded)
        if any(isinstance(key, Cut) for key in keys):
            shape = tuple(place.extent for place in places)
            self.array = Embed(
                shape=shape, source=self.array, keys=tuple(keys), lowest=self.lowest, called="bordered"
            )

    def _inside(self) -> list[Constraint]:
        found = []
        for symbol, run in self.ranges.items():
            found += [Constraint(symbol - run.start), Constraint(run.stop - 1 - symbol)]
        return found

    def _in_range(self, places: Sequence[_Place]) -> bool:
        goals: list[Constraint] = []
        for place in places:
            at = place.start
            for symbol, step in place.steps.items():
                at = at + step * (Index.of(symbol) - self.ranges[symbol].start)
            goals += within(at, place.extent)
        return self.bounds.shows(*goals, given=self._inside())

    # -- views ------------------------------------------------------------------------------------
    def _is_view(self, place: _Place) -> bool:
        steps = list(place.steps.values())
        if len(steps) == 1:
            return self.bounds.positive(steps[0]) or self.bounds.positive(-steps[0])
        return len(steps) <= 2 and all(map(self.bounds.positive, steps))

    def _view(self, places: Sequence[_Place]) -> Placed:
        keys: list[Key] = []
        turned: list[Key] = []
        shape: list[Index] = []  # once the axes of tiles are split
        axes: list[Symbol] = []
        sliding: list[Sliding] = []
        inner: list[Symbol] = []
        for place in places:
            symbols = self._in_order(place.steps)
            if not symbols:
                keys.append(Pick(place.start))
                continue
            turned.append(Whole())
            first = symbols[0]
            step, count = place.steps[first], self._count(first)
            if len(symbols) == 2 and (tile := self._tile(place)):
                keys.append(self._cut(place, place.start, self._count(tile[0]) * self._count(tile[1])))
                shape += map(self._count, tile)
                axes += tile
            elif len(symbols) == 2:
                last = symbols[1]
                slide = Sliding(len(shape), self._count(last), step, place.steps[last], count)
                keys.append(self._whole_if_exact(place, slide))
                sliding.append(slide)
                inner.append(last)
                shape.append(_extent(keys[-1], place.extent))
                axes.append(first)
            else:
                falling = not self.bounds.positive(step)
                start = place.start + step * (count - 1) if falling else place.start
                keys.append(self._cut(place, start, count, -step if falling else step))
                turned[-1] = Whole(reverse=falling)
                shape.append(count)
                axes.append(first)
        return self._made(keys, turned, shape, axes, sliding, inner)

    def _made(
        self,
        keys: list[Key],
        turned: list[Key],
        shape: list[Index],
        axes: list[Symbol],
        sliding: list[Sliding],
        inner: list[Symbol],
    ) -> Placed:
        array = self.array
        turning = any(isinstance(key, Whole) and key.reverse for key in turned)
        if turning and all(isinstance(key, Whole) for key in keys):
            keys, turning = turned, False
        cut = [
            _extent(key, extent)
            for key, extent in zip(keys, array.shape, strict=True)
            if not isinstance(key, Pick)
        ]
        if any(key != Whole() for key in keys):
            array = View(shape=tuple(cut), source=array, keys=tuple(keys))
        if turning:
            array = View(shape=tuple(cut), source=array, keys=tuple(turned))
        if len(shape) != len(cut):
            array = Reshape(shape=tuple(shape), source=array, called="blocks")
        if sliding:
            counts = list(shape)
            for slide in sliding:
                counts[slide.axis] = slide.count
            counts += [slide.size for slide in sliding]
            array = Windows(shape=tuple(counts), source=array, along=tuple(sliding), called="windows")
        return Placed(array, (*axes, *inner))

    def _in_order(self, steps: Mapping[Symbol, Index]) -> list[Symbol]:
        """Variables of an axis, free ones before summed ones."""
        return [symbol for symbol in self.ranges if symbol in steps]

    def _tile(self, place: _Place) -> Axes | None:
        """The variables of block·size + inside, if that is how the axis is read."""
        for first, last in (tuple(place.steps), tuple(place.steps)[::-1]):
            if place.steps[last] == 1 and place.steps[first] == self._count(last):
                return first, last
        return None

    def _cut(self, place: _Place, start: Index, count: Index, step: Index = ONE) -> Key:
        if start == 0 and step == 1 and self.bounds.same(count, place.extent):
            return Whole()
        return Cut(start, count, step)

    def _whole_if_exact(self, place: _Place, slide: Sliding) -> Key:
        """No slice, if the axis holds exactly the windows that are wanted."""
        size = slide.spread * (slide.size - 1) + 1
        rest = place.extent - size - slide.step * (slide.count - 1)
        if place.start == 0 and self.bounds.shows(Constraint(rest), Constraint(slide.step - 1 - rest)):
            return Whole()
        return Cut(place.start, slide.step * (slide.count - 1) + size)

    # -- anything else ----------------------------------------------------------------------------
    def _gathered(self, places: Sequence[_Place], clip: bool) -> Placed:
        axes = tuple(symbol for symbol in self.ranges if any(symbol in place.steps for place in places))
        at = tuple(aligned(positions(place.start, place.steps, self.ranges), axes) for place in places)
        shape = tuple(map(self._count, axes))
        return Placed(Gather(shape=shape, source=self.array, at=at, clip=clip), axes)


def positions(start: Index, steps: Mapping[Symbol, Index], ranges: Ranges) -> Placed:
    """The integers start + Σ step·(position in the range), with an axis for each variable."""
    axes = tuple(symbol for symbol in ranges if symbol in steps)
    shape = tuple(ranges[symbol].count for symbol in axes)
    return Placed(Affine(shape=shape, start=start, coefficients=tuple(steps[s] for s in axes)), axes)


def _extent(key: Key, extent: Index) -> Index:
    return key.count if isinstance(key, Cut) else extent
