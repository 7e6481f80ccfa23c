"""A proof as data: typed steps, each an equation between two expressions, and what checks them.

Nothing here prints, and nothing here is believed: `Proof.check` puts every step to the decision
procedure, so that a line that is wrong, in an index, a range, a sign or a factor, is found out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from symgrad.decide.equal import equal_in
from symgrad.decide.presburger import OutOfBudget, Solver
from symgrad.decide.question import Question
from symgrad.decide.verdict import Scope
from symgrad.errors import SymgradError
from symgrad.explain.document import Document
from symgrad.explain.printing import Printable
from symgrad.explain.products import Collapsed
from symgrad.language.index import Constraint, Index, within
from symgrad.language.notation import nodes
from symgrad.language.scalar import Indicator, Ranges, Scalar, Sum, multiply, substitute
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor

Renaming = tuple[tuple[Symbol, Index], ...]


class ProofError(SymgradError):
    """A step that the decision procedure does not confirm."""


@dataclass(frozen=True, slots=True)
class Step:
    """`before` and `after` are the same tensor for every size in the scope."""

    before: Tensor
    after: Tensor

    def problem(self, scope: Scope) -> str | None:
        """What is wrong with it, or None if it is confirmed."""
        if not equal_in(scope, self.before, self.after):
            return "the two sides are not shown to be equal"
        return None


@dataclass(frozen=True, slots=True)
class Forward(Step):
    """The layer, or an intermediate result of it, in index form."""


@dataclass(frozen=True, slots=True)
class ChainRule(Step):
    """The derivative of J by `wrt`, gathered over everything that reads it."""

    wrt: Tensor


@dataclass(frozen=True, slots=True)
class Independent(ChainRule):
    """The derivative of J by `wrt`, which `z` does not read in any way: it is zero."""

    z: Tensor

    def problem(self, scope: Scope) -> str | None:
        """Besides the equation of both sides: nothing that `z` is computed from is `wrt`."""
        if self.wrt in nodes(self.z):
            return "the tensor is read"
        # named, as `super()` without arguments has no class to go by where there are slots
        return Step.problem(self, scope)


@dataclass(frozen=True, slots=True)
class Deltas(Step):
    """A partial derivative as Kronecker deltas: `before` by the rules of differentiation."""

    z: Tensor
    wrt: Tensor


@dataclass(frozen=True, slots=True)
class Collapse(Step):
    """Equations put in, each leaving conditions of the range that the index had.

    `inserted` is `before` with the partial derivatives put in: it is where the equations stand.
    """

    inserted: Comprehension
    equations: tuple[Collapsed, ...] = ()

    def problem(self, scope: Scope) -> str | None:
        """Besides the equation of both sides: nothing contributes unless every equation holds."""
        for one, other in ((self.before, self.inserted), (self.inserted, self.after)):
            if not equal_in(scope, one, other):
                return "the two sides are not shown to be equal"
        return _equations_problem(scope, self.inserted, self.equations)


@dataclass(frozen=True, slots=True)
class Insert(Step):
    """A derivative found earlier is put in."""

    found: Tensor


@dataclass(frozen=True, slots=True)
class Substitute(Step):
    """Other names for the bound indices: `forward` gives those after by those before, `backward` back."""

    forward: Renaming
    backward: Renaming

    def problem(self, scope: Scope) -> str | None:
        """Besides the equation of both sides: the two maps undo each other, term for term."""
        if not equal_in(scope, self.before, self.after):
            return "the two sides are not shown to be equal"
        return _renaming_problem(scope, self.before, self.after, self.forward, self.backward)


@dataclass(frozen=True, slots=True)
class Rewrite(Step):
    """The same sum in other words: no index changes its meaning."""


@dataclass(frozen=True, slots=True)
class Recognise(Step):
    """The definition of an operator is recognised; `equations` are the new indices it brings."""

    operator: Tensor
    equations: tuple[Collapsed, ...] = ()
    opened: Comprehension | None = None

    def problem(self, scope: Scope) -> str | None:
        """Besides the equation of both sides: the new indices are what they are said to be."""
        if not equal_in(scope, self.before, self.after):
            return "the two sides are not shown to be equal"
        if self.opened is None:
            return "equations without an expression" if self.equations else None
        if not equal_in(scope, self.before, self.opened):
            return "the opened definition is not shown to be equal"
        return _equations_problem(scope, self.opened, self.equations)


@dataclass(frozen=True, slots=True)
class ClosedForm(Step):
    """What is left is the closed form that was claimed."""

    claim: Tensor


# -- checks of what a step says besides its equation ----------------------------------------------


def _summands(tensor: Tensor) -> list[tuple[Ranges, Scalar]]:
    assert isinstance(tensor, Comprehension)
    from symgrad.language.scalar import Add

    terms = tensor.body.terms if isinstance(tensor.body, Add) else (tensor.body,)
    return [(term.over, term.body) if isinstance(term, Sum) else ((), term) for term in terms]


def _equations_problem(scope: Scope, tensor: Comprehension, equations: tuple[Collapsed, ...]) -> str | None:
    """Whether each equation holds wherever something contributes, in a summand that has its index.

    Summands may use one name for different indices, so an equation need not hold in all of them.
    """
    confirmed: set[Collapsed] = set()
    bound_anywhere: set[Symbol] = set()
    for over, body in _summands(tensor):
        bound = dict(over)
        bound_anywhere |= bound.keys()
        names = {*bound, *tensor.indices}
        known = [e for e in equations if e.symbol in bound and names.issuperset(e.value.indices)]
        whole = _only_where(tensor, over, body, ())
        # some hold only together; where one name is two indices, each has to be tried
        together = equal_in(scope, whole, _only_where(tensor, over, body, known))
        for equation in known:
            if not together and not equal_in(scope, whole, _only_where(tensor, over, body, [equation])):
                continue
            extent = bound[equation.symbol]
            allowed = {*within(equation.value, extent)}
            allowed |= {Constraint(equation.value, equality=True)} if extent == 1 else set()
            if set(equation.leaves) - allowed:
                return f"the range of {equation.symbol} leaves other conditions"
            confirmed.add(equation)
    if any(equation.symbol not in bound_anywhere for equation in equations):
        return "an equation for an index that is not summed over"
    if confirmed != set(equations):
        return "something contributes where the equations do not hold"
    return None


def _only_where(
    tensor: Comprehension, over: Ranges, body: Scalar, equations: Sequence[Collapsed]
) -> Comprehension:
    """A summand, taken only where equations hold."""
    conditions = tuple(Constraint(Index.of(e.symbol) - e.value, equality=True) for e in equations)
    inside = multiply(body, Indicator(conditions)) if conditions else body
    return Comprehension(tensor.axes, tensor.indices, Sum(over, inside) if over else inside)


def _renaming_problem(
    scope: Scope, before: Tensor, after: Tensor, forward: Renaming, backward: Renaming
) -> str | None:
    there, back = dict(forward), dict(backward)
    ranges = [pair for tensor in (before, after) for over, _ in _summands(tensor) for pair in over]
    single = {symbol for symbol, extent in ranges if extent == 1}  # which is 0, and has no counterpart
    for one, other in ((there, back), (back, there)):
        for symbol, value in one.items():
            there_and_back = value.substitute(other)
            if there_and_back != Index.of(symbol) and not (symbol in single and there_and_back == 0):
                return f"{symbol} does not come back to itself"
    assert isinstance(before, Comprehension)
    assert isinstance(after, Comprehension)
    if not any(
        _same_terms(scope, before, one, other, there, back)
        for one in _summands(before)
        for other in _summands(after)
    ):
        return "the terms are not the same under the substitution"
    return None


def _same_terms(
    scope: Scope,
    tensor: Comprehension,
    one: tuple[Ranges, Scalar],
    other: tuple[Ranges, Scalar],
    forward: dict[Symbol, Index],
    backward: dict[Symbol, Index],
) -> bool:
    """Whether a summand at an index tuple is the other at its image, and images are within the ranges."""
    bound, target = dict(one[0]), dict(other[0])
    there = {symbol: value for symbol, value in forward.items() if symbol in target}
    back = {symbol: value for symbol, value in backward.items() if symbol in bound}
    if not there or not back:
        return False
    position = list(zip(tensor.indices, tensor.extents, strict=True))
    solver = Solver(scope.constraints)
    for ranges, image, of in ((bound, there, target), (target, back, bound)):
        known = [c for s, e in (*position, *ranges.items()) for c in within(Index.of(s), e)]
        goals = [c for s, value in image.items() for c in within(value, of[s])]
        try:
            if not solver.entails(known, goals):
                return False
        except OutOfBudget:
            return False
    axes = (*tensor.axes, *((extent,) for extent in bound.values()))
    indices = (*tensor.indices, *bound)
    if len(set(indices)) != len(indices):
        return False
    left = Comprehension(axes, indices, one[1])
    try:
        right = Comprehension(axes, indices, substitute(other[1], there))
    except SymgradError:
        return False
    return equal_in(scope, left, right)


# -- the whole ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Proof(Printable):
    """A checked derivation of a claim: forward, derivative, closed form.

    `scope` and `conditions` are those of the verdict; `position` names the entry looked at; `kept` are
    intermediate results that keep a name; `operators` are those of the claim that have a definition.
    """

    question: Question
    scope: Scope
    conditions: tuple[str, ...]
    position: tuple[Symbol, ...]
    steps: tuple[Step, ...]
    kept: tuple[Comprehension, ...] = ()
    operators: tuple[Comprehension, ...] = ()
    derivatives: tuple[tuple[Comprehension, Tensor], ...] = ()
    name: str | None = None
    title: str | None = None
    title_zh: str | None = None
    source: str | None = None
    _told: dict[str, Document] = field(default_factory=dict, repr=False, compare=False)

    def problems(self) -> Iterator[str]:
        """Everything that is wrong with it, by step; nothing for a proof."""
        asked = self.question
        chain = self.chain()
        if not chain or not equal_in(self.scope, asked.derived, chain[0].before):
            yield "start: the derivation does not begin with the derivative"
        if not chain or not equal_in(self.scope, chain[-1].after, asked.claim):
            yield "end: the derivation does not end with the claim"
        for one, other in itertools.pairwise(chain):
            if one.after is not other.before:
                yield f"{type(other).__name__}: does not go on where the step before ended"
        for number, step in enumerate(self.steps, 1):
            problem = step.problem(self.scope)
            if problem:
                yield f"step {number} ({type(step).__name__}): {problem}"

    def is_direct(self, step: Deltas) -> bool:
        """Whether J itself reads the tensor, as do intermediate results: then this is not all of ∂J/∂wrt."""
        others = (one for one in self.steps if isinstance(one, Deltas) and one.wrt is step.wrt)
        is_value = self.question.cotangent is None and step.z is self.question.z
        return is_value and any(one is not step for one in others)

    def __repr__(self) -> str:
        return f"<proof of {self.question} in {len(self.steps)} steps>"

    def chain(self) -> list[Step]:
        """The steps that lead from the derivative to the claim, one line after the other."""
        start = max((n for n, s in enumerate(self.steps) if isinstance(s, ChainRule)), default=None)
        if start is None:
            return [s for s in self.steps if not (isinstance(s, Forward) and s.before is not self.question.z)]
        return [s for s in self.steps[start:] if not isinstance(s, (Deltas, Forward))]

    def check(self) -> Proof:
        """Itself, once every step is confirmed. Raises ProofError for one that is not."""
        for problem in self.problems():
            raise ProofError(f"{self.question}: {problem}")
        return self

    def document(self, lang: str = "en") -> Document:
        """The proof told in English (`en`) or Chinese (`zh`), with its worked example."""
        from symgrad.explain.narrate import document

        if lang not in self._told:
            self._told[lang] = document(self, lang)
        return self._told[lang]
