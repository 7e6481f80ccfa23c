"""Networks as lists of layers: parameters get shapes and names by themselves."""

import pytest

import symgrad as sg
from symgrad import network as nn

N, C, H, W, M = sg.sizes("N C H W M")
sigma = sg.function("σ")


def shapes(net):
    return {variable.name: variable.shape for variable in net.variables}


def test_parameters_are_numbered_by_layer_and_fit_their_input():
    x = sg.tensor("x", N, C, H, W)
    net = nn.sequential(x, nn.conv2d(M, (3, 2)), sigma, sg.flatten, nn.linear(10, bias=False))
    assert shapes(net) == {
        "x": (N, C, H, W),
        "W1": (M, C, 3, 2),
        "b1": (M,),
        "W2": (10, (M, H - 2, W - 1)),
    }


def test_a_transposed_convolution_has_its_maps_the_other_way_round():
    net = nn.sequential(sg.tensor("x", N, C, H, W), nn.conv_transpose2d(M, 3, stride=2))
    assert shapes(net)["W1"] == (C, M, 3, 3)
    assert net.z.shape == (N, M, 2 * H + 1, 2 * W + 1)


def test_branches_are_added_and_joined():
    x = sg.tensor("x", N, C, H, W)
    w, v = sg.tensor("W1", C, C, 1, 1), sg.tensor("W2", M, C, 1, 1)
    added = nn.sequential(x, nn.residual(nn.conv2d(C, 1, bias=False)))
    assert added.z is x + sg.conv2d(x, w)
    branches = [nn.conv2d(C, 1, bias=False)], [nn.conv2d(M, 1, bias=False)], [sigma]
    joined = nn.sequential(x, nn.concat(*branches))
    assert joined.z is sg.concat([sg.conv2d(x, w), sg.conv2d(x, v), sigma(x)], 1)


def test_shortcuts_and_branches_number_their_parameters_on():
    x = sg.tensor("x", N, C, H, W)
    block = nn.residual(nn.conv2d(M, 3, padding=1, bias=False), shortcut=[nn.conv2d(M, 1, bias=False)])
    net = nn.sequential(x, block, nn.conv2d(1, 1, bias=False))
    assert {name: shape[:2] for name, shape in shapes(net).items()} == {
        "x": (N, C),
        "W1": (M, C),
        "W2": (M, C),
        "W3": (1, M),
    }


def test_dropout_has_a_mask_of_the_shape_of_its_input():
    net = nn.sequential(sg.tensor("x", N, C), nn.dropout(0.25))
    assert shapes(net)["mask1"] == (N, C)
    assert set(net.gradients()) == {"x"}
    assert net.verify().verdict == "PROVED"


def test_any_function_of_a_tensor_is_a_step():
    net = nn.sequential(sg.tensor("x", N, C, H), nn.step(sg.max_pool1d, 3, stride=2), sg.global_avg_pool)
    assert net.z.shape == (N, C)
    assert net.verify().verdict == "PROVED"


def test_layers_that_do_not_fit_are_refused():
    with pytest.raises(sg.SymgradError):
        nn.sequential(sg.tensor("x", N, 1, 4, 4), nn.conv2d(2, 5))


@pytest.mark.parametrize("dims", [1, 3])
def test_convolutions_of_other_dimensions(dims):
    x = sg.tensor("x", N, C, *sg.sizes("P Q R")[:dims])
    net = nn.sequential(x, getattr(nn, f"conv{dims}d")(M, 2, stride=2))
    assert net.verify().verdict == "PROVED"
