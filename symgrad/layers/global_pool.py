r"""Global average pooling: the mean of every map, \(z_c = \frac{1}{HW} \sum_{h,w} a_{c,h,w}\).

Backward spreads δ evenly over the map (Lin, Chen & Yan, Network in network, 2014, sec. 3.2).
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.algebra import expand
from symgrad.language.build import build, total
from symgrad.language.index import Index, sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar
from symgrad.language.tensor import Comprehension, Tensor, index_names, tensor
from symgrad.layers.activation import SIGMA, activation_gradient
from symgrad.layers.conv import conv2d, conv_weight_gradient

# -- forward --------------------------------------------------------------------------------------


@operator
def global_avg_pool(input: Tensor) -> Comprehension:
    r"""\(z_{n,c} = \frac{1}{HW} \sum_{h,w} a_{n,c,h,w}\): maps (N, C, …) to rows (N, C).

    As `torch.nn.functional.adaptive_avg_pool2d(input, 1).flatten(1)`, for one, two or three spatial
    axes. Raises ShapeError for an input without spatial axes.
    """
    if input.ndim < 3:
        raise ShapeError(f"global_avg_pool: the input has shape {input.shape}; expected (N, C, …)")
    kept = sum(map(len, input.axes[:2]))
    names, spatial = index_names(input), input.extents[kept:]

    def body(*i: Index) -> Scalar:
        value = total(spatial, lambda *h: Access(input, (*i, *h)), names[kept:])
        for extent in spatial:  # one by one: each is known not to be 0
            value = value / extent
        return value

    return build(input.axes[:2], body, names[:kept])


# -- backward -------------------------------------------------------------------------------------


def global_avg_pool_gradient(delta: Tensor, size: Sequence[Index]) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a_{c,h,w}} = \frac{\delta_c}{HW}\); `size` is the spatial size of the
    input."""
    spread = expand(delta, [(extent,) for extent in size])
    for extent in size:
        spread = spread / extent
    return spread


backward(global_avg_pool, input=global_avg_pool_gradient)

# -- rules ----------------------------------------------------------------------------------------

N, C, M, K, L = sizes("N C M K L")
_SIZE = {1: sizes("H"), 2: sizes("H W"), 3: sizes("D H W")}
_LIN = "Lin, Chen & Yan, Network in network (2014), sec. 3.2"


@layer("global_avg_pool", "global average pooling, the mean of every map")
def _() -> Tensor:
    return global_avg_pool(tensor("a", N, C, *_SIZE[2]))


def _register(dims: int) -> None:
    volume = {1: "H", 2: "H W", 3: "D H W"}[dims]

    @rule(
        f"global_avg_pool.input{dims}d",
        f"Through global average pooling of {dims}-dimensional maps",
        rf"\frac{{\partial J}}{{\partial a_c}} = \frac{{\delta_c}}{{{volume}}}",
        _LIN,
        zh=f"{ {1: '一', 2: '二', 3: '三'}[dims] }维特征图全局平均池化的反向传播",
    )
    def _() -> Statement:
        a = tensor("a", N, C, *_SIZE[dims])
        z = global_avg_pool(a)
        delta = tensor("delta", *z.shape)
        return Statement(z, a, global_avg_pool_gradient(delta, _SIZE[dims]), delta)


for _dims in (1, 2, 3):
    _register(_dims)


@rule(
    "global_avg_pool.conv2d_weight",
    "Kernel of a convolution below an activation and global average pooling",
    r"\frac{\partial J}{\partial W_{ij}} = a_i \star \Bigl(\frac{\delta_j}{Y X} \odot \sigma'(z_j)\Bigr)",
    _LIN,
    zh="激活函数与全局平均池化之下卷积核的梯度",
)
def _() -> Statement:
    a, w = tensor("a", N, C, *_SIZE[2]), tensor("W", M, C, K, L)
    z = conv2d(a, w)
    out = global_avg_pool(SIGMA(z))
    delta = tensor("delta", *out.shape)
    spread = global_avg_pool_gradient(delta, [axis[0] for axis in z.axes[2:]])
    below = activation_gradient(spread, z, SIGMA)
    return Statement(out, w, conv_weight_gradient(below, a, (K, L)), delta)
