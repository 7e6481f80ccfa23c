"""Powers in normal form: of single entries, of exp of single products, of sums that are divided by.

Each rule here is an identity between functions that holds wherever both sides have a meaning; that they
have one is among the conditions of a verdict:

- (x·y)^k = x^k·y^k for an integer k, as no factor of what is divided by is 0;
- (x^a)^b = x^(a·b), where x is known to be positive, or b is an integer;
- x^a·x^b = x^(a+b) at the same place;
- exp(s + t) = exp(s)·exp(t), exp(k·t) = exp(t)^k for a rational number k, and exp(k·log(t)) = t^k;
- log(s·t) = log(s) + log(t) for positive s and t, log(t^k) = k·log(t), and log(exp(t)) = t;
- step(s·step(t)) = step(s)·step(t), step(c·t) = step(t) for c > 0, and step(t)² = step(t).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from symgrad.decide.solve import eliminate, fixed_positions
from symgrad.decide.terms import (
    Atom,
    Atoms,
    Cancelled,
    Identity,
    Key,
    Place,
    Raised,
    Term,
    as_tensor,
    tensor_of,
)
from symgrad.language.functions import Known, exp, log, step
from symgrad.language.index import Index
from symgrad.language.scalar import HIGHEST, Access, Apply, Constant, Function, Ranges, substitute
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Call, Comprehension, Tensor

Root: TypeAlias = Callable[[Tensor, Place, Fraction], Term]
"""The entry of a tensor at a place to a power, as a term."""
Entry: TypeAlias = Callable[[Tensor, Place], list[Term]]
"""The entry of a tensor at a place, as terms."""
LARGEST = 100
"""The primes below this are taken out of roots of numbers."""
SPLIT = 12
"""The most summands of which exp is taken one by one."""

# -- of one base ----------------------------------------------------------------------------------


def raised(tensor: Tensor, position: Ranges, terms: Sequence[Term], exponent: Fraction, atoms: Atoms) -> Term:
    """The entry of `tensor`, which is the sum of `terms` at `position`, to a power."""
    if not terms:
        return _opaque("base", tensor, position, exponent, atoms)
    tensor, position = _without_unused(tensor, position, terms)
    if len(terms) == 1 and terms[0].is_single:
        return product_raised(terms[0], exponent, atoms) or _opaque("root", tensor, position, exponent, atoms)
    common = _common_factor(terms)
    outside, inverse = product_raised(common, exponent, atoms), product_raised(common, Fraction(-1), atoms)
    if common == Term(Fraction(1)) or outside is None or inverse is None:
        return _opaque("base", tensor, position, exponent, atoms)
    divided, symbols = as_tensor([gathered(term.times(inverse), {})[0] for term in terms], position)
    inside = tuple((symbol, extent) for symbol, extent in position if symbol in symbols)
    return outside.times(_opaque("base", divided, inside, exponent, atoms))


def _opaque(kind: str, tensor: Tensor, position: Ranges, exponent: Fraction, atoms: Atoms) -> Term:
    base = atoms.find((kind,), (tensor,), lambda: tensor)
    return Term(Fraction(1), raised=[(base, exponent, tuple(Index.of(symbol) for symbol, _ in position))])


def _without_unused(tensor: Tensor, position: Ranges, terms: Sequence[Term]) -> tuple[Tensor, Ranges]:
    """A tensor without the axes along which it is constant, told by how it was written."""
    used = set().union(*(term.symbols() for term in terms))
    if not isinstance(tensor, Comprehension) or all(symbol in used for symbol, _ in position):
        return tensor, position
    kept = tuple((symbol, extent) for symbol, extent in position if symbol in used)
    body = substitute(tensor.body, {symbol: Index.of(0) for symbol, _ in position if symbol not in used})
    axes, symbols = tuple((extent,) for _, extent in kept), tuple(symbol for symbol, _ in kept)
    return Comprehension(axes, symbols, body, tensor.call), kept


def _common_factor(terms: Sequence[Term]) -> Term:
    """What is taken out of a sum, so that a multiple of it has the same base.

    That is the size of the coefficient of one summand, the simplest, and the least power of each exp at a
    place where no sum index is: 1 + exp(-t) is exp(-t)·(exp(t) + 1).
    """
    simplest = min(terms, key=lambda term: (len(term.ranges), len(term.reads) + len(term.raised)))
    powers = [(base, power) for base, power in simplest.powers if is_positive_size(base)]
    bound = {symbol for term in terms for symbol in term.bound}
    exponents: dict[tuple[Key, Place], list[Fraction]] = {}
    for term in terms:
        for key, power, at in term.raised:
            outside = all(bound.isdisjoint(index.indices) for index in at)
            if isinstance(key, Atom) and key.is_exponential and outside:
                exponents.setdefault((key, at), []).append(power)
    found: list[Raised] = []
    for (key, at), listed in exponents.items():
        least = min(listed) if len(listed) == len(terms) else min(*listed, Fraction(0))
        if least:
            found.append((key, least, at))
    return Term(abs(simplest.value), powers, raised=found)


def product_raised(term: Term, exponent: Fraction, atoms: Atoms) -> Term | None:
    """A single product to a power, factor by factor; None if that is no identity.

    For a root, the product is positive where it has a meaning; its factors have to be as well.
    """
    factors = [*((key, Fraction(1), at) for key, at in term.reads), *term.raised]
    if any(isinstance(key, Atom) and key.is_zero_or_one for key, _, _ in factors):
        return None
    there: list[Raised] = [(key, power * exponent, at) for key, power, at in factors]
    if exponent.denominator == 1:
        count = int(exponent)
        return Term(term.value**count, [(base, power * count) for base, power in term.powers], raised=there)
    doubtful = [power for key, power, _ in factors if not _is_positive(key, power)]
    if len(doubtful) > 1 or any(power.denominator != 1 or power % 2 == 0 for power in doubtful):
        return None
    if term.value <= 0 or not all(is_positive_size(base) for base, _ in term.powers):
        return None
    for factor, power in _factorized(term.value):
        there.append((_number(Constant(Fraction(factor)), atoms), power * exponent, ()))
    for base, power in term.powers:
        there.append((_number(Constant(Fraction(1), ((base, 1),)), atoms), power * exponent, ()))
    return Term(Fraction(1), raised=there)


def _number(constant: Constant, atoms: Atoms) -> Atom:
    tensor = Comprehension((), (), constant)
    return atoms.find(("root",), (tensor,), lambda: tensor)


def _factorized(value: Fraction) -> Iterator[tuple[int, int]]:
    """A positive number as powers of small primes, and of what is left without small factors."""
    for number, sign in ((value.numerator, 1), (value.denominator, -1)):
        rest = number
        for prime in range(2, LARGEST):
            count = 0
            while rest % prime == 0:
                rest, count = rest // prime, count + 1
            if count:
                yield prime, sign * count
        if rest != 1:
            yield rest, sign


def is_positive_size(base: Index) -> bool:
    """Whether it is a size that is at least 1, and nothing else."""
    return base.symbol is not None and not base.symbol.is_index and base.symbol.minimum >= 1


def _is_positive(key: Key, power: Fraction) -> bool:
    """Whether an entry is positive wherever this power of it has a meaning: roots have of positive ones."""
    if isinstance(key, Atom) and key.kind[0] == "apply" and isinstance(key.kind[1], Known):
        return key.kind[1].positive or power.denominator != 1
    return power.denominator != 1


# -- exp and step ---------------------------------------------------------------------------------


def exponential(
    tensor: Tensor, position: Ranges, terms: Sequence[Term], atoms: Atoms, root: Root
) -> list[Term]:
    """exp of a sum: the product of exp of each summand, rational factors taken out as powers."""
    result = Term(Fraction(1))
    if len(terms) > SPLIT:
        at = tuple(Index.of(symbol) for symbol, _ in position)
        result.raised.append((applied(exp, tensor, atoms), Fraction(1), at))
        return [result]
    for term in terms:
        taken_out = term.value if abs(term.value.numerator) <= HIGHEST else Fraction(1)
        unit = replace(term, value=term.value / taken_out)
        read = _only_read(unit)
        if read is not None and isinstance(read[0], Atom) and read[0].kind == ("apply", log):
            result = result.times(root(read[0].of[0], read[1], taken_out))
            continue
        inside, at = _argument(unit, tensor, position)
        result.raised.append((applied(exp, inside, atoms), taken_out, at))
    return [result]


def logarithm(
    tensor: Tensor, position: Ranges, terms: Sequence[Term], atoms: Atoms, entry: Entry
) -> list[Term]:
    """log of a product of positive numbers: the sum of the logs of its factors."""
    at = tuple(Index.of(symbol) for symbol, _ in position)
    whole = [Term(Fraction(1), reads=[(applied(log, tensor, atoms), at)])]
    if not terms:
        return whole
    if len(terms) == 1 and terms[0].is_single:
        factors: list[Raised] = [*((key, Fraction(1), at) for key, at in terms[0].reads), *terms[0].raised]
        doubtful = [power for key, power, _ in factors if not _is_positive(key, power)]
        plain = terms[0].value == 1 and not terms[0].powers
        if not plain or len(doubtful) > 1 or any(p.denominator != 1 or p % 2 == 0 for p in doubtful):
            return whole
        if any(isinstance(key, Atom) and key.is_zero_or_one for key, _, _ in factors):
            return whole
        return [term for factor in factors for term in _logarithm_of(factor, atoms, entry)]
    common = replace(_common_factor(terms), value=Fraction(1), powers=[])
    if not common.raised:
        return whole
    inverse = Term(Fraction(1), raised=[(key, -power, there) for key, power, there in common.raised])
    divided, symbols = as_tensor([gathered(term.times(inverse), {})[0] for term in terms], position)
    rest = Term(Fraction(1), reads=[(applied(log, divided, atoms), tuple(map(Index.of, symbols)))])
    return [rest, *(term for factor in common.raised for term in _logarithm_of(factor, atoms, entry))]


def _logarithm_of(factor: Raised, atoms: Atoms, entry: Entry) -> list[Term]:
    key, power, at = factor
    if isinstance(key, Atom) and key.is_exponential:
        return [replace(term, value=term.value * power) for term in entry(key.of[0], at)]
    return [Term(power, reads=[(applied(log, tensor_of(key), atoms), at)])]


def stepped(tensor: Tensor, position: Ranges, terms: Sequence[Term], atoms: Atoms) -> list[Term]:
    """step of a product: steps among the factors come out, positive factors are dropped."""
    if not terms:
        return []  # 0 is not positive
    whole = (applied(step, tensor, atoms), Fraction(1), tuple(Index.of(s) for s, _ in position))
    if len(terms) > 1 or not terms[0].is_single or terms[0].powers:
        return [Term(Fraction(1), raised=[whole])]
    (term,) = terms
    steps = [r for r in term.raised if isinstance(r[0], Atom) and r[0].is_zero_or_one]
    others = [r for r in term.raised if r not in steps and not _is_positive(r[0], r[1])]
    sign = Fraction(1 if term.value > 0 else -1)
    rest = Term(sign, reads=term.reads, raised=others)
    if not rest.reads and not others:
        return [Term(Fraction(1), raised=steps)] if sign > 0 else []
    inside, at = _argument(rest, tensor, position)
    return [Term(Fraction(1), raised=[*steps, (applied(step, inside, atoms), Fraction(1), at)])]


def _argument(term: Term, whole: Tensor, position: Ranges) -> tuple[Tensor, Place]:
    """A term as a tensor that a function is taken of; an entry of a tensor is that tensor."""
    read = _only_read(term)
    if read is not None:
        return tensor_of(read[0]), read[1]
    tensor, symbols = as_tensor([term], position)
    return tensor, tuple(map(Index.of, symbols))


def _only_read(term: Term) -> tuple[Key, Place] | None:
    """The entry that a term is, if it is one and nothing else."""
    plain = term.is_single and term.value == 1 and not term.powers and not term.raised
    return term.reads[0] if plain and len(term.reads) == 1 else None


def applied(function: Function | Known, tensor: Tensor, atoms: Atoms) -> Atom:
    """The atom that is a function of every entry of a tensor."""

    def whole() -> Tensor:
        symbols = tuple(fresh_index(f"i{axis}") for axis in range(len(tensor.extents)))
        body = Apply(function, Access(tensor, tuple(map(Index.of, symbols))))
        written = Call("apply", (("function", function), ("x", tensor)))
        return Comprehension(tensor.axes, symbols, body, written)

    return atoms.find(("apply", function), (tensor,), whole)


# -- at the same place ----------------------------------------------------------------------------


def gathered(
    term: Term, used: dict[Identity, None], final: bool = False
) -> tuple[Term, list[tuple[Atom, int, Place]]]:
    """The term with powers of one entry made one; and what is to be multiplied with it, opened up.

    Two places are the same if they are the same expression once the term's equations are put in. Of
    the power of a sum, what is left in the end is not positive: B^(1/2) is B·B^(-1/2). Of the root of a
    product, what is left is between -1 and 0.
    """
    keys = [key for key, _, _ in term.raised]
    repeated = len(set(keys)) < len(keys) or any(key in keys for key, _ in term.reads)
    here = same_places(term) if repeated else {}
    found: dict[tuple[Key, Place], Fraction] = {}
    divided = set()
    for key, exponent, at in term.raised:
        place = key, tuple(index.substitute(here) for index in at)
        known = found.get(place)
        if known is not None and known * exponent < 0:
            divided.add(key)
        found[place] = exponent if known is None else known + exponent
    reads = []
    for key, at in term.reads:
        place = key, tuple(index.substitute(here) for index in at)
        if key in keys and place in found:
            if found[place] < 0:
                divided.add(key)
            found[place] += 1
        else:
            reads.append((key, at))
    kept: list[Raised] = []
    whole: list[tuple[Atom, int, Place]] = []
    for (key, at), exponent in found.items():
        if isinstance(key, Atom) and key.is_zero_or_one:
            kept.append((key, Fraction(1), at))
        elif isinstance(key, Atom) and key.is_base:
            count = math.ceil(exponent) if key.is_root else max(0, math.ceil(exponent))
            if exponent.denominator != 1 and not key.is_root and not final:
                count = 0
            if count:
                whole.append((key, count, at))
            if exponent != count:
                kept.append((key, exponent - count, at))
        elif (
            exponent.denominator == 1 and exponent > 0 and not (isinstance(key, Atom) and key.is_exponential)
        ):
            reads += [(key, at)] * int(exponent)
        elif exponent:
            kept.append((key, exponent, at))
    for key in divided:
        if not (isinstance(key, Atom) and key.is_exponential):
            used[Cancelled(tensor_of(key))] = None
    return replace(term, reads=reads, raised=kept), whole


def same_places(term: Term) -> dict[Symbol, Index]:
    """Indices by others that the equations of a term make them equal to."""
    if not any(constraint.equality for constraint in term.constraints):
        return {}
    system = eliminate(term, ())
    fixed = fixed_positions(system)
    return {s: value.substitute(fixed) for s, value in system.solution.items()} | fixed


def with_reads(term: Term, atoms: Atoms) -> Term:
    """The term with every power of an entry as a read of an atom that is that power."""
    if not term.raised:
        return term
    reads = list(term.reads)
    for key, exponent, at in term.raised:
        reads.append((key if exponent == 1 else _power_atom(key, exponent, atoms), at))
    return replace(term, reads=reads, raised=[])


def _power_atom(key: Key, exponent: Fraction, atoms: Atoms) -> Atom:
    return atoms.find(("power", exponent, key), (), lambda: tensor_of(key))
