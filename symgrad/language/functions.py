r"""Functions that are known: a table with their derivatives, each written in the language itself.

Nothing but this table is assumed of a known function anywhere in deriving or deciding. \(\Phi\) is the
distribution function of the standard normal distribution, \(\varphi\) its density; `step` is
\([x > 0]\).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, overload

from symgrad.errors import ArgumentError
from symgrad.language.scalar import ZERO, Access, Apply, Scalar, as_scalar, power

if TYPE_CHECKING:
    from symgrad.language.tensor import Comprehension, Tensor


@dataclass(frozen=True, slots=True)
class Known:
    """An elementwise function of which the derivative is known, such as exp.

    Call it on a tensor or a scalar; `.prime` is its derivative.

    >>> import symgrad as sg
    >>> x = sg.tensor("x", 3)
    >>> print(sg.tanh.prime(x))
    out[i] = 1 - tanh(x[i])^2
    """

    name: str

    @property
    def order(self) -> int:
        """How often it is differentiated: never, as its derivatives are other expressions."""
        return 0

    @property
    def positive(self) -> bool:
        """Whether its values are positive everywhere."""
        return _TABLE[self.name].positive

    @property
    def defined(self) -> str | None:
        """Where it is defined, as a condition on its argument such as `> 0`; None for everywhere."""
        return _TABLE[self.name].defined

    @property
    def smooth(self) -> str | None:
        """Where it is differentiable, of where it is defined; None for everywhere."""
        return _TABLE[self.name].smooth

    @property
    def prime(self) -> Derivative:
        """Its derivative."""
        return Derivative(self)

    def slope(self, argument: Scalar) -> Scalar:
        """Its derivative at a scalar."""
        return _TABLE[self.name].slope(argument)

    @overload
    def __call__(self, argument: Tensor, *values: Any, **options: Any) -> Comprehension: ...

    @overload
    def __call__(self, argument: Scalar, *values: Any, **options: Any) -> Scalar: ...

    def __call__(self, argument: Tensor | Scalar, *values: Any, **options: Any) -> Comprehension | Scalar:
        """The function of every entry of a tensor, or of a scalar.

        `softplus` takes the options beta and threshold of PyTorch's, no other function any; raises
        ArgumentError for what is not taken.
        """
        from symgrad.language.algebra import apply

        if values or options:
            made: Comprehension | Scalar = _with_options(self, argument, *values, **options)
            return made
        if not hasattr(argument, "axes") and not isinstance(argument, Scalar):
            raise ArgumentError(f"{self} is given {argument!r}; expected a tensor or a scalar")
        return Apply(self, argument) if isinstance(argument, Scalar) else apply(self, argument)

    def __str__(self) -> str:
        return self.name

    __repr__ = __str__


def _with_options(function: Known, x: Any, *values: Any, **options: Any) -> Any:
    """log(1 + exp(βx))/β, exactly unless there is a threshold t; then x where βx > t."""
    known = ("beta", "threshold") if function == softplus else ()
    unknown = [*options.keys() - set(known), *values[len(known) :]]
    if unknown:
        takes = "input, beta and threshold" if known else "its input only"
        raise ArgumentError(f"{function} has no argument {unknown[0]}; it takes {takes}")
    options |= dict(zip(known, values, strict=False))
    beta, threshold = options.get("beta", 1), options.get("threshold")
    for name, value in options.items():
        if value is not None and as_scalar(value) is None:
            raise ArgumentError(f"{function}: {name} is {value!r}; expected a number")
    curve = softplus(beta * x) / beta
    if threshold is None:
        return curve
    above = step(beta * x - threshold)
    return above * x + (1 - above) * curve


@dataclass(frozen=True, slots=True)
class Derivative:
    """The derivative of a known function, to be called on a tensor or a scalar."""

    of: Known

    @overload
    def __call__(self, argument: Tensor) -> Comprehension: ...

    @overload
    def __call__(self, argument: Scalar) -> Scalar: ...

    def __call__(self, argument: Tensor | Scalar) -> Comprehension | Scalar:
        """The derivative at every entry of a tensor, or at a scalar."""
        from symgrad.language.build import build
        from symgrad.language.tensor import index_names

        if isinstance(argument, Scalar):
            return self.of.slope(argument)
        return build(argument.axes, lambda *i: self.of.slope(Access(argument, i)), index_names(argument))


@dataclass(frozen=True, slots=True)
class _Definition:
    slope: Callable[[Scalar], Scalar]
    defined: str | None = None
    smooth: str | None = None
    positive: bool = False


exp = Known("exp")
log = Known("log")
tanh = Known("tanh")
sigmoid = Known("sigmoid")
softplus = Known("softplus")
normal_cdf = Known("Phi")
normal_density = Known("phi")
step = Known("step")


@overload
def sqrt(x: Tensor) -> Comprehension: ...


@overload
def sqrt(x: Scalar) -> Scalar: ...


def sqrt(x: Tensor | Scalar) -> Comprehension | Scalar:
    r"""The square root \(x^{1/2}\) of every entry of a tensor, or of a scalar.

    Raises ArgumentError for what is neither.

    >>> import symgrad as sg
    >>> print(sqrt(sg.tensor("x", 3)))
    out[i] = x[i]^(1/2)
    """
    if not hasattr(x, "axes") and not isinstance(x, Scalar):
        raise ArgumentError(f"sqrt is given {x!r}; expected a tensor or a scalar")
    root: Comprehension | Scalar = x ** Fraction(1, 2)
    return root


_TABLE: dict[str, _Definition] = {
    "exp": _Definition(lambda x: Apply(exp, x), positive=True),
    "log": _Definition(lambda x: power(x, -1), defined="> 0"),
    "tanh": _Definition(lambda x: 1 - Apply(tanh, x) ** 2),
    "sigmoid": _Definition(lambda x: Apply(sigmoid, x) * (1 - Apply(sigmoid, x)), positive=True),
    "softplus": _Definition(lambda x: Apply(sigmoid, x), positive=True),
    "Phi": _Definition(lambda x: Apply(normal_density, x), positive=True),
    "phi": _Definition(lambda x: -x * Apply(normal_density, x), positive=True),
    "step": _Definition(lambda x: ZERO, smooth="≠ 0"),
}

KNOWN = tuple(_TABLE)
"""The names of the known functions."""
