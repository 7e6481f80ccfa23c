r"""Exponentials that are divided by their own sum, computed of \(z - \max z\), so that they do not overflow.

The factor cancels, \(e^{z_i} / \sum_j e^{z_j} = e^{z_i - m} / \sum_j e^{z_j - m}\), and comes out of a
logarithm, \(\log \sum_j e^{z_j} = m + \log \sum_j e^{z_j - m}\). What else reads an exponential gets it as
it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from symgrad.emission.array import (
    ONE,
    Array,
    Binary,
    Call,
    Fresh,
    Key,
    Number,
    Raise,
    Reduce,
    Scale,
    View,
    Where,
    Whole,
    postorder,
)
from symgrad.language.functions import Known
from symgrad.language.index import Index


def shifted(root: Array, positive: Callable[[Index], bool]) -> Array:
    """The same values, by exponentials that do not overflow where that is known to be possible.

    `positive` says whether a size is shown to be at least 1: of nothing there is no maximum.
    """
    return _Shifting(positive)(root)


@dataclass
class _Shifting:
    positive: Callable[[Index], bool]
    _done: dict[Array, Array] = field(default_factory=dict)
    _shifted: dict[tuple[Array, tuple[int, ...]], tuple[Array, Array, Array]] = field(default_factory=dict)

    def __call__(self, root: Array) -> Array:
        for node in postorder(root):
            self._done[node] = self._again(node)
        return self._done[root]

    def _again(self, node: Array) -> Array:
        match node:
            case Binary(symbol="*", left=left, right=right):
                for above, below in ((left, right), (right, left)):
                    total = _total_below(below)
                    if total is not None and total.source is above and self._may(total):
                        part, below_it, _ = self._of(total)
                        return replace(node, left=part, right=_reciprocal(below_it, total))
            case Call(function=Known(name="log"), source=Reduce() as total) if self._may(total):
                _, below_it, greatest = self._of(total)
                logarithm = Call(shape=node.shape, source=below_it, function=node.function)
                return Binary(
                    shape=node.shape,
                    symbol="+",
                    left=greatest,
                    right=logarithm,
                    called=node.called,
                    passing=node.passing,
                )
        return self._with_new_operands(node)

    def _with_new_operands(self, node: Array) -> Array:
        put: dict[str, Any] = {}
        for name in node.__dataclass_fields__:
            value = getattr(node, name)
            if isinstance(value, Array):
                put[name] = self._done[value]
            elif isinstance(value, tuple) and any(isinstance(inner, Array) for inner in value):
                put[name] = tuple(self._done[inner] for inner in value)
        same = all(
            new is old if isinstance(new, Array) else all(map(lambda x, y: x is y, new, old))
            for new, old in ((value, getattr(node, name)) for name, value in put.items())
        )
        return node if same else replace(node, **put)

    def _may(self, total: Reduce) -> bool:
        """Whether it is a sum of exponentials, perhaps of some of them, and not of none."""
        return (
            not total.greatest
            and _exponential(total.source) is not None
            and all(self.positive(total.source.shape[axis]) for axis in total.over)
        )

    def _of(self, total: Reduce) -> tuple[Array, Array, Array]:
        """The shifted exponentials, their sum, and what they are shifted by."""
        key = (total.source, total.over)
        if key not in self._shifted:
            exponential = _exponential(total.source)
            assert exponential is not None
            z = self._done[exponential.source]
            if isinstance(total.source, Where):  # exp(-∞) is the 0 where the conditions do not hold
                conditions = tuple(self._done[condition] for condition in total.source.conditions)
                z = replace(total.source, conditions=conditions, source=z, lowest=True, called="masked")
            greatest = Reduce(shape=total.shape, source=z, over=total.over, greatest=True, called="greatest")
            minus = Number(shape=(), value=Fraction(-1))
            below = Scale(shape=_kept(total), source=_along(greatest, total), by=minus)
            difference = Binary(shape=z.shape, symbol="+", left=z, right=below)
            part = replace(exponential, source=difference, shifted=True)
            self._shifted[key] = part, replace(total, source=part), greatest
        return self._shifted[key]


def _exponential(node: Array) -> Call | None:
    """The exponential that an array is, or is where some conditions hold."""
    if isinstance(node, Where) and not node.lowest and node.shape == node.source.shape:
        node = node.source
    known = isinstance(node, Call) and isinstance(node.function, Known) and node.function.name == "exp"
    return node if known and isinstance(node, Call) and node.shape else None


def _total_below(node: Array) -> Reduce | None:
    """The sum that an array is the reciprocal of, spread out along the axes that were summed over."""
    keys: tuple[Key, ...] | None = None
    if isinstance(node, View):
        keys, node = node.keys, node.source
    if not isinstance(node, Raise) or node.exponent != -1:
        return None
    node = node.source
    if isinstance(node, View) and keys is None:
        keys, node = node.keys, node.source
    if not isinstance(node, Reduce) or node.greatest:
        return None
    expected = _keys(node) if Fresh() in _keys(node) else None
    return node if keys == expected else None


def _reciprocal(total: Array, like: Reduce) -> Array:
    return Raise(shape=_kept(like), source=_along(total, like), exponent=Fraction(-1))


def _along(value: Array, total: Reduce) -> Array:
    """An array of the shape of a sum, with axes of extent 1 where was summed, but for those in front."""
    keys = _keys(total)
    if Fresh() not in keys:
        return value
    return View(shape=_kept(total), source=value, keys=keys)


def _keys(total: Reduce) -> tuple[Key, ...]:
    keys: list[Key] = [Fresh() if axis in total.over else Whole() for axis in range(len(total.source.shape))]
    while keys and keys[0] == Fresh():
        keys.pop(0)
    return tuple(keys)


def _kept(total: Reduce) -> tuple[Index, ...]:
    extents = iter(total.shape)
    return tuple(ONE if key == Fresh() else next(extents) for key in _keys(total))
