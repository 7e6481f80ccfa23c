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

from symgrad.testing.adapters import Arrays, Options, by_name, kept_at
from symgrad.testing.names import FLAGS, RATE, gradient_of


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


@dataclass(frozen=True)
class Methods:
    """The two methods of an object, and what else they are given or where else they answer.

    answers   attributes in which output and gradient are left by methods that return nothing
    updating  whether the object has a learning rate of 1, by which its backward updates the parameters
    """

    names: tuple[str, str] = ("forward", "backward")
    answers: tuple[str, str] | None = None
    updating: bool = False

    def forward(self, layer: Any, arrays: Sequence[Any]) -> Any:
        """The output when training, if there is a flag that says so."""
        run = getattr(layer, self.names[0])
        others = list(inspect.signature(run).parameters)[len(arrays) :]
        out = run(*arrays, **{name: True for name in others if name.lower() in FLAGS})
        return getattr(layer, self.answers[0], None) if out is None and self.answers else out

    def backward(self, layer: Any, cotangent: Any) -> Any:
        """The gradient of what the forward took, at a learning rate of 1 if it takes one."""
        found = getattr(layer, self.names[1])(cotangent, **dict.fromkeys(self.rates(layer), 1))
        return getattr(layer, self.answers[1], None) if found is None and self.answers else found

    def updates(self, layer: Any) -> bool:
        """Whether the backward updates the parameters at a learning rate of 1."""
        return self.updating or bool(self.rates(layer))

    def rates(self, layer: Any) -> list[str]:
        """The parameters of the backward that are a learning rate."""
        taken = inspect.signature(getattr(layer, self.names[1])).parameters
        slopes = {name for name, parameter in taken.items() if parameter.default is not parameter.empty}
        return [name for name in taken if name.lower() in RATE and (name != "alpha" or name not in slopes)]


def parameters(
    make: Callable[[], Any], read: Sequence[str], methods: Methods, arrays: Mapping[str, Any]
) -> Parameters:
    """The parameters of what `make` makes, among the attributes that its forward reads, at some numbers."""
    layer = make()
    found = {place: (name, array) for name, place, array in arrays_of(layer, read)}

    def forward() -> None:
        methods.forward(layer, [array.copy() for array in arrays.values()])

    forward()
    built = {place: array for _, place, array in arrays_of(layer, read)}
    forward()
    found |= {  # what is made at the first run and stays
        place: (name, array)
        for name, place, array in arrays_of(layer, read)
        if built.get(place) is array and place not in found
    }
    names = {
        place: f"{name}_" if name in arrays else name
        for place, (name, array) in found.items()
        if array.dtype.kind == "f" and array.ndim
    }
    left = gradients_of(make, methods, list(arrays.values()))
    return Parameters(
        {name: found[place][1].shape for place, name in names.items()},
        {name: place for place, name in names.items()},
        {name: left[place] for place, name in names.items() if place in left},
    )


def gradients_of(make: Callable[[], Any], methods: Methods, arrays: Sequence[Any]) -> dict[str, str]:
    """Where the gradient of each array of what `make` makes is left, by the place of the array."""
    layer = make()
    methods.forward(layer, [array.copy() for array in arrays])  # which may make them
    before = {place: (array, array.copy()) for _, place, array in arrays_of(layer, list(vars(layer)))}
    methods.backward(layer, methods.forward(layer, [array.copy() for array in arrays]) + 1.0)
    after = list(arrays_of(layer, list(vars(layer))))
    new = [
        (name, place, array)
        for name, place, array in after
        if place not in before
        or before[place][0] is not array
        or _changed(array, before[place][1])
        or not np.any(array)  # zeros may be a gradient that is 0
    ]
    found = {}
    for parameter, (_, old) in before.items():
        if methods.updates(layer) and _changed(kept_at(layer, parameter), old):
            found[parameter] = parameter
            continue
        for name, place, array in new:
            if array.shape == old.shape and _is_of(name, place, parameter):
                found[parameter] = place
                break
    return found


@dataclass(frozen=True)
class Kept:
    """The calling convention of a class that makes its parameters itself.

    make        the object, from the arrays and the options
    parameters  where it keeps them and their gradients; arguments of their names take their place
    methods     the two methods
    ones        axes of extent 1 that it keeps a parameter with and the argument of its name has not
    """

    make: Callable[[Arrays, Options], Any]
    parameters: Parameters
    methods: Methods = Methods()
    ones: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def forward(self, forward: Any, arrays: Arrays, options: Options) -> tuple[Any, Any]:
        """The output, and the object that made it."""
        layer = self.make(arrays, options)
        rest = [array for name, array in arrays.items() if name not in self.parameters.kept]
        if any(kept_at(layer, place) is None for place in self.parameters.kept.values()):
            self.methods.forward(layer, rest)  # which makes them
        self.parameters.put(layer, self._with_ones(arrays))
        return self.methods.forward(layer, rest), layer

    def backward(
        self, backward: Any, cotangent: Any, saved: Any, arrays: Arrays, options: Options, wrt: Sequence[str]
    ) -> Mapping[str, Any]:
        """What the method returns, and what it left in attributes or took off the parameters."""
        kept, left = self.parameters.kept, self.parameters.gradients
        given = self.methods.backward(saved, cotangent)
        found = dict(by_name(given, [name for name in wrt if name not in kept]))
        for name in wrt:
            if name in left:
                value = kept_at(saved, left[name])
                value = self._with_ones(arrays)[name] - value if left[name] == kept[name] else value
                ones = self.ones.get(name, ())
                squeezed = np.ndim(value) == arrays[name].ndim + len(ones)
                found[name] = value.squeeze(ones) if ones and squeezed else value
        return found

    def _with_ones(self, arrays: Arrays) -> dict[str, Any]:
        return {
            n: np.expand_dims(array, self.ones[n]) if self.ones.get(n) else array
            for n, array in arrays.items()
        }


def _changed(now: Any, before: Any) -> bool:
    """Whether an array has other entries than it had."""
    return np.shape(now) == before.shape and bool(np.any(now != before))


_GRADIENTS = re.compile(r"_*(d|d?grads?|gradients?|deltas?)(_.*)?", re.IGNORECASE)


def _is_of(name: str, place: str, parameter: str) -> bool:
    """Whether what is kept under a name is the gradient of a parameter, by the names alone."""
    own = parameter.rpartition(".")[2]
    if place == parameter:
        return False
    if gradient_of(own).fullmatch(name):
        return True
    attribute, _, key = place.partition(".")
    return bool(key) and key == own and bool(_GRADIENTS.fullmatch(attribute))


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
