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

from symgrad.catalogue import ClosedForm, Statement, backward, layer, rule
from symgrad.errors import ShapeError, SymgradError
from symgrad.language.algebra import matmul
from symgrad.language.build import build, total, when
from symgrad.language.functions import exp
from symgrad.language.index import Index, sizes
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Scalar, as_scalar, power
from symgrad.language.tensor import Comprehension, Tensor, index_names, tensor
from symgrad.layers.dropout import dropout, dropout_gradient
from symgrad.layers.reduction import Number, number_of
from symgrad.layers.softmax import softmax, softmax_gradient

# -- forward --------------------------------------------------------------------------------------


@operator
def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: Number = 0,
    is_causal: bool = False,
    scale: Number | None = None,
    enable_gqa: bool = False,
    dropout_mask: Tensor | None = None,
) -> Comprehension:
    r"""\(O = \operatorname{softmax}(Q K^{\mathsf T}/\sqrt d)\,V\), row by row of the queries.

    Shapes are (…, L, d), (…, S, d) and (…, S, v); leading axes are samples and heads. As
    `torch.nn.functional.scaled_dot_product_attention`: `attn_mask` is added to the scores, and broadcast to
    (…, L, S); with `is_causal` query i looks at the keys up to i; `scale` stands for \(1/\sqrt d\). With
    `enable_gqa` the heads of the queries are a compound axis (A, G), where G of them share one of the A
    heads of keys and values. A boolean mask is not had. Dropout takes the mask that was drawn, of the
    shape (…, L, S), as `dropout_mask`: \(P \odot m / (1-p)\) with p `dropout_p`. Raises ShapeError for
    shapes that do not fit, and SymgradError for arguments that do not.
    """
    if is_causal and attn_mask is not None:
        raise SymgradError("scaled_dot_product_attention: it takes is_causal or attn_mask, not both")
    if dropout_mask is None and (isinstance(dropout_p, Tensor) or dropout_p != 0):
        raise SymgradError(
            f"scaled_dot_product_attention: dropout_p={dropout_p} needs the mask that was drawn, dropout_mask"
        )
    if enable_gqa:
        key, value = shared_heads(key, query), shared_heads(value, query)
    weights: Tensor = attention_weights(query, key, attn_mask, is_causal, scale)
    if dropout_mask is not None:
        weights = dropout(weights, dropout_mask, dropout_p)
    return matmul(weights, value)


@operator
def attention_weights(
    query: Tensor,
    key: Tensor,
    attn_mask: Tensor | None = None,
    is_causal: bool = False,
    scale: Number | None = None,
) -> Comprehension:
    r"""\(P = \operatorname{softmax}(Q K^{\mathsf T}/\sqrt d)\): how much each query looks at each key."""
    scores = scaled(matmul(query, last_transposed(key)), query, scale)
    if not is_causal:
        return softmax(scores if attn_mask is None else scores + attn_mask)
    powers = lower_triangle(exp(scores))
    return powers / powers.sum(-1, keepdims=True)


@operator
def scaled(scores: Tensor, query: Tensor, scale: Number | None = None) -> Comprehension:
    r"""\(S/\sqrt d\), where d is the last extent of the queries, or S times `scale`.

    Raises ShapeError if that extent is compound.
    """
    if scale is not None:
        given = number_of(scale, "scaled_dot_product_attention: scale")
        return build(scores.axes, lambda *i: Access(scores, i) * given, index_names(scores))
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


@operator
def lower_triangle(x: Tensor) -> Comprehension:
    """The entries at (…, i, j) with j ≤ i, and zeros. Raises ShapeError unless the last axes are plain."""
    if x.ndim < 2 or len(x.axes[-2]) != 1 or len(x.axes[-1]) != 1:
        raise ShapeError(f"a causal mask takes rows and columns, the shape is {x.shape}")
    return build(x.axes, lambda *i: when([i[-2] >= i[-1]], Access(x, i)), index_names(x))


@operator
def shared_heads(x: Tensor, query: Tensor) -> Comprehension:
    """Keys or values (…, A, S, d) once more for each of the G queries of a head: (…, (A, G), S, d).

    Raises ShapeError unless the heads of the queries are a compound axis (A, G).
    """
    heads = query.axes[-3] if query.ndim > 2 else ()
    if len(heads) != 2 or x.ndim < 3 or x.axes[-3] != heads[:1]:
        raise ShapeError(
            "enable_gqa takes queries whose heads are a compound axis (A, G), and A heads of keys and values;"
            f" the shapes are {query.shape} and {x.shape}"
        )
    names = index_names(x)
    after = sum(map(len, x.axes[:-2]))  # the head that is shared is the index before

    def body(*i: Index) -> Access:
        return Access(x, (*i[:after], *i[after + 1 :]))

    axes = (*x.axes[:-3], heads, *x.axes[-2:])
    return build(axes, body, (*names[:after], "g", *names[after:]))


# -- backward -------------------------------------------------------------------------------------


def attention_value_gradient(delta: Tensor, weights: Tensor) -> Comprehension:
    r"""\(\frac{\partial J}{\partial V} = P^{\mathsf T} \delta\)."""
    return matmul(last_transposed(weights), delta)


def attention_scores_gradient(delta: Tensor, weights: Tensor, value: Tensor) -> Comprehension:
    r"""\(\delta_S = P \odot (\delta_P - \sum_j \delta_P \odot P)\), \(\delta_P = \delta V^{\mathsf T}\)."""
    return softmax_gradient(matmul(delta, last_transposed(value)), weights)


def flash_scores_gradient(delta: Tensor, query: Tensor, key: Tensor, value: Tensor) -> Comprehension:
    r"""\(\delta_S = P \odot (\delta V^{\mathsf T} - D)\) with \(D = \sum_k \delta \odot O\), a number a row.

    D needs the output only, which is what makes the backward pass of FlashAttention possible.
    """
    weights = attention_weights(query, key)
    rows = (delta * scaled_dot_product_attention(query, key, value)).sum(-1, keepdims=True)
    return weights * (matmul(delta, last_transposed(value)) - rows)


def attention_query_gradient(
    scores: Tensor, query: Tensor, key: Tensor, scale: Number | None = None
) -> Comprehension:
    r"""\(\frac{\partial J}{\partial Q} = \delta_S K/\sqrt d\)."""
    return scaled(matmul(scores, key), query, scale)


def attention_key_gradient(scores: Tensor, query: Tensor, scale: Number | None = None) -> Comprehension:
    r"""\(\frac{\partial J}{\partial K} = \delta_S^{\mathsf T} Q/\sqrt d\)."""
    return scaled(matmul(last_transposed(scores), query), query, scale)


@operator
def over_shared(x: Tensor) -> Comprehension:
    r"""\(\sum_g x_{(a,g)}\): what the queries that share a head of keys and values give it, together."""
    names = index_names(x)
    after = sum(map(len, x.axes[:-2])) - 1
    heads, sharing = x.axes[-3]

    def body(*i: Index) -> Scalar:
        return total([sharing], lambda g: Access(x, (*i[:after], g, *i[after:])), [names[after]])

    return build((*x.axes[:-3], (heads,), *x.axes[-2:]), body, (*names[:after], *names[after + 1 :]))


def _gradient_by(operand: str) -> ClosedForm:
    """The closed form by queries, keys or values, whatever the arguments are."""

    def gradient(
        delta: Tensor,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None,
        dropout_p: Number,
        is_causal: bool,
        scale: Number | None,
        enable_gqa: bool,
        dropout_mask: Tensor | None,
    ) -> Tensor:
        if enable_gqa:
            key, value = shared_heads(key, query), shared_heads(value, query)
        weights = attention_weights(query, key, attn_mask, is_causal, scale)

        def dropped(x: Tensor) -> Tensor:
            return x if dropout_mask is None else dropout_gradient(x, dropout_mask, dropout_p)

        if operand == "value":
            found = attention_value_gradient(delta, dropped(weights))
        else:  # what a causal mask leaves out gets nothing, as its weight is zero
            to_weights = dropped(matmul(delta, last_transposed(value)))
            scores = softmax_gradient(to_weights, weights)
            if operand == "query":
                return attention_query_gradient(scores, query, key, scale)
            found = attention_key_gradient(scores, query, scale)
        return over_shared(found) if enable_gqa else found

    return gradient


backward(
    scaled_dot_product_attention,
    query=_gradient_by("query"),
    key=_gradient_by("key"),
    value=_gradient_by("value"),
    attn_mask=None,
    dropout_p=None,
    scale=None,
    dropout_mask=None,
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
    return Statement(z, value, attention_value_gradient(delta, attention_weights(query, key)), delta)


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
    scores = attention_scores_gradient(delta, attention_weights(query, key), value)
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
    scores = attention_scores_gradient(delta, attention_weights(query, key), value)
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
    weights = attention_weights(x, x)
    scores = attention_scores_gradient(delta, weights, x)
    claim = attention_value_gradient(delta, weights) + attention_query_gradient(scores, x, x)
    return Statement(
        scaled_dot_product_attention(x, x, x), x, claim + attention_key_gradient(scores, x), delta
    )
