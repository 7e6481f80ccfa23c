"""What a loss makes of the losses of its entries or samples: their mean, their sum, or nothing at all.

Losses take the arguments of their namesakes in `torch.nn.functional`, but for `size_average` and `reduce`,
for which PyTorch itself says `reduction`.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TypeAlias, cast

from symgrad.errors import ShapeError, SymgradError
from symgrad.language.index import Index
from symgrad.language.scalar import Constant, Scalar, as_scalar
from symgrad.language.tensor import Axis, Comprehension, Tensor

Number: TypeAlias = Tensor | float | Fraction
"""A number, or a tensor without axes for one that is not given."""
REDUCTIONS = ("mean", "sum", "none")

# -- forward --------------------------------------------------------------------------------------


def summed(losses: Tensor, reduction: str, axis: int | None = None) -> Comprehension:
    """The sum of all losses; for `reduction="none"` each by itself, summed over `axis` if there is one."""
    if reduction != "none":
        return losses.sum()
    return cast("Comprehension", losses) if axis is None else losses.sum(axis)


def averaged(total: Tensor, count: Index | Tensor, reduction: str, what: str) -> Comprehension:
    """The total by `count` for the mean, else as it is. Raises SymgradError for another reduction."""
    if reduction not in REDUCTIONS:
        raise SymgradError(f"{what}: reduction={reduction!r}; expected 'mean', 'sum' or 'none'")
    return total / count if reduction == "mean" else cast("Comprehension", total)


def entries(input: Tensor) -> Index:
    """How many entries there are."""
    return math.prod(input.extents, start=Index.of(1))


def require_alike(input: Tensor, other: Tensor, what: str, name: str = "target") -> None:
    """Raises ShapeError for a target, or what `name` says, that never has the shape of the input.

    Nothing is repeated to fit: a mean over the entries of (N, 1) is not the one over those of (N, C).
    """
    if input.ndim != other.ndim or any(
        left != right and (_is_one(left) or _is_one(right))
        for left, right in zip(input.axes, other.axes, strict=True)
    ):
        raise ShapeError(
            f"{what}: the input has shape {input.shape}, the {name} {other.shape}; expected the same"
        )


def _is_one(axis: Axis) -> bool:
    return math.prod(axis, start=Index.of(1)).constant == 1


def require_tensor(value: object, what: str) -> None:
    """Raises ShapeError for what is no tensor, such as a reduction said in the place of a weight."""
    if value is not None and not isinstance(value, Tensor):
        raise ShapeError(f"{what} is {value!r}; expected a tensor")


def number_of(value: Number, what: str) -> Scalar:
    """A number exactly, as its digits say. Raises ShapeError for what is none."""
    found = as_scalar(value)
    if found is None:
        raise ShapeError(f"{what} is {value!r}; expected a number, or a tensor without axes")
    return found


def rest_of_one(part: Scalar) -> Scalar:
    """1 less a number: 0.3 for 0.7, exactly."""
    return Constant(1 - part.value) if isinstance(part, Constant) and not part.powers else 1 - part


# -- backward -------------------------------------------------------------------------------------


def spread(delta: Tensor, axis: int) -> Tensor:
    """δ with the axis that was summed over, of extent 1: one for each sample, or one in all as it is."""
    if delta.ndim == 0:
        return delta
    spread_out: Tensor = delta[(*[slice(None)] * axis, None, ...)]
    return spread_out
