"""Which stand-in is for which object of the user's modules."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from fractions import Fraction
from types import ModuleType
from typing import Any

import numpy as np

from symgrad.trace.array import OBJECT, Array
from symgrad.trace.scalar import ONE_NODE, operand
from symgrad.trace.signal import OURS
from symgrad.trace.stand_ins import MATH, NUMPY, Real, StandIn, elementwise

# -- scipy ----------------------------------------------------------------------------------------


def _expit(x: Any) -> Any:
    return ONE_NODE / (ONE_NODE + (-operand(x)).exp())


def _softmax(x: Any, axis: Any = None) -> Any:
    powers = NUMPY.exp(np.asarray(x, dtype=object).view(Array))
    return powers / np.sum(powers, axis=axis, keepdims=True)


def _erf(x: Any) -> Any:
    return operand(x).applied("erf")


def _erfc(x: Any) -> Any:
    return ONE_NODE - operand(x).applied("erf")


def _ndtr(x: Any) -> Any:
    return (ONE_NODE + (operand(x) / operand(2).sqrt()).applied("erf")) * Fraction(1, 2)


def _xlogy(x: Any, y: Any) -> Any:
    return operand(x) * operand(y).log()


def _logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False) -> Any:
    powers = NUMPY.exp(np.asarray(a, dtype=object).view(Array))
    return NUMPY.log(np.sum(powers if b is None else powers * b, axis=axis, keepdims=keepdims))


def _log_softmax(x: Any, axis: Any = None) -> Any:
    return np.asarray(x, dtype=object).view(Array) - _logsumexp(x, axis, keepdims=True)


def _special(module: Any) -> StandIn:
    names = {
        "expit": elementwise(_expit, module.expit),
        "erf": elementwise(_erf, module.erf),
        "erfc": elementwise(_erfc, module.erfc),
        "ndtr": elementwise(_ndtr, module.ndtr),
        "xlogy": elementwise(_xlogy, module.xlogy),
        "softmax": _where_symbols_are(_softmax, module.softmax),
        "log_softmax": _where_symbols_are(_log_softmax, module.log_softmax),
        "logsumexp": _where_symbols_are(_logsumexp, module.logsumexp),
    }
    for name in ("log1p", "expm1"):
        names[name] = _where_symbols_are(getattr(NUMPY, name), getattr(module, name))
    return StandIn(module, names)


def _signal(module: Any) -> StandIn:
    return StandIn(
        module, {name: _where_symbols_are(ours, getattr(module, name)) for name, ours in OURS.items()}
    )


def _where_symbols_are(ours: Any, theirs: Any) -> Any:
    """Ours for object arrays, SciPy's for numbers."""

    def run(*args: Any, **keywords: Any) -> Any:
        chosen = ours if any(np.asarray(value).dtype == OBJECT for value in args[:2]) else theirs
        return chosen(*args, **keywords)

    return run


# -- by which real thing --------------------------------------------------------------------------

_BY_NAME: dict[str, Callable[[Any], StandIn]] = {"scipy.signal": _signal, "scipy.special": _special}
"""Modules that are looked at only where the user's code has imported them: SciPy is not required."""


class StandIns:
    """What stands for which object: for modules, for functions taken from them, and for `float`."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Any]] = {}
        self._put(builtins.float, Real)
        for stand_in in (NUMPY, MATH):
            self._put(stand_in._module, stand_in)
            self._put_names(stand_in)
        for name in (*_BY_NAME, "scipy"):
            if name in sys.modules:
                self.of(sys.modules[name])

    def of(self, real: Any) -> Any:
        """What stands for an object; the object itself if nothing does."""
        found = self._known.get(id(real))
        if found is not None:
            return found[1]
        name = real.__name__ if isinstance(real, ModuleType) else ""
        if name in _BY_NAME:
            stand_in = _BY_NAME[name](real)
            self._put(real, stand_in)
            self._put_names(stand_in)
            return stand_in
        if name == "scipy":
            inner = {
                n: sys.modules[f"scipy.{n}"] for n in ("signal", "special") if f"scipy.{n}" in sys.modules
            }
            return StandIn(real, {n: self.of(module) for n, module in inner.items()})
        return real

    def _put(self, real: Any, stand_in: Any) -> None:
        self._known[id(real)] = (real, stand_in)  # the real one is held, so that its id stays its own

    def _put_names(self, stand_in: StandIn) -> None:
        for name, other in list(vars(stand_in).items()):
            real = vars(stand_in._module).get(name)
            if callable(real) and real is not other:
                self._put(real, other)
