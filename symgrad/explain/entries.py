"""Tensors that are written as what their entries are, and how a tensor is told from a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

from symgrad.language.index import Index
from symgrad.language.scalar import Constant, Scalar, Sum, substitute
from symgrad.language.tensor import Comprehension, Tensor, Variable


def plain_sum(tensor: Tensor, at: Sequence[Index]) -> Scalar | None:
    """An entry of a sum over axes of a variable as the sum that it is; None where an index has its name."""
    if not isinstance(tensor, Comprehension) or tensor.call is None or tensor.call.name != "sum_axes":
        return None
    if not isinstance(dict(tensor.call.arguments)["x"], Variable) or not isinstance(tensor.body, Sum):
        return None
    if {symbol.name for symbol, _ in tensor.body.over} & {s.name for index in at for s in index.indices}:
        return None
    return substitute(tensor.body, dict(zip(tensor.indices, at, strict=True)))


def is_bold(tensor: Tensor) -> bool:
    """Whether its name is bold: a tensor without axes is a number, and written as one."""
    return bool(tensor.axes)


def is_number(tensor: Tensor) -> TypeGuard[Comprehension]:
    """Whether it has the same number everywhere, and is called by it."""
    if not isinstance(tensor, Comprehension) or tensor.call is None or tensor.call.name != "full":
        return False
    return isinstance(tensor.body, Constant) and not tensor.body.powers
