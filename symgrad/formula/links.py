"""From two sides that have a meaning to what is to be decided: derivatives, entries, comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symgrad.decide.question import Question
from symgrad.formula.entries import Entries, entry_claim
from symgrad.formula.levels import derivative_of
from symgrad.formula.meaning import Meaning
from symgrad.formula.places import index_name
from symgrad.formula.problem import Meaningless
from symgrad.formula.syntax import Expression, Name, Number, walk
from symgrad.formula.target import Target, name_of
from symgrad.formula.things import Thing, World
from symgrad.formula.values import Value, as_number, transposed
from symgrad.language.build import build
from symgrad.language.index import Index
from symgrad.language.scalar import Access
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Axis, Comprehension, Tensor


@dataclass
class Links:
    """From the two sides of a link, in one reading, to a question; `target` is what the left side is."""

    here: World
    meaning: Meaning
    target: Target | None

    def _thing(self) -> tuple[str, Thing] | None:
        """What is differentiated by; None where two expressions are compared."""
        target, here = self.target, self.here
        if target is None or not target.is_derivative:
            return None
        role = target.role
        if role == "δ" and "δ" not in here.things:
            role = "lower"
        if role == "lower" and not here.below:
            role = "a"
        if role in ("δ", "z") and here.delta is not None:
            return None
        if role == "z" and "z" not in here.things and here.below:
            role = "lower"
        thing = here.things.get(role)
        if role in here.hidden:
            thing = None
        if thing is None:
            raise Meaningless(f"{here.layer} has no {target.name.text} to differentiate by", target.name)
        return role, thing

    # -- whole maps -------------------------------------------------------------------------------
    def of_maps(self, left: Expression, right: Expression) -> Question:
        """The question at layer level."""
        found, meaning = self._thing(), self.meaning
        if found is None:
            return self._comparison(left, right)
        role, thing = found
        assert self.target is not None
        name = self.target.name
        letters = meaning.letters(name.sub) if name.sub and thing.maps else []
        if len(letters) != len(thing.maps):
            raise Meaningless(f"{name.text} needs a letter for its maps", name)
        letters = meaning.ordered(thing, letters)
        for letter, extent in zip(letters, thing.tensor.extents, strict=False):
            meaning.lift.extents[letter] = extent
        claim = _fitted(_as_tensor(meaning.of(right)), thing.tensor.ndim - len(letters))
        if name.sup == Name("T"):  # the derivative by a transpose is the transpose of that by itself
            claim = transposed(claim, right)
        extra = [letter for letter in meaning.lift.letters(claim) if letter not in letters]
        whole = meaning.lift.over(claim, [*extra, *letters])
        if not extra:
            return Question(self.here.z, thing.tensor, self.here.cotangent(role), whole)
        gradient = meaning.gradient(role)
        count = len(extra)
        wide = build(  # one equation for each value of a letter that only the right side has
            (*((meaning.lift.extents[letter],) for letter in extra), *gradient.axes),
            lambda *i: Access(gradient, i[count:]),
            [*extra, *(f"i{k}" for k in range(len(gradient.extents)))],
        )
        return Question(wide, None, None, whole)

    def _comparison(self, left: Expression, right: Expression) -> Question:
        """Two expressions compared as they stand."""
        sides = [_as_tensor(self.meaning.of(side)) for side in (left, right)]
        sides = [_fitted(side, sides[0].ndim) for side in sides]
        lift = self.meaning.lift
        letters = list(dict.fromkeys(letter for side in sides for letter in lift.letters(side)))
        whole = [lift.over(side, letters) if letters else side for side in sides]
        return Question(whole[0], None, None, whole[1])

    # -- entries ----------------------------------------------------------------------------------
    def of_entries(self, entries: Entries, left: Expression, right: Expression) -> Question:
        """The question at index or entry level."""
        found = self._thing()
        if found is None:
            return self._entry_comparison(entries, left, right)
        role, thing = found
        assert self.target is not None
        name = self.target.name
        tensor = thing.tensor
        sub = name.sub or (name.brackets if name.sup is None else ())
        self.meaning.only_marked(name)
        if not sub and tensor.extents:
            raise Meaningless(f"{name.text} stands without indices where the other side has some", name)
        places = entries.places(sub, tensor.extents, name) if sub else []
        if not all(isinstance(place, (Name, Number)) for place in places):
            return self._at_some_entries(entries, places, self.meaning.gradient(role), right)
        letters = self._free(entries, places, tensor)
        if letters is None:
            gradient = self.meaning.gradient(role)
            entries.entry(tensor, sub, name)  # raises for one that there is not
            value = entries.of(right)
            at = [entries.index(place) - entries.base for place in places]
            claim = entry_claim(gradient, at, value)
            return Question(self.here.z, tensor, self.here.cotangent(role), claim)
        body = entries.of(right)
        claim = Comprehension(tensor.axes, letters, body)
        return Question(self.here.z, tensor, self.here.cotangent(role), claim)

    def _at_some_entries(
        self, entries: Entries, places: Sequence[Expression], gradient: Tensor, right: Expression
    ) -> Question:
        """`∂J/∂a_{2y} = …`: letters that run as far as the right side has them, at the entries said."""
        symbols, axes = [], []
        letters = {n.text for place in places for n in walk(place) if isinstance(n, Name)}
        for letter in sorted(letters):
            extent = entries.extent_of(letter, right)
            if extent is None:
                continue  # a size
            symbols.append(fresh_index(letter))
            axes.append((extent,))
            entries.values[letter] = Index.of(symbols[-1]) + entries.base
            entries.ranges[letter] = extent
        at = tuple(entries.index(place) - entries.base for place in places)
        sides = Access(gradient, at), entries.of(right)
        derived, claimed = (Comprehension(tuple(axes), tuple(symbols), side) for side in sides)
        return Question(derived, None, None, claimed)

    def _free(self, entries: Entries, places: Sequence[Expression], tensor: Tensor) -> tuple | None:  # type: ignore[type-arg]
        """Index variables for the letters of the left side; None if it is about one entry."""
        if any(isinstance(place, Number) for place in places) and any(
            extent != 1
            for place, extent in zip(places, tensor.extents, strict=True)
            if isinstance(place, Number)
        ):
            return None
        symbols = []
        for place, extent in zip(places, tensor.extents, strict=True):
            symbol = fresh_index(place.text if isinstance(place, Name) else "q")
            symbols.append(symbol)
            if isinstance(place, Name):
                entries.values[place.text + "'" * place.primes] = Index.of(symbol) + entries.base
                entries.ranges[place.text + "'" * place.primes] = extent
            elif not isinstance(place, Number):
                raise Meaningless("the left side has an index that is no letter and no number", place)
        return tuple(symbols)

    def _entry_comparison(self, entries: Entries, left: Expression, right: Expression) -> Question:
        """Two expressions with the letters of the left side free, where it is an entry by letters."""
        name = None if self.target is None else self.target.name
        if name is not None and name.sub and self.target is not None:
            thing = self.here.things.get("δ" if self.target.role == "δ" else self.target.role)
            whole = entries.tensor(name) if thing is None else thing.tensor
            places = entries.places(name.sub, whole.extents, name)
            letters = self._free(entries, places, whole)
            if letters:
                sides = [entries.of(side) for side in (left, right)]
                axes = whole.axes
                return Question(
                    Comprehension(axes, letters, sides[0]), None, None, Comprehension(axes, letters, sides[1])
                )
        axes, symbols = self._of_a_jacobian(entries, left)
        sides = [entries.of(side) for side in (left, right)]
        return Question(
            Comprehension(axes, symbols, sides[0]), None, None, Comprehension(axes, symbols, sides[1])
        )

    def _of_a_jacobian(
        self, entries: Entries, left: Expression
    ) -> tuple[tuple[Axis, ...], tuple[Symbol, ...]]:
        """Of `∂z_j/∂a_i` an axis and an index for each letter; none for what is no derivative by letters."""
        found = derivative_of(left)
        names = [] if found is None else [name_of(part) for part in found]
        letters: dict[str, tuple[Axis, Symbol]] = {}
        for name in names:
            if name is None or not name.sub:
                return (), ()
            whole = entries.tensor(name)
            for place, extent in zip(
                entries.places(name.sub, whole.extents, name), whole.extents, strict=True
            ):
                if not isinstance(place, Name):
                    return (), ()
                key = index_name(place.text, place.primes, place.sub)
                letters.setdefault(key, ((extent,), fresh_index(place.text)))
        for key, ((extent,), symbol) in letters.items():
            entries.values[key], entries.ranges[key] = Index.of(symbol) + entries.base, extent
        return tuple(axis for axis, _ in letters.values()), tuple(symbol for _, symbol in letters.values())


def _as_tensor(value: Value) -> Tensor:
    return value if isinstance(value, Tensor) else Comprehension((), (), as_number(value))


def _fitted(value: Tensor, rank: int) -> Tensor:
    if value.ndim != rank:
        raise Meaningless(f"the left side has {_axes(rank)}, the right side {_axes(value.ndim)}")
    return value


def _axes(rank: int) -> str:
    return {0: "no axis", 1: "one axis"}.get(rank, f"{rank} axes")
