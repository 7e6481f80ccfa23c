"""What a run on traced scalars decided and changed on its way, and where in the user's code."""

from __future__ import annotations

import math
import sys
from contextvars import ContextVar
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING

import symgrad

if TYPE_CHECKING:
    from symgrad.trace.expand import Expansion
    from symgrad.trace.scalar import Traced


@dataclass
class Recorder:
    """What a run decided and changed on its way.

    branches    comparisons, as (left, sign, right), with the answer that was given
    rational    floats that are not exactly what they stand for, and the rational they were read as
    roots       floats that were read as the square root of a rational, and that rational
    coarse      whether small floats are read as 0, and 1 - 1e-12 as 1, to see whether it is they that differ
    origins     whether nodes remember the line of code that made them
    places      which entry of which argument a node is; where given, `np.pad` puts symbols, not zeros,
                around an argument, and `borders` says at which places outside
    expansion   what was compared, written out, where the witness alone could not tell
    """

    branches: list[tuple[Traced, str, Traced, bool]] = field(default_factory=list)
    compared: int = 0
    rational: dict[float, Fraction] = field(default_factory=dict)
    roots: dict[float, Fraction] = field(default_factory=dict)
    origins: bool = False
    coarse: bool = False
    places: dict[Traced, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    borders: dict[Traced, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    expansion: Expansion | None = None


recording: ContextVar[Recorder | None] = ContextVar("recording", default=None)


SMALL = 1e-4
"""What is read as 0 where floats are read coarsely: constants such as 1e-8 that keep from dividing by 0."""


def rational(number: float) -> Fraction:
    """The rational that a float is likely to stand for: 1/9 for 0.1111111111111111, 1/10 for 0.1.

    What is not exactly the float is recorded.
    """
    recorder = recording.get()
    if recorder is not None and number in recorder.rational:
        return recorder.rational[number]
    if recorder is not None and recorder.coarse and abs(number - round(number)) < SMALL:
        return Fraction(round(number))
    plain = Fraction(number)
    if plain.denominator <= 1024:
        return plain
    simple = plain.limit_denominator(10_000)
    found = simple if float(simple) == number else Fraction(repr(float(number)))
    if recorder is not None:
        recorder.rational[number] = found
    return found


def square(number: float) -> Fraction | None:
    """The rational of which a float is likely to be the square root, as 2 of 1.4142135623730951; or None.

    So `/ np.sqrt(d)` and `* (1 / np.sqrt(d))` are one number. What is a simple rational itself is no root.
    """
    recorder = recording.get()
    if recorder is not None and number in recorder.roots:
        return recorder.roots[number]
    plain = Fraction(number)
    if plain.denominator <= 1024 or float(plain.limit_denominator(10_000)) == number:
        return None
    found = Fraction(number * number).limit_denominator(10_000)
    if found <= 0 or not math.isclose(math.sqrt(found), abs(number), rel_tol=4e-16):
        return None
    if recorder is not None:
        recorder.roots[number] = found
    return found


# -- where in the user's code ---------------------------------------------------------------------

HERE = str(Path(symgrad.__file__).parent)
TESTING = str(Path(HERE) / "testing")


def remembering() -> bool:
    """Whether lines are remembered; then a product with 1, as a mean of one, is a node of its own."""
    recorder = recording.get()
    return recorder is not None and recorder.origins


def origin() -> tuple[CodeType, int] | None:
    """The code and line that is running, outside of NumPy and of this package."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith(TESTING):
            return None  # no code of the user's is running
        theirs = not frame.f_globals.get("__name__", "").startswith(("numpy.", "scipy."))
        if theirs and not name.startswith(HERE):
            return frame.f_code, frame.f_lineno
        frame = frame.f_back
    return None
