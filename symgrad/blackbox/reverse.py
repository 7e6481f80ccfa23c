"""Gradients at fixed sizes by one backward pass over what an evaluation did, in any ring.

`symgrad.derive` gives a gradient as a formula, whose entries each sum over every output; here all entries
come from one pass, which is what makes the comparison of a whole layer quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symgrad.concrete.evaluate import Ring
from symgrad.concrete.slopes import slope as derivative
from symgrad.language.functions import Known
from symgrad.language.scalar import Function


class Step:
    """A value that was computed, from which others, and the slope by each of them (None for 1)."""

    __slots__ = ("sources", "tape", "value")

    def __init__(self, tape: Tape, value: Any, sources: tuple[tuple[Step, Any], ...]) -> None:
        self.tape, self.value, self.sources = tape, value, sources
        if sources:
            tape.steps.append(self)

    def __add__(self, other: Step) -> Step:
        if other is self.tape.zero:
            return self
        if self is self.tape.zero:
            return other
        return Step(self.tape, self.value + other.value, ((self, None), (other, None)))

    def __mul__(self, other: Step) -> Step:
        if self is self.tape.one:
            return other
        if other is self.tape.one:
            return self
        return Step(self.tape, self.value * other.value, ((self, other.value), (other, self.value)))


@dataclass
class Tape:
    """The ring that remembers what is computed over another ring."""

    ring: Ring
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.zero = Step(self, self.ring.constant(Fraction(0)), ())
        self.one = Step(self, self.ring.constant(Fraction(1)), ())

    def constant(self, value: Fraction) -> Step:
        """A number that depends on nothing."""
        if value in (0, 1):
            return self.one if value else self.zero
        return Step(self, self.ring.constant(value), ())

    def given(self, value: Any) -> Step:
        """A value of the ring that others are computed from."""
        return Step(self, value, ())

    def apply(self, function: Function | Known, value: Step) -> Step:
        """The chain rule."""
        if isinstance(function, Known):
            slope = derivative(function, self.ring, value.value)
        else:
            slope = self.ring.apply(function.prime, value.value)
        return Step(self, self.ring.apply(function, value.value), ((value, slope),))

    def power(self, value: Step, exponent: Fraction) -> Step:
        """The power rule."""
        slope = self.ring.constant(exponent) * self.ring.power(value.value, exponent - 1)
        return Step(self, self.ring.power(value.value, exponent), ((value, slope),))

    def maximum(self, window: Sequence[Step]) -> Step:
        """All of the slope goes to the element that is the greatest."""
        values = [element.value for element in window]
        sources = tuple((e, self.ring.selected(values, which)) for which, e in enumerate(window))
        return Step(self, self.ring.maximum(values), sources)

    def selected(self, window: Sequence[Step], which: int) -> Step:
        """Piecewise constant."""
        return Step(self, self.ring.selected([element.value for element in window], which), ())

    def gradients(self, cotangents: Sequence[tuple[Step, Any]]) -> dict[int, Any]:
        """The slope of Σ cotangent·value by every step, by the identity of the step; 0 if it is missing."""
        slopes: dict[int, Any] = {}

        def add(step: Step, slope: Any) -> None:
            found = slopes.get(id(step))
            slopes[id(step)] = slope if found is None else found + slope

        for step, cotangent in cotangents:
            add(step, cotangent)
        for step in reversed(self.steps):
            slope = slopes.get(id(step))
            if slope is not None:
                for source, factor in step.sources:
                    add(source, slope if factor is None else slope * factor)
        return slopes
