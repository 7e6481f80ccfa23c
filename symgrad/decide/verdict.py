"""Verdicts: what was decided, for which sizes, and what there is to show for it.

A verdict never says more than was decided. `Proved` can only be made by the decision procedure.
"""

from __future__ import annotations

import functools
import html
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from symgrad.errors import NoProof
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index
from symgrad.language.symbol import Symbol

if TYPE_CHECKING:
    from symgrad.certify.certificate import Certificate
    from symgrad.decide.question import Question
    from symgrad.explain.proof import Proof
    from symgrad.explain.report import Report


@dataclass(frozen=True)
class Scope:
    """The sizes a verdict speaks of: every value of `sizes` that meets `constraints`.

    For the sizes in `each`, only the values listed there. `hypotheses` are what is assumed of values.
    """

    sizes: tuple[Symbol, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    each: tuple[tuple[Symbol, tuple[int, ...]], ...] = ()
    hypotheses: tuple[SumsToOne, ...] = ()

    def __str__(self) -> str:
        listed = {symbol for symbol, _ in self.each}
        parts = []
        for minimum in sorted({symbol.minimum for symbol in self.sizes}, reverse=True):
            names = [s.name for s in self.sizes if s.minimum == minimum and s not in listed]
            if names:
                parts.append(f"{', '.join(names)} ≥ {minimum}")
        text = "every " + " and ".join(parts) if parts else "the sizes given"
        if self.constraints:
            text += " with " + ", ".join(map(str, self.constraints))
        for symbol, values in self.each:
            text += f", for {symbol} = {', '.join(map(str, values))} only"
        return text

    def as_dict(self) -> dict[str, Any]:
        """The scope as plain data."""
        return {
            "text": str(self),
            "sizes": {symbol.name: {"at_least": symbol.minimum} for symbol in self.sizes},
            "constraints": [str(constraint) for constraint in self.constraints],
            "only": {symbol.name: list(values) for symbol, values in self.each},
        }


@dataclass(frozen=True)
class Match:
    """One product of the derivative and the product of the claim that it is.

    `forward` gives the bound indices of the claim by those of the derivative, `backward` the other
    way round: the bijection between the two sums and its inverse.
    """

    forward: tuple[tuple[Symbol, Index], ...]
    backward: tuple[tuple[Symbol, Index], ...]

    def substitution(self) -> tuple[str, ...]:
        """What is not a mere change of name, the indices of the claim primed: `u' = K - 1 - u`."""
        return tuple(
            f"{symbol.name}' = {value}"
            for symbol, value in self.forward
            if value.symbol is None or not value.symbol.is_index
        )

    def as_dict(self) -> dict[str, dict[str, str]]:
        """Both maps as plain data."""
        return {
            way: {symbol.name: str(value) for symbol, value in pairs}
            for way, pairs in (("forward", self.forward), ("backward", self.backward))
        }


@dataclass(frozen=True)
class Counterexample:
    """The smallest sizes at which two expressions differ, and an entry that shows it.

    `derived` and `claimed` are the entry at `position` as polynomials; `missing` terms are in the
    first only, `extra` ones in the second. `witness` gives entries (others are 0) at which the
    values differ; an unknown function σ is taken as t ↦ t^`degree` there. If the shapes differ,
    position and what follows may be None.
    """

    sizes: tuple[tuple[str, int], ...]
    derived_shape: tuple[int, ...]
    claimed_shape: tuple[int, ...]
    position: tuple[int, ...] | None = None
    derived: str | None = None
    claimed: str | None = None
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    witness: tuple[tuple[str, str], ...] = ()
    derived_value: str | None = None
    claimed_value: str | None = None
    degree: int | None = None

    def lines(self) -> Iterator[str]:
        """What a person needs to see it, a line each."""
        sizes = ", ".join(f"{name}={value}" for name, value in self.sizes)
        yield f"smallest sizes   {sizes or 'as given'}"
        if self.derived_shape != self.claimed_shape:
            derived, claimed = _shape(self.derived_shape), _shape(self.claimed_shape)
            yield f"shape            the gradient has {derived}, the claim {claimed}"
        if self.position is None:
            return
        yield f"entry            [{', '.join(map(str, self.position))}]"
        yield f"derived          {_shortened(self.derived or '0')}"
        yield f"claimed          {_shortened(self.claimed or '0')}"
        if self.missing:
            yield f"missing          {_first(self.missing)}"
        if self.extra:
            yield f"extra            {_first(self.extra)}"
        given = ", ".join(f"{name}={value}" for name, value in self.witness)
        function = f" with σ(t) = t^{self.degree}" if self.degree is not None else ""
        where = f"at {given}, other entries 0{function}" if given else f"with every entry 0{function}"
        yield f"in numbers       {self.derived_value} is not {self.claimed_value}, {where}"

    def as_dict(self) -> dict[str, Any]:
        """The counterexample as plain data."""
        return {
            "sizes": dict(self.sizes),
            "derived_shape": list(self.derived_shape),
            "claimed_shape": list(self.claimed_shape),
            "position": None if self.position is None else list(self.position),
            "derived": self.derived,
            "claimed": self.claimed,
            "missing": list(self.missing),
            "extra": list(self.extra),
            "witness": dict(self.witness),
            "function_degree": self.degree,
            "derived_value": self.derived_value,
            "claimed_value": self.claimed_value,
        }


def _shortened(text: str, most: int = 300) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} … ({len(text)} characters in all)"


def _first(terms: tuple[str, ...], most: int = 8) -> str:
    more = f", … and {len(terms) - most} more" if len(terms) > most else ""
    return _shortened(", ".join(terms[:most])) + more


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "no axes"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was decided about a claim. The kinds are `Proved`, `Refuted`, `HoldsAt`, `IllFormed`
    and `Undecided`."""

    name: ClassVar[str] = ""
    claim: str
    seconds: float = field(default=0.0, compare=False)

    def __bool__(self) -> bool:
        """Refused, with a TypeError: `assert verify(…)` would hold whatever was decided."""
        raise TypeError(
            f"a verdict is no truth value; write verdict.verdict == 'PROVED' (this is {self.name})"
        )

    @property
    def proof(self) -> Proof:
        """The proof, if the verdict is PROVED. Raises NoProof for any other verdict."""
        raise NoProof(f"there is no proof of a claim that is {self.name}")

    @property
    def report(self) -> Report:
        """The counterexample report, if the verdict is REFUTED. Raises NoProof for any other."""
        raise NoProof(f"there is no counterexample to a claim that is {self.name}")

    @property
    def verdict(self) -> str:
        """The kind in words: PROVED, REFUTED, HOLDS AT, ILL-FORMED or UNDECIDED."""
        return self.name

    def lines(self) -> Iterator[str]:
        """What there is to say about it, a line each."""
        return iter(())

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain data, for JSON: always with verdict, claim, scope, conditions, seconds."""
        return {
            "verdict": self.name,
            "claim": self.claim,
            "scope": None,
            "conditions": [],
            "seconds": round(self.seconds, 6),
        }

    def json(self, indent: int | None = 2) -> str:
        """`as_dict()` as JSON text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=indent)

    def __str__(self) -> str:
        return "\n".join([f"{self.name}  {self.claim}", *(f"  {line}" for line in self.lines())])

    def _repr_html_(self) -> str:
        colour = {"PROVED": "#1a7f37", "REFUTED": "#cf222e"}.get(self.name, "#9a6700")
        body = html.escape("\n".join(self.lines()))
        return (
            f'<div><b style="color:{colour}">{self.name}</b> <code>{html.escape(self.claim)}</code>'
            f'<pre style="margin:0.3em 0 0 1em">{body}</pre></div>'
        )


_SEAL = object()


@dataclass(frozen=True, kw_only=True)
class Proved(Verdict):
    """The claim equals the derivative for every size in `scope`, under `conditions` on the values.

    `identities` are those between functions and reciprocals that it takes besides the laws of arithmetic;
    `through` is by how many intermediate results the gradients were decided on the way to this one.
    Only the decision procedure can make one; anything else that tries gets a TypeError.
    """

    name: ClassVar[str] = "PROVED"
    scope: Scope
    conditions: tuple[str, ...] = ()
    steps: tuple[Match, ...] = ()
    identities: tuple[str, ...] = ()
    through: int = 0
    question: Question = field(repr=False, compare=False)
    seal: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.seal is not _SEAL:
            raise TypeError("only the decision procedure makes a Proved; use symgrad.verify")
        object.__setattr__(self, "seal", None)

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(
            "a Proved cannot be copied or unpickled, only decided again; as_dict() gives its data"
        )

    @functools.cached_property
    def proof(self) -> Proof:
        """The proof, step by step, each step checked. Raises ProofError if one could not be."""
        from symgrad.explain.prove import prove  # looked up when asked for: deciding needs no printer

        return prove(self.question, self.scope, self.conditions)

    @functools.cached_property
    def certificate(self) -> Certificate:
        """What proves it, as data that can be checked without the decision procedure.

        Raises NotCertified where there is none.
        """
        from symgrad.certify.certificate import Certificate  # looked up when asked for

        return Certificate.of(self.question, self.scope)

    def lines(self) -> Iterator[str]:
        """Scope, conditions, substitutions and identities."""
        yield f"for {self.scope}"
        for condition in self.conditions:
            yield f"provided that {condition}"
        for step in self.steps:
            if step.substitution():
                yield f"by {', '.join(step.substitution())}"
        for identity in self.identities:
            yield f"as {identity}"
        if self.through:
            yield f"by way of the gradients by {self.through} intermediate results, each decided before"

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain data."""
        return super().as_dict() | {
            "scope": self.scope.as_dict(),
            "conditions": list(self.conditions),
            "steps": [step.as_dict() for step in self.steps],
            "identities": list(self.identities),
            "through": self.through,
        }


@dataclass(frozen=True, kw_only=True)
class Refuted(Verdict):
    """The claim differs from the derivative, shown at the smallest sizes and confirmed in numbers."""

    name: ClassVar[str] = "REFUTED"
    counterexample: Counterexample
    did_you_mean: str | None = None
    question: Question = field(repr=False, compare=False)

    @functools.cached_property
    def report(self) -> Report:
        """The counterexample as a report: both formulas, the sizes, the entry, and numbers."""
        from symgrad.explain.report import report  # looked up when asked for

        return report(self.question, self)

    def coq(self, name: str = "claim") -> str:
        """The counterexample as a Coq file: a theorem that two computed numbers differ.

        Raises NotCertified, with the reason, where it is not in numbers that Coq computes.
        """
        from symgrad.certify.coq_refuted import coq_refutation  # looked up when asked for

        return coq_refutation(self.question, self.counterexample, name)

    def lines(self) -> Iterator[str]:
        """The counterexample, and a claim that would be right."""
        yield from self.counterexample.lines()
        if self.did_you_mean:
            yield f"did you mean     {self.did_you_mean}"

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain data."""
        return super().as_dict() | {
            "counterexample": self.counterexample.as_dict(),
            "did_you_mean": self.did_you_mean,
        }


@dataclass(frozen=True, kw_only=True)
class HoldsAt(Verdict):
    """The claim equals the derivative at each of these sizes; nothing is said about others."""

    name: ClassVar[str] = "HOLDS AT"
    shapes: tuple[tuple[tuple[str, int], ...], ...]
    conditions: tuple[str, ...] = ()
    reason: str = ""

    def lines(self) -> Iterator[str]:
        """The sizes, and why there is no general answer."""
        for shape in self.shapes:
            yield "at " + (", ".join(f"{name}={value}" for name, value in shape) or "the sizes given")
        for condition in self.conditions:
            yield f"provided that {condition}"
        yield f"no answer for other sizes: {self.reason}"

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain data."""
        return super().as_dict() | {
            "scope": {"shapes": [dict(shape) for shape in self.shapes]},
            "conditions": list(self.conditions),
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class IllFormed(Verdict):
    """The claim has no meaning: operands that do not fit, a read out of range, a division by zero."""

    name: ClassVar[str] = "ILL-FORMED"
    problem: str
    sizes: tuple[tuple[str, int], ...] = ()
    did_you_mean: str | None = None

    def lines(self) -> Iterator[str]:
        """Where and why, the smallest sizes at which it happens, and a claim that would be right."""
        yield self.problem
        if self.sizes:
            yield "at " + ", ".join(f"{name}={value}" for name, value in self.sizes)
        if self.did_you_mean:
            yield f"did you mean     {self.did_you_mean}"

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain data."""
        return super().as_dict() | {
            "problem": self.problem,
            "sizes": dict(self.sizes),
            "did_you_mean": self.did_you_mean,
        }


@dataclass(frozen=True, kw_only=True)
class Undecided(Verdict):
    """Out of reach of the decision procedure, or of its budget."""

    name: ClassVar[str] = "UNDECIDED"
    reason: str

    def lines(self) -> Iterator[str]:
        """Why."""
        yield self.reason

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain data."""
        return super().as_dict() | {"reason": self.reason}
