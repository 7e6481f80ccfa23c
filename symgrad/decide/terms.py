"""A scalar expression as a sum of products over tensor entries.

Every tensor that is defined by another is opened up, until only variables are read, and atoms: an
elementwise function, a root or reciprocal, a maximum, which are opaque tensors of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias, Union

from symgrad.language.index import Constraint, Index, within
from symgrad.language.scalar import (
    ONE,
    Access,
    Add,
    Apply,
    Constant,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Selected,
    Sum,
    free_indices,
    multiply,
)
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Comprehension, Tensor, Variable

TERMS = 2_000
"""The most products an expression may have."""
POWER = 64
"""The highest power that is opened up."""


class TooManyTerms(Exception):
    """An expression that opens up into more products than are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """An opaque tensor: `kind` applied to the tensors in `of`, all functions of one position."""

    kind: tuple[object, ...]
    of: tuple[Tensor, ...]


Key: TypeAlias = Union[Variable, Atom]


@dataclass(slots=True)
class Term:
    """value · Π base^exponent · Π entries, summed over the bound indices that meet the constraints."""

    value: Fraction
    powers: list[tuple[Index, int]] = field(default_factory=list)
    reads: list[tuple[Key, tuple[Index, ...]]] = field(default_factory=list)
    bound: list[Symbol] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)

    def times(self, other: Term) -> Term:
        """The product; both must have bound indices of their own."""
        return Term(
            self.value * other.value,
            self.powers + other.powers,
            self.reads + other.reads,
            self.bound + other.bound,
            self.constraints + other.constraints,
        )


class Atoms:
    """The atoms met in one decision; two that are the same tensor are one atom."""

    def __init__(self, same: Callable[[Tensor, Tensor], bool]) -> None:
        self._same = same
        self._known: list[Atom] = []
        self._open: list[tuple[Tensor, Tensor]] = []

    def find(self, kind: tuple[object, ...], of: tuple[Tensor, ...]) -> Atom:
        """The atom of that kind; `same` decides whether the tensors are those of a known one."""
        for atom in self._known:
            if atom.kind == kind and atom.of == of:
                return atom
        for atom in self._known:
            if atom.kind == kind and all(self._equal(x, y) for x, y in zip(atom.of, of, strict=True)):
                return atom
        atom = Atom(kind, of)
        self._known.append(atom)
        return atom

    def _equal(self, left: Tensor, right: Tensor) -> bool:
        if left is right:
            return True
        if len(left.extents) != len(right.extents) or (left, right) in self._open:
            return False
        self._open.append((left, right))
        try:
            return self._same(left, right)
        finally:
            self._open.pop()


def expand(tensor: Tensor, position: Sequence[Index], atoms: Atoms) -> list[Term]:
    """The entry of `tensor` at `position` as products. Raises TooManyTerms past the limit."""
    return _Expansion(atoms).access(tensor, tuple(position))


@dataclass(slots=True)
class _Scope:
    """The index variables in scope: what each stands for, and the extent it runs through."""

    values: dict[Symbol, Index]
    extents: dict[Symbol, Index]

    def of(self, index: Index) -> Index:
        return index.substitute(self.values)


class _Expansion:
    def __init__(self, atoms: Atoms) -> None:
        self._atoms = atoms

    def access(self, tensor: Tensor, at: tuple[Index, ...]) -> list[Term]:
        if isinstance(tensor, Comprehension):
            values = dict(zip(tensor.indices, at, strict=True))
            extents = dict(zip(tensor.indices, tensor.extents, strict=True))
            return self.scalar(tensor.body, _Scope(values, extents))
        assert isinstance(tensor, Variable)
        return [Term(Fraction(1), reads=[(tensor, at)])]

    def scalar(self, node: Scalar, scope: _Scope) -> list[Term]:
        match node:
            case Constant(value, powers):
                if not value:
                    return []
                return [Term(value, [(scope.of(base), exponent) for base, exponent in powers])]
            case Access(tensor, at):
                return self.access(tensor, tuple(map(scope.of, at)))
            case Add(terms):
                return self._limited([t for term in terms for t in self.scalar(term, scope)])
            case Multiply(factors):
                return self._product(self.scalar(factor, scope) for factor in factors)
            case Sum(over, body):
                return self._sum(over, body, scope)
            case Indicator(conditions):
                return self._where(Term(Fraction(1)), conditions, scope)
            case Power(base, exponent):
                return self._power(base, exponent, scope)
            case Apply(function, argument):
                tensor, at = self._generic(argument, scope)
                atom = self._atoms.find(("apply", function), (tensor,))
                return [Term(Fraction(1), reads=[(atom, tuple(map(scope.of, at)))])]
            case Maximum():
                best, free = self._maximum(node, scope)
                return [Term(Fraction(1), reads=[(best, tuple(scope.values[s] for s in free))])]
            case Selected(maximum, at):
                return self._selected(maximum, at, scope)
        raise AssertionError(f"unknown node {type(node).__name__}")

    def _limited(self, terms: list[Term]) -> list[Term]:
        if len(terms) > TERMS:
            raise TooManyTerms(f"more than {TERMS} products")
        return terms

    def _product(self, factors: Iterator[list[Term]]) -> list[Term]:
        result = [Term(Fraction(1))]
        for terms in factors:
            result = self._limited([left.times(right) for left in result for right in terms])
            if not result:
                break
        return result

    def _where(self, term: Term, conditions: Sequence[Constraint], scope: _Scope) -> list[Term]:
        here = [condition.substitute(scope.values) for condition in conditions]
        if any(condition.truth is False for condition in here):
            return []
        term.constraints += [condition for condition in here if condition.truth is None]
        return [term]

    def _sum(self, over: Ranges, body: Scalar, scope: _Scope) -> list[Term]:
        inner = _Scope(dict(scope.values), dict(scope.extents))
        symbols: list[Symbol] = []
        constraints: list[Constraint] = []
        for symbol, extent in over:
            new = fresh_index(symbol.name)
            inner.values[symbol] = Index({(new,): 1})
            inner.extents[symbol] = extent
            symbols.append(new)
            constraints += within(inner.values[symbol], scope.of(extent))
        found = self.scalar(body, inner)
        for term in found:
            term.bound += symbols
            term.constraints += constraints
        return found

    def _power(self, base: Scalar, exponent: Fraction, scope: _Scope) -> list[Term]:
        if abs(exponent.numerator) > POWER:
            raise TooManyTerms(f"a power above {POWER}")
        if exponent.denominator == 1 and exponent > 0:
            return self._product(self.scalar(base, scope) for _ in range(int(exponent)))
        tensor, at = self._generic(base, scope)
        root = Fraction(1, exponent.denominator) * (1 if exponent > 0 else -1)
        atom = self._atoms.find(("power", root), (tensor,))
        read = (atom, tuple(map(scope.of, at)))
        return [Term(Fraction(1), reads=[read] * abs(exponent.numerator))]

    def _generic(self, argument: Scalar, scope: _Scope) -> tuple[Tensor, tuple[Index, ...]]:
        """The tensor whose entries `argument` runs through, and where in it the argument is."""
        if isinstance(argument, Access):
            tensor, at = argument.tensor, argument.at
            while isinstance(tensor, Comprehension) and isinstance(tensor.body, Access):
                moved = dict(zip(tensor.indices, at, strict=True))  # only moves entries: look through
                at = tuple(index.substitute(moved) for index in tensor.body.at)
                tensor = tensor.body.tensor
            return tensor, at
        free = free_indices(argument)
        return self._over(free, argument, scope), tuple(map(Index.of, free))

    def _over(self, free: Sequence[Symbol], body: Scalar, scope: _Scope, more: Ranges = ()) -> Tensor:
        ranges = [(symbol, scope.extents[symbol]) for symbol in free] + list(more)
        return Comprehension(tuple((extent,) for _, extent in ranges), tuple(s for s, _ in ranges), body)

    def _maximum(self, node: Maximum, scope: _Scope) -> tuple[Atom, list[Symbol]]:
        free = free_indices(node)
        values = multiply(Indicator(node.where), node.body) if node.where else node.body
        allowed = Indicator(node.where) if node.where else ONE
        of = tuple(self._over(free, body, scope, node.over) for body in (values, allowed))
        return self._atoms.find(("maximum", len(free)), of), free

    def _selected(self, node: Maximum, at: tuple[Index, ...], scope: _Scope) -> list[Term]:
        best, free = self._maximum(node, scope)
        place = tuple(map(scope.of, at))
        window = dict(zip((symbol for symbol, _ in node.over), place, strict=True))
        choice = self._atoms.find(("selected", best), ())
        read = (choice, tuple(scope.values[symbol] for symbol in free) + place)
        return self._where(Term(Fraction(1), reads=[read]), node.where, _Scope(scope.values | window, {}))
