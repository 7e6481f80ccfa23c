"""Networks drawn at random, at small concrete sizes: layers, branches, shapes and depth."""

from __future__ import annotations

from hypothesis import strategies as st

import symgrad as sg
from symgrad import network as nn

SIGMA = sg.function("σ")


@st.composite
def networks(draw, depth=3):
    """A network of up to `depth` layers on maps, or on rows, perhaps with a dense layer at its end."""
    if draw(st.booleans()):
        x = sg.tensor("x", draw(st.integers(1, 2)), draw(st.integers(1, 2)))
        kinds = st.sampled_from(["linear", "σ", "residual", "scale", "dropout"])
        steps = draw(st.lists(kinds, min_size=1, max_size=depth))
        return nn.sequential(x, *(_on_rows(draw, step) for step in steps))
    height, width = draw(st.integers(2, 4)), draw(st.integers(1, 2))
    x = sg.tensor("x", 1, draw(st.integers(1, 2)), height, width)
    steps, count = [], draw(st.integers(1, depth))
    for _ in range(count):
        kinds = ["conv", "σ", "residual", "concat", "avg", "max", "transposed"]
        made, height = _on_maps(draw, draw(st.sampled_from(kinds)), height)
        steps.append(made)
    if draw(st.booleans()):
        steps += [draw(st.sampled_from([sg.flatten, sg.global_avg_pool])), nn.linear(draw(st.integers(1, 2)))]
    return nn.sequential(x, *steps)


def _on_rows(draw, kind):
    if kind == "linear":
        return nn.linear(draw(st.integers(1, 2)), bias=draw(st.booleans()))
    if kind == "residual":
        return nn.residual(SIGMA)
    if kind == "dropout":
        return nn.dropout(draw(st.sampled_from([0.5, 0.7])))
    return SIGMA if kind == "σ" else nn.layer(lambda x, scale: x * scale, lambda x: {"scale": x.axes})


def _on_maps(draw, kind, height):
    """A step, and the height of what comes out."""
    maps = draw(st.integers(1, 2))
    if kind == "σ":
        return SIGMA, height
    if kind == "residual":
        shape = draw(st.sampled_from([(1, 0), ((3, 1), (1, 0))]))
        inner = nn.conv2d(maps, shape[0], padding=shape[1], bias=False)
        return nn.residual(inner, shortcut=[nn.conv2d(maps, 1, bias=False)]), height
    if kind == "concat":
        return nn.concat([nn.conv2d(maps, 1)], [SIGMA]), height
    if kind == "transposed" and height < 4:
        stride = draw(st.integers(1, 2))
        return nn.conv_transpose2d(maps, (2, 1), stride=(stride, 1)), stride * (height - 1) + 2
    if kind in ("avg", "max") and height >= 2:
        pool = nn.avg_pool2d if kind == "avg" else nn.max_pool2d
        stride = draw(st.sampled_from([None, 1]))
        if stride is None:
            return pool((2, 1)), height // 2
        return pool((2, 1), stride=1, padding=(1, 0)), height + 1
    kernel, padding = draw(st.integers(1, height)), draw(st.integers(0, 1))
    stride = draw(st.integers(1, 2))
    options = {"stride": (stride, 1), "padding": (padding, 0)}
    return nn.conv2d(maps, (kernel, 1), **options), (height + 2 * padding - kernel) // stride + 1
