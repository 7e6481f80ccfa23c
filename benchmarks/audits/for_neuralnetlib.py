"""What `symgrad audit` must be told of neuralnetlib 5.0.0, a package of layers written in NumPy.

    pip install neuralnetlib
    symgrad audit SITE/neuralnetlib/{activations,losses,layers}.py \
        --adapter benchmarks/audits/for_neuralnetlib.py

Activations and losses have a method `derivative`; those of losses take the labels first. A layer makes its
parameters at its first input, unless they are there.
"""

import numpy as np
from neuralnetlib import layers

from symgrad.testing import attributes


def given(make, **parameters):
    """A layer made by `make(arrays, options)`, with the arrays set as its parameters."""

    def made(arrays, options):
        layer = make(arrays, options)
        if "gamma" in arrays:
            layer.initialize_weights(arrays["x"].shape[-1:])
        for name, attribute in parameters.items():
            setattr(layer, attribute, arrays[name])
        return layer

    return attributes(
        make=made,
        gradients={name: f"d_{attribute}" for name, attribute in parameters.items()},
        methods=("forward_pass", "backward_pass"),
    )


def layer(make, x, options=None, **parameters):
    names = {"w": "weights", "b": "bias", "gamma": "gamma", "beta": "beta"}
    convention = given(make, **{name: names[name] for name in parameters})
    return {"arguments": {"x": x, **parameters}, "options": options or {}, "convention": convention}


def convolution(kind):
    def made(arrays, options):
        *kernel, _, maps = arrays["w"].shape
        return kind(maps, kernel[0] if len(kernel) == 1 else tuple(kernel), **options)

    return made


def transposed(arrays, options):
    *kernel, maps, _ = arrays["w"].shape
    return layers.Conv2DTranspose(maps, tuple(kernel), **options)


def pooling(kind):
    return lambda arrays, options: kind(options["pool_size"], options["strides"], options["padding"])


def plain(kind):
    return lambda arrays, options: kind()


def loss(labels, predictions="N C"):
    arguments = {"y_true": labels, "y_pred": predictions}
    said = {"arguments": arguments, "wrt": ["y_pred"], "convention": "derivative"}
    return said | ({} if isinstance(labels, str) else {"domain": {"y_pred": (0, 1)}})  # probabilities


def one_hot(sizes):
    return np.eye(sizes["C"])[np.arange(sizes["N"]) % sizes["C"]]


def zeros_and_ones(sizes):
    return np.indices((sizes["N"], sizes["C"])).sum(axis=0) % 2.0


def words(sizes):
    """Some of them twice, and never 0, which stands for no word."""
    return 1 + np.arange(2 * sizes["V"]) % (sizes["V"] - 1)


def classes(sizes):
    return np.arange(sizes["N"]) % sizes["C"]


def windows_fit(case):
    """Where the input is smaller than the window, there is no pooling without padding."""
    sizes = [case.sizes[name] for name in ("H", "W", "L") if name in case.sizes]
    return case.options["padding"] == "same" or case.options["pool_size"] <= min(sizes)


STEPS = {"strides": [1, 2, 3], "padding": ["valid", "same"]}
POOLS = {"pool_size": [1, 2, 3]} | STEPS

ADAPTER = {
    **{name: {"skip": True} for name in ("Input", "TextVectorization", "LSTMCell", "GRUCell")},
    "MeanSquaredError": loss("N C"),
    "MeanAbsoluteError": loss("N C"),
    "Huber": loss("N C"),
    "Wasserstein": loss("N C"),
    "BinaryCrossentropy": loss(zeros_and_ones),
    "FocalLoss": loss(zeros_and_ones),
    "BinaryFocalLossPerLabel": loss(zeros_and_ones),
    "MultiLabelBCELoss": loss(zeros_and_ones),
    "AsymmetricLoss": loss(zeros_and_ones),
    "CategoricalCrossentropy": loss(one_hot),
    "SparseCategoricalCrossentropy": loss(classes),
    "KullbackLeiblerDivergence": {
        "arguments": {"mu": "N D", "log_var": "N D"},
        "convention": "derivative",
    },
    "Embedding": {
        "arguments": {"x": words, "w": "V D"},
        "convention": given(lambda arrays, options: layers.Embedding(*arrays["w"].shape), w="weights"),
        "fits": lambda case: case.sizes["V"] > 1,
    },
    "Dropout": layer(lambda arrays, options: layers.Dropout(random_state=0), "N D"),
    "Dense": layer(lambda arrays, options: layers.Dense(arrays["w"].shape[1]), "N I", w="I O", b="1 O"),
    "Conv1D": layer(convolution(layers.Conv1D), "N L C", STEPS, w="K C M", b="1 M"),
    "Conv2D": layer(convolution(layers.Conv2D), "N H W C", STEPS, w="K L C M", b="1 M"),
    "Conv2DTranspose": layer(transposed, "N H W C", STEPS, w="K L M C", b="1 1 1 M"),
    "MaxPooling1D": layer(pooling(layers.MaxPooling1D), "N L C", POOLS) | {"fits": windows_fit},
    "MaxPooling2D": layer(pooling(layers.MaxPooling2D), "N H W C", POOLS) | {"fits": windows_fit},
    "AveragePooling1D": layer(pooling(layers.AveragePooling1D), "N L C", POOLS) | {"fits": windows_fit},
    "AveragePooling2D": layer(pooling(layers.AveragePooling2D), "N H W C", POOLS) | {"fits": windows_fit},
    "GlobalAveragePooling1D": layer(plain(layers.GlobalAveragePooling1D), "N L C"),
    "GlobalAveragePooling2D": layer(plain(layers.GlobalAveragePooling2D), "N H W C"),
    "BatchNormalization": layer(plain(layers.BatchNormalization), "N D", gamma="D", beta="D"),
    "LayerNormalization": layer(plain(layers.LayerNormalization), "N D", gamma="D", beta="D"),
    "Attention": layer(plain(layers.Attention), "N L D"),
    "Flatten": layer(plain(layers.Flatten), "N H W C"),
    "Permute": layer(lambda arrays, options: layers.Permute((2, 1)), "N L D"),
    "UpSampling2D": layer(
        lambda arrays, options: layers.UpSampling2D(options["size"], options["interpolation"]),
        "N H W C",
        {"size": [1, 2], "interpolation": ["nearest", "bilinear"]},
    ),
}
