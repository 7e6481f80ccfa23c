"""PyTorch's functions as black boxes: `torch.autograd.Function`, modules, plain functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symgrad.blackbox.function import Arrays, Function
from symgrad.errors import SymgradError
from symgrad.testing.arguments import names_in, refuse_unknown


def from_torch(
    function: Any,
    arguments: Sequence[str] | str | None = None,
    *,
    wrt: Sequence[str] | str | None = None,
    options: Mapping[str, Any] | None = None,
    dtype: str = "float64",
    name: str | None = None,
) -> Function:
    """A function of tensors, a module, or a subclass of `torch.autograd.Function`, and autograd's backward.

    `arguments` names the tensors it takes, by default as the function itself does; `options` are passed as
    they are, after the tensors to an autograd Function, else by name. The parameters of a module are
    arguments too, called as in its `named_parameters`. Raises SymgradError where the names are not evident.
    """
    import torch

    fixed = dict(options or {})
    shapes: dict[str, tuple[int, ...]] = {}
    if isinstance(function, torch.nn.Module):
        names = _names(function.forward, arguments, fixed)
        shapes = {key: tuple(value.shape) for key, value in function.named_parameters()}
        call = _module(function, names, fixed)
    elif isinstance(function, type) and issubclass(function, torch.autograd.Function):
        applied: Any = function
        names = _names(applied.forward, arguments, fixed)

        def call(tensors: Mapping[str, Any]) -> Any:
            return applied.apply(*(tensors[n] for n in names), *fixed.values())
    else:
        names = _names(function, arguments, fixed)

        def call(tensors: Mapping[str, Any]) -> Any:
            return function(*(tensors[n] for n in names), **fixed)

    every = (*names, *shapes)
    asked = every if wrt is None else names_in(wrt)
    called: str = name or str(getattr(function, "__name__", type(function).__name__))
    refuse_unknown(asked, every, "wrt", called)
    kind = getattr(torch, dtype)

    def tensors(arrays: Arrays, track: bool) -> dict[str, Any]:
        made = {key: torch.as_tensor(array, dtype=kind) for key, array in arrays.items()}
        return {key: t.requires_grad_(track and key in asked) for key, t in made.items()}

    def forward(arrays: Arrays) -> Any:
        with torch.no_grad():
            return call(tensors(arrays, False)).numpy()

    def pullback(arrays: Arrays) -> tuple[Any, Callable[[Any], Mapping[str, Any]]]:
        given = tensors(arrays, True)
        out = call(given)

        def back(cotangent: Any) -> Mapping[str, Any]:
            seed = torch.as_tensor(cotangent, dtype=kind)
            found = torch.autograd.grad(out, [given[n] for n in asked], seed, allow_unused=True)
            return {n: None if g is None else g.numpy() for n, g in zip(asked, found, strict=True)}

        return out.detach().numpy(), back

    def gradients(arrays: Arrays, cotangent: Any) -> Mapping[str, Any]:
        return pullback(arrays)[1](cotangent)

    return Function(called, forward, gradients, asked, shapes, dtype, pullback, every)


def _module(
    module: Any, names: Sequence[str], fixed: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], Any]:
    """A module as a function of its parameters too."""
    import torch

    def call(tensors: Mapping[str, Any]) -> Any:
        parameters = {key: t for key, t in tensors.items() if key not in names}
        inputs = tuple(tensors[n] for n in names)
        return torch.func.functional_call(module, parameters, inputs, dict(fixed))

    return call


def _names(function: Any, given: Sequence[str] | str | None, fixed: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the tensors, as given or as the function's own parameters without a default."""
    if given is not None:
        return names_in(given)
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    found = [
        p.name
        for p in parameters
        if p.kind in plain and p.default is inspect.Parameter.empty and p.name not in ("ctx", *fixed)
    ]
    if not found:
        raise SymgradError(f"{function!r} does not say what it takes; name its tensors with arguments=[…]")
    return tuple(found)
