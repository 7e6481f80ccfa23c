"""Asking the Coq kernel: files are compiled, and what they rest on is read back."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from symgrad.errors import SymgradError

LIBRARY = "Sums.v"
CLOSED = "Closed under the global context"
SECONDS = 120
"""The longest that one file may take."""


class NoCoq(SymgradError):
    """Coq is not installed; says how to get it."""

    def __init__(self) -> None:
        super().__init__(
            "checking needs coqc, the Coq (Rocq) compiler, which is not on the path; "
            "install it with: apt-get install coq, or opam install coq"
        )


@dataclass(frozen=True)
class Checked:
    """What the kernel says of one file: accepted if it compiles and rests on no axiom."""

    path: Path
    accepted: bool
    seconds: float
    output: str


def library() -> str:
    """The Coq library that every certificate uses."""
    return files("symgrad.certify").joinpath(LIBRARY).read_text(encoding="utf-8")


def compiler() -> str:
    """The path of coqc. Raises NoCoq if there is none."""
    found = shutil.which("coqc")
    if found is None:
        raise NoCoq
    return found


def check(folder: Path, names: Sequence[str], workers: int | None = None) -> Iterator[Checked]:
    """Compile the library in a folder, and then the files named, several at a time, in their order.

    Raises NoCoq if there is no compiler, and SymgradError if the library itself does not compile.
    """
    coqc = compiler()
    made = _compile(coqc, folder, LIBRARY)
    if made.output.strip():
        raise SymgradError(f"the library does not compile: {made.output}")
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        yield from pool.map(lambda name: _compile(coqc, folder, name), names)


def _compile(coqc: str, folder: Path, name: str) -> Checked:
    start = time.perf_counter()
    try:
        done = subprocess.run(
            [coqc, "-q", "-w", "none", "-Q", ".", "Symgrad", name],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        output, status = done.stdout + done.stderr, done.returncode
    except subprocess.TimeoutExpired:
        output, status = f"no answer within {SECONDS} s", 1
    accepted = status == 0 and output.strip() == CLOSED
    return Checked(folder / name, accepted, time.perf_counter() - start, output)
