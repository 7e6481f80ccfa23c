"""What a formula at index or entry level means: `δ_{n,j,h-u,w-v}`, `a_{12}`, sums with bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symgrad.formula.activations import ELEMENTWISE
from symgrad.formula.index import POWER
from symgrad.formula.jacobian import jacobian
from symgrad.formula.levels import derivative_of, may_mark, require_mark
from symgrad.formula.places import Places
from symgrad.formula.problem import Meaningless
from symgrad.formula.syntax import (
    Binary,
    Call,
    Dots,
    Expression,
    Indicator,
    Matrix,
    Name,
    Negative,
    Norm,
    Number,
    Partial,
    Raised,
    Relation,
    Several,
    Sum,
    walk,
)
from symgrad.formula.target import is_j
from symgrad.formula.values import as_number
from symgrad.language.index import Index, equals, size, within
from symgrad.language.scalar import Access, Constant, Scalar, add, multiply, power
from symgrad.language.scalar import Indicator as Condition
from symgrad.language.scalar import Sum as IndexSum
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Comprehension, Tensor


@dataclass
class Entries(Places):
    """Gives expressions of entries their scalars in one reading."""

    # -- expressions ------------------------------------------------------------------------------
    def of(self, node: Expression) -> Scalar:
        """The scalar that an expression is. Raises Meaningless."""
        match node:
            case Number(value):
                return Constant(value)
            case Negative(body):
                return multiply(Constant(Fraction(-1)), self.of(body))
            case Binary("+", left, right):
                return add(self.of(left), self.of(right))
            case Binary("-", left, right):
                return add(self.of(left), multiply(Constant(Fraction(-1)), self.of(right)))
            case Binary("/", left, right):
                found = derivative_of(node)
                return self._derivative(*found) if found else self._quotient(left, right, node)
            case Binary(_, left, right):
                found = derivative_of(node)
                return self._derivative(*found) if found else multiply(self.of(left), self.of(right))
            case Sum(bounds, body):
                return self._sum(bounds, body)
            case Call():
                return self._call(node)
            case Raised(Norm(), (), Number(exponent)) if exponent == 2:
                return as_number(self.meaning.of(node))
            case Raised(Call(Name("softmax"), (_,), ()) as whole, sub, None):
                return self.entry(self.meaning.tensor(whole), sub, whole.function)
            case Raised(body, (), Number(exponent)):
                return self._power(self.of(body), exponent, node)
            case Raised(Name() as body, sub, sup):
                return self.of(Name(body.text, body.primes, sub or body.sub, sup or body.sup, span=node.span))
            case Raised(body, (), sup) if sup is not None and may_mark(sup, body):
                return self.of(body)
            case Name():
                return self._name(node)
            case Indicator((Relation((left, right), ("=",)),)):
                return Condition((equals(self.index(left), self.index(right)),))
            case Dots():
                raise Meaningless("dots stand for something that is not written", node)
            case Matrix() | Norm() | Several() | Partial():
                raise Meaningless("a whole map stands where a number is wanted", node)
        raise Meaningless("this has no meaning among entries", node)

    def _quotient(self, left: Expression, right: Expression, node: Expression) -> Scalar:
        divisor = self.of(right)
        if divisor == Constant(Fraction(0)):
            raise Meaningless("division by zero", node)
        return multiply(self.of(left), power(divisor, -1))

    def _power(self, base: Scalar, exponent: Fraction, node: Expression) -> Scalar:
        if exponent > POWER:
            raise Meaningless(f"powers up to {POWER} are read", node)
        return power(base, exponent)

    def _name(self, name: Name) -> Scalar:
        sub = name.sub or name.brackets
        if name.text == "δ" and self.world.layer == "softmax" and len(places := list(self.apart(sub))) == 2:
            return Condition((equals(*map(self.index, places)),))  # Kronecker's
        if not sub:
            role = self.setting.role(name.text)
            bare = replace(name, sup=None) if isinstance(name.sup, Number) else name
            known = self.meaning.known_size(bare) if role not in self.world.things else None
            known = known or self.aliases.get(bare)
            if known is not None:
                read = Constant(Fraction(1)) * known
                return self._power(read, name.sup.value, name) if isinstance(name.sup, Number) else read
            if name.text[:1] == "d" and self.setting.role(name.text[1:]):
                raise Meaningless("a whole map stands where a number is wanted", name)
        whole = self.turned(name)
        read = self.entry(whole, sub, name) if sub or whole.extents else Access(whole, ())
        match name.sup:
            case Number(exponent) if self.meaning.levels.lower is None:
                return self._power(read, exponent, name)
        return read

    def _call(self, node: Call) -> Scalar:
        role = self.setting.role(node.function.text)
        if role == "σ" and len(node.arguments) == 1:
            require_mark(node.function)
            function = self.world.function(node.function.text)
            with self.meaning.argument_of(node.function):
                return function.at(self.of(node.arguments[0]), node.function.primes)
        elementwise = ELEMENTWISE.get(node.function.text)
        if elementwise is not None and len(node.arguments) == 1 and node.function == Name(node.function.text):
            return elementwise(self.of(node.arguments[0]))
        if len(node.arguments) == 1 and not node.options:
            return multiply(self.of(node.function), self.of(node.arguments[0]))
        raise Meaningless(f"there is no function {node.function.text} among entries", node)

    # -- derivatives ------------------------------------------------------------------------------
    def _derivative(self, of: Expression, by: Expression) -> Scalar:
        name = by if isinstance(by, Name) else by.body if isinstance(by, Raised) else None
        if not isinstance(name, Name):
            raise Meaningless("a derivative is taken by an entry", by)
        if is_j(of, self.setting):
            return self.entry(self.meaning.by(name).tensor, name.sub, name)
        if not isinstance(of, Name):
            raise Meaningless("a derivative of an entry or of J is read here", of)
        self.meaning.only_marked(of)
        self.meaning.only_marked(name)
        top, bottom = self.tensor(of), self.tensor(name)
        places = [self.index(p) - self.base for p in self.places(of.sub, top.extents, of)]
        if any(c.truth is False for p, e in zip(places, top.extents, strict=True) for c in within(p, e)):
            raise Meaningless(f"{of.text} has no such entry", of)
        at = [self.index(p) - self.base for p in self.places(name.sub, bottom.extents, name)]
        return Access(jacobian(top, bottom), (*places, *at))

    # -- sums -------------------------------------------------------------------------------------
    def _sum(
        self, bounds: tuple[tuple[str, Expression | None, Expression | None], ...], body: Expression
    ) -> Scalar:
        over: list[tuple[Symbol, Index]] = []
        outer_values, outer_ranges = dict(self.values), dict(self.ranges)
        try:
            for letter, first, last in bounds:
                symbol = fresh_index(letter)
                start, extent = self._range(letter, first, last, body)
                over.append((symbol, extent))
                self.values[letter] = Index.of(symbol) + start
                self.ranges.pop(letter, None)
                if start == Index.of(self.base):
                    self.ranges[letter] = extent
            inside = self.of(body)
        finally:
            self.values, self.ranges = outer_values, outer_ranges
        return IndexSum(tuple(over), inside)

    def _range(
        self, letter: str, first: Expression | None, last: Expression | None, body: Expression
    ) -> tuple[Index, Index]:
        """Where a sum starts and how many terms it has: as it says, or over the axis that is read."""
        axis = self.extent_of(letter, body)
        start = Index.of(self.base) if first is None else self.index(first)
        if last is None:
            if axis is None:
                raise Meaningless(f"how far {letter} runs is not said, and no axis is read by it alone", body)
            return start, axis
        named = last if start == Index.of(1) else None
        if start == Index.of(0) and isinstance(last, Binary) and last.sign == "-":
            named = last.left if last.right == Number(Fraction(1)) else None
        if isinstance(named, Name) and axis is not None and start == Index.of(self.base):
            self.aliases.setdefault(named, axis)  # the sum gives the extent a name
        if axis is not None:
            fresh = {name: size(name.text) for name in self._fresh_sizes(last)}
            self.own_sizes.update(fresh)
            self.aliases |= fresh
        extent = self.index(last) - start + 1
        if extent.has_index:
            raise Meaningless("the end of a sum depends on an index", last)
        is_named = isinstance(named, Name) and extent == self.aliases.get(named)
        says_size = any(name in self.own_sizes for name in walk(last)) or (
            axis is not None and axis.symbol is not None and (extent.constant is not None or is_named)
        )
        if axis is not None and extent != axis and says_size:
            self.equal_sizes[axis] = extent
        return start, extent

    def _fresh_sizes(self, last: Expression) -> list[Name]:
        """The sizes of an end such as N - m that only it speaks of; one alone would be a slip."""
        found = [inner for inner in walk(last) if isinstance(inner, Name)]
        if len(set(found)) < 2 or any(name != Name(name.text) for name in found):
            return []
        return [
            name
            for name in dict.fromkeys(found)
            if name.text not in self.values and name not in self.aliases and not self.meaning.known_size(name)
        ]


def entry_claim(whole: Tensor, at: Sequence[Index], value: Scalar) -> Comprehension:
    """A tensor that is `whole` but for one entry, which has another value."""
    symbols = tuple(fresh_index("q") for _ in at)
    places = tuple(map(Index.of, symbols))
    here = Condition(tuple(equals(place, index) for place, index in zip(places, at, strict=True)))
    old = Access(whole, places)
    body = add(old, multiply(here, value), multiply(Constant(Fraction(-1)), here, old))
    return Comprehension(whole.axes, symbols, body)
