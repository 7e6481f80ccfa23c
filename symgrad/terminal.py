"""What the commands have in common: exit statuses, colours, progress, files that cannot be written."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from symgrad.errors import SymgradError

if TYPE_CHECKING:
    from symgrad.decide.verdict import Verdict

PROVED, REFUTED, MISUSE, UNDECIDED, INTERRUPTED = 0, 1, 2, 3, 130
"""The exit statuses of commands that decide something."""

T = TypeVar("T")


def status(kinds: Iterable[str]) -> int:
    """0 if every claim is proved, 1 if one is refuted, 2 if one has no meaning, 3 if one is undecided."""
    found = set(kinds)
    if "REFUTED" in found:
        return REFUTED
    if "ILL-FORMED" in found:
        return MISUSE
    return UNDECIDED if found & {"UNDECIDED", "HOLDS AT"} else PROVED


def coloured(kind: str) -> str:
    """The name of a verdict, in its colour on a terminal that has colours."""
    text = f"{kind:10}" if kind != "PROVED" else kind
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    colour = {"PROVED": 32, "REFUTED": 31}.get(kind, 33)
    return f"\033[{colour}m{text}\033[0m"


def verdict_line(name: str, verdict: Verdict, more: str = "") -> str:
    """A verdict on one line."""
    return f"{coloured(verdict.verdict)}  {name}  ({verdict.seconds * 1000:.0f} ms)  {more}".rstrip()


def with_progress(items: Iterable[T], total: int, unit: str = "rule") -> Iterator[T]:
    """A bar on a terminal, once there has been something to wait for; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield from items
        return
    from tqdm import tqdm

    yield from tqdm(items, total=total, delay=1.0, leave=False, unit=unit)


@contextlib.contextmanager
def writing(output: Path | str) -> Iterator[None]:
    """Within, a file that cannot be written is an error in words."""
    try:
        yield
    except OSError as problem:
        raise SymgradError(f"{problem.filename or output} cannot be written: {problem.strerror}") from None
