"""Which sizes the shapes of the arrays show, and which have to be said."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import Maximum, Sum, indices_in, reads, walk
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
    a shape shows when the others are known, in order. `quotients` are those that are read off an axis as
    they are, the sizes in them being of no other use: how many positions a convolution has, say, and not
    its stride.
    """

    variables: Sequence[Variable]
    shown: dict[Symbol, tuple[Variable, int]] = field(default_factory=dict)
    said: list[Symbol] = field(default_factory=list)
    solved: list[Solved] = field(default_factory=list)
    quotients: dict[Floor, tuple[Variable, int]] = field(default_factory=dict)


def as_written(tensor: Tensor) -> list[Variable]:
    """The variables of an expression in the order in which it is written with operators."""
    found: dict[Variable, None] = {}
    seen: set[Tensor] = set()
    stack: list[Any] = [tensor]  # not by recursion: expressions may be deep
    while stack:
        value = stack.pop()
        if isinstance(value, Variable):
            found[value] = None
        elif isinstance(value, Comprehension) and value not in seen:
            seen.add(value)
            # what it reads comes last: arguments need not say everything
            stack += [
                *reversed(list(reads(value.body))),
                *reversed(value.call.arguments if value.call else ()),
            ]
        elif isinstance(value, tuple):
            stack += reversed(value)
    return list(found)


def signature(tensor: Tensor, variables: Sequence[Variable]) -> Signature:
    """Where each size of an expression comes from, as few as possible being said."""
    found = Signature(variables)
    found.quotients, used = _quotients(tensor, variables)
    wanted = [symbol for symbol in sizes_of([tensor, *variables]) if symbol in used]
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
        if len(unknown) != 1 or any(isinstance(atom, Floor) for atom in extent.atoms()):
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
        parts = (Index(rest), Index(factor))
        if all(symbol not in part.symbols() for part in parts):  # linear in it
            yield Solved(symbol, variable, number, *parts)


def _quotients(
    tensor: Tensor, variables: Sequence[Variable]
) -> tuple[dict[Floor, tuple[Variable, int]], set[Symbol]]:
    """The quotients that are read off an axis, and the sizes that occur elsewhere."""
    found: dict[Floor, tuple[Variable, int]] = {}
    for variable in variables:
        for axis, factors in enumerate(variable.axes):
            floor = quotient(factors[0]) if len(factors) == 1 else None
            if floor is not None and set(factors[0].terms) <= {(floor,), ()}:  # and a number
                found.setdefault(floor, (variable, axis))
    written = list(_indices([tensor, *variables]))
    while True:
        used = {symbol for index in written for symbol in _outside(index, found)}
        needed = [floor for floor in found if not used.isdisjoint(Index({(floor,): 1}).symbols())]
        if not needed:
            return found, used
        for floor in needed:
            del found[floor]


def _outside(index: Index, floors: Iterable[Floor]) -> Iterator[Symbol]:
    """The symbols of an index that are not in these quotients."""
    for atom in index.atoms():
        if isinstance(atom, Symbol):
            yield atom
        elif atom not in floors:
            yield from _outside(atom.numerator, floors)
            yield from _outside(atom.divisor, floors)


def _indices(tensors: Iterable[Tensor]) -> Iterator[Index]:
    """Every extent and index that an expression is written with."""
    for node in dict.fromkeys(node for tensor in tensors for node in nodes(tensor)):
        yield from node.extents
        if isinstance(node, Comprehension):
            for inner in walk(node.body):
                yield from indices_in(inner)


def quotient(extent: Index) -> Floor | None:
    """The floor in an extent that is one floor and something more."""
    floors = [atom for atom in extent.atoms() if isinstance(atom, Floor)]
    return floors[0] if len(floors) == 1 and extent.terms.get((floors[0],)) == 1 else None


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
