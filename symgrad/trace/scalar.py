"""The scalar that user's code is run on: a node of a graph, with a witness.

Arithmetic makes nodes and computes nothing. A comparison needs a definite answer, so the witness decides
it, and the answer is recorded as a condition of whatever is found. What would lose the symbol, such as a
conversion to float, raises NotTraceable rather than give a wrong number. What cannot be told from the
witness with certainty raises Undecided.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from types import CodeType
from typing import Any

from symgrad.trace.bounds import OutOfDomain
from symgrad.trace.graph import ADD, APPLY, CONSTANT, ENTRY, MULTIPLY, POWER, Node
from symgrad.trace.numeric import NotTraceable, Numeric
from symgrad.trace.recorder import Recorder, origin, rational, recording, remembering, square
from symgrad.trace.sums import Number, exact
from symgrad.trace.witness import order, rounded, sign, value

BRANCHES = 1000
"""The most comparisons that are kept for the report; more are only counted."""


class Traced(Node, Numeric):
    """An exact scalar, made of others by arithmetic."""

    __slots__ = ("origin",)
    count = 0

    origin: tuple[CodeType, int] | None

    def __init__(self, kind: int, left: Any, right: Any = None) -> None:
        self.kind, self.left, self.right = kind, left, right
        self.witness = None
        self.origin = None
        Traced.count += 1
        self.serial = Traced.count
        if kind > ENTRY:
            recorder = recording.get()
            if recorder is not None and recorder.origins:
                self.origin = origin()

    # -- arithmetic

    def __add__(self, other: Any) -> Any:
        other = operand(other)
        if other is NotImplemented or isinstance(other, float):
            return other
        if other.kind == CONSTANT and (not other.left or self.kind == CONSTANT):
            return self if not other.left else constant(self.left + other.left)
        if self.kind == CONSTANT and not self.left:
            return other
        return Traced(ADD, self, other)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Any:
        other = operand(other)
        if other is NotImplemented:
            return other
        if isinstance(other, float):
            return infinite(other, self)
        if self.kind == CONSTANT:
            self, other = other, self
        if other.kind == CONSTANT:
            if self.kind == CONSTANT:
                return constant(self.left * other.left)
            if not other.left:
                return ZERO
            if other.left == 1 and not remembering():
                return self
        return Traced(MULTIPLY, self, other)

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return self * MINUS_ONE

    def __pos__(self) -> Any:
        return self

    def __sub__(self, other: Any) -> Any:
        other = operand(other)
        if other is NotImplemented or isinstance(other, float):
            return other if other is NotImplemented else -other
        return self + other * MINUS_ONE

    def __rsub__(self, other: Any) -> Any:
        other = operand(other)
        if other is NotImplemented or isinstance(other, float):
            return other
        return other + self * MINUS_ONE

    def __truediv__(self, other: Any) -> Any:
        other = operand(other)
        if other is NotImplemented:
            return other
        if isinstance(other, float):
            return ZERO if math.isinf(other) else other
        return self * raised(other, -1)

    def __rtruediv__(self, other: Any) -> Any:
        other = operand(other)
        if other is NotImplemented:
            return other
        if isinstance(other, float):
            return infinite(other, self)
        return other * raised(self, -1)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        other = operand(other)
        if other is NotImplemented:
            return other
        if isinstance(other, float):
            raise NotTraceable("a power to an infinite exponent")
        if other.kind == CONSTANT:
            return raised(self, other.left)
        return (self.log() * other).exp()

    def __rpow__(self, other: Any) -> Any:
        other = operand(other)
        return other if other is NotImplemented else other**self

    def compared(self, sign: str, other: Any) -> Any:
        """The answer of the witness to a comparison."""
        return compared(self, sign, other)

    def __hash__(self) -> int:
        return self.serial

    # -- what the methods that NumPy asks for rest on

    def applied(self, name: str) -> Any:
        """A known function of it."""
        return applied(name, self)

    def raised(self, exponent: Fraction) -> Any:
        """A rational power of it."""
        return raised(self, exponent)

    def stepped(self, rounding: Callable[[Any], int]) -> Any:
        """Its rounding, which is constant around the witness."""
        whole = constant(rounded(self, rounding))
        _record(self, "is rounded to", whole, True)
        return whole

    @property
    def number(self) -> Number | None:
        """The number that it is, if it is a constant."""
        return self.left if self.kind == CONSTANT else None

    def __deepcopy__(self, memo: Any) -> Traced:
        return self

    def __repr__(self) -> str:
        return self.left if self.kind == ENTRY else str(self.left) if self.kind == CONSTANT else "<traced>"

    def __format__(self, spec: str) -> str:
        return format(float(value(self)), spec) if spec else repr(self)


# -- making nodes ---------------------------------------------------------------------------------


def constant(number: Number) -> Traced:
    """A number as a node."""
    return Traced(CONSTANT, exact(number))


ZERO, ONE_NODE, MINUS_ONE = constant(0), constant(1), constant(-1)


def entry(name: str, witness: Number) -> Traced:
    """A new symbol."""
    node = Traced(ENTRY, name, witness)
    node.witness = witness
    return node


def border(recorder: Recorder, name: str, place: tuple[int, ...]) -> Traced:
    """The symbol for a zero outside an argument, whose witness is 0; one for each place."""
    for node, where in recorder.borders.items():
        if where == (name, place):
            return node
    node = entry(f"{name}[{', '.join(map(str, place))}]", 0)
    recorder.borders[node] = (name, place)
    return node


def operand(value: Any) -> Any:
    """The other operand as a node; a float that is infinite or no number stays one.

    NotImplemented for what is no number, so that an array takes over.
    """
    if type(value) is Traced:
        return value
    if isinstance(value, (int, Fraction)):
        return constant(value + 0)
    kind = type(value).__module__
    if kind == "numpy" and getattr(value, "ndim", 1) == 0 and hasattr(value, "item"):
        inner = value.item()
        return operand(inner if not isinstance(inner, float) else float(str(value)))
    if isinstance(value, float):
        if not math.isfinite(value):
            return value
        under = square(value)
        if under is None:
            return constant(rational(value))
        root = Traced(POWER, constant(under), Fraction(1, 2))
        return root if value > 0 else -root
    return NotImplemented


def infinite(number: float, by: Traced) -> float:
    """An infinite float times a symbol, whose witness decides the sign."""
    return number if compared(by, ">", ZERO) else -number


def raised(base: Traced, exponent: Number) -> Traced:
    """A power with a rational exponent. Raises ZeroDivisionError for 1/0, OutOfDomain for such a root."""
    exponent = exact(Fraction(exponent))
    if exponent == 1:
        return base
    if exponent == 0:
        return ONE_NODE
    whole = isinstance(exponent, int)
    if base.kind == CONSTANT and (whole or not base.left):
        if not base.left and exponent < 0:
            raise ZeroDivisionError("a division by zero")
        return constant(Fraction(base.left) ** int(exponent)) if whole else ZERO
    if whole and 1 < exponent <= 3:
        result = base
        for _ in range(int(exponent) - 1):
            result = result * base
        return result
    if not whole and sign(base) < 0:
        raise OutOfDomain("a root of what is negative at the witness")
    if base.kind == POWER and (isinstance(base.right, int) and whole):
        return raised(base.left, base.right * exponent)
    return Traced(POWER, base, exponent)


TWO_OVER_ROOT_PI = constant(Fraction(2 / math.sqrt(math.pi)))
"""The slope of erf at 0, up to rounding."""
SLOPES: dict[str, Callable[[Traced, Traced], Any]] = {
    "exp": lambda node, at: node,
    "log": lambda node, at: raised(at, -1),
    "tanh": lambda node, at: ONE_NODE - node * node,
    "sin": lambda node, at: applied("cos", at),
    "cos": lambda node, at: -applied("sin", at),
    "arctan": lambda node, at: raised(ONE_NODE + at * at, -1),
    "erf": lambda node, at: (at * at * MINUS_ONE).exp() * TWO_OVER_ROOT_PI,
}
"""The derivatives of functions, from the node and its argument."""

_AT_ZERO = {"exp": 1, "tanh": 0, "sin": 0, "cos": 1, "arctan": 0, "erf": 0}


def applied(name: str, at: Traced) -> Any:
    """A function at a node. Raises OutOfDomain for the logarithm of what is not positive."""
    if at.kind == CONSTANT and not at.left and name in _AT_ZERO:
        return constant(_AT_ZERO[name])
    if name == "log":
        if at.kind == CONSTANT and at.left == 1:
            return ZERO
        if sign(at) <= 0:
            raise OutOfDomain("a logarithm of what is not positive at the witness")
    return Traced(APPLY, at, name)


# -- comparisons -----------------------------------------------------------------------------------


def compared(left: Traced, relation: str, right: Any) -> Any:
    """The answer of the witness to a comparison, recorded. Raises Undecided where it has none."""
    right = operand(right)
    if right is NotImplemented:
        return right
    if isinstance(right, float):  # infinite, or no number
        return {"<": right > 0, "<=": right >= 0, ">": right < 0, ">=": right <= 0, "==": False}[relation]
    difference = order(left, right)
    match relation:
        case "<":
            answer = difference < 0
        case "<=":
            answer = difference <= 0
        case ">":
            answer = difference > 0
        case ">=":
            answer = difference >= 0
        case _:
            answer = difference == 0
    _record(left, relation, right, answer)
    return answer


def _record(left: Traced, relation: str, right: Traced, answer: bool) -> None:
    if (left.kind == CONSTANT and right.kind == CONSTANT) or left is right:
        return
    recorder = recording.get()
    if recorder is not None:
        recorder.compared += 1
        if len(recorder.branches) < BRANCHES:
            recorder.branches.append((left, relation, right, answer))
