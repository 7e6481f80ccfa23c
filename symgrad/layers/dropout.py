r"""Dropout with a mask that is given: \(z = a \odot m / (1 - p)\), where m is 0 for what is dropped.

Backward, δ is masked and scaled in the same way (Srivastava et al., Dropout: a simple way to prevent neural
networks from overfitting, 2014; scaled in training as in PyTorch, "inverted").
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError, SizeError
from symgrad.language.algebra import hadamard
from symgrad.language.build import build
from symgrad.language.index import Index, sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Constant, Scalar
from symgrad.language.tensor import Comprehension, Tensor, index_names, require_same, tensor
from symgrad.layers.dense import linear, linear_weight_gradient
from symgrad.layers.reduction import number_of, rest_of_one

# -- forward --------------------------------------------------------------------------------------


NONE = Constant(Fraction(0))
"""What is kept where everything is dropped: the mask is 0 everywhere then, and nothing is divided."""


@operator
def dropout(
    input: Tensor, mask: Tensor, p: float | Fraction | Tensor = 0.5, training: bool = True
) -> Comprehension:
    r"""\(z = a \odot m / (1-p)\), and without `training` \(z = a\).

    As `torch.nn.functional.dropout` once the mask has been drawn: 0 with probability p, else 1. `p` is a
    number from 0 to 1, with zeros for 1, or a tensor without axes; `inplace` is not had. Raises ShapeError if
    input and mask never have the same shape, or p is no number, and SizeError if it is outside.
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
        if not training:
            return Access(input, i)
        masked = Access(input, i) * Access(mask, i)
        return masked / kept if kept != NONE else masked * 0

    return build(input.axes, body, index_names(input), tuple(requires))


def _kept(p: float | Fraction | Tensor) -> Scalar:
    """The part that is kept, 1 - p, exactly: 0.7 is seven tenths."""
    part = number_of(p, "dropout: p")
    if isinstance(part, Constant) and not 0 <= part.value <= 1:
        raise SizeError(f"dropout: p is {p}; expected a probability, from 0 to 1")
    return rest_of_one(part)


# -- backward -------------------------------------------------------------------------------------


def dropout_gradient(
    delta: Tensor, mask: Tensor, p: float | Fraction | Tensor = 0.5, training: bool = True
) -> Tensor:
    r"""\(\frac{\partial J}{\partial a} = \delta \odot m / (1-p)\), and without `training` δ."""
    if not training:
        return delta
    kept, masked = _kept(p), hadamard(delta, mask)
    return masked / kept if kept != NONE else masked * 0


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
