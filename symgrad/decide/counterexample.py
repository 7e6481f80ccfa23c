"""A difference made visible, and confirmed in plain arithmetic on a path of its own."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Iterator, Mapping

from symgrad.concrete.evaluate import Evaluation, Place
from symgrad.concrete.rings import Entry, Polynomial, Polynomials, TooLarge, Unknown
from symgrad.decide.question import Question
from symgrad.decide.verdict import Counterexample
from symgrad.decide.witness import witness
from symgrad.errors import SymgradError
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Variable

ENTRIES = 400
"""How many entries are looked at in search of one that differs."""
WORK = 50_000
"""How many products are computed in search of one: a second or two."""


def as_unknown(variable: Variable, place: Place) -> Polynomial:
    """An entry of a variable as a polynomial: itself."""
    return Polynomial.unknown(Entry(variable.name, place))


def confirmed(question: Question, sizes: Mapping[Symbol, int], position: Place) -> Counterexample | None:
    """The counterexample at that entry, or None if interpretation does not find a difference there.

    None too if the sizes are too large to interpret.
    """
    try:
        evaluation = Evaluation(sizes, as_unknown, Polynomials())
        return _confirmed(question, sizes, position) if evaluation.work(question.z) <= WORK else None
    except SymgradError:  # too large to write out, or without a meaning whatever the entries are
        return None


def _confirmed(question: Question, sizes: Mapping[Symbol, int], position: Place) -> Counterexample | None:
    met: dict[Entry, None] = {}

    def inputs(variable: Variable, place: Place) -> Polynomial:
        met[Entry(variable.name, place)] = None
        return as_unknown(variable, place)

    derived = question.derived_entry(position, sizes, inputs, Polynomials())
    claimed = question.claimed_entry(position, sizes, inputs, Polynomials(), most=WORK)
    if derived == claimed:
        return None
    difference = derived - claimed
    apart = list(difference.terms)
    found = witness(question, sizes, position, difference, list(met))
    if found is None:
        return None
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
        witness=tuple((str(entry), str(value)) for entry, value in found.values.items() if value),
        degree=found.degree,
        derived_value=found.derived,
        claimed_value=found.claimed,
    )


def differing_shape(question: Question, sizes: Mapping[Symbol, int]) -> Counterexample | None:
    """The counterexample where the shapes differ; with an entry that differs, if there is one."""
    derived, claimed = _shapes(question, sizes)
    if derived == claimed:
        return None
    common = map(range, map(min, zip(derived, claimed, strict=True)))
    most = ENTRIES if _work(question, sizes) <= WORK else 0  # one entry may be cheap, but not all of them
    for position in itertools.islice(itertools.product(*common), most):
        found = confirmed(question, sizes, position)
        if found is not None:
            return found
    return Counterexample(sizes=_named(sizes), derived_shape=derived, claimed_shape=claimed)


class Compared(enum.Enum):
    """What became of comparing all entries at fixed sizes, if no counterexample did."""

    EQUAL = "all entries are the same polynomials"
    UNCLEAR = "some are other polynomials in functions and roots, but no difference was confirmed in numbers"
    TOO_LARGE = "there are too many entries to compare"


def first_difference(question: Question, sizes: Mapping[Symbol, int]) -> Counterexample | Compared:
    """Compare entry by entry at fixed sizes, in search of a counterexample."""
    places = list(
        itertools.islice(Evaluation(sizes, as_unknown, Polynomials()).places(question.derived), ENTRIES + 1)
    )
    if len(places) > ENTRIES or len(places) * _work(question, sizes) > WORK:
        return Compared.TOO_LARGE
    equal = True
    for position in places:
        found = confirmed(question, sizes, position)
        if found is not None:
            return found
        try:
            derived = question.derived_entry(position, sizes, as_unknown, Polynomials())
            equal = equal and derived == question.claimed_entry(position, sizes, as_unknown, Polynomials())
        except TooLarge:
            return Compared.TOO_LARGE
        except SymgradError:
            equal = False
    return Compared.EQUAL if equal else Compared.UNCLEAR


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
