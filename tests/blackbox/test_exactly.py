"""Exact arithmetic on floats: sums of products, slopes of polynomials, denominators."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.blackbox.exactly import denominator, dot, fineness, slope

numbers = st.floats(allow_nan=False, allow_infinity=False, width=64)
whole = st.integers(-(2**53), 2**53).map(float)


@given(st.lists(st.tuples(numbers, numbers), max_size=8))
def test_a_dot_product_of_any_floats_is_exact(pairs):
    left, right = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    assert dot(left, right) == sum(Fraction(a) * Fraction(b) for a, b in pairs)


@given(st.lists(st.tuples(whole, whole), min_size=1, max_size=60))
def test_large_whole_numbers_do_not_overflow(pairs):
    left, right = (np.array([pair[side] for pair in pairs]) for side in (0, 1))
    assert dot(left, right) == sum(int(a) * int(b) for a, b in pairs)


def test_a_dot_product_with_infinity_is_refused():
    with pytest.raises(ValueError, match="infinity"):
        dot(np.array([np.inf]), np.array([1.0]))


@given(st.integers(-(2**30), 2**30).filter(bool), st.integers(0, 40))
def test_fineness_is_the_least_power_of_two_that_makes_whole(numerator, power):
    fine = fineness(np.array([numerator / 2**power]))
    value = Fraction(numerator, 2**power)
    assert (value * 2**fine).denominator == 1
    assert fine == 0 or (value * 2 ** (fine - 1)).denominator != 1


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=9))
def test_the_slope_of_a_polynomial_is_its_linear_coefficient(coefficients):
    degree = max((n for n, c in enumerate(coefficients) if c), default=0)
    found = slope(lambda t: Fraction(sum(c * t**n for n, c in enumerate(coefficients))), 8)
    assert found == ([*coefficients, 0][1], degree)


@pytest.mark.parametrize("value", [abs, lambda t: max(t, 0), lambda t: 2**t, lambda t: 1 / Fraction(t + 20)])
def test_what_is_no_polynomial_has_no_slope(value):
    assert slope(lambda t: Fraction(value(t)), 8) is None


@given(st.lists(st.fractions(-100, 100, max_denominator=9), min_size=1, max_size=6))
def test_a_common_denominator_clears_rounded_fractions(values):
    common = denominator(np.array([float(value) for value in values]), 53)
    assert common is not None
    assert all((value * common).denominator == 1 for value in values)


def test_irrational_numbers_have_no_denominator():
    assert denominator(np.tanh([1.0, 2.0]), 53) is None
