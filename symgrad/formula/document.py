"""Formulas in documents: where they stand in Markdown and LaTeX, and the settings written between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from symgrad.errors import SymgradError
from symgrad.formula.check import Outcome, check_in
from symgrad.formula.setting import Setting, read_shapes

LARGEST = 2_000_000
"""The most characters of a document."""


@dataclass(frozen=True)
class Found:
    """A formula of a document, or a header that changes the setting: its text and the line it starts at.

    `led_by` is the line of prose before it that ends with a colon; the next formulas have it too.
    """

    text: str
    line: int
    is_header: bool = False
    led_by: str = ""


@dataclass(frozen=True)
class Judged:
    """A formula of a document and what came of it; `line` counts from 1, `led_by` is what introduces it."""

    line: int
    outcome: Outcome
    led_by: str = ""


def check_document(text: str, setting: Setting, latex: bool = False) -> Iterator[Judged]:
    """Judge every formula of a document in its order; headers and definitions change the setting.

    A line of a header that cannot be read is ILL-FORMED, and what follows is judged without it. Raises
    SymgradError for a document too large.
    """
    if len(text) > LARGEST:
        raise SymgradError(f"a document of {len(text)} characters; at most {LARGEST} are read")
    for found in formulas(text, latex):
        if found.is_header:
            for line, piece in header_lines(found.text):
                try:
                    setting = read_header(piece, setting)
                except SymgradError as problem:
                    outcome = Outcome("ILL-FORMED", piece, problem=str(problem))
                    yield Judged(found.line + line, outcome, found.led_by)
            continue
        shape = _shape(found.text)
        if shape is not None:
            setting = replace(setting, shapes={**setting.shapes, **shape})
            yield Judged(found.line, Outcome("DEFINITION", found.text.strip()), found.led_by)
            continue
        outcomes, setting = check_in(found.text, replace(setting, line=found.line))
        for outcome in outcomes:
            if outcome.kind == "ILL-FORMED" and not _relates(found.text) and "\\sum" not in found.text:
                outcome = replace(outcome, kind="EXPRESSION")  # a sign of the prose, and no claim
            if outcome.kind == "EXPRESSION":
                outcome = replace(outcome, problem="")  # as is usual in prose
            place = max(found.text.find(outcome.formula), 0)
            yield Judged(found.line + found.text.count("\n", 0, place), outcome, found.led_by)


def _relates(text: str) -> bool:
    return "=" in text or "←" in text or "\\leftarrow" in text


# -- where formulas stand -------------------------------------------------------------------------

_MARKDOWN = re.compile(
    r"^```[ ]*symgrad[^\n]*\n(?P<header>.*?)^```"
    r"|^```[ ]*math[^\n]*\n(?P<fence>.*?)^```"
    r"|^```.*?^```"
    r"|\$\$(?P<double>.+?)\$\$"
    r"|\\\[(?P<bracket>.+?)\\\]"
    r"|\$`(?P<ticked>[^`\n]+)`\$"
    r"|`[^`\n]*`"
    r"|\\\((?P<round>.+?)\\\)"
    r"|(?<![\\$0-9A-Za-z])\$(?P<single>[^$\n]+?)\$(?![0-9])",
    re.DOTALL | re.MULTILINE,
)
_ENVIRONMENTS = "equation|align|gather|multline|eqnarray|displaymath|math|flalign|alignat"
_LATEX = re.compile(
    r"^[ \t]*%+[ \t]*symgrad:(?P<header>[^\n]*)"
    r"|(?<!\\)%[^\n]*"
    r"|\\begin\{verbatim\}.*?\\end\{verbatim\}"
    rf"|\\begin\{{(?P<name>(?:{_ENVIRONMENTS})\*?)\}}(?P<environment>.+?)\\end\{{(?P=name)\}}"
    r"|\$\$(?P<double>.+?)\$\$"
    r"|\\\[(?P<bracket>.+?)\\\]"
    r"|\\\((?P<round>.+?)\\\)"
    r"|(?<!\\)\$(?P<single>[^$]+?)\$",
    re.DOTALL | re.MULTILINE,
)
_KINDS = ("fence", "double", "bracket", "ticked", "round", "single", "environment")


def formulas(text: str, latex: bool) -> Iterator[Found]:
    """The formulas and headers of a document, in its order."""
    end, led_by = 0, ""
    for match in (_LATEX if latex else _MARKDOWN).finditer(text):
        groups = match.groupdict()
        prose = text[end : match.start()].rstrip()
        if prose:
            led_by = _introduction(text[text.rfind("\n", 0, end + len(prose)) + 1 : end + len(prose)])
        end = match.end()
        if groups.get("header") is not None:
            yield Found(groups["header"], text.count("\n", 0, match.start("header")) + 1, True)
            continue
        kind = next((k for k in _KINDS if groups.get(k) is not None), None)
        if kind is None:
            continue
        start = match.start(kind)
        for piece, offset in lines_of(groups[kind]):
            yield Found(piece, text.count("\n", 0, start + offset) + 1, led_by=led_by)


def _introduction(line: str) -> str:
    """A line of prose, if it ends with a colon."""
    return line.lstrip("-*#> ").replace("`", "")[:-1] if line.endswith((":", "：")) else ""


_BLANKED = re.compile(
    r"\\(?:label|tag|ref|eqref)\*?\{[^}]*\}|\\(?:nonumber|notag)(?![A-Za-z])"
    r"|\\(?:begin|end)\{(?:aligned|split|gathered|alignedat)\}(?:\[[a-z]\])?"
    r"|\\text\{[^}]*[ ,.][^}]*\}|\\qquad\s*$"
)
_EQUATIONS = re.compile(r"\\begin\{[dr]?cases\}(?P<inside>(?:(?!\\end\{).)*)\\end\{[dr]?cases\}", re.DOTALL)
_MATRIX = re.compile(r"\\(begin|end) *\{(?:[pbBvV]?matrix|smallmatrix|array|[dr]?cases)\}")


def _without_brace(match: re.Match[str]) -> str:
    """Equations that a brace only holds together, without it; the cases of a function as they are."""
    inside = match.group("inside")
    if re.search(r"&(?!\s*=)", inside):
        return match.group()
    start = match.start("inside") - match.start()
    return " " * start + inside + " " * (len(match.group()) - start - len(inside))


def lines_of(text: str) -> Iterator[tuple[str, int]]:
    """The formulas of a display, each with its offset: a line that begins with `=` goes on with the last."""
    text = _EQUATIONS.sub(_without_brace, _BLANKED.sub(lambda match: " " * len(match.group()), text))
    inside, cuts, aligned = 0, [0], list(text)
    for match in re.finditer(rf"{_MATRIX.pattern}|\\\\(?:\[[^\]]*\])?|(?<!\\)&", text):
        if match.group(1):
            inside += 1 if match.group(1) == "begin" else -1
        elif inside:
            continue
        elif match.group() == "&":
            aligned[match.start()] = " "
        else:
            rest = text[match.end() :].lstrip(" \t\n&")
            for place in range(match.start(), match.end()):
                aligned[place] = " "
            if not rest.startswith(("=", "+", "-", r"\odot", r"\cdot", r"\times")):
                cuts.append(match.end())
    joined = "".join(aligned)
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        piece = joined[start:end]
        stripped = piece.strip(" \t\n").rstrip(".;,。，；")
        if stripped:
            yield stripped, start + len(piece) - len(piece.lstrip())


# -- headers and shapes ---------------------------------------------------------------------------

_YES = {"yes": True, "true": True, "activation": True, "σ": True, "no": False, "false": False, "none": False}


def header_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a header that say something, each with its number, counted from 0."""
    for number, line in enumerate(text.split("\n")):
        for piece in map(str.strip, line.split(";")):
            if piece and not piece.startswith("#"):
                yield number, piece


def read_header(text: str, setting: Setting) -> Setting:
    """A setting changed by lines `key: value`; the value `any` makes it open again. Raises SymgradError."""
    for _, line in header_lines(text):
        key, colon, value = line.partition(":")
        if not colon:
            raise SymgradError(f"{line!r} is no line of a setting; write such as `layer: conv2d`")
        setting = _changed(setting, key.strip().lower(), value.strip())
    return setting


def _changed(setting: Setting, key: str, value: str) -> Setting:
    changes: dict[str, Any] = {}
    is_open = value == "any"
    match key:
        case "layer" | "function" | "star" | "mode" | "bias" | "upsample":
            changes[key] = None if is_open else value
        case "below":
            if not is_open and value not in _YES:
                raise SymgradError(f"below is {value!r}; expected activation, none or any")
            changes[key] = None if is_open else _YES[value]
        case "base":
            if value not in ("0", "1", "any"):
                raise SymgradError(f"base is {value!r}; expected 0, 1 or any")
            changes[key] = None if is_open else int(value)
        case "stride" | "padding":
            changes[key] = int(value) if value.isdigit() else value
        case "shape" | "shapes":
            changes["shapes"] = {} if is_open else {**setting.shapes, **read_shapes(value)}
            if is_open:
                changes["values"] = {}
        case "window":
            changes["shapes"] = {**setting.shapes, **read_shapes(f"window={value}")}
        case "names" | "name":
            pairs = [piece.split("=") for piece in value.split(",")] if not is_open else []
            if any(len(pair) != 2 for pair in pairs):
                raise SymgradError(f"names are written such as x=a, F=W; got {value!r}")
            given = {one.strip(): role.strip() for one, role in pairs}
            changes["names"] = {} if is_open else {**setting.names, **given}
        case _:
            known = "layer, function, star, mode, below, bias, upsample, base, stride, padding, shape, window"
            raise SymgradError(f"a setting has no {key!r}; it has {known}, names")
    return replace(setting, **changes)


_IN_REALS = re.compile(
    r"\s*\\?(?:mathbf|boldsymbol|bm)?\{?\\?(?P<name>[A-Za-zα-ω]+)\}?(?:\^\{?[lL](?:\s*-\s*1)?\}?)?\s*"
    r"(?:\\in|∈)\s*(?:\\mathbb\s*\{?R\}?|\\R|ℝ)\s*\^\s*(?:\{(?P<shape>[^{}]+)\}|(?P<one>[A-Za-z0-9]))\s*"
)


def _shape(text: str) -> dict[str, tuple[int | str, ...]] | None:
    """`a \\in \\mathbb{R}^{3 \\times 3}` as a shape."""
    match = _IN_REALS.fullmatch(text)
    if match is None:
        return None
    said = match.group("shape") or match.group("one")
    extents = re.split(r"\s*(?:\\times|×|x)\s*", said.strip())
    if not all(re.fullmatch(r"[0-9]+|[A-Za-z](?:_?[A-Za-z0-9]+)?", extent) for extent in extents):
        return None
    from symgrad.formula.letters import GREEK_LETTERS

    name = GREEK_LETTERS.get(match.group("name"), match.group("name"))
    return {name: tuple(int(e) if e.isdigit() else e for e in extents)}
