"""The setting of a formula: which layer it is about, what its names are, and what is known of sizes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symgrad.errors import SymgradError
from symgrad.formula.syntax import Expression

if TYPE_CHECKING:
    from symgrad.formula.statements import Statement

ACTIVATIONS = ("sigmoid", "tanh", "relu", "softplus")
LOSSES = ("half_squared_error", "mse_loss", "cross_entropy", "binary_cross_entropy")
NORMS = ("layer_norm", "batch_norm")
LAYERS = (
    "conv1d", "conv2d", "linear", "avg_pool2d", "max_pool2d", "activation", *ACTIVATIONS, "softmax", "loss",
    *LOSSES, *NORMS, "dropout",
)  # fmt: skip
"""The layers that a formula can be about; `activation` is any function σ, `loss` any of LOSSES."""
ALSO_CALLED = {
    "dense": "linear", "fc": "linear", "fully_connected": "linear", "affine": "linear", "conv": "conv2d",
    "convolution": "conv2d", "mse": "mse_loss", "bce": "binary_cross_entropy", "ce": "cross_entropy",
    "softmax_cross_entropy": "cross_entropy", "logistic": "sigmoid", "rectifier": "relu",
    "pool": "avg_pool2d", "pooling": "avg_pool2d", "mean_pool": "avg_pool2d", "maxpool": "max_pool2d",
    "elementwise": "activation",
    "layernorm": "layer_norm", "batchnorm": "batch_norm",
}  # fmt: skip
"""Other names that a layer goes by."""

ROLES: dict[str, tuple[str, ...]] = {
    "a": ("a", "x", "X", "A", "I", "h", "input", "hidden"),
    "W": ("W", "w", "K", "F", "k", "θ", "Θ", "kernel", "weight", "filter"),
    "b": ("b", "c", "bias", "β"),
    "z": ("z", "Z", "s", "o", "O", "net", "out", "scores", "logits"),
    "δ": ("δ", "delta", "Δ", "dout", "D", "dz", "dZ"),
    "J": ("J", "E", "L", "C", "ℓ", "loss", "Loss", "cost"),
    "σ": ("σ", "f", "g", "φ", "ϕ", "sigma", "phi", "relu", "tanh", "sigmoid", "ReLU", "logistic", "softplus"),
    "y": ("y", "t", "Y", "target"),
    "mask": ("mask", "Mask"),
}
"""What a name is taken to be where the setting does not say it; the first that fits."""

OTHER_ROLES = ("x", "p", "q")
"""What goes into an output layer, and how probable it is that dropout sets an entry to 0, or keeps it."""
NORM_ROLES = ("size", "γ", "β", "x_hat", "μ", "var", "ε")
"""What there is besides in a normalization."""
STARS = ("correlation", "convolution")
MODES = ("valid", "full", "same")


@dataclass(frozen=True)
class Setting:
    """What is known before a formula is read; what is not said is found out, or read in every way.

    layer     one of LAYERS, or None: found out from the names
    function  what σ is, one of ACTIVATIONS; None: any function, and where that is not enough a known one
    names     what a name is, by its name: `{"x": "a", "F": "W"}`
    shapes    extents by name: `{"a": (3, 3), "W": (2, 2)}`, or names of sizes
    star      what `*` means: "correlation" or "convolution"; None: both are read
    mode      "valid", "full" or "same"; None: every one that fits
    below     whether the layer below ends in an activation σ; None: both are read
    bias      "map": one bias for each output map; "position": one for each entry; "none": none at all;
              None: what the formula leaves open
    upsample  "repeat", "divide" (evenly over the window) or "route" (to the maximum); None: all that fit
    base      whether indices count from 0 or from 1; None: what the bounds say, else both
    stride, padding   of the layer
    values    numbers that a tensor was said to have
    functions functions of one variable that were defined: the variable and the formula
    statements what was stated of J, of activations and of layers, which binds what is guessed
    line      the line of a document at hand; 0: of none
    """

    layer: str | None = None
    function: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int | str, ...]] = field(default_factory=dict)
    star: str | None = None
    mode: str | None = None
    below: bool | None = None
    bias: str | None = None
    upsample: str | None = None
    base: int | None = None
    stride: int | str = 1
    padding: int | str = 0
    values: Mapping[str, tuple[tuple[Fraction, ...], ...]] = field(default_factory=dict)
    functions: Mapping[str, tuple[str, Expression]] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    line: int = 0

    def __post_init__(self) -> None:
        _one_of("layer", self.layer, LAYERS)
        _one_of("function", self.function, ACTIVATIONS)
        _one_of("star", self.star, STARS)
        _one_of("mode", self.mode, MODES)
        _one_of("bias", self.bias, ("map", "position", "none"))
        _one_of("upsample", self.upsample, ("repeat", "divide", "route"))
        if self.base not in (None, 0, 1):
            raise SymgradError(f"indices count from 0 or from 1; got base={self.base!r}")
        for name, role in self.names.items():
            more = NORM_ROLES if self.layer in NORMS else ()
            _one_of(f"the role of {name}", role, (*ROLES, *more, *OTHER_ROLES))

    @property
    def kind(self) -> str | None:
        """The layer, where all activations are one kind and all losses another."""
        kinds = {"activation": ACTIVATIONS, "loss": LOSSES}
        return next((kind for kind, layers in kinds.items() if self.layer in layers), self.layer)

    @property
    def activation(self) -> str | None:
        """What σ is, if it is said."""
        return self.function or (self.layer if self.layer in ACTIVATIONS else None)

    def role(self, name: str) -> str | None:
        """What a name is: one of ROLES, or None."""
        if name in self.names:
            return None if self.names[name] == "size" else self.names[name]
        return next((role for role, names in ROLES.items() if name in names), None)

    def shape(self, role: str) -> tuple[int | str, ...] | None:
        """The extents that were said of what has that role."""
        for name, extents in self.shapes.items():
            if self.role(name) == role:
                return extents
        return None

    def with_value(self, role: str, rows: tuple[tuple[Fraction, ...], ...]) -> Setting:
        """The same where a tensor is known in numbers."""
        return replace(self, values={**self.values, role: rows})


def _one_of(what: str, value: object, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        other = ALSO_CALLED.get(str(value).lower().replace("-", "_").replace(" ", "_"))
        near = [other] if other in known else difflib.get_close_matches(str(value), known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SymgradError(f"{what} is {value!r}; expected {', '.join(known)}{hint}")


_SHAPE = re.compile(r"\s*([^\s=]+)\s*=\s*(\S.*)")
_EXTENT = re.compile(r"[1-9][0-9]{0,5}|[A-WYZa-wyz][A-Za-z0-9_]*", re.ASCII)


def read_shapes(text: str) -> dict[str, tuple[int | str, ...]]:
    """`a=3x3, W=2x2` as extents by name. Raises SymgradError for anything else."""
    found: dict[str, tuple[int | str, ...]] = {}
    for piece in filter(str.strip, text.split(",")):
        match = _SHAPE.fullmatch(piece)
        extents = [] if match is None else [extent.strip() for extent in re.split("[x×]", match.group(2))]
        if match is None or not all(map(_EXTENT.fullmatch, extents)):
            raise SymgradError(f"{piece.strip()!r} is no shape; expected such as a=3x3, sizes at least 1")
        found[match.group(1)] = tuple(int(e) if e.isdigit() else e for e in extents)
    return found
