"""Derivatives of the known functions over any ring, stated apart from the language's own table.

A wrong line in either table makes the two ways of differentiating disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symgrad.concrete.evaluate import Ring
from symgrad.language.functions import Known, normal_density, sigmoid

Slope = Callable[[Ring, Any, Any], Any]
"""The derivative of f at t, given the ring, t and f(t)."""


def slope(function: Known, ring: Ring, at: Any) -> Any:
    """The derivative of a known function at a number of the ring."""
    return SLOPES[function.name](ring, at, ring.apply(function, at))


def _one(ring: Ring) -> Any:
    return ring.constant(Fraction(1))


def _minus(ring: Ring, value: Any) -> Any:
    return ring.constant(Fraction(-1)) * value


SLOPES: dict[str, Slope] = {
    "exp": lambda ring, t, f: f,
    "log": lambda ring, t, f: ring.power(t, Fraction(-1)),
    "tanh": lambda ring, t, f: _one(ring) + _minus(ring, f * f),
    "sigmoid": lambda ring, t, f: f + _minus(ring, f * f),
    "softplus": lambda ring, t, f: ring.apply(sigmoid, t),
    "Phi": lambda ring, t, f: ring.apply(normal_density, t),
    "phi": lambda ring, t, f: _minus(ring, t * f),
    "step": lambda ring, t, f: ring.constant(Fraction(0)),
}
