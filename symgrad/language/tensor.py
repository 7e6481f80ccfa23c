"""Tensors: variables, and comprehensions (a shape and a body over index variables).

A tensor is immutable and there is one object for each: building the same tensor twice gives the same
object, so `is`, `==` and `hash` agree. A comprehension refers to the tensors it reads and does not
copy them, so an expression is a graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, Union
from weakref import WeakValueDictionary

from symgrad.errors import ShapeError, SizeError, SymgradError
from symgrad.language.index import _NAME, Constraint, Index, IndexLike
from symgrad.language.scalar import (
    Scalar,
    free_indices,
)
from symgrad.language.symbol import Symbol

Axis: TypeAlias = tuple[Index, ...]
"""The factors of an axis, outermost first: `(C, H, W)` for a flattened map, else just one."""
AxisLike: TypeAlias = Union[IndexLike, tuple[IndexLike, ...]]


@dataclass(frozen=True, slots=True)
class Call:
    """How a tensor was written: the operator and its arguments, as text, graph and repairs need it."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice that can be hashed, as part of a `Call`."""

    start: Any
    stop: Any
    step: Any


def frozen(value: Any) -> Any:
    """An argument as a `Call` keeps it: lists as tuples, slices as `Slice`."""
    if isinstance(value, (list, tuple)):
        return tuple(map(frozen, value))
    if isinstance(value, slice):
        return Slice(value.start, value.stop, value.step)
    return value


@dataclass(frozen=True, slots=True)
class Requirement:
    """Two sizes that must agree for an operator to have a meaning, and where."""

    left: Index
    right: Index
    where: str

    def substitute(self, values: dict[Symbol, Index]) -> Requirement:
        """The same need at other sizes."""
        return Requirement(self.left.substitute(values), self.right.substitute(values), self.where)


def _elementwise(symbol: str, left: Any, right: Any) -> Comprehension:
    from symgrad.language.elementwise import elementwise  # which builds tensors, so needs this module

    return elementwise(symbol, left, right)


class Tensor:
    """What `Variable` and `Comprehension` share: shape, arithmetic, indexing, notation."""

    __slots__ = ("__weakref__", "axes", "extents")
    axes: tuple[Axis, ...]
    extents: tuple[Index, ...]

    @property
    def shape(self) -> tuple[Index | Axis, ...]:
        """Its axes: a size each, or the tuple of its factors for a compound axis."""
        return tuple(axis[0] if len(axis) == 1 else axis for axis in self.axes)

    @property
    def ndim(self) -> int:
        """How many axes it has; a compound axis counts once."""
        return len(self.axes)

    def __len__(self) -> int:
        raise TypeError("a tensor of symbolic shape has no length; use .shape")

    def __iter__(self) -> Iterator[Tensor]:
        raise TypeError("a tensor of symbolic shape cannot be iterated over; index it, or sum over an axis")

    def __bool__(self) -> bool:
        raise TypeError("a symbolic tensor has no truth value; use symgrad.verify_equal to compare")

    def __add__(self, other: Any) -> Comprehension:
        return _elementwise("+", self, other)

    def __radd__(self, other: Any) -> Comprehension:
        return _elementwise("+", other, self)

    def __sub__(self, other: Any) -> Comprehension:
        return _elementwise("-", self, other)

    def __rsub__(self, other: Any) -> Comprehension:
        return _elementwise("-", other, self)

    def __mul__(self, other: Any) -> Comprehension:
        return _elementwise("*", self, other)

    def __rmul__(self, other: Any) -> Comprehension:
        return _elementwise("*", other, self)

    def __truediv__(self, other: Any) -> Comprehension:
        return _elementwise("/", self, other)

    def __rtruediv__(self, other: Any) -> Comprehension:
        return _elementwise("/", other, self)

    def __pow__(self, exponent: Any) -> Comprehension:
        return _elementwise("**", self, exponent)

    def __neg__(self) -> Comprehension:
        return _elementwise("*", -1, self)

    def __matmul__(self, other: Any) -> Comprehension:
        from symgrad.language.algebra import matmul

        return matmul(self, other) if isinstance(other, Tensor) else NotImplemented

    def __getitem__(self, key: Any) -> Any:
        """An entry (a scalar) if every axis is given an index, else the tensor of the slices.

        Integers, sizes, index variables, slices, `...` and None are understood as in NumPy; a
        compound axis takes a tuple. Raises IndexRangeError for an index that is never in range.
        """
        from symgrad.language.slicing import getitem

        return getitem(self, key)

    def sum(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Comprehension:
        """The sum over one axis, several, or all."""
        from symgrad.language.algebra import sum_axes

        return sum_axes(self, axis, keepdims)

    @property
    def T(self) -> Comprehension:
        """The transpose of a matrix."""
        from symgrad.language.algebra import transpose

        return transpose(self)

    def index_notation(self) -> str:
        """The definition in index notation, and those of the tensors it reads, one a line."""
        from symgrad.language.notation import definition_lines

        return "\n".join(definition_lines(self))

    def dot(self) -> str:
        """The expression graph as Graphviz DOT text."""
        from symgrad.language.notation import dot

        return dot(self)

    def mermaid(self) -> str:
        """The expression graph as Mermaid text."""
        from symgrad.language.notation import mermaid

        return mermaid(self)

    def __str__(self) -> str:
        return self.index_notation()

    def __repr__(self) -> str:
        from symgrad.language.notation import operator_text

        return operator_text(self)


class Variable(Tensor):
    """A tensor given by its name and shape: an input, a kernel, a cotangent."""

    __slots__ = ("name",)
    name: str

    def __new__(cls, name: str, axes: tuple[Axis, ...]) -> Variable:
        """The variable of that name and shape; there is one object for each."""
        key = (name, axes)
        found = _variables.get(key)
        if found is None:
            found = object.__new__(cls)
            found.name = name
            found.axes = axes
            found.extents = tuple(factor for axis in axes for factor in axis)
            _variables[key] = found
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return (Variable, (self.name, self.axes))


class Comprehension(Tensor):
    """`[body for indices]`: the tensor whose entry at the indices is the body.

    Raises SymgradError if the body uses an index variable that nothing binds.
    """

    __slots__ = ("assumes", "body", "call", "indices", "requires")
    indices: tuple[Symbol, ...]
    body: Scalar
    call: Call | None
    requires: tuple[Requirement, ...]
    assumes: tuple[Constraint, ...]

    def __new__(
        cls,
        axes: tuple[Axis, ...],
        indices: tuple[Symbol, ...],
        body: Scalar,
        call: Call | None = None,
        requires: tuple[Requirement, ...] = (),
        assumes: tuple[Constraint, ...] = (),
    ) -> Comprehension:
        """The comprehension with these parts; there is one object for each."""
        key = (axes, indices, body, call, requires, assumes)
        found = _comprehensions.get(key)
        if found is None:
            loose = [symbol.name for symbol in free_indices(body) if symbol not in indices]
            if loose:
                raise SymgradError(
                    f"index {loose[0]} is used outside the sum or tensor that binds it: a tensor "
                    "inside a body must not depend on the indices around it"
                )
            found = object.__new__(cls)
            found.axes, found.indices, found.body = axes, indices, body
            found.call, found.requires, found.assumes = call, requires, assumes
            found.extents = tuple(factor for axis in axes for factor in axis)
            _comprehensions[key] = found
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (self.axes, self.indices, self.body, self.call, self.requires, self.assumes)
        return (Comprehension, fields)

    def recalled(self, call: Call) -> Comprehension:
        """The same tensor, said to be written as `call`."""
        return Comprehension(self.axes, self.indices, self.body, call, self.requires, self.assumes)

    def needing(
        self, requires: Sequence[Requirement] = (), assumes: Sequence[Constraint] = ()
    ) -> Comprehension:
        """The same tensor, with a meaning only where more sizes agree or more conditions hold.

        What it `requires` has to be shown wherever it is used. What it `assumes` is taken for granted
        where it is the layer to differentiate, and becomes part of the scope.
        """
        needed, taken = self.requires + tuple(requires), self.assumes + tuple(assumes)
        return Comprehension(self.axes, self.indices, self.body, self.call, needed, taken)


_variables: WeakValueDictionary[Any, Variable] = WeakValueDictionary()
_comprehensions: WeakValueDictionary[Any, Comprehension] = WeakValueDictionary()


def axes_of(shape: Sequence[AxisLike]) -> tuple[Axis, ...]:
    """Axes from a shape as a user writes it. Raises SizeError for an extent that is never positive."""
    axes = tuple(
        tuple(Index.of(factor) for factor in axis) if isinstance(axis, tuple) else (Index.of(axis),)
        for axis in shape
    )
    for position, axis in enumerate(axes):
        for factor in axis:
            if factor.constant is not None and factor.constant < 1:
                raise SizeError(f"axis {position} has extent {factor}; an extent is at least 1")
            if factor.has_index:
                raise SizeError(f"axis {position} has extent {factor}, which depends on an index")
    return axes


def tensor(name: str, *shape: AxisLike) -> Variable:
    """A tensor variable, such as `tensor("a", N, C, H, W)`.

    A tuple is a compound axis, `tensor("a", N, (G, C), H, W)`: one axis of extent G·C, whose
    entries are named by pairs. Raises SizeError for a name or an extent that has no meaning.

    >>> from symgrad.language.index import sizes
    >>> N, C, H = sizes("N C H")
    >>> tensor("a", N, C, H).shape
    (N, C, H)
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SizeError(f"a tensor needs a name of letters, digits and _, such as 'a'; got {name!r}")
    return Variable(name, axes_of(shape))


def index_names(operand: Tensor) -> tuple[str, ...]:
    """Names for the indices of a tensor: its own, or the small letters of its sizes."""
    if isinstance(operand, Comprehension):
        return tuple(symbol.name for symbol in operand.indices)
    names: list[str] = []
    spare = iter("ijklmnopqrst")
    for extent in operand.extents:
        symbol = extent.symbol
        name = symbol.name.lower() if symbol is not None else next(spare)
        while name in names or (symbol is not None and name == symbol.name):
            name = next(spare) if symbol is None or name == symbol.name else name + "'"
        names.append(name)
    return tuple(names)


def require_same(left: Axis, right: Axis, where: str) -> list[Requirement]:
    """What must hold for two axes to be the same. Raises ShapeError if it never does."""
    if len(left) != len(right):
        raise ShapeError(f"{where}: {_axis_text(left)} against {_axis_text(right)}")
    found = []
    for one, other in zip(left, right, strict=True):
        difference = (one - other).constant
        if difference:
            raise ShapeError(f"{where}: {one} against {other}")
        if difference is None:
            found.append(Requirement(one, other, where))
    return found


def _axis_text(axis: Axis) -> str:
    return str(axis[0]) if len(axis) == 1 else f"({', '.join(map(str, axis))})"
