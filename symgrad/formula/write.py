r"""A tensor written as a formula, in text or LaTeX, that `parse` reads back: by operators, or by entries."""

from __future__ import annotations

import functools
import inspect
import itertools
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from symgrad.errors import SymgradError
from symgrad.formula.letters import plain
from symgrad.formula.spell import spelt
from symgrad.formula.syntax import (
    Binary,
    Bracketed,
    Call,
    Dots,
    Expression,
    Family,
    Indicator,
    Name,
    Negative,
    Number,
    Raised,
    Relation,
    Several,
    Sum,
)
from symgrad.formula.syntax import Slice as Part
from symgrad.language.functions import Known
from symgrad.language.index import Constraint, Index
from symgrad.language.notation import nodes
from symgrad.language.operator import OPERATORS
from symgrad.language.scalar import Access, Add, Apply, Constant, Function, Multiply, Power, Ranges, Scalar
from symgrad.language.scalar import Indicator as Condition
from symgrad.language.scalar import Sum as IndexSum
from symgrad.language.symbol import Floor, Symbol
from symgrad.language.tensor import Comprehension, Slice, Tensor, Variable


def write(tensor: Tensor, spelling: str = "text") -> str:
    r"""A tensor as a formula; `spelling` is "text" or "latex".

    What no operator made is written by its entries, with how far its indices run.

    Raises SymgradError for names that the spelling has no way to write, and for entries that are maxima.

    >>> from symgrad.language.index import sizes
    >>> from symgrad.language.maps import convolve
    >>> from symgrad.language.tensor import tensor
    >>> H, K = sizes("H K")
    >>> claim = convolve(tensor("delta", H - K + 1), tensor("W", K))
    >>> write(claim), write(claim, "latex")
    ('convolve(δ, W)', '\\mathrm{convolve}(\\delta , W)')
    >>> from symgrad.language.build import build, total
    >>> a = tensor("a", H)
    >>> write(build([H - K + 1], lambda y: total([K], lambda u: a[y + u])))
    '(Σ_{u < K} a[y + u])_{y < H - K + 1}'
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"a tensor is written, got {tensor!r}")
    if spelling not in ("text", "latex"):
        raise SymgradError(f"a spelling is 'text' or 'latex', got {spelling!r}")
    return spelt(tree(tensor), latex=spelling == "latex")


def tree(tensor: Tensor) -> Expression:
    """A tensor as a tree. Raises SymgradError as `write` does."""
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
        self.indices: frozenset[str] = frozenset()

    def of(self, value: Any) -> Expression:
        """An argument of an operator."""
        match value:
            case Variable():
                return name_of(value.name)
            case Comprehension():
                if value.call is None:
                    return self.family(value)
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
        if symbol.is_index and symbol.name in self.tensors:
            raise SymgradError(f"{symbol.name} is the name of an index and of a tensor")
        named = symbol.name in self.tensors and not symbol.is_index
        return Call(Name("size"), (name_of(symbol.name),)) if named else self.symbol(symbol)

    def symbol(self, symbol: Symbol) -> Expression:
        """A size or an index; a size that has the name of an index is told apart."""
        name = name_of(symbol.name)
        return Call(Name("size"), (name,)) if symbol.name in self.indices and not symbol.is_index else name

    # -- entries ----------------------------------------------------------------------------------
    def family(self, tensor: Comprehension) -> Expression:
        """A tensor by its entries."""
        if tensor.requires or tensor.assumes:
            raise SymgradError(f"a formula has no way to write what is asked of the sizes: {tensor!r}")
        letters = iter(tensor.indices)
        axes = tuple(
            tuple((self.letter(next(letters)), self.index(extent)) for extent in axis) for axis in tensor.axes
        )
        outside, self.indices = self.indices, frozenset(symbol.name for symbol in tensor.indices)
        body = self.scalar(tensor.body)
        self.indices = outside
        return Family(body, axes)

    def sum(self, over: Ranges, body: Scalar) -> Expression:
        """A sum, each index from 0 to one less than its extent."""
        zero, one = (Number(Fraction(n), str(n)) for n in (0, 1))
        bounds = tuple((self.letter(s), zero, Binary("-", self.index(extent), one)) for s, extent in over)
        outside, self.indices = self.indices, self.indices | {symbol.name for symbol, _ in over}
        inside = self.scalar(body)
        self.indices = outside
        return Sum(bounds, inside)

    def letter(self, symbol: Symbol) -> str:
        """An index by its name. Raises SymgradError for one that a sum cannot run over."""
        if not _LETTER.fullmatch(symbol.name):
            raise SymgradError(f"a formula has no way to write the index {symbol.name}; give it another name")
        return symbol.name

    def conditions(self, conditions: Sequence[Constraint]) -> Expression:
        """Conditions, two that say `0 ≤ i < N` as one."""
        found, rest = [], list(conditions)
        while rest:
            one = rest.pop(0)
            extent = rest[0].polynomial + one.polynomial + 1 if rest else None
            if one.equality:
                found.append(Relation(self.sides(one), ("=",)))
            elif extent is not None and not rest[0].equality and not extent.has_index:
                rest.pop(0)
                parts = (Number(Fraction(0), "0"), self.index(one.polynomial), self.index(extent))
                found.append(Relation(parts, ("≤", "<")))
            else:
                found.append(Relation(self.sides(one)[::-1], ("≤",)))
        return Indicator(tuple(found))

    def sides(self, condition: Constraint) -> tuple[Expression, Expression]:
        """What is at least, or equal to, what."""
        terms = condition.polynomial.terms
        left = Index({monomial: count for monomial, count in terms.items() if count > 0})
        return self.index(left), self.index(left - condition.polynomial)

    # -- sizes ------------------------------------------------------------------------------------
    def index(self, index: Index, named: Callable[[Symbol], Expression] | None = None) -> Expression:
        """A polynomial in sizes, positive terms first and the number last."""
        name = named or self.symbol

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
                places = iter(map(self.index, at))
                keys = [tuple(itertools.islice(places, len(axis))) for axis in tensor.axes]
                grouped = tuple(key[0] if len(key) == 1 else Several(key) for key in keys)
                return _part(self.of(tensor), grouped or (Dots(),))
            case Add(terms):
                return functools.reduce(_added, map(self.scalar, terms))
            case Multiply(factors):
                if factors[0] == Constant(Fraction(-1)):
                    return Negative(_product([self.scalar(factor) for factor in factors[1:]]))
                return _product([self.scalar(factor) for factor in factors])
            case Power(base, exponent):
                return Raised(self.scalar(base), sup=_number(exponent))
            case IndexSum(over, body):
                return self.sum(over, body)
            case Condition(conditions):
                return self.conditions(conditions)
            case Apply(function, argument):
                return Call(_function(function), (self.scalar(argument),))
        raise SymgradError(f"a formula has no way to write the scalar {value}")


def _number(value: Fraction) -> Expression:
    if value < 0:
        return Negative(_number(-value))
    top = Number(Fraction(value.numerator), str(value.numerator))
    if value.denominator == 1:
        return top
    return Binary("/", top, Number(Fraction(value.denominator), str(value.denominator)))


_LETTER = re.compile(r"[A-Za-z](?:_[A-Za-z0-9]+)?'*|[α-ωϕ]'*")


def _function(function: Function | Known) -> Name:
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
