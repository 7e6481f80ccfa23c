"""What a formula is once it is read: a tree that says what was written, not yet what it means.

Every node knows the columns it came from, which do not count when two trees are compared: the two
spellings of one formula give one tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction as Rational
from typing import Any, TypeAlias, Union

Span: TypeAlias = tuple[int, int]
"""Where a node begins and ends in the text, counted from 0."""
NOWHERE: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class Number:
    """Digits, with a decimal point or without."""

    value: Rational
    text: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Name:
    """A letter or a word with its scripts: `W_{ij}^{l}`, `σ'`, `K^{rot}`, `z[l-1]`.

    `sub` is what stands below, apart at commas (what `ij` or `12` means there, the reading finds out),
    `sup` what stands above, `brackets` what stands in brackets behind: a layer or indices.
    """

    text: str
    primes: int = 0
    sub: tuple[Expression, ...] = ()
    sup: Expression | None = None
    brackets: tuple[Expression, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Negative:
    """Minus something."""

    body: Expression
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Binary:
    """Two things with a sign between them: `+ - / · @`, `*` (any star), `⊗`, `⊙`, nothing (side by side)."""

    sign: str
    left: Expression
    right: Expression
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Call:
    """A name before brackets: `rot180(W)`, `σ'(z)`, or a product `a(b + c)`."""

    function: Name
    arguments: tuple[Expression, ...]
    options: tuple[tuple[str, Expression], ...] = ()
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Raised:
    """Something in brackets, or a call, with scripts: `(W * a)_{ij}`, `(x - y)^2`, `rot180(W)^T`."""

    body: Expression
    sub: tuple[Expression, ...] = ()
    sup: Expression | None = None
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Partial:
    """`∂` before something; one over the other is a derivative."""

    body: Expression
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum; each bound is a name with the first and last value where they are said."""

    bounds: tuple[tuple[str, Expression | None, Expression | None], ...]
    body: Expression
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Entries in rows."""

    rows: tuple[tuple[Expression, ...], ...]
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Norm:
    """`‖x‖`."""

    body: Expression
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Several:
    """Things in brackets with commas: `(W, b)`."""

    items: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Dots:
    """`…`: something left out."""

    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an axis, `start:stop:step`; None where nothing is said."""

    start: Expression | None = None
    stop: Expression | None = None
    step: Expression | None = None
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Bracketed:
    """Something that is no name, with indices or slices: `rot180(W)[0, :]`."""

    body: Expression
    brackets: tuple[Expression, ...]
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Relation:
    """`i = j`, `u < K` or `0 ≤ y < H`; `signs` between the parts are `=`, `<` and `≤`."""

    parts: tuple[Expression, ...]
    signs: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Indicator:
    """`[i = j, 0 ≤ y < H]`: 1 where all of it is so, else 0."""

    conditions: tuple[Relation, ...]
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Family:
    """`(x_{ij})_{i<N, j<M}`: a tensor by its entries. Each axis has an index, a compound one several."""

    body: Expression
    axes: tuple[tuple[tuple[str, Expression], ...], ...]
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


Expression: TypeAlias = Union[
    Number, Name, Negative, Binary, Call, Raised, Partial, Sum, Matrix, Norm, Several, Dots, Slice, Bracketed,
    Relation, Indicator, Family,
]  # fmt: skip


Bound: TypeAlias = tuple[str, Expression | None, Expression | None]
"""An index of a sum with its first and its last value."""


@dataclass(frozen=True, slots=True)
class Equation:
    """`x = y = z`; of one part only, an expression by itself. `signs` between the parts are `=` and `←`."""

    parts: tuple[Expression, ...]
    signs: tuple[str, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, kw_only=True)


def children(node: Expression) -> Iterator[Expression]:
    """The expressions directly inside."""
    for part in fields(node):
        if part.name != "span":
            yield from _inside(getattr(node, part.name))


def _inside(value: Any) -> Iterator[Expression]:
    if isinstance(value, tuple):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, Expression.__args__):  # type: ignore[attr-defined]
        yield value


def walk(node: Expression) -> Iterator[Expression]:
    """An expression and everything in it."""
    yield node
    for child in children(node):
        yield from walk(child)


def rebuilt(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """An expression with what is directly inside changed; itself where nothing is."""
    changed = {f.name: _each(getattr(node, f.name), change) for f in fields(node) if f.name != "span"}
    same = all(changed[name] is getattr(node, name) for name in changed)
    return node if same else replace(node, **changed)


def _each(value: Any, change: Callable[[Expression], Expression]) -> Any:
    if isinstance(value, tuple):
        changed = tuple(_each(item, change) for item in value)
        same = all(new is old for new, old in zip(changed, value, strict=True))
        return value if same else changed
    return change(value) if isinstance(value, Expression.__args__) else value  # type: ignore[attr-defined]
