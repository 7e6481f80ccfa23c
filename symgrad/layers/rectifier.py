r"""Piecewise activations: ReLU, leaky ReLU, ReLU6, ELU, hard sigmoid and hard swish.

They are written with \([z > 0]\), which is 1 or 0; backward it says where δ passes (Nair & Hinton,
Rectified linear units improve restricted Boltzmann machines, 2010). Arguments are those of their namesakes in
`torch.nn.functional`, but for `inplace`: no tensor is ever changed in place.
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.language.functions import exp, step
from symgrad.language.index import sizes
from symgrad.language.operator import operator
from symgrad.language.tensor import Comprehension, Tensor, tensor
from symgrad.layers.reduction import Number

# -- forward --------------------------------------------------------------------------------------


@operator
def relu(input: Tensor) -> Comprehension:
    r"""\(a = \max(0, z) = z\,[z > 0]\), entry by entry."""
    return input * step(input)


@operator
def leaky_relu(input: Tensor, negative_slope: Number = Fraction(1, 100)) -> Comprehension:
    r"""\(a = z\) where \(z > 0\), else \(k z\); k is `negative_slope`."""
    return input * step(input) + negative_slope * (input * (1 - step(input)))


@operator
def relu6(input: Tensor) -> Comprehension:
    r"""\(a = \min(\max(0, z), 6) = z\,[z > 0][z < 6] + 6\,(1 - [z < 6])\)."""
    below = step(6 - input)
    return input * step(input) * below + 6 * (1 - below)


@operator
def elu(input: Tensor, alpha: Number = 1) -> Comprehension:
    r"""\(a = z\) where \(z > 0\), else \(\alpha (e^z - 1)\)."""
    return input * step(input) + alpha * ((1 - step(input)) * (exp(input) - 1))


@operator
def hardsigmoid(input: Tensor) -> Comprehension:
    r"""\(a = \operatorname{ReLU6}(z + 3)/6\)."""
    return relu6(input + 3) / 6


@operator
def hardswish(input: Tensor) -> Comprehension:
    r"""\(a = z \operatorname{ReLU6}(z + 3)/6\)."""
    return input * hardsigmoid(input)


# -- backward -------------------------------------------------------------------------------------


def relu_gradient(delta: Tensor, z: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot [z > 0]\); the output may stand for z."""
    return delta * step(z)


def leaky_relu_gradient(delta: Tensor, z: Tensor, negative_slope: Number = Fraction(1, 100)) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot ([z > 0] + k\,(1 - [z > 0]))\)."""
    return delta * (step(z) + negative_slope * (1 - step(z)))


def relu6_gradient(delta: Tensor, z: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot [0 < z < 6]\)."""
    return delta * (step(z) * step(6 - z))


def elu_gradient(delta: Tensor, z: Tensor, alpha: Number = 1) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot ([z > 0] + (1 - [z > 0])\,\alpha e^z)\)."""
    return delta * (step(z) + alpha * ((1 - step(z)) * exp(z)))


def elu_output_gradient(delta: Tensor, z: Tensor, a: Tensor, alpha: Number = 1) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta \odot ([z > 0] + (1 - [z > 0])(a + \alpha))\)."""
    return delta * (step(z) + (1 - step(z)) * (a + alpha))


def hardsigmoid_gradient(delta: Tensor, z: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \frac16 \delta \odot [-3 < z < 3]\)."""
    return delta * (step(z + 3) * step(3 - z)) / 6


def hardswish_gradient(delta: Tensor, z: Tensor) -> Comprehension:
    r"""\(\delta \odot ([-3 < z < 3]\,\frac{2z + 3}{6} + 1 - [z < 3])\)."""
    inside, below = step(z + 3) * step(3 - z), step(3 - z)
    return delta * (inside * (2 * z + 3) / 6 + 1 - below)


backward(relu, input=lambda delta, input: relu_gradient(delta, input))
backward(
    leaky_relu,
    input=lambda delta, input, negative_slope: leaky_relu_gradient(delta, input, negative_slope),
    negative_slope=None,
)
backward(relu6, input=lambda delta, input: relu6_gradient(delta, input))
backward(elu, input=lambda delta, input, alpha: elu_gradient(delta, input, alpha), alpha=None)
backward(hardsigmoid, input=lambda delta, input: hardsigmoid_gradient(delta, input))
backward(hardswish, input=lambda delta, input: hardswish_gradient(delta, input))


# -- rules ----------------------------------------------------------------------------------------

N, I = sizes("N I")
_NAIR = "Nair & Hinton, Rectified linear units improve restricted Boltzmann machines (2010)"
_MAAS = "Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models (2013)"
_KRIZHEVSKY = "Krizhevsky, Convolutional deep belief networks on CIFAR-10 (2010)"
_CLEVERT = "Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by ELUs (2016)"
_HOWARD = "Howard et al., Searching for MobileNetV3 (2019), sec. 5.2"


def _below() -> tuple[Tensor, Tensor]:
    return tensor("z", N, I), tensor("delta", N, I)


@layer("relu", "rectified linear unit")
def _() -> Tensor:
    return relu(tensor("z", N, I))


@layer("leaky_relu", "leaky rectified linear unit")
def _() -> Tensor:
    return leaky_relu(tensor("z", N, I), tensor("k"))


@layer("relu6", "rectified linear unit that ends at 6")
def _() -> Tensor:
    return relu6(tensor("z", N, I))


@layer("elu", "exponential linear unit")
def _() -> Tensor:
    return elu(tensor("z", N, I), tensor("alpha"))


@layer("hardsigmoid", "sigmoid in straight pieces")
def _() -> Tensor:
    return hardsigmoid(tensor("z", N, I))


@layer("hardswish", "swish with the sigmoid in straight pieces")
def _() -> Tensor:
    return hardswish(tensor("z", N, I))


@rule(
    "relu.input",
    "Through ReLU, by its input",
    r"\frac{\partial J}{\partial z} = \delta \odot [z > 0]",
    _NAIR,
    zh="由输入表示的 ReLU 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(relu(z), z, relu_gradient(delta, z), delta)


@rule(
    "relu.output",
    "Through ReLU, by its output",
    r"\frac{\partial J}{\partial z} = \delta \odot [a > 0], \quad a = \max(0, z)",
    _NAIR,
    zh="由输出表示的 ReLU 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    a = relu(z)
    return Statement(a, z, relu_gradient(delta, a), delta)


@rule(
    "leaky_relu.input",
    "Through leaky ReLU of any slope",
    r"\frac{\partial J}{\partial z} = \delta \odot ([z > 0] + k\,(1 - [z > 0]))",
    _MAAS,
    zh="任意斜率的 leaky ReLU 的反向传播",
)
def _() -> Statement:
    z, delta = _below()
    slope = tensor("k")
    return Statement(leaky_relu(z, slope), z, leaky_relu_gradient(delta, z, slope), delta)


@rule(
    "relu6.input",
    "Through ReLU6",
    r"\frac{\partial J}{\partial z} = \delta \odot [0 < z < 6]",
    _KRIZHEVSKY,
    zh="ReLU6 的反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(relu6(z), z, relu6_gradient(delta, z), delta)


@rule(
    "elu.input",
    "Through ELU, by its input",
    r"\frac{\partial J}{\partial z} = \delta \odot ([z > 0] + (1 - [z > 0])\,\alpha e^z)",
    _CLEVERT,
    zh="由输入表示的 ELU 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    alpha = tensor("alpha")
    return Statement(elu(z, alpha), z, elu_gradient(delta, z, alpha), delta)


@rule(
    "elu.output",
    "Through ELU, by its output",
    r"\frac{\partial J}{\partial z} = \delta \odot ([z > 0] + (1 - [z > 0])(a + \alpha))",
    _CLEVERT,
    zh="由输出表示的 ELU 反向传播",
)
def _() -> Statement:
    z, delta = _below()
    alpha = tensor("alpha")
    a = elu(z, alpha)
    return Statement(a, z, elu_output_gradient(delta, z, a, alpha), delta)


@rule(
    "hardsigmoid.input",
    "Through the hard sigmoid",
    r"\frac{\partial J}{\partial z} = \tfrac16 \delta \odot [-3 < z < 3]",
    _HOWARD,
    zh="hard sigmoid 的反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(hardsigmoid(z), z, hardsigmoid_gradient(delta, z), delta)


@rule(
    "hardswish.input",
    "Through the hard swish",
    r"\frac{\partial J}{\partial z} = \delta \odot ([-3 < z < 3]\,\tfrac{2z + 3}{6} + [z \ge 3])",
    _HOWARD,
    zh="hard swish 的反向传播",
)
def _() -> Statement:
    z, delta = _below()
    return Statement(hardswish(z), z, hardswish_gradient(delta, z), delta)
