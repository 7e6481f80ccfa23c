"""`check_backward` and `check_layer`: hand-written code, judged exactly by running it on symbols."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, Union

from symgrad.testing.adapters import Adapter
from symgrad.testing.result import CheckReport

Shape: TypeAlias = Union[Sequence[int], str, Any]
"""Extents, or their names as in "N C H W", or an array that is handed over as it is (labels, a mask)."""
Arguments: TypeAlias = Mapping[str, Shape]


def check_backward(
    forward: Any,
    backward: Any,
    arguments: Arguments | Iterable[Arguments],
    *,
    wrt: Sequence[str] | None = None,
    cotangent: str = "dout",
    options: Mapping[str, Any] | None = None,
    adapter: Adapter | None = None,
    shapes: Iterable[Any] | None = None,
    name: str | None = None,
    average: bool | Collection[str] = False,
) -> CheckReport:
    """Whether a backward is the gradient of its own forward."""
    raise NotImplementedError


def check_layer(
    layer: str,
    forward: Callable[..., Any] | None = None,
    backward: Callable[..., Any] | None = None,
    *,
    adapter: Adapter | None = None,
    layout: str = "NCHW",
    kernel_layout: str = "OIHW",
    average: bool | Collection[str] = False,
    options: Mapping[str, Any] | None = None,
    shapes: Iterable[Any] | None = None,
) -> CheckReport:
    """Whether a forward is the layer it claims to be, and whether the backward is its gradient."""
    raise NotImplementedError
