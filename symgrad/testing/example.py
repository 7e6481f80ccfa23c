"""One failing comparison written out, and the ways in which it can be written otherwise."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from symgrad.testing.compare import Comparison, Judge
from symgrad.testing.result import WRONG_FORWARD
from symgrad.testing.traced_run import Run
from symgrad.trace.expand import Expansion, substituted
from symgrad.trace.graph import below
from symgrad.trace.scalar import Traced
from symgrad.trace.sums import Monomial, Number, Sum, atoms_of, exact, merged, nonzero

Place = tuple[int, ...]
Inside = Mapping[str, list[Place]]
"""The entries in a term, by their tensor."""
Tensor = Any
"""An array of sums."""


class Example:
    """A wrong tensor: what it should be, what it is, and how each is made of entries of the arguments.

    The code is run once more for it, with lines remembered, and with a symbol in place of every zero that
    `np.pad` puts around an argument: what a wrong loop does with a border is seen only so. These symbols
    are 0 where tensors are compared.
    """

    def __init__(self, comparison: Comparison, judge: Judge) -> None:
        self.comparison, self.judge = comparison, judge
        self.delta = judge.code.cotangent
        again = None if comparison.tied else judge.again(comparison, borders=True)
        self.run = comparison.run if again is None else again
        self.case = self.run.case
        self.expansion = comparison.expansion if again is None else Expansion()
        self._entries = self._all_entries()
        self._atoms = {entry: self.expansion.atom(node) for entry, node in self._entries.items()}
        self._places = {number: entry for entry, number in self._atoms.items()}
        self._border = {
            self._atoms[entry] for entry, node in self._entries.items() if node in self.run.recorder.borders
        }
        nodes, obtained = (comparison.derived, comparison.obtained) if again is None else self._again()
        self.nodes = nodes
        self.derived: Tensor = self.sums(nodes)
        self.obtained: Tensor = self.each(self._inner, self.sums(obtained))

    def _all_entries(self) -> dict[tuple[str, Place], Traced]:
        run, found = self.run, {}
        pairs = list(run.originals.items()) + ([(self.delta, run.cotangent)] if run.cotangent else [])
        for name, nodes in pairs:
            for place, node in zip(np.ndindex(*self.shapes[name]), nodes, strict=True):
                found[name, place] = node
        return found | {entry: node for node, entry in run.recorder.borders.items()}

    def _again(self) -> tuple[list[Traced], list[Traced]]:
        comparison, run = self.comparison, self.run
        if comparison.kind == WRONG_FORWARD:
            assert self.judge.layer is not None
            return self.judge.layer(run)[1], run.out
        return self.judge.derived(run, comparison.of), run.gradients[comparison.of]

    @cached_property
    def shapes(self) -> dict[str, Place]:
        """The shapes of the arguments, and of the cotangent."""
        run = self.run
        shapes = {self.delta: run.out_shape} if run.cotangent else {}
        return shapes | {name: run.arrays[name].shape for name in run.originals}

    @cached_property
    def around(self) -> dict[Place, Sum]:
        """The derived tensor, and what it would be at the places of the border around the argument."""
        found = {place: self.derived[place] for place in np.ndindex(*self.derived.shape)}
        name = self.comparison.of
        outside = {place: node for node, (of, place) in self.run.recorder.borders.items() if of == name}
        if self.comparison.kind != WRONG_FORWARD and outside:
            slopes = self.judge.slopes(self.run, name, list(outside.values()))
            found |= {place: self.expansion.sum(slope) for place, slope in zip(outside, slopes, strict=True)}
        return found

    def sums(self, nodes: list[Traced]) -> Tensor:
        """Nodes written out, as an array of the shape of the tensor."""
        array = np.empty(len(nodes), dtype=object)
        for place, node in enumerate(nodes):
            array[place] = self.expansion.sum(node)
        return array.reshape(self.comparison.shape)

    def _inner(self, of: Sum) -> Sum:
        """A sum with the border taken as 0."""
        if not self._border:
            return of
        return {m: c for m, c in of.items() if not any(number in self._border for number, _ in m)}

    def tensor_of(self, atom: int) -> str:
        """The name of the tensor that an atom is an entry of."""
        return self._places.get(atom, ("", ()))[0]

    def batch(self) -> int:
        """How many samples there are."""
        return self.judge.batch(self.run)

    def is_obtained(self, tensor: Tensor | None) -> bool:
        """Whether a tensor is what the code gave, in every entry."""
        if tensor is None or tensor.shape != self.obtained.shape:
            return False
        algebra = self.expansion.algebra
        for one, other in zip(tensor.reshape(-1), self.obtained.reshape(-1), strict=True):
            inner = self._inner(one)
            if inner == other:
                continue
            # what differs at the witness differs; that is quicker to see than to decide
            if algebra.values.bounds(inner).apart(algebra.values.bounds(other)):
                return False
            if not algebra.equal(inner, other):
                return False
        return True

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
            result[place] = {} if found is None else self.around.get(found, {})
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
                        if place is None or (name, place) not in self._atoms:
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
        inside = self.expansion.algebra.atoms[atom].inside
        if inside is None:
            return self.tensor_of(atom) == name
        return any(self._hides(inner, name) for inner in atoms_of([inside]))

    def written(self, axes: tuple[int, ...], last: bool = True) -> Tensor | None:
        """In every entry only the terms of the last (or first) place of the cotangent along some axes."""

        def chosen(of: Sum) -> Sum | None:
            keys = {}
            for monomial in of:
                deltas = self.inside(monomial).get(self.delta)
                if not deltas:
                    return None
                keys[monomial] = tuple(deltas[0][axis] for axis in axes)
            best = (max if last else min)(keys.values(), default=None)
            return {m: c for m, c in of.items() if keys[m] == best}

        return self.each(chosen)

    def diagonal(self) -> Tensor | None:
        """In every entry only the terms of the cotangent at its own place."""
        if self.run.out_shape != self.derived.shape or not self.run.cotangent:
            return None
        result = np.empty(self.derived.shape, dtype=object)
        for place in np.ndindex(*self.derived.shape):
            of = self.derived[place]
            result[place] = {m: c for m, c in of.items() if place in self.inside(m).get(self.delta, [])}
        return result

    def placed(self, where: Callable[[Place, Place], Place]) -> Tensor | None:
        """Every term in another entry of the tensor, given by its place and that of the cotangent."""
        result = np.empty(self.derived.shape, dtype=object)
        sums: dict[Place, dict[Monomial, Number]] = {place: {} for place in np.ndindex(*self.derived.shape)}
        for place, of in self.around.items():
            for monomial, coefficient in of.items():
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
        run = self.run
        entries = run.originals.get(self.comparison.of, [])
        if len(entries) != len(run.out) or not run.cotangent:
            return None
        return self.sums(substituted(self.nodes, dict(zip(entries, run.out, strict=True))))

    def elementwise(self, nodes: Callable[[Run], list[Traced]]) -> Tensor | None:
        """A tensor made of the cotangent and the output, where both have the shape of the tensor."""
        if self.run.out_shape != self.derived.shape or not self.run.cotangent:
            return None
        return self.sums(nodes(self.run))

    def without_lines(self, lines: Sequence[tuple[int, str]]) -> Tensor | None:
        """The gradient if nothing flowed back through what some lines of the forward compute."""
        if self.comparison.of not in self.run.originals:
            return None
        cut = frozenset(node for node in self._made if _line(node) in lines)
        entries = self.run.originals[self.comparison.of]
        return self.sums(self.judge.slopes(self.run, self.comparison.of, entries, without=cut))

    @cached_property
    def _made(self) -> list[Traced]:
        return below(self.run.out)

    def lines(self) -> Iterator[tuple[int, str]]:
        """The lines of the code that computed the output, the first first."""
        yield from sorted({found for node in self._made for found in [_line(node)] if found is not None})

    # -- sizes

    @cached_property
    def quantities(self) -> dict[str, int]:
        """Sizes that a wrong factor may be, by name: of axes, options, and products of them."""
        single = dict(self.case.sizes)
        for name, value in self.case.options.items():
            if isinstance(value, int) and not isinstance(value, bool):
                single.setdefault(name, value)
        pairs = {f"{a}·{b}": n * m for (a, n), (b, m) in itertools.combinations(single.items(), 2)}
        squares = {f"{a}²": n * n for a, n in single.items()}
        three = {
            f"{a}·{b}·{c}": n * m * k
            for (a, n), (b, m), (c, k) in itertools.combinations(list(single.items())[:8], 3)
        }
        axes = {}
        for name, shape in [("the output", self.run.out_shape), *self.shapes.items()]:
            for size in range(1, len(shape) + 1):
                for chosen in itertools.combinations(range(len(shape)), size):
                    label = "axis" if size == 1 else "axes"
                    text = f"{label} {', '.join(map(str, chosen))} of {name}"
                    axes[text] = math.prod(shape[axis] for axis in chosen)
        found = single | pairs | squares | three | axes
        return {name: n for name, n in found.items() if n}


def _line(node: Traced) -> tuple[int, str] | None:
    return None if node.origin is None else (node.origin[1], node.origin[0].co_filename)
