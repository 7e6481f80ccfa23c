"""What NumPy asks of an object in an array: functions as methods, and conversions, which are refused."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symgrad.errors import SymgradError


class NotTraceable(SymgradError, TypeError):
    """Code that needs a number where only a symbol is known."""


class Numeric:
    """The methods of a scalar that rest on a few others."""

    __slots__ = ()

    @abstractmethod
    def applied(self, name: str) -> Any:
        """A known function of it."""

    @abstractmethod
    def raised(self, exponent: Fraction) -> Any:
        """A rational power of it."""

    @abstractmethod
    def stepped(self, rounding: Callable[[Any], int]) -> Any:
        """Its rounding, which is constant around the witness."""

    @abstractmethod
    def compared(self, sign: str, other: Any) -> Any:
        """The answer to a comparison, decided by the witness."""

    @property
    @abstractmethod
    def number(self) -> int | Fraction | None:
        """The number that it is, if it is a constant."""

    @abstractmethod
    def __add__(self, other: Any) -> Any: ...

    @abstractmethod
    def __sub__(self, other: Any) -> Any: ...

    @abstractmethod
    def __mul__(self, other: Any) -> Any: ...

    @abstractmethod
    def __rmul__(self, other: Any) -> Any: ...

    @abstractmethod
    def __neg__(self) -> Any: ...

    @abstractmethod
    def __truediv__(self, other: Any) -> Any: ...

    @abstractmethod
    def __rtruediv__(self, other: Any) -> Any: ...

    # -- comparisons

    def __abs__(self) -> Any:
        return self if self >= 0 else -self

    def __lt__(self, other: Any) -> Any:
        return self.compared("<", other)

    def __le__(self, other: Any) -> Any:
        return self.compared("<=", other)

    def __gt__(self, other: Any) -> Any:
        return self.compared(">", other)

    def __ge__(self, other: Any) -> Any:
        return self.compared(">=", other)

    def __eq__(self, other: object) -> Any:
        return self.compared("==", other)

    def __ne__(self, other: object) -> Any:
        answer = self.compared("==", other)
        return answer if answer is NotImplemented else not answer

    def __bool__(self) -> bool:
        return bool(self != 0)

    # -- what NumPy asks an object for

    def exp(self) -> Any:
        """The exponential."""
        return self.applied("exp")

    def log(self) -> Any:
        """The natural logarithm."""
        return self.applied("log")

    def tanh(self) -> Any:
        """The hyperbolic tangent."""
        return self.applied("tanh")

    def sin(self) -> Any:
        """The sine."""
        return self.applied("sin")

    def cos(self) -> Any:
        """The cosine."""
        return self.applied("cos")

    def arctan(self) -> Any:
        """The inverse tangent."""
        return self.applied("arctan")

    def sqrt(self) -> Any:
        """The square root."""
        return self.raised(Fraction(1, 2))

    def square(self) -> Any:
        """The square."""
        return self * self

    def log1p(self) -> Any:
        """log(1 + x)."""
        return (self + 1).log()

    def expm1(self) -> Any:
        """exp(x) - 1."""
        return self.exp() - 1

    def sinh(self) -> Any:
        """The hyperbolic sine."""
        return (self.exp() - (-self).exp()) * Fraction(1, 2)

    def cosh(self) -> Any:
        """The hyperbolic cosine."""
        return (self.exp() + (-self).exp()) * Fraction(1, 2)

    def tan(self) -> Any:
        """The tangent."""
        return self.sin() / self.cos()

    def conjugate(self) -> Any:
        """Itself: every symbol is real."""
        return self

    conj = copy = item = sum = mean = max = min = squeeze = conjugate

    def astype(self, dtype: Any, **_: Any) -> Any:
        """Itself, for a dtype of real numbers."""
        return self

    @property
    def real(self) -> Any:
        """Itself."""
        return self

    @property
    def T(self) -> Any:
        """Itself."""
        return self

    @property
    def imag(self) -> Any:
        """0."""
        return 0 * self

    shape = ()
    ndim = 0
    size = 1

    # -- conversions, which would lose the symbol

    def __float__(self) -> float:
        if self.number is not None:
            return float(self.number)
        raise NotTraceable("a symbol is converted to float here")

    def __int__(self) -> int:
        if self.number is not None:
            return int(self.number)
        raise NotTraceable("a symbol is converted to an integer here")

    def __index__(self) -> int:
        if isinstance(self.number, int):
            return self.number
        raise NotTraceable("a symbol is used as an index here")

    def __floor__(self) -> Any:
        return self.stepped(math.floor)

    def __ceil__(self) -> Any:
        return self.stepped(math.ceil)

    def __round__(self, digits: int | None = None) -> Any:
        if digits:
            raise NotTraceable("a symbol is rounded here")
        return self.stepped(round)

    def rint(self) -> Any:
        """The nearest whole number."""
        return self.stepped(round)

    def __floordiv__(self, other: Any) -> Any:
        return (self / other).__floor__()

    def __rfloordiv__(self, other: Any) -> Any:
        return (other / self).__floor__()

    def __mod__(self, other: Any) -> Any:
        return self - (self // other) * other

    def __complex__(self) -> complex:
        raise NotTraceable("a symbol is converted to a complex number here")
