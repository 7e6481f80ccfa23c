r"""Concatenation, which joins maps along an axis: \(z = (a, b)\).

Backward, each operand gets its own slice of δ (Szegedy et al., Going deeper with convolutions, 2015, whose
inception modules join their branches so; Huang et al., Densely connected convolutional networks, 2017).
"""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ArgumentError, ShapeError
from symgrad.language.build import build, when
from symgrad.language.index import Index, sizes, within
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar, add
from symgrad.language.tensor import Comprehension, Tensor, index_names, require_same, tensor
from symgrad.layers.activation import SIGMA, activation_gradient
from symgrad.layers.conv import conv2d, conv_input_gradient, conv_weight_gradient

# -- forward --------------------------------------------------------------------------------------


@operator
def concat(tensors: Sequence[Tensor], dim: int = 0) -> Comprehension:
    r"""\(z_c = \sum_k a^{(k)}_{c - o_k}\,[o_k \le c < o_k + C_k]\), where \(o_k = C_1 + \dots + C_{k-1}\).

    As `torch.concat`: the tensors have the same shape but for the axis `dim`. Raises ShapeError if they
    never do, or that axis is compound, and ArgumentError for one tensor by itself.
    """
    if isinstance(tensors, Tensor):
        raise ArgumentError("concat takes its tensors together, as in concat((a, b), dim=1)")
    if not tensors:
        raise ShapeError("concat needs a tensor")
    first = tensors[0]
    if not -first.ndim <= dim < first.ndim or any(other.ndim != first.ndim for other in tensors):
        raise ShapeError(f"concat: shapes {', '.join(str(t.shape) for t in tensors)}, dim={dim}")
    place = dim % first.ndim
    if any(len(other.axes[place]) > 1 for other in tensors):
        raise ShapeError(f"concat: axis {dim} is compound in one of {[other.shape for other in tensors]}")
    requires = [
        needed
        for other in tensors[1:]
        for axis in range(first.ndim)
        if axis != place
        for needed in require_same(first.axes[axis], other.axes[axis], f"concat: axis {axis}")
    ]
    before = sum(map(len, first.axes[:place]))
    starts = _starts(tensors, place)

    def body(*i: Index) -> Scalar:
        parts = []
        for operand, start in zip(tensors, starts, strict=False):
            at = i[before] - start
            inside = within(at, operand.axes[place][0])
            parts.append(when(inside, Access(operand, (*i[:before], at, *i[before + 1 :]))))
        return add(*parts)

    axes = (*first.axes[:place], (starts[-1],), *first.axes[place + 1 :])
    return build(axes, body, index_names(first), tuple(requires))


def _starts(tensors: Sequence[Tensor], place: int) -> list[Index]:
    """Where each operand starts on the joined axis, and the extent of that axis."""
    starts = [Index.of(0)]
    for operand in tensors:
        starts.append(starts[-1] + operand.axes[place][0])
    return starts


# -- backward -------------------------------------------------------------------------------------


def concat_gradient(delta: Tensor, tensors: Sequence[Tensor], position: int, dim: int = 0) -> Tensor:
    r"""\(\frac{\partial J}{\partial a^{(k)}_c} = \delta_{o_k + c}\): the slice of δ that is operand k.

    `position` is k, counted from 0.
    """
    place = dim % delta.ndim
    starts = _starts(tensors, place)
    if len(tensors) == 1:
        return delta
    own = slice(starts[position], starts[position + 1])
    sliced: Tensor = delta[(*(slice(None),) * place, own)]
    return sliced


backward(concat, tensors=concat_gradient)

# -- rules ----------------------------------------------------------------------------------------

N, A, B, C, M, H, W, K, L = sizes("N A B C M H W K L")
p_h, p_w = sizes("p_h p_w", 0)
_SZEGEDY = "Szegedy et al., Going deeper with convolutions (2015), sec. 4"
_HUANG = "Huang, Liu, van der Maaten & Weinberger, Densely connected convolutional networks (2017), sec. 3"


@layer("concat", "maps joined along the channel axis")
def _() -> Tensor:
    return concat((tensor("a", N, A, H, W), tensor("b", N, B, H, W)), dim=1)


def _joined(position: int) -> Statement:
    operands = tensor("a", N, A, H, W), tensor("b", N, B, H, W), tensor("c", N, C, H, W)
    z = concat(operands, dim=1)
    delta = tensor("delta", *z.shape)
    return Statement(z, operands[position], concat_gradient(delta, operands, position, 1), delta)


@rule(
    "concat.first",
    "Through a concatenation of maps into the first operand",
    r"z = (a, b, c), \quad \frac{\partial J}{\partial a} = \delta_{:A}",
    _SZEGEDY,
    zh="特征图拼接的反向传播（第一个操作数）",
)
def _() -> Statement:
    return _joined(0)


@rule(
    "concat.middle",
    "Through a concatenation of maps into an operand between others",
    r"z = (a, b, c), \quad \frac{\partial J}{\partial b} = \delta_{A:A+B}",
    _SZEGEDY,
    zh="特征图拼接的反向传播（中间的操作数）",
)
def _() -> Statement:
    return _joined(1)


@rule(
    "concat.last",
    "Through a concatenation of maps into the last operand",
    r"z = (a, b, c), \quad \frac{\partial J}{\partial c} = \delta_{A+B:}",
    _SZEGEDY,
    zh="特征图拼接的反向传播（最后一个操作数）",
)
def _() -> Statement:
    return _joined(2)


@rule(
    "concat.dense_input",
    "Through a densely connected layer, whose input is joined with what it computes",
    r"z = (a, \sigma(a \star W)), \quad \frac{\partial J}{\partial a_i} = \delta_i + \sum_j"
    r" \operatorname{pad}(\delta'_j) \star \operatorname{rot180}(W_{ij}),"
    r" \quad \delta' = \delta_{C:} \odot \sigma'(a \star W)",
    _HUANG,
    zh="稠密连接层的反向传播（输入与其输出拼接）",
)
def _() -> Statement:
    a, w, same = _dense()
    u = conv2d(a, w, padding=same)
    z = concat((a, SIGMA(u)), dim=1)
    delta = tensor("delta", *z.shape)
    below = activation_gradient(delta[:, C:], u, SIGMA)
    claim = delta[:, :C] + conv_input_gradient(below, w, (H, W), padding=same)
    return Statement(z, a, claim, delta)


@rule(
    "concat.dense_weight",
    "Kernel of a densely connected layer",
    r"z = (a, \sigma(a \star W)), \quad \frac{\partial J}{\partial W_{ij}} = \operatorname{pad}(a_i)"
    r" \star \delta'_j, \quad \delta' = \delta_{C:} \odot \sigma'(a \star W)",
    _HUANG,
    zh="稠密连接层卷积核的梯度",
)
def _() -> Statement:
    a, w, same = _dense()
    u = conv2d(a, w, padding=same)
    z = concat((a, SIGMA(u)), dim=1)
    delta = tensor("delta", *z.shape)
    below = activation_gradient(delta[:, C:], u, SIGMA)
    size = [axis[0] for axis in w.axes[2:]]
    return Statement(z, w, conv_weight_gradient(below, a, size, padding=same), delta)


def _dense() -> tuple[Tensor, Tensor, tuple[Index, Index]]:
    """Input, a kernel of odd size, and the padding that keeps the size of the maps."""
    return tensor("a", N, C, H, W), tensor("W", M, C, 2 * p_h + 1, 2 * p_w + 1), (p_h, p_w)
