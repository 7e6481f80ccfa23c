"""A side condition that can never hold makes a claim ill-formed; one that can is told with the verdict."""

import re
from fractions import Fraction

import pytest

import symgrad as sg
from symgrad.decide.verdict import IllFormed

N, C = sg.sizes("N C")
x, y, delta = (sg.tensor(name, N, C) for name in ("x", "y", "delta"))
HALF = Fraction(1, 2)
NOWHERE = {
    "a difference of the same": (1 / (y - y), "division by y - y, which is 0"),
    "a product with nothing": (1 / (0 * y), r"division by 0 \* y, which is 0"),
    "a square taken apart": (1 / ((y + 1) ** 2 - y * y - 2 * y - 1), "which is 0"),
    "at one entry only": (1 / (y - y[:, :1]), "which is 0"),
    "a logarithm of what is negative": (sg.log(-sg.exp(y)), r"-exp\(y\) must be positive"),
    "a root of minus a square": ((-y * y) ** HALF, "must be positive"),
    "a root of nothing": ((y - y) ** HALF, "y - y must be positive"),
}


@pytest.mark.parametrize("what", NOWHERE)
def test_what_has_no_value_whatever_the_entries_are_is_ill_formed(what):
    factor, words = NOWHERE[what]
    for forward, claim, where in (
        (factor * x, factor * delta, "in the forward: "),
        (x, delta + factor - factor, ""),
    ):
        verdict = sg.verify(forward, wrt=x, claim=claim, cotangent=delta)
        assert isinstance(verdict, IllFormed), verdict
        assert verdict.problem.startswith(where)
        assert re.search(words, verdict.problem)
        assert dict(verdict.sizes) == {"N": 1, "C": 1}


@pytest.mark.parametrize(
    "factor", [1 / (y - 1), sg.log(sg.exp(y) - 2), (1 - y * y) ** HALF, 1 / (y - 2 * y), sg.log(-y)]
)
def test_a_condition_that_can_hold_is_told(factor):
    verdict = sg.verify(factor * x, wrt=x, claim=factor * delta, cotangent=delta)
    assert verdict.verdict == "PROVED"
    assert len(verdict.conditions) == 1


def test_what_vanishes_at_some_sizes_only_is_told_as_a_condition():
    centred = x - x.sum(1, keepdims=True) / C  # 0 for C = 1
    assert sg.verify_equal(centred**-1 * centred, sg.ones(N, C)).verdict == "PROVED"


def test_what_vanishes_under_a_hypothesis_is_ill_formed_under_it():
    factor = 1 / (y.sum(1, keepdims=True) - 1)
    assert sg.verify(factor * x, wrt=x, claim=factor * delta).verdict == "PROVED"
    assumed = sg.verify(factor * x, wrt=x, claim=factor * delta, assuming=[sg.sums_to_one(y)])
    assert assumed.verdict == "ILL-FORMED"


def test_what_is_not_read_does_not_count():
    guarded = sg.build([N, C], lambda n, i: sg.when([i > i], (y[n, i] - y[n, i]) ** -1) + x[n, i])
    assert sg.verify(guarded, wrt=x, claim=delta, cotangent=delta).verdict == "PROVED"
