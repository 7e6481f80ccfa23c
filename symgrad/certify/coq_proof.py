"""The proof of a certificate as Coq tactics: one fact for every pair of products that are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symgrad.certify.coq_text import Scalars, index_text
from symgrad.certify.farkas import search
from symgrad.certify.recheck import (
    Check,
    Condition,
    Expansion,
    Index,
    Product,
    Scalar,
    Statement,
    Use,
    Witness,
    number,
    plus,
)

Name = tuple[str, int]


class Shaped(Expansion):
    """Remembers how the index tuple of every product is put together: its names, nested in pairs."""

    def _sum(
        self, over: Sequence[tuple[str, Index]], body: Scalar, scope: Mapping[str, Index]
    ) -> list[Product]:
        found = super()._sum(over, body, scope)
        for one in found:
            for n in reversed(list(one.bound)[: len(over)]):
                one.shape = (n, one.shape)
        return found

    def _product(self, factors: Sequence[Scalar], scope: Mapping[str, Index]) -> list[Product]:
        """A factor that sums nothing adds nothing to the shape."""
        result: list[Product] | None = None
        plain = True
        for factor in factors:
            found, simple = self.products(factor, scope), self._is_plain(factor)
            if result is None:
                result, plain = found, simple
                continue
            pairs = [(x, y) for x in result for y in found]
            result = [x.times(y) for x, y in pairs]
            for one, (x, y) in zip(result, pairs, strict=True):
                one.shape = y.shape if plain else (x.shape, y.shape)
            plain = plain and simple
        return [Product()] if result is None else result

    def _is_plain(self, scalar: Scalar) -> bool:
        """Whether a scalar is one product that sums nothing and has no guard."""
        match scalar:
            case ["*", factors]:
                return all(map(self._is_plain, factors))
            case ["read", [_, tensor], _]:
                body = self.stated.moves(tensor)
                return body is not None and self._is_plain(body)
            case ["read", tensor, _] if tensor in self.stated.definitions:
                return self._is_plain(self.stated.definitions[tensor].body)
            case ["at", _, _, body]:
                return self._is_plain(body)
        return scalar[0] in ("number", "read", "apply", "selected")


class Recorder(Check):
    """Checks a certificate, and remembers for every map what was used beyond linear arithmetic."""

    def __init__(self, stated: Statement, uses: Sequence[Use]) -> None:
        super().__init__(stated, uses, self._recorded, Shaped)
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


class Facts:
    """The tactics that turn what is left to show into an equation of numbers, and show that."""

    def __init__(self, data: dict[str, Any], checker: Recorder, scalars: Scalars) -> None:
        self.data = data
        self.checker = checker
        self.products = checker.products
        self.steps = checker.steps
        self.scalars = scalars
        self.names: dict[Name, str] = {
            (side, k): f"{side}{k + 1}" for side in ("left", "right") for k in range(len(self.products[side]))
        }

    def lines(self) -> Iterator[str]:
        """The tactics, from the products of both sides on."""
        patterns = [
            "; ".join(f"?p{m}" for (owner, _), m in self.names.items() if owner == side)
            for side in ("left", "right")
        ]
        called = [pattern.replace("?p", "") for pattern in patterns]
        posed = [f"pose ({m} := p{m})" for m in self.names.values()]
        yield f"  match goal with |- values outermost [{patterns[0]}] = values outermost [{patterns[1]}] =>"
        posed.append(f"change (values outermost [{called[0]}] = values outermost [{called[1]}])")
        yield f"    {'; '.join(posed)} end."
        facts = []
        for group in self.data["groups"]:
            first = (group[0]["side"], group[0]["number"])
            for member in group[1:]:
                one = (member["side"], member["number"])
                fact = f"same_{self.names[one]}"
                facts.append(fact)
                yield from self._same(member, one, first, fact)
        for side, k in self.data["empty"]:
            fact = f"empty_{self.names[side, k]}"
            facts.append(fact)
            yield f"  assert ({fact} : value outermost {self.names[side, k]} = 0)."
            yield f"  {{ no_tuples {self.names[side, k]}. {_intro(self.products[side][k])} lia. }}"
        laws = self.scalars.numbers.laws
        rewrites = f" rewrite {', '.join(f'?{fact}' for fact in facts)}." if facts else ""
        yield f"  cbn [values].{rewrites} numbers. {f'ring [{laws}]' if laws else 'ring'}."

    def _same(
        self,
        member: Mapping[str, Any],
        one: Name,
        first: Name,
        fact: str,
    ) -> Iterator[str]:
        p, r = self.products[one[0]][one[1]], self.products[first[0]][first[1]]
        there, back = self.checker.map(member["to"], p), self.checker.map(member["from"], r)
        powers = [
            (dict(base), p.powers.get(base, 0) - r.powers.get(base, 0)) for base in {**p.powers, **r.powers}
        ]
        ratio = self.scalars.number(p.value / r.value, [pair for pair in powers if pair[1]])
        laws = self.scalars.numbers.laws
        ring = f"first [ring | ring [{laws}]]" if laws else "ring"
        this, other = self.names[one], self.names[first]
        yield f"  assert ({fact} : value outermost {this} = {ratio} * value outermost {other})."
        yield f"  {{ same_sum {this} {other} {ratio}"
        yield f"      ({_fun(p.shape)}{_tuple(r.shape, there)})%Z"
        yield f"      ({_fun(r.shape)}{_tuple(p.shape, back)})%Z."
        yield f"    - {_intro(p)}"
        yield from (f"      {step}" for step in self.steps.get((id(p), id(r)), ()))
        yield f"      tuple_parts; lia_or (numbers; same_entries; {ring})."
        yield f"    - {_intro(r)}"
        yield from (f"      {step}" for step in self.steps.get((id(r), id(p)), ()))
        yield "      tuple_parts; lia. }"


def _fun(shape: Any) -> str:
    """The beginning of a map of index tuples, one index after the other."""
    names = " ".join(_flat(shape))
    return f"fun {names} => " if names else ""


def _intro(product: Product) -> str:
    """Every index of a product, and what is known of it."""
    names = " ".join(f"{n} ?known" for n in _flat(product.shape))
    return f"intros {names}. guards_known." if names else "guards_known."


def _flat(shape: Any) -> Iterator[str]:
    """The names in a shape."""
    if isinstance(shape, str):
        yield shape
    else:
        for part in shape:
            yield from _flat(part)


def _tuple(shape: Any, values: Mapping[str, Index]) -> str:
    """The index tuple of a product, with these values of its indices."""
    if isinstance(shape, str):
        return index_text(values[shape])
    return f"({', '.join(_tuple(part, values) for part in shape)})" if shape else "tt"
