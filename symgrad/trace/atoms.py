"""The unknowns of sums of products, and the values that sums have at the witness."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symgrad.trace.bounds import BITS, FUNCTIONS, Bounds, Undecided, applied, around, powered
from symgrad.trace.sums import Monomial, Number, Sum


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
    """The values of sums at the witness, between bounds; `vanishes` says whether a sum is 0 everywhere."""

    def __init__(self, atoms: Sequence[Atom], vanishes: Callable[[Sum], bool]) -> None:
        self._atoms = atoms
        self._vanishes = vanishes
        self._signs: dict[int, int] = {}
        self._powers: dict[tuple[int, Number], Bounds] = {}

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
            return around(atom.witness, bits)
        inside = self.bounds(atom.inside, bits)
        if atom.kind == "":
            return powered(inside, Fraction(1, atom.degree))
        return applied(FUNCTIONS[atom.kind], inside)

    def sign(self, of: Sum) -> int:
        """Whether a sum is positive, zero or negative at the witness: 1, 0, -1. Raises Undecided."""
        signs = {self._sign_of_term(monomial, coefficient) for monomial, coefficient in of.items()} - {0}
        if len(signs) < 2:
            return signs.pop() if signs else 0
        return _certain(lambda bits: self.bounds(of, bits), lambda: self._vanishes(of))

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
            self._signs[number] = (
                _sign(atom.witness)
                if atom.inside is None
                else _certain(lambda bits: self._value(atom, bits), lambda: False)
            )
        return self._signs[number]


def _certain(bounds: Callable[[int], Bounds], vanishes: Callable[[], bool]) -> int:
    """The sign of a value, with as many bits as it takes. Raises Undecided."""
    for bits in BITS:
        found = bounds(bits).sign
        if found is not None:
            return found
        if bits == BITS[1] and vanishes():
            return 0
    raise Undecided(f"a sign at the witness is not certain: what is 0 in {BITS[-1]} bits is not 0 everywhere")


def _sign(number: Number) -> int:
    return (number > 0) - (number < 0)
