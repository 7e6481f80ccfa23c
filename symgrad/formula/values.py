"""What an expression may be, a map, a scalar, a size or a number, and arithmetic between them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias, Union

from symgrad.formula.index import POWER
from symgrad.formula.problem import Meaningless
from symgrad.formula.syntax import Expression
from symgrad.language.algebra import transpose
from symgrad.language.index import Index
from symgrad.language.scalar import Access, Scalar, as_scalar
from symgrad.language.tensor import Comprehension, Tensor

Value: TypeAlias = Union[Tensor, Scalar, Index, Fraction]


def as_tensor(value: Value, node: Expression) -> Tensor:
    """A value that must be a map. Raises Meaningless for a number."""
    if isinstance(value, Tensor):
        return value
    raise Meaningless("a number stands where a map is wanted", node)


def powered(value: Value, exponent: Fraction, node: Expression) -> Value:
    """A power of a map, entry by entry. Raises Meaningless for one above POWER."""
    if abs(exponent) > POWER:
        raise Meaningless(f"powers up to {POWER} are read", node)
    return as_tensor(value, node) ** exponent


def transposed(value: Value, node: Expression) -> Tensor:
    """The transpose of a matrix. Raises Meaningless for anything else."""
    x = as_tensor(value, node)
    if x.ndim != 2:
        raise Meaningless("only a matrix has a transpose", node)
    return transpose(x)


def have_only_entries(left: Value, right: Value) -> bool:
    """Whether two vectors of one shape, or as many of each, have no product but that of their entries."""
    if not isinstance(left, Tensor) or not isinstance(right, Tensor):
        return False
    return (
        left.ndim == right.ndim == 2 and left.extents == right.extents and left.extents[0] != left.extents[1]
    )


def as_number(value: Value) -> Scalar:
    """A value without axes as a scalar. Raises Meaningless for a map."""
    if isinstance(value, Tensor) and value.extents:
        raise Meaningless("a map stands where a number is wanted")
    if isinstance(value, Comprehension):
        return Access(value, ())
    found = as_scalar(value)
    assert found is not None
    return found


def product(left: Value, right: Value) -> Value:
    """The product, one of them a number."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left * right
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return left * right  # type: ignore[operator]
    return as_number(left) * as_number(right)


def quotient(left: Value, right: Value) -> Value:
    """The quotient by a number. Raises Meaningless for a division by zero."""
    if isinstance(right, Fraction):
        if not right:
            raise Meaningless("division by zero")
        return times(left, 1 / right)
    divisor: Any = right
    return left / divisor if isinstance(left, Tensor) else as_number(left) / as_number(right)


def times(value: Value, factor: Fraction) -> Value:
    """A multiple."""
    if isinstance(value, Fraction):
        return value * factor
    return value * factor if isinstance(value, Tensor) else as_number(value) * factor


def added(left: Value, right: Value) -> Value:
    """The sum, one of them a number."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left + right
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        return left + right  # type: ignore[operator]
    return as_number(left) + as_number(right)
