"""What the user says of pairs: a short TOML file, with a table for each.

    [conv_forward]
    arguments = { x = "N C H W", w = "M C K L" }   # or extents, [2, 3, 4, 4]; or a list of such tables
    options = { stride = [1, 2], pad = 0 }         # a value, or a list of values to try
    convention = "cs231n"     # pair, cs231n, attributes, loss, context, torch, derivative
    layer = "conv2d"          # what the forward claims to be
    layout = "NHWC"
    kernel_layout = "HWIO"
    wrt = ["x", "w"]
    domain = { x = [0, 1] }   # between what the entries lie, as probabilities do
    average = true            # gradients are averaged over the batch
    backward = "my_gradient"  # where its name does not tell
    parameters = ["w"]        # of a class: what its constructor takes
    gradients = { w = "grads.w" }
    skip = true               # not to be checked

A Python file says the same in a dictionary `ADAPTER`, in which a convention may also be an object with the
methods of `symgrad.testing.adapters.Adapter`, and an argument an array, or a function from the named sizes to
one, and `fits` a function that says of a case whether it has a meaning. It is run where the pair is run,
before the code is imported.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symgrad.errors import SymgradError

KEYS = {
    "arguments",
    "options",
    "convention",
    "layer",
    "layout",
    "kernel_layout",
    "wrt",
    "average",
    "backward",
    "domain",
    "fits",
    "parameters",
    "gradients",
    "skip",
}
CONVENTIONS = (
    "pair",
    "cs231n",
    "attributes",
    "loss",
    "context",
    "torch",
    "derivative",
    "derivative at the output",
)


def read(path: str) -> Mapping[str, Mapping[str, Any]]:
    """The tables of a TOML adapter by name of pair. Raises SymgradError for what has no meaning."""
    try:
        with Path(path).open("rb") as file:
            tables = tomllib.load(file)
    except OSError as problem:
        raise SymgradError(f"{path} cannot be read: {problem.strerror}") from None
    except tomllib.TOMLDecodeError as problem:
        raise SymgradError(f"{path} is no TOML: {problem}") from None
    return checked(tables, path)


def checked(tables: Any, path: str) -> Mapping[str, Mapping[str, Any]]:
    """The tables, if every key in them is known. Raises SymgradError otherwise."""
    if not isinstance(tables, Mapping):
        raise SymgradError(f"{path}: expected a table for each pair")
    for name, table in tables.items():
        if not isinstance(table, Mapping):
            raise SymgradError(f"{path}: {name} is no table; write [{name}] before what is said of it")
        unknown = sorted(set(table) - KEYS)
        if unknown:
            raise SymgradError(f"{path}: [{name}] says {unknown[0]!r}; it may say {', '.join(sorted(KEYS))}")
        convention = table.get("convention", "pair")
        if isinstance(convention, str) and convention not in CONVENTIONS:
            raise SymgradError(f"{path}: convention {convention!r}; there are {', '.join(CONVENTIONS)}")
    return tables
