"""What is claimed of a layer where it is used, in words of the network: its own sizes and names.

A closed form with a part in index notation is told whole: what that part reads stands in it as an expression.
"""

from __future__ import annotations

from typing import TypeGuard

from symgrad.decide.question import Question
from symgrad.language.notation import definition, nodes, operator_text, shape_text
from symgrad.language.scalar import Access, reads
from symgrad.language.tensor import Comprehension, Tensor


def claim_text(asked: Question) -> str:
    """The claim as an equation.

    >>> import symgrad as sg
    >>> N, C = sg.sizes("N C")
    >>> x, delta = sg.tensor("x", N, C), sg.tensor("delta", N, C)
    >>> twice = sg.build([N, C], lambda n, c: 2 * (x + delta)[n, c])
    >>> claim_text(Question(x, x, delta, sg.rot180(twice)))
    '∂J/∂x = rot180([out[n, c] = 2·(x + delta)[n, c]])'
    """
    wrt = operator_text(asked.wrt) if asked.wrt is not None else operator_text(asked.z)
    left = f"∂J/∂{wrt}" if asked.wrt is not None else wrt
    claim = asked.claim
    if _in_index_notation(claim) and not _regrouped(claim):
        return _defined(claim, left)
    return f"{left} = {_told(claim)}"


def _told(tensor: Tensor) -> str:
    """An expression, its parts in index notation told whole."""
    text = operator_text(tensor)
    for node in nodes(tensor):
        if _in_index_notation(node):
            text = text.replace(operator_text(node), _part(node))
    return text


def _part(node: Comprehension) -> str:
    return f"{_read(node)}.reshape{shape_text(node)}" if _regrouped(node) else f"[{_defined(node, 'out')}]"


def _defined(node: Comprehension, name: str) -> str:
    inner = dict.fromkeys(reads(node.body))
    return definition(node, {tensor: _operand(tensor) for tensor in inner} | {node: name})


def _operand(tensor: Tensor) -> str:
    text = _told(tensor)
    return text if _is_one_call(text) else f"({text})"


def _is_one_call(text: str) -> bool:
    """Whether it is a name or a call of one, so that an index after it is of the whole."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and (letter in " -*" or (letter in ")]" and place < len(text) - 1)):
            return False
    return True


def _read(node: Comprehension) -> str:
    (inner,) = dict.fromkeys(reads(node.body))
    return _operand(inner)


def _in_index_notation(tensor: Tensor) -> TypeGuard[Comprehension]:
    return isinstance(tensor, Comprehension) and tensor.call is None


def _regrouped(node: Comprehension) -> bool:
    """Whether it has the entries of what it reads in their order, its axes grouped otherwise."""
    body = node.body
    return isinstance(body, Access) and [index.symbol for index in body.at] == list(node.indices)
