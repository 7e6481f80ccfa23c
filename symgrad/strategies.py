"""Hypothesis strategies for layers: shapes, strides, pads, arrays, whole networks.

Each shrinks to the smallest layer that fails: sizes, strides and dilations to 1, pads and entries to 0.
Needs Hypothesis: `pip install 'symgrad[strategies]'`.

>>> from hypothesis import given, settings
>>> @settings(max_examples=5)
... @given(conv2d_layers(sizes=2))
... def test(layer):
...     assert layer.shapes["input"][1] == layer.shapes["weight"][1] * layer.options["groups"]
>>> test()
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from symgrad.errors import MissingExtra

try:
    from hypothesis import strategies as st
except ImportError as missing:
    raise MissingExtra("symgrad.strategies", "strategies") from missing

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from symgrad.network import Network

Shape = tuple[int, ...]
Example = TypeVar("Example")
__all__ = [
    "Layer",
    "apart_arrays",
    "conv1d_layers",
    "conv2d_layers",
    "conv3d_layers",
    "dilations",
    "exact_arrays",
    "groups",
    "integer_arrays",
    "layers",
    "linear_layers",
    "networks",
    "paddings",
    "pool2d_layers",
    "samples",
    "shapes",
    "strides",
    "tied_arrays",
]


@dataclass(frozen=True)
class Layer:
    """A drawn layer: its name, the shapes of its arguments, and its options."""

    name: str
    shapes: dict[str, Shape]
    options: dict[str, Any] = field(default_factory=dict)


# -- sizes and options ----------------------------------------------------------------------------


def shapes(*, dims: int = 2, sizes: int = 4, minimum: int = 1) -> SearchStrategy[Shape]:
    """Shapes of that many axes, each of an extent from `minimum` to `sizes`."""
    return st.tuples(*[st.integers(minimum, sizes)] * dims)


def strides(*, dims: int = 2, most: int = 3) -> SearchStrategy[Shape]:
    """A stride for each axis."""
    return st.tuples(*[st.integers(1, most)] * dims)


def dilations(*, dims: int = 2, most: int = 2) -> SearchStrategy[Shape]:
    """A dilation for each axis."""
    return st.tuples(*[st.integers(1, most)] * dims)


def paddings(*, dims: int = 2, most: int = 2) -> SearchStrategy[Shape]:
    """A padding for each axis, the same on both sides of it."""
    return st.tuples(*[st.integers(0, most)] * dims)


def groups(*, most: int = 3) -> SearchStrategy[int]:
    """How many groups a convolution has."""
    return st.integers(1, most)


# -- layers ---------------------------------------------------------------------------------------


def conv1d_layers(**options: Any) -> SearchStrategy[Layer]:
    """Convolutions of dimension 1; options as for `conv2d_layers`."""
    return _conv_layers(1, **options)


def conv2d_layers(**options: Any) -> SearchStrategy[Layer]:
    """Convolutions that have an output: input (N, C, H, W), weight (M, C/G, K, L), bias (M).

    sizes        the largest extent
    strides, paddings, dilations, groups   the largest of each; 1, or 0 for paddings, fixes it
    bias         whether there is one
    square       whether options are one number for both axes, as much code takes them
    """
    return _conv_layers(2, **options)


def conv3d_layers(**options: Any) -> SearchStrategy[Layer]:
    """Convolutions of dimension 3; options as for `conv2d_layers`."""
    return _conv_layers(3, **options)


@st.composite
def _conv_layers(
    draw: Any,
    dims: int,
    *,
    sizes: int = 4,
    strides: int = 3,
    paddings: int = 2,
    dilations: int = 2,
    groups: int = 2,
    bias: bool = True,
    square: bool = False,
) -> Layer:
    few = st.integers(1, min(sizes, 3))
    samples, maps, out, parts = draw(few), draw(few), draw(few), draw(st.integers(1, groups))
    step, spread, border = (
        draw(_per_axis(dims, low, high, square))
        for low, high in ((1, strides), (1, dilations), (0, paddings))
    )
    kernel = draw(_per_axis(dims, 1, min(sizes, 3), False))
    # the smallest input that the kernel fits in with its padding, and up to `sizes` more than that
    least = [max(1, d * (k - 1) + 1 - 2 * p) for d, k, p in zip(spread, kernel, border, strict=True)]
    extents = tuple(low + draw(st.integers(0, max(0, sizes - low))) for low in least)
    found: dict[str, Shape] = {
        "input": (samples, parts * maps, *extents),
        "weight": (parts * out, maps, *kernel),
    }
    if bias:
        found["bias"] = (parts * out,)
    per = (lambda value: value[0]) if square else tuple
    options = {"stride": per(step), "padding": per(border), "dilation": per(spread), "groups": parts}
    return Layer(f"conv{dims}d", found, options)


@st.composite
def _per_axis(draw: Any, dims: int, low: int, high: int, square: bool) -> Shape:
    if square:
        return (draw(st.integers(low, high)),) * dims
    return tuple(draw(st.integers(low, high)) for _ in range(dims))


@st.composite
def linear_layers(draw: Any, *, sizes: int = 4, bias: bool = True) -> Layer:
    """Fully connected layers: input (N, I), weight (O, I), bias (O)."""
    n, i, o = (draw(st.integers(1, sizes)) for _ in range(3))
    found: dict[str, Shape] = {"input": (n, i), "weight": (o, i)}
    return Layer("linear", found | ({"bias": (o,)} if bias else {}))


@st.composite
def pool2d_layers(
    draw: Any,
    *,
    kind: str = "max",
    sizes: int = 5,
    strides: int = 3,
    padded: bool = True,
    square: bool = False,
) -> Layer:
    """Poolings that have an output, `kind` "max" or "avg": input (N, C, H, W)."""
    n, c = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    kernel = draw(_per_axis(2, 1, 3, square))
    step = draw(_per_axis(2, 1, strides, square))
    border = tuple(draw(st.integers(0, k // 2 if padded else 0)) for k in kernel)
    border = (border[0],) * 2 if square else border
    least = [max(1, k - 2 * p) for k, p in zip(kernel, border, strict=True)]
    extents = tuple(low + draw(st.integers(0, max(0, sizes - low))) for low in least)
    per = (lambda value: value[0]) if square else tuple
    options = {"kernel_size": per(kernel), "stride": per(step), "padding": per(border)}
    return Layer(f"{kind}_pool2d", {"input": (n, c, *extents)}, options)


def layers(*, names: Sequence[str] = (), sizes: int = 4) -> SearchStrategy[Layer]:
    """Layers of every kind above, or of the named kinds."""
    every = {
        "linear": linear_layers(sizes=sizes),
        "conv1d": conv1d_layers(sizes=sizes),
        "conv2d": conv2d_layers(sizes=sizes),
        "max_pool2d": pool2d_layers(kind="max", sizes=sizes),
        "avg_pool2d": pool2d_layers(kind="avg", sizes=sizes),
    }
    unknown = [name for name in names if name not in every]
    if unknown:
        raise ValueError(f"no strategy for {unknown[0]!r}; there are {', '.join(every)}")
    return st.one_of(*(every[name] for name in names or every))


# -- arrays ---------------------------------------------------------------------------------------


@st.composite
def integer_arrays(draw: Any, *, shape: Shape, span: int = 9, dtype: str = "float64") -> Any:
    """Arrays of whole numbers in -span … span, which floating point adds and multiplies exactly."""
    import numpy as np

    count = math.prod(shape)
    entries = draw(st.lists(st.integers(-span, span), min_size=count, max_size=count))
    return np.array(entries, dtype=dtype).reshape(shape)


@st.composite
def exact_arrays(draw: Any, *, shape: Shape, span: int = 9, denominators: int = 6) -> Any:
    """Arrays of Python's fractions."""
    import numpy as np

    numbers = st.fractions(min_value=-span, max_value=span, max_denominator=denominators)
    count = math.prod(shape)
    made = np.empty(count, dtype=object)
    made[:] = [Fraction(value) for value in draw(st.lists(numbers, min_size=count, max_size=count))]
    return made.reshape(shape)


@st.composite
def apart_arrays(draw: Any, *, shape: Shape, span: int = 9, dtype: str = "float64") -> Any:
    """Arrays away from ties: no two entries are equal, and none is whole, so none is at a kink of a layer."""
    import numpy as np

    whole = draw(integer_arrays(shape=shape, span=span, dtype=dtype))
    order = draw(st.permutations(range(math.prod(shape))))
    parts = np.array([2 * n + 1 for n in order], dtype=dtype).reshape(shape)
    return whole + parts * 2.0 ** -int(2 * len(order) + 1).bit_length()


@st.composite
def tied_arrays(draw: Any, *, shape: Shape, span: int = 1, dtype: str = "float64") -> Any:
    """Arrays at ties: few values, at least two entries equal where there are two, and 0 is common."""
    import numpy as np

    array = draw(integer_arrays(shape=shape, span=span, dtype=dtype))
    flat = array.reshape(-1)
    if flat.size > 1:
        one, other = draw(st.lists(st.integers(0, flat.size - 1), min_size=2, max_size=2, unique=True))
        flat[one] = flat[other]
    return np.ascontiguousarray(flat.reshape(shape))


# -- networks -------------------------------------------------------------------------------------


@st.composite
def networks(draw: Any, *, depth: int = 3, sizes: int = 4) -> Network:
    """Networks of up to `depth` layers on maps or on rows, with branches, at small concrete sizes."""
    import symgrad as sg
    from symgrad import network as nn

    sigma = sg.function("σ")
    count = draw(st.integers(1, depth))
    steps: list[Any] = []
    if draw(st.booleans()):
        x = sg.tensor("x", draw(st.integers(1, 2)), draw(st.integers(1, 2)))
        for _ in range(count):
            kind = draw(st.sampled_from(["linear", "σ", "residual"]))
            made = {"linear": nn.linear(draw(st.integers(1, 2))), "σ": sigma, "residual": nn.residual(sigma)}
            steps.append(made[kind])
        return nn.sequential(x, *steps)
    height = draw(st.integers(2, max(2, sizes)))
    x = sg.tensor("x", 1, draw(st.integers(1, 2)), height, draw(st.integers(1, 2)))
    for _ in range(count):
        made_step, height = draw(_map_steps(height))
        steps.append(made_step)
    if draw(st.booleans()):
        steps += [sg.flatten, nn.linear(draw(st.integers(1, 2)))]
    return nn.sequential(x, *steps)


@st.composite
def _map_steps(draw: Any, height: int) -> tuple[Any, int]:
    """A layer on maps of a height, and the height of what comes out."""
    import symgrad as sg
    from symgrad import network as nn

    maps = draw(st.integers(1, 2))
    kind = draw(st.sampled_from(["conv", "σ", "residual", "concat"] + ["avg", "max"] * (height >= 2)))
    if kind == "σ":
        return sg.function("σ"), height
    if kind == "residual":
        return nn.residual(nn.conv2d(maps, 1), shortcut=[nn.conv2d(maps, 1)]), height
    if kind == "concat":
        return nn.concat([nn.conv2d(maps, 1)], [sg.function("σ")]), height
    if kind in ("avg", "max"):
        return (nn.avg_pool2d if kind == "avg" else nn.max_pool2d)((2, 1)), height // 2
    kernel, border, stride = draw(st.integers(1, height)), draw(st.integers(0, 1)), draw(st.integers(1, 2))
    made = nn.conv2d(maps, (kernel, 1), stride=(stride, 1), padding=(border, 0))
    return made, (height + 2 * border - kernel) // stride + 1


# -- drawing without a test -----------------------------------------------------------------------


def samples(*, strategy: SearchStrategy[Example], count: int, seed: int = 0) -> list[Example]:
    """So many examples of a strategy, the same for the same seed: the cases of a sweep.

    >>> cases = samples(strategy=linear_layers(), count=3)
    >>> cases == samples(strategy=linear_layers(), count=3)
    True
    """
    import random

    import hypothesis

    found: list[Example] = []
    rng = random.Random(seed)
    while len(found) < count:
        batch = min(1000, count - len(found))

        @hypothesis.seed(rng.getrandbits(64))
        @hypothesis.settings(
            max_examples=batch,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(strategy)
        def collect(example: Example) -> None:
            found.append(example)

        before = len(found)
        collect()
        if len(found) == before:
            break
    return found[:count]
