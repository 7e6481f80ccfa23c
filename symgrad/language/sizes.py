"""Which sizes an expression has, and what its shapes say about them."""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.language.index import Constraint, Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import indices_in, walk
from symgrad.language.symbol import Floor, Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable


def sizes_of(tensors: Iterable[Tensor]) -> list[Symbol]:
    """Every size in the expressions, in order of appearance: those of the variables' shapes first."""
    found: dict[Symbol, None] = {}
    graph = list(dict.fromkeys(node for tensor in tensors for node in reversed(nodes(tensor))))
    for node in (*(n for n in graph if isinstance(n, Variable)), *graph):
        for extent in node.extents:
            found.update(dict.fromkeys(extent.symbols()))
        if isinstance(node, Comprehension):
            for inner in walk(node.body):
                for index in indices_in(inner):
                    found.update(dict.fromkeys(index.symbols()))
    return [symbol for symbol in found if not symbol.is_index]


def nonempty(tensors: Iterable[Tensor]) -> list[Constraint]:
    """That every extent of the tensors is at least 1, where their sizes do not say so already."""
    found: dict[Constraint, None] = {}
    for tensor in tensors:
        for extent in tensor.extents:
            symbol = extent.symbol
            if extent.constant is None and (symbol is None or symbol.minimum < 1):
                constraint = simplified(Constraint(extent - 1))
                if not _evident(constraint.polynomial):
                    found[constraint] = None
    return list(found)


def simplified(constraint: Constraint) -> Constraint:
    """`X//s + k >= 0` as `X + k*s >= 0`, which says the same of integers without the quotient."""
    polynomial = constraint.polynomial
    floors = [m for m in polynomial.terms if len(m) == 1 and isinstance(m[0], Floor)]
    rest = Index({m: c for m, c in polynomial.terms.items() if m not in floors})
    if constraint.equality or len(floors) != 1 or polynomial.terms[floors[0]] != 1:
        return constraint
    floor = floors[0][0]
    assert isinstance(floor, Floor)
    return Constraint(floor.numerator + rest * floor.divisor)


def _evident(polynomial: Index) -> bool:
    """Whether it is nonnegative because every size is at least its minimum and none is subtracted."""
    symbols = {s for s in polynomial.symbols() if not s.is_index}
    if any(isinstance(atom, Floor) for atom in polynomial.atoms()):
        return False
    shifted = polynomial.substitute({s: Index.of(s) + s.minimum for s in symbols})
    return all(coefficient >= 0 for coefficient in shifted.terms.values())
