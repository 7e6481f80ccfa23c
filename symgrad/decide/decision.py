"""The decision procedure: from a question to a verdict. The only maker of `Proved`.

A verdict is reached in this order, and the first that applies is given:

1. the forward or the claim has no meaning somewhere: ILL-FORMED, with the smallest sizes;
2. their shapes differ somewhere: REFUTED;
3. both sides are the same sums of products, for all sizes, at once or by way of the gradients by
   intermediate results: PROVED;
4. they differ: REFUTED, once the difference is confirmed by interpretation at that point;
5. products of sizes stand in the way: each value of the fewest sizes that remove them, up to a bound;
6. equal at several small sizes, by interpretation: HOLDS AT; else UNDECIDED.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from symgrad.concrete.rings import at_most
from symgrad.decide.compare import Different, Outcome, Same, Unknown, compare
from symgrad.decide.conditions import conditions_on_values
from symgrad.decide.nowhere import without_a_value
from symgrad.decide.presburger import OPERATIONS, OutOfBudget, Solver
from symgrad.decide.question import Question, question
from symgrad.decide.terms import Identity
from symgrad.decide.through import Parted, compare_through
from symgrad.decide.verdict import (
    _SEAL,
    HoldsAt,
    IllFormed,
    Match,
    Proved,
    Refuted,
    Scope,
    Undecided,
    Verdict,
)
from symgrad.decide.wellformed import Violation, violations
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index
from symgrad.language.notation import shape_text
from symgrad.language.specialise import Specialiser
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor

_NEVER = Constraint(Index.of(-1))
EACH = 4
"""Sizes that cannot stay symbolic are tried from their minimum up to this."""
COMBINATIONS = 256
"""The most combinations of such values that are tried."""
FEW_SIZES, MANY_SIZES = 6, 300
"""How many small sizes are interpreted where nothing was decided, and where something seems to differ,"""
UNCLEAR = 12
"""at most so many of them without a difference that could be confirmed or excluded,"""
RAISED = 4
"""with at most so many of them above their minimum."""
FEW = 16
"""The most combinations tried in search of a counterexample before all are."""
PRODUCTS = 100_000
"""The most products that interpreting as polynomials may take in one decision: seconds."""


def verify(
    z: Any,
    wrt: Tensor,
    claim: Any,
    cotangent: Any = None,
    *,
    assuming: Sequence[Constraint | SumsToOne] = (),
    suggest: bool = True,
    operations: int = OPERATIONS,
) -> Verdict:
    r"""Decide for all sizes whether `claim` is the gradient of \(J = \sum \delta \cdot z\) by `wrt`.

    z          the forward, an expression in `wrt` and other tensors
    claim      the formula for the gradient
    cotangent  \(\delta = \partial J/\partial z\); may be left out where it is the one tensor of z's shape
               that only the claim has, or where z has no axes (then J is z)
    assuming   conditions on the sizes, such as `H >= K`, and hypotheses on values, such as
               `sums_to_one(y, axis=1)`
    suggest    whether a wrong claim is searched for the mistakes people make
    operations isl's budget; past it the verdict is UNDECIDED

    Raises ShapeError or TypeError where no question can be made of the arguments.

    >>> import symgrad as sg
    >>> H, K = sg.sizes("H K")
    >>> a, w, delta = sg.tensor("a", H), sg.tensor("w", K), sg.tensor("delta", H - K + 1)
    >>> print(sg.verify(sg.correlate(a, w), wrt=a, claim=sg.correlate(delta, sg.rot180(w), "full")))
    PROVED  ∂J/∂a = correlate(delta, rot180(w), mode='full')
      for every H, K ≥ 1 with H ≥ K
      by u' = K - u - 1
    """
    return decide(question(z, wrt, claim, cotangent, assuming), suggest=suggest, operations=operations)


def verify_equal(
    left: Any,
    right: Any,
    *,
    assuming: Sequence[Constraint | SumsToOne] = (),
    suggest: bool = True,
    operations: int = OPERATIONS,
) -> Verdict:
    """Decide whether two expressions are the same tensor for all sizes. Arguments as for `verify`."""
    return decide(question(left, None, right, None, assuming), suggest=suggest, operations=operations)


def decide(asked: Question, *, suggest: bool = True, operations: int = OPERATIONS) -> Verdict:
    """The verdict on a question."""
    start = time.perf_counter()
    verdict: Verdict
    try:
        with at_most(PRODUCTS):
            verdict = _Decision(asked, operations).verdict()
        if suggest and isinstance(verdict, (Refuted, IllFormed)):
            from symgrad.decide.repair import did_you_mean

            verdict = replace(verdict, did_you_mean=did_you_mean(asked))
    except RecursionError:
        verdict = Undecided(claim="(too deep to print)", reason="the expression is nested too deeply")
    object.__setattr__(verdict, "seconds", time.perf_counter() - start)
    return verdict


def holds_plainly(asked: Question, operations: int = OPERATIONS) -> bool:
    """Whether a claim would be PROVED product by product; a quick look that searches no counterexample."""
    decision = _Decision(asked, operations)
    try:
        if next(violations(asked.claim, decision.solver), None) is not None:
            return False
        if [len(axis) for axis in asked.derived.axes] != [len(axis) for axis in asked.claim.axes]:
            return False
        pairs = zip(asked.derived.extents, asked.claim.extents, strict=True)
        if not decision.solver.entails((), [Constraint(x - y, equality=True) for x, y in pairs]):
            return False
    except OutOfBudget:
        return False
    return isinstance(decision.comparison(thorough=False), Same)


class _Decision:
    def __init__(self, asked: Question, operations: int, exact: bool = False) -> None:
        self.asked = asked
        self.operations = operations
        self.exact = exact  # sizes that stand in the way are numbers already
        self.solver = Solver(asked.assumptions, operations)

    @property
    def claim(self) -> str:
        return str(self.asked)

    def verdict(self) -> Verdict:
        try:
            for found in (self._problem, self._nowhere, self._shapes):
                verdict = found()
                if verdict is not None:
                    return verdict
            return self._compare()
        except OutOfBudget as problem:
            return self._undecided(f"isl's operation budget was used up ({problem})")

    # -- 1: meaning -------------------------------------------------------------------------------
    def _problem(self) -> Verdict | None:
        asked = self.asked
        least = {symbol: symbol.minimum for symbol in asked.sizes}
        possible = all(assumption.holds(least) for assumption in asked.assumptions)
        if not possible and self.solver.entails((), [_NEVER]):
            given = ", ".join(map(str, asked.assumptions))
            return IllFormed(claim=self.claim, problem=f"no sizes meet all of: {given}")
        for what, tensor in (("forward", asked.z), ("claim", asked.claim)):
            for violation in violations(tensor, self.solver):
                return self._violated(what, violation)
        for needed in asked.derived.requires if isinstance(asked.derived, Comprehension) else ():
            goal = Constraint(needed.left - needed.right, equality=True)
            if not self.solver.entails((), [goal]):
                problem = f"{needed.where}: {needed.left} is not {needed.right}"
                return self._violated("claim", Violation(problem, (), goal))
        return None

    def _nowhere(self) -> Verdict | None:
        """Whether a side condition on values can never hold, so that a verdict under it would say nothing."""
        if self.exact:  # which was asked with these sizes still symbols
            return None
        found = without_a_value(self.asked, small_sizes(self.asked))
        if found is None:
            return None
        problem, sizes = found
        return IllFormed(claim=self.claim, problem=problem, sizes=_named(sizes))

    def _violated(self, what: str, violation: Violation) -> Verdict:
        problem = violation.problem if what == "claim" else f"in the {what}: {violation.problem}"
        sizes = self._smallest(list(violation.negations()))
        if not violation.certain:
            tried = itertools.chain([] if sizes is None else [sizes], small_sizes(self.asked, MANY_SIZES))
            sizes = next((at for at in tried if self._is_without_meaning(at)), None)
        if sizes is None:
            return self._undecided(f"it could not be shown that this has a meaning: {problem}")
        return IllFormed(claim=self.claim, problem=problem, sizes=_named(sizes))

    def _is_without_meaning(self, sizes: Mapping[Symbol, int]) -> bool:
        """Whether something has no meaning at these sizes."""
        at = Specialiser({symbol: Index.of(value) for symbol, value in sizes.items()})
        solver = Solver((), self.operations)
        return any(v for side in (self.asked.z, self.asked.claim) for v in violations(at(side), solver))

    def _smallest(self, cases: Sequence[Sequence[Constraint]]) -> dict[Symbol, int] | None:
        """The smallest sizes at which one of the cases has a solution, if one is found."""
        from symgrad.decide.weigh import nonlinear_multipliers, smallest_sizes

        sizes = self.asked.sizes
        known = (*self.asked.assumptions, *self.solver.implicit([c for case in cases for c in case]))
        multipliers = nonlinear_multipliers(c.polynomial for case in cases for c in (*case, *known))
        best: dict[Symbol, int] | None = None
        for values in _combinations(multipliers, FEW) if multipliers else [{}]:
            if best is not None and max(values.values(), default=0) > max(best.values()):
                break  # what follows is larger anyway
            put = {symbol: Index.of(value) for symbol, value in values.items()}
            solver = Solver([c.substitute(put) for c in self.asked.assumptions], self.operations)
            for case in cases:
                left = [s for s in sizes if s not in values]
                found = smallest_sizes([c.substitute(put) for c in case], solver, left)
                if found is not None:
                    point = {s: values.get(s, found.get(s, s.minimum)) for s in sizes}
                    best = point if best is None or _largeness(point) < _largeness(best) else best
        return best

    # -- 2: shapes --------------------------------------------------------------------------------
    def _shapes(self) -> Verdict | None:
        from symgrad.decide.counterexample import differing_shape

        derived, claim = self.asked.derived, self.asked.claim
        of = "the gradient" if self.asked.wrt is not None else "the left side"
        if [len(axis) for axis in derived.axes] != [len(axis) for axis in claim.axes]:
            problem = f"the claim has shape {shape_text(claim)}, but {of} has shape {shape_text(derived)}"
            return IllFormed(claim=self.claim, problem=problem)
        pairs = zip(derived.extents, claim.extents, strict=True)
        goals = [Constraint(one - other, equality=True) for one, other in pairs]
        if self.solver.entails((), goals):
            return None
        cases = [case for goal in goals for case in Violation("", (), goal).negations()]
        sizes = self._smallest([case for case in cases if case[0].truth is not False])
        found = None if sizes is None else differing_shape(self.asked, sizes)
        if found is None:
            return self._undecided(
                f"it could not be shown that {of}, of shape {shape_text(derived)}, and the claim, of "
                f"shape {shape_text(claim)}, have the same shape"
            )
        return Refuted(claim=self.claim, counterexample=found, question=self.asked)

    # -- 3 and 4: equality ------------------------------------------------------------------------
    def comparison(self, thorough: bool = True) -> Outcome:
        """Both sides compared, under the hypotheses."""
        asked = self.asked
        sizes = asked.sizes if thorough else ()
        return compare(asked.derived, asked.claim, self.solver, sizes, thorough, asked.hypotheses)

    def _compare(self) -> Verdict:
        if self.asked.through:
            by_parts = self._compare_through()
            if by_parts is not None:
                return by_parts
        match self.comparison():
            case Same(matches, identities):
                return self._proved(matches, identities)
            case Different(sizes, position):
                where = ", ".join(f"{s}={value}" for s, value in sizes.items()) or "the sizes given"
                found = self._refuted(sizes, position)
                if found is not None:
                    return found
                looked = f"one looked for at {where} was not confirmed"
                return self._small_sizes(f"no equality was found, nor a difference: {looked}", MANY_SIZES)
            case Unknown(reason, multipliers):
                if multipliers and not self.exact:
                    return self._each(multipliers, reason)
                return self._small_sizes(reason)

    def _compare_through(self) -> Verdict | None:
        """PROVED if the gradients by the intermediate results are, one after the other; else, if one of
        them seems to differ, REFUTED if small sizes show it of the whole."""
        try:
            found = compare_through(self.asked, self.solver, self.operations)
        except Parted as problem:
            verdict = self._small_sizes(str(problem))
            return verdict if isinstance(verdict, Refuted) else None
        match found:
            case Same(matches, identities, through):
                return self._proved(matches, identities, through=through)
            case Unknown(reason, multipliers) if multipliers and not self.exact:
                return self._each(multipliers, reason)
        return None

    def _proved(
        self,
        matches: tuple[Match, ...],
        identities: tuple[Identity, ...],
        each: tuple[tuple[Symbol, tuple[int, ...]], ...] = (),
        said: tuple[str, ...] = (),
        through: int = 0,
    ) -> Proved:
        asked = self.asked
        scope = Scope(tuple(asked.sizes), tuple(asked.assumptions), each, asked.hypotheses)
        return Proved(
            claim=self.claim,
            scope=scope,
            conditions=tuple(conditions_on_values(asked)),
            steps=matches,
            identities=said + tuple(str(one) for one in identities if not isinstance(one, SumsToOne)),
            through=through,
            question=asked,
            seal=_SEAL,
        )

    def _refuted(self, sizes: Mapping[Symbol, int], position: tuple[int, ...]) -> Refuted | None:
        from symgrad.decide.counterexample import confirmed

        values = {symbol: sizes.get(symbol, symbol.minimum) for symbol in self.asked.sizes}
        found = confirmed(self.asked, values, position)
        return None if found is None else Refuted(claim=self.claim, counterexample=found, question=self.asked)

    # -- 5: sizes that cannot stay symbolic -------------------------------------------------------
    def _each(self, multipliers: tuple[Symbol, ...], reason: str) -> Verdict:
        smallest: Refuted | None = None
        for values in _combinations(multipliers, FEW):
            if smallest is not None and max(values.values()) > _size_of(smallest)[0]:
                break  # what follows is larger anyway
            verdict = self._at(values)
            if isinstance(verdict, Refuted) and (smallest is None or _size_of(verdict) < _size_of(smallest)):
                smallest = verdict
        if smallest is not None:
            return smallest
        everything = list(_combinations(multipliers, COMBINATIONS + 1, EACH))
        if len(everything) > COMBINATIONS:
            names = ", ".join(symbol.name for symbol in multipliers)
            return self._small_sizes(f"{reason}, and {names} have too many combinations to try each")
        matches: tuple[Match, ...] = ()
        identities: dict[str, None] = {}
        through = 0
        for values in everything:
            verdict = self._at(values)
            if isinstance(verdict, Refuted):
                return verdict
            if not isinstance(verdict, Proved):
                return self._small_sizes(reason)
            matches, through = verdict.steps, verdict.through
            identities.update(dict.fromkeys(verdict.identities))
        each = tuple((s, tuple(range(s.minimum, EACH + 1))) for s in multipliers)
        return self._proved(matches, (), each, tuple(identities), through)

    def _at(self, values: Mapping[Symbol, int]) -> Verdict:
        """The verdict with some sizes made numbers, said in terms of the whole question."""
        verdict = _Decision(self.asked.at(values), self.operations, exact=True).verdict()
        if isinstance(verdict, Refuted):
            named = {symbol.name: value for symbol, value in values.items()}
            named |= dict(verdict.counterexample.sizes)
            ordered = tuple((s.name, named.get(s.name, s.minimum)) for s in self.asked.sizes)
            found = replace(verdict.counterexample, sizes=ordered)
            return replace(verdict, claim=self.claim, counterexample=found, question=self.asked)
        return verdict

    # -- 6: small sizes, by interpretation --------------------------------------------------------
    def _small_sizes(self, reason: str, count: int = FEW_SIZES) -> Verdict:
        from symgrad.decide.counterexample import Compared, first_difference

        equal: list[tuple[tuple[str, int], ...]] = []
        unclear = 0
        for sizes in small_sizes(self.asked, count):
            found = first_difference(self.asked, sizes)
            match found:
                case Compared.EQUAL:
                    equal.append(_named(sizes))
                case Compared.UNCLEAR if unclear < UNCLEAR:
                    unclear += 1
                case Compared():
                    if unclear or len(equal) < FEW_SIZES:
                        return self._undecided(reason)
                    break  # the rest is too large to interpret
                case _:
                    return Refuted(claim=self.claim, counterexample=found, question=self.asked)
        if unclear or not equal:
            return self._undecided(reason)
        conditions = tuple(conditions_on_values(self.asked))
        return HoldsAt(
            claim=self.claim, shapes=tuple(equal[:FEW_SIZES]), conditions=conditions, reason=reason
        )

    def _undecided(self, reason: str) -> Undecided:
        return Undecided(claim=self.claim, reason=reason)


def small_sizes(asked: Question, count: int = FEW_SIZES) -> Iterator[dict[Symbol, int]]:
    """Some small sizes that meet the assumptions of a question: few sizes above their minimum first."""
    found = 0
    for largest in (2, 3):
        for raised in range(min(len(asked.sizes), RAISED) + 1):
            for chosen in itertools.combinations(asked.sizes, raised):
                sizes = {s: max(largest, s.minimum) if s in chosen else s.minimum for s in asked.sizes}
                if (raised or largest == 2) and all(c.holds(sizes) for c in asked.assumptions):
                    yield sizes
                    found += 1
                    if found == count:
                        return


def _named(sizes: Mapping[Symbol, int]) -> tuple[tuple[str, int], ...]:
    return tuple((symbol.name, value) for symbol, value in sizes.items())


def _largeness(sizes: Mapping[Any, int]) -> tuple[int, int, tuple[int, ...]]:
    values = tuple(sizes.values())
    return max(values, default=0), sum(values), values


def _size_of(verdict: Refuted) -> tuple[int, int, tuple[int, ...]]:
    return _largeness(dict(verdict.counterexample.sizes))


def _combinations(multipliers: Sequence[Symbol], most: int, largest: int = 2) -> Iterator[dict[Symbol, int]]:
    """Values of sizes from their minimum up, those with small numbers first."""
    spans = [range(s.minimum, max(largest, s.minimum) + 1) for s in multipliers]
    count = 1
    for span in spans:
        count *= len(span)
    every = itertools.islice(itertools.product(*spans), max(most, min(count, 4096)))
    ordered = sorted(every, key=lambda values: (max(values), sum(values), values))
    for values in ordered[:most]:
        yield dict(zip(multipliers, values, strict=True))
