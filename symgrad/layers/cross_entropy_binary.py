r"""Binary cross-entropy, of one probability an entry.

Backward, by the input z of a sigmoid and with targets y between 0 and 1: \(\sigma(z) - y\), divided by the
number of entries for the mean (Bishop, Pattern recognition and machine learning, 2006, ch. 4 and 5).
"""

from __future__ import annotations

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.language.algebra import matmul, transpose
from symgrad.language.functions import log, sigmoid, softplus
from symgrad.language.index import sizes
from symgrad.language.operator import operator
from symgrad.language.tensor import Comprehension, Tensor, tensor
from symgrad.layers.dense import linear
from symgrad.layers.reduction import averaged, entries, require_alike, require_tensor, summed

# -- forward --------------------------------------------------------------------------------------


def _check(input: Tensor, target: Tensor, weight: Tensor | None, what: str) -> None:
    require_alike(input, target, what)
    require_tensor(weight, f"{what}: weight")


def _weighted(x: Tensor, weight: Tensor | None) -> Tensor:
    return x if weight is None else weight * x


@operator
def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean"
) -> Comprehension:
    r"""\(J = -\frac1N \sum w\,(y \log a + (1 - y) \log(1 - a))\) over all N entries of probabilities a.

    `weight` w, 1 unless given, is broadcast to the input; `reduction` is "mean", "sum" or, for the loss of
    each entry, "none". As `torch.nn.functional.binary_cross_entropy`, which cuts logarithms off at -100.
    """
    _check(input, target, weight, "binary_cross_entropy")
    losses = _weighted(target * log(input) + (1 - target) * log(1 - input), weight)
    return averaged(-summed(losses, reduction), entries(input), reduction, "binary_cross_entropy")


@operator
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Comprehension:
    r"""\(J = \frac1N \sum (\log(1 + e^z) - y z)\), which is the binary cross-entropy of \(\sigma(z)\).

    With `weight` w and `pos_weight` q, both broadcast to the input, it is
    \(\frac1N \sum w\,((1 - y + q y) \log(1 + e^z) - q y z)\), in which what is positive counts q times.
    `reduction` is as for `binary_cross_entropy`.
    """
    what = "binary_cross_entropy_with_logits"
    _check(input, target, weight, what)
    require_tensor(pos_weight, f"{what}: pos_weight")
    if pos_weight is None:
        losses: Tensor = softplus(input) - target * input
    else:
        positive = pos_weight * target
        losses = (1 - target + positive) * softplus(input) - positive * input
    return averaged(summed(_weighted(losses, weight), reduction), entries(input), reduction, what)


# -- backward -------------------------------------------------------------------------------------


def binary_cross_entropy_gradient(
    a: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = \frac1N w\,\frac{a - y}{a (1 - a)}\)."""
    error = _weighted((a - target) / (a * (1 - a)), weight)
    return averaged(error, entries(a), reduction, "binary_cross_entropy_gradient")


def logistic_gradient(
    a: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \frac1N w\,(a - y)\), \(a = \sigma(z)\)."""
    return averaged(_weighted(a - target, weight), entries(a), reduction, "logistic_gradient")


def logistic_positive_gradient(
    a: Tensor, target: Tensor, pos_weight: Tensor, reduction: str = "mean", weight: Tensor | None = None
) -> Comprehension:
    r"""\(\frac1N w\,((1 - y + q y)\,a - q y)\), \(a = \sigma(z)\), where what is positive counts q times."""
    positive = pos_weight * target
    error = _weighted((1 - target + positive) * a - positive, weight)
    return averaged(error, entries(a), reduction, "logistic_positive_gradient")


def _to_target(delta: Tensor, input: Tensor, weight: Tensor | None, reduction: str) -> Tensor:
    slope = _weighted(log(1 - input) - log(input), weight)
    return delta * averaged(slope, entries(input), reduction, "binary_cross_entropy")


def _through_logits(
    delta: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    pos_weight: Tensor | None,
) -> Tensor:
    a = sigmoid(input)
    if pos_weight is None:
        return delta * logistic_gradient(a, target, reduction, weight)
    return delta * logistic_positive_gradient(a, target, pos_weight, reduction, weight)


def _to_target_of_logits(
    delta: Tensor, input: Tensor, weight: Tensor | None, reduction: str, pos_weight: Tensor | None
) -> Tensor:
    slope: Tensor = -input
    if pos_weight is not None:
        slope = (pos_weight - 1) * softplus(input) - pos_weight * input
    return delta * averaged(_weighted(slope, weight), entries(input), reduction, "binary_cross_entropy")


backward(
    binary_cross_entropy,
    input=lambda delta, input, target, weight, reduction: (
        delta * binary_cross_entropy_gradient(input, target, reduction, weight)
    ),
    target=_to_target,
    weight=None,
)
backward(
    binary_cross_entropy_with_logits,
    input=_through_logits,
    target=_to_target_of_logits,
    weight=None,
    pos_weight=None,
)

# -- rules ----------------------------------------------------------------------------------------

N, C, I = sizes("N C I")
_BISHOP = "Bishop, Pattern recognition and machine learning (2006), sec. 4.3 and 5.2"


@layer("binary_cross_entropy", "binary cross-entropy of probabilities, mean over all entries")
def _() -> Tensor:
    return binary_cross_entropy(tensor("a", N, I), tensor("y", N, I))


@layer("binary_cross_entropy_with_logits", "binary cross-entropy of sigmoids, mean over all entries")
def _() -> Tensor:
    return binary_cross_entropy_with_logits(tensor("z", N, I), tensor("y", N, I))


@rule(
    "binary_cross_entropy.input",
    "Error of probabilities under binary cross-entropy",
    r"\frac{\partial J}{\partial a} = \tfrac1n \frac{a - y}{a (1 - a)}",
    _BISHOP,
    zh="二元交叉熵下概率的误差",
)
def _() -> Statement:
    a, y = tensor("a", N, I), tensor("y", N, I)
    return Statement(binary_cross_entropy(a, y), a, binary_cross_entropy_gradient(a, y))


@rule(
    "binary_cross_entropy.sigmoid",
    "Output error of sigmoids with binary cross-entropy",
    r"\frac{\partial J}{\partial z} = \tfrac1n (a - y), \quad a = \sigma(z)",
    _BISHOP,
    zh="sigmoid 加二元交叉熵的输出误差",
)
def _() -> Statement:
    z, y = tensor("z", N, I), tensor("y", N, I)
    a = sigmoid(z)
    return Statement(binary_cross_entropy(a, y), z, logistic_gradient(a, y))


@rule(
    "binary_cross_entropy.weight",
    "Weights of logistic regression",
    r"\frac{\partial J}{\partial W} = \tfrac1n (\sigma(z) - y)^{\mathsf T} x, \quad z = x W^{\mathsf T} + b",
    _BISHOP,
    zh="逻辑回归权重的梯度",
)
def _() -> Statement:
    x, w, b, y = tensor("x", N, I), tensor("W", C, I), tensor("b", C), tensor("y", N, C)
    a = sigmoid(linear(x, w, b))
    claim = matmul(transpose(logistic_gradient(a, y)), x)
    return Statement(binary_cross_entropy(a, y), w, claim)


@rule(
    "binary_cross_entropy_with_logits.input",
    "Output error of binary cross-entropy with logits",
    r"\frac{\partial J}{\partial z} = \tfrac1n (\sigma(z) - y)",
    _BISHOP,
    zh="带 logits 的二元交叉熵的输出误差",
)
def _() -> Statement:
    z, y = tensor("z", N, I), tensor("y", N, I)
    return Statement(binary_cross_entropy_with_logits(z, y), z, logistic_gradient(sigmoid(z), y))


@rule(
    "binary_cross_entropy_with_logits.sum",
    "Output error of binary cross-entropy with logits, summed",
    r"\frac{\partial J}{\partial z} = \sigma(z) - y",
    _BISHOP,
    zh="带 logits 的二元交叉熵的输出误差（求和）",
)
def _() -> Statement:
    z, y = tensor("z", N, I), tensor("y", N, I)
    claim = logistic_gradient(sigmoid(z), y, "sum")
    return Statement(binary_cross_entropy_with_logits(z, y, reduction="sum"), z, claim)
