"""By which closed form δ goes back through a convolution: one without groups, with groups, or depthwise."""

from __future__ import annotations

from symgrad.catalogue import backward
from symgrad.errors import ShapeError
from symgrad.language.index import Index, IndexLike
from symgrad.language.maps import PerAxis, per_axis
from symgrad.language.tensor import Tensor
from symgrad.layers.conv import (
    bias_gradient,
    conv1d,
    conv2d,
    conv3d,
    conv_input_gradient,
    conv_weight_gradient,
    grouped_weight_gradient,
    position_bias_gradient,
)
from symgrad.layers.depthwise import depthwise_input_gradient, depthwise_weight_gradient


def _to_input(
    delta: Tensor,
    input: Tensor,
    weight: Tensor,
    size: PerAxis,
    stride: PerAxis,
    padding: PerAxis | str,
    dilation: PerAxis,
    groups: IndexLike,
) -> Tensor:
    before = _before(padding, weight, dilation)
    if _is_depthwise(input, weight, groups):
        return depthwise_input_gradient(delta, weight, size, stride, before, dilation)
    return conv_input_gradient(delta, weight, size, stride, before, dilation, groups)


def _to_weight(
    delta: Tensor,
    input: Tensor,
    weight: Tensor,
    size: PerAxis,
    stride: PerAxis,
    padding: PerAxis | str,
    dilation: PerAxis,
    groups: IndexLike,
) -> Tensor:
    before = _before(padding, weight, dilation)
    if Index.of(groups) == 1:
        return conv_weight_gradient(delta, input, size, stride, before, dilation)
    if _is_depthwise(input, weight, groups):
        return depthwise_weight_gradient(delta, input, size, stride, before, dilation)
    if len(input.axes[1]) != 2:
        raise ShapeError(f"groups={groups}: the closed form takes maps ({groups}, C), not {input.shape[1]}")
    return grouped_weight_gradient(delta, input, size, stride, before, dilation)


def _to_bias(delta: Tensor, bias: Tensor) -> Tensor:
    return bias_gradient(delta) if bias.ndim == 1 else position_bias_gradient(delta)


def _is_depthwise(input: Tensor, weight: Tensor, groups: IndexLike) -> bool:
    kernels_of_a_map, inside = weight.axes[:2]
    one_map_a_group = len(input.axes[1]) == 1 and inside == (Index.of(1),)
    return Index.of(groups) != 1 and one_map_a_group and len(kernels_of_a_map) == 2


def _before(padding: PerAxis | str, weight: Tensor, dilation: PerAxis) -> PerAxis:
    """What is padded before each axis; how much comes after follows from the size."""
    if not isinstance(padding, str):
        return padding
    dims = weight.ndim - 2
    spread = per_axis(dilation, dims, "dilation", 1)
    reach = [d * (axis[0] - 1) for d, axis in zip(spread, weight.axes[2:], strict=True)]
    return [r // 2 for r in reach] if padding == "same" else 0


backward(conv1d, conv2d, conv3d, input=_to_input, weight=_to_weight, bias=_to_bias)
