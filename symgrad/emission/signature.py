"""Which sizes the shapes of the arrays show, and which have to be said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import Maximum, Sum, walk
from symgrad.language.sizes import sizes_of
from symgrad.language.symbol import Floor, Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable


@dataclass(frozen=True)
class Solved:
    """A size that one axis shows once others are known: (length - rest) // factor."""

    symbol: Symbol
    variable: Variable
    axis: int
    rest: Index
    factor: Index


@dataclass
class Signature:
    """Where each size comes from.

    `shown` are those that are an axis of a variable, `said` those that no shape shows, `solved` those that
    a shape shows when the others are known, in order.
    """

    variables: Sequence[Variable]
    shown: dict[Symbol, tuple[Variable, int]] = field(default_factory=dict)
    said: list[Symbol] = field(default_factory=list)
    solved: list[Solved] = field(default_factory=list)


def signature(tensor: Tensor, variables: Sequence[Variable]) -> Signature:
    """Where each size of an expression comes from, as few as possible being said."""
    found = Signature(variables)
    wanted = sizes_of([tensor, *variables])
    axes = [(v, n, math.prod(axis[1:], start=axis[0])) for v in variables for n, axis in enumerate(v.axes)]
    for variable, number, extent in axes:
        symbol = extent.symbol
        if symbol is not None and symbol not in found.shown:
            found.shown[symbol] = (variable, number)
    known = set(found.shown)
    plain = extents_in([tensor, *variables])
    while True:
        solved = next(_solvable(axes, known), None)
        if solved is not None:
            found.solved.append(solved)
            known.add(solved.symbol)
            continue
        left = [symbol for symbol in wanted if symbol not in known]
        if not left:
            break
        # strides and paddings first: they have a usual value, and may be all that is missing
        symbol = next((symbol for symbol in left if symbol not in plain), left[0])
        found.said.append(symbol)
        known.add(symbol)
    found.said.sort(key=lambda symbol: (symbol not in plain, symbol.order))
    return found


def _solvable(axes: Iterable[tuple[Variable, int, Index]], known: set[Symbol]) -> Iterator[Solved]:
    for variable, number, extent in axes:
        unknown = {symbol for symbol in extent.symbols() if symbol not in known}
        if len(unknown) != 1:
            continue
        (symbol,) = unknown
        rest: dict[tuple[Symbol | Floor, ...], int] = {}
        factor: dict[tuple[Symbol | Floor, ...], int] = {}
        for monomial, count in extent.terms.items():
            if symbol not in monomial:
                rest[monomial] = count
            else:
                place = monomial.index(symbol)
                factor[monomial[:place] + monomial[place + 1 :]] = count
        # linear in it, and not inside a quotient
        parts = (Index(rest), Index(factor))
        if factor and all(symbol not in part.symbols() for part in parts):
            yield Solved(symbol, variable, number, *parts)


def extents_in(tensors: Iterable[Tensor]) -> set[Symbol]:
    """The sizes that are an extent of a tensor or of a sum: not strides and paddings, which have defaults."""
    found: set[Symbol] = set()
    for node in dict.fromkeys(node for tensor in tensors for node in nodes(tensor)):
        extents = list(node.extents)
        if isinstance(node, Comprehension):
            for inner in walk(node.body):
                if isinstance(inner, (Sum, Maximum)):
                    extents += [extent for _, extent in inner.over]
        found.update(extent.symbol for extent in extents if extent.symbol is not None)
    return found
