r"""Group normalization: each sample by itself, over each group of channels and all pixels.

Backward: \(\frac{1}{n s} (n g - \sum g - \hat x \sum g \hat x)\) with \(g = \gamma \delta\) and
\(n = C H W\) (Wu & He, Group normalization, 2018).
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.catalogue import Statement, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.build import build
from symgrad.language.index import sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access
from symgrad.language.tensor import AxisLike, Comprehension, Tensor, axes_of, index_names, tensor
from symgrad.layers.statistics import (
    Number,
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
    groups = axes_of((num_groups,))[0]
    if input.ndim < 2 or len(input.axes[1]) != 2 or input.axes[1][:1] != groups:
        raise ShapeError(
            f"group_norm: channels must be a compound axis ({num_groups}, C); the shape is {input.shape}"
        )
    apart = split_groups(input)
    x = merged_groups(normalized(apart, tuple(range(2, apart.ndim)), eps))
    return as_comprehension(affine(x, weight, bias))


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
    g = split_groups(per_channel(gamma, x) * delta)
    claim = merged_groups(normalized_gradient(g, split_groups(x), (2, 3, 4), _eps))
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
    hat = merged_groups(normalized(split_groups(x), (2, 3, 4), _eps))
    return Statement(group_norm(x, G, gamma, beta, _eps), gamma, (delta * hat).sum((0, 2, 3)), delta)


@rule(
    "group_norm.bias",
    "Shift of group normalization",
    r"\frac{\partial J}{\partial \beta} = \sum_{n,h,w} \delta_{nhw}",
    _WU,
    zh="组归一化平移参数的梯度",
)
def _() -> Statement:
    x, gamma, beta, delta = _groups()
    return Statement(group_norm(x, G, gamma, beta, _eps), beta, delta.sum((0, 2, 3)), delta)
