"""Networks drawn at random, at small concrete sizes: layers, branches, shapes and depth."""

from __future__ import annotations

from hypothesis import strategies as st

import symgrad as sg
from symgrad import network as nn

SIGMA = sg.function("σ")
KNOWN = [sg.tanh, sg.sigmoid, sg.softplus, sg.relu, sg.leaky_relu, sg.elu, sg.silu, sg.gelu]


@st.composite
def networks(draw, depth=3):
    """A network of up to `depth` layers on maps, on rows, perhaps with a dense layer at its end, on
    maps in groups, or on sequences. Its activations are unknown functions, or known ones, and
    normalizations, but not both."""
    kind = draw(st.sampled_from(["rows", "maps", "groups", "sequences"]))
    if kind == "groups":
        groups = 2  # one is none
        x = sg.tensor("x", 1, (groups, draw(st.integers(1, 2))), 2, 1)
        kinds = st.sampled_from(["group_norm", "conv", "transposed", "activation"])
        steps = draw(st.lists(kinds, min_size=1, max_size=2))
        return nn.sequential(x, *(_on_groups(draw, step, groups) for step in steps))
    if kind == "sequences":
        x = sg.tensor("x", 1, 2, draw(st.integers(1, 2)))
        kinds = st.sampled_from(["attention", "linear", "activation", "layer_norm", "rms_norm", "residual"])
        steps = draw(st.lists(kinds, min_size=1, max_size=2))
        return nn.sequential(x, *(_on_sequences(draw, step) for step in steps))
    known = draw(st.booleans())
    if kind == "rows":
        x = sg.tensor("x", draw(st.integers(1, 2)), draw(st.integers(1, 2)))
        kinds = ["linear", "activation", "residual", "scale", "dropout", "slice"]
        kinds += ["layer_norm", "rms_norm", "batch_norm", "softmax", "log_softmax"] if known else []
        steps = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=min(depth, 2 if known else depth)))
        return nn.sequential(x, *(_on_rows(draw, step, known) for step in steps))
    height, width = draw(st.integers(2, 4)), draw(st.integers(1, 2))
    x = sg.tensor("x", 1, draw(st.integers(1, 2)), height, width)
    steps, count = [], draw(st.integers(1, min(depth, 2 if known else depth)))
    for _ in range(count):
        kinds = ["conv", "activation", "residual", "concat", "avg", "max", "transposed"]
        kinds += ["separable"] + (["batch_norm", "rms_norm"] if known else [])
        made, height = _on_maps(draw, draw(st.sampled_from(kinds)), height, known)
        steps += made if isinstance(made, list) else [made]
    if draw(st.booleans()):
        steps += [draw(st.sampled_from([sg.flatten, sg.global_avg_pool])), nn.linear(draw(st.integers(1, 2)))]
    return nn.sequential(x, *steps)


def _activation(draw, known):
    return draw(st.sampled_from(KNOWN)) if known else SIGMA


def _on_sequences(draw, kind):
    if kind == "attention":
        causal = draw(st.booleans())
        return nn.self_attention(heads=draw(st.integers(1, 2)), width=1, is_causal=causal)
    if kind == "residual":
        return nn.residual(draw(st.sampled_from(KNOWN)))
    if kind == "linear":
        return nn.linear(draw(st.integers(1, 2)))
    return getattr(nn, kind)() if kind.endswith("norm") else draw(st.sampled_from(KNOWN))


def _on_groups(draw, kind, groups):
    if kind == "group_norm":
        return nn.group_norm()
    if kind == "activation":
        return draw(st.sampled_from(KNOWN))
    maps, height = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    if kind == "transposed":
        return nn.conv_transpose2d(maps, (height, 1), groups=groups)
    return nn.conv2d(maps, (height, 1), padding=(height - 1, 0), groups=groups)


def _on_rows(draw, kind, known):
    if kind == "linear":
        return nn.linear(draw(st.integers(1, 2)), bias=draw(st.booleans()))
    if kind == "residual":
        return nn.residual(_activation(draw, known))
    if kind == "slice":
        step = draw(st.integers(1, 2))
        return nn.step(lambda x: x[:, ::step] * x[:, -1:])
    if kind == "dropout":
        return nn.dropout(draw(st.sampled_from([0.5, 0.7])))
    if kind in ("softmax", "log_softmax"):
        return nn.step(getattr(sg, kind), draw(st.sampled_from([0, 1])))
    if kind.endswith("norm"):
        return getattr(nn, kind)()
    if kind == "activation":
        return _activation(draw, known)
    return nn.layer(lambda x, scale: x * scale, lambda x: {"scale": x.axes})


def _on_maps(draw, kind, height, known):
    """A step, and the height of what comes out."""
    maps = draw(st.integers(1, 2))
    if kind == "activation":
        return _activation(draw, known), height
    if kind.endswith("norm"):
        return getattr(nn, kind)(), height
    if kind == "separable" and height >= 2:
        depthwise = nn.depthwise_conv2d(draw(st.integers(1, 2)), (2, 1))
        return [depthwise, nn.conv2d(maps, 1)], height - 1
    if kind == "residual":
        shape = draw(st.sampled_from([(1, 0), ((3, 1), (1, 0))]))
        inner = nn.conv2d(maps, shape[0], padding=shape[1], bias=False)
        return nn.residual(inner, shortcut=[nn.conv2d(maps, 1, bias=False)]), height
    if kind == "concat":
        return nn.concat([nn.conv2d(maps, 1)], [_activation(draw, known)]), height
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
