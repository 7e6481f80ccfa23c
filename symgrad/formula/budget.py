"""How much work a formula may be: its time, and the size of what is decided."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from symgrad.errors import SymgradError
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Maximum,
    Multiply,
    Power,
    Scalar,
    Selected,
    Sum,
)
from symgrad.language.tensor import Comprehension, Tensor

SECONDS = 1.2
"""How long readings and repairs of one text may take together, in seconds of this thread's own time."""
OPERATIONS = 200_000
"""isl's budget for one reading."""
PRODUCTS = 1_000
"""The most products that one side may have once it is multiplied out,"""
FACTORS = 8
"""and the most entries that one of them may multiply,"""
NORM_FACTORS = 24
"""or in a normalization, where a product has the same few atoms again and again."""


@dataclass
class Patience:
    """A stretch of time, which is used up within `with`."""

    seconds: float = SECONDS
    _since: float | None = None

    def __enter__(self) -> Patience:
        self._since = time.thread_time()
        return self

    def __exit__(self, *problem: object) -> None:
        self.seconds, self._since = self.left, None

    @property
    def left(self) -> float:
        """How much of it is left, not below 0."""
        used = 0.0 if self._since is None else time.thread_time() - self._since
        return max(0.0, self.seconds - used)


class TooMuch(SymgradError):
    """A formula that is read, but too large to decide in time."""


def refuse_too_much(tensor: Tensor, most: int = FACTORS) -> None:
    """Raise TooMuch for a tensor that multiplies out to too many products, or ones of more than `most`."""
    products, factors = _Measure().of(tensor)
    if factors > most:
        raise TooMuch(f"it multiplies {factors} entries; at most {most} are multiplied out")
    if products > PRODUCTS:
        raise TooMuch(f"it has more than {PRODUCTS} products once it is multiplied out")


class _Measure:
    """How many products, and of how many entries at most."""

    def __init__(self) -> None:
        self.known: dict[Tensor, tuple[int, int]] = {}

    def of(self, tensor: Tensor) -> tuple[int, int]:
        if not isinstance(tensor, Comprehension):
            return 1, 1
        if tensor not in self.known:
            self.known[tensor] = self.scalar(tensor.body)
        return self.known[tensor]

    def scalar(self, node: Scalar) -> tuple[int, int]:
        match node:
            case Access(tensor):
                return self.of(tensor)
            case Add(terms):
                parts = [self.scalar(term) for term in terms]
                return sum(p for p, _ in parts), max(f for _, f in parts)
            case Multiply(factors):
                parts = [self.scalar(factor) for factor in factors]
                return _capped(math.prod(p for p, _ in parts)), sum(f for _, f in parts)
            case Sum(_, body) | Maximum(_, _, body):
                return self.scalar(body)
            case Power(base, exponent) if exponent.denominator == 1 and exponent > 0:
                products, entries = self.scalar(base)
                return _capped(products ** min(int(exponent), FACTORS + 1)), entries * int(exponent)
            case Apply(_, argument) | Power(argument):
                return 1, max(1, self.scalar(argument)[1])
            case Selected(maximum):
                return 1, max(1, self.scalar(maximum)[1])
        return 1, 0


def _capped(count: int) -> int:
    return min(count, PRODUCTS + 1)
