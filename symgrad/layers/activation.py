r"""An elementwise activation \(a = \sigma(z)\), whatever the function σ is.

Backward: \(\delta_z = \delta_a \odot \sigma'(z)\) (Nielsen, Neural networks and deep learning, 2015, ch. 2).
"""

from __future__ import annotations

from symgrad.catalogue import Statement, layer, rule
from symgrad.language.algebra import apply, hadamard
from symgrad.language.functions import Known
from symgrad.language.index import sizes
from symgrad.language.scalar import Function
from symgrad.language.tensor import Comprehension, Tensor, tensor

# -- forward --------------------------------------------------------------------------------------


def activation(input: Tensor, function: Function) -> Comprehension:
    r"""\(a = \sigma(z)\), entry by entry; the same as `function(input)`."""
    return apply(function, input)


# -- backward -------------------------------------------------------------------------------------


def activation_gradient(delta: Tensor, z: Tensor, function: Function | Known) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot \sigma'(z)\)."""
    return hadamard(delta, function.prime(z))


# -- rules ----------------------------------------------------------------------------------------

N, I, C, H, W = sizes("N I C H W")
SIGMA = Function("σ")
_NIELSEN = "Nielsen, Neural networks and deep learning (2015), ch. 2"
_STATEMENT = r"\frac{\partial J}{\partial z} = \delta \odot \sigma'(z)"


@layer("activation", "elementwise activation by any function σ")
def _() -> Tensor:
    return activation(tensor("z", N, C, H, W), SIGMA)


@rule(
    "activation.input",
    "Through an activation of maps",
    _STATEMENT,
    _NIELSEN,
    zh="特征图激活层的反向传播",
)
def _() -> Statement:
    z, delta = tensor("z", N, C, H, W), tensor("delta", N, C, H, W)
    return Statement(activation(z, SIGMA), z, activation_gradient(delta, z, SIGMA), delta)


@rule(
    "activation.row",
    "Through an activation of rows",
    _STATEMENT,
    _NIELSEN,
    zh="行向量激活层的反向传播",
)
def _() -> Statement:
    z, delta = tensor("z", N, I), tensor("delta", N, I)
    return Statement(activation(z, SIGMA), z, activation_gradient(delta, z, SIGMA), delta)
