"""What the left side of an equation is: a derivative of J, or a value that the layer computes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from symgrad.formula.levels import Levels, derivative_of
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import (
    Binary,
    Call,
    Equation,
    Expression,
    Matrix,
    Name,
    Number,
    Raised,
    Sum,
    children,
    walk,
)


@dataclass(frozen=True)
class Target:
    """The derivative of J by what has this role, or a value of the forward; `name` is how it is written."""

    role: str
    name: Name
    is_derivative: bool = True


def target_of(
    node: Expression, others: Sequence[Expression], setting: Setting, levels: Levels
) -> Target | None:
    """What a side of an equation is; None for any other expression."""
    found = derivative_of(node)
    name = name_of(node if found is None else found[1])
    if name is None:
        return None
    role = setting.role(name.text)
    is_derivative = found is not None
    if role is None and name.text[:1] == "d" and setting.role(name.text[1:]) is not None:
        name = Name(name.text[1:], 0, name.sub, name.sup, name.brackets, span=name.span)
        role, is_derivative = setting.role(name.text), True
    if found is not None and not is_j(found[0], setting):
        return None
    if role is None:
        return None
    lower = levels.is_lower(name)
    if lower is None:
        lower = reads_delta(others, setting)
    if role == "δ":
        return Target("lower" if lower else "δ", name)
    if is_derivative:
        return Target("lower" if role == "z" and lower else role, name)
    return Target(role, name, False) if role in ("z", "a", "J") else None


def name_of(node: Expression) -> Name | None:
    """The name that an expression is, with the subscript that stands behind its bracket."""
    if isinstance(node, Raised) and isinstance(node.body, Name):
        inner = node.body
        return Name(
            inner.text,
            inner.primes,
            node.sub or inner.sub,
            inner.sup or node.sup,
            inner.brackets,
            span=node.span,
        )
    return node if isinstance(node, Name) else None


def is_j(node: Expression, setting: Setting) -> bool:
    """Whether an expression is J, which everything is differentiated of."""
    match node:
        case Name("nabla", sub=()):
            return True
        case Name(text, primes=0) | Call(Name(text, primes=0)):
            return setting.role(text) == "J"
        case Raised(body):
            return is_j(body, setting)
    return False


def reads_delta(parts: Sequence[Expression], setting: Setting) -> bool:
    """Whether an expression is computed from a derivative by the layer's output."""
    for part in parts:
        for node in walk(part):
            found = derivative_of(node)
            if found is not None and setting.role(getattr(found[1], "text", "")) in ("z", "a"):
                return True
            if isinstance(node, Name):
                if setting.role(node.text) == "δ":
                    return True
                differential = node.text[:1] == "d" and setting.role(node.text) is None
                if differential and setting.role(node.text[1:]) in ("z", "a", "δ"):
                    return True
    return False


# -- how things are numbered ----------------------------------------------------------------------


def names(equation: Equation, setting: Setting) -> Iterator[Name]:
    """The names that an equation calculates with, and not what only tells them apart: entries of a matrix,
    letters of a script, and what J is said to depend on."""
    for part in equation.parts:
        for node in _terms(part, setting):
            if isinstance(node, Name):
                yield node


def _terms(node: Expression, setting: Setting) -> Iterator[Expression]:
    yield node
    inside: Iterable[Expression] = ()
    match node:
        case Matrix():
            pass
        case Name("nabla", sub=sub):
            inside = sub
        case Name():
            pass
        case Raised(body):
            inside = (body,)
        case Call(function) if setting.role(function.text) == "J":
            inside = (function,)
        case Sum(_, body):
            inside = (body,)
        case _:
            inside = children(node)
    for child in inside:
        yield from _terms(child, setting)


def index_count(sub: Sequence[Expression]) -> int:
    """How many indices stand in a subscript: `ij`, `12` and `i, j` are two."""
    if len(sub) != 1:
        return len(sub)
    match sub[0]:
        case Name(text, sub=(), sup=None) if text.isascii():
            return len(text)
        case Number() as number if number.text.isdigit():
            return len(number.text)
        case Binary("", left, right) if not isinstance(left, Number):
            return index_count([left]) + index_count([right])
    return 1


def is_letter(item: Expression) -> bool:
    """Whether an index is letters only, such as the i of a map."""
    match item:
        case Name(sub=(), sup=None):
            return True
        case Binary("", left, right):
            return is_letter(left) and is_letter(right)
    return False
