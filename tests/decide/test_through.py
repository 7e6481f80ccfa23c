"""Gradients decided by way of those by intermediate results: no more is proved than is true."""

import pytest

import symgrad as sg
from symgrad.decide.decision import decide
from symgrad.decide.question import Question

N, C, M, K = sg.sizes("N C M K")
x, w, v = sg.tensor("x", N, C), sg.tensor("w", M, C), sg.tensor("v", K, M)
delta = sg.tensor("delta", N, K)
hidden = sg.layer_norm(sg.linear(x, w), [M])
z = sg.linear(hidden, v)
by_hidden = delta @ v
below = sg.linear(x, w)


def by_linear(by_hidden):
    """The gradient by the first layer's output, made of that by the hidden one."""
    return sg.vjp(hidden, wrt=below, cotangent=by_hidden)


def asked(claim, *through, wrt=w, forward=z):
    return Question(forward, wrt, delta, claim, through=through)


def test_intermediate_gradients_are_decided_first_and_counted():
    right = asked(by_linear(by_hidden).T @ x, (hidden, by_hidden), (below, by_linear(by_hidden)))
    verdict = decide(right)
    assert verdict.verdict == "PROVED"
    assert verdict.through == verdict.as_dict()["through"] == 2
    assert "by way of the gradients by 2 intermediate results" in str(verdict)


def test_one_that_is_not_on_the_way_is_not_counted():
    verdict = decide(asked(delta.T @ hidden, (hidden, by_hidden), wrt=v))
    assert (verdict.verdict, verdict.through) == ("PROVED", 0)


def test_a_wrong_intermediate_gradient_that_the_claim_is_made_of_is_refuted():
    wrong = 2 * by_hidden
    verdict = decide(asked(by_linear(wrong).T @ x, (hidden, wrong), (below, by_linear(wrong))))
    assert verdict.verdict == "REFUTED"


def test_a_wrong_last_step_is_refuted():
    verdict = decide(
        asked(2 * (by_linear(by_hidden).T @ x), (hidden, by_hidden), (below, by_linear(by_hidden)))
    )
    assert verdict.verdict == "REFUTED"


def test_a_wrong_intermediate_gradient_that_the_claim_does_without_proves_nothing_by_itself():
    verdict = decide(asked(by_linear(by_hidden).T @ x, (hidden, 3 * by_hidden)))
    assert (verdict.verdict, verdict.through) == ("PROVED", 0)  # as it stands, not by way of it


def test_two_intermediate_results_with_one_gradient_are_told_apart_from_others():
    a, b = sg.tanh(x), sg.sigmoid(x)
    total = a + b
    e = sg.tensor("e", N, C)
    right = e * (1 - a**2) + e * b * (1 - b)
    wrong = e * (1 - a**2) + 2 * e * b * (1 - b)
    for claim, expected in ((right, "PROVED"), (wrong, "REFUTED")):
        assert decide(Question(total, x, e, claim, through=((a, e), (b, e)))).verdict == expected


def test_what_stands_for_the_output_is_still_known_by_what_it_is_made_of():
    p = sg.softmax(x)
    e = sg.tensor("e", N, C)
    out = 2 * p
    claim = p * (2 * e - (2 * e * p).sum(-1, keepdims=True))
    verdict = decide(Question(out, x, e, claim, through=((p, 2 * e),)))
    assert (verdict.verdict, verdict.through) == ("PROVED", 1)


def test_sizes_that_cannot_stay_symbolic_are_tried_each():
    s = sg.size("s")
    a, k = sg.tensor("a", N), sg.tensor("k", K)
    conv = sg.correlate(sg.dilate(a, s), k)
    cotangent = sg.tensor("e", *conv.shape)
    out = sg.tanh(conv)
    by_conv = cotangent * (1 - out**2)
    claim = sg.vjp(conv, wrt=k, cotangent=by_conv)
    verdict = decide(Question(out, k, cotangent, claim, through=((conv, by_conv),)))
    assert verdict.verdict == "PROVED"


def test_a_gradient_of_another_shape_is_no_shortcut():
    verdict = decide(asked(by_linear(by_hidden).T @ x, (hidden, delta), (below, by_linear(by_hidden))))
    assert (verdict.verdict, verdict.through) == ("PROVED", 0)


@pytest.mark.parametrize("factor", [-1, 2])
def test_deep_composites_are_out_of_reach_at_once_but_not_by_way_of_their_parts(factor):
    first = sg.layer_norm(x, [C])
    second = sg.layer_norm(sg.tanh(first), [C])
    e = sg.tensor("e", N, C)
    by_tanh = sg.vjp(second, wrt=sg.tanh(first), cotangent=e)
    by_first = by_tanh * (1 - sg.tanh(first) ** 2)
    claim = sg.vjp(first, wrt=x, cotangent=by_first)
    through = ((sg.tanh(first), by_tanh), (first, by_first))
    assert decide(Question(second, x, e, claim, through=through)).verdict == "PROVED"
    wrong = Question(second, x, e, factor * claim, through=through)
    assert decide(wrong, suggest=False, operations=100_000).verdict != "PROVED"
