"""What a user may write for one thing: a condition alone, a root of a size; and what is refused in words."""

import pytest

import symgrad as sg

N, C, T, D = sg.sizes("N C T D")
x, delta = sg.tensor("x", N, C), sg.tensor("delta", N, C)


def test_a_condition_may_be_given_alone():
    one = sg.build([T, T], lambda i, j: sg.when(j <= i, 1))
    several = sg.build([T, T], lambda i, j: sg.when([j <= i], 1))
    assert str(one) == str(several)
    verdict = sg.verify(x * x, wrt=x, claim=2 * x * delta, cotangent=delta, assuming=N >= C)
    assert verdict.verdict == "PROVED"
    assert verdict.scope.constraints == (N >= C,)


def test_the_root_of_a_size_is_a_number():
    q, k, e = sg.tensor("q", T, D), sg.tensor("k", T, D), sg.tensor("e", T, T)
    found = sg.verify(q @ k.T / D**0.5, wrt=q, claim=e @ k / D**0.5, cotangent=e)
    assert found.verdict == "PROVED"
    assert sg.verify(q @ k.T / D**0.5, wrt=q, claim=e @ k / D, cotangent=e).verdict == "REFUTED"
    assert D**2 == D * D


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: sg.sizes("N", "C"), "Names go together"),
        (lambda: sg.maximum(x, 0), "ranges and a function of their indices"),
        (lambda: sg.vjp(x * x, wrt=x, cotangent="delta"), "expected a tensor of shape"),
    ],
)
def test_what_is_given_wrongly_is_refused_in_words(wrong, words):
    with pytest.raises(sg.SymgradError, match=words):
        wrong()
