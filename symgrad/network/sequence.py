"""Networks written as a list of layers, whose parameters get their shapes and names by themselves.

A step is anything that takes a tensor to a tensor: a function such as σ, an activation such as `relu`, a
layer of this file, a `residual` or `concat` of other steps. The n-th layer with parameters calls them Wn
and bn.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from symgrad.errors import ArgumentError, ShapeError
from symgrad.language.index import Index, IndexLike
from symgrad.language.maps import PerAxis, per_axis
from symgrad.language.tensor import Axis, AxisLike, Tensor, axes_of, tensor
from symgrad.layers import concat as joining
from symgrad.layers import conv, conv_transpose, dense, pool
from symgrad.layers.batch_norm import batch_norm as forward_batch_norm
from symgrad.layers.dropout import dropout as forward_dropout
from symgrad.layers.group_norm import group_norm as forward_group_norm
from symgrad.layers.heads import multi_head_attention
from symgrad.layers.layer_norm import layer_norm as forward_layer_norm
from symgrad.layers.layer_norm import rms_norm as forward_rms_norm
from symgrad.network.network import Network
from symgrad.network.step import Step, StepLike, step_maker, through, words_of, written

Shapes: TypeAlias = Callable[[Tensor], Mapping[str, Sequence[AxisLike]]]
"""The shapes of the parameters of a layer, by argument, for a given input."""
_LETTERS = {"weight": "W", "bias": "b"}


def sequential(x: Tensor, *steps: StepLike, name: str = "network") -> Network:
    """The network that applies the steps to x, one after the other.

    >>> import symgrad as sg
    >>> N, H, W = sg.sizes("N H W")
    >>> sigma = sg.function("σ")
    >>> net = sequential(
    ...     sg.tensor("x", N, 1, H, W), conv2d(6, 5), sigma, avg_pool2d(2), sg.flatten, linear(10)
    ... )
    >>> [variable.name for variable in net.variables]
    ['x', 'W1', 'b1', 'W2', 'b2']
    >>> net.verify().verdict
    'PROVED'

    Raises ArgumentError if there is no input, or for what is no step; the errors of a step say which it is:

    >>> sequential(sg.tensor("x", N, 1, 4, 4), sigma, conv2d(6, 5))
    Traceback (most recent call last):
    symgrad.errors.SizeError: step 2, conv2d(6, 5), given shape (N, 1, 4, 4): axis 2 has extent 0; an extent
    is at least 1
    """
    if not isinstance(x, Tensor):
        raise ArgumentError(
            f"sequential takes its input first, such as symgrad.tensor('x', N, 3), then the steps; "
            f"the first is {words_of(x)}"
        )
    return Network(through(steps, x, itertools.count(1)), name)


# -- layers with parameters -----------------------------------------------------------------------


def layer(
    forward: Callable[..., Tensor], shapes: Shapes | Mapping[str, Sequence[AxisLike]], **options: Any
) -> Step:
    """Any layer with parameters: its forward, the shapes of its parameters, its options.

    `forward` takes the input first; the n-th layer's parameter `weight` is called Wn, `bias` bn, and
    another is called after its argument. The shapes are given by argument, or as a function of the input.
    Raises ArgumentError if they are neither.
    """
    if not isinstance(shapes, Mapping) and not callable(shapes):
        raise ArgumentError(f"layer takes shapes by argument, such as {{'weight': (M, C)}}, not {shapes!r}")

    def after(x: Tensor, numbers: Iterator[int]) -> Tensor:
        number = next(numbers)
        parameters = {
            argument: tensor(f"{_LETTERS.get(argument, argument)}{number}", *shape)
            for argument, shape in (shapes if isinstance(shapes, Mapping) else shapes(x)).items()
        }
        return forward(x, **parameters, **options)

    return Step(after, written(forward.__name__, (), options))


@step_maker
def linear(features: IndexLike, *, bias: bool = True) -> Step:
    """A fully connected layer to that many features; how many come in is known from what stands before."""

    def shapes(x: Tensor) -> Mapping[str, Sequence[AxisLike]]:
        return {"weight": (features, x.axes[-1])} | ({"bias": (features,)} if bias else {})

    return layer(dense.linear, shapes)


@step_maker
def conv1d(maps: AxisLike, kernel_size: PerAxis, *, bias: bool = True, **options: Any) -> Step:
    """A convolution of dimension 1 to that many maps; options as for `symgrad.conv1d`. With `groups` the maps
    that come in are a pair (groups, C), and `maps` is how many come out of each group."""
    return _conv(1, conv.conv1d, maps, kernel_size, bias, options)


@step_maker
def conv2d(maps: AxisLike, kernel_size: PerAxis, *, bias: bool = True, **options: Any) -> Step:
    """A convolution of dimension 2 to that many maps; options as for `symgrad.conv2d`. With `groups` the maps
    that come in are a pair (groups, C), and `maps` is how many come out of each group."""
    return _conv(2, conv.conv2d, maps, kernel_size, bias, options)


@step_maker
def conv3d(maps: AxisLike, kernel_size: PerAxis, *, bias: bool = True, **options: Any) -> Step:
    """A convolution of dimension 3 to that many maps; options as for `symgrad.conv3d`. With `groups` the maps
    that come in are a pair (groups, C), and `maps` is how many come out of each group."""
    return _conv(3, conv.conv3d, maps, kernel_size, bias, options)


@step_maker
def depthwise_conv2d(multiplier: IndexLike, kernel_size: PerAxis, **options: Any) -> Step:
    """A depthwise convolution, `multiplier` kernels for every map; options as for `symgrad.conv2d`."""
    kernel = per_axis(kernel_size, 2, "kernel_size", 1)

    def after(x: Tensor, numbers: Iterator[int]) -> Tensor:
        maps = _maps(x)
        if len(maps) != 1:
            raise ShapeError(
                f"the maps are a compound axis {maps}; a depthwise convolution takes a plain one"
            )
        weight = tensor(f"W{next(numbers)}", (maps[0], multiplier), 1, *kernel)
        return conv.conv2d(x, weight, groups=maps[0], **options)

    return Step(after, "depthwise_conv2d")


@step_maker
def conv_transpose2d(maps: AxisLike, kernel_size: PerAxis, *, bias: bool = True, **options: Any) -> Step:
    """A transposed convolution to that many maps; options as for `symgrad.conv_transpose2d`. With `groups`
    the maps that come in are a pair (groups, C), and `maps` is how many come out of each group."""
    return _conv(2, conv_transpose.conv_transpose2d, maps, kernel_size, bias, options, transposed=True)


def _conv(
    dims: int,
    forward: Callable[..., Tensor],
    maps: AxisLike,
    kernel_size: PerAxis,
    bias: bool,
    options: Mapping[str, Any],
    transposed: bool = False,
) -> Step:
    kernel = per_axis(kernel_size, dims, "kernel_size", 1)
    groups = Index.of(options.get("groups", 1))

    def shapes(x: Tensor) -> Mapping[str, Sequence[AxisLike]]:
        into = _maps(x)
        out: AxisLike = maps
        if groups != 1:
            _refuse_other_groups(into, groups, f"groups={groups}")
            out = (groups, *axes_of((maps,))[0])
        if transposed:
            both: tuple[AxisLike, AxisLike] = (into, maps)
        else:
            both = (out, into if groups == 1 else into[1:])
        return {"weight": (*both, *kernel)} | ({"bias": (out,)} if bias else {})

    return layer(forward, shapes, **options)


def _maps(x: Tensor) -> Axis:
    """The axis of the maps. Raises ShapeError if there is none."""
    if x.ndim < 2:
        raise ShapeError("it takes samples of maps, (N, C, …)")
    return x.axes[1]


def _refuse_other_groups(maps: Axis, groups: Index, option: str) -> None:
    """Raises ShapeError unless the maps are in these groups; it says if the groups do not divide them."""
    if len(maps) == 2 and maps[0] == groups:
        return
    count, every = groups.constant, maps[0].constant
    if len(maps) == 2:
        raise ShapeError(f"{option}, and the maps {maps} are in {maps[0]} groups")
    if count and every is not None and every % count:
        raise ShapeError(f"{option} does not divide the number of maps of the input, {every}")
    inside: object = "C" if not count or every is None else every // count
    pair = f"({groups}, {inside})"
    raise ShapeError(
        f"with {option} write the axis of {maps[0]} maps as the pair {pair}, in the shape of the input or as "
        f"the maps of the layer before, conv2d({pair}, …)"
    )


@step_maker
def dropout(p: float = 0.5) -> Step:
    """Dropout with a mask that is given, called mask and the number of the layer."""
    return layer(forward_dropout, lambda x: {"mask": x.axes}, p=p)


# -- normalization and attention ------------------------------------------------------------------


@step_maker
def batch_norm(**options: Any) -> Step:
    """Batch normalization in training, with a γ and a β for each map; options as `symgrad.batch_norm`'s."""

    def forward(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        return forward_batch_norm(x, weight=gamma, bias=beta, **{"training": True} | options)

    return layer(forward, lambda x: {"gamma": (_maps(x),), "beta": (_maps(x),)})


@step_maker
def group_norm(num_groups: AxisLike | None = None, **options: Any) -> Step:
    """Group normalization of maps (G, C) in groups, with a γ and a β for each map; G may be said too."""

    def forward(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        if num_groups is not None:
            _refuse_other_groups(_maps(x), axes_of((num_groups,))[0][0], f"num_groups={num_groups}")
        return forward_group_norm(x, _maps(x)[0], gamma, beta, **options)

    return layer(forward, lambda x: {"gamma": (_maps(x),), "beta": (_maps(x),)})


@step_maker
def layer_norm(normalized_shape: AxisLike | Sequence[AxisLike] | None = None, **options: Any) -> Step:
    """Layer normalization over the last axes, of this shape, with a γ and a β for each entry of them; over
    the last axis if no shape is given. Raises ShapeError where the input does not end in that shape."""

    def forward(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        return forward_layer_norm(x, gamma.axes, gamma, beta, **options)

    return layer(forward, lambda x: dict.fromkeys(("gamma", "beta"), _last_axes(x, normalized_shape)))


@step_maker
def rms_norm(normalized_shape: AxisLike | Sequence[AxisLike] | None = None, **options: Any) -> Step:
    """Root-mean-square normalization over the last axes, with a γ for each entry, as `layer_norm`."""

    def forward(x: Tensor, gamma: Tensor) -> Tensor:
        return forward_rms_norm(x, gamma.axes, gamma, **options)

    return layer(forward, lambda x: {"gamma": _last_axes(x, normalized_shape)})


def _last_axes(x: Tensor, shape: AxisLike | Sequence[AxisLike] | None) -> tuple[tuple[Index, ...], ...]:
    wanted = (
        x.axes[-1:] if shape is None else axes_of(shape if isinstance(shape, (list, tuple)) else (shape,))
    )
    if not wanted or x.axes[-len(wanted) :] != wanted:
        raise ShapeError(f"the normalized shape {shape} is not how the shape {x.shape} ends")
    return wanted


@step_maker
def self_attention(heads: IndexLike, width: IndexLike, **options: Any) -> Step:
    """Self-attention of sequences (N, T, E) with so many heads of that width; WQ, WK, WV and WO are its
    weights, bQ, bK, bV and bO its biases. Options are those of `symgrad.multi_head_attention`."""

    def shapes(x: Tensor) -> Mapping[str, Sequence[AxisLike]]:
        into: dict[str, Sequence[AxisLike]] = {}
        for letter in "QKV":
            into |= {f"W{letter}": ((heads, width), x.axes[-1]), f"b{letter}": ((heads, width),)}
        return into | {"WO": (x.axes[-1], (heads, width)), "bO": (x.axes[-1],)}

    return layer(multi_head_attention, shapes, **options)


# -- layers without parameters --------------------------------------------------------------------


def step(forward: Callable[..., Tensor], *arguments: Any, **options: Any) -> Step:
    """A layer without parameters, which takes the input first: `step(symgrad.max_pool1d, 3, stride=2)`."""
    words = written(words_of(forward), arguments, options)
    return Step(lambda x, numbers: forward(x, *arguments, **options), words)


def _said(stride: PerAxis | None) -> dict[str, Any]:
    return {} if stride is None else {"stride": stride}


@step_maker
def avg_pool2d(kernel_size: PerAxis, stride: PerAxis | None = None, **options: Any) -> Step:
    """Average pooling; options as for `symgrad.avg_pool2d`."""
    return step(pool.avg_pool2d, kernel_size, **options, **_said(stride))


@step_maker
def max_pool2d(kernel_size: PerAxis, stride: PerAxis | None = None, **options: Any) -> Step:
    """Maximum pooling; options as for `symgrad.max_pool2d`."""
    return step(pool.max_pool2d, kernel_size, **options, **_said(stride))


# -- branches -------------------------------------------------------------------------------------


@step_maker
def residual(*steps: StepLike, shortcut: Sequence[StepLike] = ()) -> Step:
    """The sum of the input, or of what the shortcut makes of it, and what the steps make of it."""

    def after(x: Tensor, numbers: Iterator[int]) -> Tensor:
        branch = through(steps, x, numbers)
        return through(shortcut, x, numbers) + branch

    return Step(after, "residual")


@step_maker
def concat(*branches: Sequence[StepLike], dim: int = 1) -> Step:
    """What each branch, a list of steps, makes of the input, joined along an axis: that of the maps.
    Raises ArgumentError for a branch that is no list."""
    for number, branch in enumerate(branches, 1):
        if not isinstance(branch, (list, tuple)):
            raise ArgumentError(f"branch {number} is {words_of(branch)}; expected a list of steps")

    def after(x: Tensor, numbers: Iterator[int]) -> Tensor:
        return joining.concat([through(branch, x, numbers) for branch in branches], dim)

    return Step(after, "concat")
