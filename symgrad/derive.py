r"""Reverse-mode derivatives, one rule per node of the language and nothing about any layer.

With J the sum of cotangent times z, the gradient of J by a tensor is gathered from every place where
the tensor is read. A read at f(i) inside the body of another tensor contributes

\[ \frac{\partial J}{\partial a_q} \mathrel{+}= \sum_i \bar z_i \cdot
   \frac{\partial\,\text{body}_i}{\partial a_{f(i)}} \cdot [f(i) = q], \]

where the middle factor is what `_pull` carries down to the read as its cofactor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symgrad.errors import ShapeError
from symgrad.language.index import Index, equals
from symgrad.language.notation import nodes
from symgrad.language.scalar import (
    ONE,
    Access,
    Add,
    Apply,
    Constant,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Selected,
    Sum,
    add,
    multiply,
    power,
    substitute,
    walk,
)
from symgrad.language.symbol import Symbol, index_symbol
from symgrad.language.tensor import (
    Call,
    Comprehension,
    Requirement,
    Tensor,
    index_names,
    require_same,
)


@dataclass(frozen=True, slots=True)
class _Read:
    """A read met on the way down: where, under which bound indices, times which cofactor."""

    access: Access
    bound: Ranges
    cofactor: Scalar


def vjp(z: Tensor, wrt: Tensor, cotangent: Tensor | None = None) -> Comprehension:
    r"""The gradient of \(J = \sum_i \delta_i z_i\) by `wrt`, as an expression of the language.

    `wrt` is any tensor that `z` is computed from; `cotangent` is \(\delta = \partial J/\partial z\),
    of the shape of `z`; it may be left out for a z without axes, where J is z itself. Raises
    ShapeError if the cotangent is not of that shape for all sizes.

    >>> import symgrad as sg
    >>> H, K = sg.sizes("H K")
    >>> a, w, delta = sg.tensor("a", H), sg.tensor("w", K), sg.tensor("delta", H - K + 1)
    >>> print(sg.vjp(sg.correlate(a, w), wrt=w, cotangent=delta))
    out[k] = Σ_{y<H - K + 1, u<K} delta[y]·a[y + u]·[u = k]
    """
    if cotangent is not None and not all(map(_is_same, _check_cotangent(z, cotangent))):
        raise ShapeError(f"the cotangent has shape {cotangent.shape}, but z has shape {z.shape}")
    return pulled_back(z, wrt, cotangent)


def _is_same(needed: Requirement) -> bool:
    """Whether two extents are the same at sizes that are all different."""
    used = dict.fromkeys([*needed.left.symbols(), *needed.right.symbols()])
    values = {symbol: 1009 + 101 * number for number, symbol in enumerate(used)}
    return needed.left.evaluate(values) == needed.right.evaluate(values)


def pulled_back(z: Tensor, wrt: Tensor, cotangent: Tensor | None) -> Comprehension:
    """As `vjp`, where it is decided later, or assumed, that the cotangent has the shape of z."""
    requires = _check_cotangent(z, cotangent)
    if z is wrt:
        return _identity(z, cotangent, requires)
    gradient = cotangents(z, wrt, cotangent)[wrt]
    assert isinstance(gradient, Comprehension)
    return gradient.recalled(Call("grad", (("z", z), ("wrt", wrt)))).needing(requires)


def cotangents(z: Tensor, wrt: Tensor, cotangent: Tensor | None) -> dict[Tensor, Tensor | None]:
    """The gradients by all that J passes through on its way from `z` back to `wrt`, that by `wrt` last.

    Each is made of those before it, so that what is known of one may be put into the next. That by z is
    the cotangent.
    """
    order = nodes(z)
    gathered: dict[Tensor, list[Scalar]] = {wrt: []}
    found: dict[Tensor, Tensor | None] = {z: cotangent}
    needed = computed_from(wrt, order)
    for node in order:
        if node is wrt:
            break
        if node not in needed or not isinstance(node, Comprehension):
            continue
        if node not in found:
            found[node] = _gathered(node, gathered[node], "cotangent")
        seed = found[node]
        start = ONE if seed is None else Access(seed, tuple(map(Index.of, node.indices)))
        own = tuple(zip(node.indices, node.extents, strict=True))
        for read in _pull(node.body, own, start):
            target = read.access.tensor
            if target in needed:
                gathered.setdefault(target, []).append(_contribution(read, target))
    return found | {wrt: _gathered(wrt, gathered[wrt], "grad")}


def partial(z: Comprehension, wrt: Tensor, position: Sequence[Symbol] | None = None) -> Comprehension:
    r"""\(\partial z_i / \partial a_q\) by the reads of `wrt` in the body of `z` itself, shape (*z, *wrt).

    Each read at f(i) contributes its cofactor times the Kronecker deltas \([f(i) = q]\); `position` names
    the indices q, which must not occur in z.

    >>> import symgrad as sg
    >>> H, K = sg.sizes("H K")
    >>> a, w = sg.tensor("a", H), sg.tensor("w", K)
    >>> print(partial(sg.correlate(a, w), wrt=a))
    out[y, h] = Σ_{u<K} w[u]·[y + u = h]
    """
    reads = [read for read in _pull(z.body, (), ONE) if read.access.tensor is wrt]
    body = add(*(_contribution(read, wrt) for read in reads))
    names = _free_names(wrt, body, z.indices) if position is None else tuple(position)
    values = dict(zip(_position(wrt), map(Index.of, names), strict=True))
    call = Call("partial", (("z", z), ("wrt", wrt)))
    return Comprehension(z.axes + wrt.axes, z.indices + names, substitute(body, values), call)


def _pull(node: Scalar, bound: Ranges, cofactor: Scalar) -> Iterator[_Read]:
    """The reads in `node`, each with the derivative of `node` by it: one line per kind of node."""
    match node:
        case Access():
            yield _Read(node, bound, cofactor)
        case Constant() | Indicator() | Selected():
            return  # piecewise constant
        case Add(terms):
            for term in terms:
                yield from _pull(term, bound, cofactor)
        case Multiply(factors):
            for place, factor in enumerate(factors):
                others = factors[:place] + factors[place + 1 :]
                yield from _pull(factor, bound, multiply(cofactor, *others))
        case Sum(over, body):
            yield from _pull(body, bound + over, cofactor)
        case Power(base, exponent):
            outer = multiply(Constant(exponent), power(base, exponent - 1))
            yield from _pull(base, bound, multiply(cofactor, outer))
        case Apply(function, argument):
            yield from _pull(argument, bound, multiply(cofactor, function.slope(argument)))
        case Maximum(over, where, body):
            taken = Selected(node, tuple(Index.of(symbol) for symbol, _ in over))
            chosen = multiply(Indicator(where), taken) if where else taken
            yield from _pull(body, bound + over, multiply(cofactor, chosen))
        case _:
            raise AssertionError(f"no derivative rule for {type(node).__name__}")


def _contribution(read: _Read, target: Tensor) -> Scalar:
    """What one read adds to the gradient of its target at position q, with q named q0, q1, …"""
    places = zip(read.access.at, _position(target), strict=True)
    hit = tuple(equals(index, Index.of(place)) for index, place in places)
    body = multiply(read.cofactor, Indicator(hit)) if hit else read.cofactor
    return Sum(read.bound, body) if read.bound else body


def _position(target: Tensor) -> tuple[Symbol, ...]:
    """Provisional names of the position in a gradient; no name of the language has a dot."""
    return tuple(index_symbol(f".{place}") for place in range(len(target.extents)))


def _gathered(target: Tensor, contributions: list[Scalar], name: str) -> Comprehension:
    """The sum of all contributions, its position named after the indices of the target."""
    body = add(*contributions)
    names = _free_names(target, body)
    values = dict(zip(_position(target), map(Index.of, names), strict=True))
    return Comprehension(target.axes, names, substitute(body, values), Call(name))


def _free_names(target: Tensor, body: Scalar, taken: Sequence[Symbol] = ()) -> tuple[Symbol, ...]:
    """The indices of the target, primed where the body binds the name."""
    used = {symbol.name for inner in walk(body) if isinstance(inner, Sum) for symbol, _ in inner.over}
    used |= {symbol.name for symbol in taken}
    names: list[Symbol] = []
    for base in index_names(target):
        while base in used:
            base += "'"
        used.add(base)
        names.append(index_symbol(base))
    return tuple(names)


def _identity(z: Tensor, cotangent: Tensor | None, requires: tuple[Requirement, ...]) -> Comprehension:
    names = tuple(map(index_symbol, index_names(z)))
    body = ONE if cotangent is None else Access(cotangent, tuple(map(Index.of, names)))
    return Comprehension(z.axes, names, body, Call("grad", (("z", z), ("wrt", z))), requires)


def computed_from(wrt: Tensor, order: Sequence[Tensor]) -> set[Tensor]:
    """The tensors of a graph, listed from the output down, that are `wrt` or computed from it."""
    found = {wrt}
    for node in reversed(order):
        if isinstance(node, Comprehension) and any(
            isinstance(inner, Access) and inner.tensor in found for inner in walk(node.body)
        ):
            found.add(node)
    return found


def _check_cotangent(z: Tensor, cotangent: Tensor | None) -> tuple[Requirement, ...]:
    if cotangent is None:
        if z.extents:
            raise ShapeError(
                f"{z!r} has shape {z.shape}, so its gradient needs a cotangent of that shape: cotangent=delta"
            )
        return ()
    if not isinstance(cotangent, Tensor):
        raise ShapeError(f"the cotangent is {cotangent!r}; expected a tensor of shape {z.shape}")
    if cotangent.ndim != z.ndim:
        raise ShapeError(f"the cotangent has shape {cotangent.shape}, but z has shape {z.shape}")
    return tuple(
        needed
        for place, (left, right) in enumerate(zip(z.axes, cotangent.axes, strict=True))
        for needed in require_same(left, right, f"axis {place} of z and of its cotangent")
    )
