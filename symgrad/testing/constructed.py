"""Classes whose constructor takes sizes, `Dense(n_in, n_out)`, checked as a layer of symgrad.

The sizes are read off the arrays, by what the constructor calls them; the arrays then take the place of the
parameters that the object made itself, which also show the layout of its kernel.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgrad.errors import ArgumentError
from symgrad.testing.adapters import Arrays, Options, called
from symgrad.testing.cases import Case
from symgrad.testing.guard import SECONDS, TimeOver, guarded
from symgrad.testing.instance import Kept, Methods, Parameters, arrays_of, gradients_of
from symgrad.testing.layers import Claim, Layer, claim, layer_of
from symgrad.testing.names import FEATURES, INTO, OUT_OF, SIDE, argument_role, methods_of

SIZES = {"C": 2, "O": 3, "D": 5, "H": 5, "W": 5}
"""At these an object is made to look at it: features or maps that come in and go out, sides of a kernel."""
BATCH, EXTENT = 4, 7
"""On so many samples, of such a height and width, it is run."""


@dataclass(frozen=True)
class Constructed:
    """How a class that takes sizes is called, and the layer that it claims to be, laid out as its arrays are.

    square  whether it takes one side for all of its kernel
    """

    adapter: Kept
    layer: Layer
    square: bool = False

    def fits(self, case: Case) -> bool:
        """Whether the layer has a meaning there, and the class can be it."""
        if not self.layer.fits(case):
            return False
        shape = dict(case.shapes()).get("w", ())
        sides = {n for axis, n in zip(self.layer.axes.get("w", ""), shape, strict=True) if axis in "DHW"}
        return not self.square or len(sides) == 1


def sized(made: Any, known: Claim, options: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a constructor that are sizes of a layer, each with the axis whose size it is.

    >>> from symgrad.testing.layers import claim
    >>> class Dense:
    ...     def __init__(self, n_in, n_out): ...
    >>> sized(Dense, claim("linear"), {})
    {'n_in': 'C', 'n_out': 'O'}
    """
    if not isinstance(made, type) or len(known.arguments) == 1 or known.labels:
        return {}
    return {
        name: axis
        for name in _parameters(made)
        if name not in options
        for axis in [_axis(name, known)]
        if axis
    }


def _axis(name: str, known: Claim) -> str:
    if "w" not in known.arguments:
        return "C" if name in FEATURES | INTO else ""
    if name in INTO | OUT_OF:
        return "C" if name in INTO else "O"
    return "W" if known.spatial and name in SIDE else ""


def constructed(
    name: str,
    made: type,
    layout: str,
    kernel_layout: str | None,
    options: Mapping[str, Any],
    sizes: Mapping[str, str],
) -> Constructed:
    """How a class that takes those sizes is the layer of that name.

    Raises ArgumentError, in words, where its arrays do not show it.
    """
    known = claim(name)
    chosen = {n: values[0] if isinstance(values, (list, tuple)) else values for n, values in options.items()}
    first = {**{n: SIZES[axis] for n, axis in sizes.items()}, **chosen}
    needed = [n for n in _required(made) if n not in first]
    said = ", ".join(f"{n} = {value}" for n, value in first.items())
    by_hand = (
        f": make it with an adapter, attributes(make=…); for an audit say in TOML [{made.__name__}]"
        f" options = {{ {', '.join([said, *(f'{n} = …' for n in needed)])} }}, with the arguments"
    )
    if needed:
        raise ArgumentError(f"nothing is known of {', '.join(needed)}, which {made.__name__} takes{by_hand}")
    with guarded(SECONDS):
        parts = list(_parts(called(made, [], {}, first), known))
    axes = {}
    for argument, place, array in parts:
        laid_out = _laid_out(array.shape, known.arguments[argument].replace("I", "C"))
        if laid_out is None:
            raise ArgumentError(
                f"{made.__name__} with {said} keeps {place} in shape {array.shape}, in which not all axes of"
                f" the {argument} of {name} are to be seen{by_hand}"
            )
        axes[argument] = laid_out
    missing = [n for n in known.arguments if n != "x" and n not in axes and n not in known.optional]
    if missing:
        wanted = "W, w, weight or weights" if missing == ["w"] else missing[0]
        raise ArgumentError(f"{made.__name__} keeps no array called {wanted} when it is made{by_hand}")
    kernel = axes.get("w", "").replace("C", "I")
    if kernel_layout is not None and kernel and kernel_layout != kernel:
        raise ArgumentError(
            f"{made.__name__} keeps its kernel in the layout {kernel}, and {kernel_layout} is said"
        )
    layer = layer_of(name, layout, kernel or "OIHW", ["x", *axes], list(options))
    where = {"C": ("x", layer.axes["x"].index("C"))}
    where |= {axis: ("w", kernel.index(axis)) for axis in "OW" if axis in kernel}

    def make(arrays: Arrays, options: Options) -> Any:
        extents = {n: arrays[where[axis][0]].shape[where[axis][1]] for n, axis in sizes.items()}
        return called(made, [], {}, {**options, **extents})

    methods = Methods(methods_of(made))
    kept = {argument: place for argument, place, _ in parts}
    shape = [BATCH if axis == "N" else EXTENT if axis in "DHW" else SIZES[axis] for axis in layer.axes["x"]]
    found = Parameters({}, kept, {})
    with contextlib.suppress(Exception, TimeOver), guarded(SECONDS):  # it is run again, and judged
        x = np.random.default_rng(0).normal(size=shape)
        left = gradients_of(lambda: called(made, [], {}, first), methods, [x])
        found = Parameters({}, kept, {n: left[place] for n, place in kept.items() if place in left})
    ones = {n: tuple(at for at, axis in enumerate(laid_out) if axis == "1") for n, laid_out in axes.items()}
    return Constructed(Kept(make, found, methods, ones), layer, "W" in sizes.values())


def _parts(layer: Any, known: Claim) -> Iterator[tuple[str, str, Any]]:
    """The arrays of an object that are called as arguments of a layer: argument, place, array."""
    taken = set()
    for name, place, array in arrays_of(layer, list(vars(layer))):
        argument = argument_role(name.strip("_"))
        if "gamma" in known.arguments:
            argument = {"w": "gamma", "b": "beta"}.get(argument, argument)
        if argument in known.arguments and argument not in taken and array.dtype.kind == "f":
            taken.add(argument)
            yield argument, place, array


def _laid_out(shape: Sequence[int], axes: str) -> str | None:
    """The axes of an array by their sizes, "1" for one of extent 1 that is beside its only axis.

    >>> _laid_out((2, 3), "OC"), _laid_out((1, 3), "O"), _laid_out((6,), "OC")
    ('CO', '1O', None)
    """
    left, found = axes, ""
    for extent in shape:
        axis = next((axis for axis in left if SIZES[axis] == extent), "1" if extent == 1 else "")
        if not axis or (axis == "1" and len(axes) > 1):
            return None
        left, found = left.replace(axis, "", 1), found + axis
    return None if left else found


def _parameters(made: Any) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(made).parameters
    except (TypeError, ValueError):
        return {}


def _required(made: Any) -> list[str]:
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [n for n, p in _parameters(made).items() if p.default is p.empty and p.kind not in kinds]
