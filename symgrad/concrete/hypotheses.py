"""Entries of variables chosen so that hypotheses on them hold."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from symgrad.concrete.evaluate import Inputs, Place, Ring
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Variable


def under(hypotheses: Sequence[SumsToOne], sizes: Mapping[Symbol, int], inputs: Inputs, ring: Ring) -> Inputs:
    """The inputs, but of what is to sum to one the last entry is what the others leave.

    So every choice of the other entries meets the hypothesis, and all that meet it are reached.
    """
    about = {hypothesis.variable: hypothesis for hypothesis in hypotheses}
    if not about:
        return inputs

    def chosen(variable: Variable, place: Place) -> Any:
        hypothesis = about.get(variable)
        if hypothesis is None or not _is_last(hypothesis, place, sizes):
            return inputs(variable, place)
        rest = ring.constant(Fraction(1))
        for other in others(hypothesis, place, sizes):
            rest = rest + ring.constant(Fraction(-1)) * inputs(variable, other)
        return rest

    return chosen


def others(hypothesis: SumsToOne, place: Place, sizes: Mapping[Symbol, int]) -> list[Place]:
    """The places that a place is summed with, itself left out."""
    spans = [range(hypothesis.variable.extents[axis].evaluate(sizes)) for axis in hypothesis.places]
    start, stop = hypothesis.places[0], hypothesis.places[-1] + 1
    every = (place[:start] + inside + place[stop:] for inside in itertools.product(*spans))
    return [other for other in every if other != place]


def _is_last(hypothesis: SumsToOne, place: Place, sizes: Mapping[Symbol, int]) -> bool:
    extents = hypothesis.variable.extents
    return all(place[axis] == extents[axis].evaluate(sizes) - 1 for axis in hypothesis.places)
