"""Networks as lists of layers: parameters get shapes and names by themselves."""

import numpy as np
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


X = sg.tensor("x", N, 1, 4, 4)
BLOCK = nn.residual(nn.conv2d(1, 3), shortcut=[sigma])


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (
            lambda: nn.sequential(X, sigma, nn.conv2d(2, 5)),
            r"step 2, conv2d\(2, 5\), given shape \(N, 1, 4, 4\)",
        ),
        (lambda: nn.sequential(X, BLOCK), r"step 1, residual\(conv2d\(1, 3\), shortcut=\[σ\]\), given"),
        (
            lambda: nn.sequential(X, nn.residual(nn.conv2d(1, 5, padding=0))),
            r": step 1, conv2d\(1, 5, padding=0\)",
        ),
        (lambda: nn.sequential(sg.tensor("x", N), nn.conv2d(2, 5)), "samples of maps"),
        (lambda: nn.sequential(sg.tensor("x", N), nn.batch_norm()), "samples of maps"),
        (
            lambda: nn.sequential(X, nn.conv2d(2, 1, groups=2)),
            "groups=2 does not divide the number of maps of the input, 1",
        ),
        (
            lambda: nn.sequential(nn.linear(3), nn.linear(2)),
            r"takes its input first.*the first is linear\(3\)",
        ),
        (lambda: nn.sequential(X, nn.batch_norm), r"step 1, batch_norm: call it"),
        (lambda: nn.sequential(X, nn.linear), r"step 1, linear: call it"),
        (lambda: nn.sequential(X, "relu"), "step 1, relu: a step is a layer"),
        (lambda: nn.sequential(X, lambda x: x.shape), "which is no tensor"),
        (lambda: nn.sequential(X, nn.relu(inplace=True)), r"step 1, relu\(inplace=True\).*changed in place"),
    ],
)
def test_a_step_that_does_not_fit_is_named(made, words):
    with pytest.raises(sg.SymgradError, match=words):
        made()


def test_the_kind_of_error_is_kept():
    with pytest.raises(sg.SizeError):
        nn.sequential(X, nn.conv2d(2, 5))
    with pytest.raises(sg.ShapeError):
        nn.sequential(X, nn.linear(2), sg.softmax, nn.step(sg.softmax, 7))


PLAIN = "relu relu6 leaky_relu elu hardsigmoid hardswish sigmoid tanh softplus silu gelu softmax log_softmax"


@pytest.mark.parametrize("name", [*PLAIN.split(), "flatten", "global_avg_pool"])
def test_a_layer_without_parameters_is_a_step_bare_or_called(name):
    layer, forward = getattr(nn, name), getattr(sg, name)
    assert nn.sequential(X, layer).z is forward(X)
    assert nn.sequential(X, layer()).z is forward(X)
    assert layer(X) is forward(X)


def test_activations_take_their_options():
    net = nn.sequential(
        X, nn.leaky_relu(0.3), nn.gelu(approximate="tanh"), nn.softplus(beta=2), nn.softmax(1)
    )
    inner = sg.gelu(sg.leaky_relu(X, 0.3), "tanh")
    assert net.z is sg.softmax(sg.softplus(inner, beta=2), 1)
    assert nn.sequential(X, nn.relu, nn.elu(0.5)).verify().verdict == "PROVED"


def test_groups_have_their_maps_apart():
    x = sg.tensor("x", N, (2, C), H, W)
    net = nn.sequential(x, nn.conv2d(M, 2, groups=2), nn.conv_transpose2d(3, 2, groups=2))
    assert {name: shape[:2] for name, shape in shapes(net).items()} == {
        "x": (N, (2, C)),
        "W1": ((2, M), C),
        "b1": ((2, M),),
        "W2": ((2, M), 3),
        "b2": ((2, 3),),
    }
    assert net.verify().verdict == "PROVED"


def test_a_network_prints_its_layers_with_shapes_and_parameters():
    net = nn.sequential(X, nn.conv2d(2, 3, stride=2), nn.relu, nn.residual(sigma), name="small")
    assert str(net).splitlines() == [
        "small of x (N, 1, 4, 4)",
        "  1  conv2d(x, W1, bias=b1, stride=2)  (N, 2, 1, 1)  W1 (2, 1, 3, 3), b1 (2,)",
        "  2  relu(a1)                          (N, 2, 1, 1)",
        "  3  σ(a2)                             (N, 2, 1, 1)",
        "  4  a2 + a3                           (N, 2, 1, 1)",
    ]
    assert repr(net) == "<network small of 4 layers>"


def test_a_tensor_that_is_read_twice_is_told_once():
    x, w = sg.tensor("x", N, C), sg.tensor("w", C, C)
    assert str(nn.Network(x * x)) == "network of x (N, C)\n  1  x * x  (N, C)"
    assert str(nn.Network(sg.linear(sg.linear(x, w), w))).splitlines()[1:] == [
        "  1  linear(x, w)   (N, C)  w (C, C)",
        "  2  linear(a1, w)  (N, C)",
    ]


@pytest.mark.parametrize(
    "shape", [None, 8, [8], (8,)], ids=["the last axis", "a number", "a list", "a tuple"]
)
def test_layer_norm_takes_the_shape_that_is_normalized(shape):
    x = sg.tensor("x", N, 8)
    net = nn.sequential(x, nn.layer_norm(shape) if shape else nn.layer_norm())
    shapes = {variable.name: variable.shape for variable in net.variables}
    assert shapes == {"x": x.shape, "gamma1": (8,), "beta1": (8,)}
    assert net.verify().verdict == "PROVED"


@pytest.mark.parametrize("shape", [7, [N, 9], 2])
def test_a_normalized_shape_that_the_input_does_not_end_in_is_refused(shape):
    for norm in (nn.layer_norm, nn.rms_norm):
        with pytest.raises(sg.ShapeError, match="normalized shape"):
            nn.sequential(sg.tensor("x", N, 8), norm(shape))


@pytest.mark.parametrize(
    ("make", "arguments"), [(nn.linear, (784, 128)), (nn.conv2d, (8, 3, 2)), (nn.conv2d, (3, 4, 5))]
)
def test_what_is_no_bias_is_not_taken_for_one(make, arguments):
    with pytest.raises(
        sg.ArgumentError, match=r"too many positional arguments; it is (linear|conv2d)\(.*bias"
    ):
        make(*arguments)


def test_windows_take_their_stride_second():
    x = sg.tensor("x", N, 1, 7, 7)
    assert repr(nn.sequential(x, nn.max_pool2d(3, 2)).z) == repr(sg.max_pool2d(x, 3, stride=2))


def test_the_number_of_groups_may_be_said_where_the_maps_are_in_groups():
    x = sg.tensor("x", N, (3, C), H, W)
    assert nn.sequential(x, nn.group_norm(3)).z is nn.sequential(x, nn.group_norm()).z
    assert nn.sequential(x, nn.group_norm(3), nn.conv2d(M, 1, groups=3)).z.shape == (N, (3, M), H, W)


@pytest.mark.parametrize(
    ("maps", "words"),
    [
        (7, "groups=3 does not divide the number of maps of the input, 7"),
        (6, r"write the axis of 6 maps as the pair \(3, 2\)"),
        (C, r"write the axis of C maps as the pair \(3, C\)"),
        ((2, C), r"the maps \(2, C\) are in 2 groups"),
    ],
)
def test_maps_that_are_not_in_the_groups_are_refused_in_words(maps, words):
    x = sg.tensor("x", N, maps, 4, 4)
    for step in (nn.group_norm(3), nn.conv2d(6, 3, groups=3)):
        with pytest.raises(sg.SymgradError, match=words):
            nn.sequential(x, step)


# -- what is no step ------------------------------------------------------------------------------


def of_another_library(x):
    raise TypeError("input must be an array")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nn.conv2d(6, 3.0), r"^conv2d\(6, 3\.0\): expected a size"),
        (
            lambda: nn.linear(5, bias="yes"),
            r"^linear\(5, bias='yes'\): bias is 'yes'; expected True",
        ),
        (lambda: nn.conv2d(5, 3, bias=1), r"bias is 1; expected True or False"),
        (
            lambda: nn.sequential(sg.tensor("x", N, C), nn.relu, of_another_library),
            r"^step 2, of_another_library, given a tensor of shape \(N, C\), raises TypeError: input must",
        ),
        (lambda: nn.concat(nn.relu, [nn.tanh]), r"branch 1 is relu; expected a list of steps"),
        (lambda: nn.layer(sg.linear, 5), "layer takes shapes by argument, .* not 5"),
        (
            lambda: nn.sequential(nn.sequential(sg.tensor("x", N), nn.relu)),
            "the first is network of x",
        ),
        (lambda: sg.emit(nn.sequential(sg.tensor("x", N), nn.relu)), "give its z, or one of its gradients"),
        (lambda: nn.Network(3), "a network is given by its output, a tensor, not by 3"),
    ],
)
def test_a_step_that_cannot_be_is_named(make, words):
    with pytest.raises(sg.SymgradError, match=words):
        make()


def test_shapes_of_parameters_may_be_given_as_they_are():
    x = sg.tensor("x", N, C)
    net = nn.sequential(x, nn.layer(sg.linear, {"weight": (M, C), "bias": (M,)}))
    assert repr(net.z) == repr(nn.sequential(x, nn.linear(M)).z)


def test_a_network_of_a_network_is_the_same():
    net = nn.sequential(sg.tensor("x", N, C), nn.linear(M), name="one")
    assert nn.Network(net).z is net.z
    assert (nn.Network(net).name, nn.Network(net, "two").name) == ("one", "two")


def test_tensors_to_join_are_given_together():
    a, b = sg.tensor("a", N, C), sg.tensor("b", N, C)
    with pytest.raises(sg.ArgumentError, match=r"concat\(\(a, b\), dim=1\)"):
        sg.concat(a, b)


@pytest.mark.parametrize("p", [-0.1, 1.5])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(sg.SizeError, match="expected a probability, from 0 to 1"):
        nn.sequential(sg.tensor("x", N, C), nn.dropout(p))


def test_where_everything_is_dropped_zeros_are_left_and_nothing_goes_back():
    net = nn.sequential(sg.tensor("x", 2, 3), nn.dropout(1.0))
    arrays = {"x": np.ones((2, 3)), "mask1": np.zeros((2, 3)), "delta": np.ones((2, 3))}
    assert not sg.evaluate(net.z, arrays).any()
    assert not sg.evaluate(net.gradients()["x"], arrays).any()
    assert net.verify().verdict == "PROVED"
