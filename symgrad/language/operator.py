"""The register of operators: functions of tensors whose results remember how they were written."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec

from symgrad.language.tensor import Call, Comprehension, frozen

P = ParamSpec("P")

OPERATORS: dict[str, Callable[..., Any]] = {}
"""Every operator by name, so that a written expression can be written again with other arguments."""


def operator(function: Callable[P, Comprehension]) -> Callable[P, Comprehension]:
    """Register an operator, and let its results remember how they were written."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def written(*arguments: P.args, **named: P.kwargs) -> Comprehension:
        bound = signature.bind(*arguments, **named)
        given = tuple((name, frozen(value)) for name, value in bound.arguments.items())
        return function(*arguments, **named).recalled(Call(function.__name__, given))

    OPERATORS[function.__name__] = written
    return written
