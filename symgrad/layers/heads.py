r"""Attention with several heads: each looks at the sequence by itself, and their outputs are joined.

\[ O = W_O\,\operatorname{merge}(\operatorname{attention}(Q, K, V)) + b_O, \qquad
   Q = \operatorname{split}(W_Q X + b_Q), \]

K and V like Q. Heads and their width are a compound axis (A, D) of the weights, so that splitting and
merging move entries only, and backward each is the other (Vaswani et al., Attention is all you need,
2017, sec. 3.2.2).
"""

from __future__ import annotations

from typing import Any

from symgrad.catalogue import backward
from symgrad.errors import ShapeError
from symgrad.language.build import build
from symgrad.language.index import Index
from symgrad.language.operator import operator
from symgrad.language.scalar import Access
from symgrad.language.tensor import Comprehension, Tensor, index_names
from symgrad.layers.attention import scaled_dot_product_attention
from symgrad.layers.dense import linear

# -- forward --------------------------------------------------------------------------------------


@operator
def split_heads(input: Tensor) -> Comprehension:
    """(N, T, (A, D)) as (N, A, T, D), a sequence for each head. Raises ShapeError for other shapes."""
    if [len(axis) for axis in input.axes] != [1, 1, 2]:
        raise ShapeError(f"split_heads takes (N, T, (A, D)), not {input.shape}")
    samples, tokens, (heads, width) = input.axes
    n, t, a, d = index_names(input)

    def body(n: Index, a: Index, t: Index, d: Index) -> Access:
        return Access(input, (n, t, a, d))

    return build((samples, (heads,), tokens, (width,)), body, (n, a, t, d))


@operator
def merge_heads(input: Tensor) -> Comprehension:
    """(N, A, T, D) as (N, T, (A, D)). Raises ShapeError for other shapes."""
    if [len(axis) for axis in input.axes] != [1, 1, 1, 1]:
        raise ShapeError(f"merge_heads takes (N, A, T, D), not {input.shape}")
    samples, heads, tokens, width = input.axes
    n, a, t, d = index_names(input)

    def body(n: Index, t: Index, a: Index, d: Index) -> Access:
        return Access(input, (n, a, t, d))

    return build((samples, tokens, (*heads, *width)), body, (n, t, a, d))


def multi_head_attention(
    x: Tensor,
    WQ: Tensor,
    bQ: Tensor | None,
    WK: Tensor,
    bK: Tensor | None,
    WV: Tensor,
    bV: Tensor | None,
    WO: Tensor,
    bO: Tensor | None,
    **options: Any,
) -> Comprehension:
    """Self-attention of sequences x (N, T, E) with A heads of width D.

    Weights are ((A, D), E), WO (E, (A, D)). Options are those of `scaled_dot_product_attention`.
    """
    query, key, value = (
        split_heads(linear(x, weight, bias)) for weight, bias in ((WQ, bQ), (WK, bK), (WV, bV))
    )
    return linear(merge_heads(scaled_dot_product_attention(query, key, value, **options)), WO, bO)


# -- backward -------------------------------------------------------------------------------------

backward(split_heads, input=lambda delta: merge_heads(delta))
backward(merge_heads, input=lambda delta: split_heads(delta))
