"""What checking somebody's code found: findings, and the report that prints them as a diagnosis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

PASSED = "PASSED"
WRONG_GRADIENT = "WRONG GRADIENT"
WRONG_FORWARD = "WRONG FORWARD"
WRONG_SHAPE = "WRONG SHAPE"
RAISED = "RAISED"
TIMED_OUT = "TIMED OUT"
MUTATES = "MUTATES"
RANDOM = "RANDOM"
NOT_TRACEABLE = "NOT TRACEABLE"
RETURNED_NOTHING = "RETURNED NOTHING"
NOT_EXACT = "NOT EXACT"
NOT_UNDERSTOOD = "NOT UNDERSTOOD"

KINDS = (
    PASSED,
    WRONG_GRADIENT,
    WRONG_FORWARD,
    WRONG_SHAPE,
    RAISED,
    TIMED_OUT,
    MUTATES,
    RANDOM,
    NOT_TRACEABLE,
    RETURNED_NOTHING,
    NOT_EXACT,
    NOT_UNDERSTOOD,
)
"""What a finding can be."""


UNDECIDED = {NOT_TRACEABLE, NOT_EXACT, NOT_UNDERSTOOD}
"""Findings that say nothing about whether a backward is right."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found, or that nothing was.

    kind        one of `KINDS`
    what        which gradient or output: "dx", "dw", "out"
    shapes      the smallest failing arguments, by name
    options     stride, pad, … of it
    entry       the first entry that is wrong there
    derived, obtained   that entry as it should be, and as the code says
    missing, extra      the terms that differ
    cause       in words, when one known mistake explains every entry
    line        file and line of the user's code where the wrong term was accumulated
    conditions  branches taken, floats made rational, …
    message     what else there is to say, such as the text of an exception
    """

    kind: str
    what: str = ""
    shapes: tuple[tuple[str, tuple[int, ...]], ...] = ()
    options: tuple[tuple[str, int], ...] = ()
    entry: tuple[int, ...] | None = None
    derived: str = ""
    obtained: str = ""
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    cause: str = ""
    line: tuple[str, int] | None = None
    conditions: tuple[str, ...] = ()
    message: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.kind == PASSED

    def lines(self) -> Iterator[str]:
        """The finding in lines, what matters most first."""
        yield " ".join(part for part in (self.kind, self.what) if part)
        if self.cause:
            yield f"  cause      {self.cause}"
        if self.line is not None:
            yield f"  line       {self.line[0]}:{self.line[1]}"
        if self.message:
            for number, text in enumerate(self.message.splitlines()):
                yield f"  {'' if number else 'because':<9}  {text}"
        if self.shapes and not self.passed:
            shapes = ", ".join(f"{name} {_shape(shape)}" for name, shape in self.shapes)
            yield f"  smallest   {shapes}"
        if self.options and not self.passed:
            yield f"  with       {', '.join(f'{name}={value}' for name, value in self.options)}"
        if self.entry is not None:
            yield f"  entry      [{', '.join(map(str, self.entry))}]"
        if self.derived or self.obtained:
            yield f"  derived    {shortened(self.derived)}"
            yield f"  obtained   {shortened(self.obtained)}"
        if self.missing:
            yield f"  missing    {_listed(self.missing)}"
        if self.extra:
            yield f"  extra      {_listed(self.extra)}"
        for condition in self.conditions:
            yield f"  provided   {condition}"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain data."""
        data = asdict(self)
        data["shapes"] = {name: list(shape) for name, shape in self.shapes}
        data["options"] = dict(self.options)
        data["entry"] = None if self.entry is None else list(self.entry)
        data["line"] = None if self.line is None else {"file": self.line[0], "line": self.line[1]}
        for name in ("missing", "extra", "conditions"):
            data[name] = list(data[name])
        return data


@dataclass(frozen=True)
class CheckReport:
    """Everything found about one pair of functions; `checked` says at how many shapes.

    It prints as PASSED, as FAILED, or as UNDECIDED, where nothing is known to be wrong.

    >>> print(CheckReport("relu", (Finding("PASSED", "dx"),), checked=20))
    PASSED  relu, at 20 shapes
    """

    name: str
    findings: tuple[Finding, ...]
    checked: int = 0

    @property
    def passed(self) -> bool:
        """Whether every finding is that nothing is wrong."""
        return bool(self.findings) and all(finding.passed for finding in self.findings)

    def lines(self) -> Iterator[str]:
        """The diagnosis: a heading, then every finding that is not PASSED."""
        shapes = "1 shape" if self.checked == 1 else f"{self.checked} shapes"
        if self.passed:
            yield f"PASSED  {self.name}, at {shapes}"
            for condition in dict.fromkeys(c for finding in self.findings for c in finding.conditions):
                yield f"  provided   {condition}"
            return
        wrong = {finding.kind for finding in self.findings if not finding.passed} - UNDECIDED
        yield f"{'FAILED' if wrong else 'UNDECIDED'}  {self.name}, checked at {shapes}"
        for finding in self.findings:
            if not finding.passed:
                yield from finding.lines()
        right = [finding.what for finding in self.findings if finding.passed and finding.what]
        if right:
            yield f"right are  {', '.join(right)}"

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "name": self.name,
            "passed": self.passed,
            "checked": self.checked,
            "findings": [finding.as_dict() for finding in self.findings],
        }

    def raise_if_failed(self) -> None:
        """Raises AssertionError with the diagnosis, unless everything passed."""
        if not self.passed:
            raise AssertionError(str(self))


def shortened(text: str, width: int = 160) -> str:
    """A long polynomial cut at a term.

    >>> shortened("a + b + c", width=6)
    'a + …'
    """
    if len(text) <= width:
        return text
    end = max(text.rfind(" + ", 0, width), text.rfind(" - ", 0, width))
    return text[: end if end > 0 else width] + " + …"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _listed(terms: tuple[str, ...], most: int = 4) -> str:
    left = len(terms) - most
    return ", ".join(map(_shorter, terms[:most])) + (f" and {left} more" if left > 0 else "")


def _shorter(term: str, width: int = 90) -> str:
    """A long term cut at a factor."""
    if len(term) <= width:
        return term
    end = term.rfind("·", 0, width)
    return f"{term[: end if end > 0 else width]}·…"
