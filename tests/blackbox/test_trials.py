"""What a black box may be checked at: shapes by name, named sizes, arrays; and what is refused in words."""

import numpy as np
import pytest

import symgrad as sg
from symgrad.blackbox import check_against, check_exactly, from_callables
from symgrad.errors import ArgumentError, ShapeError, SymgradError
from symgrad.testing import cs231n


def product(x, w):
    return x @ w


def product_backward(dout, x, w):
    return dout @ w.T, x.T @ dout


def averaged(dout, x, w):
    return dout @ w.T, x.T @ dout / len(x)


def tanh_backward(dout, x):
    return dout * (1 - np.tanh(x) ** 2)


def with_cache(x, w):
    return x @ w, (x, w)


def from_cache(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout


def tanh(x):
    return np.tanh(x)


TANH = from_callables(tanh, tanh_backward, ["x"])
PRODUCT = from_callables(product, product_backward, ["x", "w"])
NAMED = {"x": "N I", "w": "I O"}


def test_named_sizes_are_drawn_and_a_mistake_that_one_sample_hides_is_found():
    report = check_exactly(PRODUCT, NAMED)
    assert report.passed
    assert report.checked == 12
    wrong = check_exactly(from_callables(product, averaged, ["x", "w"]), NAMED)
    assert [finding.what for finding in wrong.findings] == ["dw"]
    assert dict(wrong.findings[0].shapes)["x"][0] > 1


def test_shapes_that_the_code_refuses_are_left_out_where_nobody_asked_for_them():
    def even(x):
        if len(x) % 2:
            raise ValueError("an even length is needed")
        return x[::2] * x[1::2]

    def even_backward(dout, x):
        dx = np.zeros_like(x)
        dx[::2], dx[1::2] = dout * x[1::2], dout * x[::2]
        return dx

    report = check_exactly(from_callables(even, even_backward, ["x"]), {"x": "N"})
    assert report.passed
    assert any("it refuses others" in condition for condition in report.findings[0].conditions)
    asked = check_exactly(from_callables(even, even_backward, ["x"]), {"x": (3,)})
    assert [finding.kind for finding in asked.findings] == ["RAISED"]

    def never(x):
        raise ValueError("no")

    assert not check_exactly(from_callables(never, even_backward, ["x"]), {"x": "N"}).passed


def test_a_layer_is_compared_at_named_sizes_and_given_before_or_after_the_box():
    assert check_against("tanh", TANH, {"x": "N C"}).checked == 12
    assert check_against(TANH, "tanh", {"x": "N C"}).passed
    assert check_against(TANH, sg.tanh, {"x": (2, 3)}).passed
    wrong = from_callables(tanh, lambda dout, x: dout * (1 - np.tanh(x)), ["x"])
    assert not check_against(wrong, "tanh", {"x": "N C"}).passed
    with pytest.raises(SymgradError, match="not with another box"):
        check_against(TANH, TANH, {"x": (2,)})


def test_an_array_is_taken_as_it_is():
    def picked(x, rows):
        return x[rows.astype(int)]

    def picked_backward(dout, x, rows):
        dx = np.zeros_like(x)
        np.add.at(dx, rows.astype(int), dout)
        return dx

    def forgets(dout, x, rows):
        dx = np.zeros_like(x)
        dx[rows.astype(int)] = dout
        return dx

    at = {"x": (4, 2), "rows": np.array([1, 3, 1])}
    assert check_exactly(from_callables(picked, picked_backward, ["x", "rows"], wrt=["x"]), at).passed
    assert not check_exactly(from_callables(picked, forgets, ["x", "rows"], wrt=["x"]), at).passed


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (None, ShapeError, "no arguments are given to check product_backward at; expected .*'x'.*'w'"),
        ([], ShapeError, "no arguments are given"),
        ("N I", ShapeError, "expected the shape of each argument by name"),
        ([(3, 2), (2, 2)], ShapeError, r"the arguments are \(3, 2\)"),
        ({"x": (3, 2)}, ArgumentError, "takes x, w: no shape is given for w"),
        ({"x": (3, 2), "w": (2, 2), "b": (2,)}, ArgumentError, "names b: .* are x, w"),
        ({"x": (3.5, 2), "w": (2, 2)}, ShapeError, r"x is \(3.5, 2\)"),
        ({"x": (3, -2), "w": (2, 2)}, ShapeError, "not negative"),
    ],
)
@pytest.mark.parametrize("check", [check_exactly, lambda *given: check_against("linear", *given)])
def test_what_is_no_shape_is_refused_before_the_code_is_run(check, arguments, error, words):
    with pytest.raises(error, match=words):
        check(PRODUCT, arguments)


def test_what_is_no_box_is_refused_with_what_makes_one():
    for check in (check_exactly, lambda *given: check_against("linear", *given)):
        with pytest.raises(ArgumentError, match="product is no black box: make one with from_callables"):
            check(product, NAMED)


@pytest.mark.parametrize("adapter", ["cs231n", cs231n])
def test_the_adapter_of_a_box_is_given_or_named(adapter):
    assert check_exactly(from_callables(with_cache, from_cache, ["x", "w"], adapter=adapter), NAMED).passed
    with pytest.raises(ArgumentError, match="there is no adapter 'cs231'; there are pair"):
        from_callables(with_cache, from_cache, ["x", "w"], adapter="cs231")


@pytest.mark.parametrize("names", [["x", "w"], ["w", "x"], "w x", ("left", "right"), None])
def test_the_arguments_of_a_box_go_by_name_or_in_order_as_in_check_backward(names):
    box = from_callables(product, product_backward, names)
    shapes = dict(zip(box.arguments, [(3, 2), (2, 4)], strict=True))
    assert check_exactly(box, shapes).passed
    assert not check_exactly(from_callables(product, averaged, names), shapes).passed


def test_names_of_which_only_some_fit_are_said_or_refused():
    box = from_callables(product, product_backward, ["x", "v"])
    report = check_exactly(box, {"x": (3, 2), "v": (2, 4)})
    assert any("v stands for the parameter w" in condition for condition in report.findings[0].conditions)
    with pytest.raises(ArgumentError, match="name all of them so, or none"):
        from_callables(product, product_backward, ["w", "v"])


def test_a_class_is_a_box_and_what_has_no_such_argument_is_refused():
    class Square:
        def forward(self, x):
            self.x = x
            return x * x

        def backward(self, dout):
            return 2 * self.x * dout

    assert check_exactly(from_callables(Square, None, ["x"]), {"x": "N"}).passed
    with pytest.raises(ArgumentError, match="wrt names q: the arguments of product_backward are x, w"):
        from_callables(product, product_backward, ["x", "w"], wrt=["q"])
    with pytest.raises(ArgumentError, match="given names labels"):
        check_exactly(PRODUCT, NAMED, given={"labels": lambda rng, shape: rng.random(shape)})
    with pytest.raises(ArgumentError, match="does not say what it takes"):
        from_callables(lambda *arrays: arrays[0], product_backward)


def test_groups_that_do_not_divide_the_maps_are_said_so():
    box = from_callables(product, product_backward, ["x", "w"])
    with pytest.raises(
        ShapeError, match=r"groups=3 does not divide axis 1 of x, whose shape is \(1, 7, 4, 4\)"
    ):
        check_against("conv2d", box, {"x": (1, 7, 4, 4), "w": (6, 2, 3, 3)}, options={"groups": 3})


def test_group_normalization_is_a_layer_to_compare_with():
    def normalized(x, gamma, beta):
        apart = x.reshape(len(x), 2, -1)
        mean, variance = apart.mean(2, keepdims=True), apart.var(2, keepdims=True)
        return ((apart - mean) / np.sqrt(variance + 1e-5)).reshape(x.shape) * gamma[:, None] + beta[:, None]

    def backward(dout, x, gamma, beta):
        apart = x.reshape(len(x), 2, -1)
        root = 1 / np.sqrt(apart.var(2, keepdims=True) + 1e-5)
        hat = (apart - apart.mean(2, keepdims=True)) * root
        d = (dout * gamma[:, None]).reshape(apart.shape)
        dx = root * (d - d.mean(2, keepdims=True) - hat * (d * hat).mean(2, keepdims=True))
        return dx.reshape(x.shape), (dout * hat.reshape(x.shape)).sum((0, 2)), dout.sum((0, 2))

    def forgets(dout, x, gamma, beta):
        dx, dgamma, dbeta = backward(dout, x, gamma, beta)
        return dx * gamma[:, None], dgamma, dbeta

    at, options = {"x": (2, 4, 3), "gamma": (4,), "beta": (4,)}, {"num_groups": 2}
    for gradient, passes in ((backward, True), (forgets, False)):
        box = from_callables(normalized, gradient)
        assert check_against("group_norm", box, at, options=options).passed is passes
