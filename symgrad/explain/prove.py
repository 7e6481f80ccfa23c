"""From a question that is PROVED to its proof: derive, collapse, substitute, recognise.

The derivation runs forwards from the layer; the claim is opened and read backwards; where they meet, the
decision procedure says how. Nothing here knows a layer, and nothing here is trusted: `Proof.check`
confirms every step.
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.decide.compare import Same, compare
from symgrad.decide.question import Question
from symgrad.decide.verdict import Scope
from symgrad.explain.derivation import Derivation
from symgrad.explain.index_names import Spot
from symgrad.explain.meeting import Meeting
from symgrad.explain.opening import is_selector, outer_first, silent
from symgrad.explain.products import Product
from symgrad.explain.proof import Proof
from symgrad.language.notation import nodes
from symgrad.language.scalar import reads
from symgrad.language.tensor import Comprehension, Tensor


def prove(asked: Question, scope: Scope, conditions: Sequence[str] = ()) -> Proof:
    """The proof of a claim that was decided to hold in `scope`, checked.

    Raises ProofError if a step is not confirmed, so that no wrong line can be printed.
    """
    return unchecked(asked, scope, conditions).check()


def unchecked(asked: Question, scope: Scope, conditions: Sequence[str] = ()) -> Proof:
    """The proof before any step is confirmed; it may be wrong, and `check` says so."""
    return _Proving(asked, scope).proof(tuple(conditions))


def derivation(asked: Question, scope: Scope) -> Proof:
    """The derivative in index form, without a claim; what a refuted claim is compared with."""
    return _Proving(asked, scope).proof((), claimed=False)


class _Proving:
    def __init__(self, asked: Question, scope: Scope) -> None:
        self.asked = asked
        self.scope = scope
        self.work = Derivation(asked, scope)
        self.lemmas: list[Comprehension] = []

    def proof(self, conditions: tuple[str, ...], claimed: bool = True) -> Proof:
        """The steps, as far as the derivative or as far as the claim."""
        work, claim = self.work, self.asked.claim
        products = work.derivative(self._lemma if claimed else lambda target, spot, found: None)
        if claimed and isinstance(claim, Comprehension):
            self._meet(claim, work.spot, products)
        return Proof(
            question=self.asked,
            scope=self.scope,
            conditions=conditions,
            position=work.spot.indices,
            steps=tuple(work.steps),
            kept=tuple(reversed(work.kept)),
            operators=tuple(self._operators()),
            derivatives=tuple((found, target) for target, found in work.derivatives.items()),
        )

    def _operators(self) -> list[Comprehension]:
        """The operators of the claim that get a definition, inner ones first."""
        return [n for n in reversed(_below(self.asked.claim, self.work.kept)) if self._has_line(n)]

    def _has_line(self, node: Tensor) -> bool:
        """Whether the definition of an operator of the claim takes a line."""
        return (
            isinstance(node, Comprehension)
            and self.work.opens(node)
            and node is not self.asked.z
            and not silent(node)
            and not is_selector(node)
        )

    def _meet(self, claim: Comprehension, spot: Spot, products: list[Product]) -> None:
        below = _below(claim, [*self.lemmas, *self.work.kept])
        operators = outer_first([n for n in below if n is not claim and self._has_line(n)])
        work = self.work
        meeting = Meeting(claim, operators, spot, work.solver, work.names, self._opens)
        work.steps += meeting.of(products)

    def _opens(self, tensor: Tensor) -> bool:
        return self.work.opens(tensor) and not is_selector(tensor) and tensor not in self.lemmas

    def _lemma(self, target: Tensor, spot: Spot, products: list[Product]) -> Tensor | None:
        """The part of the claim that an intermediate derivative is: proved first, then used."""
        derived = spot.tensor(products)
        for node in nodes(self.asked.claim):
            if not isinstance(node, Comprehension) or node is self.asked.claim or node.call is None:
                continue
            if node.axes != target.axes or not self._has_line(node):
                continue
            if isinstance(compare(derived, node, self.work.solver, thorough=False), Same):
                self._meet(node, spot, products)
                self.lemmas.append(node)
                return node
        return None


def _below(claim: Tensor, known: Sequence[Tensor]) -> list[Comprehension]:
    """What a claim is made of, not looking into what is proved already or has a name; readers first."""
    found: dict[Tensor, None] = {}

    def visit(tensor: Tensor) -> None:
        if tensor in found or tensor in known or not isinstance(tensor, Comprehension):
            return
        found[tensor] = None
        for inner in dict.fromkeys(reads(tensor.body)):
            visit(inner)

    visit(claim)
    order = nodes(claim)
    return sorted((n for n in found if isinstance(n, Comprehension)), key=order.index)
