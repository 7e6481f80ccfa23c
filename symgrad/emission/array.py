"""Operations on whole arrays: what an expression is lowered to, and what is written as source.

A node refers to the nodes it reads, so that a lowered expression is a graph. Shapes and slices are
polynomials in the sizes, as in the language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symgrad.language.index import Index

Shape = tuple[Index, ...]
ONE = Index.of(1)


@dataclass(frozen=True, eq=False, kw_only=True)
class Array:
    """An array of that shape; `called` is the name it should have in the source, "" if it needs none.

    A `passing` one needs its name only if it is used twice, or long.
    """

    shape: Shape
    called: str = ""
    passing: bool = False

    @property
    def operands(self) -> tuple[Array, ...]:
        """The arrays it is computed from."""
        found: list[Array] = []
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            found += [value] if isinstance(value, Array) else []
            found += (
                [inner for inner in value if isinstance(inner, Array)] if isinstance(value, tuple) else []
            )
        return tuple(found)

    @property
    def is_number(self) -> bool:
        """Whether it is computed from numbers and sizes alone, so that Python's numbers do."""
        return not self.shape and all(operand.is_number for operand in self.operands)


# -- where entries come from ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class Input(Array):
    """A parameter of the function, named by `called`."""

    @property
    def is_number(self) -> bool:
        """Never: it is an array even without axes."""
        return False


@dataclass(frozen=True, eq=False, kw_only=True)
class Number(Array):
    """A number: `value` times powers of sizes."""

    value: Fraction
    powers: tuple[tuple[Index, int], ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Affine(Array):
    """The integers start + Σ coefficient·position along the axes."""

    start: Index
    coefficients: Shape


# -- views ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cut:
    """A slice of an axis: `count` entries from `start` on, `step` apart."""

    start: Index
    count: Index
    step: Index = ONE

    @property
    def stop(self) -> Index:
        """The end of the slice."""
        return self.start + self.step * (self.count - 1) + 1


@dataclass(frozen=True)
class Whole:
    """An axis as it is, or in reverse."""

    reverse: bool = False


@dataclass(frozen=True)
class Pick:
    """One position of an axis, which is dropped."""

    at: Index


@dataclass(frozen=True)
class Fresh:
    """A new axis of extent 1."""


Key = Cut | Whole | Pick | Fresh


@dataclass(frozen=True, eq=False, kw_only=True)
class View(Array):
    """Slices of the source, a key for each axis and for each new one."""

    source: Array
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Sliding:
    """Windows along one axis: `count` of them, `step` apart, of `size` entries `spread` apart."""

    axis: int
    size: Index
    step: Index
    spread: Index
    count: Index


@dataclass(frozen=True, eq=False, kw_only=True)
class Windows(Array):
    """Windows of the source along some axes; the positions inside a window are appended as axes."""

    source: Array
    along: tuple[Sliding, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Transpose(Array):
    """The source with its axes in another order."""

    source: Array
    order: tuple[int, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Reshape(Array):
    """The same entries in another shape, in row-major order; `factors` of each axis, to be written so."""

    source: Array
    factors: tuple[Shape, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class Broadcast(Array):
    """The source repeated along axes of extent 1."""

    source: Array


# -- entries moved --------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class Gather(Array):
    """The entries of the source at computed positions, one array of them for each axis.

    With `clip`, positions outside are moved to the border.
    """

    source: Array
    at: tuple[Array, ...]
    clip: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Embed(Array):
    """An array of zeros, or of -∞, into slices of which the source is written."""

    source: Array
    keys: tuple[Key, ...]
    lowest: bool = False


@dataclass(frozen=True)
class Landing:
    """Where the source lands along one axis: offset + step·position + Σ spread·position on another axis."""

    axis: int
    offset: Index
    step: Index
    count: Index
    others: tuple[tuple[int, Index], ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Spread(Array):
    """Zeros into which the source is written along diagonals: an axis lands where others push it.

    The others stay axes of the result, so no two entries meet; their sum is what overlapping windows add.
    """

    source: Array
    landings: tuple[Landing, ...]


# -- arithmetic -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class Contract(Array):
    """Both sides multiplied and summed over the paired axes; then the rest of the left, and of the right."""

    left: Array
    right: Array
    pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Matmul(Array):
    """The matrix products of the last two axes, batch by batch."""

    left: Array
    right: Array


@dataclass(frozen=True, eq=False, kw_only=True)
class Reduce(Array):
    """The sum, or the greatest, over some axes."""

    source: Array
    over: tuple[int, ...]
    greatest: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Argmax(Array):
    """The first position of the greatest along the last axis."""

    source: Array


@dataclass(frozen=True, eq=False, kw_only=True)
class Binary(Array):
    """The sum or product of two arrays that broadcast."""

    symbol: str
    left: Array
    right: Array


@dataclass(frozen=True, eq=False, kw_only=True)
class Scale(Array):
    """The source times a number."""

    source: Array
    by: Number


@dataclass(frozen=True, eq=False, kw_only=True)
class Raise(Array):
    """The source to a power."""

    source: Array
    exponent: Fraction


@dataclass(frozen=True, eq=False, kw_only=True)
class Call(Array):
    """A function of every entry; `function` is what the language says. An exponential that is `shifted` is
    of nothing above 0."""

    source: Array
    function: Any
    shifted: bool = False


# -- conditions -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, kw_only=True)
class Holds(Array):
    """Where integers are at least 0, or are 0, or equal others."""

    source: Array
    equality: bool
    other: Array | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Where(Array):
    """The source where all conditions hold, else 0, or -∞."""

    conditions: tuple[Array, ...]
    source: Array
    lowest: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class AsNumber(Array):
    """1 where a condition holds, else 0, as numbers of the same kind as `like`."""

    source: Array
    like: Array | None = field(default=None)


def postorder(root: Array) -> Iterator[Array]:
    """Every node of the graph once, operands first."""
    seen: set[Array] = set()
    stack = [(root, iter(root.operands))]
    while stack:
        node, left = stack[-1]
        inner = next(left, None)
        if inner is None:
            stack.pop()
            if node not in seen:
                seen.add(node)
                yield node
        elif inner not in seen:
            stack.append((inner, iter(inner.operands)))
