"""Black boxes compared with layers: exactly for polynomials, else to within rounding."""

import numpy as np
import pytest
from blackbox.boxes import correlation, correlation_gradients, greatest, greatest_gradient

import symgrad as sg
from symgrad.blackbox import check_against, from_callables
from symgrad.errors import SymgradError


def channels(input, weight):
    """The correlation of one axis of `boxes`, which has no samples."""
    return sg.conv1d(input, weight)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def logistic_gradient(dout, x):
    return dout * logistic(x) * (1 - logistic(x))


def softmax(x):
    shifted = np.exp(x - x.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)


def softmax_gradient(dout, x):
    s = softmax(x)
    return s * (dout - (dout * s).sum(-1, keepdims=True))


def softmax_layer(x):
    e = sg.exp(x)
    return sg.build(x.axes, lambda n, j: e[n, j] / sg.total([x.axes[1][0]], lambda k: e[n, k]))


ELEMENTWISE = {
    "tanh": (np.tanh, lambda dout, x: dout * (1 - np.tanh(x) ** 2)),
    "sigmoid": (logistic, logistic_gradient),
    "exp": (np.exp, lambda dout, x: dout * np.exp(x)),
    "sin": (np.sin, lambda dout, x: dout * np.cos(x)),
}


def test_a_right_convolution_agrees_exactly():
    function = from_callables(correlation, correlation_gradients, ["x", "w"])
    report = check_against(channels, function, [{"x": (1, 1), "w": (1, 1, 1)}, {"x": (2, 5), "w": (3, 2, 2)}])
    assert (
        str(report) == "PASSED  correlation_gradients, at 2 shapes\n  provided   every entry agrees exactly"
    )


def test_a_forward_that_is_another_layer_is_told_from_a_wrong_gradient():
    # right by its own forward, which is a true convolution and not a correlation
    function = from_callables(
        lambda x, w: correlation(x, w[:, :, ::-1]),
        lambda dout, x, w: (
            correlation_gradients(dout, x, w[:, :, ::-1])[0],
            correlation_gradients(dout, x, w)[1][:, :, ::-1],
        ),
        ["x", "w"],
    )
    findings = check_against(channels, function, {"x": (1, 3), "w": (1, 1, 2)}).findings
    assert findings[0].kind == "WRONG FORWARD"
    only_gradient = from_callables(
        correlation, lambda dout, x, w: tuple(2 * g for g in correlation_gradients(dout, x, w)), ["x", "w"]
    )
    kinds = [f.kind for f in check_against(channels, only_gradient, {"x": (1, 3), "w": (1, 1, 2)}).findings]
    assert kinds == ["WRONG GRADIENT", "WRONG GRADIENT"]


def test_an_output_of_another_shape_is_a_finding():
    function = from_callables(correlation, correlation_gradients, ["x", "w"])
    (finding,) = check_against(
        lambda x, w: sg.conv1d(x, w, padding=1), function, {"x": (1, 3), "w": (1, 1, 2)}
    ).findings
    assert (finding.kind, finding.what) == ("WRONG SHAPE", "out")


def test_a_maximum_is_compared_exactly():
    function = from_callables(
        lambda x: greatest(x[0])[None], lambda dout, x: greatest_gradient(dout[0], x[0])[None], ["x"]
    )
    report = check_against("max_pool1d", function, {"x": (1, 8)}, options={"kernel_size": 3, "stride": 1})
    assert report.passed
    assert report.findings[0].conditions == ("every entry agrees exactly",)


def called(name):
    """The language knows some of them; of sin it is told nothing but the derivatives of the table."""
    return getattr(sg, name, None) or sg.function(name)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_right_functions_pass_in_both_precisions(name, dtype):
    forward, backward = ELEMENTWISE[name]
    function = from_callables(forward, backward, ["x"], dtype=dtype)
    assert check_against(called(name), function, {"x": (3, 4)}).passed


@pytest.mark.parametrize("off", [1e-12, 1e-9, 1e-6, 2e-3])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_scale_that_is_off_by_more_than_rounding_is_found(name, off):
    forward, backward = ELEMENTWISE[name]
    function = from_callables(forward, lambda dout, x: (1 + off) * backward(dout, x), ["x"])
    (finding,) = check_against(called(name), function, {"x": (3, 4)}).findings
    assert finding.kind == "WRONG GRADIENT"


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_softmax_is_compared_though_it_is_computed_in_another_way(dtype):
    function = from_callables(softmax, softmax_gradient, ["x"], dtype=dtype)
    assert check_against(softmax_layer, function, {"x": (2, 5)}).passed
    wrong = from_callables(softmax, lambda dout, x: softmax_gradient(dout, x) + 1e-4, ["x"], dtype=dtype)
    assert not check_against(softmax_layer, wrong, {"x": (2, 5)}).passed


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_inputs_near_a_million_are_judged_by_what_rounding_explains_there(dtype):
    def square(x):
        return x * x

    function = from_callables(square, lambda dout, x: 2 * x * dout, ["x"], dtype=dtype)
    assert check_against(lambda x: x**2, function, {"x": (3, 3)}, near=1_000_000).passed
    wrong = from_callables(square, lambda dout, x: 2.001 * x * dout, ["x"], dtype=dtype)
    assert not check_against(lambda x: x**2, wrong, {"x": (3, 3)}, near=1_000_000).passed


def test_a_function_of_ones_own_is_given_with_its_derivatives():
    import mpmath

    softplus = (lambda t: mpmath.log(1 + mpmath.exp(t)), lambda t: 1 / (1 + mpmath.exp(-t)))
    function = from_callables(lambda x: np.log1p(np.exp(x)), lambda dout, x: dout * logistic(x), ["x"])
    assert check_against(sg.function("f"), function, {"x": (5,)}, functions={"f": softplus}).passed


def test_a_layer_that_does_not_exist_is_named_with_the_nearest():
    function = from_callables(correlation, correlation_gradients, ["x", "w"])
    with pytest.raises(SymgradError, match="did you mean conv2d"):
        check_against("conv2", function, {"x": (1, 1)})
