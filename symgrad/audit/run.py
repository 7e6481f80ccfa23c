"""Running pairs, each in a process of its own with limits of time and memory, and what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from symgrad.audit.find import Pair
from symgrad.testing.result import (
    NOT_TRACEABLE,
    NOT_UNDERSTOOD,
    RAISED,
    TIMED_OUT,
    UNDECIDED,
    CheckReport,
    Finding,
)

IMPORT = "import"
"""What a finding is about where the file of a pair cannot be imported."""


@dataclass(frozen=True)
class Limits:
    """What one pair may use: seconds, and megabytes."""

    seconds: float = 60.0
    megabytes: int = 4096


@dataclass(frozen=True)
class Audited:
    """A pair and the report on it; `printed` is how many lines its code printed."""

    pair: Pair
    report: CheckReport
    printed: int = 0

    @property
    def verdict(self) -> str:
        """PASSED, or the kind of the first finding that is not; those that say something is wrong first."""
        kinds = [finding.kind for finding in self.report.findings if not finding.passed]
        wrong = [kind for kind in kinds if kind not in UNDECIDED]
        return (wrong or kinds or ["PASSED"])[0]

    @property
    def unread(self) -> bool:
        """Whether the file of the pair cannot be read or imported."""
        return bool(self.pair.problem) or self.report.findings[0].what == IMPORT

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        place = {"file": self.pair.path, "line": self.pair.line, "verdict": self.verdict}
        return place | {"printed": self.printed} | self.report.as_dict()


def audit(
    pairs: Sequence[Pair],
    said: Mapping[str, Mapping[str, Any]],
    script: str = "",
    limits: Limits | None = None,
    jobs: int = 1,
) -> Iterator[Audited]:
    """Every pair with its report, in order. Whatever its code does, the next one is still checked.

    What an adapter in Python says to skip has a report without findings.
    """
    within = limits or Limits()
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        futures = [pool.submit(_run, pair, said.get(pair.name, {}), script, within) for pair in pairs]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def _run(pair: Pair, said: Mapping[str, Any], script: str, limits: Limits) -> Audited:
    if pair.problem:
        return Audited(pair, _said(pair, NOT_UNDERSTOOD, pair.problem))
    with tempfile.TemporaryDirectory(prefix="symgrad-") as folder:
        request, answer = Path(folder, "request.json"), Path(folder, "answer.json")
        started = Path(
            folder, "started"
        )  # there once the code is imported, and says if a call takes too long
        with request.open("w", encoding="utf-8") as file:
            within = {"memory": limits.megabytes, "seconds": limits.seconds, "started": str(started)}
            json.dump({"pair": asdict(pair), "said": said, "script": script} | within, file)
        command = [sys.executable, "-m", "symgrad.audit.worker", str(request), str(answer)]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=limits.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            return Audited(pair, _late(pair, started, limits.seconds), _lines(late.stdout))
        printed = _lines(done.stdout)
        if not answer.exists():
            return Audited(pair, _said(pair, RAISED, _last_words(done)), printed)
        with answer.open(encoding="utf-8") as file:
            return Audited(pair, _report(json.load(file)), printed)


def _late(pair: Pair, started: Path, seconds: float) -> CheckReport:
    """What is said where there is no answer in time: which call of whose code it was that took so long."""
    if not started.exists():
        return _said(pair, TIMED_OUT, f"the file is not imported within {seconds:g} s", IMPORT)
    if started.read_text(encoding="utf-8"):
        text = f"a call of the code does not come back: there is no answer within {seconds:g} s"
        return _said(pair, TIMED_OUT, text)
    text = f"no answer within {seconds:g} s, though no call of the code took as long"
    return _said(pair, NOT_TRACEABLE, f"{text}; try smaller shapes, or --time")


def _last_words(done: subprocess.CompletedProcess[bytes]) -> str:
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    how = (
        f"was ended by signal {-done.returncode}" if done.returncode < 0 else f"ended with {done.returncode}"
    )
    return f"its process {how}" + "".join(f": {line}" for line in last)


def _lines(output: bytes | None) -> int:
    return len((output or b"").splitlines())


def _said(pair: Pair, kind: str, text: str, what: str = "") -> CheckReport:
    return CheckReport(pair.name or pair.path, (Finding(kind, what, message=text),), 0)


def _report(data: Mapping[str, Any]) -> CheckReport:
    return CheckReport(data["name"], tuple(map(_finding, data["findings"])), data["checked"])


def _finding(data: Mapping[str, Any]) -> Finding:
    line = data["line"]
    return Finding(
        **{name: data[name] for name in ("kind", "what", "derived", "obtained", "cause", "message")},
        shapes=tuple((name, tuple(shape)) for name, shape in data["shapes"].items()),
        options=tuple(data["options"].items()),
        entry=None if data["entry"] is None else tuple(data["entry"]),
        missing=tuple(data["missing"]),
        extra=tuple(data["extra"]),
        line=None if line is None else (line["file"], line["line"]),
        conditions=tuple(data["conditions"]),
    )
