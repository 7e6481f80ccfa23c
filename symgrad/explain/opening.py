"""Which definitions a proof opens without a word, which get a line, and which results keep a name."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.decide.question import Question
from symgrad.language.index import Index
from symgrad.language.maps import winners
from symgrad.language.notation import nodes
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Scalar,
    Selected,
    Sum,
    add,
    multiply,
    power,
    reads,
    walk,
)
from symgrad.language.tensor import Comprehension, Tensor


def silent(node: Comprehension) -> bool:
    """Whether a definition only works entry by entry or exchanges axes, and needs no line of its own."""
    for inner in walk(node.body):
        if isinstance(inner, (Sum, Indicator, Maximum, Selected)):
            return False
        if isinstance(inner, Access) and any(index.symbol is None and index.indices for index in inner.at):
            return False
    return True


def summing(node: Scalar) -> bool:
    """Whether there is a sum or a maximum in it."""
    return any(isinstance(inner, (Sum, Maximum)) for inner in walk(node))


def _bound_count(node: Scalar) -> int:
    return sum(len(inner.over) for inner in walk(node) if isinstance(inner, Sum))


def _opening_order(node: Comprehension, left: Sequence[Tensor]) -> tuple[bool, int, int]:
    """What only moves entries comes first, then what has most below it, then the smaller sum."""
    below, bound = _inside(node, left), _bound_count(node.body)
    return bool(below or bound), -below, bound


def _inside(node: Tensor, others: Sequence[Tensor]) -> int:
    below = nodes(node)
    return sum(other is not node and other in below for other in others)


def merely_sums(body: Scalar, tensor: Tensor) -> bool:
    """Whether a body is a sum over entries of one tensor, times a constant."""
    match body:
        case Access(read, _):
            return read is tensor
        case Sum(_, inside):
            return merely_sums(inside, tensor)
        case Multiply(factors):
            return len(factors) == 2 and isinstance(factors[0], Constant) and merely_sums(factors[1], tensor)
        case Add(terms):
            return all(merely_sums(term, tensor) or tensor not in set(reads(term)) for term in terms)
        case _:
            return False


def depends(z: Tensor, wrt: Tensor | None) -> set[Tensor]:
    """The tensors that are `wrt` or computed from it."""
    found = set() if wrt is None else {wrt}
    for node in reversed(nodes(z)):
        if isinstance(node, Comprehension) and any(tensor in found for tensor in reads(node.body)):
            found.add(node)
    return found


def is_selector(node: Tensor) -> bool:
    """Whether a tensor of zeros and ones says where maxima are taken."""
    return isinstance(node, Comprehension) and isinstance(node.body, Selected)


def kept_results(asked: Question) -> list[Comprehension]:
    """Intermediate results that are sums or maxima and enter a product, a function or a maximum."""
    order = [node for node in nodes(asked.z) if isinstance(node, Comprehension)]
    below = set() if asked.wrt is None else set(nodes(asked.wrt))
    readers = {node: [r for r in order if node in set(reads(r.body))] for node in order}

    def enters(node: Comprehension) -> bool:
        """Whether it is multiplied or a function is taken of it, perhaps after something was added."""
        return any(
            not merely_sums(reader.body, node) or (not summing(reader.body) and enters(reader))
            for reader in readers[node]
        )

    return [
        averages(node, readers[node])
        for node in order
        if node is not asked.z and node not in below and summing(node.body) and enters(node)
    ]


def averages(node: Comprehension, readers: Sequence[Comprehension]) -> Comprehension:
    """A multiple of a sum, where nothing else is made of it: a mean, not the sum it is taken of."""
    if len(readers) != 1 or readers[0].axes != node.axes:
        return node
    (reader,) = readers
    return reader if isinstance(reader.body, Multiply) and merely_sums(reader.body, node) else node


def outer_first(operators: list[Comprehension]) -> list[Comprehension]:
    """Readers before what they read; of those that could come next, large sums last."""
    left, order = list(operators), list[Comprehension]()
    while left:
        free = [n for n in left if not any(n is not m and n in nodes(m) for m in left)]
        chosen = min(free, key=lambda node: _opening_order(node, left))
        order.append(chosen)
        left.remove(chosen)
    return order


def with_winners(node: Scalar, level: Comprehension, own: tuple[Index, ...]) -> Scalar:
    """Which element of a window was taken, as an entry of a tensor of zeros and ones."""
    if not isinstance(level.body, Maximum):
        return node
    chosen = winners(level)

    def go(inner: Scalar) -> Scalar:
        match inner:
            case Selected(_, at):
                return Access(chosen, (*own, *at))
            case Add(terms):
                return add(*map(go, terms))
            case Multiply(factors):
                return multiply(*map(go, factors))
            case Sum(over, body):
                return Sum(over, go(body))
            case Power(base, exponent):
                return power(go(base), exponent)
            case Apply(function, argument):
                return Apply(function, go(argument))
            case _:
                return inner

    return go(node)
