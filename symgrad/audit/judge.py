"""The report on a pair, by what is said of it, or else in the readings that its names suggest."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from symgrad.audit.box import Box, not_understood, provided, ran_nowhere
from symgrad.audit.find import Pair
from symgrad.audit.infer import Meaning, infer
from symgrad.audit.losses import labelled
from symgrad.blackbox.conduct import Misconduct
from symgrad.testing.result import PASSED, RAISED, RANDOM, TIMED_OUT, UNDECIDED, CheckReport


def judged(module: Any, made: Pair, said: Mapping[str, Any], seconds: float) -> CheckReport:
    """The report on a pair of a module that is imported, by what is said of it or else by its names."""
    meaning = infer(made, said.get("layer"), said.get("layout", "NCHW"))
    if "arguments" in said:
        return _as_told(Box(module, made, meaning, said, seconds))
    if meaning.readings:
        return _as_a_loss(module, made, meaning, said, seconds)
    if meaning.unknown:
        text = f"it does not show what {' and '.join(meaning.unknown)} is; say so in an adapter"
        return not_understood(made, text)
    report = Box(module, made, meaning, said, seconds).inferred()
    for convention, place in () if report.passed or "convention" in said else _otherwise(made, meaning):
        other = Box(module, made, meaning, {**said, "convention": convention}, seconds).inferred()
        kinds = {finding.kind for finding in other.findings}
        if kinds <= {PASSED, RANDOM}:
            return provided(other, f"{made.backward or made.methods[1]} is given the {place}")
    return report


def _otherwise(made: Pair, meaning: Meaning) -> Iterator[tuple[str, str]]:
    """Other conventions that a pair may follow, and what its backward is given in each."""
    taken = tuple(name for name in made.parameters if name not in made.defaults)
    if meaning.convention == "derivative":
        yield "derivative at the output", "output, not the input"
    elif made.kind == "class" and tuple(made.back_parameters) == taken:
        yield "derivative", "input, not a gradient"


def _as_told(box: Box) -> CheckReport:
    """The report at the arguments that are said."""
    told = box.said["arguments"]
    classes = labelled(told, box.wrt) if isinstance(told, Mapping) and not box.is_torch else {}
    if classes and box.problem() is not None:
        with_classes = Box(box.module, box.made, box.meaning, {**box.said, "arguments": classes}, box.seconds)
        if with_classes.problem() is None:
            names = [name for name, given in classes.items() if given is not told[name]]
            condition = f"{' and '.join(names)} hold{'s' * (len(names) == 1)} class numbers"
            return provided(with_classes.as_told(), condition)
    return box.as_told()


def _as_a_loss(
    module: Any, made: Pair, meaning: Meaning, said: Mapping[str, Any], seconds: float
) -> CheckReport:
    """The report in the first reading in which it passes, else in the last in which it is decided."""
    found: CheckReport | None = None
    decided: str | None = None
    problems: list[Misconduct] = []
    start = time.monotonic()
    for reading in meaning.readings:
        if decided is not None and reading.base != decided:
            continue
        box = Box(module, made, meaning, {**reading.said, **said}, seconds / 3)
        problem = box.problem()
        if problem is not None and problem.finding.kind == RAISED:  # it takes something else
            problems.append(problem)
            continue
        report = provided(_as_told(box), reading.condition)
        if _decided(report):
            decided = reading.base
        if found is None or _decided(report):
            found = report
        late = time.monotonic() - start > seconds / 3
        if report.passed or late or any(finding.kind == TIMED_OUT for finding in report.findings):
            break
    return found or ran_nowhere(made, problems)


def _decided(report: CheckReport) -> bool:
    """Whether the code ran, and was judged: neither may be said where an argument is not what it takes."""
    kinds = {finding.kind for finding in report.findings if not finding.passed}
    return not kinds & (UNDECIDED | {RAISED})
