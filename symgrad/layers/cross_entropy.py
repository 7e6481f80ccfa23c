r"""Cross-entropy of class probabilities, and of one probability an entry.

Backward, with \(p = \operatorname{softmax}(z)\) and targets y that sum to one: \(p - y\), divided by the
number of samples for the mean; for sigmoids and targets between 0 and 1 as well (Bridle, 1990; Bishop,
Pattern recognition and machine learning, 2006, ch. 4 and 5).
"""

from __future__ import annotations

import math

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError, SymgradError
from symgrad.language.algebra import matmul, transpose
from symgrad.language.build import build, when
from symgrad.language.functions import log, sigmoid, softplus
from symgrad.language.hypothesis import sums_to_one
from symgrad.language.index import Index, equals, size, sizes
from symgrad.language.operator import operator
from symgrad.language.tensor import Comprehension, Tensor, Variable, tensor
from symgrad.layers.dense import linear
from symgrad.layers.loss import half_squared_error
from symgrad.layers.smooth import sigmoid_gradient
from symgrad.layers.softmax import log_softmax, softmax, softmax_gradient

# -- forward --------------------------------------------------------------------------------------


def _reduced(total: Comprehension, count: Index, reduction: str, what: str) -> Comprehension:
    if reduction == "sum":
        return total
    if reduction != "mean":
        raise SymgradError(f"{what}: reduction={reduction!r}; expected 'mean' or 'sum'")
    return total / count


def _class_axis(input: Tensor) -> int:
    if input.ndim < 1:
        raise ShapeError("the loss needs an axis of classes")
    return 0 if input.ndim == 1 else 1


def _samples(input: Tensor) -> Index:
    """The number of samples: of all entries along the axes that are not the classes."""
    others = [axis for number, axis in enumerate(input.axes) if number != _class_axis(input)]
    return math.prod((factor for axis in others for factor in axis), start=Index.of(1))


@operator
def nll_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(J = -\frac1N \sum_n \sum_j y_{nj} a_{nj}\) for log-probabilities a, and probabilities y.

    Classes are axis 1, or axis 0 of one sample; `reduction` is "mean" or "sum" over the samples.
    """
    return _reduced(-(target * input).sum(), _samples(input), reduction, "nll_loss")


@operator
def cross_entropy(input: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(J = -\frac1N \sum_n \sum_j y_{nj} \log p_{nj}\) with \(p = \operatorname{softmax}(z)\).

    Classes and `reduction` are as for `nll_loss`.
    """
    logarithms = log_softmax(input, dim=_class_axis(input))
    return _reduced(-(target * logarithms).sum(), _samples(input), reduction, "cross_entropy")


@operator
def binary_cross_entropy(input: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(J = -\frac1N \sum (y \log a + (1 - y) \log(1 - a))\) over all entries of probabilities a."""
    total = -(target * log(input) + (1 - target) * log(1 - input)).sum()
    return _reduced(total, _entries(input), reduction, "binary_cross_entropy")


@operator
def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(J = \frac1N \sum (\log(1 + e^z) - y z)\), which is the binary cross-entropy of \(\sigma(z)\)."""
    total = (softplus(input) - target * input).sum()
    return _reduced(total, _entries(input), reduction, "binary_cross_entropy_with_logits")


def _entries(input: Tensor) -> Index:
    return math.prod(input.extents, start=Index.of(1))


# -- backward -------------------------------------------------------------------------------------


def cross_entropy_gradient(p: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \frac1N (p - y)\) for targets that sum to one."""
    return _reduced(p - target, _samples(p), reduction, "cross_entropy_gradient")


def cross_entropy_any_gradient(p: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(\frac{\partial J}{\partial z_n} = \frac1N (p_n \sum_j y_{nj} - y_n)\) for any targets."""
    weighted = p * target.sum(_class_axis(p), keepdims=True)
    return _reduced(weighted - target, _samples(p), reduction, "cross_entropy_any_gradient")


def binary_cross_entropy_gradient(a: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = \frac1N \frac{a - y}{a (1 - a)}\)."""
    return _reduced((a - target) / (a * (1 - a)), _entries(a), reduction, "binary_cross_entropy_gradient")


def logistic_gradient(a: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \frac1N (a - y)\), \(a = \sigma(z)\)."""
    return _reduced(a - target, _entries(a), reduction, "logistic_gradient")


def nll_loss_gradient(input: Tensor, other: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = -\frac1N y\), and by y with the log-probabilities a for `other`."""
    return _reduced(-other, _samples(input), reduction, "nll_loss_gradient")


def _through_cross_entropy(delta: Tensor, input: Tensor, target: Tensor, reduction: str) -> Tensor:
    p = softmax(input, dim=_class_axis(input))
    return delta * cross_entropy_any_gradient(p, target, reduction)


# a target may be what is differentiated by, so nothing is assumed of its sums
backward(
    cross_entropy,
    input=_through_cross_entropy,
    target=lambda delta, input, reduction: (
        delta * nll_loss_gradient(input, log_softmax(input, dim=_class_axis(input)), reduction)
    ),
)
backward(
    nll_loss,
    input=lambda delta, input, target, reduction: delta * nll_loss_gradient(input, target, reduction),
    target=lambda delta, input, reduction: delta * nll_loss_gradient(input, input, reduction),
)
backward(
    binary_cross_entropy,
    input=lambda delta, input, target, reduction: (
        delta * binary_cross_entropy_gradient(input, target, reduction)
    ),
    target=lambda delta, input, reduction: (
        delta * _reduced(log(1 - input) - log(input), _entries(input), reduction, "binary_cross_entropy")
    ),
)
backward(
    binary_cross_entropy_with_logits,
    input=lambda delta, input, target, reduction: (
        delta * logistic_gradient(sigmoid(input), target, reduction)
    ),
    target=lambda delta, input, reduction: (
        delta * _reduced(-input, _entries(input), reduction, "binary_cross_entropy_with_logits")
    ),
)


# -- rules ----------------------------------------------------------------------------------------

N, C, I, H, W = sizes("N C I H W")
t = size("t", minimum=0)
_BRIDLE = "Bridle, Probabilistic interpretation of feedforward classification network outputs (1990)"
_BISHOP = "Bishop, Pattern recognition and machine learning (2006), sec. 4.3 and 5.2"
_GOODFELLOW = "Goodfellow, Bengio & Courville, Deep learning (2016), sec. 6.2.2"


def _classes() -> tuple[Variable, Variable]:
    return tensor("z", N, C), tensor("y", N, C)


@layer("cross_entropy", "cross-entropy of softmax, mean over the samples")
def _() -> Tensor:
    return cross_entropy(tensor("z", N, C), tensor("y", N, C))


@layer("nll_loss", "negative log-likelihood, mean over the samples")
def _() -> Tensor:
    return nll_loss(tensor("a", N, C), tensor("y", N, C))


@layer("binary_cross_entropy", "binary cross-entropy of probabilities, mean over all entries")
def _() -> Tensor:
    return binary_cross_entropy(tensor("a", N, I), tensor("y", N, I))


@layer("binary_cross_entropy_with_logits", "binary cross-entropy of sigmoids, mean over all entries")
def _() -> Tensor:
    return binary_cross_entropy_with_logits(tensor("z", N, I), tensor("y", N, I))


@rule(
    "cross_entropy.input",
    "Output error of softmax with cross-entropy, mean over the samples",
    r"\frac{\partial J}{\partial z} = \tfrac1N (p - y), \quad \sum_j y_{nj} = 1",
    _BRIDLE,
    zh="softmax 加交叉熵的输出误差（对样本取平均）",
)
def _() -> Statement:
    z, y = _classes()
    claim = cross_entropy_gradient(softmax(z), y)
    return Statement(cross_entropy(z, y), z, claim, assuming=(sums_to_one(y, 1),))


@rule(
    "cross_entropy.input_sum",
    "Output error of softmax with cross-entropy, summed over the samples",
    r"\frac{\partial J}{\partial z} = p - y, \quad \sum_j y_{nj} = 1",
    _BRIDLE,
    zh="softmax 加交叉熵的输出误差（对样本求和）",
)
def _() -> Statement:
    z, y = _classes()
    claim = cross_entropy_gradient(softmax(z), y, "sum")
    return Statement(cross_entropy(z, y, "sum"), z, claim, assuming=(sums_to_one(y, 1),))


@rule(
    "cross_entropy.sample",
    "Output error of softmax with cross-entropy, one sample",
    r"\frac{\partial J}{\partial z} = p - y, \quad \sum_j y_j = 1",
    _BISHOP,
    zh="单个样本的 softmax 加交叉熵的输出误差",
)
def _() -> Statement:
    z, y = tensor("z", C), tensor("y", C)
    claim = cross_entropy_gradient(softmax(z), y)
    return Statement(cross_entropy(z, y), z, claim, assuming=(sums_to_one(y, 0),))


@rule(
    "cross_entropy.class",
    "Output error of one sample whose class is t",
    r"\frac{\partial J}{\partial z_i} = p_i - [i = t], \quad J = -\log p_t",
    _GOODFELLOW,
    zh="类别为 t 的单个样本的输出误差",
)
def _() -> Statement:
    z = tensor("z", C)
    hot = build([C], lambda i: when([equals(i, t)], 1))
    return Statement(build([], lambda: -log_softmax(z)[t]), z, softmax(z) - hot, assuming=(t + 1 <= C,))


@rule(
    "cross_entropy.any_target",
    "Output error of softmax with cross-entropy, targets that need not sum to one",
    r"\frac{\partial J}{\partial z_n} = \tfrac1N \Bigl(p_n \sum_j y_{nj} - y_n\Bigr)",
    _GOODFELLOW,
    zh="目标之和不必为一时的 softmax 加交叉熵的输出误差",
)
def _() -> Statement:
    z, y = _classes()
    return Statement(cross_entropy(z, y), z, cross_entropy_any_gradient(softmax(z), y))


@rule(
    "cross_entropy.maps",
    "Output error of softmax with cross-entropy at each pixel",
    r"\frac{\partial J}{\partial z} = \tfrac{1}{NHW} (p - y), \quad \sum_j y_{nj} = 1",
    "Long, Shelhamer & Darrell, Fully convolutional networks for semantic segmentation (2015)",
    zh="逐像素 softmax 加交叉熵的输出误差",
)
def _() -> Statement:
    z, y = tensor("z", N, C, H, W), tensor("y", N, C, H, W)
    claim = cross_entropy_gradient(softmax(z, dim=1), y)
    return Statement(cross_entropy(z, y), z, claim, assuming=(sums_to_one(y, 1),))


@rule(
    "cross_entropy.weight",
    "Weights of the layer below softmax with cross-entropy",
    r"\frac{\partial J}{\partial W} = \tfrac1N (p - y)^{\mathsf T} a, \quad z = a W^{\mathsf T} + b",
    _BISHOP,
    zh="softmax 加交叉熵之下的权重的梯度",
)
def _() -> Statement:
    a, w, b, y = tensor("a", N, I), tensor("W", C, I), tensor("b", C), tensor("y", N, C)
    z = linear(a, w, b)
    claim = matmul(transpose(cross_entropy_gradient(softmax(z), y)), a)
    return Statement(cross_entropy(z, y), w, claim, assuming=(sums_to_one(y, 1),))


@rule(
    "cross_entropy.bias",
    "Bias of the layer below softmax with cross-entropy",
    r"\frac{\partial J}{\partial b} = \tfrac1N \sum_n (p_n - y_n), \quad z = a W^{\mathsf T} + b",
    _BISHOP,
    zh="softmax 加交叉熵之下的偏置的梯度",
)
def _() -> Statement:
    a, w, b, y = tensor("a", N, I), tensor("W", C, I), tensor("b", C), tensor("y", N, C)
    z = linear(a, w, b)
    claim = cross_entropy_gradient(softmax(z), y).sum(0)
    return Statement(cross_entropy(z, y), b, claim, assuming=(sums_to_one(y, 1),))


@rule(
    "cross_entropy.probabilities",
    "Error of the probabilities themselves",
    r"\frac{\partial J}{\partial p_{ni}} = -\tfrac1N \frac{y_{ni}}{p_{ni}}",
    _GOODFELLOW,
    zh="概率本身的误差",
)
def _() -> Statement:
    p, y = tensor("p", N, C), tensor("y", N, C)
    return Statement(nll_loss(log(p), y), p, -(y / p) / N)


@rule(
    "cross_entropy.after_log",
    "Output error of softmax with the logarithm taken of its output",
    r"\frac{\partial J}{\partial z} = \tfrac1N (p - y), \quad J = -\tfrac1N \sum_n \sum_j y_{nj} \log p_{nj}",
    _GOODFELLOW,
    zh="对 softmax 的输出取对数的交叉熵的输出误差",
)
def _() -> Statement:
    z, y = _classes()
    p = softmax(z)
    claim = cross_entropy_gradient(p, y)
    return Statement(nll_loss(log(p), y), z, claim, assuming=(sums_to_one(y, 1),))


@rule(
    "nll_loss.input",
    "Error of log-probabilities",
    r"\frac{\partial J}{\partial a} = -\tfrac1N y",
    _GOODFELLOW,
    zh="对数概率的误差",
)
def _() -> Statement:
    a, y = tensor("a", N, C), tensor("y", N, C)
    return Statement(nll_loss(a, y), a, nll_loss_gradient(a, y))


# -- a sigmoid or a squared error beside softmax --------------------------------------------------


@rule(
    "softmax_after_sigmoid.input",
    "Through softmax and the sigmoid below it",
    r"\frac{\partial J}{\partial z} = p \odot \Bigl(\delta - \sum_j \delta_j p_j\Bigr) \odot a \odot (1 - a),"
    r" \quad p = \operatorname{softmax}(a), \quad a = \sigma(z)",
    _BISHOP,
    zh="经 softmax 及其下 sigmoid 的反向传播",
)
def _() -> Statement:
    z, delta = tensor("z", N, C), tensor("delta", N, C)
    a = sigmoid(z)
    p = softmax(a)
    return Statement(p, z, sigmoid_gradient(softmax_gradient(delta, p), a), delta)


@rule(
    "softmax_after_sigmoid.cross_entropy",
    "Output error of cross-entropy through softmax and the sigmoid below it",
    r"\frac{\partial J}{\partial z} = \tfrac1N (p - y) \odot a \odot (1 - a),"
    r" \quad p = \operatorname{softmax}(a), \quad a = \sigma(z)",
    _BISHOP,
    zh="交叉熵经 softmax 及其下 sigmoid 的输出误差",
)
def _() -> Statement:
    z, y = _classes()
    a = sigmoid(z)
    claim = sigmoid_gradient(cross_entropy_gradient(softmax(a), y), a)
    return Statement(cross_entropy(a, y), z, claim, assuming=(sums_to_one(y, 1),))


@rule(
    "softmax.half_squared_error",
    "Output error of softmax with half the squared error",
    r"\frac{\partial J}{\partial z_i} = p_i \Bigl((p_i - y_i) - \sum_j (p_j - y_j) p_j\Bigr),"
    r" \quad J = \tfrac12 \lVert p - y \rVert^2",
    _BISHOP,
    zh="softmax 加半平方误差的输出误差",
)
def _() -> Statement:
    z, y = _classes()
    p = softmax(z)
    return Statement(half_squared_error(p, y), z, softmax_gradient(p - y, p))


# -- one probability an entry ---------------------------------------------------------------------


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
    return Statement(binary_cross_entropy_with_logits(z, y, "sum"), z, claim)
