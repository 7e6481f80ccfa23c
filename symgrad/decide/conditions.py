"""What must hold of the values for both sides to have a meaning: the side conditions of a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symgrad.decide.question import Question
from symgrad.language.functions import Known
from symgrad.language.index import Index
from symgrad.language.notation import nodes, operator_text, scalar_text
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Function,
    Multiply,
    Power,
    Scalar,
    Selected,
    Sum,
    walk,
)
from symgrad.language.tensor import Comprehension, Tensor


@dataclass(frozen=True, slots=True)
class OnValues:
    """`of` stands in a relation to 0: `> 0`, or `≠ 0`."""

    of: Scalar
    relation: str

    def __str__(self) -> str:
        return f"{_text(self.of)} {self.relation}"


def conditions_on_values(asked: Question) -> Iterator[str]:
    """What must hold of the entries, in words: hypotheses, then where functions and roots are defined."""
    functions: dict[str, None] = {}
    maxima = False
    for node, _ in _where_met(asked):
        match node:
            case Apply(Function(name, order), _) if order:
                functions[name] = None
            case Selected():
                maxima = True
    yield from map(str, asked.hypotheses)
    yield from (f"{name} is differentiable" for name in functions)
    if maxima:
        yield "the maximum of each window is attained once"
    yield from map(str, relations_of_values(asked))


def relations_of_values(asked: Question) -> Iterator[OnValues]:
    """Where functions, roots and quotients are defined, each once."""
    found: dict[str, OnValues] = {}
    for node, differentiated in _where_met(asked):
        condition = relation_of(node)
        if condition is not None:
            found.setdefault(str(condition), condition)
        match node:
            case Apply(Known() as function, argument) if function.smooth and differentiated:
                smooth = OnValues(argument, function.smooth)
                found.setdefault(str(smooth), smooth)
    for text, relation in found.items():
        if "≠" not in text or text.replace("≠", ">") not in found:
            yield relation


def relation_of(node: Scalar) -> OnValues | None:
    """What must hold for a function, a root or a quotient to be defined, unless it evidently does."""
    match node:
        case Apply(Known() as function, argument) if function.defined and not is_positive(argument):
            return OnValues(argument, function.defined)
        case Power(base, exponent) if exponent.denominator != 1 and not is_positive(base):
            return OnValues(base, "> 0")
        case Power(base, exponent) if exponent < 0 and not is_positive(base):
            return OnValues(base, "≠ 0")
    return None


def _where_met(asked: Question) -> Iterator[tuple[Scalar, bool]]:
    """Every node on both sides and in the forward, and whether it is differentiated."""
    sides = [asked.derived, asked.claim, asked.z]
    differentiated = set(nodes(asked.z)) if asked.wrt is not None else set()
    for tensor in dict.fromkeys(node for side in sides for node in nodes(side)):
        if isinstance(tensor, Comprehension):
            yield from ((node, tensor in differentiated) for node in walk(tensor.body))


def _text(node: Scalar) -> str:
    """A scalar as it is written; an entry of an expression as the expression."""
    if isinstance(node, Access) and isinstance(node.tensor, Comprehension):
        return operator_text(node.tensor)
    return scalar_text(node)


def is_positive(node: Scalar) -> bool:
    """Whether its value is positive wherever it has a meaning. False may mean "not evident"."""
    match node:
        case Constant(value, powers):
            return value > 0 and all(_is_positive_size(base) for base, _ in powers)
        case Apply(Known() as function, _):
            return function.positive
        case Add(terms):
            return all(map(is_positive, terms))
        case Multiply(factors):
            return all(map(is_positive, factors))
        case Power(base, exponent):
            return exponent.denominator != 1 or is_positive(base)  # a root is of a positive number
        case Sum(over, body):
            return all(_is_positive_size(extent) for _, extent in over) and is_positive(body)
        case Access(tensor, _):
            return _has_positive_entries(tensor)
        case _:
            return False


def _has_positive_entries(tensor: Tensor) -> bool:
    return isinstance(tensor, Comprehension) and is_positive(tensor.body)


def _is_positive_size(size: Index) -> bool:
    """Whether it is a positive number or a size, not a difference, which may be 0."""
    if size.constant is not None:
        return size.constant > 0
    symbol = size.symbol
    return symbol is not None and not symbol.is_index and symbol.minimum >= 1
