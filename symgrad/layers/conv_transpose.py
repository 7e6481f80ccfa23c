r"""Transposed convolution in one, two and three dimensions: every entry of the input writes a kernel.

\(z_{j,o} = \sum_{i,y,u} a_{i,y}\,W_{i,j,u}\,[o = sy + du - p] + b_j\) is what the gradient of a convolution
by its input does to δ. Backward is therefore an ordinary convolution, with the same stride, padding and
dilation, of δ with the kernel as it is (Dumoulin & Visin, A guide to convolution arithmetic, 2016, ch. 4;
Zeiler, Krishnan, Taylor & Fergus, Deconvolutional networks, 2010).
"""

from __future__ import annotations

from typing import Any

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.build import build, total, when
from symgrad.language.index import Index, IndexLike, equals, sizes, within
from symgrad.language.maps import KERNEL_NAMES, OUTPUT_NAMES, PerAxis, correlate, pad, per_axis
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar
from symgrad.language.tensor import Axis, Comprehension, Requirement, Tensor, Variable, require_same, tensor
from symgrad.layers.conv import (
    bias_gradient,
    conv1d,
    conv2d,
    conv3d,
    conv_input_gradient,
    conv_weight_gradient,
    grouped_weight_gradient,
)

# -- forward --------------------------------------------------------------------------------------


def _conv_transpose(
    dims: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: PerAxis,
    padding: PerAxis,
    output_padding: PerAxis,
    groups: IndexLike,
    dilation: PerAxis,
) -> Comprehension:
    what = f"conv_transpose{dims}d"
    if weight.ndim != dims + 2:
        raise ShapeError(
            f"{what}: the weight has shape {weight.shape}; expected (in, out, {dims} kernel sizes)"
        )
    if input.ndim not in (dims + 1, dims + 2):
        raise ShapeError(
            f"{what}: the input has shape {input.shape}; expected ([N,] C, {dims} spatial sizes)"
        )
    s, p = per_axis(stride, dims, f"{what}: stride", 1), per_axis(padding, dims, f"{what}: padding", 0)
    d = per_axis(dilation, dims, f"{what}: dilation", 1)
    rest = per_axis(output_padding, dims, f"{what}: output_padding", 0)
    old, kernel = ([axis[0] for axis in x.axes[x.ndim - dims :]] for x in (input, weight))
    new = [
        s[k] * (old[k] - 1) - 2 * p[k] + d[k] * (kernel[k] - 1) + rest[k] + 1 for k in range(dims)
    ]  # every position that is written to, less the padding, and the rest that is asked for
    lead, channels = input.axes[: input.ndim - dims - 1], input.axes[input.ndim - dims - 1]
    maps = _Maps(Index.of(groups), weight.axes[0], weight.axes[1], what)
    requires = maps.requires + require_same(
        channels, weight.axes[0], f"{what}: the maps of the input, axis 0 of the weight"
    )
    if bias is not None:
        if bias.ndim != 1:
            raise ShapeError(f"{what}: the bias has shape {bias.shape}; expected (out)")
        requires += require_same(bias.axes[0], maps.out, f"{what}: the bias, and the output maps")
    outer, into = len(lead), len(maps.summed)

    def body(*indices: Index) -> Scalar:
        n, j, o = indices[:outer], indices[outer:-dims], indices[-dims:]

        def product(*summed: Index) -> Scalar:
            i, y, u = summed[:into], summed[into:-dims], summed[-dims:]
            written = [equals(o[k] + p[k], s[k] * y[k] + d[k] * u[k]) for k in range(dims)]
            inside, channel, out = maps.read(j, i)
            read = Access(input, (*n, *channel, *y)) * Access(weight, (*channel, *out, *u))
            return when([*inside, *written], read)

        names = maps.sum_names + OUTPUT_NAMES[dims] + KERNEL_NAMES[dims]
        z = total((*maps.summed, *old, *kernel), product, names)
        return z if bias is None else z + Access(bias, j)

    names = ("n",)[:outer] + maps.out_names + _POSITION[dims]
    return build((*lead, maps.out, *((e,) for e in new)), body, names, tuple(requires))


_POSITION = {1: ("o",), 2: ("o", "q"), 3: ("l", "o", "q")}


class _Maps:
    """Which input maps and kernels write to output map j, without or with groups."""

    def __init__(self, groups: Index, into: Axis, out: Axis, what: str) -> None:
        self.groups = groups
        self.out: Axis = out
        self.summed: Axis = into
        self.sum_names, self.out_names = ("i", "i'", "i''")[: len(into)], ("j", "j'", "j''")[: len(out)]
        self.requires: list[Requirement] = []
        self.read = self._plain
        if groups == 1:
            return
        if len(into) == 2 and len(out) == 1:
            self.requires = require_same(into[:1], (groups,), f"{what}: groups and the input maps")
            self.out, self.summed = (groups, out[0]), into[1:]
            self.sum_names, self.out_names = ("i",), ("g", "j")
            self.read = self._paired
            return
        count, maps = groups.constant, into[0].constant
        if count is None or maps is None or len(into) != 1 or len(out) != 1 or maps % count:
            raise ShapeError(
                f"{what}: with groups={groups} the channel axes are pairs when they are symbolic, input "
                f"(N, ({groups}, C), …), weight (({groups}, C), M, …); groups divides the input maps"
            )
        self.each, self.maps = maps // count, out[0]
        self.out, self.summed = (groups * out[0],), (groups, Index.of(self.each))
        self.sum_names = ("g", "i")
        self.read = self._numbered

    def _plain(self, j: Any, i: Any) -> tuple[Any, Any, Any]:
        return (), i, j

    def _paired(self, j: Any, i: Any) -> tuple[Any, Any, Any]:
        return (), (j[0], *i), j[1:]

    def _numbered(self, j: Any, i: Any) -> tuple[Any, Any, Any]:
        own = j[0] - self.maps * i[0]
        return within(own, self.maps), (self.each * i[0] + i[1],), (own,)


@operator
def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    output_padding: PerAxis = 0,
    groups: IndexLike = 1,
    dilation: PerAxis = 1,
) -> Comprehension:
    r"""\(z_{n,j,o} = \sum_{i,y,u} a_{n,i,y}\,W_{i,j,u}\,[o = sy + du - p] + b_j\).

    As `torch.nn.functional.conv_transpose1d`: input ([N,] C, H), weight (C, M, K), bias (M); the output
    has s(H-1) - 2p + d(K-1) + output_padding + 1 positions. With symbolic `groups` the channel axes are
    pairs: input (N, (G, C), H), weight ((G, C), M, K). Raises ShapeError for operands that never fit,
    SizeError for a stride, padding or dilation out of range.
    """
    return _conv_transpose(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@operator
def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    output_padding: PerAxis = 0,
    groups: IndexLike = 1,
    dilation: PerAxis = 1,
) -> Comprehension:
    """As `torch.nn.functional.conv_transpose2d`; shapes and errors as for `conv_transpose1d`."""
    return _conv_transpose(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@operator
def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    output_padding: PerAxis = 0,
    groups: IndexLike = 1,
    dilation: PerAxis = 1,
) -> Comprehension:
    """As `torch.nn.functional.conv_transpose3d`; shapes and errors as for `conv_transpose1d`."""
    return _conv_transpose(3, input, weight, bias, stride, padding, output_padding, groups, dilation)


# -- backward -------------------------------------------------------------------------------------


def conv_transpose_input_gradient(
    delta: Tensor,
    weight: Tensor,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    output_padding: PerAxis = 0,
    groups: IndexLike = 1,
    dilation: PerAxis = 1,
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a_i} = \sum_j \operatorname{pad}(\delta_j) \star W_{ij}\), read at every
    s-th position.

    The kernel is not turned. What `output_padding` added is cut off again, so that there are as many
    positions to read at as the input has.
    """
    dims = weight.ndim - 2
    p = per_axis(padding, dims, "padding", 0)
    rest = per_axis(output_padding, dims, "output_padding", 0)
    border = [(before, before - more) for before, more in zip(p, rest, strict=True)]
    padded = pad(delta, border, dims=dims)
    return correlate(padded, weight, stride=stride, dilation=dilation, groups=groups, dims=dims)


def conv_transpose_weight_gradient(
    delta: Tensor,
    input: Tensor,
    size: PerAxis,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial W_{ij}} = \sum_n
    \operatorname{pad}(\delta_{n,j}) \star \operatorname{dilate}(a_{n,i}, s)\).

    Read at every d-th position: as for a convolution, with a and δ exchanged. `size` is the spatial size
    of the kernel.
    """
    return conv_weight_gradient(input, delta, size, stride, padding, dilation)


def grouped_transpose_weight_gradient(
    delta: Tensor,
    input: Tensor,
    size: PerAxis,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial W_{(g,i),j}} = \sum_n
    \operatorname{pad}(\delta_{n,(g,j)}) \star \operatorname{dilate}(a_{n,(g,i)}, s)\)."""
    return grouped_weight_gradient(input, delta, size, stride, padding, dilation)


def _back_to_weight(
    delta: Tensor,
    input: Tensor,
    size: PerAxis,
    stride: PerAxis,
    padding: PerAxis,
    dilation: PerAxis,
    groups: IndexLike,
) -> Tensor:
    if Index.of(groups) == 1:
        return conv_transpose_weight_gradient(delta, input, size, stride, padding, dilation)
    if len(input.axes[1]) != 2:
        raise ShapeError(f"groups={groups}: the closed form takes maps ({groups}, C), not {input.shape[1]}")
    return grouped_transpose_weight_gradient(delta, input, size, stride, padding, dilation)


backward(
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    input=conv_transpose_input_gradient,
    weight=_back_to_weight,
    bias=bias_gradient,
)

# -- rules ----------------------------------------------------------------------------------------

N, C, M, G = sizes("N C M G")
_SPATIAL = {1: sizes("H"), 2: sizes("H W"), 3: sizes("D H W")}
_KERNEL = {1: sizes("K"), 2: sizes("K L"), 3: sizes("J K L")}
_STRIDE = {1: sizes("s"), 2: sizes("s_h s_w"), 3: sizes("s_d s_h s_w")}
_PADDING = {1: sizes("p", 0), 2: sizes("p_h p_w", 0), 3: sizes("p_d p_h p_w", 0)}
_REST = {1: sizes("r", 0), 2: sizes("r_h r_w", 0), 3: sizes("r_d r_h r_w", 0)}
_DILATION = {1: sizes("d"), 2: sizes("d_h d_w"), 3: sizes("d_d d_h d_w")}
_FORWARD = {1: conv_transpose1d, 2: conv_transpose2d, 3: conv_transpose3d}
_CONVOLUTION = {1: conv1d, 2: conv2d, 3: conv3d}
_GUIDE = "Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016), ch. 4"
_ZEILER = "Zeiler, Krishnan, Taylor & Fergus, Deconvolutional networks (2010)"


def _general(dims: int, grouped: bool = False) -> tuple[Variable, Variable, dict[str, Any]]:
    """Input, kernel and options with every size, stride, padding and dilation symbolic."""
    a = tensor("a", N, (G, C) if grouped else C, *_SPATIAL[dims])
    w = tensor("W", (G, C) if grouped else C, M, *_KERNEL[dims])
    options = {"stride": _STRIDE[dims], "padding": _PADDING[dims], "dilation": _DILATION[dims]}
    return a, w, options


def _register(dims: int) -> None:
    name, forward, kernel, rest = f"conv_transpose{dims}d", _FORWARD[dims], _KERNEL[dims], _REST[dims]

    @layer(name, f"{dims}-dimensional transposed convolution with stride, padding and dilation")
    def _() -> Tensor:
        a, w, options = _general(dims)
        return forward(a, w, tensor("b", M), output_padding=rest, **options)

    @rule(
        f"{name}.input",
        "Through a transposed convolution: an ordinary convolution of δ",
        r"\frac{\partial J}{\partial a_i} = \sum_j \operatorname{pad}(\delta_j) \star_s W_{ij}",
        _GUIDE,
        zh="转置卷积层的反向传播：对 δ 作普通卷积",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        z = forward(a, w, output_padding=rest, **options)
        delta = tensor("delta", *z.shape)
        claim = conv_transpose_input_gradient(delta, w, output_padding=rest, **options)
        return Statement(z, a, claim, delta)

    @rule(
        f"{name}.weight",
        "Kernel of a transposed convolution",
        r"\frac{\partial J}{\partial W_{ij}} = \operatorname{pad}(\delta_j)"
        r" \star \operatorname{dilate}(a_i, s)",
        _GUIDE,
        zh="转置卷积核的梯度",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        z = forward(a, w, output_padding=rest, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, w, conv_transpose_weight_gradient(delta, a, kernel, **options), delta)

    @rule(
        f"{name}.bias",
        "Bias of a transposed convolution, one for each map",
        r"\frac{\partial J}{\partial b_j} = \sum_n \sum_o \delta_{n,j,o}",
        _ZEILER,
        zh="转置卷积层偏置的梯度（每个特征图一个偏置）",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        b = tensor("b", M)
        z = forward(a, w, b, output_padding=rest, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, b, bias_gradient(delta), delta)

    @rule(
        f"{name}.correlation",
        "A transposed convolution is a correlation with the turned kernel, after inserting zeros",
        r"z_j = \sum_i \operatorname{pad}(\operatorname{dilate}(a_i, s))"
        r" \star \operatorname{rot180}(W_{ij})",
        _GUIDE,
        zh="转置卷积就是插入零之后与旋转核的互相关",
    )
    def _() -> Statement:
        a, w, options = _general(dims)
        z = forward(a, w, output_padding=rest, **options)
        size = [axis[0] for axis in z.axes[2:]]
        return Statement(z, None, conv_input_gradient(a, w, size, **options))

    @rule(
        f"{name}.of_conv{dims}d",
        "The gradient of a convolution by its input is a transposed convolution of δ",
        r"z = a \star_s W \implies \frac{\partial J}{\partial a} = \operatorname{conv\_transpose}(\delta, W)",
        _GUIDE,
        zh="卷积对其输入的梯度就是 δ 的转置卷积",
    )
    def _() -> Statement:
        size, (s, p, d) = _SPATIAL[dims], (_STRIDE[dims], _PADDING[dims], _DILATION[dims])
        a, w = tensor("a", N, C, *size), tensor("W", M, C, *kernel)
        z = _CONVOLUTION[dims](a, w, stride=s, padding=p, dilation=d)
        delta = tensor("delta", *z.shape)
        left = [  # what the last window does not reach
            size[k] + 2 * p[k] - d[k] * (kernel[k] - 1) - 1 - s[k] * (z.axes[2 + k][0] - 1)
            for k in range(dims)
        ]
        return Statement(z, a, forward(delta, w, None, s, p, left, 1, d), delta)

    @rule(
        f"{name}.grouped_input",
        "Through a grouped transposed convolution",
        r"\frac{\partial J}{\partial a_{(g,i)}} = \sum_j \operatorname{pad}(\delta_{(g,j)})"
        r" \star_s W_{(g,i),j}",
        _GUIDE,
        zh="分组转置卷积层的反向传播",
    )
    def _() -> Statement:
        a, w, options = _general(dims, grouped=True)
        z = forward(a, w, output_padding=rest, groups=G, **options)
        delta = tensor("delta", *z.shape)
        claim = conv_transpose_input_gradient(delta, w, output_padding=rest, groups=G, **options)
        return Statement(z, a, claim, delta)

    @rule(
        f"{name}.grouped_weight",
        "Kernel of a grouped transposed convolution",
        r"\frac{\partial J}{\partial W_{(g,i),j}} = \operatorname{pad}(\delta_{(g,j)})"
        r" \star \operatorname{dilate}(a_{(g,i)}, s)",
        _GUIDE,
        zh="分组转置卷积核的梯度",
    )
    def _() -> Statement:
        a, w, options = _general(dims, grouped=True)
        z = forward(a, w, output_padding=rest, groups=G, **options)
        delta = tensor("delta", *z.shape)
        return Statement(z, w, grouped_transpose_weight_gradient(delta, a, kernel, **options), delta)


for _dims in (1, 2, 3):
    _register(_dims)
