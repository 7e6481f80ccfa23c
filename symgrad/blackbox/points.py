r"""Points and directions whose coordinates floating point holds exactly.

Plain points are whole numbers. Points *apart* are for operations that are polynomials on pieces only, such
as a maximum: entries \(x_i = k_i + (2\pi_i + 1)/2^s\) with π a permutation, so that no two are equal and none
is whole, and directions so short that nothing passes a whole number or another entry on the way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from symgrad.blackbox.function import Arrays, Shape

Generator: TypeAlias = np.random.Generator


@dataclass(frozen=True)
class Lattice:
    """Where points are drawn.

    span   whole parts lie in -span … span
    fine   None for whole numbers, else the bits of a direction, for points apart
    scale  a factor of every entry, to clear denominators
    near   what the whole parts lie around
    """

    span: int
    fine: int | None = None
    scale: int = 1
    near: int = 0

    def point(self, rng: Generator, shapes: Mapping[str, Shape]) -> dict[str, Any]:
        """An array for each shape."""
        total = sum(math.prod(shape) for shape in shapes.values())
        entries = self.whole(rng, total) + self.near * self.scale
        if self.fine is not None:
            entries += (2 * rng.permutation(total) + 1) * self.scale * 2.0 ** -self._bits(total)
        return split(entries, shapes)

    def whole(self, rng: Generator, count: int) -> Any:
        """So many whole numbers, times the scale."""
        return rng.integers(-self.span, self.span + 1, count).astype(np.float64) * self.scale

    def cotangent(self, rng: Generator, shape: Shape, precision: int) -> Any:
        """Whole numbers, to be handed to a backward."""
        most = max(self.span, self.handed(precision))
        return rng.integers(-most, most + 1, shape).astype(np.float64) * self.scale

    def handed(self, precision: int) -> int:
        """The span of cotangents, which a product of few factors can afford to be larger."""
        return self.span if self.fine is None else 127 if precision > 32 else 7

    def direction(self, rng: Generator, varying: Arrays, total: int) -> dict[str, Any]:
        """A direction along which no entry of a point of `total` entries meets another or a whole number."""
        shapes = {name: array.shape for name, array in varying.items()}
        count = sum(array.size for array in varying.values())
        if self.fine is None:
            return split(self.whole(rng, count), shapes)
        most = 2**self.fine - 1
        steps = rng.integers(-most, most + 1, count).astype(np.float64)
        return split(steps * self.scale * self.unit(total), shapes)

    def unit(self, total: int) -> float:
        """What directions are multiples of, the scale aside."""
        return 1.0 if self.fine is None else 2.0 ** -(self._bits(total) + self.fine + 3)

    @property
    def choices(self) -> int:
        """How many values a coordinate of a direction may have."""
        return 2 * self.span + 1 if self.fine is None else 2 ** (self.fine + 1) - 1

    def _bits(self, total: int) -> int:
        return (2 * total + 1).bit_length()


def split(entries: Any, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """One long array as arrays of the given shapes."""
    found, start = {}, 0
    for name, shape in shapes.items():
        size = math.prod(shape)
        found[name] = entries[start : start + size].reshape(shape)
        start += size
    return found
