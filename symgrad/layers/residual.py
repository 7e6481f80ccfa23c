r"""Residual connections: \(z = a + F(a)\), a sum whose operands share what they are computed from.

Backward, δ goes through the sum unchanged to both sides, and what comes back through the branch is added:
\(\frac{\partial J}{\partial a} = \delta + (\text{δ through } F)\) (He, Zhang, Ren & Sun, Deep residual
learning for image recognition, 2016; Identity mappings in deep residual networks, 2016, eq. 5).
"""

from __future__ import annotations

from symgrad.catalogue import Statement, layer, rule
from symgrad.language.index import Index, sizes
from symgrad.language.tensor import Comprehension, Tensor, Variable, tensor
from symgrad.layers.activation import SIGMA, activation_gradient
from symgrad.layers.arithmetic import sum_gradient
from symgrad.layers.conv import conv2d, conv_input_gradient, conv_weight_gradient
from symgrad.layers.dense import linear, linear_input_gradient

# -- backward -------------------------------------------------------------------------------------


def residual_gradient(delta: Tensor, branch: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial a} = \delta + (\text{δ through } F)\) for \(z = a + F(a)\).

    `branch` is δ carried back through F.
    """
    return delta + branch


# -- rules ----------------------------------------------------------------------------------------

N, C, M, H, W, I, O = sizes("N C M H W I O")
p_h, p_w, q_h, q_w = sizes("p_h p_w q_h q_w", 0)
s_h, s_w = sizes("s_h s_w")
_HE = "He, Zhang, Ren & Sun, Deep residual learning for image recognition (2016), sec. 3"
_IDENTITY = "He, Zhang, Ren & Sun, Identity mappings in deep residual networks (2016), eq. 5"


def _kernel(name: str, out: Index, into: Index, padding: tuple[Index, Index]) -> Variable:
    """A kernel of odd size, which with that padding keeps the size of the maps."""
    return tensor(name, out, into, *(2 * p + 1 for p in padding))


def _size(kernel: Tensor) -> list[Index]:
    return [axis[0] for axis in kernel.axes[2:]]


@layer("residual", "residual connection around a convolution")
def _() -> Tensor:
    a, w = tensor("a", N, C, H, W), _kernel("W", C, C, (p_h, p_w))
    return a + conv2d(a, w, padding=(p_h, p_w))


@rule(
    "residual.shortcut",
    "Through a sum of maps, to either side",
    r"z = a + b, \quad \frac{\partial J}{\partial a} = \frac{\partial J}{\partial b} = \delta",
    _HE,
    zh="特征图相加的反向传播：δ 原样传向两边",
)
def _() -> Statement:
    a, b, delta = tensor("a", N, C, H, W), tensor("b", N, C, H, W), tensor("delta", N, C, H, W)
    return Statement(a + b, a, sum_gradient(delta, a), delta)


@rule(
    "residual.activation",
    "Through a residual connection around an activation",
    r"z = a + \sigma(a), \quad \frac{\partial J}{\partial a} = \delta + \delta \odot \sigma'(a)",
    _IDENTITY,
    zh="绕过激活函数的残差连接的反向传播",
)
def _() -> Statement:
    a, delta = tensor("a", N, C, H, W), tensor("delta", N, C, H, W)
    claim = residual_gradient(delta, activation_gradient(delta, a, SIGMA))
    return Statement(a + SIGMA(a), a, claim, delta)


@rule(
    "residual.linear",
    "Through a residual connection around a fully connected layer",
    r"z = a + a\,W^{\mathsf T}, \quad \frac{\partial J}{\partial a} = \delta + \delta W",
    _IDENTITY,
    zh="绕过全连接层的残差连接的反向传播",
)
def _() -> Statement:
    a, w, delta = tensor("a", N, I), tensor("W", I, I), tensor("delta", N, I)
    claim = residual_gradient(delta, linear_input_gradient(delta, w))
    return Statement(a + linear(a, w), a, claim, delta)


@rule(
    "residual.conv2d",
    "Through a residual connection around a convolution",
    r"z = a + a \star W, \quad \frac{\partial J}{\partial a_i} = \delta_i + \sum_j"
    r" \operatorname{pad}(\delta_j) \star \operatorname{rot180}(W_{ij})",
    _HE,
    zh="绕过卷积层的残差连接的反向传播",
)
def _() -> Statement:
    same = (p_h, p_w)
    a, w, delta = tensor("a", N, C, H, W), _kernel("W", C, C, same), tensor("delta", N, C, H, W)
    claim = residual_gradient(delta, conv_input_gradient(delta, w, (H, W), padding=same))
    return Statement(a + conv2d(a, w, padding=same), a, claim, delta)


def _block(projected: bool = False) -> tuple[Tensor, ...]:
    """Input, both kernels, what is between them, and the sum: two convolutions around an activation."""
    a, first, second = tensor("a", N, C, H, W), (p_h, p_w), (q_h, q_w)
    out = M if projected else C
    w, v = _kernel("W", M, C, first), _kernel("V", out, M, second)
    between = conv2d(a, w, padding=first, stride=(s_h, s_w) if projected else 1)
    branch = conv2d(SIGMA(between), v, padding=second)
    if not projected:
        return a, w, v, between, a + branch
    shortcut = conv2d(a, tensor("U", M, C, 1, 1), stride=(s_h, s_w))
    return a, w, v, between, shortcut + branch


@rule(
    "residual.block_input",
    "Through a residual block of two convolutions",
    r"z = a + \sigma(u) \star V, \quad u = a \star W, \quad \frac{\partial J}{\partial a} = \delta +"
    r" \operatorname{pad}(\delta_u) \star \operatorname{rot180}(W), \quad \delta_u ="
    r" (\operatorname{pad}(\delta) \star \operatorname{rot180}(V)) \odot \sigma'(u)",
    _HE,
    zh="含两个卷积层的残差块的反向传播",
)
def _() -> Statement:
    a, w, v, u, z = _block()
    delta = tensor("delta", *z.shape)
    below = activation_gradient(conv_input_gradient(delta, v, (H, W), padding=(q_h, q_w)), u, SIGMA)
    claim = residual_gradient(delta, conv_input_gradient(below, w, (H, W), padding=(p_h, p_w)))
    return Statement(z, a, claim, delta)


@rule(
    "residual.block_first_weight",
    "First kernel of a residual block of two convolutions",
    r"\frac{\partial J}{\partial W_{ij}} = \operatorname{pad}(a_i) \star \delta_{u,j}, \quad \delta_u ="
    r" (\operatorname{pad}(\delta) \star \operatorname{rot180}(V)) \odot \sigma'(u)",
    _HE,
    zh="含两个卷积层的残差块中第一个卷积核的梯度",
)
def _() -> Statement:
    a, w, v, u, z = _block()
    delta = tensor("delta", *z.shape)
    below = activation_gradient(conv_input_gradient(delta, v, (H, W), padding=(q_h, q_w)), u, SIGMA)
    return Statement(z, w, conv_weight_gradient(below, a, _size(w), padding=(p_h, p_w)), delta)


@rule(
    "residual.block_second_weight",
    "Second kernel of a residual block of two convolutions",
    r"\frac{\partial J}{\partial V_{ij}} = \operatorname{pad}(\sigma(u_i)) \star \delta_j",
    _HE,
    zh="含两个卷积层的残差块中第二个卷积核的梯度",
)
def _() -> Statement:
    _, _, v, u, z = _block()
    delta = tensor("delta", *z.shape)
    return Statement(z, v, conv_weight_gradient(delta, SIGMA(u), _size(v), padding=(q_h, q_w)), delta)


@rule(
    "residual.projection_input",
    "Through a residual block whose shortcut is a strided 1×1 convolution",
    r"z = a \star_s U + \sigma(u) \star V, \quad u = a \star_s W, \quad \frac{\partial J}{\partial a} ="
    r" \operatorname{pad}(\operatorname{dilate}(\delta, s)) \star U + \operatorname{pad}("
    r"\operatorname{dilate}(\delta_u, s)) \star \operatorname{rot180}(W)",
    _HE,
    zh="捷径为带步长 1×1 卷积的残差块的反向传播",
)
def _() -> Statement:
    a, w, v, u, z = _block(projected=True)
    delta, stride = tensor("delta", *z.shape), (s_h, s_w)
    out = [axis[0] for axis in u.axes[2:]]
    below = activation_gradient(conv_input_gradient(delta, v, out, padding=(q_h, q_w)), u, SIGMA)
    branch = conv_input_gradient(below, w, (H, W), stride, (p_h, p_w))
    shortcut = conv_input_gradient(delta, tensor("U", M, C, 1, 1), (H, W), stride)
    return Statement(z, a, residual_gradient(shortcut, branch), delta)
