"""Sums of the same sign in which less cancels, to tell a sign by where a value is too near 0."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from symgrad.trace.roots import square_root
from symgrad.trace.sums import ONE, Monomial, Number, Sum, added, atoms_of, scaled, whole_terms

if TYPE_CHECKING:
    from symgrad.trace.algebra import Algebra

SMALL = 4
"""The largest power of a sum that is taken only to see what sign a sum of logarithms has."""


def cleared(algebra: Algebra, of: Sum) -> Sum:
    """A sum of the same sign, in which less cancels, for one that is not 0. Raises TooManyTerms.

    A number for a square; else with tanh in terms of exp; e to its power, less 1, if logarithms cancel;
    times the compounds that it is divided by, which are positive at the witness.
    """
    root = square_root(of, algebra.has_roots)
    if root is not None:
        return {ONE: root[0]}
    of = without_tanh(algebra, of)
    logs = {m: c for m, c in of.items() if any(algebra.atoms[n].kind == "log" for n, _ in m)}
    if logs and all(algebra.inside_log(m) is not None for m in logs):
        whole, scale = whole_terms(logs)
        factor = Fraction(scale, math.gcd(*(c for _, c in whole)))
        if all(abs(c * factor) <= SMALL for c in logs.values()):
            of = added(algebra.exponential(scaled(of, factor)), {ONE: -1})
    while True:
        below = [n for monomial in of for n, power in monomial if power < 0 and _is_whole(algebra, n)]
        if not below:
            return of
        base = max(below)
        inside = algebra.atoms[base].inside
        assert inside is not None
        powers: dict[Monomial, Number] = {monomial: dict(monomial).get(base, 0) for monomial in of}
        lowest: Number = min(powers.values())
        total: Sum = {}
        for monomial, c in of.items():
            power = powers[monomial]
            rest: Sum = {tuple(pair for pair in monomial if pair[0] != base): c}
            total = added(total, algebra.product(rest, algebra.power(inside, power - lowest)))
        of = total


def without_tanh(algebra: Algebra, of: Sum) -> Sum:
    """A sum with 1 - 2/(1 + exp(2u)) for tanh u, of which little is left where tanh u is nearly 1.

    The sum itself if there is none to replace.
    """
    used = {a for a in atoms_of([of]) if algebra.atoms[a].kind == "tanh"}
    if not used or any(power < 0 for monomial in of for a, power in monomial if a in used):
        return of
    total: Sum = {}
    for monomial, c in of.items():
        term: Sum = {tuple(pair for pair in monomial if pair[0] not in used): c}
        for a, power in monomial:
            if a in used:
                by_exp = _tanh_by_exp(algebra, algebra.atoms[a].inside or {})
                term = algebra.product(term, algebra.power(by_exp, power))
        total = added(total, term)
    return total


def _tanh_by_exp(algebra: Algebra, inside: Sum) -> Sum:
    below = algebra.power(added(algebra.exponential(scaled(inside, 2)), {ONE: 1}), -1)
    return added({ONE: 1}, scaled(below, -2))


def _is_whole(algebra: Algebra, number: int) -> bool:
    """Whether an atom is a compound, not a root of one, so that it has whole powers only."""
    atom = algebra.atoms[number]
    return atom.kind == "" and atom.base == number
