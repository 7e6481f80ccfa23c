"""Layers of symgrad, evaluated on traced scalars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from symgrad.catalogue import nearest
from symgrad.errors import UnknownRule
from symgrad.language.functions import Known
from symgrad.language.scalar import Function
from symgrad.trace.scalar import ONE_NODE, SLOPES, TWO_OVER_ROOT_PI, ZERO, Traced, applied, constant, raised


class TracedRing:
    """The ring of traced scalars: what `symgrad.concrete` needs to evaluate a layer on them."""

    def constant(self, value: Fraction) -> Traced:
        """A number."""
        return constant(value)

    def apply(self, function: Function | Known, value: Traced) -> Any:
        """A known function. Raises UnknownRule for one that is not."""
        if function.name in SLOPES and not function.order:
            return applied(function.name, value)
        if function.name in ELEMENTWISE and not function.order:
            return ELEMENTWISE[function.name](value)
        raise UnknownRule(f"the function {function} is not known{nearest(function.name, list(SLOPES))}")

    def power(self, value: Traced, exponent: Fraction) -> Traced:
        """A rational power."""
        return raised(value, exponent)

    def maximum(self, window: Sequence[Traced]) -> Traced:
        """The greatest by the witness."""
        return max(window)

    def selected(self, window: Sequence[Traced], which: int) -> Traced:
        """1 for the greatest."""
        best = max(range(len(window)), key=lambda place: window[place])
        return ONE_NODE if best == which else ZERO


def _sigmoid(x: Any) -> Any:
    return ONE_NODE / (ONE_NODE + (-x).exp())


def _step(x: Any) -> Any:
    return ONE_NODE if x > ZERO else ZERO


def _softplus(x: Any) -> Any:
    return (ONE_NODE + x.exp()).log()


def _normal_cdf(x: Any) -> Any:
    return (ONE_NODE + (x / constant(2).sqrt()).applied("erf")) * Fraction(1, 2)


def _normal_density(x: Any) -> Any:
    return (x * x * Fraction(-1, 2)).exp() * TWO_OVER_ROOT_PI / constant(8).sqrt()


ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "sigmoid": _sigmoid,
    "step": _step,
    "softplus": _softplus,
    "Phi": _normal_cdf,
    "phi": _normal_density,
}
"""Known functions that are written with others."""
