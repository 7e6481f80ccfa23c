"""Searching for the combination of conditions that is impossible, by eliminating monomials.

Every product of names is an unknown of its own; conditions are multiplied by other conditions where
that makes unknowns that occur. What is found is a list of products of conditions with coefficients
that adds up to a negative number, which whoever asked can check. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from symgrad.certify.recheck import Condition, Index, Witness, product

ROWS = 1500
"""The most conditions looked at during one elimination."""

Places = tuple[int, ...]


@dataclass(slots=True)
class _Row:
    """A condition and what it was put together from."""

    index: Index
    equality: bool
    origin: dict[Places, int]


def search(rows: Sequence[Condition]) -> Witness | None:
    """A combination of conditions that is impossible, the last of them used if need be; None if none
    is found."""
    start = [_Row(index, relation == "=", {(k,): 1}) for k, (index, relation) in enumerate(rows)]
    found = _eliminate(_near(start))
    if found is None:
        more = _multiplied(start)
        found = _eliminate(_near(start + more)) if more else None
    return None if found is None else [(c, places) for places, c in found.origin.items()]


def _near(rows: Sequence[_Row]) -> list[_Row]:
    """The rows that share unknowns with the last of the given ones, directly or through others."""
    goal = next((row for row in reversed(rows) if len(next(iter(row.origin))) == 1), rows[-1])
    reached = {m for m in goal.index if m}
    near: list[_Row] = [goal]
    rest = [row for row in rows if row is not goal]
    while True:
        now = [row for row in rest if not reached.isdisjoint(row.index)]
        if not now:
            return near
        near += now
        rest = [row for row in rest if reached.isdisjoint(row.index)]
        reached |= {m for row in now for m in row.index if m}


def _multiplied(rows: Sequence[_Row]) -> list[_Row]:
    """Products of two rows that have a product of names in them which occurs in a row."""
    wanted = {m for row in rows for m in row.index if len(m) > 1}
    if not wanted:
        return []
    bounds = {place: n for place, row in enumerate(rows) if (n := _bounded(row))}
    fitting = {n: {(), *(_without(m, n) for m in wanted if n in m)} for n in set(bounds.values())}
    found = []
    for place, one in enumerate(rows):
        if not one.index:
            continue
        fits = {n for n, known in fitting.items() if one.index.keys() <= known}
        linear = all(len(m) < 2 or m in wanted for m in one.index)
        bounding = place in bounds
        for other_place, n in bounds.items() if fits else ():
            other = rows[other_place]
            if (one.equality and other.equality) or (bounding and other_place < place):
                continue
            if n in fits and (linear or () not in other.index):
                (a,), (b,) = one.origin, other.origin
                made = product(one.index, other.index)
                found.append(_Row(made, one.equality or other.equality, {a + b: 1}))
    return found


def _without(monomial: tuple[str, ...], n: str) -> tuple[str, ...]:
    place = monomial.index(n)
    return monomial[:place] + monomial[place + 1 :]


def _bounded(row: _Row) -> str | None:
    """The name that a row bounds, if it has no other."""
    names = [n for m in row.index for n in m]
    return names[0] if len(names) == 1 else None


def _eliminate(rows: list[_Row]) -> _Row | None:
    """Fourier and Motzkin: the impossible row, or None."""
    left = [row for row in rows if row.index]
    while True:
        for row in left:
            if _impossible(row):
                return row
        equation = _best_equation(left)
        if equation is None:
            break
        row, monomial = equation
        left = _unique(
            _combined(r, row, monomial) if monomial in r.index else r for r in left if r is not row
        )
    while True:
        counts: dict[tuple[str, ...], list[int]] = {}
        for row in left:
            for monomial, coefficient in row.index.items():
                if monomial:
                    counts.setdefault(monomial, [0, 0])[coefficient > 0] += 1
        if not counts:
            return None
        monomial = min(counts, key=lambda m: (counts[m][0] * counts[m][1] - sum(counts[m]), m))
        below = [row for row in left if row.index.get(monomial, 0) < 0]
        above = [row for row in left if row.index.get(monomial, 0) > 0]
        made = [_combined(low, high, monomial) for low in below for high in above]
        for row in made:
            if _impossible(row):
                return row
        left = _unique([row for row in left if monomial not in row.index] + made)
        if len(left) > ROWS:
            return None


def _impossible(row: _Row) -> bool:
    constant = row.index.get((), 0)
    return len(row.index) == 1 and () in row.index and (constant < 0 or (row.equality and constant != 0))


def _best_equation(rows: Sequence[_Row]) -> tuple[_Row, tuple[str, ...]] | None:
    for row in rows:
        if row.equality:
            monomials = [m for m in row.index if m]
            if monomials:
                return row, min(monomials, key=lambda m: (abs(row.index[m]) != 1, -len(m), m))
    return None


def _combined(one: _Row, other: _Row, monomial: tuple[str, ...]) -> _Row:
    """The two added so that the monomial goes; `other` may be an equation, which takes any sign."""
    x, y = one.index[monomial], other.index[monomial]
    if other.equality and not one.equality:
        a, b = abs(y), -x * (1 if y > 0 else -1)
    elif one.equality and not other.equality:
        return _combined(other, one, monomial)
    elif one.equality:
        a, b = y, -x
    else:
        a, b = abs(y), abs(x)
    divisor = gcd(a, b)
    a, b = a // divisor, b // divisor
    index: Index = {m: a * c for m, c in one.index.items()}
    for m, c in other.index.items():
        total = index.get(m, 0) + b * c
        if total:
            index[m] = total
        else:
            index.pop(m, None)
    origin = {places: a * c for places, c in one.origin.items()}
    for places, c in other.origin.items():
        origin[places] = origin.get(places, 0) + b * c
    return _Row(index, one.equality and other.equality, {p: c for p, c in origin.items() if c})


def _unique(rows: Iterable[_Row]) -> list[_Row]:
    """Without rows that say what another says as well or better."""
    best: dict[object, _Row] = {}
    for row in rows:
        monomials = [m for m in row.index if m]
        if not monomials:
            if _impossible(row):
                return [row]
            continue
        divisor = gcd(*(row.index[m] for m in monomials))
        key = row.equality, frozenset([(m, row.index[m] // divisor) for m in monomials])
        known = best.get(key)
        if known is None or Fraction(row.index.get((), 0), divisor) < Fraction(
            known.index.get((), 0), gcd(*(known.index[m] for m in known.index if m))
        ):
            best[key] = row
    return list(best.values())
