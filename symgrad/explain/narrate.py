"""A proof told in words: the statement, then a paragraph and a line for each step.

It reads the steps and nothing else, so that a proof of any claim on any layer is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.decide.equal import identities_between
from symgrad.explain.document import Block, Box, Document, Equation, Heading, Inline, Paragraph
from symgrad.explain.fitting import ROOM, equation, side_by_side
from symgrad.explain.index_names import entry as entry_of
from symgrad.explain.layout import (
    DIRECT,
    EQUALS,
    Layout,
    Row,
    name,
    row,
)
from symgrad.explain.paragraphs import LONG, together, told
from symgrad.explain.proof import (
    ChainRule,
    ClosedForm,
    Collapse,
    Deltas,
    Forward,
    Independent,
    Insert,
    Proof,
    Recognise,
    Renaming,
    Rewrite,
    Step,
    Substitute,
)
from symgrad.explain.statement import Statement, joined
from symgrad.explain.words import known as has_words
from symgrad.explain.words import listed, word
from symgrad.language.index import Index
from symgrad.language.scalar import Access, Ranges, Sum, reads, walk
from symgrad.language.tensor import Comprehension, Tensor


def document(proof: Proof, lang: str) -> Document:
    """The whole of a proof."""
    telling = Telling(proof, lang)
    title = (proof.title_zh if lang == "zh" else proof.title) or str(proof.question)
    return Document(title, lang, (headed(title, proof.name), *telling.blocks()))


def headed(title: str, rule: str | None) -> Heading:
    """The heading of a proof or a report, with the name of the rule it is about."""
    return Heading(1, (f"{title} ({rule})" if rule else title,), rule or "")


class Telling(Statement):
    """The statement, then a paragraph and a line for each step, then the worked example."""

    def __init__(self, proof: Proof, lang: str) -> None:
        super().__init__(proof, lang)
        self.long = len(proof.steps) > LONG
        self.room = ROOM * 1.1 if self.long else ROOM  # in smaller type

    def blocks(self) -> Iterator[Block]:
        """Statement, proof, worked example."""
        steps = tuple(self._steps())  # first, so that the usual ranges are known
        source = (self.proof.source,) if self.proof.source else ()
        yield Box("theorem", word(self.lang, "theorem"), source, tuple(self.statement()))
        yield Box("proof", word(self.lang, "proof"), (), steps, self.long)
        from symgrad.explain.example import example

        found = example(self.proof, self.names, self.lang)
        if found:
            yield Box("example", word(self.lang, "example"), (), tuple(found))
        yield Paragraph(self.say("decided"))

    def _steps(self) -> Iterator[Block]:
        number = 0
        current = self.asked.wrt
        shown: Equation | None = None
        for steps in together(self.proof.steps, self.long):
            first = steps[0]
            if isinstance(first, Forward):
                self.body(first.after)
                continue
            if isinstance(first, ChainRule):
                current = first.wrt
                steps = steps[1:] if self._trivial(first) and len(steps) > 1 else steps
            lines = [self._line(step, current) for step in told(steps, self.long)]
            again = all(line == shown for line in lines)
            shown = lines[-1]
            if again and not isinstance(steps[-1], ClosedForm):
                continue  # another way of saying it, which is written the same
            number += 1
            lead = _plain(self.say("step", number=number, title=self._title(steps)))
            if again:
                yield Paragraph(self.say("s:Same"), lead)
                continue
            yield Paragraph(self._reason(steps, current), lead)
            if isinstance(first, Recognise):
                lines = [lines[0], *(Equation(Row(()), line.lines) for line in lines[1:])]
            yield from side_by_side(tuple(lines))

    @staticmethod
    def _trivial(step: ChainRule) -> bool:
        """Whether J is the layer itself, so that there is nothing to sum over."""
        return isinstance(step.after, Comprehension) and isinstance(step.after.body, Access)

    def _title(self, steps: Sequence[Step]) -> str:
        labels = [
            step.operator.call.name
            for step in steps
            if isinstance(step, Recognise) and isinstance(step.operator, Comprehension) and step.operator.call
            if not self._says_nothing(step.operator)
        ]
        if labels:
            said = [word(self.lang, f"n:{label}") if has_words(f"n:{label}") else label for label in labels]
            names = listed(self.lang, [(label,) for label in dict.fromkeys(said)], "names")
            title = _plain(self.say("t:Recognise", name=names))
            closed = isinstance(steps[-1], ClosedForm)
            return title + (f", {word(self.lang, 't:ClosedForm')}" if closed and self.lang == "en" else "")
        told_as = steps[-1] if isinstance(steps[0], Recognise) else steps[0]
        return word(self.lang, f"t:{type(told_as).__name__}")

    def _says_nothing(self, operator: Tensor) -> bool:
        """Whether it is the claim, as arithmetic entry by entry: then there is nothing to recognise."""
        call = operator.call if isinstance(operator, Comprehension) else None
        return operator is self.asked.claim and (call is None or not has_words(f"op:{call.name}"))

    def _line(self, step: Step, current: Tensor | None) -> Equation:
        after = step.after
        assert isinstance(after, Comprehension)
        if isinstance(step, Deltas):
            at = tuple(map(Index.of, after.indices))
            extents = after.extents
            at = tuple(Index.of(0) if e == 1 else i for i, e in zip(at, extents, strict=True))
            return equation(self.notation.access(after, at), self.body(after), self.room)
        at = tuple(
            Index.of(0) if e == 1 else Index.of(s) for s, e in zip(after.indices, after.extents, strict=True)
        )
        entry = self.notation.access if current is None else self._derivative
        left = entry(self.asked.z if current is None else current, at)
        return equation(left, self.body(after), self.room)

    def _reason(self, steps: Sequence[Step], current: Tensor | None) -> Inline:
        notation, step = self.notation, steps[0]
        match step:
            case Independent(wrt=wrt):
                value, tensor = self.notation.tensor(self.asked.z), self.notation.tensor(wrt)
                return self.say("s:Independent", value=value, tensor=tensor)
            case ChainRule(wrt=wrt, after=after):
                if len(steps) == 1:
                    return self.say("s:Itself", tensor=notation.tensor(wrt))
                assert isinstance(after, Comprehension)
                entry = notation.access(wrt, entry_of(after.indices, after.extents))
                deltas = [s for s in steps if isinstance(s, Deltas)]
                direct = any(map(self.proof.is_direct, deltas))
                zs = [(self.names.plain(s.z),) for s in deltas if not (direct and s.z is self.asked.z)]
                through = listed(self.lang, zs, "names")
                key = "s:ChainRuleDirect" if direct else "s:ChainRule"
                said = self.say(key, entry=entry, through=through, direct=DIRECT)
                return joined([said, self._about_deltas(steps)], self._space())
            case Deltas():
                return self._about_deltas(steps)
            case Collapse():
                put = self._equations(step)
                return self.say("s:Collapse", equations=put) if put else self.say("s:Collapse0")
            case Insert():
                return self._inserted(step, steps[1:])
            case Substitute():
                return self.say("s:Substitute", **self._maps(step))
            case Rewrite():
                used = self._identities(step)
                return self.say("s:Identities", identities=used) if used else self.say("s:Rewrite")
            case Recognise(equations=equations):
                operators = [s.operator for s in steps if isinstance(s, Recognise)]
                what = self._what(operators[0]) if len(operators) == 1 else self._several(operators)
                visible = {symbol for over in _ranges(step.after) for symbol, _ in over}
                shown = [
                    (row(name(e.symbol.name), EQUALS, notation.index(e.value)),)
                    for e in reversed(equations)
                    if e.symbol in visible
                ]
                last = steps[-1]
                if len(operators) == 1 and self._says_nothing(operators[0]) and not shown:
                    return self.say("s:ClosedForm0")
                whole = isinstance(last, ClosedForm) and operators == [last.claim] == [self.asked.claim]
                key = ("s:Recognised" if whole else "s:Recognise") + ("1" if shown else "")
                said = self.say(key, equations=listed(self.lang, shown), what=what)
                if whole:
                    return said
                end = self._closing(last) if isinstance(last, ClosedForm) else (self._colon(),)
                return joined([said, end], "")
            case ClosedForm():
                return self._alone(step)
        raise AssertionError(type(step).__name__)

    def _maps(self, step: Substitute) -> dict[str, Inline]:
        """The bijection of a substitution, and its inverse."""

        def shown(pairs: Renaming) -> Inline:
            maps = [(row(name(s.name), EQUALS, self.notation.index(value)),) for s, value in pairs]
            return listed(self.lang, maps)

        return {"forward": shown(step.forward), "backward": shown(step.backward)}

    def _identities(self, step: Step) -> Inline:
        used = identities_between(self.proof.scope, step.before, step.after)
        return listed(self.lang, list(map(self._identity, used)), "and") if used else ()

    def _inserted(self, step: Step, rewritten: Sequence[Step]) -> Inline:
        assert isinstance(step.before, Comprehension)
        known = set(reads(step.before.body))
        derivatives = [(self._derivative(t, ()),) for g, t in self.proof.derivatives if g in known]
        shown = listed(self.lang, derivatives, "names")
        if not rewritten:
            return self.say("s:Insert", derivative=shown)
        if isinstance(rewritten[0], Substitute):
            return self.say("s:InsertSubstitute", derivative=shown, **self._maps(rewritten[0]))
        used = self._identities(rewritten[0])
        if used:
            return self.say("s:InsertIdentities", derivative=shown, identities=used)
        return self.say("s:InsertRewrite", derivative=shown)

    def _closing(self, step: ClosedForm) -> Inline:
        """What is left after operators were recognised."""
        if step.claim is not self.asked.claim:
            return self.say("s:Lemma", what=self._in_words(step.claim))
        if step.claim in self.proof.operators:
            return self.say("s:Left", what=self._in_words(step.claim))
        return self.say("s:Left0")

    def _alone(self, step: ClosedForm) -> Inline:
        """A closed form that follows from nothing but its own definition."""
        if step.claim in self.proof.operators:
            return self.say("s:ClosedForm", what=self._in_words(step.claim))
        return self.say("s:ClosedForm0")

    def _colon(self) -> str:
        return "：" if self.lang == "zh" else ":"

    def _about_deltas(self, steps: Sequence[Step]) -> Inline:
        deltas = [step for step in steps if isinstance(step, Deltas)]
        zs = listed(self.lang, [(self.names.plain(step.z),) for step in deltas], "names")
        brackets = any(self._has_bracket(step) for step in deltas)
        key = ("s:Deltas" if len(deltas) == 1 else "s:DeltasN") if brackets else "s:Deltas0"
        last, then = steps[-1], self.say("now")
        if isinstance(last, Collapse):
            put = self._equations(last)
            then = self.say("put", equations=put) if put else self.say("put0")
        return self.say(key, z=zs, then=then)

    def _equations(self, step: Collapse) -> Inline:
        """The equations that are put in, each with what it leaves of a range."""
        shown = []
        for one in step.equations:
            this: Layout = row(name(one.symbol.name), EQUALS, self.notation.index(one.value))
            if one.leaves:
                left = listed(self.lang, [(c,) for c in self.notation.conditions(one.leaves)])
                shown.append(self.say("leaves", equation=this, conditions=left))
            else:
                shown.append((this,))
        return listed(self.lang, shown, "apart", "apart") if shown else ()

    def _what(self, operator: Tensor) -> Inline:
        """An operator by its name if it has one, else in words."""
        if operator in self.names.names and operator is not self.asked.claim:
            return (self.notation.tensor(operator), *self.say("meaning", what=self._in_words(operator)))
        return self._in_words(operator)

    def _several(self, operators: Sequence[Tensor]) -> Inline:
        """Several operators by their names."""
        shown: list[Inline] = [(self.notation.briefly().tensor(o),) for o in operators]
        return listed(self.lang, shown, "then", "then")


def _plain(parts: Inline) -> str:
    return "".join(part for part in parts if isinstance(part, str))


def _ranges(tensor: Tensor) -> Iterator[Ranges]:
    if isinstance(tensor, Comprehension):
        for inner in walk(tensor.body):
            if isinstance(inner, Sum):
                yield inner.over
