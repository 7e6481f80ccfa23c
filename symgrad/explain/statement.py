"""The statement of a proof: sizes, tensors, the forward, the claim, and what its operators are.

Proofs and counterexample reports have it in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from symgrad.decide.conditions import OnValues, relations_of_values
from symgrad.decide.terms import Identity
from symgrad.decide.verdict import Scope
from symgrad.explain.document import Block, Display, Equation, Inline, Paragraph
from symgrad.explain.entries import plain_sum
from symgrad.explain.fitting import ROOM, across, equation, side_by_side
from symgrad.explain.index_names import entry as entry_of
from symgrad.explain.layout import (
    AT_LEAST,
    EQUALS,
    LESS,
    Fence,
    Layout,
    Name,
    Number,
    Row,
    Sign,
    name,
    row,
    separated,
    vector,
)
from symgrad.explain.naming import Names
from symgrad.explain.notation import Notation
from symgrad.explain.opening import silent
from symgrad.explain.products import opened
from symgrad.explain.proof import (
    Forward,
    Proof,
    Step,
)
from symgrad.explain.words import known as has_words
from symgrad.explain.words import listed, phrase, word
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index
from symgrad.language.scalar import Access, Indicator, Selected, add, substitute, walk
from symgrad.language.symbol import Symbol, index_symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

_SPARE = "trqefp"


class Statement:
    """The parts of a statement in words: setting, claim, definitions."""

    def __init__(self, proof: Proof, lang: str) -> None:
        self.proof = proof
        self.asked = proof.question
        self.lang = lang
        self.names = Names(proof.question, proof.kept).of_proof(proof)
        self.notation = self.names.notation
        target = self.asked.z if self.asked.wrt is None else self.asked.wrt
        for symbol, extent in zip(proof.position, target.extents, strict=True):
            self.notation.ranges.setdefault(symbol.name.rstrip("'"), extent)

    def say(self, key: str, **parts: object) -> Inline:
        """Words with formulas put in."""
        return phrase(self.lang, key, **parts)  # type: ignore[arg-type]

    # -- the statement ----------------------------------------------------------------------------
    def statement(self) -> Iterator[Block]:
        """Everything up to the proof."""
        *before, about = self.setting()
        yield from before
        assert isinstance(about, Paragraph)
        if self.proof.conditions:
            conditions = listed(self.lang, list(map(self._condition, self.proof.conditions)), "and")
            then = self.say("provided", conditions=conditions)
        else:
            then = self.say("so")
        yield Paragraph(joined([about.text, then], self._space()))
        yield Display((self.claim(),))
        yield from self.where()

    def _space(self) -> str:
        return " " if self.lang == "en" else ""

    def setting(self) -> Iterator[Block]:
        """Sizes, tensors, the forward, and the conventions."""
        asked, notation = self.asked, self.notation
        forwards = [step for step in self.proof.steps if isinstance(step, Forward)]
        lines = [self._forward(step) for step in forwards]
        if asked.wrt is None:
            lines = [equation(notation.tensor(asked.z), notation.written(asked.z)[0]), *lines]
            lines = list(dict.fromkeys(lines))
        begins = self.say("forward" if asked.wrt is not None else "compared") if lines else ()
        yield Paragraph(joined([self._setting(), begins], self._space()))
        if lines:
            yield Display(tuple(lines))
        said: list[Inline] = []
        if self.names.letters:
            shown: list[Inline] = [
                (row(name(s.name), EQUALS, Notation().index(e)),) for s, e in self.names.letters
            ]
            said.append((*self.say("letters", letters=listed(self.lang, shown, "names")), self._stop()))
        said.append(self._conventions())
        if asked.wrt is not None:
            said.append(self._about_j())
        yield Paragraph(joined(said, self._space()))

    def where(self) -> Iterator[Block]:
        """What the operators of the claim are, in words and entry by entry."""
        definitions = tuple(self._definitions())
        if not definitions:
            return
        said = []
        for node, shown in self.names.selectors:
            said.append(self.say("is", name=shown, what=self._in_words(node)))
        for filled in self.names.filled:
            said.append(self.say("is", name=self.notation.tensor(filled), what=self.say("op:full")))
        for node in self.names.operators:
            plain = node.call is None or node.call.name in ("matmul", "sum_axes", "slice")
            if not plain or node in self.names.names:
                named = self.notation.briefly().tensor(node)
                said.append(self.say("is", name=named, what=self._in_words(node)))
        said += [self.say(key) for key in self._functions()]
        what = listed(self.lang, said, "apart", "apart")
        yield Paragraph(self.say("where", what=what) if said else self.say("entrywise"))
        short = tuple(e for e in definitions if len(e.lines) == 1 and across(e) < ROOM * 0.42)
        if len(short) > 1:
            yield from side_by_side(short)
            definitions = tuple(e for e in definitions if e not in short)
        if definitions:
            yield Display(definitions)

    def _stop(self) -> str:
        return "。" if self.lang == "zh" else "."

    def _setting(self) -> Inline:
        scope = self.proof.scope
        tensors = self._tensors()
        if not scope.sizes:
            return self.say("no_sizes", tensors=tensors) if tensors else ()
        listed_sizes = {symbol for symbol, _ in scope.each}
        minima, others = _minima(scope)
        groups: list[Inline] = []
        for minimum in sorted(set(minima.values()), reverse=True):
            names = [name(s.name) for s in scope.sizes if minima[s] == minimum and s not in listed_sizes]
            if names:
                bound = row(names.pop(), AT_LEAST, self.notation.index(Index.of(minimum)))
                # each is a formula of its own, so that the line may be broken between them
                groups.append(listed(self.lang, [(shown,) for shown in (*names, bound)], "comma", "comma"))
        key = "size" if len(scope.sizes) == 1 else "sizes"
        text = self.say(key, sizes=listed(self.lang, groups, "and"))
        if others:
            shown = [(self.notation.condition(c),) for c in others]
            text = self.say("with", this=text, constraints=listed(self.lang, shown))
        for symbol, values in scope.each:
            shown_values = row(name(symbol.name), EQUALS, separated([Name(str(v)) for v in values]))
            text = (*text, *self.say("only", values=shown_values))
        return (*text, *(self.say("tensors", tensors=tensors) if tensors else self.say("no_tensors")))

    def _tensors(self) -> Inline:
        from symgrad.language.notation import nodes

        asked = self.asked
        found: dict[Tensor, None] = {}
        if isinstance(asked.wrt, Variable) and asked.wrt not in nodes(asked.z):
            found[asked.wrt] = None
        for tensor in (asked.z, asked.claim):
            found.update(dict.fromkeys(n for n in reversed(nodes(tensor)) if isinstance(n, Variable)))
        shown: list[Inline] = []
        for tensor in found:
            if tensor is asked.cotangent:
                continue
            shown.append((self._typed(self.notation.tensor(tensor), tensor),))
        return listed(self.lang, shown, "names")

    def _typed(self, shown: Layout, tensor: Tensor) -> Layout:
        reals = Name("ℝ")
        if not tensor.extents:
            return row(shown, Sign("∈", "rel"), reals)
        from symgrad.explain.layout import Script

        factors: list[Layout] = []
        for axis in tensor.axes:
            if factors:
                factors.append(Sign("×", "bin"))
            factors.append(vector([self.notation.operand(extent) for extent in axis]))
        return row(shown, Sign("∈", "rel"), Script(reals, sup=row(*factors)))

    def _about_j(self) -> Inline:
        asked = self.asked
        if asked.cotangent is None:
            return self.say("loss") if asked.z.extents == () else ()
        z = self.notation.tensor(asked.z)
        derivative = self._gradient_name(asked.z)
        delta = row(self.notation.tensor(asked.cotangent), EQUALS, derivative)
        key = "cotangent" if isinstance(asked.cotangent, Variable) else "cotangent_given"
        return self.say(key, z=z, delta=delta)

    def _gradient_name(self, tensor: Tensor) -> Layout:
        from symgrad.explain.layout import DEL, Fraction

        return Fraction(row(DEL, Name("J")), row(DEL, self.notation.tensor(tensor)))

    def claim(self) -> Equation:
        """The claim in operator notation."""
        asked, notation = self.asked, self.notation
        if isinstance(asked.claim, Comprehension) and (
            asked.claim.call is None or self._is_written_as_sum(asked.claim)
        ):
            return equation(self.left(), self.body(self.proof.chain()[-1].after))
        left = notation.tensor(asked.z) if asked.wrt is None else self._gradient_name(asked.wrt)
        right = notation.tensor(asked.claim)
        if asked.claim in self.names.names:
            right = row(right, EQUALS, notation.written(asked.claim)[0])
        return equation(left, right)

    def _is_written_as_sum(self, node: Comprehension) -> bool:
        """Whether an operator is a sum over what has a name, so that a definition would say nothing new."""
        return (
            node not in self.names.names and plain_sum(node, entry_of(node.indices, node.extents)) is not None
        )

    def _condition(self, text: str) -> Inline:
        """A condition of the verdict in the language of the proof."""
        found = re.fullmatch(r"(\S+) is differentiable", text)
        if found:
            return self.say("differentiable", function=name(found.group(1)))
        if text == word("en", "unique_maximum"):
            return self.say("unique_maximum")
        for hypothesis in self.proof.scope.hypotheses:
            if text == str(hypothesis):
                return (row(self.notation.scalar(hypothesis.total), EQUALS, Number("1")),)
        for one in relations_of_values(self.asked):
            if text == str(one):
                return (self._relation(one),)
        return (text,)

    def _relation(self, one: OnValues) -> Layout:
        sign, zero = one.relation.split()
        of, brief = one.of, self.notation.briefly()
        shown = self.notation.scalar(of)
        if isinstance(of, Access) and isinstance(of.tensor, Comprehension):
            shown = brief.tensor(of.tensor)
        return row(shown, Sign(sign, "rel"), Number(zero))

    def _identity(self, used: Identity) -> Inline:
        """An identity that a step uses: a hypothesis, or that a reciprocal cancels."""
        if isinstance(used, SumsToOne):
            return (row(self.notation.scalar(used.total), EQUALS, Number("1")),)
        base = used.of
        if isinstance(base, Comprehension) and base.call is None:
            return self.say("cancelled", base=self.notation.scalar(base.body))
        return self.say("cancelled", base=self.notation.tensor(base))

    def _conventions(self) -> Inline:
        usual: dict[Index, list[Layout]] = {}
        for symbol_name, extent in self.notation.ranges.items():
            usual.setdefault(extent, []).append(name(symbol_name))
        shown: list[Inline] = []
        for extent, names in usual.items():
            shown.append((row(separated(names), LESS, self.notation.index(extent)),))
        text = (
            self.say("conventions", ranges=listed(self.lang, shown))
            if shown
            else self.say("conventions_plain")
        )
        if self.notation.unread:
            text = (*text, *self.say("unread"))
        if any(self._has_bracket(step) for step in self.proof.steps):
            symbol: Layout = Name("A", upright=False)
            text = (*text, *self.say("bracket", bracket=Fence("[", symbol, "]"), condition=symbol))
        return text

    @staticmethod
    def _has_bracket(step: Step) -> bool:
        return any(
            isinstance(inner, Indicator)
            for tensor in (step.before, step.after)
            if isinstance(tensor, Comprehension)
            for inner in walk(tensor.body)
        )

    def _functions(self) -> list[str]:
        """What the operators do that only move entries and have no symbol of their own."""
        shown: dict[str, None] = {}

        def visit(tensor: Tensor) -> None:
            call = tensor.call if isinstance(tensor, Comprehension) else None
            if call is None or (tensor in self.names.names and tensor is not self.asked.claim):
                return
            if has_words(f"fn:{call.name}"):
                shown[f"fn:{call.name}"] = None
            for _, value in call.arguments:
                if isinstance(value, Tensor):
                    visit(value)

        for operator in (self.asked.claim, *self.names.operators):
            visit(operator)
        return list(shown)

    # -- definitions of operators -----------------------------------------------------------------
    def _definitions(self) -> Iterator[Equation]:
        for node, shown in self.names.selectors:
            yield self._selector(node, shown)
        for node in self.names.operators:
            if self._is_written_as_sum(node):
                continue
            form = self._definition(node)
            left = self.notation.access(node, entry_of(form.indices, node.extents))
            yield equation(left, self.body(form))

    def _selector(self, node: Comprehension, shown: Layout) -> Equation:
        assert isinstance(node.body, Selected)
        at = tuple(map(Index.of, self._places(node)))
        here = substitute(node.body, dict(zip(node.indices, at, strict=True)))
        assert isinstance(here, Selected)
        best = here.maximum
        window = {symbol: index for (symbol, _), index in zip(best.over, here.at, strict=True)}
        taken = self.notation.scalar(substitute(best.body, window))
        pooled = dict(node.call.arguments).get("z") if node.call else None
        if isinstance(pooled, Tensor):
            greatest = self.notation.access(pooled, at[: len(pooled.extents)])
        else:
            greatest = self.notation.scalar(best)
        inside = self.notation.bracket([c.substitute(window) for c in best.where]) if best.where else Row(())
        whole = row(Fence("[", row(taken, EQUALS, greatest), "]"), inside)
        return equation(self.notation.access(node, at), whole)

    def _definition(self, node: Comprehension) -> Comprehension:
        """An operator's definition with its indices named as where the proof reads it."""
        names = self._places(node)
        at = tuple(map(Index.of, names))
        closed = set(self.names.names) | set(self.proof.operators)
        products = opened(Access(node, at), lambda t: t is node or self._is_silent(t, closed))
        taken = {symbol.name for symbol in names}
        result = []
        for product in products:
            values = {}
            used = set(taken)
            for symbol, extent in product.over:
                if extent == 1:
                    values[symbol] = Index.of(0)
                    continue
                base = self._usual_name(symbol.name.rstrip("'"), dict(product.over)[symbol], used)
                used.add(base)
                values[symbol] = Index.of(index_symbol(base))
            over = tuple(pair for pair in product.over if pair[1] != 1)
            result.append(replace(product, over=over).substitute(values).scalar())
        return Comprehension(node.axes, names, add(*result))

    def _usual_name(self, wanted: str, extent: Index, used: set[str]) -> str:
        """The wanted name if it has this range in the proof, else one that has, else primed."""
        ranges = self.notation.ranges
        fitting = [n for n, known in ranges.items() if known == extent and n not in used]
        if wanted not in used and ranges.get(wanted, extent) == extent and wanted not in self.names.taken:
            return wanted
        if fitting:
            return fitting[0]
        while wanted in used or wanted in self.names.taken:
            wanted += "'"
        return wanted

    @staticmethod
    def _is_silent(tensor: Tensor, closed: Iterable[Tensor]) -> bool:
        return isinstance(tensor, Comprehension) and tensor not in closed and silent(tensor)

    def _places(self, node: Comprehension) -> tuple[Symbol, ...]:
        """Plain indices keep the names they are read with; others get a spare letter."""
        read: list[str | None] = [None] * len(node.extents)
        if node is self.asked.claim:
            read = [symbol.name for symbol in self.proof.position]
        else:
            lines = [tensor for step in self.proof.steps for tensor in (step.after, step.before)]
            if self.asked.claim in self.names.operators:  # a refuted claim is in no step
                lines.append(self._definition(self.asked.claim))
            for tensor in lines:
                for inner in walk(tensor.body) if isinstance(tensor, Comprehension) else ():
                    if isinstance(inner, Access) and inner.tensor is node:
                        for axis, index in enumerate(inner.at):
                            if index.symbol is not None and read[axis] is None:
                                read[axis] = index.symbol.name.rstrip("'")
        used = {n for n in read if n} | set(self.names.taken)
        spare = iter([letter for letter in _SPARE if letter not in used] + [f"t_{k}" for k in range(9)])
        result: list[str] = []
        for name_read in read:
            chosen = name_read if name_read and name_read not in result else next(spare)
            result.append(chosen)
        return tuple(map(index_symbol, result))

    # -- steps ------------------------------------------------------------------------------------
    def _forward(self, step: Forward) -> Equation:
        assert isinstance(step.after, Comprehension)
        return equation(self._entry(step.before, step.after), self.body(step.after))

    def _entry(self, tensor: Tensor, form: Comprehension) -> Layout:
        at = [
            Index.of(0) if extent == 1 else Index.of(symbol)
            for symbol, extent in zip(form.indices, form.extents, strict=True)
        ]
        return self.notation.access(tensor, at)

    def body(self, tensor: Tensor) -> Layout:
        """What an expression is, in index notation."""
        assert isinstance(tensor, Comprehension)
        return self.notation.within(tensor.indices).scalar(tensor.body)

    def left(self) -> Layout:
        """The entry that is looked at: ∂J/∂a at the position."""
        asked, symbols = self.asked, self.proof.position
        target = asked.z if asked.wrt is None else asked.wrt
        at = [
            Index.of(0) if extent == 1 else Index.of(symbol)
            for symbol, extent in zip(symbols, target.extents, strict=True)
        ]
        if asked.wrt is None:
            return self.notation.access(target, at)
        return self._derivative(target, at)

    def _derivative(self, target: Tensor, at: Sequence[Index]) -> Layout:
        key = Notation(names={target: self.names.derivative(target)}, floors=self.notation.floors)
        return key.access(target, at)

    def _in_words(self, operator: Tensor) -> Inline:
        call = operator.call if isinstance(operator, Comprehension) else None
        if call is not None and call.name == "slice":  # which says it better itself
            return (self.notation.tensor(operator),)
        key = f"op:{call.name}" if call is not None and has_words(f"op:{call.name}") else "op:"
        inner = [value for _, value in call.arguments if isinstance(value, Tensor)] if call else []
        shown = [(self.notation.briefly().tensor(value),) for value in inner]
        operand: Inline = shown[0] if shown else (self.notation.tensor(operator),)
        if len(inner) == 1 and self._only_moves(inner[0]):
            operand = self._in_words(inner[0])
        return self.say(key, operand=operand, both=listed(self.lang, shown, "pair"))

    def _only_moves(self, tensor: Tensor) -> bool:
        """Whether it has no name of its own but words, as an exchange of axes has."""
        call = tensor.call if isinstance(tensor, Comprehension) else None
        named = tensor in self.names.names or tensor in self.names.operators
        return call is not None and not named and has_words(f"op:{call.name}")


def _minima(scope: Scope) -> tuple[dict[Symbol, int], list[Constraint]]:
    """The least value of each size, and the conditions that say more than that."""
    minima = {symbol: symbol.minimum for symbol in scope.sizes}
    others = []
    for constraint in scope.constraints:
        rest = {monomial: value for monomial, value in constraint.polynomial.terms.items() if monomial}
        (symbol, *more) = next(iter(rest), (None,))
        alone = len(rest) == 1 and not more and list(rest.values()) == [1] and not constraint.equality
        if alone and isinstance(symbol, Symbol) and symbol in minima:
            minima[symbol] = max(minima[symbol], -constraint.polynomial.terms.get((), 0))
        else:
            others.append(constraint)
    return minima, others


def joined(parts: Iterable[Inline], space: str = " ") -> Inline:
    """Pieces of text with a space between, empty ones left out."""
    found: list[str | Layout] = []
    for part in parts:
        if found and part:
            found.append(space)
        found.extend(part)
    return tuple(found)
