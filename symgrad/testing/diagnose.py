"""From a wrong tensor to what a person needs to mend it: the entry, the terms, the cause, the line."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.testing.compare import Comparison, Judge
from symgrad.testing.example import Example
from symgrad.testing.mistakes import mistakes
from symgrad.trace.algebra import TooManyTerms
from symgrad.trace.expand import Expansion
from symgrad.trace.graph import ADD, MULTIPLY, operands
from symgrad.trace.scalar import Traced

Described = tuple[tuple[int, ...] | None, str, str, tuple[str, ...], tuple[str, ...]]

SMALL_CONSTANTS = "right but for a small constant, such as 1e-8, that forward and backward do not have alike"


def described(wrong: Comparison) -> Described:
    """The first wrong entry, as derived and as obtained, and the terms that are missing and extra."""
    place = wrong.wrong[0]
    algebra = wrong.expansion.algebra
    derived = wrong.expansion.sum(wrong.at(wrong.derived, place))
    obtained = wrong.expansion.sum(wrong.at(wrong.obtained, place))
    missing = {m: c for m, c in derived.items() if obtained.get(m) != c}
    extra = {m: c for m, c in obtained.items() if derived.get(m) != c}
    return (
        None if wrong.tied else place,
        algebra.text(derived),
        algebra.text(obtained),
        tuple(algebra.terms(missing)),
        tuple(algebra.terms(extra)),
    )


def cause_of(examples: Sequence[Comparison], judge: Judge) -> str:
    """The first known mistake that explains every entry of every example; empty if none does."""
    seen = sorted((Example(one, judge) for one in examples), key=lambda e: e.derived.size)
    for text, make in mistakes(seen[-1]):
        try:
            if all(example.is_obtained(make(example)) for example in seen):
                return text
        except (KeyError, IndexError, ValueError, ArithmeticError, TooManyTerms):
            continue  # the mistake cannot be made at one of the shapes
    if all(judge.but_for_small_constants(one) for one in examples):
        return SMALL_CONSTANTS
    return ""


def wrong_line(wrong: Comparison, judge: Judge) -> tuple[str, int] | None:
    """The line at which a term that is extra was added, or else the one that made the entry."""
    again = judge.again(wrong)
    if again is None:
        return None
    nodes = again.out if wrong.of == "out" else again.gradients.get(wrong.of)
    if not nodes:
        return None
    place = wrong.wrong[0]
    root = nodes[0] if not wrong.shape else wrong.at(nodes, place)
    expansion = Expansion()
    for other in judge.entries(again):
        expansion.sum(other)
    derived = wrong.expansion.algebra
    wanted = set(derived.terms(wrong.expansion.sum(wrong.at(wrong.derived, place))))
    extra = [t for t in expansion.algebra.terms(expansion.sum(root)) if t not in wanted]
    return _line_of(_added(root, expansion, set(extra)) if extra else root)


def _added(root: Traced, expansion: Expansion, extra: set[str]) -> Traced:
    """The addition at which an extra term came in: the deepest that has it, and is no sum of its parts."""
    node, line = root, root
    while node.kind in (ADD, MULTIPLY):
        if node.kind == MULTIPLY and node.left.kind != ADD and node.right.kind != ADD:
            break
        inner = None
        for part in operands(node):
            if any(term in extra for term in expansion.algebra.terms(expansion.sum(part))):
                inner = part
        if inner is None:
            break
        line, node = node, inner
    return line


def _line_of(node: Traced) -> tuple[str, int] | None:
    """Where a node was made, or what it is made of."""
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        if one.origin is not None:
            return one.origin[0].co_filename, one.origin[1]
        waiting += operands(one)
    return None
