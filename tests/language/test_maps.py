"""The operators on maps, against NumPy at drawn shapes."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import symgrad as sg
from symgrad.concrete.arrays import evaluate

H, W, K, L, N, C, M, G, s = sg.sizes("H W K L N C M G s")


def numbers(shape, seed=0):
    return np.random.default_rng(seed).integers(-9, 10, shape)


def value(tensor, **arrays):
    return evaluate(tensor, arrays)


maps = st.lists(st.integers(1, 4), min_size=1, max_size=2).map(tuple)
per_axis = st.lists(st.integers(1, 3), min_size=2, max_size=2)


@given(maps, st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=2))
def test_pad_is_numpys(shape, widths):
    widths = widths[: len(shape)]
    x = numbers(shape)
    assert np.array_equal(value(sg.pad(sg.tensor("x", *shape), widths), x=x), np.pad(x, widths))


@given(st.integers(3, 6), st.integers(0, 2), st.integers(0, 2))
def test_negative_padding_cuts_off(length, before, after):
    x = numbers(length + 2)
    cut = sg.pad(sg.tensor("x", length + 2), [(-before, -after)])
    assert np.array_equal(value(cut, x=x), x[before : length + 2 - after])


@given(maps, per_axis)
def test_dilate_inserts_zeros_between_neighbours(shape, steps):
    steps = steps[: len(shape)]
    x = numbers(shape)
    expected = np.zeros([(n - 1) * k + 1 for n, k in zip(shape, steps, strict=True)], int)
    expected[tuple(slice(None, None, k) for k in steps)] = x
    assert np.array_equal(value(sg.dilate(sg.tensor("x", *shape), steps), x=x), expected)


@given(maps, per_axis)
def test_upsample_is_the_kronecker_product_with_ones(shape, factors):
    factors = factors[: len(shape)]
    x = numbers(shape)
    expected = np.kron(x, np.ones(factors, int))
    assert np.array_equal(value(sg.upsample(sg.tensor("x", *shape), factors), x=x), expected)


@given(maps)
def test_rot180_reverses_every_spatial_axis(shape):
    x = numbers(shape)
    assert np.array_equal(value(sg.rot180(sg.tensor("x", *shape)), x=x), np.flip(x))


def test_rot180_of_a_kernel_leaves_its_map_axes():
    w = numbers((2, 3, 2, 4))
    assert np.array_equal(value(sg.rot180(sg.tensor("w", 2, 3, 2, 4)), w=w), w[:, :, ::-1, ::-1])


def test_swap_exchanges_the_map_axes():
    w = numbers((2, 3, 2, 4))
    assert np.array_equal(value(sg.swap(sg.tensor("w", 2, 3, 2, 4)), w=w), w.swapaxes(0, 1))


def correlation(x, w, stride=1, dilation=1):
    """Plain loops over one map and one kernel."""
    out = [(n - dilation * (k - 1) - 1) // stride + 1 for n, k in zip(x.shape, w.shape, strict=True)]
    z = np.zeros(out, int)
    for y in itertools.product(*map(range, out)):
        for u in itertools.product(*map(range, w.shape)):
            z[y] += x[tuple(stride * i + dilation * k for i, k in zip(y, u, strict=True))] * w[u]
    return z


@given(st.integers(1, 2), st.integers(4, 6), st.integers(1, 3), st.integers(1, 3), st.integers(1, 2))
def test_correlate_is_a_sliding_product(dims, length, kernel, stride, dilation):
    if length < dilation * (kernel - 1) + 1:
        return
    x, w = numbers((length,) * dims, 1), numbers((kernel,) * dims, 2)
    z = sg.correlate(sg.tensor("x", *x.shape), sg.tensor("w", *w.shape), stride=stride, dilation=dilation)
    assert np.array_equal(value(z, x=x, w=w), correlation(x, w, stride, dilation))


@given(st.integers(3, 6), st.integers(1, 3), st.sampled_from(["valid", "full", "same"]))
def test_modes_are_numpys(length, kernel, mode):
    x, w = numbers(length, 1), numbers(kernel, 2)
    sx, sw = sg.tensor("x", length), sg.tensor("w", kernel)
    assert np.array_equal(value(sg.convolve(sx, sw, mode), x=x, w=w), np.convolve(x, w, mode)) or (
        mode == "same" and kernel % 2 == 0
    )
    if mode != "same":
        assert np.array_equal(value(sg.correlate(sx, sw, mode), x=x, w=w), np.correlate(x, w, mode))


def test_same_keeps_the_size_for_every_kernel():
    assert sg.correlate(sg.tensor("x", H), sg.tensor("w", K), "same").shape == (H,)


def test_correlate_sums_over_input_maps():
    x, w = numbers((2, 3, 5, 4), 1), numbers((4, 3, 2, 2), 2)
    z = sg.correlate(sg.tensor("x", *x.shape), sg.tensor("w", *w.shape))
    expected = np.zeros((2, 4, 4, 3), int)
    for n, j, i in itertools.product(range(2), range(4), range(3)):
        expected[n, j] += correlation(x[n, i], w[j, i])
    assert np.array_equal(value(z, x=x, w=w), expected)


@pytest.mark.parametrize("written", ["pairs", "numbers"])
def test_groups_keep_to_themselves(written):
    x, w = numbers((1, 4, 4), 1), numbers((6, 2, 2), 2)
    shapes = ((1, (2, 2), 4), ((2, 3), 2, 2)) if written == "pairs" else ((1, 4, 4), (6, 2, 2))
    z = sg.correlate(sg.tensor("x", *shapes[0]), sg.tensor("w", *shapes[1]), groups=2)
    expected = np.concatenate(
        [
            sum(correlation(x[0, 2 * g + i], w[3 * g + j, i])[None] for i in range(2))
            for g in range(2)
            for j in range(3)
        ]
    )
    assert np.array_equal(value(z, x=x, w=w)[0], expected)


@given(st.integers(3, 6), st.integers(1, 3), st.integers(1, 3), st.integers(0, 1))
def test_fold_puts_windows_back_and_adds_what_overlaps(length, kernel, stride, padding):
    count = (length + 2 * padding - kernel) // stride + 1
    windows = numbers((count, kernel), 3)
    expected = np.zeros(length + 2 * padding, int)
    for y in range(count):
        expected[stride * y : stride * y + kernel] += windows[y]
    z = sg.fold(sg.tensor("x", count, kernel), length, stride, padding)
    assert np.array_equal(value(z, x=windows), expected[padding : padding + length])


def test_winners_mark_the_maximum_of_each_window():
    x = np.array([[[3, 9, 4, 1, 5, 8]]])
    z = sg.max_pool1d(sg.tensor("x", 1, 1, 6), 2)
    assert value(sg.winners(z), x=x).tolist() == [[[[0, 1], [1, 0], [0, 1]]]]


def test_rot180_twice_is_nothing():
    w = sg.tensor("w", M, C, K, L)
    assert isinstance(sg.verify_equal(sg.rot180(sg.rot180(w)), w), sg.Proved)


def test_convolution_is_correlation_with_the_turned_kernel():
    x, w = sg.tensor("x", N, C, H, W), sg.tensor("w", M, C, K, L)
    claim = sg.correlate(x, sg.rot180(w), "full")
    assert isinstance(sg.verify_equal(sg.convolve(x, w), claim), sg.Proved)


def test_convolution_of_maps_commutes_and_correlation_does_not():
    x, w = sg.tensor("x", H, W), sg.tensor("w", K, L)
    assert isinstance(sg.verify_equal(sg.convolve(x, w), sg.convolve(w, x)), sg.Proved)
    full = (sg.correlate(x, w, "full"), sg.correlate(w, x, "full"))
    assert isinstance(sg.verify_equal(*full), sg.Refuted)


x2 = sg.tensor("x", N, C, H, W)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: sg.correlate(x2, sg.tensor("w", M, C, K)), "does not fit"),
        (lambda: sg.correlate(sg.tensor("x", 1, 3, 8), sg.tensor("w", 2, 4, 3)), "3 against 4"),
        (lambda: sg.correlate(x2, sg.tensor("w", M, C, K, L), mode="half"), "'half'"),
        (lambda: sg.correlate(x2, sg.tensor("w", M, C, K, L), stride=0), "at least 1"),
        (lambda: sg.correlate(x2, sg.tensor("w", M, C, K, L), stride=(1, 2, 3)), "expected 1 or 2"),
        (lambda: sg.correlate(x2, sg.tensor("w", M, C, K, L), groups=G), "pairs"),
        (lambda: sg.dilate(x2, sg.size("p", minimum=0)), "at least 1"),
        (lambda: sg.pad(x2, [1, 2, 3]), "3 widths for 2"),
        (lambda: sg.swap(sg.tensor("x", H)), "two axes"),
        (lambda: sg.winners(x2), "maxima"),
        (lambda: sg.fold(sg.tensor("x", H), H), "needs 2 axes"),
        (lambda: sg.rot180(sg.tensor("x", N, (G, C), H), dims=2), "compound"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(made, words):
    with pytest.raises(sg.SymgradError, match=words):
        made()
