r"""Convolution in one, two and three dimensions.

Deep learning's convolution is a cross-correlation \(z = \operatorname{pad}(a) \star W + b\). Backward, with
δ = ∂J/∂z, zeros are inserted into δ for the stride, its border is padded, and it is correlated with the
kernel turned by 180° (Goodfellow, Bengio & Courville, Deep Learning, ch. 9.5; Dumoulin & Visin, A guide to
convolution arithmetic, 2016).
"""

from __future__ import annotations

from typing import Any

from symgrad.catalogue import Statement, layer, rule
from symgrad.errors import ShapeError, SizeError
from symgrad.language.build import build, total
from symgrad.language.index import Index, IndexLike, sizes
from symgrad.language.maps import (
    KERNEL_NAMES,
    OUTPUT_NAMES,
    PerAxis,
    convolve,
    correlate,
    dilate,
    pad,
    per_axis,
    rot180,
    swap,
)
from symgrad.language.operator import operator
from symgrad.language.scalar import Access
from symgrad.language.tensor import Comprehension, Tensor, Variable, require_same, tensor

# -- forward --------------------------------------------------------------------------------------


def _conv(
    dims: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: PerAxis,
    padding: PerAxis | str,
    dilation: PerAxis,
    groups: IndexLike,
) -> Comprehension:
    what = f"conv{dims}d"
    if weight.ndim != dims + 2:
        raise ShapeError(
            f"{what}: the weight has shape {weight.shape}; expected (out, in, {dims} kernel sizes)"
        )
    if input.ndim not in (dims + 1, dims + 2):
        raise ShapeError(
            f"{what}: the input has shape {input.shape}; expected ([N,] C, {dims} spatial sizes)"
        )
    spread = per_axis(dilation, dims, f"{what}: dilation", 1)
    if isinstance(padding, str):
        if padding not in ("valid", "same"):
            raise SizeError(f"{what}: padding is {padding!r}; expected a size, 'valid' or 'same'")
        if padding == "same" and any(step != 1 for step in per_axis(stride, dims, "stride", 1)):
            raise SizeError(f"{what}: padding='same' needs stride 1, got {stride}")
        z = correlate(input, weight, padding, stride, dilation, groups, dims)
    else:
        around = per_axis(padding, dims, f"{what}: padding", 0)
        padded = pad(input, [(p, p) for p in around], dims=dims) if any(p != 0 for p in around) else input
        z = correlate(padded, weight, "valid", stride, spread, groups, dims)
    return z if bias is None else _with_bias(z, bias, dims, what)


def _with_bias(z: Comprehension, bias: Tensor, dims: int, what: str) -> Comprehension:
    """One bias for each output map, or (an untied bias) one for each output position too."""
    maps = z.axes[z.ndim - dims - 1 : z.ndim - dims]
    wanted = {1: maps, dims + 1: z.axes[z.ndim - dims - 1 :]}.get(bias.ndim)
    if wanted is None:
        raise ShapeError(f"{what}: the bias has shape {bias.shape}; expected one axis, or {dims + 1}")
    requires = [
        needed
        for axis, (one, other) in enumerate(zip(bias.axes, wanted, strict=True))
        for needed in require_same(one, other, f"{what}: axis {axis} of the bias, and the output")
    ]
    first = len(z.extents) - dims - len(maps[0])
    last = len(z.extents) if bias.ndim > 1 else first + len(maps[0])
    names = [symbol.name for symbol in z.indices]
    return build(z.axes, lambda *i: Access(z, i) + Access(bias, i[first:last]), names, tuple(requires))


@operator
def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerAxis = 1,
    padding: PerAxis | str = 0,
    dilation: PerAxis = 1,
    groups: IndexLike = 1,
) -> Comprehension:
    r"""\(z_{n,j,y} = \sum_{i,u} \operatorname{pad}(a)_{n,i,\,sy+du}\,W_{j,i,u} + b_j\).

    As `torch.nn.functional.conv1d`: input ([N,] C, H), weight (M, C, K), bias (M) or, one for each position,
    (M, H'). With symbolic `groups` the channel axes are pairs: input (N, (G, C), H), weight ((G, M), C, K).
    Raises ShapeError for operands that never fit, SizeError for a stride, padding or dilation out of range.
    """
    return _conv(1, input, weight, bias, stride, padding, dilation, groups)


@operator
def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerAxis = 1,
    padding: PerAxis | str = 0,
    dilation: PerAxis = 1,
    groups: IndexLike = 1,
) -> Comprehension:
    r"""\(z_{n,j,y,x} = \sum_{i,u,v} \operatorname{pad}(a)_{n,i,\,sy+du,\,s'x+d'v}\,W_{j,i,u,v} + b_j\).

    As `torch.nn.functional.conv2d`; shapes and errors as for `conv1d`, with two spatial axes.
    """
    return _conv(2, input, weight, bias, stride, padding, dilation, groups)


@operator
def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerAxis = 1,
    padding: PerAxis | str = 0,
    dilation: PerAxis = 1,
    groups: IndexLike = 1,
) -> Comprehension:
    """As `torch.nn.functional.conv3d`; shapes and errors as for `conv1d`, with three spatial axes."""
    return _conv(3, input, weight, bias, stride, padding, dilation, groups)


# -- backward -------------------------------------------------------------------------------------


def conv_input_gradient(
    delta: Tensor,
    weight: Tensor,
    size: PerAxis,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
    groups: IndexLike = 1,
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a_i} = \sum_j
    \operatorname{pad}(\operatorname{dilate}(\delta_j, s)) \star \operatorname{rot180}(W_{ij})\).

    For s = 1 and no padding that is the full correlation. `size` is the spatial size of the input, which δ
    does not determine when the stride leaves a rest.
    """
    dims = weight.ndim - 2
    s, p = per_axis(stride, dims, "stride", 1), per_axis(padding, dims, "padding", 0)
    d, h = per_axis(dilation, dims, "dilation", 1), per_axis(size, dims, "size", 1)
    reach = [d[k] * (weight.axes[2 + k][0] - 1) for k in range(dims)]
    inserted = delta if all(step == 1 for step in s) else dilate(delta, s, dims=dims)
    spatial = [axis[0] for axis in inserted.axes[inserted.ndim - dims :]]
    border = [(reach[k] - p[k], h[k] + p[k] - spatial[k]) for k in range(dims)]
    kernel = rot180(swap(weight, groups), dims=dims)
    return correlate(pad(inserted, border, dims=dims), kernel, dilation=d, groups=groups, dims=dims)


def conv_weight_gradient(
    delta: Tensor,
    input: Tensor,
    size: PerAxis,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial W_{ji}} = \sum_n
    \operatorname{pad}(a_{n,i}) \star \operatorname{dilate}(\delta_{n,j}, s)\).

    Read at every d-th position; `size` is the spatial size of the kernel.
    """
    padded, inserted, d = _for_weight(delta, input, size, stride, padding, dilation)
    return swap(correlate(swap(padded), swap(inserted), stride=d))


def grouped_weight_gradient(
    delta: Tensor,
    input: Tensor,
    size: PerAxis,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial W_{(g,j),i}} = \sum_n
    \operatorname{pad}(a_{n,(g,i)}) \star \operatorname{dilate}(\delta_{n,(g,j)}, s)\).

    Read at every d-th position; the input maps are (g, i), the output maps (g, j).
    """
    padded, inserted, d = _for_weight(delta, input, size, stride, padding, dilation)
    dims, spatial = len(d), [axis[0] for axis in inserted.axes[2:]]
    k = per_axis(size, dims, "size", 1)
    groups, maps = inserted.axes[1]

    def entry(g: Index, j: Index, i: Index, *u: Index) -> Any:
        def product(n: Index, *t: Index) -> Any:
            at = [d[axis] * u[axis] + t[axis] for axis in range(dims)]
            return Access(padded, (n, g, i, *at)) * Access(inserted, (n, g, j, *t))

        return total((input.axes[0][0], *spatial), product, ("n", *OUTPUT_NAMES[dims]))

    names = ("g", "j", "i", *KERNEL_NAMES[dims])
    return build([(groups, maps), input.axes[1][1], *k], entry, names)


def _for_weight(
    delta: Tensor, input: Tensor, size: PerAxis, stride: PerAxis, padding: PerAxis, dilation: PerAxis
) -> tuple[Comprehension, Tensor, tuple[Index, ...]]:
    """The padded input, cut to what the kernel reaches, and δ with zeros inserted."""
    dims = delta.ndim - 2
    p, d = per_axis(padding, dims, "padding", 0), per_axis(dilation, dims, "dilation", 1)
    k = per_axis(size, dims, "size", 1)
    s = per_axis(stride, dims, "stride", 1)
    inserted = delta if all(step == 1 for step in s) else dilate(delta, s, dims=dims)
    spatial = [axis[0] for axis in inserted.axes[2:]]
    reached = [spatial[axis] + d[axis] * (k[axis] - 1) for axis in range(dims)]
    border = [(p[axis], reached[axis] - input.axes[2 + axis][0] - p[axis]) for axis in range(dims)]
    return pad(input, border, dims=dims), inserted, d


def bias_gradient(delta: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial b_j} = \sum_n \sum_y \delta_{n,j,y}\): over samples and positions."""
    return delta.sum((0, *range(2, delta.ndim)))


def position_bias_gradient(delta: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial b_{j,y}} = \sum_n \delta_{n,j,y}\): a bias for each position."""
    return delta.sum(0)


# -- rules ----------------------------------------------------------------------------------------

N, C, M, G = sizes("N C M G")
_SPATIAL = {1: sizes("H"), 2: sizes("H W"), 3: sizes("D H W")}
_KERNEL = {1: sizes("K"), 2: sizes("K L"), 3: sizes("J K L")}
_STRIDE = {1: sizes("s"), 2: sizes("s_h s_w"), 3: sizes("s_d s_h s_w")}
_PADDING = {1: sizes("p", 0), 2: sizes("p_h p_w", 0), 3: sizes("p_d p_h p_w", 0)}
_DILATION = {1: sizes("d"), 2: sizes("d_h d_w"), 3: sizes("d_d d_h d_w")}
_FORWARD = {1: conv1d, 2: conv2d, 3: conv3d}
_GUIDE = "Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016), ch. 4"
_BOOK = "Goodfellow, Bengio & Courville, Deep Learning (2016), ch. 9.5"


def _general(dims: int, grouped: bool = False) -> tuple[Variable, Variable, dict[str, Any]]:
    """Input, kernel and options of a convolution with every size, stride, padding and dilation symbolic."""
    a = tensor("a", N, (G, C) if grouped else C, *_SPATIAL[dims])
    w = tensor("W", (G, M) if grouped else M, C, *_KERNEL[dims])
    options = {"stride": _STRIDE[dims], "padding": _PADDING[dims], "dilation": _DILATION[dims]}
    return a, w, options


def _register(dims: int) -> None:
    name, conv, size, kernel = f"conv{dims}d", _FORWARD[dims], _SPATIAL[dims], _KERNEL[dims]

    @layer(name, f"{dims}-dimensional convolution (cross-correlation) with stride, padding and dilation")
    def _() -> Tensor:
        a, w, options = _general(dims)
        return conv(a, w, tensor("b", M), **options)

    @rule(
        f"{name}.input",
        "Through a convolution",
        r"\frac{\partial J}{\partial a_i} = \sum_j \operatorname{pad}(\operatorname{dilate}(\delta_j, s))"
        r" \star \operatorname{rot180}(W_{ij})",
        _GUIDE,
        zh="卷积层的反向传播",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        z = conv(a, w, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, conv_input_gradient(delta, w, size, **options), delta)

    @rule(
        f"{name}.weight",
        "Kernel of a convolution",
        r"\frac{\partial J}{\partial W_{ij}} = \operatorname{pad}(a_i)"
        r" \star \operatorname{dilate}(\delta_j, s)",
        _GUIDE,
        zh="卷积核的梯度",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        z = conv(a, w, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, w, conv_weight_gradient(delta, a, kernel, **options), delta)

    @rule(
        f"{name}.bias",
        "Bias of a convolution, one for each map",
        r"\frac{\partial J}{\partial b_j} = \sum_n \sum_y \delta_{n,j,y}",
        _BOOK,
        zh="卷积层偏置的梯度（每个特征图一个偏置）",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        b = tensor("b", M)
        z = conv(a, w, b, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, b, bias_gradient(delta), delta)

    @rule(
        f"{name}.position_bias",
        "Bias of a convolution, one for each position of each map",
        r"\frac{\partial J}{\partial b_{j,y}} = \sum_n \delta_{n,j,y}",
        _BOOK,
        zh="卷积层偏置的梯度（每个位置一个偏置）",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        plain = conv(a, w, **options)
        b = tensor("b", *plain.shape[1:])
        z = conv(a, w, b, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, b, position_bias_gradient(delta), delta)

    @rule(
        f"{name}.input_full",
        "Through a convolution of stride 1 without padding, as true full convolution",
        r"\frac{\partial J}{\partial a_i} = \sum_j \delta_j * W_{ij}",
        _BOOK,
        zh="步长为 1、无填充的卷积层：写成完全卷积",
    )
    def _() -> Statement:
        a, w, _options = _general(dims)
        z = conv(a, w)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, convolve(delta, swap(w), "full"), delta)

    @rule(
        f"{name}.input_rot180",
        "Through a convolution of stride 1 without padding, as correlation with the turned kernel",
        r"\frac{\partial J}{\partial a_i} = \sum_j \operatorname{pad}(\delta_j, K-1)"
        r" \star \operatorname{rot180}(W_{ij})",
        _BOOK,
        zh="步长为 1、无填充的卷积层：写成与旋转核的互相关",
    )
    def _() -> Statement:
        a, w, _options = _general(dims)
        z = conv(a, w)
        delta = tensor("delta", *z.shape)
        border = [k - 1 for k in kernel]
        return Statement(z, a, correlate(pad(delta, border), rot180(swap(w))), delta)

    @rule(
        f"{name}.weight_valid",
        "Kernel of a convolution of stride 1 without padding",
        r"\frac{\partial J}{\partial W_{ij}} = a_i \star \delta_j",
        _BOOK,
        zh="步长为 1、无填充时卷积核的梯度",
    )
    def _() -> Statement:
        a, w, _options = _general(dims)
        z = conv(a, w)
        delta = tensor("delta", *z.shape)
        return Statement(z, w, swap(correlate(swap(a), swap(delta))), delta)

    @rule(
        f"{name}.grouped_input",
        "Through a grouped convolution",
        r"\frac{\partial J}{\partial a_{(g,i)}} = \sum_j"
        r" \operatorname{pad}(\operatorname{dilate}(\delta_{(g,j)}, s))"
        r" \star \operatorname{rot180}(W_{(g,j),i})",
        _GUIDE,
        zh="分组卷积层的反向传播",
    )
    def _() -> Statement:
        a, w, options = _general(dims, grouped=True)
        z = conv(a, w, groups=G, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, conv_input_gradient(delta, w, size, groups=G, **options), delta)

    @rule(
        f"{name}.grouped_weight",
        "Kernel of a grouped convolution",
        r"\frac{\partial J}{\partial W_{(g,j),i}} = \operatorname{pad}(a_{(g,i)}) \star"
        r" \operatorname{dilate}(\delta_{(g,j)}, s)",
        _GUIDE,
        zh="分组卷积核的梯度",
    )
    def _() -> Statement:
        a, w, options = _general(dims, grouped=True)
        z = conv(a, w, groups=G, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, w, grouped_weight_gradient(delta, a, kernel, **options), delta)


for _dims in (1, 2, 3):
    _register(_dims)
