r"""Identities between atoms: what a product is rewritten by where it does not cancel as it is.

There are two kinds. For a sum B that is divided by, \(B^{e} \cdot B = B^{e+1}\): one summand of B, the
lead, is put in terms of the others wherever it is multiplied with \(B^{e}\), \(e \le -1\),

\[ m_0 \cdot B^{e} = B^{e+1} - (m_1 + m_2 + \dots) \cdot B^{e}, \quad B = m_0 + m_1 + m_2 + \dots \]

so that for a B that is one sum, \(\sum_j e_j \cdot B^{-1} = 1\). And a hypothesis on an input,
\(\sum_j y_{nj} = 1\). A sum is recognised by an index that runs through the whole range of the lead and
occurs nowhere else in the product. Where x is divided by as well, and \(B = c + m x\) for numbers c and m,

\[ x^{-1} \cdot B^{-1} = \tfrac{1}{c} (x^{-1} - m \cdot B^{-1}). \]

Each rewriting is exact wherever what is divided by is not 0, which is among the conditions of a verdict;
for a single B, products that are equal have the same normal form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from symgrad.decide.expansion import Expansion
from symgrad.decide.powers import is_positive_size
from symgrad.decide.solve import eliminate, fixed_positions
from symgrad.decide.terms import Atom, Cancelled, Key, Place, Raised, Term, TooManyTerms, tensor_of
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index, within
from symgrad.language.symbol import Symbol, fresh_index

STEPS = 1_000
"""The most rewritings of one expression."""


@dataclass(frozen=True, slots=True)
class _Relation:
    """B = lead + rest at the position, with a lead that can be divided by."""

    position: tuple[Symbol, ...]
    lead: Term
    rest: list[Term]


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    """A sum that is 1, whatever the indices that are not summed over."""

    lead: Term
    free: frozenset[Symbol]
    assumed: SumsToOne


class Rewriting:
    """Brings products to normal form under the identities of the sums they are divided by."""

    def __init__(self, expansion: Expansion, assumed: Sequence[SumsToOne]) -> None:
        self._expansion = expansion
        self._relations: dict[Atom, _Relation | None] = {}
        self._hypotheses = [_hypothesis(one) for one in assumed]
        self._used = expansion.atoms.used

    def applies(self, terms: Sequence[Term]) -> bool:
        """Whether there is anything here that an identity is about."""
        known = {read[0] for one in self._hypotheses for read in one.lead.reads}
        return any(
            any(_divides(raised) for raised in term.raised) or any(key in known for key, _ in term.reads)
            for term in terms
        )

    def normal(self, terms: Sequence[Term]) -> list[Term]:
        """The same sum in normal form. Raises TooManyTerms if that takes too long."""
        left, done, steps = list(reversed(terms)), list[Term](), 0
        while left:
            term = tidied(left.pop())
            if term is None:
                continue
            changed = self._once(term)
            if changed is None:
                done.append(term)
                continue
            left += reversed(self._expansion.gathered(changed))
            steps += 1
            if steps > STEPS or len(left) > STEPS:
                raise TooManyTerms(f"more than {STEPS} rewritings by an identity")
        return done

    def _once(self, term: Term) -> list[Term] | None:
        """The product rewritten once, or None if it is in normal form."""
        for raised in term.raised:
            if _divides(raised):
                changed = self._divided(term, raised) or self._apart(term, raised)
                if changed is not None:
                    return changed
        for hypothesis in self._hypotheses:
            new = {s: Index.of(fresh_index(s.name)) for s in hypothesis.free}
            free = {index.symbol for index in new.values() if index.symbol is not None}
            rest = matched(hypothesis.lead.moved(new), term, free)
            if rest is not None:
                self._used[hypothesis.assumed] = None
                return [rest]
        return None

    def _known(self, base: Key) -> _Relation | None:
        assert isinstance(base, Atom)
        if base not in self._relations:
            self._relations[base] = self._relation(base)
        return self._relations[base]

    def _divided(self, term: Term, raised: Raised) -> list[Term] | None:
        """The lead in terms of the other summands."""
        base, exponent, at = raised
        relation = self._known(base)
        if relation is None:
            return None
        values = dict(zip(relation.position, at, strict=True))
        lead = relation.lead.moved(values)
        others = list(term.raised)
        others.remove(raised)
        whole = replace(term, raised=others)
        rest = matched(lead, whole, frozenset(), at)
        if rest is None:
            return None
        self._used[Cancelled(tensor_of(base))] = None
        inverse = [(size, -power) for size, power in lead.powers]
        rest = replace(rest, value=rest.value / lead.value, powers=rest.powers + inverse)
        less = Term(Fraction(1), raised=[(base, exponent + 1, at)] if exponent != -1 else [])
        same = Term(Fraction(-1), raised=[raised])
        return [rest.times(less), *(rest.times(same).times(o.moved(values)) for o in relation.rest)]

    def _apart(self, term: Term, raised: Raised) -> list[Term] | None:
        """Two reciprocals as a sum of such, where one is of a linear function of the other's base."""
        base, exponent, at = raised
        relation = self._known(base)
        if relation is None or len(relation.rest) != 1 or not _is_number(relation.rest[0]):
            return None
        lead = relation.lead.moved(dict(zip(relation.position, at, strict=True)))
        if not lead.is_single or lead.powers or lead.raised or len(lead.reads) != 1:
            return None
        (key, there), constant = lead.reads[0], relation.rest[0].value
        for other in term.raised:
            if other[0] is key and other[2] == there and other[1] <= -1:
                rest = [r for r in term.raised if r not in (raised, other)]
                less = (base, exponent + 1, at), (key, other[1] + 1, there)
                pairs = ((1 / constant, (less[0], other)), (-lead.value / constant, (raised, less[1])))
                self._used[Cancelled(tensor_of(base))] = None
                return [
                    replace(term, value=term.value * value, raised=rest + [r for r in two if r[1]])
                    for value, two in pairs
                ]
        return None

    def _relation(self, base: Atom) -> _Relation | None:
        """B by its summands; None if none of them can be the lead."""
        position, found = self._expansion.generic(base.tensor)
        terms = [tidy for term in found if (tidy := tidied(term)) is not None]
        # a summand that is no sum itself is recognised most easily
        ranked = sorted(range(len(terms)), key=lambda n: (len(terms[n].ranges), -_degree(terms[n])))
        for number in ranked:
            lead, rest = terms[number], terms[:number] + terms[number + 1 :]
            if _can_lead(lead) and all(matched(lead.moved({}), other, frozenset()) is None for other in rest):
                return _Relation(tuple(symbol for symbol, _ in position), lead, rest)
        return None


def _divides(raised: Raised) -> bool:
    key, exponent, _ = raised
    return isinstance(key, Atom) and key.is_base and exponent <= -1


def _is_number(term: Term) -> bool:
    return term.is_single and not (term.reads or term.raised or term.powers)


def _degree(term: Term) -> Fraction:
    return sum((abs(exponent) for _, exponent, _ in term.raised), Fraction(len(term.reads)))


def _can_lead(term: Term) -> bool:
    """Whether a summand has entries to recognise it by, no conditions, and a coefficient to divide by."""
    if not term.reads and not term.raised:
        return False
    ranges = {c for symbol, extent in term.ranges for c in within(symbol, extent)}
    places = [at for _, at in term.reads] + [at for _, _, at in term.raised]
    plain = {index.symbol for at in places for index in at}
    return (
        all(constraint in ranges for constraint in term.constraints)
        and all(symbol in plain for symbol in term.bound)
        and all(not base.has_index for base, _ in term.powers)
        and all(power < 0 or is_positive_size(base) for base, power in term.powers)
    )


def _hypothesis(assumed: SumsToOne) -> _Hypothesis:
    symbols = [fresh_index(f"h{place}") for place in range(len(assumed.variable.extents))]
    ranges = [(symbols[place], assumed.variable.extents[place]) for place in assumed.places]
    read = (assumed.variable, tuple(map(Index.of, symbols)))
    free = frozenset(symbols) - {symbol for symbol, _ in ranges}
    return _Hypothesis(Term(Fraction(1), reads=[read], ranges=ranges), free, assumed)


# -- products -------------------------------------------------------------------------------------


def tidied(term: Term) -> Term | None:
    """The product with every equation put in that fixes an index; None if it is zero."""
    system = eliminate(term, ())
    if any(e.constant for e in system.equations):
        return None
    fixed = fixed_positions(system)
    here = {s: value.substitute(fixed) for s, value in system.solution.items()} | fixed
    tidy = term.substitute(here)
    left = set(system.left)
    tidy.ranges = [(symbol, extent) for symbol, extent in tidy.ranges if symbol in left]
    equations = [Constraint(e, equality=True) for e in system.equations if e.terms]
    tidy.constraints = list(dict.fromkeys([*tidy.constraints, *equations]))
    return None if any(c.truth is False for c in tidy.constraints) else tidy


def matched(lead: Term, term: Term, free: frozenset[Symbol] | set[Symbol], beside: Place = ()) -> Term | None:
    """The product divided by the entries of `lead`, if they are among its own.

    Sum indices of the lead are sum indices of the product, of the same range, that occur nowhere else,
    not in `beside` either; the indices in `free` may stand for anything else. The coefficient of the
    lead is not divided by.
    """
    wanted: list[Raised | tuple[Key, None, Place]] = [(key, None, at) for key, at in lead.reads]
    wanted += lead.raised
    return next(_divisions(lead, term, wanted, {}, free, beside), None)


def _divisions(
    lead: Term,
    rest: Term,
    wanted: Sequence[Raised | tuple[Key, None, Place]],
    values: dict[Symbol, Index],
    free: frozenset[Symbol] | set[Symbol],
    beside: Place,
) -> Iterator[Term]:
    if not wanted:
        done = _without_ranges(lead, rest, values, free, beside)
        if done is not None:
            yield done
        return
    key, power, at = wanted[0]
    if power is None:
        for number, (other, there) in enumerate(rest.reads):
            put = _unified(at, there, values, lead, rest, free) if other is key else None
            if put is not None:
                left = replace(rest, reads=rest.reads[:number] + rest.reads[number + 1 :])
                yield from _divisions(lead, left, wanted[1:], put, free, beside)
        return
    for number, (other, exponent, there) in enumerate(rest.raised):
        if other is key and exponent / power >= 1:
            put = _unified(at, there, values, lead, rest, free)
            if put is not None:
                less = [(key, exponent - power, there)] if exponent != power else []
                left = replace(rest, raised=[*rest.raised[:number], *less, *rest.raised[number + 1 :]])
                yield from _divisions(lead, left, wanted[1:], put, free, beside)


def _unified(
    at: Place,
    there: Place,
    values: dict[Symbol, Index],
    lead: Term,
    term: Term,
    free: frozenset[Symbol] | set[Symbol],
) -> dict[Symbol, Index] | None:
    """The values of the lead's indices under which two places are one; None if there are none."""
    found = dict(values)
    for index, other in zip(at, there, strict=True):
        here = index.substitute(found)
        if here == other:
            continue
        symbol = here.symbol
        if symbol is None or symbol in found:
            return None
        if symbol in lead.bound:
            if other.symbol not in term.bound or other in found.values():
                return None
        elif symbol not in free:
            return None
        found[symbol] = other
    return found


def _without_ranges(
    lead: Term,
    rest: Term,
    values: dict[Symbol, Index],
    free: frozenset[Symbol] | set[Symbol],
    beside: Place,
) -> Term | None:
    """The product no longer summed over what the lead's indices are; None if it is not its whole range."""
    result = rest
    for symbol, extent in lead.ranges:
        if symbol not in values:
            return None
        own = values[symbol].symbol
        assert own is not None
        whole = {c for c in within(own, extent.substitute(values)) if c.truth is not True}
        about = {c for c in result.constraints if own in c.polynomial.symbols()}
        if about != whole:
            return None
        result = replace(
            result,
            ranges=[pair for pair in result.ranges if pair[0] is not own],
            constraints=[c for c in result.constraints if c not in about],
        )
        elsewhere = [values[s] for s in free if s in values] + list(beside)
        elsewhere += [e for _, e in result.ranges]
        if own in result.symbols() or any(own in index.symbols() for index in elsewhere):
            return None
    return result
