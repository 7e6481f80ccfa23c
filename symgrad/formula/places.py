"""Where a name with indices reads: `a_{12}` is row 1 and column 2, `W_{ij}` letters, `δ_{h-u}` an index."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from symgrad.errors import SymgradError
from symgrad.formula.index import index_of
from symgrad.formula.meaning import Meaning
from symgrad.formula.names import TURNED
from symgrad.formula.problem import Meaningless
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Binary, Call, Expression, Name, Number, Raised, walk
from symgrad.formula.things import World
from symgrad.formula.values import transposed
from symgrad.language.index import Constraint, Index, size, within
from symgrad.language.maps import rot180
from symgrad.language.scalar import Access, Constant, Indicator, Scalar, Sum, multiply
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Tensor, tensor

DIGITS = 5
"""How many digits an index may have where several are written in one piece."""


@dataclass
class Places:
    """Gives names with indices their entries in one reading.

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
        if role is None and name.text[:1] == "d" and self.setting.role(name.text[1:]) is not None:
            return self.meaning.by(replace(name, text=name.text[1:])).tensor
        return self.meaning.thing(name, lower).tensor

    def places(self, sub: Sequence[Expression], extents: Sequence[Index], name: Name) -> list[Expression]:
        """One expression for each axis, from what stands in a subscript."""
        items = list(self.apart(sub))
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

    def apart(self, sub: Sequence[Expression]) -> Iterator[Expression]:
        """The indices of a subscript one by one: `ij` and `i j` are two."""
        for item in sub:
            yield from self._apart(item)

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
            key = index_name(name.text, name.primes, name.sub)
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
        if any(map(self._is_quotient, places)):
            return self._at_quotients(whole, places)
        at = [self.index(place) - self.base for place in places]
        outside: list[Constraint] = []
        for place, index, extent in zip(places, at, whole.extents, strict=True):
            low, high = within(index, extent)
            key = index_name(place.text, place.primes, place.sub) if isinstance(place, Name) else None
            if key is not None and self.zero_outside:
                continue  # a letter by itself numbers what there is; only a shift leads outside
            if low.truth is False or high.truth is False:
                shape = "×".join(map(str, whole.extents))
                entry = f"{name.text}_{{{_plain_indices(places)}}}"
                if not self.zero_outside:
                    raise Meaningless(f"{name.text} is {shape}: it has no entry {entry}", name)
                return Constant(Fraction(0))
            if key is None or self.ranges.get(key) != extent:
                outside += [low, high]
        read = Access(whole, tuple(at))
        unsure = tuple(condition for condition in outside if condition.truth is None)
        return multiply(Indicator(unsure), read) if self.zero_outside and unsure else read

    def _is_quotient(self, place: Expression) -> bool:
        """Whether an index is `⌊h/k⌋` for a running h."""
        match place:
            case Call(Name("floor"), (Binary("/", numerator, _),), ()):
                return self.index(numerator).has_index
        return False

    def _at_quotients(self, whole: Tensor, places: Sequence[Expression]) -> Scalar:
        """The entry at `⌊h/k⌋`: the sum over all y, also those outside, with `k y ≤ h < k y + k`."""
        over: list[tuple[Symbol, Index]] = []
        conditions: list[Constraint] = []
        at: list[Index] = []
        for place in places:
            match place:
                case Call(_, (Binary(_, above, below),)) if self._is_quotient(place):
                    numerator, divisor = self.index(above), self.index(below)
                    symbol = fresh_index("y")
                    over.append((symbol, self._greatest(numerator, place) + 1))
                    conditions += within(numerator - divisor * Index.of(symbol), divisor)
                    at.append(Index.of(symbol) - self.base)
                case _:
                    at.append(self.index(place) - self.base)
        return Sum(tuple(over), multiply(Indicator(tuple(conditions)), Access(whole, tuple(at))))

    def _greatest(self, index: Index, node: Expression) -> Index:
        """What an index does not exceed. Raises Meaningless for one that might be negative."""
        extents = {
            symbol: self.ranges[letter]
            for letter, value in self.values.items()
            if letter in self.ranges
            for symbol in value.indices
        }
        if not index.indices <= set(extents) or any(count < 0 for count in index.terms.values()):
            raise Meaningless("what is divided here might be negative", node)
        return index.substitute(extents)

    def turned(self, name: Name) -> Tensor:
        """The tensor that a name is an entry of, transposed or turned as its superscript says."""
        whole = self.tensor(name)
        match name.sup:
            case Name("T", 0, (), None, ()):
                return transposed(whole, name)
            case Name(turned, 0, (), None, ()) if turned in TURNED:
                return rot180(whole)
            case None | Number():
                return whole
        self.meaning.only_marked(name)
        return whole

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
            if isinstance(place, Name) and index_name(place.text, place.primes, place.sub) == letter:
                yield extent


def _each_access(node: Expression, visit: Callable[[Name], None]) -> None:
    for inner in walk(node):
        if isinstance(inner, Name) and (inner.sub or inner.brackets):
            visit(inner)
        if isinstance(inner, Raised) and isinstance(inner.body, Name) and inner.sub:
            visit(Name(inner.body.text, inner.body.primes, inner.sub, inner.sup or inner.body.sup))


def index_name(text: str, primes: int, sub: Sequence[Expression]) -> str:
    """What an index is known by: its letter, with what stands below and its primes."""
    tail = "".join(f"_{item.text}" for item in sub if isinstance(item, (Name, Number)))
    return text + tail + "'" * primes


def _plain_indices(places: Sequence[Expression]) -> str:
    shown = [p.text for p in places if isinstance(p, (Number, Name))]
    together = all(len(text) == 1 for text in shown)
    return ("" if together else ",").join(shown) if len(shown) == len(places) else "…"
