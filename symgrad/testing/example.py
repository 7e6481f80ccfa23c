"""One failing comparison written out, and the ways in which it can be written otherwise."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from symgrad.testing.compare import Comparison, Judge
from symgrad.trace.algebra import Monomial, Number, Sum, atoms_of, exact, merged, nonzero
from symgrad.trace.expand import gradient, substituted
from symgrad.trace.scalar import Traced, below

Place = tuple[int, ...]
Inside = Mapping[str, list[Place]]
"""The entries in a term, by their tensor."""
Tensor = Any
"""An array of sums."""


class Example:
    """A wrong tensor: what it should be, what it is, and how each is made of entries of the arguments."""

    def __init__(self, comparison: Comparison, judge: Judge) -> None:
        self.comparison, self.judge = comparison, judge
        self.derived: Tensor = comparison.sums(comparison.derived)
        self.obtained: Tensor = comparison.sums(comparison.obtained)
        self.case = comparison.run.case
        self.delta = judge.code.cotangent

    @cached_property
    def shapes(self) -> dict[str, Place]:
        """The shapes of the arguments, and of the cotangent."""
        run = self.comparison.run
        shapes = {name: run.arrays[name].shape for name in run.originals}
        return shapes | ({self.delta: run.out_shape} if run.cotangent else {})

    @cached_property
    def _entries(self) -> dict[str, list[Traced]]:
        run = self.comparison.run
        return run.originals | ({self.delta: run.cotangent} if run.cotangent else {})

    @cached_property
    def _places(self) -> dict[int, tuple[str, Place]]:
        """Which entry each atom is."""
        found = {}
        for name, nodes in self._entries.items():
            for place, node in zip(np.ndindex(*self.shapes[name]), nodes, strict=True):
                found[self.comparison.expansion.atom(node)] = (name, place)
        return found

    @cached_property
    def _atoms(self) -> dict[tuple[str, Place], int]:
        return {entry: number for number, entry in self._places.items()}

    def tensor_of(self, atom: int) -> str:
        """The name of the tensor that an atom is an entry of."""
        return self._places.get(atom, ("", ()))[0]

    def batch(self) -> int:
        """How many samples there are."""
        return self.judge.batch(self.comparison.run)

    def is_obtained(self, tensor: Tensor | None) -> bool:
        """Whether a tensor is what the code gave, in every entry."""
        if tensor is None or tensor.shape != self.obtained.shape:
            return False
        pairs = zip(tensor.reshape(-1), self.obtained.reshape(-1), strict=True)
        return all(one is other or self.comparison.same(one, other) for one, other in pairs)

    # -- other tensors

    def each(self, change: Callable[[Sum], Sum | None], of: Tensor | None = None) -> Tensor | None:
        """The derived tensor, or another, with every entry changed; None if one cannot be."""
        source = self.derived if of is None else of
        result = np.empty(source.shape, dtype=object)
        for place in np.ndindex(*source.shape):
            changed = change(source[place])
            if changed is None:
                return None
            result[place] = changed
        return result

    def scaled(self, factor: Number) -> Tensor:
        """Every entry times a number."""
        return self.each(lambda of: {m: exact(c * factor) for m, c in of.items()} if factor else {})

    def arranged(self, source: Callable[[Place], Place | None]) -> Tensor:
        """Every entry taken from another place of the derived tensor, or zero."""
        result = np.empty(self.derived.shape, dtype=object)
        for place in np.ndindex(*self.derived.shape):
            found = source(place)
            result[place] = {} if found is None else self.derived[found]
        return result

    def kept(self, keep: Callable[[Inside], bool]) -> Tensor:
        """Only the terms that are kept, by the entries that are in them."""
        return self.each(lambda of: {m: c for m, c in of.items() if keep(self.inside(m))})

    def weighted(self, weight: Callable[[Inside], Number]) -> Tensor:
        """Every term times a number that depends on the entries in it."""
        return self.each(lambda of: nonzero({m: exact(c * weight(self.inside(m))) for m, c in of.items()}))

    def inside(self, monomial: Monomial) -> dict[str, list[Place]]:
        """The places of the entries in a term, by their tensor."""
        found: dict[str, list[Place]] = {}
        for number, _ in monomial:
            if number in self._places:
                name, place = self._places[number]
                found.setdefault(name, []).append(place)
        return found

    def moved(self, name: str, where: Callable[[Place, Place | None], Place | None]) -> Tensor | None:
        """The derived tensor with other entries of one tensor in place of its entries.

        `where` gives the other place from the place and that of the cotangent in the term. A place
        outside drops the term, as a border of zeros does. None if a term hides its entries in a function.
        """
        shape = self.shapes[name]

        def change(of: Sum) -> Sum | None:
            result: dict[Monomial, Number] = {}
            for monomial, coefficient in of.items():
                deltas = self.inside(monomial).get(self.delta)
                other: Monomial | None = ()
                for number, power in monomial:
                    entry = self._places.get(number)
                    if entry is None and self._hides(number, name):
                        return None
                    if entry is not None and entry[0] == name:
                        place = where(entry[1], deltas[0] if deltas else None)
                        if place is None or any(not 0 <= i < n for i, n in zip(place, shape, strict=True)):
                            other = None
                            break
                        number = self._atoms[name, place]
                    other = merged(other or (), ((number, power),))
                if other is not None:
                    result[other] = result.get(other, 0) + coefficient
            return nonzero(result)

        return self.each(change)

    def _hides(self, atom: int, name: str) -> bool:
        """Whether a function or root has entries of a tensor inside."""
        inside = self.comparison.expansion.algebra.atoms[atom].inside
        if inside is None:
            return self.tensor_of(atom) == name
        return any(self._hides(inner, name) for inner in atoms_of([inside]))

    def last_writes(self, axes: tuple[int, ...]) -> Tensor | None:
        """In every entry only the terms of the last place of the cotangent along some axes."""

        def last(of: Sum) -> Sum | None:
            keys = {}
            for monomial in of:
                deltas = self.inside(monomial).get(self.delta)
                if not deltas:
                    return None
                keys[monomial] = tuple(deltas[0][axis] for axis in axes)
            best = max(keys.values(), default=None)
            return {m: c for m, c in of.items() if keys[m] == best}

        return self.each(last)

    def placed(self, where: Callable[[Place, Place], Place]) -> Tensor | None:
        """Every term in another entry of the tensor, given by its place and that of the cotangent."""
        result = np.empty(self.derived.shape, dtype=object)
        sums: dict[Place, dict[Monomial, Number]] = {place: {} for place in np.ndindex(*self.derived.shape)}
        for place in np.ndindex(*self.derived.shape):
            for monomial, coefficient in self.derived[place].items():
                deltas = self.inside(monomial).get(self.delta)
                if not deltas:
                    return None
                terms = sums.get(where(place, deltas[0]))
                if terms is not None:
                    terms[monomial] = terms.get(monomial, 0) + coefficient
        for place, terms in sums.items():
            result[place] = nonzero(terms)
        return result

    def at_the_output(self) -> Tensor | None:
        """The derivative taken at the output where the argument is meant: σ'(a) for σ'(z)."""
        run = self.comparison.run
        entries = run.originals.get(self.comparison.of, [])
        if len(entries) != len(run.out) or not run.cotangent:
            return None
        values = dict(zip(entries, run.out, strict=True))
        return self.comparison.sums(substituted(self.comparison.derived, values))

    def elementwise(self, nodes: Callable[[Any], list[Any]]) -> Tensor | None:
        """A tensor made of the cotangent and the output, where both have the shape of the tensor."""
        run = self.comparison.run
        if run.out_shape != self.derived.shape or not run.cotangent:
            return None
        return self.comparison.sums(nodes(run))

    def without_line(self, line: int, name: str) -> Tensor | None:
        """The gradient if nothing flowed back through what one line of the forward computes."""
        run = self._traced
        if run is None or self.comparison.of not in run.originals:
            return None
        cut = frozenset(
            n for n in self._made if n.origin and (n.origin[1], n.origin[0].co_filename) == (line, name)
        )
        outputs = list(zip(run.out, run.cotangent, strict=True))
        slopes = gradient(outputs, run.originals[self.comparison.of], without=cut)
        swap = {
            other: mine
            for n in self._entries
            for other, mine in zip(
                run.cotangent if n == self.delta else run.originals[n], self._entries[n], strict=True
            )
        }
        return self.comparison.sums(substituted(slopes, swap))

    @cached_property
    def _traced(self) -> Any:
        """The same run with the lines remembered."""
        return self.judge.again(self.comparison)

    @cached_property
    def _made(self) -> list[Traced]:
        return below(self._traced.out)

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines of the code that computed the output, the first first."""
        if self._traced is None:
            return
        yield from sorted({found for n in self._made for found in [_line(n)] if found is not None})

    # -- sizes

    @cached_property
    def quantities(self) -> dict[str, int]:
        """Sizes that a wrong factor may be, by name, and their products."""
        single = dict(self.case.sizes)
        if not single:
            for name, shape in self.shapes.items():
                for axis, n in enumerate(shape):
                    single.setdefault(f"axis {axis} of {name}", n)
        for name, value in self.case.options.items():
            if isinstance(value, int) and not isinstance(value, bool):
                single.setdefault(name, value)
            elif isinstance(value, float):
                continue
        out = self.comparison.run.out_shape
        if len(out) > 2:
            for axis in range(1, len(out)):
                single.setdefault(f"axis {axis} of the output", out[axis])
        products = {f"{a}·{b}": n * m for (a, n), (b, m) in itertools.combinations(single.items(), 2)}
        squares = {f"{a}²": n * n for a, n in single.items()}
        three = {
            f"{a}·{b}·{c}": n * m * k
            for (a, n), (b, m), (c, k) in itertools.combinations(list(single.items())[:8], 3)
        }
        return {name: n for name, n in (single | squares | products | three).items() if n}


def _line(node: Traced) -> tuple[int, str] | None:
    return None if node.origin is None else (node.origin[1], node.origin[0].co_filename)
