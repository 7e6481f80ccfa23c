r"""Average and maximum pooling in one, two and three dimensions.

Backward, with δ = ∂J/∂z: average pooling spreads each δ evenly over its window (upsample, divided by the
size of the window), maximum pooling routes it to the element that was the greatest (Bouvrie, Notes on
convolutional neural networks, 2006; LeCun et al., Gradient-based learning, 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.algebra import expand, hadamard, ones
from symgrad.language.build import build, maximum, total
from symgrad.language.index import Index, IndexLike, sizes, within
from symgrad.language.maps import (
    KERNEL_NAMES,
    OUTPUT_NAMES,
    PerAxis,
    correlate,
    dilate,
    fold,
    pad,
    per_axis,
    upsample,
    winners,
)
from symgrad.language.operator import operator
from symgrad.language.scalar import Access
from symgrad.language.tensor import Comprehension, Tensor, index_names, tensor

# -- forward --------------------------------------------------------------------------------------


class _Windows:
    """Where the windows of a pooling lie: position y and offset u read the input at s·y + d·u - p."""

    def __init__(
        self,
        dims: int,
        input: Tensor,
        kernel: PerAxis,
        stride: PerAxis | None,
        padding: PerAxis,
        dilation: PerAxis,
    ) -> None:
        if input.ndim not in (dims + 1, dims + 2):
            raise ShapeError(
                f"pooling: the input has shape {input.shape}; expected ([N,] C, {dims} spatial sizes)"
            )
        self.dims = dims
        self.kernel = per_axis(kernel, dims, "kernel_size", 1)
        self.stride = self.kernel if stride is None else per_axis(stride, dims, "stride", 1)
        self.padding = per_axis(padding, dims, "padding", 0)
        self.dilation = per_axis(dilation, dims, "dilation", 1)
        self.size = [axis[0] for axis in input.axes[input.ndim - dims :]]
        self.lead = input.axes[: input.ndim - dims]
        self.names = (*index_names(input)[: len(input.extents) - dims], *OUTPUT_NAMES[dims])
        self.axes = [
            *self.lead,
            *(
                ((h + 2 * p - d * (k - 1) - 1) // s + 1,)
                for h, p, d, k, s in zip(
                    self.size, self.padding, self.dilation, self.kernel, self.stride, strict=True
                )
            ),
        ]

    def at(self, y: Sequence[Index], u: Sequence[Index]) -> list[Index]:
        places = zip(self.stride, y, self.dilation, u, self.padding, strict=True)
        return [s * i + d * k - p for s, i, d, k, p in places]


def _avg_pool(
    dims: int,
    input: Tensor,
    kernel_size: PerAxis,
    stride: PerAxis | None,
    padding: PerAxis,
    divisor: IndexLike | None,
) -> Comprehension:
    windows = _Windows(dims, input, kernel_size, stride, padding, 1)
    source = (
        pad(input, [(p, p) for p in windows.padding], dims=dims)
        if any(p != 0 for p in windows.padding)
        else input
    )
    count = _volume(windows.kernel) if divisor is None else Index.of(divisor)

    def body(*i: Index) -> Any:
        n, y = i[: len(i) - dims], i[len(i) - dims :]
        steps = windows.stride

        def element(*u: Index) -> Access:
            return Access(source, (*n, *(s * j + k for s, j, k in zip(steps, y, u, strict=True))))

        return total(windows.kernel, element, KERNEL_NAMES[dims]) / count

    return build(windows.axes, body, windows.names)


def _volume(kernel: Sequence[Index]) -> Index:
    volume = Index.of(1)
    for extent in kernel:
        volume = volume * extent
    return volume


def _max_pool(
    dims: int,
    input: Tensor,
    kernel_size: PerAxis,
    stride: PerAxis | None,
    padding: PerAxis,
    dilation: PerAxis,
) -> Comprehension:
    windows = _Windows(dims, input, kernel_size, stride, padding, dilation)
    padded = [p != 0 for p in windows.padding]

    def body(*i: Index) -> Any:
        n, y = i[: len(i) - dims], i[len(i) - dims :]
        return maximum(
            windows.kernel,
            lambda *u: Access(input, (*n, *windows.at(y, u))),
            lambda *u: [
                c
                for index, extent, p in zip(windows.at(y, u), windows.size, padded, strict=True)
                if p
                for c in within(index, extent)
            ],
            KERNEL_NAMES[dims],
        )

    z = build(windows.axes, body, windows.names)
    # as PyTorch demands, so that no window lies in the padding alone
    limits = []
    for k, d, p, has in zip(windows.kernel, windows.dilation, windows.padding, padded, strict=True):
        reach = d * (k - 1) + 1
        if has and (reach >= 2 * p).truth is False:
            raise ShapeError(
                f"max_pool{dims}d: the padding {p} is more than half of the {reach} that a window spans"
            )
        limits += [reach >= 2 * p] if has else []
    return z.needing(assumes=limits)


@operator
def avg_pool1d(
    input: Tensor,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    *,
    divisor_override: IndexLike | None = None,
) -> Comprehension:
    r"""\(z_{n,i,y} = \frac{1}{k} \sum_{u<k} \operatorname{pad}(a)_{n,i,\,sy+u}\).

    As `torch.nn.functional.avg_pool1d`:
    input ([N,] C, H); the stride is the window unless given; padding counts as zeros. Raises ShapeError
    or SizeError for arguments that have no meaning.
    """
    return _avg_pool(1, input, kernel_size, stride, padding, divisor_override)


@operator
def avg_pool2d(
    input: Tensor,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    *,
    divisor_override: IndexLike | None = None,
) -> Comprehension:
    """As `torch.nn.functional.avg_pool2d`; see `avg_pool1d`."""
    return _avg_pool(2, input, kernel_size, stride, padding, divisor_override)


@operator
def avg_pool3d(
    input: Tensor,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    *,
    divisor_override: IndexLike | None = None,
) -> Comprehension:
    """As `torch.nn.functional.avg_pool3d`; see `avg_pool1d`."""
    return _avg_pool(3, input, kernel_size, stride, padding, divisor_override)


@operator
def max_pool1d(
    input: Tensor,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Comprehension:
    r"""\(z_{n,i,y} = \max_{u<k} a_{n,i,\,sy+du-p}\) over what lies inside.

    As `torch.nn.functional.max_pool1d`:
    input ([N,] C, H); the stride is the window unless given; the padding is at most half the window.
    Raises ShapeError or SizeError for arguments that have no meaning.
    """
    return _max_pool(1, input, kernel_size, stride, padding, dilation)


@operator
def max_pool2d(
    input: Tensor,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Comprehension:
    """As `torch.nn.functional.max_pool2d`; see `max_pool1d`."""
    return _max_pool(2, input, kernel_size, stride, padding, dilation)


@operator
def max_pool3d(
    input: Tensor,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Comprehension:
    """As `torch.nn.functional.max_pool3d`; see `max_pool1d`."""
    return _max_pool(3, input, kernel_size, stride, padding, dilation)


# -- backward -------------------------------------------------------------------------------------


def avg_pool_upsample_gradient(delta: Tensor, size: PerAxis, kernel_size: PerAxis) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = \operatorname{upsample}(\delta, k) / k^2\).

    It is zero in a rest that no window covers; `size` is the spatial size of the input.
    """
    dims = delta.ndim - 2
    k = per_axis(kernel_size, dims, "kernel_size", 1)
    return _to_size(upsample(delta, k), size, dims) / _volume(k)


def avg_pool_correlation_gradient(
    delta: Tensor, size: PerAxis, kernel_size: PerAxis, stride: PerAxis, padding: PerAxis
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = \frac{1}{k^2}
    \operatorname{pad}(\operatorname{dilate}(\delta, s)) \star 1_{k\times k}\).

    Overlapping windows are a convolution with a kernel of ones; `size` is that of the input.
    """
    dims = delta.ndim - 2
    k, p = per_axis(kernel_size, dims, "kernel_size", 1), per_axis(padding, dims, "padding", 0)
    h = per_axis(size, dims, "size", 1)
    inserted = dilate(delta, stride)
    spatial = [axis[0] for axis in inserted.axes[2:]]
    border = [(k[axis] - 1 - p[axis], h[axis] + p[axis] - spatial[axis]) for axis in range(dims)]
    channels = delta.axes[1][0]
    box = ones(channels, 1, *k)
    spread = correlate(pad(inserted, border), box, groups=channels)
    return spread / _volume(k)


def max_pool_upsample_gradient(
    delta: Tensor, z: Tensor, size: PerAxis, kernel_size: PerAxis
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = \operatorname{upsample}(\delta, k) \odot
    [a \text{ is the maximum of its window}]\).

    `z` is the pooled tensor, `size` the spatial size of the input.
    """
    dims = delta.ndim - 2
    k = per_axis(kernel_size, dims, "kernel_size", 1)
    chosen = fold(winners(z), [k[axis] * delta.axes[2 + axis][0] for axis in range(dims)], stride=k)
    return _to_size(hadamard(upsample(delta, k), chosen), size, dims)


def max_pool_route_gradient(
    delta: Tensor, z: Tensor, size: PerAxis, stride: PerAxis, padding: PerAxis = 0, dilation: PerAxis = 1
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a_h} =
    \sum_{y,u} \delta_y\,[u \text{ is the maximum of window } y]\,[h = sy + du - p]\).

    Each δ goes to the maximum of its window, and where windows overlap the contributions add up. `z` is
    the pooled tensor, `size` the spatial size of the input.
    """
    dims = delta.ndim - 2
    chosen = winners(z)
    routed = hadamard(expand(delta, chosen.axes[delta.ndim :]), chosen)
    return fold(routed, per_axis(size, dims, "size", 1), stride, padding, dilation)


def _to_size(x: Comprehension, size: PerAxis, dims: int) -> Comprehension:
    """`x` with zeros after it, up to the spatial size."""
    h = per_axis(size, dims, "size", 1)
    rest = [h[axis] - x.axes[2 + axis][0] for axis in range(dims)]
    return x if all(r == 0 for r in rest) else pad(x, [(0, r) for r in rest])


def _back_through_average(
    delta: Tensor,
    size: PerAxis,
    kernel_size: PerAxis,
    stride: PerAxis | None,
    padding: PerAxis,
    divisor_override: IndexLike | None,
) -> Tensor:
    dims = delta.ndim - 2
    if stride is None and all(p == 0 for p in per_axis(padding, dims, "padding", 0)):
        spread = avg_pool_upsample_gradient(delta, size, kernel_size)
    else:
        step = kernel_size if stride is None else stride
        spread = avg_pool_correlation_gradient(delta, size, kernel_size, step, padding)
    if divisor_override is None:
        return spread
    return spread * _volume(per_axis(kernel_size, dims, "kernel_size", 1)) / Index.of(divisor_override)


def _back_through_maximum(
    delta: Tensor,
    z: Tensor,
    size: PerAxis,
    kernel_size: PerAxis,
    stride: PerAxis | None,
    padding: PerAxis,
    dilation: PerAxis,
) -> Tensor:
    dims = delta.ndim - 2
    plain = all(p == 0 for p in per_axis(padding, dims, "padding", 0))
    if stride is None and plain and all(d == 1 for d in per_axis(dilation, dims, "dilation", 1)):
        return max_pool_upsample_gradient(delta, z, size, kernel_size)
    step = kernel_size if stride is None else stride
    return max_pool_route_gradient(delta, z, size, step, padding, dilation)


backward(avg_pool1d, avg_pool2d, avg_pool3d, input=_back_through_average)
backward(max_pool1d, max_pool2d, max_pool3d, input=_back_through_maximum)

# -- rules ----------------------------------------------------------------------------------------

N, C = sizes("N C")
_SIZE = {1: sizes("H"), 2: sizes("H W"), 3: sizes("D H W")}
_WINDOW = {1: sizes("k"), 2: sizes("k_h k_w"), 3: sizes("k_d k_h k_w")}
_OUT = {1: sizes("Y"), 2: sizes("Y X"), 3: sizes("T Y X")}
_STRIDE = {1: sizes("s"), 2: sizes("s_h s_w"), 3: sizes("s_d s_h s_w")}
_PADDING = {1: sizes("p", 0), 2: sizes("p_h p_w", 0), 3: sizes("p_d p_h p_w", 0)}
_AVERAGE = {1: avg_pool1d, 2: avg_pool2d, 3: avg_pool3d}
_MAXIMUM = {1: max_pool1d, 2: max_pool2d, 3: max_pool3d}
_BOUVRIE = "Bouvrie, Notes on convolutional neural networks (2006), sec. 3.2"
_GUIDE = "Dumoulin & Visin, A guide to convolution arithmetic for deep learning (2016), ch. 3"


def _register(dims: int) -> None:
    average, greatest = _AVERAGE[dims], _MAXIMUM[dims]
    size, k, out, s, p = _SIZE[dims], _WINDOW[dims], _OUT[dims], _STRIDE[dims], _PADDING[dims]
    whole = [window * count for window, count in zip(k, out, strict=True)]
    volume = {1: "k", 2: "k_h k_w", 3: "k_d k_h k_w"}[dims]

    @layer(f"avg_pool{dims}d", f"{dims}-dimensional average pooling")
    def _() -> Tensor:
        return average(tensor("a", N, C, *size), k, s, p)

    @layer(f"max_pool{dims}d", f"{dims}-dimensional maximum pooling")
    def _() -> Tensor:
        return greatest(tensor("a", N, C, *size), k, s, p)

    @rule(
        f"avg_pool{dims}d.input",
        "Through average pooling whose windows tile the input",
        rf"\frac{{\partial J}}{{\partial a}} = \frac{{1}}{{{volume}}} \operatorname{{upsample}}(\delta, k)",
        _BOUVRIE,
        zh="平均池化的反向传播（窗口恰好铺满输入）",
    )
    def _() -> Statement:
        a = tensor("a", N, C, *whole)
        z = average(a, k)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, avg_pool_upsample_gradient(delta, whole, k), delta)

    @rule(
        f"avg_pool{dims}d.input_rest",
        "Through average pooling without overlap, with a rest that no window covers",
        rf"\frac{{\partial J}}{{\partial a}} = \frac{{1}}{{{volume}}}"
        r" \operatorname{pad}(\operatorname{upsample}(\delta, k))",
        _BOUVRIE,
        zh="平均池化的反向传播（窗口不重叠，余下部分无窗口覆盖）",
    )
    def _() -> Statement:
        a = tensor("a", N, C, *size)
        z = average(a, k)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, avg_pool_upsample_gradient(delta, size, k), delta)

    @rule(
        f"avg_pool{dims}d.input_overlap",
        "Through average pooling with overlapping windows, stride and padding",
        rf"\frac{{\partial J}}{{\partial a}} = \frac{{1}}{{{volume}}}"
        r" \operatorname{pad}(\operatorname{dilate}(\delta, s)) \star 1",
        _GUIDE,
        zh="平均池化的反向传播（窗口重叠，有步长和填充）",
    )
    def _() -> Statement:
        a = tensor("a", N, C, *size)
        z = average(a, k, s, p)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, avg_pool_correlation_gradient(delta, size, k, s, p), delta)

    @rule(
        f"max_pool{dims}d.input",
        "Through maximum pooling whose windows tile the input",
        r"\frac{\partial J}{\partial a} = \operatorname{upsample}(\delta, k) \odot"
        r" [a \text{ is the maximum of its window}]",
        _BOUVRIE,
        zh="最大池化的反向传播（窗口恰好铺满输入）",
    )
    def _() -> Statement:
        a = tensor("a", N, C, *whole)
        z = greatest(a, k)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, max_pool_upsample_gradient(delta, z, whole, k), delta)

    @rule(
        f"max_pool{dims}d.input_rest",
        "Through maximum pooling without overlap, with a rest that no window covers",
        r"\frac{\partial J}{\partial a} = \operatorname{pad}(\operatorname{upsample}(\delta, k) \odot"
        r" [a \text{ is the maximum of its window}])",
        _BOUVRIE,
        zh="最大池化的反向传播（窗口不重叠，余下部分无窗口覆盖）",
    )
    def _() -> Statement:
        a = tensor("a", N, C, *size)
        z = greatest(a, k)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, max_pool_upsample_gradient(delta, z, size, k), delta)

    @rule(
        f"max_pool{dims}d.input_overlap",
        "Through maximum pooling with overlapping windows, stride and padding",
        r"\frac{\partial J}{\partial a_h} = \sum_{y,u} \delta_y\,[u \text{ is the maximum of window } y]\,"
        r"[h = sy + u - p]",
        _GUIDE,
        zh="最大池化的反向传播（窗口重叠，有步长和填充）",
    )
    def _() -> Statement:
        a = tensor("a", N, C, *size)
        z = greatest(a, k, s, p)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, max_pool_route_gradient(delta, z, size, s, p), delta)


for _dims in (1, 2, 3):
    _register(_dims)
