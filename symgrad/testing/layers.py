"""What a forward may claim to be: symgrad's own layers, with the names that people give their options."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

import symgrad as sg
from symgrad.catalogue import nearest
from symgrad.concrete.evaluate import Evaluation
from symgrad.errors import ShapeError, UnknownRule
from symgrad.language.tensor import Tensor, Variable
from symgrad.testing.cases import Case
from symgrad.testing.ring import TracedRing
from symgrad.testing.traced_run import Run
from symgrad.trace.scalar import ONE_NODE, ZERO, Traced

# -- the layers -----------------------------------------------------------------------------------

ALIASES = {
    "stride": ("stride", "strides", "s"),
    "padding": ("pad", "padding", "p"),
    "dilation": ("dilation", "d"),
    "kernel": ("kernel_size", "pool_size", "kernel", "pool", "size", "k", "f", "ksize", "window"),
    "kernel_h": ("pool_height", "pool_h", "kernel_h", "kh"),
    "kernel_w": ("pool_width", "pool_w", "kernel_w", "kw"),
    "eps": ("eps", "epsilon"),
}
VALUES = {
    "stride": (1, 2, 3),
    "padding": (0, 1, 2),
    "dilation": (1, 2),
    "kernel": (1, 2, 3),
    "kernel_h": (1, 2, 3),
    "kernel_w": (1, 2, 3),
    "eps": (1e-5,),
}
"""What each option is tried at, the simplest first."""


@dataclass(frozen=True)
class Claim:
    """A layer that code may claim to be.

    make       the expression, from tensors and canonical options
    arguments  the axes of each argument, in the order of PyTorch
    out        the axes of the output
    options    which it has
    optional   arguments that a forward may not have
    labels     arguments that have no gradient; those with one axis are class numbers
    """

    make: Callable[[Mapping[str, Tensor], Mapping[str, Any]], Tensor]
    arguments: Mapping[str, str]
    out: str
    options: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    spatial: int = 0
    labels: tuple[str, ...] = ()


def _conv(dims: int, name: str) -> Claim:
    def make(t: Mapping[str, Tensor], o: Mapping[str, Any]) -> Tensor:
        rest = {key: o[key] for key in ("stride", "padding", "dilation") if key in o}
        made: Tensor = getattr(sg, name)(t["x"], t["w"], t.get("b"), **rest)
        return made

    size = "DHW"[3 - dims :]
    arguments = {"x": f"NC{size}", "w": f"OI{size}", "b": "O"}
    return Claim(make, arguments, f"NC{size}", ("stride", "padding", "dilation"), ("b",), dims)


def _conv_transpose(dims: int, name: str) -> Claim:
    def make(t: Mapping[str, Tensor], o: Mapping[str, Any]) -> Tensor:
        rest = {key: o[key] for key in ("stride", "padding", "dilation") if key in o}
        made: Tensor = getattr(sg, name)(t["x"], t["w"], t.get("b"), **rest)
        return made

    size = "DHW"[3 - dims :]
    arguments = {"x": f"NC{size}", "w": f"IO{size}", "b": "O"}
    return Claim(make, arguments, f"NC{size}", ("stride", "padding"), ("b",), dims)


def _pool(dims: int, name: str) -> Claim:
    def make(t: Mapping[str, Tensor], o: Mapping[str, Any]) -> Tensor:
        sides = (o.get("kernel_h", 2), o.get("kernel_w", 2))
        kernel = o.get("kernel", sides if dims == 2 else 2)
        rest = {key: o[key] for key in ("stride", "padding") if key in o}
        made: Tensor = getattr(sg, name)(t["x"], kernel, **rest)
        return made

    size = "DHW"[3 - dims :]
    options = ("kernel", "kernel_h", "kernel_w", "stride", "padding")
    return Claim(make, {"x": f"NC{size}"}, f"NC{size}", options, (), dims)


def _elementwise(name: str) -> Claim:
    def make(t: Mapping[str, Tensor], o: Mapping[str, Any]) -> Tensor:
        return sg.activation(t["x"], getattr(sg, name))

    return Claim(make, {"x": "NC"}, "NC")


def _of_rows(name: str) -> Claim:
    def make(t: Mapping[str, Tensor], o: Mapping[str, Any]) -> Tensor:
        made: Tensor = getattr(sg, name)(t["x"])
        return made

    return Claim(make, {"x": "NC"}, "NC")


def _norm(name: str, axes: str, parameters: str = "C") -> Claim:
    def make(t: Mapping[str, Tensor], o: Mapping[str, Any]) -> Tensor:
        x, gamma, beta, eps = t["x"], t.get("gamma"), t.get("beta"), Fraction(str(o.get("eps", 1e-5)))
        if name == "batch_norm":
            return sg.batch_norm(x, weight=gamma, bias=beta, training=True, eps=eps)
        return sg.layer_norm(x, x.shape[-1:], gamma, beta, eps)

    arguments = {"x": axes, "gamma": parameters, "beta": parameters}
    return Claim(make, arguments, axes, ("eps",), ("gamma", "beta"))


def _loss(name: str, labels: str) -> Claim:
    def make(t: Mapping[str, Tensor], o: Mapping[str, Any]) -> Tensor:
        made: Tensor = getattr(sg, name)(t["x"], t["y"])
        return made

    return Claim(make, {"x": "NC", "y": labels}, "", labels=("y",))


CLAIMS: dict[str, Claim] = {
    **{f"conv{d}d": _conv(d, f"conv{d}d") for d in (1, 2, 3)},
    **{f"conv_transpose{d}d": _conv_transpose(d, f"conv_transpose{d}d") for d in (1, 2, 3)},
    **{f"max_pool{d}d": _pool(d, f"max_pool{d}d") for d in (1, 2, 3)},
    **{f"avg_pool{d}d": _pool(d, f"avg_pool{d}d") for d in (1, 2, 3)},
    **{name: _elementwise(name) for name in ("sigmoid", "tanh", "exp", "softplus")},
    **{name: _of_rows(name) for name in ("relu", "leaky_relu", "relu6", "elu", "silu", "gelu")},
    **{name: _of_rows(name) for name in ("softmax", "log_softmax")},
    "batch_norm": _norm("batch_norm", "NC"),
    "batch_norm2d": _norm("batch_norm", "NCHW"),
    "layer_norm": _norm("layer_norm", "NC"),
    "linear": Claim(
        lambda t, o: sg.linear(t["x"], t["w"], t.get("b")), {"x": "NC", "w": "OI", "b": "O"}, "NC", (), ("b",)
    ),
    "global_avg_pool": Claim(lambda t, o: sg.global_avg_pool(t["x"]), {"x": "NCHW"}, "NC"),
    "half_squared_error": _loss("half_squared_error", "NC"),
    "mse_loss": _loss("mse_loss", "NC"),
    "cross_entropy": _loss("cross_entropy", "N"),
}
"""Layers by name."""


def claim(name: str) -> Claim:
    """The layer of that name. Raises UnknownRule, with the nearest names."""
    if name not in CLAIMS:
        raise UnknownRule(f"there is no layer {name!r} to check{nearest(name, list(CLAIMS))}")
    return CLAIMS[name]


# -- a layer as some code has it ------------------------------------------------------------------


@dataclass(frozen=True)
class Layer:
    """A claim with the layouts, the arguments and the option names of some code."""

    claim: Claim
    axes: Mapping[str, str]
    out: str
    roles: Mapping[str, str]

    def options(self, case: Case) -> dict[str, Any]:
        """The options by their canonical names."""
        return {self.roles[name]: value for name, value in case.options.items() if name in self.roles}

    def fits(self, case: Case) -> bool:
        """Whether the layer has a meaning there: sizes that are one are equal, every window has a place."""
        options, dims = self.options(case), self.claim.spatial
        shapes = dict(case.shapes())
        sizes: dict[str, int] = {}
        for name, axes in self.axes.items():
            if len(shapes[name]) != len(axes):
                return False
            named = zip(_named(name, axes), shapes[name], strict=True)
            if any(sizes.setdefault(axis, extent) != extent for axis, extent in named):
                return False
        for axis in range(dims):
            letter = "DHW"[3 - dims + axis]
            size = shapes["x"][self.axes["x"].index(letter)]
            if "w" in self.axes:
                kernel = shapes["w"][self.axes["w"].index(letter)]
            else:
                side = "kernel_w" if axis == dims - 1 else "kernel_h"
                kernel = _one(options.get("kernel", options.get(side, 2)), axis)
                if 2 * _one(options.get("padding", 0), axis) > kernel:
                    return False
            padding, step = _one(options.get("padding", 0), axis), _one(options.get("stride", 1), axis)
            reach = _one(options.get("dilation", 1), axis) * (kernel - 1)
            if self.claim.arguments.get("w", "").startswith("IO"):
                if (size - 1) * step - 2 * padding + reach + 1 < 1:
                    return False
            elif size + 2 * padding - reach < 1:
                return False
        return True

    def output(self, result: Run) -> tuple[tuple[int, ...], list[Traced]]:
        """The output of symgrad's layer on the entries of a run, in the layout of the code."""
        entries = {name: self._entries(name, result) for name in self.axes}
        tensors = {name: sg.tensor(name, *array.shape) for name, array in entries.items()}
        made = self.claim.make(tensors, self.options(result.case))

        def inputs(variable: Variable, place: tuple[int, ...]) -> Traced:
            node: Traced = entries[variable.name][place]
            return node

        evaluation = Evaluation({}, inputs, TracedRing())
        shape = evaluation.shape(made)
        values = np.empty(shape, dtype=object)
        for place in evaluation.places(made):
            values[place] = evaluation.entry(made, place)
        values = values.transpose([self.claim.out.index(letter) for letter in self.out])
        return values.shape, list(values.reshape(-1))

    def _entries(self, name: str, result: Run) -> Any:
        """The entries of an argument in canonical order; of class numbers, 1 at the class and 0 elsewhere."""
        if name not in result.originals:
            classes = result.arrays["x"].shape[self.axes["x"].index("C")]
            of_class = np.array([ZERO, ONE_NODE], dtype=object)
            return of_class[np.eye(classes, dtype=int)[result.arrays[name]]]
        originals = np.empty(len(result.originals[name]), dtype=object)
        originals[:] = result.originals[name]
        axes = self.axes[name]
        order = [axes.index(letter) for letter in self.claim.arguments[name]]
        return originals.reshape(result.arrays[name].shape).transpose(order)

    @property
    def wrt(self) -> tuple[str, ...]:
        """The arguments that have a gradient."""
        return tuple(name for name in self.axes if name not in self.claim.labels)

    def shapes(self) -> dict[str, Any]:
        """The arguments with their sizes named, those of a kernel apart from those of the input."""
        return {
            name: _classes if name in self.claim.labels and axes == "N" else _named(name, axes)
            for name, axes in self.axes.items()
        }


def _named(argument: str, axes: str) -> tuple[str, ...]:
    kernel = {"D": "J", "H": "K", "W": "L", "O": "M", "I": "C"} if argument in ("w", "b") else {}
    return tuple(kernel.get(axis, axis) for axis in axes)


def _classes(sizes: Mapping[str, int]) -> Any:
    """A class number for each sample."""
    return np.arange(sizes["N"]) % sizes["C"]


def layer_of(
    name: str, layout: str, kernel_layout: str, given: Sequence[str] | None, options: Sequence[str]
) -> Layer:
    """A layer as code has it: which arguments it takes, in which layout, under which names of options.

    Raises UnknownRule for an unknown layer and ShapeError for a layout that does not fit it.
    """
    known = claim(name)
    taken = list(known.arguments) if given is None else list(given)
    axes = {}
    for argument in taken:
        canonical = known.arguments[argument]
        axes[argument] = _arranged(kernel_layout if argument == "w" else layout, canonical)
    roles = {option: role for option in options for role in [role_of(option)] if role in known.options}
    return Layer(known, axes, _arranged(layout, known.out), roles)


def _arranged(layout: str, canonical: str) -> str:
    """The canonical axes in the order of a layout."""
    if len(canonical) < 2:
        return canonical
    found = "".join(letter for letter in layout if letter in canonical)
    if sorted(found) != sorted(canonical):
        missing = [letter for letter in canonical if letter not in found]
        if missing != ["D"]:
            raise ShapeError(f"the layout {layout!r} does not say where {', '.join(missing)} is")
        place = found.index("H")
        found = found[:place] + "D" + found[place:]
    return found


@functools.cache
def role_of(option: str) -> str:
    """What an option of that name means: `pad` is a padding. The name itself if it is not known."""
    lower = option.lower()
    return next((role for role, names in ALIASES.items() if lower in names), option)


def guessed_options(name: str, code: Any) -> Mapping[str, Sequence[Any]]:
    """The options that a function or class has parameters for, each with the values to try.

    A parameter such as `conv_param` is taken to be CS231n's dictionary.
    """
    known = claim(name)
    try:
        parameters = list(inspect.signature(code).parameters)
    except (TypeError, ValueError):
        return {}
    found = {
        p: VALUES[role_of(p)] for p in parameters if role_of(p) in known.options and p not in known.arguments
    }
    if not found and any(p.endswith(("param", "params")) for p in parameters):
        if "kernel" in known.options:
            return {"pool_height": (1, 2, 3), "pool_width": (1, 2, 3), "stride": (1, 2, 3)}
        return {"stride": VALUES["stride"], "pad": VALUES["padding"]}
    return found


def _one(value: Any, axis: int) -> int:
    return int(value[axis]) if isinstance(value, (tuple, list)) else int(value)
