"""An expression opened up: every tensor that is defined by another, until variables are read, and atoms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symgrad.decide.powers import (
    applied,
    exponential,
    gathered,
    logarithm,
    product_raised,
    raised,
    stepped,
    with_reads,
)
from symgrad.decide.terms import Atom, Atoms, Place, Term, TooManyTerms, limited
from symgrad.language.functions import Known, exp, log, step
from symgrad.language.index import Constraint, Index, within
from symgrad.language.scalar import (
    ONE,
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
    free_indices,
    multiply,
    substitute,
)
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Comprehension, Tensor, Variable

POWER = 64
"""The highest power that is opened up."""


def expand(tensor: Tensor, position: Sequence[Index], atoms: Atoms) -> list[Term]:
    """The entry of `tensor` at `position` as products of entries. Raises TooManyTerms past the limit."""
    expansion = Expansion(atoms)
    return [with_reads(term, atoms) for term in expansion.terms(tensor, tuple(position))]


class _Scope:
    """The index variables in scope: what each stands for, and the extent it runs through."""

    def __init__(self, values: dict[Symbol, Index], extents: dict[Symbol, Index]) -> None:
        self.values = values
        self.extents = extents

    def of(self, index: Index) -> Index:
        return index.substitute(self.values)

    def place(self, at: Sequence[Index]) -> Place:
        return tuple(map(self.of, at))


class Expansion:
    """Opens up expressions; what is the same entry throughout one decision is one atom."""

    def __init__(self, atoms: Atoms) -> None:
        self.atoms = atoms

    def terms(self, tensor: Tensor, at: Place) -> list[Term]:
        """An entry as products in which every entry that is raised to a power occurs once."""
        return self.gathered(self.access(tensor, at))

    def gathered(self, terms: Sequence[Term], final: bool = True) -> list[Term]:
        """The same sum, with powers of one entry made one, and in the end no sum to a positive power.

        What is to be a factor of what is divided by is not opened up that far.
        """
        done: list[Term] = []
        left = list(reversed(terms))
        while left:
            term = left.pop()
            if not term.raised:
                done.append(term)
                continue
            term, whole = gathered(term, self.atoms.used, final)
            if not whole:
                done.append(term)
                continue
            opened = [term]
            for base, count, at in whole:
                opened = self._product([opened, *self._whole_power(base, count, at)])
            left += reversed(opened)
            limited(left)
        return limited(done)

    def _whole_power(self, base: Atom, count: int, at: Place) -> list[list[Term]]:
        if count > 0:
            return [self.access(base.tensor, at) for _ in range(count)]
        position, (term,) = self.generic(base.tensor)  # a reciprocal is opened only of a single product
        inverse = product_raised(term, Fraction(count), self.atoms)
        if inverse is None:
            raise TooManyTerms("a reciprocal of a selector")
        return [[inverse.moved(_values(position, at))]]

    def generic(self, tensor: Tensor) -> tuple[Ranges, list[Term]]:
        """A tensor at a position of its own: the position, and the terms there."""
        found = self.atoms.generic.get(tensor)
        if found is None:
            if isinstance(tensor, Comprehension):
                symbols = tensor.indices
            else:
                symbols = tuple(fresh_index(f"i{axis}") for axis in range(len(tensor.extents)))
            position = tuple(zip(symbols, tensor.extents, strict=True))
            found = position, self.gathered(self.access(tensor, tuple(map(Index.of, symbols))), final=False)
            self.atoms.generic[tensor] = found
        return found

    def at(self, tensor: Tensor, place: Place) -> list[Term]:
        """The terms of a tensor at a place, with bound indices of their own."""
        position, terms = self.generic(tensor)
        values = dict(zip((symbol for symbol, _ in position), place, strict=True))
        return [term.moved(values) for term in terms]

    # -- one case a node --------------------------------------------------------------------------
    def access(self, tensor: Tensor, at: Place) -> list[Term]:
        """An entry as products, as they come."""
        if isinstance(tensor, Comprehension):
            values = dict(zip(tensor.indices, at, strict=True))
            extents = dict(zip(tensor.indices, tensor.extents, strict=True))
            return self._scalar(tensor.body, _Scope(values, extents))
        assert isinstance(tensor, Variable)
        return [Term(Fraction(1), reads=[(tensor, at)])]

    def _scalar(self, node: Scalar, scope: _Scope) -> list[Term]:
        match node:
            case Constant(value, powers):
                if not value:
                    return []
                return [Term(value, [(scope.of(base), exponent) for base, exponent in powers])]
            case Access(tensor, at):
                return self.access(tensor, scope.place(at))
            case Add(terms):
                return limited([t for term in terms for t in self._scalar(term, scope)])
            case Multiply(factors):
                return self._product(self._scalar(factor, scope) for factor in factors)
            case Sum(over, body):
                return self._sum(over, body, scope)
            case Indicator(conditions):
                return self._where(Term(Fraction(1)), conditions, scope)
            case Power(base, exponent):
                return self._power(base, exponent, scope)
            case Apply(function, argument):
                return self._apply(function, argument, scope)
            case Maximum():
                best, free = self._maximum(node, scope)
                return [Term(Fraction(1), reads=[(best, tuple(scope.values[s] for s in free))])]
            case Selected(maximum, at):
                return self._selected(maximum, at, scope)
        raise AssertionError(f"unknown node {type(node).__name__}")

    def _product(self, factors: Iterator[list[Term]] | list[list[Term]]) -> list[Term]:
        result = [Term(Fraction(1))]
        for terms in factors:
            result = limited([left.times(right) for left in result for right in terms])
            if not result:
                break
        return result

    def _where(self, term: Term, conditions: Sequence[Constraint], scope: _Scope) -> list[Term]:
        here = [condition.substitute(scope.values) for condition in conditions]
        if any(condition.truth is False for condition in here):
            return []
        term.constraints += [condition for condition in here if condition.truth is None]
        return [term]

    def _sum(self, over: Ranges, body: Scalar, scope: _Scope) -> list[Term]:
        inner = _Scope(dict(scope.values), dict(scope.extents))
        ranges: list[tuple[Symbol, Index]] = []
        constraints: list[Constraint] = []
        for symbol, extent in over:
            new = fresh_index(symbol.name)
            inner.values[symbol] = Index({(new,): 1})
            inner.extents[symbol] = extent
            ranges.append((new, scope.of(extent)))
            constraints += within(inner.values[symbol], scope.of(extent))
        found = self._scalar(body, inner)
        for term in found:
            term.ranges += ranges
            term.constraints += constraints
        return found

    def _power(self, base: Scalar, exponent: Fraction, scope: _Scope) -> list[Term]:
        if abs(exponent.numerator) > POWER:
            raise TooManyTerms(f"a power above {POWER}")
        if _is_product(exponent):
            return self._product(self._scalar(base, scope) for _ in range(int(exponent)))
        if exponent.denominator == 1:
            return self._reciprocal(base, exponent, scope)
        return [self.root(*self._whole(base, scope), exponent)]

    def _reciprocal(self, base: Scalar, exponent: Fraction, scope: _Scope) -> list[Term]:
        """A negative integer power, of a product factor by factor as it is written."""
        match base:
            case Multiply(factors):
                return self._product(self._reciprocal(factor, exponent, scope) for factor in factors)
            case Access(Comprehension(body=body) as tensor, at) if isinstance(body, (Multiply, Access)) or (
                isinstance(body, Power) and _is_product(body.exponent)
            ):
                values = dict(zip(tensor.indices, scope.place(at), strict=True))
                extents = dict(zip(tensor.indices, tensor.extents, strict=True))
                return self._reciprocal(body, exponent, _Scope(values, extents))
            case Power(inner, power) if _is_product(power):
                return self._reciprocal(inner, exponent * power, scope)
        return [self.root(*self._whole(base, scope), exponent)]

    def root(self, tensor: Tensor, at: Place, exponent: Fraction) -> Term:
        """An entry to a power that is no positive integer."""
        position, terms = self.generic(tensor)
        return raised(tensor, position, terms, exponent, self.atoms).moved(_values(position, at))

    def _apply(self, function: Function | Known, argument: Scalar, scope: _Scope) -> list[Term]:
        tensor, at = self._whole(argument, scope)
        if not isinstance(function, Known) or function not in (exp, log, step):
            return [Term(Fraction(1), reads=[(applied(function, tensor, self.atoms), at)])]
        position, terms = self.generic(tensor)
        if function == exp:
            found = exponential(tensor, position, terms, self.atoms, self.root)
        elif function == log:
            found = logarithm(tensor, position, terms, self.atoms, self.at)
        else:
            found = stepped(tensor, position, terms, self.atoms)
        return [term.moved(_values(position, at)) for term in found]

    # -- atoms ------------------------------------------------------------------------------------
    def _whole(self, argument: Scalar, scope: _Scope) -> tuple[Tensor, Place]:
        """The tensor whose entries `argument` runs through, and where in it the argument is."""
        if isinstance(argument, Access):
            tensor, at = argument.tensor, argument.at
            while isinstance(tensor, Comprehension) and isinstance(tensor.body, Access):
                moved = dict(zip(tensor.indices, at, strict=True))  # only moves entries: look through
                at = tuple(index.substitute(moved) for index in tensor.body.at)
                tensor = tensor.body.tensor
            return _without_unit_axes(tensor, scope.place(at))
        free = free_indices(argument)
        return self._over(free, argument, scope), tuple(scope.values[symbol] for symbol in free)

    def _over(self, free: Sequence[Symbol], body: Scalar, scope: _Scope, more: Ranges = ()) -> Tensor:
        ranges = [(symbol, scope.extents[symbol]) for symbol in free] + list(more)
        return Comprehension(tuple((extent,) for _, extent in ranges), tuple(s for s, _ in ranges), body)

    def _maximum(self, node: Maximum, scope: _Scope) -> tuple[Atom, list[Symbol]]:
        free = free_indices(node)
        values = multiply(Indicator(node.where), node.body) if node.where else node.body
        allowed = Indicator(node.where) if node.where else ONE
        of = tuple(self._over(free, body, scope, node.over) for body in (values, allowed))
        kind = ("maximum", len(free))
        return self.atoms.find(kind, of, lambda: self._over(free, node, scope)), free

    def _selected(self, node: Maximum, at: tuple[Index, ...], scope: _Scope) -> list[Term]:
        best, free = self._maximum(node, scope)
        place = scope.place(at)
        window = dict(zip((symbol for symbol, _ in node.over), place, strict=True))

        def tensor() -> Tensor:
            own = tuple((fresh_index(symbol.name), extent) for symbol, extent in node.over)
            chosen = Selected(node, tuple(Index.of(symbol) for symbol, _ in own))
            return self._over(free, chosen, scope, own)

        choice = self.atoms.find(("selected", best), (), tensor)
        read = (choice, tuple(scope.values[symbol] for symbol in free) + place)
        return self._where(Term(Fraction(1), reads=[read]), node.where, _Scope(scope.values | window, {}))


def _is_product(exponent: Fraction) -> bool:
    return exponent.denominator == 1 and exponent > 0


def _values(position: Ranges, at: Place) -> dict[Symbol, Index]:
    return dict(zip((symbol for symbol, _ in position), at, strict=True))


def _without_unit_axes(tensor: Tensor, at: Place) -> tuple[Tensor, Place]:
    """An axis of extent 1 makes no difference: a sum with its axis kept is the sum without it."""
    if not isinstance(tensor, Comprehension) or all(extent != 1 for extent in tensor.extents):
        return tensor, at
    pairs = list(zip(tensor.indices, tensor.extents, at, strict=True))
    zero = {symbol: Index.of(0) for symbol, extent, _ in pairs if extent == 1}
    kept = [(symbol, extent, index) for symbol, extent, index in pairs if extent != 1]
    axes = tuple((extent,) for _, extent, _ in kept)
    symbols = tuple(symbol for symbol, _, _ in kept)
    # it is still told by how it was written
    whole = Comprehension(axes, symbols, substitute(tensor.body, zero), tensor.call)
    return whole, tuple(index for _, _, index in kept)
