"""Expressions evaluated on NumPy arrays, a whole tensor at a time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from symgrad.errors import IndexRangeError, ShapeError, SizeError, SymgradError
from symgrad.language.functions import Known
from symgrad.language.index import Index
from symgrad.language.notation import nodes, shape_text
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Scalar,
    Selected,
    Sum,
)
from symgrad.language.sizes import sizes_of
from symgrad.language.symbol import Floor, Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

Functions = Mapping[str, Sequence[Callable[[Any], Any]]]
GRID = 4_000_000
"""The most numbers in one intermediate array; larger sums are split along their first index."""


def evaluate(
    tensor: Tensor,
    arrays: Mapping[str, Any],
    sizes: Mapping[str, int] | None = None,
    functions: Functions | None = None,
) -> Any:
    r"""The value of `tensor` as an array, its variables given by name.

    arrays     an array for each variable, of its shape; a compound axis may be one axis or several
    sizes      sizes that no array shows, by name
    functions  for each unknown function, the function and its derivatives: `{"σ": (np.tanh, dtanh)}`

    A compound axis of the result is one axis. Raises ShapeError for an array that does not fit,
    SizeError for a size that is unknown, and SymgradError for a missing array or function.

    >>> import numpy as np, symgrad as sg
    >>> H, K = sg.sizes("H K")
    >>> z = sg.correlate(sg.tensor("a", H), sg.tensor("w", K))
    >>> evaluate(z, {"a": np.array([1, 2, 3, 4]), "w": np.array([10, 1])})
    array([12, 23, 34])
    """
    variables = [node for node in nodes(tensor) if isinstance(node, Variable)]
    missing = [v.name for v in variables if v.name not in arrays]
    if missing:
        raise SymgradError(f"no array is given for {', '.join(missing)}")
    given = {v: np.asarray(arrays[v.name]) for v in variables}
    env = _sizes(tensor, given, sizes or {})
    values: dict[Tensor, Any] = {}
    for variable, array in given.items():
        values[variable] = array.reshape(tuple(e.evaluate(env) for e in variable.extents))
    for node in reversed(nodes(tensor)):
        if isinstance(node, Comprehension):
            values[node] = _Evaluator(env, values, functions or {}).comprehension(node)
    shape = tuple(math.prod(factor.evaluate(env) for factor in axis) for axis in tensor.axes)
    return values[tensor].reshape(shape)


# -- sizes from shapes ----------------------------------------------------------------------------


def _sizes(tensor: Tensor, given: Mapping[Variable, Any], named: Mapping[str, int]) -> dict[Symbol, int]:
    """The sizes, from those named and from axes that are one unknown size."""
    wanted = sizes_of([tensor])
    known = {symbol: named[symbol.name] for symbol in wanted if symbol.name in named}
    axes: list[tuple[Variable, Index, int]] = []
    for variable, array in given.items():
        axes += _factors(variable, array, known)
    changed = True
    while changed:
        changed = False
        for variable, extent, length in axes:
            unknown = {s for s in extent.symbols() if s not in known}
            if len(unknown) == 1:
                (symbol,) = unknown
                value = _solved(extent, symbol, length, known)
                if value is None or value < symbol.minimum:
                    raise ShapeError(
                        f"{variable.name} of shape {shape_text(variable)} cannot have extent {length} "
                        f"where it says {extent}"
                    )
                known[symbol] = value
                changed = True
    left = [symbol.name for symbol in wanted if symbol not in known]
    if left:
        raise SizeError(f"the arrays do not show {', '.join(left)}; say it with sizes={{{left[0]!r}: …}}")
    for variable, extent, length in axes:
        if extent.evaluate(known) != length:
            where = ", ".join(f"{symbol}={value}" for symbol, value in known.items())
            raise ShapeError(
                f"{variable.name} has shape {shape_text(variable)}, so {extent} is {extent.evaluate(known)} "
                f"with {where}; the array has {length} there"
            )
    return known


def _factors(
    variable: Variable, array: Any, known: Mapping[Symbol, int]
) -> list[tuple[Variable, Index, int]]:
    """The extent and the length of each axis; a compound axis given as one is the product."""
    if array.ndim == len(variable.extents):
        return [(variable, e, n) for e, n in zip(variable.extents, array.shape, strict=True)]
    if array.ndim == variable.ndim:
        products = [math.prod(axis[1:], start=axis[0]) for axis in variable.axes]
        return [(variable, e, n) for e, n in zip(products, array.shape, strict=True)]
    raise ShapeError(
        f"{variable.name} has shape {shape_text(variable)}, but the array has shape {array.shape}"
    )


def _solved(extent: Index, symbol: Symbol, length: int, known: Mapping[Symbol, int]) -> int | None:
    """The value of the one unknown symbol for which the extent is the length; None if there is none."""
    if any(isinstance(atom, Floor) for atom in extent.atoms()):
        return None
    numbers = {s: Index.of(value) for s, value in known.items()}
    terms = extent.substitute(numbers).terms
    rest, factor = length - terms.get((), 0), terms.get((symbol,), 0)
    if not factor or len(terms) > 2 or rest % factor:
        return None
    return rest // factor


# -- entries --------------------------------------------------------------------------------------


class _Evaluator:
    """Bodies on grids: every index in scope is an array along an axis of its own, broadcast together."""

    def __init__(
        self, sizes: Mapping[Symbol, int], values: Mapping[Tensor, Any], functions: Functions
    ) -> None:
        self._sizes = sizes
        self._values = values
        self._functions = functions

    def comprehension(self, node: Comprehension) -> Any:
        shape = tuple(extent.evaluate(self._sizes) for extent in node.extents)
        env: dict[Symbol, Any] = dict(self._sizes)
        for axis, (symbol, extent) in enumerate(zip(node.indices, shape, strict=True)):
            env[symbol] = np.arange(extent).reshape((1,) * axis + (extent,) + (1,) * (len(shape) - axis - 1))
        result = self._scalar(node.body, env, len(shape), math.prod(shape), None)
        return np.array(np.broadcast_to(result, shape))

    def _scalar(self, node: Scalar, env: dict[Symbol, Any], depth: int, cells: int, where: Any) -> Any:
        """The body on the grid: `depth` axes, `cells` numbers, read only where `where` holds."""

        def inside(inner: Scalar) -> Any:
            return self._scalar(inner, env, depth, cells, where)

        match node:
            case Constant(value, powers):
                number: Any = _number(value)
                for base, exponent in powers:
                    factor = _index(base, env)
                    number = number * factor**exponent if exponent > 0 else number / factor**-exponent
                return number
            case Access(tensor, at):
                return self._read(tensor, at, env, where)
            case Add(terms):
                return sum(map(inside, terms[1:]), inside(terms[0]))
            case Multiply(factors):
                return self._product(factors, env, depth, cells, where)
            case Sum(over, body):
                return self._sum(over, body, env, depth, cells, where)
            case Indicator(conditions):
                return _mask(conditions, env).astype(int)
            case Power(base, exponent):
                value = inside(base)
                return value ** (
                    int(exponent) if exponent.denominator == 1 and exponent > 0 else float(exponent)
                )
            case Apply(Known(name), argument):
                return KNOWN[name](inside(argument))
            case Apply(function, argument):
                known = self._functions.get(function.name, ())
                if len(known) <= function.order:
                    raise SymgradError(
                        f"no {function} is given; functions={{{function.name!r}: (f, f', …)}} takes the "
                        f"function and {function.order} derivatives"
                    )
                return known[function.order](inside(argument))
            case Maximum():
                return self._window(node, env, depth, where)[0]
            case Selected(maximum, at):
                _, chosen = self._window(maximum, env, depth, where)
                spans = [extent.evaluate(self._sizes) for _, extent in maximum.over]
                flat: Any = 0
                for index, span in zip(at, spans, strict=True):
                    flat = flat * span + _index(index, env)
                return (chosen == flat).astype(int)
        raise AssertionError(f"unknown node {type(node).__name__}")

    def _product(
        self, factors: Sequence[Scalar], env: dict[Symbol, Any], depth: int, cells: int, where: Any
    ) -> Any:
        conditions = [c for factor in factors if isinstance(factor, Indicator) for c in factor.conditions]
        mask = _mask(conditions, env) if conditions else None
        allowed = mask if where is None else where if mask is None else where & mask
        result: Any = None
        for factor in factors:
            if not isinstance(factor, Indicator):
                value = self._scalar(factor, env, depth, cells, allowed)
                result = value if result is None else result * value
        if mask is None:
            return result
        return mask.astype(int) if result is None else np.where(mask, result, 0)

    def _sum(
        self, over: Any, body: Scalar, env: dict[Symbol, Any], depth: int, cells: int, where: Any
    ) -> Any:
        if not over:
            return self._scalar(body, env, depth, cells, where)
        (symbol, extent), rest = over[0], over[1:]
        span = extent.evaluate(self._sizes)
        inner = Sum(rest, body) if rest else body
        volume = math.prod(e.evaluate(self._sizes) for _, e in over)
        if cells * volume > GRID or not span:  # too large for one grid: this index by a loop
            loops = (self._scalar(inner, env | {symbol: i}, depth, cells, where) for i in range(span))
            return sum(loops, 0)
        widened = {s: v[..., None] if isinstance(v, np.ndarray) else v for s, v in env.items()}
        widened[symbol] = np.arange(span).reshape((1,) * depth + (span,))
        allowed = where[..., None] if isinstance(where, np.ndarray) else where
        grid = self._scalar(inner, widened, depth + 1, cells * span, allowed)
        if not isinstance(grid, np.ndarray) or grid.ndim <= depth:
            return grid * span
        total = grid.sum(axis=-1)
        return total * span if grid.shape[-1] == 1 else total

    def _read(self, tensor: Tensor, at: Sequence[Index], env: Mapping[Symbol, Any], where: Any) -> Any:
        source = self._values[tensor]
        if not at:
            return source[()]
        places = []
        for index, extent in zip(at, source.shape, strict=True):
            place = _index(index, env)
            outside = (place < 0) | (place >= extent)
            if np.any(outside if where is None else outside & where):
                raise IndexRangeError(f"{tensor!r} of shape {source.shape} is read outside, at {index}")
            places.append(np.clip(place, 0, extent - 1))
        return source[tuple(np.broadcast_arrays(*places))]

    def _window(self, node: Maximum, env: dict[Symbol, Any], depth: int, where: Any) -> tuple[Any, Any]:
        """The greatest value of each window, and the number of the element it is taken at."""
        spans = [range(extent.evaluate(self._sizes)) for _, extent in node.over]
        best: Any = None
        chosen: Any = None
        for number, offsets in enumerate(itertools.product(*spans)):
            inner = env | {s: o for (s, _), o in zip(node.over, offsets, strict=True)}
            mask = _mask(node.where, inner) if node.where else np.array(True)
            allowed = mask if where is None else where & mask
            value = self._scalar(node.body, inner, depth, 1, allowed)
            if best is None:
                best, chosen, found = value, np.where(mask, number, -1), mask
                continue
            better = mask & (~found | (value > best))
            best, chosen = np.where(better, value, best), np.where(better, number, chosen)
            found = found | mask
        if best is None or not np.all(found if where is None else found | ~where):
            raise SizeError("the maximum of an empty window")
        return best, chosen


def _sigmoid(x: Any) -> Any:
    smaller = np.exp(-np.abs(x))  # never overflows
    return np.where(np.asarray(x) >= 0, 1 / (1 + smaller), smaller / (1 + smaller))


_erfc = np.vectorize(math.erfc, otypes=[float])

KNOWN: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "softplus": lambda x: np.logaddexp(x, 0),
    "Phi": lambda x: _erfc(-np.asarray(x) / math.sqrt(2)) / 2,
    "phi": lambda x: np.exp(-np.square(x) / 2) / math.sqrt(2 * math.pi),
    "step": lambda x: (np.asarray(x) > 0).astype(int),
}
"""The known functions on arrays."""


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


def _index(index: Index, env: Mapping[Symbol, Any]) -> Any:
    return np.asarray(index.evaluate(env))


def _mask(conditions: Sequence[Any], env: Mapping[Symbol, Any]) -> Any:
    mask: Any = np.array(True)
    for condition in conditions:
        value = np.asarray(condition.polynomial.evaluate(env))
        mask = mask & (value == 0 if condition.equality else value >= 0)
    return mask
