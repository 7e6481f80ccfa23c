"""Whether two expressions are the same function throughout a scope: what each line of a proof is put to."""

from __future__ import annotations

import functools
import itertools
import threading
from weakref import WeakKeyDictionary

from symgrad.decide.compare import Same, compare, compare_opened, opened
from symgrad.decide.opened import Opened
from symgrad.decide.presburger import OPERATIONS, OutOfBudget, Solver
from symgrad.decide.terms import Identity
from symgrad.decide.verdict import Scope
from symgrad.decide.wellformed import violations
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index
from symgrad.language.specialise import Specialiser
from symgrad.language.tensor import Tensor


def equal_in(scope: Scope, left: Tensor, right: Tensor, operations: int = OPERATIONS) -> bool:
    """Whether both have a meaning and are equal at every entry, for every size in the scope.

    Nothing is assumed but the scope. False may mean "not shown".
    """
    if _equal(scope.constraints, left, right, operations, scope.hypotheses):
        return True
    if not scope.each:
        return False
    symbols = [symbol for symbol, _ in scope.each]
    for values in itertools.product(*(listed for _, listed in scope.each)):
        special = Specialiser({s: Index.of(v) for s, v in zip(symbols, values, strict=True)})
        assumed = tuple(map(special.constraint, scope.constraints))
        if any(constraint.truth is False for constraint in assumed):
            continue
        hypotheses = tuple(h for h in map(special.assumption, scope.hypotheses) if isinstance(h, SumsToOne))
        if not _equal(assumed, special(left), special(right), operations, hypotheses):
            return False
    return True


def identities_between(scope: Scope, left: Tensor, right: Tensor) -> tuple[Identity, ...]:
    """The identities and hypotheses by which two expressions are equal in the scope."""
    found = compare(left, right, Solver(scope.constraints), assumed=scope.hypotheses)
    return found.identities if isinstance(found, Same) else ()


def _equal(
    assumed: tuple[Constraint, ...],
    left: Tensor,
    right: Tensor,
    operations: int,
    hypotheses: tuple[SumsToOne, ...],
) -> bool:
    if [len(axis) for axis in left.axes] != [len(axis) for axis in right.axes]:
        return False
    ground = ground_of(assumed, hypotheses, operations)
    try:
        if not all(map(ground.has_meaning, dict.fromkeys((left, right)))):
            return False
        if left is right:
            return True
        pairs = zip(left.extents, right.extents, strict=True)
        if not ground.solver.entails((), [Constraint(x - y, equality=True) for x, y in pairs]):
            return False
    except OutOfBudget:
        return False
    return isinstance(compare_opened(left, right, ground.opened()), Same)


LINES = 200
"""How many comparisons share what was opened up for them, until it is forgotten."""


class Ground:
    """What is assumed, and what was found out under it: lines of a proof have much in common."""

    def __init__(
        self, assumed: tuple[Constraint, ...], hypotheses: tuple[SumsToOne, ...], operations: int
    ) -> None:
        self.solver = Solver(assumed, operations)
        self._hypotheses = hypotheses
        self._opened = opened(self.solver, hypotheses)
        self._lines = 0
        self._meaning: WeakKeyDictionary[Tensor, bool] = WeakKeyDictionary()

    def opened(self) -> Opened:
        """What the next two lines are opened up in."""
        self._lines += 1
        if self._lines % LINES == 0:
            self._opened = opened(self.solver, self._hypotheses)
        return self._opened

    def has_meaning(self, tensor: Tensor) -> bool:
        """Whether every read in it is within its range, and the like. Raises OutOfBudget."""
        if tensor not in self._meaning:
            self._meaning[tensor] = next(violations(tensor, self.solver), None) is None
        return self._meaning[tensor]


def ground_of(assumed: tuple[Constraint, ...], hypotheses: tuple[SumsToOne, ...], operations: int) -> Ground:
    """The ground of this thread under these assumptions, with its whole budget."""
    known = tuple(c for c in assumed if c.truth is not True)
    ground = _ground(known, hypotheses, operations, threading.get_ident())
    ground.solver.context.reset_operations()
    return ground


@functools.lru_cache(maxsize=8)
def _ground(
    assumed: tuple[Constraint, ...], hypotheses: tuple[SumsToOne, ...], operations: int, _thread: int
) -> Ground:
    """One for each thread, as isl wants it."""
    return Ground(assumed, hypotheses, operations)
