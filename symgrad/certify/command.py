"""`symgrad certify` and `symgrad recheck`: certificates written, and checked again."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from symgrad.errors import SymgradError
from symgrad.terminal import writing

if TYPE_CHECKING:
    from symgrad.certify.book import Entry

CERTIFIED, REJECTED, NOT_CERTIFIED = 0, 1, 3


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands to the command line."""
    certify = commands.add_parser("certify", help="write the certificates of rules, as Coq files or as JSON")
    certify.add_argument("rules", nargs="*", metavar="RULE", help="a rule, a layer or a pattern")
    certify.add_argument("--all", action="store_true", help="the whole catalogue, and a counterexample")
    certify.add_argument("-o", "--output", metavar="DIR", help="a folder for a file of each; - prints them")
    certify.add_argument("--json", action="store_true", help="as JSON, for `symgrad recheck`, and not as Coq")
    certify.add_argument("--check", action="store_true", help="let the Coq kernel check them (needs coqc)")
    certify.add_argument("-j", "--jobs", type=int, help="how many are checked at once; as many as processors")
    certify.set_defaults(run=run_certify)
    recheck = commands.add_parser(
        "recheck", help="check certificates without isl and without the decision procedure"
    )
    recheck.add_argument("files", nargs="+", metavar="FILE", help="certificates as JSON, or folders of them")
    recheck.set_defaults(run=run_recheck)


def run_certify(options: argparse.Namespace) -> int:
    """Write and check; the status is 1 if Coq rejects one, 3 if one has no certificate, else 0."""
    if options.all == bool(options.rules):
        raise SymgradError("certify needs the name of a rule, or --all; `symgrad rules` lists all")
    if options.json and options.check:
        raise SymgradError("--check is for Coq files; `symgrad recheck` checks JSON")
    if options.jobs is not None and options.jobs < 1:
        raise SymgradError(f"-j is {options.jobs}; it must be at least 1")
    if options.output not in (None, "-"):
        with writing(Path(options.output)):
            return _certify(options, Path(options.output))
    if not options.check:
        return _print(options)
    with tempfile.TemporaryDirectory() as folder:
        return _certify(options, Path(folder))


def _entries(options: argparse.Namespace) -> Iterator[Entry]:
    from symgrad.catalogue import find
    from symgrad.certify.book import counterexample, entry

    yield from map(entry, find(options.rules))
    if options.all:
        yield counterexample()


def _print(options: argparse.Namespace) -> int:
    status = CERTIFIED
    for made in _entries(options):
        text = made.coq
        if options.json:
            text = None if made.certificate is None else made.certificate.json()
        if text is not None:
            print(text.rstrip("\n"))
        elif made.reason:
            print(f"symgrad: {made.name} is not certified: {made.reason}", file=sys.stderr)
            status = NOT_CERTIFIED
    return status


def _certify(options: argparse.Namespace, folder: Path) -> int:
    from symgrad.certify.book import write
    from symgrad.certify.coqc import check, compiler

    if options.check:
        compiler()  # said before the work, not after
    if options.json:
        folder.mkdir(parents=True, exist_ok=True)
        made = list(_entries(options))
        written = [one for one in made if one.certificate is not None]
        for one in written:
            assert one.certificate is not None
            (folder / f"{one.name}.json").write_text(one.certificate.json(), encoding="utf-8")
    else:
        made = list(write(folder, _entries(options), options.all))
        written = [one for one in made if one.coq is not None]
    missing = [one for one in made if one.reason]
    for one in missing:
        print(f"not certified  {one.name}: {one.reason}")
    if not options.check:
        print(f"{_certificates(len(written))} in {folder}")
        return NOT_CERTIFIED if missing else CERTIFIED
    rejected, slowest = 0, 0.0
    for one, checked in zip(written, check(folder, [w.file for w in written], options.jobs), strict=True):
        slowest = max(slowest, checked.seconds)
        rejected += not checked.accepted
        print(f"{'CERTIFIED' if checked.accepted else 'REJECTED'}  {one.name}  ({checked.seconds:.1f} s)")
        if not checked.accepted:
            print("  " + checked.output.strip().replace("\n", "\n  "))
    print(
        f"{len(written) - rejected} of {len(made)} accepted by the Coq kernel, closed under the global "
        f"context; the slowest in {slowest:.1f} s"
    )
    return REJECTED if rejected else NOT_CERTIFIED if missing else CERTIFIED


def run_recheck(options: argparse.Namespace) -> int:
    """Check files; the status is 1 if one is rejected."""
    from symgrad.certify.certificate import Certificate, Rejected
    from symgrad.certify.farkas import search
    from symgrad.certify.recheck import recheck_text

    paths = [path for name in options.files for path in _files(Path(name))]
    rejected = 0
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
            found = recheck_text(text, search)
        except OSError as problem:
            raise SymgradError(f"{path} cannot be read: {problem}") from None
        except (UnicodeDecodeError, Rejected) as problem:
            print(f"REJECTED  {path}: {problem}")
            rejected += 1
            continue
        data = Certificate.from_json(text).data
        print(f"CHECKED  {path}")
        groups = "1 group" if found.groups == 1 else f"{found.groups} groups"
        print(f"  {found.left} and {found.right} products on the two sides, the same in {groups}")
        called = "".join(c if c.isprintable() else " " for c in f"{data.get('name')}: {data.get('claim')}")
        print(f"  it calls itself, which is not a part of what is checked: {called}")
    if len(paths) > 1:
        print(f"{len(paths) - rejected} of {_certificates(len(paths))} accepted")
    return REJECTED if rejected else CERTIFIED


def _files(path: Path) -> list[Path]:
    """A file, or the certificates in a folder."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.json"))
    if not found:
        raise SymgradError(f"there are no certificates in {path}, no files *.json")
    return found


def _certificates(count: int) -> str:
    return "1 certificate" if count == 1 else f"{count} certificates"
