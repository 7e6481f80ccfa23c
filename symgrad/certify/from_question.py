"""A question as plain data: what a certificate states, in the form that `recheck` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symgrad.certify.recheck import SLOPES, put
from symgrad.certify.recheck import Scalar as Data
from symgrad.decide.decision import small_sizes
from symgrad.decide.question import Question
from symgrad.errors import NotCertified
from symgrad.language.functions import Known
from symgrad.language.index import Constraint, Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Function,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Selected,
    Sum,
    free_indices,
    power,
    substitute,
)
from symgrad.language.symbol import Floor, Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

_WORDS = {
    "+": "added",
    "-": "difference",
    "*": "scaled",
    "/": "quotient",
    "**": "power",
    "apply": "activation",
    "sum": "sums",
}


RESERVED = frozenset(
    {"as", "at", "by", "cofix", "else", "end", "exists", "fix", "for", "forall", "fun", "if", "in", "let"}
    | {"list", "match", "return", "struct", "then", "using", "where", "with", "Set", "Prop", "Type", "SProp"}
    | {
        "Z",
        "tt",
        "outermost",
        "true",
        "false",
        "when",
        "total",
        "range",
        "tensor",
        "pointwise",
        "literal",
        "integer",
    }
    | {"one", "zero", "plus", "times", "minus", "opposite", "values", "value", "moved", "entries", "power"}
    | {"adding", "reciprocal_of_multiple", "total_count", *SLOPES}
)
"""Names that mean something where certificates are read."""
_ROOTS = {Fraction(-1): "reciprocal", Fraction(1, 2): "root", Fraction(-1, 2): "inverse_root"}


def stated(asked: Question, name: str) -> dict[str, Any]:
    """The statement of a question as data, without what proves it."""
    return _Statement(asked).data(name)


@dataclass
class _Scope:
    """The index variables in scope: how each is written, and the extent it runs through."""

    names: dict[Symbol, str] = field(default_factory=dict)
    extents: dict[Symbol, Index] = field(default_factory=dict)


class _Statement:
    def __init__(self, asked: Question) -> None:
        self.asked = asked
        self.taken = set(RESERVED)
        self.indices: set[str] = set()
        self.sizes = {symbol: self._fresh(symbol.name) for symbol in asked.sizes}
        self.floors: dict[Floor, str] = {}
        self.floor_data: dict[str, Any] = {}
        self.tensors: dict[str, Any] = {}
        self.named: dict[Tensor, str] = {}
        self.definitions: list[dict[str, Any]] = []
        self.maxima: dict[str, str] = {}
        self.functions: dict[str, str] = {}
        for tensor in (asked.z, asked.claim, *([asked.cotangent] if asked.cotangent is not None else [])):
            for node in nodes(tensor):
                if isinstance(node, Variable) and node not in self.named:
                    self._variable(node, node.name)
        if isinstance(asked.wrt, Variable) and asked.wrt not in self.named:  # nothing reads it
            self._variable(asked.wrt, asked.wrt.name)
        if isinstance(asked.wrt, Comprehension):
            self._variable(asked.wrt, self._base(asked.wrt, "input"))

    def data(self, name: str) -> dict[str, Any]:
        asked = self.asked
        forward = self._tensor(asked.z, "z")
        wrt = None if asked.wrt is None else self.named.get(asked.wrt) or self._tensor(asked.wrt, "a")
        closed = self._tensor(asked.claim, "closed_form", own=True)
        if forward not in {d["name"] for d in self.definitions}:
            raise NotCertified("the forward is a tensor that is given, not computed")
        sizes = next(small_sizes(asked, 1), None)
        if sizes is None:
            raise NotCertified("no small sizes meet the assumptions")
        example = {self.sizes[symbol]: value for symbol, value in sizes.items()}
        known = {d: Index({(f,): 1}).evaluate(sizes) for f, d in self.floors.items()}
        assumptions = [self._condition(c, _Scope()) for c in asked.assumptions]
        return {
            "certificate": 1,
            "name": name,
            "claim": str(asked),
            "sizes": {self.sizes[symbol]: symbol.minimum for symbol in asked.sizes},
            "floors": self.floor_data,
            "assumptions": assumptions,
            "hypotheses": [[self.named[h.variable], list(h.places)] for h in asked.hypotheses],
            "example": example | known,
            "tensors": self.tensors,
            "called": {name: node.name for node, name in self.named.items() if isinstance(node, Variable)},
            "definitions": self.definitions,
            "forward": forward,
            "wrt": wrt,
            "cotangent": None if asked.cotangent is None else self._tensor(asked.cotangent, "cotangent"),
            "closed_form": closed,
            "change": self._fresh("e"),
        }

    # -- names ------------------------------------------------------------------------------------
    def _fresh(self, base: str) -> str:
        name, count = base, 1
        while name in self.taken or name in self.indices:
            count += 1
            name = f"{base}{count}"
        self.taken.add(name)
        return name

    def _function(self, function: Function | Known) -> str:
        """The name of a function; one that is not known is not called like one that is."""
        if isinstance(function, Known):
            return function.name
        if function.name not in self.functions:
            self.functions[function.name] = self._fresh(function.name)
        return self.functions[function.name]

    def _base(self, node: Tensor, otherwise: str) -> str:
        call = node.call.name if isinstance(node, Comprehension) and node.call is not None else otherwise
        return _WORDS.get(call, call)

    def _variable(self, node: Tensor, base: str) -> str:
        name = self.named[node] = self._fresh(base)
        self.tensors[name] = [self._index(extent, _Scope()) for extent in node.extents]
        return name

    def _bound(self, scope: _Scope, over: Ranges) -> tuple[_Scope, list[Any]]:
        """The scope inside a range, and the range as data; no index is called like a size or a tensor."""
        inner = _Scope(dict(scope.names), dict(scope.extents))
        ranges = []
        for symbol, extent in over:
            written = self._index(extent, scope)
            name = symbol.name
            while name in self.taken or name in inner.names.values():
                name += "'"
            self.indices.add(name)
            inner.names[symbol], inner.extents[symbol] = name, extent
            ranges.append([name, written])
        return inner, ranges

    # -- indices ----------------------------------------------------------------------------------
    def _index(self, index: Index, scope: _Scope) -> list[Any]:
        return [
            [coefficient, [self._atom(atom, scope) for atom in monomial]]
            for monomial, coefficient in index.terms.items()
        ]

    def _atom(self, atom: Symbol | Floor, scope: _Scope) -> str:
        if isinstance(atom, Symbol):
            return scope.names[atom] if atom.is_index else self.sizes[atom]
        if atom not in self.floors:
            top, bottom = self._index(atom.numerator, scope), self._index(atom.divisor, scope)
            self.floors[atom] = self._fresh("q")
            self.floor_data[self.floors[atom]] = [top, bottom]
        return self.floors[atom]

    def _condition(self, condition: Constraint, scope: _Scope) -> list[Any]:
        return [self._index(condition.polynomial, scope), "=" if condition.equality else "≥"]

    # -- tensors and scalars ----------------------------------------------------------------------
    def _tensor(self, tensor: Tensor, otherwise: str, own: bool = False) -> str:
        """The name of a tensor, defined before it is used; with `own`, by a definition of its own."""
        if tensor in self.named and not (own and tensor in self.named and self.named[tensor] in self.tensors):
            return self.named[tensor]
        if isinstance(tensor, Variable) or (own and tensor in self.named):
            ranges = tuple((Symbol(f"i{k}", 0, True), extent) for k, extent in enumerate(tensor.extents))
            body: Scalar = Access(tensor, tuple(Index.of(symbol) for symbol, _ in ranges))
            return self._define(otherwise, ranges, body, own)
        assert isinstance(tensor, Comprehension)
        ranges = tuple(zip(tensor.indices, tensor.extents, strict=True))
        base = otherwise if own else self._base(tensor, otherwise)
        name = self.named[tensor] = self._define(base, ranges, tensor.body, own)
        return name

    def _define(self, base: str, ranges: Ranges, body: Scalar, own: bool = False) -> str:
        inner, written = self._bound(_Scope(), ranges)
        made = {
            "indices": [n for n, _ in written],
            "extents": [extent for _, extent in written],
            "body": self._scalar(body, inner),
        }
        for known in self.definitions:
            if not own and {key: known.get(key) for key in made} == made:
                return str(known["name"])
        self.definitions.append({"name": self._fresh(base)} | made)
        return str(self.definitions[-1]["name"])

    def _scalar(self, node: Scalar, scope: _Scope) -> Data:
        match node:
            case Constant(value, powers):
                return ["number", str(value), [[self._index(base, scope), e] for base, e in powers]]
            case Access(tensor, at):
                return ["read", self._tensor(tensor, "t"), self._at(at, scope)]
            case Add(terms):
                return ["+", [self._scalar(term, scope) for term in terms]]
            case Multiply(factors):
                conditions = [c for f in factors if isinstance(f, Indicator) for c in f.conditions]
                rest = [self._scalar(f, scope) for f in factors if not isinstance(f, Indicator)]
                body = ["number", "1", []] if not rest else rest[0] if len(rest) == 1 else ["*", rest]
                return self._when(conditions, body, scope)
            case Sum(over, body):
                inner, ranges = self._bound(scope, over)
                return ["sum", ranges, self._scalar(body, inner)]
            case Indicator(conditions):
                return self._when(conditions, ["number", "1", []], scope)
            case Power(base, exponent):
                if exponent.denominator == 1 and exponent > 0:
                    return ["*", [self._scalar(base, scope)] * int(exponent)]
                return self._raised(base, exponent, scope)
            case Apply(function, argument):
                inside, place = self._generic(argument, scope)
                return ["apply", self._function(function), function.order, inside, place]
            case Maximum():
                name, free = self._maximum(node, scope)
                return ["read", name, self._at(map(Index.of, free), scope)]
            case Selected(maximum, at):
                name, free = self._maximum(maximum, scope)
                place = self._at(at, scope)
                window, _ = self._bound(scope, maximum.over)
                there = {window.names[s]: index for (s, _), index in zip(maximum.over, place, strict=True)}
                taken = ["selected", name, self._at(map(Index.of, free), scope) + place]
                return self._when_at(maximum.where, taken, window, there)
        raise NotCertified(f"{type(node).__name__} has no form in a certificate")

    def _raised(self, base: Scalar, exponent: Fraction, scope: _Scope) -> Data:
        """A power that is no positive integer; that of a product or of a power is written factor by factor,
        as 1/(N·√v) is 1/N·1/√v."""
        match base:
            case Multiply(factors) if exponent.denominator == 1:
                if not any(isinstance(factor, Indicator) for factor in factors):
                    return ["*", [self._raised(factor, exponent, scope) for factor in factors]]
            case Constant() if exponent.denominator == 1:
                return self._scalar(power(base, exponent), scope)
            case Power(inner, other) if exponent.denominator == 1:
                whole = other * exponent
                if whole.denominator == 1 and whole > 0:
                    return self._scalar(Power(inner, whole), scope)
                return self._raised(inner, whole, scope)
            case Access(Comprehension(body=Multiply() | Access() | Power() as body) as tensor, at):
                return self._raised(
                    substitute(body, dict(zip(tensor.indices, at, strict=True))), exponent, scope
                )
        root = _ROOTS.get(Fraction(1, exponent.denominator) * (1 if exponent > 0 else -1))
        if root is None:
            raise NotCertified(f"a power of {exponent} has no form in a certificate")
        inside, place = self._generic(base, scope)
        return ["*", [["apply", root, 0, inside, place]] * abs(exponent.numerator)]

    def _at(self, at: Iterable[Index], scope: _Scope) -> list[Any]:
        return [self._index(index, scope) for index in at]

    def _when(self, conditions: Sequence[Constraint], body: Data, scope: _Scope) -> Data:
        kept = [self._condition(c, scope) for c in conditions if c.truth is not True]
        return ["when", kept, body] if kept else body

    def _when_at(
        self, conditions: Sequence[Constraint], body: Data, scope: _Scope, there: dict[str, Any]
    ) -> Data:
        """The conditions with window indices replaced by where the window is looked at."""

        values = {name: _polynomial(index) for name, index in there.items()}
        kept = []
        for condition in conditions:
            moved = put(_polynomial(self._index(condition.polynomial, scope)), values)
            data = [[coefficient, list(monomial)] for monomial, coefficient in moved.items()]
            kept.append([data, "=" if condition.equality else "≥"])
        return ["when", kept, body] if kept else body

    def _generic(self, argument: Scalar, scope: _Scope) -> tuple[str, list[Any]]:
        """The tensor whose entries `argument` runs through, and where in it the argument is."""
        if isinstance(argument, Access):
            tensor, at = argument.tensor, argument.at
            while (
                tensor not in self.named
                and isinstance(tensor, Comprehension)
                and isinstance(tensor.body, Access)
            ):
                moved = dict(zip(tensor.indices, at, strict=True))  # only moves entries: look through
                at = tuple(index.substitute(moved) for index in tensor.body.at)
                tensor = tensor.body.tensor
            return self._tensor(tensor, "t"), self._at(at, scope)
        free = free_indices(argument)
        ranges = tuple((symbol, scope.extents[symbol]) for symbol in free)
        key = json.dumps(self._canonical(ranges, argument))
        if key not in self.maxima:
            self.maxima[key] = self._define("argument", ranges, argument)
        return self.maxima[key], self._at(map(Index.of, free), scope)

    def _maximum(self, node: Maximum, scope: _Scope) -> tuple[str, list[Symbol]]:
        free = free_indices(node)
        inner = _Scope({s: f".f{k}" for k, s in enumerate(free)}, {s: scope.extents[s] for s in free})
        key = json.dumps(self._greatest(node, inner, [f".w{k}" for k in range(len(node.over))]))
        if key not in self.maxima:
            named, _ = self._bound(_Scope(), tuple((symbol, scope.extents[symbol]) for symbol in free))
            _, written = self._bound(named, node.over)
            where, body = self._greatest(node, named, [n for n, _ in written])[1:]
            self.maxima[key] = self._fresh("greatest")
            self.definitions.append(
                {
                    "name": self.maxima[key],
                    "indices": [named.names[symbol] for symbol in free],
                    "window": written,
                    "where": where,
                    "body": body,
                }
            )
        return self.maxima[key], free

    def _greatest(self, node: Maximum, scope: _Scope, window: Sequence[str]) -> list[Any]:
        own = _Scope(dict(scope.names), dict(scope.extents))
        for (symbol, extent), name in zip(node.over, window, strict=True):
            own.names[symbol], own.extents[symbol] = name, extent
        extents = [self._index(extent, scope) for _, extent in node.over]
        return [extents, [self._condition(c, own) for c in node.where], self._scalar(node.body, own)]

    def _canonical(self, ranges: Ranges, body: Scalar) -> list[Any]:
        inner = _Scope({s: f".f{k}" for k, (s, _) in enumerate(ranges)}, dict(ranges))
        return ["argument", self._scalar(body, inner)]


def _polynomial(data: list[Any]) -> dict[tuple[str, ...], int]:
    """An index in the form it is calculated with."""
    return {tuple(sorted(names)): coefficient for coefficient, names in data}
