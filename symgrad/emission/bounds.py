"""What is known of the sizes while an expression is lowered: it makes the emitted slices the plain ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from symgrad.decide.presburger import OutOfBudget, Solver
from symgrad.decide.verdict import Scope
from symgrad.language.index import Constraint, Index, equals
from symgrad.language.symbol import Monomial, Symbol


@dataclass(frozen=True)
class Range:
    """The values of an index: start ≤ index < start + count."""

    start: Index
    count: Index

    @property
    def stop(self) -> Index:
        """The first value after them."""
        return self.start + self.count


@dataclass
class Bounds:
    """Decides what simplifies, and names a size that is the larger or the smaller of two.

    `named` are these sizes with how each is computed, as Python of other sizes: `max(0, p - d)`.
    """

    scope: Scope
    named: dict[Symbol, tuple[str, tuple[Index, ...]]] = field(default_factory=dict)
    facts: list[Constraint] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._solver = Solver([c for c in self.scope.constraints if c.truth is not True])

    def shows(self, *goals: Constraint, given: Iterable[Constraint] = ()) -> bool:
        """Whether all goals hold for every size in the scope. False may mean "not shown"."""
        if all(goal.truth is True for goal in goals):
            return True
        try:
            return self._solver.entails([*self.facts, *given], goals)
        except OutOfBudget:
            return False

    def same(self, left: Index, right: Index) -> bool:
        """Whether two sizes are shown to be one number."""
        return left == right or self.shows(equals(left, right))

    def positive(self, size: Index) -> bool:
        """Whether a size is shown to be at least 1."""
        return self.shows(Constraint(size - 1))

    def larger(self, left: Index, right: Index, name: str) -> Index:
        """The larger of two sizes, named if it is not known which."""
        if self.shows(Constraint(left - right)):
            return left
        if self.shows(Constraint(right - left)):
            return right
        return self._named(name, "max({}, {})", (left, right), [(1, left), (1, right)])

    def between(self, least: Index, most: tuple[Index, Index], name: str) -> Index:
        """The smaller of the two in `most`, but not below `least`."""
        for one, other in (most, most[::-1]):
            if self.shows(Constraint(other - one)):
                return self.larger(one, least, name)
        return self._named(name, "max({}, min({}, {}))", (least, *most), [(1, least)])

    def _named(self, name: str, how: str, parts: tuple[Index, ...], bounds: list[tuple[int, Index]]) -> Index:
        for known, definition in self.named.items():
            if definition == (how, parts):
                return Index.of(known)
        symbol = Symbol(name, 0, False)
        self.named[symbol] = (how, parts)
        self.facts += [Constraint((Index.of(symbol) - bound) * sign) for sign, bound in bounds]
        return Index.of(symbol)


def coefficients(index: Index) -> tuple[Index, dict[Symbol, Index]] | None:
    """An index as start + Σ coefficient·variable; None if variables are multiplied with each other."""
    start: dict[Monomial, int] = {}
    found: dict[Symbol, dict[Monomial, int]] = {}
    for monomial, factor in index.terms.items():
        inside = [atom for atom in monomial if isinstance(atom, Symbol) and atom.is_index]
        if not inside:
            start[monomial] = factor
        elif len(inside) == 1:
            rest = tuple(atom for atom in monomial if atom is not inside[0])
            found.setdefault(inside[0], {})[rest] = factor
        else:
            return None
    return Index(start), {symbol: Index(terms) for symbol, terms in found.items()}
