"""Layers in NumPy, right and wrong, as black boxes for the tests."""

import numpy as np

from symgrad.blackbox import from_callables


def correlation(x, w):
    """Valid correlation of one axis, summed over channels: x (C, H), w (M, C, K)."""
    maps, _, kernel = w.shape
    out = np.zeros((maps, x.shape[1] - kernel + 1), x.dtype)
    for u in range(kernel):
        out += w[:, :, u] @ x[:, u : u + out.shape[1]]
    return out


def correlation_gradients(dout, x, w):
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for u in range(w.shape[2]):
        dx[:, u : u + dout.shape[1]] += w[:, :, u].T @ dout
        dw[:, :, u] = dout @ x[:, u : u + dout.shape[1]].T
    return dx, dw


def unturned(dout, x, w):
    """As if the kernel need not be turned."""
    return correlation_gradients(dout, x, w[:, :, ::-1])[0], correlation_gradients(dout, x, w)[1]


def windows(x, size=3):
    return np.lib.stride_tricks.sliding_window_view(x, size)


def average(x):
    return windows(x).mean(-1)


def average_gradient(dout, x):
    return np.convolve(dout, np.ones(3) / 3, "full")


def greatest(x):
    return windows(x).max(-1)


def greatest_gradient(dout, x):
    dx = np.zeros_like(x)
    np.add.at(dx, np.arange(dout.size) + windows(x).argmax(-1), dout)
    return dx


def relu(x):
    return np.maximum(x, 0)


def relu_gradient(dout, x):
    return dout * (x > 0)


def relu6(x):
    return np.clip(x, 0, 6)


def relu6_gradient(dout, x):
    return dout * ((x > 0) & (x < 6))


def cube(x):
    return x**3 - 2 * x


def cube_gradient(dout, x):
    return dout * (3 * x**2 - 2)


SHAPES = {"x": (2, 5), "w": (3, 2, 2)}
RIGHT = {
    "correlation": (correlation, correlation_gradients, SHAPES),
    "average": (average, average_gradient, {"x": (7,)}),
    "greatest": (greatest, greatest_gradient, {"x": (7,)}),
    "relu": (relu, relu_gradient, {"x": (2, 3)}),
    "relu6": (relu6, relu6_gradient, {"x": (4, 3)}),
    "cube": (cube, cube_gradient, {"x": (3,)}),
}


def box(name, change=None, **options):
    """A right layer, or with its gradients changed."""
    forward, backward, shapes = RIGHT[name]
    wrong = backward if change is None else lambda *given: change(backward(*given))
    return from_callables(forward, wrong, list(shapes), name=name, **options), shapes
