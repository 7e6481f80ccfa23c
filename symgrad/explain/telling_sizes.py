"""The smallest sizes at which a proof shows its point.

Along a window two positions and two elements are shown, so that a 3×3 input meets a 2×2 kernel; along
other axes one entry, or two where there is no window. No more than two axes are shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.explain.proof import Forward, Proof
from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import Access, Maximum, Sum, walk
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

LARGEST = 12
SHOWN = 2
MOST_ENTRIES = 40


def telling_sizes(proof: Proof) -> dict[Symbol, int] | None:
    """A value for every size, or None if none that is small enough meets the conditions."""
    asked = proof.question
    values: dict[Symbol, int] = {s: listed[0] for s, listed in proof.scope.each}
    extents = _window_extents(proof)
    wanted = [(extent, 2 if place < SHOWN else 1) for place, group in enumerate(extents) for extent in group]
    if not extents:
        wanted = list(_plain_extents(proof))
    for extent, target in wanted:
        symbol = extent.symbol
        if symbol is not None:
            values.setdefault(symbol, max(target, symbol.minimum))
    steps = {s for s in asked.sizes if s not in values and s.minimum == 0}
    values |= dict.fromkeys(steps, 0)
    for extent, target in wanted:
        _solve(extent, target, values, _lengths(asked.given))
    for symbol in asked.sizes:
        values.setdefault(symbol, symbol.minimum)
    ordered = {symbol: values[symbol] for symbol in asked.sizes}
    if not all(constraint.holds(ordered) for constraint in proof.scope.constraints):
        return None
    for tensor in (asked.z, asked.claim):
        count = 1
        for extent in tensor.extents:
            count *= extent.evaluate(ordered)
        if not 0 < count <= MOST_ENTRIES:
            return None
    return ordered


def window_reads(proof: Proof) -> Iterator[tuple[int, Index, dict[Symbol, Index]]]:
    """Every index that is a sum of two indices: its distance from the last axis, it, and the ranges."""
    for step in proof.steps:
        if isinstance(step, Forward) and isinstance(step.after, Comprehension):
            form = step.after
            ranges = dict(zip(form.indices, form.extents, strict=True))
            for node in walk(form.body):
                if isinstance(node, (Sum, Maximum)):
                    ranges |= dict(node.over)
            for node in walk(form.body):
                if isinstance(node, Access):
                    for place, index in enumerate(reversed(node.at)):
                        if len(index.indices) > 1:
                            yield place, index, ranges


def _window_extents(proof: Proof) -> list[list[Index]]:
    """For each axis with windows, the last one first: the extents of the indices that run through it."""
    found: dict[int, dict[Index, None]] = {}
    for place, index, ranges in window_reads(proof):
        for symbol in sorted(index.indices, key=lambda s: s.name):
            if symbol in ranges:
                found.setdefault(place, {})[ranges[symbol]] = None
    return [list(found[place]) for place in sorted(found)]


def _plain_extents(proof: Proof) -> Iterator[tuple[Index, int]]:
    asked = proof.question
    for tensor in asked.given:
        if isinstance(tensor, Variable):
            for place, extent in enumerate(reversed(tensor.extents)):
                yield extent, 2 if place < SHOWN else 1


def _lengths(tensors: list[Tensor]) -> set[Symbol]:
    """Sizes that are the whole length of an axis of a variable."""
    found = set()
    for tensor in tensors:
        for node in nodes(tensor):
            if isinstance(node, Variable):
                found |= {e.symbol for e in node.extents if e.symbol is not None}
    return found


def _solve(extent: Index, target: int, values: dict[Symbol, int], lengths: set[Symbol]) -> None:
    """The least value of the one length that is open, so that the extent is what is wanted."""
    symbols = list(dict.fromkeys(extent.symbols()))
    unknown = [symbol for symbol in symbols if symbol not in values and symbol in lengths]
    if len(unknown) != 1:
        return
    known = {symbol: values.get(symbol, symbol.minimum) for symbol in symbols}
    for value in range(1, LARGEST + 1):
        if extent.evaluate(known | {unknown[0]: value}) == target:
            values[unknown[0]] = value
            return
