"""Stand-ins for `numpy`, `math` and `float` in the user's modules.

Each is the real thing in every name but those that would make floats where symbols must be kept. NumPy
itself is not touched.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np

from symgrad.trace.array import OBJECT, Array, filled, is_real, lifted
from symgrad.trace.numeric import NotTraceable
from symgrad.trace.recorder import recording
from symgrad.trace.scalar import ONE_NODE, ZERO, Traced, border, operand, raised


class StandIn:
    """A module in which some names are others; the rest is looked up in the module."""

    def __init__(self, module: Any, names: Mapping[str, Any]) -> None:
        self.__dict__["_module"] = module
        self.__dict__.update(names)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def __dir__(self) -> list[str]:
        return sorted({*dir(self._module), *self.__dict__})

    def __repr__(self) -> str:
        return f"<stand-in for {self._module.__name__}>"


class _StandInForNumpy(StandIn):
    """The functions of NumPy, each of which gives back arrays that keep their symbols."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        if isinstance(found, FUNCTIONS):
            found = self.__dict__[name] = _kept(found)
        return found


FUNCTIONS = (FunctionType, BuiltinFunctionType, type(np.concatenate))


class _Real(type):
    """What `float` and the float types of NumPy are while code is traced: the dtype that keeps symbols."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, (builtins.float, np.floating, Traced))

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, (builtins.float, np.floating, np.object_, Traced))

    def __call__(cls, value: Any = 0.0) -> Any:
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.reshape(-1)[0]
        return value if isinstance(value, Traced) else builtins.float(value)

    def __getattr__(cls, name: str) -> Any:
        return getattr(np.float64, name)


class Real(metaclass=_Real):
    """Stands for `float`, `np.float32`, `np.float64` and the like."""

    dtype = OBJECT


# -- numpy ----------------------------------------------------------------------------------------


def _zeros(shape: Any, dtype: Any = None, order: Any = "C", **rest: Any) -> Any:
    return filled(shape, ZERO, order) if is_real(dtype) else np.zeros(shape, dtype, order, **rest)


def _ones(shape: Any, dtype: Any = None, order: Any = "C", **rest: Any) -> Any:
    return filled(shape, ONE_NODE, order) if is_real(dtype) else np.ones(shape, dtype, order, **rest)


def _full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", **rest: Any) -> Any:
    whole = isinstance(fill_value, (bool, int, np.bool_, np.integer))
    if is_real(dtype) and not (dtype is None and whole) and np.ndim(fill_value) == 0:
        return filled(shape, fill_value, order)
    return np.full(shape, fill_value, dtype, order, **rest)


def _like(make: Callable[..., Any]) -> Callable[..., Any]:
    """`zeros_like` from `zeros`, and so on."""

    def like(
        prototype: Any,
        *given: Any,
        dtype: Any = None,
        order: Any = "K",
        subok: bool = True,
        shape: Any = None,
    ) -> Any:
        wanted = np.asarray(prototype).dtype if dtype is None else dtype
        return make(np.shape(prototype) if shape is None else shape, *given, dtype=wanted)

    return like


def _eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None, **rest: Any) -> Any:
    return lifted(np.eye(N, M, k)) if is_real(dtype) else np.eye(N, M, k, dtype, **rest)


def _kept(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy whose arrays stay arrays of symbols; floats in them become constants."""

    def run(*args: Any, **keywords: Any) -> Any:
        if keywords.get("dtype") is not None and is_real(keywords["dtype"]):
            keywords["dtype"] = OBJECT
        result = function(*args, **keywords)
        return [lifted(part) for part in result] if isinstance(result, list) else lifted(result)

    return run


def _nodes(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of NumPy that may put plain numbers beside symbols; they become constants."""

    def run(*args: Any, **keywords: Any) -> Any:
        result = function(*args, **keywords)
        if isinstance(result, np.ndarray) and result.dtype == OBJECT:
            return np.asarray(_AS_NODE(result), dtype=object).reshape(result.shape).view(Array)
        return lifted(result)

    return run


_AS_NODE = np.frompyfunc(operand, 1, 1)


def _pad(array: Any, pad_width: Any, mode: Any = "constant", **keywords: Any) -> Any:
    """`np.pad`; a border of zeros around an argument is made of symbols where the recorder wants them."""
    result = _nodes(np.pad)(array, pad_width, mode, **keywords)
    recorder = recording.get()
    if recorder is None or not recorder.places or mode != "constant" or np.any(list(keywords.values())):
        return result
    cells = np.asarray(array, dtype=object)
    known = [recorder.places.get(cell) for cell in cells.reshape(-1)]
    if not known or any(
        found is None or found[1] != place
        for found, place in zip(known, np.ndindex(cells.shape), strict=True)
    ):
        return result
    inside = np.argwhere(np.pad(np.ones(cells.shape, dtype=bool), pad_width))
    start, end = inside.min(axis=0), inside.max(axis=0)
    for place in np.ndindex(*result.shape):
        if any(not a <= i <= b for a, i, b in zip(start, place, end, strict=True)):
            outside = tuple(int(i - a) for i, a in zip(place, start, strict=True))
            assert known[0] is not None
            result[place] = border(recorder, known[0][0], outside)
    return result


def elementwise(function: Callable[..., Any], on_numbers: Callable[..., Any]) -> Callable[..., Any]:
    """A function that NumPy has for floats only, applied to each scalar of object arrays."""
    each = np.frompyfunc(function, function.__code__.co_argcount, 1)

    def run(*args: Any, **keywords: Any) -> Any:
        if any(np.asarray(value).dtype == OBJECT for value in args):
            keywords.pop("dtype", None)
            return each(*args, **keywords)
        return on_numbers(*args, **keywords)

    return run


def _method(name: str, on_numbers: Callable[..., Any]) -> Callable[..., Any]:
    """A function that a scalar has as a method; an infinite float has the value of `math`."""

    def run(x: Any) -> Any:
        node = operand(x)
        return getattr(node, name)() if isinstance(node, Traced) else getattr(math, name)(node)

    return elementwise(run, on_numbers)


def _finite(x: Any) -> bool:
    return isinstance(x, Traced) or math.isfinite(x)


def _isnan(x: Any) -> bool:
    return not isinstance(x, Traced) and math.isnan(x)


def _isinf(x: Any) -> bool:
    return not isinstance(x, Traced) and math.isinf(x)


def _same(x: Any) -> Any:
    return x


def _logaddexp(x: Any, y: Any) -> Any:
    return (operand(x).exp() + operand(y).exp()).log()


def _heaviside(x: Any, at_zero: Any) -> Any:
    return operand(1 if x > 0 else at_zero if x == 0 else 0)


def _sign(x: Any) -> Any:
    return operand(1 if x > 0 else -1 if x < 0 else 0)


def _power(x: Any, y: Any) -> Any:
    return operand(x) ** y


def _reciprocal(x: Any) -> Any:
    return ONE_NODE / x


def _hypot(x: Any, y: Any) -> Any:
    return (operand(x) * x + operand(y) * y).sqrt()


def _cbrt(x: Any) -> Any:
    return raised(operand(x), Fraction(1, 3))


def _finfo(dtype: Any) -> Any:
    """Of symbols, that of float64, whose place they take."""
    kind = getattr(dtype, "dtype", dtype)
    return np.finfo(np.float64 if kind is Real or np.dtype(kind) == OBJECT else dtype)


def _close(a: Any, b: Any, *_: Any, **__: Any) -> Any:
    return np.abs(np.asarray(a) - np.asarray(b)) <= 1e-8


def _allclose(a: Any, b: Any, *_: Any, **__: Any) -> bool:
    return bool(np.all(_close(a, b)))


def _bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    if weights is None:
        return np.bincount(x, minlength=minlength)
    counts = filled(max(minlength, int(np.max(x)) + 1), ZERO)
    np.add.at(counts, x, weights)
    return counts


def _issubdtype(one: Any, other: Any) -> bool:
    if one is Real or np.dtype(one) == OBJECT:
        return other in (Real, np.floating, np.inexact, np.number, builtins.float)
    return np.issubdtype(one, np.floating if other is Real else other)


def _no_fft(*_: Any, **__: Any) -> Any:
    raise NotTraceable("a Fourier transform works with complex floats")


METHODS = ("exp", "log", "sqrt", "tanh", "sin", "cos", "tan", "sinh", "cosh", "log1p", "expm1")

FLOATS = ("float", "float_", "float16", "float32", "float64", "double", "single", "longdouble")

NUMPY = _StandInForNumpy(
    np,
    {
        "zeros": _zeros,
        "empty": _zeros,
        "ones": _ones,
        "full": _full,
        "zeros_like": _like(_zeros),
        "empty_like": _like(_zeros),
        "ones_like": _like(_ones),
        "full_like": _like(_full),
        "eye": _eye,
        "identity": _eye,
        "pad": _pad,
        "where": _nodes(np.where),
        **{name: _method(name, getattr(np, name)) for name in METHODS},
        "isnan": elementwise(_isnan, np.isnan),
        "isinf": elementwise(_isinf, np.isinf),
        "isfinite": elementwise(_finite, np.isfinite),
        "nan_to_num": elementwise(_same, np.nan_to_num),
        "sign": elementwise(_sign, np.sign),
        "heaviside": elementwise(_heaviside, np.heaviside),
        "logaddexp": elementwise(_logaddexp, np.logaddexp),
        "power": elementwise(_power, np.power),
        "float_power": elementwise(_power, np.float_power),
        "reciprocal": elementwise(_reciprocal, np.reciprocal),
        "hypot": elementwise(_hypot, np.hypot),
        "cbrt": elementwise(_cbrt, np.cbrt),
        "finfo": _finfo,
        "isclose": _close,
        "allclose": _allclose,
        "bincount": _bincount,
        "issubdtype": _issubdtype,
        "fft": StandIn(np.fft, dict.fromkeys(("fft", "ifft", "fft2", "ifft2", "rfft", "rfft2"), _no_fft)),
        # names of older versions
        "int": builtins.int,
        "bool": builtins.bool,
        "object": builtins.object,
        **dict.fromkeys(
            ("float", "float_", "float16", "float32", "float64", "double", "single", "longdouble"), Real
        ),
    },
)
"""What `np` is while code is traced."""

# -- math -----------------------------------------------------------------------------------------


def _of_one(name: str) -> Callable[..., Any]:
    on_numbers = getattr(math, name)

    def run(x: Any, *rest: Any) -> Any:
        node = x.reshape(-1)[0] if isinstance(x, np.ndarray) and x.size == 1 else x
        if not isinstance(node, Traced):
            return on_numbers(node, *rest)
        value = getattr(node, name)()
        return value / operand(rest[0]).log() if rest else value

    return run


def _pow(x: Any, y: Any) -> Any:
    return x**y if isinstance(x, Traced) or isinstance(y, Traced) else math.pow(x, y)


def _fabs(x: Any) -> Any:
    return abs(x) if isinstance(x, Traced) else math.fabs(x)


def _math_erf(x: Any) -> Any:
    return x.applied("erf") if isinstance(x, Traced) else math.erf(x)


def _math_erfc(x: Any) -> Any:
    return 1 - x.applied("erf") if isinstance(x, Traced) else math.erfc(x)


MATH = StandIn(
    math,
    {name: _of_one(name) for name in METHODS}
    | {
        "erf": _math_erf,
        "erfc": _math_erfc,
        "pow": _pow,
        "fabs": _fabs,
        "isnan": _isnan,
        "isinf": _isinf,
        "isfinite": _finite,
    },
)
"""What `math` is while code is traced."""
