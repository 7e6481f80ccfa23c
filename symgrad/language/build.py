"""Tensors from a body: index variables are bound by functions, and named after their parameters."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

from symgrad.errors import ArgumentError, ShapeError
from symgrad.language.index import Constraint, Index, IndexLike
from symgrad.language.scalar import Indicator, Maximum, Ranges, Scalar, Sum, as_scalar, multiply
from symgrad.language.symbol import Symbol, index_symbol
from symgrad.language.tensor import AxisLike, Comprehension, Requirement, Tensor, axes_of

_names_in_scope: ContextVar[frozenset[str]] = ContextVar("names_in_scope", default=frozenset())


@contextlib.contextmanager
def _bind(names: Sequence[str]) -> Iterator[tuple[Symbol, ...]]:
    taken = set(_names_in_scope.get())
    symbols = []
    for name in names:
        while name in taken:
            name += "'"
        taken.add(name)
        symbols.append(index_symbol(name))
    token = _names_in_scope.set(frozenset(taken))
    try:
        yield tuple(symbols)
    finally:
        _names_in_scope.reset(token)


def _names(function: Callable[..., Any], count: int, given: Sequence[str] | None, what: str) -> Sequence[str]:
    parameters = list(inspect.signature(function).parameters.values()) if given is None else []
    if given is None and all(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters):
        given = [p.name for p in parameters]
    if given is None:
        given = [f"i{k}" for k in range(count)]
    if len(given) != count:
        raise ShapeError(f"{what} has {count} index variables, but the body takes {len(given)}: {given}")
    return given


def _body(value: object) -> Scalar:
    scalar = as_scalar(value)
    if scalar is None:
        kind = f"a tensor of shape {value.shape}" if isinstance(value, Tensor) else repr(value)
        raise ShapeError(f"the body must be a scalar, such as a[i, j]; it is {kind}: index every axis")
    return scalar


def build(
    shape: Sequence[AxisLike],
    body: Callable[..., Any],
    names: Sequence[str] | None = None,
    requires: tuple[Requirement, ...] = (),
) -> Comprehension:
    """The tensor of that shape whose entry at indices i, j, … is `body(i, j, …)`.

    The names of the body's parameters are the names of the indices in print.

    >>> from symgrad.language.index import sizes
    >>> from symgrad.language.tensor import tensor
    >>> H, K = sizes("H K")
    >>> a, w = tensor("a", H), tensor("w", K)
    >>> z = build([H - K + 1], lambda y: total([K], lambda u: a[y + u] * w[u]))
    >>> print(z.index_notation())
    out[y] = Σ_{u<K} a[y + u]·w[u]
    """
    axes = axes_of(shape)
    count = sum(map(len, axes))
    with _bind(_names(body, count, names, f"shape {tuple(shape)}")) as indices:
        inside = _body(body(*map(Index.of, indices)))
    return Comprehension(axes, indices, inside, None, requires)


def _ranges(extents: Sequence[IndexLike], symbols: Sequence[Symbol]) -> Ranges:
    return tuple((symbol, Index.of(extent)) for symbol, extent in zip(symbols, extents, strict=True))


def total(
    extents: Sequence[IndexLike], body: Callable[..., Any], names: Sequence[str] | None = None
) -> Scalar:
    """The sum of `body(u, v, …)` over 0 ≤ u < extents[0], 0 ≤ v < extents[1], …"""
    with _bind(_names(body, len(extents), names, f"the sum over {tuple(extents)}")) as symbols:
        inside = _body(body(*map(Index.of, symbols)))
    return Sum(_ranges(extents, symbols), inside) if symbols else inside


def maximum(
    extents: Sequence[IndexLike],
    body: Callable[..., Any],
    where: Callable[..., Sequence[Constraint]] | None = None,
    names: Sequence[str] | None = None,
) -> Maximum:
    """The greatest `body(u, v, …)` over the ranges, of those indices that meet `where(u, v, …)`.

    Raises ArgumentError where it is not told as ranges and a function of indices.
    """
    if not callable(body):
        raise ArgumentError(
            "maximum takes ranges and a function of their indices, as in maximum([K], lambda u: a[y + u]);"
            " the greater of an entry and 0 is relu(x)"
        )
    with _bind(_names(body, len(extents), names, f"the maximum over {tuple(extents)}")) as symbols:
        indices = list(map(Index.of, symbols))
        conditions = tuple(where(*indices)) if where is not None else ()
        inside = _body(body(*indices))
    return Maximum(_ranges(extents, symbols), tuple(c for c in conditions if c.truth is not True), inside)


def when(conditions: Constraint | Sequence[Constraint], value: object) -> Scalar:
    """`value` where all conditions hold, or the one that is given, else 0; there it is not read."""
    listed = (conditions,) if isinstance(conditions, Constraint) else conditions
    kept = tuple(condition for condition in listed if condition.truth is not True)
    inside = _body(value)
    return multiply(Indicator(kept), inside) if kept else inside
