"""A network for handwritten digits, forward and backward by emitted closed forms only."""

from __future__ import annotations

from typing import Any

import numpy as np

import symgrad as sg
from symgrad.catalogue import find, forward_of

N, C, M, H, W, K, L, Y, X = sg.sizes("N C M H W K L Y X")


def _rule(name: str) -> Any:
    (found,) = find([name])
    return sg.compiled(found)


class Digits:
    """conv 1→8 3×3, tanh, mean pool 2, conv 8→16 3×3, tanh, mean pool 2, dense → 10, half squared error."""

    def __init__(self, rng: Any) -> None:
        shapes = [(8, 1, 3, 3), (8,), (16, 8, 3, 3), (16,), (10, 64), (10,)]
        self.parameters = [rng.standard_normal(shape, np.float32) * np.float32(0.3) for shape in shapes]
        a, w, b = sg.tensor("a", N, C, H, W), sg.tensor("W", M, C, K, L), sg.tensor("b", M)
        self.conv = sg.compiled(sg.conv2d(a, w, b, padding=1))
        self.pool = sg.compiled(sg.avg_pool2d(sg.tensor("a", N, C, 2 * Y, 2 * X), 2))
        self.dense = sg.compiled(forward_of("linear"))
        self.conv_input, self.conv_weight, self.conv_bias = map(
            _rule, ("conv2d.input", "conv2d.weight", "conv2d.bias")
        )
        self.pool_input, self.activation = _rule("avg_pool2d.input"), _rule("activation.input")
        self.dense_input, self.dense_weight, self.dense_bias = map(
            _rule, ("linear.input", "linear.weight", "linear.bias")
        )
        self.error = _rule("half_squared_error.total")

    def step(self, images: Any, targets: Any, rate: float) -> None:
        """One step of gradient descent."""
        w1, b1, w2, b2, w3, b3 = self.parameters
        n = len(images)
        z1 = self.conv(images, w1, b1)
        p1 = self.pool(np.tanh(z1))
        z2 = self.conv(p1, w2, b2)
        p2 = self.pool(np.tanh(z2))
        flat = p2.reshape(n, -1)
        d3 = self.error(self.dense(flat, w3, b3), targets)
        d2 = self._below(self.dense_input(d3, w3).reshape(p2.shape), z2)
        d1 = self._below(self._through(d2, w2, p1.shape), z1)
        gradients = [
            *self._convolution(d1, images, w1),
            *self._convolution(d2, p1, w2),
            self.dense_weight(d3, flat),
            self.dense_bias(d3),
        ]
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter -= rate * gradient

    def _below(self, delta: Any, z: Any) -> Any:
        return self.activation(self.pool_input(delta, k_h=2, k_w=2), z, _tanh_prime)

    def _through(self, delta: Any, weight: Any, shape: Any) -> Any:
        return self.conv_input(delta, weight, H=shape[2], W=shape[3], p_h=1, p_w=1)

    def _convolution(self, delta: Any, below: Any, weight: Any) -> tuple[Any, Any]:
        size = weight.shape[2:]
        return self.conv_weight(delta, below, K=size[0], L=size[1], p_h=1, p_w=1), self.conv_bias(delta)


def _tanh_prime(z: Any) -> Any:
    return 1 - np.tanh(z) ** 2
