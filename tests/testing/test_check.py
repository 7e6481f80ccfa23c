"""The two questions, answered apart; averages, shapes, causes; nothing is imported too early."""

import subprocess
import sys

import numpy as np
import pytest

from symgrad.testing import check_backward, check_layer


def conv(x, w, b, stride=1):
    N, _, H, W = x.shape
    M, _, K, L = w.shape
    out = np.zeros((N, M, (H - K) // stride + 1, (W - L) // stride + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            window = x[:, :, i * stride : i * stride + K, j * stride : j * stride + L]
            out[:, :, i, j] = np.tensordot(window, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out


def conv_back(dout, x, w, b, stride=1):
    K, L = w.shape[2:]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            g, hs, ws = dout[:, :, i, j], i * stride, j * stride
            dw += np.einsum("nm,nckl->mckl", g, x[:, :, hs : hs + K, ws : ws + L])
            dx[:, :, hs : hs + K, ws : ws + L] += np.einsum("nm,mckl->nckl", g, w)
    return dx, dw, dout.sum(axis=(0, 2, 3))


def test_a_bias_added_once_per_channel_is_consistent_and_yet_not_the_layer():
    def forward(x, w, b, stride=1):
        return conv(x, w, x.shape[1] * b, stride)

    def backward(dout, x, w, b, stride=1):
        dx, dw, db = conv_back(dout, x, w, b, stride)
        return dx, dw, x.shape[1] * db

    sizes = {"x": "N C H W", "w": "M C 1 1", "b": "M"}
    assert check_backward(forward, backward, sizes).passed
    report = check_layer("conv2d", forward, backward)
    kinds = {(f.kind, f.what) for f in report.findings}
    assert kinds == {("WRONG FORWARD", "out"), ("PASSED", "dx"), ("PASSED", "dw"), ("PASSED", "db")}
    wrong = report.findings[0]
    assert wrong.cause == "b is counted C times"
    assert dict(wrong.shapes) == {"x": (1, 2, 1, 1), "w": (1, 2, 1, 1), "b": (1,)}


def test_a_wrong_backward_of_a_right_forward_is_only_that():
    def backward(dout, x, w, b, stride=1):
        dx, dw, db = conv_back(dout, x, w[:, :, ::-1, ::-1], b, stride)
        return dx, dw, db

    report = check_layer("conv2d", conv, backward)
    assert {(f.kind, f.what) for f in report.findings if not f.passed} == {("WRONG GRADIENT", "dx")}
    assert {f.what for f in report.findings if f.passed} == {"out", "dw", "db"}


def test_a_backward_alone_is_compared_with_the_gradient_of_the_layer():
    assert check_layer("conv2d", backward=conv_back).passed
    report = check_layer(
        "conv2d", backward=lambda dout, x, w, b: tuple(2 * g for g in conv_back(dout, x, w, b))
    )
    assert {f.what for f in report.findings if f.kind == "WRONG GRADIENT"} == {"dx", "dw", "db"}


def test_a_forward_alone_is_compared_with_the_layer():
    report = check_layer("conv2d", conv)
    assert report.passed
    assert [f.what for f in report.findings] == ["out"]


def test_averaging_is_right_where_it_is_meant_and_named_where_it_is_not():
    def averaged(dout, x, w, b, stride=1):
        dx, dw, db = conv_back(dout, x, w, b, stride)
        return dx, dw / len(x), db / len(x)

    assert check_layer("conv2d", conv, averaged, average=True).passed
    report = check_layer("conv2d", conv, averaged)
    assert {f.cause for f in report.findings if not f.passed} == {
        "averaged over the batch, where the sum is meant"
    }
    report = check_layer("conv2d", conv, conv_back, average=("w",))
    (wrong,) = [f for f in report.findings if not f.passed]
    assert (wrong.what, wrong.cause) == ("dw", "not averaged over the batch, where the mean is meant")


@pytest.mark.parametrize("kernel_layout", ["HWIO", "HWOI"])
def test_layouts_are_permutations_of_the_same_layer(kernel_layout):
    order = {"HWIO": (3, 2, 0, 1), "HWOI": (2, 3, 0, 1)}[kernel_layout]
    back = np.argsort(order)

    def forward(x, w, b, stride=1):
        return conv(x.transpose(0, 3, 1, 2), w.transpose(order), b, stride).transpose(0, 2, 3, 1)

    def backward(dout, x, w, b, stride=1):
        dx, dw, db = conv_back(
            dout.transpose(0, 3, 1, 2), x.transpose(0, 3, 1, 2), w.transpose(order), b, stride
        )
        return dx.transpose(0, 2, 3, 1), dw.transpose(back), db

    assert check_layer("conv2d", forward, backward, layout="NHWC", kernel_layout=kernel_layout).passed
    assert not check_layer("conv2d", forward, backward, layout="NHWC", kernel_layout="OIHW").passed


def test_a_gradient_that_is_wrong_by_a_millionth_is_wrong():
    report = check_backward(lambda x: 3 * x, lambda dout, x: 3.000003 * dout, {"x": "N"})
    assert report.findings[0].cause == "off by the constant factor 1000001/1000000"


def test_floats_on_the_way_are_made_rational_and_said():
    report = check_backward(lambda x: x * (1.0 / 9), lambda dout, x: dout / 9, {"x": "N"})
    assert report.passed
    assert "0.1111111111111111 stands for 1/9" in str(report)


def test_concrete_shapes_shrink_to_the_smallest_that_fails():
    def backward(dout, x, w):
        return dout @ w.T, (x[:-1].T @ dout[:-1] if len(x) > 2 else x.T @ dout)

    report = check_backward(lambda x, w: x @ w, backward, {"x": (5, 4), "w": (4, 3)})
    (wrong,) = [f for f in report.findings if not f.passed]
    assert dict(wrong.shapes) == {"x": (3, 1), "w": (1, 1)}


def test_several_mappings_are_a_check_each():
    report = check_backward(lambda x: x * x, lambda dout, x: 2 * x * dout, [{"x": (2,)}, {"x": (1, 3)}])
    assert (report.passed, report.checked) == (True, 2)


def test_importing_the_checks_loads_neither_numpy_nor_sympy():
    code = (
        "import sys, symgrad.testing, symgrad.testing.result, symgrad.testing.adapters;"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'sympy', 'torch', 'jax')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("rows", [lambda words, dout: dout, lambda words, dout: dout / words.shape[1]])
def test_an_index_that_occurs_twice_and_counts_once_is_named(rows):
    words = np.array([[0, 1], [2, 2]])

    def forward(words, w):
        return np.array([rows(words, w[row].sum(axis=0)) for row in words])

    def backward(dout, words, w):
        dw = np.zeros_like(w)
        for row, d in zip(words, dout, strict=True):
            dw[row] += rows(words, d)
        return dw

    report = check_backward(
        forward, backward, {"words": words, "w": "V D"}, wrt=["w"], shapes=[{"words": words, "w": (3, 2)}]
    )
    (finding,) = [finding for finding in report.findings if not finding.passed]
    assert (finding.kind, finding.what) == ("WRONG GRADIENT", "dw")
    assert "np.add.at" in finding.cause


def test_a_case_that_is_listed_alone_is_run_on_several_branches():
    def forward(x):
        return np.minimum(np.maximum(0, x), 6)

    report = check_backward(forward, lambda dout, x: dout * (x > 0), {"x": (1,)})
    assert [f.what for f in report.findings if not f.passed] == ["dx"]
    assert check_backward(forward, lambda dout, x: dout * (x > 0) * (x < 6), {"x": (1,)}).passed


def test_a_small_constant_on_one_side_is_wrong_and_named():
    def forward(p):
        return -np.log(p)

    report = check_backward(forward, lambda dout, p: -dout / (p + 1e-8), {"p": "N"})
    assert "small constant" in report.findings[0].cause
    assert check_backward(forward, lambda dout, p: -dout / p, {"p": "N"}).passed
    other = check_backward(forward, lambda dout, p: -2 * dout / (p + 1e-8), {"p": "N"})
    assert "small constant" not in other.findings[0].cause


def test_entries_lie_within_the_domain_that_is_given():
    def forward(p):
        return np.log(np.clip(p, 0.25, 1.0))

    def within(dout, p):
        return dout / p

    assert check_backward(forward, within, {"p": "N"}, domain={"p": (0.25, 1)}).passed
    assert not check_backward(forward, within, {"p": "N"}).passed


def test_cases_that_do_not_fit_are_not_tried():
    def forward(x):
        return x * (1 if len(x) % 2 else 2)

    def even(case):
        return case.sizes["N"] % 2 == 0

    report = check_backward(forward, lambda dout, x: 2 * dout, {"x": "N D"}, fits=even)
    assert report.passed
    assert not check_backward(forward, lambda dout, x: 2 * dout, {"x": "N D"}).passed


def test_shapes_that_are_too_large_to_compare_are_left_out_and_that_is_said(monkeypatch):
    monkeypatch.setattr("symgrad.trace.expand.HELD", 300)
    report = check_backward(lambda x, w: x @ w, lambda d, x, w: (d @ w.T, x.T @ d), {"x": "N I", "w": "I O"})
    assert report.passed
    assert "too large to compare" in str(report)


def test_two_lines_left_out_of_the_way_back_are_named_together():
    def forward(x):
        mean = x.mean(axis=0)
        scale = np.sqrt(np.sum(x * x, axis=0) + 1)
        return (x - mean) / scale

    def backward(dout, x):
        return dout / np.sqrt(np.sum(x * x, axis=0) + 1)

    first = forward.__code__.co_firstlineno
    (finding,) = check_backward(forward, backward, {"x": "N D"}).findings
    assert (
        finding.cause
        == f"what flows back through lines {first + 1} and {first + 2} of the forward is left out"
    )


def test_a_mean_for_a_sum_is_named():
    def forward(x):
        return np.repeat(x, 2, axis=1)

    def backward(dout, x):
        return dout.reshape(*x.shape, 2).mean(axis=2)

    (finding,) = check_backward(forward, backward, {"x": "N D"}).findings
    assert finding.cause == "the mean is taken where the sum is meant"


def test_a_division_by_a_root_that_is_left_out_is_named():
    def forward(q, k):
        return q @ k.T / np.sqrt(q.shape[1])

    def backward(dout, q, k):
        return dout @ k / np.sqrt(q.shape[1]), dout.T @ q

    report = check_backward(forward, backward, {"q": "L D", "k": "S D"})
    (finding,) = [finding for finding in report.findings if not finding.passed]
    assert (finding.what, finding.cause) == ("dk", "a division by √D is left out")


def test_a_size_may_be_a_multiple_of_another():
    def forward(x):
        left, right = np.hsplit(x, 2)
        return left * right

    def backward(dout, x):
        left, right = np.hsplit(x, 2)
        return np.hstack([dout * right, dout * left])

    assert check_backward(forward, backward, {"x": "N 2D"}).passed
    (finding,) = check_backward(forward, lambda dout, x: 2 * backward(dout, x), {"x": "N 2D"}).findings
    assert dict(finding.shapes) == {"x": (1, 2)}


def test_constants_that_are_rounded_otherwise_are_no_mistake_and_that_is_said():
    def forward(x):
        return np.log(x) / np.log(2)

    report = check_backward(forward, lambda dout, x: dout * (1 / np.log(2)) / x, {"x": "N"})
    assert report.passed
    assert "the rounding of constants" in str(report)
    for off in (1e-12, 1e-9, 1e-6):
        wrong = check_backward(forward, lambda dout, x: dout * (1 + off) / np.log(2) / x, {"x": "N"})  # noqa: B023
        assert not wrong.passed


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (lambda x: np.hypot(x, 1.0), lambda dout, x: dout * x / np.hypot(x, 1.0)),
        (lambda x: np.cbrt(x * x + 1), lambda dout, x: dout * 2 * x / (3 * np.cbrt(x * x + 1) ** 2)),
        (lambda x: x * np.finfo(x.dtype).max, lambda dout, x: dout * np.finfo(float).max),
    ],
    ids=["hypot", "cbrt", "finfo"],
)
def test_functions_that_numpy_has_for_floats_are_followed(forward, backward):
    assert check_backward(forward, backward, {"x": "N"}).passed


def test_an_empty_output_is_not_taken_for_a_padding_cut_off_wrongly():
    def forward(x, k):
        n, c, h, w = x.shape
        return x[:, :, : h // k * k, : w // k * k].reshape(n, c, h // k, k, w // k, k).mean(axis=(3, 5))

    def backward(dout, x, k):
        return np.repeat(np.repeat(dout, k, 2), k, 3) / (k * k)

    report = check_backward(forward, backward, {"x": (1, 1, 1, 1)}, options={"k": 2})
    (finding,) = report.findings
    assert finding.kind == "WRONG SHAPE"
    assert finding.cause.startswith("the output has no entries")


@pytest.mark.parametrize("masked", [-100.0, -1e3, -1e9])
def test_a_mask_of_a_large_negative_number_before_softmax_is_followed(masked):
    def kept(x):
        return np.eye(len(x), x.shape[1]) > 0

    def softmax(x):
        s = np.where(kept(x), x, masked)
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backward(dout, x):
        p = softmax(x)
        return np.where(kept(x), p * (dout - (dout * p).sum(axis=1, keepdims=True)), 0)

    assert check_backward(softmax, backward, {"x": "N C"}).passed
    assert not check_backward(softmax, lambda dout, x: 0 * dout, {"x": "N C"}).passed


@pytest.mark.parametrize(
    ("forward", "slope"),
    [
        (lambda x: np.exp(0.1234567891 * x - 1e3), 1),
        (lambda x: 1 / np.exp(0.1234567891 * x - 600) ** 2, -2),
    ],
    ids=["too small for a float", "too large for a float"],
)
def test_a_wrong_factor_is_no_rounding_of_constants_however_small_or_large_the_gradient(forward, slope):
    def right(dout, x):
        return slope * 0.1234567891 * dout * forward(x)

    assert check_backward(forward, right, {"x": "N"}).passed
    assert not check_backward(forward, lambda dout, x: 2 * right(dout, x), {"x": "N"}).passed
