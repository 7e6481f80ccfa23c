"""A name before brackets is a function or a factor: `σ'(z)`, but `δ(a)^T`, which is δ times the transpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from symgrad.formula.syntax import Binary, Call, Equation, Expression, Name, Partial, Raised, rebuilt

Role: TypeAlias = Callable[[str], str | None]
"""What a name is."""
COUNTS = ("n", "N", "m", "M", "B", "P")
"""What the number of samples is called."""
FACTORS = ("a", "W", "b", "z", "δ", "y", "γ", "β", "x_hat", "μ", "var", "mask")
"""The roles of what is multiplied with, and not called."""


def with_products(equation: Equation, role: Role, is_norm: bool = False) -> Equation:
    """The equation with every call of what is no function made a product; of a normalization, σ is none."""

    def is_factor(text: str) -> bool:
        return _is_factor(text, role) or (is_norm and role(text) == "σ")

    def is_divisor(text: str) -> bool:
        return _is_count(text, role) or (is_norm and role(text) == "σ")

    def go(node: Expression) -> Expression:
        match node:
            case Raised(Call(function, (argument,), ()), sub, sup) if is_factor(function.text):
                raised = Raised(go(argument), sub, sup, span=(function.span[1], node.span[1]))
                return Binary("", go(function), raised, span=node.span)
            case Binary("/", left, Call(Name(text) as count, (argument,), ())) if is_divisor(text):
                quotient = Binary("/", go(left), go(count), span=(node.span[0], count.span[1]))
                return Binary("", quotient, go(argument), span=node.span)  # 1/m (a - y)
            case Binary("/", left, Raised(Call(Name(text) as count, (argument,), ()), sub, sup)) if _is_count(
                text, role
            ):
                quotient = Binary("/", go(left), go(count), span=(node.span[0], count.span[1]))
                power = Raised(go(argument), sub, sup, span=(count.span[1], node.span[1]))
                return Binary("", quotient, power, span=node.span)  # 1/m (a - y)^2
            case Binary("/", Partial() as top, Partial(bottom)) if (
                parts := _apart(bottom, role)
            ) is not None:
                by, factor = parts  # ∂J/∂z (a)^T
                quotient = Binary("/", top, Partial(by, span=by.span), span=(top.span[0], by.span[1]))
                return Binary("", quotient, go(factor), span=node.span)
            case Binary("", left, Call(function, (argument,), ())) if is_factor(function.text):
                before = Binary("", go(left), go(function), span=(node.span[0], function.span[1]))
                return Binary("", before, go(argument), span=node.span)
            case Call(function, (argument,), ()) if is_factor(function.text):
                return Binary("", go(function), go(argument), span=node.span)
        return rebuilt(node, go)

    return replace(equation, parts=tuple(map(go, equation.parts)))


def _apart(node: Expression, role: Role) -> tuple[Name, Expression] | None:
    """What is called, and what it is called with, where that is no function: `z (a)^T` as z and a^T."""
    match node:
        case Call(function, (argument,), ()) if _is_factor(function.text, role):
            return function, argument
        case Raised(Call(function, (argument,), ()), sub, sup) if _is_factor(function.text, role):
            return function, Raised(argument, sub, sup, span=(function.span[1], node.span[1]))
    return None


_ONES = ("1", "𝟙")
"""The vector of ones."""


def _is_count(text: str, role: Role) -> bool:
    return text in COUNTS and role(text) is None


def _is_factor(text: str, role: Role) -> bool:
    own = role(text)
    return own in FACTORS or text in _ONES or (own is None and text[:1] == "d" and role(text[1:]) in FACTORS)
