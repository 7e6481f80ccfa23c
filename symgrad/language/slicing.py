"""Indexing and slicing a tensor as NumPy does, with sizes and index variables for numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symgrad.errors import IndexRangeError, ShapeError
from symgrad.language.build import build
from symgrad.language.index import Index, within
from symgrad.language.scalar import Access
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Axis, Call, Tensor, frozen, index_names

if TYPE_CHECKING:
    from collections.abc import Sequence

_ONE = (Index.of(1),)


def getitem(operand: Tensor, key: Any) -> Any:
    """`operand[key]`: a scalar if every axis is given an index, else the tensor of the slices."""
    keys = list(key) if isinstance(key, tuple) else [key]
    given = sum(k is not None and k is not Ellipsis for k in keys)
    if keys.count(Ellipsis) > 1:
        raise IndexRangeError("an index can have only one ellipsis ('...')")
    if given > operand.ndim:
        raise IndexRangeError(
            f"{operand!r} has {operand.ndim} axes of shape {operand.shape}, but {given} indices were given"
        )
    if Ellipsis not in keys:
        keys.append(Ellipsis)
    place = keys.index(Ellipsis)
    keys[place : place + 1] = [slice(None)] * (operand.ndim - given)

    axes: list[Axis] = []
    names: list[str] = []
    reads: list[tuple[str, Any, Any]] = []
    own = iter(index_names(operand))
    axis_number = 0
    for k in keys:
        if k is None:
            axes.append(_ONE)
            names.append("_")
            reads.append(("new", None, None))
            continue
        axis = operand.axes[axis_number]
        axis_names = [next(own) for _ in axis]
        what = f"{operand!r}, axis {axis_number}"
        if isinstance(k, slice):
            start, extent, step = _slice(k, axis, what)
            axes.append(axis if extent is None else (extent,))
            names += axis_names
            reads.append(("slice", start, step))
        else:
            reads.append(("fixed", _fixed(k, axis, what), None))
        axis_number += 1
    if not axes:
        return Access(operand, tuple(index for _, fixed, _ in reads for index in fixed))

    def body(*indices: Index) -> Access:
        at: list[Index] = []
        free = iter(indices)
        source = iter(operand.axes)
        for kind, first, step in reads:
            if kind == "new":
                next(free)
                continue
            axis = next(source)
            if kind == "fixed":
                at.extend(first)
            elif first is None:
                at.extend(next(free) for _ in axis)
            else:
                at.append(first + step * next(free))
        return Access(operand, tuple(at))

    return build(axes, body, names).recalled(Call("slice", (("x", operand), ("key", frozen(keys)))))


def _fixed(key: Any, axis: Axis, what: str) -> tuple[Index, ...]:
    parts: Sequence[Any] = key if isinstance(key, tuple) else (key,)
    if len(parts) != len(axis):
        raise ShapeError(f"{what}: the axis has factors {axis}, so it takes {len(axis)} indices, not {key}")
    found = []
    for part, extent in zip(parts, axis, strict=True):
        if not isinstance(part, (int, Index, Symbol)):
            raise IndexRangeError(
                f"{what}: an index is an integer, a size, an index variable or a slice, not {part!r}"
            )
        index = from_end(part, extent)
        _never_in_range(index, extent, what)
        found.append(index)
    return tuple(found)


def from_end(value: Any, extent: Index) -> Index:
    """A negative number counts from the end, as in Python."""
    index = Index.of(value)
    return extent + index if index.constant is not None and index.constant < 0 else index


def _slice(key: slice, axis: Axis, what: str) -> tuple[Index | None, Index | None, Index | None]:
    """Start, extent and step of a slice; all None if it takes the whole axis."""
    if key == slice(None):
        return None, None, None
    if len(axis) > 1:
        raise ShapeError(f"{what}: a compound axis {axis} can only be taken whole or indexed by a tuple")
    extent = axis[0]
    step = Index.of(1 if key.step is None else key.step)
    start = from_end(0 if key.start is None else key.start, extent)
    stop = extent if key.stop is None else from_end(key.stop, extent)
    if step.constant is not None and step.constant < 1:
        raise IndexRangeError(f"{what}: a slice needs a positive step, not {step}; to reverse, use flip")
    length = (stop - start + step - 1) // step
    if length.constant is not None and length.constant < 1:
        raise IndexRangeError(f"{what}: the slice {start}:{stop} is empty")
    for bound in (start, stop - 1):
        _never_in_range(bound, extent, what)
    return start, length, step


def _never_in_range(index: Index, extent: Index, what: str) -> None:
    """Raise IndexRangeError if `index` is outside `0 … extent-1` whatever the sizes are."""
    if any(c.truth is False for c in within(index, extent)):
        raise IndexRangeError(f"{what}: index {index} is outside 0 … {extent - 1}")
