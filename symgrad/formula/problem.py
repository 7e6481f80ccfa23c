"""Why an expression has no meaning in a reading."""

from __future__ import annotations

from symgrad.errors import SymgradError
from symgrad.formula.syntax import Expression


class Meaningless(SymgradError):
    """An expression that has no meaning in a reading: why, and at which part of it."""

    def __init__(self, problem: str, node: Expression | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.node = node
