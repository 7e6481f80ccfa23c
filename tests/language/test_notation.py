"""Expressions as text: what a person reads, and graphs that Graphviz reads."""

import re

import pytest

import symgrad as sg

N, C, M, H, W, K, L, k = sg.sizes("N C M H W K L k")
(p,) = sg.sizes("p", minimum=0)
a, w = sg.tensor("a", N, C, H, W), sg.tensor("w", M, C, K, L)
x, y = sg.tensor("x", H), sg.tensor("y", H)
sigma = sg.function("σ")


@pytest.mark.parametrize(
    ("tensor", "text"),
    [
        (sg.correlate(sg.pad(a, p), sg.rot180(w)), "correlate(pad(a, p), rot180(w))"),
        (sg.conv2d(a, w, stride=2, padding=(p, 1)), "conv2d(a, w, stride=2, padding=(p, 1))"),
        ((x + y) * 2 / k, "(x + y) * 2 / k"),
        (x - (y - x), "x - (y - x)"),
        (-(x + y), "-(x + y)"),
        (x / (k * H), "x / (k*H)"),
        (x**2, "x**2"),
        (a[:, :1, 0], "a[:, :1, 0, :]"),
        (a.sum((0, 2)), "a.sum(axis=(0, 2))"),
        (a.sum(0), "a.sum(axis=0)"),
        (a.sum(), "a.sum()"),
        (a.sum(1, keepdims=True), "a.sum(axis=1, keepdims=True)"),
        (sigma.prime(x) * y, "σ'(x) * y"),
        (sg.tensor("u", H, W) @ sg.tensor("v", W, K), "u @ v"),
        (sg.max_pool2d(a, 2), "max_pool2d(a, 2)"),
    ],
)
def test_operators_are_written_as_in_python(tensor, text):
    assert repr(tensor) == text.replace("k*H", str(k * H))


def test_index_notation_defines_every_tensor_once():
    z = sg.correlate(sg.pad(a, p), w)
    lines = z.index_notation().splitlines()
    assert lines[0] == "out[n, j, y, x] = Σ_{i<C, u<K, v<L} pad[n, i, y + u, x + v]·w[j, i, u, v]"
    assert lines[1].startswith("  where pad[n, c, h, w] = [0 ≤ h - p < H, 0 ≤ w - p < W]·a[")
    assert len(lines) == 2


def test_two_uses_of_one_operator_have_two_names():
    z = sg.pad(sg.pad(x, 1), 2)
    assert "pad2" not in z.index_notation()
    assert "pad2" in sg.pad(z, 3).index_notation()


@pytest.mark.parametrize(
    ("tensor", "body"),
    [
        (sg.max_pool1d(sg.tensor("a", N, C, H), 2), "max_{u<2} a[n, c, 2*y + u]"),
        (sg.avg_pool1d(sg.tensor("a", N, C, H), k), "1/k·Σ_{u<k} a[n, c, k*y + u]"),
        (sg.half_squared_error(x, y), "1/2·Σ_{i<H} (x[i] - y[i])^2"),
    ],
)
def test_bodies_read_like_formulas(tensor, body):
    text = tensor.index_notation().split(" = ", 1)[1]
    assert re.sub(r"\bh\b", "i", text) == body


def test_dot_has_a_node_for_each_tensor_and_an_edge_for_each_read():
    z = sg.correlate(sg.pad(a, p), w) + sg.tensor("b", 1)
    text = z.dot()
    assert text.startswith("digraph {")
    assert text.endswith("}")
    for edge in ('"a" -> "pad"', '"pad" -> "correlate"', '"w" -> "correlate"', '"b" -> "out"'):
        assert edge in text
    assert text.count("[shape=box") == 3
    assert text.count('"') % 2 == 0


def test_verdicts_of_own_layers_show_their_definition():
    z = sg.build([H], lambda h: x[h] * y[h])
    assert repr(z) == "[out[h] = x[h]·y[h]]"
