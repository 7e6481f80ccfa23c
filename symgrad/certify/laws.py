r"""Equations that are no laws of arithmetic: what a reciprocal, a root or a hypothesis is known by.

A certificate may add to its left side sums of the form

\[ \sum_{\text{over}} [\text{when}] \cdot \text{times} \cdot (\text{left} - \text{right}) , \]

which are 0 by one of the laws here. To believe a certificate, these have to be trusted:

    ["cancel", t, at]          t·reciprocal(t) = 1, which the theorem has as a premise
    ["step", t, at]            step(t)·step(t) = step(t)
    ["stepped", t, u, at]      step(t) = step(u), where t is u·step(u)
    ["hypothesis", k, at]      the entries of an input sum to one, as the k-th hypothesis says
    ["count", extent]          the sum of 1 over a range is its extent
    ["same", f, t, at, u, at2] f(t) = f(u), where t and u are the same polynomial of the same entries

Imports nothing of symgrad but the statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from symgrad.certify.statement import (
    Condition,
    Index,
    Rejected,
    Scalar,
    Statement,
    check_scalar,
    condition_from,
    index_data,
    index_from,
    name,
    number,
    plus,
)

ONE: Scalar = ["number", "1", []]


@dataclass(frozen=True)
class Law:
    """left = right, where the conditions hold; with `same`, where these two entries are equal as well."""

    left: Scalar
    right: Scalar
    where: list[Condition] = field(default_factory=list)
    same: tuple[Scalar, Scalar] | None = None


@dataclass(frozen=True)
class Use:
    """A law, and what its two sides are multiplied with and summed over."""

    law: Law
    over: list[tuple[str, Index]]
    when: list[Condition]
    times: Scalar

    @property
    def known(self) -> list[Condition]:
        """What is true wherever the law is used."""
        ranges: list[Condition] = []
        for symbol, extent in self.over:
            ranges += within(name(symbol), extent)
        return ranges + self.when

    @property
    def scalar(self) -> Scalar:
        """What is 0."""
        difference = ["+", [self.law.left, ["*", [["number", "-1", []], self.law.right]]]]
        factors = self.times[1] if self.times[0] == "*" else [self.times]
        body: Scalar = ["*", [*factors, difference]]
        if self.when:
            body = ["when", [[index_data(c), r] for c, r in self.when], body]
        return ["sum", [[n, index_data(e)] for n, e in self.over], body] if self.over else body


def within(index: Index, extent: Index) -> list[Condition]:
    """That an index is in a range."""
    return [(index, "≥"), (plus(plus(extent, index, -1), number(1), -1), "≥")]


def use_from(data: Any, stated: Statement, position: Iterable[str] = ()) -> Use:
    """A use of a law, from its JSON. Raises Rejected if it is not one."""
    over = [(str(symbol), index_from(extent)) for symbol, extent in data["over"]]
    when = [condition_from(c) for c in data["when"]]
    scope = {*stated.least, *stated.floors, *position}
    for symbol, extent in over:
        check_scalar(["number", "1", [[index_data(extent), 1]]], scope, stated)
        if symbol in scope:
            raise Rejected(f"{symbol} has a meaning already")
        scope.add(symbol)
    conditions = ["when", [[index_data(c), r] for c, r in when], data["times"]]
    check_scalar(conditions, scope, stated)
    law = law_from(data["law"], stated)
    for side in (law.left, law.right, *(law.same or ())):
        if side[0] == "at":
            places: Scalar = ["*", [["number", "1", [[place, 1]]] for place in side[2]]]
            side = places
        check_scalar(side, scope, stated)
    return Use(law, over, when, data["times"])


def law_from(data: Any, stated: Statement) -> Law:
    """A law, from its JSON. Raises Rejected if it is none."""
    match data:
        case ["cancel", str(tensor), list(at)]:
            pair = ["*", [["read", tensor, at], ["apply", "reciprocal", 0, tensor, at]]]
            return Law(pair, ONE, _inside(tensor, at, stated))
        case ["step", str(tensor), list(at)]:
            step = ["apply", "step", 0, tensor, at]
            return Law(["*", [step, step]], step)
        case ["stepped", str(tensor), str(ramp), list(at)]:
            product = ["*", [["read", ramp, at], ["apply", "step", 0, ramp, at]]]
            left, right = ["apply", "step", 0, tensor, at], ["apply", "step", 0, ramp, at]
            return Law(left, right, same=(["read", tensor, at], product))
        case ["hypothesis", int(k), list(at)] if 0 <= k < len(stated.hypotheses):
            return _hypothesis(*stated.hypotheses[k], at, stated)
        case ["count", extent]:
            return Law(
                ["sum", [["k", extent]], ONE], ["number", "1", [[extent, 1]]], [(index_from(extent), "≥")]
            )
        case ["same", str(function), str(one), list(at), str(other), list(there)]:
            left, right = ["apply", function, 0, one, at], ["apply", function, 0, other, there]
            return Law(left, right, same=(["read", one, at], ["read", other, there]))
    raise Rejected(f"not a law: {data!r}")


def _inside(tensor: str, at: list[Any], stated: Statement) -> list[Condition]:
    extents = stated.extents(tensor)
    return [c for index, extent in zip(at, extents, strict=True) for c in within(index_from(index), extent)]


def _hypothesis(tensor: str, places: tuple[int, ...], at: list[Any], stated: Statement) -> Law:
    """At the places summed over, `at` has nothing."""
    extents = stated.extents(tensor)
    names = [f"k{axis}" for axis in range(len(extents))]
    while {*names} & {*stated.least, *stated.floors}:
        names = [f"{n}'" for n in names]
    free = [axis for axis in range(len(extents)) if axis not in places]
    where = [
        c for axis, index in zip(free, at, strict=True) for c in within(index_from(index), extents[axis])
    ]
    entry: Scalar = ["read", tensor, [[[1, [n]]] for n in names]]
    total = ["sum", [[names[axis], index_data(extents[axis])] for axis in places], entry]
    return Law(["at", [names[axis] for axis in free], at, total], ONE, where)
