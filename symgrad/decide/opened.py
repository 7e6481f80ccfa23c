"""What expressions are under one set of assumptions: their atoms, and their products in access space.

It serves one comparison, or several with the same assumptions, in which much is the same expression.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from symgrad.decide.expansion import Expansion
from symgrad.decide.powers import with_reads
from symgrad.decide.presburger import Solver
from symgrad.decide.solve import Solved, coordinate, key_order, position_symbol, solve
from symgrad.decide.terms import Atom, Atoms, Key, Term
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index, within
from symgrad.language.tensor import Tensor

Product: TypeAlias = tuple[Term, Solved]


class Opened:
    """Opens expressions up. `assumed` are hypotheses on the values of variables.

    `same` decides whether two tensors that atoms are made of are one.
    """

    def __init__(
        self,
        solver: Solver,
        assumed: Sequence[SumsToOne],
        same: Callable[[Tensor, Tensor], bool],
    ) -> None:
        self.solver = solver
        self.assumed = assumed
        self.atoms = Atoms(same)
        self.expansion = Expansion(self.atoms)
        self.order: dict[Key, int] = {}
        self._terms: dict[Tensor, list[Term]] = {}
        self._products: dict[tuple[Tensor, tuple[Index, ...]], list[Product]] = {}

    def terms(self, tensor: Tensor) -> list[Term]:
        """The entry at the position as products of entries. Raises TooManyTerms past the limit."""
        if tensor not in self._terms:
            self._terms[tensor] = self.expansion.terms(tensor, _position(len(tensor.extents)))
        return self._terms[tensor]

    def products(self, tensor: Tensor, extents: tuple[Index, ...]) -> list[Product]:
        """The terms of a tensor in access space, at a position within `extents`."""
        key = (tensor, extents)
        if key not in self._products:
            self._products[key] = self.solved(self.terms(tensor), extents)
        return self._products[key]

    def solved(self, terms: Sequence[Term], extents: tuple[Index, ...]) -> list[Product]:
        """Terms in access space, at a position within `extents`; those that are zero left out."""
        position = _position(len(extents))
        inside = [c for q, extent in zip(position, extents, strict=True) for c in within(q, extent)]
        found = []
        for term in terms:
            whole = with_reads(term, self.atoms)
            whole = replace(whole, constraints=whole.constraints + inside)
            solved = solve(whole, self.order)
            while solved is not None:
                shorter = self._selected_once(whole, solved)
                if shorter is None:
                    found.append((whole, solved))
                    break
                whole, solved = shorter, solve(shorter, self.order)
        return found

    def is_everywhere(self, term: Term, extents: tuple[Index, ...]) -> bool:
        """Whether a product surely occurs at every position within `extents`, in a sum once at least."""
        position = _position(len(extents))
        inside = [c for q, extent in zip(position, extents, strict=True) for c in within(q, extent)]
        ranges = [c for symbol, extent in term.ranges for c in within(symbol, extent)]
        not_empty = [Constraint(extent - 1) for _, extent in term.ranges]
        return self.solver.entails(inside, not_empty) and self.solver.entails(
            [*inside, *ranges], term.constraints
        )

    def _selected_once(self, term: Term, solved: Solved) -> Term | None:
        """A selector is 0 or 1, so s·s = s: one that is read twice at the same place is read once.

        None if there is no such pair.
        """
        reads = sorted(term.reads, key=lambda read: key_order(read[0], self.order))
        for slot, ((key, at), (other, there)) in enumerate(itertools.pairwise(reads)):
            if key is other and isinstance(key, Atom) and key.kind[0] == "selected":
                pairs = [
                    (Index.of(coordinate(slot, k)), Index.of(coordinate(slot + 1, k))) for k in range(len(at))
                ]
                same_place = [Constraint(one - two, equality=True) for one, two in pairs]
                if self.solver.entails((*solved.constraints, *solved.pivot_equations), same_place):
                    equations = [Constraint(x - y, equality=True) for x, y in zip(at, there, strict=True)]
                    known = term.constraints + [e for e in equations if e.truth is None]
                    return replace(term, reads=reads[: slot + 1] + reads[slot + 2 :], constraints=known)
        return None


def _position(rank: int) -> tuple[Index, ...]:
    return tuple(Index.of(position_symbol(axis)) for axis in range(rank))
