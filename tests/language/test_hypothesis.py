"""Hypotheses on inputs: what they say, where they are refused, and that they follow the sizes."""

import pytest

import symgrad as sg
from symgrad.language.specialise import Specialiser

N, C, H, W = sg.sizes("N C H W")
y, z = sg.tensor("y", N, C), sg.tensor("z", N, C)


def test_it_is_written_as_a_sum():
    assert str(sg.sums_to_one(y)) == "Σ_{c<C} y[n, c] = 1"
    assert str(sg.sums_to_one(y, 0)) == "Σ_{n<N} y[n, c] = 1"
    assert str(sg.sums_to_one(sg.tensor("q", N, (H, W)))) == "Σ_{h<H, w<W} q[n, h, w] = 1"


def test_it_is_about_a_variable_and_one_of_its_axes():
    with pytest.raises(TypeError, match="variable"):
        sg.sums_to_one(y + y)
    with pytest.raises(sg.ShapeError, match="axis 2"):
        sg.sums_to_one(y, 2)


def test_nothing_may_be_assumed_of_what_is_differentiated_by():
    with pytest.raises(TypeError, match="differentiated by"):
        sg.verify((y * z).sum(), wrt=y, claim=z, assuming=[sg.sums_to_one(y)])


def test_one_axis_of_a_variable_at_most():
    both = [sg.sums_to_one(y, 0), sg.sums_to_one(y, 1)]
    with pytest.raises(sg.ShapeError, match="one of its axes"):
        sg.verify_equal(y, z, assuming=both)


def test_it_follows_the_sizes():
    special = Specialiser({C.symbol: sg.Index.of(3)})
    assert str(special.assumption(sg.sums_to_one(y))) == "Σ_{i<3} y[n, i] = 1"
