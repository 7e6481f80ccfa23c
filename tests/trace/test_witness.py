"""Comparisons of traced scalars, where floats would underflow, overflow, or cancel."""

from fractions import Fraction

import pytest

from symgrad.trace.bounds import OutOfDomain, Undecided
from symgrad.trace.expand import Expansion, gradient
from symgrad.trace.scalar import applied, constant, entry
from symgrad.trace.witness import order, rounded, sign


def symbols(*witnesses):
    return [entry(f"x{number}", Fraction(w)) for number, w in enumerate(witnesses)]


def same(one, other):
    expansion = Expansion()
    return expansion.algebra.equal(expansion.sum(one), expansion.sum(other))


def test_an_exponential_is_positive_however_small_and_greater_than_any_number_however_large():
    x, y = symbols(3, -2)
    tiny, huge = (x * 1000 - 10**6).exp(), (y * y * 10**6).exp()
    assert tiny > 0
    assert tiny < Fraction(1, 10**300)
    assert huge > 10**300
    assert tiny * huge > 0
    assert (-tiny) ** 3 < 0
    assert tiny != 0
    assert bool(tiny)
    assert abs(-tiny) > 0


def test_what_floats_round_to_one_is_less_than_one():
    (x,) = symbols(Fraction(31, 10))
    for below in (applied("tanh", 1000 * x), 1 / (1 + (-3000 * x).exp()), 1 - (-(10**9) * x).exp()):
        assert below < 1
        assert below > 0
        assert below != 1
        assert 1 - below > 0
        assert (1 - below).log() < -1000


def test_two_that_are_one_function_are_equal_however_they_are_written():
    x, y = symbols(2, 3)
    assert x.exp() * y.exp() == (x + y).exp()
    assert x / (x + y) + y / (x + y) == 1
    assert (x.exp() - x.exp() + y) == y
    assert 1 / (1 + (-x).exp()) == x.exp() / (1 + x.exp())
    assert not x.exp() * y.exp() > (x + y).exp()
    assert x.exp() * y.exp() >= (x + y).exp()
    assert sign((x * x + y * y).sqrt() - (y * y + x * x).sqrt()) == 0


def test_a_square_of_what_nearly_cancels_is_positive():
    x, y = symbols(2, 3)
    tiny = (-(10**6) * x).exp()
    nearly = (1 + tiny).log()
    assert sign(nearly) == sign(nearly * nearly) == 1
    assert sign(nearly * -y) == -1
    assert sign(((1 + tiny) - (1 + 2 * tiny)) * y) == -1


def test_the_root_of_a_square_takes_its_sign_from_the_witness():
    for witness in (3, -3):
        (x,) = symbols(witness)
        right = x if witness > 0 else -x
        tiny = (-(10**6) * right).exp()
        for root in (
            (x * x).sqrt(),
            (x**2 * tiny**2).sqrt() / tiny,
            ((x * tiny - 0) ** 2).sqrt() / tiny,
            ((x * x) ** Fraction(1, 4)) ** 2,
            (x**4) ** Fraction(1, 4),
        ):
            assert same(root, right)
        assert same(((1 - tiny) ** 2).sqrt(), 1 - tiny)
        assert same(((1 - (10**6 * right).exp()) ** 2).sqrt(), (10**6 * right).exp() - 1)
        assert same((x * x).log(), 2 * right.log())


def test_a_root_that_is_one_of_two_is_counted_as_a_choice():
    x, y = symbols(2, 3)
    for node, choices in (
        ((x * x).sqrt(), 1),
        ((x - y) ** 2, 0),
        (((x - y) ** 2).sqrt(), 1),
        (x.exp().sqrt(), 0),
    ):
        expansion = Expansion()
        expansion.sum(node)
        assert bool(expansion.algebra.choices) is bool(choices)


def test_the_gradient_of_the_root_of_a_square_is_that_of_the_branch():
    (x,) = symbols(-3)
    (slope,) = gradient([(((1 - (x * 1000).exp()) ** 2).sqrt(), constant(1))], [x])
    assert same(slope, -1000 * (x * 1000).exp())


def test_what_cannot_be_told_apart_is_undecided_and_not_guessed():
    (x,) = symbols(2)
    near = constant(Fraction(13862943611198906188344642429163531361510002687205, 10**49))  # 2 log 2, nearly
    assert x.log() * 2 != near
    third = applied("sin", x * 0 + constant(10**30))
    with pytest.raises(Undecided):
        sign(third)
    with pytest.raises(OutOfDomain):
        (-x).log()


def test_a_rounding_is_that_of_the_true_value():
    (x,) = symbols(2)
    assert rounded((x * -(10**6)).exp(), lambda number: -((-number) // 1)) == 1
    assert rounded(x.exp(), lambda number: number // 1) == 7
    assert order(x.exp(), constant(7)) == 1
