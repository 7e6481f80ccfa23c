"""Weighing what did not cancel: exact sums of polynomials over integer sets, and smallest points.

Each product is a polynomial on a Presburger set of access space; isl adds them up piecewise. Where
the sum is not zero, the smallest point is found: least greatest size first, then least sum of sizes,
then lexicographically least sizes, position and entries.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import islpy as isl

from symgrad.decide.compare import Different, Like, Outcome, Same, Unknown, slot_orders, total_coefficients
from symgrad.decide.presburger import COLUMNS, OutOfBudget, Solver, within_budget
from symgrad.decide.solve import Signature, Solved, coordinate, position_symbol
from symgrad.decide.verdict import Match
from symgrad.language.index import Constraint, Index
from symgrad.language.symbol import Atom, Floor, Monomial, Symbol

SMALL = 5
"""Below this, values of the unknowns of a polynomial are tried to find where it is not zero,"""
POINTS = 625
"""but at most so many combinations."""


class _Uncountable(Exception):
    """A set of index tuples whose size this module cannot express."""


def weigh(
    unequal: Sequence[Like],
    solver: Solver,
    sizes: Sequence[Symbol],
    rank: int,
    matches: tuple[Match, ...],
) -> Outcome:
    """Add the products up exactly, signature by signature; zero, or the smallest point where not.

    `sizes` is the order in which sizes are made small, `rank` the number of indices of the position.
    """
    multipliers = nonlinear_multipliers(
        c.polynomial
        for like in unequal
        for _, s in like.members
        for c in (*s.constraints, *s.pivot_equations)
    )
    if multipliers:
        return Unknown("a product of sizes and indices is not linear", multipliers)
    return within_budget(lambda: _added_up(unequal, solver, sizes, rank, matches))


def _added_up(
    unequal: Sequence[Like],
    solver: Solver,
    sizes: Sequence[Symbol],
    rank: int,
    matches: tuple[Match, ...],
) -> Outcome:
    totals = total_coefficients(unequal)
    grouped: dict[Signature, list[tuple[Solved, Index]]] = {}
    for like, total in zip(unequal, totals, strict=True):
        grouped.setdefault(like.first.signature, []).append((like.first, total))
    best: tuple[list[int], dict[Symbol, int], tuple[int, ...]] | None = None
    for signature, members in grouped.items():
        try:
            found = _Group(signature, members, solver, sizes, rank).smallest()
        except _Uncountable as problem:
            return Unknown(str(problem))
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    return Same(matches) if best is None else Different(best[1], best[2])


def nonlinear_multipliers(polynomials: Iterable[Index]) -> tuple[Symbol, ...]:
    """Sizes which, made numbers, leave no product of symbols; empty if there is none already."""
    products = {m for p in polynomials for m in _monomials(p) if len(m) > 1}
    chosen: list[Symbol] = []
    while products:
        counts: dict[Symbol, int] = {}
        for monomial in products:
            for atom in monomial:
                if isinstance(atom, Symbol) and not atom.is_index:
                    counts[atom] = counts.get(atom, 0) + 1
        if not counts:
            break
        most = max(counts, key=lambda s: (counts[s], -s.order))
        chosen.append(most)
        rest = (tuple(atom for atom in m if atom is not most) for m in products)
        products = {m for m in rest if len(m) > 1}
    return tuple(sorted(chosen, key=lambda s: s.order))


def _monomials(polynomial: Index) -> Iterable[Monomial]:
    for monomial in polynomial.terms:
        yield monomial
        for atom in monomial:
            if isinstance(atom, Floor):
                yield from _monomials(atom.numerator)
                for factor in _monomials(atom.divisor):
                    if factor:
                        yield (*factor, atom)


class _Space:
    """Columns for sizes, quotients, position and entries, with two in front that order by size."""

    def __init__(
        self,
        solver: Solver,
        constraints: Sequence[Constraint],
        first: Sequence[Symbol],
        hidden: Collection[Symbol] = (),
    ) -> None:
        self.solver = solver
        named = [Constraint(Index.of(symbol)) for symbol in first if not symbol.is_index]
        implicit = solver.implicit((*constraints, *solver.assumptions, *named))
        self.known = [*solver.assumptions, *implicit]
        atoms: dict[Atom, None] = dict.fromkeys(first)
        for constraint in (*self.known, *constraints):
            atoms.update(dict.fromkeys(constraint.polynomial.atoms()))
        for symbol in hidden:
            atoms.pop(symbol, None)
        self.atoms = sorted(atoms, key=lambda a: (a.is_index, isinstance(a, Floor)))
        if len(self.atoms) > COLUMNS:
            raise OutOfBudget(f"{len(self.atoms)} unknowns")
        self.place = {atom: number for number, atom in enumerate(self.atoms)}
        self.space = isl.Space.set_alloc(solver.context, 0, len(self.atoms))

    def set(self, constraints: Sequence[Constraint], more: Sequence[Symbol] = ()) -> Any:
        """The isl set, or with `more` unknowns the isl map from the columns to them."""
        context, width = self.solver.context, len(self.atoms)
        space = isl.Space.alloc(context, 0, width, len(more)) if more else self.space
        local, kind = isl.LocalSpace.from_space(space), isl.dim_type
        basic = (isl.BasicMap if more else isl.BasicSet).universe(space)
        extra = {symbol: number for number, symbol in enumerate(more)}
        for constraint in (*self.known, *constraints):
            make = isl.Constraint.equality_alloc if constraint.equality else isl.Constraint.inequality_alloc
            row = make(local)
            for monomial, coefficient in constraint.polynomial.terms.items():
                if not monomial:
                    row = row.set_constant_val(coefficient)
                elif monomial[0] in extra:
                    row = row.set_coefficient_val(kind.out, extra[monomial[0]], coefficient)
                else:
                    side = kind.in_ if more else kind.set
                    row = row.set_coefficient_val(side, self.place[monomial[0]], coefficient)
            basic = basic.add_constraint(row)
        return (isl.Map.from_basic_map if more else isl.Set.from_basic_set)(basic)

    def least(self, points: Any) -> list[int] | None:
        """The smallest point of an isl set, with its greatest size and sum of sizes in front."""
        kind = isl.dim_type.set
        ordered = points.insert_dims(kind, 0, 2)
        local = isl.LocalSpace.from_space(ordered.get_space())
        symbols = [n for n, a in enumerate(self.atoms) if isinstance(a, Symbol) and not a.is_index]
        total = isl.Constraint.equality_alloc(local).set_coefficient_val(kind, 1, -1)
        for number in symbols:
            total = total.set_coefficient_val(kind, number + 2, 1)
            above = isl.Constraint.inequality_alloc(local).set_coefficient_val(kind, 0, 1)
            ordered = ordered.add_constraint(above.set_coefficient_val(kind, number + 2, -1))
        # without sizes, the greatest size is not bounded from below
        floor = isl.Constraint.inequality_alloc(local).set_coefficient_val(kind, 0, 1)
        found = ordered.add_constraint(total).add_constraint(floor).lexmin()
        if found.is_empty():
            return None
        point = found.sample_point()
        texts = [point.get_coordinate_val(kind, n).to_str() for n in range(len(self.atoms) + 2)]
        if None in texts:  # the budget ran out while they were written, which isl does not report
            raise OutOfBudget("isl could not write a point")
        return list(map(int, texts))

    def values(self, point: Sequence[int]) -> dict[Symbol, int]:
        """The sizes at a point."""
        pairs = zip(self.atoms, point[2:], strict=True)
        return {a: value for a, value in pairs if isinstance(a, Symbol) and not a.is_index}


class _Group:
    """The products of one signature, added up."""

    def __init__(
        self,
        signature: Signature,
        members: Sequence[tuple[Solved, Index]],
        solver: Solver,
        sizes: Sequence[Symbol],
        rank: int,
    ) -> None:
        self.members = members
        self.orders = [order or list(range(len(signature))) for order in slot_orders(signature)]
        widths = [len(at) for at in members[0][0].reads]
        self.entries = [coordinate(s, a) for s, width in enumerate(widths) for a in range(width)]
        constraints = [c for solved, _ in members for c in (*solved.constraints, *solved.pivot_equations)]
        left = {symbol for solved, _ in members for symbol in solved.left}
        self.positions = [position_symbol(axis) for axis in range(rank)]
        self.space = _Space(solver, constraints, [*sizes, *self.positions, *self.entries], left)
        self.widths = widths

    def smallest(self) -> tuple[list[int], dict[Symbol, int], tuple[int, ...]] | None:
        """The smallest point where the sum is not zero, its sizes and its position."""
        total: Any = None
        for solved, coefficient in self.members:
            for order in self.orders:
                piece = self._piecewise(solved, coefficient, order)
                total = piece if total is None else total.add(piece)
        best: list[int] | None = None
        for region, polynomial in total.get_pieces():
            point = self._nonzero(region, polynomial)
            if point is not None and (best is None or point < best):
                best = point
        if best is None:
            return None
        place = self.space.place
        position = tuple(best[place[symbol] + 2] for symbol in self.positions)
        return best, self.space.values(best), position

    def _piecewise(self, solved: Solved, coefficient: Index, order: Sequence[int]) -> Any:
        """coefficient · (how many index tuples read here) as an isl piecewise quasi-polynomial."""
        renamed = {
            coordinate(slot, axis): Index.of(coordinate(order[slot], axis))
            for slot in range(len(order))
            for axis in range(self.widths[slot])
        }
        constraints = [c.substitute(renamed) for c in (*solved.constraints, *solved.pivot_equations)]
        weight = self._polynomial(coefficient.substitute(renamed))
        if not solved.left:
            return isl.PwQPolynomial.alloc(self.space.set(constraints), weight)
        tuples = self.space.set(constraints, solved.left)
        if tuples.is_single_valued():
            return isl.PwQPolynomial.alloc(tuples.domain(), weight)
        return _count(tuples, len(solved.left)).mul(isl.PwQPolynomial.from_qpolynomial(weight))

    def _polynomial(self, polynomial: Index) -> Any:
        space = self.space.space
        total = isl.QPolynomial.zero_on_domain(space)
        for monomial, coefficient in polynomial.terms.items():
            value = isl.Val.read_from_str(space.get_ctx(), str(coefficient))  # of any length
            product = isl.QPolynomial.val_on_domain(space, value)
            for atom in monomial:
                if atom not in self.space.place:
                    raise _Uncountable(f"the coefficient {polynomial} depends on a sum index")
                place = self.space.place[atom]
                product = product.mul(isl.QPolynomial.var_on_domain(space, isl.dim_type.set, place))
            total = total.add(product)
        return total

    def _nonzero(self, region: Any, polynomial: Any) -> list[int] | None:
        """The smallest point of a piece at which its polynomial is not zero."""
        if polynomial.is_zero():
            return None
        if polynomial.isa_aff():
            value = isl.PwAff.from_aff(polynomial.as_aff())
            nonzero = value.pos_set().union(value.neg().pos_set())
            return self.space.least(region.intersect(nonzero))
        found = [self.space.least(part) for part in self._parts(region, polynomial)]
        smallest = min((point for point in found if point is not None), default=None)
        if smallest is None:
            raise _Uncountable("a polynomial of the sizes that is zero at every small point tried")
        return smallest

    def _parts(self, region: Any, polynomial: Any) -> Iterator[Any]:
        """Parts of a region in which the unknowns of its polynomial are small numbers and it is not zero.

        An unknown that cannot vary freely makes no difference: the parts are tried for points.
        """
        kind, given = isl.dim_type.set, isl.dim_type.in_
        places = [n for n in range(len(self.space.atoms)) if polynomial.involves_dims(given, n, 1)]
        for values in itertools.islice(itertools.product(range(SMALL), repeat=len(places)), POINTS):
            part, here = region, isl.Point.zero(self.space.space)
            for place, value in zip(places, values, strict=True):
                part = part.fix_val(kind, place, value)
                here = here.set_coordinate_val(kind, place, value)
            if not polynomial.eval(here).is_zero() and not part.is_empty():
                yield part


def _count(tuples: Any, unknowns: int) -> Any:
    """How many values one unknown takes, as a piecewise quasi-polynomial; no gaps are allowed."""
    if unknowns != 1:
        raise _Uncountable(
            f"{unknowns} sum indices that no entry depends on would have to be counted together"
        )
    low, high = tuples.lexmin_pw_multi_aff(), tuples.lexmax_pw_multi_aff()
    first, last = low.get_pw_aff(0), high.get_pw_aff(0)
    below = isl.Map.from_pw_multi_aff(low).apply_range(_order(tuples, "le"))
    above = isl.Map.from_pw_multi_aff(high).apply_range(_order(tuples, "ge"))
    if not below.intersect(above).is_subset(tuples):
        raise _Uncountable("a sum index runs over a range with gaps")
    one = isl.PwQPolynomial.from_pw_aff(last.sub(first))
    return one.add(
        isl.PwQPolynomial.alloc(tuples.domain(), isl.QPolynomial.one_on_domain(one.get_domain_space()))
    )


def _order(tuples: Any, which: str) -> Any:
    space = tuples.get_space().range()
    return isl.Map.lex_le(space) if which == "le" else isl.Map.lex_ge(space)


def smallest_sizes(
    constraints: Sequence[Constraint], solver: Solver, sizes: Sequence[Symbol]
) -> dict[Symbol, int] | None:
    """The smallest sizes at which linear constraints have a solution; None if there is none."""

    def smallest() -> dict[Symbol, int] | None:
        space = _Space(solver, constraints, sizes)
        point = space.least(space.set(constraints))
        return None if point is None else space.values(point)

    return within_budget(smallest)
