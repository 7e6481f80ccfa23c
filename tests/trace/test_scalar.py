"""The scalar code is run on: arithmetic, comparisons by the witness, and what it refuses."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.trace.bounds import OutOfDomain
from symgrad.trace.expand import Expansion, gradient
from symgrad.trace.numeric import NotTraceable
from symgrad.trace.recorder import Recorder, rational, recording, square
from symgrad.trace.scalar import applied, constant, entry, operand
from symgrad.trace.witness import value


@pytest.fixture
def recorder():
    found = Recorder()
    token = recording.set(found)
    yield found
    recording.reset(token)


def symbols(*witnesses):
    return [entry(f"x{number}", Fraction(w)) for number, w in enumerate(witnesses)]


def same(one, other):
    expansion = Expansion()
    return expansion.algebra.equal(expansion.sum(one), expansion.sum(other))


def test_arithmetic_is_that_of_polynomials():
    x, y = symbols(2, 3)
    assert same((x + y) * (x - y), x**2 - y**2)
    assert same(3 - x / 2, (6 - x) * Fraction(1, 2))
    assert not same(x * y, x + y)


def test_a_quotient_and_a_root_are_decided_and_not_only_compared_as_written():
    x, y = symbols(2, 3)
    assert same(1 / (x + y) * (x + y), constant(1))
    assert same(x / (x + y) + y / (x + y), constant(1))
    assert same((x**2 + y**2).sqrt() ** 2, x * x + y * y)
    assert same(1 / (1 + 1 / x), x / (x + 1))
    assert not same(1 / (x + y), 1 / x + 1 / y)


def test_roots_of_one_sum_of_several_degrees_are_the_same_unknown():
    x, y = symbols(2, 3)
    third, half = Fraction(1, 3), Fraction(1, 2)
    total = x + y
    for first, second, third_way in (
        (1 / total, total.sqrt() ** -2, (total**third) ** -3),
        (total**half * total**third, total ** Fraction(5, 6), total * total ** Fraction(-1, 6)),
        (total.sqrt().sqrt(), total ** Fraction(1, 4), total.sqrt() * total ** Fraction(-1, 4)),
    ):
        assert same(first, second)
        assert same(second, third_way)
        assert not same(first, second * total.sqrt())
    expansion = Expansion()
    assert expansion.text(total.sqrt()) == "(x0 + x1)^(1/2)"
    assert expansion.text(total**2 / total.sqrt()) == expansion.text(total**2 * total ** Fraction(-1, 2))


def test_exponentials_multiply_and_logarithms_add():
    x, y = symbols(Fraction(1, 2), Fraction(1, 3))
    assert same((x + y).exp(), x.exp() * y.exp())
    assert same((x * y).log(), x.log() + y.log())
    assert same(x.exp().log(), x)
    assert same((x + y).log().exp(), x + y)
    sigmoid = 1 / (1 + (-x).exp())
    assert same(sigmoid, x.exp() / (x.exp() + 1))
    assert not same(x.exp(), y.exp())


def test_a_root_of_a_square_has_the_sign_of_the_witness():
    x, y = symbols(-2, 2)
    assert same((x * x).sqrt(), -x)
    assert same((y * y).sqrt(), y)
    assert same(abs(x), -x)


def test_the_witness_decides_comparisons_and_the_answer_is_recorded(recorder):
    x, y = symbols(2, 3)
    assert x < y
    assert not x > y
    assert max(x, y) is y
    assert recorder.compared == 3
    assert recorder.branches[0][1] == "<"


def test_infinite_floats_compare_and_never_enter_a_sum():
    (x,) = symbols(2)
    assert x > float("-inf")
    assert x < float("inf")
    assert x + float("inf") == float("inf")


def test_a_conversion_that_would_lose_the_symbol_is_refused():
    (x,) = symbols(2)
    for lose in (float, int, complex, lambda v: np.array([1.0, 2.0]).__setitem__(0, v), [1, 2].__getitem__):
        with pytest.raises(NotTraceable):
            lose(x)
    array = np.array([x], dtype=object)
    for dtype in (float, int, np.float32):
        with pytest.raises(NotTraceable):
            array.astype(dtype)


def test_a_float_is_read_as_the_rational_it_stands_for_and_that_is_recorded(recorder):
    assert rational(1 / 9) == Fraction(1, 9)
    assert rational(1e-7) == Fraction(1, 10**7)
    assert rational(1.000001) == Fraction(1000001, 10**6)
    assert rational(0.5) == Fraction(1, 2)
    assert set(recorder.rational) == {1 / 9, 1e-7, 1.000001}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_reading_a_float_keeps_its_value_as_a_float(number):
    assert float(rational(number)) == number


def test_roots_and_logarithms_outside_their_domain_are_refused():
    (x,) = symbols(-2)
    with pytest.raises(OutOfDomain):
        x.sqrt()
    with pytest.raises(OutOfDomain):
        x.log()
    with pytest.raises(ZeroDivisionError):
        1 / constant(0)


@pytest.mark.parametrize("name", ["exp", "log", "tanh", "sin", "cos", "arctan", "erf"])
def test_the_slope_of_a_function_is_that_of_its_values(name):
    (x,) = symbols(Fraction(7, 10))
    (slope,) = gradient([(applied(name, x), constant(1))], [x])
    step = Fraction(1, 10**5)
    above, below = (applied(name, constant(x.right + s)) for s in (step, -step))
    assert float(value(slope)) == pytest.approx((float(value(above)) - float(value(below))) / 2e-5, rel=1e-6)


@given(st.lists(st.integers(-3, 3), min_size=4, max_size=4))
def test_the_gradient_of_a_polynomial_is_exact(coefficients):
    a, b, c, d = coefficients
    x, y = symbols(2, 3)
    z = a * x**3 + b * x * y + c * y**2 + d
    dx, dy = gradient([(z, constant(1))], [x, y])
    assert same(dx, 3 * a * x * x + b * y)
    assert same(dy, b * x + 2 * c * y)


def test_long_sums_need_no_recursion():
    (x,) = symbols(2)
    total = x
    for _ in range(5000):
        total = total + x
    assert same(total, 5001 * x)
    assert value(total) == 10002


def test_sums_of_sums_that_share_their_parts_stay_small():
    (x,) = symbols(2)
    doubled = x
    for _ in range(200):
        doubled = doubled + doubled
    assert same(doubled, 2**200 * x)


def test_a_float_that_is_a_root_is_that_root(recorder):
    (x,) = symbols(2)
    assert same(x / np.sqrt(3), x * (1 / np.sqrt(3)))
    assert same(x * np.sqrt(2) * np.sqrt(2), 2 * x)
    assert same(x * -np.sqrt(0.5), -x * 2**-0.5)
    assert same(x * np.sqrt(2) * np.sqrt(3), x * np.sqrt(6))
    assert same(x / np.sqrt(12), x * np.sqrt(3) / 6)
    assert not same(x * np.sqrt(2) * np.sqrt(3), x * np.sqrt(5))
    assert not same(x * 1.4142, x * np.sqrt(2))
    assert recorder.roots[float(np.sqrt(2))] == 2
    assert 1.4142 in recorder.rational


@given(st.floats(min_value=1e-3, max_value=1e3))
def test_a_float_is_read_as_a_root_only_where_its_square_is_simple(number):
    under = square(number)
    if under is not None:
        assert abs(float(under) - number * number) <= 1e-15 * number * number
        assert under.denominator <= 10_000


NUMBERS = st.fractions(min_value=-3, max_value=3, max_denominator=7)


def built(draw, leaves, depth):
    """A polynomial of some symbols with rational coefficients."""
    if not depth:
        return draw(st.sampled_from(leaves)) * draw(NUMBERS) + draw(NUMBERS)
    one, other = built(draw, leaves, depth - 1), built(draw, leaves, depth - 1)
    return one * other if draw(st.booleans()) else one + other


@given(st.data())
def test_what_is_written_out_has_the_value_of_what_was_computed(data):
    leaves = symbols(Fraction(3, 2), Fraction(-5, 7), 11)
    node = built(data.draw, leaves, data.draw(st.integers(1, 3)))
    expansion = Expansion()
    total = Fraction(0)
    for monomial, coefficient in expansion.sum(operand(node)).items():
        term = Fraction(coefficient)
        for atom, power in monomial:
            term *= Fraction(expansion.algebra.atoms[atom].witness) ** power
        total += term
    assert total == value(operand(node))


def test_a_root_of_a_number_within_a_function_is_simplified():
    (x,) = symbols(2)
    root = constant(2).sqrt()
    assert same((x / root) ** 2, x * x / 2)
    assert same(((x / root) ** 2).exp() ** 2, (x * x).exp())
    assert same((root**3 * x).exp(), (root * x).exp() ** 2)
    assert not same((root**3 * x).exp(), (root * x).exp())


@pytest.mark.parametrize("name", ["tanh", "arctan", "sin", "cos", "erf"])
def test_a_function_of_a_negative_is_that_of_the_positive(name):
    x, y = symbols(2, 3)
    sign = 1 if name == "cos" else -1
    assert same(applied(name, y - x), sign * applied(name, x - y))
    assert not same(applied(name, y - x), -sign * applied(name, x - y))


def test_tanh_is_known_in_terms_of_exp():
    x, y = symbols(2, 3)
    tanh = applied("tanh", x * y)
    assert same(1 - tanh**2, (x * y).cosh() ** -2)
    assert same((1 + tanh) / 2, 1 / (1 + (-2 * x * y).exp()))
    assert same(applied("tanh", 2 * x * y) * (1 + tanh**2), 2 * tanh)
    assert not same(1 - tanh**2, 1 / (x * y).cosh())
    assert not same(applied("tanh", 2 * x * y) * (1 + tanh**2), tanh)
