"""Indexing is NumPy's, with sizes and index variables for numbers."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import symgrad as sg
from symgrad.concrete.arrays import evaluate
from symgrad.language.scalar import Access

N, C, H, W, G = sg.sizes("N C H W G")
x = sg.tensor("x", N, C, H)
ARRAY = np.arange(4 * 3 * 5).reshape(4, 3, 5)

keys = st.one_of(
    st.builds(slice, st.integers(0, 2), st.integers(1, 3), st.integers(1, 3)),
    st.builds(slice, st.none(), st.none(), st.integers(1, 3)),
    st.builds(slice, st.integers(-3, -1), st.none()),
    st.integers(-3, 2),
    st.just(Ellipsis),
    st.none(),
)


@given(st.lists(keys, min_size=1, max_size=4))
def test_slices_select_what_numpy_selects(chosen):
    assume(chosen.count(Ellipsis) <= 1)
    assume(sum(k is not None and k is not Ellipsis for k in chosen) <= 3)
    expected = ARRAY[tuple(chosen)]
    assume(expected.size)
    found = sg.tensor("x", 4, 3, 5)[tuple(chosen)]
    if isinstance(found, sg.Scalar):
        found = sg.build((), lambda: found)
    assert np.array_equal(evaluate(found, {"x": ARRAY}), expected)


def test_a_full_index_is_a_scalar_and_a_partial_one_a_tensor():
    assert isinstance(x[0, 0, 0], Access)
    assert x[0].shape == (C, H)
    assert x[..., 0].shape == (N, C)
    assert x[:, None].shape == (N, 1, C, H)


def test_symbolic_slices_have_symbolic_extents():
    assert x[:, :, 1:].shape == (N, C, H - 1)
    assert x[:, :, ::2].shape == (N, C, (H + 1) // 2)
    assert x[:, :, : H - 2].shape == (N, C, H - 2)
    assert x[:, -1].shape == (N, H)


def test_a_compound_axis_takes_a_tuple_or_is_taken_whole():
    y = sg.tensor("y", N, (G, C))
    assert isinstance(y[0, (1, 0)], Access)
    assert y[0].shape == ((G, C),)
    with pytest.raises(sg.ShapeError, match="factors"):
        y[0, 1]
    with pytest.raises(sg.ShapeError, match="compound"):
        y[:, 1:]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ((0, 0, 0, 0), "3 axes"),
        ((..., ...), "one ellipsis"),
        ("a", "not 'a'"),
        ((slice(None, None, -1),), "flip"),
        ((slice(2, 1),), "empty"),
    ],
)
def test_what_is_no_index_is_refused_in_words(key, words):
    with pytest.raises((sg.IndexRangeError, sg.ShapeError), match=words):
        x[key]


def test_an_index_that_is_never_in_range_is_refused_at_once():
    with pytest.raises(sg.IndexRangeError, match="axis 1"):
        sg.tensor("y", 2, 3)[0, 3]
    with pytest.raises(sg.IndexRangeError):
        x[:, C]


def test_an_index_that_is_sometimes_out_of_range_is_found_by_deciding():
    verdict = sg.verify_equal(x[:, 1], x[:, 1])
    assert isinstance(verdict, sg.IllFormed)
    assert dict(verdict.sizes)["C"] == 1
