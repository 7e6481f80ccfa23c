"""Which calling convention some code follows, told by its signature, where it claims to be a layer."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from symgrad.testing.adapters import Adapter, Attributes, loss, pair
from symgrad.testing.arguments import has_methods
from symgrad.testing.layers import Claim
from symgrad.testing.names import METHODS, methods_of, prediction_of
from symgrad.testing.roles import Renamed


def convention(known: Claim, arguments: Iterable[str], forward: Any, backward: Any) -> Adapter:
    """How code that claims to be a layer is called, where nothing is said of it.

    A class takes its parameters in the constructor. A loss gives its gradients in one of the ways that
    `symgrad.testing.adapters.Loss` knows, and may take what it is compared with first.
    """
    main = forward if forward is not None else backward
    if known.labels:
        return of_loss(forward, backward)
    if isinstance(main, type):
        held = tuple(name for name in arguments if name != "x")
        return Attributes(parameters=held, methods=methods_of(main))
    if has_methods(main):
        return Attributes(parameters=tuple(name for name in arguments if name != "x"))
    return pair


def of_loss(forward: Any, backward: Any) -> Adapter:
    """How a loss `loss(x, y)` is called, whose gradient is asked for by x alone.

    >>> of_loss(lambda pred, target: 0, lambda pred, target: 0)
    Loss(methods=('forward', 'backward'))
    >>> of_loss(lambda y_true, y_pred: 0, lambda dout, y_true, y_pred: 0)
    Renamed(convention=Pair(), names={'y': 'y_true', 'x': 'y_pred'})
    """
    if isinstance(forward, type):
        backwards = [*METHODS[1], *METHODS[2]]
        methods = (methods_of(forward)[0], next((n for n in backwards if hasattr(forward, n)), "backward"))
        static = isinstance(inspect.getattr_static(forward, methods[0]), staticmethod)
        names = _required(getattr(forward, methods[0]))[int(not static) :]
        found: Adapter = loss(methods=methods)
    else:
        names = [] if forward is None else _required(forward)
        taken = None if backward is None or forward is None else _required(backward)
        found = pair if taken is None or len(taken) > len(names) else loss
    if len(names) == 2 and prediction_of(names) == names[1]:
        return Renamed(found, {"y": names[0], "x": names[1]})
    return found


def taken(
    known: Claim, code: Any, adapter: Adapter | None, options: Mapping[str, Any]
) -> Sequence[str] | None:
    """The arguments of a layer that a forward has parameters for, if it can be told that one is missing."""
    if isinstance(adapter, Attributes):
        held = [n for n in known.arguments if n == "x" or n in adapter.held]
        return held if adapter.held else None
    try:
        parameters = [p for p in inspect.signature(code).parameters.values() if p.name not in options]
    except (TypeError, ValueError):
        return None
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return None
    count = len(parameters) - sum(p.name.endswith(("param", "params")) for p in parameters)
    count += int(isinstance(code, type))  # x is given to its method
    names = list(known.arguments)
    return [n for place, n in enumerate(names) if place < count or n not in known.optional]


def _required(function: Any) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
