r"""Real numbers as intervals that surely contain them: what a difference is confirmed by where there is
exp or a root.

The arithmetic is that of `mpmath.iv`, rounded outwards. Two intervals that do not meet are two different
numbers; of two that meet nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
from mpmath.ctx_iv import MPIntervalContext

from symgrad.errors import SymgradError
from symgrad.language.functions import Known
from symgrad.language.scalar import Function

BITS = 160
_iv = MPIntervalContext()  # of our own, so that nobody else's precision is changed
_iv.prec = BITS


@dataclass(frozen=True, slots=True)
class Intervals:
    """Intervals of real numbers. An unknown function σ is taken to be t ↦ t^degree.

    Raises SymgradError where a value is not defined, or it cannot be told which of several is.
    """

    degree: int = 2

    def constant(self, value: Fraction) -> Any:
        """The narrowest interval around a rational number."""
        return _iv.mpf(value.numerator) / _iv.mpf(value.denominator)

    def apply(self, function: Function | Known, value: Any) -> Any:
        """All values of the function on the interval, and perhaps a few more."""
        if isinstance(function, Known):
            return _FUNCTIONS[function.name](value)
        factor = 1
        for step in range(function.order):
            factor *= self.degree - step
        return factor * value ** max(self.degree - function.order, 0)

    def power(self, value: Any, exponent: Fraction) -> Any:
        """A reciprocal or a root."""
        if exponent.denominator == 1 and not (value.a <= 0 <= value.b):
            return value ** int(exponent)
        if value.a <= 0:
            raise SymgradError(f"({value})^({exponent}) is not defined")
        return _iv.exp(self.constant(exponent) * _iv.log(value))

    def maximum(self, window: Sequence[Any]) -> Any:
        """The greatest of several numbers."""
        return _iv.mpf([max(v.a for v in window), max(v.b for v in window)])

    def selected(self, window: Sequence[Any], which: int) -> Any:
        """1 for the greatest, if it is surely the only one."""
        for number, value in enumerate(window):
            if all(value.a > other.b for place, other in enumerate(window) if place != number):
                return self.constant(Fraction(int(which == number)))
        raise SymgradError("it cannot be told which of several numbers is the greatest")


def apart(left: Any, right: Any) -> bool:
    """Whether two intervals surely are two different numbers."""
    return bool(left.b < right.a or right.b < left.a)


def decimals(left: Any, right: Any) -> tuple[str, str]:
    """Two intervals as decimal numbers, with as many digits as it takes to tell them apart.

    One that contains 0 is written as 0: that is what it is within the precision it was computed with.
    """
    digits, texts = 4, ("", "")
    while texts[0] == texts[1] and digits < BITS // 4:
        texts = _decimal(left, digits), _decimal(right, digits)
        digits += 2
    return texts


def _decimal(value: Any, digits: int) -> str:
    return "0" if value.a <= 0 <= value.b else str(mpmath.nstr(mpmath.mpf(value.mid.a), digits))


def _sigmoid(value: Any) -> Any:
    return 1 / (1 + _iv.exp(-value))


def _logarithm(value: Any) -> Any:
    if value.a <= 0:
        raise SymgradError(f"log({value}) is not defined")
    return _iv.log(value)


def _normal_cdf(value: Any) -> Any:
    """Monotone, so its values at both ends, with a margin far above what mpmath rounds."""
    with mpmath.workprec(BITS + 40):
        root = mpmath.sqrt(2)
        low, high = (mpmath.erfc(-mpmath.mpf(end) / root) / 2 for end in (value.a.a, value.b.b))
        margin = mpmath.mpf(2) ** (8 - BITS)
        return _iv.mpf([low - margin, high + margin])


def _step(value: Any) -> Any:
    if value.a > 0 or value.b < 0:
        return _iv.mpf(int(value.a > 0))
    raise SymgradError("step is not differentiable at 0")


_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "exp": _iv.exp,
    "log": _logarithm,
    "tanh": lambda t: 2 * _sigmoid(2 * t) - 1,
    "sigmoid": _sigmoid,
    "softplus": lambda t: _iv.log(1 + _iv.exp(t)),
    "Phi": _normal_cdf,
    "phi": lambda t: _iv.exp(-(t**2) / 2) / _iv.sqrt(2 * _iv.pi),
    "step": _step,
}
