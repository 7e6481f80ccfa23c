r"""Mean, variance and what is normalized by them, over some axes of a tensor, and their derivatives.

\(\hat x = (x - \mu)/s\) with \(s = \sqrt{v + \varepsilon}\), where the mean μ and the variance v are taken
over axes with n entries in all. Batch, layer and group normalization differ in the axes only, so one
closed form, with the gradient g by \(\hat x\), is that of all three:

\[ \frac{\partial J}{\partial x} = \frac{1}{n s} \Bigl(n\,g - \sum g - \hat x \sum g\,\hat x\Bigr). \]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from symgrad.errors import ShapeError
from symgrad.language.build import build
from symgrad.language.index import Index
from symgrad.language.operator import operator
from symgrad.language.scalar import Access
from symgrad.language.tensor import AxisLike, Comprehension, Tensor, axes_of, index_names
from symgrad.layers.reduction import Number

Axes: TypeAlias = tuple[int, ...]
HALF = Fraction(1, 2)

# -- forward --------------------------------------------------------------------------------------


def count_of(x: Tensor, axes: Axes) -> Index:
    """How many entries there are along some axes."""
    return math.prod((factor for axis in axes for factor in x.axes[axis]), start=Index.of(1))


@operator
def mean(input: Tensor, dim: Axes) -> Comprehension:
    r"""\(\mu = \frac1n \sum x\) over the axes `dim`, which are kept with extent 1."""
    return input.sum(dim, keepdims=True) / count_of(input, dim)


@operator
def variance(input: Tensor, dim: Axes) -> Comprehension:
    r"""\(v = \frac1n \sum (x - \mu)^2\) over the axes `dim`, which are kept with extent 1; divided by n."""
    return mean((input - mean(input, dim)) ** 2, dim)


@operator
def deviation(input: Tensor, dim: Axes, eps: Number) -> Comprehension:
    r"""\(s = \sqrt{v + \varepsilon}\) over the axes `dim`."""
    return (variance(input, dim) + eps) ** HALF


@operator
def normalized(input: Tensor, dim: Axes, eps: Number) -> Comprehension:
    r"""\(\hat x = (x - \mu)/s\) over the axes `dim`."""
    return (input - mean(input, dim)) / deviation(input, dim, eps)


@operator
def root_mean_square(input: Tensor, dim: Axes, eps: Number) -> Comprehension:
    r"""\(s = \sqrt{\frac1n \sum x^2 + \varepsilon}\) over the axes `dim`, which are kept with extent 1."""
    return (mean(input**2, dim) + eps) ** HALF


# -- axes and channels ----------------------------------------------------------------------------


def last_axes(input: Tensor, normalized_shape: Sequence[AxisLike], what: str) -> Axes:
    """The last axes, which must have this shape. Raises ShapeError if they do not."""
    if not isinstance(normalized_shape, Sequence):
        raise ShapeError(f"{what}: normalized_shape={normalized_shape}; expected the last sizes, such as [C]")
    shape = axes_of(tuple(normalized_shape))
    if not shape or input.axes[input.ndim - len(shape) :] != shape:
        raise ShapeError(f"{what}: normalized_shape {tuple(normalized_shape)} for shape {input.shape}")
    return tuple(range(input.ndim - len(shape), input.ndim))


@operator
def per_channel(weight: Tensor, input: Tensor, axis: int = 1) -> Comprehension:
    """A weight an entry of one axis as a tensor of the rank of the input, of extent 1 elsewhere."""
    start = sum(map(len, input.axes[:axis]))
    stop = start + len(input.axes[axis])
    one = (Index.of(1),)
    axes = [input.axes[number] if number == axis else one for number in range(input.ndim)]
    before = axis
    names = index_names(input)

    def entry(*i: Index) -> Access:
        return Access(weight, i[before : before + stop - start])

    firsts = [names[sum(map(len, input.axes[:number]))] for number in range(input.ndim)]
    given = [*firsts[:before], *names[start:stop], *firsts[before + 1 :]]
    if weight.axes != (input.axes[axis],):
        raise ShapeError(f"a weight of shape {weight.shape} for axis {axis} of shape {input.shape}")
    return build(axes, entry, given)


def affine(x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """γx + β with a γ and a β for each channel (axis 1), where they are given."""
    scaled = x if weight is None else per_channel(weight, x) * x
    return scaled if bias is None else scaled + per_channel(bias, x)


def as_comprehension(x: Tensor) -> Comprehension:
    """What was computed, which is no variable."""
    assert isinstance(x, Comprehension)
    return x


# -- backward -------------------------------------------------------------------------------------


def normalized_gradient(g: Tensor, input: Tensor, dim: Axes, eps: Number) -> Comprehension:
    r"""\(\frac{1}{n s} (n g - \sum g - \hat x \sum g \hat x)\), where g is the gradient by \(\hat x\)."""
    n, s = count_of(input, dim), deviation(input, dim, eps)
    x = normalized(input, dim, eps)
    inside = n * g - g.sum(dim, keepdims=True) - x * (g * x).sum(dim, keepdims=True)
    return inside / (n * s)


def normalized_mean_gradient(g: Tensor, input: Tensor, dim: Axes, eps: Number) -> Comprehension:
    r"""\(\frac1s (g - \overline{g} - \hat x\,\overline{g \hat x})\), the same with means."""
    x = normalized(input, dim, eps)
    return (g - mean(g, dim) - x * mean(g * x, dim)) / deviation(input, dim, eps)


def variance_gradient(g: Tensor, input: Tensor, dim: Axes, eps: Number) -> Comprehension:
    r"""\(\frac{\partial J}{\partial v} = -\frac12 (v + \varepsilon)^{-3/2} \sum g\,(x - \mu)\)."""
    inside = (g * (input - mean(input, dim))).sum(dim, keepdims=True)
    return -HALF * inside * (variance(input, dim) + eps) ** Fraction(-3, 2)


def mean_gradient(g: Tensor, input: Tensor, dim: Axes, eps: Number) -> Comprehension:
    r"""\(J_\mu = -\frac1s \sum g - \frac2n J_v \sum (x - \mu)\), by the derivative by v.

    The last sum is zero; this is how the chain rule has it.
    """
    direct = -g.sum(dim, keepdims=True) / deviation(input, dim, eps)
    through = (input - mean(input, dim)).sum(dim, keepdims=True) * 2 / count_of(input, dim)
    return direct - variance_gradient(g, input, dim, eps) * through


def normalized_staged_gradient(g: Tensor, input: Tensor, dim: Axes, eps: Number) -> Comprehension:
    r"""\(\frac{g}{s} + \frac{2 (x - \mu)}{n} J_v + \frac1n J_\mu\), by the derivatives by v and μ."""
    n = count_of(input, dim)
    by_variance = variance_gradient(g, input, dim, eps) * (input - mean(input, dim)) * 2 / n
    by_mean = mean_gradient(g, input, dim, eps) / n
    return g / deviation(input, dim, eps) + by_variance + by_mean


def rms_norm_gradient(g: Tensor, input: Tensor, dim: Axes, eps: Number) -> Comprehension:
    r"""\(\frac1s (g - \hat x\,\overline{g \hat x})\) with \(\hat x = x/s\), where g is the gradient by it."""
    s = root_mean_square(input, dim, eps)
    x = input / s
    return (g - x * mean(g * x, dim)) / s
