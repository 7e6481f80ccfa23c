"""Exact checks of code that is only called: PyTorch, JAX, compiled code, anything.

`check_exactly` asks whether a backward is the gradient of its own forward, with whole numbers and without
any tolerance where the operation is a polynomial, or one on each piece. `check_against` asks whether forward
and backward are those of a layer of symgrad, whatever functions are in it, to within the rounding of the
arithmetic. Neither PyTorch nor JAX is imported before one of their functions is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgrad.blackbox.exact import check_exactly
    from symgrad.blackbox.function import Function, from_callables
    from symgrad.blackbox.jax import from_jax
    from symgrad.blackbox.layer import check_against
    from symgrad.blackbox.pytorch import from_torch

_LATER = {
    "Function": "function",
    "check_against": "layer",
    "check_exactly": "exact",
    "from_callables": "function",
    "from_jax": "jax",
    "from_torch": "pytorch",
}

__all__ = [
    "Function",
    "check_against",
    "check_exactly",
    "from_callables",
    "from_jax",
    "from_torch",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(f"symgrad.blackbox.{_LATER[name]}"), name)
    raise AttributeError(f"module 'symgrad.blackbox' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
