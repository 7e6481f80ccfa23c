r"""Smooth activations: sigmoid, tanh, softplus, SiLU and GELU.

Backward: \(\delta_z = \delta_a \odot f'(z)\), with \(f'\) in terms of z or of the output a (LeCun, Bottou,
Orr & Müller, Efficient BackProp, 1998; Hendrycks & Gimpel, Gaussian error linear units, 2016). Arguments are
those of their namesakes in `torch.nn.functional`, but for `inplace`: no tensor is ever changed in place.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import SymgradError
from symgrad.language.algebra import apply
from symgrad.language.build import build
from symgrad.language.functions import Known, normal_cdf, normal_density, sigmoid, softplus, tanh
from symgrad.language.index import sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Constant, Function, Scalar
from symgrad.language.tensor import Comprehension, Tensor, index_names, tensor
from symgrad.layers.activation import activation_gradient

CUBIC = Fraction(44715, 1_000_000)
"""The coefficient of the cube in GELU by tanh."""

# -- forward --------------------------------------------------------------------------------------


@operator
def silu(input: Tensor) -> Comprehension:
    r"""\(a = z\,\sigma(z)\) with the logistic sigmoid σ, entry by entry; also called swish."""
    return input * sigmoid(input)


@operator
def gelu(input: Tensor, approximate: str = "none") -> Comprehension:
    r"""\(a = z\,\Phi(z)\), or by tanh \(a = \frac{z}{2}(1 + \tanh(\sqrt{2/\pi}\,(z + 0.044715 z^3)))\).

    \(\Phi\) is the distribution function of the standard normal distribution; \(\sqrt{2/\pi}\) is
    written as twice its density at 0. Raises SymgradError unless `approximate` is "none" or "tanh".
    """
    if approximate == "none":
        return input * normal_cdf(input)
    if approximate != "tanh":
        raise SymgradError(f"gelu: approximate={approximate!r}; expected 'none' or 'tanh'")
    return input / 2 * (1 + tanh(_inner(input)))


def _root_of_two_over_pi() -> Scalar:
    """√(2/π) = 2φ(0), as φ(0) = 1/√(2π)."""
    return 2 * normal_density(Constant(Fraction(0)))


def _inner(z: Tensor) -> Comprehension:
    """√(2/π)·(z + 0.044715·z³)."""

    def body(*i: Any) -> Scalar:
        entry = Access(z, i)
        return _root_of_two_over_pi() * (entry + CUBIC * entry**3)

    return build(z.axes, body, index_names(z))


# -- backward -------------------------------------------------------------------------------------


def sigmoid_gradient(delta: Tensor, a: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot a \odot (1 - a)\) by the output \(a = \sigma(z)\)."""
    return delta * a * (1 - a)


def tanh_gradient(delta: Tensor, a: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot (1 - a^2)\) by the output \(a = \tanh(z)\)."""
    return delta * (1 - a**2)


def softplus_gradient(delta: Tensor, z: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot \sigma(z)\)."""
    return delta * sigmoid(z)


def silu_gradient(delta: Tensor, z: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot \sigma(z) \odot (1 + z \odot (1 - \sigma(z)))\)."""
    s = sigmoid(z)
    return delta * (s * (1 + z * (1 - s)))


def silu_output_gradient(delta: Tensor, z: Tensor, a: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot (a + \sigma(z) \odot (1 - a))\) by z and the output."""
    return delta * (a + sigmoid(z) * (1 - a))


def gelu_gradient(delta: Tensor, z: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot (\Phi(z) + z\,\varphi(z))\)."""
    return delta * (normal_cdf(z) + z * normal_density(z))


def gelu_tanh_gradient(delta: Tensor, z: Tensor) -> Comprehension:
    r"""\(\delta \odot \frac12 (1 + t + z (1 - t^2) \sqrt{2/\pi}\,(1 + 3 \cdot 0.044715 z^2))\).

    Here t is the tanh of the forward.
    """
    t = tanh(_inner(z))
    slope = _root_of_two_over_pi() * (1 + 3 * CUBIC * z**2)
    return delta * ((1 + t + z * (1 - t**2) * slope) / 2)


def _through_gelu(delta: Tensor, input: Tensor, approximate: str) -> Tensor:
    return (gelu_gradient if approximate == "none" else gelu_tanh_gradient)(delta, input)


def _through_function(delta: Tensor, x: Tensor, z: Tensor, function: Function | Known) -> Tensor:
    """By the output z where the derivative is told by it, else by σ' at the input."""
    if function == sigmoid:
        return sigmoid_gradient(delta, z)
    if function == tanh:
        return tanh_gradient(delta, z)
    if function == softplus:
        return softplus_gradient(delta, x)
    return activation_gradient(delta, x, function)


backward(apply, x=_through_function)
backward(silu, input=lambda delta, input: silu_gradient(delta, input))
backward(gelu, input=_through_gelu)


# -- rules ----------------------------------------------------------------------------------------

N, I = sizes("N I")
_LECUN = "LeCun et al., Efficient BackProp (1998), sec. 4.4"
_NIELSEN = "Nielsen, Neural networks and deep learning (2015), ch. 1 and 2"
_DUGAS = "Dugas et al., Incorporating second-order functional knowledge for better option pricing (2000)"
_ELFWING = "Elfwing, Uchibe & Doya, Sigmoid-weighted linear units (2018), eq. 4"
_HENDRYCKS = "Hendrycks & Gimpel, Gaussian error linear units (2016)"


def _below() -> tuple[Tensor, Tensor]:
    return tensor("z", N, I), tensor("delta", N, I)


@layer("sigmoid", "logistic sigmoid")
def _() -> Tensor:
    return sigmoid(tensor("z", N, I))


@layer("tanh", "hyperbolic tangent")
def _() -> Tensor:
    return tanh(tensor("z", N, I))


@layer("softplus", "softplus, log(1 + exp(z))")
def _() -> Tensor:
    return softplus(tensor("z", N, I))


@layer("silu", "sigmoid linear unit, z·σ(z), also called swish")
def _() -> Tensor:
    return silu(tensor("z", N, I))


@layer("gelu", "Gaussian error linear unit, z·Φ(z)")
def _() -> Tensor:
    return gelu(tensor("z", N, I))


@layer("gelu_tanh", "Gaussian error linear unit by tanh")
def _() -> Tensor:
    return gelu(tensor("z", N, I), "tanh")


@rule(
    "sigmoid.input",
    "Through a sigmoid, by its input",
    r"\frac{\partial J}{\partial z} = \delta \odot \sigma(z) \odot (1 - \sigma(z))",
    _NIELSEN,
    zh="由输入表示的 sigmoid 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(sigmoid(z), z, delta * (sigmoid(z) * (1 - sigmoid(z))), delta)


@rule(
    "sigmoid.output",
    "Through a sigmoid, by its output",
    r"\frac{\partial J}{\partial z} = \delta \odot a \odot (1 - a), \quad a = \sigma(z)",
    _NIELSEN,
    zh="由输出表示的 sigmoid 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    a = sigmoid(z)
    return Statement(a, z, sigmoid_gradient(delta, a), delta)


@rule(
    "sigmoid.half_squared_error",
    "Output error through a sigmoid",
    r"\frac{\partial J}{\partial z} = (a - y) \odot a \odot (1 - a), \quad a = \sigma(z),"
    r" \quad J = \tfrac12 \lVert a - y \rVert^2",
    _NIELSEN,
    zh="经 sigmoid 的输出误差",
)
def _() -> Statement:
    from symgrad.layers.loss import half_squared_error

    z, y = tensor("z", N, I), tensor("y", N, I)
    a = sigmoid(z)
    return Statement(half_squared_error(a, y), z, sigmoid_gradient(a - y, a))


@rule(
    "tanh.input",
    "Through tanh, by its input",
    r"\frac{\partial J}{\partial z} = \delta \odot (1 - \tanh^2(z))",
    _LECUN,
    zh="由输入表示的 tanh 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(tanh(z), z, delta * (1 - tanh(z) ** 2), delta)


@rule(
    "tanh.output",
    "Through tanh, by its output",
    r"\frac{\partial J}{\partial z} = \delta \odot (1 - a^2) = \delta \odot (1 - a) \odot (1 + a),"
    r" \quad a = \tanh(z)",
    _LECUN,
    zh="由输出表示的 tanh 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    a = tanh(z)
    return Statement(a, z, tanh_gradient(delta, a), delta)


@rule(
    "softplus.input",
    "Through softplus",
    r"\frac{\partial J}{\partial z} = \delta \odot \sigma(z)",
    _DUGAS,
    zh="softplus 的反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(softplus(z), z, softplus_gradient(delta, z), delta)


@rule(
    "silu.input",
    "Through SiLU, by its input",
    r"\frac{\partial J}{\partial z} = \delta \odot \sigma(z) \odot (1 + z \odot (1 - \sigma(z)))",
    _ELFWING,
    zh="由输入表示的 SiLU 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(silu(z), z, silu_gradient(delta, z), delta)


@rule(
    "silu.output",
    "Through SiLU, by its input and output",
    r"\frac{\partial J}{\partial z} = \delta \odot (a + \sigma(z) \odot (1 - a)), \quad a = z\,\sigma(z)",
    "Ramachandran, Zoph & Le, Searching for activation functions (2017), sec. 4",
    zh="由输入和输出表示的 SiLU 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    a = silu(z)
    return Statement(a, z, silu_output_gradient(delta, z, a), delta)


@rule(
    "gelu.input",
    "Through GELU",
    r"\frac{\partial J}{\partial z} = \delta \odot (\Phi(z) + z\,\varphi(z))",
    _HENDRYCKS,
    zh="GELU 的反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(gelu(z), z, gelu_gradient(delta, z), delta)


@rule(
    "gelu_tanh.input",
    "Through GELU by tanh",
    r"\frac{\partial J}{\partial z} = \delta \odot \tfrac12 (1 + t + z \odot (1 - t^2) \odot"
    r" \sqrt{2/\pi}\,(1 + 3 c z^2)), \quad t = \tanh(\sqrt{2/\pi}\,(z + c z^3)), \quad c = 0.044715,"
    r" \quad \sqrt{2/\pi} = 2\varphi(0)",
    _HENDRYCKS,
    zh="tanh 近似的 GELU 的反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(gelu(z, "tanh"), z, gelu_tanh_gradient(delta, z), delta)
