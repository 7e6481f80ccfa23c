"""The unknowns of sums of products, and the values that sums have at the witness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symgrad.trace.bounds import BITS, FUNCTIONS, UNCERTAIN, Bounds, Undecided, applied, around, powered
from symgrad.trace.sums import ONE, Monomial, Number, Sum, added


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """An unknown: an entry of an argument, an exponential, a compound, or another function of a sum.

    `text` is how it is written, `witness` the number an entry has, `inside` the sum that the others are
    functions of. A compound is positive at the witness. It may be a root of its sum, of some `degree`, so
    that exponents are whole, which is much faster; `base` is then the number of the compound itself.
    """

    number: int
    kind: str
    text: str
    witness: Number = 0
    inside: Sum | None = None
    degree: int = 1
    base: int = -1


class Values:
    """The values of sums at the witness, between bounds; or where all entries are so many times as large.

    vanishes  says whether a sum is 0 everywhere
    cleared   gives a sum of the same sign, in which less cancels
    """

    def __init__(
        self,
        atoms: Sequence[Atom],
        vanishes: Callable[[Sum], bool],
        cleared: Callable[[Sum], Sum],
        scale: Number = 1,
    ) -> None:
        self._atoms = atoms
        self._vanishes, self._cleared = vanishes, cleared
        self._scale = scale
        self._signs: dict[int, int] = {}
        self._powers: dict[tuple[int, Number], Bounds] = {}

    def scaled(self, scale: Number) -> Values:
        """The values where all entries are so many times as large."""
        return self if scale == 1 else Values(self._atoms, self._vanishes, self._cleared, scale)

    def bounds(self, of: Sum, bits: int = BITS[0]) -> Bounds:
        """The value of a sum at the witness."""
        total = around(0, bits)
        for monomial, coefficient in of.items():
            total = total + self._term(monomial, coefficient, bits)
        return total

    def size(self, of: Sum, bits: int = BITS[0]) -> Bounds:
        """The sum of the sizes of the terms at the witness."""
        total = around(0, bits)
        for monomial, coefficient in of.items():
            total = total + abs(self._term(monomial, coefficient, bits))
        return total

    def _term(self, monomial: Monomial, coefficient: Number, bits: int) -> Bounds:
        term = around(coefficient, bits)
        for pair in monomial:
            found = self._powers.get(pair)
            if found is None or found.bits < bits:
                found = self._powers[pair] = powered(self._value(self._atoms[pair[0]], bits), pair[1])
            term = term * found
        return term

    def _value(self, atom: Atom, bits: int) -> Bounds:
        if atom.inside is None:
            return around(atom.witness * self._scale, bits)
        inside = self.bounds(atom.inside, bits)
        if atom.kind == "":
            return powered(inside, Fraction(1, atom.degree))
        return applied(FUNCTIONS[atom.kind], inside)

    def sign(self, of: Sum) -> int:
        """Whether a sum is positive, zero or negative at the witness: 1, 0, -1. Raises Undecided."""
        signs = {self._sign_of_term(monomial, coefficient) for monomial, coefficient in of.items()} - {0}
        if len(signs) < 2:
            return signs.pop() if signs else 0
        for bits in BITS:
            found = self.bounds(of, bits).sign
            if found is not None:
                return found
            if bits == BITS[1]:
                if self._vanishes(of):
                    return 0
                more = self._cleared(of)
                if more != of:
                    return self.sign(more)
        raise Undecided(UNCERTAIN)

    def _sign_of_term(self, monomial: Monomial, coefficient: Number) -> int:
        sign = 1 if coefficient > 0 else -1
        for number, exponent in monomial:
            if exponent % 2 or not self.sign_of(number):
                sign *= self.sign_of(number)
        return sign

    def sign_of(self, number: int) -> int:
        """The sign of an atom at the witness. Raises Undecided."""
        atom = self._atoms[number]
        if atom.kind in ("exp", ""):
            return 1
        if number not in self._signs:
            self._signs[number] = self._sign_of_function(atom)
        return self._signs[number]

    def _sign_of_function(self, atom: Atom) -> int:
        if atom.inside is None:
            return _sign(atom.witness)
        if atom.kind in ("tanh", "arctan", "erf"):
            return self.sign(atom.inside)
        if atom.kind == "log":
            return self.sign(added(atom.inside, {ONE: -1}))
        for bits in BITS:
            found = self._value(atom, bits).sign
            if found is not None:
                return found
        raise Undecided(UNCERTAIN)


def _sign(number: Number) -> int:
    return (number > 0) - (number < 0)
