"""Scalar expressions: what the body of a tensor is made of.

Nodes are frozen; an index variable in them is bound by a `Sum`, a `Maximum` or the tensor around.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, Union, cast

from symgrad.errors import SizeError, SymgradError
from symgrad.language.index import Constraint, Index
from symgrad.language.symbol import Floor, Symbol

if TYPE_CHECKING:
    from symgrad.language.functions import Known
    from symgrad.language.tensor import Tensor

Ranges: TypeAlias = tuple[tuple[Symbol, Index], ...]
"""Bound variables with their extents: each runs from 0 to extent - 1."""
ScalarLike: TypeAlias = Union["Scalar", Index, int, float, Fraction]


class Scalar:
    """A number that depends on sizes, tensor entries and the index variables in scope.

    Supports `+ - * / **` with other scalars, sizes and numbers.
    """

    __slots__ = ()

    def __add__(self, other: ScalarLike) -> Scalar:
        right = as_scalar(other)
        return NotImplemented if right is None else add(self, right)

    def __radd__(self, other: ScalarLike) -> Scalar:
        left = as_scalar(other)
        return NotImplemented if left is None else add(left, self)

    def __neg__(self) -> Scalar:
        return multiply(Constant(Fraction(-1)), self)

    def __sub__(self, other: ScalarLike) -> Scalar:
        right = as_scalar(other)
        return NotImplemented if right is None else add(self, -right)

    def __rsub__(self, other: ScalarLike) -> Scalar:
        left = as_scalar(other)
        return NotImplemented if left is None else add(left, -self)

    def __mul__(self, other: ScalarLike) -> Scalar:
        right = as_scalar(other)
        return NotImplemented if right is None else multiply(self, right)

    def __rmul__(self, other: ScalarLike) -> Scalar:
        left = as_scalar(other)
        return NotImplemented if left is None else multiply(left, self)

    def __truediv__(self, other: ScalarLike) -> Scalar:
        right = as_scalar(other)
        return NotImplemented if right is None else multiply(self, power(right, -1))

    def __rtruediv__(self, other: ScalarLike) -> Scalar:
        left = as_scalar(other)
        return NotImplemented if left is None else multiply(left, power(self, -1))

    def __pow__(self, exponent: int | Fraction) -> Scalar:
        return power(self, exponent)

    def __str__(self) -> str:
        from symgrad.language.notation import scalar_text

        return scalar_text(self)


@dataclass(frozen=True, slots=True)
class Constant(Scalar):
    """`value` times powers of polynomials in the sizes, such as 1/(2·K·L)."""

    value: Fraction
    powers: tuple[tuple[Index, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Access(Scalar):
    """The entry of `tensor` at the given indices, one for each factor of each axis."""

    tensor: Tensor
    at: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class Add(Scalar):
    """The sum of its terms."""

    terms: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Multiply(Scalar):
    """The product of its factors."""

    factors: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Sum(Scalar):
    """The sum of `body` over the index ranges."""

    over: Ranges
    body: Scalar


@dataclass(frozen=True, slots=True)
class Indicator(Scalar):
    """1 where all conditions hold, else 0. What it multiplies is not read where it is 0."""

    conditions: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Power(Scalar):
    """`base` to an integer or rational power."""

    base: Scalar
    exponent: Fraction


@dataclass(frozen=True, slots=True)
class Function:
    """An elementwise function of which nothing is known but its name: σ.

    Call it on a tensor or a scalar; `.prime` is its derivative.
    """

    name: str
    order: int = 0

    @property
    def prime(self) -> Function:
        """Its derivative σ'."""
        return Function(self.name, self.order + 1)

    def slope(self, argument: Scalar) -> Scalar:
        """Its derivative at a scalar."""
        return Apply(self.prime, argument)

    def __call__(self, argument: Any) -> Any:
        """The function of every entry of a tensor, or of a scalar."""
        from symgrad.language.algebra import apply

        if isinstance(argument, Scalar):
            return Apply(self, argument)
        return apply(self, argument)

    def __str__(self) -> str:
        return self.name + "'" * self.order

    __repr__ = __str__


@dataclass(frozen=True, slots=True)
class Apply(Scalar):
    """An elementwise function of a scalar: exp(x), or σ(x), or a derivative of σ at x."""

    function: Function | Known
    argument: Scalar


@dataclass(frozen=True, slots=True)
class Maximum(Scalar):
    """The greatest value of `body` over those indices of the ranges that meet `where`."""

    over: Ranges
    where: tuple[Constraint, ...]
    body: Scalar


@dataclass(frozen=True, slots=True)
class Selected(Scalar):
    """1 if the maximum is taken at the given window indices, else 0.

    Exactly one is 1 where the maximum is attained once; that is the condition under which it is
    the derivative of the maximum.
    """

    maximum: Maximum
    at: tuple[Index, ...]


HIGHEST = 1000
"""The highest power of a scalar."""
ZERO = Constant(Fraction(0))
ONE = Constant(Fraction(1))


def as_scalar(value: object) -> Scalar | None:
    """`value` as a scalar, or None if it is not one (a tensor with axes, say)."""
    if isinstance(value, Scalar):
        return value
    if isinstance(value, (int, Fraction)):
        return Constant(Fraction(value))
    if isinstance(value, float):
        return Constant(exact(value))
    if isinstance(value, (Index, Symbol)):
        return _from_index(Index.of(value))
    extents = getattr(value, "extents", None)
    if extents == ():
        return Access(cast("Tensor", value), ())  # a tensor without axes
    return None


def exact(value: float) -> Fraction:
    """A float as the number its digits say: 0.1 is one tenth. Raises SizeError for nan and infinities."""
    if not math.isfinite(value):
        raise SizeError(f"{value} is not a number to calculate with")
    return Fraction(repr(value))


def _from_index(index: Index) -> Scalar:
    if index.constant is not None:
        return Constant(Fraction(index.constant))
    if len(index.terms) == 1:
        ((monomial, coefficient),) = index.terms.items()
        return _constant(Fraction(coefficient), [(Index({(atom,): 1}), 1) for atom in monomial])
    content = math.gcd(*index.terms.values())
    reduced = Index({m: c // content for m, c in index.terms.items()})
    return Constant(Fraction(content), ((reduced, 1),))


def _constant(value: Fraction, powers: list[tuple[Index, int]]) -> Constant:
    merged: dict[Index, int] = {}
    for base, exponent in powers:
        merged[base] = merged.get(base, 0) + exponent
    if not value:
        return ZERO
    return Constant(value, tuple(sorted(((b, e) for b, e in merged.items() if e), key=str)))


def add(*terms: Scalar) -> Scalar:
    """Their sum, flattened, without zeros."""
    flat: list[Scalar] = []
    for term in terms:
        if isinstance(term, Add):
            flat.extend(term.terms)
        elif term != ZERO:
            flat.append(term)
    if not flat:
        return ZERO
    return flat[0] if len(flat) == 1 else Add(tuple(flat))


def multiply(*factors: Scalar) -> Scalar:
    """Their product, flattened, with its constants gathered in front."""
    flat: list[Scalar] = []
    value, powers = Fraction(1), list[tuple[Index, int]]()
    for outer in factors:
        for factor in outer.factors if isinstance(outer, Multiply) else (outer,):
            if isinstance(factor, Constant):
                value *= factor.value
                powers.extend(factor.powers)
            else:
                flat.append(factor)
    constant = _constant(value, powers) if powers else Constant(value)
    if not constant.value:
        return ZERO
    if constant != ONE or not flat:
        flat.insert(0, constant)
    return flat[0] if len(flat) == 1 else Multiply(tuple(flat))


def power(base: Scalar, exponent: int | float | Fraction) -> Scalar:
    """`base ** exponent` for an integer or rational exponent."""
    if isinstance(exponent, float):
        exponent = exact(exponent)
    if not isinstance(exponent, (int, Fraction)):
        raise SymgradError(f"an exponent must be an integer or a rational number, got {exponent!r}")
    exponent = Fraction(exponent)
    if abs(exponent.numerator) > HIGHEST:
        raise SizeError(f"the exponent is {exponent}; powers up to {HIGHEST} are understood")
    if exponent == 1:
        return base
    if exponent == 0:
        return ONE
    if isinstance(base, Constant) and exponent.denominator == 1:
        if not base.value and exponent < 0:
            raise SizeError("division by zero")
        n = int(exponent)
        return Constant(Fraction(base.value) ** n, tuple((b, e * n) for b, e in base.powers))
    return Power(base, exponent)


def children(node: Scalar) -> tuple[Scalar, ...]:
    """The scalars directly inside `node`."""
    match node:
        case Add(terms=inside) | Multiply(factors=inside):
            return inside
        case Sum(body=body) | Maximum(body=body):
            return (body,)
        case Apply(argument=argument):
            return (argument,)
        case Power(base=base):
            return (base,)
        case Selected(maximum=maximum):
            return (maximum,)
        case _:
            return ()


def walk(node: Scalar) -> Iterator[Scalar]:
    """`node` and every scalar inside it, not entering the tensors it reads."""
    yield node
    for child in children(node):
        yield from walk(child)


def reads(node: Scalar) -> Iterator[Tensor]:
    """The tensors that `node` reads, in order of appearance; may repeat."""
    return (inner.tensor for inner in walk(node) if isinstance(inner, Access))


def indices_in(node: Scalar) -> Iterator[Index]:
    """Every index expression written directly in `node` (extents, conditions, positions)."""
    match node:
        case Constant(powers=powers):
            yield from (base for base, _ in powers)
        case Access(at=at) | Selected(at=at):
            yield from at
        case Sum(over=over):
            yield from (extent for _, extent in over)
        case Indicator(conditions=conditions):
            yield from (condition.polynomial for condition in conditions)
        case Maximum(over=over, where=where):
            yield from (extent for _, extent in over)
            yield from (condition.polynomial for condition in where)


def free_indices(node: Scalar) -> list[Symbol]:
    """The index variables that `node` does not bind, in order of appearance."""
    found: dict[Symbol, None] = {}

    def visit(inner: Scalar, bound: frozenset[Symbol]) -> None:
        if isinstance(inner, (Sum, Maximum)):
            bound = bound | {symbol for symbol, _ in inner.over}
        for index in indices_in(inner):
            for symbol in index.symbols():
                if symbol.is_index and symbol not in bound:
                    found.setdefault(symbol)
        for child in children(inner):
            visit(child, bound)

    visit(node, frozenset())
    return list(found)


def _same(tensor: Tensor) -> Tensor:
    return tensor


def substitute(
    node: Scalar, values: Mapping[Symbol, Index], swap: Callable[[Tensor], Tensor] = _same
) -> Scalar:
    """`node` with sizes and free indices replaced by `values` and the tensors it reads by `swap`."""

    def ranges(over: Ranges) -> Ranges:
        return tuple((symbol, extent.substitute(values)) for symbol, extent in over)

    def go(inner: Scalar) -> Scalar:
        return substitute(inner, values, swap)

    match node:
        case Constant(value, powers):
            if not powers:
                return node
            scaled = [power(_from_index(base.substitute(values)), e) for base, e in powers]
            return multiply(Constant(value), *scaled)
        case Access(tensor, at):
            return Access(swap(tensor), tuple(index.substitute(values) for index in at))
        case Add(terms):
            return add(*map(go, terms))
        case Multiply(factors):
            return multiply(*map(go, factors))
        case Sum(over, body):
            return Sum(ranges(over), go(body))
        case Indicator(conditions):
            return Indicator(tuple(c.substitute(values) for c in conditions))
        case Power(base, exponent):
            return power(go(base), exponent)
        case Apply(function, argument):
            return Apply(function, go(argument))
        case Maximum(over, where, body):
            return Maximum(ranges(over), tuple(c.substitute(values) for c in where), go(body))
        case Selected(maximum, at):
            changed = go(maximum)
            assert isinstance(changed, Maximum)
            return Selected(changed, tuple(index.substitute(values) for index in at))
    raise AssertionError(f"unknown node {type(node).__name__}")


def floors_in(index: Index) -> Iterator[Floor]:
    """Every floor that occurs in `index`, inner ones first; may repeat."""
    for atom in index.atoms():
        if isinstance(atom, Floor):
            yield from floors_in(atom.numerator)
            yield from floors_in(atom.divisor)
            yield atom
