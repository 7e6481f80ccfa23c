"""Roots of numbers and of sums, where they have exact ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction

from symgrad.trace.sums import Monomial, Number, Sum, atoms_of, exact, merged, nonzero

TERMS = 200
"""Of how many terms a sum is at most that a root is looked for."""


def square_root(of: Sum, positive: Callable[[int], bool]) -> tuple[Number, Sum] | None:
    r"""A number c and a sum q with \(c q^2\) = the sum; None if there is none.

    As by hand: the root of the leading term, then each time what removes the leading term of the rest.
    `positive` says of which atoms there are roots.

    >>> square_root({((0, 2),): 2, ((0, 1), (1, 1)): -4, ((1, 2),): 2}, lambda atom: False)
    (2, {((0, 1),): 1, ((1, 1),): -1})
    """
    if not 2 < len(of) <= TERMS:
        return None
    atoms = sorted(atoms_of([of]))

    def rank(monomial: Monomial) -> tuple[Number, ...]:
        powers = dict(monomial)
        return tuple(powers.get(atom, 0) for atom in atoms)

    first, last = max(of, key=rank), min(of, key=rank)
    scale = of[first]
    if exact_root(Fraction(of[last]) / Fraction(scale), 2) is None:
        return None
    leading, least = _halved(first, positive), _halved(last, positive)
    if leading is None or least is None:
        return None
    inverse = tuple((atom, -power) for atom, power in leading)
    root: dict[Monomial, Number] = {leading: 1}
    rest = {monomial: exact(Fraction(c) / scale) for monomial, c in of.items() if monomial != first}
    before = rank(leading)
    while rest:
        highest = max(rest, key=rank)
        term = merged(highest, inverse)
        if not rank(least) <= rank(term) < before:
            return None
        before, coefficient = rank(term), exact(Fraction(rest[highest]) / 2)
        for monomial, c in [*root.items(), (term, exact(Fraction(coefficient) / 2))]:
            both = merged(monomial, term)
            rest[both] = rest.get(both, 0) - 2 * c * coefficient
        rest = nonzero(rest)
        root[term] = coefficient
    return scale, root


def _halved(monomial: Monomial, positive: Callable[[int], bool]) -> Monomial | None:
    """The root of a product; None if that of an atom in it is no number."""
    halves = tuple((atom, exact(Fraction(power) / 2)) for atom, power in monomial)
    return halves if all(isinstance(power, int) or positive(atom) for atom, power in halves) else None


def exact_root(number: Fraction, degree: int) -> Fraction | None:
    """The root of a rational, if it is rational."""
    if number < 0:
        return None
    parts = []
    for part in (number.numerator, number.denominator):
        root = math.isqrt(part) if degree == 2 else _rounded_root(part, degree)
        if root**degree != part:
            return None
        parts.append(root)
    return Fraction(parts[0], parts[1])


def _rounded_root(number: int, degree: int) -> int:
    """The whole number whose power is the nearest, or one below it, by bisection."""
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        if middle**degree <= number:
            low = middle
        else:
            high = middle - 1
    return low


def factors(number: Fraction) -> Iterator[tuple[int, int]]:
    """The prime factors of a positive number with their powers; what has none below 10,000 is left whole."""
    for part, sign in ((number.numerator, 1), (number.denominator, -1)):
        factor = 2
        while factor * factor <= part and factor < 10_000:
            times = 0
            while part % factor == 0:
                part, times = part // factor, times + 1
            if times:
                yield factor, sign * times
            factor += 1
        if part > 1:
            yield part, sign
