"""Equations cut to the width of a page, and put side by side where both are short."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from symgrad.explain.document import Display, Equation
from symgrad.explain.layout import EQUALS, Layout, Row, broken, row, width

ROOM = 87.0
"""How wide a displayed line may be, in letters."""


def equation(left: Layout, right: Layout, room: float = ROOM) -> Equation:
    """left = right, the right side cut into lines that fit."""
    first = room - width(left)
    lines = broken(row(EQUALS, right), room - 6, first)
    if width(left) > room / 2 and len(lines) > 1:
        return Equation(Row(()), (left, *broken(row(EQUALS, right), room - 6)))
    return Equation(left, tuple(lines))


def side_by_side(equations: tuple[Equation, ...]) -> Iterator[Display]:
    """Two equations in a line where both are short enough."""
    for side_by_side, run in itertools.groupby(_in_lines(equations), lambda line: len(line) == 2):
        yield Display(tuple(e for line in run for e in line), 2 if side_by_side else 1)


def _in_lines(equations: Sequence[Equation]) -> Iterator[list[Equation]]:
    left = list(equations)
    while left:
        count = 2 if len(left) > 1 and all(map(_is_short, left[:2])) else 1
        yield left[:count]
        left = left[count:]


def _is_short(equation: Equation) -> bool:
    """Whether two such equations fit side by side; one without a left side goes on with the one before."""
    return len(equation.lines) == 1 and width(equation.left) > 0 and across(equation) < (ROOM - 14) / 2


def across(equation: Equation) -> float:
    """How wide it is, in letters."""
    return width(equation.left) + max(map(width, equation.lines))
