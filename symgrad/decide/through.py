r"""A gradient compared layer by layer: each intermediate gradient first, then what is made of them.

The derived gradient by an intermediate result u is made of those by what was computed from u, and so is
the claimed one. Once the two are found to be equal by u, they are one tensor in what follows; and u
itself, with all that does not depend on it, is any tensor of its shape. Equality for any tensors in these
places is equality for those that stand there, so what is found the Same is the same. What differs for any
tensors may still be equal for those: nothing follows from it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from itertools import count

from symgrad.decide.compare import Outcome, Same, Unknown, compare
from symgrad.decide.equal import ground_of
from symgrad.decide.presburger import OPERATIONS, Solver
from symgrad.decide.question import Question
from symgrad.decide.terms import Cancelled, Identity
from symgrad.decide.verdict import Match
from symgrad.derive import computed_from, cotangents
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint
from symgrad.language.notation import nodes, operator_text
from symgrad.language.specialise import Specialiser
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Tensor, Variable


class Parted(Exception):
    """The claimed gradient by an intermediate result, as a tensor, is not the derived one."""


def compare_through(asked: Question, solver: Solver, operations: int = OPERATIONS) -> Outcome:
    """Same if the gradients by the intermediate results, in turn, and by `wrt` are; else Unknown.

    `operations` is isl's budget for each. Raises Parted if one of them differs from the derived one
    whatever tensors stand in its place.
    """
    assert asked.wrt is not None
    derived = cotangents(asked.z, asked.wrt, asked.cotangent)
    order = nodes(asked.z)
    every = [asked.claim, *(gradient for _, gradient in asked.through)]
    every += [] if asked.cotangent is None else [asked.cotangent]
    names = _fresh_names([*order, *(node for tensor in every for node in nodes(tensor))])
    forward = {one: Variable(next(names), one.axes) for one, _ in asked.through}
    backward = {one: Variable(next(names), one.axes) for one, _ in asked.through}
    context = tuple(asked.assumptions), asked.hypotheses, tuple(asked.sizes), operations
    known: dict[Tensor, Tensor] = {}
    matches: dict[Match, None] = {}
    identities: dict[Identity, None] = {}
    decided = 0
    as_written = Specialiser({}, {variable: one for one, variable in forward.items()})
    for one, claimed in (*asked.through, (asked.wrt, asked.claim)):
        gradient = derived.get(one)
        if gradient is None:  # it is not on the way to wrt
            continue
        if not _of_one_shape(gradient, claimed, solver):
            return Unknown(f"the gradients by {operator_text(one)} may not have the same shape")
        above = computed_from(one, order) - {one}
        given = {u: variable for u, variable in forward.items() if u not in above}
        put = Specialiser({}, given | known)
        found = _compared(put(gradient), put(claimed), *context)
        if not isinstance(found, Same):
            if isinstance(found, Unknown):
                return found
            raise Parted(f"the gradient by {operator_text(one)} is another")
        matches.update(dict.fromkeys(found.matches))
        for used in found.identities:
            identities[Cancelled(as_written(used.of)) if isinstance(used, Cancelled) else used] = None
        if one in backward:
            decided += 1
            _made_one(known, gradient, claimed, backward[one])
    return Same(tuple(matches), tuple(identities), decided)


@functools.lru_cache(maxsize=512)  # gradients of one network have most of the way in common
def _compared(
    left: Tensor,
    right: Tensor,
    assumed: tuple[Constraint, ...],
    hypotheses: tuple[SumsToOne, ...],
    sizes: tuple[Symbol, ...],
    operations: int,
) -> Outcome:
    solver = ground_of(assumed, hypotheses, operations).solver
    return compare(left, right, solver, sizes, assumed=hypotheses)


def _of_one_shape(left: Tensor, right: Tensor, solver: Solver) -> bool:
    if [len(axis) for axis in left.axes] != [len(axis) for axis in right.axes]:
        return False
    pairs = zip(left.extents, right.extents, strict=True)
    return solver.entails((), [Constraint(one - other, equality=True) for one, other in pairs])


def _made_one(known: dict[Tensor, Tensor], derived: Tensor, claimed: Tensor, fresh: Variable) -> None:
    """Let one variable stand for both, which are equal, and for what either was found equal to before."""
    common = known.get(claimed, known.get(derived, fresh))
    known.setdefault(derived, common)
    known.setdefault(claimed, common)


def _fresh_names(taken: Sequence[Tensor]) -> Iterator[str]:
    """Names that no tensor has."""
    names = {node.name for node in taken if isinstance(node, Variable)}
    return (name for name in map("u{}".format, count(1)) if name not in names)
