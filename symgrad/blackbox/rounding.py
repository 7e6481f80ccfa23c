r"""Values in extended precision, each with a bound on what rounding may do to it in floating point.

A number carries a magnitude m, at least the sum of the absolute values of the terms it is made of, and the
count k of roundings on the longest way to it; in arithmetic of unit roundoff u, computed in whatever order,
it is off by at most \(\gamma_k m\) with \(\gamma_k = ku/(1-ku)\) (Higham, Accuracy and stability of numerical
algorithms, 2002, ch. 3). Whole numbers that floating point adds exactly have k = 0, so no tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import mpmath

from symgrad.errors import SymgradError
from symgrad.language.functions import Known
from symgrad.language.scalar import Function

DIGITS = 40
"""Decimal digits of what is not rational."""
LIBRARY = 4
"""Roundings that a function of a mathematical library counts for."""
Derivatives: TypeAlias = Sequence[Callable[[Any], Any]]
"""A function and its derivatives, of numbers of mpmath."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """A value, its magnitude and its roundings, in arithmetic of `precision` bits."""

    value: Any
    magnitude: float
    roundings: int
    precision: int

    def __add__(self, other: Rounded) -> Rounded:
        magnitude = self.magnitude + other.magnitude
        return self._made(_add(self.value, other.value), magnitude, max(self.roundings, other.roundings), 1)

    def __mul__(self, other: Rounded) -> Rounded:
        magnitude = self.magnitude * other.magnitude
        return self._made(_multiply(self.value, other.value), magnitude, self.roundings + other.roundings, 1)

    def _made(self, value: Any, magnitude: float, roundings: int, more: int) -> Rounded:
        whole = isinstance(value, Fraction) and value.denominator == 1 and magnitude < 2.0**self.precision
        counted = 0 if whole and not roundings else roundings + more
        return Rounded(value, magnitude, counted, self.precision)

    @property
    def bound(self) -> float:
        """How far off a computed value may be; 0 where it is exact."""
        share = self.roundings * 2.0**-self.precision
        return share / (1 - share) * self.magnitude if share < 1 else float("inf")


@dataclass(frozen=True, slots=True)
class Roundings:
    """The ring of such numbers; `functions` gives unknown functions with their derivatives."""

    precision: int
    functions: Mapping[str, Derivatives]

    def constant(self, value: Fraction) -> Rounded:
        """A rational number, rounded if floating point does not hold it."""
        exact = Fraction(float(value)) == value
        return Rounded(value, abs(float(value)), 0 if exact else 1, self.precision)

    def apply(self, function: Function | Known, value: Rounded) -> Rounded:
        """A function of a value: its own error, and that of its argument by the slope."""
        known = self.functions.get(function.name, ())
        if len(known) <= function.order:
            raise SymgradError(
                f"no {function} is given; functions={{{function.name!r}: (f, f', f'')}} takes the function"
                " and its derivatives, as functions of numbers of mpmath"
            )
        with mpmath.workdps(DIGITS):
            at = _real(value.value)
            result = known[function.order](at)
            if len(known) > function.order + 1:
                slope = known[function.order + 1](at)
            else:  # for the bound only
                slope = mpmath.diff(known[function.order], at)
        magnitude = abs(float(result)) + abs(float(slope)) * value.magnitude
        return Rounded(result, magnitude, value.roundings + LIBRARY, self.precision)

    def power(self, value: Rounded, exponent: Fraction) -> Rounded:
        """A power that is not a positive integer."""
        if not value.value:
            raise SymgradError(f"0^({exponent}) is no number; give other arguments")
        with mpmath.workdps(DIGITS):
            result: Any
            if exponent.denominator == 1 and isinstance(value.value, Fraction):
                result = value.value ** int(exponent)
            else:
                result = mpmath.power(_real(value.value), _real(exponent))
        relative = abs(float(exponent)) * value.magnitude / abs(float(value.value))
        magnitude = abs(float(result)) * max(1.0, relative)
        return Rounded(result, magnitude, value.roundings + LIBRARY, self.precision)

    def maximum(self, window: Sequence[Rounded]) -> Rounded:
        """The greatest, as uncertain as the most uncertain."""
        best = max(window, key=lambda element: element.value)
        worst = max(window, key=lambda element: element.bound)
        return Rounded(
            best.value, max(best.magnitude, worst.magnitude), max(e.roundings for e in window), self.precision
        )

    def selected(self, window: Sequence[Rounded], which: int) -> Rounded:
        """1 for the first of the greatest, 0 for the others."""
        values = [element.value for element in window]
        return self.constant(Fraction(int(values.index(max(values)) == which)))


def _real(value: Any) -> Any:
    if isinstance(value, Fraction):
        return mpmath.mpf(value.numerator) / value.denominator
    return value


def _add(one: Any, other: Any) -> Any:
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one + other
    with mpmath.workdps(DIGITS):
        return _real(one) + _real(other)


def _multiply(one: Any, other: Any) -> Any:
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one * other
    with mpmath.workdps(DIGITS):
        return _real(one) * _real(other)


def _logistic(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def _relu(x: Any) -> Any:
    return x if x > 0 else mpmath.mpf(0)


KNOWN: dict[str, Derivatives] = {
    "exp": (mpmath.exp, mpmath.exp, mpmath.exp),
    "log": (mpmath.log, lambda x: 1 / x, lambda x: -1 / x**2),
    "sqrt": (mpmath.sqrt, lambda x: x**-0.5 / 2, lambda x: -(x**-1.5) / 4),
    "tanh": (
        mpmath.tanh,
        lambda x: 1 - mpmath.tanh(x) ** 2,
        lambda x: -2 * mpmath.tanh(x) * (1 - mpmath.tanh(x) ** 2),
    ),
    "sigmoid": (
        _logistic,
        lambda x: _logistic(x) * (1 - _logistic(x)),
        lambda x: _logistic(x) * (1 - _logistic(x)) * (1 - 2 * _logistic(x)),
    ),
    "softplus": (
        lambda x: mpmath.log1p(mpmath.exp(x)),
        _logistic,
        lambda x: _logistic(x) * (1 - _logistic(x)),
    ),
    "Phi": (mpmath.ncdf, mpmath.npdf, lambda x: -x * mpmath.npdf(x)),
    "phi": (mpmath.npdf, lambda x: -x * mpmath.npdf(x), lambda x: (x**2 - 1) * mpmath.npdf(x)),
    "step": (lambda x: mpmath.mpf(x > 0), lambda x: mpmath.mpf(0), lambda x: mpmath.mpf(0)),
    "relu": (_relu, lambda x: mpmath.mpf(x > 0), lambda x: mpmath.mpf(0)),
    "sin": (mpmath.sin, mpmath.cos, lambda x: -mpmath.sin(x)),
    "cos": (mpmath.cos, lambda x: -mpmath.sin(x), lambda x: -mpmath.cos(x)),
}
"""Functions with two derivatives, by name; a table given by the user goes before."""
