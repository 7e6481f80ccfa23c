"""Did you mean: a wrong claim is tried again without one of the mistakes people make.

Each candidate is the claim with one place written differently; the first that is PROVED is offered.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from symgrad.decide.presburger import OPERATIONS
from symgrad.decide.question import Question, as_tensor
from symgrad.decide.tidy import tidied
from symgrad.errors import ShapeError, SymgradError
from symgrad.language.algebra import apply, hadamard, sum_axes, transpose
from symgrad.language.elementwise import ARITHMETIC
from symgrad.language.index import Index
from symgrad.language.maps import dilate, pad, pad_widths, rot180, swap, upsample
from symgrad.language.notation import nodes, operator_text
from symgrad.language.operator import OPERATORS
from symgrad.language.scalar import Apply, substitute, walk
from symgrad.language.tensor import Call, Comprehension, Slice, Tensor, Variable

CANDIDATES = 400
"""The most candidates that are tried; each takes one or a few milliseconds."""

Rewrite = Callable[[Tensor, Question], Iterator[Tensor]]


def did_you_mean(asked: Question) -> str | None:
    """A right claim that differs from the one asked about in one place, as it would be written."""
    from symgrad.decide.decision import decide, holds_plainly
    from symgrad.decide.verdict import Proved

    for candidate in itertools.islice(candidates(asked), CANDIDATES):
        attempt = asked.with_claim(candidate)
        if holds_plainly(attempt, OPERATIONS // 10) and isinstance(decide(attempt, suggest=False), Proved):
            short = tidied(candidate, write)
            if short != candidate and not isinstance(decide(asked.with_claim(short), suggest=False), Proved):
                short = candidate
            return operator_text(short)
    return None


def candidates(asked: Question) -> Iterator[Tensor]:
    """The claim with one place changed, each once, the likeliest mistakes first."""
    seen = {asked.claim}
    inner_first = _written(asked.claim)
    for rewrite in REWRITES:
        for place in inner_first if rewrite is _channels else reversed(inner_first):
            for changed in _attempted(rewrite, place, asked):
                try:
                    candidate = put(asked.claim, place, changed)
                    versions = [candidate, *_fitted(candidate, asked)]
                except (SymgradError, TypeError, ValueError):
                    continue  # the operators around do not take it
                for version in versions:
                    if version not in seen:
                        seen.add(version)
                        yield version


def _attempted(rewrite: Rewrite, place: Tensor, asked: Question) -> Iterator[Tensor]:
    found = rewrite(place, asked)
    while True:
        try:
            yield next(found)
        except StopIteration:
            return
        except (SymgradError, TypeError, ValueError):
            return  # this rewrite has no meaning here


def _fitted(candidate: Tensor, asked: Question) -> Iterator[Tensor]:
    """A candidate of another size with the end of a padding adjusted so that it fits."""
    wanted = asked.derived.extents
    if len(wanted) != len(candidate.extents) or wanted == candidate.extents:
        return
    short = [want - have for want, have in zip(wanted, candidate.extents, strict=True)]
    for place in _written(candidate):
        name, arguments = _call(place)
        if name == "pad":
            x, rank = arguments["x"], _spatial_rank(arguments)
            widths = pad_widths(arguments["width"], rank)
            longer = [(b, a + more) for (b, a), more in zip(widths, short[len(short) - rank :], strict=True)]
            yield put(candidate, place, pad(x, _plainly(longer), arguments.get("dims")))


def _spatial_rank(arguments: dict[str, Any]) -> int:
    """How many axes a `pad` acts on."""
    x = arguments["x"]
    return int(arguments.get("dims") or (x.ndim if x.ndim <= 2 else x.ndim - 2))


def _plainly(widths: list[tuple[Index, Index]]) -> Any:
    """Widths of a `pad` as one would write them: one number where before and after are the same."""
    if any(before != after for before, after in widths):
        return widths
    return widths[0][0] if len(widths) == 1 else [before for before, _ in widths]


# -- rewriting an expression ----------------------------------------------------------------------


def put(tensor: Tensor, place: Tensor, changed: Tensor) -> Tensor:
    """`tensor` with `changed` wherever `place` was; operators above it are written again.

    Raises what the operators raise if they do not take the new operand.
    """
    done: dict[Tensor, Tensor] = {place: changed}

    def go(node: Tensor) -> Tensor:
        if node not in done:
            done[node] = node if isinstance(node, Variable) else again(node)
        return done[node]

    def again(node: Tensor) -> Tensor:
        assert isinstance(node, Comprehension)
        call = node.call
        if call is not None and call.name != "grad":
            arguments = {name: value(inner) for name, inner in call.arguments}
            if all(arguments[name] is inner for name, inner in call.arguments):
                return node
            return write(Call(call.name, tuple(arguments.items())))
        body = substitute(node.body, {}, same_shape)
        return Comprehension(node.axes, node.indices, body, node.call, node.requires, node.assumes)

    def same_shape(inner: Tensor) -> Tensor:
        new = go(inner)
        if new.axes != inner.axes:
            raise SymgradError("another shape inside a body")
        return new

    def value(inner: Any) -> Any:
        if isinstance(inner, Tensor):
            return go(inner)
        if isinstance(inner, tuple):
            items = tuple(map(value, inner))
            return inner if all(new is old for new, old in zip(items, inner, strict=True)) else items
        return inner

    return go(tensor)


def write(call: Call) -> Tensor:
    """The tensor that a call writes. Raises ShapeError for one that no operator wrote, as a derivative."""
    arguments = dict(call.arguments)
    if call.name in ARITHMETIC:
        return as_tensor(ARITHMETIC[call.name](arguments["left"], arguments["right"]), "operand")
    if call.name == "slice":
        keys = (slice(k.start, k.stop, k.step) if isinstance(k, Slice) else k for k in arguments["key"])
        return as_tensor(arguments["x"][tuple(keys)], "operand")
    if call.name not in OPERATORS:
        raise ShapeError(f"{call.name} is no operator")
    return as_tensor(OPERATORS[call.name](**arguments), call.name)


def _whole(tensor: Tensor) -> Tensor:
    """`tensor` with every slice in it replaced by what it was taken from."""

    def value(inner: Any) -> Any:
        if isinstance(inner, tuple):
            return tuple(map(value, inner))
        name, arguments = _call(inner) if isinstance(inner, Tensor) else ("", {})
        if name == "slice":
            return value(arguments["x"])
        return write(Call(name, tuple((k, value(v)) for k, v in arguments.items()))) if name else inner

    return as_tensor(value(tensor), "claim")


def _written(tensor: Tensor) -> list[Tensor]:
    """The tensors that appear in an expression as it is written, inner ones before outer ones."""
    found: dict[Tensor, None] = {}

    def visit(value: Any) -> None:
        if isinstance(value, tuple):
            for item in value:
                visit(item)
        if not isinstance(value, Tensor) or value in found:
            return
        if isinstance(value, Comprehension):
            if value.call is not None:
                for _, inner in value.call.arguments:
                    visit(inner)
            else:
                for inner in nodes(value)[1:]:
                    visit(inner)
        found[value] = None

    visit(tensor)
    return list(found)


# -- the mistakes ---------------------------------------------------------------------------------


def _call(node: Tensor) -> tuple[str, dict[str, Any]]:
    call = node.call if isinstance(node, Comprehension) else None
    return (call.name, dict(call.arguments)) if call else ("", {})


def _convolution(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """True convolution where correlation is meant."""
    name, arguments = _call(node)
    if name == "convolve":
        yield write(Call("correlate", tuple(({"mode": "full"} | arguments).items())))


def _rotation(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """rot180 left out, or one too many."""
    name, arguments = _call(node)
    if name == "rot180":
        yield arguments["x"]
    elif node.ndim:
        yield rot180(node)


def _channels(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Input and output maps of a kernel exchanged, or a matrix not transposed."""
    name, arguments = _call(node)
    if name in ("swap", "transpose"):
        yield arguments["x"]
    elif node.ndim == 2:
        yield transpose(node)
    elif node.ndim > 2:
        yield swap(node)
        yield rot180(swap(node))


def _flipping(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Convolution for correlation, or another mode."""
    name, arguments = _call(node)
    other = {"correlate": "convolve", "convolve": "correlate"}.get(name)
    if other is not None:
        mode = arguments.pop("mode", "valid" if name == "correlate" else "full")
        yield write(Call(other, (*arguments.items(), ("mode", mode))))
        for changed in ("valid", "full", "same"):
            for operator in (name, other):
                yield write(Call(operator, (*arguments.items(), ("mode", changed))))


def _zero_insertion(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Zeros for the stride left out or inserted without need; upsampling for it."""
    name, arguments = _call(node)
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
    name, arguments = _call(node)
    if name in ("correlate", "convolve"):
        values = [*_options(asked, "stride"), *_options(asked, "dilation"), 1]
        for option in ("stride", "dilation"):
            for value in values:
                yield write(Call(name, tuple((arguments | {option: value}).items())))


def _border(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Padding off by one, on either side or both, or by K-1, or left out."""
    name, arguments = _call(node)
    if name == "pad":
        x, dims, rank = arguments["x"], arguments.get("dims"), _spatial_rank(arguments)
        widths = pad_widths(arguments["width"], rank)
        for first, last in ((1, -1), (-1, 1), (1, 1), (-1, -1), (1, 0), (0, 1), (-1, 0), (0, -1)):
            yield pad(x, _plainly([(b + first, a + last) for b, a in widths]), dims)
        yield x
        for reach in _reaches(asked, rank):
            yield pad(x, reach, dims)
            yield pad(x, _plainly([(b + r, a + r) for (b, a), r in zip(widths, reach, strict=True)]), dims)
            yield pad(x, _plainly([(b - r, a - r) for (b, a), r in zip(widths, reach, strict=True)]), dims)
    elif node.ndim > 2:
        for reach in _reaches(asked, node.ndim - 2):
            yield pad(node, reach)
        for amount in _options(asked, "padding"):
            yield pad(node, amount)


def _selection(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """Only some maps or samples taken."""
    name, arguments = _call(node)
    if name == "slice":
        yield arguments["x"]
    if node is asked.claim:  # all of them together: the same maps left out of both operands
        yield _whole(node)


def _sums(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """A sum over samples, maps or positions left out, or one too many."""
    name, arguments = _call(node)
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
    name, arguments = _call(node)
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
                if isinstance(inner, Apply) and _call(forward)[0] == "apply" and forward.axes == node.axes:
                    yield hadamard(node, inner.function.prime(_call(forward)[1]["x"]))


def _factors(node: Tensor, asked: Question) -> Iterator[Tensor]:
    """A sign, ½, 2, 1/N, 1/k² or N dropped or extra."""
    if node is not asked.claim:
        return
    name, arguments = _call(node)
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


REWRITES: tuple[Rewrite, ...] = (
    _convolution,
    _rotation,
    _channels,
    _flipping,
    _zero_insertion,
    _selection,
    _sums,
    _functions,
    _border,
    _spacing,
    _factors,
)


def _options(asked: Question, name: str) -> list[Any]:
    """The values of an option anywhere in the forward, such as its strides."""
    found: dict[Any, None] = {}
    for node in nodes(asked.z):
        value = _call(node)[1].get(name)
        if value is not None and not isinstance(value, (str, Tensor)) and value != 1 and value != 0:
            found[value] = None
    return list(found)


def _reaches(asked: Question, rank: int) -> list[list[Index]]:
    """K - 1 for each kernel among the variables."""
    kernels = [n for n in nodes(asked.z) if isinstance(n, Variable) and n.ndim >= rank]
    return [[extent - 1 for extent in kernel.extents[len(kernel.extents) - rank :]] for kernel in kernels]
