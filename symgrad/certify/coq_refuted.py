"""A refuted claim as a Coq theorem: at the counterexample, both sides compute to different numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from symgrad.certify.coq import Written, coq_comment
from symgrad.certify.coq_text import index_text
from symgrad.certify.from_question import stated
from symgrad.decide.question import Question
from symgrad.decide.verdict import Counterexample
from symgrad.errors import NotCertified
from symgrad.language.tensor import Variable

_ENTRY = re.compile(r"(?P<name>[^\[]+)(\[(?P<place>[\d, ]*)\])?")


def coq_refutation(asked: Question, found: Counterexample, name: str = "claim", title: str = "") -> str:
    """The counterexample to a claim as the text of a Coq file.

    The change of the tensor is 1 at the entry of the counterexample and 0 elsewhere, so that each side
    is that entry of the derivative and of the claim. Raises NotCertified where the shapes differ, or
    what differs goes through a maximum.
    """
    return _Refutation(asked, found, name).text(title)


class _Refutation(Written):
    def __init__(self, asked: Question, found: Counterexample, name: str) -> None:
        if found.position is None or found.derived_shape != found.claimed_shape:
            raise NotCertified("the shapes differ, so that there are no two numbers to compare")
        super().__init__(stated(asked, name))
        if self.stated.maxima:
            raise NotCertified("which element of a window is taken is not computed here")
        if asked.wrt is not None and not isinstance(asked.wrt, Variable):
            raise NotCertified("the derivative is by a tensor that is itself computed")
        self.found = found
        self.position = found.position

    def text(self, title: str) -> str:
        """The file."""
        definitions = list(self.definitions())
        left, right = self._both()
        exact = bool(self.scalars.numbers.of)
        found = self.found
        where = ", ".join(f"{n}={v}" for n, v in found.sizes) or "the sizes given"
        told = [
            f"{self.data['name']}{': ' + title if title else ''}",
            str(self.data["claim"]),
            f"This is wrong. At {where} the two sides are {found.derived_value} and {found.claimed_value}.",
        ]
        lines = [
            coq_comment(told),
            "From Symgrad Require Import Sums.",
            *(["From Coq Require Import QArith Qcanon."] if exact else []),
            "",
            f"Definition {self.ring} : commutative_ring := {'rationals' if exact else 'integers'}.",
            "Local Open Scope ring_scope.",
            "",
            *self._numbers(),
            "",
            *definitions,
            "",
            f"Theorem {self.name} :",
            f"  {left}",
            f"  <> {right}.",
            f"Proof. differ_in_{'rationals' if exact else 'integers'}. Qed.",
            f"Print Assumptions {self.name}.",
        ]
        return "\n".join(lines) + "\n"

    def _both(self) -> tuple[str, str]:
        if self.stated.wrt is not None:
            return self.sides()
        at = "; ".join(map(str, self.position))
        return f"{self.stated.forward} [{at}]%Z", f"{self.stated.closed} [{at}]%Z"

    def _numbers(self) -> Iterator[str]:
        stated, ring = self.stated, self.ring
        for size, (_, least) in zip(stated.least, self.found.sizes, strict=True):
            yield f"Definition {size} : Z := {least}."
        for q, (top, bottom) in stated.floors.items():
            yield f"Definition {q} : Z := (({index_text(top)}) / ({index_text(bottom)}))%Z."
        written = {str(called): tensor for tensor, called in self.data["called"].items()}
        given: dict[str, list[str]] = {tensor: [] for tensor in stated.tensors}
        for (called, place), value in _entries(self.found).items():
            given[written[called]].append(f"([{'; '.join(map(str, place))}], literal ({value}))")
        for tensor, rows in given.items():
            yield f"Definition {tensor} : tensor {ring} := entries [{'; '.join(rows)}]%Z."
        if stated.wrt is not None:
            at = "; ".join(map(str, self.position))
            yield f"Definition {stated.change} : tensor {ring} := entries [([{at}], literal 1)]%Z."
        for function in self.scalars.functions:
            yield self._function(function)
        for over, what in self.scalars.numbers.of.items():
            index = re.sub(r"^(literal|integer) ", "", what)
            yield f"Definition {over} : {ring} := Q2Qc (1 # Z.to_pos ({index})%Z)."

    def _function(self, function: str) -> str:
        """σ as the power it is taken for, or its derivative of the order that the name says."""
        order = len(function) - len(function.rstrip("'"))
        degree = self.found.degree
        if degree is None:
            raise NotCertified(f"the function {function} is not one that is computed here")
        factor = Fraction(1)
        for k in range(order):
            factor *= degree - k
        body = f"literal {factor} * power {max(degree - order, 0)} t"
        return f"Definition {function} (t : {self.ring}) : {self.ring} := {body}."


def _entries(found: Counterexample) -> dict[tuple[str, tuple[int, ...]], str]:
    """The entries of the witness, `a[0, 1]` as its name and place."""
    entries: dict[tuple[str, tuple[int, ...]], str] = {}
    for text, value in found.witness:
        match = _ENTRY.fullmatch(text)
        assert match is not None
        place = tuple(int(k) for k in (match["place"] or "").replace(" ", "").split(",") if k)
        entries[match["name"], place] = value
    return entries
