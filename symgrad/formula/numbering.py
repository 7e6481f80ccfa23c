"""Whether marks fit together: dZ^3 and A^1 are not of one layer, nor δ^{(i)} and a^{(j)} of one sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symgrad.formula.company import INPUTS, OUTPUTS
from symgrad.formula.levels import ALWAYS, CARRIED, Levels, derivative_of, mark_of, superscript
from symgrad.formula.problem import Meaningless
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Equation, Expression, Name, Number, children
from symgrad.formula.target import is_j, name_of

PARAMETERS = ("W", "b")
SINGLE = ("activation", "softmax", "loss")
"""Layers whose input and output are marked alike."""


@dataclass(frozen=True)
class _Tensor:
    """A name of a tensor; of dZ, `role` is that of Z, and it is a derivative. `mark` is its layer, if any."""

    name: Name
    role: str
    is_derivative: bool
    on_left: bool
    mark: tuple[str, int] | None

    @property
    def layer(self) -> int:
        """The number of its layer, or its distance from l."""
        return 0 if self.mark is None else self.mark[1]

    @property
    def parameters(self) -> set[int] | None:
        """What the weights beside it may be marked with: those that lead to its layer or from it."""
        if self.role in ("δ", "z") and not self.on_left:
            return {self.layer, self.layer - 1} if self.is_derivative else None  # σ'(z) may be of either side
        return {self.layer, self.layer + 1}

    @property
    def is_by_output(self) -> bool:
        """Whether it is the derivative by what a layer gives, before its activation."""
        return self.is_derivative and self.role in ("δ", "z") and self.name.text not in OUTPUTS


def refuse_other_layers(equation: Equation, setting: Setting, levels: Levels, layer: str) -> tuple[str, ...]:
    """What is to be said of how weights are counted.

    Raises Meaningless for names of a layer, or of a sample, that the others are not of. A layer leads from
    one number to the next; weights are counted with the layer that they lead to or with that from which
    they come, all alike.
    """
    every = list(_tensors(equation, setting, levels))
    _refuse_other_samples(every)
    marked = [one for one in every if one.mark is not None]
    _refuse_other_target(marked)
    marked = [one for one in marked if one.role != "y"]
    if len({one.mark[0] for one in marked if one.mark}) != 1:
        return ()
    if layer in SINGLE:
        both = (*CARRIED, *PARAMETERS) if layer == "loss" else ("a", "z")
        if len({one.layer for one in marked if one.role in both}) > 1:
            raise Meaningless("one layer is read here, and these are of two", equation.parts[-1])
        outputs = [one for one in marked if one.role in ("a", "z")]
        return tuple(_said_of_inputs(every, outputs)) if layer == "loss" else ()
    carried = [one for one in marked if one.role not in PARAMETERS]
    parameters = [one for one in marked if one.role in PARAMETERS]
    numbers_layers = bool(parameters) or all(one.mark and one.mark[0] in ("", *ALWAYS) for one in carried)
    _refuse_other_steps(carried, numbers_layers)
    allowed, own = _allowed(carried), {one.layer for one in parameters}
    for one in parameters:
        if len(own) > 1 or (allowed is not None and one.layer not in allowed):
            raise Meaningless(f"{one.name.text} is of another layer than what stands beside it", one.name)
    from_below = [one for one in parameters if _leads_from(one, carried)]
    if from_below and any(_is_of_programs(one.name) for one in carried):
        name = from_below[0].name
        raise Meaningless(f"{name.text} is of another layer than what stands beside it", name)
    texts = dict.fromkeys(one.name.text for one in from_below)
    said = [f"{text} with the number of the layer that it leads from" for text in texts]
    return (*said, *_said_of_inputs(every, [one for one in carried if one.is_by_output]))


def _is_of_programs(name: Name) -> bool:
    """Whether a name is such as dZ: where those are written, weights have the number of what they lead to."""
    return len(name.text) == 2 and name.text[0] == "d"


def _said_of_inputs(every: list[_Tensor], outputs: list[_Tensor]) -> Iterator[str]:
    """What is to be said of x beside dZ2. Raises Meaningless for x beside dZ3: it goes into the first layer,
    which is counted as the first or the second."""
    given = [one.layer for one in outputs if one.mark is not None and not one.mark[0]]
    for one in every:
        if (
            given
            and one.role in ("a", "x")
            and one.mark is None
            and one.name.text in INPUTS
            and not one.on_left
        ):
            if min(given) > 2:
                problem = f"{one.name.text} goes into the first layer, and not into layer {min(given)}"
                raise Meaningless(problem, one.name)
            if min(given) > 1:
                yield f"{one.name.text} as what goes into layer {min(given)}"


def _leads_from(weights: _Tensor, carried: list[_Tensor]) -> bool:
    """Whether weights have the number of what goes into their layer."""
    layers = {one.layer for one in carried}
    if len(layers) == 2:
        return weights.layer == min(layers)
    return layers == {weights.layer + 1} and all(one.is_by_output for one in carried)


def _refuse_other_steps(carried: list[_Tensor], numbers_layers: bool) -> None:
    """Raise Meaningless where what goes in has not the number before that of what comes out.

    Letters that need not number layers may be those of a sample, which all have in common.
    """
    layers = sorted({one.layer for one in carried})
    if layers and layers[-1] - layers[0] > 1:
        far = carried[-1]
        raise Meaningless(f"{far.name.text} is of a layer that is not next to the other", far.name)
    given = [one for one in carried if one.is_by_output and not one.on_left and numbers_layers]
    top = layers[-1] if layers else 0  # the z of `∂z^l/∂a^l` and of `z^l = W^l a^l`
    values = [one for one in carried if one.role == "z" and not one.is_derivative and one.on_left]
    given += [one for one in values if one.layer == top and numbers_layers]
    for one in carried:
        if one.role == "a" and one.name.text not in INPUTS:
            same = next((other for other in given if other.layer == one.layer), None)
            if same is not None:
                raise Meaningless(f"{one.name.text} and {same.name.text} are of one layer", same.name)


def _allowed(carried: list[_Tensor]) -> set[int] | None:
    """What weights may be marked with beside these; None where nothing says it."""
    layers = {one.layer for one in carried}
    if len(layers) > 1:
        return layers
    said = [one.parameters for one in carried if one.parameters is not None]
    return set.intersection(*said) if said else None


def _refuse_other_target(marked: list[_Tensor]) -> None:
    """Raise Meaningless for the target of another layer, as in `a^{(3)} - y^{(2)}`."""
    others = {one.mark for one in marked if one.role != "y" and one.mark is not None}
    for one in marked:
        same = one.mark is not None and one.mark[0] in {letter for letter, _ in others}
        if one.role == "y" and same and one.mark not in others:
            raise Meaningless(f"{one.name.text} is of another layer than what stands beside it", one.name)


def _refuse_other_samples(every: list[_Tensor]) -> None:
    """Raise Meaningless for `δ^{(i)}` beside `a^{(j)}`, and for `x^n` beside x, which may be a power."""
    letters = [(one, mark_of(one.name)) for one in every if one.role not in PARAMETERS]
    own = next((letter for one, letter in letters if letter is not None and one.role != "y"), None)
    for one, letter in letters:
        if letter is None or own is None or letter == own:
            continue
        if one.role != "y" or not {letter, own} & set(ALWAYS):  # a^L - y^{(i)}: the layer, and the sample
            problem = f"{one.name.text} is marked with {letter}, and what stands beside it with {own}"
            raise Meaningless(problem, one.name)
    for one, letter in letters:
        bare = (other for other in every if other.name == Name(one.name.text, one.name.primes, one.name.sub))
        if letter is not None and letter not in ALWAYS and any(bare):
            raise Meaningless(f"{one.name.text} stands both with {letter} above it and without", one.name)


# -- the names of an equation ---------------------------------------------------------------------
def _tensors(equation: Equation, setting: Setting, levels: Levels) -> Iterator[_Tensor]:
    for place, part in enumerate(equation.parts):
        for name, by in _names(part, setting):
            text, is_derivative = name.text, by
            if text[:1] == "d" and setting.role(text) is None and setting.role(text[1:]) is not None:
                text, is_derivative = text[1:], True
            role = setting.role(text)
            if role is None or role not in (*CARRIED, *PARAMETERS, "x", "y"):
                continue
            is_power = isinstance(name.sup, Number) and levels.lower is None
            mark = None if is_power else superscript(name)
            yield _Tensor(name, role, is_derivative or role == "δ", place == 0, mark)


def _names(node: Expression, setting: Setting, by: bool = False) -> Iterator[tuple[Name, bool]]:
    """The names in an expression, and whether J is differentiated by them there."""
    if isinstance(node, Name):
        yield node, by
        return
    found = derivative_of(node)
    name = None if found is None else name_of(found[1])
    if found is not None and name is not None and is_j(found[0], setting):
        yield name, True
        return
    for child in children(node):
        yield from _names(child, setting)
