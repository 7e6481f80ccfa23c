r"""Group normalization: each sample by itself, over each group of channels and all pixels.

Backward: \(\frac{1}{n s} (n g - \sum g - \hat x \sum g \hat x)\) with \(g = \gamma \delta\) and
\(n = C H W\) (Wu & He, Group normalization, 2018).
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.build import build
from symgrad.language.index import sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access
from symgrad.language.tensor import AxisLike, Comprehension, Tensor, axes_of, index_names, tensor
from symgrad.layers.reduction import Number, number_of
from symgrad.layers.statistics import (
    affine,
    as_comprehension,
    normalized,
    normalized_gradient,
    per_channel,
)

# -- forward --------------------------------------------------------------------------------------


@operator
def group_norm(
    input: Tensor,
    num_groups: AxisLike,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: Number = Fraction(1, 100_000),
) -> Comprehension:
    r"""\(\gamma \hat x + \beta\) with the statistics of each sample over a group of channels and all pixels.

    The channels are a compound axis (G, C) of `num_groups` groups. Raises ShapeError if they are not.
    """
    number_of(eps, "group_norm: eps")
    groups = axes_of((num_groups,))[0]
    if input.ndim < 2 or len(input.axes[1]) != 2 or input.axes[1][:1] != groups:
        raise ShapeError(
            f"group_norm: channels must be a compound axis ({num_groups}, C); the shape is {input.shape}"
        )
    apart = split_groups(input)
    x = merged_groups(normalized(apart, _group_axes(input), eps))
    return as_comprehension(affine(x, weight, bias))


def _group_axes(input: Tensor) -> tuple[int, ...]:
    """Once the groups are an axis of their own, the channels of one and all pixels."""
    return tuple(range(2, input.ndim + 1))


@operator
def split_groups(input: Tensor) -> Comprehension:
    """(N, (G, C), …) as (N, G, C, …)."""
    groups, channels = input.axes[1]
    axes = [input.axes[0], (groups,), (channels,), *input.axes[2:]]
    return build(axes, lambda *i: Access(input, i), index_names(input))


@operator
def merged_groups(input: Tensor) -> Comprehension:
    """(N, G, C, …) as (N, (G, C), …)."""
    axes = [input.axes[0], (*input.axes[1], *input.axes[2]), *input.axes[3:]]
    return build(axes, lambda *i: Access(input, i), index_names(input))


# -- backward -------------------------------------------------------------------------------------


def group_norm_gradient(delta: Tensor, input: Tensor, weight: Tensor | None, eps: Number) -> Comprehension:
    r"""\(\frac{1}{n s} (n g - \sum g - \hat x \sum g \hat x)\) with \(g = \gamma \delta\), \(n = C H W\)."""
    g = split_groups(delta if weight is None else per_channel(weight, input) * delta)
    return merged_groups(normalized_gradient(g, split_groups(input), _group_axes(input), eps))


def group_norm_weight_gradient(delta: Tensor, input: Tensor, eps: Number) -> Comprehension:
    r"""\(\frac{\partial J}{\partial \gamma} = \sum_{n,h,w} \delta_{nhw}\,\hat x_{nhw}\)."""
    hat = merged_groups(normalized(split_groups(input), _group_axes(input), eps))
    return over_all_but_channels(delta * hat)


def over_all_but_channels(x: Tensor) -> Comprehension:
    """The sum over samples and pixels."""
    return x.sum(tuple(axis for axis in range(x.ndim) if axis != 1))


backward(
    group_norm,
    input=group_norm_gradient,
    weight=group_norm_weight_gradient,
    bias=lambda delta: over_all_but_channels(delta),
    eps=None,
)
backward(split_groups, input=lambda delta: merged_groups(delta))
backward(merged_groups, input=lambda delta: split_groups(delta))


# -- rules ----------------------------------------------------------------------------------------

N, G, C, H, W = sizes("N G C H W")
_WU = "Wu & He, Group normalization (2018)"
_eps = tensor("epsilon")


@layer("group_norm", "group normalization of maps")
def _() -> Tensor:
    x, channels = tensor("x", N, (G, C), H, W), (G, C)
    return group_norm(x, G, tensor("gamma", channels), tensor("beta", channels), _eps)


def _groups() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    x, delta = tensor("x", N, (G, C), H, W), tensor("delta", N, (G, C), H, W)
    return x, tensor("gamma", (G, C)), tensor("beta", (G, C)), delta


@rule(
    "group_norm.input",
    "Through group normalization",
    r"\frac{\partial J}{\partial x} = \frac{1}{n s} \Bigl(n\,g - \sum g - \hat x \sum g\,\hat x\Bigr),"
    r" \quad g = \gamma\,\delta, \quad n = C H W",
    _WU,
    zh="组归一化的反向传播",
)
def _() -> Statement:
    x, gamma, beta, delta = _groups()
    claim = group_norm_gradient(delta, x, gamma, _eps)
    return Statement(group_norm(x, G, gamma, beta, _eps), x, claim, delta)


@rule(
    "group_norm.weight",
    "Scale of group normalization",
    r"\frac{\partial J}{\partial \gamma} = \sum_{n,h,w} \delta_{nhw}\,\hat x_{nhw}",
    _WU,
    zh="组归一化缩放参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _groups()
    claim = group_norm_weight_gradient(delta, x, _eps)
    return Statement(group_norm(x, G, gamma, beta, _eps), gamma, claim, delta)


@rule(
    "group_norm.bias",
    "Shift of group normalization",
    r"\frac{\partial J}{\partial \beta} = \sum_{n,h,w} \delta_{nhw}",
    _WU,
    zh="组归一化平移参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _groups()
    return Statement(group_norm(x, G, gamma, beta, _eps), beta, over_all_but_channels(delta), delta)
