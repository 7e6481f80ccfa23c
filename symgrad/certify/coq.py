"""A certificate as a Coq file: the statement spelled out, and a proof by the maps of the certificate."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symgrad.certify.farkas import search
from symgrad.certify.recheck import (
    Condition,
    Index,
    Product,
    Scalar,
    Statement,
    Witness,
    _Check,
    changed,
    depends,
    index_from,
    moves,
    name,
    number,
    plus,
    put,
    read_in,
    sides,
    stated_sides,
    statement_from,
)

def coq_file(data: dict[str, Any], title: str = "", scope: str = "") -> str:
    """The certificate as the text of a Coq file. Raises Rejected where the certificate proves nothing."""
    return _File(data).text(title, scope)


# -- indices and conditions -------------------------------------------------------------------------


def index_text(index: Index) -> str:
    """An index as Coq's integer arithmetic."""
    if not index:
        return "0"
    ordered = sorted(index.items(), key=lambda term: (term[0] == (), term[1] < 0))
    text = ""
    for monomial, coefficient in ordered:
        parts = [*([str(abs(coefficient))] if abs(coefficient) != 1 or not monomial else []), *monomial]
        sign = "-" if coefficient < 0 else "+"
        text += (f" {sign} " if text else "-" if coefficient < 0 else "") + " * ".join(parts)
    return text


def condition_text(condition: Condition) -> tuple[str, str, str]:
    """Left side, relation and right side of a condition, without what is subtracted."""
    index, relation = condition
    above = {m: c for m, c in index.items() if c > 0}
    below = {m: -c for m, c in index.items() if c < 0}
    if relation == "=":
        return index_text(above), "=", index_text(below)
    if below.get((), 0) == 1 and above:  # a - b - 1 ≥ 0 is b < a
        return index_text({m: c for m, c in below.items() if m}), "<", index_text(above)
    return index_text(below), "<=", index_text(above)


def _test(conditions: Sequence[Condition]) -> str:
    operators = {"=": "=?", "<": "<?", "<=": "<=?"}
    parts = [condition_text(c) for c in conditions]
    tests = [f"({left} {operators[relation]} {right})" for left, relation, right in parts]
    return tests[0] + "%Z" if len(tests) == 1 else f"({' && '.join(tests)})%Z"


# -- what helps Coq: the products of inequalities that are used -------------------------------------


class _Recorder(_Check):
    """Checks a certificate, and remembers for every map what was used beyond linear arithmetic."""

    def __init__(self, stated: Statement) -> None:
        super().__init__(stated, self._recorded)
        self.steps: dict[tuple[int, int], list[str]] = {}
        self._now: list[str] = []

    def _recorded(self, rows: Sequence[Condition]) -> Witness | None:
        witness = search(rows)
        if witness is not None:
            goal = len(rows) - 1
            pairs = [places for _, places in witness if len(places) > 1]
            steps = dict.fromkeys(_multiplied([rows[p] for p in places]) for places in pairs)
            if any(goal in places for places in pairs):
                shown = index_text(plus(number(-1), rows[goal][0], -1))
                self._add(f"at_least ({shown})%Z ltac:({'; '.join(steps)}).")
            else:
                for step in steps:
                    self._add(step + ".")
        return witness

    def _add(self, step: str) -> None:
        if step not in self._now:
            self._now.append(step)

    def _lands(
        self, one: Product, other: Product, there: dict[str, Index], back: dict[str, Index]
    ) -> list[Condition]:
        self._now = self.steps[id(one), id(other)] = []
        return super()._lands(one, other, there, back)


def _multiplied(rows: Sequence[Condition]) -> str:
    first, second = (f"({index_text(index)})%Z" for index, _ in rows)
    if rows[1][1] == "=":
        first, second = second, first
    return f"{'vanishes' if '=' in (rows[0][1], rows[1][1]) else 'multiply'} {first} {second}"


# -- the file ---------------------------------------------------------------------------------------


@dataclass
class _Numbers:
    """The reciprocals that are used, by what they are the reciprocal of."""

    names: dict[str, str] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)

    def reciprocal(self, what: str, base: str) -> str:
        """The name of 1/what."""
        if what not in self.names:
            self.names[what] = f"over_{base}" if base.isidentifier() or base.isdigit() else f"over{len(self.of)}"
            self.of[self.names[what]] = what
        return self.names[what]


class _File:
    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.stated = statement_from(self.data)
        self.checker = _Recorder(self.stated)
        self.checker.run(self.data)
        self.products = self.checker.products
        self.numbers = _Numbers()
        self.functions: dict[str, None] = {}
        self.linear = is_linear(self.stated)
        names = {*self.stated.least, *self.stated.floors, *self.stated.tensors, *self.stated.definitions}
        self.ring = next(r for r in ("A", "R", "Ring", "TheRing") if r not in names)

    def text(self, title: str, scope: str) -> str:
        definitions = list(self._definitions())
        theorem = self._theorem()
        proof = list(self._proof())
        lines = [
            *self._comment(title, scope),
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
            *theorem,
            "Proof.",
            *proof,
            "Qed.",
            "End certificate.",
            f"Print Assumptions {self.name}.",
            "",
        ]
        return "\n".join(lines)

    @property
    def name(self) -> str:
        return identifier(str(self.data["name"]))

    def _comment(self, title: str, scope: str) -> Iterator[str]:
        what = {
            True: f"{self.stated.forward} is linear in {self.stated.wrt}: for every {self.stated.change}, "
            f"the sum of {self.stated.cotangent} times {self.stated.forward} of {self.stated.change} is the "
            f"sum of the closed form times {self.stated.change}.",
            False: f"When {self.stated.wrt} changes by {self.stated.change}, the sum of the cotangent times "
            f"the first-order change of {self.stated.forward} is the sum of the closed form times "
            f"{self.stated.change}.",
        }[self.linear]
        if self.stated.wrt is None:
            what = f"{self.stated.forward} and the closed form are the same tensor."
        paragraphs = [
            f"{self.data['name']}{': ' + title if title else ''}",
            str(self.data["claim"]),
            *([f"For {scope}."] if scope else []),
            what,
        ]
        rows = [row for p in paragraphs for row in textwrap.wrap(p.replace("*)", "* )"), 96)]
        yield "(* " + "\n   ".join(rows) + " *)"

    def _sizes(self) -> Iterator[str]:
        stated = self.stated
        names = [*stated.least, *stated.floors]
        if names:
            yield f"Variables {' '.join(names)} : Z."
        for size, least in stated.least.items():
            yield f"Hypothesis {size}_least : ({least} <= {size})%Z."
        for q, (top, bottom) in stated.floors.items():
            yield f"(* {q} is the integer part of ({index_text(top)}) / ({index_text(bottom)}) *)"
            low = index_text({m: c for m, c in put({(q,): 1}, {}).items()})
            scaled = f"({index_text(bottom)}) * {low}"
            yield (
                f"Hypothesis {q}_floor : ({scaled} <= {index_text(top)} < {scaled} + "
                f"({index_text(bottom)}))%Z."
            )
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
        if self.functions:
            yield f"Variables {' '.join(self.functions)} : {self.ring} -> {self.ring}."
        for over, what in self.numbers.of.items():
            yield f"Variable {over} : {self.ring}."
            yield f"Hypothesis {over}_law : {what} * {over} = 1."

    # -- definitions ------------------------------------------------------------------------------
    def _definitions(self) -> Iterator[str]:
        stated = self.stated
        for definition in stated.definitions.values():
            argument = f" ({stated.wrt} : tensor {self.ring})" if depends(definition.name, stated) else ""
            yield from self._definition(definition.name, argument, definition.indices, definition.body)
        if self.linear or stated.wrt is None:
            return
        yield f"(* what changes to first order when {stated.wrt} changes by {stated.change} *)"
        for definition in stated.definitions.values():
            if not self._changes(definition.name):
                continue
            body = changed(definition.body, stated)
            if body is not None:
                both = f" ({stated.wrt} {stated.change} : tensor {self.ring})"
                yield from self._definition(f"{definition.name}_change", both, definition.indices, body)

    def _changes(self, tensor: str) -> bool:
        """Whether the change of a definition is part of the change of the forward."""
        forward = self.stated.forward
        return moves(tensor, self.stated) and (tensor == forward or within(tensor, forward, self.stated))

    def _definition(self, named: str, argument: str, indices: Sequence[str], body: Scalar) -> Iterator[str]:
        text = self._scalar(body, {}, 0)
        inside = f"fun {' '.join(indices)} => {text}" if indices else text
        head = f"Definition {named}{argument} : tensor {self.ring} := tensor{len(indices)}"
        yield head
        yield f"  ({inside})."

    def _theorem(self) -> Iterator[str]:
        stated = self.stated
        yield ""
        if stated.wrt is None:
            at = "; ".join(stated.definitions[stated.forward].indices)
            yield f"Theorem {self.name} : {stated.forward} [{at}] = {stated.closed} [{at}]."
            return
        left, right = stated_sides(stated)
        shown = "0" if left is None else self._scalar(left, {}, 0)
        if self.linear and left is not None:
            shown = self._scalar(self._applied(left), {}, 0)
        arguments = stated.change if self.linear and not depends(stated.closed, stated) else None
        names = arguments or f"{stated.wrt} {stated.change}"
        yield f"Theorem {self.name} ({names} : tensor {self.ring}) :"
        yield f"  {shown}"
        yield f"  = {self._scalar(right, {}, 0)}."

    def _applied(self, scalar: Scalar) -> Scalar:
        """The change of a linear forward, as the forward of the change."""
        match scalar:
            case ["read", list([_, tensor]), at]:
                return ["read", ["applied", tensor], at]
            case ["sum", over, body]:
                return ["sum", over, self._applied(body)]
            case ["*", list(factors)]:
                return ["*", [self._applied(factor) for factor in factors]]
        return scalar

    # -- scalars ----------------------------------------------------------------------------------
    def _scalar(self, node: Scalar, scope: Mapping[str, Index], binding: int) -> str:
        """A scalar in Coq; in brackets if it binds less than asked: 0 sums, 1 terms, 2 factors."""
        text, strength = self._bare(node, scope)
        return f"({text})" if strength < binding else text

    def _bare(self, node: Scalar, scope: Mapping[str, Index]) -> tuple[str, int]:
        match node:
            case ["number", str(value), list(powers)]:
                return self._number(Fraction(value), powers), 3
            case ["read" | "apply" | "selected", *_]:
                return self._read(node, scope), 3
            case ["at", indices, at, body]:
                places = [put(index_from(index), scope) for index in at]
                return self._bare(body, {**scope, **dict(zip(indices, places, strict=True))})
            case ["sum", list(over), body]:
                ranges = [f"Σ {n} < {self._extent(extent, scope)}, " for n, extent in over]
                return "".join(ranges) + self._scalar(body, scope, 1), 1
            case ["when", list(conditions), body]:
                guard = [(put(index_from(c), scope), r) for c, r in conditions]
                return f"when {_test(guard)} {self._scalar(body, scope, 4)}", 3
            case ["+", list(terms)]:
                if not terms:
                    return "0", 3
                text = self._scalar(terms[0], scope, 1)
                for term in terms[1:]:
                    rest = _negated(term)
                    sign = "+" if rest is None else "-"
                    text += f" {sign} {self._scalar(term if rest is None else rest, scope, 2)}"
                return text, 0
            case ["*", list(factors)]:
                rest = _negated(node)
                if rest is not None:
                    return f"- {self._scalar(rest, scope, 3)}", 1
                return " * ".join(self._scalar(f, scope, 3 if k else 2) for k, f in enumerate(factors)), 2
        raise AssertionError(node)

    def _extent(self, extent: Any, scope: Mapping[str, Index]) -> str:
        text = index_text(put(index_from(extent), scope))
        return text if text.isidentifier() or text.isdigit() else f"({text})%Z"

    def _read(self, node: Scalar, scope: Mapping[str, Index]) -> str:
        stated = self.stated
        match node:
            case ["read", list([kind, tensor]), at]:
                head = f"{tensor} {stated.change}" if kind == "applied" else ""
                head = head or f"{tensor}_change {stated.wrt} {stated.change}"
            case ["read", str(tensor), at]:
                head = self._tensor(tensor)
            case ["apply", str(function), int(order), str(tensor), at]:
                written = identifier(function) + "'" * order
                self.functions[written] = None
                inner = self._tensor(tensor)
                head = f"pointwise {written} {f'({inner})' if ' ' in inner else inner}"
            case ["selected", str(tensor), at]:
                head = f"{tensor}_selected"
            case _:
                raise AssertionError(node)
        places = [put(index_from(index), scope) for index in at]
        plain = all(len(index) == 1 and next(iter(index.values())) == 1 for index in places)
        return f"{head} [{'; '.join(map(index_text, places))}]{'' if plain else '%Z'}"

    def _tensor(self, tensor: str) -> str:
        stated = self.stated
        return f"{tensor} {stated.wrt}" if tensor in stated.definitions and depends(tensor, stated) else tensor

    def _number(self, value: Fraction, powers: Sequence[Any]) -> str:
        parts = []
        whole = abs(value.numerator)
        if whole != 1:
            parts.append(f"literal {whole}")
        if value.denominator != 1:
            parts.append(self.numbers.reciprocal(f"literal {value.denominator}", str(value.denominator)))
        for base, exponent in powers:
            index = base if isinstance(base, dict) else index_from(base)
            text = index_text(index)
            sized = f"integer {text}" if text.isidentifier() else f"integer ({text})"
            one = sized if exponent > 0 else self.numbers.reciprocal(sized, text)
            parts += [one] * abs(exponent)
        if not parts:
            parts = ["1"] if whole else ["0"]
        text = " * ".join(parts)
        text = f"(- {text if len(parts) == 1 else f'({text})'})" if value < 0 else text
        return f"({text})" if len(parts) > 1 and value > 0 else text if " " not in text else f"({text})"

    # -- proof ------------------------------------------------------------------------------------
    def _proof(self) -> Iterator[str]:
        names = [d for d in self.stated.definitions]
        if not self.linear and self.stated.wrt is not None:
            names += [f"{d}_change" for d in self.stated.definitions if self._changes(d)]
        yield f"  open_up ltac:(unfold {', '.join(reversed(names))})."
        members = {}
        for side in ("left", "right"):
            for k in range(len(self.products[side])):
                members[side, k] = f"{side}{k + 1}"
        patterns = [
            "; ".join(f"?p{m}" for (owner, _), m in members.items() if owner == side)
            for side in ("left", "right")
        ]
        yield f"  match goal with |- values tt [{patterns[0]}] = values tt [{patterns[1]}] =>"
        yield f"    {'; '.join(f'set ({m} := p{m})' for m in members.values()) or 'idtac'} end."
        facts = []
        for group in self.data["groups"]:
            first = (group[0]["side"], group[0]["number"])
            for member in group[1:]:
                one = (member["side"], member["number"])
                fact = f"same_{members[one]}"
                facts.append(fact)
                yield from self._same(member, one, first, members, fact)
        for side, k in self.data["empty"]:
            fact = f"empty_{members[side, k]}"
            facts.append(fact)
            yield f"  assert ({fact} : value tt {members[side, k]} = 0)."
            yield f"  {{ no_tuples {members[side, k]}. intros {_intro(self.products[side][k].shape)}. "
            yield "    sides_known. lia. }"
        laws = " ".join(f"{over}_law" for over in self.numbers.of)
        rewrites = f" rewrite {', '.join(facts)}." if facts else ""
        yield f"  cbn [values].{rewrites} numbers. {f'ring [{laws}]' if laws else 'ring'}."

    def _same(
        self,
        member: Mapping[str, Any],
        one: tuple[str, int],
        first: tuple[str, int],
        members: Mapping[tuple[str, int], str],
        fact: str,
    ) -> Iterator[str]:
        p, r = self.products[one[0]][one[1]], self.products[first[0]][first[1]]
        there = {n: index_from(index) for n, index in member["to"].items()}
        back = {n: index_from(index) for n, index in member["from"].items()}
        powers = [
            (dict(base), p.powers.get(base, 0) - r.powers.get(base, 0)) for base in {**p.powers, **r.powers}
        ]
        ratio = self._number(p.value / r.value, [pair for pair in powers if pair[1]])
        laws = " ".join(f"{over}_law" for over in self.numbers.of)
        yield f"  assert ({fact} : value tt {members[one]} = {ratio} * value tt {members[first]})."
        yield f"  {{ same_sum {members[one]} {members[first]} {ratio}"
        yield f"      (fun '{_pattern(p.shape)} => {_tuple(r.shape, there)})%Z"
        yield f"      (fun '{_pattern(r.shape)} => {_tuple(p.shape, back)})%Z."
        yield f"    - intros {_intro(p.shape)}. sides_known."
        yield from (f"      {step}" for step in self.checker.steps[id(p), id(r)])
        yield f"      tuple_parts; lia_or (same_entries; numbers; {f'ring [{laws}]' if laws else 'ring'})."
        yield f"    - intros {_intro(r.shape)}. sides_known."
        yield from (f"      {step}" for step in self.checker.steps[id(r), id(p)])
        yield "      tuple_parts; lia. }"


def _negated(node: Scalar) -> Scalar | None:
    """What a product with a number below 0 in front is the opposite of."""
    match node:
        case ["*", [["number", str(value), list(powers)], *rest]] if Fraction(value) < 0 and rest:
            positive = -Fraction(value)
            if positive == 1 and not powers:
                return rest[0] if len(rest) == 1 else ["*", rest]
            return ["*", [["number", str(positive), powers], *rest]]
    return None


def _pattern(shape: Any) -> str:
    return _shape_text(shape, "_", lambda n: n, "({}, {})")


def _intro(shape: Any) -> str:
    return _shape_text(shape, "[]", lambda n: n, "[{} {}]")


def _tuple(shape: Any, values: Mapping[str, Index]) -> str:
    return _shape_text(shape, "tt", lambda n: index_text(values[n]), "({}, {})")


def _shape_text(shape: Any, end: str, entry: Any, pair: str) -> str:
    if isinstance(shape, str):
        return str(entry(shape))
    if not shape:
        return end
    return pair.format(*(_shape_text(part, end, entry, pair) for part in shape))


def is_linear(stated: Statement) -> bool:
    """Whether every product of the forward reads `wrt` once, and nothing else depends on it."""
    from symgrad.certify.recheck import Expansion, Rejected

    if stated.wrt is None or stated.forward not in stated.definitions:
        return False
    indices = stated.definitions[stated.forward].indices
    read: Scalar = ["read", stated.forward, [[[1, [n]]] for n in indices]]
    try:
        products = Expansion(stated).products(read, {n: name(n) for n in indices})
    except Rejected:
        return False
    uses = [[key for key, _ in p.reads if key == stated.wrt] for p in products]
    return all(len(keys) == 1 for keys in uses) and not _opaque(stated.forward, stated)


def _opaque(tensor: str, stated: Statement) -> bool:
    """Whether `wrt` goes through a function or a maximum on its way into a tensor."""

    def inside(node: Scalar) -> bool:
        match node:
            case ["apply", _, _, str(other), _] | ["selected", str(other), _]:
                return depends(other, stated)
            case ["read", str(other), _]:
                return (other in stated.maxima and depends(other, stated)) or (
                    other in stated.definitions and inside(stated.definitions[other].body)
                )
            case ["sum" | "when", _, body]:
                return inside(body)
            case ["+" | "*", list(parts)]:
                return any(map(inside, parts))
        return False

    return inside(stated.definitions[tensor].body)


def within(tensor: str, reader: str, stated: Statement) -> bool:
    """Whether a tensor is read by another, directly or through others."""
    inside = stated.definitions.get(reader) or stated.maxima.get(reader)
    if inside is None:
        return False
    return any(inner == tensor or within(tensor, inner, stated) for inner in read_in(inside.body))


# -- names ------------------------------------------------------------------------------------------


def identifier(text: str) -> str:
    """A name that Coq reads."""
    plain = "".join(c if c.isalnum() or c in "_'" else "_" for c in text)
    return plain if plain[:1].isalpha() or plain[:1] == "_" else f"n{plain}"
