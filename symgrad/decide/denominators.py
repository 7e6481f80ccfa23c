r"""A common denominator: sums of quotients are the same if they are, multiplied by what they are divided by.

\[ \frac{a}{B} = \frac{c}{D} \iff a\,D = c\,B \]

where neither B nor D is 0, which is among the conditions of a verdict. Only what is divided by outside of
sums is cleared, as under a sum it is another number for each term, and only what is divided by at every
position: \([i \ge 1]/B_i\) says nothing of \(B_0\), which may be 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import ceil

from symgrad.decide.expansion import Expansion
from symgrad.decide.terms import Atom, Cancelled, Identity, Place, Raised, Term, tensor_of

PRODUCTS = 40
"""The most products that may come of multiplying out."""


def cleared(
    sides: Mapping[int, Sequence[Term]], expansion: Expansion, is_everywhere: Callable[[Term], bool]
) -> tuple[dict[int, list[Term]], list[Identity]] | None:
    """Both sides multiplied by their common denominator, and the identities that this takes.

    `is_everywhere` says whether a product surely occurs at every position. None if there is no common
    denominator, or one too large. Raises TooManyTerms past the limit.
    """
    terms = [term for side in sides.values() for term in side]
    least: dict[tuple[Atom, Place], Fraction] = {}
    sure: set[tuple[Atom, Place]] = set()
    for term in terms:
        for key, exponent, at in term.raised:
            if exponent < 0 and isinstance(key, Atom) and key.is_base and _is_outside(term, at):
                place = (key, at)
                least[place] = min(least.get(place, exponent), exponent)
                if place not in sure and is_everywhere(term):
                    sure.add(place)
    least = {place: exponent for place, exponent in least.items() if place in sure}
    if not least:
        return None
    factors: list[Raised] = [
        (key, _enough(key, at, -lowest, terms), at) for (key, at), lowest in least.items()
    ]
    if _products(factors, len(terms), expansion) > PRODUCTS:
        return None
    common = Term(Fraction(1), raised=factors)
    over = {side: expansion.gathered([term.times(common) for term in found]) for side, found in sides.items()}
    return over, [Cancelled(tensor_of(key)) for key, _ in least]


def _products(factors: Sequence[Raised], count: int, expansion: Expansion) -> float:
    """At most so many products come of as many as there are, times these factors."""
    found = float(count)
    for key, exponent, _ in factors:
        assert isinstance(key, Atom)
        found *= len(expansion.generic(key.tensor)[1]) ** float(exponent)
        if found > PRODUCTS:
            break
    return found


def _is_outside(term: Term, at: Place) -> bool:
    """Whether no index that the term sums over says which entry is divided by."""
    bound = set(term.bound)
    return all(bound.isdisjoint(index.indices) for index in at)


def _enough(key: Atom, at: Place, most: Fraction, terms: Sequence[Term]) -> Fraction:
    """The power to multiply by: the least that leaves whole ones everywhere, if one does."""
    powers = [sum(e for k, e, there in term.raised if k is key and there == at) for term in terms]
    alike = all((power + most).denominator == 1 for power in map(Fraction, powers))
    return most if alike else Fraction(ceil(most))
