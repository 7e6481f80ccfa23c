"""Checks for code that people wrote: is this backward the gradient of this forward, exactly?

Nothing is imported until it is used: not NumPy, not SymPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.testing.adapters import attributes, cs231n, loss, pair, torch_like
    from symgrad.testing.check import check_backward, check_layer
    from symgrad.testing.result import CheckReport, Finding
    from symgrad.testing.sweeps import sweep

_LATER = {
    "CheckReport": "symgrad.testing.result",
    "Finding": "symgrad.testing.result",
    "attributes": "symgrad.testing.adapters",
    "check_backward": "symgrad.testing.check",
    "check_layer": "symgrad.testing.check",
    "cs231n": "symgrad.testing.adapters",
    "loss": "symgrad.testing.adapters",
    "pair": "symgrad.testing.adapters",
    "sweep": "symgrad.testing.sweeps",
    "torch_like": "symgrad.testing.adapters",
}

__all__ = [
    "CheckReport",
    "Finding",
    "attributes",
    "check_backward",
    "check_layer",
    "cs231n",
    "loss",
    "pair",
    "sweep",
    "torch_like",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'symgrad.testing' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
