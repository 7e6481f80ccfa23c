"""A product brought to access space: written in the position and the indices of the entries it reads.

Every index of every entry read is a coordinate. Bound indices are eliminated by equations in which
they have the coefficient ±1, and stay behind as a record; that record is where a substitution such as
`u' = K - 1 - u` is read off.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from symgrad.decide.terms import Key, Term
from symgrad.language.index import Constraint, Index
from symgrad.language.symbol import Atom, Symbol, fresh_index

Signature: TypeAlias = tuple[Key, ...]


@functools.cache
def position_symbol(axis: int) -> Symbol:
    """The unknown for an axis of the position."""
    return fresh_index(f"q{axis}")


@functools.cache
def coordinate(slot: int, axis: int) -> Symbol:
    """The unknown for an index of the entry read in a slot of the signature."""
    return fresh_index(f"c{slot}_{axis}")


@dataclass(slots=True)
class Solved:
    """A product in access space: numerator / Π base^exponent on the points that meet everything here.

    `pivots` gives some coordinates by the others, `inequalities` and `equalities` concern the others.
    `left` are bound indices that no coordinate determines. `solution` gives the eliminated ones in
    coordinates; `reads` are the entries as they were, in the bound indices.
    """

    numerator: Index
    scale: Fraction
    denominators: dict[Index, int]
    signature: Signature
    reads: list[tuple[Index, ...]]
    pivots: dict[Symbol, Index]
    inequalities: list[Index]
    equalities: list[Index]
    left: list[Symbol]
    solution: dict[Symbol, Index]

    @property
    def constraints(self) -> list[Constraint]:
        """Everything that holds on its points, pivots left out."""
        return [Constraint(p) for p in self.inequalities] + [Constraint(p, True) for p in self.equalities]

    @property
    def pivot_equations(self) -> list[Constraint]:
        """The pivots as equations."""
        return [Constraint(Index.of(symbol) - value, True) for symbol, value in self.pivots.items()]


def key_order(key: Key, seen: dict[Key, int]) -> int:
    """A number for each key, in order of first use in a decision."""
    return seen.setdefault(key, len(seen))


@dataclass(slots=True)
class Eliminated:
    """A product after its bound indices were put in by equations; `left` are those that none fixes."""

    reads: list[tuple[Key, tuple[Index, ...]]]
    equations: list[Index]
    inequalities: list[Index]
    powers: list[tuple[Index, int]]
    left: list[Symbol]
    solution: dict[Symbol, Index]

    def put(self, values: dict[Symbol, Index]) -> None:
        """Replace symbols everywhere but in `solution`."""
        self.equations = [e.substitute(values) for e in self.equations]
        self.inequalities = [i.substitute(values) for i in self.inequalities]
        if self.powers:
            self.powers = [(base.substitute(values), exponent) for base, exponent in self.powers]


def eliminate(term: Term, equations: Sequence[Index]) -> Eliminated:
    """Eliminate bound indices of `term` by its own equations and those given."""
    system = Eliminated(
        term.reads,
        [*equations, *(c.polynomial for c in term.constraints if c.equality)],
        [c.polynomial for c in term.constraints if not c.equality],
        term.powers,
        list(dict.fromkeys(term.bound)),
        {},
    )
    while True:
        values, used = _fixed(system.equations, set(system.left))
        if not values:
            break
        system.equations = [e for e in system.equations if not any(e is other for other in used)]
        system.put(values)
        for known in system.solution:
            system.solution[known] = system.solution[known].substitute(values)
        system.solution |= values
        system.left = [symbol for symbol in system.left if symbol not in values]
    system.reads = [(key, tuple(i.substitute(system.solution) for i in at)) for key, at in term.reads]
    return system


def fixed_positions(system: Eliminated) -> dict[Symbol, Index]:
    """Indices that are not summed over by others that the equations left make them equal to."""
    fixed: dict[Symbol, Index] = {}
    for equation in system.equations:
        found = _pivot(equation.substitute(fixed), system.left)
        if found is not None:
            here = {found[0]: found[1]}
            fixed = {symbol: value.substitute(here) for symbol, value in fixed.items()} | here
    return fixed


def solve(term: Term, order: dict[Key, int], slots: Sequence[int] | None = None) -> Solved | None:
    """`term` in access space, or None if it is zero. `slots` permutes entries of the same tensor."""
    reads = sorted(term.reads, key=lambda read: key_order(read[0], order))
    if slots is not None:
        reads = [reads[slot] for slot in slots]
    coordinates = [
        Index.of(coordinate(slot, axis)) - index
        for slot, (_, at) in enumerate(reads)
        for axis, index in enumerate(at)
    ]
    system = eliminate(term, coordinates)
    pivots: dict[Symbol, Index] = {}
    rest: list[Index] = []
    while system.equations:
        equation = system.equations.pop(0)
        if not equation.terms:
            continue
        if equation.constant is not None:
            return None
        pivot = _pivot(equation, system.left)
        if pivot is None:
            rest.append(_oriented(equation))
            continue
        symbol, value = pivot
        system.put({symbol: value})
        rest = [e.substitute({symbol: value}) for e in rest]
        pivots = {known: v.substitute({symbol: value}) for known, v in pivots.items()}
        pivots[symbol] = value
    kept: dict[Index, None] = {}
    for inequality in system.inequalities:
        constant = inequality.constant
        if constant is None:
            kept[inequality] = None
        elif constant < 0:
            return None
    solved = Solved(
        Index.of(1),
        term.value,
        {},
        tuple(key for key, _ in reads),
        [at for _, at in reads],
        pivots,
        list(kept),
        [e for e in rest if e.terms],
        system.left,
        system.solution,
    )
    for base, exponent in system.powers:
        if exponent > 0:
            solved.numerator = solved.numerator * base**exponent
        else:
            solved.denominators[base] = solved.denominators.get(base, 0) - exponent
    _count_free(solved)
    _cancel(solved)
    return solved


def _fixed(equations: list[Index], bound: set[Symbol]) -> tuple[dict[Symbol, Index], list[Index]]:
    """Bound indices with coefficient ±1 in an equation, their values, and the equations used.

    All those that equations with no other bound index fix, at once; if there are none, one from the
    equation with the fewest. Equations with few indices come first, so that `c = K - 1 - u` gives u before
    `c = h + u - p` does.
    """
    values: dict[Symbol, Index] = {}
    used: list[Index] = []
    ranked = [(len(e.indices & bound), len(e.indices), place) for place, e in enumerate(equations)]
    for count, _, place in sorted(rank for rank in ranked if rank[0]):
        if count > 1 and values:
            break
        symbol = _unit(equations[place], equations[place].indices & bound)
        if symbol is not None and symbol not in values:
            values[symbol] = _value(equations[place], symbol)
            used.append(equations[place])
            if count > 1:
                break
    return values, used


def _unit(equation: Index, candidates: Collection[Atom]) -> Symbol | None:
    """A candidate that occurs in the equation once, alone, with coefficient ±1; the newest such."""
    found: Symbol | None = None
    for monomial, coefficient in equation.terms.items():
        if len(monomial) == 1 and abs(coefficient) == 1 and monomial[0] in candidates:
            symbol = monomial[0]
            assert isinstance(symbol, Symbol)
            alone = sum(symbol in other for other in equation.terms) == 1
            if alone and (found is None or symbol.order > found.order):
                found = symbol
    return found


def _value(equation: Index, symbol: Symbol) -> Index:
    """The symbol's value by the equation, in which it has coefficient ±1."""
    sign = equation.terms[(symbol,)]
    return Index({m: -sign * c for m, c in equation.terms.items() if m != (symbol,)})


def _pivot(equation: Index, left: list[Symbol]) -> tuple[Symbol, Index] | None:
    """A coordinate to solve an equation for: fixed by the equation alone, so that both sides agree."""
    symbol = _unit(equation, equation.indices.difference(left))
    return None if symbol is None else (symbol, _value(equation, symbol))


def _oriented(equation: Index) -> Index:
    """The equation with a positive first coefficient, so that e = 0 and -e = 0 are one."""
    first = min(equation.terms, key=lambda m: [atom.order for atom in m])
    return equation if equation.terms[first] > 0 else -equation


def _count_free(solved: Solved) -> None:
    """A bound index on which nothing but its own range depends contributes its extent."""
    for symbol in list(solved.left):
        elsewhere = (*solved.equalities, *solved.pivots.values(), solved.numerator, *solved.denominators)
        if any(symbol in e.atoms() for e in elsewhere):
            continue
        own = [i for i in solved.inequalities if symbol in i.atoms()]
        low = [i for i in own if i == Index.of(symbol)]
        high = [i for i in own if i.terms.get((symbol,)) == -1 and sum(symbol in m for m in i.terms) == 1]
        if len(own) != 2 or len(low) != 1 or len(high) != 1:
            continue
        extent = high[0] + Index.of(symbol) + 1
        if any(other in extent.atoms() for other in solved.left):
            continue
        solved.left.remove(symbol)
        solved.inequalities = [i for i in solved.inequalities if i not in own]
        if extent.constant is None:
            solved.inequalities.append(extent - 1)  # an empty range contributes nothing
        solved.numerator = solved.numerator * (extent if (extent.constant or 1) > 0 else 0)


def _cancel(solved: Solved) -> None:
    """Cancel factors that are single symbols: K·(1/K) is 1, as sizes are positive."""
    for base in list(solved.denominators):
        symbol = base.symbol
        while symbol is not None and solved.denominators.get(base):
            if not solved.numerator.terms or any(symbol not in m for m in solved.numerator.terms):
                break
            reduced = {}
            for monomial, coefficient in solved.numerator.terms.items():
                rest = list(monomial)
                rest.remove(symbol)
                reduced[tuple(rest)] = coefficient
            solved.numerator = Index(reduced)
            solved.denominators[base] -= 1
            if not solved.denominators[base]:
                del solved.denominators[base]
