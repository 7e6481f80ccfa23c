"""The value of a node at the entries tried, as exactly as it takes to compare it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symgrad.trace import bounds
from symgrad.trace.bounds import BITS, UNCERTAIN, Bounds, OutOfDomain, Undecided, Witness, around
from symgrad.trace.graph import ADD, APPLY, CONSTANT, MULTIPLY, Node, below
from symgrad.trace.recorder import recording
from symgrad.trace.sums import Number, difference, exact

WRITTEN_OUT = 64
"""The largest power of a rational witness that is computed exactly."""


def value(node: Node, bits: int = BITS[0]) -> Witness:
    """The witness of a node: exact, but where there are functions or roots, between bounds."""
    if not _known(node, bits):
        for inner in below([node], lambda n: _known(n, bits)):
            inner.witness = _value(inner, bits)
    assert node.witness is not None
    return node.witness


def _known(node: Node, bits: int) -> bool:
    """Whether the witness is there, with as many bits as are asked for."""
    witness = node.witness
    return witness is not None and (not isinstance(witness, Bounds) or witness.bits >= bits)


def _value(node: Node, bits: int) -> Witness:
    if node.kind == CONSTANT:
        number: Number = node.left
        return number
    left, right = node.left.witness, node.right
    if node.kind in (ADD, MULTIPLY):
        right = right.witness
        if isinstance(left, Bounds) or isinstance(right, Bounds):
            left, right = around(left, bits), around(right, bits)
        together: Any = left + right if node.kind == ADD else left * right
        return together if isinstance(together, Bounds) else exact(together)
    if node.kind == APPLY:
        return bounds.applied(bounds.FUNCTIONS[right], around(left, bits))
    if right < 0 and not isinstance(left, Bounds) and not left:
        raise OutOfDomain("a division by what is zero at the witness")
    if isinstance(right, int) and abs(right) <= WRITTEN_OUT and not isinstance(left, Bounds):
        return exact(Fraction(left) ** right)
    return bounds.powered(around(left, bits), right)


def sign(node: Node) -> int:
    """1, 0 or -1, as the witness is. Raises Undecided."""
    return order(node, None)


def order(left: Node, right: Node | None) -> int:
    """1 where the witness of the left is the greater, -1 where it is the smaller, 0 where both are equal.

    None stands for 0. Where there are functions, two are equal that are the same function of the entries.
    Raises Undecided.
    """
    if left is right:
        return 0
    for bits in BITS:
        one, other = value(left, bits), 0 if right is None else value(right, bits)
        if not isinstance(one, Bounds) and not isinstance(other, Bounds):
            return (one > other) - (one < other)
        found = (around(one, bits) - around(other, bits)).sign
        if found is None and bits == BITS[1]:
            found = _written_out(left, right)
        if found is not None:
            return found
    raise Undecided(UNCERTAIN)


def _written_out(left: Any, right: Any) -> int | None:
    """The sign of a difference once what cancels in it is gone; None if it is too large to write out."""
    from symgrad.trace.algebra import TooManyTerms
    from symgrad.trace.expand import Expansion  # which is made of these nodes

    if right is None and left.kind == MULTIPLY:
        return sign(left.left) * sign(left.right)
    recorder = recording.get()
    expansion = Expansion() if recorder is None else recorder.expansion
    if expansion is None:
        assert recorder is not None
        expansion = recorder.expansion = Expansion()
    try:
        other = {} if right is None else expansion.sum(right)
        return expansion.algebra.values.sign(difference(expansion.sum(left), other))
    except TooManyTerms:
        return None


def rounded(node: Node, rounding: Callable[[Any], int]) -> int:
    """The witness, rounded. Raises Undecided."""
    for bits in BITS:
        witness = value(node, bits)
        found = witness.rounded(rounding) if isinstance(witness, Bounds) else rounding(witness)
        if found is not None:
            return found
    raise Undecided(UNCERTAIN)
