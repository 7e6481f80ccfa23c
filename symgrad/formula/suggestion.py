"""Did you mean: the first formula with one mistake undone that is PROVED."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from symgrad.decide.verdict import Proved, Refuted
from symgrad.errors import SymgradError
from symgrad.formula.budget import Patience
from symgrad.formula.notation import Notation
from symgrad.formula.parse import parse
from symgrad.formula.reading import Reader, Reading
from symgrad.formula.repair import Repairs
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Equation, Name

REPAIRS = 60
"""How many changed formulas are tried."""


@dataclass(frozen=True)
class Suggestion:
    """Looks for what was meant by a formula with two sides, when it is asked and not before.

    `readings` are those that it was refused in, `patience` the time that is left for the whole text.
    """

    formula: str
    setting: Setting
    patience: Patience
    readings: tuple[Reading, ...]

    def text(self) -> str | None:
        """The changed formula; None if there is none, or it was not found in time."""
        equation = _equation(self.formula)
        if equation is None or not self.readings:
            return None
        try:
            with self.patience:
                tried = itertools.islice(self._texts(equation), REPAIRS)
                return next((text for text in tried if self._is_proved(text)), None)
        except RecursionError:
            return None

    def _texts(self, equation: Equation) -> Iterator[str]:
        """For an entry the derivative itself; else the formula under each mistake."""
        reader = Reader(self.setting, equation)
        target = reader.target(equation.parts[0], equation.parts[1:])
        if target is not None and not all(isinstance(item, Name) for item in target.name.sub):
            left = self.formula[slice(*equation.parts[0].span)]
            for reading in self.readings:
                verdict = reading.verdict
                if isinstance(verdict, Refuted) and verdict.counterexample.derived:
                    notation = Notation(self.formula, equation, reader.setting, reading.choice)
                    yield f"{left} = {notation.polynomial(verdict.counterexample.derived)}"
                    break
        yield from Repairs(self.formula, equation, reader.setting, self.readings[0].choice, target).texts()

    def _is_proved(self, text: str) -> bool:
        equation = _equation(text)
        if equation is None or not self.patience.left:
            return False
        readings = Reader(self.setting, equation, self.patience).readings(*equation.parts)
        return any(isinstance(reading.verdict, Proved) for reading in readings if reading.fits)


@functools.lru_cache(maxsize=256)
def _equation(text: str) -> Equation | None:
    """The one equation with two sides that a text is."""
    try:
        found = parse(text)
    except SymgradError:
        return None
    return found[0] if len(found) == 1 and len(found[0].parts) == 2 else None
