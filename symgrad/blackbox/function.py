"""What a black box is: a forward and its backward, called with arrays and answering with arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from symgrad.errors import SymgradError
from symgrad.testing.adapters import Adapter, Attributes, named, pair
from symgrad.testing.arguments import (
    by_place,
    has_methods,
    names_in,
    ordered,
    refuse_unknown,
    refuse_what_is_no_backward,
    taken_by,
)

Arrays: TypeAlias = Mapping[str, Any]
Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Function:
    """A function of arrays with its backward.

    forward    the output for arrays by name
    gradients  the gradient of Σ cotangent·output by each argument, for arrays by name and a cotangent
    wrt        the arguments that have a gradient
    shapes     shapes of arguments that the function itself knows, as a module knows its parameters
    dtype      the arithmetic it computes in: float64 or float32
    pullback   the output, and from a cotangent the gradients, where the forward need not be run for both
    arguments  all arguments, in order, if they are known
    notes      what is to be said wherever it passes or fails
    """

    name: str
    forward: Callable[[Arrays], Any]
    gradients: Callable[[Arrays, Any], Mapping[str, Any]]
    wrt: tuple[str, ...] | None = None
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    dtype: str = "float64"
    pullback: Callable[[Arrays], tuple[Any, Callable[[Any], Mapping[str, Any]]]] | None = None
    arguments: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.dtype not in ("float64", "float32"):
            raise SymgradError(f"the arithmetic is float64 or float32, got {self.dtype!r}")

    @property
    def precision(self) -> int:
        """The bits of a significand: whole numbers below two to this power are exact."""
        return int(np.finfo(self.dtype).nmant) + 1


def from_callables(
    forward: Any,
    backward: Any,
    arguments: Sequence[str] | str | None = None,
    *,
    wrt: Sequence[str] | str | None = None,
    options: Mapping[str, Any] | None = None,
    adapter: Adapter | str | None = None,
    dtype: str = "float64",
    name: str | None = None,
) -> Function:
    """A forward with its backward: by default `f(x, w, …)` and `g(dout, x, w, …)`, which gives the gradients.

    `arguments` names what both take, and `wrt` those that have a gradient. By default they are the forward's
    own parameters without a default; arrays go by name where all have names of its parameters, else in order.
    Another calling convention is said by an adapter of `symgrad.testing`, such as `cs231n`, or by its name;
    `options` go to both. Raises ArgumentError for arguments that are not those of the forward.

    >>> import numpy as np
    >>> square = from_callables(lambda x: x * x, lambda dout, x: 2 * x * dout, ["x"])
    >>> square.gradients({"x": np.array([3.0])}, np.array([5.0]))
    {'x': array([30.])}
    """
    fixed = dict(options or {})
    convention = named(adapter or (Attributes() if has_methods(forward) else pair))
    given = names_in(arguments) if arguments is not None else taken_by(forward, convention, fixed)
    names = ordered(forward, given, convention, fixed)
    refuse_what_is_no_backward(forward, backward, names, convention)
    asked = names if wrt is None else names_in(wrt)
    called: str = name or str(getattr(backward, "__name__", getattr(forward, "__name__", "backward")))
    refuse_unknown(asked, names, "wrt", called)
    said = by_place(forward, given, convention, fixed)

    def in_order(arrays: Arrays) -> Arrays:
        return {n: _numbers(arrays[n], dtype, n in asked) for n in names}

    def run(arrays: Arrays) -> Any:
        return convention.forward(forward, in_order(arrays), fixed)[0]

    def gradients(arrays: Arrays, cotangent: Any) -> Mapping[str, Any]:
        taken = in_order(arrays)
        _, saved = convention.forward(forward, taken, fixed)
        return convention.backward(backward, np.asarray(cotangent, dtype), saved, taken, fixed, asked)

    return Function(called, run, gradients, asked, dtype=dtype, arguments=names, notes=said)


def _numbers(array: Any, dtype: str, differentiated: bool) -> Any:
    """An array in the arithmetic of a function; labels, which have no gradient, stay whole numbers."""
    labels = not differentiated and np.asarray(array).dtype.kind in "iub"
    return np.asarray(array) if labels else np.asarray(array, dtype)
