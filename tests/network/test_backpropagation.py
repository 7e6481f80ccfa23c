"""Gradients composed of closed forms, against SymPy's derivative of the composed scalars."""

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st
from networks import networks

import symgrad as sg
from symgrad.concrete.sympy_road import agrees
from symgrad.decide.decision import decide
from symgrad.decide.question import Question
from symgrad.language.specialise import Specialiser
from symgrad.network import Network
from symgrad.network.backpropagation import backpropagate, gathered_gradients

N, I, M, O, C, H, W = sg.sizes("N I M O C H W")
sigma = sg.function("σ")


@given(networks(), st.data())
def test_a_drawn_networks_gradients_are_sympys_derivatives(net, data):
    note(repr(net.z))
    gradients = net.gradients()
    given = [variable for variable in net.variables if not variable.name.startswith("mask")]
    assert set(gradients) == {variable.name for variable in given}
    variable = data.draw(st.sampled_from(given), "by")
    assert agrees(net.z, variable, net.cotangent, gradients[variable.name], {})


def test_a_gradient_that_is_changed_is_not_sympys_derivative():
    x, v = sg.tensor("x", 2, 2), sg.tensor("v", 2, 2)
    net = Network(sigma(sg.linear(x, v)))
    assert agrees(net.z, v, net.cotangent, net.gradients()["v"], {})
    assert not agrees(net.z, v, net.cotangent, 2 * net.gradients()["v"], {})


def test_what_comes_back_from_several_uses_is_added():
    x, delta = sg.tensor("x", N, I), sg.tensor("delta", N, I)
    gradient = backpropagate(x + sigma(x) * x, delta)[x]
    assert sg.verify(x + sigma(x) * x, wrt=x, claim=gradient, cotangent=delta).verdict == "PROVED"
    assert sg.verify(x + sigma(x) * x, wrt=x, claim=delta, cotangent=delta).verdict == "REFUTED"


def test_the_same_tensor_as_both_operands_counts_twice():
    x, delta = sg.tensor("x", N, I), sg.tensor("delta", N, I)
    gradient = backpropagate(x + x, delta)[x]
    assert sg.verify_equal(gradient, 2 * delta).verdict == "PROVED"


def test_a_broadcast_operand_gets_the_sum():
    x, b, delta = sg.tensor("x", N, C, H, W), sg.tensor("b", C, 1, 1), sg.tensor("delta", N, C, H, W)
    for z in (x + b, x - b, x * b):
        gradient = backpropagate(z, delta)[b]
        assert sg.verify(z, wrt=b, claim=gradient, cotangent=delta).verdict == "PROVED"


def test_nothing_goes_back_to_a_mask():
    x, mask = sg.tensor("x", N, I), sg.tensor("mask", N, I)
    found = backpropagate(sg.dropout(x, mask, 0.5), sg.tensor("delta", N, I))
    assert set(found) == {x}


def test_a_mask_that_is_an_input_too_is_refused():
    x = sg.tensor("x", N, I)
    with pytest.raises(sg.SymgradError, match="x is also an operand"):
        backpropagate(sg.dropout(x, x, 0.5), sg.tensor("delta", N, I))


def test_a_layer_in_index_notation_is_refused_in_words():
    x = sg.tensor("x", N, I)
    z = sg.build([N], lambda n: sg.total([I], lambda i: x[n, i]))
    with pytest.raises(sg.SymgradError, match="index notation"):
        Network(z).gradients()


def test_an_operator_without_closed_forms_is_refused_in_words():
    x = sg.tensor("x", H, W)
    with pytest.raises(sg.SymgradError, match="rot180 has closed forms for no operand"):
        Network(sg.rot180(x)).gradients()


@given(networks(), st.data())
def test_a_mistake_anywhere_in_a_drawn_network_is_never_proved(net, data):
    note(repr(net.z))
    gathered, _ = gathered_gradients(net.z, net.cotangent)
    between = [one for one in gathered if one is not net.z]
    wrong = data.draw(st.sampled_from(between), "wrong")
    mistake = data.draw(st.sampled_from([lambda g: 2 * g, lambda g: -g, lambda g: g + g * g]), "mistake")
    put = Specialiser({}, {gathered[wrong]: mistake(gathered[wrong])})
    through = tuple((one, put(gathered[one])) for one in between if one not in net.variables)
    claims = {v: put(gathered[v]) for v in between if v in net.variables}
    changed = [v for v, claim in claims.items() if claim is not gathered[v]]
    assume(changed)  # the mistake is on the way to them
    variable = data.draw(st.sampled_from(changed), "by")
    asked = Question(net.z, variable, net.cotangent, claims[variable], through=through)
    if decide(asked, suggest=False, operations=50_000).verdict == "PROVED":
        assert agrees(net.z, variable, net.cotangent, asked.claim, {})
