"""Numbers at which two entries differ: what makes a difference certain, and plain to see.

The values are exact: rational numbers, or intervals that do not meet where there are known functions or
roots, which need not be rational.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symgrad.concrete.evaluate import Evaluation, Place, Ring
from symgrad.concrete.hypotheses import others
from symgrad.concrete.intervals import Intervals, apart, decimals
from symgrad.concrete.rings import Entry, Opaque, Polynomial, Polynomials, Rationals, Unknown
from symgrad.decide.question import Question
from symgrad.errors import SymgradError
from symgrad.language.functions import KNOWN, Known
from symgrad.language.notation import nodes
from symgrad.language.scalar import Apply, Power, walk
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

Values = dict[Entry, Fraction]
_DEGREES = (2, 3)
_PRODUCTS, _SHIFTS, _REAL_SHIFTS = 6, 8, 3


@dataclass(frozen=True, slots=True)
class Witness:
    """Entries, others being 0, at which the derived and the claimed value differ.

    An unknown function is t ↦ t^degree there; degree is None if there is none.
    """

    values: Values
    degree: int | None
    derived: str
    claimed: str


def witness(
    question: Question,
    sizes: Mapping[Symbol, int],
    position: Place,
    difference: Polynomial,
    met: Sequence[Entry],
) -> Witness | None:
    """Numbers for the entries at which both values have a meaning and differ; None if none were found.

    `met` are all entries that have a part in the two, also where they do not make a difference.
    """
    opaques = _opaques(difference)
    real = is_real(question)
    for values in _candidates(question, difference, met, real):

        def inputs(variable: Variable, place: Place) -> Any:
            return ring.constant(values.get(Entry(variable.name, place), Fraction(0)))  # noqa: B023

        for degree in _DEGREES if opaques else _DEGREES[:1]:
            ring: Ring = Intervals(degree) if real else Rationals(degree)
            try:
                left = question.derived_entry(position, sizes, inputs, ring)
                right = question.claimed_entry(position, sizes, inputs, ring)
            except (SymgradError, ZeroDivisionError):
                continue
            if apart(left, right) if real else left != right:
                shown = decimals(left, right) if real else (str(left), str(right))
                given = _completed(question, sizes, values)
                return Witness(given, degree if _has_unknown_function(opaques) else None, *shown)
    return None


def is_real(question: Question) -> bool:
    """Whether there are known functions or roots on either side, so that values need not be rational."""
    return has_real_values(question.z) or has_real_values(question.claim)


def has_real_values(tensor: Tensor) -> bool:
    """Whether there are known functions or roots in an expression."""
    return any(
        (isinstance(inner, Apply) and isinstance(inner.function, Known))
        or (isinstance(inner, Power) and inner.exponent.denominator != 1)
        for node in nodes(tensor)
        if isinstance(node, Comprehension)
        for inner in walk(node.body)
    )


def _completed(question: Question, sizes: Mapping[Symbol, int], values: Values) -> Values:
    """The values with those that follow from a hypothesis: what is left of one."""
    found = dict(values)
    evaluation = Evaluation(sizes, lambda variable, place: None, Polynomials())
    for hypothesis in question.hypotheses:
        for place in evaluation.places(hypothesis.variable):
            rest = others(hypothesis, place, sizes)
            if all(place > other for other in rest):
                name = hypothesis.variable.name
                left = sum((values.get(Entry(name, other), Fraction(0)) for other in rest), Fraction(0))
                found[Entry(name, place)] = 1 - left
    return found


# -- candidates -----------------------------------------------------------------------------------


def _candidates(
    question: Question, difference: Polynomial, met: Sequence[Entry], real: bool
) -> Iterator[Values]:
    """What is tried, in its order; what is assumed to sum to one is 0 but for its last entry at first."""
    assumed = {hypothesis.variable.name for hypothesis in question.hypotheses}
    for one_hot in (True, False) if assumed else (False,):
        for values in _drawn(difference, met, real):
            yield {e: v for e, v in values.items() if not (one_hot and e.name in assumed)}


def _drawn(difference: Polynomial, met: Sequence[Entry], real: bool) -> Iterator[Values]:
    """Ones in the entries of one differing product, then distinct small integers everywhere.

    Where values are real, also for the entries that make no difference, of both signs, and fractions
    between 0 and 1.
    """
    chooses = any("selected" in str(o.name) or o.name == "max" for o in _opaques(difference))
    if not chooses:
        ordered = sorted(difference.terms, key=lambda p: (len(p), sorted((str(u), e) for u, e in p)))
        for product in itertools.islice(ordered, _PRODUCTS if real else None):
            yield dict.fromkeys(_entries(Polynomial({product: Fraction(1)})), Fraction(1))
    yield from _distinct(list(_entries(difference)), _REAL_SHIFTS if real else _SHIFTS)
    if real:
        every = sorted(met, key=lambda entry: (entry.name, entry.place))
        yield from _distinct(every, _REAL_SHIFTS)
        for values in _distinct(every, _REAL_SHIFTS):
            yield {entry: value if value % 2 else -value for entry, value in values.items()}
            yield {entry: -value if value % 2 else value for entry, value in values.items()}
            yield {entry: value / (len(every) + 2) for entry, value in values.items()}


def _distinct(entries: Sequence[Entry], shifts: int) -> Iterator[Values]:
    """Distinct values, in an order that changes with the shift, so that every maximum is unique."""
    for shift in range(shifts):
        drawn = ((n * (2 * shift + 1) + shift) % (len(entries) + 1) + 1 for n in range(len(entries)))
        yield dict(zip(entries, map(Fraction, drawn), strict=True))


def _unknowns(polynomial: Polynomial) -> dict[Unknown, None]:
    """All unknowns in it, also inside of others; each is looked into once, however often it is nested."""
    found: dict[Unknown, None] = {}
    left = [polynomial]
    while left:
        for product in left.pop().terms:
            for unknown, _ in product:
                if unknown not in found:
                    found[unknown] = None
                    left += unknown.arguments if isinstance(unknown, Opaque) else ()
    return found


def _entries(polynomial: Polynomial) -> dict[Entry, None]:
    found = [unknown for unknown in _unknowns(polynomial) if isinstance(unknown, Entry)]
    return dict.fromkeys(sorted(found, key=lambda entry: (entry.name, entry.place)))


def _opaques(polynomial: Polynomial) -> list[Opaque]:
    return [unknown for unknown in _unknowns(polynomial) if isinstance(unknown, Opaque)]


def _has_unknown_function(opaques: Sequence[Opaque]) -> bool:
    known = (*KNOWN, "max", "selected")
    return any(o.name not in known and not o.is_power for o in opaques)
