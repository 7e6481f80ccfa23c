"""Which argument of some code each name is, before the code is run: what does not fit is refused in words."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from symgrad.errors import ArgumentError, ShapeError
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


def by_place(
    forward: Any, names: Iterable[str], adapter: Adapter, options: Collection[str] = ()
) -> tuple[str, ...]:
    """What is to be said where only some names are those of parameters, and all arrays go by their places.

    >>> from symgrad.testing.adapters import pair
    >>> by_place(lambda x, w: x @ w, ["x", "v"], pair)
    ('v stands for the parameter w, by its place, as no parameter is called v',)
    """
    given, parameters = tuple(names), _parameters(forward, adapter)
    free = [name for name in parameters or () if name not in options]
    if not any(name in free for name in given):
        return ()
    return tuple(
        f"{name} stands for the parameter {other}, by its place, as no parameter is called {name}"
        for name, other in zip(given, free, strict=False)
        if name not in free
    )


def taken_by(forward: Any, adapter: Adapter, options: Collection[str] = ()) -> tuple[str, ...]:
    """The parameters of a forward that must be given. Raises ArgumentError where it does not say them."""
    parameters = _parameters(forward, adapter) or {}
    found = tuple(name for name, needed in parameters.items() if needed and name not in options)
    if not found:
        called = getattr(forward, "__name__", repr(forward))
        raise ArgumentError(f"{called} does not say what it takes: name its arguments, as ['x', 'w']")
    return found


def names_in(given: Iterable[str] | str) -> tuple[str, ...]:
    """Names, in a list or in one string.

    >>> names_in("x w"), names_in(["x", "w"])
    (('x', 'w'), ('x', 'w'))
    """
    return tuple(given.replace(",", " ").split() if isinstance(given, str) else given)


def refuse_unknown(names: Iterable[str], known: Collection[str] | None, where: str, called: str) -> None:
    """Raises ArgumentError for names that are none of the arguments, if these are known."""
    unknown = [str(name) for name in names if known is not None and name not in known]
    if unknown:
        raise ArgumentError(
            f"{where} names {', '.join(unknown)}: the arguments of {called} are {', '.join(known or ())}"
        )


def refuse_stray(stray: Sequence[str], code: Any, adapter: Adapter | None, layer: str) -> None:
    """Raises ArgumentError for options that are none of a layer, if the code has no parameter for them."""
    parameters = None if isinstance(adapter, Attributes) else _parameters(code, Pair())
    if parameters is None or any(name.endswith(("param", "params")) for name in parameters):
        return
    for name in stray:
        if name not in parameters:
            called = getattr(code, "__name__", "the code")
            raise ArgumentError(
                f"options names {name}, which is no option of {layer}, nor a parameter of {called}: it takes"
                f" {', '.join(parameters)}"
            )


def has_methods(code: Any) -> bool:
    """Whether code is a class, or an object with a forward and a backward."""
    return isinstance(code, type) or all(callable(getattr(code, n, None)) for n in ("forward", "backward"))


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


def listed(arguments: Any) -> list[Mapping[str, Any]]:
    """The mappings of arguments that were given, one or several. Raises ShapeError for what is none."""
    each = [arguments] if isinstance(arguments, Mapping) else arguments
    if isinstance(each, str) or not isinstance(each, Iterable):
        raise ShapeError(f"the arguments are {arguments!r}; expected their names with shapes, {{'x': 'N C'}}")
    found = list(each)
    for one in found:
        if not isinstance(one, Mapping):
            raise ShapeError(
                f"the arguments are {arguments!r}; expected their names with shapes, {{'x': 'N C'}}"
            )
    return found


def differentiated(wrt: Sequence[str] | str | None, given: Mapping[str, Any], called: str) -> tuple[str, ...]:
    """The arguments to differentiate by. Raises ArgumentError for what is none of those given by a shape."""
    if wrt is None:
        return tuple(name for name, shape in given.items() if isinstance(shape, tuple))
    asked = names_in(wrt)
    refuse_unknown(asked, given, "wrt", called)
    for name in asked:
        if not isinstance(given[name], tuple):
            raise ArgumentError(
                f"wrt names {name}, which is handed over as an array: to differentiate by it, give its shape"
            )
    return asked
