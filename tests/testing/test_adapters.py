"""Calling conventions: labels, losses, classes, contexts, names, and somebody's own."""

import numpy as np

from symgrad.testing import attributes, check_backward, loss, pair, torch_like


def test_labels_are_handed_over_and_not_differentiated():
    def forward(x, y):
        return x[np.arange(len(y)), y]

    def backward(dout, x, y):
        dx = np.zeros_like(x)
        dx[np.arange(len(y)), y] = dout
        return dx

    assert check_backward(forward, backward, {"x": (2, 3), "y": np.array([2, 0])}).passed


def test_a_loss_gives_its_gradient_with_it():
    def half_square(x, y):
        return np.sum((x - y) ** 2) / 2, x - y

    assert check_backward(half_square, half_square, {"x": "N", "y": "N"}, wrt=["x"], adapter=loss).passed


def test_a_class_is_given_once_and_its_parameters_may_be_assigned():
    class Scale:
        def __init__(self, factor=1):
            self.factor = factor

        def forward(self, x):
            self.x = x
            return self.factor * x * self.gain

        def backward(self, dout):
            self.grads = {"gain": (self.factor * dout * self.x).sum(axis=0)}
            return self.factor * dout * self.gain

    adapter = attributes(assigned={"g": "gain"}, gradients={"g": "grads.gain"})
    report = check_backward(Scale, None, {"x": "N D", "g": "D"}, options={"factor": (1, 3)}, adapter=adapter)
    assert report.passed, str(report)


def test_a_function_as_in_pytorch_has_a_context():
    class Square:
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, dout):
            (x,) = ctx.saved_tensors
            return 2 * x * dout

    assert check_backward(Square, Square, {"x": "N"}, adapter=torch_like).passed


def test_every_convention_can_be_somebodys_own():
    class Reversed:
        def forward(self, forward, arrays, options):
            return forward(arrays["w"], arrays["x"]), None

        def backward(self, backward, cotangent, saved, arrays, options, wrt):
            dw, dx = backward(arrays["w"], arrays["x"], cotangent)
            return {"x": dx, "w": dw}

    report = check_backward(
        lambda w, x: x @ w,
        lambda w, x, d: (x.T @ d, d @ w.T),
        {"x": "N I", "w": "I O"},
        adapter=Reversed(),
    )
    assert report.passed


def test_arrays_are_given_by_name_where_the_parameters_have_their_names():
    def backward(dout, w, x):
        return dout @ w.T, x.T @ dout

    assert check_backward(lambda x, w: x @ w, backward, {"x": "N I", "w": "I O"}, adapter=pair).passed
