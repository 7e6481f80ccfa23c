r"""Checking a certificate, without isl and without the decision procedure.

A certificate states a forward z, a tensor a that z is computed from, and a closed form, in plain data.
It says that for every change e of a, and all sizes that meet the assumptions,

\[ \sum_i \delta_i \, (\mathrm{D}z \cdot e)_i = \sum_q \text{closed form}_q \; e_q , \]

where \(\mathrm{D}z\cdot e\) is the first-order change of z. Both sides are sums of products over guarded sets
of index tuples. The checker opens them up by itself; the certificate says which of these products are
the same, by a map of index tuples each way. For every pair the checker shows that each map lands in
the other's set, that they undo each other, and that the same entries are read; then that the
coefficients of what is the same add up to the same number.

What an inequality follows from is searched for elsewhere; here only the combination found is checked:
products of known inequalities, with coefficients that are not negative, that add up to a negative number.

To believe a certificate, this file has to be trusted with those it imports: `statement` (what is said),
`change` (the chain rule), `products` (opening up) and `laws` (what is known of functions).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.certify.laws import use_from
from symgrad.certify.products import Expansion, Product, sides
from symgrad.certify.statement import (
    Condition,
    Index,
    Rejected,
    Scalar,
    Statement,
    index_from,
    name,
    number,
    plus,
    product,
    put,
    statement_from,
)

Witness: TypeAlias = list[tuple[Fraction, tuple[int, ...]]]
Search: TypeAlias = Callable[[Sequence[Condition]], "Witness | None"]


@dataclass(frozen=True)
class Rechecked:
    """What was checked: how many products on each side, and in how many groups."""

    left: int
    right: int
    groups: int


def recheck(data: Any, search: Search) -> Rechecked:
    """Check a certificate. Raises Rejected, with the reason, if it does not prove what it states.

    `search` finds which combination of given conditions is impossible; what it finds is checked.
    """
    try:
        return Check(statement_from(data), data.get("uses", []), search).run(data)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, RecursionError) as problem:
        raise Rejected(f"not a certificate: {problem!r}") from None


class Check:
    """The check of one certificate; `run` raises Rejected where it fails."""

    def __init__(self, stated: Statement, uses: Sequence[Any], search: Search) -> None:
        self.stated = stated
        self.search = search
        place = stated.definitions[stated.forward].indices if stated.wrt is None else ()
        self.uses = [use_from(use, stated, place) for use in uses]
        left, right, position = sides(stated, [use.scalar for use in self.uses])
        self.products = {"left": left, "right": right}
        self.known = stated.known + position

    def run(self, data: Any) -> Rechecked:
        """Check the groups of a certificate whose statement this is."""
        self._example()
        self._quotients()
        self._shapes()
        self._laws()
        seen: list[tuple[str, int]] = []
        for members in data["groups"]:
            seen += [(m["side"], m["number"]) for m in members]
            self._group(members)
        for side, place in data["empty"]:
            seen.append((side, place))
            known = self.known + self.products[side][place].known()
            self._show(known, (number(-1), "≥"), f"{side} product {place} is not empty")
        every = [(side, k) for side, found in self.products.items() for k in range(len(found))]
        if sorted(seen) != sorted(every):
            raise Rejected("the groups do not have every product once")
        return Rechecked(len(self.products["left"]), len(self.products["right"]), len(data["groups"]))

    def _example(self) -> None:
        """There are sizes that meet the assumptions: those of the example."""
        values = {size: number(value) for size, value in self.stated.example.items()}
        for index, relation in self.stated.known:
            value = put(index, values)
            if set(value) - {()} or not _true(value.get((), 0), relation):
                raise Rejected(f"the example does not meet the assumption {index} {relation} 0")

    def _quotients(self) -> None:
        """Nothing is divided by what may be 0 or less."""
        stated = self.stated
        sizes = [(plus(name(size), number(least), -1), "≥") for size, least in stated.least.items()]
        for symbol, (_, bottom) in stated.floors.items():
            positive = (plus(bottom, number(1), -1), "≥")
            self._show([*sizes, *stated.assumed], positive, f"{symbol} is a quotient by what may be 0")

    def _shapes(self) -> None:
        pairs = [(self.stated.forward, self.stated.cotangent), (self.stated.wrt, self.stated.closed)]
        if self.stated.wrt is None:
            pairs = [(self.stated.forward, self.stated.closed)]
        for one, other in pairs:
            if one is None or other is None:
                continue
            first, second = self.stated.extents(one), self.stated.extents(other)
            if len(first) != len(second):
                raise Rejected(f"{one} and {other} have different numbers of axes")
            for x, y in zip(first, second, strict=True):
                self._show(self.stated.known, (plus(x, y, -1), "="), f"{one} and {other} differ in shape")

    def _laws(self) -> None:
        """What is added to the left side is 0: each law is used where it holds."""
        for use in self.uses:
            for condition in use.law.where:
                self._show(self.known + use.known, condition, "a law is used where it does not hold")
            if use.law.same is not None:
                one, other = (self._plain(scalar) for scalar in use.law.same)
                if one != other:
                    raise Rejected("two arguments of a function are not the same")

    def _plain(self, scalar: Scalar) -> dict[object, Fraction]:
        """A scalar that sums nothing, as the coefficients of its monomials."""
        found: dict[object, Fraction] = {}
        for one in Expansion(self.stated).products(scalar, {}):
            if one.bound or one.guard:
                raise Rejected("the argument of a function is a sum")
            reads = sorted((key, [sorted(index.items()) for index in at]) for key, at in one.reads)
            monomial = repr((reads, sorted(one.powers.items())))
            found[monomial] = found.get(monomial, Fraction(0)) + one.value
        return {monomial: value for monomial, value in found.items() if value}

    def _group(self, members: Sequence[Any]) -> None:
        chosen = [self.products[m["side"]][m["number"]] for m in members]
        if any(m["number"] < 0 for m in members):
            raise Rejected("a product has a number that is negative")
        for data, member in zip(members[1:], chosen[1:], strict=True):
            there = {str(n): index_from(index) for n, index in data["to"].items()}
            back = {str(n): index_from(index) for n, index in data["from"].items()}
            self._lands(chosen[0], member, back, there)
            self._reads(member, chosen[0], there, self._lands(member, chosen[0], there, back))
        signs = [1 if m["side"] == "left" else -1 for m in members]
        for base in {base: None for one in chosen for base, exponent in one.powers.items() if exponent < 0}:
            self._show(self.known, (plus(dict(base), number(1), -1), "≥"), "a denominator may be 0")
        if total(list(zip(signs, chosen, strict=True))):
            raise Rejected("the coefficients of equal sums do not add up")

    def _lands(
        self, one: Product, other: Product, there: dict[str, Index], back: dict[str, Index]
    ) -> list[Condition]:
        """The map takes every index tuple of `one` to one of `other`, and the other map takes it back.

        What is known of the tuples of `one` afterwards is returned.
        """
        known = self.known + one.known()
        if set(there) != set(other.bound) or set(back) != set(one.bound):
            raise Rejected("a map does not give every index")
        returned = {n: plus(put(back[n], there), name(n), -1) for n in one.bound}
        left = {n: (index, "=") for n, index in returned.items() if index}
        while left:  # one that is shown may help to show the others
            shown = [n for n, goal in left.items() if self._follows(known, goal)]
            if not shown:
                raise Rejected(f"the maps do not undo each other in {', '.join(left)}")
            known += [left.pop(n) for n in shown]
        for index, relation in other.known():
            goal = put(index, there), relation
            self._show(known, goal, f"a map leaves the index set: {goal[0]} {relation} 0")
        return known

    def _reads(self, one: Product, other: Product, there: dict[str, Index], known: list[Condition]) -> None:
        """Both read the same entries, in some order."""
        left = [(key, tuple(put(index, there) for index in at)) for key, at in other.reads]
        for key, at in one.reads:
            for place, (other_key, other_at) in enumerate(left):
                if key == other_key and len(at) == len(other_at):
                    pairs = zip(at, other_at, strict=True)
                    if all(self._follows(known, (plus(x, y, -1), "=")) for x, y in pairs):
                        del left[place]
                        break
            else:
                raise Rejected(f"an entry of {key} is read on one side only")
        if left:
            raise Rejected(f"an entry of {left[0][0]} is read on one side only")

    # -- what follows from what -----------------------------------------------------------------------
    def _show(self, known: Sequence[Condition], goal: Condition, otherwise: str) -> None:
        if not self._follows(known, goal):
            raise Rejected(otherwise)

    def _follows(self, known: Sequence[Condition], goal: Condition) -> bool:
        index, relation = goal
        if set(index) <= {()} and _true(index.get((), 0), relation):
            return True
        if goal in known:
            return True
        if relation == "=":
            return all(self._follows(known, (i, "≥")) for i in (index, plus({}, index, -1)))
        rows = [*known, (plus(number(-1), index, -1), "≥")]
        witness = self.search(rows)
        return witness is not None and is_impossible(rows, witness)


def total(members: Sequence[tuple[int, Product]]) -> dict[tuple[str, ...], Fraction]:
    """The sum of the coefficients with their signs, all multiplied by their common denominator."""
    common: dict[tuple[tuple[tuple[str, ...], int], ...], int] = {}
    for _, member in members:
        for base, exponent in member.powers.items():
            common[base] = max(common.get(base, 0), -exponent)
    found: dict[tuple[str, ...], Fraction] = {}
    for sign, member in members:
        whole = number(1)
        for base, least in common.items():
            for _ in range(least + member.powers.get(base, 0)):
                whole = product(whole, dict(base))
        for monomial, coefficient in whole.items():
            found[monomial] = found.get(monomial, Fraction(0)) + sign * member.value * coefficient
    return {monomial: value for monomial, value in found.items() if value}


def is_impossible(rows: Sequence[Condition], witness: Witness) -> bool:
    """Whether the witness shows that the conditions have no common solution in integers: the products
    of the rows it names, with the coefficients it gives, add up to a negative number.

    A product of conditions ≥ 0 is ≥ 0, and one with a condition = 0 in it is 0, so that its
    coefficient may have any sign.
    """
    total: dict[tuple[str, ...], Fraction] = {}
    for coefficient, places in witness:
        if not places or (coefficient < 0 and all(rows[place][1] == "≥" for place in places)):
            return False
        here = number(1)
        for place in places:
            here = product(here, rows[place][0])
        for monomial, value in here.items():
            total[monomial] = total.get(monomial, Fraction(0)) + coefficient * value
    left = {monomial: value for monomial, value in total.items() if value}
    return set(left) == {()} and left[()] < 0


def _true(value: int, relation: str) -> bool:
    return value == 0 if relation == "=" else value >= 0
