"""A class that makes its parameters itself: which they are, where their gradients are left, and calling it.

Told from an object and one run on numbers: a parameter is an array of floats that the forward reads, in an
attribute or in a dictionary that is one; its gradient is an array of its shape with a name that fits, or
what the parameter loses where the backward takes a learning rate and updates it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symgrad.testing.adapters import Arrays, Options, by_name, called, kept_at
from symgrad.testing.names import RATE, gradient_of


@dataclass(frozen=True)
class Parameters:
    """The shapes of parameters by name, where each is kept, and where its gradient is, if anywhere.

    A place is an attribute, `weights`, or an entry of a dictionary in one, `params.W`. A gradient whose place
    is that of its parameter is what the parameter loses at a learning rate of 1.
    """

    shapes: Mapping[str, tuple[int, ...]]
    kept: Mapping[str, str]
    gradients: Mapping[str, str]

    def put(self, layer: Any, arrays: Mapping[str, Any]) -> Any:
        """The layer with arrays as its parameters; one of which there is no array stays as it was made."""
        for name, place in self.kept.items():
            if name not in arrays:
                continue
            attribute, _, key = place.partition(".")
            array = arrays[name].copy() if self.gradients.get(name) == place else arrays[name]
            if key:
                getattr(layer, attribute)[key] = array
            else:
                setattr(layer, attribute, array)
        return layer

    def fit(self, layer: Any, shapes: Mapping[str, Any]) -> bool:
        """Whether a layer has parameters of some shapes."""
        at = {place: array.shape for _, place, array in arrays_of(layer, list(vars(layer)))}
        return all(at.get(place) == tuple(shapes[name]) for name, place in self.kept.items())


def parameters(
    make: Callable[[], Any], read: Sequence[str], taken: Sequence[str], run: Callable[[Any], bool]
) -> Parameters:
    """The parameters of what `make` makes, of which the forward reads some attributes.

    `taken` are names that arguments have already; `run` is as in `gradients_of`.
    """
    found = {
        (f"{name}_" if name in taken else name): (place, array.shape)
        for name, place, array in arrays_of(make(), read)
        if array.dtype.kind == "f" and array.ndim
    }
    left = gradients_of(make, run)
    return Parameters(
        {name: shape for name, (_, shape) in found.items()},
        {name: place for name, (place, _) in found.items()},
        {name: left[place] for name, (place, _) in found.items() if place in left},
    )


def gradients_of(make: Callable[[], Any], run: Callable[[Any], bool]) -> dict[str, str]:
    """Where the gradient of each array of what `make` makes is left, by the place of the array.

    `run` calls forward and backward once, on numbers; it says whether the backward takes a learning rate.
    """
    layer = make()
    before = {place: (array, array.copy()) for _, place, array in arrays_of(layer, list(vars(layer)))}
    updates = run(layer)
    after = list(arrays_of(layer, list(vars(layer))))
    new = [
        (name, place, array)
        for name, place, array in after
        if place not in before or before[place][0] is not array or not np.any(array)
    ]
    found = {}
    for parameter, (_, old) in before.items():
        now = kept_at(layer, parameter)
        if updates and np.shape(now) == old.shape and np.any(now != old):
            found[parameter] = parameter
            continue
        own = gradient_of(parameter.rpartition(".")[2])
        for name, place, array in new:
            if array.shape == old.shape and _is_of(own, name, place, parameter):
                found[parameter] = place
                break
    return found


@dataclass(frozen=True)
class Kept:
    """The calling convention of a class that makes its parameters itself.

    make        the object, from the arrays and the options
    parameters  where it keeps them and their gradients; arguments of their names take their place
    methods     the names of the two methods
    ones        axes of extent 1 that it keeps a parameter with and the argument of its name has not
    """

    make: Callable[[Arrays, Options], Any]
    parameters: Parameters
    methods: tuple[str, str] = ("forward", "backward")
    ones: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def forward(self, forward: Any, arrays: Arrays, options: Options) -> tuple[Any, Any]:
        """The output, and the object that made it."""
        layer = self.parameters.put(self.make(arrays, options), self._with_ones(arrays))
        rest = [array for name, array in arrays.items() if name not in self.parameters.kept]
        return called(getattr(layer, self.methods[0]), rest, {}, {}), layer

    def backward(
        self, backward: Any, cotangent: Any, saved: Any, arrays: Arrays, options: Options, wrt: Sequence[str]
    ) -> Mapping[str, Any]:
        """What the method returns, and what it left in attributes or took off the parameters."""
        kept, left = self.parameters.kept, self.parameters.gradients
        given, _ = pulled_back(saved, self.methods[1], cotangent)
        found = dict(by_name(given, [name for name in wrt if name not in kept]))
        for name in wrt:
            if name in left:
                value = kept_at(saved, left[name])
                value = self._with_ones(arrays)[name] - value if left[name] == kept[name] else value
                ones = self.ones.get(name, ())
                found[name] = (
                    value.squeeze(ones) if np.ndim(value) == arrays[name].ndim + len(ones) else value
                )
        return found

    def _with_ones(self, arrays: Arrays) -> dict[str, Any]:
        return {
            n: np.expand_dims(array, self.ones[n]) if self.ones.get(n) else array
            for n, array in arrays.items()
        }


def pulled_back(layer: Any, method: str, cotangent: Any) -> tuple[Any, bool]:
    """What a backward method gives, at a learning rate of 1 if it takes one; and whether it does."""
    run = getattr(layer, method)
    rates = [name for name in inspect.signature(run).parameters if name.lower() in RATE]
    return run(cotangent, **dict.fromkeys(rates, 1)), bool(rates)


_GRADIENTS = re.compile(r"_*(d|d?grads?|gradients?|deltas?)(_.*)?", re.IGNORECASE)


def _is_of(own: re.Pattern[str], name: str, place: str, parameter: str) -> bool:
    """Whether what is kept under a name is the gradient of a parameter, by the names alone."""
    if place == parameter:
        return False
    if own.fullmatch(name):
        return True
    attribute, _, key = place.partition(".")
    return bool(key) and key == parameter.rpartition(".")[2] and bool(_GRADIENTS.fullmatch(attribute))


def arrays_of(layer: Any, attributes: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
    """The arrays in attributes, and in dictionaries that are attributes: name, place, array."""
    for attribute in attributes:
        value = vars(layer).get(attribute)
        if isinstance(value, np.ndarray):
            yield attribute, attribute, value
        elif isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(key, str) and isinstance(inner, np.ndarray):
                    yield key, f"{attribute}.{key}", inner
