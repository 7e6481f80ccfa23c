"""Intervals as the decimal numbers that a person reads."""

from fractions import Fraction

import pytest

import symgrad as sg
from symgrad.concrete.intervals import Intervals, decimals

C = sg.sizes("C")[0]
x, y = sg.tensor("x", C), sg.tensor("y", C)
RING = Intervals()


def test_what_is_zero_within_its_precision_is_written_as_zero():
    root = RING.power(RING.constant(Fraction(2)), Fraction(1, 2))
    rounded = root * root - 2
    assert rounded.a < 0 < rounded.b
    assert decimals(rounded, RING.constant(Fraction(-1, 2))) == ("0", "-0.5")


def test_what_is_small_but_not_zero_keeps_its_digits():
    small = RING.constant(Fraction(1, 10**40))
    assert decimals(small, RING.constant(Fraction(0))) == ("1.0e-40", "0")


@pytest.mark.parametrize(
    ("z", "claim"),
    [
        ((x * y).sum() / ((x**2).sum() ** 0.5 * (y**2).sum() ** 0.5), -0.5 * y / (x**2).sum()),
        ((x / (x**2).sum() ** 0.5).sum(), -0.5 * x),
        (-sg.log(sg.exp(x) / sg.exp(x).sum()).sum(), 0 * x - 0.5),
    ],
)
def test_a_derivative_that_is_zero_is_told_so_in_the_counterexample(z, claim):
    """Of one entry, a cosine, a direction and a probability are constant."""
    found = sg.verify(z, wrt=x, claim=claim).counterexample
    assert dict(found.sizes) == {"C": 1}
    assert found.derived_value == "0"
    assert found.claimed_value == "-0.5"
