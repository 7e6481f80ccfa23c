"""Calling other people's code and seeing how it behaves: it may raise, mutate, print, draw at random."""

from __future__ import annotations

import contextlib
import io
import traceback
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from symgrad.blackbox.function import Arrays, Function, Shape
from symgrad.testing.guard import SECONDS, TimeOver, guarded
from symgrad.testing.result import Finding

WATCHED = 10
"""How many calls are limited in time, and every how many later: what ends ten times mostly ends."""


class Misconduct(Exception):
    """The code did what no forward or backward may do; the finding says what."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Conduct:
    """A function called with care, for so many seconds a call. It may raise Misconduct, and nothing else.

    Arguments are handed over as copies, so that code that mutates them spoils nothing here; output of the
    code is kept away from the terminal and counted in `printed`.
    """

    def __init__(self, function: Function, seconds: float = SECONDS) -> None:
        self.function, self.seconds = function, seconds
        self.printed = 0
        self._calls = 0

    def forward(self, arrays: Arrays, again: bool = False) -> Any:
        """The output; with `again`, computed twice and the same both times."""
        out = self._value("forward", arrays, None)
        if again:
            self._same(out, self._value("forward", arrays, None), arrays, "forward", "out")
        return out

    def gradients(self, arrays: Arrays, cotangent: Any, again: bool = False) -> dict[str, Any]:
        """The gradients by argument, each of the shape of its argument."""
        found = self._gradients(arrays, cotangent)
        if again:
            second = self._gradients(arrays, cotangent)
            for name in found:
                self._same(found[name], second[name], arrays, "backward", f"d{name}")
        return found

    def pulled_back(self, arrays: Arrays) -> tuple[Any, Callable[[Any], dict[str, Any]]]:
        """The output, and from a cotangent the gradients; the forward is run once if the code allows it."""
        if self.function.pullback is None:
            return self.forward(arrays), lambda cotangent: self.gradients(arrays, cotangent)
        pullback = self.function.pullback
        answer, back = self._called("forward", lambda given, _: pullback(given), arrays, None)

        def gradients(cotangent: Any) -> dict[str, Any]:
            found = self._called("backward", lambda _, handed: back(handed), arrays, cotangent)
            return self._each_gradient(found, arrays)

        return self._array(answer, "out", arrays), gradients

    def _value(self, which: str, arrays: Arrays, cotangent: Any) -> Any:
        out = self._called(which, lambda given, _: self.function.forward(given), arrays, cotangent)
        if out is None:
            raise self._misconduct("RETURNED NOTHING", "out", arrays, "the forward returned None")
        return self._array(out, "out", arrays)

    def _gradients(self, arrays: Arrays, cotangent: Any) -> dict[str, Any]:
        return self._each_gradient(
            self._called("backward", self.function.gradients, arrays, cotangent), arrays
        )

    def _each_gradient(self, answer: Any, arrays: Arrays) -> dict[str, Any]:
        asked = self.function.wrt or tuple(arrays)
        found = {}
        for name in asked:
            gradient = answer.get(name) if isinstance(answer, Mapping) else None
            if gradient is None:
                text = f"the backward gave no gradient for {name}"
                raise self._misconduct("RETURNED NOTHING", f"d{name}", arrays, text)
            found[name] = self._array(gradient, f"d{name}", arrays)
            if found[name].shape != arrays[name].shape:
                text = f"d{name} has shape {found[name].shape}, and {name} has {arrays[name].shape}"
                raise self._misconduct("WRONG SHAPE", f"d{name}", arrays, text)
        return found

    def _called(self, which: str, call: Callable[[Arrays, Any], Any], arrays: Arrays, cotangent: Any) -> Any:
        given = {name: array.copy() for name, array in arrays.items()}
        handed = None if cotangent is None else cotangent.copy()
        try:
            with self._silenced():
                answer = call(given, handed)
        except TimeOver:
            text = f"the {which} runs longer than {self.seconds:g} s"
            raise self._misconduct("TIMED OUT", which, arrays, text) from None
        except (Exception, SystemExit, GeneratorExit) as problem:
            raise self._raised(problem, which, arrays) from problem
        for name, array in given.items():
            if not _same_bits(array, arrays[name]):
                text = f"the {which} changed its argument {name} in place"
                raise self._misconduct("MUTATES", name, arrays, text)
        if handed is not None and not _same_bits(handed, cotangent):
            text = f"the {which} changed the gradient it was handed in place"
            raise self._misconduct("MUTATES", "the cotangent", arrays, text)
        return answer

    @contextlib.contextmanager
    def _silenced(self) -> Iterator[None]:
        self._calls += 1
        watched = self._calls <= WATCHED or self._calls % WATCHED == 0
        with guarded(self.seconds) if watched else _quiet() as said, np.errstate(all="ignore"):
            try:
                yield
            finally:
                self.printed += len(said.getvalue().splitlines())

    def _array(self, value: Any, what: str, arrays: Arrays) -> Any:
        array = np.asarray(value)
        if array.dtype == object or not np.issubdtype(array.dtype, np.number):
            text = f"{what} is {type(value).__name__}, which is no array of numbers"
            raise self._misconduct("WRONG SHAPE", what, arrays, text)
        return array.astype(np.float64, copy=False)

    def _same(self, first: Any, second: Any, arrays: Arrays, which: str, what: str) -> None:
        if first.shape != second.shape or not _same_bits(first, second):
            text = f"the {which} gives two answers for the same arguments: it depends on chance or on state"
            raise self._misconduct("RANDOM", what, arrays, text)

    def _raised(self, problem: BaseException, which: str, arrays: Arrays) -> Misconduct:
        frames = traceback.extract_tb(problem.__traceback__)
        own = [frame for frame in frames if "symgrad/blackbox" not in frame.filename.replace("\\", "/")]
        line = (own[-1].filename, own[-1].lineno or 0) if own else None
        text = f"the {which} raised {type(problem).__name__}: {problem}"
        return Misconduct(Finding("RAISED", which, shapes_of(arrays), line=line, message=text))

    def _misconduct(self, kind: str, what: str, arrays: Arrays, text: str) -> Misconduct:
        return Misconduct(Finding(kind, what, shapes_of(arrays), message=text))


def _same_bits(one: Any, other: Any) -> bool:
    """Whether two arrays of one shape are the same; nan is itself."""
    return bool(np.array_equal(one, other)) or one.tobytes() == other.tobytes()


@contextlib.contextmanager
def _quiet() -> Iterator[io.StringIO]:
    """What is printed is kept, and time has no limit."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        yield said


def shapes_of(arrays: Arrays) -> tuple[tuple[str, Shape], ...]:
    """The shape of each array, by name."""
    return tuple((name, tuple(array.shape)) for name, array in arrays.items())
