r"""Softmax and its logarithm: \(p_i = e^{z_i} / \sum_j e^{z_j}\) along one axis.

Backward: \(\delta_z = p \odot (\delta - \sum_j \delta_j p_j)\), which is \(J^{\mathsf T}\delta\) for the
Jacobian \(J = \operatorname{diag}(p) - p p^{\mathsf T}\) (Bridle, Probabilistic interpretation of
feedforward classification network outputs, 1990).
"""

from __future__ import annotations

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.algebra import zeros
from symgrad.language.build import build, maximum, total, when
from symgrad.language.functions import exp, log
from symgrad.language.index import Index, equals, sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar
from symgrad.language.tensor import Comprehension, Tensor, index_names, tensor

# -- forward --------------------------------------------------------------------------------------


@operator
def softmax(input: Tensor, dim: int = -1) -> Comprehension:
    r"""\(p_i = e^{z_i} / \sum_j e^{z_j}\), the sum along the axis `dim`.

    As `torch.nn.functional.softmax`, but for its `dtype`. Raises ShapeError if there is no such axis.
    """
    _require_axis(dim, input, "softmax")
    powers = exp(input)
    return powers / powers.sum(dim, keepdims=True)


@operator
def log_softmax(input: Tensor, dim: int = -1) -> Comprehension:
    r"""\(a_i = z_i - \log \sum_j e^{z_j}\), the sum along the axis `dim`.

    As `torch.nn.functional.log_softmax`, but for its `dtype`. Raises ShapeError if there is no such axis.
    """
    _require_axis(dim, input, "log_softmax")
    return input - log(exp(input).sum(dim, keepdims=True))


@operator
def logsumexp(input: Tensor, dim: int, keepdim: bool = False) -> Comprehension:
    r"""\(\log \sum_j e^{z_j}\), the sum along the axis `dim`. Raises ShapeError if there is no such axis."""
    _require_axis(dim, input, "logsumexp")
    return log(exp(input).sum(dim, keepdims=keepdim))


@operator
def shifted(input: Tensor, dim: int = -1) -> Comprehension:
    r"""\(z_i - \max_j z_j\) along the axis `dim`: what keeps the exponentials from overflowing."""
    _require_axis(dim, input, "shifted")
    axis = dim % input.ndim
    start = sum(map(len, input.axes[:axis]))
    stop = start + len(input.axes[axis])
    names = index_names(input)

    def body(*i: Index) -> Scalar:
        def entry(*j: Index) -> Scalar:
            return Access(input, (*i[:start], *j, *i[stop:]))

        return Access(input, i) - maximum(input.extents[start:stop], entry, names=names[start:stop])

    return build(input.axes, body, names)


def _require_axis(dim: object, input: Tensor, what: str) -> None:
    if not isinstance(dim, int) or not -input.ndim <= dim < input.ndim:
        raise ShapeError(f"{what}: dim={dim}; expected the number of an axis of shape {input.shape}")


# -- backward -------------------------------------------------------------------------------------


def softmax_gradient(delta: Tensor, p: Tensor, dim: int = -1) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = p \odot (\delta - \sum_j \delta_j p_j)\) by the output p."""
    return p * (delta - (delta * p).sum(dim, keepdims=True))


def softmax_jacobian(p: Tensor) -> Comprehension:
    r"""\(\operatorname{diag}(p) - p p^{\mathsf T}\) for each row p: shape (N, C, C)."""
    rows, columns = p.shape

    def body(n: Index, i: Index, j: Index) -> Scalar:
        return when([equals(i, j)], Access(p, (n, i))) - Access(p, (n, i)) * Access(p, (n, j))

    return build([rows, columns, columns], body)


def softmax_jacobian_gradient(delta: Tensor, p: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = (\operatorname{diag}(p) - p p^{\mathsf T})\,\delta\) row by row."""
    jacobian = softmax_jacobian(p)

    def body(n: Index, i: Index) -> Scalar:
        def product(j: Index) -> Scalar:
            return Access(jacobian, (n, j, i)) * Access(delta, (n, j))

        return total([p.axes[1][0]], product)

    return build(p.shape, body)


def log_softmax_gradient(delta: Tensor, p: Tensor, dim: int = -1) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta - p \odot \sum_j \delta_j\) with the softmax p."""
    return delta - p * delta.sum(dim, keepdims=True)


def logsumexp_gradient(delta: Tensor, p: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial z} = \delta\, p\) with the softmax p; δ has extent 1 along its axis."""
    return delta * p


def _through_logsumexp(delta: Tensor, input: Tensor, dim: int, keepdim: bool) -> Tensor:
    axis = dim % input.ndim
    kept = delta if keepdim else delta[(*[slice(None)] * axis, None, ...)]
    return logsumexp_gradient(kept, softmax(input, dim))


backward(softmax, input=lambda delta, z, dim: softmax_gradient(delta, z, dim))
backward(log_softmax, input=lambda delta, input, dim: log_softmax_gradient(delta, softmax(input, dim), dim))
backward(logsumexp, input=_through_logsumexp)


# -- rules ----------------------------------------------------------------------------------------

N, C, H, W = sizes("N C H W")
_BRIDLE = "Bridle, Probabilistic interpretation of feedforward classification network outputs (1990)"
_GOODFELLOW = "Goodfellow, Bengio & Courville, Deep learning (2016), sec. 4.1 and 6.2.2"


def _rows() -> tuple[Tensor, Tensor]:
    return tensor("z", N, C), tensor("delta", N, C)


@layer("softmax", "softmax of rows")
def _() -> Tensor:
    return softmax(tensor("z", N, C))


@layer("log_softmax", "logarithm of softmax of rows")
def _() -> Tensor:
    return log_softmax(tensor("z", N, C))


@layer("logsumexp", "logarithm of the sum of exponentials of rows")
def _() -> Tensor:
    return logsumexp(tensor("z", N, C), 1)


@rule(
    "softmax.input",
    "Through softmax",
    r"\frac{\partial J}{\partial z_i} = p_i \Bigl(\delta_i - \sum_j \delta_j p_j\Bigr)",
    _BRIDLE,
    zh="softmax 的反向传播",
)
def _() -> Statement:
    z, delta = _rows()
    p = softmax(z)
    return Statement(p, z, softmax_gradient(delta, p), delta)


@rule(
    "softmax.jacobian",
    "Through softmax by its Jacobian",
    r"\frac{\partial J}{\partial z} = (\operatorname{diag}(p) - p p^{\mathsf T})\,\delta",
    _GOODFELLOW,
    zh="由雅可比矩阵表示的 softmax 反向传播",
)
def _() -> Statement:
    z, delta = _rows()
    p = softmax(z)
    return Statement(p, z, softmax_jacobian_gradient(delta, p), delta)


@rule(
    "softmax.maps",
    "Through softmax over the maps at each pixel",
    r"\frac{\partial J}{\partial z_i} = p_i \odot \Bigl(\delta_i - \sum_j \delta_j \odot p_j\Bigr)",
    _GOODFELLOW,
    zh="逐像素 softmax 的反向传播",
)
def _() -> Statement:
    z, delta = tensor("z", N, C, H, W), tensor("delta", N, C, H, W)
    p = softmax(z, dim=1)
    return Statement(p, z, softmax_gradient(delta, p, dim=1), delta)


@rule(
    "softmax.shifted",
    "Softmax with the maximum subtracted is softmax",
    r"\frac{e^{z_i - m}}{\sum_j e^{z_j - m}} = \frac{e^{z_i}}{\sum_j e^{z_j}}, \quad m = \max_j z_j",
    _GOODFELLOW,
    zh="减去最大值后的 softmax 不变",
)
def _() -> Statement:
    z, _ = _rows()
    return Statement(softmax(z), None, softmax(shifted(z)))


@rule(
    "softmax.sums_to_one",
    "The outputs of softmax sum to one",
    r"\sum_i p_i = 1",
    _BRIDLE,
    zh="softmax 的输出之和为一",
)
def _() -> Statement:
    z, _ = _rows()
    return Statement(softmax(z).sum(1), None, zeros(N) + 1)


@rule(
    "log_softmax.forward",
    "The logarithm of softmax",
    r"\log p_i = z_i - \log \sum_j e^{z_j}",
    _GOODFELLOW,
    zh="softmax 的对数",
)
def _() -> Statement:
    z, _ = _rows()
    return Statement(log_softmax(z), None, log(softmax(z)))


@rule(
    "log_softmax.shifted",
    "Log-softmax with the maximum subtracted is log-softmax",
    r"z_i - m - \log \sum_j e^{z_j - m} = z_i - \log \sum_j e^{z_j}, \quad m = \max_j z_j",
    _GOODFELLOW,
    zh="减去最大值后的对数 softmax 不变",
)
def _() -> Statement:
    z, _ = _rows()
    return Statement(log_softmax(z), None, log_softmax(shifted(z)))


@rule(
    "log_softmax.input",
    "Through log-softmax",
    r"\frac{\partial J}{\partial z_i} = \delta_i - p_i \sum_j \delta_j",
    _GOODFELLOW,
    zh="对数 softmax 的反向传播",
)
def _() -> Statement:
    z, delta = _rows()
    return Statement(log_softmax(z), z, log_softmax_gradient(delta, softmax(z)), delta)


@rule(
    "log_softmax.output",
    "Through log-softmax, by its output",
    r"\frac{\partial J}{\partial z_i} = \delta_i - e^{a_i} \sum_j \delta_j, \quad a = \log p",
    _GOODFELLOW,
    zh="由输出表示的对数 softmax 反向传播",
)
def _() -> Statement:
    z, delta = _rows()
    a = log_softmax(z)
    return Statement(a, z, log_softmax_gradient(delta, exp(a)), delta)


@rule(
    "logsumexp.input",
    "Through the logarithm of a sum of exponentials",
    r"\frac{\partial J}{\partial z_{ni}} = \delta_n\, p_{ni}",
    _GOODFELLOW,
    zh="log-sum-exp 的反向传播",
)
def _() -> Statement:
    z, delta = tensor("z", N, C), tensor("delta", N, 1)
    return Statement(logsumexp(z, 1, keepdim=True), z, logsumexp_gradient(delta, softmax(z)), delta)
