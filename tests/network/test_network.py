"""Verdicts on networks: layers by themselves and the whole, at all sizes where they can be."""

import json

import pytest
from hypothesis import given, note
from networks import networks

import symgrad as sg
from symgrad import network as nn
from symgrad.language.maps import PerAxis
from symgrad.layers.conv import conv_input_gradient, conv_weight_gradient

N, C, M, H, W, I, O = sg.sizes("N C M H W I O")
sigma = sg.function("σ")


@sg.operator
def unturned_conv2d(input: sg.Tensor, weight: sg.Tensor, padding: PerAxis = 0) -> sg.Tensor:
    """A convolution whose closed form by the input forgets to turn the kernel."""
    return sg.conv2d(input, weight, padding=padding)


sg.backward(
    unturned_conv2d,
    input=lambda delta, weight, size, padding: conv_input_gradient(
        delta, sg.rot180(weight), size, padding=padding
    ),
    weight=lambda delta, input, size, padding: conv_weight_gradient(delta, input, size, padding=padding),
)


@sg.operator
def square(x: sg.Tensor) -> sg.Tensor:
    """A layer of a user's own."""
    return x * x


sg.backward(square, x=lambda delta, x: 2 * delta * x)


@given(networks())
def test_layers_of_a_drawn_network_are_proved_and_its_whole_is_never_refuted(net):
    note(repr(net.z))
    verdict = net.verify()
    assert {layer.verdict.verdict for layer in verdict.layers} == {"PROVED"}, verdict
    assert {g.verdict.verdict for g in verdict.gradients} <= {"PROVED", "HOLDS AT", "UNDECIDED"}, verdict


def test_a_layer_whose_closed_form_is_wrong_is_named():
    net = nn.sequential(
        sg.tensor("x", N, C, H, W),
        *(nn.conv2d(M, 3, padding=1), sigma),
        nn.layer(unturned_conv2d, lambda x: {"weight": (C, M, 3, 3)}, padding=1),
        *(sigma, nn.avg_pool2d(2)),
    )
    verdict = net.verify()
    assert verdict.verdict == "REFUTED"
    assert verdict.wrong_layers() == ["layer 3, unturned_conv2d"]
    wrong = [layer for layer in verdict.layers if layer.verdict.verdict != "PROVED"]
    assert [(layer.layer, layer.operand) for layer in wrong] == [("layer 3, unturned_conv2d", "a2")]
    whole = {g.wrt: g.verdict.verdict for g in verdict.gradients}
    assert whole["W2"] == "PROVED"  # what lies above the mistake is right
    assert whole["W1"] == "REFUTED"
    assert "the closed form of layer 3, unturned_conv2d is wrong" in str(verdict)


def test_a_layer_of_ones_own_takes_part():
    net = nn.sequential(sg.tensor("x", N, I), nn.linear(O), square, sigma)
    assert net.verify().verdict == "PROVED"
    assert any(layer.layer == "layer 2, square" for layer in net.verify().layers)


def test_a_layer_is_decided_for_all_sizes_though_it_is_used_at_some():
    net = nn.sequential(sg.tensor("x", 1, 3, 8, 8), nn.conv2d(4, 3, stride=2, padding=1))
    for layer in net.verify().layers:
        assert len(layer.verdict.scope.sizes) == 7
        assert layer.verdict.scope.each == ()


def test_sizes_that_a_layer_requires_to_agree_are_one():
    a, b = sg.tensor("a", 2, 3, 4), sg.tensor("b", 2, 3, 4)
    (layer, _) = nn.Network(a + b).verify().layers
    assert str(layer.verdict.scope) == "every N, C, H ≥ 1"


def test_a_size_of_1_stays_where_it_may_be_broadcast():
    a, b = sg.tensor("a", 2, 3, 4), sg.tensor("b", 3, 1)
    verdict = nn.Network(a + b).verify()
    assert verdict.verdict == "PROVED"
    assert [layer.operand for layer in verdict.layers] == ["a", "b"]


def test_groups_in_numbers_are_refused_in_words():
    a, w = sg.tensor("a", 1, 4, 3, 3), sg.tensor("w", 6, 2, 2, 2)
    with pytest.raises(sg.SymgradError, match="needs axes"):
        nn.Network(sg.conv2d(a, w, groups=2)).gradients()


def test_groups_as_pairs_are_proved():
    G, _ = sg.sizes("G K")
    a, w = sg.tensor("a", N, (G, C), H, W), sg.tensor("w", (G, M), C, 3, 3)
    assert nn.Network(sg.conv2d(a, w, groups=G)).verify().verdict == "PROVED"


@pytest.mark.parametrize("padding", ["same", "valid", 2, (1, 0)])
def test_paddings_in_words_and_numbers_are_proved(padding):
    net = nn.sequential(sg.tensor("x", N, C, H, W), nn.conv2d(M, (3, 4), padding=padding))
    assert net.verify().verdict == "PROVED"


def test_names_do_not_clash_with_the_variables_own():
    a1, delta = sg.tensor("a1", N, I), sg.tensor("delta", O, I)
    net = nn.Network(sigma(sg.linear(a1, delta)))
    assert net.cotangent.name not in ("delta", "a1")
    assert net.verify().verdict == "PROVED"


def test_a_gradient_out_of_reach_does_not_count_as_proved():
    net = nn.sequential(sg.tensor("x", N, 3, H, W), nn.conv2d(C, 3), sigma)
    verdict = net.verify(operations=1)
    assert {layer.verdict.verdict for layer in verdict.layers} == {"PROVED"}
    assert verdict.verdict != "PROVED"


def test_a_loss_is_a_layer_too():
    x, w, y = sg.tensor("x", N, I), sg.tensor("w", O, I), sg.tensor("y", N, O)
    net = nn.Network(sg.half_squared_error(sigma(sg.linear(x, w)), y))
    assert net.verify().verdict == "PROVED"


def test_a_verdict_is_data():
    net = nn.sequential(sg.tensor("x", N, I), nn.linear(O), name="one layer")
    data = json.loads(net.verify().json())
    assert data["network"] == "one layer"
    assert data["verdict"] == "PROVED"
    assert data["layers"][1]["claim"] == "∂J/∂W1 = transpose(delta1) @ x"
    assert data["gradients"][1]["claim"] == "∂J/∂W1 = transpose(delta) @ x"


def test_biases_for_each_position_are_proved():
    x, w = sg.tensor("x", N, C, H), sg.tensor("w", M, C, 3)
    z = sg.conv1d(x, w, sg.tensor("b", M, H - 2))
    assert {g.wrt: g.verdict.verdict for g in nn.Network(z).verify().gradients}["b"] == "PROVED"


def test_a_verdict_on_a_network_is_no_truth_value_and_its_lines_keep_words_apart():
    M = sg.size("M")
    net = nn.Network(sg.mse_loss(sg.tensor("x", N, C) * 2, sg.tensor("y", M, C)))
    found = net.verify()
    with pytest.raises(TypeError, match="no truth value"):
        assert found
    assert "ILL-FORMED ∂J/∂x" in str(found)


# -- closed forms of one's own --------------------------------------------------------------------


@sg.operator
def scaled_by(x, v):
    return x * v


@pytest.fixture
def scaled():
    """How to say a closed form of `scaled_by`, and the network of it."""
    x, v = sg.tensor("x", N, C), sg.tensor("v", N, C)

    def say(**forms):
        sg.backward(scaled_by, **forms)
        return nn.Network(scaled_by(x, v))

    return say


def test_an_operand_to_which_nothing_goes_back_is_told(scaled):
    verdict = scaled(x=lambda delta, v: delta * v, v=None).verify()
    assert "layer 1, scaled_by: nothing goes back to v, as was said" in str(verdict)
    assert verdict.as_dict()["constants"] == [{"layer": "layer 1, scaled_by", "operand": "v"}]
    both = scaled(x=lambda delta, v: delta * v, v=lambda delta, x: delta * x).verify()
    assert "nothing goes back" not in str(both)
    assert both.constants == ()


def divided_by_zero(delta, v):
    return delta * (1 / 0)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (lambda delta, v: 3, "by x makes 3, which is no tensor"),
        (lambda delta, v: delta / 0, "by x: division by zero"),
        (divided_by_zero, "by x raises ZeroDivisionError: division by zero"),
        (lambda delta, w: delta * w, "by x wants w, which is not given"),
    ],
)
def test_a_closed_form_that_makes_no_tensor_is_named(scaled, form, words):
    with pytest.raises(sg.SymgradError, match=f"^the closed form of scaled_by {words}"):
        scaled(x=form).verify()


@pytest.mark.parametrize(
    ("forwards", "forms", "words"),
    [
        ((), {}, "backward needs an operator and its closed forms"),
        ((scaled_by,), {}, "backward needs an operator and its closed forms"),
        ((scaled_by,), {"q": None}, "scaled_by has no operand q; it takes x, v"),
        ((scaled_by,), {"x": 3}, "the closed form of scaled_by by x is 3, which is no function"),
        (("nosuch",), {"left": None}, "'nosuch' is none of Python's operators"),
        (("+",), {"x": None}, r"\+ has no operand x; it takes left, right"),
        ((divided_by_zero,), {"delta": None}, "divided_by_zero is no operator; write @symgrad.operator"),
    ],
)
def test_what_cannot_be_said_of_a_layer_is_refused(forwards, forms, words):
    with pytest.raises(sg.ArgumentError, match=words):
        sg.backward(*forwards, **forms)


def test_verdicts_and_networks_show_in_a_notebook_and_are_short_in_a_console():
    net = nn.sequential(sg.tensor("x", N, C), sigma, nn.linear(C), name="a<b")
    verdict = net.verify()
    assert len(repr(verdict)) < 120
    assert "PROVED" in repr(verdict)
    for shown, line in ((verdict._repr_html_(), "∂J/∂W1"), (net._repr_html_(), "linear(a1, W1, bias=b1)")):
        assert line in shown
        assert "a&lt;b" in shown
        assert "<b<" not in shown


# -- closed forms in words ------------------------------------------------------------------------


def claims(net):
    return {(part.layer, part.operand): part.claim for part in net.verify().layers}


def test_closed_forms_are_told_with_the_sizes_of_the_network_and_decided_for_all():
    x = sg.tensor("x", N, C, 2 * H, 2 * W)
    up = [nn.max_pool2d(2), nn.conv_transpose2d(M, 2, stride=2)]
    net = nn.sequential(x, nn.concat([nn.conv2d(M, 3, padding=1)], up))
    told = claims(net)
    assert told["layer 4, concat", "a1"] == "∂J/∂a1 = delta4[:, 0:M, :, :]"
    assert told["layer 4, concat", "a3"] == "∂J/∂a3 = delta4[:, M:2*M, :, :]"
    assert told["layer 1, conv2d", "x"].startswith("∂J/∂x = correlate(pad(delta1, ((1, 1), (1, 1)))")
    verdict = net.verify()
    part = next(part for part in verdict.layers if part.operand == "x")
    assert "K" in {size.name for size in part.verdict.scope.sizes}  # of a kernel of any size
    assert part.general == part.verdict.claim != part.claim
    assert part.as_dict()["claim"] == part.claim in str(verdict)
    assert part.general not in str(verdict)


def test_what_a_scope_speaks_of_is_told_beside_the_closed_form_as_it_is_used():
    net = nn.sequential(sg.tensor("x", N, 1, 4, 4), nn.conv2d(2, 3))
    verdict = net.verify()
    lines = [line.strip() for line in verdict.lines(full=True)]
    place = lines.index(f"PROVED    layer 1, conv2d: {verdict.layers[0].claim}")
    assert lines[place + 1] == f"in general {verdict.layers[0].general}"
    assert lines[place + 2] == f"for {verdict.layers[0].verdict.scope}"


def test_parts_in_index_notation_are_told_whole():
    depthwise = nn.sequential(sg.tensor("x", N, C, H, W), nn.depthwise_conv2d(1, 3, padding=1))
    told = claims(depthwise)["layer 1, conv2d", "x"]
    assert told.startswith("∂J/∂x[n, c, y, x] = correlate(pad(delta1, ")
    assert told.endswith(")[n, c, 0, y, x]")
    rows = nn.sequential(sg.tensor("x", N, M, C), nn.linear(O))
    told = claims(rows)["layer 1, linear", "W1"]
    assert told == "∂J/∂W1 = transpose(delta1.reshape((N, M), O)) @ x.reshape((N, M), C)"
