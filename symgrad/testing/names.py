"""What people call the arguments of their layers, and what each name says that it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

INPUT = {
    "x",
    "X",
    "z",
    "Z",
    "a",
    "A",
    "inp",
    "input",
    "inputs",
    "input_",
    "data",
    "A_prev",
    "a_prev",
    "inp_",
    "h",
}
WEIGHT = {"w", "W", "weight", "weights", "theta", "kernel", "kernels", "filters", "filter", "F", "K", "k"}
BIAS = {"b", "B", "bias", "biases"}
ALIKE = {"q", "v", "Q", "V", "query", "key", "value", "queries", "keys", "values", "other", "x1", "x2"}
"""Operands that may have the shape of the input."""
SCALE, SHIFT = {"gamma", "scale", "g"}, {"beta", "shift"}
PER_FEATURE = {"gamma", "beta", "scale", "shift"}
INTO = {"in_features", "n_in", "input_size", "input_dim", "in_dim", "n_inputs", "in_size", "num_inputs"}
INTO |= {"in_channels", "input_channels", "in_ch", "in_units", "fan_in", "nin", "d_in", "n_input", "inputs"}
INTO |= {"input_features", "n_in_channels", "in_c", "c_in", "dim_in", "input_units", "in_planes"}
OUT_OF = {"out_features", "n_out", "output_size", "output_dim", "out_dim", "n_outputs", "out_size", "units"}
OUT_OF |= {"out_channels", "output_channels", "out_ch", "n_neurons", "n_units", "fan_out", "nout", "d_out"}
OUT_OF |= {"filters", "num_filters", "n_filters", "num_outputs", "n_output", "outputs", "num_units"}
OUT_OF |= {"output_features", "out_c", "c_out", "dim_out", "output_units", "out_planes", "neurons"}
"""Sizes that a constructor takes: of the features or maps that come in, and of those that go out."""
FEATURES = {"num_features", "n_features", "features", "normalized_shape", "dim", "size", "n", "d", "D"}
FEATURES |= {"channels", "num_channels", "n_channels", "hidden_size", "d_model", "C", "embed_dim"}
"""What the constructor of a normalization takes: how many features there are."""
SIDE = {"kernel_size", "filter_size", "kernel_shape", "kernel", "ksize", "k", "f", "size", "kernel_dim"}
"""What the constructor of a convolution takes: the side of its kernel."""
OUTPUT = {"a", "A", "s", "y", "out", "output", "activated", "sigmoid_output"}
PREDICTION = {"pred", "preds", "prediction", "predictions", "predicted", "y_pred", "ypred", "y_hat", "yhat"}
PREDICTION |= {"logits", "logit", "scores", "output", "outputs", "out", "probs", "prob", "probabilities"}
PREDICTION |= {"y_predicted", "pred_y", "predict", "a", "p", "x", "z", "q", "estimate", "hypothesis"}
TARGET = {"target", "targets", "y_true", "ytrue", "true", "truth", "actual", "expected", "ground_truth", "gt"}
TARGET |= {"label", "labels", "y", "t", "y_target", "true_y", "y_actual", "desired", "real", "classes"}
"""The two arguments of a loss, in lower case."""
LOSS = re.compile(
    r"loss|mse|mae|rmse|error|cross_?entropy|xent|nll|bce|hinge|huber|cost|kl_?div|log_?cosh|objective|(^|_)ce($|_)",
    re.IGNORECASE,
)
"""What a loss is called."""
RATE = {"lr", "learning_rate", "learningrate", "eta", "rate", "step_size", "alpha"}
"""What a backward takes that updates the parameters itself."""
FLAGS = {"training", "train", "is_training", "train_flg", "is_train", "istraining", "train_mode"}
"""What a forward is told that behaves otherwise when it is not training."""
LEFT_OUTPUT, LEFT_GRADIENT = {"output", "outputs"}, {"dinputs", "dinput", "input_grad", "grad_input"}
"""Attributes in which methods that return nothing leave the output, and the gradient of the input."""
METHODS = (
    (
        "forward",
        "forward_pass",
        "forward_propagation",
        "feedforward",
        "fprop",
        "loss",
        "compute",
        "__call__",
        "fn",
    ),
    ("backward", "backward_pass", "backward_propagation", "backprop", "backpropagate", "bprop"),
    ("derivative", "gradient", "grad", "deriv", "prime"),
)
"""What the methods of a class are called: its forward, its backward, or the derivative of an activation."""

LEARNT = re.compile(
    r"_*(w|b|weights?|bias(es)?|kernels?|filters?|gamma|beta|theta)_?\w{0,2}_*", re.IGNORECASE
)
"""What a parameter is called that has a gradient: `W1`, `b`, `weights_`, unlike `running_mean`."""


def argument_role(name: str) -> str:
    """What an array of that name is: the name by which a layer of symgrad takes it, or the name itself.

    >>> argument_role("weights"), argument_role("bias"), argument_role("gamma"), argument_role("hidden")
    ('w', 'b', 'gamma', 'hidden')
    """
    roles = (("w", WEIGHT), ("b", BIAS), ("gamma", SCALE), ("beta", SHIFT))
    return next((role for role, names in roles if name in names), name)


def prediction_of(names: Sequence[str]) -> str | None:
    """Which of the two arguments of a loss is what the network says, if their names tell.

    >>> prediction_of(["y_true", "y_pred"]), prediction_of(["y", "t"]), prediction_of(["x", "y"])
    ('y_pred', 'y', 'x')
    >>> prediction_of(["one", "another"])
    """
    first, second = (name.lower() for name in names)
    if second in TARGET - {"y"}:
        return names[0]
    if first in TARGET - {"y"} or (first == "y" and second in PREDICTION):
        return names[1]
    return names[0] if second == "y" or first in PREDICTION else None


def methods_of(made: object) -> tuple[str, str]:
    """What the forward and the backward of a class or an object are called.

    >>> class Layer:
    ...     def forward_pass(self, x): ...
    ...     def backprop(self, dout): ...
    >>> methods_of(Layer)
    ('forward_pass', 'backprop')
    """
    forward, backward = (
        next((n for n in names if callable(getattr(made, n, None))), names[0]) for names in METHODS[:2]
    )
    return forward, backward


def gradient_of(name: str) -> re.Pattern[str]:
    """What the gradient of a parameter of that name is called: `dw`, `grad_w`, `w_gradient`.

    >>> [bool(gradient_of("W").fullmatch(name)) for name in ("dW", "grad_w", "dJ_dW", "W_old")]
    [True, True, True, False]
    """
    own = re.escape(name)
    forms = rf"_*(d[A-Z]?_?d?_?{own}|(grad|gradient|delta)s?_?{own}|{own}_?(grad|gradient|delta)s?)"
    return re.compile(forms, re.IGNORECASE)
