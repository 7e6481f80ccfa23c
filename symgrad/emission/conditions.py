"""Conditions on indices, sorted by what they become: a place to write to, a slice, a border, or a mask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from symgrad.emission.array import Array, Holds
from symgrad.emission.bounds import Bounds, Range, coefficients
from symgrad.emission.placed import Placed
from symgrad.emission.read import Ranges, positions
from symgrad.errors import EmissionError
from symgrad.language.index import Constraint, Index, within
from symgrad.language.scalar import Scalar, free_indices, substitute
from symgrad.language.symbol import Symbol


@dataclass
class Conditions:
    """The factors and conditions of one sum of products, with its conditions solved one after another.

    `ranges` are the variables in scope, `bound` those that are summed. Solving leaves
    - `lands`: a variable that is not summed and equals an index of summed ones, [t = s·y]: the products are
      computed for each y and written to t;
    - smaller `ranges`, from [0 ≤ t - p < H];
    - `guards`: inequalities of several variables; and `masks`, whatever else there is.
    """

    bounds: Bounds
    ranges: dict[Symbol, Range]
    bound: list[Symbol]
    factors: list[Scalar]
    lands: dict[Symbol, tuple[Index, Range]] = field(default_factory=dict)
    guards: list[Constraint] = field(default_factory=list)
    masks: list[Constraint] = field(default_factory=list)

    def solve(self, conditions: Sequence[Constraint]) -> None:
        """Sort all conditions."""
        self._open = list(conditions)
        while True:
            equation = next((c for c in self._open if c.equality), None)
            if equation is None:
                break
            self._open.remove(equation)
            self._equation(equation)
        least: dict[Symbol, list[Index]] = {}
        most: dict[Symbol, list[Index]] = {}
        for condition in self._open:
            start, steps = _affine(condition.polynomial)
            symbol, step = next(iter(steps.items()), (None, Index.of(0)))
            if len(steps) > 1:
                self.guards.append(condition)
            elif symbol is None or step not in (1, -1):
                self.masks.append(condition)
            elif step == 1:
                least.setdefault(symbol, []).append(-start)
            else:
                most.setdefault(symbol, []).append(start + 1)
        for symbol in dict.fromkeys((*least, *most)):
            self._restrict(symbol, least.get(symbol, []), most.get(symbol, []))

    # -- equations --------------------------------------------------------------------------------
    def _equation(self, equation: Constraint) -> None:
        _start, steps = _affine(equation.polynomial)
        units = [symbol for symbol, step in steps.items() if step in (1, -1)]
        free = [symbol for symbol in steps if symbol not in self.bound]
        if len(free) == 1 and free[0] in units and len(steps) > 1:
            at = self._solved(equation.polynomial, free[0], steps)
            if self._can_land(at):
                self._land(free[0], at)
                return
        for symbol in units:
            if symbol in self.bound and symbol not in self._landing():
                self._eliminate(symbol, self._solved(equation.polynomial, symbol, steps))
                return
        if len(steps) == 1 and units:
            self._open += [Constraint(equation.polynomial), Constraint(-equation.polynomial)]
        else:
            self.masks.append(equation)

    def _solved(self, polynomial: Index, symbol: Symbol, steps: dict[Symbol, Index]) -> Index:
        rest = polynomial - steps[symbol] * Index.of(symbol)
        return rest if steps[symbol] == -1 else -rest

    def _landing(self) -> set[Symbol]:
        return {symbol for at, _ in self.lands.values() for symbol in at.indices}

    def _can_land(self, at: Index) -> bool:
        _, steps = _affine(at)
        return self._landing().isdisjoint(steps) and all(map(self.bounds.positive, steps.values()))

    def _land(self, target: Symbol, at: Index) -> None:
        run = self.ranges.pop(target)
        used = any(target in free_indices(factor) for factor in self.factors)
        used |= any(target in condition.polynomial.indices for condition in self._open)
        self.lands[target] = (at, run)
        self._replace(target, at, (Constraint(at - run.start), Constraint(run.stop - 1 - at)) if used else ())

    def _eliminate(self, symbol: Symbol, value: Index) -> None:
        run = self.ranges.pop(symbol)
        self.bound.remove(symbol)
        self._replace(symbol, value, within(value, run.count))

    def _replace(self, symbol: Symbol, value: Index, needed: Sequence[Constraint]) -> None:
        values = {symbol: value}
        self.factors = [substitute(factor, values) for factor in self.factors]
        self._open = [condition.substitute(values) for condition in self._open]
        inside = [
            c
            for s, run in self.ranges.items()
            for c in (Constraint(s - run.start), Constraint(run.stop - 1 - s))
        ]
        self._open += [c for c in needed if not self.bounds.shows(c, given=inside)]

    # -- inequalities -----------------------------------------------------------------------------
    def _restrict(self, symbol: Symbol, least: Sequence[Index], ends: Sequence[Index]) -> None:
        run = self.ranges[symbol]
        start, stop = run.start, run.stop
        for index in least:
            start = self.bounds.larger(start, index, "start")
        for end in ends or [stop]:
            stop = self.bounds.between(start, (stop, end), "stop")
        self.ranges[symbol] = Range(start, stop - start)


def mask(condition: Constraint, ranges: Ranges) -> Placed:
    """Where a condition holds, with an axis for each of its variables."""
    start, steps = _affine(condition.polynomial)
    for symbol, step in steps.items():
        start = start + step * ranges[symbol].start
    at = positions(start, steps, ranges)
    made: Array = Holds(shape=at.array.shape, source=at.array, equality=condition.equality)
    return Placed(made, at.axes)


def _affine(polynomial: Index) -> tuple[Index, dict[Symbol, Index]]:
    parts = coefficients(polynomial)
    if parts is None:
        raise EmissionError(f"a condition on {polynomial}, which multiplies index variables, is no slice")
    return parts
