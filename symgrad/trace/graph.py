"""The graph that traced scalars are nodes of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from symgrad.trace.bounds import Witness

CONSTANT, ENTRY, ADD, MULTIPLY, POWER, APPLY = range(6)


class Node:
    """A node. `kind` says which it is, `left` and `right` what it is made of, `serial` in what order.

    CONSTANT    left is the number
    ENTRY       left is the name, right the witness
    ADD, MULTIPLY   two operands
    POWER       left to the rational right
    APPLY       the function called right at left
    """

    __slots__ = ("kind", "left", "right", "serial", "witness")

    kind: int
    left: Any
    right: Any
    serial: int
    witness: Witness | None


N = TypeVar("N", bound=Node)


def below(roots: Iterable[N], done: Callable[[N], bool] = lambda node: False) -> list[N]:
    """Every node that the roots are made of, operands first; what is `done` is left out."""
    seen: dict[int, N] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.serial in seen or done(node):
            continue
        seen[node.serial] = node
        stack += operands(node)
    return [seen[serial] for serial in sorted(seen)]


def operands(node: N) -> tuple[N, ...]:
    """The nodes that a node is made of."""
    if node.kind in (ADD, MULTIPLY):
        return (node.left, node.right)
    return (node.left,) if node.kind > ENTRY else ()
