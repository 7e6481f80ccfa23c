"""A formula in every way it can be read, and the verdict on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symgrad.decide.decision import decide
from symgrad.decide.question import Question
from symgrad.decide.verdict import IllFormed, Refuted, Undecided, Verdict
from symgrad.errors import SymgradError
from symgrad.formula.budget import OPERATIONS, Patience, TooMuch, refuse_too_much
from symgrad.formula.choices import Choice, Choices
from symgrad.formula.entries import Entries, entry_claim
from symgrad.formula.levels import Levels, levels, superscript
from symgrad.formula.meaning import Meaning
from symgrad.formula.problem import Meaningless
from symgrad.formula.products import with_products
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Equation, Expression, Name, Number, walk
from symgrad.formula.target import Target, names, target_of
from symgrad.formula.values import Value, as_number, transposed
from symgrad.formula.world import Thing, World, with_maxima_at, world
from symgrad.language.build import build
from symgrad.language.index import Index, equals
from symgrad.language.scalar import Access
from symgrad.language.symbol import fresh_index
from symgrad.language.tensor import Comprehension, Tensor


@dataclass(frozen=True)
class Reading:
    """One way of reading an equation, and what came of it: a verdict, or why it has no meaning so."""

    choice: Choice
    verdict: Verdict | None = None
    problem: Meaningless | None = None
    question: Question | None = None
    world_said: str = ""

    @property
    def said(self) -> str:
        """What was chosen, in words."""
        return ", ".join(text for _, text in self.choice.options)

    @property
    def whole(self) -> str:
        """That, and what was found out on the way."""
        return ", ".join(text for text in (self.said, self.world_said) if text)

    @property
    def fits(self) -> bool:
        """Whether the formula has a meaning read so: shapes that fit, entries that exist."""
        if self.verdict is None or isinstance(self.verdict, IllFormed):
            return False
        if isinstance(self.verdict, Refuted):
            found = self.verdict.counterexample
            return found.derived_shape == found.claimed_shape
        return True


def without_idle_options(readings: list[Reading]) -> list[Reading]:
    """The readings without choices that make no difference to what comes of them."""
    keys = dict.fromkeys(key for r in readings for key, _ in r.choice.options if key != "layer")
    for key in keys:
        outcomes: dict[tuple[tuple[str, str], ...], set[tuple[bool, str]]] = {}
        values: dict[tuple[tuple[str, str], ...], set[str]] = {}
        for reading in readings:
            rest = tuple(option for option in reading.choice.options if option[0] != key)
            kind = "" if reading.verdict is None else reading.verdict.verdict
            outcomes.setdefault(rest, set()).add((reading.fits, kind if reading.fits else ""))
            values.setdefault(rest, set()).update(text for k, text in reading.choice.options if k == key)
        if all(len(found) == 1 for found in outcomes.values()) and any(len(v) > 1 for v in values.values()):
            kept: dict[tuple[tuple[str, str], ...], Reading] = {}
            for reading in readings:
                rest = tuple(option for option in reading.choice.options if option[0] != key)
                kept.setdefault(rest, replace(reading, choice=replace(reading.choice, options=rest)))
            readings = list(kept.values())
    return readings


@dataclass
class Reader:
    """Reads the links of one equation of a setting."""

    setting: Setting
    equation: Equation
    patience: Patience = field(default_factory=Patience)
    levels: Levels = field(init=False)

    def __post_init__(self) -> None:
        self.equation = with_products(self.equation, self.setting.role)
        self.levels = levels(self.equation, self.setting.role)

    def target(self, node: Expression, others: Sequence[Expression]) -> Target | None:
        """What a side is, if it is something that a layer gives."""
        return target_of(node, others, self.setting, self.levels)

    def readings(self, left: Expression, right: Expression) -> list[Reading]:
        """The link left = right in every way it can be read."""
        found: list[Reading] = []
        for choice in Choices(self.setting, self.equation, self.levels).all():
            if choice.zero_outside and any(r.fits for r in found):
                continue  # as it stands, nothing is read outside
            if found and not self.patience.left:
                late = Undecided(claim="", reason="not every way of reading it was decided in time")
                return [*found, Reading(choice, late)]
            found.append(self._reading(left, right, choice))
        return without_idle_options(found)

    def _reading(self, left: Expression, right: Expression, choice: Choice) -> Reading:
        try:
            here, question = self.question(left, right, choice)
            refuse_too_much(question.claim)
            refuse_too_much(question.derived)
        except Meaningless as problem:
            return Reading(choice, problem=problem)
        except TooMuch as problem:
            return Reading(choice, Undecided(claim="", reason=str(problem)))
        except SymgradError as problem:
            return Reading(choice, problem=Meaningless(str(problem)))
        verdict = decide(question, suggest=False, operations=OPERATIONS)
        return Reading(choice, verdict, question=question, world_said=", ".join(here.said))

    def question(self, left: Expression, right: Expression, choice: Choice) -> tuple[World, Question]:
        """What is to be decided, read so. Raises SymgradError where it has no meaning."""
        here = world(self.setting, choice.layer, choice.wanted)
        if choice.spread == "placed":
            here = with_maxima_at(here, right)
        meaning = Meaning(self.setting, here, self.levels, choice.star, choice.mode, choice.spread)
        self._tell_letters_apart(meaning)
        target = self.target(left, [right])
        if target is not None and target.is_derivative and target.name.sup != Name("T"):
            meaning.only_marked(target.name)
        self._refuse_one_delta_on_both_sides(target, right)
        if Choices(self.setting, self.equation, self.levels).is_about_entries(choice.layer):
            entries = Entries(meaning, choice.base, choice.zero_outside)
            asked = _Links(here, meaning, target).of_entries(entries, left, right)
            assumed = tuple(equals(extent, value) for extent, value in entries.equal_sizes.items())
            said = tuple(f"{extent} = {value}" for extent, value in entries.equal_sizes.items())
            here = replace(here, said=(*here.said, *said))
            return here, replace(asked, assuming=(*asked.assuming, *assumed))
        return here, _Links(here, meaning, target).of_maps(left, right)

    def _refuse_one_delta_on_both_sides(self, target: Target | None, right: Expression) -> None:
        """The δ of a layer cannot be computed from itself; unmarked, they may be of two layers."""
        if target is None or target.role != "lower" or superscript(target.name) is None:
            return
        if self.setting.role(target.name.text) != "δ":
            return  # ∂J/∂z may be computed from z
        for name in walk(right):
            same = isinstance(name, Name) and name.text == target.name.text
            if isinstance(name, Name) and same and superscript(name) == superscript(target.name):
                raise Meaningless(f"{name.text} of the same layer stands on both sides", name)

    def _tell_letters_apart(self, meaning: Meaning) -> None:
        """Which letters number input maps and which output maps: as the tensors show that have but one."""
        into: set[str] = set()
        out: set[str] = set()
        lower_names = []
        for place, part in enumerate(self.equation.parts):
            others = [p for n, p in enumerate(self.equation.parts) if n != place]
            target = self.target(part, others)
            if target is not None and target.role in ("lower", "a"):
                lower_names.append(target.name)
        for name in names(self.equation, self.setting):
            role = self.setting.role(name.text)
            if role not in ("a", "z", "δ", "b") or not name.sub:
                continue
            try:
                letters = meaning.letters(name.sub)
            except Meaningless:
                continue
            lower = self.levels.is_lower(name)
            if lower is None:
                lower = role == "a" or any(name == other for other in lower_names)
            (into if lower else out).update(letters[:1])
        meaning.in_letters, meaning.out_letters = frozenset(into - out), frozenset(out - into)


@dataclass
class _Links:
    """From two sides to a question."""

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
        thing = here.things.get(role)
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
            return Question(self.here.z, thing.tensor, self.here.delta, whole)
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
            return Question(self.here.z, tensor, self.here.delta, entry_claim(gradient, at, value))
        body = entries.of(right)
        claim = Comprehension(tensor.axes, letters, body)
        return Question(self.here.z, tensor, self.here.delta, claim)

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
        sides = [entries.of(side) for side in (left, right)]
        return Question(Comprehension((), (), sides[0]), None, None, Comprehension((), (), sides[1]))


def _as_tensor(value: Value) -> Tensor:
    return value if isinstance(value, Tensor) else Comprehension((), (), as_number(value))


def _fitted(value: Tensor, rank: int) -> Tensor:
    if value.ndim != rank:
        raise Meaningless(f"the left side has {_axes(rank)}, the right side {_axes(value.ndim)}")
    return value


def _axes(rank: int) -> str:
    return {0: "no axis", 1: "one axis"}.get(rank, f"{rank} axes")
