"""What the arguments of a loss may be: numbers of the same shape, class numbers, one-hot rows, probabilities.

Also for what a user says of labels: a shape, where the code takes class numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgrad.audit.find import Pair
from symgrad.testing.names import LOSS, TARGET, prediction_of

CLASSES = re.compile(
    r"cross_?entropy|xent|nll|log_?loss|bce|cce|kl|likelihood|softmax|(^|_)ce($|_)|logistic", re.IGNORECASE
)
"""Losses in which probabilities and classes are compared."""

SCORES = {"x", "z", "h", "logits", "logit", "scores", "score"}
"""What is no probability, but what a probability is made of."""


@dataclass(frozen=True)
class Reading:
    """One way to read the arguments of a loss: what an adapter would say of it, and under what condition.

    A reading with a condition is one of a part of what the arguments may be: it is tried where the gradient
    is wrong, or not defined, in those before it. `base` is what the target is: numbers of what shape, or
    class numbers. Where the gradient is decided to be wrong in one, those of another base are not tried.
    """

    said: Mapping[str, Any]
    base: str
    condition: str = ""


def is_loss(pair: Pair) -> bool:
    """Whether a pair is a loss: by its name, or by what its two arguments are called."""
    names = [name.lower() for name in pair.parameters if name not in pair.defaults]
    if len(names) != 2 or pair.kind not in ("functions", "class", "derivative"):
        return False
    compared = prediction_of(names)
    return compared is not None and bool(LOSS.search(pair.name) or (TARGET - {"y", "t"}) & set(names))


def convention(pair: Pair) -> str:
    """How a loss is called: whether its backward is handed a gradient, and what with it."""
    taken = len(pair.back_parameters)
    if pair.kind == "functions" and pair.backward != pair.name:
        if taken > len(pair.parameters) - len(pair.defaults):
            return "pair"
        if pair.returns == taken == 2 and not set(pair.back_parameters) & set(pair.parameters):
            return "cs231n"
    return "loss"


def readings(pair: Pair) -> Iterator[Reading]:
    """Every way to read the arguments of a loss, those without a condition first."""
    names = [name for name in pair.parameters if name not in pair.defaults]
    prediction = prediction_of(names) or names[0]
    target = next(name for name in names if name != prediction)

    def said(of_target: Any, shape: str = "N C", **rest: Any) -> dict[str, Any]:
        given = {prediction: shape, target: of_target}
        return {"arguments": {name: given[name] for name in names}, "wrt": [prediction], **rest}

    classes = class_numbers(("N",), ("N", "C"))
    bases = {"N C": ("N C", "N C"), "N": ("N", "N"), "classes": (classes, "N C")}
    for base, given in bases.items():
        yield Reading(said(*given), base)
    if not CLASSES.search(pair.name):
        return
    probable = prediction.lower() not in SCORES
    between, both = f"{prediction} lies between 0 and 1", f"{prediction} and {target} lie between 0 and 1"
    for base, given in bases.items() if probable else ():
        of = [prediction] if base == "classes" else names
        domain = dict.fromkeys(of, (0, 1))
        yield Reading(said(*given, domain=domain), base, between if base == "classes" else both)
    one_hot = f"the rows of {target} are one-hot"
    yield Reading(said(_one_hot), "N C", one_hot)
    if probable:
        yield Reading(said(_one_hot, domain={prediction: (0, 1)}), "N C", f"{one_hot} and {between}")


def class_numbers(shape: Sequence[Any], of: Sequence[Any]) -> Any:
    """Class numbers of a shape, below the axis that another array has beside these; None if that is not one.

    Where the axes are names, a function from the named sizes to the numbers.

    >>> class_numbers((3,), (3, 2))
    array([0, 1, 0])
    >>> class_numbers(("N",), ("N", "C"))({"N": 2, "C": 5})
    array([0, 1])
    >>> class_numbers((3, 2), (3, 2)) is None
    True
    """
    left = list(of)
    for axis in shape:
        if axis not in left:
            return None
        left.remove(axis)
    if len(left) != 1:
        return None
    if all(isinstance(axis, int) for axis in of):
        return _numbers(shape, left[0])

    def drawn(sizes: Mapping[str, int]) -> Any:
        return _numbers([sizes.get(axis, axis) for axis in shape], sizes.get(left[0], left[0]))

    return drawn


def _numbers(shape: Sequence[int], classes: int) -> Any:
    return np.arange(math.prod(shape)).reshape(tuple(shape)) % classes


def _one_hot(sizes: Mapping[str, int]) -> Any:
    return np.eye(sizes["C"])[_numbers([sizes["N"]], sizes["C"])]


def labelled(arguments: Mapping[str, Any], wrt: Sequence[str] | None) -> dict[str, Any]:
    """The arguments with class numbers for those that are called so and fit; nothing if none are."""
    axes = {name: _axes(given) for name, given in arguments.items()}
    first = next(iter(arguments))
    found = {
        name: class_numbers(shape, axes[first])
        for name, shape in axes.items()
        if name != first and name.lower() in TARGET and name not in (wrt or ())
    }
    found = {name: numbers for name, numbers in found.items() if numbers is not None}
    return {**arguments, **found} if found else {}


def _axes(given: Any) -> tuple[Any, ...]:
    if isinstance(given, str):
        return tuple(int(part) if part.isdigit() else part for part in given.replace(",", " ").split())
    return tuple(given) if isinstance(given, (list, tuple)) else ()
