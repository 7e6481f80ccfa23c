r"""One probe of a backward: a point, a direction, and the slope of \(t \mapsto \sum \delta f(x + t v)\).

Where f is a polynomial, the slope at 0 follows exactly from a few values. It is what the backward says,
\(\sum_i \langle g_i, v_i \rangle\), for every direction v if the backward is right; if it is wrong, only for
few of them (Schwartz and Zippel).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import numpy as np

from symgrad.blackbox.conduct import Conduct
from symgrad.blackbox.exactly import denominator, dot, fineness, slope
from symgrad.blackbox.function import Arrays
from symgrad.blackbox.points import Generator, Lattice

HIGHEST = 8
"""The highest degree of a polynomial that is recognised."""


class NotExact(Exception):
    """Here the function is no polynomial that floating point computes exactly."""


class TooBig(NotExact):
    """Numbers so large that sums of them may have been rounded."""


class Fractional(NotExact):
    """The output has a denominator that a factor of every entry clears."""

    def __init__(self, denominator: int) -> None:
        super().__init__(f"fractions with the denominator {denominator}")
        self.denominator = denominator


@dataclass(frozen=True)
class Probe:
    """A backward at a point: `out` is the output there, `gradients` what it says for `cotangent`."""

    conduct: Conduct
    lattice: Lattice
    point: dict[str, Any]
    out: Any
    cotangent: Any
    gradients: dict[str, Any]
    direction: dict[str, Any]
    settle: Settle

    @cached_property
    def slope(self) -> tuple[Fraction, int]:
        """The slope along the direction, and the degree. Raises NotExact."""
        return self.slope_along(self.direction)

    def slope_along(self, direction: Arrays) -> tuple[Fraction, int]:
        """The slope of Σ cotangent·forward along a direction, and the degree. Raises NotExact."""

        def value(t: int) -> Fraction:
            if not t:
                return dot(self.cotangent, self.out)
            moved = {n: a + t * direction[n] if n in direction else a for n, a in self.point.items()}
            return dot(self.cotangent, self.settle(self.conduct.forward(moved)))

        try:
            found = slope(value, HIGHEST)
        except ValueError:  # an infinity
            found = None
        if found is None:
            raise NotExact("along a line, the output is no polynomial of degree up to 8")
        return found

    def claimed(self, direction: Arrays) -> Fraction:
        """What the backward says the slope is."""
        return sum((dot(self.gradients[n], v) for n, v in direction.items()), Fraction(0))

    def rounding(self, direction: Arrays) -> float:
        """How much of a slope may be rounding, if the gradients are rounded and not exact."""
        unit = 2.0**-self.conduct.function.precision
        size = sum(float(np.sum(np.abs(self.gradients[n] * v))) for n, v in direction.items())
        return 64 * unit * size

    def disagrees(self, direction: Arrays) -> bool:
        """Whether the slope along the direction is not what the backward says."""
        return self.claimed(direction) != self.slope_along(direction)[0]

    def culprit(self) -> tuple[str, tuple[int, ...]]:
        """An entry of a gradient that is wrong, by halving a direction along which the slope is."""
        for name in self.direction:
            if self.disagrees({name: self.direction[name]}):
                break
        else:
            raise NotExact("the slopes along the parts of a direction do not add up")
        flat = self.direction[name].ravel()
        places = np.flatnonzero(flat)
        while len(places) > 1:
            half = places[: len(places) // 2]
            kept = np.zeros_like(flat)
            kept[half] = flat[half]
            wrong = self.disagrees({name: kept.reshape(self.point[name].shape)})
            places = half if wrong else places[len(places) // 2 :]
        where = np.unravel_index(int(places[0]), self.point[name].shape)
        return name, tuple(int(i) for i in where)

    def derived(self, name: str, place: tuple[int, ...]) -> Fraction:
        """The entry of the gradient, derived from the forward. Raises NotExact."""
        along = np.zeros(self.point[name].shape)
        unit = self.lattice.unit(sum(array.size for array in self.point.values())) * self.lattice.scale
        along[place] = unit
        return self.slope_along({name: along})[0] / Fraction(unit)

    @cached_property
    def entries(self) -> list[tuple[Fraction, Fraction]]:
        """Every entry of the gradients, derived and obtained. Raises NotExact."""
        return [
            (self.derived(name, place), Fraction(float(self.gradients[name][place])))
            for name in self.direction
            for place in np.ndindex(*self.point[name].shape)
        ]


class Settle:
    """Values taken for the whole numbers they must be, where the point is whole.

    An inexact method such as FFT misses them by its rounding; by more, they are not whole.
    """

    def __init__(self, precision: int, whole: bool) -> None:
        self.precision = precision
        self.whole = whole
        self.deviation = 0.0

    def __call__(self, array: Any) -> Any:
        """The array, exact. Raises NotExact for what is not: TooBig if it may be rounded, Fractional."""
        if not np.all(np.isfinite(array)):
            raise TooBig("an infinity or nan")
        if not array.size:
            return array
        largest = float(np.max(np.abs(array)))
        fine = 0 if self.whole else fineness(array) or 0
        margin = 6 if self.precision > 32 else 2  # bits, for sums larger than their result
        if largest and math.log2(largest) + fine > self.precision - (margin if self.whole else 0):
            raise TooBig("numbers larger than floating point adds exactly")
        if not self.whole:
            return array
        whole = np.rint(array)
        off = float(np.max(np.abs(array - whole)))
        if not off:
            return array
        allowed = 64 * 2.0**-self.precision * largest * math.log2(array.size + 2)
        if off > min(allowed, 0.25):
            common = denominator(array, self.precision)
            if common is not None and common > 1:
                raise Fractional(common)
            raise NotExact("whole numbers are not answered with whole numbers")
        self.deviation = max(self.deviation, off / largest)
        return whole


def _settled(settle: Settle, gradient: Any) -> Any:
    """A gradient that is exact, or as it is."""
    try:
        return settle(gradient)
    except NotExact:
        return gradient


def probe(
    conduct: Conduct,
    shapes: Mapping[str, tuple[int, ...]],
    lattice: Lattice,
    rng: Generator,
    given: Mapping[str, Callable[[Generator, tuple[int, ...]], Any]],
    again: bool,
) -> Probe:
    """A probe at a point drawn from the lattice. Raises NotExact, TooBig and Misconduct."""
    function = conduct.function
    point = lattice.point(rng, shapes)
    for name, draw in given.items():
        point[name] = np.asarray(draw(rng, shapes[name]), dtype=np.float64)
    settle = Settle(function.precision, lattice.fine is None)
    back: Callable[[Any], dict[str, Any]] = partial(conduct.gradients, point, again=again)
    if again:
        out = conduct.forward(point, again)
    else:
        out, back = conduct.pulled_back(point)
    out = settle(out)
    cotangent = lattice.cotangent(rng, out.shape, function.precision)
    gradients = back(cotangent)
    for gradient in gradients.values():
        if not np.all(np.isfinite(gradient)):
            raise TooBig("a gradient that is infinite or nan")
    gradients = {n: _settled(settle, gradient) for n, gradient in gradients.items()}
    wanted = [n for n in function.wrt or tuple(shapes) if n not in given]
    direction = lattice.direction(rng, {n: point[n] for n in wanted}, total=sum(map(np.size, point.values())))
    return Probe(conduct, lattice, point, out, cotangent, gradients, direction, settle)
