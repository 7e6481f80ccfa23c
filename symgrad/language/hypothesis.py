r"""What may be assumed of the values of an input: that it sums to one along an axis.

That is what class probabilities and one-hot rows have in common, and all that a gradient such as
\(p - y\) needs of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from symgrad.errors import ShapeError
from symgrad.language.index import Index
from symgrad.language.scalar import Access, Sum
from symgrad.language.symbol import index_symbol
from symgrad.language.tensor import Variable, index_names


@dataclass(frozen=True, slots=True)
class SumsToOne:
    """The entries of `variable` along `axis` sum to one, whatever the other indices are."""

    variable: Variable
    axis: int

    @property
    def places(self) -> range:
        """The flat indices that the axis has, one for each of its factors."""
        start = sum(map(len, self.variable.axes[: self.axis]))
        return range(start, start + len(self.variable.axes[self.axis]))

    @property
    def total(self) -> Sum:
        """The sum that is one, at the usual names of the other indices."""
        symbols = [index_symbol(name) for name in index_names(self.variable)]
        over = tuple((symbols[place], self.variable.extents[place]) for place in self.places)
        return Sum(over, Access(self.variable, tuple(map(Index.of, symbols))))

    def __str__(self) -> str:
        return f"{self.total} = 1"


def sums_to_one(variable: Variable, axis: int = -1) -> SumsToOne:
    r"""The hypothesis \(\sum_j y_{nj} = 1\), for `assuming=` in `verify`.

    Raises TypeError for anything but a variable, ShapeError for an axis that it does not have.

    >>> import symgrad as sg
    >>> N, C = sg.sizes("N C")
    >>> sums_to_one(sg.tensor("y", N, C), axis=1)
    SumsToOne(variable=y, axis=1)
    >>> print(sums_to_one(sg.tensor("y", N, C)))
    Σ_{c<C} y[n, c] = 1
    """
    if not isinstance(variable, Variable):
        raise TypeError(f"a hypothesis is about a tensor variable, got {variable!r}")
    if not -variable.ndim <= axis < variable.ndim:
        raise ShapeError(f"axis {axis} for shape {variable.shape}")
    return SumsToOne(variable, axis % variable.ndim)
