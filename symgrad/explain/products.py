"""A body as a sum of products: what a line of a proof shows, and what opening a definition does to it.

This is bookkeeping for the reader. Whether one line equals the next is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symgrad.decide.presburger import Solver
from symgrad.language.index import Constraint, Index, within
from symgrad.language.scalar import (
    ONE,
    ZERO,
    Access,
    Add,
    Apply,
    Constant,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Selected,
    Sum,
    add,
    multiply,
    power,
    substitute,
)
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Comprehension, Tensor


@dataclass(frozen=True, slots=True)
class Product:
    """Σ over ranges of factors, where the conditions hold. A constant factor comes first."""

    over: Ranges = ()
    conditions: tuple[Constraint, ...] = ()
    factors: tuple[Scalar, ...] = ()

    def scalar(self) -> Scalar:
        """It as an expression of the language."""
        factors = (*self.factors, *([Indicator(self.conditions)] if self.conditions else []))
        body = multiply(*factors) if factors else ONE
        return Sum(self.over, body) if self.over else body

    def substitute(self, values: Mapping[Symbol, Index]) -> Product:
        """It with free indices replaced, and bound ones that `values` renames."""
        over = tuple((_renamed(symbol, values), e.substitute(values)) for symbol, e in self.over)
        conditions = tuple(c.substitute(values) for c in self.conditions)
        return Product(over, conditions, tuple(substitute(f, values) for f in self.factors))

    def without_constant(self) -> tuple[Constant, tuple[Scalar, ...]]:
        """The constant factor and the others."""
        if self.factors and isinstance(self.factors[0], Constant):
            return self.factors[0], self.factors[1:]
        return Constant(Fraction(1)), self.factors


def _renamed(symbol: Symbol, values: Mapping[Symbol, Index]) -> Symbol:
    found = values.get(symbol)
    return symbol if found is None or found.symbol is None else found.symbol


def total(products: Iterable[Product]) -> Scalar:
    """The sum of products as an expression."""
    return add(*(product.scalar() for product in products))


Opens = Callable[[Tensor], bool]


def opened(node: Scalar, opens: Opens) -> list[Product]:
    """`node` as a sum of products, with the definition put in of every tensor that `opens` names.

    Bound variables are new symbols that keep their names. A sum of several terms inside a product stays
    a factor.
    """
    match node:
        case Constant(value, _):
            return [Product(factors=(node,))] if value else []
        case Access(tensor, at):
            if not opens(tensor):
                return [Product(factors=(node,))]
            assert isinstance(tensor, Comprehension)
            values = dict(zip(tensor.indices, at, strict=True))
            return opened(substitute(with_new_bound(tensor.body), values), opens)
        case Add(terms):
            return [product for term in terms for product in opened(term, opens)]
        case Multiply(factors):
            result = Product()
            for factor in factors:
                inner = opened(factor, opens)
                if not inner:
                    return []
                result = _times(result, inner[0] if len(inner) == 1 else Product(factors=(total(inner),)))
            return [result]
        case Sum(over, body):
            one = {symbol: Index.of(0) for symbol, extent in over if extent == 1}
            over = tuple(pair for pair in over if pair[0] not in one)
            inner = opened(substitute(body, one) if one else body, opens)
            if not inner:
                return []
            single = inner[0] if len(inner) == 1 else Product(factors=(total(inner),))
            return [replace(single, over=over + single.over)]
        case Indicator(conditions):
            return [Product(conditions=conditions)]
        case Power(base, exponent):
            return [_atom(_raised(total(opened(base, opens)), exponent))]
        case Apply(function, argument):
            return [_atom(Apply(function, total(opened(argument, opens))))]
        case Maximum(over, where, body):
            return [_atom(Maximum(over, where, total(opened(body, opens))))]
        case Selected(maximum, at):
            inside = Maximum(maximum.over, maximum.where, total(opened(maximum.body, opens)))
            return [_atom(Selected(inside, at))]
    raise AssertionError(f"unknown node {type(node).__name__}")


def _atom(scalar: Scalar) -> Product:
    return Product(factors=(scalar,))


def _raised(base: Scalar, exponent: Fraction) -> Scalar:
    """A power of a power is one power where the inner is a root, which is of what is positive."""
    if isinstance(base, Power) and base.exponent.denominator != 1:
        return power(base.base, base.exponent * exponent)
    return power(base, exponent)


def _merged(factors: tuple[Scalar, ...]) -> tuple[Scalar, ...]:
    """Roots and reciprocals of one base as one power."""
    exponents: dict[Scalar, Fraction] = {}
    for factor in factors:
        if isinstance(factor, Power):
            exponents[factor.base] = exponents.get(factor.base, Fraction(0)) + factor.exponent
    result: list[Scalar] = []
    for factor in factors:
        if not isinstance(factor, Power):
            result.append(factor)
        elif factor.base in exponents:
            whole = power(factor.base, exponents.pop(factor.base))
            result += [whole] if whole != ONE else []
    return tuple(result)


def _times(left: Product, right: Product) -> Product:
    product = multiply(*left.factors, *right.factors) if left.factors or right.factors else None
    factors = () if product is None else product.factors if isinstance(product, Multiply) else (product,)
    factors = () if factors == (ONE,) else _merged(factors)
    return Product(left.over + right.over, left.conditions + right.conditions, factors)


def with_new_bound(node: Scalar) -> Scalar:
    """`node` with every bound variable a new symbol of the same name, so that nothing is captured."""
    match node:
        case Sum(over, body):
            new = {symbol: fresh_index(symbol.name) for symbol, _ in over}
            inside = substitute(with_new_bound(body), {s: Index.of(n) for s, n in new.items()})
            return Sum(tuple((new[symbol], extent) for symbol, extent in over), inside)
        case Add(terms):
            return add(*map(with_new_bound, terms))
        case Multiply(factors):
            return multiply(*map(with_new_bound, factors))
        case Power(base, exponent):
            return power(with_new_bound(base), exponent)
        case Apply(function, argument):
            return Apply(function, with_new_bound(argument))
        case Maximum(over, where, body):
            new = {symbol: fresh_index(symbol.name) for symbol, _ in over}
            values = {s: Index.of(n) for s, n in new.items()}
            conditions = tuple(c.substitute(values) for c in where)
            inside = substitute(with_new_bound(body), values)
            return Maximum(tuple((new[s], extent) for s, extent in over), conditions, inside)
        case Selected(maximum, at):
            changed = with_new_bound(maximum)
            assert isinstance(changed, Maximum)
            return Selected(changed, at)
        case _:
            return node


# -- collapsing -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Collapsed:
    """An equation put in: `symbol = value`, and the conditions on the value that this leaves."""

    symbol: Symbol
    value: Index
    leaves: tuple[Constraint, ...] = ()

    def with_put(self, symbol: Symbol, value: Index) -> Collapsed:
        """The same after another equation is put in."""
        here = {symbol: value}
        leaves = (condition.substitute(here) for condition in self.leaves)
        left = tuple(condition for condition in leaves if condition.truth is not True)
        return Collapsed(self.symbol, self.value.substitute(here), left)


def collapse(
    product: Product, solver: Solver, position: Ranges, innermost: bool = False
) -> tuple[Product, list[Collapsed]]:
    """Put in every equation that fixes a bound index with coefficient ±1, the outermost index first.

    What the ranges of the others and of the position imply is left out.
    """
    done: list[Collapsed] = []
    while (found := _fixed(product, innermost)) is not None:
        symbol, value, equation = found
        product, leaves = put(product, symbol, value, equation, solver, position)
        done = [c.with_put(symbol, value) for c in done]
        done.append(Collapsed(symbol, value, leaves))
    return simplified(product, solver, position), done


def put(
    product: Product,
    symbol: Symbol,
    value: Index,
    equation: Constraint | None,
    solver: Solver,
    position: Ranges,
) -> tuple[Product, tuple[Constraint, ...]]:
    """The product with the bound `symbol` replaced by its value, and what is left of its range."""
    extent = dict(product.over)[symbol]
    rest = replace(
        product,
        over=tuple(pair for pair in product.over if pair[0] is not symbol),
        conditions=tuple(c for c in product.conditions if c is not equation),
    )
    changed = rest.substitute({symbol: value})
    # an index with but one value is that value
    left = (Constraint(value, equality=True),) if extent == 1 and value.terms else within(value, extent)
    whole = simplified(replace(changed, conditions=changed.conditions + left), solver, position)
    return whole, tuple(c for c in left if c in whole.conditions)


def _fixed(product: Product, innermost: bool) -> tuple[Symbol, Index, Constraint] | None:
    bound = [symbol for symbol, _ in product.over]
    choices: list[tuple[int, int, Symbol, Index, Constraint]] = []
    for condition in product.conditions:
        if not condition.equality:
            continue
        terms = condition.polynomial.terms
        for place, symbol in enumerate(bound):
            coefficient = terms.get((symbol,))
            if coefficient in (1, -1) and sum(symbol in monomial for monomial in terms) == 1:
                rest = condition.polynomial - Index.of(symbol) * coefficient
                value = rest * -coefficient
                choices.append(
                    (
                        0 if value.symbol is not None else 1,
                        -place if innermost else place,
                        symbol,
                        value,
                        condition,
                    )
                )
    if not choices:
        return None
    _, _, symbol, value, condition = min(choices, key=lambda choice: choice[:2])
    return symbol, value, condition


def simplified(product: Product, solver: Solver, position: Ranges) -> Product:
    """The product without conditions that its ranges, the position's, or its other conditions imply."""
    ranges = [c for symbol, extent in (*position, *product.over) for c in within(Index.of(symbol), extent)]
    kept = list(dict.fromkeys(c for c in product.conditions if c.truth is not True))
    # an equation is never given up for what it implies; ranges are tried from the last on
    for condition in sorted(kept, key=lambda c: c.equality):
        others = [c for c in kept if c is not condition]
        if solver.entails([*ranges, *others], [condition]):
            kept = others
    return replace(product, conditions=tuple(kept), factors=_merged(product.factors))


def is_zero(products: Sequence[Product]) -> bool:
    """Whether nothing is left."""
    return total(products) == ZERO
