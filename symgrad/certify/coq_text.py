"""Indices, conditions and scalars of a certificate as Coq's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.certify.kind import depends
from symgrad.certify.recheck import Condition, Index, Rejected, Scalar, Statement, put


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


def test_text(conditions: Sequence[Condition]) -> str:
    """Conditions as a boolean."""
    operators = {"=": "=?", "<": "<?", "<=": "<=?"}
    parts = [condition_text(c) for c in conditions]
    tests = [f"({left} {operators[relation]} {right})" for left, relation, right in parts]
    return tests[0] + "%Z" if len(tests) == 1 else f"({' && '.join(tests)})%Z"


@dataclass
class Numbers:
    """The reciprocals that are used, by what they are the reciprocal of."""

    names: dict[str, str] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)

    def reciprocal(self, what: str, base: str) -> str:
        """The name of 1/what."""
        if what not in self.names:
            self.names[what] = (
                f"over_{base}" if base.isidentifier() or base.isdigit() else f"over{len(self.of)}"
            )
            self.of[self.names[what]] = what
        return self.names[what]

    @property
    def quotients(self) -> list[tuple[int, int]]:
        """The numbers that divide the greatest, where all reciprocals of numbers are multiples of its own."""
        written = [int(what.split()[1]) for what in self.of.values() if what.startswith("literal ")]
        greatest = max(written, default=1)
        return [(n, greatest) for n in written if n != greatest and greatest % n == 0]

    @property
    def laws(self) -> str:
        """What `ring` is told of reciprocals."""
        return " ".join(
            [*(f"over_{n}_quotient" for n, _ in self.quotients), *(f"{over}_law" for over in self.of)]
        )


class Scalars:
    """Writes scalars, and remembers the functions and the reciprocals that were met."""

    def __init__(self, stated: Statement) -> None:
        self.stated = stated
        self.numbers = Numbers()
        self.functions: dict[str, None] = {}

    def text(self, node: Scalar, scope: Mapping[str, Index], binding: int) -> str:
        """A scalar in Coq; in brackets if it binds less than asked: 0 sums, 1 terms, 2 factors."""
        text, strength = self._bare(node, scope)
        return f"({text})" if strength < binding else text

    def _bare(self, node: Scalar, scope: Mapping[str, Index]) -> tuple[str, int]:
        match node:
            case ["number", value, powers]:
                return self.number(value, powers), 3
            case ["read" | "apply" | "selected", *_]:
                return self._read(node, scope), 3
            case ["at", indices, at, body]:
                places = [put(index, scope) for index in at]
                if any(n in _bound(body) for index in places for monomial in index for n in monomial):
                    raise Rejected("an index of a window has the name of one outside")
                return self._bare(body, {**scope, **dict(zip(indices, places, strict=True))})
            case ["sum", list(over), body]:
                ranges = [f"Σ {n} < {self._extent(extent, scope)}, " for n, extent in over]
                return "".join(ranges) + self.text(body, scope, 1), 1
            case ["when", list(conditions), body]:
                guard = [(put(index, scope), relation) for index, relation in conditions]
                return f"when {test_text(guard)} {self.text(body, scope, 4)}", 3
            case ["+", list(terms)]:
                if not terms:
                    return "0", 3
                text = self.text(terms[0], scope, 1)
                for term in terms[1:]:
                    rest = _negated(term)
                    sign = "+" if rest is None else "-"
                    text += f" {sign} {self.text(term if rest is None else rest, scope, 2)}"
                return text, 0
            case ["*", list(factors)]:
                rest = _negated(node)
                if rest is not None:
                    return f"- {self.text(rest, scope, 3)}", 1
                return " * ".join(self.text(f, scope, 3 if k else 2) for k, f in enumerate(factors)), 2
        raise AssertionError(node)

    def _extent(self, extent: Index, scope: Mapping[str, Index]) -> str:
        text = index_text(put(extent, scope))
        return text if text.isidentifier() or text.isdigit() else f"({text})%Z"

    def _read(self, node: Scalar, scope: Mapping[str, Index]) -> str:
        stated = self.stated
        match node:
            case ["read", ["applied", tensor], at]:
                head = f"{tensor} {stated.change}"
            case ["read", ["before", tensor], at]:
                head = f"{tensor} {stated.wrt}"
            case ["read", ["moved", tensor, small], at]:
                head = f"{tensor} (moved {stated.wrt} {small} {stated.change})"
            case ["read", [_, tensor], at]:
                head = f"{tensor}_change {stated.wrt} {stated.change}"
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
        places = [put(index, scope) for index in at]
        plain = all(len(index) == 1 and next(iter(index.values())) == 1 for index in places)
        return f"{head} [{'; '.join(map(index_text, places))}]{'' if plain else '%Z'}"

    def _tensor(self, tensor: str) -> str:
        stated = self.stated
        return (
            f"{tensor} {stated.wrt}" if tensor in stated.definitions and depends(tensor, stated) else tensor
        )

    def number(self, value: Fraction, powers: Sequence[tuple[Index, int]]) -> str:
        """A rational times powers of sizes, as one factor."""
        if not value:
            return "0"
        parts = []
        whole = abs(value.numerator)
        if whole != 1:
            parts.append(f"literal {whole}")
        if value.denominator != 1:
            parts.append(self.numbers.reciprocal(f"literal {value.denominator}", str(value.denominator)))
        for base, exponent in powers:
            text = index_text(base)
            sized = f"integer {text}" if text.isidentifier() else f"integer ({text})"
            one = sized if exponent > 0 else self.numbers.reciprocal(sized, text)
            parts += [one] * abs(exponent)
        if not parts:
            parts = ["1"]
        text = " * ".join(parts)
        text = f"(- {text if len(parts) == 1 and text != '1' else f'({text})'})" if value < 0 else text
        return f"({text})" if len(parts) > 1 and value > 0 else text if " " not in text else f"({text})"


def _bound(node: Scalar) -> set[str]:
    """The names that sums in a scalar bind."""
    match node:
        case ["sum", list(over), body]:
            return {n for n, _ in over} | _bound(body)
        case ["when", _, body]:
            return _bound(body)
        case ["+" | "*", list(parts)]:
            return set().union(*map(_bound, parts))
    return set()


def _negated(node: Scalar) -> Scalar | None:
    """What a number below 0, or a product with one in front, is the opposite of."""
    match node:
        case ["number", value, powers] if value < 0:
            return ["number", -value, powers]
        case ["*", [["number", value, powers], *rest]] if value < 0 and rest:
            if value == -1 and not powers:
                return rest[0] if len(rest) == 1 else ["*", rest]
            return ["*", [["number", -value, powers], *rest]]
    return None


def identifier(text: str) -> str:
    """A name that Coq reads."""
    plain = "".join(c if c.isalnum() or c in "_'" else "_" for c in text)
    return plain if plain[:1].isalpha() or plain[:1] == "_" else f"n{plain}"
