"""Which argument of some code each name is, before the code is run: what does not fit is refused in words."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from symgrad.errors import ArgumentError
from symgrad.testing.adapters import Adapter, Attributes, Cs231n, Loss, Pair, TorchLike


def ordered(
    forward: Any, names: Iterable[str], adapter: Adapter, options: Collection[str] = ()
) -> tuple[str, ...]:
    """The names in the order of the forward's parameters where all are names of parameters, else as they are.

    Raises ArgumentError where only some are and one of those is in another place, where there are too many,
    and where a parameter without a default is given nothing.

    >>> from symgrad.testing.adapters import pair
    >>> ordered(lambda x, w: x @ w, ["w", "x"], pair), ordered(lambda x, w: x @ w, ["b", "a"], pair)
    (('x', 'w'), ('b', 'a'))
    """
    given, parameters = tuple(names), _parameters(forward, adapter)
    if parameters is None:
        return given
    called = getattr(forward, "__name__", "the forward")
    free = [name for name in parameters if name not in options]
    fitting = [name for name in given if name in free]
    by_name = len(fitting) == len(given)
    if len(given) > len(free):
        takes = ", ".join(free) or "no arrays"
        raise ArgumentError(f"{called} takes {takes}; {', '.join(given)} are given")
    if not by_name and any(free.index(name) != given.index(name) for name in fitting):
        raise ArgumentError(
            f"of {', '.join(given)} only {', '.join(fitting)} stand for what {called} takes,"
            f" {', '.join(free)}: name all of them so, or none"
        )
    filled = given if by_name else tuple(free[: len(given)])
    missing = [name for name in free if name not in filled and parameters[name]]
    if missing and any(name not in parameters for name in options):
        missing.pop(0)  # that is where the options go, in one dictionary
    if missing:
        raise ArgumentError(
            f"{called} takes {', '.join(missing)} too, for which nothing is given:"
            " arrays are named among the arguments with their shapes, anything else is one of the options"
        )
    return tuple(sorted(given, key=free.index)) if by_name else given


def in_order(arguments: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Arguments in the order of the names, if these are theirs; else as they are."""
    return {name: arguments[name] for name in names} if set(names) == set(arguments) else dict(arguments)


def refuse_what_is_no_backward(forward: Any, backward: Any, names: Collection[str], adapter: Adapter) -> None:
    """Raises ArgumentError for a backward that takes nothing, or what the forward does: no gradient."""
    if isinstance(adapter, Attributes):
        method = getattr(forward, adapter.methods[1], None)
        parameters = None if method is None else _signature(method)
        if parameters is not None and len(parameters) <= int(isinstance(forward, type)):
            called = getattr(method, "__qualname__", adapter.methods[1])
            raise ArgumentError(f"{called} takes no gradient of the output{_LOSS}")
    if not isinstance(adapter, Pair) or backward is forward:
        return
    taken, others = _parameters(backward, adapter), _parameters(forward, adapter)
    if taken is None or others is None or len(taken) < 2 or list(taken) != list(others):
        return
    if next(iter(taken)) in names:
        called = getattr(backward, "__name__", "the backward")
        raise ArgumentError(
            f"{called} takes {', '.join(taken)}, as the forward does, and no gradient of the output before"
            f" them{_LOSS}"
        )


_LOSS = ': of a loss that has its gradient so, say adapter=loss, or convention = "loss" in TOML'


def _parameters(code: Any, adapter: Adapter) -> dict[str, bool] | None:
    """What code takes by position or name, each with whether it must be given; None if that is not known."""
    if not isinstance(adapter, (Pair, Cs231n, Loss, TorchLike)):
        return None
    context = isinstance(adapter, TorchLike)
    run, bound = getattr(code, "forward", code) if context else code, int(context)
    if isinstance(adapter, Loss) and isinstance(code, type):
        run = getattr(code, adapter.methods[0])
        bound = int(not isinstance(inspect.getattr_static(code, adapter.methods[0]), staticmethod))
    found = _signature(run)
    return None if found is None else {p.name: p.default is p.empty for p in found[bound:]}


def _signature(code: Any) -> list[inspect.Parameter] | None:
    """The parameters of code; None if they are not known or any are taken."""
    try:
        found = list(inspect.signature(code).parameters.values())
    except (TypeError, ValueError):
        return None
    return None if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in found) else found
