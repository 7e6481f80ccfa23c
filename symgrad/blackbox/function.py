"""What a black box is: a forward and its backward, called with arrays and answering with arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from symgrad.errors import SymgradError

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
    """

    name: str
    forward: Callable[[Arrays], Any]
    gradients: Callable[[Arrays, Any], Mapping[str, Any]]
    wrt: tuple[str, ...] | None = None
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    dtype: str = "float64"

    def __post_init__(self) -> None:
        if self.dtype not in ("float64", "float32"):
            raise SymgradError(f"the arithmetic is float64 or float32, got {self.dtype!r}")

    @property
    def precision(self) -> int:
        """The bits of a significand: whole numbers below two to this power are exact."""
        return int(np.finfo(self.dtype).nmant) + 1


def from_callables(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    arguments: Sequence[str],
    *,
    wrt: Sequence[str] | None = None,
    options: Mapping[str, Any] | None = None,
    dtype: str = "float64",
    name: str | None = None,
) -> Function:
    """A forward `f(x, w, …)` with its backward `g(dout, x, w, …)`, which answers with the gradients.

    `arguments` names what both take, in order, and `wrt` those that have a gradient, in the order in which
    the backward answers with them: a tuple, a dictionary by name, or one array. `options` are passed to both.

    >>> import numpy as np
    >>> square = from_callables(lambda x: x * x, lambda dout, x: 2 * x * dout, ["x"])
    >>> square.gradients({"x": np.array([3.0])}, np.array([5.0]))
    {'x': array([30.])}
    """
    names = tuple(arguments)
    asked = names if wrt is None else tuple(wrt)
    fixed = dict(options or {})

    def run(arrays: Arrays) -> Any:
        return forward(*(arrays[n] for n in names), **fixed)

    def gradients(arrays: Arrays, cotangent: Any) -> Mapping[str, Any]:
        return named(backward(cotangent, *(arrays[n] for n in names), **fixed), asked)

    called = name or getattr(backward, "__name__", "backward")
    return Function(called, run, gradients, asked, dtype=dtype)


def named(answer: Any, wrt: Sequence[str]) -> Mapping[str, Any]:
    """The gradients by name, from a tuple, a dictionary by name (x or dx), or one array."""
    if isinstance(answer, Mapping):
        return {name: answer.get(name, answer.get(f"d{name}")) for name in wrt}
    if isinstance(answer, (tuple, list)):
        return dict(zip(wrt, [*answer, *[None] * len(wrt)], strict=False))
    return dict(zip(wrt, [answer, *[None] * (len(wrt) - 1)], strict=True))
