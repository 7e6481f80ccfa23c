"""The command `symgrad prove`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from symgrad.errors import SymgradError
from symgrad.terminal import PROVED, with_progress, writing

if TYPE_CHECKING:
    from pathlib import Path

    from symgrad.catalogue import Rule

MANY = 12
"""From so many proofs on, several processes make them."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say the arguments of `symgrad prove`."""
    parser = commands.add_parser("prove", help="write the proofs of rules, step by step")
    parser.add_argument("rules", nargs="*", metavar="RULE", help="a rule, a layer or a pattern")
    parser.add_argument("--all", action="store_true", help="the whole catalogue, and a counterexample")
    parser.add_argument(
        "--format",
        choices=("text", "markdown", "latex", "html", "typst", "pdf"),
        help="by default what the name of the file says, else text, or LaTeX for a folder",
    )
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="English (default) or Chinese")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="where to write; a folder gets a file for each rule, an index, and all in one",
    )
    parser.set_defaults(run=prove)


def _workers(count: int) -> int:
    """Processes to prove so many rules in: more than one pays from a dozen rules on."""
    return min(os.cpu_count() or 1, 8) if count >= MANY else 1


def prove(options: argparse.Namespace) -> int:
    """One document, or a folder of them."""
    from pathlib import Path

    from symgrad.catalogue import find
    from symgrad.explain.printing import SUFFIXES

    if options.all == bool(options.rules):
        raise SymgradError("prove needs the name of a rule, or --all; `symgrad rules` lists all")
    found = find(options.rules)
    output = None if options.output is None else Path(options.output)
    named = {f".{suffix}": form for form, suffix in SUFFIXES.items()}.get(output.suffix) if output else None
    is_file = output is not None and bool(output.suffix) and not output.is_dir() and len(found) == 1
    if output is not None and is_file and not (options.format or named):
        endings = ", ".join(f".{suffix}" for suffix in SUFFIXES.values())
        raise SymgradError(f"no format is written to a file {output.suffix}, but {endings}; or say --format")
    if output is None or named or is_file:
        form = options.format or named or "text"
        return _write_one(found, options.all, form, options.lang, output)
    return _write_each(found, options.all, options.format or "latex", options.lang, output)


def _write_one(found: Sequence[Rule], whole: bool, form: str, lang: str, output: Path | None) -> int:
    """One document: to a file, or to standard output."""
    from symgrad.explain.book import entries, together
    from symgrad.explain.printing import printed

    if output is None and form == "pdf" and sys.stdout.isatty():
        raise SymgradError("a PDF is not for the terminal; say where to write it with -o FILE.pdf")
    if output is not None and not output.parent.is_dir():
        raise SymgradError(f"{output} cannot be written: there is no folder {output.parent}")
    proofs = entries(found, whole, lang, _workers(len(found)))
    parts = list(with_progress(proofs, len(found) + whole))
    told = parts[0][1].document(lang) if len(parts) == 1 else together(parts, lang)
    made = printed(told, form)
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(made)
        return PROVED
    with writing(output):
        output.write_bytes(made)
    return PROVED


def _write_each(found: Sequence[Rule], whole: bool, form: str, lang: str, output: Path) -> int:
    """A file for each rule in a folder; what is done stays if the rest is interrupted."""
    from symgrad.explain.book import write

    with writing(output):
        files = write(output, found, whole, form, lang, _workers(len(found)))
        count = sum(1 for _ in with_progress(files, len(found) + whole + 2, "file"))
    print(f"{count} files in {output}")
    return PROVED
