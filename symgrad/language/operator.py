"""The register of operators: functions of tensors whose results remember how they were written."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec

from symgrad.errors import ArgumentError
from symgrad.language.scalar import as_scalar
from symgrad.language.tensor import Call, Comprehension, Tensor, frozen

P = ParamSpec("P")

OPERATORS: dict[str, Callable[..., Any]] = {}
"""Every operator by name, so that a written expression can be written again with other arguments."""


_ABSENT = {
    "inplace": "no tensor is ever changed in place",
    "dtype": "entries are exact numbers, of no type",
    "size_average": "say reduction='mean' or 'sum'",
    "reduce": "say reduction='none'",
    "ceil_mode": "a window that does not fit is left out",
    "return_indices": "symgrad.winners says where a maximum was taken",
}
"""Why arguments of PyTorch's namesakes are not had, or what to say instead."""


def operator(function: Callable[P, Comprehension]) -> Callable[P, Comprehension]:
    """Register an operator, and let its results remember how they were written."""
    signature = inspect.signature(function)
    kinds = {name: p.annotation for name, p in signature.parameters.items() if p.annotation in _EXPECTED}

    @functools.wraps(function)
    def written(*arguments: P.args, **named: P.kwargs) -> Comprehension:
        try:
            bound = signature.bind(*arguments, **named)
        except TypeError as problem:
            raise ArgumentError(_refusal(function.__name__, signature, named, problem)) from None
        for name, kind in kinds.items():
            value = bound.arguments.get(name)
            if not isinstance(value, Tensor) and name in bound.arguments and not _fits(value, kind):
                text = f"{function.__name__}: {name} is {value!r}; expected {_EXPECTED[kind]}"
                raise ArgumentError(text)
        given = tuple((name, frozen(value)) for name, value in bound.arguments.items())
        return function(*arguments, **named).recalled(Call(function.__name__, given))

    OPERATORS[function.__name__] = written
    return written


_EXPECTED = {
    "Tensor": "a tensor",
    "Tensor | None": "a tensor",
    "Number": "a number, or a tensor without axes",
    "Number | None": "a number, or a tensor without axes",
}
"""What is checked of arguments, by how their parameters are annotated."""


def _fits(value: object, kind: str) -> bool:
    if value is None:
        return kind.endswith("None")
    return kind.startswith("Number") and as_scalar(value) is not None


def _refusal(name: str, signature: inspect.Signature, named: dict[str, Any], problem: TypeError) -> str:
    known = ", ".join(signature.parameters)
    for argument in named:
        if argument not in signature.parameters:
            why = f": {_ABSENT[argument]}" if argument in _ABSENT else ""
            return f"{name} has no argument {argument}{why}; it takes {known}"
    return f"{name}: {problem}; it takes {known}"
