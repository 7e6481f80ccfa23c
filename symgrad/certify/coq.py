"""A certificate as a Coq file: the statement spelled out, and a proof by the maps of the certificate."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from symgrad.certify.coq_laws import Premises
from symgrad.certify.coq_proof import Facts, Recorder
from symgrad.certify.coq_text import Scalars, condition_text, identifier, index_text
from symgrad.certify.kind import Kind, depends, kind_of, within
from symgrad.certify.recheck import Definition, Rejected, Scalar, Statement, stated_sides

WIDTH = 96
_SLOPES = {
    "exp": "exp' = exp",
    "log": "log' = reciprocal",
    "tanh": "tanh' = 1 - tanh²",
    "sigmoid": "sigmoid' = sigmoid·(1 - sigmoid)",
    "softplus": "softplus' = sigmoid",
    "Phi": "Phi' = phi",
    "phi": "phi'(x) = -x·phi(x)",
    "step": "step' = 0",
    "reciprocal": "reciprocal' = -reciprocal²",
    "root": "root' = ½·inverse_root",
    "inverse_root": "inverse_root' = -½·inverse_root³",
}
"""How the derivatives of known functions are told."""
_LABELS = ("name", "claim", "title", "scope", "called")
_WORD = re.compile(r"[\w']+|[≥=+*]|-?\d+/\d+|-\d+")
AXES = 9
"""The most axes of a tensor that the library has a name for."""


def coq_file(data: dict[str, Any], title: str = "", scope: str = "", unchecked: bool = False) -> str:
    """The certificate as the text of a Coq file. Raises Rejected where the certificate proves nothing.

    With `unchecked`, one that proves nothing is written too, for the kernel to find that out.
    """
    for word in _words([value for key, value in data.items() if key not in _LABELS]):
        if not _WORD.fullmatch(word):
            raise Rejected(f"not a name in Coq: {word!r}")
    return _File(data, unchecked).text(title, scope)


def _words(data: Any) -> Iterator[str]:
    """All text in plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        yield from _words([*data, *data.values()])
    elif isinstance(data, list):
        for part in data:
            yield from _words(part)


def module_name(rule: str) -> str:
    """The name of the file of a rule, without its ending, and of the theorem in it."""
    return identifier(rule)


def coq_comment(paragraphs: Sequence[str]) -> str:
    """Paragraphs as a comment, which nothing in them ends; a quotation mark would begin a string."""
    plain = [p.replace("(*", "( *").replace("*)", "* )").replace('"', "'") for p in paragraphs]
    rows = [row for p in plain for row in textwrap.wrap(p, WIDTH)]
    return "(* " + "\n   ".join(rows) + " *)"


class Written:
    """What a statement looks like in Coq: definitions, and both sides."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.stated = Statement(data)
        self.scalars = Scalars(self.stated)
        self.kind = kind_of(self.stated)
        self.uses = [self.stated.use(use) for use in data.get("uses", [])]
        self.premises = Premises(self.stated, data.get("uses", []), self.scalars)
        self.name = module_name(str(data["name"]))
        stated = self.stated
        names = {*stated.least, *stated.floors, *stated.tensors, *stated.definitions, stated.change}
        self.ring = next(r for r in ("A", "R", "Ring", "TheRing") if r not in names)
        self.small = next(n for n in ("ε", "η", "small") if n not in names)

    # -- definitions ------------------------------------------------------------------------------
    def definitions(self) -> Iterator[str]:
        """Every definition, and what changes to first order where that is part of the statement."""
        stated = self.stated
        for definition in stated.definitions.values():
            argument = f" ({stated.wrt} : tensor {self.ring})" if depends(definition.name, stated) else ""
            yield from self._definition(definition.name, argument, definition.indices, definition.body)
        changing = self.changing()
        if changing:
            yield f"(* what changes to first order when {stated.wrt} changes by {stated.change} *)"
        for definition in changing:
            body = stated.moves(definition.name)
            assert body is not None
            both = f" ({stated.wrt} {stated.change} : tensor {self.ring})"
            yield from self._definition(f"{definition.name}_change", both, definition.indices, body)

    def _definition(self, named: str, argument: str, indices: Sequence[str], body: Scalar) -> Iterator[str]:
        if len(indices) > AXES:
            raise Rejected(f"{named} has more than {AXES} axes")
        text = self.scalars.text(body, {}, 0)
        inside = f"fun {' '.join(indices)} => {text}" if indices else text
        yield f"Definition {named}{argument} : tensor {self.ring} := tensor{len(indices)}"
        yield f"  ({inside})."

    def changing(self) -> list[Definition]:
        """The definitions whose change is part of the change of the forward."""
        if self.kind in (Kind.EQUAL, Kind.LINEAR):
            return []
        forward, stated = self.stated.forward, self.stated
        return [
            definition
            for tensor, definition in stated.definitions.items()
            if stated.moves(tensor) is not None and (tensor == forward or within(tensor, forward, stated))
        ]

    def _unfolded(self) -> list[str]:
        return [*self.stated.definitions, *(f"{d.name}_change" for d in self.changing())]

    def sides(self) -> tuple[str, str]:
        """Both sides of a statement about a change."""
        left, right = stated_sides(self.stated)
        if self.stated.moves(self.stated.forward) is None:
            return "0", self.scalars.text(right, {}, 0)
        if self.kind is Kind.LINEAR:
            left = _put(left, "applied")
        return self.scalars.text(left, {}, 0), self.scalars.text(right, {}, 0)


class _File(Written):
    def __init__(self, data: dict[str, Any], unchecked: bool) -> None:
        super().__init__(data)
        self.checker = Recorder(self.stated, self.uses)
        try:
            self.checker.run(data)
        except Rejected:
            if not unchecked:
                raise

    def text(self, title: str, scope: str) -> str:
        """The file."""
        definitions = list(self.definitions())
        theorem = list(self._theorem())
        added = list(self.premises.proof(self.uses, self._unfolded()))
        proof = list(Facts(self.data, self.checker, self.scalars).lines())
        first_order = list(self._first_order()) if self.kind is Kind.POLYNOMIAL else []
        lines = [
            self._comment(title, scope),
            "From Symgrad Require Import Sums.",
            "",
            "Section certificate.",
            f"Variable {self.ring} : commutative_ring.",
            f"Add Ring the_ring : (laws {self.ring}).",
            "Local Open Scope ring_scope.",
            "",
            *self._sizes(),
            *self._variables(),
            "",
            *definitions,
            "",
            *theorem,
            "Proof.",
            *(
                f"  assert (over_{n}_quotient : over_{n} = literal {whole // n} * over_{whole}) by "
                f"(apply (reciprocal_of_multiple (literal {n}) (literal {whole}));"
                " [numbers; ring|assumption|assumption])."
                for n, whole in self.scalars.numbers.quotients
            ),
            *added,
            f"  open_up ltac:(unfold {', '.join(reversed(self._unfolded()))}).",
            *proof,
            "Qed.",
            *first_order,
            "End certificate.",
            f"Print Assumptions {self.name}.",
        ]
        return "\n".join(lines) + "\n"

    # -- what is stated ---------------------------------------------------------------------------
    def _comment(self, title: str, scope: str) -> str:
        stated = self.stated
        times = f"{stated.cotangent} times " if stated.cotangent else ""
        what = {
            Kind.EQUAL: f"{stated.forward} and the closed form are the same tensor.",
            Kind.LINEAR: f"{stated.forward} is linear in {stated.wrt}: for every {stated.change}, the sum "
            f"of {times}{stated.forward} of {stated.change} is that of the closed form times "
            f"{stated.change}.",
            Kind.POLYNOMIAL: f"J is the sum of {times}{stated.forward}. When {stated.wrt} changes by "
            f"{self.small}·{stated.change}, where the square of {self.small} is 0, J changes by "
            f"{self.small} times the sum of the closed form times {stated.change}.",
            Kind.COMPOSED: f"When {stated.wrt} changes by {stated.change}, the first-order change of the sum "
            f"of {times}{stated.forward}, by the chain rule, is that of the closed form times "
            f"{stated.change}." + self._assumed(),
        }[self.kind]
        first = f"{self.data['name']}{': ' + title if title else ''}"
        return coq_comment([first, str(self.data["claim"]), *([f"For {scope}."] if scope else []), what])

    def _assumed(self) -> str:
        """What the chain rule puts in for the derivatives of functions and of maxima."""
        used = [function.rstrip("'") for function in self.scalars.functions]
        known = [_SLOPES[function] for function in used if function in _SLOPES]
        said = f" With {', '.join(known)}." if known else ""
        if any(function not in _SLOPES for function in used):
            said += " The derivative of a function may be any function."
        return said + (" The selector of a maximum may be any tensor." if self.stated.maxima else "")

    def _sizes(self) -> Iterator[str]:
        stated = self.stated
        names = [*stated.least, *stated.floors]
        if names:
            yield f"Variables {' '.join(names)} : Z."
        for size, least in stated.least.items():
            yield f"Hypothesis {size}_least : ({least} <= {size})%Z."
        for q, (top, bottom) in stated.floors.items():
            numerator, divisor = index_text(top), index_text(bottom)
            divisor = divisor if divisor.isidentifier() else f"({divisor})"
            yield f"(* {q} is ({numerator}) / {divisor}, rounded down *)"
            yield f"Hypothesis {q}_floor : ({divisor} * {q} <= {numerator} < {divisor} * {q} + {divisor})%Z."
        for k, condition in enumerate(stated.assumed):
            left, relation, right = condition_text(condition)
            yield f"Hypothesis assumed{k or ''} : ({left} {relation} {right})%Z."
        if stated.wrt is None:
            position = stated.definitions[stated.forward]
            if position.indices:
                yield f"Variables {' '.join(position.indices)} : Z."
            for n, extent in zip(position.indices, position.extents, strict=True):
                yield f"Hypothesis {n}_inside : (0 <= {n} < {index_text(extent)})%Z."

    def _variables(self) -> Iterator[str]:
        tensors = [t for t in self.stated.tensors if t != self.stated.wrt]
        for best in self.stated.maxima:
            yield f"(* {best} is a maximum over a window, {best}_selected any selector of its element *)"
            tensors += [best, f"{best}_selected"]
        if tensors:
            yield f"Variables {' '.join(tensors)} : tensor {self.ring}."
        if self.scalars.functions:
            yield f"Variables {' '.join(self.scalars.functions)} : {self.ring} -> {self.ring}."
        for over, what in self.scalars.numbers.of.items():
            yield f"Variable {over} : {self.ring}."
            yield f"Hypothesis {over}_law : {what} * {over} = 1."

    # -- theorems ---------------------------------------------------------------------------------
    def _theorem(self) -> Iterator[str]:
        stated = self.stated
        if stated.wrt is None:
            at = "; ".join(stated.definitions[stated.forward].indices)
            yield f"Theorem {self.name} :"
            yield from self.premises.lines()
            yield f"  {stated.forward} [{at}] = {stated.closed} [{at}]."
            return
        left, right = self.sides()
        known = f"{stated.change}"
        about = [stated.closed, *self.premises.tensors]
        if self.kind is not Kind.LINEAR or any(depends(tensor, stated) for tensor in about):
            known = f"{stated.wrt} {stated.change}"
        head = f"Theorem {self.name}"
        if self.kind is Kind.POLYNOMIAL:
            head = f"Lemma {self.name}_change"
        yield f"{head} ({known} : tensor {self.ring}) :"
        yield from self.premises.lines()
        yield f"  {left}"
        yield f"  = {right}."

    def _first_order(self) -> Iterator[str]:
        """That the change is the first-order term of the forward, so that the theorem is about J itself."""
        stated, ring, small = self.stated, self.ring, self.small
        left, _ = stated_sides(stated)
        wrt, change = stated.wrt, stated.change
        if stated.moves(stated.forward) is None:
            left = ["+", []]
        yield ""
        yield f"Variable {small} : {ring}."
        yield f"Hypothesis {small}_square : {small} * {small} = 0."
        shown: list[str] = []
        for definition in self.changing():
            at = "; ".join(definition.indices)
            d = definition.name
            quantified = f" {' '.join(definition.indices)}" if definition.indices else ""
            yield f"Lemma {d}_moves ({wrt} {change} : tensor {ring}){quantified} :"
            yield f"  {d} (moved {wrt} {small} {change}) [{at}]"
            yield f"  = {d} {wrt} [{at}] + {small} * {d}_change {wrt} {change} [{at}]."
            rewrites = "; ".join(f"rewrite ?{lemma}" for lemma in shown) or "idtac"
            yield f"Proof. unfold {d}, {d}_change. first_order {small}_square ltac:({rewrites}). Qed."
            shown.append(f"{d}_moves")
        moved = self.scalars.text(_put(left, "moved", small), {}, 0)
        before = self.scalars.text(_put(left, "before"), {}, 0)
        _, right = self.sides()
        rewrites = "; ".join(f"rewrite ?{lemma}" for lemma in shown) or "idtac"
        yield f"Theorem {self.name} ({wrt} {change} : tensor {ring}) :"
        yield from self.premises.lines()
        yield f"  {moved}"
        yield f"  = ({before})"
        yield f"    + {small} * ({right})."
        yield "Proof."
        known = self.premises.names
        if known:
            yield f"  intros {' '.join(known)}."
        yield f"  rewrite <- ({' '.join([f'{self.name}_change', str(wrt), change, *known])})."
        yield f"  first_order {small}_square ltac:({rewrites})."
        yield "Qed."


def _put(scalar: Scalar, kind: str, *more: str) -> Scalar:
    """The sum with the change of the forward in it, as one with the forward of something else."""
    match scalar:
        case ["read", list([_, tensor]), at]:
            return ["read", [kind, tensor, *more], at]
        case ["sum", over, body]:
            return ["sum", over, _put(body, kind, *more)]
        case ["*", list(factors)]:
            return ["*", [_put(factor, kind, *more) for factor in factors]]
    return scalar
