r"""Cross-entropy of class probabilities.

Backward, with \(p = \operatorname{softmax}(z)\) and targets y that sum to one: \(p - y\), divided by the
number of samples for the mean (Bridle, 1990; Bishop, Pattern recognition and machine learning, 2006,
ch. 4). Class weights w and label smoothing ε put \(t = w \odot ((1 - \varepsilon) y + \varepsilon/C)\) in
the place of y, and \(p \sum_j t_j - t\) in that of \(p - y\).
"""

from __future__ import annotations

import math

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError, SymgradError
from symgrad.language.algebra import matmul, transpose
from symgrad.language.build import build, when
from symgrad.language.functions import log, sigmoid
from symgrad.language.hypothesis import sums_to_one
from symgrad.language.index import Index, equals, size, sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Constant
from symgrad.language.tensor import Comprehension, Tensor, Variable, tensor
from symgrad.layers.dense import linear
from symgrad.layers.loss import half_squared_error
from symgrad.layers.reduction import (
    Number,
    averaged,
    number_of,
    require_alike,
    require_tensor,
    rest_of_one,
    spread,
    summed,
)
from symgrad.layers.smooth import sigmoid_gradient
from symgrad.layers.softmax import log_softmax, softmax, softmax_gradient
from symgrad.layers.statistics import per_channel

# -- forward --------------------------------------------------------------------------------------

NO_INDEX = -100
"""The class number that PyTorch ignores unless told otherwise."""


def _class_axis(input: Tensor) -> int:
    if input.ndim < 1:
        raise ShapeError("the loss needs an axis of classes")
    return 0 if input.ndim == 1 else 1


def _samples(input: Tensor) -> Index:
    """The number of samples: of all entries along the axes that are not the classes."""
    others = [axis for number, axis in enumerate(input.axes) if number != _class_axis(input)]
    return math.prod((factor for axis in others for factor in axis), start=Index.of(1))


def _check(input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, what: str) -> None:
    require_tensor(weight, f"{what}: weight")
    require_alike(input, target, what, "target of probabilities or one-hot rows")
    if ignore_index != NO_INDEX:
        raise SymgradError(
            f"{what}: ignore_index={ignore_index} is for class numbers, and targets are probabilities here: "
            "give a sample that is to be ignored a row of zeros, which the mean still counts"
        )


def _weighted(x: Tensor, weight: Tensor | None) -> Tensor:
    """w ⊙ x, a weight a class."""
    return x if weight is None else per_channel(weight, x, _class_axis(x)) * x


def _smoothed(target: Tensor, label_smoothing: Number) -> Tensor:
    """(1 - ε) y + ε/C: what label smoothing makes of the targets."""
    part = number_of(label_smoothing, "cross_entropy: label_smoothing")
    if isinstance(part, Constant) and not part.powers:
        if part.value == 0:
            return target
        if not 0 <= part.value <= 1:
            raise SymgradError(f"cross_entropy: label_smoothing is {label_smoothing}; expected 0 to 1")
    classes = math.prod(target.axes[_class_axis(target)], start=Index.of(1))
    mixed: Tensor = rest_of_one(part) * target + part / classes
    return mixed


@operator
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = NO_INDEX,
    reduction: str = "mean",
) -> Comprehension:
    r"""\(J = -\frac1N \sum_n \sum_j y_{nj} a_{nj}\) for log-probabilities a, and probabilities y.

    Classes are axis 1, or axis 0 of one sample. Where `torch.nn.functional.nll_loss` takes class numbers,
    the target is one-hot rows, or any probabilities; `ignore_index` is refused, as a row of zeros says it.
    `weight` w has an entry a class: \(J = -\sum w_j y_{nj} a_{nj} / \sum w_j y_{nj}\). `reduction` is "mean",
    "sum" or, for one loss a sample, "none". Raises ShapeError for shapes that do not fit.
    """
    _check(input, target, weight, ignore_index, "nll_loss")
    axis, chosen = _class_axis(input), _weighted(target, weight)
    count = _samples(input) if weight is None else chosen.sum()
    return averaged(-summed(chosen * input, reduction, axis), count, reduction, "nll_loss")


@operator
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = NO_INDEX,
    reduction: str = "mean",
    label_smoothing: Number = 0,
) -> Comprehension:
    r"""\(J = -\frac1N \sum_n \sum_j t_{nj} \log p_{nj}\) with \(p = \operatorname{softmax}(z)\).

    Here \(t = w \odot ((1 - \varepsilon) y + \varepsilon/C)\) with class weights w and label smoothing ε, if
    they are given. As `torch.nn.functional.cross_entropy` with class probabilities y, where the mean is over
    the N samples also with weights; classes are told by one-hot rows, so `ignore_index` is refused. The
    axis of classes, `reduction` and errors are as for `nll_loss`, whose mean with weights is the one that
    PyTorch takes for class numbers.
    """
    _check(input, target, weight, ignore_index, "cross_entropy")
    axis, wanted = _class_axis(input), _weighted(_smoothed(target, label_smoothing), weight)
    losses = wanted * log_softmax(input, dim=axis)
    return averaged(-summed(losses, reduction, axis), _samples(input), reduction, "cross_entropy")


# -- backward -------------------------------------------------------------------------------------


def cross_entropy_gradient(p: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \frac1N (p - y)\) for targets that sum to one."""
    return averaged(p - target, _samples(p), reduction, "cross_entropy_gradient")


def cross_entropy_any_gradient(p: Tensor, target: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(\frac{\partial J}{\partial z_n} = \frac1N (p_n \sum_j y_{nj} - y_n)\) for any targets."""
    weighted = p * target.sum(_class_axis(p), keepdims=True)
    return averaged(weighted - target, _samples(p), reduction, "cross_entropy_any_gradient")


def nll_loss_gradient(input: Tensor, other: Tensor, reduction: str = "mean") -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = -\frac1N y\), and by y with the log-probabilities a for `other`."""
    return averaged(-other, _samples(input), reduction, "nll_loss_gradient")


def nll_loss_weighted_gradient(
    target: Tensor, weight: Tensor, other: Tensor, reduction: str = "mean"
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = -w \odot y / \sum w_j y_{nj}\), and by y with \(a + J\) for y."""
    count = _weighted(target, weight).sum()
    return averaged(-_weighted(other, weight), count, reduction, "nll_loss_weighted_gradient")


def _through_cross_entropy(
    delta: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    label_smoothing: Number,
) -> Tensor:
    axis, wanted = _class_axis(input), _weighted(_smoothed(target, label_smoothing), weight)
    p = softmax(input, dim=axis)
    return spread(delta, axis) * cross_entropy_any_gradient(p, wanted, reduction)


def _to_cross_entropy_target(
    delta: Tensor, input: Tensor, weight: Tensor | None, reduction: str, label_smoothing: Number
) -> Tensor:
    axis = _class_axis(input)
    logarithms = _weighted(log_softmax(input, dim=axis), weight)
    left = rest_of_one(number_of(label_smoothing, "cross_entropy: label_smoothing"))
    return spread(delta, axis) * nll_loss_gradient(input, left * logarithms, reduction)


def _through_nll_loss(
    delta: Tensor, input: Tensor, target: Tensor, weight: Tensor | None, reduction: str
) -> Tensor:
    out = spread(delta, _class_axis(input))
    if weight is None:
        return out * nll_loss_gradient(input, target, reduction)
    return out * nll_loss_weighted_gradient(target, weight, target, reduction)


def _to_nll_loss_target(
    delta: Tensor, z: Tensor, input: Tensor, target: Tensor, weight: Tensor | None, reduction: str
) -> Tensor:
    out = spread(delta, _class_axis(input))
    if weight is None:
        return out * nll_loss_gradient(input, input, reduction)
    # what the mean is divided by depends on the target too
    other = input + z if reduction == "mean" else input
    return out * nll_loss_weighted_gradient(target, weight, other, reduction)


# a target may be what is differentiated by, so nothing is assumed of its sums
backward(
    cross_entropy,
    input=_through_cross_entropy,
    target=_to_cross_entropy_target,
    weight=None,
    label_smoothing=None,
)
backward(nll_loss, input=_through_nll_loss, target=_to_nll_loss_target, weight=None)


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
    return Statement(cross_entropy(z, y, reduction="sum"), z, claim, assuming=(sums_to_one(y, 1),))


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
