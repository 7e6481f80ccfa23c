"""A class whose constructor makes the parameters itself: which they are, and where their gradients are left.

Told from an object and one run on numbers: a parameter is an array of floats that the forward reads, in an
attribute or in a dictionary that is one; its gradient is an array of its shape with a name that fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Parameters:
    """The shapes of parameters by name, where each is kept, and where its gradient is, if anywhere.

    A place is an attribute, `weights`, or an entry of a dictionary in one, `params.W`.
    """

    shapes: Mapping[str, tuple[int, ...]]
    kept: Mapping[str, str]
    gradients: Mapping[str, str]

    def put(self, layer: Any, arrays: Mapping[str, Any]) -> Any:
        """The layer with arrays as its parameters."""
        for name, place in self.kept.items():
            attribute, _, key = place.partition(".")
            if key:
                getattr(layer, attribute)[key] = arrays[name]
            else:
                setattr(layer, attribute, arrays[name])
        return layer

    def fit(self, layer: Any, shapes: Mapping[str, Any]) -> bool:
        """Whether a layer has parameters of some shapes."""
        at = {place: array.shape for _, place, array in _arrays(layer, list(vars(layer)))}
        return all(at.get(place) == tuple(shapes[name]) for name, place in self.kept.items())


def parameters(
    make: Callable[[], Any], read: Sequence[str], taken: Sequence[str], run: Callable[[Any], Any]
) -> Parameters:
    """The parameters of what `make` makes, of which the forward reads some attributes.

    `taken` are names that arguments have already; `run` calls forward and backward once, on numbers.
    """
    layer = make()
    found = {
        (f"{name}_" if name in taken else name): (place, array.shape)
        for name, place, array in _arrays(layer, read)
        if array.dtype.kind == "f" and array.ndim
    }
    before = {place: array for _, place, array in _arrays(layer, list(vars(layer)))}
    run(layer)
    after = [
        (name, place, array)
        for name, place, array in _arrays(layer, list(vars(layer)))
        if before.get(place) is not array or not np.any(array)
    ]
    gradients = {}
    for name, (place, shape) in found.items():
        own = re.compile(_GRADIENT.format(re.escape(place.rpartition(".")[2])), re.IGNORECASE)
        fitting = (at for inner, at, array in after if array.shape == shape and _is_of(own, inner, at, place))
        at = next(fitting, None)
        if at is not None:
            gradients[name] = at
    return Parameters({n: s for n, (_, s) in found.items()}, {n: p for n, (p, _) in found.items()}, gradients)


_GRADIENT = r"_*(d[A-Z]?_?d?_?{0}|(grad|gradient|delta)s?_?{0}|{0}_?(grad|gradient|delta)s?)"
_GRADIENTS = re.compile(r"_*(d|d?grads?|gradients?|deltas?)(_.*)?", re.IGNORECASE)


def _is_of(own: re.Pattern[str], name: str, place: str, parameter: str) -> bool:
    """Whether what is kept under a name is the gradient of a parameter, by the names alone."""
    if place == parameter:
        return False
    if own.fullmatch(name):
        return True
    attribute, _, key = place.partition(".")
    return bool(key) and key == parameter.rpartition(".")[2] and bool(_GRADIENTS.fullmatch(attribute))


def _arrays(layer: Any, attributes: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
    """The arrays in attributes, and in dictionaries that are attributes: name, place, array."""
    for attribute in attributes:
        value = vars(layer).get(attribute)
        if isinstance(value, np.ndarray):
            yield attribute, attribute, value
        elif isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(key, str) and isinstance(inner, np.ndarray):
                    yield key, f"{attribute}.{key}", inner
