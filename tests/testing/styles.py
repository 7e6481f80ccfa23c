"""How each example is checked: what it claims to be, in which layout, by which calling convention."""

import importlib.util
import sys
from pathlib import Path

import numpy as np

from symgrad.testing import attributes, check_backward, check_layer, cs231n, loss, torch_like

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def load(path):
    """A module from a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def labels(sizes):
    return np.arange(sizes["N"]) % sizes["C"]


def rows(forward, backward, **options):
    def check(m, shapes):
        return check_backward(
            getattr(m, forward), getattr(m, backward), {"z": "N D"}, shapes=shapes, **options
        )

    return check


CONV = {"stride": (1, 2, 3), "pad": (0, 1, 2)}

CHECKS = {
    "conv_loops": (
        "conv_loops.py",
        lambda m, shapes: check_layer(
            "conv2d", m.conv_forward, m.conv_backward, adapter=cs231n, options=CONV, shapes=shapes
        ),
    ),
    "conv_im2col": (
        "conv_im2col.py",
        lambda m, shapes: check_layer(
            "conv2d", m.conv_forward, m.conv_backward, adapter=cs231n, shapes=shapes
        ),
    ),
    "conv_strided": (
        "conv_strided.py",
        lambda m, shapes: check_layer("conv2d", m.forward, m.backward, shapes=shapes),
    ),
    "conv_nhwc": (
        "conv_nhwc.py",
        lambda m, shapes: check_layer(
            "conv2d", m.conv_forward, m.conv_backward, layout="NHWC", kernel_layout="HWIO", shapes=shapes
        ),
    ),
    "conv_scipy": (
        "conv_scipy.py",
        lambda m, shapes: check_backward(
            m.Convolutional,
            None,
            [
                {"x": (c, h, w), "k": (o, c, kh, kw), "b": (o, h - kh + 1, w - kw + 1)}
                for c, h, w, o, kh, kw in SCIPY[:shapes]
            ],
            adapter=attributes(
                parameters=("k", "b"), gradients={"k": "kernels_gradient", "b": "biases_gradient"}
            ),
        ),
    ),
    "conv1d_class": (
        "conv1d_class.py",
        lambda m, shapes: check_layer(
            "conv1d",
            m.Conv1D,
            adapter=attributes(parameters=("w", "b"), gradients={"w": "dLdW", "b": "dLdb"}),
            shapes=shapes,
        ),
    ),
    "max_pool_loops": (
        "max_pool_loops.py",
        lambda m, shapes: check_layer(
            "max_pool2d", m.max_pool_forward, m.max_pool_backward, adapter=cs231n, shapes=shapes
        ),
    ),
    "max_pool_mask": (
        "max_pool_mask.py",
        lambda m, shapes: check_layer("max_pool2d", m.MaxPool, shapes=shapes),
    ),
    "avg_pool": (
        "avg_pool.py",
        lambda m, shapes: check_layer("avg_pool2d", m.avg_pool_forward, m.avg_pool_backward, shapes=shapes),
    ),
    "dense": (
        "dense.py",
        lambda m, shapes: check_layer(
            "linear",
            m.Dense,
            kernel_layout="IO",
            adapter=attributes(parameters=("w", "b"), gradients={"w": "dweights", "b": "dbias"}),
            shapes=shapes,
        ),
    ),
    "relu": ("activations.py", rows("relu", "relu_backward")),
    "relu6": (
        "activations.py",
        lambda m, shapes: check_backward(m.relu6, m.relu6_backward, {"z": "N D"}, shapes=shapes),
    ),
    "leaky_relu": ("activations.py", rows("leaky_relu", "leaky_relu_backward")),
    "sigmoid": ("activations.py", rows("sigmoid", "sigmoid_backward")),
    "tanh": ("activations.py", rows("tanh", "tanh_backward")),
    "softplus": ("activations.py", rows("softplus", "softplus_backward")),
    "swish": ("activations.py", rows("swish", "swish_backward")),
    "softmax": (
        "softmax.py",
        lambda m, shapes: check_layer("softmax", m.softmax, m.softmax_backward, shapes=shapes),
    ),
    "softmax_loss": (
        "softmax.py",
        lambda m, shapes: check_layer(
            "cross_entropy", m.softmax_loss, m.softmax_loss, adapter=loss, shapes=shapes
        ),
    ),
    "batch_norm": (
        "batch_norm.py",
        lambda m, shapes: check_layer(
            "batch_norm", m.batchnorm_forward, m.batchnorm_backward, adapter=cs231n, shapes=shapes
        ),
    ),
    "layer_norm": (
        "batch_norm.py",
        lambda m, shapes: check_layer(
            "layer_norm", m.layernorm_forward, m.layernorm_backward, adapter=cs231n, shapes=shapes
        ),
    ),
    "conv_transpose": (
        "conv_transpose.py",
        lambda m, shapes: check_layer(
            "conv_transpose2d",
            m.ConvTranspose2d.forward,
            m.ConvTranspose2d.backward,
            adapter=torch_like,
            kernel_layout="IOHW",
            options={"stride": (1, 2)},
            shapes=shapes,
        ),
    ),
}

SCIPY = [
    (c, h, w, o, kh, kw)
    for h in (3, 4, 5)
    for kh in (2, 3, 1)
    for kw in (2, 1)
    for o in (3, 1)
    for c in (2, 1)
    for w in (2, 3, 4)
]


def check(name, path=None, shapes=40):
    """The report on an example, or on a variant of it in another file."""
    file, run = CHECKS[name]
    return run(load(path or EXAMPLES / file), shapes)
