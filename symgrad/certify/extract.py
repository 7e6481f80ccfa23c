"""Finding what a certificate needs: which products are the same, by which maps of index tuples.

The products are those the checker opens up. Those that differ only in what their indices are called are
put together first; what does not cancel then is rewritten by laws, and at last brought to access space as
the decision procedure does, where products that read the same places meet. Nothing found here is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from symgrad.certify.as_data import index_data
from symgrad.certify.form import Form, Renaming, form_of, renaming
from symgrad.certify.from_question import stated
from symgrad.certify.recheck import (
    Condition,
    Product,
    Rejected,
    Statement,
    name,
    opened,
    put,
    stated_sides,
    total,
)
from symgrad.certify.recheck import Index as Polynomial
from symgrad.certify.uses import Rewriting
from symgrad.decide.compare import same_places, slot_orders
from symgrad.decide.presburger import OPERATIONS, OutOfBudget, Solver
from symgrad.decide.question import Question
from symgrad.decide.solve import Solved, coordinate, solve
from symgrad.decide.terms import Key, Term
from symgrad.errors import NotCertified
from symgrad.language.index import Constraint, Index
from symgrad.language.symbol import Floor, Symbol, fresh_index, symbol_of
from symgrad.language.tensor import Variable


@dataclass(slots=True)
class _Member:
    """A product with its place in the certificate, and what its indices are called in its class."""

    side: str
    number: int
    product: Product
    form: Form
    names: Renaming = field(default_factory=dict)


@dataclass(slots=True)
class _Class:
    """Products that differ in the names of their indices only: those of the first one stand for all."""

    form: Form
    members: list[_Member] = field(default_factory=list)

    def summed(self) -> Iterator[Product]:
        """What the class adds to the left side: one product for all that have the same powers of sizes."""
        found: dict[frozenset[Any], Product] = {}
        for member in self.members:
            powers = member.product.powers
            one = found.setdefault(
                frozenset(powers.items()), replace(self.form.product, value=Fraction(0), powers=powers)
            )
            one.value += _sign(member) * member.product.value
        yield from (one for one in found.values() if one.value)


@dataclass(slots=True)
class _Solved:
    """A class in access space, and the symbols of its indices by name."""

    of: _Class
    symbols: dict[str, Symbol]
    term: Term
    solved: Solved


def extracted(asked: Question, called: str) -> dict[str, Any]:
    """The certificate of a question that is PROVED, as data. Raises NotCertified where none is found."""
    data = stated(asked, called)
    try:
        return data | _found(Statement(data))
    except OutOfBudget as problem:
        raise NotCertified(f"isl's operation budget was used up ({problem})") from None
    except (NotCertified, Rejected) as problem:
        if any(f"'{function}'" in repr(data["definitions"]) for function in ("exp", "log")):
            raise NotCertified(
                "two arguments of log are the same only by the laws of exp, "
                "and a certificate compares arguments as polynomials"
            ) from None
        raise NotCertified(str(problem)) from None


def _found(statement: Statement) -> dict[str, Any]:
    left, right = opened(stated_sides(statement), statement)
    members = [_Member("left", k, product, form_of(product)) for k, product in enumerate(left)]
    members += [_Member("right", k, product, form_of(product)) for k, product in enumerate(right)]
    done, still_open = _parted(_gathered(members))
    if not still_open:
        return {"uses": []} | _written(statement, done, [])
    laws = Rewriting(statement)
    laws.rewrite([product for one in still_open for product in one.summed()])
    added = [_Member("left", len(left) + k, p, form_of(p)) for k, p in enumerate(laws.products)]
    rewritten, unmatched = _parted(_gathered(added, still_open))
    with_laws = {"uses": laws.found}
    if laws.found and not unmatched:
        return with_laws | _written(statement, done + rewritten, [])
    try:
        return {"uses": []} | _written(statement, done, still_open)
    except NotCertified:
        if not laws.found:
            raise
    return with_laws | _written(statement, done + rewritten, unmatched)


def _parted(classes: Iterable[_Class]) -> tuple[list[_Class], list[_Class]]:
    """The classes that cancel, and the others."""
    parted: tuple[list[_Class], list[_Class]] = [], []
    for one in classes:
        parted[not _cancel(one.members)].append(one)
    return parted


def _sign(member: _Member) -> int:
    return 1 if member.side == "left" else -1


def _cancel(members: Iterable[_Member]) -> bool:
    return not total([(_sign(member), member.product) for member in members])


def _gathered(members: Iterable[_Member], known: Iterable[_Class] = ()) -> list[_Class]:
    """Products put together that differ in the names of their indices only, with those known already."""
    found: dict[int, list[_Class]] = {}
    for one in known:
        found.setdefault(one.form.whole, []).append(_Class(one.form, list(one.members)))
    for member in members:
        near = found.setdefault(member.form.whole, [])
        for one in near:
            names = renaming(member.form, one.form)
            if names is not None:
                member.names = names
                one.members.append(member)
                break
        else:
            member.names = {n: n for n in member.product.bound}
            near.append(_Class(member.form, [member]))
    return [one for near in found.values() for one in near]


def _written(statement: Statement, done: Sequence[_Class], left: Sequence[_Class]) -> dict[str, Any]:
    """The groups as data: classes that cancel, and those left, which do together in access space."""
    groups = [_group([(member, None) for member in one.members]) for one in done]
    empty: list[list[Any]] = []
    if left:
        space = _AccessSpace(statement)
        for met in space.gathered(left):
            members = [(member, solved) for solved in met for member in solved.of.members]
            if _cancel(member for member, _ in members):
                groups.append(_group(members))
            elif len(met) > 1 or len({member.side for member, _ in members}) > 1:
                raise NotCertified("the coefficients of equal sums do not add up")
            elif not space.is_empty(met[0]):
                raise NotCertified("a product of one side is spread over several of the other")
            else:
                space.empty.append(met[0].of)
        empty = [[member.side, member.number] for one in space.empty for member in one.members]
    return {"groups": groups, "empty": empty}


def _group(members: Sequence[tuple[_Member, _Solved | None]]) -> list[dict[str, Any]]:
    """Products that are the same, each with its maps to the first and from it."""
    ordered = sorted(members, key=lambda pair: (abs(pair[0].product.value) != 1, pair[0].side == "left"))
    rows: list[dict[str, Any]] = []
    for member, solved in ordered:
        row: dict[str, Any] = {"side": member.side, "number": member.number}
        if rows:
            row["to"] = _map(ordered[0], (member, solved))
            row["from"] = _map((member, solved), ordered[0])
        rows.append(row)
    return rows


def _map(wanted: tuple[_Member, _Solved | None], given: tuple[_Member, _Solved | None]) -> dict[str, Any]:
    """The indices of one product by those of the other."""
    (one, there), (other, here) = wanted, given
    back = {first: name(n) for n, first in other.names.items()}
    if there is None or here is None or there.of is here.of:
        return {n: index_data(back[first]) for n, first in one.names.items()}
    between = _between(there, here)
    return {n: index_data(put(between[first], back)) for n, first in one.names.items()}


def _between(wanted: _Solved, given: _Solved) -> dict[str, Polynomial]:
    """The indices of one class by those of the other, through the entries both read."""
    values = {
        coordinate(slot, axis): index
        for slot, at in enumerate(given.solved.reads)
        for axis, index in enumerate(at)
    }
    names = {symbol: n for n, symbol in given.symbols.items()}
    found: dict[str, Polynomial] = {}
    spare = _undetermined(given)
    there, here = wanted.of.form.product, given.of.form.product
    for n, symbol in wanted.symbols.items():
        value = wanted.solved.solution.get(symbol)
        if value is not None:
            found[n] = _polynomial(value.substitute(values), names)
        elif there.bound[n] == {(): 1}:
            found[n] = {}
        else:
            same = next((m for m in spare if here.bound[m] == there.bound[n]), None)
            if same is None:
                raise NotCertified(f"no entry that is read determines the index {n}")
            spare.remove(same)
            found[n] = name(same)
    return found


def _polynomial(index: Index, names: dict[Symbol, str]) -> Polynomial:
    found: Polynomial = {}
    for monomial, coefficient in index.terms.items():
        written = []
        for atom in monomial:
            assert isinstance(atom, Symbol)
            written.append(names.get(atom, atom.name))
        found[tuple(sorted(written))] = coefficient
    return found


class _AccessSpace:
    """Products as terms of the decision procedure; `empty` are classes that sum over nothing."""

    def __init__(self, statement: Statement) -> None:
        self.empty: list[_Class] = []
        self._symbols = {size: symbol_of(size, least, False) for size, least in statement.least.items()}
        self._symbols |= {q: symbol_of(q, 0, False) for q in statement.floors}
        self._symbols |= {n: fresh_index(n) for n in statement.position}
        extents = dict(zip(statement.position, statement.extents(statement.forward), strict=False))
        known = [self._constraint(c, {}) for c in (*statement.known, *Product(bound=extents).known())]
        self._solver = Solver([c for c in known if c.truth is not True], OPERATIONS)
        self._order: dict[Key, int] = {}

    def gathered(self, classes: Iterable[_Class]) -> list[list[_Solved]]:
        """Classes that read the same places, together."""
        groups: list[list[_Solved]] = []
        for one in classes:
            made = self._solved(one)
            if made is None:
                self.empty.append(one)
            else:
                self._put(made, groups)
        return groups

    def is_empty(self, one: _Solved) -> bool:
        """Whether a class sums over nothing."""
        return self._solver.entails(one.solved.constraints, [Constraint(Index.of(-1))])

    def _solved(self, one: _Class) -> _Solved | None:
        product = one.form.product
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
        solved = solve(term, self._order)
        return None if solved is None else _Solved(one, symbols, term, solved)

    def _put(self, made: _Solved, groups: list[list[_Solved]]) -> None:
        """Put a class with those that read the same places, found by their form or else by isl."""
        near = [group for group in groups if _alike(group[0], made)]
        variants = []
        for slots in slot_orders(made.solved.signature) if near else []:
            solved = made.solved if slots is None else solve(made.term, self._order, slots)
            if solved is not None and not solved.left:
                variants.append(replace(made, solved=solved))
        for group in near:
            for variant in variants:
                first, solved = group[0].solved, variant.solved
                if first.pivots == solved.pivots and set(first.constraints) == set(solved.constraints):
                    group.append(variant)
                    return
        for group in near:
            for variant in variants:
                if same_places(group[0].solved, variant.solved, self._solver):
                    group.append(variant)
                    return
        groups.append([made])

    def _key(self, key: tuple[Any, ...]) -> Key:
        return Variable(" ".join(map(str, key)), ())

    def _constraint(self, condition: Condition, symbols: dict[str, Symbol]) -> Constraint:
        return Constraint(self._index(condition[0], symbols), condition[1] == "=")

    def _index(self, index: Polynomial, symbols: dict[str, Symbol]) -> Index:
        terms: dict[tuple[Symbol | Floor, ...], int] = {}
        for monomial, coefficient in index.items():
            atoms = [symbols.get(n) or self._symbols[n] for n in monomial]
            terms[tuple(sorted(atoms, key=lambda atom: atom.order))] = coefficient
        return Index(terms)


def _alike(one: _Solved, other: _Solved) -> bool:
    """Whether two read the same tensors, and have as many indices that run freely."""
    return one.solved.signature == other.solved.signature and _free(one) == _free(other)


def _free(one: _Solved) -> list[str]:
    """The extents of the bound indices that run freely."""
    return sorted(repr(sorted(one.of.form.product.bound[n].items())) for n in _undetermined(one))


def _undetermined(one: _Solved) -> list[str]:
    """The bound indices that run freely: nothing that is read depends on them."""
    bound = one.of.form.product.bound
    return [
        n for n, symbol in one.symbols.items() if symbol not in one.solved.solution and bound[n] != {(): 1}
    ]
