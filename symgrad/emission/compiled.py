"""Emitted source made a function: the one place where source is run, and only source from here.

The source is written by `emit` from an expression; names in it are made identifiers by `names.identifier`,
numbers are integers, and text that a user gave stands in nothing but the docstring of the function, which is
left out of what is compiled here. No text from outside ever gets here.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from symgrad.catalogue import Rule
from symgrad.emission.source import emit
from symgrad.language.tensor import Tensor


def compiled(
    what: Rule | Tensor, to: str = "numpy", *, name: str | None = None, forward: bool = False
) -> Callable[..., Any]:
    """The function whose source `emit` writes for the same arguments; `__source__` is that source.

    Raises NotProved and EmissionError as `emit` does, and ImportError without the array library.

    >>> import numpy as np, symgrad as sg
    >>> O, I = sg.sizes("O I")
    >>> product = sg.compiled(sg.tensor("W", O, I) @ sg.tensor("a", I))
    >>> product(np.array([[1, 2], [3, 4]]), np.array([1, 10]))
    array([21, 43])
    """
    source = emit(what, to, name=name, forward=forward)
    module = ast.parse(source)
    definition = next(node for node in module.body if isinstance(node, ast.FunctionDef))
    documentation = ast.get_docstring(definition)
    definition.body = definition.body[1:]
    namespace: dict[str, Any] = {"__name__": "symgrad.emitted"}
    exec(compile(module, f"<emitted {definition.name}>", "exec"), namespace)
    function: Any = namespace[definition.name]
    function.__doc__, function.__source__ = documentation, source
    return function  # type: ignore[no-any-return]
