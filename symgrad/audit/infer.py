"""What a pair is, as far as its names tell: its calling convention, and shapes its arguments may have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from symgrad.audit import losses
from symgrad.audit.find import Pair
from symgrad.audit.losses import Reading, is_loss, readings
from symgrad.testing.names import (
    ALIKE,
    BIAS,
    FEATURES,
    FLAGS,
    INPUT,
    INTO,
    OUT_OF,
    OUTPUT,
    PER_FEATURE,
    RATE,
    SIDE,
    WEIGHT,
    gradient_of,
)

KINDS = (
    ("conv", r"conv(?!ert)"),
    ("pool", r"pool"),
    ("linear", r"affine|linear|dense|fully|fc\b|fc_|matmul|dot"),
    ("norm", r"norm|batchnorm|bn\b"),
    (
        "elementwise",
        r"relu|sigmoid|tanh|elu|gelu|swish|soft|square|activ|sin|exp|log|abs|clip",
    ),
)
"""What a layer is, by its name."""
NUMBERS = {
    "stride": (1, 2),
    "strides": (1, 2),
    "s": (1, 2),
    "pad": (0, 1),
    "padding": (0, 1),
    "p": (0, 1),
    "pool_height": (2, 2),
    "pool_width": (2, 2),
    "pool_size": (2, 2),
    "kernel_size": (2, 2),
    "size": (2, 2),
    "f": (2, 2),
    "HH": (2, 2),
    "WW": (2, 2),
    "pool_h": (2, 2),
    "pool_w": (2, 2),
    "dilation": (1, 1),
    "groups": (1, 1),
    "alpha": (1, 2),
    "eps": (1e-5, 1e-5),
    "epsilon": (1e-5, 1e-5),
}
"""Options by name, with two values to try; the same place belongs together."""
SPATIAL = {"p", "s", "f", "size"}
"""Those that are a padding, a stride or a side where there are windows, and elsewhere anything."""
ENTRIES = NUMBERS | {"momentum": (0.9, 0.9), "mode": ("train", "train")}
"""Those that may stand in a dictionary of options."""


@dataclass(frozen=True)
class Call:
    """One way to call a pair: shapes of arrays by name, or arrays that are handed over, and options."""

    shapes: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Meaning:
    """What a pair is taken for. `calls` are alternatives to be tried, each a list of shapes to check at.

    `plain` are those with every option at its simplest alone, should none of the others run.
    `unknown` names what could not be inferred. Of a loss, `readings` are what its arguments may be, instead.
    """

    convention: str
    calls: tuple[tuple[Call, ...], ...] = ()
    parameters: tuple[str, ...] = ()
    gradients: Mapping[str, str] = field(default_factory=dict)
    plain: tuple[tuple[Call, ...], ...] = ()
    unknown: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()


def infer(pair: Pair, layer: str | None = None, layout: str = "NCHW") -> Meaning:
    """What a pair is, by its names, and by the layer and layout that the user said it is."""
    if is_loss(pair):
        return Meaning(losses.convention(pair), readings=tuple(readings(pair)))
    kind = _kind(layer or pair.name)
    arrays: list[str] = []
    options: dict[str, tuple[Any, Any]] = {}
    features: list[str] = []
    unknown: list[str] = []
    held: list[str] = []
    for name, has_default in _asked(pair):
        if pair.kind == "derivative" and has_default:
            continue
        own = pair.kind == "class" and name not in pair.parameters
        flag = name.lower() in FLAGS and pair.kind == "class"
        if own and (name in INTO or (kind == "norm" and name in FEATURES)):
            features.append(name)
        elif own and name in OUT_OF:
            options[name] = (1, 2)
        elif own and name in RATE - {"alpha"}:
            options[name] = (1, 1)
        elif own and kind == "conv" and name in SIDE:
            options[name] = (2, 2)
        elif name in SPATIAL and kind not in ("conv", "pool"):
            unknown += [] if has_default else [name]
        elif name in NUMBERS and not (name in WEIGHT and pair.kind == "functions"):
            options[name] = NUMBERS[name]
        elif name in INPUT | WEIGHT | BIAS | PER_FEATURE | ALIKE and not (own and has_default):
            arrays.append(name)
            if own:
                held.append(name)
        elif name in pair.keys and all(key in ENTRIES for key in pair.keys[name] if key in pair.needed):
            options.update({key: ENTRIES[key] for key in pair.keys[name] if key in ENTRIES})
        elif not has_default and not flag:
            unknown.append(name)
    first = next((name for name in pair.parameters if name not in arrays), None)
    if not set(arrays) & (INPUT | ALIKE) and first in unknown:  # whatever its name, the first is the input
        unknown.remove(first)
        arrays.insert(0, first)
    alternatives = _shapes(kind, arrays, layout)
    calls = _calls(alternatives, options, features)
    simplest = {n: (v[0], v[0]) if n in ENTRIES else v for n, v in options.items()}
    plain = () if simplest == options else _calls(alternatives, simplest, features)
    left = _gradients(held, pair.left)
    if pair.kind == "class":
        handed = [name for name in pair.back_parameters if name.lower() not in RATE]
        if len(handed) != 1:
            unknown.append(f"each argument of {pair.methods[1]}")
        unknown += [f"the gradient of {name}" for name in held if name not in left]
    return Meaning(_convention(pair), calls, tuple(held), left, plain, tuple(unknown))


def _calls(
    alternatives: Sequence[tuple[Two, tuple[int, int]]],
    options: Mapping[str, tuple[Any, Any]],
    features: Sequence[str],
) -> tuple[tuple[Call, ...], ...]:
    """Each alternative as two calls; of what is called the features there are as many as come in."""
    return tuple(
        tuple(
            Call(shapes, {name: values[number] for name, values in given.items()})
            for number, shapes in enumerate(both)
        )
        for both, into in alternatives
        for given in [{**options, **dict.fromkeys(features, into)}]
    )


def _gradients(held: Sequence[str], left: Sequence[str]) -> dict[str, str]:
    """Where gradients of parameters are left: in `dw`, `grad_w`, `w_gradient`, or a list in their order."""
    listed = next((name.removesuffix("[]") for name in left if name.endswith("[]")), None)
    found = {}
    for place, name in enumerate(held):
        own = next(filter(gradient_of(name).fullmatch, left), None)
        if own is not None or listed is not None:
            found[name] = own or f"{listed}.{place}"
    return found


def _asked(pair: Pair) -> list[tuple[str, bool]]:
    forward = [(name, name in pair.defaults) for name in pair.parameters]
    return ([] if pair.kind == "functions" else list(pair.made_of)) + forward


def _convention(pair: Pair) -> str:
    if pair.kind == "derivative":
        return pair.kind
    if pair.kind != "functions":
        return {"class": "attributes", "context": "context", "autograd": "torch"}[pair.kind]
    named = r"deriv|prime" if pair.back_parameters[:1] != pair.parameters[:1] else r"deriv|prime|grad"
    if re.search(named, pair.backward) and len(pair.back_parameters) == 1:
        return "derivative at the output" if pair.back_parameters[0] in OUTPUT else "derivative"
    # a cache is handed from a forward that returns two values to a backward that takes two
    taken = len(pair.back_parameters)
    return "cs231n" if pair.returns == 2 and taken == 2 else "pair"


def _kind(name: str) -> str:
    for kind, pattern in KINDS:
        if re.search(pattern, name, re.IGNORECASE):
            return kind
    return ""


Row: TypeAlias = dict[str, list[tuple[int, ...]]]
Two: TypeAlias = tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]


def _shapes(kind: str, arrays: Sequence[str], layout: str) -> list[tuple[Two, tuple[int, int]]]:
    """Alternatives of shapes, the likeliest first, each at two sizes; and how many features come in there."""
    images: Row = {"x": [(1, 1, 4, 4), (2, 3, 5, 5)], "w": [(1, 1, 2, 2), (2, 3, 3, 3)], "b": [(1,), (2,)]}
    last: Row = images | {"x": [(1, 4, 4, 1), (2, 5, 5, 3)], "w": [(2, 2, 1, 1), (3, 3, 3, 2)]}
    even: Row = images | {"x": [(1, 1, 4, 4), (2, 3, 6, 6)]}
    into_maps: Row = images | {"w": [(1, 1, 2, 2), (3, 2, 3, 3)]}  # as of a transposed convolution
    column: Row = images | {"b": [(1, 1), (2, 1)]}
    series: Row = images | {"x": [(1, 1, 4), (2, 3, 5)], "w": [(1, 1, 2), (2, 3, 3)]}
    many: Row = images | {"x": [(1, 4, 4), (3, 5, 5)]}
    untied: Row = many | {"b": [(1, 3, 3), (2, 3, 3)]}
    single: Row = {"x": [(3, 3), (5, 4)], "w": [(2, 2), (3, 2)], "b": [(), ()]}
    plain: Row = {"x": [(1, 1), (3, 4)], "w": [(1, 1), (4, 2)], "b": [(1,), (4,)]}
    into: Row = plain | {"b": [(1,), (2,)]}
    outof: Row = into | {"w": [(1, 1), (2, 4)]}
    flat: Row = into | {"b": [(1, 1), (1, 2)]}
    columns: Row = {"x": [(1, 1), (4, 3)], "w": [(1, 1), (2, 4)], "b": [(1, 1), (2, 1)]}
    one: Row = columns | {"x": [(1, 1), (4, 1)]}
    pointwise: Row = images | {"w": [(1, 1), (2, 3)]}  # a kernel of 1×1 without its two axes
    lines: Row = {"x": [(1, 4), (2, 5)], "w": [(2,), (3,)], "b": [(), ()]}
    square: Row = {name: [(1, 1), (3, 3)] for name in ("x", "w", "b")}
    dense = [into, outof, flat, columns, one, plain, square]
    wide: Row = last | {"b": [(1, 1, 1, 1), (1, 1, 1, 2)]}
    maps = [images, even, last, wide, into_maps, series, many, untied, column, single, pointwise, lines]
    maps = [last, *maps] if layout == "NHWC" else maps
    few: Row = images | {"x": [(1, 1, 2, 2), (2, 3, 2, 2)]}
    few_last: Row = images | {"x": [(1, 2, 2, 1), (2, 2, 2, 3)]}
    small = [few_last, few] if layout == "NHWC" else [few, few_last]
    made: list[tuple[Two, tuple[int, int]]] = []
    for row in maps + dense if kind in ("conv", "pool") else dense + small + maps:
        first, second = ({name: _one(name, row, number) for name in arrays} for number in (0, 1))
        axis = -1 if row in (last, wide, few_last) or len(row["x"][0]) == 2 else 1
        axis = 0 if row in (columns, one) else axis
        alternative = ((first, second), (row["x"][0][axis], row["x"][1][axis]))
        if alternative not in made:
            made.append(alternative)
    return made


def _one(name: str, row: Row, number: int) -> tuple[int, ...]:
    if name in PER_FEATURE:
        return (row["x"][number][-1],)
    if name in BIAS:
        return row["b"][number]
    return row["w" if name in WEIGHT else "x"][number]
