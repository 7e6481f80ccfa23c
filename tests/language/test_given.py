"""What a user may write for one thing: a condition alone, a root of a size; and what is refused in words."""

from fractions import Fraction

import pytest

import symgrad as sg

N, C, T, D = sg.sizes("N C T D")
x, delta = sg.tensor("x", N, C), sg.tensor("delta", N, C)
turned = sg.tensor("turned", C, N)


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


def test_sizes_are_named_in_one_string_or_in_several_or_in_a_list():
    assert sg.sizes("N", "C") == sg.sizes("N C") == sg.sizes("N, C") == sg.sizes(["N", "C"]) == (N, C)
    assert sg.sizes("p", "q", minimum=0) == sg.sizes("p q", 0)
    assert sg.sizes("p", "q", minimum=0) != sg.sizes("p q")


def test_the_square_root_is_the_power_of_a_half_and_has_its_gradient():
    assert sg.verify(sg.sqrt(x * x + 1), wrt=x, claim=delta * x / sg.sqrt(x * x + 1)).verdict == "PROVED"
    assert sg.verify(sg.sqrt(x * x + 1), wrt=x, claim=delta / sg.sqrt(x * x + 1)).verdict == "REFUTED"
    assert str(sg.sqrt(x)) == str(x ** Fraction(1, 2))


def test_whether_a_cotangent_has_the_shape_may_be_assumed_or_is_decided_by_verify():
    with_it = sg.verify(x * x, wrt=x, claim=2 * x * turned, cotangent=turned, assuming=sg.equals(N, C))
    assert with_it.verdict == "PROVED"
    assert sg.verify(x * x, wrt=x, claim=x, cotangent=turned).verdict == "ILL-FORMED"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: sg.sizes("N", 2.5), "expected strings"),
        (lambda: sg.sizes("N", minimum="C"), "the minimum is 'C'; expected a number"),
        (lambda: sg.sizes(), "no names of sizes are given"),
        (lambda: sg.sqrt(2), "expected a tensor or a scalar"),
        (lambda: sg.vjp(x * x, wrt=x, cotangent=turned), "shape .C, N., but z has shape .N, C."),
        (lambda: sg.maximum(x, 0), "ranges and a function of their indices"),
        (lambda: sg.vjp(x * x, wrt=x, cotangent="delta"), "expected a tensor of shape"),
    ],
)
def test_what_is_given_wrongly_is_refused_in_words(wrong, words):
    with pytest.raises(sg.SymgradError, match=words):
        wrong()
