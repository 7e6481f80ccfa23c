r"""Fully connected layers: \(z = a W^{\mathsf T} + b\), and flattening before one.

Backward, with δ = ∂J/∂z (Nielsen, Neural networks and deep learning, 2015, ch. 2; Bishop, Pattern recognition
and machine learning, 2006, sec. 5.3).
"""

from __future__ import annotations

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.algebra import flatten, matmul, transpose, unflatten
from symgrad.language.build import build, total
from symgrad.language.index import Index, sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar
from symgrad.language.tensor import Comprehension, Tensor, index_names, require_same, tensor

# -- forward --------------------------------------------------------------------------------------


@operator
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Comprehension:
    r"""\(z_{n,j} = \sum_i a_{n,i} W_{j,i} + b_j\), as `torch.nn.functional.linear`.

    input (…, I), weight (O, I), bias (O). The input axis may be compound, as after `flatten`. Raises
    ShapeError for operands that never fit.
    """
    if weight.ndim != 2 or input.ndim < 1:
        raise ShapeError(f"linear: input {input.shape}, weight {weight.shape}; expected (…, I) and (O, I)")
    if bias is not None and bias.ndim != 1:
        raise ShapeError(f"linear: the bias has shape {bias.shape}; expected (O)")
    out, inner = weight.axes
    requires = require_same(input.axes[-1], inner, "linear: the last axis of the input, axis 1 of the weight")
    if bias is not None:
        requires += require_same(bias.axes[0], out, "linear: the bias and axis 0 of the weight")
    lead = len(input.extents) - len(inner)

    def body(*i: Index) -> Scalar:
        def product(*s: Index) -> Scalar:
            return Access(input, (*i[:lead], *s)) * Access(weight, (*i[lead:], *s))

        inside = total(inner, product, ("i", "i'", "i''")[: len(inner)])
        return inside if bias is None else inside + Access(bias, i[lead:])

    names = ("n", "m", "l", "k")[:lead] + ("j", "j'", "j''")[: len(out)]
    return build((*input.axes[:-1], out), body, names, tuple(requires))


# -- backward -------------------------------------------------------------------------------------


def linear_input_gradient(delta: Tensor, weight: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = \delta W\), which is \(W^{\mathsf T}\delta\) for columns."""
    return matmul(delta, weight)


def linear_weight_gradient(delta: Tensor, input: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial W} = \delta^{\mathsf T} a\), over all rows of input (…, I)."""
    return matmul(transpose(_as_rows(delta)), _as_rows(input))


def linear_bias_gradient(delta: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial b} = \sum_n \delta_n\), over all rows of δ (…, O)."""
    return delta.sum(0) if delta.ndim == 2 else delta.sum(tuple(range(delta.ndim - 1)))


def _as_rows(x: Tensor) -> Tensor:
    """(…, I) as a matrix whose rows have a compound number."""
    if x.ndim == 2:
        return x
    rows = tuple(factor for axis in x.axes[:-1] for factor in axis)
    return build((rows, x.axes[-1]), lambda *i: Access(x, i), index_names(x))


def flatten_gradient(delta: Tensor, x: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a_{n,c,h,w}} = \delta_{n,(c,h,w)}\): δ in the shape of x."""
    if all(len(axis) == 1 for axis in x.axes):
        return unflatten(delta)
    return build(x.axes, lambda *i: Access(delta, i), index_names(x))


backward(linear, input=linear_input_gradient, weight=linear_weight_gradient, bias=linear_bias_gradient)
backward(flatten, x=flatten_gradient)
backward(unflatten, x=flatten_gradient)


# -- rules ----------------------------------------------------------------------------------------

N, I, O, C, H, W, T = sizes("N I O C H W T")
_NIELSEN = "Nielsen, Neural networks and deep learning (2015), ch. 2, equations BP1–BP4"
_VASWANI = "Vaswani et al., Attention is all you need (2017), sec. 3.3"


@layer("linear", "fully connected layer")
def _() -> Tensor:
    return linear(tensor("a", N, I), tensor("W", O, I), tensor("b", O))


@layer("flatten", "maps as one row, before a fully connected layer")
def _() -> Tensor:
    return flatten(tensor("a", N, C, H, W))


@rule(
    "linear.input",
    "Through a fully connected layer",
    r"\frac{\partial J}{\partial a} = \delta W",
    _NIELSEN,
    zh="全连接层的反向传播",
)
def _() -> Statement:
    a, w, b, delta = tensor("a", N, I), tensor("W", O, I), tensor("b", O), tensor("delta", N, O)
    return Statement(linear(a, w, b), a, linear_input_gradient(delta, w), delta)


@rule(
    "linear.weight",
    "Weights of a fully connected layer",
    r"\frac{\partial J}{\partial W} = \delta^{\mathsf T} a",
    _NIELSEN,
    zh="全连接层权重的梯度",
)
def _() -> Statement:
    a, w, b, delta = tensor("a", N, I), tensor("W", O, I), tensor("b", O), tensor("delta", N, O)
    return Statement(linear(a, w, b), w, linear_weight_gradient(delta, a), delta)


@rule(
    "linear.bias",
    "Bias of a fully connected layer",
    r"\frac{\partial J}{\partial b} = \sum_n \delta_n",
    _NIELSEN,
    zh="全连接层偏置的梯度",
)
def _() -> Statement:
    a, w, b, delta = tensor("a", N, I), tensor("W", O, I), tensor("b", O), tensor("delta", N, O)
    return Statement(linear(a, w, b), b, linear_bias_gradient(delta), delta)


@rule(
    "linear_on_sequence.weight",
    "Weights of a fully connected layer applied to every position of a sequence",
    r"\frac{\partial J}{\partial W} = \sum_n \sum_t \delta_{n,t}\, a_{n,t}^{\mathsf T}",
    _VASWANI,
    zh="逐位置作用于序列的全连接层权重的梯度",
)
def _() -> Statement:
    a, w, b, delta = tensor("a", N, T, I), tensor("W", O, I), tensor("b", O), tensor("delta", N, T, O)
    return Statement(linear(a, w, b), w, linear_weight_gradient(delta, a), delta)


@rule(
    "flatten.input",
    "Through flattening",
    r"\frac{\partial J}{\partial a_{n,c,h,w}} = \delta_{n,(c,h,w)}",
    _NIELSEN,
    zh="展平的反向传播",
)
def _() -> Statement:
    a = tensor("a", N, C, H, W)
    z = flatten(a)
    delta = tensor("delta", *z.shape)
    return Statement(z, a, flatten_gradient(delta, a), delta)


@rule(
    "flatten.linear_input",
    "Through a fully connected layer back into the maps that were flattened",
    r"\frac{\partial J}{\partial a} = \operatorname{unflatten}(\delta W)",
    _NIELSEN,
    zh="经全连接层回到展平前的特征图",
)
def _() -> Statement:
    a, w, delta = tensor("a", N, C, H, W), tensor("W", O, (C, H, W)), tensor("delta", N, O)
    z = linear(flatten(a), w)
    return Statement(z, a, unflatten(linear_input_gradient(delta, w)), delta)
