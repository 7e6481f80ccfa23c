"""Expressions at fixed sizes written out entry by entry: sums as their terms, tensors as matrices.

Here rows and columns count from 1 and axes with one entry have no index, as matrices are written.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction as Rational

from symgrad.explain.entries import is_number
from symgrad.explain.layout import (
    BREAK,
    DEL,
    EQUALS,
    MINUS,
    PLUS,
    Fence,
    Fraction,
    Layout,
    Matrix,
    Number,
    Row,
    Script,
    Sign,
    row,
    separated,
)
from symgrad.explain.naming import Names
from symgrad.explain.notation import Derivative, Notation
from symgrad.explain.proof import Proof
from symgrad.explain.telling_sizes import window_reads
from symgrad.language.index import Index
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Scalar,
    Selected,
    Sum,
)
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

Place = tuple[int, ...]
Terms = dict[tuple[Layout, ...], Rational]


class Unrolled:
    """Entries at fixed sizes, in the names of a proof."""

    def __init__(self, sizes: Mapping[Symbol, int], names: Names) -> None:
        self.sizes = dict(sizes)
        self.names = names
        self.notation = Notation(names=names.names, floors=names.floors, sizes=self.sizes)
        self._entries: dict[tuple[Tensor, Place], list[tuple[tuple[Layout, ...], Rational]]] = {}

    def shape(self, tensor: Tensor) -> list[int]:
        """Its extents at these sizes."""
        return [extent.evaluate(self.sizes) for extent in tensor.extents]

    def places(self, tensor: Tensor) -> Iterator[Place]:
        """Every index tuple, in row-major order."""
        return itertools.product(*map(range, self.shape(tensor)))

    # -- entries ----------------------------------------------------------------------------------
    def entry_name(self, tensor: Tensor, place: Place) -> Layout:
        """An entry by its name: z with its row and column."""
        known = self.names.names.get(tensor)
        if is_number(tensor):
            return self.notation.scalar(tensor.body)
        if isinstance(known, Derivative):
            shape = self.shape(tensor)[known.split :]
            below = self._indexed(known.bottom, shape, place[known.split :])
            return Fraction(row(known.sign, known.top), row(DEL, below))
        return self._indexed(self.notation.tensor(tensor), self.shape(tensor), place)

    def _indexed(self, base: Layout, shape: list[int], place: Place) -> Layout:
        shown = [index + 1 for index, extent in zip(place, shape, strict=True) if extent > 1]
        if not shown:
            return base
        digits: list[Layout] = [Number(str(index)) for index in shown]
        plain = len(digits) < 3 and all(index < 10 for index in shown)
        sub = row(*digits) if plain else separated(digits)
        if isinstance(base, Script) and base.sub is None:
            return Script(base.base, sub, base.sup)
        return Script(base, sub)

    def entry(self, form: Comprehension, place: Place) -> Layout:
        """What an entry of a definition is, written out."""
        env = self.sizes | dict(zip(form.indices, place, strict=True))
        return self._sum_of(self._terms(form.body, env))

    def _sum_of(self, terms: Terms) -> Layout:
        pieces: list[Layout] = []
        for factors, value in terms.items():
            if not value:
                continue
            if pieces:
                pieces += [BREAK, MINUS if value < 0 else PLUS]
            elif value < 0:
                pieces.append(Sign("−"))
            pieces.append(_written(factors, abs(value)))
        return row(*pieces) if pieces else Number("0")

    def _terms(self, node: Scalar, env: Mapping[Symbol, int]) -> Terms:
        found: Terms = {}
        for factors, value in self._each(node, env):
            found[factors] = found.get(factors, Rational(0)) + value
        return found

    def _each(self, node: Scalar, env: Mapping[Symbol, int]) -> Iterator[tuple[tuple[Layout, ...], Rational]]:
        match node:
            case Constant(value, powers):
                for base, exponent in powers:
                    value = value * Rational(base.evaluate(env)) ** exponent
                yield (), value
            case Access(tensor, at):
                place = tuple(index.evaluate(env) for index in at)
                yield from self._entry(tensor, place)
            case Add(terms):
                for term in terms:
                    yield from self._each(term, env)
            case Sum(over, body):
                spans = [range(extent.evaluate(env)) for _, extent in over]
                for values in itertools.product(*spans):
                    here = {s: v for (s, _), v in zip(over, values, strict=True)}
                    yield from self._each(body, dict(env) | here)
            case Indicator(conditions):
                if all(condition.holds(env) for condition in conditions):
                    yield (), Rational(1)
            case Multiply(factors):
                yield from self._product(factors, env)
            case Power(base, exponent):
                yield (self._power(base, exponent, env),), Rational(1)
            case Apply(function, argument):
                inside = self._sum_of(self._terms(argument, env))
                yield (self.notation.function(function), Fence("(", inside, ")")), Rational(1)
            case Maximum():
                window = [shown for _, shown in self._window(node, env)]
                if len(window) == 1:
                    yield (window[0],), Rational(1)
                else:
                    from symgrad.explain.layout import Name

                    yield (Name("max", upright=True), Fence("(", separated(window), ")")), Rational(1)
            case Selected(maximum, at):
                place = tuple(index.evaluate(env) for index in at)
                taken = [shown for where, shown in self._window(maximum, env) if where == place]
                if taken:
                    best = self._sum_of(self._terms(maximum, env))
                    yield (Fence("[", row(taken[0], EQUALS, best), "]"),), Rational(1)
            case _:
                raise AssertionError(f"unknown node {type(node).__name__}")

    def _entry(self, tensor: Tensor, place: Place) -> list[tuple[tuple[Layout, ...], Rational]]:
        found = self._entries.get((tensor, place))
        if found is None:
            if self._is_named(tensor):
                found = [((self.entry_name(tensor, place),), Rational(1))]
            else:
                assert isinstance(tensor, Comprehension)
                env = self.sizes | dict(zip(tensor.indices, place, strict=True))
                found = list(self._each(tensor.body, env))
            self._entries[tensor, place] = found
        return found

    def _product(
        self, factors: tuple[Scalar, ...], env: Mapping[Symbol, int]
    ) -> Iterator[tuple[tuple[Layout, ...], Rational]]:
        shown: list[Layout] = []
        value = Rational(1)
        # what is 0 is not looked at further: what it multiplies may not exist
        for factor in sorted(factors, key=lambda f: not isinstance(f, Indicator)):
            terms = {key: c for key, c in self._terms(factor, env).items() if c}
            if not terms:
                return
            if len(terms) == 1:
                ((inner, coefficient),) = terms.items()
                shown += inner
                value *= coefficient
            else:
                shown.append(Fence("(", self._sum_of(terms), ")"))
        yield tuple(shown), value

    def _power(self, base: Scalar, exponent: Rational, env: Mapping[Symbol, int]) -> Layout:
        if exponent < 0:
            below = self._sum_of(self._terms(base, env))
            return Fraction(Number("1"), below if exponent == -1 else self._power(base, -exponent, env))
        inside = self._grouped(base, env)
        if isinstance(inside, Script) and inside.sup is None:
            return Script(inside.base, inside.sub, Number(str(exponent)))
        return Script(inside, sup=Number(str(exponent)))

    def _grouped(self, base: Scalar, env: Mapping[Symbol, int]) -> Layout:
        terms = self._terms(base, env)
        shown = self._sum_of(terms)
        ((factors, value),) = terms.items() if len(terms) == 1 else [((), Rational(0))]
        single = (len(factors) == 1 and value == 1) or isinstance(shown, Number)
        single = single and not (isinstance(shown, Script) and shown.sup is not None)
        return shown if single else Fence("(", shown, ")")

    def _window(self, node: Maximum, env: Mapping[Symbol, int]) -> Iterator[tuple[Place, Layout]]:
        spans = [range(extent.evaluate(env)) for _, extent in node.over]
        for values in itertools.product(*spans):
            here = dict(env) | {s: v for (s, _), v in zip(node.over, values, strict=True)}
            if all(condition.holds(here) for condition in node.where):
                yield values, self._sum_of(self._terms(node.body, here))

    def _is_named(self, tensor: Tensor) -> bool:
        return isinstance(tensor, Variable) or (
            tensor in self.names.names and tensor not in self.names.operators
        )

    # -- products, for figures --------------------------------------------------------------------
    def products(self, form: Comprehension, place: Place) -> list[list[Access]]:
        """The entries that are multiplied in each product of an entry."""
        env = self.sizes | dict(zip(form.indices, place, strict=True))
        return list(self._accesses(form.body, env))

    def _accesses(self, node: Scalar, env: Mapping[Symbol, int]) -> Iterator[list[Access]]:
        match node:
            case Access(tensor, at):
                yield [Access(tensor, tuple(Index.of(index.evaluate(env)) for index in at))]
            case Add(terms):
                for term in terms:
                    yield from self._accesses(term, env)
            case Sum(over, body):
                spans = [range(extent.evaluate(env)) for _, extent in over]
                for values in itertools.product(*spans):
                    here = {s: v for (s, _), v in zip(over, values, strict=True)}
                    yield from self._accesses(body, dict(env) | here)
            case Indicator(conditions):
                if all(condition.holds(env) for condition in conditions):
                    yield []
            case Multiply(factors):
                found: list[list[Access]] = [[]]
                for factor in sorted(factors, key=lambda f: not isinstance(f, Indicator)):
                    found = [one + other for one in found for other in self._accesses(factor, env)]
                    if not found:
                        return
                yield from found
            case Apply(_, argument) | Power(argument, _):
                yield from self._accesses(argument, env)
            case _:
                yield []

    def has_windows(self, proof: Proof) -> bool:
        """Whether anything is read at a sum of two indices."""
        return next(window_reads(proof), None) is not None

    # -- matrices ---------------------------------------------------------------------------------
    def table(self, tensor: Tensor) -> list[list[Place]] | None:
        """Its places in rows and columns, or None if it has more than two axes that matter."""
        shape = self.shape(tensor)
        wide = [axis for axis, extent in enumerate(shape) if extent > 1]
        if len(wide) > 2 or any(extent < 1 for extent in shape):
            return None
        rows = range(shape[wide[-2]]) if len(wide) == 2 else range(1)
        columns = range(shape[wide[-1]]) if wide else range(1)
        table = []
        for i in rows:
            line = []
            for j in columns:
                place = [0] * len(shape)
                if wide:
                    place[wide[-1]] = j
                if len(wide) == 2:
                    place[wide[-2]] = i
                line.append(tuple(place))
            table.append(line)
        return table

    def arranged(self, tensor: Tensor, entry: Callable[[Place], Layout]) -> Layout | None:
        """Entries as a matrix, or the only entry by itself."""
        table = self.table(tensor)
        if table is None:
            return None
        if len(table) == 1 and len(table[0]) == 1:
            return entry(table[0][0])
        return Matrix(tuple(tuple(entry(place) for place in line) for line in table))

    def grid(self, tensor: Tensor) -> Layout | None:
        """A tensor as a matrix of what its entries are."""
        return self.arranged(tensor, lambda place: self.whole(tensor, place))

    def whole(self, tensor: Tensor, place: Place) -> Layout:
        """An entry in terms of entries of variables."""
        if self._is_named(tensor):
            return self.entry_name(tensor, place)
        assert isinstance(tensor, Comprehension)
        return self.entry(tensor, place)


def _written(factors: tuple[Layout, ...], value: Rational) -> Layout:
    """A positive number times factors, over what they are divided by."""
    below = [f.bottom for f in factors if isinstance(f, Fraction) and f.top == Number("1")]
    above = [f for f in factors if not isinstance(f, Fraction) or f.top != Number("1")]
    if value.numerator != 1 or not above:
        above.insert(0, Number(str(value.numerator)))
    if not below and value.denominator == 1:
        return row(*above)
    if not below:
        rest = above if value.numerator == 1 else above[1:]
        top = Number(str(value.numerator))
        shown = Fraction(top, Number(str(value.denominator)))
        return shown if rest == [top] else row(shown, *rest)
    under = [f if len(below) == 1 and value.denominator == 1 else _factor(f) for f in below]
    if value.denominator != 1:
        under.insert(0, Number(str(value.denominator)))
    return Fraction(row(*above), row(*under))


def _factor(layout: Layout) -> Layout:
    """In brackets if it is a sum."""
    is_sum = isinstance(layout, Row) and any(item in (PLUS, MINUS) for item in layout.items)
    return Fence("(", layout, ")") if is_sum else layout
