"""The forward of each layer, against plain loops; PyTorch's own are compared elsewhere."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import symgrad as sg
from symgrad.concrete.arrays import evaluate

N, C, M, H, W, K, L, k = sg.sizes("N C M H W K L k")
(p,) = sg.sizes("p", minimum=0)


def numbers(shape, seed=0):
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(float)


sizes = st.integers(3, 5)


@given(sizes, sizes, st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2))
def test_conv2d_is_a_sum_over_maps_and_kernel(h, w, kernel, stride, padding, dilation):
    reach = dilation * (kernel - 1) + 1
    assume(min(h, w) + 2 * padding >= reach)
    a, v, b = numbers((2, 3, h, w), 1), numbers((2, 3, kernel, kernel), 2), numbers((2,), 3)
    padded = np.pad(a, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    out = [(n + 2 * padding - reach) // stride + 1 for n in (h, w)]
    expected = np.zeros((2, 2, *out)) + b[None, :, None, None]
    for n, j, i, y, x, u, t in itertools.product(
        range(2), range(2), range(3), range(out[0]), range(out[1]), range(kernel), range(kernel)
    ):
        place = padded[n, i, stride * y + dilation * u, stride * x + dilation * t]
        expected[n, j, y, x] += place * v[j, i, u, t]
    z = sg.conv2d(
        sg.tensor("a", *a.shape),
        sg.tensor("v", *v.shape),
        sg.tensor("b", 2),
        stride=stride,
        padding=padding,
        dilation=dilation,
    )
    assert np.array_equal(evaluate(z, {"a": a, "v": v, "b": b}), expected)


def test_bias_for_each_position_is_added_there():
    a, v, b = numbers((1, 1, 4)), numbers((2, 1, 2), 1), numbers((2, 3), 2)
    plain = sg.conv1d(sg.tensor("a", 1, 1, 4), sg.tensor("v", 2, 1, 2))
    biased = sg.conv1d(sg.tensor("a", 1, 1, 4), sg.tensor("v", 2, 1, 2), sg.tensor("b", 2, 3))
    arrays = {"a": a, "v": v, "b": b}
    assert np.array_equal(evaluate(biased, arrays), evaluate(plain, arrays) + b)


@given(st.integers(2, 6), st.integers(1, 3), st.integers(1, 3), st.integers(0, 1))
def test_pooling_takes_mean_and_maximum_of_windows(length, kernel, stride, padding):
    assume(length + 2 * padding >= kernel and kernel >= 2 * padding)
    a = numbers((2, 1, length))
    x = sg.tensor("a", 2, 1, length)
    count = (length + 2 * padding - kernel) // stride + 1
    for n, y in itertools.product(range(2), range(count)):
        start = stride * y - padding
        inside = a[n, 0, max(start, 0) : start + kernel]
        average = evaluate(sg.avg_pool1d(x, kernel, stride, padding), {"a": a})
        greatest = evaluate(sg.max_pool1d(x, kernel, stride, padding), {"a": a})
        assert np.isclose(average[n, 0, y], inside.sum() / kernel)
        assert greatest[n, 0, y] == inside.max()


def test_the_stride_of_a_pooling_is_its_window_unless_given():
    a = sg.tensor("a", N, C, H, W)
    assert sg.avg_pool2d(a, k).shape == (N, C, H // k, W // k)
    assert sg.max_pool2d(a, (2, 3), stride=1).shape == (N, C, H - 1, W - 2)


@given(
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(0, 1),
    st.integers(0, 2),
    st.integers(1, 2),
)
def test_a_transposed_convolution_writes_a_kernel_for_every_entry(length, kernel, stride, padding, rest, d):
    size = stride * (length - 1) - 2 * padding + d * (kernel - 1) + rest + 1
    assume(size >= 1)
    a, w, b = numbers((2, 2, length), 1), numbers((2, 3, kernel), 2), numbers((3,), 3)
    expected = np.zeros((2, 3, size)) + b[None, :, None]
    for n, i, j, y, u in itertools.product(range(2), range(2), range(3), range(length), range(kernel)):
        o = stride * y + d * u - padding
        if 0 <= o < size:
            expected[n, j, o] += a[n, i, y] * w[i, j, u]
    operands = sg.tensor("a", *a.shape), sg.tensor("w", *w.shape), sg.tensor("b", 3)
    z = sg.conv_transpose1d(*operands, stride, padding, rest, dilation=d)
    assert np.array_equal(evaluate(z, {"a": a, "w": w, "b": b}), expected)


def test_groups_of_a_transposed_convolution_are_numbers_or_pairs():
    a, w = numbers((1, 4, 3)), numbers((4, 2, 2), 1)
    plain = sg.conv_transpose1d(sg.tensor("a", 1, 4, 3), sg.tensor("w", 4, 2, 2), groups=2)
    paired = sg.conv_transpose1d(sg.tensor("a", 1, (2, 2), 3), sg.tensor("w", (2, 2), 2, 2), groups=2)
    assert np.array_equal(evaluate(plain, {"a": a, "w": w}), evaluate(paired, {"a": a, "w": w}))


def test_depthwise_convolution_keeps_the_maps_apart():
    a, w = numbers((1, 2, 3)), numbers((4, 1, 2), 1)
    z = sg.conv1d(sg.tensor("a", 1, 2, 3), sg.tensor("w", (2, 2), 1, 2), groups=2)
    one = sg.conv1d(sg.tensor("a", 1, 1, 3), sg.tensor("w", 2, 1, 2))
    parts = [evaluate(one, {"a": a[:, [c]], "w": w[2 * c : 2 * c + 2]}) for c in range(2)]
    assert np.array_equal(evaluate(z, {"a": a, "w": w}), np.concatenate(parts, 1))


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.integers(0, 2))
def test_concat_joins_along_an_axis(lengths, axis):
    shapes = [tuple(n if k == axis else 2 for k in range(3)) for n in lengths]
    arrays = {f"a{k}": numbers(shape, k) for k, shape in enumerate(shapes)}
    z = sg.concat([sg.tensor(f"a{k}", *shape) for k, shape in enumerate(shapes)], axis - 3)
    assert np.array_equal(evaluate(z, arrays), np.concatenate(list(arrays.values()), axis))


def test_dropout_scales_what_is_kept_exactly():
    a, mask = numbers((2, 3)), np.array([[1, 0, 1], [0, 1, 1]])
    z = sg.dropout(sg.tensor("a", 2, 3), sg.tensor("mask", 2, 3), 0.75)
    assert np.array_equal(evaluate(z, {"a": a, "mask": mask}), a * mask * 4)
    tenths = sg.dropout(sg.tensor("a", 2, 3), sg.tensor("mask", 2, 3), 0.7)
    assert "10/3" in str(tenths)


def test_global_average_pooling_takes_the_mean_of_every_map():
    a = numbers((2, 3, 4, 5))
    z = sg.global_avg_pool(sg.tensor("a", 2, 3, 4, 5))
    assert np.allclose(evaluate(z, {"a": a}), a.mean((2, 3)))


def test_linear_and_half_squared_error():
    a, w, b, y = numbers((3, 4)), numbers((2, 4), 1), numbers((2,), 2), numbers((3, 2), 3)
    z = sg.linear(sg.tensor("a", 3, 4), sg.tensor("w", 2, 4), sg.tensor("b", 2))
    arrays = {"a": a, "w": w, "b": b, "y": y}
    assert np.array_equal(evaluate(z, arrays), a @ w.T + b)
    loss = sg.half_squared_error(z, sg.tensor("y", 3, 2))
    assert evaluate(loss, arrays) == ((a @ w.T + b - y) ** 2).sum() / 2


def test_linear_takes_flattened_maps():
    a = sg.flatten(sg.tensor("a", N, C, H, W))
    assert sg.linear(a, sg.tensor("w", M, (C, H, W))).shape == (N, M)


def test_shapes_are_pytorchs_in_symbols():
    a, w = sg.tensor("a", N, C, H, W), sg.tensor("w", M, C, K, L)
    assert sg.conv2d(a, w).shape == (N, M, H - K + 1, W - L + 1)
    assert sg.conv2d(a, w, padding=p).shape == (N, M, H + 2 * p - K + 1, W + 2 * p - L + 1)
    assert sg.conv2d(a, w, padding="same").shape == (N, M, H, W)
    assert sg.conv2d(a, w, stride=2).shape == (N, M, (H - K) // 2 + 1, (W - L) // 2 + 1)


a4, w4 = sg.tensor("a", N, C, H, W), sg.tensor("w", M, C, K, L)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: sg.conv2d(sg.tensor("a", H, W), w4), "input has shape"),
        (lambda: sg.conv2d(a4, sg.tensor("w", M, C, K)), "weight has shape"),
        (lambda: sg.conv2d(a4, w4, sg.tensor("b", M, K)), "bias has shape"),
        (lambda: sg.conv2d(a4, w4, stride=0), "stride is 0"),
        (lambda: sg.conv2d(a4, w4, padding=-1), "padding is -1"),
        (lambda: sg.conv2d(a4, w4, dilation=(1, 0)), "dilation is 0"),
        (lambda: sg.conv2d(a4, w4, padding="full"), "'full'"),
        (lambda: sg.conv2d(a4, w4, stride=2, padding="same"), "needs stride 1"),
        (lambda: sg.conv2d(a4, w4, stride=p), "at least 0"),
        (lambda: sg.conv2d(a4, w4, groups=2), "pairs"),
        (lambda: sg.conv2d(sg.tensor("a", 1, 3, 5, 5), sg.tensor("w", 2, 4, 3, 3)), "3 against 4"),
        (lambda: sg.avg_pool2d(sg.tensor("a", H, W), 2), "input has shape"),
        (lambda: sg.max_pool2d(a4, (1, 2, 3)), "expected 1 or 2"),
        (lambda: sg.linear(sg.tensor("a", N, 3), sg.tensor("w", M, 4)), "3 against 4"),
        (lambda: sg.linear(a4, a4), r"\(O, I\)"),
        (lambda: sg.conv_transpose2d(a4, sg.tensor("w", C, M, K)), "weight has shape"),
        (lambda: sg.conv_transpose1d(a4, w4), "weight has shape"),
        (lambda: sg.conv_transpose2d(sg.tensor("a", H, W), w4), "input has shape"),
        (lambda: sg.conv_transpose2d(a4, sg.tensor("w", C, M, K, L), sg.tensor("b", M, K)), "bias has shape"),
        (lambda: sg.conv_transpose2d(a4, sg.tensor("w", C, M, K, L), groups=2), "pairs"),
        (lambda: sg.conv_transpose2d(a4, sg.tensor("w", C, M, K, L), output_padding=-1), "is -1"),
        (lambda: sg.concat([]), "needs a tensor"),
        (lambda: sg.concat([a4, sg.tensor("b", N, C)]), "shapes"),
        (lambda: sg.concat([sg.tensor("a", 2, 3), sg.tensor("b", 3, 3)], 1), "2 against 3"),
        (lambda: sg.concat([sg.tensor("a", (C, H)), sg.tensor("b", K)]), "compound"),
        (lambda: sg.dropout(a4, sg.tensor("mask", N, C)), "mask"),
        (lambda: sg.dropout(a4, a4, "half"), "expected a number"),
        (lambda: sg.global_avg_pool(sg.tensor("a", N, C)), "input has shape"),
        (lambda: sg.half_squared_error(sg.tensor("a", 3), sg.tensor("y", 3, 1)), "shapes"),
    ],
)
def test_arguments_without_meaning_are_refused_in_words(made, words):
    with pytest.raises(sg.SymgradError, match=words):
        made()


def test_padding_of_a_maximum_is_at_most_half_its_window_and_the_scope_says_so():
    z = sg.max_pool1d(sg.tensor("a", N, C, H), k, stride=1, padding=p)
    assert "k ≥ 2*p" in str(sg.verify_equal(z, z).scope)


def test_maps_that_need_not_fit_have_no_meaning():
    z = sg.conv2d(sg.tensor("a", N, C, H, W), sg.tensor("w", M, K, 2, 2))
    verdict = sg.verify_equal(z, z)
    assert isinstance(verdict, sg.IllFormed)
    assert "C is not K" in verdict.problem
