r"""Depthwise convolution: every input map has kernels of its own, and nothing is summed over the maps.

It is `conv1d`, `conv2d` or `conv3d` with as many groups as input maps: input (N, C, H, W), weight
((C, M), 1, K, L), output (N, (C, M), H', W'), where M is the channel multiplier. Backward is that of a
grouped convolution, one input map a group (Howard et al., MobileNets, 2017, sec. 3.1; Chollet, Xception,
2017).
"""

from __future__ import annotations

from typing import Any

from symgrad.catalogue import Statement, layer, rule
from symgrad.language.build import build
from symgrad.language.index import Index, sizes
from symgrad.language.maps import PerAxis
from symgrad.language.scalar import Access
from symgrad.language.tensor import Comprehension, Tensor, Variable, index_names, tensor
from symgrad.layers.conv import (
    bias_gradient,
    conv1d,
    conv2d,
    conv3d,
    conv_input_gradient,
    grouped_weight_gradient,
)

# -- backward -------------------------------------------------------------------------------------


def depthwise_input_gradient(
    delta: Tensor,
    weight: Tensor,
    size: PerAxis,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a_c} = \sum_m
    \operatorname{pad}(\operatorname{dilate}(\delta_{(c,m)}, s)) \star \operatorname{rot180}(W_{(c,m)})\).

    A sum over the kernels of the one map. `size` is the spatial size of the input.
    """
    channels = weight.axes[0][0]
    grouped = conv_input_gradient(delta, weight, size, stride, padding, dilation, groups=channels)
    if channels == 1:  # one map is no group
        return grouped
    axes = (grouped.axes[0], (channels,), *grouped.axes[2:])
    names = ("n", "c", *index_names(grouped)[3:])
    return build(axes, lambda n, c, *h: Access(grouped, (n, c, Index.of(0), *h)), names)


def depthwise_weight_gradient(
    delta: Tensor,
    input: Tensor,
    size: PerAxis,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial W_{(c,m)}} = \sum_n
    \operatorname{pad}(a_{n,c}) \star \operatorname{dilate}(\delta_{n,(c,m)}, s)\).

    Read at every d-th position; `size` is the spatial size of the kernel.
    """
    axes = (input.axes[0], (*input.axes[1], Index.of(1)), *input.axes[2:])
    names = ("n", "c", "o", *index_names(input)[2:])
    grouped = build(axes, lambda n, c, o, *h: Access(input, (n, c, *h)), names)
    return grouped_weight_gradient(delta, grouped, size, stride, padding, dilation)


# -- rules ----------------------------------------------------------------------------------------

N, C, M, O = sizes("N C M O")
_SPATIAL = {1: sizes("H"), 2: sizes("H W"), 3: sizes("D H W")}
_KERNEL = {1: sizes("K"), 2: sizes("K L"), 3: sizes("J K L")}
_STRIDE = {1: sizes("s"), 2: sizes("s_h s_w"), 3: sizes("s_d s_h s_w")}
_PADDING = {1: sizes("p", 0), 2: sizes("p_h p_w", 0), 3: sizes("p_d p_h p_w", 0)}
_DILATION = {1: sizes("d"), 2: sizes("d_h d_w"), 3: sizes("d_d d_h d_w")}
_FORWARD = {1: conv1d, 2: conv2d, 3: conv3d}
_HOWARD = "Howard et al., MobileNets: efficient convolutional neural networks (2017), sec. 3.1"
_CHOLLET = "Chollet, Xception: deep learning with depthwise separable convolutions (2017)"


def _general(dims: int) -> tuple[Variable, Variable, dict[str, Any]]:
    """Input, kernels and options with every size, stride, padding and dilation symbolic."""
    a, w = tensor("a", N, C, *_SPATIAL[dims]), tensor("W", (C, M), 1, *_KERNEL[dims])
    options = {"stride": _STRIDE[dims], "padding": _PADDING[dims], "dilation": _DILATION[dims]}
    return a, w, options


def _register(dims: int) -> None:
    name, conv, size, kernel = f"depthwise_conv{dims}d", _FORWARD[dims], _SPATIAL[dims], _KERNEL[dims]

    @layer(name, f"{dims}-dimensional depthwise convolution with a channel multiplier")
    def _() -> Tensor:
        a, w, options = _general(dims)
        return conv(a, w, groups=C, **options)

    @rule(
        f"{name}.input",
        "Through a depthwise convolution",
        r"\frac{\partial J}{\partial a_c} = \sum_m"
        r" \operatorname{pad}(\operatorname{dilate}(\delta_{(c,m)}, s))"
        r" \star \operatorname{rot180}(W_{(c,m)})",
        _HOWARD,
        zh="逐通道卷积层的反向传播",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        z = conv(a, w, groups=C, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, depthwise_input_gradient(delta, w, size, **options), delta)

    @rule(
        f"{name}.weight",
        "Kernels of a depthwise convolution",
        r"\frac{\partial J}{\partial W_{(c,m)}} = \operatorname{pad}(a_c)"
        r" \star \operatorname{dilate}(\delta_{(c,m)}, s)",
        _HOWARD,
        zh="逐通道卷积核的梯度",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        z = conv(a, w, groups=C, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, w, depthwise_weight_gradient(delta, a, kernel, **options), delta)

    @rule(
        f"{name}.bias",
        "Bias of a depthwise convolution, one for each output map",
        r"\frac{\partial J}{\partial b_{(c,m)}} = \sum_n \sum_y \delta_{n,(c,m),y}",
        _HOWARD,
        zh="逐通道卷积层偏置的梯度（每个输出特征图一个偏置）",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        b = tensor("b", (C, M))
        z = conv(a, w, b, groups=C, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, b, bias_gradient(delta), delta)

    @rule(
        f"{name}.separable_input",
        "Through a depthwise separable convolution: a depthwise one, then one of 1×1 kernels",
        r"\delta_{(c,m)} = \sum_j V_{j,(c,m)}\,\delta_j, \quad"
        r" \frac{\partial J}{\partial a_c} = \sum_m"
        r" \operatorname{pad}(\operatorname{dilate}(\delta_{(c,m)}, s))"
        r" \star \operatorname{rot180}(W_{(c,m)})",
        _CHOLLET,
        zh="深度可分离卷积层的反向传播（逐通道卷积之后为 1×1 卷积）",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        pointwise = tensor("V", O, (C, M), *(1,) * dims)
        z = conv(conv(a, w, groups=C, **options), pointwise)
        delta = tensor("delta", *z.shape)
        between = conv_input_gradient(delta, pointwise, [axis[0] for axis in z.axes[2:]])
        return Statement(z, a, depthwise_input_gradient(between, w, size, **options), delta)


for _dims in (1, 2, 3):
    _register(_dims)
