r"""Two layers at once: an activation or a pooling below a convolution, and a dense layer as a convolution.

Backward is the chain of the closed forms of the parts, in the order in which δ meets them.
"""

from __future__ import annotations

from typing import Any

from symgrad.catalogue import Statement, rule
from symgrad.language.algebra import apply, flatten, hadamard, matmul, transpose
from symgrad.language.build import build
from symgrad.language.index import sizes
from symgrad.language.scalar import Access
from symgrad.language.tensor import Comprehension, Tensor, tensor
from symgrad.layers.activation import SIGMA, activation_gradient
from symgrad.layers.conv import conv2d, conv_input_gradient, conv_weight_gradient
from symgrad.layers.dense import linear, linear_bias_gradient
from symgrad.layers.pool import (
    avg_pool2d,
    avg_pool_upsample_gradient,
    max_pool2d,
    max_pool_upsample_gradient,
)

N, C, M, H, W, K, L = sizes("N C M H W K L")
k_h, k_w, Y, X = sizes("k_h k_w Y X")
s_h, s_w, d_h, d_w = sizes("s_h s_w d_h d_w")
p_h, p_w = sizes("p_h p_w", 0)
_OPTIONS: dict[str, Any] = {"stride": (s_h, s_w), "padding": (p_h, p_w), "dilation": (d_h, d_w)}
_BOUVRIE = "Bouvrie, Notes on convolutional neural networks (2006), sec. 3"
_LECUN = "LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition (1998)"

# -- an activation below --------------------------------------------------------------------------


@rule(
    "conv2d_after_activation.input",
    "Through a convolution and the activation below it",
    r"\delta_i^{l-1} = \Bigl(\sum_j \operatorname{pad}(\operatorname{dilate}(\delta_j^l, s)) \star"
    r" \operatorname{rot180}(W_{ij})\Bigr) \odot \sigma'(z_i^{l-1})",
    _BOUVRIE,
    zh="经卷积层及其下激活层的反向传播",
)
def _() -> Statement:
    below, w = tensor("z", N, C, H, W), tensor("W", M, C, K, L)
    z = conv2d(apply(SIGMA, below), w, **_OPTIONS)
    delta = tensor("delta", *z.shape)
    through = conv_input_gradient(delta, w, (H, W), **_OPTIONS)
    return Statement(z, below, activation_gradient(through, below, SIGMA), delta)


@rule(
    "conv2d_after_activation.weight",
    "Kernel of a convolution after an activation",
    r"\frac{\partial J}{\partial W_{ij}} = \operatorname{pad}(\sigma(z_i))"
    r" \star \operatorname{dilate}(\delta_j, s)",
    _BOUVRIE,
    zh="激活层之后卷积核的梯度",
)
def _() -> Statement:
    below, w = tensor("z", N, C, H, W), tensor("W", M, C, K, L)
    a = apply(SIGMA, below)
    z = conv2d(a, w, **_OPTIONS)
    delta = tensor("delta", *z.shape)
    return Statement(z, w, conv_weight_gradient(delta, a, (K, L), **_OPTIONS), delta)


@rule(
    "avg_pool2d_after_activation.input",
    "Through average pooling and the activation below it",
    r"\delta^{l-1} = \frac{1}{k_h k_w} \operatorname{upsample}(\delta^l, k) \odot \sigma'(z^{l-1})",
    _BOUVRIE,
    zh="经平均池化及其下激活层的反向传播",
)
def _() -> Statement:
    below = tensor("z", N, C, k_h * Y, k_w * X)
    z = avg_pool2d(apply(SIGMA, below), (k_h, k_w))
    delta = tensor("delta", *z.shape)
    up = avg_pool_upsample_gradient(delta, (k_h * Y, k_w * X), (k_h, k_w))
    return Statement(z, below, activation_gradient(up, below, SIGMA), delta)


@rule(
    "max_pool2d_after_activation.input",
    "Through maximum pooling and the activation below it",
    r"\delta^{l-1} = \operatorname{upsample}(\delta^l, k) \odot [a \text{ is the maximum of its window}]"
    r" \odot \sigma'(z^{l-1})",
    _BOUVRIE,
    zh="经最大池化及其下激活层的反向传播",
)
def _() -> Statement:
    below = tensor("z", N, C, k_h * Y, k_w * X)
    z = max_pool2d(apply(SIGMA, below), (k_h, k_w))
    delta = tensor("delta", *z.shape)
    up = max_pool_upsample_gradient(delta, z, (k_h * Y, k_w * X), (k_h, k_w))
    return Statement(z, below, activation_gradient(up, below, SIGMA), delta)


# -- a pooling below ------------------------------------------------------------------------------


@rule(
    "conv2d_after_avg_pool.input",
    "Through a convolution and the average pooling below it",
    r"\frac{\partial J}{\partial a_i} = \frac{1}{k_h k_w} \operatorname{upsample}\Bigl(\sum_j"
    r" \operatorname{pad}(\delta_j) \star \operatorname{rot180}(W_{ij}), k\Bigr)",
    _LECUN,
    zh="经卷积层及其下平均池化的反向传播",
)
def _() -> Statement:
    a, w = tensor("a", N, C, k_h * Y, k_w * X), tensor("W", M, C, K, L)
    z = conv2d(avg_pool2d(a, (k_h, k_w)), w, padding=(p_h, p_w))
    delta = tensor("delta", *z.shape)
    through = conv_input_gradient(delta, w, (Y, X), padding=(p_h, p_w))
    claim = avg_pool_upsample_gradient(through, (k_h * Y, k_w * X), (k_h, k_w))
    return Statement(z, a, claim, delta)


@rule(
    "conv2d_after_avg_pool.weight",
    "Kernel of a convolution after average pooling",
    r"\frac{\partial J}{\partial W_{ij}} = \operatorname{pad}(\operatorname{down}(a_i)) \star \delta_j",
    _LECUN,
    zh="平均池化之后卷积核的梯度",
)
def _() -> Statement:
    a, w = tensor("a", N, C, k_h * Y, k_w * X), tensor("W", M, C, K, L)
    pooled = avg_pool2d(a, (k_h, k_w))
    z = conv2d(pooled, w, padding=(p_h, p_w))
    delta = tensor("delta", *z.shape)
    return Statement(z, w, conv_weight_gradient(delta, pooled, (K, L), padding=(p_h, p_w)), delta)


@rule(
    "conv2d_after_max_pool.input",
    "Through a convolution and the maximum pooling below it",
    r"\frac{\partial J}{\partial a_i} = \operatorname{upsample}\Bigl(\sum_j"
    r" \operatorname{pad}(\delta_j) \star \operatorname{rot180}(W_{ij}), k\Bigr)"
    r" \odot [a_i \text{ is the maximum of its window}]",
    _LECUN,
    zh="经卷积层及其下最大池化的反向传播",
)
def _() -> Statement:
    a, w = tensor("a", N, C, k_h * Y, k_w * X), tensor("W", M, C, K, L)
    pooled = max_pool2d(a, (k_h, k_w))
    z = conv2d(pooled, w, padding=(p_h, p_w))
    delta = tensor("delta", *z.shape)
    through = conv_input_gradient(delta, w, (Y, X), padding=(p_h, p_w))
    claim = max_pool_upsample_gradient(through, pooled, (k_h * Y, k_w * X), (k_h, k_w))
    return Statement(z, a, claim, delta)


@rule(
    "conv2d_after_max_pool.weight",
    "Kernel of a convolution after maximum pooling",
    r"\frac{\partial J}{\partial W_{ij}} = \operatorname{pad}(\operatorname{down}(a_i)) \star \delta_j",
    _LECUN,
    zh="最大池化之后卷积核的梯度",
)
def _() -> Statement:
    a, w = tensor("a", N, C, k_h * Y, k_w * X), tensor("W", M, C, K, L)
    pooled = max_pool2d(a, (k_h, k_w))
    z = conv2d(pooled, w, padding=(p_h, p_w))
    delta = tensor("delta", *z.shape)
    return Statement(z, w, conv_weight_gradient(delta, pooled, (K, L), padding=(p_h, p_w)), delta)


# -- a dense layer is a convolution whose kernel is as large as the map ---------------------------


def _as_maps(row: Tensor) -> Comprehension:
    """Rows (N, M) as maps of one pixel (N, M, 1, 1)."""
    return build([N, M, 1, 1], lambda n, j, y, x: Access(row, (n, j)))


def _as_kernel(weight: Tensor) -> Comprehension:
    """A dense weight (M, (C, H, W)) as a kernel (M, C, H, W)."""
    return build([M, C, H, W], lambda j, i, u, v: Access(weight, (j, i, u, v)))


@rule(
    "dense_as_conv2d.forward",
    "A dense layer is a convolution whose kernel is as large as the map",
    r"a \star W + b = \operatorname{flatten}(a)\,W^{\mathsf T} + b",
    _LECUN,
    zh="全连接层就是核与特征图一样大的卷积",
)
def _() -> Statement:
    a, w, b = tensor("a", N, C, H, W), tensor("W", M, (C, H, W)), tensor("b", M)
    return Statement(conv2d(a, _as_kernel(w), b), None, _as_maps(linear(flatten(a), w, b)))


@rule(
    "dense_as_conv2d.input",
    "Through such a convolution, as through a dense layer",
    r"\frac{\partial J}{\partial a} = \delta W",
    _LECUN,
    zh="这种卷积的反向传播与全连接层相同",
)
def _() -> Statement:
    a, w = tensor("a", N, C, H, W), tensor("W", M, C, H, W)
    delta = tensor("delta", N, M, 1, 1)
    flat = matmul(delta[:, :, 0, 0], flatten(w))
    return Statement(conv2d(a, w), a, build([N, C, H, W], lambda n, i, h, w: flat[n, (i, h, w)]), delta)


@rule(
    "dense_as_conv2d.weight",
    "Kernel of such a convolution, as the weights of a dense layer",
    r"\frac{\partial J}{\partial W} = \delta^{\mathsf T} a",
    _LECUN,
    zh="这种卷积核的梯度与全连接层权重的相同",
)
def _() -> Statement:
    a, w = tensor("a", N, C, H, W), tensor("W", M, C, H, W)
    delta = tensor("delta", N, M, 1, 1)
    flat = matmul(transpose(delta[:, :, 0, 0]), flatten(a))
    return Statement(conv2d(a, w), w, build([M, C, H, W], lambda j, i, u, v: flat[j, (i, u, v)]), delta)


@rule(
    "dense_as_conv2d.bias",
    "Bias of such a convolution, as that of a dense layer",
    r"\frac{\partial J}{\partial b} = \sum_n \delta_n",
    _LECUN,
    zh="这种卷积的偏置的梯度与全连接层的相同",
)
def _() -> Statement:
    a, w, b = tensor("a", N, C, H, W), tensor("W", M, C, H, W), tensor("b", M)
    delta = tensor("delta", N, M, 1, 1)
    return Statement(conv2d(a, w, b), b, linear_bias_gradient(delta[:, :, 0, 0]), delta)


@rule(
    "output_layer.squared_error",
    "Output error of a convolutional output layer as large as the map",
    r"\frac{\partial J}{\partial a} = ((\sigma(z) - y) \odot \sigma'(z))\,W, \quad z = a \star W",
    _LECUN,
    zh="核与特征图一样大的卷积输出层的输出误差",
)
def _() -> Statement:
    from symgrad.layers.loss import half_squared_error

    a, w, y = tensor("a", N, C, H, W), tensor("W", M, C, H, W), tensor("y", N, M, 1, 1)
    z = conv2d(a, w)
    out = apply(SIGMA, z)
    error = hadamard(out - y, apply(SIGMA.prime, z))
    flat = matmul(error[:, :, 0, 0], flatten(w))
    claim = build([N, C, H, W], lambda n, i, h, w: flat[n, (i, h, w)])
    return Statement(half_squared_error(out, y), a, claim)
