"""Dual numbers and SymPy agree on gradients at fixed sizes; neither is used by the other."""

from fractions import Fraction

import pytest
import sympy

import symgrad as sg
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.gradient import gradient_entry
from symgrad.concrete.rings import Dual, Duals, Entry, Polynomial, Polynomials, Rationals
from symgrad.concrete.sympy_road import Entries, agrees, gradient_entries

H, K = sg.sizes("H K")
a, w = sg.tensor("a", H), sg.tensor("w", K)
delta = sg.tensor("delta", H - K + 1)
z = sg.correlate(a, w)
SIZES = {H.symbol: 4, K.symbol: 2}


def number(variable, place):
    return Fraction(sum(map(ord, variable.name)) % 7 + 3 * sum(place) + 1)


@pytest.mark.parametrize("wrt", [a, w])
@pytest.mark.parametrize("forward", [z, z * z, z**3 / 2])
def test_dual_numbers_and_sympy_find_the_same_gradient(wrt, forward):
    entries = Entries()
    for place, expression in gradient_entries(forward, wrt, delta, SIZES, entries):
        numbers = {
            symbol: sympy.Rational(number(sg.tensor(name, 1), at).numerator)
            for (name, at), symbol in entries.symbols.items()
        }
        slope = gradient_entry(forward, wrt, delta, place, SIZES, number, Rationals())
        assert expression.xreplace(numbers) == sympy.Rational(slope.numerator, slope.denominator)


def test_sympy_knows_the_chain_rule_for_an_unknown_function():
    sigma = sg.function("σ")
    right, wrong = delta * sigma.prime(z), delta * sigma(z)
    through = sg.convolve(right, w)
    assert agrees(sigma(z), a, delta, through, SIZES)
    assert not agrees(sigma(z), a, delta, sg.convolve(wrong, w), SIZES)


def test_sympy_differentiates_by_variables_only():
    with pytest.raises(TypeError, match="variables only"):
        agrees(z + z, z, delta, 2 * delta, SIZES)


def test_a_claim_of_another_shape_does_not_agree():
    assert not agrees(z, a, delta, delta, SIZES)


def test_polynomials_add_multiply_and_print():
    x, y = (Polynomial.unknown(Entry("x", (i,))) for i in range(2))
    two = Polynomials().constant(Fraction(2))
    assert str((x + y) * (x - y)) == "x[0]^2 - x[1]^2"
    assert (x + y) * (x + y) == x * x + two * x * y + y * y
    assert str(x - x) == "0"


def test_duals_follow_product_and_chain_rule():
    ring = Duals(Rationals(3))
    t = Dual(Fraction(2), Fraction(1))
    assert t * t == Dual(4, 4)
    assert ring.apply(sg.function("σ"), t) == Dual(8, 12)
    assert ring.power(t, Fraction(-1)) == Dual(Fraction(1, 2), Fraction(-1, 4))


def test_reading_outside_is_an_error_not_a_value():
    shifted = sg.build([H], lambda h: a[h + 1])
    with pytest.raises(sg.IndexRangeError):
        Evaluation(SIZES, number, Rationals()).entry(shifted, (3,))


def test_what_an_indicator_forbids_is_not_read():
    guarded = sg.build([H], lambda h: sg.when(sg.within(h + 1, H), a[h + 1]))
    assert Evaluation(SIZES, number, Rationals()).entry(guarded, (3,)) == 0


def test_a_missing_size_is_named():
    with pytest.raises(sg.SizeError, match="K"):
        Evaluation({H.symbol: 4}, number, Rationals()).shape(z)
