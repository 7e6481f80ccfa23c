"""One run of somebody's forward and backward on symbols, and what its gradients are compared with."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from symgrad.errors import SymgradError
from symgrad.testing.adapters import Adapter, NotInConvention, NotMade
from symgrad.testing.cases import Case
from symgrad.testing.guard import SECONDS, TimeOver, guarded
from symgrad.testing.result import (
    MUTATES,
    NOT_TRACEABLE,
    NOT_UNDERSTOOD,
    RAISED,
    RETURNED_NOTHING,
    TIMED_OUT,
    WRONG_SHAPE,
)
from symgrad.trace.array import Array, filled, scalars
from symgrad.trace.bounds import OutOfDomain
from symgrad.trace.numeric import NotTraceable
from symgrad.trace.recorder import Recorder, recording
from symgrad.trace.scalar import Traced, entry
from symgrad.trace.sums import Number

SCALES: Mapping[int, Number] = {2: 64, 3: Fraction(1, 64)}
"""In some runs entries are large or small, so that comparisons of what is not linear fall otherwise."""


@dataclass(frozen=True)
class Code:
    """What is checked: a forward, a backward, how they are called, and the bounds of entries."""

    forward: Any
    backward: Any
    adapter: Adapter
    wrt: tuple[str, ...]
    cotangent: str = "dout"
    seconds: float = SECONDS
    domain: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def gradient_name(self, name: str) -> str:
        """What the gradient by an argument is called."""
        return f"d{name}"


@dataclass(frozen=True)
class Problem:
    """Something that is wrong before any gradient can be compared."""

    kind: str
    what: str
    message: str
    line: tuple[str, int] | None = None
    cause: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What is wrong, to find the same at another case: of an exception, its kind and line too."""
        where = f" {self.message.partition(':')[0]} {self.line}" if self.kind == RAISED else ""
        return self.kind, self.what + where


class Stopped(Exception):
    """A run that ended with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass
class Run:
    """What a run gave: the entries of arguments, output, cotangent and gradients, as nodes.

    `problems` do not keep the gradients from being compared.
    """

    case: Case
    arrays: dict[str, Array]
    recorder: Recorder
    seed: int = 0
    positive: bool = False
    thresholds: tuple[Number, ...] = ()
    out: list[Traced] = field(default_factory=list)
    out_shape: tuple[int, ...] = ()
    cotangent: list[Traced] = field(default_factory=list)
    gradients: dict[str, list[Traced]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    printed: str = ""
    originals: dict[str, list[Traced]] = field(default_factory=dict)


Output = Callable[[Run], tuple[tuple[int, ...], list[Traced]]]
"""Gives the shape and entries of an output where there is no forward of the user's."""


def run(
    code: Code,
    case: Case,
    *,
    output: Output | None = None,
    seed: int = 0,
    positive: bool = False,
    tied: str | None = None,
    origins: bool = False,
    borders: bool = False,
    coarse: bool = False,
    thresholds: Sequence[Number] = (),
) -> Run:
    """Run the code at a case. The names of its modules must be bound to the stand-ins already.

    seed      which branch is taken where there are several
    positive  whether every witness is positive, for roots and logarithms
    tied      an argument all of whose entries are one symbol
    origins   whether the nodes remember the line that made them
    borders   whether there are symbols in place of the zeros of a padding
    coarse    whether small floats are read as 0
    thresholds  numbers that entries were compared with; some witnesses are chosen near them
    Raises Stopped with the problem if there are no gradients to compare.
    """
    recorder = Recorder(origins=origins, coarse=coarse)
    token = recording.set(recorder)
    try:
        chance = random.Random(seed)
        arrays = {
            name: _symbols(
                name,
                given,
                _Witnesses(chance, positive, thresholds, code.domain.get(name), SCALES.get(seed % 5, 1)),
                tied == name,
            )
            for name, given in case.arguments.items()
        }
        result = Run(case, arrays, recorder, seed, positive, tuple(thresholds))
        result.originals = {
            name: list(array.reshape(-1)) for name, array in arrays.items() if _is_traced(array)
        }
        if borders:
            for name, nodes in result.originals.items():
                places = np.ndindex(*arrays[name].shape)
                recorder.places.update({node: (name, p) for node, p in zip(nodes, places, strict=True)})
        saved = None
        if code.forward is not None:
            out, saved = _call(
                code, "forward", result, lambda: code.adapter.forward(code.forward, arrays, case.options)
            )
            result.out_shape, result.out = _entries(out, "out")
        if output is not None:
            result.out_shape, result.out = output(result)
        _not_mutated(result, "the forward")
        if code.backward is None:
            return result
        cotangent = _symbols(code.cotangent, result.out_shape, _Witnesses(chance), False)
        result.cotangent = list(cotangent.reshape(-1))
        given = cotangent if cotangent.ndim else cotangent[()]
        gradients = _call(
            code,
            "backward",
            result,
            lambda: code.adapter.backward(code.backward, given, saved, arrays, case.options, code.wrt),
        )
        _not_mutated(result, "the backward")
        if any(a is not b for a, b in zip(cotangent.reshape(-1), result.cotangent, strict=True)):
            message = f"the backward changes {code.cotangent}, the gradient it was handed"
            result.problems.append(Problem(MUTATES, code.cotangent, message))
        for name in code.wrt:
            _take(code, result, name, gradients)
        return result
    finally:
        recording.reset(token)


def _is_traced(array: Any) -> bool:
    return bool(array.dtype == object)


def _take(code: Code, result: Run, name: str, gradients: Mapping[str, Any]) -> None:
    """The gradient by one argument, if it is there and has the shape of the argument."""
    what = code.gradient_name(name)
    given = gradients.get(name)
    if given is None:
        message = "the backward gives None for it" if name in gradients else "the backward does not give it"
        result.problems.append(Problem(RETURNED_NOTHING, what, message))
        return
    try:
        shape, entries = _entries(given, what)
    except Stopped as stopped:
        result.problems.append(stopped.problem)
        return
    wanted = result.arrays[name].shape
    if shape != wanted:
        message = f"{what} has shape {shape}, {name} has {wanted}"
        result.problems.append(Problem(WRONG_SHAPE, what, message, cause=_shape_cause(shape, wanted, result)))
        return
    result.gradients[name] = entries


def _shape_cause(shape: tuple[int, ...], wanted: tuple[int, ...], run: Run) -> str:
    if len(shape) == len(wanted):
        if 0 in shape and 0 not in wanted:
            if 0 in run.out_shape:
                return "the output has no entries here, as no window fits: the gradient is zeros, not empty"
            return "unpadding with [p:-p] at p = 0 leaves nothing"
        if sorted(shape) == sorted(wanted):
            return "wrong transpose: the axes are in another order"
        if all(n >= m for n, m in zip(shape, wanted, strict=True)):
            return "larger than the argument: a padding is not cut off, or a sum is left out"
        return ""
    if len(shape) > len(wanted):
        return "a sum over an axis is left out"
    return "a sum over one axis too many"


@dataclass(frozen=True)
class _Witnesses:
    """Draws witnesses: small and large ones, some on either side of thresholds and between them; or within
    bounds. They are so many times as large as usual as `scale` says."""

    chance: random.Random
    positive: bool = False
    thresholds: Sequence[Number] = ()
    bounds: tuple[float, float] | None = None
    scale: Number = 1

    def tied(self) -> Fraction:
        """One for all entries of an argument."""
        return abs(self()) + 1 if self.bounds is None else self()

    def __call__(self) -> Fraction:
        if self.bounds is not None:
            low, high = map(Fraction, self.bounds)
            return low + (high - low) * Fraction(self.chance.randint(1, 2**20 - 1), 2**20)
        part = Fraction(self.chance.randint(1, 2**21), 2**20)
        size = self.scale * self.chance.choice((1, 1, 4)) * part
        if self.positive:
            return size
        if self.thresholds and self.chance.random() < 0.5:
            ordered = sorted(self.thresholds)
            place = self.chance.randrange(len(ordered))
            if place and self.chance.random() < 0.5:
                return ordered[place - 1] + (ordered[place] - ordered[place - 1]) * part / 2
            return Fraction(self.chance.choice(self.thresholds)) + self.chance.choice((1, -1)) * size / 4
        return size if self.chance.random() < 0.5 else -size


def _symbols(name: str, given: Any, witness: _Witnesses, tied: bool) -> Any:
    """An array of new symbols of a shape; an array that is given is copied."""
    if isinstance(given, np.ndarray):
        return given.copy()
    shape = tuple(given)
    array = filled(shape, 0)
    shared = None
    for place in np.ndindex(*shape):
        if tied:
            if shared is None:
                shared = entry(f"{name}[…]", witness.tied())
            array[place] = shared
        else:
            array[place] = entry(f"{name}[{', '.join(map(str, place))}]" if place else name, witness())
    return array


def _entries(given: Any, what: str) -> tuple[tuple[int, ...], list[Traced]]:
    """Shape and entries of what the code gave. Raises Stopped for None and for what is no array."""
    if given is None:
        raise Stopped(Problem(RETURNED_NOTHING, what, "None is returned"))
    if isinstance(given, (tuple, dict, str)):
        text = f"a {type(given).__name__} is returned, not an array"
        if what == "out" and isinstance(given, tuple) and len(given) == 2:
            text += "; if it is (out, cache), say adapter=cs231n, of a loss with its gradient adapter=loss;"
            text += " several outputs are checked one by one, or joined into one array"
        raise Stopped(Problem(WRONG_SHAPE, what, text))
    try:
        return np.shape(given), list(scalars(given))
    except (NotTraceable, ValueError) as error:
        raise Stopped(Problem(NOT_TRACEABLE, what, str(error))) from None


def _not_mutated(result: Run, who: str) -> None:
    for name, entries in result.originals.items():
        now = result.arrays[name].reshape(-1)
        if any(a is not b for a, b in zip(now, entries, strict=True)):
            problem = Problem(MUTATES, name, f"{who} changes its argument {name}")
            if all(p.what != name for p in result.problems):
                result.problems.append(problem)


def _call(code: Code, what: str, result: Run, call: Callable[[], Any]) -> Any:
    """Call the user's code; whatever it does wrong is raised as Stopped."""
    try:
        with guarded(code.seconds) as printed:
            try:
                value = call()
            finally:
                result.printed += printed.getvalue()
    except TimeOver:
        raise Stopped(Problem(TIMED_OUT, what, f"the {what} runs longer than {code.seconds:g} s")) from None
    except NotInConvention as error:
        kind = NOT_UNDERSTOOD if isinstance(error, NotMade) else RETURNED_NOTHING
        raise Stopped(Problem(kind, what, str(error))) from None
    except OutOfDomain:
        raise
    except SymgradError as error:
        raise Stopped(Problem(NOT_TRACEABLE, what, str(error), _line(error))) from None
    except (Exception, SystemExit, GeneratorExit) as error:
        raise Stopped(Problem(RAISED, what, _said(error), _line(error), cause=_is_refusal(error))) from None
    if value is None:
        raise Stopped(Problem(RETURNED_NOTHING, what, f"the {what} returns None"))
    return value


def _is_refusal(error: BaseException) -> str:
    return "an assertion of the code" if isinstance(error, AssertionError) else ""


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _line(error: BaseException) -> tuple[str, int] | None:
    """The last line of the user's code on the way to an exception."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        name = "/" + frame.filename  # compiled modules give theirs from the package on
        if not any(part in name for part in ("/symgrad/", "/numpy/", "/scipy/", "<__array_function__")):
            return frame.filename, frame.lineno or 0
    return None


CALLED = "on numbers it runs: symgrad.blackbox checks code that is only called"
"""What is said of code that does not run on symbols, and does on numbers."""


def numbers(case: Case, seed: int = 0) -> dict[str, Any]:
    """Arrays of random floats for a case, to see whether code runs on numbers at all."""
    chance = np.random.default_rng(seed)
    return {
        name: given.copy() if isinstance(given, np.ndarray) else chance.uniform(0.1, 1.0, tuple(given))
        for name, given in case.arguments.items()
    }


def runs_on_numbers(code: Code, case: Case) -> bool:
    """Whether the code runs on floats without an exception; if so, it is the tracing that failed."""
    arrays = numbers(case)
    try:
        with guarded(code.seconds), np.errstate(all="ignore"):
            saved = None
            out: Any = None
            if code.forward is not None:
                out, saved = code.adapter.forward(code.forward, arrays, case.options)
            if code.backward is not None and out is not None:
                code.adapter.backward(
                    code.backward, np.ones(np.shape(out)), saved, arrays, case.options, code.wrt
                )
    except (Exception, SystemExit, TimeOver):
        return False
    return True
