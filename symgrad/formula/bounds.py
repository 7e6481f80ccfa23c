"""Conditions and the names that sums run over, as the grammar finds them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symgrad.formula.problem import FormulaError
from symgrad.formula.syntax import Binary, Expression, Indicator, Name, Number, Relation


def conditions_of(scripts: list[Any]) -> tuple[Relation, ...]:
    """The conditions that an indicator 𝟙 has below or beside it; none for anything else."""
    match scripts:
        case [{"beside": (Indicator(conditions),)}] | [{"sub": (Indicator(conditions),)}]:
            return conditions
        case [{"sub": tuple(conditions)}] if all(isinstance(one, Relation) for one in conditions):
            return conditions
    return ()


def are_opposite(one: Relation, other: Relation) -> bool:
    """Whether two comparisons leave out nothing but that both sides are equal, at most."""
    return len(one.signs) == len(other.signs) == 1 and one.parts == other.parts[::-1]


def bound_names(item: Expression, text: str) -> Iterator[str]:
    """The names that a sum runs over: `uv` are two, as are `u v`."""
    match item:
        case Name(name, primes=primes, sub=(), sup=None):
            letters = list(name) if len(name) > 1 and name.isascii() else [name]
            for place, letter in enumerate(letters):
                yield letter + "'" * (primes if place == len(letters) - 1 else 0)
        case Name(name, primes=primes, sub=(Number() | Name() as sub,), sup=None):
            shown = sub.text
            yield f"{name}_{shown}" + "'" * primes
        case Binary("", left, right):
            yield from bound_names(left, text)
            yield from bound_names(right, text)
        case _:
            raise FormulaError(text, item.span[0], "a sum runs over names", ("a name",))
