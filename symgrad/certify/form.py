"""Products that are the same but for the names of their indices and the order of what they read.

Most products that cancel are so, and are found without isl. Nothing found here is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symgrad.certify.recheck import Index, Product

STEPS = 200
"""The most entries put beside others before two products are given up as different."""

Renaming = dict[str, str]


@dataclass(slots=True)
class Form:
    """A product, with numbers that do not depend on what its indices are called: of the whole, of each
    entry, and of each index."""

    product: Product
    whole: int
    entries: list[int]
    names: dict[str, int]


def form_of(product: Product) -> Form:
    """The form of a product; products of different numbers are not the same."""
    nothing = dict.fromkeys(product.bound, 1)
    names = {n: _number(extent, nothing) for n, extent in product.bound.items()}
    for key, at in product.reads:  # an index is told by where it occurs
        for axis, index in enumerate(at):
            _count(index, hash((key, axis)), names)
    for condition, relation in product.guard:
        _count(condition, hash((relation, _number(condition, nothing))), names)
    entries = [hash((key, *[_number(index, names) for index in at])) for key, at in product.reads]
    guard = [hash((relation, _number(condition, names))) for condition, relation in product.guard]
    return Form(product, hash((sum(entries), sum(names.values()), sum(guard))), entries, names)


def _number(index: Index, names: Mapping[str, int]) -> int:
    total = 0
    for monomial, coefficient in index.items():
        here = 0
        for n in monomial:
            here += names.get(n) or hash(n)
        total += hash((coefficient, here))
    return total


def _count(index: Index, where: int, found: dict[str, int]) -> None:
    for monomial, coefficient in index.items():
        for n in monomial:
            if n in found:
                found[n] += hash((where, coefficient))


def renaming(one: Form, other: Form) -> Renaming | None:
    """What the indices of `one` are called in `other`, if the two are the same; None if that is not found."""
    if one.whole != other.whole or len(one.entries) != len(other.entries):
        return None
    steps = iter(range(STEPS))
    for found, places in _renamings(one, other, [], {}, steps):
        whole = _completed(one, other, found)
        if whole is not None and _same(one.product, other.product, whole, places):
            return whole
    return None


def _renamings(
    one: Form, other: Form, used: list[int], found: Renaming, steps: Iterator[int]
) -> Iterator[tuple[Renaming, list[int]]]:
    """Ways to put the entries left beside those of the other product that are not used."""
    if len(used) == len(one.entries):
        yield found, used
        return
    key, at = one.product.reads[len(used)]
    for where, (other_key, other_at) in enumerate(other.product.reads):
        if where in used or one.entries[len(used)] != other.entries[where] or key != other_key:
            continue
        if next(steps, None) is None:
            return
        more = _unified(at, other_at, one, other, found)
        if more is not None:
            yield from _renamings(one, other, [*used, where], more, steps)


def _unified(
    at: tuple[Index, ...], there: tuple[Index, ...], one: Form, other: Form, found: Renaming
) -> Renaming | None:
    more = dict(found)
    for index, index_there in zip(at, there, strict=True):
        n, m = only(index), only(index_there)
        if n in one.names and m in other.names and more.setdefault(n, m) != m:
            return None
    return more if len(set(more.values())) == len(more) else None


def _completed(one: Form, other: Form, found: Renaming) -> Renaming | None:
    """With the indices that no entry has alone, those of the same number in their order."""
    whole, taken = dict(found), set(found.values())
    for n, number in one.names.items():
        if n not in whole:
            free = (m for m, same in other.names.items() if m not in taken and same == number)
            m = next(free, None)
            if m is None:
                return None
            whole[n] = m
            taken.add(m)
    return whole


def _same(one: Product, other: Product, names: Renaming, places: list[int]) -> bool:
    """Whether two products are the same, but for the coefficient, under these names; the entries of one
    are at these places of the other."""
    if any(_renamed(extent, names) != other.bound[names[n]] for n, extent in one.bound.items()):
        return False
    for (_, at), place in zip(one.reads, places, strict=True):
        if any(_renamed(i, names) != j for i, j in zip(at, other.reads[place][1], strict=True)):
            return False
    left = list(other.guard)
    for condition, relation in one.guard:
        there = _renamed(condition, names), relation
        if there not in left:
            return False
        left.remove(there)
    return not left


def _renamed(index: Index, names: Renaming) -> Index:
    n = only(index)
    if n:
        return {(names.get(n, n),): 1}
    return {
        tuple(sorted([names.get(n, n) for n in monomial])): coefficient
        for monomial, coefficient in index.items()
    }


def only(index: Index) -> str:
    """The name that an index is, or nothing."""
    if len(index) != 1:
        return ""
    ((monomial, coefficient),) = index.items()
    return monomial[0] if coefficient == 1 and len(monomial) == 1 else ""
