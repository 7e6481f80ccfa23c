r"""The squared error \(J = \frac12 \lVert a - y \rVert^2\), of one sample or in total over all.

Backward: \(a - y\), through an activation \((a - y) \odot \sigma'(z)\) (Nielsen, Neural networks and deep
learning, 2015, ch. 2, BP1a).
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.algebra import apply, hadamard, matmul, transpose
from symgrad.language.build import build, total
from symgrad.language.index import Index, sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar
from symgrad.language.tensor import Comprehension, Tensor, index_names, require_same, tensor
from symgrad.layers.activation import SIGMA
from symgrad.layers.dense import linear
from symgrad.layers.reduction import averaged, entries, require_alike, require_tensor, summed

# -- forward --------------------------------------------------------------------------------------


@operator
def half_squared_error(input: Tensor, target: Tensor) -> Comprehension:
    r"""\(J = \frac12 \sum_k (a_k - y_k)^2\) over all axes, so over the samples too if there are any.

    Raises ShapeError if the shapes never fit.
    """
    if input.ndim != target.ndim:
        raise ShapeError(f"half_squared_error: shapes {input.shape} and {target.shape}")
    requires = [
        needed
        for axis, (one, other) in enumerate(zip(input.axes, target.axes, strict=True))
        for needed in require_same(one, other, f"half_squared_error: axis {axis}")
    ]

    def body() -> Scalar:
        def square(*k: Index) -> Scalar:
            return (Access(input, k) - Access(target, k)) ** 2

        return Fraction(1, 2) * total(input.extents, square, index_names(input))

    return build((), body, (), tuple(requires))


@operator
def mse_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None
) -> Comprehension:
    r"""\(J = \frac1n \sum_k (a_k - y_k)^2\) over all n entries, or their sum.

    With a `weight` w for each entry it is \(\sum_k w_k (a_k - y_k)^2 / \sum_k w_k\). `reduction` is "mean",
    "sum" or, for the square of each entry, "none". Raises ShapeError for shapes that do not fit,
    SymgradError for another reduction.
    """
    require_alike(input, target, "mse_loss")
    require_tensor(weight, "mse_loss: weight")
    squares = (input - target) ** 2
    if weight is None:
        return averaged(summed(squares, reduction), entries(input), reduction, "mse_loss")
    require_alike(input, weight, "mse_loss", "weight")
    return averaged(summed(weight * squares, reduction), weight.sum(), reduction, "mse_loss")


# -- backward -------------------------------------------------------------------------------------


def half_squared_error_gradient(input: Tensor, target: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = a - y\)."""
    return input - target


backward(
    half_squared_error,
    input=lambda delta, input, target: delta * half_squared_error_gradient(input, target),
    target=lambda delta, input, target: delta * half_squared_error_gradient(target, input),
)


def mse_loss_gradient(
    input: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = \frac2n (a - y)\), or \(2 (a - y)\) for the sum.

    With weights \(2 w \odot (a - y) / \sum w\), or \(2 w \odot (a - y)\).
    """
    error = 2 * (input - target)
    if weight is None:
        return averaged(error, entries(input), reduction, "mse_loss_gradient")
    return averaged(weight * error, weight.sum(), reduction, "mse_loss_gradient")


backward(
    mse_loss,
    input=lambda delta, input, target, reduction, weight: (
        delta * mse_loss_gradient(input, target, reduction, weight)
    ),
    target=lambda delta, input, target, reduction, weight: (
        delta * mse_loss_gradient(target, input, reduction, weight)
    ),
    weight=None,
)


# -- rules ----------------------------------------------------------------------------------------

P, I, O = sizes("P I O")
_NIELSEN = "Nielsen, Neural networks and deep learning (2015), ch. 2, equation BP1"


@layer("half_squared_error", "half the squared error, summed")
def _() -> Tensor:
    return half_squared_error(tensor("a", O), tensor("y", O))


@rule(
    "half_squared_error.input",
    "Output error of one sample",
    r"\frac{\partial J}{\partial a} = a - y",
    _NIELSEN,
    zh="单个样本的输出误差",
)
def _() -> Statement:
    a, y = tensor("a", O), tensor("y", O)
    return Statement(half_squared_error(a, y), a, half_squared_error_gradient(a, y))


@rule(
    "half_squared_error.activated",
    "Output error of one sample through the output activation",
    r"\delta = \frac{\partial J}{\partial z} = (a - y) \odot \sigma'(z), \quad a = \sigma(z)",
    _NIELSEN,
    zh="经输出激活函数的单个样本的输出误差",
)
def _() -> Statement:
    z, y = tensor("z", O), tensor("y", O)
    a = apply(SIGMA, z)
    claim = hadamard(half_squared_error_gradient(a, y), apply(SIGMA.prime, z))
    return Statement(half_squared_error(a, y), z, claim)


@rule(
    "half_squared_error.total",
    "Output error of all samples, J the total over them",
    r"J = \sum_p J_p, \quad \frac{\partial J}{\partial a_p} = a_p - y_p",
    _NIELSEN,
    zh="全部样本的输出误差，J 为各样本之和",
)
def _() -> Statement:
    a, y = tensor("a", P, O), tensor("y", P, O)
    samples = build([P], lambda p: total([O], lambda k: (a[p, k] - y[p, k]) ** 2) / 2)
    return Statement(samples.sum(), a, half_squared_error_gradient(a, y))


@rule(
    "half_squared_error.total_weight",
    "Weights of the output layer, J the total over the samples",
    r"J = \sum_p J_p, \quad \frac{\partial J}{\partial W} = \sum_p \delta_p a_p^{\mathsf T},"
    r" \quad \delta_p = (\sigma(z_p) - y_p) \odot \sigma'(z_p)",
    _NIELSEN,
    zh="输出层权重的梯度，J 为各样本之和",
)
def _() -> Statement:
    a, w, b, y = tensor("a", P, I), tensor("W", O, I), tensor("b", O), tensor("y", P, O)
    z = linear(a, w, b)
    out = apply(SIGMA, z)
    delta = hadamard(out - y, apply(SIGMA.prime, z))
    return Statement(half_squared_error(out, y), w, matmul(transpose(delta), a))


@layer("mse_loss", "mean of the squared error over all entries")
def _() -> Tensor:
    return mse_loss(tensor("a", P, O), tensor("y", P, O))


@rule(
    "mse_loss.input",
    "Output error under the mean squared error",
    r"\frac{\partial J}{\partial a} = \tfrac2n (a - y)",
    "Goodfellow, Bengio & Courville, Deep learning (2016), sec. 5.1.4",
    zh="均方误差的输出误差",
)
def _() -> Statement:
    a, y = tensor("a", P, O), tensor("y", P, O)
    return Statement(mse_loss(a, y), a, mse_loss_gradient(a, y))


@rule(
    "mse_loss.sum",
    "Output error under the sum of squared errors",
    r"\frac{\partial J}{\partial a} = 2 (a - y)",
    "Goodfellow, Bengio & Courville, Deep learning (2016), sec. 5.1.4",
    zh="平方误差之和的输出误差",
)
def _() -> Statement:
    a, y = tensor("a", P, O), tensor("y", P, O)
    return Statement(mse_loss(a, y, "sum"), a, mse_loss_gradient(a, y, "sum"))


@rule(
    "mse_loss.weight",
    "Weights of linear regression",
    r"\frac{\partial J}{\partial W} = \tfrac2n (a W^{\mathsf T} + b - y)^{\mathsf T} a",
    "Goodfellow, Bengio & Courville, Deep learning (2016), sec. 5.1.4",
    zh="线性回归权重的梯度",
)
def _() -> Statement:
    a, w, b, y = tensor("a", P, I), tensor("W", O, I), tensor("b", O), tensor("y", P, O)
    out = linear(a, w, b)
    return Statement(mse_loss(out, y), w, matmul(transpose(mse_loss_gradient(out, y)), a))
