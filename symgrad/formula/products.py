"""A name before brackets is a function or a factor: `σ'(z)`, but `δ(a)^T`, which is δ times the transpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from symgrad.formula.syntax import Binary, Call, Equation, Expression, Raised

FACTORS = ("a", "W", "b", "z", "δ", "y")
"""The roles of what is multiplied with, and not called."""


def with_products(equation: Equation, role: Callable[[str], str | None]) -> Equation:
    """The equation with every call of what is no function made a product."""

    def go(node: Expression) -> Expression:
        match node:
            case Raised(Call(function, (argument,), ()), sub, sup) if role(function.text) in FACTORS:
                raised = Raised(go(argument), sub, sup, span=(function.span[1], node.span[1]))
                return Binary("", go(function), raised, span=node.span)
            case Call(function, (argument,), ()) if role(function.text) in FACTORS:
                return Binary("", go(function), go(argument), span=node.span)
        changed = {f.name: _inside(getattr(node, f.name), go) for f in fields(node) if f.name != "span"}
        same = all(changed[name] is getattr(node, name) for name in changed)
        return node if same else replace(node, **changed)

    return replace(equation, parts=tuple(map(go, equation.parts)))


def _inside(value: Any, go: Callable[[Expression], Expression]) -> Any:
    if isinstance(value, tuple):
        changed = tuple(_inside(item, go) for item in value)
        same = all(new is old for new, old in zip(changed, value, strict=True))
        return value if same else changed
    return go(value) if isinstance(value, Expression.__args__) else value  # type: ignore[attr-defined]
