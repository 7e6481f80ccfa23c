"""Sums of products of powers, in which traced scalars are written out and compared.

An exponent may be negative or a fraction. A power of a sum that is not a natural number is an unknown of
its own, a *compound* ⟨P⟩; it knows P, so that whether a sum is zero is decided exactly, by multiplying with
powers of P until none is left in a denominator or under a root.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from fractions import Fraction

from symgrad.errors import SymgradError
from symgrad.trace.atoms import Atom, Values
from symgrad.trace.bounds import Bounds
from symgrad.trace.cleared import cleared, without_tanh
from symgrad.trace.roots import exact_root, factors, square_root
from symgrad.trace.sums import (
    ONE,
    Monomial,
    Number,
    Sum,
    added,
    atoms_of,
    difference,
    exact,
    merged,
    nonzero,
    scaled,
    scaled_down,
    whole_terms,
)

TERMS = 200_000
"""The most terms that one product may have."""


class TooManyTerms(SymgradError):
    """A polynomial too large to write out."""


class Algebra:
    """The atoms of one run, and arithmetic of sums over them."""

    def __init__(self) -> None:
        self.atoms: list[Atom] = []
        self._exponentials: dict[Monomial, Atom] = {}
        self._alike: dict[str, list[Atom]] = {}
        self._roots: dict[int, list[Atom]] = {}
        self._inside: dict[int, Bounds] = {}
        self._numbers: dict[int, int] = {}
        self.values = Values(self.atoms, self.vanishes, functools.partial(cleared, self))
        self.choices = 0
        """How often a root was the positive one of two, as √(x²) is x or -x."""

    # -- atoms

    def entry(self, text: str, witness: Number) -> Atom:
        """A new unknown for an entry of an argument."""
        return self._new(Atom(len(self.atoms), "entry", text, witness))

    def function(self, name: str, inside: Sum) -> Atom:
        """The unknown f(inside); one for equal arguments, however they are written."""
        inside = self._plain(inside)
        known = self._alike.setdefault(name, [])
        at = self.values.bounds(inside)
        for atom in known:
            assert atom.inside is not None
            if not self._inside[atom.number].apart(at) and self.equal(atom.inside, inside):
                return atom
        written = f"{name}({self.text(inside)})"
        atom = self._new(Atom(len(self.atoms), name, written, inside=inside, base=len(self.atoms)))
        self._inside[atom.number] = at
        known.append(atom)
        return atom

    def of_a_sum(self, name: str, inside: Sum) -> Sum:
        """A function of a sum; f(-u) is -f(u), or f(u) if f is even."""
        inside = self._plain(inside)
        odd = name in ("tanh", "arctan", "erf", "sin")
        if inside and (odd or name == "cos") and inside[min(inside)] < 0:
            inside, sign = scaled(inside, -1), -1 if odd else 1
        else:
            sign = 1
        return {((self.function(name, inside).number, 1),): sign}

    def _new(self, atom: Atom) -> Atom:
        self.atoms.append(atom)
        return atom

    def _compound(self, inside: Sum, exponent: Number) -> tuple[int, Number]:
        """A power of a sum that is no product: an atom and its exponent, whole if it can be."""
        base = self.function("", inside)
        degree = Fraction(exponent).denominator
        roots = self._roots.setdefault(base.number, [])
        root = next((root for root in roots if root.degree % degree == 0), None)
        if root is None and degree > 1:
            root = self._new(
                Atom(len(self.atoms), "", base.text, inside=inside, degree=degree, base=base.number)
            )
            roots.append(root)
        if root is None:
            return base.number, exact(exponent)
        return root.number, exact(exponent * root.degree)

    # -- arithmetic

    def product(self, left: Sum, right: Sum) -> Sum:
        """The product of two sums. Raises TooManyTerms."""
        if len(left) * len(right) > TERMS:
            raise TooManyTerms(f"a product of more than {TERMS} terms")
        if len(left) == len(right) == 1:
            ((one, c),), ((other, d),) = left.items(), right.items()
            return {merged(one, other): exact(c * d)}
        whole, scale = whole_terms(left)
        other_whole, other_scale = whole_terms(right)
        result: dict[Monomial, int] = {}
        for one, c in whole:
            for other, d in other_whole:
                monomial = merged(one, other)
                result[monomial] = result.get(monomial, 0) + c * d
        return scaled_down(result, scale * other_scale)

    def power(self, base: Sum, exponent: Number) -> Sum:
        """base^exponent, for a base that is positive at the witness if the exponent is a fraction.

        Raises ZeroDivisionError for a negative power of 0.
        """
        base = self._plain(base)
        if not base:
            if exponent <= 0:
                raise ZeroDivisionError("a division by zero")
            return {}
        if exponent == int(exponent) and exponent >= 0 and len(base) > 1:
            result: Sum = {ONE: 1}
            for _ in range(int(exponent)):
                result = self.product(result, base)
            return result
        scale, content, rest = self._factored(base, whole=exponent == int(exponent))
        if not scale:
            return self.power({}, exponent)
        result = self._number_power(scale, exponent)
        for number, power in content:
            result = self.product(result, self._atom_power(number, power, exponent))
        if rest == {ONE: 1}:
            return result
        root = None
        if Fraction(exponent).denominator % 2 == 0:
            root = square_root(rest, self.has_roots)
        if root is not None:
            scale, inner = root
            if self.values.sign(inner) < 0:
                inner = {monomial: -c for monomial, c in inner.items()}
            self.choices += 1
            squared = self._number_power(scale, exponent)
            return self.product(result, self.product(squared, self.power(inner, exact(2 * exponent))))
        compound = self._compound(rest, exponent)
        return {merged(monomial, (compound,)): c for monomial, c in result.items()}

    def _atom_power(self, number: int, power: Number, exponent: Number) -> Sum:
        """A power of a power of an atom, which is an even one if the atom is negative and a root is taken."""
        raised = exact(power * exponent)
        if exponent == int(exponent) or self.atoms[number].kind in ("exp", "") or raised % 2 == 0:
            return {((number, raised),): 1}
        if power % 2 == 0:
            self.choices += 1
        if self.values.sign_of(number) >= 0:
            return {((number, raised),): 1}
        if raised == int(raised):
            return {((number, raised),): -1}  # √(x²) = -x where x < 0
        return {(self._compound({((number, 1),): -1}, raised),): 1}  # (x²)^¼ = (-x)^½

    def _factored(self, base: Sum, whole: bool) -> tuple[Number, Monomial, Sum]:
        """A number, powers of atoms that every term has, and what is left, which is positive.

        The number is 0 if the sum is.
        """
        every = [dict(monomial) for monomial in base]
        common = {a: min(powers.get(a, 0) for powers in every) for a in atoms_of([base])}
        if not whole:  # a root is taken of what is positive, or has an even power
            common = {a: e for a, e in common.items() if e % 2 == 0 or self.values.sign_of(a) > 0}
        content = tuple(sorted((a, e) for a, e in common.items() if e))
        inverse = tuple((a, -e) for a, e in content)
        rest = {merged(monomial, inverse): c for monomial, c in base.items()}
        sign = self.values.sign(rest)
        if not sign and self.vanishes(rest):
            return 0, (), {ONE: 1}
        scale = Fraction(rest[min(rest)])
        scale = abs(scale) if sign > 0 else -abs(scale)
        return exact(scale), content, {monomial: exact(c / scale) for monomial, c in rest.items()}

    def _number_power(self, number: Number, exponent: Number) -> Sum:
        if exponent == int(exponent):
            return {ONE: exact(Fraction(number) ** int(exponent))}
        exponent = Fraction(exponent)
        root = exact_root(Fraction(number), exponent.denominator)
        if root is not None:
            return {ONE: exact(root**exponent.numerator)}
        outside, inside = Fraction(1), ONE
        for factor, times in factors(Fraction(number)):
            power = times * exponent
            outside *= Fraction(factor) ** math.floor(power)
            if power % 1:
                compound = self._compound({ONE: factor}, power % 1)
                self._numbers[self.atoms[compound[0]].base] = factor
                inside = merged(inside, (compound,))
        return {inside: exact(outside)}

    def _plain(self, of: Sum) -> Sum:
        """A sum in which roots of numbers have powers between 0 and 1: ½ for (√2)⁻²."""
        if not self._numbers:
            return of
        result: dict[Monomial, Number] = {}
        for monomial, coefficient in of.items():
            kept: list[tuple[int, Number]] = []
            for atom, power in monomial:
                number = self._numbers.get(self.atoms[atom].base)
                whole = math.floor(Fraction(power) / self.atoms[atom].degree) if number is not None else 0
                if number is not None and whole:
                    coefficient *= Fraction(number) ** whole
                    power -= whole * self.atoms[atom].degree
                if power:
                    kept.append((atom, power))
            plain = tuple(kept)
            result[plain] = result.get(plain, 0) + exact(coefficient)
        return nonzero(result)

    def exponential(self, exponent: Sum) -> Sum:
        """exp of a sum, as a product: exp(x + y/2) = exp(x)·exp(y)^½."""
        powers: list[tuple[int, Number]] = []
        result: Sum = {ONE: 1}
        for monomial, coefficient in self._plain(exponent).items():
            inside = self.inside_log(monomial)
            if inside is not None:
                result = self.product(result, self.power(inside, coefficient))
                continue
            atom = self._exponentials.get(monomial)
            if atom is None:
                one = {monomial: 1}
                atom = self._new(Atom(len(self.atoms), "exp", f"exp({self.text(one)})", inside=one))
                self._exponentials[monomial] = atom
            powers.append((atom.number, coefficient))
        return self.product(result, {tuple(sorted(powers)): 1})

    def inside_log(self, monomial: Monomial) -> Sum | None:
        """What a product that is one logarithm is the logarithm of."""
        if len(monomial) != 1 or monomial[0][1] != 1 or self.atoms[monomial[0][0]].kind != "log":
            return None
        return self.atoms[monomial[0][0]].inside

    def logarithm(self, argument: Sum) -> Sum:
        """log of a sum that is positive at the witness; of a product, the sum of the logarithms."""
        argument = self._plain(argument)
        scale, content, rest = self._factored(argument, whole=True)
        signs = {a: self.values.sign_of(a) for a, _ in content}
        if not scale or not all(signs.values()):
            return self._log_atom(argument)
        odd = [number for number, power in content if power % 2]
        if (scale < 0) is not (math.prod(signs[number] for number in odd) < 0):
            return self._log_atom(argument)
        scale = exact(abs(Fraction(scale)))
        result: dict[Monomial, Number] = {}
        parts: list[tuple[Number, Sum]] = [(1, {ONE: scale})] if scale != 1 else []
        for number, power in content:
            atom = self.atoms[number]
            inside = atom.inside if atom.kind in ("exp", "") else None
            if atom.kind == "exp" and inside is not None:
                for monomial, c in inside.items():
                    result[monomial] = result.get(monomial, 0) + power * c
            else:
                own: Sum = {((number, 1),): signs[number]}  # log x² = 2 log(-x) where x < 0
                parts.append((exact(Fraction(power) / atom.degree), inside or own))
        if rest != {ONE: 1}:
            parts.append((1, rest))
        for power, part in parts:
            for monomial, c in self._log_atom(part).items():
                result[monomial] = result.get(monomial, 0) + power * c
        return nonzero(result)

    def _log_atom(self, argument: Sum) -> Sum:
        atom = self.function("log", argument)
        return {((atom.number, 1),): 1}

    # -- comparing

    def equal(self, left: Sum, right: Sum) -> bool:
        """Whether two sums are the same function of the entries."""
        if left == right:
            return True
        rest = difference(left, right)
        if self.vanishes(rest):
            return True
        if self.values.bounds(rest).sign is not None:
            return False
        by_exp = without_tanh(self, rest)  # tanh beside exp, as in 1 - tanh² = cosh⁻²
        return by_exp is not rest and self.vanishes(by_exp)

    def vanishes(self, of: Sum) -> bool:
        """Whether a sum is zero wherever it is defined. Raises TooManyTerms."""
        if not of:
            return True
        used = [self.atoms[number] for number in atoms_of([of]) if self.atoms[number].kind == ""]
        if not used:
            return False
        base = max(atom.base for atom in used)
        degrees = {atom.number: atom.degree for atom in used if atom.base == base}
        inside = self.atoms[base].inside
        assert inside is not None
        by_power: dict[Number, dict[Monomial, Number]] = {}
        for monomial, coefficient in of.items():
            power = sum((Fraction(e) / degrees[number] for number, e in monomial if number in degrees), 0)
            rest = tuple(pair for pair in monomial if pair[0] not in degrees)
            terms = by_power.setdefault(power, {})
            terms[rest] = terms.get(rest, 0) + coefficient
        classes: dict[Number, list[Number]] = {}
        for power in by_power:
            classes.setdefault(power % 1, []).append(power)
        for powers in classes.values():
            total: Sum = {}
            for power in sorted(powers, reverse=True):  # Horner's rule, from the highest power down
                total = added(total, by_power[power])
                lower = [p for p in powers if p < power]
                for _ in range(int(power - max(lower)) if lower else 0):
                    total = self.product(total, inside)
            if not self.vanishes(total):
                return False
        return True

    def has_roots(self, number: int) -> bool:
        """Whether an atom is positive at the witness."""
        return self.values.sign_of(number) > 0

    # -- printing

    def terms(self, of: Sum) -> Iterator[str]:
        """The terms of a sum, each with its sign, in the order of their names."""
        written = ((self._monomial(monomial), c) for monomial, c in of.items())
        for name, coefficient in sorted(written, key=lambda pair: pair[0]):
            size = abs(coefficient)
            text = name if size == 1 and name else f"{size}·{name}" if name else str(size)
            yield ("-" if coefficient < 0 else "") + text

    def text(self, of: Sum) -> str:
        """A sum as it would be written."""
        text = ""
        for term in self.terms(of):
            text += (f" - {term[1:]}" if term[0] == "-" else f" + {term}") if text else term
        return text or "0"

    def _monomial(self, monomial: Monomial) -> str:
        return "·".join(sorted(_power_text(self.atoms[number], power) for number, power in monomial))


def _power_text(atom: Atom, power: Number) -> str:
    text = atom.text
    if atom.degree != 1:
        power = exact(Fraction(power) / atom.degree)
    if power == 1:
        return text
    return f"{text}^{power}" if isinstance(power, int) else f"{text}^({power})"
