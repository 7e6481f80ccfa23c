"""Entries read or put at the wrong place, and sums of which only a part is taken."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from symgrad.testing.example import Example, Inside, Place
from symgrad.testing.layers import role_of
from symgrad.testing.result import WRONG_FORWARD

Make: TypeAlias = Callable[[Example], Any]
Mistake: TypeAlias = tuple[str, Make]
"""What it is in words, and the tensor it gives in place of the derived one; None where it cannot be made."""
By: TypeAlias = Callable[[Example], int]

# -- the result in the wrong place ----------------------------------------------------------------


def own_axes(first: Example) -> Iterator[Mistake]:
    """The right entries at the wrong places, or some of them left out."""
    what, dims = first.comparison.what, first.derived.ndim
    for axes in _subsets(dims):
        yield f"{what} is reversed along {_axes(axes)}", _reversed(axes)
    for order in _orders(dims):
        yield f"wrong transpose: {what} has its axes in the order {order}", _reordered(order)
    for axis in range(dims):
        for step in (1, -1):
            yield (
                f"off by one: {what} is shifted by {step} along axis {axis}",
                _shifted((axis,), _fixed(step)),
            )
        yield f"off by one: the last of axis {axis} of {what} is not filled", _filled(axis, -1, False)
        yield f"off by one: the first of axis {axis} of {what} is not filled", _filled(axis, 0, False)
        if dims > 1:
            yield f"only the last of axis {axis} of {what} is filled", _filled(axis, -1, True)
            yield f"only the first of axis {axis} of {what} is filled", _filled(axis, 0, True)
    for axes, option, sign in itertools.product(_subsets(dims), named_like(first, "padding"), (1, -1)):
        text = f"the padding is cut off at the wrong place: {what} is shifted by {option}"
        yield text, _shifted(axes, _option(option, sign))


def _reversed(axes: Place) -> Make:
    return lambda e: np.flip(e.derived, axes)


def _reordered(order: Place) -> Make:
    return lambda e: e.derived.transpose(order).reshape(e.derived.shape)


def _shifted(axes: Place, by: By) -> Make:
    def shifted(e: Example) -> Any:
        def source(place: Place) -> Place:
            return tuple(i - by(e) if axis in axes else i for axis, i in enumerate(place))

        return e.arranged(source)

    return shifted


def _filled(axis: int, which: int, there: bool) -> Make:
    """Only what is at the first or last of an axis, or everything else."""

    def filled(e: Example) -> Any:
        wanted = which % e.derived.shape[axis]
        return e.arranged(lambda place: place if (place[axis] == wanted) is there else None)

    return filled


# -- parts of a sum -------------------------------------------------------------------------------


def windows(first: Example) -> Iterator[Mistake]:
    """`=` where `+=` is meant."""
    if first.delta not in first.shapes or first.comparison.kind == WRONG_FORWARD:
        return
    dims = len(first.shapes[first.delta])
    usual = tuple(range(2, dims))
    for axes in sorted(_subsets(dims), key=lambda axes: (dims > 2 and axes != usual, len(axes))):
        yield _overwritten(axes, dims), _written(axes, True)
    for axes in _subsets(dims):
        text = f"what {_axes(axes)} of the output add is added once only, as by `+=` with repeated indices"
        yield text, _written(axes, False)
    if first.run.out_shape == first.derived.shape:
        yield "only the diagonal of the Jacobian matrix is used", lambda e: e.diagonal()


def _written(axes: Place, last: bool) -> Make:
    return lambda e: e.written(axes, last)


def _overwritten(axes: Place, dims: int) -> str:
    if axes == (0,):
        return "`=` for `+=`: only the last sample, axis 0 of the output, is kept"
    if axes == (1,) and dims > 2:
        return "`=` for `+=`: only the last map is kept"
    if min(axes) >= 2:
        return "`=` for `+=` in overlapping windows: only the last window is kept"
    return f"`=` for `+=`: only the last of what {_axes(axes)} of the output give is kept"


def selections(first: Example) -> Iterator[Mistake]:
    """Loops that handle only a part of an axis."""
    for name, shape in first.shapes.items():
        for axis in range(len(shape)):
            of = f"axis {axis} of {name}"
            yield f"only the last of {of} is handled", _kept(name, axis, -1, True)
            yield f"only the first of {of} is handled", _kept(name, axis, 0, True)
            yield f"off by one: the last of {of} is left out", _kept(name, axis, -1, False)
            yield f"off by one: the first of {of} is left out", _kept(name, axis, 0, False)
        for one, other in itertools.combinations(range(len(shape)), 2):
            of = f"axes {one} and {other} of {name}"
            yield f"off by one: the last of {of} is left out", _both_kept(name, (one, other), -1)
            yield f"off by one: the first of {of} is left out", _both_kept(name, (one, other), 0)
            yield f"only the last of {of} is handled", _only_both(name, (one, other), -1)
            yield f"only the first of {of} is handled", _only_both(name, (one, other), 0)


def _there(e: Example, inside: Inside, name: str, axis: int, which: int) -> bool:
    wanted = which % max(e.shapes[name][axis], 1)
    return any(place[axis] == wanted for place in inside.get(name, ()))


def _kept(name: str, axis: int, which: int, there: bool) -> Make:
    return lambda e: e.kept(lambda inside: _there(e, inside, name, axis, which) is there)


def _both_kept(name: str, axes: Place, which: int) -> Make:
    return lambda e: e.kept(lambda inside: not any(_there(e, inside, name, a, which) for a in axes))


def _only_both(name: str, axes: Place, which: int) -> Make:
    return lambda e: e.kept(lambda inside: all(_there(e, inside, name, a, which) for a in axes))


def weights(first: Example) -> Iterator[Mistake]:
    """The terms of one argument left out, or counted too often."""
    for name in first.shapes:
        if name == first.delta:
            continue
        yield f"{name} is left out", _weighted(name, _fixed(0))
        for size in first.quantities:
            yield f"{name} is counted {size} times", _weighted(name, _quantity(size))
        yield f"the sign of {name} is wrong", _weighted(name, _fixed(-1))


def _weighted(name: str, by: By) -> Make:
    return lambda e: e.weighted(lambda inside: by(e) if name in inside else 1)


# -- an operand in the wrong order ----------------------------------------------------------------


def operands(first: Example) -> Iterator[Mistake]:
    """An operand read in the wrong order or at the wrong place."""
    for name, shape in first.shapes.items():
        dims = len(shape)
        usual = tuple(range(2, dims))
        for axes in sorted(_subsets(dims), key=lambda axes: (axes != usual, -len(axes))):
            yield _turned(first, name, axes), _read(name, turn=axes)
        for pair in itertools.combinations(range(dims), 2):
            yield _swapped(name, pair, dims), _read(name, swap=pair)
        for pair, axes in itertools.product(itertools.combinations(range(dims), 2), _subsets(dims)):
            if dims > 2 and not set(pair) & set(axes):
                yield f"channels swapped, and {name} is not rotated", _read(name, turn=axes, swap=pair)
        every = list(itertools.permutations(range(dims)))
        starts = every if name == first.delta or dims < 3 else every[:1]
        for start, order in itertools.product(starts, every):
            if start != order:
                text = f"wrong transpose: {name} is reshaped with its axes in another order"
                yield text + f", {order} for {start}", _reshaped(name, start, order)
        for axes, step in itertools.product(_subsets(dims), (1, -1)):
            way = "further" if step > 0 else "before"
            yield f"off by one: {name} is read at {_axes(axes)} one {way}", _offset(name, axes, _fixed(step))
        for axes, option, sign in itertools.product(_subsets(dims), named_like(first, "padding"), (1, -1)):
            text = (
                f"{name} is read {option} places off: padded where it should not be, or the other way round"
            )
            yield text, _offset(name, axes, _option(option, sign))


def _turned(first: Example, name: str, axes: Place) -> str:
    if name != first.delta and len(axes) >= 2:
        return f"kernel not rotated: {name} should be turned by 180°, or should not"
    return f"{name} is reversed along {_axes(axes)}"


def _swapped(name: str, pair: Place, dims: int) -> str:
    if dims > 2:
        return f"channels swapped: {name} is read with its axes {pair[0]} and {pair[1]} exchanged"
    return f"wrong transpose: {name} for its transpose"


def _read(name: str, turn: Place = (), swap: Place = ()) -> Make:
    """A tensor read backwards along some axes, with two axes exchanged."""

    def read(e: Example) -> Any:
        shape = e.shapes[name]
        if swap and shape[swap[0]] != shape[swap[1]]:
            return None

        def where(place: Place, delta: Place | None) -> Place:
            found = [shape[axis] - 1 - i if axis in turn else i for axis, i in enumerate(place)]
            if swap:
                found[swap[0]], found[swap[1]] = found[swap[1]], found[swap[0]]
            return tuple(found)

        return e.moved(name, where)

    return read


def _reshaped(name: str, start: Place, order: Place) -> Make:
    """A tensor flattened with its axes in one order and read as if in another."""

    def reshaped(e: Example) -> Any:
        shape = e.shapes[name]

        def where(place: Place, delta: Place | None) -> Place | None:
            if any(not 0 <= i < n for i, n in zip(place, shape, strict=True)):
                return None
            flat = np.ravel_multi_index([place[axis] for axis in start], [shape[axis] for axis in start])
            other = np.unravel_index(flat, [shape[axis] for axis in order])
            return tuple(int(other[order.index(axis)]) for axis in range(len(shape)))

        return e.moved(name, where)

    return reshaped


def _offset(name: str, axes: Place, by: By) -> Make:
    return lambda e: e.moved(
        name, lambda place, delta: tuple(i + by(e) if axis in axes else i for axis, i in enumerate(place))
    )


def strides(first: Example) -> Iterator[Mistake]:
    """The stride left out: a window at y where it is at s·y."""
    dims = len(first.shapes.get(first.delta, ()))
    for option, axes in itertools.product(named_like(first, "stride"), _subsets(dims)):
        for name, shape in first.shapes.items():
            if name != first.delta and len(shape) == dims:
                yield f"{option} ignored: {name} is read at y + u for s·y + u", _unstrided(name, axes, option)
        if first.derived.ndim == dims:
            yield f"{option} ignored: what belongs to s·y + u is put at y + u", _put_unstrided(axes, option)


def _unstrided(name: str, axes: Place, option: str) -> Make:
    def unstrided(e: Example) -> Any:
        more = int(e.case.options[option]) - 1

        def where(place: Place, delta: Place | None) -> Place | None:
            return None if delta is None else _less(place, delta, axes, more)

        return e.moved(name, where)

    return unstrided


def _put_unstrided(axes: Place, option: str) -> Make:
    return lambda e: e.placed(lambda place, delta: _less(place, delta, axes, int(e.case.options[option]) - 1))


def _less(place: Place, delta: Place, axes: Place, more: int) -> Place:
    return tuple(i - more * delta[axis] if axis in axes else i for axis, i in enumerate(place))


# -- sizes and words ------------------------------------------------------------------------------


def named_like(e: Example, role: str) -> list[str]:
    """The options of a role, such as every padding."""
    return [n for n, v in e.case.options.items() if role_of(n) == role and isinstance(v, int)]


def _fixed(number: int) -> By:
    return lambda e: number


def _option(name: str, sign: int) -> By:
    return lambda e: sign * int(e.case.options[name])


def _quantity(name: str) -> By:
    return lambda e: e.quantities[name]


def _subsets(dims: int) -> list[Place]:
    return [c for size in range(1, dims + 1) for c in itertools.combinations(range(dims), size)]


def _orders(dims: int) -> list[Place]:
    return [order for order in itertools.permutations(range(dims)) if list(order) != list(range(dims))]


def _axes(axes: Place) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else "axes " + ", ".join(map(str, axes))
