r"""Slices in networks: \(z_k = x_{o + s k}\) for those taken along an axis.

Backward, δ goes back to where it was taken from, and zeros to what was not taken (Goodfellow, Bengio &
Courville, Deep learning, 2016, sec. 6.5.6).
"""

from __future__ import annotations

from typing import Any

from symgrad.catalogue import backward
from symgrad.language.build import build, total, when
from symgrad.language.index import Constraint, Index, equals, within
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar
from symgrad.language.slicing import from_end
from symgrad.language.tensor import Comprehension, Slice, Tensor, index_names

# -- backward -------------------------------------------------------------------------------------


@operator
def put_back(delta: Tensor, x: Tensor, key: tuple[Any, ...]) -> Comprehension:
    r"""\(\frac{\partial J}{\partial x_i} = \sum_k \delta_k\,[i = o + s k]\): zeros, with δ at `x[key]`.

    `key` is as a slice remembers it, with an entry for each axis of x, and None for a new one.
    """

    def body(*i: Index) -> Scalar:
        own, axes = iter(i), iter(x.axes)
        conditions: list[Constraint] = []
        at: list[Index | None] = []  # None: the index of a slice with a step, which is summed over
        summed_names: list[str] = []
        origins: list[tuple[Index, Index, Index, Index]] = []
        for place, one in enumerate(key):
            if one is None:
                at.append(Index.of(0))
                continue
            axis = next(axes)
            indices = [next(own) for _ in axis]
            if one == Slice(None, None, None):
                at.extend(indices)
            elif isinstance(one, Slice):
                count = taken[place]
                start = from_end(0 if one.start is None else one.start, axis[0])
                if one.step is None or one.step == 1:
                    conditions.extend(within(indices[0] - start, count))
                    at.append(indices[0] - start)
                else:
                    summed_names.append(names[len(at)])
                    at.append(None)
                    origins.append((indices[0], start, Index.of(one.step), count))
            else:
                parts = one if isinstance(one, tuple) else (one,)
                conditions.extend(
                    equals(index, from_end(part, extent))
                    for index, part, extent in zip(indices, parts, axis, strict=True)
                )

        def term(*summed: Index) -> Scalar:
            steps = [
                equals(i, start + step * k) for (i, start, step, _), k in zip(origins, summed, strict=True)
            ]
            free = iter(summed)
            read = Access(delta, tuple(next(free) if index is None else index for index in at))
            return when([*conditions, *steps], read)

        return total([count for *_, count in origins], term, summed_names) if origins else term()

    names = index_names(delta)
    axes = iter(delta.axes)
    taken = [next(axes)[0] if one is None or isinstance(one, Slice) else Index.of(1) for one in key]
    return build(x.axes, body, index_names(x))


backward("slice", x=put_back)
