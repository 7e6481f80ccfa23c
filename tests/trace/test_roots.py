"""Exact roots of numbers and of sums."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from symgrad.trace.algebra import Algebra
from symgrad.trace.roots import exact_root, factors, square_root
from symgrad.trace.sums import difference, scaled

MONOMIALS = st.dictionaries(st.integers(0, 2), st.integers(-2, 3).filter(bool), max_size=2).map(
    lambda powers: tuple(sorted(powers.items()))
)
SUMS = st.dictionaries(MONOMIALS, st.fractions(-3, 3, max_denominator=4).filter(bool), min_size=2, max_size=4)


def never(atom):
    return False


@given(SUMS, st.integers(1, 6))
def test_the_root_of_a_square_is_found_up_to_sign_and_a_number(root, factor):
    square = scaled(Algebra().product(root, root), factor)
    if len(square) < 3:
        return
    number, found = square_root(square, never)
    assert not difference(scaled(Algebra().product(found, found), number), square)


@given(SUMS, SUMS)
def test_what_is_no_square_has_no_root(one, other):
    total = Algebra().product(one, other)
    found = square_root(total, never)
    if found is not None:
        number, root = found
        assert not difference(scaled(Algebra().product(root, root), number), total)


def test_an_atom_that_may_be_negative_has_no_root():
    # x - 2 √x √y + y
    half = Fraction(1, 2)
    total = {((0, 1),): 1, ((0, half), (1, half)): -2, ((1, 1),): 1}
    assert square_root(total, never) is None
    assert square_root(total, lambda atom: True) == (1, {((0, half),): 1, ((1, half),): -1})


@given(st.integers(0, 10**30), st.integers(1, 10**12), st.integers(2, 7))
def test_an_exact_root_is_found_however_large_the_number(numerator, denominator, degree):
    root = Fraction(numerator, denominator)
    assert exact_root(root**degree, degree) == root
    assert exact_root(root**degree + 1, degree) is None or root == 0
    assert exact_root(-1 - root, degree) is None


@given(st.fractions(min_value=Fraction(1, 10**4), max_value=10**6))
def test_factors_multiply_to_the_number(number):
    product = Fraction(1)
    for factor, times in factors(number):
        product *= Fraction(factor) ** times
    assert product == number
