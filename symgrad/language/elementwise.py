"""Elementwise arithmetic of tensors, with axes aligned from the last as in NumPy."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from symgrad.language.build import build
from symgrad.language.index import Index
from symgrad.language.scalar import Access, as_scalar
from symgrad.language.tensor import (
    Axis,
    Call,
    Comprehension,
    Requirement,
    Tensor,
    index_names,
    require_same,
)


@dataclass(slots=True)
class _Aligned:
    """Axes of operands of an elementwise operation, aligned from the last as in NumPy."""

    axes: list[Axis] = field(default_factory=list)
    requires: list[Requirement] = field(default_factory=list)


def _align(symbol: str, operands: Sequence[Tensor]) -> _Aligned:
    aligned = _Aligned()
    rank = max(operand.ndim for operand in operands)
    for position in range(rank):
        axis: Axis = (Index.of(1),)
        for operand in operands:
            here = position - rank + operand.ndim
            if here < 0 or operand.axes[here] == (Index.of(1),):
                continue
            if axis == (Index.of(1),):
                axis = operand.axes[here]
            elif operand.axes[here] != axis:
                where = f"{symbol}: axis {position} of shapes {operands[0].shape} and {operands[1].shape}"
                aligned.requires += require_same(axis, operand.axes[here], where)
        aligned.axes.append(axis)
    return aligned


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}


_UNSUPPORTED = cast("Comprehension", NotImplemented)  # what Python's operators expect


def elementwise(symbol: str, left: Any, right: Any) -> Comprehension:
    """`left symbol right`, entry by entry; NotImplemented for an operand that is no tensor or scalar.

    Raises ShapeError if the shapes never fit.
    """
    operands = []
    for value in (left, right):
        if isinstance(value, Tensor):
            operands.append(value)
        elif as_scalar(value) is None:
            return _UNSUPPORTED
    if symbol == "**" and isinstance(right, Tensor):
        return _UNSUPPORTED
    aligned = _align(symbol, operands)
    widest = max(operands, key=lambda operand: operand.ndim)

    def entry(value: Any, indices: Sequence[Index]) -> Any:
        if not isinstance(value, Tensor):
            return value if symbol == "**" and value is right else as_scalar(value)
        at: list[Index] = []
        end = len(indices)
        for axis, wide in zip(reversed(value.axes), reversed(aligned.axes), strict=False):
            here = indices[end - len(wide) : end]
            at = ([Index.of(0)] if axis == (Index.of(1),) else list(here)) + at
            end -= len(wide)
        return Access(value, tuple(at))

    def body(*indices: Index) -> Any:
        x, y = entry(left, indices), entry(right, indices)
        return ARITHMETIC[symbol](x, y)

    made = build(aligned.axes, body, index_names(widest), tuple(aligned.requires))
    return made.recalled(Call(symbol, (("left", left), ("right", right))))
