r"""Real numbers between two bounds, which are drawn closer until it is certain which sign a number has.

The bounds are floats of any exponent and of as many bits as are asked for, rounded outwards by `mpmath`, so
that \(e^{-10^6}\) is a positive number, and a sum in which nearly everything cancels is not guessed at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias, Union

from mpmath import libmp

from symgrad.errors import SymgradError
from symgrad.trace.sums import Number

BITS = (64, 256, 1024, 4096, 16384, 65536)
"""How many bits are tried, one after the other, until a sign is certain."""
BEFORE = 64
"""How many bits before its point the argument of an exponential, sine or cosine may have."""
LARGE, SMALL = libmp.from_man_exp(1, BEFORE), libmp.from_man_exp(1, -BEFORE)


UNCERTAIN = f"a comparison that is not certain at the entries tried, though {BITS[-1]} bits were looked at"
"""What is said where a sign is not."""


class OutOfDomain(SymgradError, ArithmeticError):
    """A root or logarithm of what is not positive at the witness."""


class Undecided(OutOfDomain):
    """A number at the witness whose sign is not certain with the most bits."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The two bounds, as floats of `mpmath.libmp`, and with how many bits they were computed."""

    low: Any
    high: Any
    bits: int

    def __float__(self) -> float:
        """A float between the bounds, or next to them."""
        middle = libmp.mpf_shift(libmp.mpf_add(self.low, self.high, 64, "n"), -1)
        return float(libmp.to_float(middle, strict=False))

    @property
    def sign(self) -> int | None:
        """1, 0 or -1; None if it is not certain.

        >>> (around(Fraction(1, 3), 64) - around(Fraction(1, 3), 64)).sign is None
        True
        """
        low, high = libmp.mpf_sign(self.low), libmp.mpf_sign(self.high)
        return low if low == high and libmp.fnan not in (self.low, self.high) else None

    @property
    def finite(self) -> bool:
        """Whether both bounds are numbers."""
        return not {self.low, self.high} & {libmp.finf, libmp.fninf, libmp.fnan}

    def __add__(self, other: Bounds) -> Bounds:
        bits = min(self.bits, other.bits)
        return _bounds(libmp.mpi_add((self.low, self.high), (other.low, other.high), bits), bits)

    def __mul__(self, other: Bounds) -> Bounds:
        bits = min(self.bits, other.bits)
        return _bounds(libmp.mpi_mul((self.low, self.high), (other.low, other.high), bits), bits)

    def __sub__(self, other: Bounds) -> Bounds:
        bits = min(self.bits, other.bits)
        return _bounds(libmp.mpi_sub((self.low, self.high), (other.low, other.high), bits), bits)

    def __abs__(self) -> Bounds:
        return _bounds(libmp.mpi_abs((self.low, self.high), self.bits), self.bits)

    def apart(self, other: Bounds) -> bool:
        """Whether these are surely two different numbers."""
        return bool(libmp.mpf_lt(self.high, other.low) or libmp.mpf_lt(other.high, self.low))

    def below(self, other: Bounds) -> bool:
        """Whether this is surely at most the other."""
        return bool(libmp.mpf_le(self.high, other.low))

    def rounded(self, rounding: Callable[[Fraction], int]) -> int | None:
        """What both bounds are rounded to, if that is one number."""
        low, high = (_rounded(end, rounding) for end in (self.low, self.high))
        return low if low == high else None


def _bounds(ends: tuple[Any, Any], bits: int) -> Bounds:
    return Bounds(ends[0], ends[1], bits)


def _rounded(end: Any, rounding: Callable[[Fraction], int]) -> int | None:
    if not libmp.mpf_sign(end):
        return None if end == libmp.fnan else 0
    size = libmp.mpf_abs(end)
    if libmp.mpf_gt(size, LARGE):
        return None
    if libmp.mpf_lt(size, SMALL):  # however small it is, it is rounded as this is
        return rounding(Fraction(libmp.mpf_sign(end), 2**BEFORE))
    p, q = libmp.to_rational(end)
    return rounding(Fraction(int(p), int(q)))


Witness: TypeAlias = Union[Number, Bounds]
"""The value of a scalar at the entries tried: exact if it is rational, else between bounds."""


def around(number: Witness, bits: int) -> Bounds:
    """The narrowest bounds around a rational number; bounds as they are."""
    if isinstance(number, Bounds):
        return number
    p, q = number.numerator, number.denominator
    if q == 1 and p.bit_length() <= bits:
        exact = libmp.from_int(p)
        return Bounds(exact, exact, bits)
    return Bounds(libmp.from_rational(p, q, bits, "f"), libmp.from_rational(p, q, bits, "c"), bits)


def powered(base: Bounds, exponent: Number) -> Bounds:
    """A rational power. Raises OutOfDomain for a root of what is surely negative."""
    if isinstance(exponent, int) or exponent.denominator == 1:
        return _bounds(libmp.mpi_pow_int((base.low, base.high), int(exponent), base.bits), base.bits)
    if base.sign == 0:
        return base if exponent > 0 else _anything(base.bits)
    if base.sign == -1:
        raise OutOfDomain("a root of what is negative at the witness")
    if libmp.mpf_sign(base.low) <= 0:
        return _anything(base.bits)
    if exponent.denominator == 2:
        root = _bounds(libmp.mpi_sqrt((base.low, base.high), base.bits), base.bits)
        return powered(root, exponent.numerator)
    bits = base.bits + BEFORE
    inside = around(exponent, bits) * applied(log, Bounds(base.low, base.high, bits))
    found = applied(exp, inside)
    return Bounds(found.low, found.high, base.bits)


def _anything(bits: int) -> Bounds:
    return Bounds(libmp.fninf, libmp.finf, bits)


def applied(function: Callable[[Bounds], Bounds], at: Bounds) -> Bounds:
    """A function of a number, a little wider than `mpmath` rounds it."""
    found = function(at)
    return Bounds(_widened(found.low, at.bits, "f"), _widened(found.high, at.bits, "c"), at.bits)


def _widened(end: Any, bits: int, rounding: str) -> Any:
    if end in (libmp.finf, libmp.fninf):
        return end
    margin = libmp.mpf_shift(libmp.mpf_abs(end), 8 - bits)
    return (libmp.mpf_sub if rounding == "f" else libmp.mpf_add)(end, margin, bits, rounding)


# -- functions ------------------------------------------------------------------------------------


def _rising(function: Callable[[Any, int, str], Any]) -> Callable[[Bounds], Bounds]:
    """A function that grows everywhere, between its values at the bounds."""

    def between(at: Bounds) -> Bounds:
        return Bounds(function(at.low, at.bits, "f"), function(at.high, at.bits, "c"), at.bits)

    return between


def exp(at: Bounds) -> Bounds:
    """The exponential; of what is too large or too small to look at, only on which side it is."""
    low, high = (_greater(at.low, _MINUS_LARGE), _smaller(at.high, LARGE))
    found = _exp(Bounds(_smaller(low, LARGE), _greater(high, _MINUS_LARGE), at.bits))
    return Bounds(
        found.low if low == at.low else libmp.fzero,
        found.high if high == at.high else libmp.finf,
        at.bits,
    )


def log(at: Bounds) -> Bounds:
    """The logarithm. Raises OutOfDomain for that of what is surely not positive."""
    if at.sign is not None and at.sign <= 0:
        raise OutOfDomain("a logarithm of what is not positive at the witness")
    return _anything(at.bits) if libmp.mpf_sign(at.low) <= 0 else _log(at)


def sin(at: Bounds) -> Bounds:
    """The sine; of what is too large to look at, anything between -1 and 1."""
    return _wave(libmp.mpi_sin, at)


def cos(at: Bounds) -> Bounds:
    """The cosine, likewise."""
    return _wave(libmp.mpi_cos, at)


def _wave(function: Callable[[Any, int], Any], at: Bounds) -> Bounds:
    if any(libmp.mpf_gt(libmp.mpf_abs(end), LARGE) for end in (at.low, at.high)):
        return Bounds(libmp.fnone, libmp.fone, at.bits)
    return _bounds(function((at.low, at.high), at.bits), at.bits)


def _greater(one: Any, other: Any) -> Any:
    """The greater of two floats."""
    return other if libmp.mpf_lt(one, other) else one


def _smaller(one: Any, other: Any) -> Any:
    """The smaller of two floats."""
    return one if libmp.mpf_lt(one, other) else other


_MINUS_LARGE = libmp.mpf_neg(LARGE)
_exp, _log = _rising(libmp.mpf_exp), _rising(libmp.mpf_log)
tanh, arctan, erf = _rising(libmp.mpf_tanh), _rising(libmp.mpf_atan), _rising(libmp.mpf_erf)

FUNCTIONS: dict[str, Callable[[Bounds], Bounds]] = {
    "exp": exp,
    "log": log,
    "tanh": tanh,
    "sin": sin,
    "cos": cos,
    "arctan": arctan,
    "erf": erf,
}
"""The functions that may be met, by name."""
