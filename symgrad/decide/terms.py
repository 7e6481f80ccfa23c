"""Sums of products over tensor entries: what an expression is opened up into.

Variables are read, and atoms: an elementwise function, a sum that is divided by, a maximum, which are
opaque tensors of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias, Union

from symgrad.language.functions import exp, step
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index, within
from symgrad.language.notation import operator_text, scalar_text
from symgrad.language.scalar import (
    HIGHEST,
    Access,
    Constant,
    Indicator,
    Ranges,
    Scalar,
    Sum,
    add,
    multiply,
    power,
)
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Comprehension, Tensor, Variable

TERMS = 2_000
"""The most products an expression may have."""


class TooManyTerms(Exception):
    """An expression that opens up into more products than are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """An opaque tensor: `kind` applied to the tensors in `of`. `tensor` is it as an expression."""

    kind: tuple[object, ...]
    of: tuple[Tensor, ...]
    tensor: Tensor

    @property
    def is_base(self) -> bool:
        """Whether it is there to be divided by, or to take the root of, and not opaque at all."""
        return self.kind in (("base",), ("root",))

    @property
    def is_root(self) -> bool:
        """Whether it is a single product, of which only roots are left."""
        return self.kind == ("root",)

    @property
    def is_exponential(self) -> bool:
        """Whether it is exp of something, so positive."""
        return self.kind == ("apply", exp)

    @property
    def is_zero_or_one(self) -> bool:
        """Whether its entries are 0 and 1, so that it is its own square."""
        return self.kind == ("apply", step) or self.kind[0] == "selected"


Key: TypeAlias = Union[Variable, Atom]
Place: TypeAlias = tuple[Index, ...]
Raised: TypeAlias = tuple[Key, Fraction, Place]


def tensor_of(key: Key) -> Tensor:
    """What a key is, as an expression."""
    return key if isinstance(key, Variable) else key.tensor


def key_text(key: Key) -> str:
    """How a key is written."""
    if isinstance(key, Variable):
        return key.name
    if key.kind[0] == "apply":
        return f"{key.kind[1]}({operator_text(key.of[0])})"
    return operator_text(key.tensor)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The identity that an entry of a tensor times its reciprocal is 1."""

    of: Tensor

    def __str__(self) -> str:
        written_out = isinstance(self.of, Comprehension) and self.of.call is None
        shown = scalar_text(self.of.body) if written_out else operator_text(self.of)  # type: ignore[attr-defined]
        return f"B·B^(-1) = 1 for B = {shown}"


Identity: TypeAlias = Union[Cancelled, SumsToOne]
"""What products are rewritten by, besides the laws of arithmetic."""


@dataclass(slots=True)
class Term:
    """value · Π base^exponent · Π entries, summed over the ranges where the constraints hold.

    `raised` are entries to a power that is no positive integer, or that may become one: those of exp,
    of step and of what is divided by. The constraints include that every range is kept to.
    """

    value: Fraction
    powers: list[tuple[Index, int]] = field(default_factory=list)
    reads: list[tuple[Key, Place]] = field(default_factory=list)
    ranges: list[tuple[Symbol, Index]] = field(default_factory=list)
    constraints: list[Constraint] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)

    @property
    def bound(self) -> list[Symbol]:
        """The indices summed over."""
        return [symbol for symbol, _ in self.ranges]

    @property
    def is_single(self) -> bool:
        """Whether it is one product wherever it is looked at: no sum, no condition."""
        return not self.ranges and not self.constraints

    def times(self, other: Term) -> Term:
        """The product; both must have bound indices of their own."""
        return Term(
            self.value * other.value,
            self.powers + other.powers,
            self.reads + other.reads,
            self.ranges + other.ranges,
            self.constraints + other.constraints,
            self.raised + other.raised,
        )

    def substitute(self, values: Mapping[Symbol, Index]) -> Term:
        """The same with free indices replaced."""
        return Term(
            self.value,
            [(base.substitute(values), exponent) for base, exponent in self.powers],
            [(key, _moved(at, values)) for key, at in self.reads],
            [(symbol, extent.substitute(values)) for symbol, extent in self.ranges],
            [c for c in (c.substitute(values) for c in self.constraints) if c.truth is not True],
            [(key, exponent, _moved(at, values)) for key, exponent, at in self.raised],
        )

    def moved(self, values: Mapping[Symbol, Index]) -> Term:
        """The same with free indices replaced and bound indices of its own."""
        new = {symbol: fresh_index(symbol.name) for symbol in self.bound}
        there = self.substitute({**values, **{s: Index.of(n) for s, n in new.items()}})
        there.ranges = [(new[symbol], extent) for symbol, extent in there.ranges]
        return there

    def symbols(self) -> set[Symbol]:
        """The index variables that it depends on, those summed over left out."""
        found = {s for base, _ in self.powers for s in base.indices}
        found |= {s for _, at in self.reads for index in at for s in index.indices}
        found |= {s for _, _, at in self.raised for index in at for s in index.indices}
        found |= {s for c in self.constraints for s in c.polynomial.indices}
        return found.difference(self.bound)

    def scalar(self) -> Scalar:
        """It as an expression of the language. Raises TooManyTerms for a power that it has no room for."""
        known = {c for symbol, extent in self.ranges for c in within(symbol, extent)}
        conditions = tuple(c for c in dict.fromkeys(self.constraints) if c not in known)
        factors: list[Scalar] = [power(_size(base), exponent) for base, exponent in self.powers]
        factors += [Access(tensor_of(key), at) for key, at in self.reads]
        if any(abs(exponent.numerator) > HIGHEST for _, exponent, _ in self.raised):
            raise TooManyTerms(f"a power above {HIGHEST}")
        factors += [power(Access(tensor_of(key), at), exponent) for key, exponent, at in self.raised]
        if conditions:
            factors.append(Indicator(conditions))
        body = multiply(Constant(self.value), *factors)
        return Sum(tuple(self.ranges), body) if self.ranges else body


def _moved(at: Place, values: Mapping[Symbol, Index]) -> Place:
    return tuple(index.substitute(values) for index in at)


def _size(base: Index) -> Scalar:
    return Constant(Fraction(1), ((base, 1),))


def limited(terms: list[Term]) -> list[Term]:
    """The same terms. Raises TooManyTerms if there are more than are looked at."""
    if len(terms) > TERMS:
        raise TooManyTerms(f"more than {TERMS} products")
    return terms


def as_tensor(
    terms: Iterable[Term], position: Ranges, used: Iterable[Symbol] | None = None
) -> tuple[Tensor, list[Symbol]]:
    """The tensor that a sum of terms is, and the symbols of the position that it depends on, its axes."""
    listed = list(terms)
    wanted = set().union(*(term.symbols() for term in listed)) if used is None else set(used)
    own = [(symbol, extent) for symbol, extent in position if symbol in wanted]
    axes, symbols = tuple((extent,) for _, extent in own), tuple(symbol for symbol, _ in own)
    return Comprehension(axes, symbols, add(*(term.scalar() for term in listed))), list(symbols)


class Atoms:
    """The atoms met in one decision; two that are the same tensor are one atom.

    `used` collects the identities that were used on the way.
    """

    def __init__(self, same: Callable[[Tensor, Tensor], bool]) -> None:
        self._same = same
        self._known: list[Atom] = []
        self._found: dict[tuple[tuple[object, ...], tuple[Tensor, ...]], Atom] = {}
        self._answers: dict[tuple[Tensor, Tensor], bool] = {}
        self._open: list[tuple[Tensor, Tensor]] = []
        self.generic: dict[Tensor, tuple[Ranges, list[Term]]] = {}
        self.used: dict[Identity, None] = {}

    def find(self, kind: tuple[object, ...], of: tuple[Tensor, ...], tensor: Callable[[], Tensor]) -> Atom:
        """The atom of that kind; `same` decides whether the tensors are those of a known one."""
        found = self._found.get((kind, of))
        if found is None:
            found = next((atom for atom in self._known if self._is(atom, kind, of)), None)
            if found is None:
                found = Atom(kind, of, tensor())
                self._known.append(found)
            self._found[kind, of] = found
        return found

    def _is(self, atom: Atom, kind: tuple[object, ...], of: tuple[Tensor, ...]) -> bool:
        return atom.kind == kind and all(self._equal(x, y) for x, y in zip(atom.of, of, strict=True))

    def _equal(self, left: Tensor, right: Tensor) -> bool:
        if left is right:
            return True
        if len(left.extents) != len(right.extents) or (left, right) in self._open:
            return False
        pair = (left, right)
        if pair not in self._answers:
            self._open.append(pair)
            try:
                self._answers[pair] = self._same(*pair)
            finally:
                self._open.pop()
        return self._answers[pair]
