"""Formulas about functions of one variable: `h(x) = f(g(x))` and what its derivative is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from symgrad.decide.question import Question
from symgrad.derive import vjp
from symgrad.errors import SymgradError
from symgrad.formula import activations
from symgrad.formula.activations import ELEMENTWISE, SAID, Activation
from symgrad.formula.lift import accesses_replaced
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import (
    Binary,
    Bracketed,
    Call,
    Equation,
    Expression,
    Indicator,
    Matrix,
    Name,
    Negative,
    Number,
    Raised,
    Relation,
    walk,
)
from symgrad.language.functions import exp, step
from symgrad.language.scalar import Access, Apply, Constant, Function, Scalar, add, multiply, power
from symgrad.language.tensor import Comprehension, Variable, tensor

ONE, MINUS_ONE = Constant(Fraction(1)), Constant(Fraction(-1))
_MOST = 200
"""The most functions that are put in by their definitions."""
SIGMAS = ("σ", "sigma")
"""Names that are more often those of a known function than of any."""


def is_about_functions(equation: Equation) -> bool:
    """Whether the left side is a function of one name, and the right side of functions and that name only."""
    left = equation.parts[0]
    if not isinstance(left, Call) or len(left.arguments) != 1:
        return False
    if len(equation.parts) != 2 and not left.function.primes:
        return False
    argument = left.arguments[0]
    if (
        not isinstance(argument, Name)
        or argument.sub
        or argument.sup is not None
        or _has_scripts(left.function)
    ):
        return False
    called = {id(node.function) for part in equation.parts for node in walk(part) if isinstance(node, Call)}
    names = [n for part in equation.parts for n in walk(part) if isinstance(n, Name) and id(n) not in called]
    return all(name.text == argument.text or (name.text == "e" and name.sup) for name in names)


def functions_in(equation: Equation) -> set[str]:
    """The names of the functions that are called."""
    return {n.function.text for part in equation.parts for n in walk(part) if isinstance(n, Call)}


def _has_scripts(name: Name) -> bool:
    return bool(name.sub) or name.sup is not None


def defined(equation: Equation) -> tuple[str, tuple[str, Expression]] | None:
    """The function that an equation defines, with its variable and its formula; None for another claim."""
    left = equation.parts[0]
    assert isinstance(left, Call)
    argument = left.arguments[0]
    assert isinstance(argument, Name)
    return None if left.function.primes else (left.function.text, (argument.text, equation.parts[1]))


def unknown_functions_in(equation: Equation, setting: Setting) -> set[str]:
    """The activations of which nothing is known."""
    return {
        text
        for text in functions_in(equation)
        if setting.role(text) == "σ" and text not in setting.functions and activations.known(text) is None
    }


def away_from(equation: Equation, setting: Setting, activation: str | None) -> str:
    """Where a claim of a derivative says nothing, in words: at the kinks of ReLU and of what has cases."""
    left = equation.parts[0]
    assert isinstance(left, Call)
    definition = setting.functions.get(left.function.text)
    nodes = [] if definition is None else list(walk(definition[1]))
    if any(
        isinstance(node, Indicator) or (isinstance(node, Call) and node.function.text == "max")
        for node in nodes
    ):
        return f"{left.function.text} away from where its cases meet"
    called = {node.function.text for node in nodes if isinstance(node, Call)} | functions_in(equation)
    if activation == "relu" or any(activations.known(name) == "relu" for name in called):
        return SAID["relu"]
    return ""


def question_about(equation: Equation, setting: Setting, activation: str | None) -> Question | None:
    """Whether the right side is the derivative of a function that was defined, of one that is known, such as
    tanh, or of σ where the right side speaks of it as well; None for any other.

    `activation` is what every σ is of which nothing is known; None: any function. Raises SymgradError for
    what is no formula in functions of one variable.
    """
    left, right = equation.parts
    assert isinstance(left, Call)
    argument = left.arguments[0]
    assert isinstance(argument, Name)
    name, x = left.function.text, tensor(argument.text)
    by_exp = "exp" in functions_in(equation) or any(
        isinstance(n, Name) and n.text == "e" for n in walk(right)
    )
    reading = _Reading(setting, activation, bool(away_from(equation, setting, activation)), by_exp)
    if left.function.primes != 1:
        return None
    if name not in setting.functions and reading.known(name) is None and name not in ELEMENTWISE:
        inside = {n.function.text for n in walk(right) if isinstance(n, Call)}
        if setting.role(name) != "σ" or name not in (*SIGMAS, *inside):
            return None
    at = Access(x, ())
    forward = Comprehension((), (), reading.called(name, at))
    return Question(forward, x, None, Comprehension((), (), reading.of(right, {argument.text: at})))


def scalar(node: Expression, names: Mapping[str, Variable]) -> Scalar:
    """A formula of numbers, with these names in it. Raises SymgradError for any other."""
    at = {text: Access(variable, ()) for text, variable in names.items()}
    return _Reading(Setting(), None, away=True, by_exp=False).of(node, at)


@dataclass
class _Reading:
    """Gives formulas in functions of one variable their values; with `away` from where a side of a condition
    equals the other, as ReLU wants it, with `by_exp` the sigmoid as \\(1 / (1 + e^{-x})\\)."""

    setting: Setting
    activation: str | None
    away: bool
    by_exp: bool
    inside: frozenset[str] = frozenset()
    spent: list[str] = field(default_factory=list)

    def known(self, text: str) -> str | None:
        """The known function that is called so."""
        return activations.known(text) or (self.activation if self.setting.role(text) == "σ" else None)

    def called(self, text: str, x: Scalar, primes: int = 0) -> Scalar:
        """A function of something: as it was defined, or one that is known, or any."""
        definition = self.setting.functions.get(text)
        if definition is not None and text not in self.inside and not _mentions(definition[1], text):
            return self._defined(text, x, primes)
        own = self.known(text)
        if own == "sigmoid" and self.by_exp:
            value = power(add(ONE, exp(multiply(MINUS_ONE, x))), -1)
            return value if not primes else add(value, multiply(MINUS_ONE, power(value, 2)))
        if own is not None:
            return Activation(own).at(x, primes)
        if text in ELEMENTWISE:
            if primes:
                raise SymgradError(f"{text} with a prime is not read")
            return ELEMENTWISE[text](x)
        if len(text) > 1 and self.setting.role(text) != "σ":
            raise SymgradError(f"what {text} is, is not known among functions of one variable")
        applied = Function(text)
        for _ in range(primes):
            applied = applied.prime
        return Apply(applied, x)

    def _defined(self, text: str, x: Scalar, primes: int) -> Scalar:
        self.spent.append(text)
        if len(self.spent) > _MOST:
            raise SymgradError("too many functions stand in the definitions of functions")
        variable, formula = self.setting.functions[text]
        reading = replace(self, inside=self.inside | {text})
        if not primes:
            return reading.of(formula, {variable: x})
        if primes > 1:
            raise SymgradError(f"the second derivative of {text} is not read")
        own = tensor(variable)
        slope = vjp(Comprehension((), (), reading.of(formula, {variable: Access(own, ())})), own, None)
        assert isinstance(slope, Comprehension)
        return accesses_replaced(slope.body, lambda read: x if read.tensor is own else read)

    def of(self, node: Expression, names: Mapping[str, Scalar]) -> Scalar:
        """The value of an expression. Raises SymgradError."""
        match node:
            case Number(value):
                return Constant(value)
            case Name(text, sup=None) if text in names:
                return names[text]
            case Name(text, 0, (), Number(exponent), ()) if text in names:
                return power(names[text], exponent)
            case Name("e", 0, (), sup, ()) if sup is not None:
                return exp(self.of(sup, names))
            case Name(text):
                raise SymgradError(f"what {text} is, is not known among functions of one variable")
            case Negative(body):
                return multiply(MINUS_ONE, self.of(body, names))
            case Binary("+", left, right):
                return add(self.of(left, names), self.of(right, names))
            case Binary("-", left, right):
                return add(self.of(left, names), multiply(MINUS_ONE, self.of(right, names)))
            case Binary("/", left, right):
                return multiply(self.of(left, names), power(self.of(right, names), -1))
            case Binary(_, left, right):
                return multiply(self.of(left, names), self.of(right, names))
            case Raised(body, (), Number(exponent)):
                return power(self.of(body, names), exponent)
            case Call(Name(sup=Number(exponent)) as function, (argument,)):
                called = Call(replace(function, sup=None), (argument,))
                return power(self.of(called, names), exponent)
            case Call(Name("where"), (Indicator((condition,)), one, other)):
                holds = self._holds(condition, names)
                fails = add(ONE, multiply(MINUS_ONE, holds))
                return add(multiply(holds, self.of(one, names)), multiply(fails, self.of(other, names)))
            case Matrix(((inside,),)):
                return self.of(inside, names)
            case Bracketed(body, (inside,)):  # σ(z)[1 - σ(z)]
                return multiply(self.of(body, names), self.of(inside, names))
            case Indicator((condition,)):
                return self._holds(condition, names)
            case Call(Name("max", 0, (), None), (Number(zero), argument) | (argument, Number(zero))) if (
                not zero
            ):
                return Activation("relu").at(self.of(argument, names))
            case Call(Name(text, primes, sup=None), (argument,)):
                return self.called(text, self.of(argument, names), primes)
        raise SymgradError("this is no formula in functions of one variable")

    def _holds(self, condition: Relation, names: Mapping[str, Scalar]) -> Scalar:
        """1 where a comparison holds, else 0; `step` is 0 at 0."""
        if len(condition.parts) != 2 or condition.signs[0] == "=":
            raise SymgradError("a condition is read that compares two sides, such as x > 0")
        low, high = (self.of(side, names) for side in condition.parts)
        above = add(high, multiply(MINUS_ONE, low))
        if condition.signs[0] == "<" or self.away:
            return Apply(step, above)
        fails = Apply(step, multiply(MINUS_ONE, above))
        return add(ONE, multiply(MINUS_ONE, fails))


def _mentions(node: Expression, function: str) -> bool:
    return any(isinstance(n, Call) and n.function.text == function for n in walk(node))
