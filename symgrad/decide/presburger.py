"""Questions about integer constraints, answered by isl, exactly or not at all.

A constraint is a polynomial; where it is linear, isl decides. A product of symbols, such as `s*y` for
a symbolic stride, is given to isl as one more unknown, together with the products of known bounds
(`s >= 1` and `y <= Q` give `(s-1)*(Q-y) >= 0`). Every integer point of the real problem is then still
a point of isl's, so what isl finds impossible is impossible; what it finds possible may not be.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import islpy as isl

from symgrad.language.index import Constraint, Index, within
from symgrad.language.scalar import Ranges, floors_in
from symgrad.language.symbol import Atom, Floor, Monomial, Symbol

T = TypeVar("T")

OPERATIONS = 2_000_000
"""isl's operation budget for one decision: about a second."""
COLUMNS = 120
"""The most unknowns isl is asked about at once."""


ANSWERS = 100_000
"""How many answers are remembered."""
_answers: dict[object, bool] = {}  # by the whole question, assumptions included: it has one answer,
# which is shared by all decisions of the ordinary budget; one with less is told what it can find out itself


class OutOfBudget(Exception):
    """A question that isl did not answer within its budget of operations."""


def within_budget(question: Callable[[], T]) -> T:
    """Ask isl; its error, which is how an exceeded budget shows, becomes OutOfBudget."""
    try:
        return question()
    except isl.Error as error:
        raise OutOfBudget(str(error)) from None


class Solver:
    """Asks isl about constraints, under assumptions on the sizes.

    One solver serves one decision and has one operation budget.
    """

    def __init__(self, assumptions: Sequence[Constraint] = (), operations: int = OPERATIONS) -> None:
        self.context = isl.Context()
        self.context.set_max_operations(operations)
        self.assumptions = tuple(assumptions)
        self._floors: dict[Floor, tuple[Constraint, ...]] = {}
        self._answers = _answers if operations >= OPERATIONS else {}

    # -- entailment ---------------------------------------------------------------------------
    def entails(self, premises: Iterable[Constraint], goals: Iterable[Constraint]) -> bool:
        """Whether the premises and assumptions imply every goal. False may mean "not shown"."""
        open_goals = [goal for goal in goals if goal.truth is not True]
        if not open_goals:
            return True
        present = dict.fromkeys(premises) | dict.fromkeys(self.assumptions)
        open_goals = [
            goal
            for goal in dict.fromkeys(open_goals)
            if goal not in present and not any(part in present for part in _divided(goal))
        ]
        if not open_goals:
            return True
        if any(premise.truth is False for premise in present):
            return True
        known = [premise for premise in present if premise.truth is None]
        # linear equations first: once shown, their products with sizes help to show the rest
        lemmas = [g for g in open_goals if g.equality and max(map(len, g.polynomial.terms)) == 1]
        if lemmas and len(lemmas) < len(open_goals):
            rest = [g for g in open_goals if g not in lemmas]
            return self.entails(known, lemmas) and self.entails([*known, *lemmas], rest)
        known += self.implicit((*known, *open_goals))
        possible = [goal for goal in open_goals if goal.truth is None]
        if len(possible) == len(open_goals) and all(
            self._part(inside, goals) for inside, goals in _parts(known, possible) if goals
        ):
            return True
        return any(self._part(inside, []) for inside, _ in _parts(known, []))  # then everything follows

    def attains(
        self, premises: Iterable[Constraint], over: Ranges, where: Iterable[Constraint]
    ) -> bool | None:
        """Whether some indices in the ranges meet the conditions wherever the premises and assumptions hold.

        Exact, but None where unknowns are multiplied.
        """
        given = [*premises, *self.assumptions]
        rows = [*given, *(c for symbol, extent in over for c in within(symbol, extent)), *where]
        implicit = self.implicit(rows)
        if any(len(monomial) > 1 for row in rows for monomial in row.polynomial.terms):
            return None
        system = System(self, [*rows, *implicit])
        chosen = [symbol for symbol, _ in over]
        return system.with_some(chosen).covers(system.of([*given, *implicit]).with_some(chosen))

    def _part(self, known: list[Constraint], goals: list[Constraint]) -> bool:
        """Whether constraints that share unknowns imply the goals, or without goals, are impossible.

        The same question in other letters is asked once.
        """
        key = _in_numbers(known, goals)
        answer = self._answers.get(key)
        if answer is None:
            system = System(self, known, goals)
            answer = all(map(system.implies, goals)) if goals else system.is_empty()
            if len(self._answers) >= ANSWERS:
                self._answers.clear()
            self._answers[key] = answer
        return answer

    def implicit(self, constraints: Iterable[Constraint]) -> list[Constraint]:
        """What is true of the sizes and quotients in them: least values, and what a floor is."""
        floors: dict[Floor, None] = {}
        symbols: dict[Symbol, None] = {}
        for constraint in constraints:
            for atom in constraint.polynomial.atoms():
                if isinstance(atom, Floor):
                    floors.update(dict.fromkeys(floors_in(Index({(atom,): 1}))))
                elif not atom.is_index:
                    symbols[atom] = None
        found: list[Constraint] = []
        for floor in floors:
            found += self._floor(floor)
            for symbol in (*floor.numerator.symbols(), *floor.divisor.symbols()):
                symbols[symbol] = None
        return found + [Constraint(Index({(s,): 1}) - s.minimum) for s in symbols]

    def _floor(self, floor: Floor) -> tuple[Constraint, ...]:
        if floor not in self._floors:
            scaled = floor.divisor * Index({(floor,): 1})
            left = floor.numerator - scaled
            self._floors[floor] = (Constraint(left), Constraint(floor.divisor - left - 1))
        return self._floors[floor]


def _divided(goal: Constraint) -> Iterator[Constraint]:
    """What implies the goal when multiplied by a size: `y >= 0` for `s*y >= 0`. Sizes are not negative."""
    monomials = iter(goal.polynomial.terms)
    common = {a for a in next(monomials, ()) if isinstance(a, Symbol) and not a.is_index}
    for monomial in monomials:
        common.intersection_update(monomial)
    for symbol in common:
        quotient = {}
        for monomial, coefficient in goal.polynomial.terms.items():
            place = monomial.index(symbol)
            quotient[monomial[:place] + monomial[place + 1 :]] = coefficient
        yield Constraint(Index(quotient), goal.equality)


def _parts(
    known: Sequence[Constraint], goals: Sequence[Constraint]
) -> Iterable[tuple[list[Constraint], list[Constraint]]]:
    """Both split into parts that share no unknown, directly or through others: they cannot interact."""
    parent: dict[Atom, Atom] = {}
    lists = (known, goals)
    some: list[list[Atom | None]] = [[], []]  # an atom of each constraint
    for place, constraints in enumerate(lists):
        for constraint in constraints:
            first: Atom | None = None
            one: Atom | None = None
            for monomial in constraint.polynomial.terms:
                for atom in monomial:
                    above = parent.setdefault(atom, atom)
                    while above is not atom:
                        atom, above = above, parent[above]
                    if first is None:
                        first = one = atom
                    elif atom is not first:
                        parent[atom] = first
            some[place].append(one)
    found: dict[Atom | None, tuple[list[Constraint], list[Constraint]]] = {}
    for place, constraints in enumerate(lists):
        for constraint, atom_or_none in zip(constraints, some[place], strict=True):
            root = atom_or_none
            while root is not None and parent[root] is not root:
                root = parent[root]
            found.setdefault(root, ([], []))[place].append(constraint)
    return found.values()


def _in_numbers(known: Sequence[Constraint], goals: Sequence[Constraint]) -> object:
    """The question with its unknowns numbered in order of appearance."""
    number: dict[Atom, int] = {}
    rows: list[object] = []
    for constraint in (*known, *goals):
        rows.append(constraint.equality)
        for monomial, coefficient in constraint.polynomial.terms.items():
            rows.append((coefficient, *(number.setdefault(atom, len(number)) for atom in monomial)))
    kinds = (a.minimum if isinstance(a, Symbol) and not a.is_index else None for a in number)
    return (len(known), *rows, *kinds)


class System:
    """A conjunction of constraints as an isl set, products of unknowns as columns of their own."""

    def __init__(
        self, solver: Solver, constraints: Sequence[Constraint], goals: Sequence[Constraint] = ()
    ) -> None:
        self._negations = {goal: _negations(goal) for goal in goals}
        cases = [case for cases in self._negations.values() for case in cases]
        self._wanted = _wanted_products((*constraints, *cases))
        rows = [*constraints, *self._multiplied(constraints)]
        more = self._multiplied(cases)
        columns: dict[Monomial, int] = {}
        for constraint in (*rows, *cases, *more):
            for monomial in constraint.polynomial.terms:
                if monomial and monomial not in columns:
                    columns[monomial] = len(columns)
        if len(columns) > COLUMNS:
            raise OutOfBudget(f"{len(columns)} unknowns")
        self._columns = columns

        def whole() -> tuple[Any, Any]:
            space = isl.Space.set_alloc(solver.context, 0, len(columns))
            self._local = isl.LocalSpace.from_space(space)
            return self._local, self._with(isl.BasicSet.universe(space), rows)

        self._local, self._basic = within_budget(whole)

    def _with(self, basic: Any, constraints: Iterable[Constraint]) -> Any:
        for constraint in constraints:
            make = isl.Constraint.equality_alloc if constraint.equality else isl.Constraint.inequality_alloc
            row = make(self._local)
            for monomial, coefficient in constraint.polynomial.terms.items():
                if monomial:
                    place = self._columns[monomial]
                    row = row.set_coefficient_val(isl.dim_type.set, place, coefficient)
                else:
                    row = row.set_constant_val(coefficient)
            basic = basic.add_constraint(row)
        return basic

    def _multiplied(self, constraints: Iterable[Constraint]) -> list[Constraint]:
        """What follows from multiplying constraints by the least values of sizes.

        For each product m = s·x that occurs, with s a size of minimum l: every constraint A with x in
        it, and nothing of higher degree, gives A·(s - l) >= 0, or A·s = 0 for an equation.
        """
        found: dict[Constraint, None] = {}
        for constraint in constraints if self._wanted else ():
            degree = max(map(len, constraint.polynomial.terms))
            for partner in constraint.polynomial.terms:
                if len(partner) == degree:
                    for symbol in self._wanted.get(partner, ()):
                        factor = Index({(symbol,): 1}) - (0 if constraint.equality else symbol.minimum)
                        found[Constraint(constraint.polynomial * factor, constraint.equality)] = None
        return list(found)

    def of(self, constraints: Sequence[Constraint]) -> System:
        """Another conjunction in the same unknowns."""
        found = copy.copy(self)
        found._basic = within_budget(
            lambda: self._with(isl.BasicSet.universe(self._local.get_space()), constraints)
        )
        return found

    def with_some(self, symbols: Iterable[Symbol]) -> Projection:
        """What it says of the other unknowns: that there are such symbols. Exact."""

        def projected() -> Any:
            found = isl.Set.from_basic_set(self._basic)
            for place in sorted(
                (self._columns[(s,)] for s in symbols if (s,) in self._columns), reverse=True
            ):
                found = found.project_out(isl.dim_type.set, place, 1)
            return found

        return Projection(within_budget(projected))

    def is_empty(self) -> bool:
        """Whether nothing satisfies it. False may be wrong where it is not linear."""
        return within_budget(lambda: bool(self._basic.is_empty()))

    def implies(self, goal: Constraint) -> bool:
        """Whether one of the goals given holds everywhere: no case in which it fails is possible."""

        def impossible(case: Constraint) -> bool:
            return bool(self._with(self._basic, [case, *self._multiplied([case])]).is_empty())

        return within_budget(lambda: all(map(impossible, self._negations[goal])))


@dataclass(frozen=True, slots=True)
class Projection:
    """Values of some unknowns for which there are some of the others."""

    _set: Any

    def covers(self, other: Projection) -> bool:
        """Whether it has all values of the other."""
        return within_budget(lambda: bool(other._set.is_subset(self._set)))


def _negations(goal: Constraint) -> list[Constraint]:
    below = Constraint(-goal.polynomial - 1)
    return [below, Constraint(goal.polynomial - 1)] if goal.equality else [below]


def _wanted_products(constraints: Iterable[Constraint]) -> dict[Monomial, list[Symbol]]:
    """For each x of a product s·x that occurs, the sizes s that it is multiplied by."""
    wanted: dict[Monomial, dict[Symbol, None]] = {}
    for constraint in constraints:
        for monomial in constraint.polynomial.terms:
            if len(monomial) > 1:
                for place, atom in enumerate(monomial):
                    if isinstance(atom, Symbol) and not atom.is_index:
                        partner = monomial[:place] + monomial[place + 1 :]
                        wanted.setdefault(partner, {})[atom] = None
    return {partner: list(symbols) for partner, symbols in wanted.items()}
