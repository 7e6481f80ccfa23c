"""Quotients, roots and logarithms that have no value anywhere, whatever the entries of the tensors are.

A condition on values such as `y ≠ 0` is part of a verdict; `y - y ≠ 0` can never hold, so that a claim
under it would say nothing. It is looked for by interpretation at small sizes, which can only take a verdict
away: what is too large to interpret is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from symgrad.concrete.evaluate import Evaluation, Inputs
from symgrad.concrete.hypotheses import under
from symgrad.concrete.rings import POWER, Opaque, Polynomial, Polynomials, Unknown, at_most
from symgrad.decide.conditions import OnValues, relation_of
from symgrad.decide.counterexample import as_unknown
from symgrad.decide.question import Question
from symgrad.errors import SymgradError
from symgrad.language.functions import KNOWN, Known
from symgrad.language.notation import nodes
from symgrad.language.scalar import Scalar, walk
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor

WORK = 2_000
"""The most products that interpreting a tensor may take, as a rough estimate,"""
PRODUCTS = 5_000
"""and the most that it takes indeed."""


class Nowhere(SymgradError):
    """Something that has no value whatever the entries are; `condition` is what cannot hold."""

    def __init__(self, condition: OnValues) -> None:
        super().__init__(_words(condition))
        self.condition = condition


def without_a_value(
    asked: Question, several: Iterable[Mapping[Symbol, int]]
) -> tuple[str, Mapping[Symbol, int]] | None:
    """What has no value at any of the sizes, in words, and the first sizes; None if some sizes are good."""
    suspects = [("in the forward: ", tensor) for tensor in _suspects(asked.z)]
    suspects += [("", tensor) for tensor in _suspects(asked.claim) if tensor not in nodes(asked.z)]
    first: tuple[str, Mapping[Symbol, int]] | None = None
    for sizes in several if suspects else ():
        try:
            with at_most(PRODUCTS):
                problem = _problem(asked, suspects, sizes)
        except SymgradError:  # too large to write out
            return None
        if problem is None:
            return None
        first = first or (problem, sizes)
    return first


def _suspects(tensor: Tensor) -> list[Comprehension]:
    """The tensors with a quotient, root or logarithm in their own definition that may have no value."""
    return [
        node
        for node in nodes(tensor)
        if isinstance(node, Comprehension) and any(relation_of(inner) for inner in walk(node.body))
    ]


def _problem(
    asked: Question, suspects: list[tuple[str, Comprehension]], sizes: Mapping[Symbol, int]
) -> str | None:
    inputs = under(asked.hypotheses, sizes, as_unknown, Polynomials())
    evaluation = _Watching(sizes, inputs)
    for where, tensor in suspects:
        if evaluation.work(tensor) > WORK:
            return None
        try:
            for place in evaluation.places(tensor):
                evaluation.entry(tensor, place)
        except Nowhere as found:
            return f"{where}{found}"
    return None


class _Watching(Evaluation):
    """The interpreter over polynomials, which raises Nowhere at the first condition that cannot hold."""

    def __init__(self, sizes: Mapping[Symbol, int], inputs: Inputs) -> None:
        super().__init__(sizes, inputs, Polynomials())

    def _scalar(self, node: Scalar, env: Mapping[Symbol, int]) -> Any:
        condition = relation_of(node)
        if condition is not None:
            value: Polynomial = self._scalar(condition.of, env)
            if not value.terms or (condition.relation == "> 0" and _is_negative(value)):
                raise Nowhere(condition)
        return super()._scalar(node, env)


def _is_negative(value: Polynomial) -> bool:
    """Whether it is evidently at most 0: minus a sum of squares and of positive functions."""
    return all(
        coefficient < 0 and all(power % 2 == 0 or _is_positive(unknown) for unknown, power in product)
        for product, coefficient in value.terms.items()
    )


def _is_positive(unknown: Unknown) -> bool:
    """Whether it is a root, or a function whose values are positive."""
    if not isinstance(unknown, Opaque):
        return False
    if unknown.is_power:
        return "/" in unknown.name.removeprefix(POWER)
    return unknown.name in KNOWN and Known(unknown.name).positive


def _words(condition: OnValues) -> str:
    text = str(condition).removesuffix(condition.relation).rstrip()
    if condition.relation == "≠ 0":
        return f"division by {text}, which is 0 whatever the entries are"
    return f"{text} must be positive for a root or a logarithm of it, and never is"
