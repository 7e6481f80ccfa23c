"""Known functions: the table of derivatives is right, and all interpreters mean the same functions."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

import symgrad as sg
from symgrad.concrete import arrays, sympy_road
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.intervals import Intervals, apart
from symgrad.concrete.slopes import slope
from symgrad.language.functions import KNOWN, Known
from symgrad.language.scalar import Access, Function

POINTS = [Fraction(-3, 2), Fraction(-1, 5), Fraction(3, 10), Fraction(7, 4)]
N = sg.size("N")
x = sg.tensor("x", N)

# what each name means, in the words of mpmath
MEANING = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "tanh": mpmath.tanh,
    "sigmoid": lambda t: 1 / (1 + mpmath.exp(-t)),
    "softplus": lambda t: mpmath.log(1 + mpmath.exp(t)),
    "Phi": mpmath.ncdf,
    "phi": mpmath.npdf,
    "step": lambda t: mpmath.mpf(t > 0),
}

EVERY = [pytest.param(name, point) for name in KNOWN for point in POINTS if name != "log" or point > 0]


def number(value):
    return mpmath.mpf(value.numerator) / value.denominator


def close(interval, value):
    return abs(mpmath.mpf(interval.mid) - value) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize(("name", "point"), EVERY)
def test_interval_contains_the_value_and_is_narrow(name, point):
    with mpmath.workdps(60):
        interval = Intervals().apply(Known(name), Intervals().constant(point))
        value = MEANING[name](number(point))
        assert mpmath.mpf(interval.a) <= value <= mpmath.mpf(interval.b)
        assert mpmath.mpf(interval.delta) < mpmath.mpf(10) ** -30


@pytest.mark.parametrize(("name", "point"), EVERY)
def test_derivative_in_the_table_is_the_derivative(name, point):
    with mpmath.workdps(60):
        ring = Intervals()
        body = Known(name).slope(Access(x, (sg.Index.of(0),)))
        tensor = sg.build([], lambda: body)
        found = Evaluation({N.symbol: 1}, lambda v, p: ring.constant(point), ring).entry(tensor, ())
        assert close(found, mpmath.diff(MEANING[name], number(point)))


@pytest.mark.parametrize(("name", "point"), EVERY)
def test_derivative_of_dual_numbers_is_the_derivative(name, point):
    with mpmath.workdps(60):
        found = slope(Known(name), Intervals(), Intervals().constant(point))
        assert close(found, mpmath.diff(MEANING[name], number(point)))


@pytest.mark.parametrize(("name", "point"), EVERY)
def test_numpy_and_sympy_mean_the_same_function(name, point):
    value = float(MEANING[name](float(point)))
    assert np.isclose(arrays.KNOWN[name](np.array(float(point))), value, rtol=1e-12)
    scalars = sympy_road.Scalars(sympy_road.Entries())
    assert float(scalars.apply(Known(name), sympy.Rational(point))) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("name", KNOWN)
def test_positive_functions_are_positive(name):
    if Known(name).positive:
        assert all(MEANING[name](number(point)) > 0 for point in POINTS)


def test_every_known_function_has_an_exported_name():
    exported = [value for value in vars(sg).values() if isinstance(value, Known)]
    assert {function.name for function in exported} == set(KNOWN)


def test_prime_is_an_expression_of_the_language():
    assert str(sg.sigmoid.prime(x)) == "out[n] = sigmoid(x[n])·(1 - sigmoid(x[n]))"
    assert str(sg.log.prime(x[0])) == "x[0]^(-1)"


def test_second_derivatives_are_derived_from_the_table():
    once = sg.vjp(sg.tanh(x).sum(), wrt=x)
    twice = sg.vjp(once.sum(), wrt=x)
    assert sg.verify_equal(twice, -2 * sg.tanh(x) * (1 - sg.tanh(x) ** 2)).verdict == "PROVED"


def test_an_unknown_function_may_not_have_the_name_of_a_known_one():
    with pytest.raises(sg.SizeError, match="known function"):
        sg.function("exp")


def test_a_known_function_is_not_the_unknown_one_of_its_name():
    assert Known("exp") != Function("exp")
    assert sg.verify_equal(sg.exp(x), sg.function("ex")(x)).verdict != "PROVED"


def test_two_roots_and_a_tie_are_told_apart_or_not_at_all():
    ring = Intervals()
    two, three = (ring.power(ring.constant(Fraction(n)), Fraction(1, 2)) for n in (2, 3))
    assert apart(two, three)
    assert not apart(two * two, ring.constant(Fraction(2)))
    with pytest.raises(sg.SymgradError, match="greatest"):
        ring.selected([two, two], 0)
    with pytest.raises(sg.SymgradError, match="not defined"):
        ring.power(ring.constant(Fraction(-1)), Fraction(1, 2))
    with pytest.raises(sg.SymgradError, match="differentiable"):
        ring.apply(sg.step, ring.constant(Fraction(0)))
