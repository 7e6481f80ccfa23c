"""What a formula at index or entry level means: `δ_{n,j,h-u,w-v}`, `a_{12}`, sums with bounds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.derive import vjp
from symgrad.errors import SymgradError
from symgrad.formula.index import POWER, index_of
from symgrad.formula.levels import derivative_of, is_mark
from symgrad.formula.lift import Lift
from symgrad.formula.meaning import Meaning
from symgrad.formula.names import TURNED
from symgrad.formula.problem import Meaningless
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import (
    Binary,
    Call,
    Dots,
    Expression,
    Matrix,
    Name,
    Negative,
    Norm,
    Number,
    Partial,
    Raised,
    Several,
    Sum,
    walk,
)
from symgrad.formula.target import is_j
from symgrad.formula.values import as_number, transposed
from symgrad.formula.world import SIGMA, World
from symgrad.language.build import build
from symgrad.language.index import Constraint, Index, equals, size, within
from symgrad.language.maps import rot180
from symgrad.language.scalar import Access, Apply, Constant, Function, Indicator, Scalar, add, multiply, power
from symgrad.language.scalar import Sum as IndexSum
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Comprehension, Tensor, tensor

DIGITS = 5
"""How many digits an index may have where several are written in one piece."""


@dataclass
class Entries:
    """Gives expressions of entries their scalars in one reading.

    `base` is what indices count from; with `zero_outside`, an entry outside its tensor is 0. `letters` are
    the indices of the left side, `ranges` how far letters run. `aliases` are sizes by the names that the ends
    of sums give them, among them `own_sizes`, which nothing else speaks of; `equal_sizes` is what sums say
    of the extents of the axes they run over.
    """

    meaning: Meaning
    base: int = 1
    zero_outside: bool = False
    values: dict[str, Index] = field(default_factory=dict)
    ranges: dict[str, Index] = field(default_factory=dict)
    aliases: dict[Name, Index] = field(default_factory=dict)
    own_sizes: set[Expression] = field(default_factory=set)
    equal_sizes: dict[Index, Index] = field(default_factory=dict)

    @property
    def setting(self) -> Setting:
        """The setting of the formula."""
        return self.meaning.setting

    @property
    def world(self) -> World:
        """The tensors."""
        return self.meaning.world

    # -- tensors and their indices ----------------------------------------------------------------
    def tensor(self, name: Name, lower: bool | None = None) -> Tensor:
        """The whole tensor that a name with indices is an entry of."""
        said = self.setting.shapes.get(name.text)
        role = self.setting.role(name.text)
        if said is not None and role not in ("a", "W", "b", "z", "δ"):
            return tensor(name.text, *(size(e) if isinstance(e, str) else e for e in said))
        return self.meaning.thing(name, lower).tensor

    def places(self, sub: Sequence[Expression], extents: Sequence[Index], name: Name) -> list[Expression]:
        """One expression for each axis, from what stands in a subscript."""
        items = [part for item in sub for part in self._apart(item)]
        rank = len(extents)
        if len(items) == rank:
            return items
        if rank and len(items) == 1 and isinstance(items[0], Number) and items[0].text.isdigit():
            return self._digits(items[0], extents, name)
        wide = [axis for axis, extent in enumerate(extents) if extent != 1]
        if len(items) == len(wide) < rank:
            first = Number(Fraction(self.base), str(self.base))
            found: list[Expression] = [first] * rank
            for axis, item in zip(wide, items, strict=True):
                found[axis] = item
            return found
        shape = "×".join(map(str, extents)) or "one number"
        takes = {0: "no index", 1: "one index"}.get(rank, f"{rank} indices")
        raise Meaningless(f"{name.text} is {shape}, so it takes {takes}, not {len(items)}", name)

    def _apart(self, item: Expression) -> Iterator[Expression]:
        match item:
            case Name(text, primes=primes, sub=(), sup=None) if len(text) > 1 and text.isascii():
                if text in self.values or text in self.ranges:
                    yield item
                    return
                for place, letter in enumerate(text):
                    yield Name(letter, primes if place == len(text) - 1 else 0, span=item.span)
            case Binary("", left, right) if not isinstance(left, Number):
                yield from self._apart(left)
                yield from self._apart(right)
            case _:
                yield item

    def _digits(self, item: Number, extents: Sequence[Index], name: Name) -> list[Expression]:
        """`12` as row 1 and column 2, where the shape leaves one way only."""
        text, rank = item.text, len(extents)
        if len(text) > DIGITS * rank:
            raise Meaningless(f"{len(text)} digits for {rank} indices", name)
        ways = []
        for cuts in itertools.combinations(range(1, len(text)), rank - 1):
            pieces = [text[a:b] for a, b in itertools.pairwise((0, *cuts, len(text)))]
            if any(len(piece) > 1 and piece[0] == "0" for piece in pieces):
                continue
            ways.append([int(piece) for piece in pieces])
        fitting = [
            way
            for way in ways
            if all(
                self.base <= place and (extent.constant is None or place < extent.constant + self.base)
                for place, extent in zip(way, extents, strict=True)
            )
        ]
        chosen = fitting if fitting else [way for way in ways if len(ways) == 1]
        if len(chosen) == 1:
            return [Number(Fraction(place), str(place), span=item.span) for place in chosen[0]]
        shape = "×".join(map(str, extents))
        if not chosen:
            raise Meaningless(f"{name.text} is {shape}: it has no entry {name.text}_{{{text}}}", name)
        shown = " or ".join(f"({', '.join(map(str, way))})" for way in chosen[:4])
        raise Meaningless(f"{name.text}_{{{text}}} may be {shown}: write the indices with a comma", name)

    def index(self, node: Expression) -> Index:
        """An index, as it is written: counted from the base. Raises Meaningless."""

        def known(name: Name) -> Index:
            key = _key(name.text, name.primes, name.sub)
            if key in self.values:
                return self.values[key]
            found = self.aliases.get(name) or self.meaning.known_size(name)
            if found is None:
                raise Meaningless(
                    f"what {key} is, is not known: it is no index of the left side or a sum", name
                )
            return found

        return index_of(node, known)

    def entry(self, whole: Tensor, sub: Sequence[Expression], name: Name) -> Scalar:
        """An entry of a tensor. Raises Meaningless where it is surely outside."""
        places = self.places(sub, whole.extents, name)
        at = [self.index(place) - self.base for place in places]
        outside: list[Constraint] = []
        for place, index, extent in zip(places, at, whole.extents, strict=True):
            low, high = within(index, extent)
            key = _key(place.text, place.primes, place.sub) if isinstance(place, Name) else None
            if key is not None and self.zero_outside:
                continue  # a letter by itself numbers what there is; only a shift leads outside
            if low.truth is False or high.truth is False:
                shape = "×".join(map(str, whole.extents))
                where = f"{shape}: it has no entry {name.text}_{{{_plain_indices(places)}}}"
                if not self.zero_outside:
                    raise Meaningless(f"{name.text} is {where}", name)
                return Constant(Fraction(0))
            if key is None or self.ranges.get(key) != extent:
                outside += [low, high]
        read = Access(whole, tuple(at))
        unsure = tuple(condition for condition in outside if condition.truth is None)
        return multiply(Indicator(unsure), read) if self.zero_outside and unsure else read

    # -- expressions ------------------------------------------------------------------------------
    def of(self, node: Expression) -> Scalar:
        """The scalar that an expression is. Raises Meaningless."""
        match node:
            case Number(value):
                return Constant(value)
            case Negative(body):
                return multiply(Constant(Fraction(-1)), self.of(body))
            case Binary("+", left, right):
                return add(self.of(left), self.of(right))
            case Binary("-", left, right):
                return add(self.of(left), multiply(Constant(Fraction(-1)), self.of(right)))
            case Binary("/", left, right):
                found = derivative_of(node)
                return self._derivative(*found) if found else self._quotient(left, right, node)
            case Binary(_, left, right):
                found = derivative_of(node)
                return self._derivative(*found) if found else multiply(self.of(left), self.of(right))
            case Sum(bounds, body):
                return self._sum(bounds, body)
            case Call():
                return self._call(node)
            case Raised(Norm(), (), Number(exponent)) if exponent == 2:
                return as_number(self.meaning.of(node))
            case Raised(body, (), Number(exponent)):
                return self._power(self.of(body), exponent, node)
            case Raised(Name() as body, sub, sup):
                return self.of(Name(body.text, body.primes, sub or body.sub, sup or body.sup, span=node.span))
            case Raised(body, (), sup) if sup is not None and is_mark(sup):
                return self.of(body)
            case Name():
                return self._name(node)
            case Dots():
                raise Meaningless("dots stand for something that is not written", node)
            case Matrix() | Norm() | Several() | Partial():
                raise Meaningless("a whole map stands where a number is wanted", node)
        raise Meaningless("this has no meaning among entries", node)

    def _quotient(self, left: Expression, right: Expression, node: Expression) -> Scalar:
        divisor = self.of(right)
        if divisor == Constant(Fraction(0)):
            raise Meaningless("division by zero", node)
        return multiply(self.of(left), power(divisor, -1))

    def _power(self, base: Scalar, exponent: Fraction, node: Expression) -> Scalar:
        if exponent > POWER:
            raise Meaningless(f"powers up to {POWER} are read", node)
        return power(base, exponent)

    def _name(self, name: Name) -> Scalar:
        sub = name.sub or name.brackets
        if not sub:
            role = self.setting.role(name.text)
            known = self.meaning.known_size(name) if role not in self.world.things else None
            known = known or self.aliases.get(name)
            if known is not None:
                return Constant(Fraction(1)) * known
            if name.text[:1] == "d" and self.setting.role(name.text[1:]):
                raise Meaningless("a whole map stands where a number is wanted", name)
        whole = self.turned(name)
        read = self.entry(whole, sub, name) if sub or whole.extents else Access(whole, ())
        match name.sup:
            case Number(exponent) if self.meaning.levels.lower is None:
                return self._power(read, exponent, name)
        return read

    def turned(self, name: Name) -> Tensor:
        """The tensor that a name is an entry of, transposed or turned as its superscript says."""
        whole = self.tensor(name)
        match name.sup:
            case Name("T"):
                return transposed(whole, name)
            case Name(turned) if turned in TURNED:
                return rot180(whole)
            case None | Number():
                return whole
        self.meaning.only_marked(name)
        return whole

    def _call(self, node: Call) -> Scalar:
        role = self.setting.role(node.function.text)
        if role == "σ" and len(node.arguments) == 1:
            function: Function = SIGMA
            for _ in range(node.function.primes):
                function = function.prime
            with self.meaning.argument_of(node.function):
                return Apply(function, self.of(node.arguments[0]))
        if len(node.arguments) == 1 and not node.options:
            return multiply(self.of(node.function), self.of(node.arguments[0]))
        raise Meaningless(f"there is no function {node.function.text} among entries", node)

    # -- derivatives ------------------------------------------------------------------------------
    def _derivative(self, of: Expression, by: Expression) -> Scalar:
        name = by if isinstance(by, Name) else by.body if isinstance(by, Raised) else None
        if not isinstance(name, Name):
            raise Meaningless("a derivative is taken by an entry", by)
        if is_j(of, self.setting):
            return self.entry(self.meaning._derivative(name).tensor, name.sub, name)
        if not isinstance(of, Name):
            raise Meaningless("a derivative of an entry or of J is read here", of)
        self.meaning.only_marked(of)
        self.meaning.only_marked(name)
        top, bottom = self.tensor(of), self.tensor(name)
        places = [self.index(p) - self.base for p in self.places(of.sub, top.extents, of)]
        if any(c.truth is False for p, e in zip(places, top.extents, strict=True) for c in within(p, e)):
            raise Meaningless(f"{of.text} has no such entry", of)
        at = [self.index(p) - self.base for p in self.places(name.sub, bottom.extents, name)]
        return Access(_jacobian(top, bottom), (*places, *at))

    # -- sums -------------------------------------------------------------------------------------
    def _sum(
        self, bounds: tuple[tuple[str, Expression | None, Expression | None], ...], body: Expression
    ) -> Scalar:
        over: list[tuple[Symbol, Index]] = []
        outer_values, outer_ranges = dict(self.values), dict(self.ranges)
        try:
            for letter, first, last in bounds:
                symbol = fresh_index(letter)
                start, extent = self._range(letter, first, last, body)
                over.append((symbol, extent))
                self.values[letter] = Index.of(symbol) + start
                self.ranges.pop(letter, None)
                if start == Index.of(self.base):
                    self.ranges[letter] = extent
            inside = self.of(body)
        finally:
            self.values, self.ranges = outer_values, outer_ranges
        return IndexSum(tuple(over), inside)

    def _range(
        self, letter: str, first: Expression | None, last: Expression | None, body: Expression
    ) -> tuple[Index, Index]:
        """Where a sum starts and how many terms it has: as it says, or over the axis that is read."""
        axis = self.extent_of(letter, body)
        start = Index.of(self.base) if first is None else self.index(first)
        if last is None:
            if axis is None:
                raise Meaningless(f"how far {letter} runs is not said, and no axis is read by it alone", body)
            return start, axis
        named = last if start == Index.of(1) else None
        if start == Index.of(0) and isinstance(last, Binary) and last.sign == "-":
            named = last.left if last.right == Number(Fraction(1)) else None
        if isinstance(named, Name) and axis is not None and start == Index.of(self.base):
            self.aliases.setdefault(named, axis)  # the sum gives the extent a name
        if axis is not None:
            fresh = {name: size(name.text) for name in self._fresh_sizes(last)}
            self.own_sizes.update(fresh)
            self.aliases |= fresh
        extent = self.index(last) - start + 1
        if extent.has_index:
            raise Meaningless("the end of a sum depends on an index", last)
        is_named = isinstance(named, Name) and extent == self.aliases.get(named)
        says_size = any(name in self.own_sizes for name in walk(last)) or (
            axis is not None and axis.symbol is not None and (extent.constant is not None or is_named)
        )
        if axis is not None and extent != axis and says_size:
            self.equal_sizes[axis] = extent
        return start, extent

    def _fresh_sizes(self, last: Expression) -> list[Name]:
        """The sizes of an end such as N - m that only it speaks of; one alone would be a slip."""
        found = [inner for inner in walk(last) if isinstance(inner, Name)]
        if len(set(found)) < 2 or any(name != Name(name.text) for name in found):
            return []
        return [
            name
            for name in dict.fromkeys(found)
            if name.text not in self.values and name not in self.aliases and not self.meaning.known_size(name)
        ]

    def extent_of(self, letter: str, body: Expression) -> Index | None:
        """The extent of the axis that a letter runs through by itself."""
        found: list[Index] = []
        _each_access(body, lambda name: found.extend(self._extents_at(name, letter)))
        return found[0] if found else None

    def _extents_at(self, name: Name, letter: str) -> Iterator[Index]:
        sub = name.sub or name.brackets
        if not sub:
            return
        try:
            whole = self.turned(name)
            places = self.places(sub, whole.extents, name)
        except SymgradError:
            return
        for place, extent in zip(places, whole.extents, strict=True):
            if isinstance(place, Name) and _key(place.text, place.primes, place.sub) == letter:
                yield extent


def _jacobian(top: Tensor, bottom: Tensor) -> Tensor:
    """The derivative of every entry of one tensor by every entry of another: the axes of both."""
    lift, letters = Lift(), [f"p{k}" for k in range(len(top.extents))]

    def one_hot(*i: Index) -> Indicator:
        half = len(i) // 2
        return Indicator(tuple(equals(p, q) for p, q in zip(i[:half], i[half:], strict=True)))

    names = [*letters, *(f"q{k}" for k in range(len(letters)))]
    cotangent = lift.map("one", build((*top.extents, *top.axes), one_hot, names), letters)
    return lift.over(vjp(top, bottom, cotangent), letters)


def _each_access(node: Expression, visit: Callable[[Name], None]) -> None:
    for inner in walk(node):
        if isinstance(inner, Name) and (inner.sub or inner.brackets):
            visit(inner)
        if isinstance(inner, Raised) and isinstance(inner.body, Name) and inner.sub:
            visit(Name(inner.body.text, inner.body.primes, inner.sub, inner.sup or inner.body.sup))


def _key(text: str, primes: int, sub: Sequence[Expression]) -> str:
    tail = "".join(f"_{item.text}" for item in sub if isinstance(item, (Name, Number)))
    return text + tail + "'" * primes


def _plain_indices(places: Sequence[Expression]) -> str:
    shown = [p.text for p in places if isinstance(p, (Number, Name))]
    together = all(len(text) == 1 for text in shown)
    return ("" if together else ",").join(shown) if len(shown) == len(places) else "…"


def entry_claim(whole: Tensor, at: Sequence[Index], value: Scalar) -> Comprehension:
    """A tensor that is `whole` but for one entry, which has another value."""
    symbols = tuple(fresh_index("q") for _ in at)
    places = tuple(map(Index.of, symbols))
    here = Indicator(tuple(equals(place, index) for place, index in zip(places, at, strict=True)))
    old = Access(whole, places)
    body = add(old, multiply(here, value), multiply(Constant(Fraction(-1)), here, old))
    return Comprehension(whole.axes, symbols, body)
