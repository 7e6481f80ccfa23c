"""Tensors that are written as what their entries are, and how a tensor is told from a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

from symgrad.language.index import Index
from symgrad.language.scalar import Constant, Scalar, Sum, substitute
from symgrad.language.symbol import index_symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable


def plain_sum(tensor: Tensor, at: Sequence[Index], around: Iterable[str] = ()) -> Scalar | None:
    """An entry of a sum over axes of a variable as the sum that it is, else None.

    What is summed over gets a prime where its name is that of an index `around` it.
    """
    if not isinstance(tensor, Comprehension) or tensor.call is None or tensor.call.name != "sum_axes":
        return None
    if not isinstance(dict(tensor.call.arguments)["x"], Variable) or not isinstance(tensor.body, Sum):
        return None
    taken = {*around, *(symbol.name for index in at for symbol in index.indices)}
    values = dict(zip(tensor.indices, at, strict=True))
    over = []
    for symbol, extent in tensor.body.over:
        shown = symbol.name
        while shown in taken:
            shown += "'"
        taken.add(shown)
        over.append((index_symbol(shown), extent))
        values[symbol] = Index.of(over[-1][0])
    return Sum(tuple(over), substitute(tensor.body.body, values))


def is_bold(tensor: Tensor) -> bool:
    """Whether its name is bold: a tensor without axes is a number, and written as one."""
    return bool(tensor.axes)


def is_number(tensor: Tensor) -> TypeGuard[Comprehension]:
    """Whether it has the same number everywhere, and is called by it."""
    if not isinstance(tensor, Comprehension) or tensor.call is None or tensor.call.name != "full":
        return False
    return isinstance(tensor.body, Constant) and not tensor.body.powers
