"""What is said of a formula that is wrong: its counterexample in its notation, or why it has no meaning."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.decide.verdict import IllFormed, Refuted
from symgrad.formula.notation import Notation
from symgrad.formula.parse import FormulaError
from symgrad.formula.problem import Meaningless
from symgrad.formula.reading import Reading
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Equation, Expression

LONG = 160
"""How long a polynomial may be,"""
TERMS = 4
"""and how many missing or extra terms are shown."""


def details(
    text: str, equation: Equation, setting: Setting, reading: Reading, several: bool
) -> tuple[tuple[str, str], ...]:
    """The counterexample in the notation of the formula, and to which of several readings it is one."""
    verdict = reading.verdict
    assert isinstance(verdict, Refuted)
    found = verdict.counterexample
    notation = Notation(text, equation, setting, reading.choice)
    lines: list[tuple[str, str]] = []
    sizes = ", ".join(f"{name}={value}" for name, value in found.sizes)
    if several:
        lines.append(("refuted with", reading.told))
    if sizes:
        lines.append(("smallest sizes", sizes))
    if found.position is not None:
        place = ", ".join(str(k + reading.choice.base) for k in found.position)
        lines.append(("entry", f"({place}), counted from {reading.choice.base}" if place else "the number"))
    lines.append(("derived", notation.polynomial(short(found.derived or "0"))))
    lines.append(("claimed", notation.polynomial(short(found.claimed or "0"))))
    for what, terms in (("missing", found.missing), ("extra", found.extra)):
        if terms:
            shown = [term for term in terms[:TERMS] if len(term) <= LONG // 2] or [short(terms[0])]
            more = f" and {len(terms) - len(shown)} more" if len(terms) > len(shown) else ""
            lines.append((what, notation.polynomial(", ".join(shown)) + more))
    return tuple(lines)


def polynomials(verdict: Refuted) -> tuple[tuple[str, str], ...]:
    """Both sides of a counterexample about functions."""
    found = verdict.counterexample
    return (("derived", short(found.derived or "0")), ("claimed", short(found.claimed or "0")))


def short(text: str) -> str:
    """A polynomial of so many terms as fit a line or two, and one at least."""
    ends, depth = [], 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if not depth and text.startswith(" + ", place):
            ends.append(place)
    if len(text) <= LONG or not ends:
        return text
    return text[: max((end for end in ends if end + len(" + ") <= LONG), default=ends[0])] + " + …"


def problem_of(readings: Sequence[Reading], text: str) -> str:
    """The most telling reason why nothing fits."""
    found: list[tuple[int, str, Expression | None]] = []
    for reading in readings:
        if isinstance(reading.problem, Meaningless):
            found.append(
                (0 if reading.problem.node is not None else 2, reading.problem.problem, reading.problem.node)
            )
        elif isinstance(reading.verdict, IllFormed):
            sizes = ", ".join(f"{name}={value}" for name, value in reading.verdict.sizes)
            said = reading.verdict.problem.removeprefix("in the forward: ")
            found.append((1, said + (f", at {sizes}" if sizes else ""), None))
        elif isinstance(reading.verdict, Refuted):
            counter = reading.verdict.counterexample
            shapes = [
                "×".join(map(str, s)) or "a number" for s in (counter.derived_shape, counter.claimed_shape)
            ]
            sizes = ", ".join(f"{name}={value}" for name, value in counter.sizes)
            where = f" at {sizes}" if sizes else ""
            found.append((1, f"the left side is {shapes[0]}, the right side {shapes[1]}{where}", None))
    if not found:
        return "this cannot be read"
    counts: dict[str, int] = {}
    for _, said, _ in found:
        counts[said] = counts.get(said, 0) + 1
    _, said, node = min(found, key=lambda item: (item[0], -counts[item[1]]))
    if node is not None and node.span[1] > node.span[0]:
        return str(FormulaError(text, node.span[0], said))
    return said
