"""A counterexample report: a refuted claim beside the derivative, at the smallest sizes that tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from symgrad.decide.question import Question
from symgrad.decide.verdict import Refuted, Scope
from symgrad.explain.document import Block, Box, Code, Display, Document, Equation, Inline, Paragraph
from symgrad.explain.fitting import equation
from symgrad.explain.layout import EQUALS, Layout, Matrix, Number, broken, name, row, width
from symgrad.explain.narrate import headed
from symgrad.explain.notation import Derivative
from symgrad.explain.printing import Printable
from symgrad.explain.proof import Proof
from symgrad.explain.prove import derivation
from symgrad.explain.statement import Statement
from symgrad.explain.unroll import Place, Unrolled
from symgrad.explain.words import listed, phrase, word
from symgrad.language.notation import nodes
from symgrad.language.tensor import Comprehension, Variable

ROOM = 88.0


@dataclass(frozen=True, eq=False, repr=False)
class Report(Printable):
    """Why a claim is wrong: the two formulas, the sizes, the entry, and numbers."""

    question: Question
    refuted: Refuted
    derived: Proof
    name: str | None = None
    title: str | None = None
    title_zh: str | None = None
    _told: dict[str, Document] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<counterexample to {self.question}>"

    def document(self, lang: str = "en") -> Document:
        """The report in English (`en`) or Chinese (`zh`)."""
        if lang not in self._told:
            self._told[lang] = self._document(lang)
        return self._told[lang]

    def _document(self, lang: str) -> Document:
        title = (self.title_zh if lang == "zh" else self.title) or word(lang, "c:title")
        box = Box("counterexample", word(lang, "counterexample"), (), tuple(_Reporting(self, lang).blocks()))
        return Document(title, lang, (headed(title, self.name), box))


def report(asked: Question, refuted: Refuted) -> Report:
    """The report on a refuted claim."""
    scope = Scope(tuple(asked.sizes), tuple(asked.assumptions))
    return Report(asked, refuted, derivation(asked, scope))


class _Reporting:
    def __init__(self, made: Report, lang: str) -> None:
        self.asked = made.question
        self.found = made.refuted.counterexample
        self.mean = made.refuted.did_you_mean
        self.derived = made.derived
        self.lang = lang
        self.telling = Statement(made.derived, lang)
        self.names = self.telling.names
        symbols = {symbol.name: symbol for symbol in self.asked.sizes}
        self.sizes = {symbols[text]: value for text, value in self.found.sizes if text in symbols}
        self.shown = Unrolled(self.sizes, self.names)
        self.target = self.asked.z if self.asked.wrt is None else self.asked.wrt

    def say(self, key: str, **parts: Inline | Layout) -> Inline:
        return phrase(self.lang, key, **parts)

    def blocks(self) -> Iterator[Block]:
        last = self.derived.steps[-1].after
        assert isinstance(last, Comprehension)
        truth = equation(self.telling.left(), self.telling.body(last), ROOM)
        yield from self.telling.setting()
        yield Paragraph(self.say("c:claim"))
        yield Display((self.telling.claim(),))
        yield from self.telling.where()
        yield Paragraph(self.say("c:derived"))
        yield Display((truth,))
        yield from self._smallest(last)
        if self.mean:
            yield Paragraph(self.say("c:mean"), "")
            yield Code(self.mean, "python")

    def _smallest(self, last: Comprehension) -> Iterator[Block]:
        pairs: list[Inline] = [
            (row(name(s.name), EQUALS, Number(str(value))),) for s, value in self.sizes.items()
        ]
        sizes = listed(self.lang, pairs)
        yield Paragraph(self.say("c:sizes", sizes=sizes) if pairs else self.say("c:given"))
        if self.found.derived_shape != self.found.claimed_shape:
            shapes = [row(*_times(shape)) for shape in (self.found.derived_shape, self.found.claimed_shape)]
            yield Paragraph(self.say("c:shapes", derived=shapes[0], claimed=shapes[1]))
        if self.found.position is None:
            return
        yield Paragraph(self.say("e:numbering"))
        yield from self._entry(last, self.found.position)
        yield from self._numbers()

    def _entry(self, last: Comprehension, place: Place) -> Iterator[Block]:
        truth = self.shown.entry(last, place)
        claim = self.shown.whole(self.asked.claim, place)
        yield Paragraph(self.say("c:entry", entry=self._entry_name(place)))
        yield Display(
            (
                _said(word(self.lang, "c:truth"), truth),
                _said(word(self.lang, "c:claimed"), claim),
            )
        )
        grids = (
            self.shown.arranged(self.target, lambda at: self.shown.entry(last, at)),
            self.shown.grid(self.asked.claim),
        )
        if all(isinstance(grid, Matrix) and width(grid) < ROOM for grid in grids):
            yield Paragraph(self.say("c:matrices"))
            labels = (word(self.lang, "c:truth"), word(self.lang, "c:claimed"))
            yield Display(
                tuple(
                    _said(label, grid) for label, grid in zip(labels, grids, strict=True) if grid is not None
                )
            )

    def _entry_name(self, place: Place) -> Layout:
        if self.asked.wrt is None:
            return self.shown.entry_name(self.asked.z, place)
        from symgrad.explain.layout import DEL, Fraction, Name

        return Fraction(row(DEL, Name("J")), row(DEL, self.shown.entry_name(self.asked.wrt, place)))

    def _numbers(self) -> Iterator[Block]:
        found = self.found
        if found.derived_value is None or found.claimed_value is None:
            return
        values: dict[str, Inline | Layout] = {
            "derived": (found.derived_value,),
            "claimed": (found.claimed_value,),
        }
        if found.witness:
            inputs: list[Inline] = [
                (row(self._witness(text), EQUALS, Number(value)),) for text, value in found.witness
            ]
            text = self.say("c:numbers", inputs=listed(self.lang, inputs), **values)
        else:
            text = self.say("c:zero", **values)
        if found.degree is not None:
            text = (*text, " ", *self.say("c:function", degree=(str(found.degree),)))
        yield Paragraph(text)

    def _witness(self, text: str) -> Layout:
        """An entry such as `w[0, 1]` by its name and its row and column."""
        match = re.fullmatch(r"([^\[]+)(?:\[(.*)\])?", text)
        assert match is not None
        place = tuple(int(index) for index in match.group(2).split(",")) if match.group(2) else ()
        for tensor in (self.asked.z, self.asked.claim):
            for node in nodes(tensor):
                if isinstance(node, Variable) and node.name == match.group(1):
                    return self.shown.entry_name(node, place)
        cotangent = self.asked.cotangent
        if isinstance(cotangent, Variable) and cotangent.name == match.group(1):
            return self.shown.entry_name(cotangent, place)
        return name(text)


def _said(label: str, value: Layout) -> Equation:
    from symgrad.explain.layout import Name

    return Equation(Name(label, upright=True), tuple(broken(row(EQUALS, value), ROOM)))


def _times(shape: tuple[int, ...]) -> list[Layout]:
    from symgrad.explain.layout import Sign

    found: list[Layout] = []
    for extent in shape:
        found += [*([Sign("×", "bin")] if found else []), Number(str(extent))]
    return found or [Number("1")]


__all__ = ["Derivative", "Report", "report"]
