r"""Layer and root-mean-square normalization: each sample by itself, over its last axes.

Backward: \(\frac1s (g - \overline{g} - \hat x\,\overline{g \hat x})\) where \(g = \gamma \delta\); without
a mean to subtract, \(\frac1s (g - \hat x\,\overline{g \hat x})\) (Ba, Kiros & Hinton, Layer normalization,
2016; Zhang & Sennrich, Root mean square layer normalization, 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.language.index import sizes
from symgrad.language.operator import operator
from symgrad.language.tensor import AxisLike, Comprehension, Tensor, tensor
from symgrad.layers.reduction import Number, number_of
from symgrad.layers.statistics import (
    last_axes,
    normalized,
    normalized_gradient,
    normalized_mean_gradient,
    normalized_staged_gradient,
    rms_norm_gradient,
    root_mean_square,
)

# -- forward --------------------------------------------------------------------------------------


@operator
def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[AxisLike],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: Number = Fraction(1, 100_000),
) -> Comprehension:
    r"""\(\gamma \odot \hat x + \beta\) with mean and variance over the last axes.

    `normalized_shape` names their sizes. Raises ShapeError for shapes that do not fit.
    """
    number_of(eps, "layer_norm: eps")
    x = normalized(input, last_axes(input, normalized_shape, "layer_norm"), eps)
    scaled = x if weight is None else weight * x
    return scaled if bias is None else scaled + bias


@operator
def rms_norm(
    input: Tensor,
    normalized_shape: Sequence[AxisLike],
    weight: Tensor | None = None,
    eps: Number = Fraction(1, 100_000),
) -> Comprehension:
    r"""\(\gamma \odot x / s\) with \(s = \sqrt{\frac1n \sum x^2 + \varepsilon}\) over the last axes.

    `eps` is a number: the precision of a type, which PyTorch takes for None, has no meaning for exact
    entries. Raises ShapeError for shapes that do not fit.
    """
    number_of(eps, "rms_norm: eps")
    x = input / root_mean_square(input, last_axes(input, normalized_shape, "rms_norm"), eps)
    return x if weight is None else weight * x


# -- backward -------------------------------------------------------------------------------------


def layer_norm_gradient(
    delta: Tensor, input: Tensor, normalized_shape: Sequence[AxisLike], weight: Tensor | None, eps: Number
) -> Comprehension:
    r"""\(\frac{1}{n s} (n g - \sum g - \hat x \sum g \hat x)\) with \(g = \gamma \odot \delta\)."""
    g = delta if weight is None else weight * delta
    return normalized_gradient(g, input, last_axes(input, normalized_shape, "layer_norm"), eps)


def layer_norm_weight_gradient(
    delta: Tensor, input: Tensor, normalized_shape: Sequence[AxisLike], eps: Number
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial \gamma} = \sum_n \delta_n \odot \hat x_n\)."""
    x = normalized(input, last_axes(input, normalized_shape, "layer_norm"), eps)
    return over_samples(delta * x, normalized_shape)


def rms_norm_scaled_gradient(
    delta: Tensor, input: Tensor, normalized_shape: Sequence[AxisLike], weight: Tensor | None, eps: Number
) -> Comprehension:
    r"""\(\frac1s (g - \hat x\,\overline{g \hat x})\) with \(g = \gamma \odot \delta\)."""
    g = delta if weight is None else weight * delta
    return rms_norm_gradient(g, input, last_axes(input, normalized_shape, "rms_norm"), eps)


def rms_norm_weight_gradient(
    delta: Tensor, input: Tensor, normalized_shape: Sequence[AxisLike], eps: Number
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial \gamma} = \sum_n \delta_n \odot x_n/s_n\)."""
    s = root_mean_square(input, last_axes(input, normalized_shape, "rms_norm"), eps)
    return over_samples(delta * input / s, normalized_shape)


def over_samples(x: Tensor, normalized_shape: Sequence[AxisLike]) -> Comprehension:
    """The sum over all axes but the last, which are those that are normalized."""
    axes = tuple(range(x.ndim - len(normalized_shape)))
    return x.sum(axes[0] if len(axes) == 1 else axes)


backward(
    layer_norm,
    input=layer_norm_gradient,
    weight=layer_norm_weight_gradient,
    bias=lambda delta, normalized_shape: over_samples(delta, normalized_shape),
    eps=None,
)
backward(rms_norm, input=rms_norm_scaled_gradient, weight=rms_norm_weight_gradient, eps=None)


# -- rules ----------------------------------------------------------------------------------------

N, C, T = sizes("N C T")
_BA = "Ba, Kiros & Hinton, Layer normalization (2016)"
_ZHANG = "Zhang & Sennrich, Root mean square layer normalization (2019), sec. 4"
_INPUT = (
    r"\frac{\partial J}{\partial x} = \frac{1}{C s} \Bigl(C g - \sum_i g_i"
    r" - \hat x \sum_i g_i \hat x_i\Bigr), \quad g = \gamma \odot \delta"
)
_eps = tensor("epsilon")


def _rows() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return tensor("x", N, C), tensor("gamma", C), tensor("beta", C), tensor("delta", N, C)


@layer("layer_norm", "layer normalization of rows")
def _() -> Tensor:
    return layer_norm(tensor("x", N, C), [C], tensor("gamma", C), tensor("beta", C), _eps)


@layer("rms_norm", "root-mean-square normalization of rows")
def _() -> Tensor:
    return rms_norm(tensor("x", N, C), [C], tensor("gamma", C), _eps)


@rule(
    "layer_norm.input",
    "Through layer normalization",
    _INPUT,
    _BA,
    zh="层归一化的反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    claim = layer_norm_gradient(delta, x, [C], gamma, _eps)
    return Statement(layer_norm(x, [C], gamma, beta, _eps), x, claim, delta)


@rule(
    "layer_norm.input_means",
    "Through layer normalization, by means",
    r"\frac{\partial J}{\partial x} = \frac1s \bigl(g - \overline{g} - \hat x\,\overline{g \hat x}\bigr),"
    r" \quad g = \gamma \odot \delta",
    _BA,
    zh="由均值表示的层归一化反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    claim = normalized_mean_gradient(gamma * delta, x, (1,), _eps)
    return Statement(layer_norm(x, [C], gamma, beta, _eps), x, claim, delta)


@rule(
    "layer_norm.input_staged",
    "Through layer normalization, by way of variance and mean",
    r"\frac{\partial J}{\partial x} = \frac{g}{s} + \frac{2 (x - \mu)}{C} \frac{\partial J}{\partial v}"
    r" + \frac1C \frac{\partial J}{\partial \mu}, \quad g = \gamma \odot \delta",
    _BA,
    zh="经方差与均值的层归一化反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    claim = normalized_staged_gradient(gamma * delta, x, (1,), _eps)
    return Statement(layer_norm(x, [C], gamma, beta, _eps), x, claim, delta)


@rule(
    "layer_norm.tokens",
    "Through layer normalization of the tokens of a sequence",
    _INPUT,
    _BA,
    zh="序列各词元的层归一化反向传播",
)
def _() -> Statement:
    x, gamma, beta = tensor("x", N, T, C), tensor("gamma", C), tensor("beta", C)
    delta = tensor("delta", N, T, C)
    claim = layer_norm_gradient(delta, x, [C], gamma, _eps)
    return Statement(layer_norm(x, [C], gamma, beta, _eps), x, claim, delta)


@rule(
    "layer_norm.weight",
    "Scale of layer normalization",
    r"\frac{\partial J}{\partial \gamma} = \sum_n \delta_n \odot \hat x_n",
    _BA,
    zh="层归一化缩放参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    claim = layer_norm_weight_gradient(delta, x, [C], _eps)
    return Statement(layer_norm(x, [C], gamma, beta, _eps), gamma, claim, delta)


@rule(
    "layer_norm.bias",
    "Shift of layer normalization",
    r"\frac{\partial J}{\partial \beta} = \sum_n \delta_n",
    _BA,
    zh="层归一化平移参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _rows()
    return Statement(layer_norm(x, [C], gamma, beta, _eps), beta, over_samples(delta, [C]), delta)


@rule(
    "rms_norm.input",
    "Through root-mean-square normalization",
    r"\frac{\partial J}{\partial x} = \frac1s \bigl(g - \hat x\,\overline{g \hat x}\bigr),"
    r" \quad g = \gamma \odot \delta, \quad \hat x = x/s, \quad s = \sqrt{\overline{x^2} + \varepsilon}",
    _ZHANG,
    zh="均方根归一化的反向传播",
)
def _() -> Statement:
    x, gamma, _beta, delta = _rows()
    claim = rms_norm_scaled_gradient(delta, x, [C], gamma, _eps)
    return Statement(rms_norm(x, [C], gamma, _eps), x, claim, delta)


@rule(
    "rms_norm.input_cubed",
    "Through root-mean-square normalization, written with the cube of the root",
    r"\frac{\partial J}{\partial x} = \frac{g}{s} - \frac{x}{C s^3} \sum_i g_i x_i,"
    r" \quad g = \gamma \odot \delta",
    _ZHANG,
    zh="用根的立方表示的均方根归一化反向传播",
)
def _() -> Statement:
    x, gamma, _beta, delta = _rows()
    g, s = gamma * delta, root_mean_square(x, (1,), _eps)
    claim = g / s - x * (g * x).sum(1, keepdims=True) / (C * s**3)
    return Statement(rms_norm(x, [C], gamma, _eps), x, claim, delta)


@rule(
    "rms_norm.weight",
    "Scale of root-mean-square normalization",
    r"\frac{\partial J}{\partial \gamma} = \sum_n \delta_n \odot \frac{x_n}{s_n}",
    _ZHANG,
    zh="均方根归一化缩放参数的梯度",
)
def _() -> Statement:
    x, gamma, _beta, delta = _rows()
    claim = rms_norm_weight_gradient(delta, x, [C], _eps)
    return Statement(rms_norm(x, [C], gamma, _eps), gamma, claim, delta)
