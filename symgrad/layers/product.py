r"""Matrix products, sums over axes and transposes in networks: their closed forms.

\(z = x\,y\): \(\frac{\partial J}{\partial x} = \delta\,y^{\mathsf T}\),
\(\frac{\partial J}{\partial y} = x^{\mathsf T} \delta\), summed over samples that share an operand; through a
sum, δ goes to every term as it is (Goodfellow, Bengio & Courville, Deep learning, 2016, sec. 6.5.6).
"""

from __future__ import annotations

from symgrad.catalogue import backward
from symgrad.language.algebra import matmul, sum_axes, transpose, zeros
from symgrad.language.tensor import Tensor
from symgrad.layers.attention import last_transposed

# -- backward -------------------------------------------------------------------------------------


def left_factor_gradient(delta: Tensor, x: Tensor, y: Tensor) -> Tensor:
    r"""\(\frac{\partial J}{\partial x} = \delta\,y^{\mathsf T}\), with vectors and batches as in `matmul`."""
    if y.ndim == 1:
        return delta * y if x.ndim == 1 else delta[..., None] * y
    if x.ndim == 1:
        return _over_batch((y * delta[..., None, :]).sum(-1), 1)
    return _over_batch(matmul(delta, last_transposed(y)), x.ndim)


def right_factor_gradient(delta: Tensor, x: Tensor, y: Tensor) -> Tensor:
    r"""\(\frac{\partial J}{\partial y} = x^{\mathsf T} \delta\), with vectors and batches as in `matmul`."""
    if x.ndim == 1:
        return delta * x if y.ndim == 1 else x[:, None] * delta[..., None, :]
    if y.ndim == 1:
        return _over_batch(x * delta[..., None], 1)
    return _over_batch(matmul(last_transposed(x), delta), y.ndim)


def _over_batch(x: Tensor, ndim: int) -> Tensor:
    """The sum over the leading axes that the operand, of that rank, does not have."""
    return x if x.ndim == ndim else x.sum(tuple(range(x.ndim - ndim)))


def summand_gradient(
    delta: Tensor, x: Tensor, axis: int | tuple[int, ...] | None = None, keepdims: bool = False
) -> Tensor:
    r"""\(\frac{\partial J}{\partial x} = \delta\) for every term of a sum over some axes."""
    if delta.ndim and not keepdims:
        every = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        summed = {number % x.ndim for number in every}
        delta = delta[tuple(None if number in summed else slice(None) for number in range(x.ndim))]
    return zeros(*x.axes) + delta


backward(matmul, x=left_factor_gradient, y=right_factor_gradient)
backward(sum_axes, x=summand_gradient)
backward(transpose, x=lambda delta: transpose(delta))
