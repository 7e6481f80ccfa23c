r"""Both sides of what a certificate states, opened up into sums of products over guarded index tuples:

\[ \sum_i \delta_i \, (\mathrm{D}z \cdot e)_i = \sum_q \text{closed form}_q \; e_q . \]

Imports nothing of symgrad but the statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from symgrad.certify.change import changed
from symgrad.certify.statement import (
    Condition,
    Index,
    Rejected,
    Scalar,
    Statement,
    condition_from,
    index_data,
    index_from,
    name,
    number,
    plus,
    put,
)

Shape: TypeAlias = tuple[Any, ...]

PRODUCTS = 400
"""The most products a side may have."""


@dataclass
class Product:
    """value · Π size^exponent · Π entries, summed over the bound index tuples that meet the guard.

    `shape` says how the tuple is put together, for those who need to know: the bound names, nested.
    """

    value: Fraction = Fraction(1)
    powers: dict[tuple[tuple[tuple[str, ...], int], ...], int] = field(default_factory=dict)
    reads: list[tuple[str, tuple[Index, ...]]] = field(default_factory=list)
    bound: dict[str, Index] = field(default_factory=dict)
    guard: list[Condition] = field(default_factory=list)
    shape: Shape = ()

    def times(self, other: Product, shape: Shape) -> Product:
        """The product of two that share no bound name."""
        powers = dict(self.powers)
        for base, exponent in other.powers.items():
            powers[base] = powers.get(base, 0) + exponent
        return Product(
            self.value * other.value,
            {base: exponent for base, exponent in powers.items() if exponent},
            self.reads + other.reads,
            self.bound | other.bound,
            self.guard + other.guard,
            shape,
        )

    def known(self) -> list[Condition]:
        """What is true of its index tuples."""
        ranges = []
        for symbol, extent in self.bound.items():
            ranges += [(name(symbol), "≥"), (plus(plus(extent, name(symbol), -1), number(1), -1), "≥")]
        return ranges + self.guard


class Expansion:
    """Opens scalars up into products; every bound index gets a name of its own."""

    def __init__(self, stated: Statement) -> None:
        self.stated = stated
        self.taken = {*stated.least, *stated.floors, *stated.tensors, *stated.definitions, stated.change}

    def products(self, scalar: Scalar, scope: Mapping[str, Index]) -> list[Product]:
        """The products of a scalar, with the names in scope standing for indices."""
        match scalar:
            case ["number", str(value), list(powers)]:
                constant = Product(_fraction(value))
                for base, exponent in powers:
                    factor = put(index_from(base), scope)
                    key = tuple(sorted(factor.items()))
                    constant = constant.times(Product(powers={key: int(exponent)}), ())
                return [constant] if constant.value else []
            case ["read", list([_, tensor]), at]:
                inner = self.stated.definitions[tensor]
                body = changed(inner.body, self.stated)
                return [] if body is None else self._opened(inner.indices, at, body, scope)
            case ["read", str(tensor), at] if tensor in self.stated.definitions:
                inner = self.stated.definitions[tensor]
                return self._opened(inner.indices, at, inner.body, scope)
            case ["at", indices, at, body]:
                return self._opened(indices, at, body, scope)
            case ["read", str(tensor), at]:
                return [Product(reads=[(tensor, self._at(at, scope))])]
            case ["apply", str(function), int(order), str(tensor), at]:
                return [Product(reads=[(applied(function, order, tensor), self._at(at, scope))])]
            case ["selected", str(tensor), at]:
                return [Product(reads=[(f"{tensor} selected", self._at(at, scope))])]
            case ["sum", list(over), body]:
                return self._sum(over, body, scope)
            case ["when", list(conditions), body]:
                guard = [(put(c, scope), r) for c, r in map(condition_from, conditions)]
                found = self.products(body, scope)
                for one in found:
                    one.guard = guard + one.guard
                return found
            case ["+", list(terms)]:
                return self._few([p for term in terms for p in self.products(term, scope)])
            case ["*", list(factors)]:
                return self._product(factors, scope)
        raise Rejected(f"not a scalar: {scalar!r}")

    def _at(self, at: Any, scope: Mapping[str, Index]) -> tuple[Index, ...]:
        return tuple(put(index_from(index), scope) for index in at)

    def _opened(
        self, indices: Sequence[str], at: Any, body: Scalar, scope: Mapping[str, Index]
    ) -> list[Product]:
        places = self._at(at, scope)
        if len(places) != len(indices) or len(set(indices)) != len(indices):
            raise Rejected(f"{len(places)} indices for {len(indices)} axes")
        return self.products(body, dict(zip(indices, places, strict=True)))

    def _sum(self, over: Any, body: Scalar, scope: Mapping[str, Index]) -> list[Product]:
        if not over:
            return self.products(body, scope)
        (symbol, data), *rest = over
        extent, own = put(index_from(data), scope), self._fresh(symbol)
        found = self._sum(rest, body, {**scope, symbol: name(own)})
        for one in found:
            one.bound = {own: extent, **one.bound}
            one.shape = (own, one.shape)
        return found

    def _fresh(self, symbol: str) -> str:
        own, count = symbol, 1
        while own in self.taken:
            count += 1
            own = f"{symbol}{count}"
        self.taken.add(own)
        return own

    def _product(self, factors: Sequence[Scalar], scope: Mapping[str, Index]) -> list[Product]:
        """All products of one from each; a factor that sums nothing adds nothing to the shape."""
        result: list[Product] | None = None
        plain = True
        for factor in factors:
            found = self.products(factor, scope)
            simple = self.is_plain(factor)
            if result is None:
                result, plain = found, simple
                continue
            pairs = [(x, y) for x in result for y in found]
            result = self._few([x.times(y, y.shape if plain else (x.shape, y.shape)) for x, y in pairs])
            plain = plain and simple
        return [Product()] if result is None else result

    def is_plain(self, scalar: Scalar) -> bool:
        """Whether a scalar is one product that sums nothing and has no guard."""
        match scalar:
            case ["*", list(factors)]:
                return all(map(self.is_plain, factors))
            case ["read", list([_, tensor]), _]:
                body = changed(self.stated.definitions[tensor].body, self.stated)
                return body is not None and self.is_plain(body)
            case ["read", str(tensor), _] if tensor in self.stated.definitions:
                return self.is_plain(self.stated.definitions[tensor].body)
            case ["at", _, _, body]:
                return self.is_plain(body)
        return scalar[0] in ("number", "read", "apply", "selected")

    def _few(self, found: list[Product]) -> list[Product]:
        if len(found) > PRODUCTS:
            raise Rejected(f"more than {PRODUCTS} products")
        return found


def applied(function: str, order: int, tensor: str) -> str:
    """The name of a derivative of a function, applied to a tensor."""
    return f"{function}{chr(39) * order}({tensor})"


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise Rejected(f"not a number: {text!r}") from None


# -- both sides -------------------------------------------------------------------------------------


def sides(
    stated: Statement, more: Sequence[Scalar] = ()
) -> tuple[list[Product], list[Product], list[Condition]]:
    """The products of both sides, and what is known of the position where there is one; `more` is what
    is added to the left side."""
    shape = stated.extents(stated.forward)
    if stated.wrt is None:
        position = stated.definitions[stated.forward].indices
        at = [[[1, [n]]] for n in position]
        scope = {n: name(n) for n in position}
        both = []
        for side in (["+", [["read", stated.forward, at], *more]], ["read", stated.closed, at]):
            expansion = Expansion(stated)
            expansion.taken |= set(position)
            both.append(expansion.products(side, scope))
        return both[0], both[1], Product(bound=dict(zip(position, shape, strict=True))).known()
    left, right = stated_sides(stated)
    return (
        Expansion(stated).products(["+", [*([] if left is None else [left]), *more]], {}),
        Expansion(stated).products(right, {}),
        [],
    )


def stated_sides(stated: Statement) -> tuple[Scalar | None, Scalar]:
    """Σ δ·(Dz·e) and Σ closed·e as scalars; the first is None where z does not depend on `wrt`."""
    assert stated.wrt is not None
    left = _paired(stated.forward, stated.cotangent, None, stated)
    return left, _paired(stated.wrt, stated.closed, stated.change, stated) or ["+", []]


def _paired(over: str, factor: str | None, tensor: str | None, stated: Statement) -> Scalar | None:
    """Σ factor·tensor over the shape of `over`; with no tensor, the change of `over` is meant."""
    count = len(stated.extents(over))
    names = [f"i{k}" for k in range(count)]
    inside = stated.definitions.get(over if tensor is None else str(factor))
    if inside is not None and inside.indices:
        names = list(inside.indices)
    at = [[[1, [n]]] for n in names]
    entry: Scalar | None = ["read", tensor, at] if tensor else changed(["read", over, at], stated)
    if entry is None:
        return None
    body = entry if factor is None else ["*", [["read", factor, at], entry]]
    ranges = [[n, index_data(e)] for n, e in zip(names, stated.extents(over), strict=True)]
    return ["sum", ranges, body]
