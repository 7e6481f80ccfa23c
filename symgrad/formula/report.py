"""A checked document as a report: the verdict beside each formula, and what `*` and a bias meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symgrad.explain.document import (
    Block,
    Box,
    Code,
    Display,
    Document,
    Equation,
    Heading,
    Inline,
    Paragraph,
)
from symgrad.explain.layout import Row, broken, width
from symgrad.formula.check import Outcome
from symgrad.formula.document import Judged
from symgrad.formula.show import shown, sides
from symgrad.formula.words import spoken, word

ROOM = 80.0
_TITLE = {"en": "Formulas checked: {name}", "zh": "公式检查：{name}"}
_COUNTS = {"en": "{count} formulas: {kinds}.", "zh": "共 {count} 个公式：{kinds}。"}
_SENSES = {
    "star": {
        "en": "What is right of these formulas reads * in {count} senses:",
        "zh": "其中正确的公式对 * 有 {count} 种读法：",
    },
    "bias": {
        "en": "What is right of these formulas needs {count} kinds of bias:",
        "zh": "其中正确的公式需要 {count} 种偏置：",
    },
}


def report(name: str, judged: Sequence[Judged], lang: str = "en") -> Document:
    """The report on a document called `name`."""
    title = _TITLE[lang].format(name=name)
    blocks: list[Block] = [Heading(1, (title,), "")]
    blocks.append(Paragraph((summary(judged, lang),)))
    for what, told in _SENSES.items():
        senses = list(senses_of(what, judged))
        if len(senses) < 2:
            continue
        blocks.append(Paragraph((told[lang].format(count=len(senses)),)))
        for sense, lines in senses:
            shown = ", ".join(map(str, lines))
            where = (
                f"{spoken(lang, sense)}: line {shown}"
                if lang == "en"
                else f"{spoken(lang, sense)}：第 {shown} 行"
            )
            blocks.append(Paragraph((where,)))
    for one in judged:
        blocks += _formula(name, one, lang)
    return Document(title, lang, tuple(blocks))


def _formula(name: str, one: Judged, lang: str) -> Iterator[Block]:
    outcome = one.outcome
    kind = {"REFUTED": "counterexample", "ILL-FORMED": "counterexample"}.get(outcome.kind, "theorem")
    inside: list[Block] = [Paragraph((one.led_by,))] if one.led_by else []
    inside.append(_displayed(outcome.formula))
    inside += _told(outcome, lang)
    label: Inline = (f"{name}:{one.line}",)
    yield Box(kind, word(lang, outcome.kind), label, tuple(inside))


def _displayed(text: str) -> Block:
    """A formula as mathematics, or as it was typed where it cannot be read."""
    found = sides(text)
    if found is None:
        return Code(text, "latex")
    equations = []
    for left, rest in found:
        lines = tuple(broken(rest, ROOM, ROOM - width(left)))
        equations.append(Equation(left, lines or (Row(()),)))
    return Display(tuple(equations))


def _told(outcome: Outcome, lang: str) -> Iterator[Block]:
    """Readings, problem, counterexample and suggestion, as `Outcome.lines` has them."""
    for line in outcome.reading_lines(lang):
        yield Paragraph((line,))
    if outcome.problem:
        yield Code(spoken(lang, outcome.problem), "text")
    for what, text in outcome.details:
        terms, rest = _more(text)
        found = shown(terms) if what not in ("refuted with", "smallest sizes", "entry") else None
        told = spoken(lang, text if found is None else rest)
        yield Paragraph(
            (told,) if found is None else (found, told) if told else (found,), f"{word(lang, what)}:"
        )
    if outcome.did_you_mean:
        yield Paragraph((), f"{word(lang, 'did you mean')}:")
        yield _displayed(outcome.did_you_mean)
        yield Code(outcome.did_you_mean, "latex")


def _more(text: str) -> tuple[str, str]:
    """Terms, and how many more there are, in words."""
    match = re.fullmatch(r"(.*)( and [0-9]+ more)", text)
    return (text, "") if match is None else (match.group(1), match.group(2))


def summary(judged: Sequence[Judged], lang: str = "en") -> str:
    """How many formulas there are of each kind."""
    counts: dict[str, int] = {}
    for one in judged:
        counts[one.outcome.kind] = counts.get(one.outcome.kind, 0) + 1
    separator = ", " if lang == "en" else "，"
    kinds = separator.join(f"{count} {word(lang, kind)}" for kind, count in counts.items())
    return _COUNTS[lang].format(count=len(judged), kinds=kinds or "0")


def senses_of(what: str, judged: Sequence[Judged]) -> Iterator[tuple[str, list[int]]]:
    """What `*` ("star") or a bias is in formulas that are right: each sense with the lines where it is so."""
    found: dict[str, list[int]] = {}
    for one in judged:
        right = [r for r in one.outcome.readings if r.verdict is not None and r.verdict.verdict == "PROVED"]
        senses = {text for r in right for key, text in r.choice.options if key == what}
        if len(senses) == 1:
            found.setdefault(senses.pop(), []).append(one.line)
    for sense, lines in found.items():
        yield sense, list(dict.fromkeys(lines))
