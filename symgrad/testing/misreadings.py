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

# -- of the result --------------------------------------------------------------------------------


def own_axes(first: Example) -> Iterator[Mistake]:
    """The right tensor in the wrong place."""
    what, dims = first.comparison.what, first.derived.ndim
    for axes in _subsets(dims):
        yield f"{what} is reversed along {_axes(axes)}", lambda e, axes=axes: np.flip(e.derived, axes)
    for order in itertools.permutations(range(dims)):
        if list(order) != list(range(dims)):
            yield (
                f"wrong transpose: {what} has its axes in the order {order}",
                lambda e, order=order: _reordered(e.derived, order),
            )
    for axis in range(dims):
        for step in (1, -1):
            yield (
                f"off by one: {what} is shifted by {step} along axis {axis}",
                _shift(axis, lambda e, s=step: s),
            )
        for name in _named_like(first, "padding"):
            for sign in (1, -1):
                yield (
                    f"the padding is cut off at the wrong place: {what} is shifted by {name} along axis {axis}",
                    _shift(axis, lambda e, n=name, s=sign: s * int(e.case.options[n])),
                )
        if dims > 1:
            yield f"only the last of axis {axis} of {what} is filled", _only(axis, -1)
            yield f"only the first of axis {axis} of {what} is filled", _only(axis, 0)
        yield f"off by one: the last of axis {axis} of {what} is not filled", _except(axis, -1)
        yield f"off by one: the first of axis {axis} of {what} is not filled", _except(axis, 0)
    if dims > 2:
        for axes in _subsets(dims):
            for name in _named_like(first, "padding"):
                for sign in (1, -1):
                    yield (
                        f"the padding is cut off at the wrong place: {what} is shifted by {name}",
                        _shifts(axes, lambda e, n=name, s=sign: s * int(e.case.options[n])),
                    )


def _reordered(tensor: Any, order: tuple[int, ...]) -> Any:
    return tensor.transpose(order).reshape(tensor.shape)


def _shift(axis: int, by: Callable[[Example], int]) -> Callable[[Example], Any]:
    return _shifts((axis,), by)


def _shifts(axes: tuple[int, ...], by: Callable[[Example], int]) -> Callable[[Example], Any]:
    def shifted(e: Example) -> Any:
        result = np.empty(e.derived.shape, dtype=object)
        for place in np.ndindex(*e.derived.shape):
            source = tuple(i - by(e) if axis in axes else i for axis, i in enumerate(place))
            inside = all(0 <= i < n for i, n in zip(source, e.derived.shape, strict=True))
            result[place] = e.derived[source] if inside else {}
        return result

    return shifted


def _only(axis: int, which: int) -> Callable[[Example], Any]:
    def filled(e: Example) -> Any:
        wanted = which % e.derived.shape[axis]
        return _masked(e, lambda place: place[axis] == wanted)

    return filled


def _except(axis: int, which: int) -> Callable[[Example], Any]:
    def filled(e: Example) -> Any:
        left_out = which % e.derived.shape[axis]
        return _masked(e, lambda place: place[axis] != left_out)

    return filled


def _masked(e: Example, keep: Callable[[Place], bool]) -> Any:
    result = np.empty(e.derived.shape, dtype=object)
    for place in np.ndindex(*e.derived.shape):
        result[place] = e.derived[place] if keep(place) else {}
    return result


# -- of the sums ----------------------------------------------------------------------------------


def windows(first: Example) -> Iterator[Mistake]:
    """`=` where `+=` is meant, and loops that leave something out."""
    if first.delta not in first.shapes or first.comparison.kind == WRONG_FORWARD:
        return
    dims = len(first.shapes[first.delta])
    subsets = sorted(_subsets(dims), key=lambda axes: (dims > 2 and axes != tuple(range(2, dims)), len(axes)))
    for axes in subsets:
        yield _overwritten(axes, dims), lambda e, axes=axes: e.last_writes(axes)


def _overwritten(axes: tuple[int, ...], dims: int) -> str:
    if axes == (0,):
        return "`=` for `+=`: only the last sample is kept"
    if axes == (1,) and dims > 2:
        return "`=` for `+=`: only the last map is kept"
    if min(axes) >= 2:
        return "`=` for `+=` in overlapping windows: only the last window is kept"
    return f"`=` for `+=`: only the last of what {_axes(axes)} of the output give is kept"


def selections(first: Example) -> Iterator[Mistake]:
    """Only some of the terms of a sum."""
    for name, shape in first.shapes.items():
        for axis in range(len(shape)):
            last, start = _index(name, axis, -1), _index(name, axis, 0)
            of = f"axis {axis} of {name}"
            yield f"only the last of {of} is handled", lambda e, p=last: e.kept(lambda i: p(e, i))
            yield f"only the first of {of} is handled", lambda e, p=start: e.kept(lambda i: p(e, i))
            yield f"off by one: the last of {of} is left out", lambda e, p=last: e.kept(lambda i: not p(e, i))
            yield (
                f"off by one: the first of {of} is left out",
                lambda e, p=start: e.kept(lambda i: not p(e, i)),
            )


def _index(name: str, axis: int, which: int) -> Callable[[Example, Any], bool]:
    def there(e: Example, inside: Any) -> bool:
        wanted = which % max(e.shapes[name][axis], 1)
        return any(place[axis] == wanted for place in inside.get(name, ()))

    return there


def weights(first: Example) -> Iterator[Mistake]:
    """The terms of one argument left out, or counted too often."""
    for name in first.shapes:
        if name == first.delta:
            continue
        yield f"{name} is left out", lambda e, n=name: e.kept(lambda i: n not in i)
        for size in first.quantities:
            yield (
                f"{name} is counted {size} times",
                lambda e, n=name, s=size: e.weighted(lambda i: e.quantities.get(s, 0) if n in i else 1),
            )
        yield f"the sign of {name} is wrong", lambda e, n=name: e.weighted(lambda i: -1 if n in i else 1)


# -- of the operands ------------------------------------------------------------------------------


def operands(first: Example) -> Iterator[Mistake]:
    """An operand read in the wrong order or at the wrong place."""
    for name, shape in first.shapes.items():
        dims = len(shape)
        subsets = sorted(_subsets(dims), key=lambda axes: (axes != tuple(range(2, dims)), -len(axes)))
        for axes in subsets:
            yield _turned(first, name, axes), _flip(name, axes)
        for one, other in itertools.combinations(range(dims), 2):
            text = (
                f"channels swapped: {name} is read with its axes {one} and {other} exchanged"
                if dims > 2
                else f"wrong transpose: {name} for its transpose"
            )
            yield text, _exchange(name, one, other)
        if dims > 2:
            for one, other in itertools.combinations(range(dims), 2):
                for axes in _subsets(dims):
                    yield (
                        f"channels swapped and {name} not rotated",
                        _compose(name, _exchanged(one, other), axes),
                    )
        if dims > 1:
            for order in itertools.permutations(range(dims)):
                if list(order) != list(range(dims)):
                    yield (
                        f"wrong transpose: {name} is reshaped with its axes in the order {order}",
                        _reshape(name, order),
                    )
        for axes in _subsets(dims):
            for step in (1, -1):
                yield f"off by one: {name} is read at {_axes(axes)} {_step(step)}", _offset(name, axes, step)
            for option in _named_like(first, "padding"):
                for sign in (1, -1):
                    yield (
                        f"{name} is read {option} places off, as if it were padded or not",
                        _offset_by(name, axes, option, sign),
                    )


def _turned(first: Example, name: str, axes: tuple[int, ...]) -> str:
    if len(axes) == 2 and name != first.delta:
        return f"kernel not rotated: {name} is turned by 180° where it is not meant, or not where it is"
    return f"{name} is reversed along {_axes(axes)}"


def _flip(name: str, axes: tuple[int, ...]) -> Callable[[Example], Any]:
    def flipped(e: Example) -> Any:
        shape = e.shapes[name]
        return e.moved(
            name, lambda p, d: tuple(shape[k] - 1 - i if k in axes else i for k, i in enumerate(p))
        )

    return flipped


def _exchanged(one: int, other: int) -> Callable[[Place], Place]:
    def exchanged(place: Place) -> Place:
        changed = list(place)
        changed[one], changed[other] = place[other], place[one]
        return tuple(changed)

    return exchanged


def _exchange(name: str, one: int, other: int) -> Callable[[Example], Any]:
    return lambda e: (
        e.moved(name, lambda p, d: _exchanged(one, other)(p))
        if e.shapes[name][one] == e.shapes[name][other]
        else None
    )


def _compose(name: str, change: Callable[[Place], Place], axes: tuple[int, ...]) -> Callable[[Example], Any]:
    def composed(e: Example) -> Any:
        shape = e.shapes[name]
        return e.moved(
            name, lambda p, d: change(tuple(shape[k] - 1 - i if k in axes else i for k, i in enumerate(p)))
        )

    return composed


def _reshape(name: str, order: tuple[int, ...]) -> Callable[[Example], Any]:
    def reshaped(e: Example) -> Any:
        shape = e.shapes[name]
        places = np.empty(shape, dtype=object)
        for place in np.ndindex(*shape):
            places[place] = place
        other = places.transpose(order).reshape(shape)
        return e.moved(name, lambda p, d: other[p])

    return reshaped


def _offset(name: str, axes: tuple[int, ...], step: int) -> Callable[[Example], Any]:
    return lambda e: e.moved(name, lambda p, d: tuple(i + step if k in axes else i for k, i in enumerate(p)))


def _offset_by(name: str, axes: tuple[int, ...], option: str, sign: int) -> Callable[[Example], Any]:
    return lambda e: _offset(name, axes, sign * int(e.case.options[option]))(e)


def strides(first: Example) -> Iterator[Mistake]:
    """The stride left out: a window at y where it is at s·y."""
    for option in _named_like(first, "stride"):
        dims = len(first.shapes.get(first.delta, ()))
        for axes in _subsets(dims):
            for name in first.shapes:
                if name != first.delta and len(first.shapes[name]) == dims:
                    yield (
                        f"{option} ignored: {name} is read at y + u for s·y + u",
                        _unstrided(name, axes, option),
                    )
            if first.derived.ndim == dims:
                yield (
                    f"{option} ignored: what belongs to s·y + u is put at y + u",
                    lambda e, a=axes, o=option: e.placed(
                        lambda p, d: tuple(
                            i - (int(e.case.options[o]) - 1) * d[k] if k in a else i for k, i in enumerate(p)
                        )
                    ),
                )


def _unstrided(name: str, axes: tuple[int, ...], option: str) -> Callable[[Example], Any]:
    def unstrided(e: Example) -> Any:
        more = int(e.case.options[option]) - 1

        def place(p: Place, d: Place | None) -> Place | None:
            return None if d is None else tuple(i - more * d[k] if k in axes else i for k, i in enumerate(p))

        return e.moved(name, place)

    return unstrided


# -- words ----------------------------------------------------------------------------------------


def _named_like(e: Example, role: str) -> list[str]:
    return [n for n, v in e.case.options.items() if role_of(n) == role and isinstance(v, int)]


def _subsets(dims: int) -> list[tuple[int, ...]]:
    return [c for size in range(1, dims + 1) for c in itertools.combinations(range(dims), size)]


def _axes(axes: tuple[int, ...]) -> str:
    return f"axis {axes[0]}" if len(axes) == 1 else "axes " + ", ".join(map(str, axes))


def _step(step: int) -> str:
    return "one further" if step > 0 else "one before"
