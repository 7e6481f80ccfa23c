"""What is asked: are two expressions equal, one of them usually a derivative?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symgrad.concrete.evaluate import Evaluation, Inputs, Place, Ring
from symgrad.concrete.gradient import gradient_entry
from symgrad.concrete.hypotheses import under
from symgrad.derive import pulled_back
from symgrad.errors import ShapeError, SizeError
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index
from symgrad.language.notation import nodes, operator_text, told_apart
from symgrad.language.scalar import Scalar, as_scalar
from symgrad.language.sizes import nonempty, simplified, sizes_of
from symgrad.language.specialise import Specialiser
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable


@dataclass(frozen=True)
class Question:
    """Is `claim` the gradient of Σ cotangent·z by `wrt`, or where `wrt` is None, is it z?

    `assuming` are conditions on sizes and hypotheses on the values of variables. `through` are
    intermediate results of z, from the output down, each with what is claimed to be the gradient by it:
    the claim is made of these, and the decision may take them one after the other.
    """

    z: Tensor
    wrt: Tensor | None
    cotangent: Tensor | None
    claim: Tensor
    assuming: tuple[Constraint | SumsToOne, ...] = ()
    through: tuple[tuple[Tensor, Tensor], ...] = ()

    @cached_property
    def derived(self) -> Tensor:
        """The left side: the gradient by rule, or z."""
        return self.z if self.wrt is None else pulled_back(self.z, self.wrt, self.cotangent)

    @cached_property
    def given(self) -> list[Tensor]:
        """What is taken to exist: the forward and all it is computed from, the cotangent, and the
        variables of the claim. The claim's own intermediate results are not taken for granted."""
        found = dict.fromkeys(reversed(nodes(self.z)))
        for other in (self.cotangent, self.claim):
            if other is not None:
                found.update(dict.fromkeys(node for node in nodes(other) if isinstance(node, Variable)))
        return list(found)

    @cached_property
    def sizes(self) -> list[Symbol]:
        """Every size, those of the shapes given first."""
        return sizes_of([self.z, *([] if self.cotangent is None else [self.cotangent]), self.claim])

    @cached_property
    def assumptions(self) -> list[Constraint]:
        """What is assumed of the sizes: everything given exists, and what the layer and the user say."""
        found = dict.fromkeys(nonempty(self.given))
        for node in self.given:
            if isinstance(node, Comprehension):
                found.update(dict.fromkeys(node.assumes))
        on_sizes = (one for one in self.assuming if isinstance(one, Constraint))
        found.update(dict.fromkeys(map(simplified, on_sizes)))
        return [constraint for constraint in found if constraint.truth is not True]

    @cached_property
    def hypotheses(self) -> tuple[SumsToOne, ...]:
        """What is assumed of the values of variables."""
        return tuple(one for one in self.assuming if isinstance(one, SumsToOne))

    def at(self, values: Mapping[Symbol, int]) -> Question:
        """The same question with some sizes made numbers."""
        special = Specialiser({symbol: Index.of(value) for symbol, value in values.items()})
        return Question(
            special(self.z),
            None if self.wrt is None else special(self.wrt),
            None if self.cotangent is None else special(self.cotangent),
            special(self.claim),
            tuple(map(special.assumption, self.assuming)),
            tuple((special(one), special(gradient)) for one, gradient in self.through),
        )

    def with_claim(self, claim: Tensor) -> Question:
        """The same question about another claim."""
        return Question(self.z, self.wrt, self.cotangent, claim, self.assuming)

    # -- the independent path: entries at fixed sizes, by interpretation --------------------------
    def derived_entry(self, place: Place, sizes: Mapping[Symbol, int], inputs: Inputs, ring: Ring) -> Any:
        """An entry of the left side, without using its symbolic derivative, under the hypotheses."""
        inputs = under(self.hypotheses, sizes, inputs, ring)
        if self.wrt is None:
            return Evaluation(sizes, inputs, ring).entry(self.z, place)
        return gradient_entry(self.z, self.wrt, self.cotangent, place, sizes, inputs, ring)

    def claimed_entry(
        self,
        place: Place,
        sizes: Mapping[Symbol, int],
        inputs: Inputs,
        ring: Ring,
        most: float = math.inf,
    ) -> Any:
        """An entry of the claim, under the hypotheses. Raises SizeError if it adds up more terms."""
        inputs = under(self.hypotheses, sizes, inputs, ring)
        return Evaluation(sizes, inputs, ring, most).entry(self.claim, place)

    def __str__(self) -> str:
        if self.wrt is None:
            return " = ".join(told_apart(self.z, self.claim))
        claim, name = operator_text(self.claim), operator_text(self.wrt)
        return f"∂J/∂{name if isinstance(self.wrt, Variable) else f'({name})'} = {claim}"


def question(
    z: object,
    wrt: Tensor | None,
    claim: object,
    cotangent: object,
    assuming: Constraint | SumsToOne | Sequence[Constraint | SumsToOne],
) -> Question:
    """A question from what a user gave. Raises ShapeError or TypeError for what is not a tensor."""
    if isinstance(assuming, (Constraint, SumsToOne)):
        assuming = (assuming,)
    forward, claimed = as_tensor(z, "z"), as_tensor(claim, "claim")
    if wrt is not None and not isinstance(wrt, Tensor):
        raise TypeError(f"wrt must be a tensor, got {wrt!r}")
    for one in assuming:
        if not isinstance(one, (Constraint, SumsToOne)):
            raise TypeError(
                f"assuming takes conditions on sizes such as H >= K or equals(H, K*M), and sums_to_one(y); "
                f"got {one!r}"
            )
    seed = None if cotangent is None else as_tensor(cotangent, "cotangent")
    if wrt is not None and seed is None:
        seed = _inferred_cotangent(forward, claimed)
    asked = Question(forward, wrt, seed, claimed, tuple(assuming))
    _check_names(asked)
    _check_hypotheses(asked)
    return asked


def _check_hypotheses(asked: Question) -> None:
    about = [hypothesis.variable for hypothesis in asked.hypotheses]
    if len(set(about)) < len(set(asked.hypotheses)):
        raise ShapeError("a variable may be assumed to sum to one along one of its axes only")
    if asked.wrt in about:
        raise TypeError(f"{asked.wrt!r} is differentiated by, so nothing may be assumed of its values")


def _check_names(asked: Question) -> None:
    """One name, one thing: a counterexample that says H=2 must not leave open which H."""
    sizes: dict[str, Symbol] = {}
    for symbol in asked.sizes:
        other = sizes.setdefault(symbol.name, symbol)
        if other is not symbol:
            least = f"{other.minimum} and {symbol.minimum}"
            raise SizeError(f"two sizes are called {symbol.name}, with minimum {least}; use two names")
    tensors: dict[str, Variable] = {}
    for tensor in (asked.z, asked.claim, *(t for t in (asked.wrt, asked.cotangent) if t is not None)):
        for node in nodes(tensor):
            if isinstance(node, Variable):
                known = tensors.setdefault(node.name, node)
                if known is not node:
                    shapes = f"{known.shape} and {node.shape}"
                    raise ShapeError(f"two tensors are called {node.name}, of shapes {shapes}; use two names")


def as_tensor(value: object, what: str) -> Tensor:
    """`value` as a tensor; a scalar becomes a tensor without axes."""
    if isinstance(value, Tensor):
        return value
    scalar = as_scalar(value)
    if isinstance(scalar, Scalar):
        return Comprehension((), (), scalar)
    raise TypeError(f"{what} must be a tensor, got {value!r}")


def _inferred_cotangent(z: Tensor, claim: Tensor) -> Tensor | None:
    """The one variable of the claim that z does not know and that has the shape of z."""
    known = set(nodes(z))
    candidates = [
        node
        for node in nodes(claim)
        if isinstance(node, Variable) and node not in known and node.axes == z.axes
    ]
    if not z.extents and not candidates:
        return None
    if len(candidates) == 1:
        return candidates[0]
    found = ", ".join(node.name for node in candidates) if candidates else "none"
    raise ShapeError(
        f"which tensor of the claim is ∂J/∂z, of shape {z.shape}? Found {found}; say it with cotangent="
    )
