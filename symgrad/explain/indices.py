"""Indices, sizes and conditions on them as formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symgrad.explain.layout import (
    AT_LEAST,
    AT_MOST,
    BREAK,
    COMMA,
    EQUALS,
    LESS,
    MINUS,
    PLUS,
    Fence,
    Fraction,
    Layout,
    Number,
    Script,
    Sign,
    name,
    row,
    separated,
)
from symgrad.language.index import Constraint, Index
from symgrad.language.symbol import Floor, Symbol


@dataclass
class Indices:
    """How indices are written: quotients by their letters, or at fixed sizes."""

    floors: Mapping[Floor, Index] = field(default_factory=dict)
    sizes: Mapping[Symbol, int] = field(default_factory=dict)

    def index(self, index: Index) -> Layout:
        """A polynomial as it is written: indices first, products without a sign between."""
        index = self._without_floors(index)
        if self.sizes:
            index = index.substitute({symbol: Index.of(value) for symbol, value in self.sizes.items()})
        if not index.terms:
            return Number("0")
        pieces = [
            (_place(monomial, coefficient), coefficient < 0, self._monomial(monomial, abs(coefficient)))
            for monomial, coefficient in _ungrouped(index).terms.items()
        ]
        for factor, inside in _groups(index):
            negative = max(inside.terms.items(), key=lambda term: len(term[0]))[1] < 0
            shown = Fence("(", self.index(-inside if negative else inside), ")")
            pieces.append((_place((factor,), -1 if negative else 1), negative, row(name(factor.name), shown)))
        pieces.sort(key=lambda piece: piece[0])
        if pieces[0][1] and not all(negative for _, negative, _ in pieces):
            # K - 1 - u: what is positive comes first, and the number stays with it
            pieces.sort(key=lambda piece: (piece[1] and piece[0][0] != 2, piece[0]))
        if pieces[0][1] and not all(negative for _, negative, _ in pieces):
            pieces.sort(key=lambda piece: (piece[1], piece[0]))
        shown_pieces: list[Layout] = []
        for _, negative, piece in pieces:
            if shown_pieces:
                shown_pieces.append(MINUS if negative else PLUS)
            elif negative:
                shown_pieces.append(Sign("−"))
            shown_pieces.append(piece)
        return row(*shown_pieces)

    def _monomial(self, monomial: tuple[Any, ...], coefficient: int) -> Layout:
        factors: list[Layout] = [Number(str(coefficient))] if coefficient != 1 or not monomial else []
        ordered = sorted(monomial, key=lambda atom: (atom.is_index, atom.order))
        for atom in dict.fromkeys(ordered):
            count = ordered.count(atom)
            shown = self._atom(atom)
            factors.append(shown if count == 1 else Script(shown, sup=Number(str(count))))
        return row(*factors)

    def _atom(self, atom: Symbol | Floor) -> Layout:
        if isinstance(atom, Symbol):
            return name(atom.name)
        return Fence("⌊", Fraction(self.index(atom.numerator), self.index(atom.divisor)), "⌋")

    def _without_floors(self, index: Index) -> Index:
        """A quotient written by the letter of the size that it is part of."""
        for floor, value in self.floors.items():
            if any(floor in monomial for monomial in index.terms):
                changed = Index({})
                for monomial, coefficient in index.terms.items():
                    rest = tuple(atom for atom in monomial if atom is not floor)
                    term = Index({rest: coefficient})
                    for _ in range(len(monomial) - len(rest)):
                        term = term * value
                    changed = changed + term
                index = changed
        return index

    def operand(self, index: Index) -> Layout:
        """An index in brackets unless it is one symbol or number."""
        shown = self._without_floors(index)
        plain = len(shown.terms) <= 1 and all(c > 0 for c in shown.terms.values())
        return self.index(index) if plain else Fence("(", self.index(index), ")")

    def condition(self, condition: Constraint) -> Layout:
        """One condition, each side with what is positive."""
        polynomial = self._without_floors(condition.polynomial)
        left = Index({m: c for m, c in polynomial.terms.items() if c > 0})
        right = Index({m: -c for m, c in polynomial.terms.items() if c < 0})
        if condition.equality:
            if _groups(polynomial) and right.has_index:
                alone = {m: -c for m, c in polynomial.terms.items() if c < 0 and any(a.is_index for a in m)}
                left = Index(alone)
                return row(self.index(left), EQUALS, self.index(polynomial + left))
            if not left.has_index and right.has_index:
                left, right = right, left
            return row(self.index(left), EQUALS, self.index(right))
        if left.constant is not None and right.terms:
            return row(self.index(right), AT_MOST, self.index(left))
        return row(self.index(left), AT_LEAST, self.index(right))

    def conditions(self, conditions: Sequence[Constraint]) -> list[Layout]:
        """Conditions, the two ends of a range written as one."""
        left = list(conditions)
        shown: list[Layout] = []
        while left:
            first = left.pop(0)
            other = next((c for c in left if _ends(first, c) is not None), None)
            ends = None if other is None else _ends(first, other)
            if ends is None or other is None:
                shown.append(self.condition(first))
                continue
            left.remove(other)
            value, extent = ends
            middle = self.index(value)
            shown.append(row(Number("0"), AT_MOST, middle, LESS, self.index(extent)))
        return shown

    def bracket(self, conditions: Sequence[Constraint]) -> Layout:
        """[conditions]: 1 where they hold, else 0."""
        equations = [c for c in conditions if c.equality]
        others = [c for c in conditions if not c.equality]
        insides = [separated(self.conditions(equations), row(COMMA, BREAK))] if equations else []
        pieces = [Fence("[", shown, "]") for shown in (*insides, *self.conditions(others))]
        return row(*(item for piece in pieces for item in (BREAK, piece)))


def _groups(index: Index) -> list[tuple[Symbol, Index]]:
    """Sizes taken out of several terms: d·(K - 1) for K·d - d. No term is in two groups."""
    terms = {m: c for m, c in index.terms.items() if m and not any(atom.is_index for atom in m)}
    found: list[tuple[Symbol, Index]] = []
    for symbol in dict.fromkeys(atom for m in terms for atom in m if isinstance(atom, Symbol)):
        inside = {m: c for m, c in terms.items() if m.count(symbol) == 1}
        if len(inside) > 1 and (symbol,) in inside and max(map(len, inside)) > 1:
            rest = {tuple(a for a in m if a is not symbol): c for m, c in inside.items()}
            found.append((symbol, Index(rest)))
            terms = {m: c for m, c in terms.items() if m not in inside}
    return found


def _ungrouped(index: Index) -> Index:
    """What is left when the groups are taken out."""
    for symbol, inside in _groups(index):
        index = index - inside * symbol
    return index


def _place(monomial: tuple[Any, ...], coefficient: int) -> tuple[Any, ...]:
    """Indices before sizes before numbers, what is positive first, the rest in the order of making."""
    has_index = any(atom.is_index for atom in monomial)
    kind = 2 if not monomial else 0 if has_index else 1
    lead = [atom for atom in monomial if atom.is_index] or list(monomial)
    return (kind, coefficient < 0, *((_letter(atom), len(monomial)) for atom in lead[:1]))


def _letter(atom: Symbol | Floor) -> str:
    order = "nmgjithywxr"
    text = atom.name
    return f"{order.find(text[0]):02d}{text}" if text[0] in order else f"50{text}"


def _ends(one: Constraint, other: Constraint) -> tuple[Index, Index] | None:
    """value and extent if the two say 0 ≤ value < extent."""
    if one.equality or other.equality:
        return None
    extent = one.polynomial + other.polynomial + 1
    if extent.has_index or not one.polynomial.has_index:
        return None
    return one.polynomial, extent  # the lower end is said first
