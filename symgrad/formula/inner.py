r"""A dot between two vectors: the elementwise product, or \(x \cdot y = \sum_i x_i y_i\), as is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from symgrad.decide.verdict import Proved
from symgrad.formula.guesses import LOSSES
from symgrad.formula.outputs import Choice
from symgrad.formula.syntax import Binary, Equation, Expression, Negative, rebuilt, walk

if TYPE_CHECKING:
    from symgrad.formula.reading import Reading

INNER = "⟨⟩"
"""The sign of a dot that is an inner product, which nobody writes."""
_OF_VECTORS = ("softmax", "activation", "loss")
"""The layers in which names are vectors, and nothing slides."""
_ELEMENTWISE = ("dot", "· as elementwise product")
_INNER = ("dot", "· as inner product")


def may_be_inner(choice: Choice, equation: Equation, found: Sequence[Reading]) -> bool:
    """Whether a dot of an equation is to be read as an inner product too: where it is right as no other."""
    if choice.layer not in _OF_VECTORS or any(isinstance(r.verdict, Proved) for r in found):
        return False
    return any(isinstance(n, Binary) and n.sign == "·" for part in equation.parts for n in walk(part))


def with_inner(choice: Choice) -> Choice:
    """The same with a dot as the inner product."""
    of = [("loss", LOSSES[choice.wanted.loss])] if choice.layer == "loss" else []
    options = dict.fromkeys((*choice.options, *of, _INNER))
    return replace(choice, inner=True, options=tuple(options))


def with_inner_dots(node: Expression, is_vector: bool) -> Expression:
    """An expression with every dot in it as an inner product, but for those that it would be a number by."""

    def go(inside: Expression) -> Expression:
        return with_inner_dots(inside, False)

    match node:
        case Negative(body) if is_vector:
            return replace(node, body=with_inner_dots(body, True))
        case Binary("+" | "-", left, right) if is_vector:
            return replace(node, left=with_inner_dots(left, True), right=with_inner_dots(right, True))
        case Binary(_, left, right) if is_vector:
            return replace(node, left=_factor(left), right=_factor(right))
        case Binary("·", left, right):
            return replace(node, sign=INNER, left=go(left), right=go(right))
    return rebuilt(node, go)


def _factor(node: Expression) -> Expression:
    """A factor of a vector: only what stands in brackets may be a number."""
    is_bracketed = isinstance(node, Binary) and node.span[1] > node.right.span[1]
    return with_inner_dots(
        node, isinstance(node, Binary) and node.sign not in ("+", "-") and not is_bracketed
    )


def with_dots_named(readings: list[Reading]) -> list[Reading]:
    """The readings, of a dot in both ways if either has a meaning; else as if there were one only."""
    if not any(reading.choice.inner and reading.fits for reading in readings):
        return [reading for reading in readings if not reading.choice.inner]
    return [
        reading
        if reading.choice.inner
        else replace(reading, choice=replace(reading.choice, options=(*reading.choice.options, _ELEMENTWISE)))
        for reading in readings
    ]
