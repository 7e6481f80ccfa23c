"""Bound index variables made distinct, so that one expression can be put inside another."""

from __future__ import annotations

from symgrad.language.index import Index
from symgrad.language.scalar import (
    Add,
    Apply,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Selected,
    Sum,
    substitute,
)
from symgrad.language.symbol import Symbol, fresh_index


def apart(node: Scalar) -> Scalar:
    """The same scalar, every variable bound in it a new one of the same name."""
    match node:
        case Add(terms):
            return Add(tuple(map(apart, terms)))
        case Multiply(factors):
            return Multiply(tuple(map(apart, factors)))
        case Power(base, exponent):
            return Power(apart(base), exponent)
        case Apply(function, argument):
            return Apply(function, apart(argument))
        case Sum(over, body):
            ranges, values = _renamed(over)
            return Sum(ranges, substitute(apart(body), values))
        case Maximum(over, where, body):
            ranges, values = _renamed(over)
            conditions = tuple(condition.substitute(values) for condition in where)
            return Maximum(ranges, conditions, substitute(apart(body), values))
        case Selected(maximum, at):
            renamed = apart(maximum)
            assert isinstance(renamed, Maximum)
            return Selected(renamed, at)
    return node


def _renamed(over: Ranges) -> tuple[Ranges, dict[Symbol, Index]]:
    fresh = [fresh_index(symbol.name) for symbol, _ in over]
    ranges = tuple((new, extent) for new, (_, extent) in zip(fresh, over, strict=True))
    return ranges, {symbol: Index.of(new) for new, (symbol, _) in zip(fresh, over, strict=True)}
