"""Which argument of some code is which argument of a layer, by their names, and code called by the latter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symgrad.testing.adapters import Adapter, Arrays, Options
from symgrad.testing.names import argument_role


def roles(names: Sequence[str], arguments: Sequence[str]) -> dict[str, str]:
    """The name that each argument of a layer has, in the order of the code.

    >>> roles(["inputs", "bias", "weights"], ["x", "w", "b"])
    {'x': 'inputs', 'b': 'bias', 'w': 'weights'}
    >>> roles(["a", "g", "h"], ["x", "gamma", "beta"])
    {'x': 'a', 'gamma': 'g', 'beta': 'h'}
    """
    found = {}
    for name in names:
        own = argument_role(name)
        if own in arguments and own not in found:
            found[own] = name
    left = [argument for argument in arguments if argument not in found]
    rest = [name for name in names if name not in found.values()]
    found |= dict(zip(left, rest, strict=False))
    return {role: name for name in names for role, own in found.items() if own == name}


@dataclass(frozen=True)
class Renamed:
    """A calling convention in which arrays have other names; `names` gives those of the code."""

    convention: Adapter
    names: Mapping[str, str]

    def forward(self, forward: Any, arrays: Arrays, options: Options) -> tuple[Any, Any]:
        """The output, and what the backward needs of this run."""
        return self.convention.forward(forward, self._theirs(arrays), options)

    def backward(
        self, backward: Any, cotangent: Any, saved: Any, arrays: Arrays, options: Options, wrt: Sequence[str]
    ) -> Mapping[str, Any]:
        """The gradients by the names in `wrt`."""
        theirs = [self.names[name] for name in wrt]
        given = self.convention.backward(backward, cotangent, saved, self._theirs(arrays), options, theirs)
        return {name: given[self.names[name]] for name in wrt if self.names[name] in given}

    def _theirs(self, arrays: Arrays) -> dict[str, Any]:
        return {own: arrays[name] for name, own in self.names.items()}
