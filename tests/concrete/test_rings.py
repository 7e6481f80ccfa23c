"""Polynomials of entries: what they may take, and how they are written."""

import pytest

from symgrad.concrete.rings import Entry, Opaque, Polynomial, TooLarge, at_most

x, y = (Polynomial.unknown(Entry(name, ())) for name in "xy")


def test_multiplications_together_may_take_so_many_products():
    square = (x + y) * (x + y)
    with at_most(8):
        (x + y) * (x + y)
        with at_most(3), pytest.raises(TooLarge):
            (x + y) * (x + y)
        assert (x + y) * (x + y) == square  # the inner limit was one of its own
        with pytest.raises(TooLarge):
            x * y
    assert x * y * (x + y) == x * x * y + x * y * y


def test_what_is_nested_many_times_is_not_written_out_each_time():
    nested = x + y
    for _ in range(60):
        inside = Polynomial.unknown(Opaque("f", (nested,)))
        nested = inside * inside * x + inside
    assert "f(…)" in str(nested)
    assert len(str(nested)) < 5_000


def test_a_power_of_a_power_is_in_brackets():
    reciprocal = Polynomial.unknown(Opaque("power -1", (x + y,)))
    assert str(reciprocal * reciprocal * x * x) == "((x + y)^(-1))^2·x^2"
