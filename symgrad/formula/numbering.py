"""Whether the layers that names are marked with are those of one layer: `dW^2 = dZ^2 A^{1T}`, not `dZ^3`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symgrad.formula.levels import Levels, superscript
from symgrad.formula.problem import Meaningless
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Equation, Expression, Name, Number, walk

PARAMETERS = ("W", "b")
SINGLE = ("activation", "softmax", "loss")
"""Layers whose input and output are marked alike."""


@dataclass(frozen=True)
class _Mark:
    """A name with the layer that it is marked with; `role` is what it is, of dZ that of Z."""

    name: Name
    role: str
    letter: str
    layer: int
    on_left: bool

    @property
    def parameters(self) -> set[int] | None:
        """What the weights beside it may be marked with: those that lead to its layer or from it."""
        if self.role in ("δ", "z") and not self.on_left:
            is_value = self.role == "z" and self.name.text[:1] != "d"
            return None if is_value else {self.layer, self.layer - 1}  # σ'(z) may be of either side
        return {self.layer, self.layer + 1}


def refuse_other_layers(equation: Equation, setting: Setting, levels: Levels, layer: str) -> None:
    """Raise Meaningless for names of a layer that the others are not of.

    Weights are counted with the layer that they lead to or with that from which they come, all alike.
    """
    sides = enumerate(equation.parts)
    marks = [mark for place, part in sides for mark in _marks(part, setting, levels, place == 0)]
    if len({mark.letter for mark in marks}) != 1:
        return
    if layer in SINGLE:
        carried = {mark.layer for mark in marks if layer == "loss" or mark.role in ("a", "z")}
        if len(carried) > 1:
            raise Meaningless("one layer is read here, and these are of two", equation.parts[-1])
        return
    allowed = _allowed([mark for mark in marks if mark.role not in PARAMETERS])
    own = {mark.layer for mark in marks if mark.role in PARAMETERS}
    for mark in marks:
        outside = allowed is not None and mark.layer not in allowed
        if mark.role in PARAMETERS and (len(own) > 1 or outside):
            raise Meaningless(f"{mark.name.text} is of another layer than what stands beside it", mark.name)


def _allowed(carried: list[_Mark]) -> set[int] | None:
    """What weights may be marked with beside these; None where nothing says it."""
    layers = {mark.layer for mark in carried}
    if len(layers) > 1:
        return layers
    said = [mark.parameters for mark in carried if mark.parameters is not None]
    return set.intersection(*said) if said else None


def _marks(part: Expression, setting: Setting, levels: Levels, on_left: bool) -> Iterator[_Mark]:
    for name in walk(part):
        found = superscript(name) if isinstance(name, Name) else None
        if found is None or not isinstance(name, Name):
            continue
        if isinstance(name.sup, Number) and levels.lower is None:
            continue  # a power
        text = name.text
        is_differential = text[:1] == "d" and len(text) == 2 and setting.role(text[1:]) is not None
        role = setting.role(text[1:] if is_differential else text)
        if role in ("a", "z", "δ", *PARAMETERS):
            yield _Mark(name, role, *found, on_left)
