"""Exact sums of products of floating-point numbers, and slopes of polynomials from their values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

BITS = 200
"""Numbers finer than 2 to minus this are not made whole."""
WORD = 2**62
"""Whole numbers below this are added in machine words."""


def fineness(array: Any) -> int | None:
    """The least k for which 2ᵏ times every entry is whole; None if there is an infinity or nan.

    >>> fineness(np.array([0.75, 3.0]))
    2
    """
    if not np.all(np.isfinite(array)):
        return None
    if np.array_equal(array, np.rint(array)):
        return 0
    significands, exponents = np.frexp(array[array != 0])
    whole = (significands * 2.0**53).astype(np.int64)
    trailing = np.log2((whole & -whole).astype(np.float64)).astype(np.int64)
    return int(np.max(53 - exponents - trailing))


def dot(left: Any, right: Any) -> Fraction:
    """Σ left·right, exactly: floats are dyadic rationals. Raises ValueError for an infinity or nan.

    >>> dot(np.array([0.1, 1e18]), np.array([10.0, 1.0])) == Fraction(0.1) * 10 + 10**18
    True
    """
    if not left.size:
        return Fraction(0)
    k, m = fineness(left), fineness(right)
    if k is None or m is None:
        raise ValueError("an infinity or nan")
    if k <= BITS and m <= BITS:
        with np.errstate(over="ignore"):  # what overflows is above a word too
            one, other = np.ldexp(left.ravel(), k), np.ldexp(right.ravel(), m)
        if max(float(np.max(np.abs(one))), float(np.max(np.abs(other)))) < WORD:
            return Fraction(_whole_dot(one.astype(np.int64), other.astype(np.int64)), 2 ** (k + m))
    products = map(_product, left.ravel().tolist(), right.ravel().tolist())
    return sum(products, Fraction(0))


def _whole_dot(one: Any, other: Any) -> int:
    """Σ one·other for whole numbers below 2⁶²: split until products fit a word, then added in parts."""
    greatest = int(np.max(np.abs(one))), int(np.max(np.abs(other)))
    if greatest[0] < greatest[1]:
        one, other, greatest = other, one, greatest[::-1]
    at_once = WORD // max(1, greatest[0] * greatest[1])
    if not at_once:
        high = one >> 31
        return (_whole_dot(high, other) << 31) + _whole_dot(one - (high << 31), other)
    starts = np.arange(0, one.size, at_once)
    return sum(np.add.reduceat(one * other, starts).tolist())


def _product(a: float, b: float) -> Fraction:
    return Fraction(a) * Fraction(b)


def slope(value: Callable[[int], Fraction], highest: int) -> tuple[Fraction, int] | None:
    r"""The slope at 0 of a polynomial known by its values, and its degree; None if it is not one.

    Values are asked for at 0, 1, -1, 2, … until the polynomial through all but the last two meets those as
    well: the degree is believed once two values more than it takes agree. It is at most `highest`.

    >>> slope(lambda t: Fraction(5 * t**2 - 3 * t + 1), 4)
    (Fraction(-3, 1), 2)
    >>> slope(lambda t: Fraction(abs(t)), 4) is None
    True
    """
    places: list[int] = []
    divided: list[Fraction] = []
    last: list[Fraction] = []
    for place in itertools.islice(_outwards(), highest + 3):
        row = [value(place)]
        for back, older in enumerate(last):
            row.append((row[-1] - older) / (place - places[-1 - back]))
        places.append(place)
        divided.append(row[-1])
        last = row
        if len(places) >= 3 and not divided[-1] and not divided[-2]:
            degree = max((n for n, c in enumerate(divided) if c), default=0)
            return _slope_at_zero(places, divided), degree
    return None


def _outwards() -> Any:
    yield 0
    for step in itertools.count(1):
        yield step
        yield -step


def _slope_at_zero(places: Sequence[int], divided: Sequence[Fraction]) -> Fraction:
    """The slope at 0 of Newton's form Σ c_k Π_{i<k} (t - t_i), whose first place is 0."""
    total, product = Fraction(0), Fraction(1)
    for k in range(1, len(divided)):
        # Π_{i<k} (t - t_i) has the factor t, so its slope at 0 is the product of the others
        total += divided[k] * product
        product *= -places[k]
    return total


def denominator(array: Any, precision: int, most: int = 1000) -> int | None:
    """A common denominator of entries that are rational with small denominators; None if they are not.

    >>> denominator(np.array([1 / 3, 0.5, 4.0]), 53)
    6
    """
    if not np.all(np.isfinite(array)):
        return None
    odd = array[array != np.rint(array)].ravel()
    common = 1
    for value in odd[:: max(1, odd.size // 64)].tolist():
        near = Fraction(value).limit_denominator(most)
        if abs(float(near) - value) > 8 * abs(value) * 2.0**-precision:
            return None
        common = math.lcm(common, near.denominator)
        if common > 1_000_000:
            return None
    return common
