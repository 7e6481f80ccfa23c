"""The same expression at other sizes: symbols replaced by numbers or other sizes; or of other tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgrad.errors import SizeError
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index
from symgrad.language.scalar import Scalar, substitute
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Call, Comprehension, Tensor, Variable


class Specialiser:
    """Replaces sizes in any number of expressions, keeping what they share shared.

    `tensors` are replaced as well, each by one of its shape at the new sizes.
    """

    def __init__(
        self, values: Mapping[Symbol, Index], tensors: Mapping[Tensor, Tensor] | None = None
    ) -> None:
        for symbol, value in values.items():
            if value.constant is not None and value.constant < symbol.minimum:
                raise SizeError(f"{symbol} = {value}, but {symbol} is at least {symbol.minimum}")
        self.values = dict(values)
        self._done: dict[Tensor, Tensor] = dict(tensors or {})

    def __call__(self, tensor: Tensor) -> Tensor:
        """`tensor` at the new sizes."""
        found = self._done.get(tensor)
        if found is None:
            found = self._done[tensor] = self._specialise(tensor)
        return found

    def constraint(self, constraint: Constraint) -> Constraint:
        """An assumption at the new sizes."""
        return constraint.substitute(self.values)

    def assumption(self, one: Constraint | SumsToOne) -> Constraint | SumsToOne:
        """A condition on sizes or a hypothesis on values at the new sizes."""
        if isinstance(one, Constraint):
            return self.constraint(one)
        variable = self(one.variable)
        assert isinstance(variable, Variable)
        return SumsToOne(variable, one.axis)

    def _specialise(self, tensor: Tensor) -> Tensor:
        axes = tuple(tuple(f.substitute(self.values) for f in axis) for axis in tensor.axes)
        if isinstance(tensor, Variable):
            return Variable(tensor.name, axes)
        assert isinstance(tensor, Comprehension)
        body = substitute(tensor.body, self.values, self)
        call = self.value(tensor.call) if tensor.call else None
        requires = tuple(r.substitute(self.values) for r in tensor.requires)
        assumes = tuple(map(self.constraint, tensor.assumes))
        return Comprehension(axes, tensor.indices, body, call, requires, assumes)

    def value(self, value: Any) -> Any:
        """Anything that a `Call` may hold, at the new sizes."""
        match value:
            case Tensor():
                return self(value)
            case Index():
                return value.substitute(self.values)
            case Scalar():
                return substitute(value, self.values, self)
            case Call(name, arguments):
                return Call(name, tuple((key, self.value(inner)) for key, inner in arguments))
            case tuple():
                return tuple(map(self.value, value))
        return value


def at_sizes(tensor: Tensor, **values: int | Index) -> Tensor:
    """`tensor` with sizes replaced by name: `at_sizes(z, H=3, K=2)`.

    Raises SizeError for a name that is not a size of the expression.
    """
    from symgrad.language.sizes import sizes_of

    known = {symbol.name: symbol for symbol in sizes_of([tensor])}
    unknown = [name for name in values if name not in known]
    if unknown:
        raise SizeError(f"{unknown[0]} is not a size of this expression; its sizes are {', '.join(known)}")
    return Specialiser({known[name]: Index.of(value) for name, value in values.items()})(tensor)
