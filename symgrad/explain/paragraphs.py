"""Which steps of a proof are told in one paragraph, and which of them get a line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from symgrad.explain.opening import summing
from symgrad.explain.proof import (
    ChainRule,
    ClosedForm,
    Collapse,
    Deltas,
    Insert,
    Recognise,
    Rewrite,
    Step,
    Substitute,
)
from symgrad.language.tensor import Comprehension

LONG = 15
"""A proof of more steps than this is told more briefly."""
LINES = 4
"""With more operators than this, not every one gets a line."""


def together(steps: Sequence[Step], briefly: bool) -> Iterator[list[Step]]:
    """Steps told in one paragraph: a chain rule with its partial derivatives, operators one by one.

    In a long proof the collapse of the deltas is told with them, and a substitution with what was put in.
    """
    found: list[list[Step]] = []
    for kind, run in itertools.groupby(steps, _kind):
        listed_steps = list(run)
        if kind is None:
            found += [[step] for step in listed_steps]
        else:
            found.append(listed_steps)
        if briefly and len(found) > 1 and _goes_on(found[-2][0], found[-1][0]):
            found[-2:] = [found[-2] + found[-1]]
    yield from found


def _goes_on(one: Step, other: Step) -> bool:
    """Whether a long proof tells a step with the one before."""
    if isinstance(other, Collapse):
        return _kind(one) == "chain"
    return isinstance(other, Substitute) and isinstance(one, Insert)


def told(steps: Sequence[Step], briefly: bool) -> list[Step]:
    """The steps that get a line: of many operators recognised only those that sum, or the last."""
    if isinstance(steps[0], Insert):
        return [steps[-1]]
    if not isinstance(steps[0], Recognise):
        return list(steps)
    if briefly:
        return list(steps[-2:])
    if len(steps) <= LINES:
        return list(steps)
    pairs = itertools.pairwise(steps)
    lines = [one for one, after in pairs if not (_moves(one) and isinstance(after, Recognise))] + [steps[-1]]
    return lines if len(lines) <= LINES else lines[-2:]


def _moves(step: Step) -> bool:
    """Whether an operator is recognised that sums nothing, such as a border of zeros."""
    if not isinstance(step, Recognise) or not isinstance(step.operator, Comprehension):
        return False
    return not summing(step.operator.body)


def _kind(step: Step) -> str | None:
    if isinstance(step, (Recognise, ClosedForm)):
        return "recognise"
    if isinstance(step, (Insert, Rewrite)):
        return "insert"
    return "chain" if isinstance(step, (ChainRule, Deltas)) else None
