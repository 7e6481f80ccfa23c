"""Sizes and indices as they are written: `K - 1`, `2k`, `⌊H/2⌋`, `h - u`."""

from __future__ import annotations

from collections.abc import Callable

from symgrad.errors import SymgradError
from symgrad.formula.problem import Meaningless
from symgrad.formula.syntax import Binary, Call, Expression, Name, Negative, Number, Raised
from symgrad.language.index import Index

POWER = 8
"""The greatest power of an index that is read,"""
GREATEST = 1_000_000
"""and the greatest number in it."""


def index_of(
    node: Expression,
    known: Callable[[Name], Index],
    sizes: Callable[[Name], Index | None] = lambda name: None,
) -> Index:
    """The index that an expression is, where `known` says what its names are. Raises Meaningless.

    `sizes` says what H is in `size(H)`, which is how a size is told from an index of its name.
    """

    def go(inner: Expression) -> Index:
        match inner:
            case Number(value) if value.denominator == 1:
                return Index.of(int(value))
            case Name(sup=Number(exponent)) if exponent.denominator == 1 and 0 < exponent <= POWER:
                return known(Name(inner.text, inner.primes, inner.sub, span=inner.span)) ** int(exponent)
            case Name():
                return known(inner)
            case Raised(body, (), Number(exponent)) if exponent.denominator == 1 and 0 < exponent <= POWER:
                return go(body) ** int(exponent)
            case Negative(body):
                return -go(body)
            case Binary("+", left, right):
                return go(left) + go(right)
            case Binary("-", left, right):
                return go(left) - go(right)
            case Binary("" | "·" | "*" | "⊗", left, right):
                return go(left) * go(right)
            case Call(Name("floor"), (Binary("/", left, right),), ()):
                return _floor(go(left), go(right), inner)
            case Call(Name("size"), (Name() as name,), ()) if (found := sizes(name)) is not None:
                return found
            case Call(function, (argument,), ()):  # k(y - 1) is a product
                return known(function) * go(argument)
        raise Meaningless("this is no index", inner)

    found = go(node)
    if any(abs(coefficient) > GREATEST for coefficient in found.terms.values()):
        raise Meaningless("a number that large is no index and no size", node)
    return found


def _floor(numerator: Index, divisor: Index, node: Expression) -> Index:
    try:
        return numerator // divisor
    except SymgradError as problem:
        raise Meaningless(str(problem), node) from None
