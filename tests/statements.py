"""Statements about layers at drawn shapes, right and wrong ones, for the tests of both roads."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import assume
from hypothesis import strategies as st

import symgrad as sg
from symgrad.language.index import Index
from symgrad.language.tensor import Tensor
from symgrad.layers.activation import activation_gradient
from symgrad.layers.concat import concat_gradient
from symgrad.layers.conv import (
    bias_gradient,
    conv_input_gradient,
    conv_weight_gradient,
    grouped_weight_gradient,
)
from symgrad.layers.conv_transpose import (
    conv_transpose_input_gradient,
    conv_transpose_weight_gradient,
    grouped_transpose_weight_gradient,
)
from symgrad.layers.depthwise import depthwise_input_gradient, depthwise_weight_gradient
from symgrad.layers.pool import (
    avg_pool_correlation_gradient,
    max_pool_route_gradient,
)

SIGMA = sg.function("σ")
CONV = {1: sg.conv1d, 2: sg.conv2d}
AVERAGE = {1: sg.avg_pool1d, 2: sg.avg_pool2d}
MAXIMUM = {1: sg.max_pool1d, 2: sg.max_pool2d}


@dataclass(frozen=True)
class Drawn:
    """A statement at concrete sizes, and the closed form that is right."""

    z: Tensor
    wrt: Tensor
    cotangent: Tensor | None
    claim: Tensor
    about: str


few = st.integers(1, 2)


@st.composite
def convolutions(draw):
    dims = draw(st.sampled_from([1, 1, 2]))
    h = draw(st.lists(st.integers(2, 4 if dims == 1 else 3), min_size=dims, max_size=dims))
    k = draw(st.lists(st.integers(1, 3 if dims == 1 else 2), min_size=dims, max_size=dims))
    s = draw(st.lists(st.integers(1, 3), min_size=dims, max_size=dims))
    d = draw(st.lists(st.integers(1, 2), min_size=dims, max_size=dims))
    p = draw(st.lists(st.integers(0, 2), min_size=dims, max_size=dims))
    assume(all(hh + 2 * pp - dd * (kk - 1) >= 1 for hh, pp, dd, kk in zip(h, p, d, k, strict=True)))
    g = draw(st.sampled_from([1, 1, 2]))
    n, c, m = draw(few), draw(few), draw(few)
    a = sg.tensor("a", n, (g, c) if g > 1 else c, *h)
    w = sg.tensor("w", (g, m) if g > 1 else m, c, *k)
    options = {"stride": tuple(s), "padding": tuple(p), "dilation": tuple(d)}
    z = CONV[dims](a, w, groups=g, **options)
    delta = sg.tensor("delta", *z.shape)
    which = draw(st.sampled_from(["input", "weight"] + ["bias"] * (g == 1)))
    if which == "input":
        claim, wrt = conv_input_gradient(delta, w, tuple(h), groups=g, **options), a
    elif which == "weight":
        make = conv_weight_gradient if g == 1 else grouped_weight_gradient
        claim, wrt = make(delta, a, tuple(k), **options), w
    else:
        b = sg.tensor("b", m)
        z, wrt, claim = CONV[dims](a, w, b, **options), b, bias_gradient(delta)
    return Drawn(z, wrt, delta, claim, f"conv{dims}d.{which} {a.shape} {w.shape} {options}")


@st.composite
def transposed(draw):
    h, k, s, d = (draw(st.integers(1, most)) for most in (3, 3, 3, 2))
    p, r = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    assume(s * (h - 1) - 2 * p + d * (k - 1) + r >= 0)
    g = draw(st.sampled_from([1, 1, 2]))
    n, c, m = draw(few), draw(few), draw(few)
    a = sg.tensor("a", n, (g, c) if g > 1 else c, h)
    w = sg.tensor("w", (g, c) if g > 1 else c, m, k)
    options = {"stride": s, "padding": p, "dilation": d}
    z = sg.conv_transpose1d(a, w, output_padding=r, groups=g, **options)
    delta = sg.tensor("delta", *z.shape)
    if draw(st.booleans()):
        claim, wrt = conv_transpose_input_gradient(delta, w, output_padding=r, groups=g, **options), a
    else:
        make = conv_transpose_weight_gradient if g == 1 else grouped_transpose_weight_gradient
        claim, wrt = make(delta, a, k, **options), w
    return Drawn(z, wrt, delta, claim, f"conv_transpose1d {a.shape} {w.shape} {r=} {options}")


@st.composite
def depthwise(draw):
    h, k, s, d = (draw(st.integers(1, most)) for most in (4, 3, 3, 2))
    p = draw(st.integers(0, 2))
    assume(h + 2 * p - d * (k - 1) >= 1)
    n, c, m = draw(few), draw(few), draw(few)
    a, w = sg.tensor("a", n, c, h), sg.tensor("w", (c, m), 1, k)
    options = {"stride": s, "padding": p, "dilation": d}
    z = sg.conv1d(a, w, groups=c, **options)
    delta = sg.tensor("delta", *z.shape)
    if draw(st.booleans()):
        return Drawn(z, a, delta, depthwise_input_gradient(delta, w, h, **options), f"depthwise {options}")
    return Drawn(z, w, delta, depthwise_weight_gradient(delta, a, k, **options), f"depthwise {options}")


@st.composite
def joined(draw):
    sizes = draw(st.lists(few, min_size=1, max_size=3))
    operands = [sg.tensor(f"a{k}", 2, size, 2) for k, size in enumerate(sizes)]
    z = sg.concat(operands, 1)
    place, delta = draw(st.integers(0, len(sizes) - 1)), sg.tensor("delta", *z.shape)
    return Drawn(z, operands[place], delta, concat_gradient(delta, operands, place, 1), f"concat {sizes}")


@st.composite
def poolings(draw):
    dims = draw(st.sampled_from([1, 1, 2]))
    h = draw(st.lists(st.integers(2, 5 if dims == 1 else 3), min_size=dims, max_size=dims))
    k = draw(st.lists(st.integers(1, 3 if dims == 1 else 2), min_size=dims, max_size=dims))
    s = draw(st.lists(st.integers(1, 3), min_size=dims, max_size=dims))
    greatest = draw(st.booleans())
    p = [draw(st.integers(0, kk // 2 if greatest else kk - 1)) for kk in k]
    assume(all(hh + 2 * pp >= kk for hh, pp, kk in zip(h, p, k, strict=True)))
    a = sg.tensor("a", draw(few), draw(few), *h)
    pool = (MAXIMUM if greatest else AVERAGE)[dims]
    z = pool(a, tuple(k), tuple(s), tuple(p))
    delta = sg.tensor("delta", *z.shape)
    if greatest:
        claim = max_pool_route_gradient(delta, z, tuple(h), tuple(s), tuple(p))
    else:
        claim = avg_pool_correlation_gradient(delta, tuple(h), tuple(k), tuple(s), tuple(p))
    return Drawn(z, a, delta, claim, f"pool{dims}d {greatest=} {a.shape} {k=} {s=} {p=}")


@st.composite
def others(draw):
    n, i, o = draw(few), draw(few), draw(few)
    a, w, b, y = sg.tensor("a", n, i), sg.tensor("w", o, i), sg.tensor("b", o), sg.tensor("y", n, o)
    delta = sg.tensor("delta", n, o)
    z = sg.linear(a, w, b)
    out = SIGMA(z)
    error = (out - y) * SIGMA.prime(z)
    which = draw(st.integers(0, 5))
    return [
        Drawn(z, a, delta, delta @ w, "linear.input"),
        Drawn(z, w, delta, delta.T @ a, "linear.weight"),
        Drawn(z, b, delta, delta.sum(0), "linear.bias"),
        Drawn(SIGMA(a), a, sg.tensor("d", n, i), activation_gradient(sg.tensor("d", n, i), a, SIGMA), "σ"),
        Drawn(sg.half_squared_error(out, y), w, None, error.T @ a, "total J by weights"),
        Drawn(sg.half_squared_error(a, sg.tensor("t", n, i)), a, None, a - sg.tensor("t", n, i), "a - y"),
    ][which]


@st.composite
def statements(draw):
    """A layer at concrete sizes with its closed form, or with that form changed in one place."""
    layers = convolutions(), transposed(), depthwise(), poolings(), joined(), others()
    right = draw(st.one_of(*layers))
    change = draw(st.sampled_from(["none", "none", "flip", "scale", "shift", "exchange", "drop", "double"]))
    claim = right.claim
    axes = range(claim.ndim)
    if change == "flip":
        claim = sg.flip(claim, draw(st.sampled_from(axes)) if len(claim.axes[-1]) == 1 else -1)
    elif change == "scale":
        claim = claim * draw(st.sampled_from([-1, 2, 0.5, 0]))
    elif change == "shift" and claim.ndim > 1:
        claim = sg.pad(claim, (1, -1), dims=1)
    elif change == "exchange" and claim.ndim > 1 and claim.axes[0] == claim.axes[1]:
        claim = sg.swap(claim)
    elif change == "drop":
        first = [Index.of(0)] * len(claim.extents)
        kept = sg.build(
            claim.axes,
            lambda *i: sg.when([sg.equals(sum(i[1:], i[0]), 0)], claim[tuple(_grouped(claim, i))]),
        )
        claim = claim - kept if first else claim
    elif change == "double":
        claim = claim + claim
    return Drawn(right.z, right.wrt, right.cotangent, claim, f"{right.about}, {change}")


def _grouped(tensor, flat):
    """Flat indices as the keys of an indexing: a tuple for a compound axis."""
    place = 0
    for axis in tensor.axes:
        part = flat[place : place + len(axis)]
        yield part[0] if len(axis) == 1 else tuple(part)
        place += len(axis)
