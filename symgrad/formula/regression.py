"""An output layer with its weights, `z = X W + b`, and the loss of what it gives: `dW = 1/m Xᵀ (A - Y)`."""

from __future__ import annotations

from symgrad.formula.activations import Activation
from symgrad.formula.things import Thing, Wanted, World
from symgrad.language.algebra import matmul, transpose
from symgrad.language.functions import sigmoid
from symgrad.language.hypothesis import sums_to_one
from symgrad.language.index import size
from symgrad.language.tensor import Tensor, tensor
from symgrad.layers.cross_entropy import cross_entropy
from symgrad.layers.cross_entropy_binary import binary_cross_entropy_with_logits
from symgrad.layers.loss import half_squared_error, mse_loss
from symgrad.layers.softmax import softmax


def regression(wanted: Wanted) -> World:
    """The tensors of some samples, laid out as `wanted.rows` says; J is their mean or their sum."""
    N, I, O = size(wanted.samples or "N"), size("I"), size("O")
    match wanted.rows:
        case "columns":
            x, W, b = tensor("x", I, N), tensor("W", O, I), tensor("b", O, 1)
            product: Tensor = matmul(W, x)
        case "io":
            x, W, b = tensor("x", N, I), tensor("W", I, O), tensor("b", O)
            product = matmul(x, W)
        case "oi":
            x, W, b = tensor("x", N, I), tensor("W", O, I), tensor("b", O)
            product = matmul(x, transpose(W))
        case "row of numbers":
            x, W, b = tensor("x", N, I), tensor("W", I, 1), tensor("b")
            product = matmul(x, W)
        case "column of numbers":
            x, W, b = tensor("x", I, N), tensor("W", I, 1), tensor("b")
            product = matmul(transpose(W), x)
        case "vector":
            x, W, b = tensor("x", I), tensor("W", O, I), tensor("b", O)
            product = matmul(W, x)
        case "vector_io":
            x, W, b = tensor("x", I), tensor("W", I, O), tensor("b", O)
            product = matmul(x, W)
        case "features":
            x, W, b = tensor("x", N, I), tensor("W", I), tensor("b")
            product = matmul(x, W)
        case _:
            x, W, b = tensor("x", N), tensor("W"), tensor("b")
            product = x * W
    z = product if wanted.bias == "none" else product + b
    y = tensor("y", *z.extents)
    a, total = _output(wanted, z, y)
    things = {"x": x, "W": W, "z": z, "a": a, "y": y, "J": total / N if wanted.mean else total}
    if wanted.bias != "none":
        things["b"] = b
    assuming = (sums_to_one(y),) if wanted.loss == "softmax" else ()
    kind = "vector" if x.ndim == 1 or wanted.rows == "features" else "matrix"
    return World("loss", kind, {role: Thing(one) for role, one in things.items()}, assuming=assuming)


def _output(wanted: Wanted, z: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """What the layer gives, and the loss of all samples."""
    match wanted.loss:
        case "softmax":
            return softmax(z, 1), cross_entropy(z, y, reduction="sum")
        case "sigmoid":
            return sigmoid(z), binary_cross_entropy_with_logits(z, y, reduction="sum")
        case "mse":
            return z, mse_loss(z, y, reduction="sum")
        case "activated":
            a = Activation(wanted.function).of(z)
            return a, half_squared_error(a, y)
    return z, half_squared_error(z, y)
