"""Operators on maps: what closed forms are written with, each a line or two of index notation.

Maps are tensors whose last axes are spatial. Which axes those are follows from the rank unless
`dims` says it: all axes of a matrix or a vector, else all after the first two (batch and channel,
or output and input map of a kernel).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, Union

from symgrad.errors import ShapeError, SizeError
from symgrad.language.build import build, total, when
from symgrad.language.index import Constraint, Index, IndexLike, equals, within
from symgrad.language.operator import operator
from symgrad.language.scalar import Access, Maximum, Scalar, Selected, substitute
from symgrad.language.tensor import Axis, Comprehension, Requirement, Tensor, index_names, require_same

PerAxis: TypeAlias = Union[IndexLike, Sequence[IndexLike]]
"""One number for every spatial axis, or one for each."""
Pads: TypeAlias = Union[IndexLike, Sequence[Union[IndexLike, tuple[IndexLike, IndexLike]]]]
"""What `pad` adds: as `PerAxis`, where each may be a pair (before, after)."""

KERNEL_NAMES = {1: ("u",), 2: ("u", "v"), 3: ("r", "u", "v")}
OUTPUT_NAMES = {1: ("y",), 2: ("y", "x"), 3: ("t", "y", "x")}

# -- shapes of maps -------------------------------------------------------------------------------


def spatial_rank(x: Tensor, dims: int | None) -> int:
    """How many of the last axes of a map are spatial."""
    found = (x.ndim if x.ndim <= 2 else x.ndim - 2) if dims is None else dims
    if not 1 <= found <= 3 or found > x.ndim:
        raise ShapeError(f"{x!r} of shape {x.shape} has no {found} spatial axes; expected 1, 2 or 3 (dims=)")
    for axis in x.axes[x.ndim - found :]:
        if len(axis) > 1:
            raise ShapeError(f"{x!r}: a compound axis {axis} cannot be spatial")
    return found


def per_axis(value: PerAxis, dims: int, what: str, least: int) -> tuple[Index, ...]:
    """One size for each spatial axis. Raises SizeError if there are not so many, or one is too small."""
    values = value if isinstance(value, (tuple, list)) else (value,) * dims
    if len(values) == 1:
        values = tuple(values) * dims
    if len(values) != dims:
        raise SizeError(f"{what} has {len(values)} values, expected 1 or {dims}: {value}")
    found = tuple(map(Index.of, values))
    for index in found:
        symbol = index.symbol
        if (index.constant is not None and index.constant < least) or (
            symbol is not None and symbol.minimum < least
        ):
            what_it_is = f"{index} (at least {symbol.minimum})" if symbol else str(index)
            raise SizeError(f"{what} is {what_it_is}; it must be at least {least}")
    return found


def _spatial(x: Tensor, dims: int) -> tuple[Index, ...]:
    return tuple(axis[0] for axis in x.axes[x.ndim - dims :])


def _remap(
    x: Tensor, dims: int, extents: Sequence[Index], entry: Callable[[Any, tuple[Index, ...]], Any]
) -> Comprehension:
    """A tensor with other spatial extents: entry(read, position), where `read(at)` reads x there."""

    def body(*indices: Index) -> Any:
        lead, position = indices[: len(indices) - dims], indices[len(indices) - dims :]
        return entry(lambda at: Access(x, (*lead, *at)), position)

    axes = x.axes[: x.ndim - dims] + tuple((extent,) for extent in extents)
    return build(axes, body, index_names(x))


def pad_widths(width: Pads, dims: int) -> list[tuple[Index, Index]]:
    """What `pad` adds before and after on each axis. Raises SizeError for the wrong number of widths."""
    values: Sequence[Any] = width if isinstance(width, (tuple, list)) else (width,) * dims
    if len(values) == 2 and dims == 1 and not any(isinstance(value, tuple) for value in values):
        values = (tuple(values),)
    if len(values) == 1:
        values = tuple(values) * dims
    if len(values) != dims:
        raise SizeError(f"pad: {len(values)} widths for {dims} spatial axes: {width}")
    pairs = [value if isinstance(value, (tuple, list)) else (value, value) for value in values]
    return [(Index.of(before), Index.of(after)) for before, after in pairs]


# -- operators on maps ----------------------------------------------------------------------------


@operator
def pad(x: Tensor, width: Pads, dims: int | None = None) -> Comprehension:
    r"""`x` with zeros around its spatial axes; a negative width cuts off instead.

    `width` is one size for all, one for each axis, or a pair (before, after) for each.
    \(\operatorname{pad}(x)_t = x_{t-p}\,[0 \le t-p < H]\).
    """
    dims = spatial_rank(x, dims)
    pairs, old = pad_widths(width, dims), _spatial(x, dims)
    extents = [before + extent + after for (before, after), extent in zip(pairs, old, strict=True)]

    def entry(read: Any, t: tuple[Index, ...]) -> Scalar:
        at = [index - before for index, (before, _) in zip(t, pairs, strict=True)]
        inside = [c for index, extent in zip(at, old, strict=True) for c in within(index, extent)]
        return when(inside, read(at))

    return _remap(x, dims, extents, entry)


@operator
def dilate(x: Tensor, stride: PerAxis, dims: int | None = None) -> Comprehension:
    r"""`x` with `stride - 1` zeros inserted between neighbours.

    \(\operatorname{dilate}(x, s)_t = \sum_y x_y\,[t = s\,y]\).
    """
    dims = spatial_rank(x, dims)
    steps, old = per_axis(stride, dims, "dilate: stride", 1), _spatial(x, dims)
    extents = [s * (extent - 1) + 1 for s, extent in zip(steps, old, strict=True)]

    def entry(read: Any, t: tuple[Index, ...]) -> Scalar:
        return total(
            old,
            lambda *y: when([equals(i, s * j) for i, s, j in zip(t, steps, y, strict=True)], read(y)),
            OUTPUT_NAMES[dims],
        )

    return _remap(x, dims, extents, entry)


@operator
def upsample(x: Tensor, factor: PerAxis, dims: int | None = None) -> Comprehension:
    r"""`x` with every entry repeated `factor` times along each spatial axis, \(x \otimes 1_{k\times k}\).

    \(\operatorname{up}(x, k)_t = \sum_y \sum_{r<k} x_y\,[t = k\,y + r]\).
    """
    dims = spatial_rank(x, dims)
    factors, old = per_axis(factor, dims, "upsample: factor", 1), _spatial(x, dims)

    def entry(read: Any, t: tuple[Index, ...]) -> Scalar:
        def repeated(*yr: Index) -> Scalar:
            y, r = yr[:dims], yr[dims:]
            return when([equals(i, k * j + o) for i, k, j, o in zip(t, factors, y, r, strict=True)], read(y))

        return total((*old, *factors), repeated, OUTPUT_NAMES[dims] + KERNEL_NAMES[dims])

    return _remap(x, dims, [k * extent for k, extent in zip(factors, old, strict=True)], entry)


@operator
def rot180(x: Tensor, dims: int | None = None) -> Comprehension:
    r"""`x` turned by 180°: reversed along every spatial axis, \(\operatorname{rot180}(x)_u = x_{K-1-u}\)."""
    dims = spatial_rank(x, dims)
    old = _spatial(x, dims)
    return _remap(
        x, dims, old, lambda read, u: read([extent - 1 - i for extent, i in zip(old, u, strict=True)])
    )


@operator
def swap(x: Tensor, groups: IndexLike = 1) -> Comprehension:
    r"""`x` with its first two axes exchanged: \(\operatorname{swap}(W)_{i,j} = W_{j,i}\).

    With `groups`, the first axis is compound (G, M), and M is exchanged: (G, C), M.
    """
    if x.ndim < 2:
        raise ShapeError(f"swap needs two axes; {x!r} has shape {x.shape}")
    first, second = x.axes[:2]
    if Index.of(groups) == 1:
        axes = (second, first, *x.axes[2:])
        a, b = len(first), len(second)
        names = index_names(x)

        def plain(*i: Index) -> Access:
            return Access(x, (*i[b : a + b], *i[:b], *i[a + b :]))

        return build(axes, plain, names[a : a + b] + names[:a] + names[a + b :])
    if len(first) != 2 or len(second) != 1:
        raise ShapeError(f"swap with groups needs axes (G, M), C; {x!r} has shape {x.shape}")
    requires = tuple(require_same((Index.of(groups),), first[:1], "swap: groups and the outer factor"))
    return build(
        ((first[0], second[0]), first[1:], *x.axes[2:]),
        lambda g, c, m, *rest: Access(x, (g, m, c, *rest)),
        ["g", "i", "j", *index_names(x)[3:]],
        requires,
    )


@operator
def correlate(
    x: Tensor,
    w: Tensor,
    mode: str = "valid",
    stride: PerAxis = 1,
    dilation: PerAxis = 1,
    groups: IndexLike = 1,
    dims: int | None = None,
) -> Comprehension:
    r"""Cross-correlation, what deep learning calls convolution: the kernel is not flipped.

    \((x \star w)_{j,y} = \sum_i \sum_u x_{i,\,s\,y+d\,u}\,w_{j,i,u}\), or without the sum over i
    for plain maps (a matrix and a matrix). `x` is ([N,] C, …) and `w` (M, C, …).
    Modes: "valid" reads only inside x; "full" pads by d·(K-1) on both sides, "same" by that in all.
    """
    dims = spatial_rank(w, dims)
    steps, spread = per_axis(stride, dims, "stride", 1), per_axis(dilation, dims, "dilation", 1)
    reach = [d * (k - 1) for d, k in zip(spread, _spatial(w, dims), strict=True)]
    if mode == "full":
        x = pad(x, [(r, r) for r in reach], dims=dims)
    elif mode == "same":
        x = pad(x, [(r // 2, r - r // 2) for r in reach], dims=dims)
    elif mode != "valid":
        raise SizeError(f"mode is {mode!r}; expected 'valid', 'full' or 'same'")
    if x.ndim < dims or (w.ndim > dims and x.ndim not in (dims + 1, dims + 2)):
        raise ShapeError(f"correlate: {x!r} of shape {x.shape} does not fit a kernel of shape {w.shape}")
    extents = [
        (extent - r - 1) // s + 1 for extent, r, s in zip(_spatial(x, dims), reach, steps, strict=True)
    ]

    def window(y: Sequence[Index], u: Sequence[Index]) -> list[Index]:
        return [s * i + d * k for s, i, d, k in zip(steps, y, spread, u, strict=True)]

    if w.ndim == dims:
        if x.ndim != dims:
            raise ShapeError(f"correlate: a plain kernel of shape {w.shape} needs a plain map, not {x.shape}")

        def plain(*y: Index) -> Scalar:
            def product(*u: Index) -> Scalar:
                return Access(x, tuple(window(y, u))) * Access(w, u)

            return total(w.extents, product, KERNEL_NAMES[dims])

        return build(extents, plain, OUTPUT_NAMES[dims])

    out, into = w.axes[:2]
    lead, channels = x.axes[: x.ndim - dims - 1], x.axes[x.ndim - dims - 1]
    outer = sum(map(len, lead))
    maps = _Maps(Index.of(groups), out, into, channels, x, w)

    def body(*indices: Index) -> Scalar:
        n, j, y = indices[:outer], indices[outer:-dims], indices[-dims:]

        def product(*summed: Index) -> Scalar:
            g, i, u = summed[: -dims - len(into)], summed[-dims - len(into) : -dims], summed[-dims:]
            conditions, channel = maps.read(g, j, i)
            return when(conditions, Access(x, (*n, *channel, *window(y, u))) * Access(w, (*j, *i, *u)))

        names = maps.sum_names + ("i", "i'", "i''")[: len(into)] + KERNEL_NAMES[dims]
        return total((*maps.summed, *into, *_spatial(w, dims)), product, names)

    out_names = ("g", "j") if len(out) == 2 and maps.groups != 1 else ("j", "j'", "j''")[: len(out)]
    names = index_names(x)[:outer] + out_names + OUTPUT_NAMES[dims]
    return build((*lead, out, *((e,) for e in extents)), body, names, tuple(maps.requires))


class _Maps:
    """Which input map the i-th kernel of output map j reads, without or with groups."""

    def __init__(self, groups: Index, out: Axis, into: Axis, channels: Axis, x: Tensor, w: Tensor) -> None:
        where = f"the maps of {x!r} (shape {x.shape}) and the input maps of kernel {w!r} (shape {w.shape})"
        self.groups = groups
        self.summed: Axis = ()
        self.sum_names: tuple[str, ...] = ()
        self.requires: list[Requirement] = []
        if groups == 1:
            self.read = lambda g, j, i: ((), i)
            self.requires = require_same(channels, into, where)
        elif len(into) == 1 and (len(out) == 2 or out == (groups,)):
            self.requires = require_same(out[:1], (groups,), f"groups and the output maps of {w!r}")
            if len(channels) == 1 and into[0] == 1:  # depthwise: one map a group
                self.read = lambda g, j, i: ((), j[:1])
                self.requires += require_same(channels, (groups,), where)
            else:
                self.read = lambda g, j, i: ((), (j[0], i[0]))
                self.requires += require_same(channels, (groups, into[0]), where)
        else:
            self._numbered(out, into, channels, where)

    read: Callable[[Sequence[Index], Sequence[Index], Sequence[Index]], tuple[Sequence[Constraint], Any]]

    def _numbered(self, out: Axis, into: Axis, channels: Axis, where: str) -> None:
        count, maps, inside = self.groups.constant, out[0].constant, into[0].constant
        if count is None or maps is None or inside is None or len(channels) != 1:
            raise ShapeError(
                f"{where}: with groups={self.groups} the channel axes are pairs when they are symbolic: "
                f"input (N, ({self.groups}, C), …), kernel (({self.groups}, M), C, …)"
            )
        if maps % count:
            raise ShapeError(f"{where}: groups={count} does not divide the {maps} output maps")
        read = channels[0].constant
        if read is not None and read % count:
            raise ShapeError(f"{where}: groups={count} does not divide the {read} input maps")
        per_group = maps // count
        self.summed, self.sum_names = (self.groups,), ("g",)
        self.requires = require_same(channels, (self.groups * inside,), where)
        self.read = lambda g, j, i: (within(j[0] - per_group * g[0], per_group), (inside * g[0] + i[0],))


@operator
def convolve(
    x: Tensor,
    w: Tensor,
    mode: str = "full",
    stride: PerAxis = 1,
    dilation: PerAxis = 1,
    groups: IndexLike = 1,
    dims: int | None = None,
) -> Comprehension:
    r"""True convolution, which flips the kernel: \(x * w = x \star \operatorname{rot180}(w)\).

    Arguments as for `correlate`, but the mode is "full" unless given.
    """
    return correlate(x, rot180(w, dims=dims), mode, stride, dilation, groups, dims)


@operator
def fold(
    windows: Tensor, size: PerAxis, stride: PerAxis = 1, padding: PerAxis = 0, dilation: PerAxis = 1
) -> Comprehension:
    r"""Windows added back to where they were taken from: overlapping entries are summed.

    `windows` has shape (…, *positions, *kernel), the result (…, *size):
    \(\operatorname{fold}(x)_h = \sum_{y,u} x_{y,u}\,[h = s\,y + d\,u - p]\).
    """
    sizes = size if isinstance(size, (tuple, list)) else (size,)
    dims = len(sizes)
    if windows.ndim < 2 * dims:
        raise ShapeError(f"fold: {windows!r} of shape {windows.shape} needs {2 * dims} axes for size {size}")
    steps, spread = per_axis(stride, dims, "stride", 1), per_axis(dilation, dims, "dilation", 1)
    before = per_axis(padding, dims, "padding", 0)
    lead = windows.axes[: windows.ndim - 2 * dims]
    inner = tuple(axis[0] for axis in windows.axes[windows.ndim - 2 * dims :])

    def body(*indices: Index) -> Scalar:
        n, h = indices[: len(indices) - dims], indices[len(indices) - dims :]

        def read(*yu: Index) -> Scalar:
            y, u = yu[:dims], yu[dims:]
            places = zip(h, steps, y, spread, u, before, strict=True)
            return when(
                [equals(i + p, s * j + d * k) for i, s, j, d, k, p in places], Access(windows, (*n, *yu))
            )

        return total(inner, read, OUTPUT_NAMES[dims] + KERNEL_NAMES[dims])

    names = (
        index_names(windows)[: len(windows.extents) - 2 * dims]
        + {1: ("h",), 2: ("h", "w"), 3: ("d", "h", "w")}[dims]
    )
    return build((*lead, *((Index.of(e),) for e in sizes)), body, names)


@operator
def winners(z: Tensor) -> Comprehension:
    """Which element of its window each maximum of `z` was: shape (*z.shape, *window), entries 0 and 1.

    `z` must be a tensor of maxima, such as the result of a max pooling. Where a maximum is attained
    once, exactly one entry of its window is 1.
    """
    if not isinstance(z, Comprehension) or not isinstance(z.body, Maximum):
        raise ShapeError(f"winners needs a tensor of maxima, such as max_pool2d(a, 2); got {z!r}")
    count, best = len(z.indices), z.body

    def body(*indices: Index) -> Scalar:
        at = dict(zip(z.indices, indices[:count], strict=True))
        renamed = substitute(best, at)
        assert isinstance(renamed, Maximum)
        return Selected(renamed, indices[count:])

    names = [symbol.name for symbol in z.indices] + [symbol.name for symbol, _ in best.over]
    return build((*z.axes, *((extent,) for _, extent in best.over)), body, names)
