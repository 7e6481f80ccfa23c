"""The unknowns of index arithmetic: symbols, and quotients that are no polynomials."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, TypeAlias, Union

if TYPE_CHECKING:
    from symgrad.language.index import Index

_order = itertools.count()


class Symbol:
    """A named integer: a size (with the least value it may take) or an index variable.

    Two sizes of the same name and minimum are one object, so identity is equality.
    """

    __slots__ = ("is_index", "minimum", "name", "order")
    name: str
    minimum: int
    is_index: bool
    order: int

    def __init__(self, name: str, minimum: int, is_index: bool) -> None:
        self.name = name
        self.minimum = minimum
        self.is_index = is_index
        self.order = next(_order)

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[object, ...]:
        return (symbol_of, (self.name, self.minimum, self.is_index))


class Floor:
    """`numerator // divisor` where it is not a polynomial: the integer q with
    `divisor*q <= numerator < divisor*q + divisor`. Its divisor is at least 1."""

    __slots__ = ("divisor", "numerator", "order")
    numerator: Index
    divisor: Index
    order: int
    is_index = False

    def __init__(self, numerator: Index, divisor: Index) -> None:
        self.numerator = numerator
        self.divisor = divisor
        self.order = next(_order)

    @property
    def name(self) -> str:
        """How it is written: `(H - K)//s`."""
        return f"{bracketed(self.numerator)}//{bracketed(self.divisor)}"

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[object, ...]:
        return (floor_of, (self.numerator, self.divisor))


Atom: TypeAlias = Union[Symbol, Floor]
Monomial: TypeAlias = tuple[Atom, ...]

_symbols: dict[tuple[str, int, bool], Symbol] = {}
_floors: dict[tuple[Index, Index], Floor] = {}


def symbol_of(name: str, minimum: int, is_index: bool) -> Symbol:
    """The symbol with these properties; there is one object for each."""
    key = (name, minimum, is_index)
    found = _symbols.get(key)
    if found is None:
        found = _symbols[key] = Symbol(name, minimum, is_index)
    return found


def floor_of(numerator: Index, divisor: Index) -> Floor:
    """The floor of that quotient; there is one object for each."""
    key = (numerator, divisor)
    found = _floors.get(key)
    if found is None:
        found = _floors[key] = Floor(numerator, divisor)
    return found


def index_symbol(name: str) -> Symbol:
    """The index variable called `name`."""
    return symbol_of(name, 0, True)


def fresh_index(name: str) -> Symbol:
    """A new index variable, different from every other one of the same name."""
    return Symbol(name, 0, True)


_USUAL = ["n", "g", "j", "i", "t", "y", "x", "r", "u", "v", "d", "h", "w"]


def in_print(atom: Atom) -> tuple[bool, int, str]:
    """Sizes in the order in which they were made, then indices, the usual ones in their usual order."""
    if not atom.is_index:
        return False, atom.order, ""
    return True, _USUAL.index(atom.name) if atom.name in _USUAL else len(_USUAL), atom.name


def bracketed(index: Index) -> str:
    """An index as an operand: in brackets unless it is one symbol or a number."""
    return str(index) if index.symbol is not None or index.constant is not None else f"({index})"
