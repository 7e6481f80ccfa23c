"""The process that runs one pair: `python -m symgrad.audit.worker REQUEST ANSWER`.

The request is a JSON file, the answer another: nothing that the user's code prints gets between.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symgrad.audit.adapter import checked
from symgrad.audit.box import not_understood
from symgrad.audit.find import Pair
from symgrad.audit.judge import judged
from symgrad.audit.run import IMPORT
from symgrad.errors import SymgradError
from symgrad.testing import guard
from symgrad.testing.result import NOT_UNDERSTOOD, RAISED, CheckReport, Finding

SCRIPT = "symgrad_audit_adapter"
"""The module that an adapter is, so that it may have the name of what it is for."""


def main(request: str, answer: str) -> None:
    """Run what the request asks for and write the report."""
    with Path(request).open(encoding="utf-8") as file:
        asked = json.load(file)
    _limit(asked["memory"], asked["seconds"])
    made = Pair(**asked["pair"])
    try:
        report = check(made, asked)
    except MemoryError:
        text = f"it needs more than {asked['memory']} MB of memory"
        report = CheckReport(made.name, (Finding(RAISED, message=text),))
    except Exception as problem:
        plain = str(problem) if isinstance(problem, SymgradError) else _named(problem)
        report = not_understood(made, f"symgrad could not check it: {plain}")
    with Path(answer).open("w", encoding="utf-8") as file:
        json.dump(report.as_dict(), file)


def check(made: Pair, asked: Mapping[str, Any]) -> CheckReport:
    """The report on one pair."""
    said = dict(asked["said"])
    file, package = _home(made.path)
    if asked["script"]:
        sys.path.append(str(Path(asked["script"]).parent))
        table = getattr(_run_as(SCRIPT, Path(asked["script"])), "ADAPTER", {})
        said |= dict(checked(table, asked["script"]).get(made.name, {}))
        if said.get("skip"):
            return CheckReport(made.name, ())
    try:
        module = importlib.import_module(package) if "." in package else _run_as(package, file)
    except (Exception, SystemExit) as problem:
        text = f"the file cannot be imported: {_named(problem)}"
        return CheckReport(made.name, (Finding(NOT_UNDERSTOOD, IMPORT, message=text),))
    started = Path(asked["started"])
    started.touch()
    guard.late.append(lambda: started.write_text("late", encoding="utf-8"))
    return judged(module, made, said, asked["seconds"])


def _home(path: str) -> tuple[Path, str]:
    """A file and the name of the module that it is, in its package if it lies in one; made importable."""
    file = Path(path).resolve()
    package, folder = [file.stem], file.parent
    while (folder / "__init__.py").exists():
        package.insert(0, folder.name)
        folder = folder.parent
    sys.path.insert(0, str(folder))
    return file, ".".join(package)


def _run_as(name: str, file: Path) -> Any:
    """Run a file as the module of a name."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _limit(megabytes: int, seconds: float) -> None:
    """Limits that hold even if the process that waits for the answer is gone."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for kind, wanted in (
        (resource.RLIMIT_AS, megabytes * 2**20),
        (resource.RLIMIT_CPU, int(8 * seconds) + 8),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (wanted if hard < 0 else min(wanted, hard), hard))


def _named(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}"


if __name__ == "__main__":
    main(*sys.argv[1:])
