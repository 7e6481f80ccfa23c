r"""Dropout with a mask that is given: \(z = a \odot m / (1 - p)\), where m is 0 for what is dropped.

Backward, δ is masked and scaled in the same way (Srivastava et al., Dropout: a simple way to prevent neural
networks from overfitting, 2014; scaled in training as in PyTorch, "inverted").
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.algebra import hadamard
from symgrad.language.build import build
from symgrad.language.index import Index, sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar
from symgrad.language.tensor import Comprehension, Tensor, index_names, require_same, tensor
from symgrad.layers.dense import linear, linear_weight_gradient
from symgrad.layers.reduction import number_of, rest_of_one

# -- forward --------------------------------------------------------------------------------------


@operator
def dropout(
    input: Tensor, mask: Tensor, p: float | Fraction | Tensor = 0.5, training: bool = True
) -> Comprehension:
    r"""\(z = a \odot m / (1-p)\), and without `training` \(z = a\).

    As `torch.nn.functional.dropout` once the mask has been drawn: 0 with probability p, else 1. `p` is a
    number or a tensor without axes; `inplace` is not had. Raises ShapeError if input and
    mask never have the same shape, or p is no number.
    """
    if input.ndim != mask.ndim:
        raise ShapeError(f"dropout: the input has shape {input.shape}, the mask {mask.shape}")
    kept = _kept(p)
    requires = [
        needed
        for axis, (one, other) in enumerate(zip(input.axes, mask.axes, strict=True))
        for needed in require_same(one, other, f"dropout: axis {axis} of input and mask")
    ]

    def body(*i: Index) -> Scalar:
        return Access(input, i) * Access(mask, i) / kept if training else Access(input, i)

    return build(input.axes, body, index_names(input), tuple(requires))


def _kept(p: float | Fraction | Tensor) -> Scalar:
    """The part that is kept, 1 - p, exactly: 0.7 is seven tenths."""
    return rest_of_one(number_of(p, "dropout: p"))


# -- backward -------------------------------------------------------------------------------------


def dropout_gradient(
    delta: Tensor, mask: Tensor, p: float | Fraction | Tensor = 0.5, training: bool = True
) -> Tensor:
    r"""\(\frac{\partial J}{\partial a} = \delta \odot m / (1-p)\), and without `training` δ."""
    if not training:
        return delta
    masked: Comprehension = hadamard(delta, mask) / _kept(p)
    return masked


backward(dropout, input=dropout_gradient, mask=None, p=None)

# -- rules ----------------------------------------------------------------------------------------

N, I, O, C, H, W = sizes("N I O C H W")
_SRIVASTAVA = "Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting (2014)"


@layer("dropout", "dropout with a given mask")
def _() -> Tensor:
    return dropout(tensor("a", N, I), tensor("mask", N, I), tensor("p"))


@rule(
    "dropout.input",
    "Through dropout with the mask that was drawn",
    r"\frac{\partial J}{\partial a} = \frac{1}{1-p}\,\delta \odot m",
    _SRIVASTAVA,
    zh="随机失活层的反向传播（掩码已给定）",
)
def _() -> Statement:
    a, mask, p = tensor("a", N, C, H, W), tensor("mask", N, C, H, W), tensor("p")
    delta = tensor("delta", N, C, H, W)
    return Statement(dropout(a, mask, p), a, dropout_gradient(delta, mask, p), delta)


@rule(
    "dropout.linear_weight",
    "Weights of a fully connected layer after dropout",
    r"\frac{\partial J}{\partial W} = \frac{1}{1-p}\,\delta^{\mathsf T} (a \odot m)",
    _SRIVASTAVA,
    zh="随机失活之后全连接层权重的梯度",
)
def _() -> Statement:
    a, mask, p = tensor("a", N, I), tensor("mask", N, I), tensor("p")
    w, delta = tensor("W", O, I), tensor("delta", N, O)
    claim = linear_weight_gradient(delta, hadamard(a, mask)) / _kept(p)
    return Statement(linear(dropout(a, mask, p), w), w, claim, delta)
