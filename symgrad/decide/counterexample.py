"""A difference made visible, and confirmed in plain arithmetic on a path of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from symgrad.concrete.evaluate import Evaluation, Place, Ring
from symgrad.concrete.hypotheses import others
from symgrad.concrete.intervals import Intervals, apart, decimals
from symgrad.concrete.rings import Entry, Opaque, Polynomial, Polynomials, Rationals, TooLarge, Unknown
from symgrad.decide.question import Question
from symgrad.decide.verdict import Counterexample
from symgrad.errors import SymgradError
from symgrad.language.functions import KNOWN
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Variable

ENTRIES = 400
"""How many entries are looked at in search of one that differs."""
WORK = 50_000
"""How many products are computed in search of one: a second or two."""
_DEGREES = (2, 3)


def as_unknown(variable: Variable, place: Place) -> Polynomial:
    """An entry of a variable as a polynomial: itself."""
    return Polynomial.unknown(Entry(variable.name, place))


def confirmed(question: Question, sizes: Mapping[Symbol, int], position: Place) -> Counterexample | None:
    """The counterexample at that entry, or None if interpretation does not find a difference there.

    None too if the sizes are too large to interpret.
    """
    try:
        return _confirmed(question, sizes, position) if _work(question, sizes) <= WORK else None
    except TooLarge:
        return None


def _confirmed(question: Question, sizes: Mapping[Symbol, int], position: Place) -> Counterexample | None:
    derived = question.derived_entry(position, sizes, as_unknown, Polynomials())
    claimed = question.claimed_entry(position, sizes, as_unknown, Polynomials())
    if derived == claimed:
        return None
    difference = derived - claimed
    apart = list(difference.terms)
    witness = _witness(question, sizes, position, difference)
    if witness is None:
        return None
    values, degree, left, right = witness
    shapes = _shapes(question, sizes)
    return Counterexample(
        sizes=_named(sizes),
        derived_shape=shapes[0],
        claimed_shape=shapes[1],
        position=position,
        derived=str(derived),
        claimed=str(claimed),
        missing=tuple(_only(derived, apart)),
        extra=tuple(_only(claimed, apart)),
        witness=tuple((str(entry), str(value)) for entry, value in values.items() if value),
        degree=degree,
        derived_value=left,
        claimed_value=right,
    )


def differing_shape(question: Question, sizes: Mapping[Symbol, int]) -> Counterexample | None:
    """The counterexample where the shapes differ; with an entry that differs, if there is one."""
    derived, claimed = _shapes(question, sizes)
    if derived == claimed:
        return None
    common = map(range, map(min, zip(derived, claimed, strict=True)))
    for position in itertools.islice(itertools.product(*common), ENTRIES):
        found = confirmed(question, sizes, position)
        if found is not None:
            return found
    return Counterexample(sizes=_named(sizes), derived_shape=derived, claimed_shape=claimed)


def first_difference(question: Question, sizes: Mapping[Symbol, int]) -> Counterexample | bool | None:
    """Compare entry by entry at fixed sizes: a counterexample, None if all are equal, False if there
    are too many entries to compare, or one that differs could not be confirmed in numbers."""
    places = list(
        itertools.islice(Evaluation(sizes, as_unknown, Polynomials()).places(question.derived), ENTRIES + 1)
    )
    if len(places) > ENTRIES or len(places) * _work(question, sizes) > WORK:
        return False
    equal = True
    for position in places:
        found = confirmed(question, sizes, position)
        if found is not None:
            return found
        try:
            derived = question.derived_entry(position, sizes, as_unknown, Polynomials())
            equal = equal and derived == question.claimed_entry(position, sizes, as_unknown, Polynomials())
        except TooLarge:
            return False
    return None if equal else False


def _work(question: Question, sizes: Mapping[Symbol, int]) -> int:
    """The products it takes to interpret an entry of both sides, several times over."""
    evaluation = Evaluation(sizes, as_unknown, Polynomials())
    return evaluation.work(question.z) + evaluation.work(question.claim)


def _named(sizes: Mapping[Symbol, int]) -> tuple[tuple[str, int], ...]:
    return tuple((symbol.name, value) for symbol, value in sizes.items())


def _shapes(question: Question, sizes: Mapping[Symbol, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    evaluation = Evaluation(sizes, as_unknown, Polynomials())
    return evaluation.shape(question.derived), evaluation.shape(question.claim)


def _only(polynomial: Polynomial, apart: list[frozenset[tuple[Unknown, int]]]) -> Iterator[str]:
    yield from Polynomial({p: polynomial.terms[p] for p in apart if p in polynomial.terms}).texts()


def _witness(
    question: Question, sizes: Mapping[Symbol, int], position: Place, difference: Polynomial
) -> tuple[dict[Entry, int], int | None, str, str] | None:
    """Small integers for the entries at which the two values differ, and the values.

    The values are rational numbers, or intervals that do not meet where they need not be rational.
    """
    opaques = list(_opaques(difference))
    real = any(opaque.name in KNOWN or "/" in opaque.name for opaque in opaques)
    for values in _candidates(question, sizes, difference):

        def inputs(variable: Variable, place: Place) -> Any:
            return ring.constant(Fraction(values.get(Entry(variable.name, place), 0)))  # noqa: B023

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
                return given, degree if _has_unknown_function(opaques) else None, *shown
    return None


def _completed(question: Question, sizes: Mapping[Symbol, int], values: dict[Entry, int]) -> dict[Entry, int]:
    """The values with those that follow from a hypothesis: what is left of one."""
    found = dict(values)
    evaluation = Evaluation(sizes, as_unknown, Polynomials())
    for hypothesis in question.hypotheses:
        for place in evaluation.places(hypothesis.variable):
            rest = others(hypothesis, place, sizes)
            if all(place > other for other in rest):
                name = hypothesis.variable.name
                found[Entry(name, place)] = 1 - sum(values.get(Entry(name, other), 0) for other in rest)
    return found


def _candidates(
    question: Question, sizes: Mapping[Symbol, int], difference: Polynomial
) -> Iterator[dict[Entry, int]]:
    """Ones in the entries of one differing product, then distinct small integers everywhere.

    What is assumed to sum to one is first taken to be 0 but for its last entry, then like the others.
    """
    assumed = {hypothesis.variable.name for hypothesis in question.hypotheses}
    chooses = any("selected" in str(o.name) or o.name == "max" for o in _opaques(difference))
    for plain in (True, False) if assumed else (False,):

        def kept(values: dict[Entry, int]) -> dict[Entry, int]:
            return {e: v for e, v in values.items() if not (plain and e.name in assumed)}  # noqa: B023

        if not chooses:
            for product in sorted(difference.terms, key=lambda p: (len(p), str(sorted(map(str, p))))):
                yield kept(dict.fromkeys(_entries(Polynomial({product: Fraction(1)})), 1))
        entries = list(_entries(difference))
        for shift in range(8):
            # distinct values, in an order that changes with the shift, so that every maximum is unique
            drawn = ((n * (2 * shift + 1) + shift) % (len(entries) + 1) + 1 for n in range(len(entries)))
            yield kept(dict(zip(entries, drawn, strict=True)))


def _entries(polynomial: Polynomial) -> dict[Entry, None]:
    found: dict[Entry, None] = {}
    for product in polynomial.terms:
        for unknown, _ in product:
            if isinstance(unknown, Entry):
                found[unknown] = None
            else:
                for argument in unknown.arguments:
                    found.update(_entries(argument))
    return dict.fromkeys(sorted(found, key=lambda entry: (entry.name, entry.place)))


def _opaques(polynomial: Polynomial) -> Iterator[Opaque]:
    for product in polynomial.terms:
        for unknown, _ in product:
            if isinstance(unknown, Opaque):
                yield unknown
                for argument in unknown.arguments:
                    yield from _opaques(argument)


def _has_unknown_function(opaques: list[Opaque]) -> bool:
    known = (*KNOWN, "max", "selected")
    return any(o.name not in known and not o.name.startswith("power ") for o in opaques)
