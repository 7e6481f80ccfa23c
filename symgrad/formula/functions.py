"""Formulas about functions of one variable: `h(x) = f(g(x))` and what its derivative is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from symgrad.decide.question import Question
from symgrad.errors import SymgradError
from symgrad.formula import activations
from symgrad.formula.activations import ANY, ELEMENTWISE, Activation
from symgrad.formula.syntax import (
    Binary,
    Call,
    Equation,
    Expression,
    Indicator,
    Name,
    Negative,
    Number,
    Raised,
    Relation,
    walk,
)
from symgrad.language.functions import step
from symgrad.language.scalar import Access, Apply, Constant, Function, Scalar, add, multiply, power
from symgrad.language.tensor import Comprehension, Variable, tensor


def is_about_functions(equation: Equation) -> bool:
    """Whether the left side is a function of one name, and the right side of functions and that name only."""
    left = equation.parts[0]
    if len(equation.parts) != 2 or not isinstance(left, Call) or len(left.arguments) != 1:
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
    return all(name.text == argument.text for name in names)


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


def question_about(equation: Equation, known: Mapping[str, tuple[str, Expression]]) -> Question | None:
    """Whether the right side is the derivative of a function that was defined, or of one that is known, such
    as tanh; None for any other."""
    left, right = equation.parts
    assert isinstance(left, Call)
    argument = left.arguments[0]
    assert isinstance(argument, Name)
    name, x = left.function.text, tensor(argument.text)
    function = activations.known(name)
    if left.function.primes != 1 or (name not in known and function is None):
        return None
    if name in known:
        variable, formula = known[name]
        forward = Comprehension((), (), scalar(formula, {variable: x}))
    else:
        forward = Comprehension((), (), Activation(function or ANY).at(Access(x, ())))
    return Question(forward, x, None, Comprehension((), (), scalar(right, {argument.text: x})))


def scalar(node: Expression, names: Mapping[str, Variable]) -> Scalar:
    """A formula of numbers, with these names in it. Raises SymgradError for any other."""
    match node:
        case Number(value):
            return Constant(value)
        case Name(text, sup=None) if text in names:
            return Access(names[text], ())
        case Negative(body):
            return multiply(Constant(Fraction(-1)), scalar(body, names))
        case Binary("+", left, right):
            return add(scalar(left, names), scalar(right, names))
        case Binary("-", left, right):
            return add(scalar(left, names), multiply(Constant(Fraction(-1)), scalar(right, names)))
        case Binary("/", left, right):
            return multiply(scalar(left, names), power(scalar(right, names), -1))
        case Binary(_, left, right):
            return multiply(scalar(left, names), scalar(right, names))
        case Raised(body, (), Number(exponent)):
            return power(scalar(body, names), exponent)
        case Call(Name(sup=Number(exponent)) as function, (argument,)):
            called = Call(replace(function, sup=None), (argument,))
            return power(scalar(called, names), exponent)
        case Call(Name("where"), (Indicator((Relation() as condition,)), one, other)):
            holds = Apply(step, scalar(_excess(condition), names))
            fails = add(Constant(Fraction(1)), multiply(Constant(Fraction(-1)), holds))
            return add(multiply(holds, scalar(one, names)), multiply(fails, scalar(other, names)))
        case Call(Name(text, primes, sup=None), (argument,)) if (own := activations.known(text)) is not None:
            return Activation(own).at(scalar(argument, names), primes)
        case Call(Name("exp" | "log" | "ln" as text, 0, sup=None), (argument,)):
            return ELEMENTWISE[text](scalar(argument, names))
        case Call(Name(sup=None) as function, (argument,)):
            applied = Function(function.text)
            for _ in range(function.primes):
                applied = applied.prime
            return Apply(applied, scalar(argument, names))
    raise SymgradError("this is no formula in functions of one variable")


def _excess(condition: Relation) -> Expression:
    """What is above 0 where a comparison holds, away from where both sides are equal."""
    if len(condition.parts) != 2 or condition.signs[0] == "=":
        raise SymgradError("a condition is read that compares two sides, such as x > 0")
    low, high = condition.parts
    return Binary("-", high, low)
