"""Expressions at other sizes."""

import pytest

import symgrad as sg

H, K, s = sg.sizes("H K s")
z = sg.correlate(sg.tensor("a", H), sg.tensor("w", K), stride=s)


def test_sizes_become_numbers_by_name():
    fixed = sg.at_sizes(z, H=7, K=3, s=2)
    assert fixed.shape == (3,)
    assert repr(fixed) == "correlate(a, w, stride=2)"


def test_sizes_become_other_sizes():
    assert sg.at_sizes(z, H=2 * K, s=1).shape == (K + 1,)


def test_an_unknown_size_is_refused_and_the_known_ones_named():
    with pytest.raises(sg.SizeError, match="H, K, s"):
        sg.at_sizes(z, Q=3)


def test_a_size_below_its_minimum_is_refused():
    with pytest.raises(sg.SizeError, match="at least 1"):
        sg.at_sizes(z, H=0)


def test_what_held_for_all_sizes_holds_at_each():
    a, w = sg.tensor("a", H), sg.tensor("w", K)
    left, right = sg.convolve(a, w), sg.convolve(w, a)
    for h in (1, 4):
        both = [sg.at_sizes(side, H=h, K=3) for side in (left, right)]
        assert isinstance(sg.verify_equal(*both), sg.Proved)
