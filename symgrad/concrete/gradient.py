"""Gradients at fixed sizes by dual numbers: each entry of a gradient is one slope of the forward."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symgrad.concrete.evaluate import Evaluation, Inputs, Place, Ring
from symgrad.concrete.rings import Dual, Duals
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Tensor, Variable


def gradient_entry(
    z: Tensor,
    wrt: Tensor,
    cotangent: Tensor | None,
    place: Place,
    sizes: Mapping[Symbol, int],
    inputs: Inputs,
    ring: Ring,
) -> Any:
    """The entry at `place` of the gradient of Σ cotangent·z by `wrt`, in the given ring.

    One pass over the forward with that entry of `wrt` varying and everything else fixed; neither the
    rules of `symgrad.derive` nor any closed form is involved.
    """
    zero, one = ring.constant(Fraction(0)), ring.constant(Fraction(1))
    fixed = Evaluation(sizes, inputs, ring)

    def dual_inputs(variable: Variable, at: Place) -> Dual:
        return Dual(inputs(variable, at), zero)

    varying = Evaluation(sizes, dual_inputs, Duals(ring))
    varying.fixed[wrt, place] = Dual(fixed.entry(wrt, place), one)
    total = zero
    for at in varying.places(z):
        slope = varying.entry(z, at).slope
        total = total + (slope if cotangent is None else fixed.entry(cotangent, at) * slope)
    return total
