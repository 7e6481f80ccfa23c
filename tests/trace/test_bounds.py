"""Numbers between bounds: the true value is always inside, and signs that floats lose are found."""

import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.trace import bounds
from symgrad.trace.bounds import FUNCTIONS, OutOfDomain, applied, around, powered

NUMBERS = st.fractions(min_value=-50, max_value=50, max_denominator=10**6)
TRUE = {"arctan": mpmath.atan} | {n: getattr(mpmath, n) for n in ("exp", "log", "tanh", "sin", "cos", "erf")}


def inside(value, of):
    """Whether a number of mpmath lies between bounds."""
    return mpmath.mpf(of.low) <= value <= mpmath.mpf(of.high)


@given(NUMBERS, NUMBERS, st.integers(-5, 5))
def test_what_is_rational_lies_between_its_bounds_and_they_are_close(one, other, exponent):
    with mpmath.workprec(400):
        a, b = around(one, 64), around(other, 64)
        found = [(a + b, one + other), (a - b, one - other), (a * b, one * other), (abs(a), abs(one))]
        if one:
            found.append((powered(a, exponent), one**exponent))
        for between, number in found:
            true = mpmath.mpf(number.numerator) / number.denominator
            assert inside(true, between)
            assert abs(float(between) - float(number)) <= 1e-15 * (abs(one) + abs(other) + abs(number))


@pytest.mark.parametrize("name", FUNCTIONS)
@given(at=NUMBERS)
def test_a_function_has_its_value_between_the_bounds_with_any_number_of_bits(name, at):
    at = abs(at) + Fraction(1, 10**6) if name == "log" else at
    with mpmath.workprec(600):
        true = TRUE[name](mpmath.mpf(at.numerator) / at.denominator)
        for bits in (64, 256):
            found = applied(FUNCTIONS[name], around(at, bits))
            assert inside(true, found)
            width = mpmath.mpf(found.high) - mpmath.mpf(found.low)
            assert width <= mpmath.mpf(2) ** (20 - bits) * max(abs(true), 1)


@given(st.fractions(min_value=Fraction(1, 100), max_value=100), st.fractions(-3, 3, max_denominator=7))
def test_a_root_lies_between_its_bounds(base, exponent):
    with mpmath.workprec(400):
        true = (mpmath.mpf(base.numerator) / base.denominator) ** (
            mpmath.mpf(exponent.numerator) / exponent.denominator
        )
        found = powered(around(base, 64), exponent)
        assert inside(true, found)
        assert math.isclose(float(found), float(true), rel_tol=1e-14)


@pytest.mark.parametrize("size", [10**3, 10**6, 10**15, 2**63])
def test_an_exponential_out_of_the_range_of_floats_keeps_its_sign(size):
    small, large = (applied(bounds.exp, around(n, 64)) for n in (-size, size))
    assert small.sign == large.sign == 1
    assert float(small) == 0.0
    assert small.below(large)
    assert not large.below(small)
    assert small.apart(large)


def test_what_cancels_has_no_sign_until_there_are_bits_enough():
    def difference(bits):
        tiny = applied(bounds.exp, around(-1000, bits))
        return around(1, bits) + tiny - around(1, bits)

    assert difference(64).sign is None
    assert difference(4096).sign == 1


def test_past_all_bounds_nothing_is_said_and_nothing_is_guessed():
    huge = around(10**30, 64)
    assert applied(bounds.exp, huge).sign == 1
    assert applied(bounds.exp, around(-(10**30), 64)).sign is None
    assert applied(bounds.sin, huge).sign is None
    uncertain = around(Fraction(1, 3), 64) - around(Fraction(1, 3), 64)
    for found in (powered(uncertain, -1), powered(uncertain, Fraction(1, 2)), applied(bounds.log, uncertain)):
        assert found.sign is None
        assert not found.finite
    for wrong in (around(-1, 64), around(0, 64)):
        with pytest.raises(OutOfDomain):
            applied(bounds.log, wrong)
    with pytest.raises(OutOfDomain):
        powered(around(-1, 64), Fraction(1, 3))


@given(NUMBERS)
def test_a_number_is_rounded_as_python_does(number):
    for rounding in (math.floor, math.ceil, round):
        assert around(number, 128).rounded(rounding) in (rounding(number), None)
    if number.denominator > 2:
        assert around(number, 128).rounded(math.floor) == math.floor(number)
    assert applied(bounds.exp, around(-(10**6), 64)).rounded(math.ceil) == 1
    assert applied(bounds.exp, around(10**6, 64)).rounded(math.ceil) is None
