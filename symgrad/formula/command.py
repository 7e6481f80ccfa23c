"""`symgrad check`: formulas given on the command line, in a document, or on standard input."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from symgrad.errors import SymgradError
from symgrad.formula.setting import ACTIVATIONS, LAYERS
from symgrad.terminal import status, writing

if TYPE_CHECKING:
    from symgrad.formula.document import Judged
    from symgrad.formula.setting import Setting

DOCUMENTS = (".md", ".markdown", ".tex", ".latex")
_DISPLAY = re.compile(
    r"\s*\\begin\{(?:(?P<inside>aligned|split|gathered)|(?:equation|align|gather|multline|eqnarray|flalign)\*?)\}"
)
REPORTS = {".md": "markdown", ".html": "html", ".tex": "latex", ".txt": "text"}
OPTIONS = (
    "layer",
    "function",
    "star",
    "mode",
    "below",
    "bias",
    "upsample",
    "base",
    "stride",
    "padding",
    "window",
)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line."""
    check = commands.add_parser(
        "check", help="judge formulas as they are written, in text, LaTeX or documents"
    )
    check.add_argument(
        "formulas",
        nargs="+",
        metavar="FORMULA-OR-FILE",
        help="a formula, a .md or .tex file, or - for standard input",
    )
    check.add_argument(
        "--layer", help=f"what the formula is about: {', '.join(LAYERS)}; found out if left out"
    )
    check.add_argument(
        "--function", help=f"what σ is: {', '.join(ACTIVATIONS)}; any function if left out, else a known one"
    )
    check.add_argument("--shape", metavar="NAME=AxB,…", help="sizes, such as a=3x3,W=2x2")
    check.add_argument("--names", metavar="NAME=ROLE,…", help="what names are, such as x=a,F=W")
    check.add_argument(
        "--star",
        help="what * and ⋆ are: correlation or convolution; left out, ⋆ is the former and * is read as both",
    )
    check.add_argument("--mode", help="how * slides: valid, full or same")
    check.add_argument("--below", help="activation or none: what the layer below ends in")
    check.add_argument("--bias", help="map, position or none: what has a bias of its own")
    check.add_argument("--upsample", help="repeat, divide or route")
    check.add_argument("--base", help="0 or 1: what indices count from")
    check.add_argument("--window", metavar="AxB", help="the window of a pooling")
    check.add_argument("--stride", help="the stride of the layer, a number or a size")
    check.add_argument("--padding", help="the padding of the layer, a number or a size")
    check.add_argument("--json", action="store_true", help="one list of outcomes as JSON")
    check.add_argument("--lang", choices=("en", "zh"), default="en", help="English (default) or Chinese")
    check.add_argument("--report", metavar="FILE", help="write a report: .md, .html, .tex or .txt")
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Judge and print; the exit status is as for `verify`. Problems are told in the language asked for."""
    from symgrad.formula.words import spoken

    try:
        return _run(options)
    except SymgradError as problem:
        raise SymgradError(spoken(options.lang, str(problem))) from None


def _run(options: argparse.Namespace) -> int:
    if options.report and Path(options.report).suffix not in REPORTS:
        raise SymgradError(f"a report is written as {', '.join(REPORTS)}; got {options.report!r}")
    setting = _setting(options)
    done: list[tuple[str, Judged]] = []
    try:
        for given in options.formulas:
            name, judged = _judged(given, setting)
            for one in judged:
                done.append((name, one))
                if not options.json:
                    _print(name, one, options.lang)
    finally:  # what was judged is shown even if the rest was interrupted
        if options.json:
            print(json.dumps([_as_dict(*pair) for pair in done], ensure_ascii=False, indent=2))
        if options.report:
            _write(options.report, done, options.lang)
    if not done:
        raise SymgradError("there is no formula here")
    if not options.json and len(done) > 1:
        from symgrad.formula.report import summary

        print(summary([one for _, one in done], options.lang))
    return status(_weight(*pair) for pair in done)


def _weight(name: str, one: Judged) -> str:
    """What counts for the exit status: to ask about a formula that states nothing is misuse; prose may."""
    is_asked = not name and one.outcome.kind == "EXPRESSION"
    return "ILL-FORMED" if is_asked else one.outcome.kind


def _setting(options: argparse.Namespace) -> Setting:
    from symgrad.formula.document import read_header
    from symgrad.formula.setting import Setting

    lines = [f"{key}: {getattr(options, key)}" for key in OPTIONS if getattr(options, key) is not None]
    lines += [f"shape: {options.shape}"] if options.shape else []
    lines += [f"names: {options.names}"] if options.names else []
    return read_header("\n".join(lines), Setting())


def _judged(given: str, setting: Setting) -> tuple[str, Iterator[Judged]]:
    from symgrad.formula.document import check_document

    if (found := _DISPLAY.match(given)) is not None:
        return "", check_document(rf"\[{given}\]" if found["inside"] else given, setting, True)
    path = Path(given)
    if given == "-":
        text = sys.stdin.read()
        is_document = "$" in text or "\\[" in text or "\\begin{" in text
        if is_document:
            return "standard input", check_document(text, setting, "\\documentclass" in text)
        return "", _each_line(text, setting)
    if path.suffix in DOCUMENTS:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as problem:
            raise SymgradError(f"{given} cannot be read: {problem.strerror}") from None
        except UnicodeDecodeError:
            raise SymgradError(f"{given} is not UTF-8 text") from None
        return given, check_document(text, setting, path.suffix in (".tex", ".latex"))
    return "", _each_line(given, setting)


def _each_line(text: str, setting: Setting) -> Iterator[Judged]:
    from symgrad.formula.check import check_in
    from symgrad.formula.document import Judged

    for number, line in enumerate(text.splitlines() or [text], 1):
        if line.strip() or text.strip() == "":
            outcomes, setting = check_in(line, setting)
            for outcome in outcomes:
                yield Judged(number, outcome)


def _print(name: str, one: Judged, lang: str) -> None:
    from symgrad.formula.words import word

    outcome = one.outcome
    kind = word(lang, outcome.kind)
    if sys.stdout.isatty():
        colour = {"PROVED": 32, "REFUTED": 31, "ILL-FORMED": 31}.get(outcome.kind, 33)
        kind = f"\033[{colour}m{kind}\033[0m"
    place = f"{name}:{one.line}  " if name else ""
    print(f"{place}{kind}  {' '.join(outcome.formula.split())}")
    for line in outcome.lines(lang):
        print(f"  {line}")


def _as_dict(name: str, one: Judged) -> dict[str, object]:
    place: dict[str, object] = {"file": name, "line": one.line} if name else {"line": one.line}
    return place | one.outcome.as_dict()


def _write(target: str, done: list[tuple[str, Judged]], lang: str) -> None:
    from symgrad.explain.printing import printed
    from symgrad.formula.report import report

    path = Path(target)
    names = list(dict.fromkeys(name for name, _ in done if name))
    name = ", ".join(Path(n).name for n in names) or "symgrad check"
    made = printed(report(name, [one for _, one in done], lang), REPORTS[path.suffix])
    with writing(target):
        path.write_bytes(made)
