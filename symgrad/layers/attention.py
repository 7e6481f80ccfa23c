r"""Scaled dot-product attention: \(O = P V\) with \(P = \operatorname{softmax}(Q K^{\mathsf T}/\sqrt d)\).

Backward (Vaswani et al., Attention is all you need, 2017; Dao, Fu, Ermon, Rudra & Ré, FlashAttention, 2022,
app. B.2), with \(\delta = \partial J/\partial O\) and \(\delta_P = \delta V^{\mathsf T}\):

\[ \frac{\partial J}{\partial V} = P^{\mathsf T} \delta, \qquad
   \delta_S = P \odot \Bigl(\delta_P - \sum_j \delta_P \odot P\Bigr), \qquad
   \frac{\partial J}{\partial Q} = \frac{\delta_S K}{\sqrt d}, \qquad
   \frac{\partial J}{\partial K} = \frac{\delta_S^{\mathsf T} Q}{\sqrt d}. \]
"""

from __future__ import annotations

from fractions import Fraction

from symgrad.catalogue import Statement, backward, layer, rule
from symgrad.errors import ShapeError
from symgrad.language.algebra import matmul
from symgrad.language.build import build
from symgrad.language.index import Index, sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar, as_scalar, power
from symgrad.language.tensor import Comprehension, Tensor, index_names, tensor
from symgrad.layers.softmax import softmax, softmax_gradient

# -- forward --------------------------------------------------------------------------------------


@operator
def scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None
) -> Comprehension:
    r"""\(O = \operatorname{softmax}(Q K^{\mathsf T}/\sqrt d)\,V\), row by row of the queries.

    Shapes are (…, L, d), (…, S, d) and (…, S, v); leading axes are samples and heads. `attn_mask` is added
    to the scores, and broadcast to (…, L, S). Raises ShapeError if they do not fit.
    """
    return matmul(attention_weights(query, key, attn_mask), value)


@operator
def attention_weights(query: Tensor, key: Tensor, attn_mask: Tensor | None = None) -> Comprehension:
    r"""\(P = \operatorname{softmax}(Q K^{\mathsf T}/\sqrt d)\): how much each query looks at each key."""
    scores = scaled(matmul(query, last_transposed(key)), query)
    return softmax(scores if attn_mask is None else scores + attn_mask)


@operator
def scaled(scores: Tensor, query: Tensor) -> Comprehension:
    r"""\(S/\sqrt d\), where d is the last extent of the queries. Raises ShapeError if that is compound."""
    if len(query.axes[-1]) != 1:
        raise ShapeError(f"the queries have a compound last axis: shape {query.shape}")
    width = as_scalar(query.axes[-1][0])
    assert width is not None
    root: Scalar = power(width, Fraction(-1, 2))
    return build(scores.axes, lambda *i: Access(scores, i) * root, index_names(scores))


@operator
def last_transposed(x: Tensor) -> Comprehension:
    """The last two axes exchanged. Raises ShapeError if there are fewer than two."""
    if x.ndim < 2:
        raise ShapeError(f"two axes are needed, the shape is {x.shape}")
    rows, columns, names = len(x.axes[-2]), len(x.axes[-1]), index_names(x)
    lead = len(names) - rows - columns

    def body(*i: Index) -> Access:
        return Access(x, (*i[:lead], *i[lead + columns :], *i[lead : lead + columns]))

    order = (*names[:lead], *names[lead + rows :], *names[lead : lead + rows])
    return build((*x.axes[:-2], x.axes[-1], x.axes[-2]), body, order)


# -- backward -------------------------------------------------------------------------------------


def attention_value_gradient(
    delta: Tensor, query: Tensor, key: Tensor, attn_mask: Tensor | None = None
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial V} = P^{\mathsf T} \delta\)."""
    return matmul(last_transposed(attention_weights(query, key, attn_mask)), delta)


def attention_scores_gradient(
    delta: Tensor, query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None
) -> Comprehension:
    r"""\(\delta_S = P \odot (\delta_P - \sum_j \delta_P \odot P)\), \(\delta_P = \delta V^{\mathsf T}\)."""
    weights = attention_weights(query, key, attn_mask)
    return softmax_gradient(matmul(delta, last_transposed(value)), weights)


def flash_scores_gradient(delta: Tensor, query: Tensor, key: Tensor, value: Tensor) -> Comprehension:
    r"""\(\delta_S = P \odot (\delta V^{\mathsf T} - D)\) with \(D = \sum_k \delta \odot O\), a number a row.

    D needs the output only, which is what makes the backward pass of FlashAttention possible.
    """
    weights = attention_weights(query, key)
    rows = (delta * scaled_dot_product_attention(query, key, value)).sum(-1, keepdims=True)
    return weights * (matmul(delta, last_transposed(value)) - rows)


def attention_query_gradient(scores: Tensor, query: Tensor, key: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial Q} = \delta_S K/\sqrt d\)."""
    return scaled(matmul(scores, key), query)


def attention_key_gradient(scores: Tensor, query: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial K} = \delta_S^{\mathsf T} Q/\sqrt d\)."""
    return scaled(matmul(last_transposed(scores), query), query)


def _to_query(delta: Tensor, query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None) -> Tensor:
    scores = attention_scores_gradient(delta, query, key, value, attn_mask)
    return attention_query_gradient(scores, query, key)


def _to_key(delta: Tensor, query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None) -> Tensor:
    scores = attention_scores_gradient(delta, query, key, value, attn_mask)
    return attention_key_gradient(scores, query)


backward(
    scaled_dot_product_attention,
    query=_to_query,
    key=_to_key,
    value=attention_value_gradient,
    attn_mask=None,
)


# -- rules ----------------------------------------------------------------------------------------

N, A, L, S, D, E = sizes("N A L S D E")
_VASWANI = "Vaswani et al., Attention is all you need (2017), sec. 3.2.1"
_DAO = "Dao et al., FlashAttention (2022), app. B.2"
_QUERY = r"\frac{\partial J}{\partial Q} = \frac{1}{\sqrt d}\,\delta_S K"
_KEY = r"\frac{\partial J}{\partial K} = \frac{1}{\sqrt d}\,\delta_S^{\mathsf T} Q"
_SCORES = r", \quad \delta_S = P \odot \Bigl(\delta V^{\mathsf T} - \sum_j \delta V^{\mathsf T} \odot P\Bigr)"
_FLASH = (
    r", \quad \delta_S = P \odot (\delta V^{\mathsf T} - D), \quad D_i = \sum_k \delta_{ik} O_{ik},"
    r" \quad O = P V"
)


def _heads() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Queries, keys and values of N samples and A heads, and δ."""
    query, key, value = tensor("Q", N, A, L, D), tensor("K", N, A, S, D), tensor("V", N, A, S, E)
    return query, key, value, tensor("delta", N, A, L, E)


@layer("scaled_dot_product_attention", "scaled dot-product attention with heads")
def _() -> Tensor:
    query, key, value, _delta = _heads()
    return scaled_dot_product_attention(query, key, value)


@rule(
    "scaled_dot_product_attention.value",
    "Values of attention",
    r"\frac{\partial J}{\partial V} = P^{\mathsf T} \delta,"
    r" \quad P = \operatorname{softmax}(Q K^{\mathsf T}/\sqrt d)",
    _VASWANI,
    zh="注意力中值的梯度",
)
def _() -> Statement:
    query, key, value, delta = _heads()
    z = scaled_dot_product_attention(query, key, value)
    return Statement(z, value, attention_value_gradient(delta, query, key), delta)


@rule(
    "scaled_dot_product_attention.query",
    "Queries of attention",
    _QUERY + _SCORES,
    _VASWANI,
    zh="注意力中查询的梯度",
)
def _() -> Statement:
    query, key, value, delta = _heads()
    z = scaled_dot_product_attention(query, key, value)
    scores = attention_scores_gradient(delta, query, key, value)
    return Statement(z, query, attention_query_gradient(scores, query, key), delta)


@rule(
    "scaled_dot_product_attention.key",
    "Keys of attention",
    _KEY + _SCORES,
    _VASWANI,
    zh="注意力中键的梯度",
)
def _() -> Statement:
    query, key, value, delta = _heads()
    z = scaled_dot_product_attention(query, key, value)
    scores = attention_scores_gradient(delta, query, key, value)
    return Statement(z, key, attention_key_gradient(scores, query), delta)


@rule(
    "scaled_dot_product_attention.query_flash",
    "Queries of attention, as FlashAttention has them",
    _QUERY + _FLASH,
    _DAO,
    zh="FlashAttention 形式的查询梯度",
)
def _() -> Statement:
    query, key, value, delta = _heads()
    z = scaled_dot_product_attention(query, key, value)
    scores = flash_scores_gradient(delta, query, key, value)
    return Statement(z, query, attention_query_gradient(scores, query, key), delta)


@rule(
    "scaled_dot_product_attention.key_flash",
    "Keys of attention, as FlashAttention has them",
    _KEY + _FLASH,
    _DAO,
    zh="FlashAttention 形式的键梯度",
)
def _() -> Statement:
    query, key, value, delta = _heads()
    z = scaled_dot_product_attention(query, key, value)
    scores = flash_scores_gradient(delta, query, key, value)
    return Statement(z, key, attention_key_gradient(scores, query), delta)


@rule(
    "scaled_dot_product_attention.self",
    "Self-attention of one sequence, where queries, keys and values are the same",
    r"\frac{\partial J}{\partial X} = P^{\mathsf T} \delta"
    r" + \frac{1}{\sqrt d} (\delta_S + \delta_S^{\mathsf T}) X, \quad Q = K = V = X",
    _VASWANI,
    zh="查询、键和值相同的自注意力的反向传播",
)
def _() -> Statement:
    x, delta = tensor("X", L, D), tensor("delta", L, D)
    scores = attention_scores_gradient(delta, x, x, x)
    claim = attention_value_gradient(delta, x, x) + attention_query_gradient(scores, x, x)
    return Statement(
        scaled_dot_product_attention(x, x, x), x, claim + attention_key_gradient(scores, x), delta
    )
