"""The bound on rounding holds for what floating point computes, in any order."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.blackbox.rounding import KNOWN, Roundings
from symgrad.errors import SymgradError
from symgrad.language.scalar import Function

floats = st.floats(-1000, 1000, width=32)


def exact(entry):
    return Fraction(str(entry.value)) if not isinstance(entry.value, Fraction) else entry.value


@given(st.lists(st.tuples(floats, floats), min_size=1, max_size=12), st.permutations(range(12)))
def test_sums_of_products_in_any_order_are_within_the_bound(pairs, order):
    ring = Roundings(24, {})
    total = ring.constant(Fraction(0))
    for a, b in pairs:
        total = total + ring.constant(Fraction(a)) * ring.constant(Fraction(b))
    shuffled = [pairs[n] for n in order if n < len(pairs)]
    computed = np.float32(0)
    for a, b in shuffled:
        computed = np.float32(computed + np.float32(a) * np.float32(b))
    assert abs(float(computed) - float(exact(total))) <= total.bound * (1 + 1e-6) + 1e-37


@pytest.mark.parametrize("name", KNOWN)
@given(st.floats(0.0625, 4, width=32))
def test_functions_of_the_library_are_within_the_bound(name, x):
    numpy_of = {
        "sigmoid": lambda t: np.float32(1) / (np.float32(1) + np.exp(-t)),
        "relu": lambda t: np.maximum(t, np.float32(0)),
        "softplus": lambda t: np.log1p(np.exp(t)),
        "Phi": lambda t: np.float32(0.5) * (np.float32(1) + np.float32(math.erf(t / np.sqrt(np.float32(2))))),
        "phi": lambda t: np.exp(-t * t / np.float32(2)) / np.sqrt(np.float32(2 * math.pi)),
        "step": lambda t: np.heaviside(t, np.float32(0)),
    }
    entry = Roundings(24, KNOWN).apply(Function(name), Roundings(24, KNOWN).constant(Fraction(x)))
    computed = numpy_of.get(name, getattr(np, name, None))(np.float32(x))
    assert abs(float(computed) - float(entry.value)) <= entry.bound


@given(st.lists(st.integers(-100, 100), min_size=1, max_size=20))
def test_small_whole_numbers_have_no_tolerance(values):
    ring = Roundings(53, {})
    total = ring.constant(Fraction(0))
    for value in values:
        total = total + ring.constant(Fraction(value)) * ring.constant(Fraction(value))
    assert (total.value, total.bound) == (sum(v * v for v in values), 0)


def test_whole_numbers_beyond_the_precision_have_one():
    ring = Roundings(24, {})
    large = ring.constant(Fraction(2**20))
    assert (large * large).bound > 0


def test_the_second_derivatives_of_the_known_functions_are_those_of_the_first():
    import mpmath

    for name, (function, first, second) in KNOWN.items():
        for at in (0.3, 1.7):
            with mpmath.workdps(30):
                assert mpmath.almosteq(mpmath.diff(function, at), first(mpmath.mpf(at)), 1e-12), name
                assert mpmath.almosteq(mpmath.diff(first, at), second(mpmath.mpf(at)), 1e-12), name


def test_a_function_that_is_not_given_is_asked_for():
    ring = Roundings(53, {})
    with pytest.raises(SymgradError, match="no σ is given"):
        ring.apply(Function("σ"), ring.constant(Fraction(1)))
