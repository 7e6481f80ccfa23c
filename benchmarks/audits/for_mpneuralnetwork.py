"""What `symgrad audit` must be told of mpneuralnetwork 1.1.1, a package of layers written in NumPy.

    pip install mpneuralnetwork
    symgrad audit SITE/mpneuralnetwork --adapter benchmarks/audits/for_mpneuralnetwork.py

A layer there is built for the shape of its input; its parameters and their gradients are attributes.
"""

import numpy as np
from mpneuralnetwork import activations
from mpneuralnetwork.layers import layer1d, layer2d

from symgrad.testing import attributes


def built(make, **parameters):
    """A layer made by `make(arrays, options)`, built for the shape of its input, with the arrays set."""

    def made(arrays, options):
        layer = make(arrays, options)
        x = next(iter(arrays.values()))
        if hasattr(layer, "build"):
            layer.build(x.shape[1:])
        for name, attribute in parameters.items():
            setattr(layer, attribute, arrays[name])
        return layer

    return attributes(
        make=made, gradients={n: f"{attribute}_gradient" for n, attribute in parameters.items()}
    )


def dense(arrays, options):
    return layer1d.Dense(output_size=arrays["w"].shape[1])


def dropout(arrays, options):
    np.random.seed(len(arrays["x"]))  # the same mask in every run
    return layer1d.Dropout()


def convolution(arrays, options):
    maps, _, side, _ = arrays["w"].shape
    return layer2d.Convolutional(maps, side, padding=options["padding"], stride=options["stride"])


def activation(name):
    make = getattr(activations, name)
    return {"arguments": {"x": "N D"}, "convention": built(lambda arrays, options: make())}


def pooling(make):
    return {
        "arguments": {"x": "N C H W"},
        "options": {"pool_size": [1, 2, 3], "strides": [1, 2, 3]},
        "convention": built(lambda arrays, options: make(options["pool_size"], options["strides"])),
    }


def normalisation(make, x, per_feature):
    return {
        "arguments": {"x": x, "gamma": per_feature, "beta": per_feature},
        "convention": built(lambda arrays, options: make(), gamma="gamma", beta="beta"),
    }


ADAPTER = {
    "Activation": {"skip": True},  # what the others are made of
    **{name: activation(name) for name in ("Tanh", "Sigmoid", "ReLU", "PReLU", "Swish", "Softmax")},
    "Dense": {
        "arguments": {"x": "N I", "w": "I O", "b": "1 O"},
        "convention": built(dense, w="weights", b="biases"),
    },
    "Dropout": {"arguments": {"x": "N D"}, "convention": built(dropout)},
    "BatchNormalization": normalisation(layer1d.BatchNormalization, "N D", "1 D"),
    "BatchNormalization2D": normalisation(layer2d.BatchNormalization2D, "N C H W", "1 C 1 1"),
    "Convolutional": {
        "arguments": {"x": "N C H W", "w": "M C K K", "b": "M"},
        "options": {"padding": [0, 1, 2], "stride": [1, 2, 3]},
        "convention": built(convolution, w="kernels", b="biases"),
        "layer": "conv2d",
    },
    "Flatten": {
        "arguments": {"x": "N C H W"},
        "convention": built(lambda arrays, options: layer2d.Flatten()),
    },
    "MaxPooling2D": pooling(layer2d.MaxPooling2D),
    "AveragePooling2D": pooling(layer2d.AveragePooling2D),
}
