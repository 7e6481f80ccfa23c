r"""Sums, differences, products, quotients and powers of tensors, entry by entry; an operand may be broadcast.

Backward, δ goes through a sum as it is and through a product times the other operand; it is summed over
what was repeated (Baydin et al., Automatic differentiation in machine learning, 2018, sec. 3.2).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symgrad.catalogue import Statement, backward, rule
from symgrad.language.algebra import hadamard
from symgrad.language.index import Index, sizes
from symgrad.language.tensor import Tensor, tensor

# -- backward -------------------------------------------------------------------------------------


def sum_gradient(delta: Tensor, operand: Tensor) -> Tensor:
    r"""\(\frac{\partial J}{\partial a} = \delta\) for \(z = a + b\), summed where a was repeated."""
    return _summed(delta, operand)


def difference_gradient(delta: Tensor, operand: Tensor) -> Tensor:
    r"""\(\frac{\partial J}{\partial b} = -\delta\) for \(z = a - b\), summed where b was repeated."""
    return _summed(-delta, operand)


def product_gradient(delta: Tensor, operand: Tensor, other: Any) -> Tensor:
    r"""\(\frac{\partial J}{\partial a} = \delta \odot b\) for \(z = a \odot b\), summed over what a was
    repeated along. `other` is b, a tensor or a number."""
    product: Tensor = delta * other
    return _summed(product, operand)


def dividend_gradient(delta: Tensor, operand: Tensor, divisor: Any) -> Tensor:
    r"""\(\frac{\partial J}{\partial a} = \delta / b\) for \(z = a / b\), summed where a was repeated."""
    quotient: Tensor = delta / divisor
    return _summed(quotient, operand)


def divisor_gradient(delta: Tensor, dividend: Any, operand: Tensor) -> Tensor:
    r"""\(\frac{\partial J}{\partial b} = -\delta \odot a / b^2\) for \(z = a / b\), summed where b was
    repeated."""
    quotient: Tensor = -(delta * dividend / operand**2)
    return _summed(quotient, operand)


def power_gradient(delta: Tensor, operand: Tensor, exponent: int | Fraction) -> Tensor:
    r"""\(\frac{\partial J}{\partial a} = k\,\delta \odot a^{k-1}\) for \(z = a^k\) with a number k."""
    return delta * (exponent * (operand if exponent == 2 else operand ** (exponent - 1)))


def _summed(x: Tensor, operand: Tensor) -> Tensor:
    """`x` summed over the axes along which the operand was repeated."""
    new = x.ndim - operand.ndim
    one = (Index.of(1),)
    repeated = [k for k in range(operand.ndim) if operand.axes[k] == one != x.axes[new + k]]
    if repeated:
        x = x.sum(tuple(new + k for k in repeated), keepdims=True)
    return x.sum(tuple(range(new))) if new else x


backward(
    "+",
    left=lambda delta, left: sum_gradient(delta, left),
    right=lambda delta, right: sum_gradient(delta, right),
)
backward(
    "-",
    left=lambda delta, left: sum_gradient(delta, left),
    right=lambda delta, right: difference_gradient(delta, right),
)
backward(
    "*",
    left=lambda delta, left, right: product_gradient(delta, left, right),
    right=lambda delta, left, right: product_gradient(delta, right, left),
)
backward(
    "/",
    left=lambda delta, left, right: dividend_gradient(delta, left, right),
    right=lambda delta, left, right: divisor_gradient(delta, left, right),
)
backward("**", left=lambda delta, left, right: power_gradient(delta, left, right))
backward(
    hadamard,
    x=lambda delta, y: hadamard(delta, y),
    y=lambda delta, x: hadamard(delta, x),
)

# -- rules ----------------------------------------------------------------------------------------

N, C, H, W = sizes("N C H W")
_BAYDIN = "Baydin et al., Automatic differentiation in machine learning: a survey (2018), sec. 3.2"


@rule(
    "sum.broadcast",
    "Through a sum to an operand that was repeated, one number for each map",
    r"z = a + b, \quad \frac{\partial J}{\partial b_c} = \sum_n \sum_{h,w} \delta_{n,c,h,w}",
    _BAYDIN,
    zh="相加时被广播的操作数的梯度（每个特征图一个数）",
)
def _() -> Statement:
    a, b, delta = tensor("a", N, C, H, W), tensor("b", C, 1, 1), tensor("delta", N, C, H, W)
    return Statement(a + b, b, sum_gradient(delta, b), delta)


@rule(
    "difference.right",
    "Through a difference to what is subtracted",
    r"z = a - b, \quad \frac{\partial J}{\partial b} = -\delta",
    _BAYDIN,
    zh="相减的反向传播（减数）",
)
def _() -> Statement:
    a, b, delta = tensor("a", N, C, H, W), tensor("b", N, C, H, W), tensor("delta", N, C, H, W)
    return Statement(a - b, b, difference_gradient(delta, b), delta)


@rule(
    "product.left",
    "Through a product, entry by entry",
    r"z = a \odot b, \quad \frac{\partial J}{\partial a} = \delta \odot b",
    _BAYDIN,
    zh="逐元素相乘的反向传播",
)
def _() -> Statement:
    a, b, delta = tensor("a", N, C, H, W), tensor("b", N, C, H, W), tensor("delta", N, C, H, W)
    return Statement(a * b, a, product_gradient(delta, a, b), delta)


@rule(
    "product.broadcast",
    "Through a product to a factor that was repeated, one number for each map of each sample",
    r"z = a \odot g, \quad \frac{\partial J}{\partial g_{n,c}} = \sum_{h,w} \delta_{n,c,h,w}\, a_{n,c,h,w}",
    _BAYDIN,
    zh="逐元素相乘时被广播的因子的梯度（每个样本的每个特征图一个数）",
)
def _() -> Statement:
    a, g, delta = tensor("a", N, C, H, W), tensor("g", N, C, 1, 1), tensor("delta", N, C, H, W)
    return Statement(a * g, g, product_gradient(delta, g, a), delta)
