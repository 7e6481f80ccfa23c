"""Why a formula cannot be read, or has no meaning in a reading."""

from __future__ import annotations

from symgrad.errors import SymgradError
from symgrad.formula.syntax import Expression


class Meaningless(SymgradError):
    """An expression that has no meaning in a reading: why, and at which part of it."""

    def __init__(self, problem: str, node: Expression | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.node = node


class FormulaError(SymgradError):
    """A formula that cannot be read: where, what was found, and what was expected.

    `column` counts from 0 in `text`; `str()` shows the formula with a caret under it.
    """

    def __init__(self, text: str, column: int, problem: str, expected: tuple[str, ...] = ()) -> None:
        self.text = text
        self.column = column
        self.problem = problem
        self.expected = expected
        super().__init__(self._shown())

    def _shown(self) -> str:
        line_start = self.text.rfind("\n", 0, self.column) + 1
        line = self.text[line_start:].split("\n", 1)[0]
        place = self.column - line_start
        begin = max(0, place - 50)
        window = line[begin : begin + 90]
        caret = " " * (place - begin) + "^"
        wanted = f"; expected {_or(self.expected)}" if self.expected else ""
        return f"column {place + 1}: {self.problem}{wanted}\n  {window}\n  {caret}"


def _or(words: tuple[str, ...]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
