"""Every layer of the catalogue that a network may use has closed forms, which are proved as it uses them."""

import pytest

import symgrad as sg
from symgrad import catalogue
from symgrad import network as nn
from symgrad.layers.statistics import deviation

N, C, G, H, W, T, A, D, E, S = sg.sizes("N C G H W T A D E S")
rows, maps = sg.tensor("z", N, C), sg.tensor("z", N, C, H, W)
grouped, y = sg.tensor("z", N, (G, C), H, W), sg.tensor("y", N, C)
gamma, beta, eps = sg.tensor("gamma", C), sg.tensor("beta", C), sg.tensor("eps")
mean, var = sg.tensor("mean", C), sg.tensor("var", C)
query, key, value = sg.tensor("q", N, A, T, D), sg.tensor("k", N, A, S, D), sg.tensor("v", N, A, S, E)

USES = {
    **{f.name: f(rows) for f in (sg.tanh, sg.sigmoid, sg.softplus, sg.exp, sg.normal_cdf)},
    **{f.__name__: f(rows) for f in (sg.relu, sg.relu6, sg.leaky_relu, sg.elu, sg.silu, sg.gelu)},
    "leaky_relu with a slope": sg.leaky_relu(rows, sg.tensor("slope")),
    "elu with alpha": sg.elu(maps, sg.tensor("alpha")),
    "gelu by tanh": sg.gelu(rows, "tanh"),
    "hardsigmoid": sg.hardsigmoid(rows),
    "hardswish": sg.hardswish(maps),
    "softmax": sg.softmax(rows),
    "softmax of maps": sg.softmax(maps, dim=1),
    "log_softmax": sg.log_softmax(rows),
    "log_softmax of maps": sg.log_softmax(maps, 1),
    "logsumexp": sg.logsumexp(rows, 1),
    "logsumexp with its axis": sg.logsumexp(maps, 1, keepdim=True),
    "batch_norm": sg.batch_norm(maps, weight=gamma, bias=beta, training=True),
    "batch_norm of rows": sg.batch_norm(rows, weight=gamma, bias=beta, training=True, eps=eps),
    "batch_norm without scale": sg.batch_norm(maps, training=True, eps=eps),
    "batch_norm in use": sg.batch_norm(maps, mean, var, gamma, beta, eps=eps),
    "batch_norm in use without scale": sg.batch_norm(rows, mean, var),
    "layer_norm": sg.layer_norm(rows, [C], gamma, beta),
    "layer_norm of tokens": sg.layer_norm(sg.tensor("z", N, T, C), [C], gamma, beta, eps),
    "layer_norm over maps": sg.layer_norm(maps, [C, H, W], sg.tensor("g", C, H, W), sg.tensor("b", C, H, W)),
    "layer_norm without scale": sg.layer_norm(rows, [C]),
    "rms_norm": sg.rms_norm(rows, [C], gamma, eps),
    "rms_norm over maps": sg.rms_norm(maps, [H, W]),
    "group_norm": sg.group_norm(grouped, G, sg.tensor("g", (G, C)), sg.tensor("b", (G, C)), eps),
    "group_norm without scale": sg.group_norm(grouped, G),
    "attention": sg.scaled_dot_product_attention(query, key, value),
    "attention with a mask": sg.scaled_dot_product_attention(query, key, value, sg.tensor("mask", T, S)),
    "attention to itself": sg.scaled_dot_product_attention(query, query, query),
    "split_heads": sg.split_heads(sg.tensor("z", N, T, (A, D))),
    "merge_heads": sg.merge_heads(query),
    "mse_loss": sg.mse_loss(rows, y),
    "mse_loss summed": sg.mse_loss(rows, y, "sum"),
    "half_squared_error": sg.half_squared_error(rows, y),
    "cross_entropy": sg.cross_entropy(rows, y),
    "cross_entropy at pixels": sg.cross_entropy(maps, sg.tensor("y", N, C, H, W), reduction="sum"),
    "nll_loss": sg.nll_loss(rows, y),
    "binary_cross_entropy": sg.binary_cross_entropy(rows, y),
    "binary_cross_entropy_with_logits": sg.binary_cross_entropy_with_logits(rows, y, reduction="sum"),
    "dropout": sg.dropout(rows, sg.tensor("mask", N, C), 0.5),
    "matrix product": rows @ sg.tensor("w", C, D),
    "matrix products of samples": key @ sg.tensor("w", N, A, D, E),
    "matrix product shared by samples": key @ sg.tensor("w", D, E),
    "matrix with a vector": rows @ gamma,
    "vector with matrices": gamma @ sg.tensor("w", N, C, D),
    "matrix product with its transpose": rows @ rows.T,
    "sum": maps.sum(),
    "sum over axes": maps.sum((0, -1)),
    "sum that keeps its axis": maps.sum(1, keepdims=True),
    "quotient": rows / sg.tensor("gamma", 1, C),
    "reciprocal and power": 2 / rows**3,
    "slice": maps[:, 1:, :, :-1],
    "slice of a size": sg.tensor("z", N, 2 * C)[:, C:],
    "slice with a step": sg.tensor("z", N, 2 * C + 1)[:, 1::2],
    "slice with steps": sg.tensor("z", N, 7, 8)[:, ::3, 1:6:2],
    "entry of an axis": sg.tensor("z", N, 4, C)[:, -1],
    "entry of a compound axis": grouped[:, (0, 0), None, :, 0],
    "new axis": rows[:, None, :] + rows[:, :, None],
}
CONSTANT = {"mask", "slope", "alpha", "eps", "mean", "var"}


@pytest.mark.parametrize("name", USES)
def test_closed_forms_are_proved_for_every_operand(name):
    net = nn.Network(USES[name], name)
    verdict = net.verify()
    assert verdict.verdict == "PROVED", verdict
    wanted = {variable.name for variable in net.variables} - CONSTANT
    assert {gradient.wrt for gradient in verdict.gradients} == wanted


@pytest.mark.parametrize("layer", catalogue.layers(), ids=lambda layer: layer.name)
def test_every_layer_of_the_catalogue_has_closed_forms(layer):
    net = nn.Network(layer.example())
    constant = {"epsilon", "mask", "p", "k", "alpha"}
    assert set(net.gradients()) >= {variable.name for variable in net.variables} - constant


def test_gated_maps_are_proved_for_every_number_of_them():
    x, w = sg.tensor("x", N, D), sg.tensor("w", 2 * C, D)
    both = sg.linear(x, w)
    verdict = nn.Network(both[:, :C] * sg.sigmoid(both[:, C:])).verify()
    assert {gradient.wrt: gradient.verdict.verdict for gradient in verdict.gradients} == {
        "x": "PROVED",
        "w": "PROVED",
    }
    assert "for every N, D, C ≥ 1" in str(verdict.gradients[0].verdict)


def test_a_mistake_in_a_normalization_is_refuted_and_named():
    @sg.operator
    def biased_norm(input: sg.Tensor) -> sg.Tensor:
        """Layer normalization."""
        return sg.layer_norm(input, input.axes[-1:])

    # as if the variance did not depend on the input
    sg.backward(biased_norm, input=lambda delta, input: delta / deviation(input, (1,), 1e-5))
    verdict = nn.sequential(sg.tensor("x", N, C), nn.linear(D), biased_norm, sg.relu).verify()
    assert verdict.verdict == "REFUTED"
    assert verdict.wrong_layers() == ["layer 2, biased_norm"]
    assert {g.wrt: g.verdict.verdict for g in verdict.gradients}["x"] == "REFUTED"
