r"""A tensor in operator form written as a formula, in text or LaTeX, that `parse` reads back."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from symgrad.errors import SymgradError
from symgrad.formula.parse import plain
from symgrad.formula.spell import spelt
from symgrad.formula.syntax import (
    Binary,
    Bracketed,
    Call,
    Dots,
    Expression,
    Name,
    Negative,
    Number,
    Raised,
    Several,
)
from symgrad.formula.syntax import Slice as Part
from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.operator import OPERATORS
from symgrad.language.scalar import Access, Add, Constant, Function, Multiply, Power, Scalar
from symgrad.language.symbol import Floor, Symbol
from symgrad.language.tensor import Comprehension, Slice, Tensor, Variable


def write(tensor: Tensor, spelling: str = "text") -> str:
    r"""A tensor in operator form as a formula; `spelling` is "text" or "latex".

    Raises SymgradError for a tensor, or a part of it, that is given by its entries and not by operators,
    and for names that the spelling has no way to write.

    >>> from symgrad.language.index import sizes
    >>> from symgrad.language.maps import convolve
    >>> from symgrad.language.tensor import tensor
    >>> H, K = sizes("H K")
    >>> claim = convolve(tensor("delta", H - K + 1), tensor("W", K))
    >>> write(claim), write(claim, "latex")
    ('convolve(δ, W)', '\\mathrm{convolve}(\\delta , W)')
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"a tensor is written, got {tensor!r}")
    if spelling not in ("text", "latex"):
        raise SymgradError(f"a spelling is 'text' or 'latex', got {spelling!r}")
    return spelt(tree(tensor), latex=spelling == "latex")


def tree(tensor: Tensor) -> Expression:
    """A tensor in operator form as a tree. Raises SymgradError as `write` does."""
    tensors = frozenset(node.name for node in nodes(tensor) if isinstance(node, Variable))
    return _Writing(tensors).of(tensor)


def name_of(text: str) -> Name:
    """A name of the library as a formula has it: `p_h` is p with a subscript, `delta` is δ."""
    bare = text.rstrip("'")
    head, _, below = bare.partition("_")
    sub: tuple[Expression, ...] = ()
    if below:
        sub = (Number(Fraction(below), below) if below.isascii() and below.isdigit() else name_of(below),)
    return Name(plain(head), len(text) - len(bare), sub)


class _Writing:
    """Writes one tensor. Sizes that have the name of a tensor are told apart where both could stand."""

    def __init__(self, tensors: frozenset[str]) -> None:
        self.tensors = tensors

    def of(self, value: Any) -> Expression:
        """An argument of an operator."""
        match value:
            case Variable():
                return name_of(value.name)
            case Comprehension():
                if value.call is None:
                    raise SymgradError(f"no operator form: it is given by its entries, {value!r}")
                return self.call(value.call.name, dict(value.call.arguments))
            case bool() | None:
                return Name(str(value).lower())
            case str():
                return Name(value)
            case int() | Fraction():
                return _number(Fraction(value))
            case Index() | Symbol():
                return self.index(Index.of(value))
            case tuple() | list():
                return Several(tuple(map(self.of, value)))
            case Slice(start, stop, step):
                ends = (None if end is None else self.of(end) for end in (start, stop, step))
                return Part(*ends)
            case Scalar():
                return self.scalar(value)
        if value is Ellipsis:
            return Dots()
        raise SymgradError(f"a formula has no way to write {value!r}")

    # -- operators --------------------------------------------------------------------------------
    def call(self, name: str, arguments: dict[str, Any]) -> Expression:
        """An operator with its arguments."""
        match name:
            case "*" if arguments["left"] == -1 and isinstance(arguments["left"], int):
                return Negative(self.operand(arguments["right"]))
            case "+" | "-" | "*" | "/":
                sign = "·" if name == "*" else name
                return Binary(sign, self.operand(arguments["left"]), self.operand(arguments["right"]))
            case "**":
                return Raised(self.of(arguments["left"]), sup=_number(Fraction(arguments["right"])))
            case "hadamard":
                return Binary("⊙", self.of(arguments["x"]), self.of(arguments["y"]))
            case "matmul":
                return Binary("@", self.of(arguments["x"]), self.of(arguments["y"]))
            case "apply":
                function: Function = arguments["function"]
                return Call(_function(function), (self.of(arguments["x"]),))
            case "slice":
                return _part(self.of(arguments["x"]), tuple(map(self.of, arguments["key"])))
        if name not in OPERATORS:
            raise SymgradError(f"no operator form: {name} is no operator of the library")
        return self._plain_call(name, arguments)

    def _plain_call(self, name: str, arguments: dict[str, Any]) -> Expression:
        parameters = inspect.signature(OPERATORS[name]).parameters
        positional, options = [], []
        for key, value in arguments.items():
            if parameters[key].default is inspect.Parameter.empty:
                positional.append(self.of(value))
            else:
                options.append((key, self.of(value)))
        return Call(name_of("sum" if name == "sum_axes" else name), tuple(positional), tuple(options))

    def operand(self, value: Any) -> Expression:
        """An operand of arithmetic, where a size may be taken for a tensor of its name."""
        if isinstance(value, (Index, Symbol)):
            return self.index(Index.of(value), self._told_apart)
        return self.of(value)

    def _told_apart(self, symbol: Symbol) -> Expression:
        name = name_of(symbol.name)
        return Call(Name("size"), (name,)) if symbol.name in self.tensors else name

    # -- sizes ------------------------------------------------------------------------------------
    def index(self, index: Index, named: Callable[[Symbol], Expression] | None = None) -> Expression:
        """A polynomial in sizes, positive terms first and the number last."""
        name = named or (lambda symbol: name_of(symbol.name))

        def atom(one: Symbol | Floor) -> Expression:
            if isinstance(one, Symbol):
                return name(one)
            quotient = Binary("/", self.index(one.numerator, named), self.index(one.divisor, named))
            return Call(Name("floor"), (quotient,))

        ordered = sorted(index.terms.items(), key=lambda term: (term[0] == (), term[1] < 0))
        found: Expression | None = None
        for monomial, coefficient in ordered:
            factors = [*map(atom, monomial)]
            if abs(coefficient) != 1 or not factors:
                factors.insert(0, _number(Fraction(abs(coefficient))))
            term = _product(factors)
            if found is None:
                found = Negative(term) if coefficient < 0 else term
            else:
                found = Binary("-" if coefficient < 0 else "+", found, term)
        return Number(Fraction(0), "0") if found is None else found

    # -- scalars ----------------------------------------------------------------------------------
    def scalar(self, value: Scalar) -> Expression:
        """A scalar: numbers, sizes, entries, and arithmetic with them."""
        match value:
            case Constant(number, powers):
                found = _number(number)
                for base, exponent in powers:
                    for _ in range(abs(exponent)):
                        found = Binary(
                            "·" if exponent > 0 else "/", found, self.index(base, self._told_apart)
                        )
                return found
            case Access(tensor, at):
                return _part(self.of(tensor), tuple(map(self.index, at)) or (Dots(),))
            case Add(terms):
                return functools.reduce(_added, map(self.scalar, terms))
            case Multiply(factors):
                if factors[0] == Constant(Fraction(-1)):
                    return Negative(_product([self.scalar(factor) for factor in factors[1:]]))
                return _product([self.scalar(factor) for factor in factors])
            case Power(base, exponent):
                return Raised(self.scalar(base), sup=_number(exponent))
        raise SymgradError(f"a formula has no way to write the scalar {value}")


def _number(value: Fraction) -> Expression:
    if value < 0:
        return Negative(_number(-value))
    top = Number(Fraction(value.numerator), str(value.numerator))
    if value.denominator == 1:
        return top
    return Binary("/", top, Number(Fraction(value.denominator), str(value.denominator)))


def _function(function: Function) -> Name:
    name = name_of(function.name)
    return Name(name.text, function.order, name.sub)


def _part(body: Expression, keys: tuple[Expression, ...]) -> Expression:
    if isinstance(body, Name) and not body.brackets:
        return Name(body.text, body.primes, body.sub, body.sup, keys)
    return Bracketed(body, keys)


def _product(factors: Sequence[Expression]) -> Expression:
    return functools.reduce(lambda left, right: Binary("·", left, right), factors)


def _added(left: Expression, right: Expression) -> Expression:
    return Binary("-", left, right.body) if isinstance(right, Negative) else Binary("+", left, right)
