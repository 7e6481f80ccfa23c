"""Which layer a superscript speaks of: the one below (`l - 1`) or the one at hand (`l`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from symgrad.formula.problem import Meaningless
from symgrad.formula.syntax import Binary, Equation, Expression, Matrix, Name, Number, Partial, walk

LETTERS = ("l", "L", "ℓ", "n", "k", "i", "j", "h")
"""Letters that number layers."""
ALWAYS = ("l", "L", "ℓ")
"""Those that number nothing else."""
MARKS = (*LETTERS, "N", "M", "m", "p", "q", "r", "t", "τ")
"""Letters that number layers, samples or steps."""
CARRIED = ("a", "z", "δ")
"""The roles whose superscripts tell the layers apart; those of weights are counted in two ways."""


def superscript(name: Name) -> tuple[str, int] | None:
    """The layer a name is marked with, as a letter and a distance; None for a power or a transpose."""
    if len(name.brackets) == 1 and name.sup is None:
        found = _layer(name.brackets[0])
        if not name.sub or (found is not None and found[0] in ALWAYS):  # a_i[j] is an entry, a_i[l] a map
            return found
    return None if name.sup is None else _layer(name.sup)


def _layer(sup: Expression) -> tuple[str, int] | None:
    match sup:
        case Name(letter, primes=0, sup=None) if letter in LETTERS:
            return letter, 0
        case Binary("+" | "-" as sign, Name(letter, primes=0, sup=None), Number(value)) if letter in LETTERS:
            return letter, int(value) if sign == "+" else -int(value)
        case Number(value) | Matrix(((Number(value),),)) if value.denominator == 1 and value >= 1:
            return "", int(value)
    return None


def mark_of(name: Name) -> str | None:
    """The letter that a name is marked with, of a layer or of a sample; None for a number and for nothing."""
    found = superscript(name)
    if found is not None:
        return found[0] or None
    return name.sup.text if isinstance(name.sup, Name) and is_mark(name.sup) else None


def require_mark(function: Name) -> None:
    """Raise Meaningless for a function with something above that does not only say which one is meant."""
    match function.sup:
        case Matrix(((inside,),)):
            marked = is_mark(inside)
        case sup:  # of (2) it is not known what is meant: a layer, or the second derivative
            marked = sup is None or (is_mark(sup) and not isinstance(sup, Number))
    if not marked:
        raise Meaningless(f"what stands above {function.text} is neither a power nor a layer", function)


def is_mark(sup: Expression) -> bool:
    """Whether a superscript only says which one is meant: a layer such as l - 1, or a letter such as (i)."""
    if not isinstance(sup, Name) or sup.primes or sup.sup is not None or sup.brackets:
        return _layer(sup) is not None
    return sup.text in MARKS


def may_mark(sup: Expression, body: Expression) -> bool:
    """Whether a superscript of a name, or of something in brackets, is a mark, and no power as (a - y)^n."""
    if isinstance(body, Name) or not isinstance(sup, Name) or sup.text in ALWAYS:
        return is_mark(sup)
    start, end = sup.span
    return is_mark(sup) and end - start > len(sup.text)  # in brackets of its own, as in (i)


@dataclass(frozen=True)
class Levels:
    """The layers that occur in an equation: `lower` and `upper`, None where no superscript says it.

    `beside` says that an a and a δ are marked with one and the same layer, and nothing with another.
    """

    lower: int | None
    upper: int | None
    beside: bool = False

    def is_lower(self, name: Name) -> bool | None:
        """Whether a name is of the layer below; None where nothing says so."""
        found = superscript(name)
        if found is None or self.lower is None or self.upper is None:
            return None
        if self.lower == self.upper:
            return True if found[0] and found[1] < 0 else None  # l - 1 by itself
        return found[1] == self.lower


def levels(equation: Equation, role: Callable[[str], str | None]) -> Levels:
    """The layers of an equation."""
    every = [(role(name.text), found) for name in _names(equation) if (found := superscript(name))]
    marked = [(one, found) for one, found in every if one in CARRIED]
    layers = {found for one, found in every if one in (*CARRIED, "W", "b")}
    parameters = any(one in ("W", "b") for one, _ in every)
    said = any(isinstance(name.sup, Matrix) for name in _names(equation))
    said = said or any(superscript(name) for name in _differentiated(equation.parts[0], role))
    if len(layers) == 1 and next(iter(layers))[0] == "" and not parameters and not said:
        marked = []  # one number by itself is a power: a layer has another beside it, or marks the left side
    offsets = {offset for _, (_, offset) in marked}
    if len({letter for _, (letter, _) in marked}) != 1:  # nothing, or two countings that nothing relates
        return Levels(None, None)
    letter = marked[0][1][0]
    counts = not letter or letter in ALWAYS or parameters  # n may number samples
    beside = counts and len(offsets) == 1 and {"a", "δ"} <= {role for role, _ in marked}
    return Levels(min(offsets), max(offsets), beside)


def _differentiated(left: Expression, role: Callable[[str], str | None]) -> Iterator[Name]:
    """What a left side is the derivative by, or the δ that it is: neither has powers."""
    found = derivative_of(left)
    name = left if found is None else found[1]
    if isinstance(name, Name):
        differential = role(name.text) is None and name.text[:1] == "d"
        if found is not None or differential or role(name.text) == "δ":
            yield name


def _names(equation: Equation) -> Iterator[Name]:
    for part in equation.parts:
        for node in walk(part):
            if isinstance(node, Name):
                yield node


def derivative_of(node: Expression) -> tuple[Expression, Expression] | None:
    """What is differentiated, and by what, if it is a derivative; of `∇a`, the ∇ itself stands for J.

    Names such as dW are not taken apart.
    """
    match node:
        case Binary("/", Partial(top), Partial(bottom)):
            return top, bottom
        case Binary("", Name("nabla", sub=(by,)), of):
            return of, by
        case Binary("", Name("nabla", sub=()) as j, by):
            return j, by
    return None
