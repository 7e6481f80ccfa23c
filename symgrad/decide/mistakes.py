"""The mistakes that people make in a gradient, each undone in one place of an expression."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from symgrad.decide.question import Question
from symgrad.decide.rewrite import call_of, without_slices, write
from symgrad.language.algebra import apply, hadamard, sum_axes, transpose
from symgrad.language.index import Index
from symgrad.language.maps import dilate, pad, pad_widths, rot180, swap, upsample
from symgrad.language.notation import nodes
from symgrad.language.scalar import Apply, walk
from symgrad.language.tensor import Call, Comprehension, Tensor, Variable

Rewrite = Callable[[Tensor, Question], Iterator[Tensor]]


def _convolution(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """True convolution where correlation is meant."""
    name, arguments = call_of(node)
    if name == "convolve":
        yield write(Call("correlate", tuple(({"mode": "full"} | arguments).items())))


def _rotation(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """rot180 left out, or one too many."""
    name, arguments = call_of(node)
    if name == "rot180":
        yield arguments["x"]
    elif node.ndim:
        yield rot180(node)


def channels(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Input and output maps of a kernel exchanged, or a matrix not transposed."""
    name, arguments = call_of(node)
    if name in ("swap", "transpose"):
        yield arguments["x"]
    elif node.ndim == 2:
        yield transpose(node)
    elif node.ndim > 2:
        yield swap(node)
        yield rot180(swap(node))


def _order(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """The factors of a matrix product exchanged, transposed or not."""
    name, arguments = call_of(node)
    if name == "matmul" and arguments["x"].ndim == arguments["y"].ndim == 2:
        x, y = arguments["x"], arguments["y"]
        for first, second in ((x, y), (y, x)):
            for left in (first, transpose(first)):
                for right in (second, transpose(second)):
                    yield left @ right


def _flipping(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Convolution for correlation, or another mode."""
    name, arguments = call_of(node)
    other = {"correlate": "convolve", "convolve": "correlate"}.get(name)
    if other is not None:
        mode = arguments.pop("mode", "valid" if name == "correlate" else "full")
        yield write(Call(other, (*arguments.items(), ("mode", mode))))
        for changed in ("valid", "full", "same"):
            for operator in (name, other):
                yield write(Call(operator, (*arguments.items(), ("mode", changed))))


def _zero_insertion(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Zeros for the stride left out or inserted without need; upsampling for it."""
    name, arguments = call_of(node)
    if name == "dilate":
        yield arguments["x"]
        yield upsample(arguments["x"], arguments["stride"])
    if name == "upsample":
        yield dilate(arguments["x"], arguments["factor"])
    if node is asked.cotangent:
        for stride in _options(asked, "stride"):
            yield dilate(node, stride)


def _spacing(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Stride and dilation left out or exchanged."""
    name, arguments = call_of(node)
    if name in ("correlate", "convolve"):
        values = [*_options(asked, "stride"), *_options(asked, "dilation"), 1]
        for option in ("stride", "dilation"):
            for value in values:
                yield write(Call(name, tuple((arguments | {option: value}).items())))


def _border(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Padding off by one, on either side or both, or by K-1, or left out."""
    name, arguments = call_of(node)
    if name == "pad":
        x, dims, rank = arguments["x"], arguments.get("dims"), spatial_rank(arguments)
        widths = pad_widths(arguments["width"], rank)
        for first, last in ((1, -1), (-1, 1), (1, 1), (-1, -1), (1, 0), (0, 1), (-1, 0), (0, -1)):
            yield pad(x, plainly([(b + first, a + last) for b, a in widths]), dims)
        yield x
        for reach in _reaches(asked, rank):
            yield pad(x, reach, dims)
            yield pad(x, plainly([(b + r, a + r) for (b, a), r in zip(widths, reach, strict=True)]), dims)
            yield pad(x, plainly([(b - r, a - r) for (b, a), r in zip(widths, reach, strict=True)]), dims)
    elif node.ndim > 2:
        for reach in _reaches(asked, node.ndim - 2):
            yield pad(node, reach)
        for amount in _options(asked, "padding"):
            yield pad(node, amount)


def _selection(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Only some maps or samples taken."""
    name, arguments = call_of(node)
    if name == "slice":
        yield arguments["x"]
    if node is asked.claim:  # all of them together: the same maps left out of both operands
        yield without_slices(node)


def _sums(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """A sum over samples, maps or positions left out, or one too many."""
    name, arguments = call_of(node)
    if name == "sum_axes":
        x = arguments["x"]
        for count in range(x.ndim + 1):
            for axes in itertools.combinations(range(x.ndim), count):
                yield sum_axes(x, axes) if axes else x
    elif node is asked.claim and asked.wrt is not None and node.ndim > asked.wrt.ndim:
        for axes in itertools.combinations(range(node.ndim), node.ndim - asked.wrt.ndim):
            yield sum_axes(node, axes)


def _functions(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """σ' left out, for σ, or taken at the wrong place."""
    name, arguments = call_of(node)
    if name == "apply":
        function = arguments["function"]
        arguments_seen = [
            other
            for other in dict.fromkeys((*nodes(asked.z), *nodes(asked.claim)))
            if other.axes == node.axes and other is not node
        ]
        yield function.prime(arguments["x"])
        for other in arguments_seen:
            yield apply(function, other)
    if name == "hadamard":
        yield arguments["x"]
        yield arguments["y"]
    if name == "*" and isinstance(arguments["left"], Tensor) and isinstance(arguments["right"], Tensor):
        yield arguments["left"]
        yield arguments["right"]
    for forward in nodes(asked.z):
        if isinstance(forward, Comprehension):
            for inner in walk(forward.body):
                if isinstance(inner, Apply) and call_of(forward)[0] == "apply" and forward.axes == node.axes:
                    yield hadamard(node, inner.function.prime(call_of(forward)[1]["x"]))


def factors(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """A sign, ½, 2, 1/N, 1/k² or N dropped or extra."""
    if node is not asked.claim:
        return
    name, arguments = call_of(node)
    if name in ("*", "/"):
        for side in ("left", "right"):
            if isinstance(arguments[side], Tensor):
                yield arguments[side]
    yield -node
    yield node * 2
    yield node * Fraction(1, 2)
    sizes = [Index.of(symbol) for symbol in asked.sizes]
    numbers = [Index.of(n) for n in (3, 4, 9, 16, 25)]
    pairs = [one * other for one, other in itertools.combinations_with_replacement(sizes, 2)]
    triples = [a * b * c for a, b, c in itertools.combinations(sizes, 3)] if len(sizes) <= 8 else []
    for size in (*sizes, *numbers, *pairs, *triples):
        yield node / size
        yield node * size
    for size in (*sizes, *pairs):
        yield 2 * node / size


REWRITES: tuple[Rewrite, ...] = (
    _convolution,
    _rotation,
    channels,
    _order,
    _flipping,
    _zero_insertion,
    _selection,
    _sums,
    _functions,
    _border,
    _spacing,
    factors,
)


def _options(asked: Question, name: str) -> list[Any]:
    """The values of an option anywhere in the forward, such as its strides."""
    found: dict[Any, None] = {}
    for node in nodes(asked.z):
        value = call_of(node)[1].get(name)
        if value is not None and not isinstance(value, (str, Tensor)) and value != 1 and value != 0:
            found[value] = None
    return list(found)


def _reaches(asked: Question, rank: int) -> list[list[Index]]:
    """K - 1 for each kernel among the variables."""
    kernels = [n for n in nodes(asked.z) if isinstance(n, Variable) and n.ndim >= rank]
    return [[extent - 1 for extent in kernel.extents[len(kernel.extents) - rank :]] for kernel in kernels]


def spatial_rank(arguments: dict[str, Any]) -> int:
    """How many axes a `pad` acts on."""
    x = arguments["x"]
    return int(arguments.get("dims") or (x.ndim if x.ndim <= 2 else x.ndim - 2))


def plainly(widths: list[tuple[Index, Index]]) -> Any:
    """Widths of a `pad` as one would write them: one number where before and after are the same."""
    if any(before != after for before, after in widths):
        return widths
    return widths[0][0] if len(widths) == 1 else [before for before, _ in widths]
