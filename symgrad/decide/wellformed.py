"""Whether an expression has a meaning: shapes that fit, reads in range, no division by zero.

Decided, not guessed: each question is put to the solver as an implication. What it does not imply is
a `Violation`, with the constraints of a case in which it fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from symgrad.decide.presburger import Solver
from symgrad.language.index import Constraint, Index, within
from symgrad.language.notation import nodes, shape_text
from symgrad.language.scalar import (
    Access,
    Constant,
    Indicator,
    Maximum,
    Multiply,
    Scalar,
    Selected,
    Sum,
    children,
)
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

Known: TypeAlias = dict[Constraint, None]
"""What holds at a place in an expression, in the order in which it was said."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Something without a meaning wherever `case` holds and `goal` does not.

    If it is not `certain`, there may be a meaning all the same: the goal is more than is needed.
    """

    problem: str
    case: tuple[Constraint, ...]
    goal: Constraint
    certain: bool = True

    def negations(self) -> list[tuple[Constraint, ...]]:
        """The case and the failing of the goal, as conjunctions of which one must hold."""
        failing = [-self.goal.polynomial - 1] + ([self.goal.polynomial - 1] if self.goal.equality else [])
        return [(*self.case, Constraint(polynomial)) for polynomial in failing]


def violations(tensor: Tensor, solver: Solver) -> Iterator[Violation]:
    """Everything in the expression that the solver does not show to have a meaning."""
    for node in reversed(nodes(tensor)):
        if isinstance(node, Comprehension):
            for needed in node.requires:
                goal = Constraint(needed.left - needed.right, equality=True)
                if not solver.entails((), [goal]):
                    yield Violation(f"{needed.where}: {needed.left} is not {needed.right}", (), goal)
            for assumed in node.assumes:
                if not solver.entails((), [assumed]):
                    yield Violation(f"{_name(node)} has a meaning only if {assumed}", (), assumed)
            domain = _inside(zip(node.indices, node.extents, strict=True))
            yield from _visit(node.body, domain, node, solver)


def _inside(ranges: Iterable[tuple[Symbol, Index]]) -> Known:
    return {c: None for symbol, extent in ranges for c in within(symbol, extent)}


def _visit(node: Scalar, known: Known, owner: Comprehension, solver: Solver) -> Iterator[Violation]:
    match node:
        case Access(tensor, at):
            yield from _in_range(tensor, at, known, owner, solver)
        case Sum(over, body):
            yield from _visit(body, known | _inside(over), owner, solver)
        case Multiply(factors):
            conditions = [c for factor in factors if isinstance(factor, Indicator) for c in factor.conditions]
            guarded = known | dict.fromkeys(conditions) if conditions else known
            for factor in factors:
                yield from _visit(factor, guarded, owner, solver)
        case Constant(_, powers):
            for base, exponent in powers:
                goal = Constraint(base - 1)
                if exponent < 0 and not solver.entails(known, [goal]):
                    yield Violation(f"{_name(owner)}: division by {base}, which can be 0", tuple(known), goal)
        case Maximum(over, where, body):
            yield from _not_empty(node, known, owner, solver)
            yield from _visit(body, known | _inside(over) | dict.fromkeys(where), owner, solver)
        case Selected(best, at):
            for (symbol, extent), index in zip(best.over, at, strict=True):
                for goal in within(index, extent):
                    if not solver.entails(known, [goal]):
                        problem = (
                            f"{_name(owner)}: window index {symbol} = {index} is outside 0 … {extent - 1}"
                        )
                        yield Violation(problem, tuple(known), goal)
        case _:
            for child in children(node):
                yield from _visit(child, known, owner, solver)


def _in_range(
    tensor: Tensor, at: Sequence[Index], known: Known, owner: Comprehension, solver: Solver
) -> Iterator[Violation]:
    wanted = [within(index, extent) for index, extent in zip(at, tensor.extents, strict=True)]
    if solver.entails(known, [goal for pair in wanted for goal in pair if goal not in known]):
        return
    axes = [axis for axis, factors in enumerate(tensor.axes) for _ in factors]
    for axis, index, extent, pair in zip(axes, at, tensor.extents, wanted, strict=True):
        for goal in pair:
            if not solver.entails(known, [goal]):
                problem = (
                    f"{_name(owner)} reads {_name(tensor)} of shape {shape_text(tensor)} at index {index} "
                    f"of axis {axis}, outside 0 … {extent - 1}"
                )
                yield Violation(problem, tuple(known), goal)


def _not_empty(node: Maximum, known: Known, owner: Comprehension, solver: Solver) -> Iterator[Violation]:
    """A maximum needs at least one index that meets its conditions, axis by axis.

    For each window index alone, u = 0 … K-1 with `0 <= f + u` and `f + u < H`: not empty if the last
    reaches the start, the first does not pass the end, and H and K are at least 1.
    """
    for symbol, extent in node.over:
        goals = [Constraint(extent - 1)]
        unit = [c.polynomial for c in node.where if c.polynomial.terms.get((symbol,), 0) in (1, -1)]
        first = {symbol: Index.of(0)}
        last = {symbol: extent - 1}
        goals += [Constraint(p.substitute(last if p.terms[(symbol,)] == 1 else first)) for p in unit]
        goals += [Constraint(p + q) for p in unit for q in unit if p.terms[(symbol,)] > q.terms[(symbol,)]]
        for goal in goals:
            if not solver.entails(known, [goal]):
                yield Violation(
                    f"{_name(owner)}: the maximum over {symbol} is of nothing", tuple(known), goal
                )
    simple = {symbol for symbol, _ in node.over}
    for condition in node.where:
        inside = [a for a in condition.polynomial.atoms() if a in simple]
        if len(inside) != 1 or condition.polynomial.terms.get((inside[0],), 0) not in (1, -1):
            # windows with gaps, or conditions on several indices at once: where it cannot be said exactly
            # whether one is in range, all of them must be
            over = known | _inside(node.over)
            if not solver.entails(over, [condition]):
                if solver.attains(known, node.over, node.where):
                    return
                problem = f"{_name(owner)}: a window of the maximum is empty"
                yield Violation(problem, tuple(over), condition, certain=False)


def _name(tensor: Tensor) -> str:
    if isinstance(tensor, Variable):
        return tensor.name
    text = repr(tensor)
    if len(text) <= 60:
        return text
    call = tensor.call.name if isinstance(tensor, Comprehension) and tensor.call else None
    return f"{call}(…)" if call else "the expression"
