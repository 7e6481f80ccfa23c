"""Sums of products of powers of numbered atoms, as dictionaries from products to coefficients."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias, Union

Number: TypeAlias = Union[int, Fraction]
Monomial: TypeAlias = tuple[tuple[int, Number], ...]
"""Atoms by number, with their exponents."""
Sum: TypeAlias = Mapping[Monomial, Number]
ONE: Monomial = ()


def merged(left: Monomial, right: Monomial) -> Monomial:
    """The product of two products."""
    if not left or not right:
        return left or right
    powers = dict(left)
    vanishing = False
    for number, power in right:
        if number in powers:
            power += powers[number]
            if type(power) is not int:
                power = exact(power)
            vanishing = vanishing or not power
        powers[number] = power
    if vanishing:
        return tuple(sorted([pair for pair in powers.items() if pair[1]]))
    return tuple(sorted(powers.items()))


def added(left: Sum, right: Sum) -> Sum:
    """The sum of two sums."""
    result = dict(left)
    for monomial, coefficient in right.items():
        result[monomial] = result.get(monomial, 0) + coefficient
    return nonzero(result)


def difference(left: Sum, right: Sum) -> Sum:
    """What must be added to the right to have the left."""
    result = dict(left)
    for monomial, coefficient in right.items():
        result[monomial] = result.get(monomial, 0) - coefficient
    return nonzero(result)


def scaled(of: Sum, factor: Number) -> Sum:
    """A sum times a number."""
    return {monomial: exact(c * factor) for monomial, c in of.items()} if factor else {}


def combined(parts: Iterable[tuple[Sum, int]]) -> Sum:
    """Several sums, each so many times, added up."""
    listed = [(part, count, denominator(part)) for part, count in parts]
    scale = math.lcm(*(own for _, _, own in listed)) if listed else 1
    total: dict[Monomial, int] = {}
    for part, count, own in listed:
        if own == 1:
            factor = count * scale
            for monomial, c in part.items():
                total[monomial] = total.get(monomial, 0) + factor * c.numerator
        else:
            for monomial, c in part.items():
                more = count * c.numerator * (scale // c.denominator)
                total[monomial] = total.get(monomial, 0) + more
    return scaled_down(total, scale)


def denominator(of: Sum) -> int:
    """A common denominator of the coefficients."""
    return math.lcm(*{c.denominator for c in of.values()})


def whole_terms(of: Sum) -> tuple[list[tuple[Monomial, int]], int]:
    """The terms with whole coefficients, which multiply faster, and what they are to be divided by."""
    scale = denominator(of)
    if scale == 1:
        return [(monomial, c.numerator) for monomial, c in of.items()], 1
    return [(monomial, c.numerator * (scale // c.denominator)) for monomial, c in of.items()], scale


def scaled_down(terms: dict[Monomial, int], scale: int) -> Sum:
    """Whole terms divided by a number; those that are 0 are left out."""
    if scale == 1:
        return {monomial: c for monomial, c in terms.items() if c}
    known: dict[int, Number] = {}  # few coefficients are different
    for c in terms.values():
        if c not in known:
            known[c] = exact(Fraction(c, scale))
    return {monomial: known[c] for monomial, c in terms.items() if c}


def renamed(of: Sum, new: Callable[[int], int | None]) -> Sum | None:
    """A sum with other atoms in place of its atoms; None if one of them has no other."""
    result: dict[Monomial, Number] = {}
    for monomial, coefficient in of.items():
        pairs: Monomial = ()
        for number, power in monomial:
            other = new(number)
            if other is None:
                return None
            pairs = merged(pairs, ((other, power),))
        result[pairs] = result.get(pairs, 0) + coefficient
    return nonzero(result)


def nonzero(terms: dict[Monomial, Number]) -> dict[Monomial, Number]:
    """The terms whose coefficient is not 0."""
    return {monomial: c for monomial, c in terms.items() if c} if not all(terms.values()) else terms


def exact(number: Number) -> Number:
    """A whole number as an int, which is faster than a Fraction."""
    if isinstance(number, int) or number.denominator != 1:
        return number
    return number.numerator


def atoms_of(sums: Iterable[Sum]) -> set[int]:
    """The numbers of all atoms in some sums."""
    return {number for of in sums for monomial in of for number, _ in monomial}
