r"""Checking a certificate, without isl and without the decision procedure: this file is all that is trusted.

A certificate states a forward z, a tensor a that z is computed from, and a closed form, in plain data.
It says that for every change e of a, and all sizes that meet the assumptions,

\[ \sum_i \delta_i \, (\mathrm{D}z \cdot e)_i = \sum_q \text{closed form}_q \; e_q , \]

where \(\mathrm{D}z\cdot e\) is the first-order change of z by the chain rule, with `SLOPES` for the functions
that are known. Both sides are sums of products over guarded sets of index tuples, and are opened up here.
The certificate says which of these products are the same, by a map of index tuples each way. For every
pair it is shown that each map lands in the other's set, that they undo each other, and that the same
entries are read; then that the coefficients of what is the same add up to 0.

That reads are inside their tensors is not checked: a tensor is a function of all lists of integers. What
else is known of functions and of inputs is in `Statement.law`. What an inequality follows from is searched
for elsewhere; here only the combination found is checked: products of known inequalities, with
coefficients that are not negative, that add up to a negative number. What is stated are the definitions
and the names that say which of them is which; `name`, `claim`, `title`, `scope` and `called` are labels for
readers, and not looked at.

An index is a polynomial, `[[coefficient, [name, …]], …]`. A scalar is a list, its kind in front:

    ["number", "1/2", [[index, exponent], …]]      a rational, times powers of sizes
    ["read", tensor, [index, …]]                   an entry of a tensor
    ["apply", function, order, tensor, [index, …]] a derivative of a function, at an entry
    ["selected", maximum, [index, …]]              whether an entry is the one taken, 1 or 0
    ["sum", [[name, extent], …], scalar]           over 0 ≤ name < extent
    ["when", [[index, "≥" or "="], …], scalar]     where all conditions against 0 hold, else 0
    ["+", [scalar, …]], ["*", [scalar, …]]

Nothing but Python's standard library is imported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

Monomial: TypeAlias = tuple[str, ...]
Index: TypeAlias = dict[Monomial, int]  # {sorted names: coefficient}, no coefficient is 0
Condition: TypeAlias = tuple[Index, str]  # ≥ 0 or = 0
Scalar: TypeAlias = list[Any]  # as above, with indices and numbers read
Key: TypeAlias = tuple[Any, ...]  # what an entry is of: a tensor, or what was done to one
Witness: TypeAlias = list[tuple[int, tuple[int, ...]]]  # coefficients of products of conditions
Search: TypeAlias = Callable[[Sequence[Condition]], "Witness | None"]

PRODUCTS = 400
"""The most products a side may have, and the most entries, indices, conditions or powers a product."""
STEPS = 100_000
"""The most scalars that are looked at while one is opened up."""
TERMS, DEGREE, BITS = 1000, 64, 20_000
"""The most terms of an index, names in one of them, and binary digits of a coefficient: whoever sends a
certificate shall not keep the checker busy for ever."""
UNIT = Fraction(1)
ONE: Scalar = ["number", UNIT, []]
SLOPES: dict[str, list[tuple[str, list[str]]]] = {
    "exp": [("1", ["exp"])],
    "log": [("1", ["reciprocal"])],
    "tanh": [("1", []), ("-1", ["tanh", "tanh"])],
    "sigmoid": [("1", ["sigmoid"]), ("-1", ["sigmoid", "sigmoid"])],
    "softplus": [("1", ["sigmoid"])],
    "Phi": [("1", ["phi"])],
    "phi": [("-1", ["", "phi"])],
    "step": [],
    "reciprocal": [("-1", ["reciprocal", "reciprocal"])],
    "root": [("1/2", ["inverse_root"])],
    "inverse_root": [("-1/2", ["inverse_root", "inverse_root", "inverse_root"])],
}
"""The derivatives of known functions at x, as sums of products of functions of x; "" is x itself. The last
three are x^(-1), x^(1/2) and x^(-1/2). That of a function which is not here is another one."""


class Rejected(Exception):
    """Why a certificate proves nothing."""


@dataclass(frozen=True)
class Rechecked:
    """What was checked: how many products on each side, and in how many groups."""

    left: int
    right: int
    groups: int


def recheck_text(text: str, search: Search) -> Rechecked:
    """Check a certificate that is JSON text. Raises Rejected, as `recheck` does."""
    try:
        return recheck(json.JSONDecoder().decode(text), search)
    except (ValueError, RecursionError) as problem:
        raise Rejected(f"not JSON: {problem}") from None


def recheck(data: Any, search: Search) -> Rechecked:
    """Check a certificate. Raises Rejected, with the reason, if it does not prove what it states.

    `search` finds which combination of given conditions is impossible; what it finds is checked.
    """
    if not isinstance(data, dict):
        raise Rejected("not a certificate: it is no JSON object")
    if data.get("certificate", 1) != 1:
        raise Rejected(f"a certificate of version {data['certificate']!r}; version 1 is read here")
    try:
        stated = Statement(data)
        return Check(stated, [stated.use(use) for use in data["uses"]], search).run(data)
    except KeyError as problem:
        raise Rejected(f"not a certificate: there is no {problem}") from None
    except (TypeError, ValueError, IndexError, AttributeError, ArithmeticError, RecursionError) as problem:
        raise Rejected(f"not a certificate: {problem}") from None


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
            monomial = tuple(sorted(m + n))
            found[monomial] = found.get(monomial, 0) + c * d
    if len(found) > TERMS or any(len(m) > DEGREE or c.bit_length() > BITS for m, c in found.items()):
        raise Rejected("an index is too large")
    return {m: c for m, c in found.items() if c}


def put(index: Index, values: Mapping[str, Index]) -> Index:
    """The index with names replaced, all at once."""
    if len(index) == 1:
        ((names, only),) = index.items()
        if only == 1 and len(names) == 1:
            return values.get(names[0], index)
    found: Index = {}
    for monomial, coefficient in index.items():
        if values.keys().isdisjoint(monomial):
            found = plus(found, {monomial: coefficient})
        elif len(monomial) == 1:
            found = plus(found, values[monomial[0]], coefficient)
        else:
            here = number(coefficient)
            for symbol in monomial:
                here = product(here, values[symbol] if symbol in values else name(symbol))
            found = plus(found, here)
    return found


def below(index: Index, extent: Index) -> list[Condition]:
    """0 ≤ index < extent."""
    return [(index, "≥"), (plus(plus(extent, index, -1), number(1), -1), "≥")]


def whole(value: Any) -> int:
    """An integer of JSON, and nothing that only looks like one."""
    if type(value) is not int:
        raise Rejected(f"not an integer: {value!r}")
    return value


def inside(scope: frozenset[str], symbol: Any) -> frozenset[str]:
    """The scope with one more name in it, which had no meaning."""
    if not isinstance(symbol, str) or symbol in scope:
        raise Rejected(f"{symbol} has a meaning already")
    return scope | {symbol}


def is_true(value: int, relation: str) -> bool:
    """Whether a number meets a condition."""
    return value == 0 if relation == "=" else value >= 0


# -- what is stated ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Definition:
    """A tensor by its entry at the indices: the body, or its greatest value over the window indices that
    meet the conditions; a maximum is known by its indices only, and has no shape."""

    name: str
    indices: tuple[str, ...]
    extents: tuple[Index, ...]
    body: Scalar
    window: tuple[tuple[str, Index], ...] = ()
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Law:
    """left = right, where the conditions hold; with `same`, where these two entries are equal as well; with
    `divisor`, where that tensor is what the statement divides by, or takes the logarithm of."""

    left: Scalar
    right: Scalar
    where: list[Condition] = field(default_factory=list)
    same: tuple[Scalar, Scalar] | None = None
    divisor: str | None = None


@dataclass(frozen=True)
class Use:
    """A law, and what its two sides are multiplied with and summed over."""

    law: Law
    over: list[tuple[str, Index]]
    when: list[Condition]
    times: Scalar

    @property
    def known(self) -> list[Condition]:
        """What is true wherever the law is used."""
        return [c for symbol, extent in self.over for c in below(name(symbol), extent)] + self.when

    @property
    def scalar(self) -> Scalar:
        """What is 0: the sum of times·(left - right)."""
        minus = ["number", Fraction(-1), []]
        difference = ["+", [self.law.left, ["*", [minus, self.law.right]]]]
        factors = self.times[1] if self.times[0] == "*" else [self.times]
        body: Scalar = ["*", [*factors, difference]]
        body = ["when", self.when, body] if self.when else body
        return ["sum", self.over, body] if self.over else body


class Statement:
    """What a certificate claims, from its JSON; `wrt` None means that forward and closed form are the same
    tensor. Raises Rejected where something has no meaning: every name is given one before it is used."""

    def __init__(self, data: Any) -> None:
        self.least: dict[str, int] = {}
        self.floors: dict[str, tuple[Index, Index]] = {}
        self.tensors: dict[str, tuple[Index, ...]] = {}
        self.definitions: dict[str, Definition] = {}
        self.maxima: dict[str, Definition] = {}
        self.denominators: list[Index] = []
        self.sizes: frozenset[str] = frozenset()
        self._names: set[str] = set()
        self.axes: dict[str, int] = {}
        self._selectors: dict[str, int] = {}
        self._changes: dict[str, Scalar | None] = {}
        for size, least in data["sizes"].items():
            self.least[self._new(size)] = whole(least)
        self.sizes = frozenset(self.least)
        for q, (top, bottom) in data["floors"].items():
            self.floors[self._new(q)] = self.index(top, self.sizes), self.index(bottom, self.sizes)
            self.sizes |= {q}
        self.assumed = self.conditions(data["assumptions"], self.sizes)
        for tensor, extents in data["tensors"].items():
            self.tensors[self._new(tensor)] = tuple(self.indices(extents, self.sizes))
            self.axes[tensor] = len(extents)
        for definition in data["definitions"]:
            self._define(definition)
        self.forward, self.closed = str(data["forward"]), str(data["closed_form"])
        self.wrt, self.cotangent = data["wrt"], data["cotangent"]
        self.change = self._new(data["change"])
        self.hypotheses: list[tuple[str, tuple[int, ...]]] = []
        for tensor, places in data["hypotheses"]:  # at most one of a tensor, so that some tensor meets it
            axes = tuple(map(whole, places))
            fits = tensor in self.tensors and tensor != self.wrt
            fits = fits and sorted(set(axes) & set(range(self.axes[tensor]))) == list(axes)
            if not fits or any(tensor == other for other, _ in self.hypotheses):
                raise Rejected(f"not a hypothesis: {tensor} sums to one over {places}")
            self.hypotheses.append((tensor, axes))
        self.example = {size: whole(data["example"][size]) for size in (*self.least, *self.floors)}
        if self.forward not in self.definitions:
            raise Rejected(f"the forward {self.forward} is not defined")
        if self.wrt is not None:
            if self.wrt not in self.tensors:
                raise Rejected(f"there is no tensor {self.wrt} to change")
            self.axes[self.change] = self.axes[self.wrt]

    @property
    def known(self) -> list[Condition]:
        """What is true of the sizes, the integer quotients among them."""
        found: list[Condition] = [(plus(name(n), number(least), -1), "≥") for n, least in self.least.items()]
        for symbol, (top, bottom) in self.floors.items():
            found += below(plus(top, product(bottom, name(symbol)), -1), bottom)
        return found + self.assumed

    @property
    def position(self) -> tuple[str, ...]:
        """The indices at which two tensors are compared, if that is what is claimed."""
        return self.definitions[self.forward].indices if self.wrt is None else ()

    def extents(self, tensor: str) -> tuple[Index, ...]:
        """The shape of a tensor."""
        if tensor in self.definitions:
            return self.definitions[tensor].extents
        if tensor not in self.tensors:
            raise Rejected(f"there is no tensor {tensor}")
        return self.tensors[tensor]

    def unused(self, letter: str, count: int) -> list[str]:
        """Names for indices that no size has."""
        names = [f"{letter}{axis}" for axis in range(count)]
        while not self.sizes.isdisjoint(names):
            names = [f"{n}'" for n in names]
        return names

    # -- reading JSON -------------------------------------------------------------------------------
    def _new(self, symbol: Any) -> str:
        if not isinstance(symbol, str) or symbol in self._names:
            raise Rejected(f"{symbol} has a meaning already")
        self._names.add(symbol)
        return symbol

    def _define(self, data: Any) -> None:
        scope = self.sizes
        for symbol in data["indices"]:
            scope = inside(scope, symbol)
        if "window" in data:
            window, inner = self.ranges(data["window"], scope)
            where, body = self.conditions(data["where"], inner), self.scalar(data["body"], inner)
            made = Definition(data["name"], tuple(data["indices"]), (), body, tuple(window), tuple(where))
            self._selectors[made.name] = len(made.indices) + len(window)
        else:
            extents, body = self.indices(data["extents"], self.sizes), self.scalar(data["body"], scope)
            made = Definition(data["name"], tuple(data["indices"]), tuple(extents), body)
            if len(extents) != len(made.indices):
                raise Rejected(f"{made.name} has not as many extents as indices")
        (self.maxima if "window" in data else self.definitions)[self._new(made.name)] = made
        self.axes[made.name] = len(made.indices)

    def index(self, data: Any, scope: frozenset[str]) -> Index:
        """An index, in which only names in scope occur."""
        found: Index = {}
        for coefficient, names in data:
            for symbol in names:
                if symbol not in scope:
                    raise Rejected(f"{symbol} is neither a size nor an index in scope")
            monomial = tuple(sorted(names))
            found[monomial] = found.get(monomial, 0) + whole(coefficient)
        return {monomial: coefficient for monomial, coefficient in found.items() if coefficient}

    def indices(self, data: Any, scope: frozenset[str]) -> list[Index]:
        """Several of them."""
        return [self.index(index, scope) for index in data]

    def conditions(self, data: Any, scope: frozenset[str]) -> list[Condition]:
        """Conditions, each an index against 0."""
        if any(relation not in ("≥", "=") for _, relation in data):
            raise Rejected(f"not conditions: {data!r}")
        return [(self.index(index, scope), relation) for index, relation in data]

    def ranges(self, data: Any, scope: frozenset[str]) -> tuple[list[tuple[str, Index]], frozenset[str]]:
        """Names with their extents, and the scope inside."""
        found = []
        for symbol, extent in data:
            found.append((symbol, self.index(extent, scope)))
            scope = inside(scope, symbol)
        return found, scope

    def scalar(self, data: Any, scope: frozenset[str]) -> Scalar:
        """A scalar, in which only names in scope and tensors defined before occur."""
        match data:
            case ["number", str(value), list(powers)] if re.fullmatch("-?[0-9]+(/[0-9]+)?", value):
                raised = [(self.index(base, self.sizes), whole(exponent)) for base, exponent in powers]
                self.denominators += [base for base, exponent in raised if exponent < 0]
                return ["number", Fraction(value), raised]
            case ["read", str(tensor), list(at)] if self.axes.get(tensor) == len(at):
                return ["read", tensor, self.indices(at, scope)]
            case ["apply", str(f), int(n), str(tensor), list(at)] if self.axes.get(tensor) == len(at):
                if n < 0 or (n and f in SLOPES):
                    raise Rejected(f"without meaning: the derivative {n} of {f}")
                return ["apply", f, n, tensor, self.indices(at, scope)]
            case ["selected", str(tensor), list(at)] if self._selectors.get(tensor) == len(at):
                return ["selected", tensor, self.indices(at, scope)]
            case ["sum", list(over), body]:
                ranges, inner = self.ranges(over, scope)
                return ["sum", ranges, self.scalar(body, inner)]
            case ["when", list(conditions), body]:
                return ["when", self.conditions(conditions, scope), self.scalar(body, scope)]
            case ["+" | "*" as kind, list(parts)]:
                return [kind, [self.scalar(part, scope) for part in parts]]
        raise Rejected(f"without meaning: {data!r}")

    def use(self, data: Any) -> Use:
        """A use of a law: Σ over · [when] · times · (left - right), which is added to the left side."""
        over, scope = self.ranges(data["over"], self.sizes.union(self.position))
        when = self.conditions(data["when"], scope)
        return Use(self.law(data["law"], scope), over, when, self.scalar(data["times"], scope))

    def law(self, data: Any, scope: frozenset[str]) -> Law:
        """What is known of functions and of inputs; no other equations than these are used:

        ["cancel", t, at]          t·reciprocal(t) = 1, a premise of the theorem, which divides by t
        ["step", t, at]            step(t)·step(t) = step(t)
        ["stepped", t, u, at]      step(t) = step(u), where t is u·step(u)
        ["hypothesis", k, at]      the entries of an input sum to one, as the k-th hypothesis says
        ["count", extents]         the sum of 1 over ranges is the product of their extents
        ["same", f, t, at, u, at2] f(t) = f(u), where t and u are the same polynomial of the same entries
        ["exponents", […], […]]    Π exp(t) = Π exp(u) over pairs [t, at] and [u, at2], where Σ t = Σ u so
        ["inverse", t, u, at]      exp(t) = u, where t is log(u), a premise of the theorem, which divides by u
        """
        match data:
            case ["cancel", tensor, at]:
                one, other = self._taken("reciprocal", tensor, at, scope)
                return Law(["*", [one, other]], ONE, self._within(tensor, one[2]), divisor=tensor)
            case ["step", tensor, at]:
                _, step = self._taken("step", tensor, at, scope)
                return Law(["*", [step, step]], step)
            case ["stepped", tensor, ramp, at]:
                (one, left), (two, right) = (self._taken("step", t, at, scope) for t in (tensor, ramp))
                return Law(left, right, same=(one, ["*", [two, right]]))
            case ["hypothesis", int(k), at] if 0 <= k < len(self.hypotheses):
                return self._hypothesis(*self.hypotheses[k], self.indices(at, scope))
            case ["count", list(extents)]:
                counts = self.indices(extents, self.sizes)
                ranges = list(zip(self.unused("k", len(counts)), counts, strict=True))
                extent: Scalar = ["number", UNIT, [(count, 1) for count in counts]]
                return Law(["sum", ranges, ONE], extent, [(count, "≥") for count in counts])
            case ["same", str(function), tensor, at, other, there]:
                one, left = self._taken(function, tensor, at, scope)
                two, right = self._taken(function, other, there, scope)
                return Law(left, right, same=(one, two))
            case ["exponents", list(one), list(other)]:
                first = [self._taken("exp", tensor, at, scope) for tensor, at in one]
                second = [self._taken("exp", tensor, at, scope) for tensor, at in other]
                same = ["+", [t for t, _ in first]], ["+", [t for t, _ in second]]
                return Law(["*", [e for _, e in first]], ["*", [e for _, e in second]], same=same)
            case ["inverse", tensor, other, at]:
                one, left = self._taken("exp", tensor, at, scope)
                right, log = self._taken("log", other, at, scope)
                return Law(left, right, self._within(other, right[2]), (one, log), other)
        raise Rejected(f"not a law: {data!r}")

    def _taken(self, function: str, tensor: Any, at: Any, scope: frozenset[str]) -> tuple[Scalar, Scalar]:
        """An entry, and a function of it."""
        entry = self.scalar(["read", tensor, at], scope)
        return entry, ["apply", function, 0, *entry[1:]]

    def _within(self, tensor: str, at: list[Index]) -> list[Condition]:
        """That a place is inside a tensor."""
        return [c for i, extent in zip(at, self.extents(tensor), strict=True) for c in below(i, extent)]

    def _hypothesis(self, tensor: str, axes: tuple[int, ...], at: list[Index]) -> Law:
        """At the axes summed over, `at` has nothing."""
        extents, names = self.tensors[tensor], self.unused("k", len(self.tensors[tensor]))
        free = [axis for axis in range(len(extents)) if axis not in axes]
        entry: Scalar = ["read", tensor, [name(n) for n in names]]
        total = ["sum", [(names[axis], extents[axis]) for axis in axes], entry]
        where = [c for axis, i in zip(free, at, strict=True) for c in below(i, extents[axis])]
        return Law(["at", [names[axis] for axis in free], at, total], ONE, where)

    # -- the chain rule -----------------------------------------------------------------------------
    def moves(self, tensor: str) -> Scalar | None:
        """The first-order change of a definition's body; None where there is none."""
        if tensor not in self._changes:
            defined = self.maxima if tensor in self.maxima else self.definitions
            self._changes[tensor] = self.changed(defined[tensor].body)
        return self._changes[tensor]

    def changed(self, scalar: Scalar) -> Scalar | None:
        """The first-order change of a scalar when `wrt` changes by `change`; None where there is none, as of
        a selector. The change of a definition d is read as the tensor `["change", d]`.
        """
        match scalar:
            case ["number" | "selected", *_]:
                return None
            case ["read", tensor, at] if tensor == self.wrt:
                return ["read", self.change, at]
            case ["read", tensor, at] if tensor in self.maxima:
                best, inner = self.maxima[tensor], self.moves(tensor)
                if inner is None:
                    return None
                place = [name(n) for n in (*best.indices, *(n for n, _ in best.window))]
                taken: Scalar = ["*", [["selected", tensor, place], inner]]
                body = ["when", list(best.where), taken] if best.where else taken
                return ["at", list(best.indices), at, ["sum", list(best.window), body]]
            case ["read", tensor, at]:
                moving = tensor in self.definitions and self.moves(tensor) is not None
                return ["read", ["change", tensor], at] if moving else None
            case ["apply", function, order, tensor, at]:
                inner, slope = self.changed(["read", tensor, at]), _slope(function, order, tensor, at)
                return None if inner is None or slope is None else ["*", [slope, inner]]
            case ["sum" | "when" as kind, what, body]:
                inner = self.changed(body)
                return None if inner is None else [kind, what, inner]
            case ["+", terms]:
                return _sum([part for part in map(self.changed, terms) if part is not None])
        factors = scalar[1]
        parts = [(place, self.changed(factor)) for place, factor in enumerate(factors)]
        return _sum([["*", [*factors[:k], p, *factors[k + 1 :]]] for k, p in parts if p is not None])


def _sum(parts: list[Scalar]) -> Scalar | None:
    return None if not parts else parts[0] if len(parts) == 1 else ["+", parts]


def _slope(function: str, order: int, tensor: str, at: list[Index]) -> Scalar | None:
    """The derivative of a function at an entry; None where it is 0."""
    if function not in SLOPES:
        return ["apply", function, order + 1, tensor, at]
    terms: list[Scalar] = []
    for value, functions in SLOPES[function]:
        factors: list[Scalar] = [
            ["apply", f, 0, tensor, at] if f else ["read", tensor, at] for f in functions
        ]
        if value != "1" or not factors:
            factors = [["number", Fraction(value), []], *factors]
        terms.append(factors[0] if len(factors) == 1 else ["*", factors])
    return _sum(terms)


# -- opening up -------------------------------------------------------------------------------------


@dataclass
class Product:
    """value · Π size^exponent · Π entries, summed over the bound index tuples that meet the guard.

    `shape`, how the tuple is put together, is for those who write products out.
    """

    value: Fraction = UNIT
    powers: dict[tuple[tuple[Monomial, int], ...], int] = field(default_factory=dict)
    reads: list[tuple[Key, tuple[Index, ...]]] = field(default_factory=list)
    bound: dict[str, Index] = field(default_factory=dict)
    guard: list[Condition] = field(default_factory=list)
    shape: Any = ()

    def times(self, other: Product) -> Product:
        """The product of two that share no bound name."""
        powers = self.powers
        if other.powers:
            both = {
                base: powers.get(base, 0) + other.powers.get(base, 0) for base in {**powers, **other.powers}
            }
            powers = {base: exponent for base, exponent in both.items() if exponent}
        value = self.value if other.value is UNIT else self.value * other.value
        bound, guard = {**self.bound, **other.bound}, self.guard + other.guard
        return Product(value, powers, self.reads + other.reads, bound, guard)

    def known(self) -> list[Condition]:
        """What is true of its index tuples."""
        return [c for n, extent in self.bound.items() for c in below(name(n), extent)] + self.guard


class Expansion:
    """Opens a scalar up into products; every bound index gets a name of its own."""

    def __init__(self, stated: Statement) -> None:
        self.stated = stated
        self.steps = 0
        self.taken = {*stated.sizes, *stated.tensors, *stated.definitions, stated.change, *stated.position}

    def products(self, scalar: Scalar, scope: Mapping[str, Index]) -> list[Product]:
        """The products of a scalar, with the names in scope standing for indices."""
        self.steps += 1
        if self.steps > STEPS:
            raise Rejected(f"more than {STEPS} steps to open a scalar up")
        match scalar:
            case ["number", value, powers]:
                found = Product(value)
                for base, exponent in powers:  # of sizes, which no index is called like
                    found = found.times(Product(powers={tuple(sorted(base.items())): exponent}))
                return [_short(found)] if value else []
            case ["read", [_, tensor], at]:
                body = self.stated.moves(tensor)
                return [] if body is None else self._opened(tensor, at, body, scope)
            case ["read", tensor, at] if tensor in self.stated.definitions:
                return self._opened(tensor, at, self.stated.definitions[tensor].body, scope)
            case ["read", tensor, at]:
                return [self._entry((tensor,), at, scope)]
            case ["apply", function, order, tensor, at]:
                return [self._entry((function, order, tensor), at, scope)]
            case ["selected", tensor, at]:
                return [self._entry(("selected", tensor), at, scope)]
            case ["at", indices, at, body]:
                return self.products(body, dict(zip(indices, (put(i, scope) for i in at), strict=True)))
            case ["sum", over, body]:
                return self._sum(over, body, scope)
            case ["when", conditions, body]:
                guard = [(put(index, scope), relation) for index, relation in conditions]
                opened = self.products(body, scope)
                for one in opened:
                    one.guard = guard + one.guard
                return opened
            case ["+", terms]:
                return _few([p for term in terms for p in self.products(term, scope)])
        return self._product(scalar[1], scope)

    def _entry(self, key: Key, at: Sequence[Index], scope: Mapping[str, Index]) -> Product:
        return Product(reads=[(key, tuple(put(index, scope) for index in at))])

    def _opened(
        self, tensor: str, at: Sequence[Index], body: Scalar, scope: Mapping[str, Index]
    ) -> list[Product]:
        places = zip(self.stated.definitions[tensor].indices, at, strict=True)
        return self.products(body, {n: put(index, scope) for n, index in places})

    def _sum(
        self, over: Sequence[tuple[str, Index]], body: Scalar, scope: Mapping[str, Index]
    ) -> list[Product]:
        inner, bound = dict(scope), {}
        for symbol, extent in over:
            own, count = symbol, 1
            while own in self.taken:
                count += 1
                own = f"{symbol}{count}"
            self.taken.add(own)
            bound[own] = put(extent, inner)
            inner[symbol] = name(own)
        found = self.products(body, inner)
        for one in found:
            one.bound = {**bound, **one.bound}
        return found

    def _product(self, factors: Sequence[Scalar], scope: Mapping[str, Index]) -> list[Product]:
        result = [Product()]
        for factor in factors:
            found = self.products(factor, scope)
            result = _few([x.times(y) for x in result for y in found])
        return [_short(one) for one in result]


def _few(found: list[Product]) -> list[Product]:
    if len(found) > PRODUCTS:
        raise Rejected(f"more than {PRODUCTS} products")
    return found


def _short(one: Product) -> Product:
    powers = max(map(abs, one.powers.values()), default=0)
    if max(len(one.reads), len(one.bound), len(one.guard), powers) > PRODUCTS:
        raise Rejected(f"a product has more than {PRODUCTS} factors")
    if max(one.value.numerator.bit_length(), one.value.denominator.bit_length()) > BITS:
        raise Rejected("a coefficient is too large")
    return one


def stated_sides(stated: Statement) -> tuple[Scalar, Scalar]:
    """Both sides as scalars: Σ δ·(Dz·e) and Σ closed·e, or the two entries that are to be the same."""
    if stated.wrt is None:
        place = [name(n) for n in stated.position]
        return ["read", stated.forward, place], ["read", stated.closed, place]
    return (
        _paired(stated.forward, stated.cotangent, ["change", stated.forward], stated),
        _paired(stated.wrt, stated.closed, stated.change, stated),
    )


def _paired(over: str, factor: str | None, tensor: Any, stated: Statement) -> Scalar:
    """Σ factor·tensor over the shape of `over`."""
    extents = stated.extents(over)
    inner = stated.definitions.get(over if tensor != stated.change else str(factor))
    names = inner.indices if inner and inner.indices else stated.unused("i", len(extents))
    entry: Scalar = ["read", tensor, [name(n) for n in names]]
    body = entry if factor is None else ["*", [["read", factor, entry[2]], entry]]
    return ["sum", list(zip(names, extents, strict=True)), body]


def opened(
    scalars: Iterable[Scalar], stated: Statement, expansion: type[Expansion] = Expansion
) -> list[list[Product]]:
    """The products of each scalar."""
    scope = {n: name(n) for n in stated.position}
    return [expansion(stated).products(scalar, scope) for scalar in scalars]


# -- the check --------------------------------------------------------------------------------------


class Check:
    """The check of one certificate; `run` raises Rejected where it fails."""

    def __init__(
        self,
        stated: Statement,
        uses: Sequence[Use],
        search: Search,
        expansion: type[Expansion] = Expansion,
    ) -> None:
        self.stated = stated
        self.search = search
        self.uses = uses
        left, right = opened(stated_sides(stated), stated, expansion)
        added = [p for use in opened((u.scalar for u in uses), stated, expansion) for p in use]
        self.products = {"left": left + added, "right": right}
        keys = [key for product in left + right for key, _ in product.reads]
        self.divisors = {key[-1] for key in keys if key[:-1] in (("reciprocal", 0), ("log", 0))}
        extents = dict(zip(stated.position, stated.extents(stated.forward), strict=False))
        self.known = stated.known + Product(bound=extents).known()

    def run(self, data: Any) -> Rechecked:
        """Check the groups of a certificate whose statement this is."""
        self._sizes()
        self._shapes()
        self._laws()
        seen: list[tuple[str, int]] = []
        for members in data["groups"]:
            seen += [(m["side"], whole(m["number"])) for m in members]
            self._group(members)
        for side, place in data["empty"]:
            seen.append((side, whole(place)))
            known = self.known + self.products[side][place].known()
            self._show(known, (number(-1), "≥"), f"{side} product {place} is not empty")
        if sorted(seen) != [(side, k) for side, found in self.products.items() for k in range(len(found))]:
            raise Rejected("the groups do not have every product once")
        return Rechecked(len(self.products["left"]), len(self.products["right"]), len(data["groups"]))

    def _sizes(self) -> None:
        """There are sizes that meet the assumptions, those of the example; and nothing is divided by what
        may be 0 or less."""
        stated = self.stated
        values = {size: number(value) for size, value in stated.example.items()}
        for index, relation in stated.known:
            if not is_true(put(index, values).get((), 0), relation):
                raise Rejected(f"the example does not meet the assumption {index} {relation} 0")
        known: list[Condition] = [
            (plus(name(n), number(least), -1), "≥") for n, least in stated.least.items()
        ]
        for symbol, (_, bottom) in stated.floors.items():
            positive = (plus(bottom, number(1), -1), "≥")
            self._show([*known, *stated.assumed], positive, f"{symbol} is a quotient by what may be 0")
        for base in stated.denominators:
            self._show(stated.known, (plus(base, number(1), -1), "≥"), "a denominator may be 0")

    def _shapes(self) -> None:
        """The closed form has the shape of what changes, and the cotangent that of the forward."""
        stated = self.stated
        pairs = [(stated.forward, stated.cotangent), (stated.wrt or stated.forward, stated.closed)]
        for one, other in pairs:
            if other is None:
                continue
            first, second = stated.extents(one), stated.extents(other)
            if len(first) != len(second):
                raise Rejected(f"{one} and {other} have different numbers of axes")
            for x, y in zip(first, second, strict=True):
                self._show(stated.known, (plus(x, y, -1), "="), f"{one} and {other} differ in shape")

    def _laws(self) -> None:
        """What is added to the left side is 0: each law is used where it holds."""
        for use in self.uses:
            if use.law.divisor is not None and use.law.divisor not in self.divisors:
                raise Rejected(f"that {use.law.divisor} is not 0 is assumed, and it is not divided by")
            for condition in use.law.where:
                self._show(self.known + use.known, condition, "a law is used where it does not hold")
            if use.law.same is not None:
                one, other = (plain(scalar, self.stated) for scalar in use.law.same)
                if one is None or one != other:
                    raise Rejected("two arguments of a function are not the same")

    def _group(self, members: Sequence[Any]) -> None:
        """The products of a group are the same sum but for their coefficients, which add up to 0."""
        chosen = [self.products[m["side"]][m["number"]] for m in members]
        if any(m["number"] < 0 for m in members):
            raise Rejected("a product has a number that is negative")
        for data, member in zip(members[1:], chosen[1:], strict=True):
            there, back = self.map(data["to"], member), self.map(data["from"], chosen[0])
            self._lands(chosen[0], member, back, there)
            self._reads(member, chosen[0], there, self._lands(member, chosen[0], there, back))
        signs = [1 if m["side"] == "left" else -1 for m in members]
        if total(list(zip(signs, chosen, strict=True))):
            raise Rejected("the coefficients of equal sums do not add up")

    def map(self, data: Any, given: Product) -> dict[str, Index]:
        """The index tuple of one product by that of another, the given one."""
        scope = self.stated.sizes.union(self.stated.position, given.bound)
        return {n: self.stated.index(index, scope) for n, index in data.items()}

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
                if key == other_key and (
                    at == other_at
                    or all(
                        self._follows(known, (plus(x, y, -1), "=")) for x, y in zip(at, other_at, strict=True)
                    )
                ):
                    del left[place]
                    break
            else:
                raise Rejected(f"an entry of {key[-1]} is read on one side only")
        if left:
            raise Rejected(f"an entry of {left[0][0][-1]} is read on one side only")

    # -- what follows from what ---------------------------------------------------------------------
    def _show(self, known: Sequence[Condition], goal: Condition, otherwise: str) -> None:
        if not self._follows(known, goal):
            raise Rejected(otherwise)

    def _follows(self, known: Sequence[Condition], goal: Condition) -> bool:
        index, relation = goal
        if goal in known or (index.keys() <= {()} and is_true(index.get((), 0), relation)):
            return True
        if relation == "=":
            return all(self._follows(known, (i, "≥")) for i in (index, plus({}, index, -1)))
        rows = [*known, (plus(number(-1), index, -1), "≥")]
        witness = self.search(rows)
        return witness is not None and is_impossible(rows, witness)


def plain(scalar: Scalar, stated: Statement) -> dict[str, Fraction] | None:
    """A scalar that sums nothing, as the coefficients of its monomials; None for one that does."""
    found: dict[str, Fraction] = {}
    for one in Expansion(stated).products(scalar, {}):
        if one.bound or one.guard:
            return None
        reads = sorted(repr((key, [sorted(index.items()) for index in at])) for key, at in one.reads)
        monomial = repr((reads, sorted(one.powers.items())))
        found[monomial] = found.get(monomial, Fraction(0)) + one.value
    return {monomial: value for monomial, value in found.items() if value}


def total(members: Sequence[tuple[int, Product]]) -> dict[Monomial, Fraction]:
    """The sum of the coefficients with their signs, all multiplied by their common denominator."""
    common: dict[tuple[tuple[Monomial, int], ...], int] = {}
    for _, member in members:
        for base, exponent in member.powers.items():
            common[base] = max(common.get(base, 0), -exponent)
    found: dict[Monomial, Fraction] = {}
    for sign, member in members:
        factor, value = number(1), sign * member.value
        for base, least in common.items():
            for _ in range(least + member.powers.get(base, 0)):
                factor = product(factor, dict(base))
        for monomial, coefficient in factor.items():
            found[monomial] = found.get(monomial, 0) + value * coefficient
    return {monomial: value for monomial, value in found.items() if value}


def is_impossible(rows: Sequence[Condition], witness: Witness) -> bool:
    """Whether the witness shows that the conditions have no common solution in integers: the products
    of the rows it names, with the coefficients it gives, add up to a negative number.

    A product of conditions ≥ 0 is ≥ 0, and one with a condition = 0 in it is 0, so that its
    coefficient may have any sign.
    """
    found: Index = {}
    for coefficient, places in witness:
        if not places or (coefficient < 0 and all(rows[place][1] == "≥" for place in places)):
            return False
        here = number(1)
        for place in places:
            here = product(here, rows[place][0])
        found = plus(found, here, coefficient)
    return found.keys() == {()} and found[()] < 0
