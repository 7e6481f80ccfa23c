"""Operators on any tensor, against NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import symgrad as sg
from symgrad.concrete.arrays import evaluate

N, I, J, C, H, W = sg.sizes("N I J C H W")


def numbers(shape, seed=0):
    return np.random.default_rng(seed).integers(-9, 10, shape)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((2, 3), (3, 4)),
        ((3,), (3, 4)),
        ((2, 3), (3,)),
        ((3,), (3,)),
        ((5, 2, 3), (3, 4)),
        ((5, 2, 3), (5, 3, 4)),
    ],
)
def test_matmul_is_numpys(left, right):
    x, y = numbers(left, 1), numbers(right, 2)
    z = sg.tensor("x", *left) @ sg.tensor("y", *right)
    assert np.array_equal(evaluate(z, {"x": x, "y": y}), x @ y)


@given(st.sets(st.integers(0, 2)), st.booleans())
def test_sum_is_numpys(axes, keepdims):
    x = numbers((2, 3, 4))
    chosen = tuple(axes) if axes else None
    z = sg.tensor("x", 2, 3, 4).sum(chosen, keepdims)
    assert np.array_equal(evaluate(z, {"x": x}), x.sum(axis=chosen, keepdims=keepdims))


def test_transpose_and_flip_are_numpys():
    x = numbers((2, 3))
    t = sg.tensor("x", 2, 3)
    assert np.array_equal(evaluate(t.T, {"x": x}), x.T)
    assert np.array_equal(evaluate(sg.flip(t, 1), {"x": x}), np.flip(x, 1))
    assert np.array_equal(evaluate(sg.flip(t, (0, -1)), {"x": x}), np.flip(x))


def test_flatten_and_unflatten_undo_each_other():
    x = sg.tensor("x", N, C, H, W)
    flat = sg.flatten(x)
    assert flat.shape == (N, (C, H, W))
    assert isinstance(sg.verify_equal(sg.unflatten(flat), x), sg.Proved)
    array = numbers((2, 3, 2, 2))
    assert np.array_equal(evaluate(flat, {"x": array}), array.reshape(2, -1))


def test_hadamard_needs_the_same_shape():
    x, y = sg.tensor("x", H, W), sg.tensor("y", H, W)
    assert isinstance(sg.verify_equal(sg.hadamard(x, y), x * y), sg.Proved)
    with pytest.raises(sg.ShapeError, match="rank"):
        sg.hadamard(x, sg.tensor("y", W))
    with pytest.raises(sg.ShapeError):
        sg.hadamard(sg.tensor("x", 2), sg.tensor("y", 3))


def test_matrix_product_is_associative():
    x, y, z = sg.tensor("x", N, I), sg.tensor("y", I, J), sg.tensor("z", J, C)
    assert isinstance(sg.verify_equal((x @ y) @ z, x @ (y @ z)), sg.Proved)
    assert isinstance(sg.verify_equal((x @ y).T, y.T @ x.T), sg.Proved)


def test_ones_and_zeros_are_neutral():
    x = sg.tensor("x", H, W)
    assert isinstance(sg.verify_equal(x * sg.ones(H, W) + sg.zeros(H, W), x), sg.Proved)


@pytest.mark.parametrize(
    "made",
    [
        lambda: sg.tensor("x", 2, 3) @ sg.tensor("y", 2, 3),
        lambda: sg.matmul(sg.zeros(), sg.ones(2)),
        lambda: sg.tensor("x", 2).T,
        lambda: sg.tensor("x", 2).sum(1),
        lambda: sg.flatten(sg.tensor("x", 2), 1),
    ],
)
def test_what_does_not_fit_is_refused(made):
    with pytest.raises(sg.ShapeError):
        made()
