"""JAX's functions as black boxes: functions and `jax.custom_vjp`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symgrad.blackbox.function import Arrays, Function
from symgrad.testing.arguments import names_in, refuse_unknown


def from_jax(
    function: Callable[..., Any],
    arguments: Sequence[str] | str,
    *,
    wrt: Sequence[str] | str | None = None,
    options: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Function:
    """A function of JAX arrays, in order, and the backward that `jax.vjp` finds for it.

    It computes in float64 where JAX is set to (`jax_enable_x64`), else in float32; JAX's settings are left
    as they are. `options` are passed by name.
    """
    import jax

    names = names_in(arguments)
    asked = names if wrt is None else names_in(wrt)
    called: str = name or str(getattr(function, "__name__", "function"))
    refuse_unknown(asked, names, "wrt", called)
    fixed = dict(options or {})
    dtype = str(jax.numpy.zeros(()).dtype)

    def call(arrays: Arrays) -> Any:
        return function(*(jax.numpy.asarray(arrays[n], dtype) for n in names), **fixed)

    def gradients(arrays: Arrays, cotangent: Any) -> Mapping[str, Any]:
        held = {n: a for n, a in arrays.items() if n not in asked}
        _, back = jax.vjp(
            lambda *varying: call(held | dict(zip(asked, varying, strict=True))),
            *(jax.numpy.asarray(arrays[n], dtype) for n in asked),
        )
        return dict(zip(asked, back(jax.numpy.asarray(cotangent, dtype)), strict=True))

    return Function(called, call, gradients, asked, dtype=dtype, arguments=names)
