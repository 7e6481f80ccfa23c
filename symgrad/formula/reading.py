"""A formula in every way it can be read, and the verdict on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symgrad.decide.decision import decide
from symgrad.decide.question import Question
from symgrad.decide.verdict import IllFormed, Proved, Refuted, Undecided, Verdict
from symgrad.errors import SymgradError
from symgrad.formula.activations import ANY, SAID
from symgrad.formula.budget import FACTORS, NORM_FACTORS, OPERATIONS, Patience, TooMuch, refuse_too_much
from symgrad.formula.choices import Choices
from symgrad.formula.company import in_company, with_outputs
from symgrad.formula.entries import Entries
from symgrad.formula.idioms import with_layers_below, with_samples, without_idioms
from symgrad.formula.inner import may_be_inner, with_dots_named, with_inner, with_inner_dots
from symgrad.formula.levels import ALWAYS, Levels, levels, mark_of, superscript
from symgrad.formula.links import Links
from symgrad.formula.meaning import Meaning
from symgrad.formula.norms import with_norm, with_variance
from symgrad.formula.numbering import refuse_other_layers
from symgrad.formula.outputs import Choice
from symgrad.formula.problem import Meaningless
from symgrad.formula.products import with_products
from symgrad.formula.setting import NORMS, Setting
from symgrad.formula.statements import Binding, Statement, reason
from symgrad.formula.syntax import Equation, Expression, Name, walk
from symgrad.formula.target import Target, names, target_of
from symgrad.formula.things import Wanted, World
from symgrad.formula.world import with_maxima_at, world
from symgrad.language.index import equals

BESIDE = "what is of one shape, side by side, as elementwise product"
SMALL = (0, 1, 2)
"""How far above their least values the sizes lie at which shapes are compared before anything else, once
all alike and once in descending order."""


@dataclass(frozen=True)
class Reading:
    """One way of reading an equation, and what came of it: a verdict, or why it has no meaning so.

    `told` are all choices in words, also those that turned out to make no difference.
    """

    choice: Choice
    verdict: Verdict | None = None
    problem: Meaningless | None = None
    question: Question | None = None
    world_said: str = ""
    told: str = ""

    @property
    def said(self) -> str:
        """What was chosen, in words."""
        return ", ".join(text for _, text in self.choice.options)

    @property
    def whole(self) -> str:
        """That, and what was found out on the way."""
        return ", ".join(text for text in (self.said, self.world_said) if text)

    @property
    def of_any_function(self) -> Reading:
        """The same, where σ is any function in every way of reading, which then need not be said."""
        options = tuple(option for option in self.choice.options if option != ("function", SAID[ANY]))
        return replace(self, choice=replace(self.choice, options=options))

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
    if any(isinstance(reading.verdict, Proved) for reading in readings):
        keys.pop("loss", None)  # what is right of one J is not right of any
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


def _decided(reading: Reading) -> Reading:
    """A reading with the verdict on its question, if it has one without."""
    if reading.question is None or reading.verdict is not None:
        return reading
    return replace(reading, verdict=decide(reading.question, suggest=False, operations=OPERATIONS))


def _of_different_shapes(asked: Question) -> bool:
    """Whether the sides are of different shapes at small sizes; False may mean "at others"."""
    derived, claim = asked.derived, asked.claim
    if [len(axis) for axis in derived.axes] != [len(axis) for axis in claim.axes]:
        return True
    differences = [x - y for x, y in zip(derived.extents, claim.extents, strict=True) if x != y]
    points = [{symbol: symbol.minimum + more for symbol in asked.sizes} for more in SMALL]
    # input before kernel: the former larger
    points.append({symbol: symbol.minimum + more for more, symbol in enumerate(reversed(asked.sizes))})
    return bool(differences) and any(
        any(difference.evaluate(point) for difference in differences)
        for point in points
        if all(assumption.holds(point) for assumption in asked.assumptions)
    )


@dataclass
class Reader:
    """Reads the links of one equation of a setting."""

    setting: Setting
    equation: Equation
    patience: Patience = field(default_factory=Patience)
    levels: Levels = field(init=False)
    choices: Choices = field(init=False)
    taken: tuple[str, ...] = field(init=False)
    _worlds: dict[tuple[str, Wanted], World] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.setting = with_norm(self.setting, self.equation)
        role = self.setting.role
        equation = with_samples(with_layers_below(self.equation), role)
        if self.setting.layer in NORMS:
            equation = with_variance(equation, role)
        self.equation = without_idioms(with_products(equation, role, self.setting.layer in NORMS), role)
        user = self.setting.names
        self.setting = with_outputs(self.setting, self.equation)
        self.levels = levels(self.equation, self.setting.role)
        layers = Choices(self.setting, self.equation, self.levels).layers()
        self.setting, self.taken = in_company(self.setting, self.equation, layers, user)
        self.levels = levels(self.equation, self.setting.role)
        self.choices = Choices(self.setting, self.equation, self.levels)

    def target(self, node: Expression, others: Sequence[Expression]) -> Target | None:
        """What a side is, if it is something that a layer gives."""
        return target_of(node, others, self.setting, self.levels)

    def readings(self, left: Expression, right: Expression) -> list[Reading]:
        """The link left = right in every way it can be read.

        A reading whose sides are of different shapes is decided only where no other fits: the verdict on
        it then says at which sizes.
        """
        found: list[Reading] = []
        late = Undecided(claim="", reason="not every way of reading it was decided in time")
        withheld: list[tuple[Statement, Choice]] = []
        binding = Binding(self.setting, self.equation)
        for choice in self.choices.all():
            against = binding.against(choice)
            if against is not None:
                withheld.append((against, choice))
                continue
            if choice.zero_outside and any(r.fits and not r.choice.zero_outside for r in found):
                continue  # as it stands, nothing is read outside
            if choice.wanted.rows == "" and any(r.fits and r.choice.wanted.rows == "columns" for r in found):
                continue  # so of many columns
            if choice.wanted.rows == "turned" and any(r.fits for r in found):
                continue  # what is more common has a meaning
            if choice.guessed and any(isinstance(r.verdict, Proved) for r in found):
                continue  # right for any function
            if found and not self.patience.left:
                return [*found, Reading(choice, late)]
            found.append(self._reading(left, right, choice))
            if may_be_inner(choice, self.equation, found):
                found.append(self._reading(left, right, with_inner(choice)))
        if withheld and not any(isinstance(reading.verdict, Proved) for reading in found):
            blocking = [one for one, _ in withheld if not one.says] or (
                [one for one, _ in withheld] if not found else []
            )
            implied = (pair for pair in withheld if pair[0].is_implied)
            blocking += [one for one, other in implied if self._is_right(left, right, other)]
            if blocking:
                unread = Choice(choice.layer, choice.wanted)
                return [Reading(unread, Undecided(claim="", reason=reason(blocking[0])))]
        if not any(reading.fits for reading in found):
            found = [_decided(reading) if self.patience.left else reading for reading in found]
        if not any(r.choice.guessed and isinstance(r.verdict, Proved) for r in found):
            found = [r.of_any_function for r in found if not r.choice.guessed]  # no known one makes it right
        found = with_dots_named(found)
        return without_idle_options([replace(reading, told=reading.whole) for reading in found])

    def _is_right(self, left: Expression, right: Expression, choice: Choice) -> bool:
        return bool(self.patience.left) and isinstance(self._reading(left, right, choice).verdict, Proved)

    def _reading(self, left: Expression, right: Expression, choice: Choice) -> Reading:
        try:
            here, question = self.question(left, right, choice)
            factors = NORM_FACTORS if here.kind == "entries" else FACTORS
            refuse_too_much(question.claim, factors)
            refuse_too_much(question.derived, factors)
        except Meaningless as problem:
            return Reading(choice, problem=problem)
        except TooMuch as problem:
            return Reading(choice, Undecided(claim="", reason=str(problem)))
        except SymgradError as problem:
            return Reading(choice, problem=Meaningless(str(problem)))
        reading = Reading(choice, question=question, world_said=", ".join(here.said))
        return reading if _of_different_shapes(question) else _decided(reading)

    def question(self, left: Expression, right: Expression, choice: Choice) -> tuple[World, Question]:
        """What is to be decided, read so. Raises SymgradError where it has no meaning."""
        here = self._world(choice)
        if choice.spread == "placed":
            here = with_maxima_at(here, right)
        meaning = Meaning(
            self.setting,
            here,
            self.levels,
            choice.star,
            choice.mode,
            choice.spread,
            choice.wanted.rows,
            choice.layout,
        )
        self._tell_letters_apart(meaning)
        counted = refuse_other_layers(self.equation, self.setting, self.levels, here.layer)
        target = self.target(left, [right])
        if target is not None and target.is_derivative and target.name.sup != Name("T"):
            meaning.only_marked(target.name)
        meaning.wrt = target.role if target is not None else ""
        if choice.inner:
            right = with_inner_dots(right, meaning.wrt != "J")
        self._refuse_one_delta_on_both_sides(target, right)
        here = replace(here, said=(*here.said, *self.taken, *counted))
        if self.choices.is_about_entries(choice.layer):
            entries = Entries(meaning, choice.base, choice.zero_outside)
            asked = Links(here, meaning, target).of_entries(entries, left, right)
            assumed = tuple(equals(extent, value) for extent, value in entries.equal_sizes.items())
            said = tuple(f"{extent} = {value}" for extent, value in entries.equal_sizes.items())
            here = replace(here, said=(*here.said, *said))
            return here, replace(asked, assuming=(*asked.assuming, *assumed, *here.assuming))
        asked = Links(here, meaning, target).of_maps(left, right)
        if meaning.beside:
            here = replace(here, said=(*here.said, BESIDE))
        return here, replace(asked, assuming=(*asked.assuming, *here.assuming))

    def _world(self, choice: Choice) -> World:
        key = (choice.layer, choice.wanted)
        if key not in self._worlds:
            self._worlds[key] = world(self.setting, *key)
        return self._worlds[key]

    def _refuse_one_delta_on_both_sides(self, target: Target | None, right: Expression) -> None:
        """The δ of a layer cannot be computed from itself; unmarked, they may be of two layers."""
        if target is None or target.role != "lower" or superscript(target.name) is None:
            return
        if self.setting.role(target.name.text) != "δ":
            return  # ∂J/∂z may be computed from z
        for name in walk(right):
            same = isinstance(name, Name) and name.text == target.name.text
            if not isinstance(name, Name) or not same or superscript(name) != superscript(target.name):
                continue
            letter = mark_of(name)
            numbers_samples = letter not in (None, *ALWAYS) and name.sub and name.sub != target.name.sub
            if not numbers_samples:
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
