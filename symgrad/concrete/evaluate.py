"""An interpreter of the language at fixed sizes, over any commutative ring.

It reads the definitions entry by entry, as they are written, with loops for sums.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

from symgrad.errors import IndexRangeError, SizeError
from symgrad.language.functions import Known
from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Function,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Selected,
    Sum,
    walk,
)
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

Place: TypeAlias = tuple[int, ...]
Inputs: TypeAlias = Callable[[Variable, Place], Any]


class Ring(Protocol):
    """What a kind of number must offer besides + and *."""

    def constant(self, value: Fraction) -> Any:
        """A rational number."""

    def apply(self, function: Function | Known, value: Any) -> Any:
        """An elementwise function, or a derivative of one, at a value."""

    def power(self, value: Any, exponent: Fraction) -> Any:
        """A power that is not a positive integer."""

    def maximum(self, window: Sequence[Any]) -> Any:
        """The greatest of several values."""

    def selected(self, window: Sequence[Any], which: int) -> Any:
        """1 if the greatest of several values is the one numbered `which`, else 0."""


class Evaluation:
    """Entries of tensors at fixed sizes, each computed once.

    `inputs(variable, place)` gives the entries of variables; sums may have `most` terms together. Raises
    SizeError if a size is missing or the sums have more terms, and IndexRangeError for a read outside a
    tensor.
    """

    def __init__(
        self, sizes: Mapping[Symbol, int], inputs: Inputs, ring: Ring, most: float = math.inf
    ) -> None:
        self.left = most
        self.sizes = dict(sizes)
        self.inputs = inputs
        self.ring = ring
        self.fixed: dict[tuple[Tensor, Place], Any] = {}
        self._zero, self._one = ring.constant(Fraction(0)), ring.constant(Fraction(1))

    def shape(self, tensor: Tensor) -> tuple[int, ...]:
        """The extents, one for each factor of each axis."""
        return tuple(self._number(extent, self.sizes) for extent in tensor.extents)

    def work(self, tensor: Tensor) -> int:
        """Roughly how many products it takes to compute every entry of a tensor and of all it reads."""
        total = 0
        for node in nodes(tensor):
            entries = math.prod(self.shape(node))
            if isinstance(node, Comprehension):
                spans = [
                    s for inner in walk(node.body) if isinstance(inner, (Sum, Maximum)) for s in inner.over
                ]
                entries *= math.prod(max(1, self._number(extent, self.sizes)) for _, extent in spans)
            total += entries
        return total

    def places(self, tensor: Tensor) -> Iterator[Place]:
        """Every index tuple of a tensor, in row-major order."""
        return itertools.product(*map(range, self.shape(tensor)))

    def entry(self, tensor: Tensor, place: Place) -> Any:
        """The entry of `tensor` at `place`."""
        key = (tensor, place)
        if key not in self.fixed:
            shape = self.shape(tensor)
            if any(not 0 <= index < extent for index, extent in zip(place, shape, strict=True)):
                raise IndexRangeError(f"{tensor!r} of shape {shape} is read at {place}")
            if isinstance(tensor, Comprehension):
                env = self.sizes | dict(zip(tensor.indices, place, strict=True))
                self.fixed[key] = self._scalar(tensor.body, env)
            else:
                assert isinstance(tensor, Variable)
                self.fixed[key] = self.inputs(tensor, place)
        return self.fixed[key]

    def _number(self, index: Index, env: Mapping[Symbol, int]) -> int:
        try:
            return index.evaluate(env)
        except KeyError as missing:
            raise SizeError(f"the size {missing.args[0]} has no value") from None

    def _scalar(self, node: Scalar, env: Mapping[Symbol, int]) -> Any:
        match node:
            case Constant(value, powers):
                for base, exponent in powers:
                    value = value * Fraction(self._number(base, env)) ** exponent
                return self.ring.constant(value)
            case Access(tensor, at):
                return self.entry(tensor, tuple(self._number(index, env) for index in at))
            case Add(terms):
                return self._total(self._scalar(term, env) for term in terms)
            case Multiply(factors):
                return self._product(factors, env)
            case Sum(over, body):
                return self._total(self._scalar(body, inner) for inner in self._ranges(over, env))
            case Indicator(conditions):
                return self._one if all(c.holds(env) for c in conditions) else self._zero
            case Power(base, exponent):
                return self._power(self._scalar(base, env), exponent)
            case Apply(function, argument):
                return self.ring.apply(function, self._scalar(argument, env))
            case Maximum():
                return self.ring.maximum([value for _, value in self._window(node, env)])
            case Selected(maximum, at):
                window = self._window(maximum, env)
                place = tuple(self._number(index, env) for index in at)
                spans = [self._number(extent, env) for _, extent in maximum.over]
                if any(not 0 <= index < span for index, span in zip(place, spans, strict=True)):
                    raise IndexRangeError(f"element {place} of a window of shape {tuple(spans)}")
                numbers = [number for number, (where, _) in enumerate(window) if where == place]
                if not numbers:
                    return self._zero
                return self.ring.selected([value for _, value in window], numbers[0])
        raise AssertionError(f"unknown node {type(node).__name__}")

    def _ranges(self, over: Ranges, env: Mapping[Symbol, int]) -> Iterator[dict[Symbol, int]]:
        spans = [range(self._number(extent, env)) for _, extent in over]
        for values in itertools.product(*spans):
            self.left -= 1
            if self.left < 0:
                raise SizeError("the sums have more terms than are to be added up")
            yield dict(env) | {symbol: value for (symbol, _), value in zip(over, values, strict=True)}

    def _product(self, factors: Sequence[Scalar], env: Mapping[Symbol, int]) -> Any:
        # what an indicator multiplies is not read where it is 0
        for factor in factors:
            if isinstance(factor, Indicator) and not all(c.holds(env) for c in factor.conditions):
                return self._zero
        result: Any = None
        for factor in factors:
            if not isinstance(factor, Indicator):
                value = self._scalar(factor, env)
                result = value if result is None else result * value
        return self._one if result is None else result

    def _total(self, values: Iterator[Any]) -> Any:
        total = self._zero
        for value in values:
            total = total + value
        return total

    def _power(self, value: Any, exponent: Fraction) -> Any:
        if exponent.denominator != 1 or exponent < 0:
            return self.ring.power(value, exponent)
        result = self._one
        for _ in range(int(exponent)):
            result = result * value
        return result

    def _window(self, node: Maximum, env: Mapping[Symbol, int]) -> list[tuple[Place, Any]]:
        window = []
        for inner in self._ranges(node.over, env):
            if all(condition.holds(inner) for condition in node.where):
                place = tuple(inner[symbol] for symbol, _ in node.over)
                window.append((place, self._scalar(node.body, inner)))
        if not window:
            raise SizeError("the maximum of an empty window")
        return window
