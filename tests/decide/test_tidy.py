"""What was probably meant is written as a person would write it, and is still the same tensor."""

from fractions import Fraction

import pytest

import symgrad as sg
from symgrad.decide.question import Question
from symgrad.decide.rewrite import write
from symgrad.decide.tidy import tidied
from symgrad.language.notation import operator_text

N, I, O = sg.sizes("N I O")
X, W, D = sg.tensor("x", N, I), sg.tensor("w", I, O), sg.tensor("d", N, O)
A, Y = sg.tensor("a", O), sg.tensor("y", O)


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (sg.transpose(sg.transpose(W)), "w"),
        (sg.transpose(sg.transpose(sg.transpose(W))), "transpose(w)"),
        (D @ sg.transpose(sg.transpose(W.T)), "d @ transpose(w)"),
        (sg.transpose(X.T @ D), "transpose(d) @ x"),
        (sg.transpose(X @ W), "transpose(x @ w)"),
        (sg.rot180(sg.rot180(W)), "w"),
        (W * 2 * Fraction(1, 2), "w"),
        (W * 4 / 2, "w * 2"),
        (W * -1 * -1, "w"),
        (-(Y - A), "a - y"),
        ((Y - A) * -2 * Fraction(1, 2), "a - y"),
        (-(Y + A), "-(y + a)"),
        (W * 3, "w * 3"),
    ],
)  # fmt: skip
def test_a_tensor_is_written_shorter_and_stays_the_same(tensor, text):
    short = tidied(tensor, write)
    assert operator_text(short) == text
    assert sg.verify(tensor, wrt=None, claim=short).verdict == "PROVED"


def test_a_repair_is_offered_without_detours():
    assert sg.verify(X @ W, wrt=X, claim=D @ W.T.T.T * 2).did_you_mean == "d @ transpose(w)"
    assert sg.verify(sg.half_squared_error(A, Y), wrt=A, claim=Y - A).did_you_mean == "a - y"
    transposed = sg.verify(X @ W.T.T, wrt=W, claim=D.T @ X)
    assert transposed.did_you_mean == "transpose(x) @ d"


def test_a_question_keeps_its_claim():
    asked = Question(X @ W, X, D, D @ W.T)
    assert tidied(asked.claim, write) is asked.claim
