"""One layer where it is used: its operands by name, and the question whether its closed form is right.

The question is asked for all sizes of the operands at once where the layer has a meaning for them, with
the options, such as stride and padding, that it is used with; else for the sizes it is used at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from symgrad.catalogue import closed_forms
from symgrad.decide.decision import decide
from symgrad.decide.question import Question
from symgrad.decide.verdict import Proved, Refuted, Verdict
from symgrad.errors import SymgradError
from symgrad.language.elementwise import ARITHMETIC
from symgrad.language.index import Index, size
from symgrad.language.notation import nodes
from symgrad.language.sizes import sizes_of
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Axis, Comprehension, Tensor, Variable
from symgrad.network.claim import claim_text
from symgrad.network.uses import Operand, again, back_through, operands

LETTERS = "N C H W M K L O P Q R S T U V"
"""What sizes are called where a layer is looked at by itself, in the order in which they appear."""


@dataclass(frozen=True)
class LayerUse:
    """Layer `number` of a network, called `kind`, whose output is `output`, called `name`; `names` are its
    operands'."""

    number: int
    kind: str
    output: Comprehension
    names: Mapping[Operand, str]
    delta: str
    name: str

    def __str__(self) -> str:
        return f"layer {self.number}, {self.kind}"

    def questions(self) -> Iterator[tuple[Operand, Question, Question | None]]:
        """For each operand, the question at the sizes it is used at, and that for all sizes, if any."""
        used = {operand: Variable(name, operand.tensor.axes) for operand, name in self.names.items()}
        general = self._for_all_sizes()
        for operand in operands(self.output):
            here = self._question(operand, used)
            if here is not None:
                yield operand, here, None if general is None else self._question(operand, general)

    def constants(self) -> list[str]:
        """The names of the operands to which nothing goes back, as was said with the closed forms."""
        assert self.output.call is not None
        forms = closed_forms(self.output.call.name)
        return [name for operand, name in self.names.items() if forms.get(operand.argument, 0) is None]

    def verdicts(self) -> Iterator[tuple[Operand, str, Verdict]]:
        """Each closed form as it is used, and the verdict on it: for all sizes where it is PROVED so."""
        for operand, here, general in self.questions():
            verdict = None if general is None else decide(general)
            if not isinstance(verdict, Proved):
                as_used = decide(here, suggest=verdict is None)
                # a refutation at other sizes says that the rule is wrong, unless it is right as used
                keep = isinstance(verdict, Refuted) and not isinstance(as_used, (Proved, Refuted))
                verdict = verdict if keep and verdict is not None else as_used
            yield operand, claim_text(here), verdict

    def _question(self, operand: Operand, given: Mapping[Operand, Variable]) -> Question | None:
        z = again(self.output, given.__getitem__)
        delta = Variable(self.delta, z.axes)
        claim = back_through(z, Operand(operand.argument, operand.position, given[operand]), delta)
        return None if claim is None else Question(z, given[operand], delta, claim)

    # -- all sizes at once ------------------------------------------------------------------------
    def _for_all_sizes(self) -> dict[Operand, Variable] | None:
        """Operands whose sizes are symbols, as few as must agree; None if the layer does not take them."""
        try:
            shapes = self._agreeing({operand: self._unknown(operand) for operand in self.names})
            return {operand: Variable(name, shapes[operand]) for operand, name in self.names.items()}
        except SymgradError:
            return None

    def _unknown(self, operand: Operand) -> tuple[Axis, ...]:
        """Its axes with a new symbol for every size; in arithmetic a 1 stays, which may be broadcast."""
        call = self.output.call
        kept = {1} if call is not None and call.name in ARITHMETIC else set()
        place = list(self.names).index(operand)
        numbers = count()
        return tuple(
            tuple(f if f.constant in kept else size(f"unknown{place}_{next(numbers)}") for f in axis)
            for axis in operand.tensor.axes
        )

    def _agreeing(self, shapes: dict[Operand, tuple[Axis, ...]]) -> dict[Operand, tuple[Axis, ...]]:
        """The shapes with those symbols made one that the layer requires to agree, and named."""
        free = {f.symbol for axes in shapes.values() for axis in axes for f in axis if f.symbol}
        while True:
            made = self._at(shapes)
            needed = [r for node in nodes(made) if isinstance(node, Comprehension) for r in node.requires]
            pairs = [pair for r in needed for pair in ((r.left, r.right), (r.right, r.left))]
            put = next(((one.symbol, two) for one, two in pairs if one.symbol in free and one != two), None)
            if put is None or put[0] is None:
                break
            shapes = _substituted(shapes, {put[0]: put[1]})
        taken = {symbol.name for symbol in sizes_of([made])}
        letters = (letter for letter in LETTERS.split() if letter not in taken)
        left = {f.symbol: None for axes in shapes.values() for axis in axes for f in axis if f.symbol in free}
        return _substituted(shapes, {s: size(next(letters, s.name)) for s in left if s is not None})

    def _at(self, shapes: Mapping[Operand, tuple[Axis, ...]]) -> Tensor:
        return again(self.output, lambda operand: Variable(self.names[operand], shapes[operand]))


def _substituted(
    shapes: Mapping[Operand, tuple[Axis, ...]], values: Mapping[Symbol, Index]
) -> dict[Operand, tuple[Axis, ...]]:
    return {
        operand: tuple(tuple(f.substitute(values) for f in axis) for axis in axes)
        for operand, axes in shapes.items()
    }
