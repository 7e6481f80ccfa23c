"""What `symgrad audit` must be told of numpy-ml 0.1.2, a package of layers written in NumPy.

    pip install --no-deps numpy-ml
    symgrad audit SITE/numpy_ml/neural_nets/layers --adapter benchmarks/audits/for_numpy_ml.py

It was written for Python before 3.10; the one name that its import misses is put back here. A layer takes
its sizes from the first input; parameters and gradients lie in dictionaries.
"""

import collections
import collections.abc

import numpy as np

from symgrad.testing import attributes

collections.Hashable = collections.abc.Hashable

from numpy_ml.neural_nets.layers import layers as ml  # noqa: E402


def given(make, sizes=None, **parameters):
    """A layer made by `make(arrays, options)`, with the arrays put where it keeps its parameters."""

    def made(arrays, options):
        layer = make(arrays, options)
        for attribute, size in (sizes or {}).items():
            setattr(layer, attribute, size(arrays))
        if parameters:
            layer._init_params(*([arrays["x"].shape] if isinstance(layer, ml.LayerNorm2D) else []))
            layer.parameters.update({key: arrays[name] for name, key in parameters.items()})
        return layer

    return attributes(make=made, gradients={name: f"gradients.{key}" for name, key in parameters.items()})


class Several:
    """Layers that take a list of arrays, or three, and give back as many gradients."""

    def __init__(self, make, listed):
        self.make, self.listed = make, listed

    def forward(self, forward, arrays, options):
        layer = self.make()
        inputs = list(arrays.values())
        return layer.forward(inputs) if self.listed else layer.forward(*inputs), layer

    def backward(self, backward, cotangent, layer, arrays, options, wrt):
        return dict(zip(arrays, layer.backward(cotangent), strict=True))


def convolution(arrays, options):
    *kernel, _, maps = arrays["w"].shape
    make, side = (ml.Conv1D, kernel[0]) if len(kernel) == 1 else (ml.Conv2D, tuple(kernel))
    return make(maps, side, **options)


def transposed(arrays, options):
    *kernel, _, maps = arrays["w"].shape
    return ml.Deconv2D(maps, tuple(kernel), **options)


def pooling(arrays, options):
    side = options["side"]
    return ml.Pool2D((side, side), options["stride"], options["pad"], options["mode"])


def windows_fit(case):
    """No window is larger than the padded input, nor does any lie in the padding alone."""
    side, pad = case.options["side"], case.options["pad"]
    return 2 * pad <= side <= min(case.sizes["H"], case.sizes["W"]) + 2 * pad


def normalisation(make, x, per_feature, size):
    convention = given(lambda arrays, options: make(), size, gamma="scaler", beta="intercept")
    return {"arguments": {"x": x, "gamma": per_feature, "beta": per_feature}, "convention": convention}


def words(sizes):
    """Two words for each sample, which for the first are the same."""
    number = np.arange(sizes["V"])
    return np.stack([number, number // 2], axis=1)


def embedding(arrays, options):
    vocabulary, width = arrays["w"].shape
    return ml.Embedding(width, vocabulary, pool=options["pool"])


CHANNELS = {"in_ch": lambda arrays: arrays["x"].shape[-1]}
FEATURES = {"n_in": lambda arrays: arrays["x"].shape[-1]}
WB = {"w": "W", "b": "b"}

ADAPTER = {
    "FullyConnected": {
        "arguments": {"x": "N I", "w": "I O", "b": "1 O"},
        "convention": given(lambda arrays, o: ml.FullyConnected(arrays["w"].shape[1]), FEATURES, **WB),
    },
    "SparseEvolution": {
        "arguments": {"x": "N I", "w": "I O", "b": "1 O"},
        "convention": given(
            lambda arrays, o: ml.SparseEvolution(arrays["w"].shape[1], epsilon=0.25), FEATURES, **WB
        ),
    },
    "Softmax": {"arguments": {"x": "N C"}, "convention": given(lambda arrays, o: ml.Softmax())},
    "Add": {"arguments": {"x": "N D", "y": "N D"}, "convention": Several(ml.Add, listed=True)},
    "Multiply": {
        "arguments": {"x": "N D", "y": "N D", "z": "N D"},
        "convention": Several(ml.Multiply, listed=True),
    },
    "DotProductAttention": {
        "arguments": {"q": "N L D", "k": "N S D", "v": "N S E"},
        "convention": Several(ml.DotProductAttention, listed=False),
    },
    "Flatten": {"arguments": {"x": "N H W C"}, "convention": given(lambda arrays, o: ml.Flatten())},
    "BatchNorm1D": normalisation(ml.BatchNorm1D, "N D", "D", FEATURES),
    "BatchNorm2D": normalisation(ml.BatchNorm2D, "N H W C", "C", CHANNELS),
    "LayerNorm1D": normalisation(ml.LayerNorm1D, "N D", "D", FEATURES),
    "LayerNorm2D": normalisation(ml.LayerNorm2D, "N H W C", "H W C", CHANNELS),
    "Embedding": {
        "arguments": {"x": words, "w": "V D"},
        "options": {"pool": [None, "sum", "mean"]},
        "convention": given(embedding, w="W"),
    },
    "Conv1D": {
        "arguments": {"x": "N L C", "w": "K C M", "b": "1 1 M"},
        "options": {"stride": [1, 2, 3], "pad": [0, 1, 2], "dilation": [0, 1]},
        "convention": given(convolution, CHANNELS, **WB),
    },
    "Conv2D": {
        "arguments": {"x": "N H W C", "w": "K L C M", "b": "1 1 1 M"},
        "options": {"stride": [1, 2, 3], "pad": [0, 1, 2], "dilation": [0, 1]},
        "convention": given(convolution, CHANNELS, **WB),
    },
    "Deconv2D": {
        "arguments": {"x": "N H W C", "w": "K L C M", "b": "1 1 1 M"},
        "options": {"stride": [1, 2], "pad": [0, 1]},
        "convention": given(transposed, CHANNELS, **WB),
    },
    "Pool2D": {
        "arguments": {"x": "N H W C"},
        "options": {"side": [1, 2, 3], "stride": [1, 2], "pad": [0, 1], "mode": ["average", "max"]},
        "fits": windows_fit,
        "convention": given(pooling),
    },
    **{name: {"skip": True} for name in ("RBM", "RNNCell", "LSTMCell", "RNN", "LSTM")},
}
