"""`symgrad audit`: other people's forward and backward functions, found, run and judged."""

from __future__ import annotations

import argparse
import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.errors import SymgradError
from symgrad.terminal import writing
from symgrad.testing.result import UNDECIDED

if TYPE_CHECKING:
    from symgrad.audit.run import Audited


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    audit = commands.add_parser(
        "audit",
        help="find hand-written backward functions in files, run them, and check them",
        description="Find pairs of a forward and a backward by name and signature, and check whether each "
        "backward is the gradient of its forward. This RUNS the code it is given, each pair in a process of "
        "its own.",
    )
    audit.add_argument(
        "targets", nargs="+", metavar="PATH[:NAME]", help="a file, a folder, or one pair in it"
    )
    audit.add_argument("--layer", help="what the forwards claim to be, such as conv2d; checked too")
    audit.add_argument("--layout", choices=("NCHW", "NHWC"), help="the order of the axes of maps")
    audit.add_argument(
        "--kernel-layout",
        metavar="AXES",
        help="the order of the axes of kernels: OIHW, HWIO, …; IO or OI of a matrix",
    )
    audit.add_argument("--adapter", metavar="FILE", help="what is not evident of pairs, in TOML or Python")
    audit.add_argument("--time", type=float, default=60.0, metavar="S", help="seconds for a pair; 60")
    audit.add_argument("--memory", type=int, default=4096, metavar="MB", help="megabytes for a pair; 4096")
    audit.add_argument("--jobs", type=int, metavar="N", help="how many pairs at a time; one for each core")
    audit.add_argument("--json", action="store_true", help="one list of reports as JSON")
    audit.add_argument("--html", metavar="FILE", help="write a page")
    audit.add_argument("-v", "--verbose", action="store_true", help="the whole report on each pair")
    audit.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Find, run, print; the exit status is as for `verify`."""
    from symgrad.audit.find import find
    from symgrad.audit.report import counted, details, page, skeleton, summary
    from symgrad.audit.run import Limits, audit
    from symgrad.testing.layers import claim

    if options.time <= 0 or options.memory <= 0:
        raise SymgradError("--time and --memory are above 0")
    if options.jobs is not None and options.jobs < 1:
        raise SymgradError(f"--jobs is at least 1, got {options.jobs}")
    if options.layer:
        claim(options.layer)
    said, script = _said(options)
    pairs = [pair for target in options.targets for pair in find(target)]
    said_of = {pair.name: _together(options, said.get(pair.name, {})) for pair in pairs}
    pairs = [pair for pair in pairs if not said_of[pair.name].get("skip")]
    if not pairs:
        raise SymgradError(f"no pair of a forward and a backward in {', '.join(options.targets)}")
    limits = Limits(options.time, options.memory)
    count = sum(not pair.problem for pair in pairs)
    if count:
        print(
            f"symgrad audit runs the code it finds: {counted(count)}, each in a process of its own,"
            f" for at most {limits.seconds:g} s and in {limits.megabytes} MB",
            file=sys.stderr,
        )
    done: list[Audited] = []
    try:
        jobs = options.jobs or os.cpu_count() or 1
        found, say = _progress(audit(pairs, said_of, script, limits, jobs), len(pairs))
        for one in found:
            if not one.report.findings:
                continue
            done.append(one)
            if not options.json:
                say(_row(one))
    finally:  # what was judged is shown even if the rest was interrupted
        if options.json:
            print(json.dumps([one.as_dict() for one in done], ensure_ascii=False, indent=2))
    if not options.json:
        for one in done:
            if options.verbose or one.verdict not in ("PASSED", "NOT UNDERSTOOD"):
                print()
                print("\n".join(details(one)))
        stub = "\n".join(skeleton(done))
        print(*([] if not stub else ["", stub]), "", summary(done), sep="\n")
    if options.html:
        _write(options.html, page(done))
    return status(done)


def status(done: Sequence[Audited]) -> int:
    """0 if all passed, 1 if something is wrong, 3 if something could not be judged."""
    kinds = {one.verdict for one in done}
    if kinds - UNDECIDED - {"PASSED"}:
        return 1
    return 3 if kinds & UNDECIDED else 0


def _said(options: argparse.Namespace) -> tuple[Mapping[str, Mapping[str, Any]], str]:
    """What an adapter says, or its path if it is Python."""
    from symgrad.audit.adapter import read

    if options.adapter is None:
        return {}, ""
    if Path(options.adapter).suffix != ".py":
        return read(options.adapter), ""
    if not Path(options.adapter).is_file():
        raise SymgradError(f"{options.adapter} cannot be read")
    return {}, str(Path(options.adapter).resolve())


def _together(options: argparse.Namespace, said: Mapping[str, Any]) -> dict[str, Any]:
    general = {
        key: getattr(options, key) for key in ("layer", "layout", "kernel_layout") if getattr(options, key)
    }
    return general | dict(said)


def _progress(found: Iterator[Audited], count: int) -> tuple[Iterable[Audited], Callable[[str], None]]:
    """What is found, and how to say a line: with a bar on a terminal, once there is something to wait for."""
    if not sys.stderr.isatty():
        return found, functools.partial(print, flush=True)
    from tqdm import tqdm

    return tqdm(found, total=count, delay=1.0, leave=False, unit="pair"), tqdm.write


def _row(one: Audited) -> str:
    from symgrad.audit.report import cells

    verdict, what, where, why = cells(one)
    text = f"{verdict:15}"
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        colour = 32 if verdict == "PASSED" else 33 if verdict in UNDECIDED else 31
        text = f"\033[{colour}m{text}\033[0m"
    return "  ".join(part for part in (text, where, what, why) if part)


def _write(path: str, text: str) -> None:
    with writing(path):
        Path(path).write_text(text, encoding="utf-8")
