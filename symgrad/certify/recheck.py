r"""Checking a certificate: the one file to trust, and it imports nothing of symgrad.

A certificate states a forward z, a tensor a that z is computed from, and a closed form, in plain data.
It says that for every change e of a, and all sizes that meet the assumptions,

\[ \sum_i \delta_i \, (\mathrm{D}z \cdot e)_i = \sum_q \text{closed form}_q \; e_q , \]

where \(\mathrm{D}z\cdot e\) is the first-order change of z. Both sides are sums of products over guarded sets
of index tuples. The checker opens them up by itself; the certificate says which of these products are
the same, by a map of index tuples each way. For every pair the checker shows that each map lands in
the other's set, that they undo each other, and that the same entries are read; then that the
coefficients of what is the same add up to the same number.

What an inequality follows from is searched for elsewhere; here only the combination found is checked:
products of known inequalities, with coefficients that are not negative, that add up to a negative number.

An index is a polynomial, `{monomial: coefficient}` with a monomial a sorted tuple of names. A scalar
is a list, its kind in front:

    ["number", "1/2", [[index, exponent], …]]      a rational, times powers of sizes
    ["read", tensor, [index, …]]                   an entry of a tensor
    ["apply", function, order, tensor, [index, …]] a derivative of a function, at an entry
    ["selected", maximum, [index, …]]              whether an entry is the one taken, 1 or 0
    ["sum", [[name, extent], …], scalar]           over 0 ≤ name < extent
    ["when", [[index, "≥" or "="], …], scalar]     where all conditions against 0 hold, else 0
    ["+", [scalar, …]], ["*", [scalar, …]]
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

Index: TypeAlias = dict[tuple[str, ...], int]
Scalar: TypeAlias = list[Any]
Condition: TypeAlias = tuple[Index, str]
Shape: TypeAlias = tuple[Any, ...]
Witness: TypeAlias = list[tuple[Fraction, tuple[int, ...]]]
Search: TypeAlias = Callable[[Sequence[Condition]], "Witness | None"]

PRODUCTS = 400
"""The most products a side may have."""


class Rejected(Exception):
    """Why a certificate proves nothing."""


# -- indices ----------------------------------------------------------------------------------------


def number(value: int) -> Index:
    """The constant."""
    return {(): value} if value else {}


def name(symbol: str) -> Index:
    """The index that is one name."""
    return {(symbol,): 1}


def plus(left: Index, right: Index, times: int = 1) -> Index:
    """left + times·right."""
    found = dict(left)
    for monomial, coefficient in right.items():
        total = found.get(monomial, 0) + times * coefficient
        if total:
            found[monomial] = total
        else:
            found.pop(monomial, None)
    return found


def product(left: Index, right: Index) -> Index:
    """left·right."""
    found: Index = {}
    for m, c in left.items():
        for n, d in right.items():
            found = plus(found, {tuple(sorted(m + n)): c * d})
    return found


def put(index: Index, values: Mapping[str, Index]) -> Index:
    """The index with names replaced."""
    if not any(symbol in values for monomial in index for symbol in monomial):
        return index
    found: Index = {}
    for monomial, coefficient in index.items():
        here = number(coefficient)
        for symbol in monomial:
            here = product(here, values.get(symbol, name(symbol)))
        found = plus(found, here)
    return found


def index_from(data: Any) -> Index:
    """An index from its JSON, `[[coefficient, [name, …]], …]`. Raises Rejected for anything else."""
    found: Index = {}
    if not isinstance(data, list):
        raise Rejected(f"not an index: {data!r}")
    for term in data:
        match term:
            case [int(coefficient), list(names)] if all(isinstance(n, str) for n in names):
                found = plus(found, {tuple(sorted(names)): int(coefficient)} if coefficient else {})
            case _:
                raise Rejected(f"not a term of an index: {term!r}")
    return found


def condition_from(data: Any) -> Condition:
    """A condition from its JSON, `[index, "≥" or "="]`."""
    match data:
        case [index, ("≥" | "=") as relation]:
            return index_from(index), relation
    raise Rejected(f"not a condition: {data!r}")


# -- what is stated ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Definition:
    """A tensor defined by its entry at the indices."""

    name: str
    indices: tuple[str, ...]
    extents: tuple[Index, ...]
    body: Scalar


@dataclass(frozen=True)
class Greatest:
    """The greatest `body` over the window indices that meet the conditions, for each of the indices."""

    name: str
    indices: tuple[str, ...]
    window: tuple[tuple[str, Index], ...]
    where: tuple[Condition, ...]
    body: Scalar


@dataclass
class Statement:
    """What a certificate claims; `wrt` None means that forward and closed form are the same tensor."""

    least: dict[str, int]
    floors: dict[str, tuple[Index, Index]]
    assumed: list[Condition]
    tensors: dict[str, tuple[Index, ...]]
    definitions: dict[str, Definition]
    maxima: dict[str, Greatest]
    forward: str
    wrt: str | None
    cotangent: str | None
    closed: str
    example: dict[str, int] = field(default_factory=dict)
    change: str = "e"
    moving: dict[str, bool] = field(default_factory=dict)

    @property
    def known(self) -> list[Condition]:
        """What is true of the sizes, the integer quotients among them."""
        found = [(plus(name(size), number(least), -1), "≥") for size, least in self.least.items()]
        for symbol, (top, bottom) in self.floors.items():
            left = plus(top, product(bottom, name(symbol)), -1)
            found += [(left, "≥"), (plus(plus(bottom, left, -1), number(1), -1), "≥")]
        return found + self.assumed

    def extents(self, tensor: str) -> tuple[Index, ...]:
        """The shape of a tensor."""
        if tensor in self.definitions:
            return self.definitions[tensor].extents
        if tensor not in self.tensors:
            raise Rejected(f"there is no tensor {tensor}")
        return self.tensors[tensor]


def statement_from(data: Any) -> Statement:
    """What a certificate states, from its JSON. Raises Rejected if it is not well formed."""
    try:
        stated = Statement(
            {str(size): int(least) for size, least in data["sizes"].items()},
            {str(s): (index_from(top), index_from(bottom)) for s, (top, bottom) in data["floors"].items()},
            [condition_from(c) for c in data["assumptions"]],
            {str(t): tuple(map(index_from, extents)) for t, extents in data["tensors"].items()},
            {},
            {},
            str(data["forward"]),
            data["wrt"],
            data["cotangent"],
            str(data["closed_form"]),
            {str(size): int(value) for size, value in data["example"].items()},
            str(data["change"]),
        )
        for d in data["definitions"]:
            if "window" in d:
                window = tuple((str(n), index_from(extent)) for n, extent in d["window"])
                where = tuple(map(condition_from, d["where"]))
                stated.maxima[d["name"]] = Greatest(d["name"], tuple(d["indices"]), window, where, d["body"])
            else:
                extents = tuple(map(index_from, d["extents"]))
                made = Definition(d["name"], tuple(d["indices"]), extents, d["body"])
                stated.definitions[d["name"]] = made
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        raise Rejected(f"not a certificate: {problem!r}") from None
    return stated


# -- the first-order change -------------------------------------------------------------------------


def changed(scalar: Scalar, stated: Statement) -> Scalar | None:
    """The first-order change of a scalar when `wrt` changes by `change`; None where there is none.

    The change of a definition d is read as the tensor `["change", d]`.
    """
    match scalar:
        case ["number", *_] | ["selected", *_]:
            return None
        case ["read", str(tensor), at]:
            if tensor == stated.wrt:
                return ["read", stated.change, at]
            if tensor in stated.maxima:
                best = stated.maxima[tensor]
                inner = changed(best.body, stated)
                if inner is None:
                    return None
                window = [[n, _index_data(extent)] for n, extent in best.window]
                offsets = [_index_data(name(n)) for n, _ in best.window]
                taken = ["*", [["selected", tensor, [[[1, [i]]] for i in best.indices] + offsets], inner]]
                body = ["when", [[_index_data(c), r] for c, r in best.where], taken] if best.where else taken
                return ["at", list(best.indices), at, ["sum", window, body]]
            if tensor in stated.definitions and moves(tensor, stated):
                return ["read", ["change", tensor], at]
            return None
        case ["apply", function, int(order), tensor, at]:
            inner = changed(["read", tensor, at], stated)
            return None if inner is None else ["*", [["apply", function, order + 1, tensor, at], inner]]
        case ["sum", over, body]:
            inner = changed(body, stated)
            return None if inner is None else ["sum", over, inner]
        case ["when", conditions, body]:
            inner = changed(body, stated)
            return None if inner is None else ["when", conditions, inner]
        case ["+", list(terms)]:
            parts = [part for part in (changed(t, stated) for t in terms) if part is not None]
            return None if not parts else parts[0] if len(parts) == 1 else ["+", parts]
        case ["*", list(factors)]:
            parts = []
            for place, factor in enumerate(factors):
                inner = changed(factor, stated)
                if inner is not None:
                    parts.append(["*", [*factors[:place], inner, *factors[place + 1 :]]])
            return None if not parts else parts[0] if len(parts) == 1 else ["+", parts]
    raise Rejected(f"not a scalar: {scalar!r}")


def moves(tensor: str, stated: Statement) -> bool:
    """Whether a definition changes to first order; a selector depends on `wrt` and does not."""
    if tensor not in stated.moving:
        stated.moving[tensor] = changed(stated.definitions[tensor].body, stated) is not None
    return stated.moving[tensor]


def depends(tensor: str, stated: Statement) -> bool:
    """Whether a tensor is computed from `wrt`, or is it."""
    if tensor == stated.wrt:
        return True
    inside = stated.definitions.get(tensor) or stated.maxima.get(tensor)
    return inside is not None and any(depends(inner, stated) for inner in read_in(inside.body))


def read_in(scalar: Scalar) -> Iterator[str]:
    """The tensors that a scalar reads, not opened up."""
    match scalar:
        case ["read" | "selected", str(tensor), _] | ["apply", _, _, str(tensor), _]:
            yield tensor
        case ["sum" | "when", _, body]:
            yield from read_in(body)
        case ["+" | "*", list(parts)]:
            for part in parts:
                yield from read_in(part)


def _index_data(index: Index) -> list[list[Any]]:
    return [[coefficient, list(monomial)] for monomial, coefficient in index.items()]


# -- sums of products -------------------------------------------------------------------------------


@dataclass
class Product:
    """value · Π size^exponent · Π entries, summed over the bound index tuples that meet the guard.

    `shape` says how the tuple is put together, for those who need to know: the bound names, nested.
    """

    value: Fraction = Fraction(1)
    powers: dict[tuple[tuple[tuple[str, ...], int], ...], int] = field(default_factory=dict)
    reads: list[tuple[str, tuple[Index, ...]]] = field(default_factory=list)
    bound: dict[str, Index] = field(default_factory=dict)
    guard: list[Condition] = field(default_factory=list)
    shape: Shape = ()

    def times(self, other: Product, shape: Shape) -> Product:
        """The product of two that share no bound name."""
        powers = dict(self.powers)
        for base, exponent in other.powers.items():
            powers[base] = powers.get(base, 0) + exponent
        return Product(
            self.value * other.value,
            {base: exponent for base, exponent in powers.items() if exponent},
            self.reads + other.reads,
            self.bound | other.bound,
            self.guard + other.guard,
            shape,
        )

    def known(self) -> list[Condition]:
        """What is true of its index tuples."""
        ranges = []
        for symbol, extent in self.bound.items():
            ranges += [(name(symbol), "≥"), (plus(plus(extent, name(symbol), -1), number(1), -1), "≥")]
        return ranges + self.guard


class Expansion:
    """Opens scalars up into products; every bound index gets a name of its own."""

    def __init__(self, stated: Statement) -> None:
        self.stated = stated
        self.taken = {*stated.least, *stated.floors, *stated.tensors, *stated.definitions, stated.change}

    def products(self, scalar: Scalar, scope: Mapping[str, Index]) -> list[Product]:
        """The products of a scalar, with the names in scope standing for indices."""
        match scalar:
            case ["number", str(value), list(powers)]:
                found = Product(_fraction(value))
                for base, exponent in powers:
                    factor = put(index_from(base), scope)
                    key = tuple(sorted(factor.items()))
                    found = found.times(Product(powers={key: int(exponent)}), ())
                return [found] if found.value else []
            case ["read", list([_, tensor]), at]:
                inner = self.stated.definitions[tensor]
                body = changed(inner.body, self.stated)
                return [] if body is None else self._opened(inner.indices, at, body, scope)
            case ["read", str(tensor), at] if tensor in self.stated.definitions:
                inner = self.stated.definitions[tensor]
                return self._opened(inner.indices, at, inner.body, scope)
            case ["at", indices, at, body]:
                return self._opened(indices, at, body, scope)
            case ["read", str(tensor), at]:
                return [Product(reads=[(tensor, self._at(at, scope))])]
            case ["apply", str(function), int(order), str(tensor), at]:
                return [Product(reads=[(applied(function, order, tensor), self._at(at, scope))])]
            case ["selected", str(maximum), at]:
                return [Product(reads=[(f"{maximum} selected", self._at(at, scope))])]
            case ["sum", list(over), body]:
                return self._sum(over, body, scope)
            case ["when", list(conditions), body]:
                guard = [(put(c, scope), r) for c, r in map(condition_from, conditions)]
                found = self.products(body, scope)
                for one in found:
                    one.guard = guard + one.guard
                return found
            case ["+", list(terms)]:
                return self._few([p for term in terms for p in self.products(term, scope)])
            case ["*", list(factors)]:
                return self._product(factors, scope)
        raise Rejected(f"not a scalar: {scalar!r}")

    def _at(self, at: Any, scope: Mapping[str, Index]) -> tuple[Index, ...]:
        return tuple(put(index_from(index), scope) for index in at)

    def _opened(
        self, indices: Sequence[str], at: Any, body: Scalar, scope: Mapping[str, Index]
    ) -> list[Product]:
        places = self._at(at, scope)
        if len(places) != len(indices):
            raise Rejected(f"{len(places)} indices for {len(indices)} axes")
        return self.products(body, dict(zip(indices, places, strict=True)))

    def _sum(self, over: Any, body: Scalar, scope: Mapping[str, Index]) -> list[Product]:
        if not over:
            return self.products(body, scope)
        (symbol, data), *rest = over
        extent, own = put(index_from(data), scope), self._fresh(symbol)
        found = self._sum(rest, body, {**scope, symbol: name(own)})
        for one in found:
            one.bound = {own: extent, **one.bound}
            one.shape = (own, one.shape)
        return found

    def _fresh(self, symbol: str) -> str:
        own, count = symbol, 1
        while own in self.taken:
            count += 1
            own = f"{symbol}{count}"
        self.taken.add(own)
        return own

    def _product(self, factors: Sequence[Scalar], scope: Mapping[str, Index]) -> list[Product]:
        """All products of one from each; a factor that sums nothing adds nothing to the shape."""
        result: list[Product] | None = None
        plain = True
        for factor in factors:
            found = self.products(factor, scope)
            simple = self.is_plain(factor)
            if result is None:
                result, plain = found, simple
                continue
            pairs = [(x, y) for x in result for y in found]
            result = self._few([x.times(y, y.shape if plain else (x.shape, y.shape)) for x, y in pairs])
            plain = plain and simple
        return [Product()] if result is None else result

    def is_plain(self, scalar: Scalar) -> bool:
        """Whether a scalar is one product that sums nothing and has no guard."""
        match scalar:
            case ["*", list(factors)]:
                return all(map(self.is_plain, factors))
            case ["read", list([_, tensor]), _]:
                body = changed(self.stated.definitions[tensor].body, self.stated)
                return body is not None and self.is_plain(body)
            case ["read", str(tensor), _] if tensor in self.stated.definitions:
                return self.is_plain(self.stated.definitions[tensor].body)
            case ["at", _, _, body]:
                return self.is_plain(body)
        return scalar[0] in ("number", "read", "apply", "selected")

    def _few(self, found: list[Product]) -> list[Product]:
        if len(found) > PRODUCTS:
            raise Rejected(f"more than {PRODUCTS} products")
        return found


def applied(function: str, order: int, tensor: str) -> str:
    """The name of a derivative of a function, applied to a tensor."""
    return f"{function}{chr(39) * order}({tensor})"


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise Rejected(f"not a number: {text!r}") from None


# -- checking ---------------------------------------------------------------------------------------


def sides(stated: Statement) -> tuple[list[Product], list[Product], list[Condition]]:
    """The products of both sides, and what is known of the position where there is one."""
    shape = stated.extents(stated.forward)
    if stated.wrt is None:
        position = stated.definitions[stated.forward].indices
        at = [[[1, [n]]] for n in position]
        scope = {n: name(n) for n in position}
        both = []
        for tensor in (stated.forward, stated.closed):
            expansion = Expansion(stated)
            expansion.taken |= set(position)
            both.append(expansion.products(["read", tensor, at], scope))
        return both[0], both[1], Product(bound=dict(zip(position, shape, strict=True))).known()
    left, right = stated_sides(stated)
    return (
        [] if left is None else Expansion(stated).products(left, {}),
        Expansion(stated).products(right, {}),
        [],
    )


def stated_sides(stated: Statement) -> tuple[Scalar | None, Scalar]:
    """Σ δ·(Dz·e) and Σ closed·e as scalars; the first is None where z does not depend on `wrt`."""
    assert stated.wrt is not None
    left = _paired(stated.forward, stated.cotangent, None, stated)
    return left, _paired(stated.wrt, stated.closed, stated.change, stated) or ["+", []]


def _paired(over: str, factor: str | None, tensor: str | None, stated: Statement) -> Scalar | None:
    """Σ factor·tensor over the shape of `over`; with no tensor, the change of `over` is meant."""
    count = len(stated.extents(over))
    names = [f"i{k}" for k in range(count)]
    inside = stated.definitions.get(over if tensor is None else str(factor))
    if inside is not None and inside.indices:
        names = list(inside.indices)
    at = [[[1, [n]]] for n in names]
    entry: Scalar | None = ["read", tensor, at] if tensor else changed(["read", over, at], stated)
    if entry is None:
        return None
    body = entry if factor is None else ["*", [["read", factor, at], entry]]
    ranges = [[n, _index_data(e)] for n, e in zip(names, stated.extents(over), strict=True)]
    return ["sum", ranges, body]


@dataclass(frozen=True)
class Rechecked:
    """What was checked: how many products on each side, and in how many groups."""

    left: int
    right: int
    groups: int


def recheck(data: Any, search: Search) -> Rechecked:
    """Check a certificate. Raises Rejected, with the reason, if it does not prove what it states.

    `search` finds which combination of given conditions is impossible; what it finds is checked.
    """
    stated = statement_from(data)
    return _Check(stated, search).run(data)


class _Check:
    def __init__(self, stated: Statement, search: Search) -> None:
        self.stated = stated
        self.search = search
        left, right, position = sides(stated)
        self.products = {"left": left, "right": right}
        self.known = stated.known + position

    def run(self, data: Any) -> Rechecked:
        self._example()
        self._shapes()
        seen: list[tuple[str, int]] = []
        try:
            for members in data["groups"]:
                seen += [(m["side"], m["number"]) for m in members]
                self._group(members)
            for side, place in data["empty"]:
                seen.append((side, place))
                known = self.known + self.products[side][place].known()
                self._show(known, (number(-1), "≥"), f"{side} product {place} is not empty")
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as problem:
            raise Rejected(f"not a certificate: {problem!r}") from None
        every = [(side, k) for side, found in self.products.items() for k in range(len(found))]
        if sorted(seen) != sorted(every):
            raise Rejected("the groups do not have every product once")
        return Rechecked(len(self.products["left"]), len(self.products["right"]), len(data["groups"]))

    def _example(self) -> None:
        """There are sizes that meet the assumptions: those of the example."""
        values = {size: number(value) for size, value in self.stated.example.items()}
        for index, relation in self.stated.known:
            value = put(index, values)
            if set(value) - {()} or not _true(value.get((), 0), relation):
                raise Rejected(f"the example does not meet the assumption {index} {relation} 0")

    def _shapes(self) -> None:
        pairs = [(self.stated.forward, self.stated.cotangent), (self.stated.wrt, self.stated.closed)]
        if self.stated.wrt is None:
            pairs = [(self.stated.forward, self.stated.closed)]
        for one, other in pairs:
            if one is None or other is None:
                continue
            first, second = self.stated.extents(one), self.stated.extents(other)
            if len(first) != len(second):
                raise Rejected(f"{one} and {other} have different numbers of axes")
            for x, y in zip(first, second, strict=True):
                self._show(self.stated.known, (plus(x, y, -1), "="), f"{one} and {other} differ in shape")

    def _group(self, members: Sequence[Any]) -> None:
        chosen = [self.products[m["side"]][m["number"]] for m in members]
        if any(m["number"] < 0 for m in members):
            raise Rejected("a product has a number that is negative")
        for data, member in zip(members[1:], chosen[1:], strict=True):
            there = {str(n): index_from(index) for n, index in data["to"].items()}
            back = {str(n): index_from(index) for n, index in data["from"].items()}
            self._lands(chosen[0], member, back, there)
            self._reads(member, chosen[0], there, self._lands(member, chosen[0], there, back))
        signs = [1 if m["side"] == "left" else -1 for m in members]
        if self._total(list(zip(signs, chosen, strict=True))):
            raise Rejected("the coefficients of equal sums do not add up")

    def _lands(
        self, one: Product, other: Product, there: dict[str, Index], back: dict[str, Index]
    ) -> list[Condition]:
        """The map takes every index tuple of `one` to one of `other`, and the other map takes it back.

        What is known of the tuples of `one` afterwards is returned.
        """
        known = self.known + one.known()
        if set(there) != set(other.bound) or set(back) != set(one.bound):
            raise Rejected("a map does not give every index")
        returned = {n: plus(put(back[n], there), name(n), -1) for n in one.bound}
        left = {n: (index, "=") for n, index in returned.items() if index}
        while left:  # one that is shown may help to show the others
            shown = [n for n, goal in left.items() if self._follows(known, goal)]
            if not shown:
                raise Rejected(f"the maps do not undo each other in {', '.join(left)}")
            known += [left.pop(n) for n in shown]
        for index, relation in other.known():
            goal = put(index, there), relation
            self._show(known, goal, f"a map leaves the index set: {goal[0]} {relation} 0")
        return known

    def _reads(self, one: Product, other: Product, there: dict[str, Index], known: list[Condition]) -> None:
        """Both read the same entries, in some order."""
        left = [(key, tuple(put(index, there) for index in at)) for key, at in other.reads]
        for key, at in one.reads:
            for place, (other_key, other_at) in enumerate(left):
                if key == other_key and len(at) == len(other_at):
                    pairs = zip(at, other_at, strict=True)
                    if all(self._follows(known, (plus(x, y, -1), "=")) for x, y in pairs):
                        del left[place]
                        break
            else:
                raise Rejected(f"an entry of {key} is read on one side only")
        if left:
            raise Rejected(f"an entry of {left[0][0]} is read on one side only")

    def _total(self, members: Sequence[tuple[int, Product]]) -> dict[tuple[str, ...], Fraction]:
        """The sum of the coefficients, all multiplied by their common denominator."""
        common: dict[tuple[tuple[tuple[str, ...], int], ...], int] = {}
        for _, member in members:
            for base, exponent in member.powers.items():
                common[base] = max(common.get(base, 0), -exponent)
        for base in common:
            self._show(self.known, (plus(dict(base), number(1), -1), "≥"), "a denominator may be 0")
        total: dict[tuple[str, ...], Fraction] = {}
        for sign, member in members:
            whole = number(1)
            for base, least in common.items():
                for _ in range(least + member.powers.get(base, 0)):
                    whole = product(whole, dict(base))
            for monomial, coefficient in whole.items():
                total[monomial] = total.get(monomial, Fraction(0)) + sign * member.value * coefficient
        return {monomial: value for monomial, value in total.items() if value}

    # -- what follows from what -----------------------------------------------------------------------
    def _show(self, known: Sequence[Condition], goal: Condition, otherwise: str) -> None:
        if not self._follows(known, goal):
            raise Rejected(otherwise)

    def _follows(self, known: Sequence[Condition], goal: Condition) -> bool:
        index, relation = goal
        if set(index) <= {()} and _true(index.get((), 0), relation):
            return True
        if goal in known:
            return True
        if relation == "=":
            return all(self._follows(known, (i, "≥")) for i in (index, plus({}, index, -1)))
        rows = [*known, (plus(number(-1), index, -1), "≥")]
        witness = self.search(rows)
        return witness is not None and is_impossible(rows, witness)


def is_impossible(rows: Sequence[Condition], witness: Witness) -> bool:
    """Whether the witness shows that the conditions have no common solution in integers: the products
    of the rows it names, with the coefficients it gives, add up to a negative number.

    A product of conditions ≥ 0 is ≥ 0, and one with a condition = 0 in it is 0, so that its
    coefficient may have any sign.
    """
    total: dict[tuple[str, ...], Fraction] = {}
    for coefficient, places in witness:
        if not places or (coefficient < 0 and all(rows[place][1] == "≥" for place in places)):
            return False
        here = number(1)
        for place in places:
            here = product(here, rows[place][0])
        for monomial, value in here.items():
            total[monomial] = total.get(monomial, Fraction(0)) + coefficient * value
    left = {monomial: value for monomial, value in total.items() if value}
    return set(left) == {()} and left[()] < 0


def _true(value: int, relation: str) -> bool:
    return value == 0 if relation == "=" else value >= 0
