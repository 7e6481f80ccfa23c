"""Sizes and index arithmetic: integer polynomials in sizes and index variables."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias, Union, overload

from symgrad.errors import SizeError
from symgrad.language.symbol import (
    Atom,
    Floor,
    Monomial,
    Symbol,
    bracketed,
    floor_of,
    in_print,
    symbol_of,
)

if TYPE_CHECKING:
    from symgrad.language.scalar import Scalar

IndexLike: TypeAlias = Union["Index", Symbol, int]


class Index:
    """An integer polynomial in sizes and index variables: `H - K + 1`, `s*y + d*u - p`.

    Supports `+ - * //` with other indices and integers; `<= < >= >` make a `Constraint`; `==` asks
    whether two polynomials are the same one. A quotient `1/K` is a constant of the tensor language.
    """

    __slots__ = ("_hash", "_indices", "terms")
    terms: dict[Monomial, int]

    def __init__(self, terms: dict[Monomial, int]) -> None:
        self.terms = terms
        self._hash: int | None = None
        self._indices: frozenset[Symbol] | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return (_from_terms, (tuple(self.terms.items()),))

    # -- what it is ---------------------------------------------------------------------------
    @staticmethod
    def of(value: IndexLike) -> Index:
        """`value` as an Index."""
        if isinstance(value, Index):
            return value
        if isinstance(value, int):  # bool is not excluded: True is 1 in Python
            return _constants[value] if 0 <= value < len(_constants) else _constant(value)
        if isinstance(value, Symbol):
            return Index({(value,): 1})
        raise SizeError(f"expected a size, an index or an integer, got {value!r}")

    @property
    def constant(self) -> int | None:
        """Its value if it is a number, else None."""
        if not self.terms:
            return 0
        if len(self.terms) == 1:
            return self.terms.get(())
        return None

    @property
    def symbol(self) -> Symbol | None:
        """The symbol it is, if it is one and nothing else."""
        if len(self.terms) == 1:
            ((monomial, coefficient),) = self.terms.items()
            if coefficient == 1 and len(monomial) == 1 and isinstance(monomial[0], Symbol):
                return monomial[0]
        return None

    def atoms(self) -> Iterator[Atom]:
        """Symbols and floors that occur in it, floors not opened; may repeat."""
        for monomial in self.terms:
            yield from monomial

    def symbols(self) -> Iterator[Symbol]:
        """Every symbol that occurs in it, inside floors too; may repeat."""
        for atom in self.atoms():
            if isinstance(atom, Floor):
                yield from atom.numerator.symbols()
                yield from atom.divisor.symbols()
            else:
                yield atom

    @property
    def indices(self) -> frozenset[Symbol]:
        """The index variables that occur in it."""
        if self._indices is None:
            self._indices = frozenset(
                a for monomial in self.terms for a in monomial if isinstance(a, Symbol) and a.is_index
            )
        return self._indices

    @property
    def has_index(self) -> bool:
        """Whether an index variable occurs in it."""
        return any(atom.is_index for atom in self.atoms())

    # -- arithmetic ---------------------------------------------------------------------------
    def __add__(self, other: IndexLike) -> Index:
        if not isinstance(other, Index):
            if not isinstance(other, (int, Symbol)):
                return NotImplemented
            other = Index.of(other)
        if not other.terms:
            return self
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            total = terms.get(monomial, 0) + coefficient
            if total:
                terms[monomial] = total
            else:
                terms.pop(monomial, None)
        return Index(terms)

    __radd__ = __add__

    def __neg__(self) -> Index:
        return Index({monomial: -c for monomial, c in self.terms.items()})

    def __sub__(self, other: IndexLike) -> Index:
        if not isinstance(other, Index):
            if not isinstance(other, (int, Symbol)):
                return NotImplemented
            other = Index.of(other)
        terms = dict(self.terms)
        for monomial, coefficient in other.terms.items():
            total = terms.get(monomial, 0) - coefficient
            if total:
                terms[monomial] = total
            else:
                terms.pop(monomial, None)
        return Index(terms)

    def __rsub__(self, other: IndexLike) -> Index:
        if not isinstance(other, (Index, int, Symbol)):
            return NotImplemented
        return Index.of(other) + -self

    def __mul__(self, other: IndexLike) -> Index:
        if isinstance(other, int):
            return Index({m: c * other for m, c in self.terms.items()}) if other else _constants[0]
        if not isinstance(other, (Index, Symbol)):
            return NotImplemented
        other = Index.of(other)
        terms: dict[Monomial, int] = {}
        for left, c in self.terms.items():
            for right, d in other.terms.items():
                monomial = tuple(sorted(left + right, key=_by_order)) if left and right else left + right
                total = terms.get(monomial, 0) + c * d
                if total:
                    terms[monomial] = total
                else:
                    terms.pop(monomial, None)
        return Index(terms)

    __rmul__ = __mul__

    @overload
    def __pow__(self, exponent: int) -> Index: ...

    @overload
    def __pow__(self, exponent: Fraction | float) -> Scalar: ...

    def __pow__(self, exponent: int | Fraction | float) -> Index | Scalar:
        """A power; a root, as in `D**0.5`, is a number and no index."""
        if isinstance(exponent, (Fraction, float)):
            from symgrad.language.scalar import as_scalar, power

            base = as_scalar(self)
            assert base is not None
            return power(base, Fraction(exponent))
        if not isinstance(exponent, int) or exponent < 0:
            return NotImplemented
        result = _constants[1]
        for _ in range(exponent):
            result = result * self
        return result

    def __floordiv__(self, other: IndexLike) -> Index:
        if not isinstance(other, (Index, int, Symbol)):
            return NotImplemented
        divisor = Index.of(other)
        if self.has_index or divisor.has_index:
            raise SizeError(
                f"({self}) // {bracketed(divisor)} divides an index variable; "
                "write the read as a sum with a condition instead, as dilate and upsample do"
            )
        if len(divisor.terms) != 1 or next(iter(divisor.terms.values())) < 1:
            raise SizeError(f"({self}) // ({divisor}): the divisor must be a positive number or size")
        ((monomial, factor),) = divisor.terms.items()
        if any(isinstance(atom, Symbol) and atom.minimum < 1 for atom in monomial):
            raise SizeError(f"({self}) // {bracketed(divisor)}: the divisor may be 0")
        whole: dict[Monomial, int] = {}
        rest: dict[Monomial, int] = {}
        for m, c in self.terms.items():
            cofactor = _without(m, monomial)
            quotient, remainder = (0, c) if cofactor is None else divmod(c, factor)
            if (
                m and cofactor is not None and remainder and c < 0
            ):  # -K stays -K; only the number is made a remainder
                quotient, remainder = quotient + 1, remainder - factor
            if quotient and cofactor is not None:
                whole[cofactor] = quotient
            if remainder:
                rest[m] = remainder
        result = Index(whole)
        left = Index(rest)
        if left.constant is not None:
            least = factor  # the divisor is at least its coefficient, as sizes are at least 1
            if 0 <= left.constant < least:
                return result
            if -least <= left.constant < 0:
                return result - 1
        return result + Index({(floor_of(left, divisor),): 1})

    def __rfloordiv__(self, other: IndexLike) -> Index:
        return Index.of(other) // self

    # -- comparison ---------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if isinstance(other, int):
            return self.constant == other
        return isinstance(other, Index) and self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            value = self.constant
            self._hash = hash(value) if value is not None else hash(frozenset(self.terms.items()))
        return self._hash

    def __ge__(self, other: IndexLike) -> Constraint:
        return Constraint(self - other)

    def __le__(self, other: IndexLike) -> Constraint:
        return Constraint(other - self)

    def __gt__(self, other: IndexLike) -> Constraint:
        return Constraint(self - other - 1)

    def __lt__(self, other: IndexLike) -> Constraint:
        return Constraint(other - self - 1)

    # -- interpretation -----------------------------------------------------------------------
    def substitute(self, values: Mapping[Symbol, Index]) -> Index:
        """It, with symbols replaced, inside floors too."""
        if not self._concerns(values):
            return self
        terms: dict[Monomial, int] = {}
        for monomial, coefficient in self.terms.items():
            if len(monomial) == 1:
                (atom,) = monomial
                found = values.get(atom) if atom.__class__ is Symbol else _replaced(atom, values)
                if found is None:
                    terms[monomial] = terms.get(monomial, 0) + coefficient
                    continue
                product = found
            else:
                product = _constants[1]
                for atom in monomial:
                    product = product * _replaced(atom, values)
            for m, c in product.terms.items():
                terms[m] = terms.get(m, 0) + c * coefficient
        if not all(terms.values()):
            terms = {m: c for m, c in terms.items() if c}
        return Index(terms)

    def _concerns(self, values: Mapping[Symbol, Index]) -> bool:
        for monomial in self.terms:
            for atom in monomial:
                if atom in values or atom.__class__ is Floor:
                    return True
        return False

    def evaluate(self, values: Mapping[Symbol, int]) -> int:
        """Its value when every symbol has one. Raises KeyError for a symbol without a value."""
        total = 0
        for monomial, coefficient in self.terms.items():
            product = coefficient
            for atom in monomial:
                if isinstance(atom, Floor):
                    product = product * (atom.numerator.evaluate(values) // atom.divisor.evaluate(values))
                else:
                    product = product * values[atom]
            total = total + product  # not +=, so that arrays may be broadcast
        return total

    # -- notation -----------------------------------------------------------------------------
    def __str__(self) -> str:
        if not self.terms:
            return "0"
        # as people write it: `H + 2*p - K + 1`, positive terms first and the number last
        ordered = sorted(
            self.terms.items(),
            key=lambda term: (term[0] == (), term[1] < 0, [in_print(atom) for atom in term[0]]),
        )
        if ordered[0][1] < 0 < ordered[-1][1]:
            ordered.insert(0, ordered.pop())
        text = ""
        for monomial, coefficient in ordered:
            sign = "-" if coefficient < 0 else "+"
            text += f" {sign} " if text else ("-" if coefficient < 0 else "")
            text += _product_text(abs(coefficient), monomial)
        return text

    def __repr__(self) -> str:
        return str(self)


def _from_terms(terms: Iterable[tuple[Monomial, int]]) -> Index:
    """An unpickled index; the order of symbols may be another one than where it was pickled."""
    return Index({tuple(sorted(monomial, key=_by_order)): c for monomial, c in terms})


def _constant(value: int) -> Index:
    return Index({(): value} if value else {})


_constants = tuple(_constant(value) for value in range(16))


def _by_order(atom: Atom) -> int:
    return atom.order


def _replaced(atom: Atom, values: Mapping[Symbol, Index]) -> Index:
    if isinstance(atom, Floor):
        numerator, divisor = atom.numerator.substitute(values), atom.divisor.substitute(values)
        if numerator is atom.numerator and divisor is atom.divisor:
            return Index({(atom,): 1})
        return numerator // divisor
    found = values.get(atom)
    return Index({(atom,): 1}) if found is None else found


def _without(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """`monomial / divisor`, or None if it does not divide."""
    rest = list(monomial)
    for atom in divisor:
        if atom not in rest:
            return None
        rest.remove(atom)
    return tuple(rest)


def _product_text(coefficient: int, monomial: Monomial) -> str:
    if not monomial:
        return str(coefficient)
    parts: list[str] = [] if coefficient == 1 else [str(coefficient)]
    for atom, repeats in itertools.groupby(sorted(monomial, key=in_print)):
        count = len(list(repeats))
        name = atom.name
        if isinstance(atom, Floor) and (len(monomial) > 1 or coefficient != 1):
            name = f"({name})"
        parts.append(name if count == 1 else f"{name}**{count}")
    return "*".join(parts)


@dataclass(frozen=True, slots=True)
class Constraint:
    """`polynomial >= 0`, or `polynomial == 0` when `equality`."""

    polynomial: Index
    equality: bool = False

    def __hash__(self) -> int:
        return hash(self.polynomial) ^ self.equality

    def substitute(self, values: Mapping[Symbol, Index]) -> Constraint:
        """It, with symbols replaced."""
        changed = self.polynomial.substitute(values)
        return self if changed is self.polynomial else Constraint(changed, self.equality)

    def holds(self, values: Mapping[Symbol, int]) -> bool:
        """Whether it is true when every symbol has a value."""
        value = self.polynomial.evaluate(values)
        return value == 0 if self.equality else value >= 0

    @property
    def truth(self) -> bool | None:
        """True or False if it is so for all sizes at a glance, else None."""
        value = self.polynomial.constant
        if value is None:
            return None
        return value == 0 if self.equality else value >= 0

    def __bool__(self) -> bool:
        if self.truth is None:
            raise SizeError(
                f"whether {self} depends on the sizes; for a chain such as 0 <= i < n, write within(i, n)"
            )
        return self.truth

    def __str__(self) -> str:
        left, right = _sides(self.polynomial)
        return f"{left} {'=' if self.equality else '≥'} {right}"


def _sides(polynomial: Index) -> tuple[Index, Index]:
    """`left - right`, each with positive coefficients only."""
    left = {m: c for m, c in polynomial.terms.items() if c > 0}
    right = {m: -c for m, c in polynomial.terms.items() if c < 0}
    return Index(left), Index(right)


def equals(left: IndexLike, right: IndexLike) -> Constraint:
    """The condition that two sizes or indices are the same number."""
    return Constraint(Index.of(left) - Index.of(right), equality=True)


def within(index: IndexLike, extent: IndexLike) -> tuple[Constraint, Constraint]:
    """The two conditions of `0 <= index < extent`."""
    index = Index.of(index)
    return Constraint(index), Constraint(Index.of(extent) - (index + 1))


_NAME = re.compile(r"[^\W\d]\w*'*", re.UNICODE)


def size(name: str, minimum: int = 1) -> Index:
    """A symbolic size: an integer, at least `minimum` (1 for sizes and strides, 0 for paddings).

    Raises SizeError if `name` is not one name, or `minimum` is negative.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SizeError(f"a size needs a name of letters, digits and _, such as 'H'; got {name!r}")
    if minimum < 0:
        raise SizeError(f"size {name!r}: the minimum is {minimum}; sizes are not negative")
    return Index.of(symbol_of(name, minimum, False))


def sizes(*names: str | Iterable[str] | int, minimum: int = 1) -> tuple[Index, ...]:
    """Several symbolic sizes, named in one string, in several, or in a list.

    A number after the names is the minimum too. Raises SizeError for names and a minimum that are none.

    >>> H, K = sizes("H K")
    >>> H - K + 1
    H - K + 1
    >>> sizes("N", "C")
    (N, C)
    >>> (H - 1) // 2 + 1
    (H + 1)//2
    """
    if len(names) > 1 and isinstance(last := names[-1], int):
        names, minimum = names[:-1], last
    if not isinstance(minimum, int):
        raise SizeError(f"the minimum is {minimum!r}; expected a number")
    separated: list[str] = []
    for given in names:
        if isinstance(given, str):
            separated += given.replace(",", " ").split()
        elif isinstance(given, Iterable):
            separated += given
        else:
            raise SizeError(f"the names are {given!r}; expected strings: sizes('N C')")
    if not separated:
        raise SizeError("no names of sizes are given: sizes('N C')")
    return tuple(size(name, minimum) for name in separated)
