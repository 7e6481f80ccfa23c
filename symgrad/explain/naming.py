"""What things are called in a proof: every tensor, every size that is a quotient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from symgrad.decide.question import Question
from symgrad.explain.entries import is_bold, is_number
from symgrad.explain.layout import DEL, DIRECT, Layout, Name, Script, name, width
from symgrad.explain.notation import Derivative, Notation
from symgrad.explain.proof import Deltas, Proof
from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import Constant, Maximum, Selected, walk
from symgrad.language.symbol import Floor, Symbol, symbol_of
from symgrad.language.tensor import Comprehension, Tensor, Variable, index_names

LETTERS = "zasrtgefqmbcdhk"
"""Letters for results that have no name of their own, in the order of preference."""
USUAL = {"mean": "mu", "variance": "v"}
"""Letters that people give to what some operators make."""
LONG = 24.0
"""How wide the operators that a tensor is written with may be before it is called by a letter."""
SELECTORS = ("μ", "ν", "ω")


class Names:
    """Names for one question: `notation` writes with them."""

    def __init__(self, asked: Question, kept: Sequence[Comprehension] = ()) -> None:
        self.asked = asked
        self.names: dict[Tensor, Layout | Derivative] = {}
        known = (*nodes(asked.z), *nodes(asked.claim))
        self.taken = {node.name for node in known if isinstance(node, Variable)} | {"J"}
        if isinstance(asked.cotangent, Variable):
            self.taken.add(asked.cotangent.name)
        self.sizes = {symbol.name for symbol in asked.sizes}
        self.is_loss = asked.wrt is not None and asked.cotangent is None
        if isinstance(asked.z, Comprehension):
            self.names[asked.z] = Name("J") if self.is_loss else self._letter(asked.z)
        if isinstance(asked.wrt, Comprehension) and asked.wrt is not asked.z:
            self.names[asked.wrt] = self._letter(asked.wrt)
        for node in kept:
            self.names[node] = self._letter(node, USUAL)
        self.letters: list[tuple[Symbol, Index]] = []
        self.floors: dict[Floor, Index] = {}
        for tensor in (*kept, asked.z):
            self._name_quotients(tensor)
        self.selectors: list[tuple[Comprehension, Layout]] = []
        self.operators: list[Comprehension] = []
        self.filled: list[Tensor] = []

    @property
    def notation(self) -> Notation:
        """Writes with these names."""
        return Notation(names=self.names, floors=self.floors)

    def _letter(self, node: Comprehension, known: Mapping[str, str] = MappingProxyType({})) -> Layout:
        usual = known.get(node.call.name) if node.call is not None else None
        letters = [usual, *LETTERS] if usual else LETTERS
        free = [letter for letter in letters if letter not in self.taken]
        chosen = free[0] if free else f"x_{len(self.names)}"
        self.taken.add(chosen)
        return name(chosen, is_bold(node))

    def _name_quotients(self, tensor: Tensor) -> None:
        """A letter for each extent that is a quotient, after the index that runs through it."""
        for extent, index in zip(tensor.extents, index_names(tensor), strict=True):
            floors = [a for a in extent.atoms() if isinstance(a, Floor) and a not in self.floors]
            monomials = [m for m in extent.terms if any(atom in floors for atom in m)]
            if len(floors) != 1 or monomials != [(floors[0],)] or extent.terms[(floors[0],)] != 1:
                continue
            letter = index.rstrip("'").upper()
            while letter in self.sizes or letter in self.taken:
                letter += "'"
            self.sizes.add(letter)
            symbol = symbol_of(letter, 1, False)
            self.letters.append((symbol, extent))
            self.floors[floors[0]] = Index.of(symbol) - (extent - Index({(floors[0],): 1}))

    # -- derivatives ------------------------------------------------------------------------------
    def of_proof(self, proof: Proof) -> Names:
        """Names for what occurs in a proof besides."""
        for gradient, target in proof.derivatives:
            if target is not self.asked.wrt:
                self.names[gradient] = self.derivative(target)
        for step in proof.steps:
            if isinstance(step, Deltas):
                split, sign = len(step.z.extents), DIRECT if proof.is_direct(step) else DEL
                self.names[step.after] = Derivative(self.plain(step.z), self.plain(step.wrt), split, sign)
                self.names[step.before] = self.names[step.after]
        self._name_selectors([tensor for step in proof.steps for tensor in (step.before, step.after)])
        self._name_selectors([proof.question.claim])
        for node in nodes(proof.question.claim):
            if is_number(node) and isinstance(node.body, Constant):
                self.names[node] = Name(str(node.body.value), bold=is_bold(node))
                self.filled.append(node)
        for node in proof.operators:
            self._name_operator(node)
            self._tell_apart(node)
        return self

    def derivative(self, target: Tensor) -> Derivative:
        """∂J/∂target."""
        return Derivative(Name("J"), self.plain(target), 0)

    def plain(self, tensor: Tensor) -> Layout:
        """The name of a tensor by itself."""
        known = self.names.get(tensor)
        if known is not None and not isinstance(known, Derivative):
            return known
        return name(tensor.name if isinstance(tensor, Variable) else "z", is_bold(tensor))

    def _name_selectors(self, tensors: Iterable[Tensor]) -> None:
        for tensor in tensors:
            for node in nodes(tensor):
                if isinstance(node, Comprehension) and isinstance(node.body, Selected):
                    if any(node is known for known, _ in self.selectors):
                        continue
                    free = [s for s in SELECTORS if s not in self.taken]
                    shown = name(free[0] if free else f"μ_{len(self.selectors)}", True)
                    self.taken.add(free[0] if free else "")
                    self.selectors.append((node, shown))
                    self.names[node] = shown

    # -- operators of the claim -------------------------------------------------------------------
    def _name_operator(self, node: Comprehension) -> None:
        """An operator on one tensor is called after both: W with `rot180` above; a long one by a letter."""
        if node.call is None or node in self.names:
            return
        self.operators.append(node)
        operands = [value for _, value in node.call.arguments if isinstance(value, Tensor)]
        base = None
        if len(operands) == 1 and node.call.name not in ("sum_axes", "slice"):
            base = self._base(operands[0])
        if base is None:
            if node is not self.asked.claim and width(self.notation.briefly().tensor(node)) > LONG:
                self.names[node] = self._letter(node)
            return
        label, count = node.call.name, 1
        while any(known == Script(base, sup=Name(label, upright=True)) for known in self.names.values()):
            count += 1
            label = f"{node.call.name}{count}"
        self.names[node] = Script(base, sup=Name(label, upright=True))

    def _tell_apart(self, node: Comprehension) -> None:
        """Operators that differ in options only are called by what they are written with, options and all."""
        brief = self.notation.briefly()
        if node not in self.operators or node is self.asked.claim:
            return
        shown = brief.written(node)[0]
        alike = [one for one in self.operators if brief.written(one)[0] == shown]
        for one in alike if len(alike) > 1 else []:
            known = self.names.get(one)
            if not isinstance(known, (Name, Script)):  # which are told apart already
                self.names[one] = self.notation.written(one)[0]

    def _base(self, tensor: Tensor) -> Layout | None:
        """The name of the one tensor that everything under `tensor` comes from."""
        known = self.names.get(tensor)
        if isinstance(known, Script):
            return known.base
        if known is not None:
            return None if isinstance(known, Derivative) else known
        if isinstance(tensor, Variable):
            return name(tensor.name, is_bold(tensor))
        if not isinstance(tensor, Comprehension) or tensor.call is None:
            return None
        operands = [value for _, value in tensor.call.arguments if isinstance(value, Tensor)]
        return self._base(operands[0]) if len(operands) == 1 else None

    def shapes(self, tensors: Iterable[Tensor]) -> Iterator[tuple[Layout, Tensor]]:
        """Each tensor with its name."""
        for tensor in tensors:
            yield self.plain(tensor), tensor


def has_maximum(tensor: Tensor) -> bool:
    """Whether a maximum is taken anywhere in it."""
    return any(
        isinstance(inner, (Maximum, Selected))
        for node in nodes(tensor)
        if isinstance(node, Comprehension)
        for inner in walk(node.body)
    )
