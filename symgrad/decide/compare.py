"""Comparing two sums of products: like products are gathered, and what does not cancel is weighed.

Two products are like if they read the same tensors at the same set of places, for all sizes. Their
coefficients add up; where every total is zero, the two sums are the same function. If something is left
over, both are rewritten by the identities between their atoms and compared again. What is left over then
may still cancel piecewise, which `weigh` finds out by counting.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import lcm
from typing import TypeAlias, Union

from symgrad.decide.denominators import cleared
from symgrad.decide.identities import Rewriting
from symgrad.decide.opened import Opened, Product
from symgrad.decide.presburger import OutOfBudget, Solver
from symgrad.decide.solve import Signature, Solved, coordinate, position_symbol, solve
from symgrad.decide.terms import Identity, Key, Term, TooManyTerms
from symgrad.decide.verdict import Match
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Index
from symgrad.language.symbol import Symbol, index_symbol
from symgrad.language.tensor import Tensor, index_names

PERMUTATIONS = 24
"""How many ways of exchanging reads of the same tensor are tried."""


@dataclass(frozen=True, slots=True)
class Same:
    """The two are equal for all sizes that meet the assumptions; by `identities`, if any were needed, and
    by way of so many gradients by intermediate results."""

    matches: tuple[Match, ...]
    identities: tuple[Identity, ...] = ()
    through: int = 0


@dataclass(frozen=True, slots=True)
class Different:
    """The two differ at these sizes, at this position."""

    sizes: dict[Symbol, int]
    position: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not decided; `multipliers` are sizes whose products with others stood in the way."""

    reason: str
    multipliers: tuple[Symbol, ...] = ()


Outcome: TypeAlias = Union[Same, Different, Unknown]


@dataclass(slots=True)
class Like:
    """Products over the same places, with the sides they came from (+1 left, -1 right)."""

    members: list[tuple[int, Solved]] = field(default_factory=list)

    @property
    def first(self) -> Solved:
        """The one that stands for all."""
        return self.members[0][1]


def compare(
    left: Tensor,
    right: Tensor,
    solver: Solver,
    sizes: Sequence[Symbol] = (),
    thorough: bool = True,
    assumed: Sequence[SumsToOne] = (),
) -> Outcome:
    """Decide whether two tensors of the same shape are equal for all sizes the solver assumes.

    Unless `thorough`, what does not cancel product by product is Unknown, and not weighed. `assumed` are
    hypotheses on the values of variables.
    """
    return compare_opened(left, right, opened(solver, assumed), sizes, thorough)


def opened(solver: Solver, assumed: Sequence[SumsToOne] = ()) -> Opened:
    """What expressions are opened up in, where tensors are the same if they compare so."""

    def same(left: Tensor, right: Tensor) -> bool:
        if any(one != other for one, other in zip(left.extents, right.extents, strict=True)):
            return False
        found = compare(left, right, solver, assumed=assumed)
        if isinstance(found, Same):
            whole.atoms.used.update(dict.fromkeys(found.identities))
        return isinstance(found, Same)

    whole = Opened(solver, assumed, same)
    return whole


def compare_opened(
    left: Tensor, right: Tensor, whole: Opened, sizes: Sequence[Symbol] = (), thorough: bool = True
) -> Outcome:
    """As `compare`, with what was opened up in earlier comparisons, whose identities are named as well."""
    try:
        return _Comparison(left, right, whole, sizes).outcome(thorough)
    except OutOfBudget as problem:
        return Unknown(f"isl's operation budget was used up ({problem})")
    except TooManyTerms as problem:
        return Unknown(str(problem))


class _Comparison:
    def __init__(self, left: Tensor, right: Tensor, whole: Opened, sizes: Sequence[Symbol]) -> None:
        self.sides = ((1, left), (-1, right))
        self.left = left
        self.opened = whole
        self.solver = whole.solver
        self.sizes = sizes

    def outcome(self, thorough: bool) -> Outcome:
        whole, extents = self.opened, self.left.extents
        terms = {side: whole.terms(tensor) for side, tensor in self.sides}
        groups = self._grouped({side: whole.products(tensor, extents) for side, tensor in self.sides})
        unequal = _uncancelled(groups)
        rewriting = Rewriting(whole.expansion, whole.assumed)
        if unequal and any(map(rewriting.applies, terms.values())):
            normal = {side: rewriting.normal(found) for side, found in terms.items()}
            groups = self._grouped({side: whole.solved(found, extents) for side, found in normal.items()})
            unequal = _uncancelled(groups)
            terms = normal
        if unequal and self._same_over_common_denominator(terms):
            groups, unequal = [], []
        matches = self._matches(groups)
        identities = tuple(whole.atoms.used)
        if not unequal:
            return Same(matches, identities)
        if not thorough:
            return Unknown("some products do not cancel")
        from symgrad.decide.weigh import weigh

        found = weigh(unequal, self.solver, self.sizes, len(extents), matches)
        return replace(found, identities=identities) if isinstance(found, Same) else found

    def _same_over_common_denominator(self, terms: Mapping[int, Sequence[Term]]) -> bool:
        """Whether the sides are the same once both are multiplied by what they are divided by."""
        whole, extents = self.opened, self.left.extents
        try:
            common = cleared(terms, whole.expansion, lambda term: whole.is_everywhere(term, extents))
        except TooManyTerms:
            return False  # which leaves the question to counting
        if common is None:
            return False
        over, taken = common
        products = {side: whole.solved(found, extents) for side, found in over.items()}
        if _uncancelled(self._grouped(products)):
            return False
        whole.atoms.used.update(dict.fromkeys(taken))
        return True

    def _grouped(self, products: Mapping[int, Sequence[Product]]) -> list[Like]:
        """The products of both sides, like with like."""
        groups: dict[Signature, list[Like]] = {}
        for side, found in products.items():
            for term, solved in found:
                _gather(side, term, solved, self.opened.order, groups, self.solver)
        return [like for group in groups.values() for like in group]

    def _matches(self, groups: Sequence[Like]) -> tuple[Match, ...]:
        names = {
            position_symbol(axis): Index.of(index_symbol(name.rstrip("'")))
            for axis, name in enumerate(index_names(self.left))
        }
        return tuple(match for like in groups for match in _matches(like, names))


def _uncancelled(groups: Sequence[Like]) -> list[Like]:
    return [like for like in groups if not cancels(like)]


def _gather(
    side: int,
    term: Term,
    solved: Solved,
    order: dict[Key, int],
    groups: dict[Signature, list[Like]],
    solver: Solver,
) -> None:
    """Put a product with those it is like, or by itself."""
    group = groups.setdefault(solved.signature, [])
    for slots in slot_orders(solved.signature):
        variant = solved if slots is None else solve(term, order, slots)
        if variant is None:
            continue
        for like in group:
            if same_places(like.first, variant, solver):
                like.members.append((side, variant))
                return
    group.append(Like([(side, solved)]))


def slot_orders(signature: Signature) -> Iterator[list[int] | None]:
    """Ways to exchange the reads of one tensor, the given order (None) first, at most PERMUTATIONS."""
    yield None
    runs = [list(run) for _, run in itertools.groupby(range(len(signature)), key=lambda s: id(signature[s]))]

    def orders(rest: list[list[int]]) -> Iterator[list[int]]:
        if not rest:
            yield []
            return
        for first in itertools.permutations(rest[0]):
            for others in orders(rest[1:]):
                yield [*first, *others]

    yield from itertools.islice(orders(runs), 1, PERMUTATIONS)


def same_places(one: Solved, other: Solved, solver: Solver) -> bool:
    """Whether two products run over the same points of access space. False may mean "not shown"."""
    if one.left or other.left:
        return False
    first, second = one.constraints, other.constraints
    if one.pivots != other.pivots:
        first += one.pivot_equations
        second += other.pivot_equations
    known_first, known_second = set(first), set(second)
    return solver.entails(first, [c for c in second if c not in known_first]) and solver.entails(
        second, [c for c in first if c not in known_second]
    )


# -- coefficients ---------------------------------------------------------------------------------


def cancels(like: Like) -> bool:
    """Whether the coefficients add up to zero."""
    return not total_coefficients([like])[0].terms


def total_coefficients(likes: Sequence[Like]) -> list[Index]:
    """The total coefficient of each, all multiplied by one positive common denominator."""
    members = [member for like in likes for member in like.members]
    common: dict[Index, int] = {}
    for _, solved in members:
        for base, exponent in solved.denominators.items():
            common[base] = max(common.get(base, 0), exponent)
    scale = lcm(*(solved.scale.denominator for _, solved in members))
    totals = []
    for like in likes:
        total = Index.of(0)
        for side, solved in like.members:
            numerator = solved.numerator * int(solved.scale * scale) * side
            for base, exponent in common.items():
                numerator = numerator * base ** (exponent - solved.denominators.get(base, 0))
            total = total + numerator
        totals.append(total)
    return totals


# -- what a match looks like in the bound indices -------------------------------------------------


def _matches(like: Like, names: dict[Symbol, Index]) -> Iterator[Match]:
    sides = [side for side, _ in like.members]
    if sorted(sides) == [-1, 1]:
        derived = next(solved for side, solved in like.members if side == 1)
        claimed = next(solved for side, solved in like.members if side == -1)
        yield Match(_in_terms_of(claimed, derived, names), _in_terms_of(derived, claimed, names))


def _in_terms_of(
    wanted: Solved, given: Solved, names: dict[Symbol, Index]
) -> tuple[tuple[Symbol, Index], ...]:
    """The bound indices of one product by those of the other, through the entries both read."""
    values = {
        coordinate(slot, axis): index for slot, at in enumerate(given.reads) for axis, index in enumerate(at)
    }
    return tuple(
        (symbol, value.substitute(values).substitute(names)) for symbol, value in wanted.solution.items()
    )
