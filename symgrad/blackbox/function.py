"""What a black box is: a forward and its backward, called with arrays and answering with arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from symgrad.errors import SymgradError
from symgrad.testing.adapters import Adapter, pair

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
    """

    name: str
    forward: Callable[[Arrays], Any]
    gradients: Callable[[Arrays, Any], Mapping[str, Any]]
    wrt: tuple[str, ...] | None = None
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    dtype: str = "float64"
    pullback: Callable[[Arrays], tuple[Any, Callable[[Any], Mapping[str, Any]]]] | None = None

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
    arguments: Sequence[str],
    *,
    wrt: Sequence[str] | None = None,
    options: Mapping[str, Any] | None = None,
    adapter: Adapter = pair,
    dtype: str = "float64",
    name: str | None = None,
) -> Function:
    """A forward with its backward: by default `f(x, w, …)` and `g(dout, x, w, …)`, which gives the gradients.

    `arguments` names what both take, in order, and `wrt` those that have a gradient. Another calling
    convention is said by an adapter of `symgrad.testing`, such as `cs231n`; `options` go to both.

    >>> import numpy as np
    >>> square = from_callables(lambda x: x * x, lambda dout, x: 2 * x * dout, ["x"])
    >>> square.gradients({"x": np.array([3.0])}, np.array([5.0]))
    {'x': array([30.])}
    """
    names = tuple(arguments)
    asked = names if wrt is None else tuple(wrt)
    fixed = dict(options or {})

    def ordered(arrays: Arrays) -> Arrays:
        return {n: _numbers(arrays[n], dtype, n in asked) for n in names}

    def run(arrays: Arrays) -> Any:
        return adapter.forward(forward, ordered(arrays), fixed)[0]

    def gradients(arrays: Arrays, cotangent: Any) -> Mapping[str, Any]:
        given = ordered(arrays)
        _, saved = adapter.forward(forward, given, fixed)
        return adapter.backward(backward, np.asarray(cotangent, dtype), saved, given, fixed, asked)

    called: str = name or str(getattr(backward, "__name__", getattr(forward, "__name__", "backward")))
    return Function(called, run, gradients, asked, dtype=dtype)


def _numbers(array: Any, dtype: str, differentiated: bool) -> Any:
    """An array in the arithmetic of a function; labels, which have no gradient, stay whole numbers."""
    labels = not differentiated and np.asarray(array).dtype.kind in "iub"
    return np.asarray(array) if labels else np.asarray(array, dtype)
