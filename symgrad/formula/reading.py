"""A formula in every way it can be read, and the verdict on each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from symgrad.decide.decision import decide
from symgrad.decide.question import Question
from symgrad.decide.verdict import Verdict
from symgrad.errors import SymgradError
from symgrad.formula.levels import Levels, derivative_of, levels, superscript
from symgrad.formula.meaning import Meaning, Meaningless, Value, names_in
from symgrad.formula.setting import MODES, STARS, Setting
from symgrad.formula.syntax import Binary, Call, Equation, Expression, Name, Negative, Raised, walk
from symgrad.formula.world import Wanted, World, world
from symgrad.language.build import build
from symgrad.language.scalar import Access
from symgrad.language.tensor import Comprehension, Tensor


@dataclass(frozen=True)
class Reading:
    """One way of reading an equation: what was taken for granted, and what came of it.

    `options` say in words what was chosen where there was a choice. `problem` is why it has no meaning so.
    """

    options: tuple[tuple[str, str], ...] = ()
    verdict: Verdict | None = None
    problem: Meaningless | None = None
    question: Question | None = None

    @property
    def said(self) -> str:
        """The options in words."""
        return ", ".join(text for _, text in self.options)


@dataclass(frozen=True)
class Target:
    """What the left side of an equation is: the derivative of J by a role, or a value of the forward."""

    role: str
    name: Name
    is_derivative: bool = True
    lower: bool = False


@dataclass
class Reader:
    """Reads one equation of a setting."""

    setting: Setting
    equation: Equation
    levels: Levels = field(init=False)

    def __post_init__(self) -> None:
        self.levels = levels(self.equation, self.setting.role)

    # -- what there is to choose ------------------------------------------------------------------
    def layers(self) -> list[str]:
        """The layers that it can be about: the one said, or those that have what it names."""
        if self.setting.layer is not None:
            return [self.setting.layer]
        roles = {self.setting.role(name.text) for part in self.equation.parts for name in names_in(part)}
        calls = {
            node.function.text.lower()
            for part in self.equation.parts
            for node in walk(part)
            if isinstance(node, Call)
        }
        if calls & {"upsample", "up", "down", "kron", "unpool"}:
            return ["avg_pool2d", "max_pool2d"]
        if "y" in roles:
            return ["loss"]
        if self._has("*") or calls & {"rot180", "flip", "correlate", "convolve", "conv"}:
            return ["conv2d"]
        return ["linear"] if roles & {"W", "b"} else ["activation"]

    def _has(self, sign: str) -> bool:
        return any(
            isinstance(node, Binary) and node.sign == sign
            for part in self.equation.parts
            for node in walk(part)
        )

    def _names(self, role: str) -> list[Name]:
        return [
            name
            for part in self.equation.parts
            for name in names_in(part)
            if self.setting.role(name.text) == role
        ]

    def choices(self, layer: str) -> Iterator[tuple[Wanted, str, str, str, tuple[tuple[str, str], ...]]]:
        """Every combination of what the equation leaves open."""
        setting = self.setting
        maps = self._has_letters() and layer in ("conv1d", "conv2d", "avg_pool2d", "max_pool2d", "activation")
        slides = layer in ("conv1d", "conv2d") and (self._has("*") or self._calls("conv", "conv2"))
        stars: Sequence[str] = STARS if slides and setting.star is None else (setting.star or STARS[0],)
        modes: Sequence[str] = (
            MODES if slides and setting.mode is None and not self._says_mode() else (setting.mode or "full",)
        )
        belows = [setting.below] if setting.below is not None else self._belows(layer)
        biases = [setting.bias] if setting.bias else (["map", "position"] if self._names("b") else ["map"])
        if layer not in ("conv1d", "conv2d"):
            biases = ["map"]
        spreads = ["repeat"]
        if self._calls("upsample", "up", "unpool", "kron"):
            spreads = {"avg_pool2d": ["divide", "repeat"], "max_pool2d": ["route", "repeat"]}.get(layer, spreads)
        rows = ["", "io", "oi"] if layer == "linear" else [""]
        for star, mode, below, bias, spread, row in itertools.product(
            stars, modes, belows, biases, spreads, rows
        ):
            options: list[tuple[str, str]] = []
            if slides:
                kind = "cross-correlation" if star == "correlation" else "convolution"
                options.append(("star", f"* as {mode} {kind}"))
            if len(belows) > 1:
                options.append(("below", _BELOW[bool(below)]))
            if len(biases) > 1:
                options.append(("bias", f"one bias for each {'map' if bias == 'map' else 'position'}"))
            if len(spreads) > 1:
                options.append(("upsample", _SPREADS[spread]))
            if len(rows) > 1:
                options.append(("rows", _ROWS[row]))
            wanted = Wanted(maps, False, bool(below), bias or "map", row)
            yield wanted, star, mode, spread, tuple(options)

    def _belows(self, layer: str) -> list[bool | None]:
        if layer == "activation":
            return [True]
        shown = any(name.primes for name in self._names("σ")) or self._explicit_lower()
        if shown:
            return [True]
        left = self.equation.parts[0]
        target = _name_of_target(left)
        role = None if target is None else self.setting.role(target.text)
        if role in ("δ", "z") and derivative_of(left) is None and layer != "loss":
            return [False, True]
        if role == "z" and layer != "loss":
            return [True]
        return [False] if layer != "loss" else [bool(self._names("z") or self._names("σ"))]

    def _explicit_lower(self) -> bool:
        return any(self.levels.is_lower(name) for name in self._names("z"))

    def _has_letters(self) -> bool:
        for role in ("a", "W", "z", "δ", "b"):
            for name in self._names(role):
                marked = superscript(name) is not None and name.sup is None
                sub = name.sub or (() if marked else name.brackets)
                if any(isinstance(item, Name) for item in sub) or any(
                    isinstance(item, Binary) and item.sign == "" for item in sub
                ):
                    return True
        return False

    def _calls(self, *names: str) -> bool:
        return any(
            isinstance(node, Call) and node.function.text.lower() in names
            for part in self.equation.parts
            for node in walk(part)
        )

    def _says_mode(self) -> bool:
        return any(name.text in MODES for part in self.equation.parts for name in names_in(part))

    # -- the left side ----------------------------------------------------------------------------
    def target(self, node: Expression, others: Sequence[Expression]) -> Target | None:
        """What a side is, if it is something that a layer gives: a derivative or a value of the forward."""
        derived = derivative_of(node)
        name = _name_of_target(node)
        if name is None:
            return None
        role = self.setting.role(name.text)
        reads_delta = any(
            self.setting.role(n.text) == "δ" or n.text.startswith("d") and self.setting.role(n.text[1:]) == "z"
            for other in others
            for n in names_in(other)
        ) or any(
            (found := derivative_of(inner)) is not None
            and self.setting.role(getattr(found[1], "text", "")) in ("z", "a")
            for other in others
            for inner in walk(other)
        )
        if derived is None and role is None and name.text[:1] == "d":
            role = self.setting.role(name.text[1:])
            derived = (node, Name(name.text[1:], 0, name.sub, name.sup, name.brackets, span=name.span))
            name = derived[1] if isinstance(derived[1], Name) else name
        if role is None:
            return None
        lower = self.levels.is_lower(name)
        if derived is not None:
            if role == "z":
                return Target("lower" if (reads_delta if lower is None else lower) else "z", name, True, True)
            return Target("a" if role == "a" else role, name)
        if role == "δ":
            is_lower = reads_delta if lower is None else lower
            return Target("δ" if not is_lower else "lower", name, True, bool(is_lower))
        return Target(role, name, False) if role in ("z", "a", "J") else None

    # -- readings ---------------------------------------------------------------------------------
    def readings(self, left: Expression, right: Expression) -> list[Reading]:
        """The link left = right in every way it can be read."""
        found: list[Reading] = []
        for layer in self.layers():
            named = (("layer", layer),) if len(self.layers()) > 1 else ()
            for wanted, star, mode, spread, options in self.choices(layer):
                found.append(self._reading(left, right, layer, wanted, star, mode, spread, named + options))
        return found

    def _reading(
        self,
        left: Expression,
        right: Expression,
        layer: str,
        wanted: Wanted,
        star: str,
        mode: str,
        spread: str,
        options: tuple[tuple[str, str], ...],
    ) -> Reading:
        try:
            here = world(self.setting, layer, wanted)
            meaning = self._meaning(here, left, star, mode, spread)
            question = self._question(here, meaning, left, right)
        except Meaningless as problem:
            return Reading(options, problem=problem)
        except SymgradError as problem:
            return Reading(options, problem=Meaningless(str(problem)))
        return Reading(options, decide(question, suggest=False), question=question)

    def _meaning(self, here: World, left: Expression, star: str, mode: str, spread: str) -> Meaning:
        meaning = Meaning(self.setting, here, self.levels, star, mode, spread)
        into: set[str] = set()
        out: set[str] = set()
        for part in self.equation.parts:
            target = self.target(part, [p for p in self.equation.parts if p is not part])
            for name in names_in(part):
                role = self.setting.role(name.text)
                lower = self.levels.is_lower(name)
                if target is not None and name is target.name and target.role in ("lower", "a"):
                    lower = True
                sub = name.sub
                if role not in ("a", "z", "δ", "b") or not sub:
                    continue
                try:
                    letters = meaning.letters(sub)
                except Meaningless:
                    continue
                is_input = role == "a" and lower is not False or role in ("z", "δ") and lower
                (into if is_input else out).update(letters[:1])
        meaning.in_letters, meaning.out_letters = frozenset(into - out), frozenset(out - into)
        return meaning

    def _question(self, here: World, meaning: Meaning, left: Expression, right: Expression) -> Question:
        target = self.target(left, [right])
        if target is None or not target.is_derivative:
            return self._comparison(here, meaning, left, right)
        role = target.role
        if role == "δ" and "δ" not in here.things:  # the loss: δ is its derivative by what is activated
            role = "lower" if here.below else "a"
        if role == "lower" and not here.below:
            role = "a"
        if role == "z" and here.delta is not None or role == "δ":
            return self._comparison(here, meaning, left, right)
        thing = here.things.get(role)
        if thing is None:
            raise Meaningless(f"{here.layer} has no {target.name.text} to differentiate by", target.name)
        letters = meaning.letters(target.name.sub) if target.name.sub else []
        if len(letters) != len(thing.maps):
            if thing.maps:
                raise Meaningless(f"{target.name.text} needs a letter for its maps", target.name)
            letters = []
        letters = meaning._ordered(thing, letters)
        for letter, extent in zip(letters, thing.tensor.extents, strict=False):
            meaning.lift.extents[letter] = extent
        claim = _as_tensor(meaning.of(right))
        claim = _fitted(claim, thing.tensor.ndim - len(letters))
        extra = [letter for letter in meaning.lift.letters(claim) if letter not in letters]
        whole = meaning.lift.over(claim, [*extra, *letters])
        if not extra:
            return Question(here.z, thing.tensor, here.delta, whole)
        gradient = meaning.gradient(role)
        count = len(extra)
        wide = build(
            (*((meaning.lift.extents[letter],) for letter in extra), *gradient.axes),
            lambda *i: Access(gradient, i[count:]),
            [*extra, *(f"i{k}" for k in range(len(gradient.extents)))],
        )
        return Question(wide, None, None, whole)

    def _comparison(self, here: World, meaning: Meaning, left: Expression, right: Expression) -> Question:
        """Two expressions compared as they stand."""
        sides = [_as_tensor(meaning.of(side)) for side in (left, right)]
        rank = max(side.ndim for side in sides)
        sides = [_fitted(side, rank) for side in sides]
        letters = list(dict.fromkeys(x for side in sides for x in meaning.lift.letters(side)))
        whole = [meaning.lift.over(side, letters) if letters else side for side in sides]
        return Question(whole[0], None, None, whole[1])


def _as_tensor(value: Value) -> Tensor:
    if isinstance(value, Tensor):
        return value
    from symgrad.formula.meaning import as_number

    return Comprehension((), (), as_number(value))


def _fitted(value: Tensor, rank: int) -> Tensor:
    """A number is that number everywhere only where a number is wanted."""
    if value.ndim != rank:
        raise Meaningless(f"the two sides have {rank} and {value.ndim} axes")
    return value


def _name_of_target(node: Expression) -> Name | None:
    found = derivative_of(node)
    inner = node if found is None else found[1]
    if isinstance(inner, Raised) and isinstance(inner.body, Name):
        inner = inner.body
    return inner if isinstance(inner, Name) else None


_BELOW = {True: "the layer below ends in σ", False: "nothing below the input"}
_SPREADS = {
    "repeat": "upsample repeats each entry",
    "divide": "upsample spreads each entry evenly",
    "route": "upsample puts each entry where the maximum was",
}
_ROWS = {"": "columns, z = W a + b", "io": "a sample a row, z = a W + b", "oi": "a sample a row, z = a Wᵀ + b"}

__all__ = ["Negative", "Reader", "Reading", "replace"]
