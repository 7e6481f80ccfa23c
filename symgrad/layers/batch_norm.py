r"""Batch normalization: \(\gamma \hat x + \beta\) with the statistics of each channel over the batch.

Backward: \(\frac{\gamma}{n s} (n \delta - \sum \delta - \hat x \sum \delta \hat x)\), or in stages through
variance and mean (Ioffe & Szegedy, Batch normalization, 2015).
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError, SymgradError
from symgrad.language.index import sizes
from symgrad.language.operator import operator
from symgrad.language.tensor import Comprehension, Tensor, tensor
from symgrad.layers.reduction import Number, number_of, rest_of_one
from symgrad.layers.statistics import (
    HALF,
    Axes,
    affine,
    as_comprehension,
    count_of,
    mean,
    normalized,
    normalized_gradient,
    normalized_mean_gradient,
    normalized_staged_gradient,
    per_channel,
)

# -- forward --------------------------------------------------------------------------------------


def _batch_axes(input: Tensor) -> Axes:
    if input.ndim < 2:
        raise ShapeError(f"batch_norm needs axes for samples and channels, got shape {input.shape}")
    return tuple(axis for axis in range(input.ndim) if axis != 1)


@operator
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: Number = Fraction(1, 10),
    eps: Number = Fraction(1, 100_000),
) -> Comprehension:
    r"""\(\gamma \hat x + \beta\) with mean and variance of each channel (axis 1).

    In training they are those of the batch, over all other axes; otherwise the running ones. `momentum`
    says how far training moves the running ones, for `running_statistics`; the output does not depend on
    it. Raises ShapeError for shapes that do not fit and SymgradError for running statistics that are
    missing.
    """
    number_of(eps, "batch_norm: eps")
    if training:
        return as_comprehension(affine(normalized(input, _batch_axes(input), eps), weight, bias))
    if running_mean is None or running_var is None:
        raise SymgradError("batch_norm: without training=True it needs running_mean and running_var")
    centred = input - per_channel(running_mean, input)
    x = centred / per_channel((running_var + eps) ** HALF, input)
    return as_comprehension(affine(x, weight, bias))


def running_statistics(
    input: Tensor, running_mean: Tensor, running_var: Tensor, momentum: Number = Fraction(1, 10)
) -> tuple[Comprehension, Comprehension]:
    r"""The running mean after a step of training, \((1 - \alpha)\,m + \alpha \mu\), and so the variance.

    α is the momentum; the variance of the batch is divided by n - 1, as PyTorch does here. Nothing is
    changed in place. Raises ShapeError as `batch_norm` does.
    """
    axes, part = _batch_axes(input), number_of(momentum, "running_statistics: momentum")
    count = count_of(input, axes)
    of_batch = input.sum(_summed(input)) / count
    unbiased = ((input - mean(input, axes)) ** 2).sum(_summed(input)) / (count - 1)
    kept = rest_of_one(part)
    return kept * running_mean + part * of_batch, kept * running_var + part * unbiased


# -- backward -------------------------------------------------------------------------------------


def batch_norm_gradient(delta: Tensor, input: Tensor, weight: Tensor | None, eps: Number) -> Comprehension:
    r"""\(\frac{\gamma}{n s} (n \delta - \sum \delta - \hat x \sum \delta \hat x)\), in training."""
    through = normalized_gradient(delta, input, _batch_axes(input), eps)
    return through if weight is None else per_channel(weight, input) * through


def batch_norm_weight_gradient(delta: Tensor, input: Tensor, eps: Number) -> Comprehension:
    r"""\(\frac{\partial J}{\partial \gamma} = \sum \delta \hat x\) over samples and pixels, in training."""
    return (delta * normalized(input, _batch_axes(input), eps)).sum(_summed(input))


def batch_norm_bias_gradient(delta: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial \beta} = \sum \delta\) over samples and pixels."""
    return delta.sum(_summed(delta))


def running_gradient(
    delta: Tensor, input: Tensor, running_var: Tensor, weight: Tensor | None, eps: Number
) -> Comprehension:
    r"""\(\frac{\gamma}{\sqrt{v + \varepsilon}}\,\delta\), with running statistics."""
    root = (running_var + eps) ** HALF
    return per_channel(1 / root if weight is None else weight / root, input) * delta


def running_weight_gradient(
    delta: Tensor, input: Tensor, running_mean: Tensor, running_var: Tensor, eps: Number
) -> Comprehension:
    r"""\(\sum \delta\,\frac{x - m}{\sqrt{v + \varepsilon}}\), with running statistics."""
    centred = input - per_channel(running_mean, input)
    return (delta * centred).sum(_summed(input)) / (running_var + eps) ** HALF


def _summed(x: Tensor) -> int | Axes:
    return 0 if x.ndim == 2 else _batch_axes(x)


def _to_input(
    delta: Tensor, input: Tensor, running_var: Tensor, weight: Tensor | None, training: bool, eps: Number
) -> Tensor:
    if training:
        return batch_norm_gradient(delta, input, weight, eps)
    return running_gradient(delta, input, running_var, weight, eps)


def _to_weight(
    delta: Tensor, input: Tensor, running_mean: Tensor, running_var: Tensor, training: bool, eps: Number
) -> Tensor:
    if training:
        return batch_norm_weight_gradient(delta, input, eps)
    return running_weight_gradient(delta, input, running_mean, running_var, eps)


backward(
    batch_norm,
    input=_to_input,
    weight=_to_weight,
    bias=batch_norm_bias_gradient,
    running_mean=None,
    running_var=None,
    momentum=None,
    eps=None,
)


# -- rules ----------------------------------------------------------------------------------------

N, C, H, W = sizes("N C H W")
_IOFFE = "Ioffe & Szegedy, Batch normalization (2015), sec. 3"
_YEH = "Yeh, Deriving batch-norm backprop equations (2017)"
_eps = tensor("epsilon")


def _rows() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return tensor("x", N, C), tensor("gamma", C), tensor("beta", C), tensor("delta", N, C)


def _maps() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return tensor("x", N, C, H, W), tensor("gamma", C), tensor("beta", C), tensor("delta", N, C, H, W)


def _in_training(x: Tensor, gamma: Tensor, beta: Tensor) -> Comprehension:
    return batch_norm(x, weight=gamma, bias=beta, training=True, eps=_eps)


@layer("batch_norm", "batch normalization of maps, in training")
def _() -> Tensor:
    x, gamma, beta, _delta = _maps()
    return _in_training(x, gamma, beta)


@rule(
    "batch_norm.input",
    "Through batch normalization",
    r"\frac{\partial J}{\partial x} = \frac{\gamma}{N s} \Bigl(N \delta - \sum_n \delta_n"
    r" - \hat x \sum_n \delta_n \hat x_n\Bigr), \quad s = \sqrt{v + \varepsilon}",
    _YEH,
    zh="批归一化的反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    return Statement(
        _in_training(x, gamma, beta), x, gamma * normalized_gradient(delta, x, (0,), _eps), delta
    )


@rule(
    "batch_norm.input_means",
    "Through batch normalization, by means",
    r"\frac{\partial J}{\partial x} = \frac{\gamma}{s} \bigl(\delta - \overline{\delta}"
    r" - \hat x\,\overline{\delta \hat x}\bigr)",
    _YEH,
    zh="由均值表示的批归一化反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    claim = gamma * normalized_mean_gradient(delta, x, (0,), _eps)
    return Statement(_in_training(x, gamma, beta), x, claim, delta)


@rule(
    "batch_norm.input_staged",
    "Through batch normalization, by way of variance and mean",
    r"\frac{\partial J}{\partial x} = \frac{g}{s} + \frac{2 (x - \mu)}{N} \frac{\partial J}{\partial v}"
    r" + \frac1N \frac{\partial J}{\partial \mu}, \quad g = \gamma\,\delta,"
    r" \quad \frac{\partial J}{\partial v} = -\tfrac12 (v + \varepsilon)^{-3/2} \sum_n g_n (x_n - \mu)",
    _IOFFE,
    zh="经方差与均值的批归一化反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    claim = normalized_staged_gradient(gamma * delta, x, (0,), _eps)
    return Statement(_in_training(x, gamma, beta), x, claim, delta)


@rule(
    "batch_norm.maps",
    "Through batch normalization of maps",
    r"\frac{\partial J}{\partial x} = \frac{\gamma}{n s} \Bigl(n\,\delta - \sum \delta"
    r" - \hat x \sum \delta\,\hat x\Bigr), \quad n = N H W",
    _IOFFE,
    zh="特征图批归一化的反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _maps()
    return Statement(_in_training(x, gamma, beta), x, batch_norm_gradient(delta, x, gamma, _eps), delta)


@rule(
    "batch_norm.maps_staged",
    "Through batch normalization of maps, by way of variance and mean",
    r"\frac{\partial J}{\partial x} = \frac{g}{s} + \frac{2 (x - \mu)}{n} \frac{\partial J}{\partial v}"
    r" + \frac1n \frac{\partial J}{\partial \mu}, \quad g = \gamma\,\delta, \quad n = N H W",
    _IOFFE,
    zh="经方差与均值的特征图批归一化反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _maps()
    claim = normalized_staged_gradient(per_channel(gamma, x) * delta, x, (0, 2, 3), _eps)
    return Statement(_in_training(x, gamma, beta), x, claim, delta)


@rule(
    "batch_norm.weight",
    "Scale of batch normalization",
    r"\frac{\partial J}{\partial \gamma} = \sum_n \delta_n \hat x_n",
    _IOFFE,
    zh="批归一化缩放参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    claim = batch_norm_weight_gradient(delta, x, _eps)
    return Statement(_in_training(x, gamma, beta), gamma, claim, delta)


@rule(
    "batch_norm.bias",
    "Shift of batch normalization",
    r"\frac{\partial J}{\partial \beta} = \sum_n \delta_n",
    _IOFFE,
    zh="批归一化平移参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    return Statement(_in_training(x, gamma, beta), beta, batch_norm_bias_gradient(delta), delta)


@rule(
    "batch_norm.maps_weight",
    "Scale of batch normalization of maps",
    r"\frac{\partial J}{\partial \gamma} = \sum_{n,h,w} \delta_{nhw}\,\hat x_{nhw}",
    _IOFFE,
    zh="特征图批归一化缩放参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _maps()
    claim = batch_norm_weight_gradient(delta, x, _eps)
    return Statement(_in_training(x, gamma, beta), gamma, claim, delta)


@rule(
    "batch_norm.maps_bias",
    "Shift of batch normalization of maps",
    r"\frac{\partial J}{\partial \beta} = \sum_{n,h,w} \delta_{nhw}",
    _IOFFE,
    zh="特征图批归一化平移参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _maps()
    return Statement(_in_training(x, gamma, beta), beta, batch_norm_bias_gradient(delta), delta)


@rule(
    "batch_norm.inference_input",
    "Through batch normalization with running statistics",
    r"\frac{\partial J}{\partial x} = \frac{\gamma}{\sqrt{v + \varepsilon}}\,\delta",
    _IOFFE,
    zh="推理时批归一化的反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _maps()
    m, v = tensor("m", C), tensor("v", C)
    z = batch_norm(x, m, v, gamma, beta, eps=_eps)
    return Statement(z, x, running_gradient(delta, x, v, gamma, _eps), delta)


@rule(
    "batch_norm.inference_weight",
    "Scale of batch normalization with running statistics",
    r"\frac{\partial J}{\partial \gamma} = \sum_{n,h,w} \delta\,\frac{x - m}{\sqrt{v + \varepsilon}}",
    _IOFFE,
    zh="推理时批归一化缩放参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _maps()
    m, v = tensor("m", C), tensor("v", C)
    z = batch_norm(x, m, v, gamma, beta, eps=_eps)
    claim = running_weight_gradient(delta, x, m, v, _eps)
    return Statement(z, gamma, claim, delta)
