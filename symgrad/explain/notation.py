"""Expressions of the language as formulas: index notation and operator notation.

What a tensor is called is said by `names`; what is not named is written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction as Rational
from typing import Any

from symgrad.explain.brackets import as_factor, has_digits, is_call, raised, unsigned
from symgrad.explain.entries import is_bold, is_number, plain_sum
from symgrad.explain.indices import Indices
from symgrad.explain.layout import (
    BREAK,
    COMMA,
    DEL,
    EQUALS,
    LESS,
    MINUS,
    PLUS,
    Big,
    Fence,
    Fraction,
    Layout,
    Name,
    Number,
    Script,
    Sign,
    name,
    row,
    separated,
    vector,
)
from symgrad.language.functions import Known
from symgrad.language.index import Index
from symgrad.language.notation import said_arguments
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Function,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Selected,
    Sum,
    exact,
    power,
    substitute,
)
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Call, Comprehension, Slice, Tensor, Variable

SUM, PRODUCT, ATOM = range(3)  # how tightly a piece binds


@dataclass(frozen=True)
class Derivative:
    """A tensor that is ∂top/∂bottom: its first `split` indices belong to the top.

    With `sign` ∂⁺ it is what the formula for the top gives where all that is computed on the way is held.
    """

    top: Layout
    bottom: Layout
    split: int
    sign: Layout = DEL


@dataclass
class Notation(Indices):
    """How one proof writes things."""

    names: Mapping[Tensor, Layout | Derivative] = field(default_factory=dict)
    ranges: dict[str, Index] = field(default_factory=dict)
    brief: bool = False
    unread: set[Tensor] = field(default_factory=set)
    """Tensors of which an axis was left out."""
    around: frozenset[str] = frozenset()
    """The names of the indices in scope."""

    # -- scalars ----------------------------------------------------------------------------------
    def scalar(self, node: Scalar) -> Layout:
        """A scalar in index notation."""
        return self._scalar(node)[0]

    def _scalar(self, node: Scalar) -> tuple[Layout, int]:
        match node:
            case Constant(value, powers):
                return self._constant(value, powers)
            case Access(tensor, at):
                summed = None if tensor in self.names else plain_sum(tensor, at, self.around)
                return (self.access(tensor, at), ATOM) if summed is None else self._scalar(summed)
            case Add(terms):
                return self._sum(terms), SUM
            case Multiply(factors):
                return self._product(factors)
            case Sum(over, body):
                piece, binding = self.within(symbol for symbol, _ in over)._scalar(body)
                inside = Fence("(", piece, ")") if binding == SUM else piece
                return row(Big("∑", self.under(over)), inside), PRODUCT
            case Indicator(conditions):
                return self.bracket(conditions), ATOM
            case Power(base, exponent):
                return self._power(base, exponent)
            case Apply(function, argument):
                return row(self.function(function), Fence("(", self.scalar(argument), ")")), ATOM
            case Maximum(over, where, body):
                under = self.under(over)
                if where:
                    under = separated([under, *self.conditions(where)])
                piece, binding = self._scalar(body)
                inside = Fence("(", piece, ")") if binding == SUM else piece
                return row(Big("max", under), inside), PRODUCT
            case Selected(maximum, at):
                window = {symbol: index for (symbol, _), index in zip(maximum.over, at, strict=True)}
                taken = self.scalar(substitute(maximum.body, window))
                return Fence("[", row(taken, EQUALS, self.scalar(maximum)), "]"), ATOM
        raise AssertionError(f"unknown node {type(node).__name__}")

    def _sum(self, terms: Sequence[Scalar]) -> Layout:
        pieces: list[Layout] = []
        for term in terms:
            negative, rest = _signed(term)
            piece, binding = self._scalar(rest)
            if binding == SUM:
                piece = Fence("(", piece, ")")
            if pieces:
                pieces += [BREAK, MINUS if negative else PLUS]
            elif negative:
                pieces.append(Sign("−"))
            pieces.append(piece)
        return row(*pieces)

    def _product(self, factors: Sequence[Scalar]) -> tuple[Layout, int]:
        quotient = self._quotient(factors)
        if quotient is not None:
            return quotient
        pieces: list[Layout] = []
        for place, factor in enumerate(factors):
            if factor == Constant(Rational(-1)):
                pieces.append(Sign("−"))
                continue
            piece, binding = self._scalar(factor)
            open_sum = isinstance(factor, (Sum, Maximum)) and place < len(factors) - 1
            if binding == SUM or open_sum:
                piece = Fence("(", piece, ")")
            if pieces and pieces != [Sign("−")] and not isinstance(factor, Indicator):
                pieces += [BREAK, Sign("\u2009")]
            pieces.append(piece)
        return row(*pieces), PRODUCT

    def _quotient(self, factors: Sequence[Scalar]) -> tuple[Layout, int] | None:
        """Entries over what they are divided by, then sums and conditions; None without such a divisor."""
        below = [f for f in factors if isinstance(f, Power) and f.exponent < 0]
        if not below:
            return None
        above = [f for f in factors if f not in below and isinstance(f, (Constant, Access, Apply, Power))]
        rest = [f for f in factors if f not in below and f not in above]
        negative, top, bottom = False, list[Layout](), list[Layout]()
        for factor in above:
            if isinstance(factor, Constant):
                negative ^= factor.value < 0
                over, under = self._over_and_under(factor.value, factor.powers)
                top += over
                bottom += under
            else:
                top += [Sign("\u2009"), self._scalar(factor)[0]] if top else [self._scalar(factor)[0]]
        for factor in below:
            piece = self._scalar(power(factor.base, -factor.exponent))
            alone = len(below) == 1 and not bottom
            shown = Fence("(", piece[0], ")") if piece[1] == SUM and not alone else piece[0]
            bottom += [Sign("\u2009"), shown] if bottom else [shown]
        sign: list[Layout] = [Sign("−")] if negative else []
        pieces: list[Layout] = [*sign, Fraction(row(*top) if top else Number("1"), row(*bottom))]
        if rest:
            shown, binding = self._product(rest) if len(rest) > 1 else self._scalar(rest[0])
            shown = Fence("(", shown, ")") if binding == SUM else shown
            pieces += [shown] if isinstance(rest[0], Indicator) else [BREAK, Sign("\u2009"), shown]
        return row(*pieces), PRODUCT

    @staticmethod
    def _unsigned(value: Rational) -> tuple[list[Layout], list[Layout]]:
        top: list[Layout] = [Number(str(abs(value.numerator)))] if abs(value.numerator) != 1 else []
        return top, [Number(str(value.denominator))] if value.denominator != 1 else []

    def _over_and_under(
        self, value: Rational, powers: Sequence[tuple[Index, int]]
    ) -> tuple[list[Layout], list[Layout]]:
        """What a constant multiplies and divides by, without its sign."""
        top, bottom = self._unsigned(value)
        top += [self._factor(base, exponent) for base, exponent in powers if exponent > 0]
        bottom += [self._factor(base, -exponent) for base, exponent in powers if exponent < 0]
        return top, bottom

    def _constant(self, value: Rational, powers: Sequence[tuple[Index, int]]) -> tuple[Layout, int]:
        top, bottom = self._over_and_under(value, powers)
        top = top or [Number("1")]
        sign: list[Layout] = [Sign("−")] if value < 0 else []
        if bottom:
            return row(*sign, Fraction(row(*top), row(*bottom))), PRODUCT
        return row(*sign, *top), PRODUCT if sign or len(top) > 1 else ATOM

    def _factor(self, base: Index, exponent: int) -> Layout:
        shown = self.operand(base)
        return shown if exponent == 1 else Script(shown, sup=Number(str(exponent)))

    def _power(self, base: Scalar, exponent: Rational) -> tuple[Layout, int]:
        piece, binding = self._scalar(base)
        if exponent < 0:
            return Fraction(Number("1"), self._scalar(power(base, -exponent))[0]), PRODUCT
        if binding == ATOM and isinstance(piece, Script) and piece.sup is None:
            return Script(piece.base, piece.sub, Number(str(exponent))), ATOM
        inside = piece if binding == ATOM and not isinstance(piece, Script) else Fence("(", piece, ")")
        return Script(inside, sup=Number(str(exponent))), ATOM

    def under(self, over: Ranges) -> Layout:
        """What is written under a sum: names, with the range where it is not the usual one."""
        pieces = []
        for symbol, extent in over:
            known = self.ranges.setdefault(symbol.name.rstrip("'"), extent)
            shown = name(symbol.name)
            pieces.append(shown if known == extent else row(shown, LESS, self.index(extent)))
        return separated(pieces)

    def function(self, function: Function | Known) -> Layout:
        """σ, σ′, σ″, exp."""
        return name(function.name + "'" * function.order)

    def access(self, tensor: Tensor, at: Sequence[Index]) -> Layout:
        """An entry: the name of the tensor with its indices."""
        known = self.names.get(tensor)
        if isinstance(known, Derivative):
            extents = tensor.extents
            above = self.read(tensor, at[: known.split], extents[: known.split]) if at else []
            below = self.read(tensor, at[known.split :], extents[known.split :]) if at else []
            top = Script(known.top, self.places(above)) if above else known.top
            bottom = Script(known.bottom, self.places(below)) if below else known.bottom
            return Fraction(row(known.sign, top), row(DEL, bottom))
        if is_number(tensor):
            return self.scalar(tensor.body)
        base = self.briefly().tensor(tensor)
        if not self.read(tensor, at, tensor.extents):
            return base
        sub = self.axes(tensor, at)
        if isinstance(base, Script) and base.sub is None:
            return Script(base.base, sub, base.sup)
        return Script(
            base if isinstance(base, (Name, Fence)) or is_call(base) else Fence("(", base, ")"), sub
        )

    def briefly(self) -> Notation:
        """The same without the arguments of operators that are no tensors: an entry is read, not defined."""
        return replace(self, brief=True)

    def within(self, symbols: Iterable[Symbol]) -> Notation:
        """The same where these indices are in scope."""
        return replace(self, around=self.around.union(symbol.name for symbol in symbols))

    def places(self, at: Sequence[Index]) -> Layout:
        """Indices with commas."""
        return separated(map(self.index, at))

    def read(self, tensor: Tensor, at: Sequence[Index], extents: Sequence[Index]) -> list[Index]:
        """The indices that are written: an axis with one entry has none."""
        kept = [index for index, extent in zip(at, extents, strict=True) if extent != 1 or index.terms]
        if len(kept) < len(at):
            self.unread.add(tensor)
        return kept

    def axes(self, tensor: Tensor, at: Sequence[Index]) -> Layout:
        """Indices, those of a compound axis in brackets."""
        shown: list[Layout] = []
        rest = list(at)
        for axis in tensor.axes:
            here, rest = rest[: len(axis)], rest[len(axis) :]
            here = self.read(tensor, here, axis)
            if here:
                shown.append(vector([self.index(index) for index in here]))
        return separated(shown)

    # -- operator notation ------------------------------------------------------------------------
    def tensor(self, tensor: Tensor) -> Layout:
        """A tensor by its name, or else as it was written."""
        known = self.names.get(tensor)
        if known is not None and not isinstance(known, Derivative):
            return known
        if isinstance(tensor, Variable):
            return name(tensor.name, is_bold(tensor))
        return self.written(tensor)[0]

    def written(self, tensor: Tensor) -> tuple[Layout, int]:
        """A tensor by the operator that made it, its operands by their names."""
        if not isinstance(tensor, Comprehension):
            return self.tensor(tensor), ATOM
        if tensor.call is None:
            body = self.scalar(tensor.body)
            places = separated([name(symbol.name) for symbol in tensor.indices])
            return Fence("[", row(body, Sign("|", "rel"), places) if tensor.indices else body, "]"), ATOM
        return self._call(tensor, tensor.call)

    def _operand(self, value: Any, least: int) -> Layout:
        if isinstance(value, Tensor):
            known = self.names.get(value)
            plain = (known is not None and not isinstance(known, Derivative)) or isinstance(value, Variable)
            shown, binding = (self.tensor(value), ATOM) if plain else self.written(value)
            return shown if binding >= least else Fence("(", shown, ")")
        if isinstance(value, Scalar):
            shown, binding = self._scalar(value)
            return shown if binding >= least else Fence("(", shown, ")")
        if isinstance(value, (Index, Symbol)):
            return self.index(Index.of(value)) if least == SUM else self.operand(Index.of(value))
        if isinstance(value, (int, float, Rational)):
            shown, binding = self._constant(_exactly(value), ())
            return shown if binding >= least else Fence("(", shown, ")")
        return self.argument(value)

    def _call(self, tensor: Comprehension, call: Call) -> tuple[Layout, int]:
        given = dict(call.arguments)
        infix = {"correlate": "⋆", "convolve": "∗", "hadamard": "⊙"}
        match call.name:
            case "+" | "-":
                sign = PLUS if call.name == "+" else MINUS
                left = self._operand(given["left"], SUM)
                right = self._operand(given["right"], PRODUCT)
                return row(left, BREAK, sign, unsigned(right)), SUM
            case "*" if isinstance(given["left"], int) and given["left"] == -1:
                return row(Sign("−"), as_factor(self._operand(given["right"], PRODUCT), True)), PRODUCT
            case "*":
                both = all(isinstance(given[s], Tensor) and given[s].axes for s in ("left", "right"))
                sign = Sign("⊙", "bin") if both else Sign("\u2009")
                sides = [
                    as_factor(self._operand(given[side], PRODUCT), side == "right")
                    for side in ("left", "right")
                ]
                if has_digits(sides[0], -1) and has_digits(sides[1], 0):
                    sign = Sign("·", "bin")
                return row(sides[0], BREAK, sign, sides[1]), PRODUCT
            case "/":
                over, under = (self._operand(given[side], SUM) for side in ("left", "right"))
                return Fraction(over, under), PRODUCT
            case "**":
                return raised(self._operand(given["left"], ATOM), self.argument(given["right"])), ATOM
            case "hadamard" | "correlate" | "convolve":
                keys = ("x", "y") if call.name == "hadamard" else ("x", "w")
                sides = [self._operand(given[key], ATOM) for key in keys]
                return row(sides[0], BREAK, Sign(infix[call.name], "bin"), sides[1]), PRODUCT
            case "matmul":
                sides = [self._operand(given[key], ATOM) for key in ("x", "y")]
                return row(sides[0], BREAK, Sign("\u2009"), sides[1]), PRODUCT
            case "transpose" | "last_transposed":
                return raised(self._operand(given["x"], ATOM), Name("T", upright=True)), ATOM
            case "scaled":
                root = Script(self.operand(given["query"].extents[-1]), sup=Number("1/2"))
                return Fraction(self._operand(given["scores"], SUM), root), PRODUCT
            case "apply":
                function, inside = given["function"], self._operand(given["x"], SUM)
                return row(self.function(function), Fence("(", inside, ")")), ATOM
            case "sum_axes" if isinstance(tensor.body, Sum):
                summed = tensor.body
                return row(Big("∑", self.under(summed.over)), self.scalar(summed.body)), PRODUCT
            case "slice":
                inside = separated([self.argument(key) for key in given["key"]])
                return row(self._operand(given["x"], ATOM), Sign("["), inside, Sign("]")), ATOM
        shown = [
            row(Name(key, upright=True), EQUALS, self.argument(value)) if optional else self.argument(value)
            for key, value, optional in said_arguments(call)
            if not self.brief or isinstance(value, Tensor)
        ]
        inside = separated(shown, row(COMMA, BREAK))
        return row(Name(call.name, upright=True), Fence("(", inside, ")")), ATOM

    def argument(self, value: Any) -> Layout:
        """An argument of an operator."""
        if isinstance(value, Tensor):
            return self._operand(value, SUM)
        if isinstance(value, Scalar):
            return self.scalar(value)
        if isinstance(value, (Index, Symbol)):
            return self.index(Index.of(value))
        if isinstance(value, (list, tuple)):
            items = [self.argument(item) for item in value]
            return items[0] if len(items) == 1 else Fence("(", separated(items, row(COMMA, BREAK)), ")")
        if isinstance(value, Slice):
            pieces: list[Layout] = [] if value.start is None else [self.argument(value.start)]
            pieces.append(Sign(":"))
            pieces += [] if value.stop is None else [self.argument(value.stop)]
            pieces += [] if value.step is None else [Sign(":"), self.argument(value.step)]
            return row(*pieces)
        if isinstance(value, (int, float, Rational)) and not isinstance(value, bool):
            exactly = _exactly(value)
            return Number(str(exactly)) if exactly >= 0 else row(Sign("−"), Number(str(-exactly)))
        if isinstance(value, (Function, Known)):
            return self.function(value)
        said = {Ellipsis: "…", None: "newaxis"}
        return Name(said.get(value, str(value)), upright=True)


def _exactly(value: float | Rational) -> Rational:
    """A number as the fraction that it is calculated with: 0.1 is 1/10."""
    return exact(value) if isinstance(value, float) else Rational(value)


def _signed(term: Scalar) -> tuple[bool, Scalar]:
    """A term without its sign."""
    if isinstance(term, Multiply) and term.factors[0] == Constant(Rational(-1)):
        rest = term.factors[1:]
        return True, rest[0] if len(rest) == 1 else Multiply(rest)
    if isinstance(term, Multiply) and isinstance(term.factors[0], Constant) and term.factors[0].value < 0:
        first = Constant(-term.factors[0].value, term.factors[0].powers)
        return True, Multiply((first, *term.factors[1:]))
    if isinstance(term, Constant) and term.value < 0:
        return True, Constant(-term.value, term.powers)
    return False, term
