"""Kinds of number that expressions are evaluated over: rationals, polynomials, dual numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias, Union

from symgrad.concrete.evaluate import Ring
from symgrad.concrete.slopes import slope
from symgrad.errors import SymgradError
from symgrad.language.functions import Known, step
from symgrad.language.scalar import Function

# -- rational numbers -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rationals:
    """Exact numbers. An unknown function σ is taken to be t ↦ t^degree, to have a definite value."""

    degree: int = 2

    def constant(self, value: Fraction) -> Fraction:
        """The number itself."""
        return value

    def apply(self, function: Function | Known, value: Fraction) -> Fraction:
        """t^degree, differentiated as often as the function has primes.

        Raises SymgradError for a known function, whose values are not rational.
        """
        if isinstance(function, Known):
            raise SymgradError(f"{function}({value}) is not a rational number")
        factor = 1
        for primes in range(function.order):
            factor *= self.degree - primes
        return factor * value ** max(self.degree - function.order, 0)

    def power(self, value: Fraction, exponent: Fraction) -> Fraction:
        """An integer power. Raises SymgradError for a root, which may not be rational."""
        if exponent.denominator != 1 or not value:
            raise SymgradError(f"({value})^({exponent}) is not a rational number")
        return value ** int(exponent)

    def maximum(self, window: Sequence[Fraction]) -> Fraction:
        """The greatest."""
        return max(window)

    def selected(self, window: Sequence[Fraction], which: int) -> Fraction:
        """1 for the first of the greatest."""
        return Fraction(int(which == window.index(max(window))))


# -- polynomials in the entries -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a tensor as an unknown: a[0, 1]."""

    name: str
    place: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.name}[{', '.join(map(str, self.place))}]" if self.place else self.name


LONG = 2_000
"""What is longer is not written out inside of something else: it may be nested in many places."""
POWER = "power "
"""What the name of an `Opaque` that is a reciprocal or a root begins with."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """A function of polynomials of which nothing is used but that equal arguments give equal values."""

    name: str
    arguments: tuple[Polynomial, ...]
    which: int = -1

    @property
    def is_power(self) -> bool:
        """Whether it is a reciprocal or a root."""
        return self.name.startswith(POWER)

    def __str__(self) -> str:
        texts = [text if len(text) <= LONG else "…" for text in map(str, self.arguments)]
        inside = ", ".join(texts)
        if self.which >= 0:
            return f"[{texts[self.which]} is the largest of {inside}]"
        if self.is_power:
            return f"({inside})^({self.name.removeprefix(POWER)})"
        return f"{self.name}({inside})"


Unknown: TypeAlias = Union[Entry, Opaque]
Product: TypeAlias = frozenset[tuple[Unknown, int]]
NOTHING: Product = frozenset()


PRODUCTS = 100_000
"""The most products that one multiplication of polynomials may take."""


class TooLarge(SymgradError):
    """A polynomial too large to write out."""


_left: ContextVar[list[int] | None] = ContextVar("products left", default=None)


@contextmanager
def at_most(products: int) -> Iterator[None]:
    """Within, multiplications of polynomials that take more than so many products together raise TooLarge."""
    before = _left.set([products])
    try:
        yield
    finally:
        _left.reset(before)


def _spend(products: int) -> None:
    if products > PRODUCTS:
        raise TooLarge(f"a polynomial of more than {PRODUCTS} products")
    left = _left.get()
    if left is not None:
        left[0] -= products
        if left[0] < 0:
            raise TooLarge("polynomials of too many products together")


class Polynomial:
    """A polynomial with rational coefficients, as a dictionary from products to coefficients."""

    __slots__ = ("_hash", "_text", "terms")

    def __init__(self, terms: Mapping[Product, Fraction]) -> None:
        self.terms = {product: c for product, c in terms.items() if c}
        self._hash: int | None = None
        self._text: str | None = None

    @staticmethod
    def unknown(unknown: Unknown) -> Polynomial:
        """The polynomial that is one unknown."""
        return Polynomial({frozenset({(unknown, 1)}): Fraction(1)})

    def __add__(self, other: Polynomial) -> Polynomial:
        terms = dict(self.terms)
        for product, coefficient in other.terms.items():
            terms[product] = terms.get(product, Fraction(0)) + coefficient
        return Polynomial(terms)

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + Polynomial({product: -c for product, c in other.terms.items()})

    def __mul__(self, other: Polynomial) -> Polynomial:
        _spend(len(self.terms) * len(other.terms))
        terms: dict[Product, Fraction] = {}
        for left, c in self.terms.items():
            for right, d in other.terms.items():
                product = _merged(left, right)
                terms[product] = terms.get(product, Fraction(0)) + c * d
        return Polynomial(terms)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Polynomial):
            return False
        if self.terms is other.terms:
            return True
        if hash(self) != hash(other) or self.terms != other.terms:
            return False
        other.terms = self.terms  # what is nested in many places is compared in depth only once
        return True

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def texts(self) -> Iterator[str]:
        """Its terms, each with its sign, in the order of their names."""
        named = [(_product_text(product), coefficient) for product, coefficient in self.terms.items()]
        for name, coefficient in sorted(named, key=lambda term: term[0]):
            size = abs(coefficient)
            text = name if size == 1 and name else f"{size}·{name}" if name else str(size)
            yield ("-" if coefficient < 0 else "") + text

    def __str__(self) -> str:
        if self._text is None:
            text = ""
            for term in self.texts():
                text += (f" - {term[1:]}" if term[0] == "-" else f" + {term}") if text else term
            self._text = text or "0"
        return self._text


def _merged(left: Product, right: Product) -> Product:
    if not left or not right:
        return left or right
    powers = dict(left)
    for unknown, exponent in right:
        is_selector = isinstance(unknown, Opaque) and (unknown.which >= 0 or unknown.name == str(step))
        powers[unknown] = 1 if is_selector else powers.get(unknown, 0) + exponent  # 0 or 1: s·s = s
    return frozenset(powers.items())


def _product_text(product: Product) -> str:
    return "·".join(sorted(_power_text(unknown, exponent) for unknown, exponent in product))


def _power_text(unknown: Unknown, exponent: int) -> str:
    if exponent == 1:
        return str(unknown)
    is_power = isinstance(unknown, Opaque) and unknown.is_power
    return f"({unknown})^{exponent}" if is_power else f"{unknown}^{exponent}"


@dataclass(frozen=True, slots=True)
class Polynomials:
    """The ring of polynomials in the entries; functions and maxima are opaque unknowns."""

    def constant(self, value: Fraction) -> Polynomial:
        """A constant polynomial."""
        return Polynomial({NOTHING: value})

    def apply(self, function: Function | Known, value: Polynomial) -> Polynomial:
        """An unknown that stands for the function of the value."""
        return Polynomial.unknown(Opaque(str(function), (value,)))

    def power(self, value: Polynomial, exponent: Fraction) -> Polynomial:
        """An unknown for the reciprocal or root, to the power that is asked for."""
        root = Fraction(1, exponent.denominator) * (1 if exponent > 0 else -1)
        if value.terms.keys() == {NOTHING} and root == -1:  # not 0, whose reciprocal stays an unknown
            return Polynomial({NOTHING: 1 / value.terms[NOTHING] ** int(-exponent)})
        base = Polynomial.unknown(Opaque(f"{POWER}{root}", (value,)))
        result = self.constant(Fraction(1))
        for _ in range(abs(exponent.numerator)):
            result = result * base
        return result

    def maximum(self, window: Sequence[Polynomial]) -> Polynomial:
        """An unknown that stands for the maximum; a window of one is its element."""
        return window[0] if len(window) == 1 else Polynomial.unknown(Opaque("max", tuple(window)))

    def selected(self, window: Sequence[Polynomial], which: int) -> Polynomial:
        """An unknown that is 1 or 0; for a window of one it is 1."""
        if len(window) == 1:
            return self.constant(Fraction(1))
        return Polynomial.unknown(Opaque("selected", tuple(window), which))


# -- derivatives ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dual:
    """A value and its slope along one direction: forward-mode differentiation over any ring."""

    value: Any
    slope: Any

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)


@dataclass(frozen=True, slots=True)
class Duals:
    """Dual numbers over another ring."""

    ring: Ring

    def constant(self, value: Fraction) -> Dual:
        """A number that does not vary."""
        return Dual(self.ring.constant(value), self.ring.constant(Fraction(0)))

    def apply(self, function: Function | Known, value: Dual) -> Dual:
        """The chain rule."""
        if isinstance(function, Known):
            outer = slope(function, self.ring, value.value)
        else:
            outer = self.ring.apply(function.prime, value.value)
        return Dual(self.ring.apply(function, value.value), outer * value.slope)

    def power(self, value: Dual, exponent: Fraction) -> Dual:
        """The power rule."""
        slope = self.ring.power(value.value, exponent - 1) * value.slope
        return Dual(self.ring.power(value.value, exponent), self.ring.constant(exponent) * slope)

    def maximum(self, window: Sequence[Dual]) -> Dual:
        """The slope of the element that is the greatest."""
        values = [element.value for element in window]
        slope = self.ring.constant(Fraction(0))
        for which, element in enumerate(window):
            slope = slope + self.ring.selected(values, which) * element.slope
        return Dual(self.ring.maximum(values), slope)

    def selected(self, window: Sequence[Dual], which: int) -> Dual:
        """Piecewise constant."""
        chosen = self.ring.selected([element.value for element in window], which)
        return Dual(chosen, self.ring.constant(Fraction(0)))
