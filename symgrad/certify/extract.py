"""Finding what a certificate needs: which products are the same, by which maps of index tuples.

The products are those the checker opens up; they are brought to access space as the decision
procedure does, where products that read the same places meet. Nothing found here is trusted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from symgrad.certify.from_question import stated
from symgrad.certify.laws import use_from
from symgrad.certify.products import Product, sides
from symgrad.certify.recheck import total
from symgrad.certify.statement import Condition, Rejected, statement_from
from symgrad.certify.statement import Index as Polynomial
from symgrad.certify.uses import uses_for
from symgrad.decide.compare import same_places, slot_orders
from symgrad.decide.presburger import OPERATIONS, OutOfBudget, Solver
from symgrad.decide.question import Question
from symgrad.decide.solve import Solved, coordinate, solve
from symgrad.decide.terms import Key, Term
from symgrad.errors import NotCertified
from symgrad.language.index import Constraint, Index
from symgrad.language.symbol import Symbol, fresh_index, symbol_of
from symgrad.language.tensor import Variable

Tuple = dict[str, Symbol]


@dataclass
class _Member:
    """A product, its symbols by name, and what solving it gave."""

    side: str
    number: int
    product: Product
    symbols: Tuple
    term: Term
    solved: Solved


def extracted(asked: Question, name: str) -> dict[str, Any]:
    """The certificate of a question that is PROVED, as data. Raises NotCertified where none is found."""
    data = stated(asked, name) | {"uses": []}
    try:
        try:
            return data | _Search(data).found()
        except NotCertified as problem:
            data["uses"] = uses_for(data)
            try:
                return data | _Search(data).found()
            except NotCertified:
                if any(f"'{name}'" in repr(data["definitions"]) for name in ("exp", "log")):
                    raise NotCertified(
                        "what is known of exp and log, exp(s + t) = exp(s)·exp(t) and the like, "
                        "has no form in a certificate"
                    ) from None
                raise problem from None
    except Rejected as problem:
        raise NotCertified(str(problem)) from None


class _Search:
    def __init__(self, data: dict[str, Any]) -> None:
        self.stated = statement_from(data)
        place = self.stated.definitions[self.stated.forward].indices if self.stated.wrt is None else ()
        more = [use_from(use, self.stated, place).scalar for use in data["uses"]]
        self.left, self.right, position = sides(self.stated, more)
        self.sizes = {size: symbol_of(size, least, False) for size, least in self.stated.least.items()}
        self.sizes |= {q: symbol_of(q, 0, False) for q in self.stated.floors}
        free = self.stated.definitions[self.stated.forward].indices if self.stated.wrt is None else ()
        self.position = {n: fresh_index(n) for n in free}
        known = [self._constraint(c, {}) for c in (*self.stated.known, *position)]
        self.solver = Solver([c for c in known if c.truth is not True], OPERATIONS)
        self.order: dict[Key, int] = {}

    def found(self) -> dict[str, Any]:
        groups: list[list[tuple[_Member, _Member]]] = []
        empty: list[list[Any]] = []
        try:
            for side, products in (("left", self.left), ("right", self.right)):
                for number, product in enumerate(products):
                    member = self._member(side, number, product)
                    if member is None:
                        empty.append([side, number])
                    else:
                        self._gather(member, groups)
            return self._written(groups, empty)
        except OutOfBudget as problem:
            raise NotCertified(f"isl's operation budget was used up ({problem})") from None

    def _written(self, groups: list[list[tuple[_Member, _Member]]], empty: list[list[Any]]) -> dict[str, Any]:
        written = []
        for group in groups:
            sides_seen = {member.side for member, _ in group}
            if len(sides_seen) == 1 and len(group) == 1:
                only = group[0][0]
                if not self.solver.entails(only.solved.constraints, [Constraint(Index.of(-1))]):
                    raise NotCertified("a product of one side is spread over several of the other")
                empty.append([only.side, only.number])
                continue
            signed = [(1 if member.side == "left" else -1, member.product) for member, _ in group]
            if total(signed):
                raise NotCertified("the coefficients of equal sums do not add up")
            members = sorted(
                group, key=lambda pair: (abs(pair[0].product.value) != 1, pair[0].side == "left")
            )
            first = members[0][1]
            rows: list[dict[str, Any]] = []
            for member, solved in members:
                row: dict[str, Any] = {"side": member.side, "number": member.number}
                if rows:
                    row["to"] = self._map(first, solved)
                    row["from"] = self._map(solved, first)
                rows.append(row)
            written.append(rows)
        return {"groups": written, "empty": empty}

    def _map(self, wanted: _Member, given: _Member) -> dict[str, Any]:
        """The indices of one by those of the other, through the entries both read."""
        values = {
            coordinate(slot, axis): index
            for slot, at in enumerate(given.solved.reads)
            for axis, index in enumerate(at)
        }
        names = {symbol: n for n, symbol in given.symbols.items()}
        found = {}
        spare = _undetermined(given)
        for n, symbol in wanted.symbols.items():
            value = wanted.solved.solution.get(symbol)
            if value is not None:
                found[n] = self._data(value.substitute(values), names)
            elif wanted.product.bound[n] == {(): 1}:
                found[n] = []
            else:
                same = next((m for m in spare if given.product.bound[m] == wanted.product.bound[n]), None)
                if same is None:
                    raise NotCertified(f"no entry that is read determines the index {n}")
                spare.remove(same)
                found[n] = [[1, [same]]]
        return found

    def _data(self, index: Index, names: dict[Symbol, str]) -> list[Any]:
        found = []
        for monomial, coefficient in index.terms.items():
            written = []
            for atom in monomial:
                assert isinstance(atom, Symbol)
                written.append(names.get(atom, atom.name))
            found.append([coefficient, written])
        return found

    # -- products as terms of the decision procedure ----------------------------------------------
    def _member(self, side: str, number: int, product: Product) -> _Member | None:
        symbols = {n: fresh_index(n) for n in product.bound}
        reads = [
            (self._key(key), tuple(self._index(index, symbols) for index in at)) for key, at in product.reads
        ]
        constraints = [self._constraint(c, symbols) for c in product.known()]
        if any(c.truth is False for c in constraints):
            return None
        kept = [c for c in constraints if c.truth is None]
        ranges = [(symbols[n], self._index(extent, symbols)) for n, extent in product.bound.items()]
        term = Term(product.value, [], reads, ranges, kept)
        solved = solve(term, self.order)
        return None if solved is None else _Member(side, number, product, symbols, term, solved)

    def _gather(self, member: _Member, groups: list[list[tuple[_Member, _Member]]]) -> None:
        """Put a product with those that read the same places, found by their form or else by isl."""
        variants = []
        for slots in slot_orders(member.solved.signature):
            solved = member.solved if slots is None else solve(member.term, self.order, slots)
            if solved is not None:
                variants.append(replace(member, solved=solved))
        near = [
            (group, variant)
            for group in groups
            for variant in variants
            if group[0][1].solved.signature == variant.solved.signature
            if _free(group[0][1]) == _free(variant) and not variant.solved.left
        ]
        for group, variant in near:
            first, solved = group[0][1].solved, variant.solved
            if first.pivots == solved.pivots and set(first.constraints) == set(solved.constraints):
                group.append((member, variant))
                return
        for group, variant in near:
            if same_places(group[0][1].solved, variant.solved, self.solver):
                group.append((member, variant))
                return
        groups.append([(member, member)])

    def _key(self, key: str) -> Key:
        return Variable(key, ())

    def _constraint(self, condition: Condition, symbols: Tuple) -> Constraint:
        return Constraint(self._index(condition[0], symbols), condition[1] == "=")

    def _index(self, index: Polynomial, symbols: Tuple) -> Index:
        total = Index.of(0)
        for monomial, coefficient in index.items():
            here = Index.of(coefficient)
            for n in monomial:
                here = here * Index.of(symbols.get(n) or self.position.get(n) or self.sizes[n])
            total = total + here
        return total


def _free(member: _Member) -> list[str]:
    """The extents of the bound indices that run freely."""
    return sorted(repr(sorted(member.product.bound[n].items())) for n in _undetermined(member))


def _undetermined(member: _Member) -> list[str]:
    """The bound indices that run freely: nothing that is read depends on them."""
    return [
        n
        for n, symbol in member.symbols.items()
        if symbol not in member.solved.solution and member.product.bound[n] != {(): 1}
    ]
