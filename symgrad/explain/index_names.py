"""Names for index variables: one letter for one range, none that a tensor or a size has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from symgrad.explain.products import Product, opened, with_new_bound
from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Sum,
    add,
    multiply,
    power,
    walk,
)
from symgrad.language.symbol import Symbol, fresh_index, index_symbol
from symgrad.language.tensor import Axis, Comprehension, Tensor, Variable, index_names

_OTHERS = "trefql"
"""Letters for indices whose usual letter is one with another range."""


@dataclass(frozen=True)
class Spot:
    """The entry of a tensor that a line of a proof is about: its shape, and names for its indices."""

    axes: tuple[Axis, ...]
    indices: tuple[Symbol, ...]

    @staticmethod
    def of(tensor: Tensor, names: Sequence[str]) -> Spot:
        """The entry of a tensor at indices of these names."""
        return Spot(tensor.axes, tuple(map(index_symbol, names)))

    @property
    def ranges(self) -> Ranges:
        """The indices with their extents."""
        extents = [factor for axis in self.axes for factor in axis]
        return tuple(zip(self.indices, extents, strict=True))

    @property
    def at(self) -> tuple[Index, ...]:
        """The indices of the entry."""
        return entry(self.indices, [extent for _, extent in self.ranges])

    @property
    def names(self) -> list[str]:
        """The names of the indices."""
        return [symbol.name for symbol in self.indices]

    def tensor(self, products: Sequence[Product]) -> Comprehension:
        """The tensor whose entry here is the sum of these products; no index has a name in use around it."""
        body = add(*(primed(product.scalar(), self.names) for product in products))
        return Comprehension(self.axes, self.indices, body)


def primed(node: Scalar, used: Collection[str]) -> Scalar:
    """The same, where an index that is summed over inside is called by no name in `used`."""
    match node:
        case Sum(over, body):
            names, values = list(used), dict[Symbol, Index]()
            for symbol, _ in over:
                chosen = symbol.name
                while chosen in names:
                    chosen += "'"
                names.append(chosen)
                if chosen != symbol.name:
                    values[symbol] = Index.of(index_symbol(chosen))
            if values:
                whole = Product(over, (), (with_new_bound(body),)).substitute(values)
                over, body = whole.over, multiply(*whole.factors)
            return Sum(over, primed(body, names))
        case Add(terms):
            return add(*(primed(term, used) for term in terms))
        case Multiply(factors):
            return multiply(*(primed(factor, used) for factor in factors))
        case Power(base, exponent):
            return power(primed(base, used), exponent)
        case Apply(function, argument):
            return Apply(function, primed(argument, used))
    return node


class IndexNames:
    """Names for index variables, none of them twice, and none that a tensor or a size has."""

    def __init__(self, reserved: Collection[str]) -> None:
        self.reserved = frozenset(reserved)
        self.ranges: dict[str, Index] = {}

    def ranging(self, wanted: str, extent: Index, taken: Collection[str]) -> str:
        """The wanted name, or another if it is one of an index with another range."""
        stem = wanted.rstrip("'")
        letters: list[str] = [stem, *_OTHERS]
        for letter in letters:
            if letter in taken or letter in self.reserved:
                continue
            if self.ranges.setdefault(letter, extent) == extent:
                return letter
        return self.unused(wanted, taken)

    def unused(self, wanted: str, taken: Collection[str]) -> str:
        """The wanted name with as many primes as it takes."""
        name = wanted.rstrip("'") or wanted
        while name in taken or name in self.reserved:
            name += "'"
        return name

    def shown(self, products: Iterable[Product], taken: Iterable[str]) -> list[Product]:
        """Products with their bound indices named for print, one name for one index in each."""
        result = []
        for product in products:
            used = set(taken)
            values = {}
            for symbol, _ in product.over:
                name = self.unused(symbol.name, used)
                used.add(name)
                values[symbol] = Index.of(index_symbol(name))
            result.append(product.substitute(values))
        return result


def entry(symbols: Sequence[Symbol], extents: Sequence[Index]) -> tuple[Index, ...]:
    """The indices of an entry; along an axis of extent 1 there is only 0."""
    pairs = zip(symbols, extents, strict=True)
    return tuple(Index.of(0) if extent == 1 else Index.of(symbol) for symbol, extent in pairs)


def position_names(z: Tensor, wrt: Tensor, names: IndexNames, opens: Callable[[Tensor], bool]) -> list[str]:
    """An axis is named by the index that reads it; where that is a sum such as y + u, by its size."""
    own = axis_names(wrt)
    found: list[str | None] = [None] * len(own)
    for node in nodes(z):
        if not isinstance(node, Comprehension) or (node is not z and opens(node)):
            continue
        for product in opened(node.body, opens):
            for access in accesses(product, wrt):
                for axis, index in enumerate(access.at):
                    if index.symbol is not None and index.symbol.is_index and found[axis] is None:
                        found[axis] = index.symbol.name.rstrip("'")
    taken: set[str] = set()
    result = []
    for plain, fallback in zip(found, own, strict=True):
        name = names.unused(fallback if plain is None or plain in taken else plain, taken)
        taken.add(name)
        result.append(name)
    return result


_SPATIAL = {1: "h", 2: "hw", 3: "dhw"}


def axis_names(tensor: Tensor) -> list[str]:
    """The small letters of its sizes, or those of maps where a size is no single letter."""
    names = [name.rstrip("'") for name in index_names(tensor)]
    if isinstance(tensor, Variable):
        odd = [axis for axis, extent in enumerate(tensor.extents) if extent.symbol is None]
        for axis, name in zip(odd, _SPATIAL.get(len(odd), ()), strict=False):
            names[axis] = name
    return names


def accesses(product: Product, tensor: Tensor) -> Iterable[Access]:
    """The entries of one tensor that a product reads."""
    for factor in product.factors:
        for inner in walk(factor):
            if isinstance(inner, Access) and inner.tensor is tensor:
                yield inner


def one_range_each(product: Product, names: IndexNames, taken: Collection[str]) -> Product:
    """Bound indices called so that one letter has one range in the whole proof."""
    values: dict[Symbol, Index] = {}
    used = set(taken)
    for symbol, extent in product.over:
        chosen = names.ranging(symbol.name, extent, used)
        used.add(chosen)
        values[symbol] = Index.of(fresh_index(chosen))
    changed = product.substitute(values)
    factors = []
    for factor in changed.factors:
        if isinstance(factor, Maximum):
            inside = one_range_each(Product(factor.over, factor.where, (factor.body,)), names, used)
            factor = Maximum(inside.over, inside.conditions, inside.factors[0])
        factors.append(factor)
    return replace(changed, factors=tuple(factors))


def named_after_axes(product: Product) -> Product:
    """An index with a primed name is called after the axis that it runs through, if it has a name."""
    values: dict[Symbol, Index] = {}
    for factor in product.factors:
        for access in walk(factor):
            if isinstance(access, Access) and isinstance(access.tensor, Variable):
                names = index_names(access.tensor)
                for index, name, extent in zip(access.at, names, access.tensor.extents, strict=True):
                    symbol = index.symbol
                    grouped = symbol is not None and any(f"{symbol.name}'" == s.name for s, _ in product.over)
                    if symbol is not None and extent.symbol is not None and ("'" in symbol.name or grouped):
                        values.setdefault(symbol, Index.of(fresh_index(name)))
    return product.substitute({s: v for s, v in values.items() if s in dict(product.over)})
