"""Traced scalars written out as sums of products, and differentiated on the graph itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symgrad.trace.algebra import Algebra, TooManyTerms
from symgrad.trace.graph import ADD, APPLY, CONSTANT, ENTRY, MULTIPLY, POWER, below, operands
from symgrad.trace.scalar import SLOPES, ZERO, Traced, applied, constant, raised
from symgrad.trace.sums import ONE, Sum, combined

HELD = 1_000_000
"""The most terms that an expansion holds in all."""


class Expansion:
    """The sums of products that nodes stand for, each computed once."""

    def __init__(self) -> None:
        self.algebra = Algebra()
        self._held = 0
        self.entries: dict[int, Traced] = {}
        """The entry that an atom stands for, by the number of the atom."""
        self._done: dict[Traced, Sum] = {}

    def atom(self, entry: Traced) -> int:
        """The number of the atom of an entry."""
        ((monomial, _),) = self.sum(entry).items()
        return monomial[0][0]

    def sum(self, node: Traced) -> Sum:
        """A node written out. Raises TooManyTerms."""
        if node not in self._done:
            for inner in self._needed(node):
                self._done[inner] = found = self._written(inner)
                self._held += len(found)
                if self._held > HELD:
                    raise TooManyTerms(f"more than {HELD} terms")
        return self._done[node]

    def text(self, node: Traced) -> str:
        """A node as it would be written."""
        return self.algebra.text(self.sum(node))

    def _needed(self, root: Traced) -> list[Traced]:
        """What must be written out before the root; an addition within an addition is not among it."""
        wanted: dict[int, Traced] = {}
        stack = [root]
        while stack:
            node = stack.pop()
            if node.serial not in wanted and node not in self._done:
                wanted[node.serial] = node
                stack += self._summands(node) if node.kind == ADD else operands(node)
        return [wanted[serial] for serial in sorted(wanted)]

    def _summands(self, node: Traced) -> dict[Traced, int]:
        """What an addition of additions adds, and how often; linear in the size of the graph."""
        additions = below([node], lambda n: n.kind != ADD or (n is not node and n in self._done))
        inside = set(additions)
        times = {node: 1}
        summands: dict[Traced, int] = {}
        for addition in reversed(additions):
            for part in (addition.left, addition.right):
                counts = times if part in inside else summands
                counts[part] = counts.get(part, 0) + times[addition]
        return summands

    def _written(self, node: Traced) -> Sum:
        if node.kind == CONSTANT:
            return {ONE: node.left} if node.left else {}
        if node.kind == ENTRY:
            atom = self.algebra.entry(node.left, node.right)
            self.entries[atom.number] = node
            return {((atom.number, 1),): 1}
        if node.kind == ADD:
            return combined((self._done[part], count) for part, count in self._summands(node).items())
        first = self._done[node.left]
        if node.kind == MULTIPLY:
            return self.algebra.product(first, self._done[node.right])
        if node.kind == POWER:
            return self.algebra.power(first, node.right)
        if node.right == "exp":
            return self.algebra.exponential(first)
        if node.right == "log":
            return self.algebra.logarithm(first)
        return self.algebra.of_a_sum(node.right, first)


def gradient(
    outputs: Sequence[tuple[Traced, Traced]],
    wrt: Sequence[Traced],
    *,
    without: Mapping[Traced, object] | frozenset[Traced] = frozenset(),
) -> list[Traced]:
    r"""\(\partial J/\partial a\) for each `a` in `wrt`, with \(J = \sum_i \delta_i z_i\) over pairs (z, δ).

    By the chain rule, from the outputs down. Nothing flows back through the nodes in `without`.
    """
    nodes = below([z for z, _ in outputs])
    wanted = set(wrt)
    depends: set[Traced] = set()
    for node in nodes:
        if node in wanted or any(inner in depends for inner in operands(node)):
            depends.add(node)
    cotangents: dict[Traced, list[Traced]] = {}
    for z, delta in outputs:
        cotangents.setdefault(z, []).append(delta)
    found = dict.fromkeys(wrt, ZERO)
    for node in reversed(nodes):
        if node not in depends or node not in cotangents:
            continue
        cotangent = total(cotangents.pop(node))
        if node in wanted:
            found[node] = cotangent
        if node in without:
            continue
        for operand, slope in _slopes(node):
            if operand in depends:
                cotangents.setdefault(operand, []).append(cotangent * slope)
    return [found[a] for a in wrt]


def _slopes(node: Traced) -> list[tuple[Traced, Traced]]:
    """The operands of a node, each with the derivative of the node by it: a line for each kind."""
    left, right = node.left, node.right
    if node.kind == ADD:
        return [(left, constant(1)), (right, constant(1))]
    if node.kind == MULTIPLY:
        return [(left, right), (right, left)]
    if node.kind == POWER:
        return [(left, raised(left, right - 1) * right)]
    if node.kind == APPLY:
        return [(left, SLOPES[right](node, left))]
    return []


def total(parts: Sequence[Traced]) -> Traced:
    """The sum of some nodes."""
    result = ZERO
    for part in parts:
        result = result + part
    return result


def substituted(nodes: Sequence[Traced], values: Mapping[Traced, Traced]) -> list[Traced]:
    """Nodes with others in place of some entries."""
    new: dict[Traced, Traced] = dict(values)
    for node in below(nodes):
        if node in new:
            continue
        inner = [new[operand] for operand in operands(node)]
        if all(one is other for one, other in zip(inner, operands(node), strict=True)):
            new[node] = node
        elif node.kind == ADD:
            new[node] = inner[0] + inner[1]
        elif node.kind == MULTIPLY:
            new[node] = inner[0] * inner[1]
        elif node.kind == POWER:
            new[node] = raised(inner[0], node.right)
        else:
            new[node] = applied(node.right, inner[0])
    return [new[node] for node in nodes]
