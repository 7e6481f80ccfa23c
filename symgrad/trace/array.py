"""Object arrays of traced scalars, and the names of NumPy that must be read differently for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from symgrad.trace.numeric import NotTraceable
from symgrad.trace.scalar import ZERO, Traced, operand

OBJECT = np.dtype(object)


class Array(np.ndarray[Any, Any]):
    """An object array that stays one: `astype(float)` gives it back, a cell holds a scalar."""

    def astype(self, dtype: Any, *args: Any, **keywords: Any) -> Any:
        """A copy, whatever real dtype is asked for. Raises NotTraceable for integers where symbols are."""
        if np.dtype(dtype).kind in "fO":
            return self.copy()
        return np.asarray(self).astype(dtype)

    def __setitem__(self, key: Any, cell: Any) -> None:
        if isinstance(cell, np.ndarray) and cell.size == 1 and cell.ndim:
            # an array of one stored in a cell would be an array in an array
            cell = cell.reshape(-1)[0]
        super().__setitem__(key, cell)

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        if array.ndim == 0:
            return array[()]
        return array.view(Array) if array.dtype == OBJECT else array

    def item(self, *place: Any) -> Any:
        """The scalar."""
        return np.asarray(self).item(*place)


def filled(shape: Any, value: Any, order: Any = "C") -> Array:
    """A new array of traced scalars."""
    array = np.empty(shape, dtype=object, order=order)
    array.fill(operand(value))
    return array.view(Array)


def lifted(value: Any) -> Any:
    """An array of floats as one of traced constants; what holds no floats is given back as it is."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        array = np.empty(value.shape, dtype=object)
        for place, number in np.ndenumerate(value):
            array[place] = operand(number)
        return array.view(Array)
    if type(value) is np.ndarray and value.dtype == OBJECT:
        return value.view(Array)
    return value


def scalars(array: Any) -> Iterator[Traced]:
    """The entries of an array in row-major order, as nodes. Raises NotTraceable for what is no number."""
    for cell in np.asarray(array, dtype=object).reshape(-1):
        inner = cell
        while isinstance(inner, np.ndarray) and inner.size == 1:
            inner = inner.reshape(-1)[0]
        node = operand(inner)
        if not isinstance(node, Traced):
            raise NotTraceable(f"an entry of the result is {inner!r}")
        yield node


def is_real(dtype: Any) -> bool:
    """Whether a dtype asks for real numbers, as None does."""
    return dtype is None or np.dtype(dtype).kind in "fO"


def zeros_like(array: Any) -> Array:
    """Zeros of the shape of an array."""
    return filled(np.shape(array), ZERO)
