"""Forwards beside the layers that they claim to be."""

import numpy as np
import pytest

from symgrad.errors import ShapeError
from symgrad.testing import check_layer


def relu6(x):
    return np.minimum(np.maximum(x, 0), 6)


def leaky_relu(x, slope=0.01):
    return np.where(x > 0, x, slope * x)


def elu(x):
    return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)


def silu(x):
    return x / (1 + np.exp(-x))


def log_softmax(x):
    return x - np.log(np.sum(np.exp(x), axis=1, keepdims=True))


def mse_loss(x, y):
    return np.mean((x - y) ** 2)


def batch_norm2d(x, gamma, beta, eps=1e-5):
    mean, var = x.mean(axis=(0, 2, 3), keepdims=True), x.var(axis=(0, 2, 3), keepdims=True)
    return gamma.reshape(1, -1, 1, 1) * (x - mean) / np.sqrt(var + eps) + beta.reshape(1, -1, 1, 1)


@pytest.mark.parametrize(
    ("layer", "right", "wrong"),
    [
        ("relu6", relu6, lambda x: np.maximum(x, 0)),
        ("leaky_relu", leaky_relu, lambda x: leaky_relu(x, 0.1)),
        ("elu", elu, lambda x: 2 * elu(x)),
        ("silu", silu, lambda x: 1 / (1 + np.exp(-x))),
        ("softplus", lambda x: np.log1p(np.exp(x)), lambda x: np.log(np.exp(x))),
        ("log_softmax", log_softmax, lambda x: log_softmax(x.T).T),
        ("mse_loss", mse_loss, lambda x, y: np.sum((x - y) ** 2)),
        (
            "cross_entropy",
            lambda x, y: -np.mean(log_softmax(x)[np.arange(len(y)), y]),
            lambda x, y: -np.sum(log_softmax(x)[np.arange(len(y)), y]),
        ),
        ("batch_norm2d", batch_norm2d, lambda x, gamma, beta: batch_norm2d(x, gamma, beta, 1e-3)),
    ],
)
def test_a_forward_is_the_layer_it_claims_to_be_or_it_is_not(layer, right, wrong):
    """Whatever the backward is: here one of zeros, which is not asked about."""

    def backward(dout, *arrays, **options):
        return tuple(np.zeros_like(array) for array in arrays if array.dtype != int)

    for forward, passed in ((right, True), (wrong, False)):
        shapes = {"x": (2, 2, 2, 1), "gamma": (2,), "beta": (2,)}  # the larger ones take long
        report = check_layer(layer, forward, backward, shapes=[shapes] if layer == "batch_norm2d" else 6)
        kinds = {finding.kind for finding in report.findings}
        assert ("WRONG FORWARD" not in kinds) is passed, str(report)
        assert ("out" in {finding.what for finding in report.findings if finding.passed}) is passed


@pytest.mark.parametrize(("name", "dims"), [("avg_pool1d", 1), ("max_pool3d", 3)])
def test_the_layers_of_one_and_three_dimensions_are_known_too(name, dims):
    def forward(x):
        take = np.mean if name.startswith("avg") else np.max
        for axis in range(2, 2 + dims):
            parts = np.split(x, x.shape[axis] // 2, axis=axis)
            x = np.concatenate([take(part, axis=axis, keepdims=True) for part in parts], axis=axis)
        return x

    shapes = [{"x": (1, 2, *(4,) * dims)}, {"x": (2, 1, *(2,) * dims)}]
    assert check_layer(name, forward, options={}, shapes=shapes).passed
    assert not check_layer(name, lambda x: 2 * forward(x), options={}, shapes=shapes).passed


def test_shapes_that_do_not_fit_the_layer_are_refused():
    with pytest.raises(ShapeError, match="do not fit"):
        check_layer("linear", lambda x, w: x @ w.T, shapes=[{"x": (2, 3), "w": (4, 5)}])


def test_a_smaller_shape_fits_the_layer_too():
    def forward(x, gamma, beta):  # broadcasts one channel to two
        return batch_norm2d(x, gamma, beta, 1e-3)

    shapes = {"x": (2, 2, 1, 1), "gamma": (2,), "beta": (2,)}
    report = check_layer("batch_norm2d", forward, lambda dout, *arrays, **o: arrays, shapes=[shapes])
    sizes = {f.what: dict(f.shapes) for f in report.findings}["out"]
    assert sizes == {"x": (2, 1, 1, 1), "gamma": (1,), "beta": (1,)}
