"""A claim written shorter: what is undone at once left out, numbers taken together, signs drawn in."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symgrad.errors import SymgradError
from symgrad.language.index import Index
from symgrad.language.notation import operator_text
from symgrad.language.scalar import Constant
from symgrad.language.tensor import Call, Comprehension, Tensor

INVOLUTIONS = ("transpose", "rot180", "swap")
"""Operators that undo themselves."""


def tidied(tensor: Tensor, write: Callable[[Call], Tensor]) -> Tensor:
    """The same tensor in fewer operators, where that is shorter to read; `write` makes that of a call.

    >>> from symgrad.decide.rewrite import write
    >>> from symgrad.language.algebra import transpose
    >>> from symgrad.language.index import sizes
    >>> from symgrad.language.tensor import tensor
    >>> I, O = sizes("I O")
    >>> w = tensor("w", I, O)
    >>> print(operator_text(tidied(transpose(transpose(w)) * 2 * Fraction(1, 2), write)))
    w
    """
    call = tensor.call if isinstance(tensor, Comprehension) else None
    if call is None:
        return tensor

    def value(inner: Any) -> Any:
        if isinstance(inner, Tensor):
            return tidied(inner, write)
        return tuple(map(value, inner)) if isinstance(inner, tuple) else inner

    try:
        arguments = {name: value(inner) for name, inner in call.arguments}
        short = _shorter(call.name, arguments, write)
        if short is None:
            short = write(Call(call.name, tuple(arguments.items())))
    except (SymgradError, TypeError, ValueError):
        return tensor  # what was not written by an operator stays as it is
    return short if len(operator_text(short)) < len(operator_text(tensor)) else tensor


def _shorter(name: str, arguments: dict[str, Any], write: Callable[[Call], Tensor]) -> Tensor | None:
    """What a call of operands that are tidy is the same as; None if nothing shorter is known."""
    if name in INVOLUTIONS:
        x = arguments["x"]
        inner, inside = _call(x)
        rest = {key: value for key, value in arguments.items() if key != "x"}
        if inner == name and {key: value for key, value in inside.items() if key != "x"} == rest:
            found: Tensor = inside["x"]
            return found
        if name == "transpose" and inner == "matmul":
            sides = [write(Call("transpose", (("x", inside[side]),))) for side in ("y", "x")]
            x, y = (tidied(side, write) for side in sides)
            return write(Call("matmul", (("x", x), ("y", y))))
        return None
    if name not in ("*", "/", "-"):
        return None
    factor, body = _factored(name, arguments)
    if body is None:
        return None
    if factor == -1 and _call(body)[0] == "-":
        inside = _call(body)[1]
        return write(Call("-", (("left", inside["right"]), ("right", inside["left"]))))
    return body if factor == 1 else write(Call("*", (("left", body), ("right", factor))))


def _factored(name: str, arguments: dict[str, Any]) -> tuple[Fraction, Tensor | None]:
    """The number that a product is of, and what is multiplied by it; None for what is no such product."""
    left, right = arguments["left"], arguments["right"]
    leads = name == "*" and _number(left) is not None
    number, body = (_number(left), right) if leads else (_number(right), left)
    if number is None or not isinstance(body, Tensor) or name == "-" or not number:
        return Fraction(1), None
    factor = number if name == "*" else 1 / number
    inner, inside = _call(body)
    if inner in ("*", "/"):
        more, rest = _factored(inner, inside)
        if rest is not None:
            return factor * more, rest
    return factor, body


def _number(value: Any) -> Fraction | None:
    match value:
        case bool():
            return None
        case int() | Fraction():
            return Fraction(value)
        case Constant(number, ()):
            return number
        case Index():
            return None if value.constant is None else Fraction(value.constant)
    return None


def _call(node: Any) -> tuple[str, dict[str, Any]]:
    call = node.call if isinstance(node, Comprehension) else None
    return (call.name, dict(call.arguments)) if call else ("", {})
