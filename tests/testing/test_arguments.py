"""Which argument is which: by name where the names are those of parameters, else in order."""

import numpy as np
import pytest

from symgrad.errors import ArgumentError, ShapeError
from symgrad.testing import check_backward, check_layer


def product(x, w):
    return x @ w


def product_backward(dout, x, w):
    return dout @ w.T, x.T @ dout


@pytest.mark.parametrize("names", [("x", "w"), ("w", "x")])
def test_arrays_go_by_name_where_the_names_are_those_of_parameters(names):
    shapes = {"x": "N I", "w": "I O"}
    assert check_backward(product, product_backward, {name: shapes[name] for name in names}).passed
    wrong = check_backward(product, lambda d, x, w: (d @ w.T, 2 * x.T @ d), {n: shapes[n] for n in names})
    assert [f.what for f in wrong.findings if not f.passed] == ["dw"]


def test_arrays_go_in_order_where_the_names_are_others():
    assert check_backward(product, product_backward, {"left": "N I", "right": "I O"}).passed


def test_names_of_which_only_some_fit_are_refused():
    with pytest.raises(ArgumentError, match="name all of them so, or none"):
        check_backward(product, product_backward, {"w": "I O", "left": "N I"})


def test_what_is_not_given_is_not_blamed_on_the_code():
    with pytest.raises(ArgumentError, match="takes w too"):
        check_backward(product, product_backward, {"x": "N I"})
    with pytest.raises(ShapeError, match="names with shapes"):
        check_backward(product, product_backward, None)


def test_an_adapter_may_be_said_by_its_name():
    def forward(x):
        return x**2, x

    def backward(dout, cache):
        return (2 * cache * dout,)

    assert check_backward(forward, backward, {"x": "N"}, adapter="cs231n").passed
    with pytest.raises(ArgumentError, match="there are pair, cs231n"):
        check_backward(forward, backward, {"x": "N"}, adapter="cs321n")


def test_a_loss_and_its_gradient_may_be_two_functions_of_the_same():
    def loss(x, y):
        return np.sum((x - y) ** 2)

    def gradient(x, y):
        return 2 * (x - y)

    shapes = {"x": "N C", "y": "N C"}
    assert check_backward(loss, gradient, shapes, adapter="loss", wrt=["x"]).passed
    halved = check_backward(loss, lambda x, y: x - y, shapes, adapter="loss", wrt=["x"])
    assert not halved.passed
    with pytest.raises(ArgumentError, match="adapter=loss"):
        check_backward(loss, gradient, shapes)


def test_names_that_fit_in_part_are_said_in_the_report_whether_it_passes_or_not():
    said = "v stands for the parameter w, by its place, as no parameter is called v"
    right = check_backward(product, product_backward, {"x": "N I", "v": "I O"})
    wrong = check_backward(product, lambda d, x, w: (d @ w.T, 2 * x.T @ d), {"x": "N I", "v": "I O"})
    assert right.passed
    assert said in str(right)
    assert not wrong.passed
    assert said in str(wrong)


@pytest.mark.parametrize("where", ["wrt", "average", "domain"])
def test_an_argument_that_is_not_there_is_refused_with_those_that_are(where):
    wrong = {"q": (0, 1)} if where == "domain" else ["q"]
    with pytest.raises(ArgumentError, match=f"{where} names q: the arguments of product_backward are x, w"):
        check_backward(product, product_backward, {"x": "N I", "w": "I O"}, **{where: wrong})


def test_what_is_handed_over_as_an_array_has_no_gradient():
    with pytest.raises(ArgumentError, match="wrt names w, which is handed over as an array"):
        check_backward(product, product_backward, {"x": (2, 3), "w": np.ones((3, 2))}, wrt=["w"])


@pytest.mark.parametrize("wrt", ["w", ["w"], "x w", ("x", "w")])
def test_some_gradients_are_asked_for_of_a_backward_that_gives_all(wrt):
    shapes = {"x": "N I", "w": "I O"}
    assert check_backward(product, product_backward, shapes, wrt=wrt).passed
    wrong = check_backward(product, lambda d, x, w: (d @ w.T, 2 * x.T @ d), shapes, wrt=wrt)
    assert "dw" in [finding.what for finding in wrong.findings if not finding.passed]


def test_more_gradients_than_arguments_are_a_finding():
    report = check_backward(product, lambda d, x, w: (d @ w.T, x.T @ d, d.sum(0)), {"x": "N I", "w": "I O"})
    assert not report.passed
    assert "gives 3 gradients, where dx, dw are expected" in str(report)
    with_none = check_backward(product, lambda d, x, w: (d @ w.T, x.T @ d, None), {"x": "N I", "w": "I O"})
    assert with_none.passed


class Rectified:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


def test_an_object_with_both_methods_is_checked_as_its_class_is():
    for code in (Rectified, Rectified()):
        assert check_backward(code, None, {"x": "N"}).passed
    assert check_layer("relu", Rectified).passed


def test_a_class_that_is_made_of_other_things_is_not_understood_and_it_is_said_how_to_tell():
    class Dense(Rectified):
        def __init__(self, into, out):
            raise AssertionError("it is not called with what it is not made of")

    report = check_backward(Dense, None, {"x": "N I"})
    assert [finding.kind for finding in report.findings] == ["NOT UNDERSTOOD"]
    assert "Dense is made of into, out: say" in report.findings[0].message
    assert str(report).startswith("UNDECIDED")


def test_parameters_that_go_by_name_only_are_given_so():
    def scaled(x, *, w):
        return x * w

    assert check_backward(scaled, lambda dout, *, x, w: (dout * w, dout * x), {"x": "N", "w": "N"}).passed
    wrong = check_backward(scaled, lambda dout, x, *, w: (dout * w, dout * w), {"x": "N", "w": "N"})
    assert [finding.what for finding in wrong.findings if not finding.passed] == ["dw"]


def test_a_loss_with_its_gradient_is_given_once():
    def loss(x, y):
        return np.sum((x - y) ** 2), 2 * (x - y)

    shapes = {"x": "N", "y": "N"}
    assert check_backward(loss, None, shapes, wrt="x", adapter="loss").passed
    with pytest.raises(TypeError, match="adapter='loss' a loss that gives its gradient too"):
        check_backward(loss, None, shapes)


@pytest.mark.parametrize("shape", ["H+1", "2*H", ("N", "H-1"), "N,H/2"])
def test_what_is_no_size_is_refused(shape):
    with pytest.raises(ShapeError, match="is no size: these are names as H, multiples as 2H, numbers"):
        check_backward(product, product_backward, {"x": shape, "w": "I O"})


def test_options_and_shapes_that_a_layer_does_not_have_are_refused():
    def convolved(x, w, stride=1):
        return x

    with pytest.raises(ArgumentError, match=r"strid, which is no option of conv2d.*x, w, stride"):
        check_layer("conv2d", convolved, lambda dout, x, w: dout, options={"strid": 1})
    with pytest.raises(ArgumentError, match="shapes names input: the arguments of linear are x, w, b"):
        check_layer("linear", product, product_backward, shapes=[{"input": (2, 3), "w": (4, 3)}])
    with pytest.raises(ShapeError, match="expected their names with shapes"):
        check_layer("linear", product, product_backward, shapes=[(2, 3)])
    alone = {"x": (2, 3), "w": (4, 3)}
    assert check_layer("linear", lambda x, w: x @ w.T, lambda d, x, w: (d @ w, d.T @ x), shapes=alone).passed
