r"""The derivative of a function of one variable, however it is written: `σ'(z)`, `σ'`, `dσ(z)/dz`,
`\frac{d}{dx} \tanh(x)`; in what it is said to be, `σ(1 - σ)` and `a(1 - a)` are read as of σ(z).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symgrad.formula.activations import ELEMENTWISE, known
from symgrad.formula.functions import SIGMAS
from symgrad.formula.setting import NORMS, Setting
from symgrad.formula.syntax import (
    Binary,
    Call,
    Equation,
    Expression,
    Name,
    Number,
    Partial,
    Raised,
    children,
    rebuilt,
    walk,
)

_VALUES = ("a", "z", "y")
"""The roles of what a function may give."""
_SIDE_BY_SIDE = ("", "·", "@")


@dataclass(frozen=True)
class Slope:
    """A claim of what the derivative of a function is, as `function'(variable) = …` of the variable alone.

    `said` is which name was read as what the function gives, in words.
    """

    equation: Equation
    said: str = ""


def slope_of(equation: Equation, setting: Setting) -> Slope | None:
    """What an equation says of the derivative of a function; None where it is about something else."""
    if len(equation.parts) < 2 or setting.layer in NORMS:  # where σ is a deviation
        return None
    found = _differentiated(equation.parts[0], setting)
    if found is None:
        return None
    function, written = found
    rest = tuple(map(_with_partials, equation.parts[1:]))
    argument = written or _argument(rest, setting) or Name("x")
    value = _value(rest, function, argument, setting)
    reading = _Reading(setting, replace(function, primes=0), argument, value)
    left = Call(replace(function, primes=1), (reading.variable,), span=equation.parts[0].span)
    said = "" if value is None else f"{value.text} as {function.text}({argument.text})"
    return Slope(replace(equation, parts=(left, *map(reading.of, rest))), said)


# -- what is differentiated ----------------------------------------------------------------------
def _differentiated(node: Expression, setting: Setting) -> tuple[Name, Name | None] | None:
    """The function and its variable, None where only `σ'` is written."""
    match node:
        case Call(Name(_, 1, (), None, ()) as function, (Name(_, 0) as argument,), ()):
            return function, argument
        case Name(_, 1, (), None, ()) if _is_function(node, setting):
            return node, None
        case Binary("/", top, bottom) if (by := _by(bottom)) is not None:
            inside = _of_d(top)
            return None if inside is None else _applied(inside, by, setting)
        case Binary("", Name("nabla", sub=(Name() as by,)), inside):
            return _applied([inside], by, setting)
    factors = _factors(node)
    match factors[0]:
        case Binary("/", Name("d", 0, (), None, ()), bottom) if (by := _by(bottom)) is not None:
            return _applied(factors[1:], by, setting)
        case Binary("/", Name("d", 0, (), None, ()), Name("d", 0, (), None, ())):
            match factors[1:]:
                case [Name() as by, *inside]:
                    return _applied(inside, by, setting)
    return None


def _by(bottom: Expression) -> Name | None:
    """The x of dx."""
    match bottom:
        case Partial(Name() as by) | Binary("", Name("d", 0, (), None, ()), Name() as by):
            return by
        case Name(text, 0, _, None) if len(text) > 1 and text[0] == "d":
            return replace(bottom, text=text[1:])
    return None


def _of_d(top: Expression) -> list[Expression] | None:
    """What d stands before, its factors side by side."""
    match top:
        case Partial(body):
            return [body]
        case Name(text, 0, (), None, ()) if len(text) > 1 and text[0] == "d":
            return [replace(top, text=text[1:])]
    factors = _factors(top)
    return factors[1:] if factors[0] == Name("d") else None


def _applied(inside: Sequence[Expression], by: Name, setting: Setting) -> tuple[Name, Name | None] | None:
    match inside:
        case [Call(Name(_, 0, (), None, ()) as function, (argument,), ())] if argument == by:
            pass
        case [Name(text, 0, (), None, ()) as function] if text in (*SIGMAS, *setting.functions) or known(
            text
        ):  # f alone may be what is differentiated as J is
            pass
        case [Name(_, 0, (), None, ()) as function, Name() as argument] if argument == by:
            pass
        case _:
            return None
    return (function, by) if _is_function(function, setting) else None


def _with_partials(node: Expression) -> Expression:
    """`da/dz` as ∂a/∂z."""
    match node:
        case Binary("/", Name(top, 0, _, None, ()) as a, Name(bottom, 0, _, None, ()) as z) if (
            len(top) > 1 and len(bottom) > 1 and top[0] == bottom[0] == "d"
        ):
            sides = (Partial(replace(side, text=side.text[1:]), span=side.span) for side in (a, z))
            return Binary("/", *sides, span=node.span)
    return rebuilt(node, _with_partials)


def _factors(node: Expression) -> list[Expression]:
    if isinstance(node, Binary) and node.sign == "":
        return [*_factors(node.left), node.right]
    return [node]


def _is_function(name: Name, setting: Setting) -> bool:
    return (
        setting.role(name.text) == "σ"
        or known(name.text) is not None
        or name.text in (*ELEMENTWISE, *setting.functions)
    )


# -- what it is said to be -----------------------------------------------------------------------
def _argument(parts: Sequence[Expression], setting: Setting) -> Name | None:
    """What functions are taken of, where the left side does not say it."""
    for part in parts:
        for node in walk(part):
            match node:
                case Call(function, (Name() as argument,), ()) if _is_function(
                    function, setting
                ) and not _is_function(argument, setting):
                    return argument
    return None


def _value(parts: Sequence[Expression], function: Name, argument: Name, setting: Setting) -> Name | None:
    """The one other name of an output, as in `σ'(z) = a(1 - a)`, where σ itself is not there."""
    each = [list(_names(part)) for part in parts]
    found = {name for names in each if all(one.text != function.text for one in names) for name in names}
    called = {
        n.function for part in parts for n in walk(part) if isinstance(n, Call) and n.arguments == (argument,)
    }
    others = {n for n in found if n != argument and not _is_function(n, setting) and n.text != "e"}
    bare = {replace(name, sup=None) if isinstance(name.sup, Number) else name for name in others}
    match list(bare):
        case [Name(text, 0, _, None, ()) as value] if setting.role(text) in _VALUES and (
            text != "h" or value not in called  # h(x) is another function
        ):
            return value
    return None


def _names(node: Expression) -> Iterator[Name]:
    """The names outside of scripts."""
    if isinstance(node, Name):
        yield node
        return
    for child in children(node):
        yield from _names(child)


@dataclass(frozen=True)
class _Reading:
    """Reads a right side: every bare σ is σ(z), and before brackets without z it is a factor."""

    setting: Setting
    function: Name
    argument: Name
    value: Name | None

    @property
    def variable(self) -> Name:
        """The variable without what marks a layer or an entry."""
        return Name(self.argument.text, span=self.argument.span)

    def of(self, node: Expression) -> Expression:
        match node:
            case Name() if node == self.argument:
                return self.variable
            case Name(sup=Number() as power) if replace(node, sup=None) == self.argument:
                return Raised(self.variable, (), power, span=node.span)
            case Binary("/", Partial(Name() as top), Partial(Name() as by)) if (
                by == self.argument and self._is_value(top)
            ):
                return Call(replace(self.function, primes=1), (self.variable,), span=node.span)
            case Name(sup=sup) if self._is_value(node):
                return self._power(self._at(self.function), sup, node)
            case Name(_, primes, (), sup, ()) if _is_function(node, self.setting):
                return self._power(self._at(Name(node.text, primes, span=node.span)), sup, node)
            case Name("e", 0, (), sup, ()) if sup is not None:
                return replace(node, sup=self.of(sup))
            case Name():
                return node
            case Binary("", Name() as function, argument) if argument == self.argument and _is_function(
                function, self.setting
            ):  # tanh x
                sup, called = function.sup, replace(function, sup=None)
                return self._power(self._at(called), sup, node)
            case Binary("", Binary(sign, left, Name() as function), argument) if (
                sign in _SIDE_BY_SIDE and argument == self.argument and _is_function(function, self.setting)
            ):
                return self.of(Binary(sign, left, Binary("", function, argument), span=node.span))
            case Call(Name() as name, (inside,), ()) if inside == self.argument and self._is_value(name):
                return self._at(self.function)  # y(x) as y
            case Call(Name() as name, (inside,), ()) if self._is_factor(name, inside):
                return Binary("", self.of(name), self.of(inside), span=node.span)
            case Binary(sign, left, Call(Name() as name, (inside,), ())) if (
                sign in _SIDE_BY_SIDE and inside != self.argument and self._is_factor(name, inside)
            ):
                before = Binary(sign, self.of(left), self.of(name), span=node.span)
                return Binary("", before, self.of(inside), span=node.span)
            case Raised(Call(Name() as name, (inside,), ()), sub, sup) if self._is_factor(name, inside):
                raised = Raised(self.of(inside), sub, sup, span=node.span)
                return Binary("", self.of(name), raised, span=node.span)
            case Call(function, arguments):
                return replace(node, function=function, arguments=tuple(map(self.of, arguments)))
        return rebuilt(node, self.of)

    def _is_value(self, name: Name) -> bool:
        bare = replace(name, sup=None) if isinstance(name.sup, Number) else name
        return self.value is not None and bare == self.value

    def _is_factor(self, name: Name, inside: Expression) -> bool:
        """Whether a name before brackets is multiplied: the brackets hold a value, and no variable."""
        if self._is_value(name) or name == self.argument:
            return True
        holds = list(_names(inside))
        return (
            _is_function(name, self.setting)
            and not any(one == self.argument for one in holds)
            and any(one.text == name.text for one in holds)
        )

    def _at(self, function: Name) -> Expression:
        return Call(function, (self.variable,), span=function.span)

    def _power(self, body: Expression, sup: Expression | None, node: Expression) -> Expression:
        return body if sup is None else Raised(body, (), sup, span=node.span)
