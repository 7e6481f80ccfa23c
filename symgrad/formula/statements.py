"""What a document states of its loss, its activation and its forward, which binds every guess after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symgrad.formula.activations import KNOWN
from symgrad.formula.levels import derivative_of, superscript
from symgrad.formula.syntax import Call, Equation, Name, Number, walk

if TYPE_CHECKING:
    from symgrad.formula.outputs import Choice
    from symgrad.formula.setting import Setting

FAMILIES = {
    "squared": "half squares", "activated": "half squares", "identity": "half squares", "mse": "squares",
    "softmax": "cross-entropy", "cross_entropy": "cross-entropy",
    "sigmoid": "binary cross-entropy", "binary_cross_entropy": "binary cross-entropy",
}  # fmt: skip
"""What J is of the output, in every way of reading that guesses it,"""
OUTPUTS = {"softmax": "softmax", "sigmoid": "sigmoid", "identity": "identity"}
"""and what the output is of what it is computed from, where that is guessed too."""
MEAN = ", mean"
"""What follows where J is the mean over samples."""
_LEFT = frozenset({"columns", "", "samples", "vector", "numbers"})
_RIGHT = frozenset({"io", "row", "vector_io", "numbers", "row of numbers", "features"})
AGREEING = {
    **dict.fromkeys(("columns", "", "samples"), _LEFT),
    **dict.fromkeys(("io", "row", "row of numbers", "features"), _RIGHT),
    "oi": frozenset({"oi", "vector", "numbers"}),
    "vector": _LEFT | {"oi"},
    "vector_io": _RIGHT | {"column of numbers"},
    "column of numbers": frozenset({"column of numbers", "vector_io", "numbers"}),
}
"""How a dense layer may be laid out in a document that lays it out so: W a, a W and a Wᵀ are three."""


@dataclass(frozen=True)
class Statement:
    """What one formula of a document says.

    about   "loss" (J is …), "activation" (a is … of z), "function" (σ(x) is …) or "forward" (z is … of W)
    names   the names that it is about: those of both sides, or of J or of the function alone
    says    all that it can mean, in the words of this module; nothing where it is not understood
    head    the left side, which a later statement of the same states anew
    is_implied   whether it is not said, but what a formula that is PROVED is right with
    """

    about: str
    head: str
    names: frozenset[str]
    says: frozenset[str]
    text: str = ""
    line: int = 0
    is_implied: bool = False

    @property
    def place(self) -> str:
        """Where it stands, for a message."""
        return f"in line {self.line}" if self.line else f"by {self.text}"


def with_statement(known: tuple[Statement, ...], new: Statement) -> tuple[Statement, ...]:
    """The statements with a new one, which takes the place of an older one of the same."""
    return (*(one for one in known if (one.about, one.head) != (new.about, new.head)), new)


def is_elementwise(head: str, known: Sequence[Statement]) -> bool:
    """Whether an output was stated to be a known function of each entry."""
    said = (one.says for one in known if (one.about, one.head) == ("activation", head))
    return any(words and words <= set(KNOWN) for words in said)


def key(name: Name) -> str:
    """A name with the number of its layer: A1 is another than A2, but a^l is that of any l.

    The last layer, a^L, is by itself.
    """
    found = superscript(name)
    number = "" if found is None else str(found[1]) if not found[0] else "L" if found == ("L", 0) else ""
    return f"{name.text}^{number}" if number else name.text


def exact(name: Name) -> str:
    """The same, also with a number below: a_1."""
    numbers = [item.text or str(item.value) for item in name.sub if isinstance(item, Number)]
    return key(name) + "".join(f"#{number}" for number in numbers)


def undifferentiated(name: Name, role: Callable[[str], str | None]) -> Name:
    """dz as z; any other name as it is."""
    if name.text[:1] == "d" and len(name.text) > 1 and role(name.text[1:]) is not None:
        return Name(name.text[1:], 0, name.sub, name.sup, name.brackets, span=name.span)
    return name


class Binding:
    """What the statements of a setting say of one equation: which choices are against them."""

    def __init__(self, setting: Setting, equation: Equation) -> None:
        self.setting = setting
        self.equation = equation
        self._names = list(self._weighed())
        self.written = derivative_of(equation.parts[0]) is not None
        self.loss = self._loss()
        self.forward = self._nearest("forward", roles=("W",))
        self.activation = self._activation()

    # -- which statements are about the equation ---------------------------------------------------
    def _weighed(self) -> Iterator[tuple[Name, int]]:
        for place, part in enumerate(self.equation.parts):
            for node in walk(part):
                if isinstance(node, Name):
                    yield undifferentiated(node, self.setting.role), 1 if place else 2

    def _nearest(self, about: str, roles: tuple[str, ...] | None = None) -> list[Statement]:
        """The statements that have the most names in common with the equation."""
        found: dict[int, list[Statement]] = {}
        for one in self.setting.statements:
            if one.about == about:
                weight = sum(
                    w * (1 + (exact(name) in one.names))
                    for name, w in self._names
                    if (roles is None or self.setting.role(name.text) in roles)
                    and any(known.partition("#")[0] == key(name) for known in one.names)
                )
                found.setdefault(weight, []).append(one)
        best = max(found, default=0)
        nearest = found[best] if best else []
        return [one for one in nearest if not one.is_implied] or nearest

    def _loss(self) -> list[Statement]:
        every = [one for one in self.setting.statements if one.about == "loss"]
        own = {exact(name) for name, _ in self._names}
        named = [one for one in every if one.head in own]
        last = [one for one in every if one.says or one.head != "C"]  # which may be any other matrix
        return named or last[-1:]

    def _activation(self) -> list[Statement]:
        nearest = self._nearest("activation")
        if nearest:
            return nearest
        called = {n.function.text for part in self.equation.parts for n in walk(part) if isinstance(n, Call)}
        every = [one for one in self.setting.statements if one.about == "function"]
        every = [one for one in every if self.setting.role(one.head) == "σ"]
        # an f or g by itself may be of a chain rule only
        likely = [one for one in every if one.says or one.head in ("σ", "φ", "ϕ")]
        return [one for one in every if one.head in called] or likely

    # -- what they allow ---------------------------------------------------------------------------
    @property
    def function(self) -> str | None:
        """The known function that σ was stated to be."""
        said = {word for one in self.activation for word in one.says}
        return said.pop() if len(said) == 1 and said <= set(KNOWN) else None

    def against(self, choice: Choice) -> Statement | None:
        """The statement that a choice contradicts, or of which it is a guess though it is not understood."""
        setting, wanted = self.setting, choice.wanted
        if choice.layer == "loss" and setting.kind != setting.layer:
            return self._against_output(choice) or self._against_layout(wanted.rows)  # J was said to be this
        if choice.layer == "loss":
            return (
                self._against_loss(choice)
                or self._against_output(choice)
                or (self._against_layout(wanted.rows) if wanted.rows else None)
            )
        if choice.layer == "softmax":
            return self._unless("softmax", self.activation)
        if choice.layer in ("linear", "conv1d", "conv2d"):
            if setting.layer is None:
                is_dense = choice.layer == "linear"
                for one in self.forward:  # not understood, or of another layer
                    if not any((word in AGREEING) == is_dense for word in one.says):
                        return one
            if choice.layer == "linear":
                against = self._against_layout(wanted.rows)
                if against is not None:
                    return against
        if choice.guessed:
            return self._unless(wanted.function, self.activation)
        return None

    def _unless(self, word: str, statements: list[Statement]) -> Statement | None:
        return next((one for one in statements if word not in one.says), None)

    def _against_loss(self, choice: Choice) -> Statement | None:
        family, mean = FAMILIES[choice.wanted.loss], choice.wanted.mean
        for one in self.loss:
            allowed = {family, family + MEAN} if mean or not self.written else {family}
            if not allowed & one.says:
                return one
        return None

    def _against_output(self, choice: Choice) -> Statement | None:
        output = OUTPUTS.get(choice.wanted.loss)
        if output is not None:
            return self._unless(output, self.activation)
        if choice.wanted.loss == "activated":
            return next((one for one in self.activation if "softmax" in one.says), None)
        return None

    def _against_layout(self, rows: str) -> Statement | None:
        for one in self.forward:
            allowed = [AGREEING[word] for word in one.says if word in AGREEING]
            if allowed and not any(rows in words for words in allowed):
                return one
        return None


_ABOUT = {"loss": "J", "activation": "the activation", "function": "the activation", "forward": "the layer"}


def reason(against: Statement) -> str:
    """Why an equation is not judged: what was stated of what it depends on is not understood, or agrees with
    none of its readings."""
    what = _ABOUT[against.about]
    if against.is_implied:
        return f"this is right only where {what} is laid out otherwise than it has to be {against.place}"
    if not against.says:
        return f"{what} was stated {against.place} in a way that is not understood: a guess is not judged"
    return f"no way in which this is read agrees with what was stated of {what} {against.place}"


def implied(equation: Equation, setting: Setting, right: Sequence[Choice], text: str) -> list[Statement]:
    """How weights are laid out where a formula that is PROVED is right in no other way: within one document
    they stay so. Nothing where it was stated, or makes no difference."""
    rows = {choice.wanted.rows for choice in right if choice.layer in ("linear", "loss")}
    if not rows or not all(row in AGREEING for row in rows) or Binding(setting, equation).forward:
        return []
    nodes = (node for part in equation.parts for node in walk(part))
    every = (undifferentiated(node, setting.role) for node in nodes if isinstance(node, Name))
    weights = sorted({exact(name) for name in every if setting.role(name.text) == "W"})
    return [
        Statement("forward", weight, frozenset({weight}), frozenset(rows), text, setting.line, True)
        for weight in weights
    ]
