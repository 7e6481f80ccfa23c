"""The shapes at which a black box is checked, as they are written, and what they are refused for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, Union

from symgrad.blackbox.function import Function, Shape
from symgrad.blackbox.points import Generator
from symgrad.errors import ArgumentError, ShapeError
from symgrad.testing.arguments import refuse_unknown
from symgrad.testing.cases import Case, Space, space
from symgrad.testing.result import RAISED, Finding

Draw: TypeAlias = Callable[[Generator, Shape], Any]
Shapes: TypeAlias = Mapping[str, Any]
"""The shape of each argument, by name; or the names of its sizes, as in "N C"; or an array."""
Several: TypeAlias = Union[Shapes, Iterable[Shapes], None]

DRAWN = 12
"""At how many shapes a box is checked where sizes are named."""


@dataclass(frozen=True)
class Trial:
    """One shape for each argument, and how to draw what is not drawn as real numbers are.

    `drawn` says that nobody asked for just these shapes.
    """

    shapes: dict[str, Shape]
    given: dict[str, Draw]
    drawn: bool

    def refused(self, finding: Finding) -> bool:
        """Whether the code says itself that it is not meant for shapes that nobody asked for."""
        return self.drawn and finding.kind == RAISED and finding.what == "forward"


def trials(function: Any, arguments: Several, given: Mapping[str, Draw] | None) -> list[Trial]:
    """What a function is checked at, the smallest first where sizes are named.

    Raises ArgumentError for what is no black box and for arguments that it does not take or that are missing,
    ShapeError for what is no shape.
    """
    if not isinstance(function, Function):
        called = getattr(function, "__name__", None) or repr(function)
        raise ArgumentError(
            f"{called} is no black box: make one with from_callables(forward, backward, …), from_torch(…)"
            " or from_jax(…)"
        )
    if given:
        refuse_unknown(given, function.arguments, "given", function.name)
    return [trial for one in _listed(function, arguments) for trial in _each(function, one, given or {})]


def _listed(function: Function, arguments: Any) -> list[Shapes]:
    named = ", ".join(f"{n!r}: (2, 3)" for n in function.arguments or ("x",) if n not in function.shapes)
    expected = f"expected the shape of each argument by name, as {{{named}}}"
    if arguments is None:
        if function.arguments is not None and set(function.arguments) <= set(function.shapes):
            return [{}]
        raise ShapeError(f"no arguments are given to check {function.name} at; {expected}")
    each = [arguments] if isinstance(arguments, Mapping) else arguments
    if isinstance(each, str) or not isinstance(each, Iterable):
        raise ShapeError(f"the arguments are {arguments!r}; {expected}")
    listed: list[Any] = list(each)
    for one in listed:
        if not isinstance(one, Mapping):
            raise ShapeError(f"the arguments are {one!r}; {expected}")
    if not listed:
        raise ShapeError(f"no arguments are given to check {function.name} at; {expected}")
    return listed


def _each(function: Function, one: Shapes, given: Mapping[str, Draw]) -> Iterator[Trial]:
    """The trials of one mapping, whose order is that of the function's arguments where they are known."""
    every = dict(function.shapes) | dict(one)
    if function.arguments is not None:
        refuse_unknown(one, function.arguments, "arguments", function.name)
        missing = [name for name in function.arguments if name not in every]
        if missing:
            raise ArgumentError(
                f"{function.name} takes {', '.join(function.arguments)}: no shape is given for"
                f" {', '.join(missing)}"
            )
        every = {name: every[name] for name in function.arguments}
    meant = space(every)
    drawn = meant.drawn(DRAWN)
    cases = itertools.islice(drawn, DRAWN) if isinstance(meant, Space) else drawn
    for case in sorted(cases, key=Case.rank):
        arrays = {name: shape for name, shape in case.arguments.items() if hasattr(shape, "dtype")}
        known = dict(given) | {name: _always(array) for name, array in arrays.items()}
        yield Trial({n: _extents(n, s) for n, s in case.shapes()}, known, isinstance(meant, Space))


def _extents(name: str, shape: Iterable[Any]) -> Shape:
    extents = tuple(shape)
    if any(isinstance(n, bool) or n < 0 for n in extents):
        raise ShapeError(f"{name} has shape {extents}; extents are whole numbers, not negative")
    return tuple(map(int, extents))


def _always(array: Any) -> Draw:
    return lambda rng, shape: array


def refusals(findings: list[Finding]) -> Iterator[str]:
    """What a report says of shapes that were left out."""
    if findings:
        yield f"the code accepts the shape; it refuses others: {findings[0].message}"
