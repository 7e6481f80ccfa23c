"""The tensors that a formula's names stand for, in one way of reading it: a layer, with or without maps."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from symgrad.errors import SymgradError
from symgrad.formula.activations import Activation
from symgrad.formula.lift import accesses_replaced
from symgrad.formula.norms import normalization
from symgrad.formula.regression import regression
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Expression, Matrix, Negative, Number
from symgrad.formula.things import Thing, Wanted, World
from symgrad.language.algebra import hadamard, matmul, transpose
from symgrad.language.build import build
from symgrad.language.functions import log, sigmoid
from symgrad.language.hypothesis import SumsToOne, sums_to_one
from symgrad.language.index import Index, equals, size
from symgrad.language.maps import correlate, pad
from symgrad.language.scalar import Access, Constant, Indicator, Scalar, add, multiply, substitute
from symgrad.language.tensor import Comprehension, Tensor, tensor
from symgrad.layers.conv import conv1d, conv2d
from symgrad.layers.cross_entropy import cross_entropy, nll_loss
from symgrad.layers.cross_entropy_binary import binary_cross_entropy, binary_cross_entropy_with_logits
from symgrad.layers.loss import half_squared_error, mse_loss
from symgrad.layers.pool import avg_pool2d, max_pool2d
from symgrad.layers.softmax import softmax


def world(setting: Setting, layer: str, wanted: Wanted) -> World:
    """The tensors of a layer. Raises SymgradError where the shapes said do not make one."""
    found = _layer(setting, layer, wanted)
    found = replace(found, activation=Activation(wanted.function), called=wanted.called)
    for role, rows in setting.values.items():
        known = found.things.get(role)
        if known is not None and [e.constant for e in known.tensor.extents] == [len(rows), len(rows[0])]:
            found.things[role] = Thing(numbers(rows), known.maps)
    return found


def _layer(setting: Setting, layer: str, wanted: Wanted) -> World:
    match layer:
        case "conv1d" | "conv2d":
            return _convolution(setting, layer, wanted)
        case "avg_pool2d" | "max_pool2d":
            return _pooling(setting, layer, wanted)
        case "linear":
            return _dense(setting, wanted)
        case "loss":
            return _loss(setting, wanted)
        case "softmax":
            return _softmax(setting, wanted)
        case "dropout":
            return _dropout(wanted)
        case "layer_norm" | "batch_norm":
            return normalization(layer, wanted.variance, wanted.rows == "entries")
    return _activation(setting, wanted)


def numbers(rows: Sequence[Sequence[Fraction]]) -> Tensor:
    """A matrix of numbers as a tensor."""

    def body(y: Index, x: Index) -> Scalar:
        cells = ((i, j, value) for i, row in enumerate(rows) for j, value in enumerate(row))
        return add(
            *(multiply(Indicator((equals(y, i), equals(x, j))), Constant(v)) for i, j, v in cells if v)
        )

    return build((len(rows), len(rows[0])), body, ("y", "x"))


def with_maxima_at(here: World, gradient: Expression) -> World:
    """Maximum pooling whose maxima lie where a matrix of numbers has its greatest entries.

    Raises SymgradError if it is no matrix of numbers of the shape of the input.
    """
    a, z = here.things["a"].tensor, here.things["z"].tensor
    rows = matrix_of_numbers(gradient)
    shape = [extent.constant for extent in a.extents]
    if rows is None or shape != [len(rows), len(rows[0])]:
        found = "no matrix of numbers" if rows is None else f"{len(rows)}×{len(rows[0])}"
        raise SymgradError(f"the input is {'×'.join(map(str, a.extents))}, the right side {found}")
    k, ell = (int(extent.constant or 1) for extent in here.window)
    places = {}
    for y, x in itertools.product(*(range(int(e.constant or 1)) for e in z.extents)):
        window = itertools.product(range(k * y, k * y + k), range(ell * x, ell * x + ell))
        places[y, x] = max(window, key=lambda at: abs(rows[at[0]][at[1]]))

    def body(y: Index, x: Index) -> Scalar:
        return add(
            *(
                multiply(Indicator((equals(y, i), equals(x, j))), Access(a, (Index.of(p), Index.of(q))))
                for (i, j), (p, q) in places.items()
            )
        )

    said = ", ".join(f"a_{{{p + 1}{q + 1}}}" for p, q in places.values())
    chosen = build(z.axes, body, ("y", "x"))
    return replace(here, things={**here.things, "z": Thing(chosen)}, said=(f"the maxima are {said}",))


def matrix_of_numbers(node: Expression) -> tuple[tuple[Fraction, ...], ...] | None:
    """The rows of a matrix literal that has numbers only; None for anything else."""
    if not isinstance(node, Matrix):
        return None
    rows = []
    for row in node.rows:
        values = []
        for item in row:
            negative = isinstance(item, Negative)
            inner = item.body if isinstance(item, Negative) else item
            if not isinstance(inner, Number):
                return None
            values.append(-inner.value if negative else inner.value)
        rows.append(tuple(values))
    return tuple(rows) if len({len(row) for row in rows}) == 1 else None


def _extents(setting: Setting, role: str, names: Sequence[str]) -> tuple[Index, ...]:
    """The extents of a tensor: those said, or symbols of these names."""
    said = setting.shape(role)
    if said is None:
        return tuple(map(size, names))
    offset = len(names) - len(said)
    found = []
    for place, fallback in enumerate(names):
        extent = said[place - offset] if place >= offset else None
        if extent is None:  # a shape such as 3x3 speaks of one map
            found.append(Index.of(1) if role != "n" else size(fallback))
        else:
            found.append(size(extent) if isinstance(extent, str) else Index.of(extent))
    return tuple(found)


def _number(value: int | str, minimum: int) -> Index:
    return Index.of(value) if isinstance(value, int) else size(value, minimum)


def _input(wanted: Wanted, axes: Sequence[Index]) -> tuple[dict[str, Thing], Tensor, tuple[str, ...]]:
    """The input, or with an activation below what that is taken of."""
    maps = (("n",) if wanted.batch else ()) + (("in",) if wanted.maps else ())
    if not wanted.below:
        a = tensor("a", *axes)
        return {"a": Thing(a, maps)}, a, maps
    lower = tensor("z_below", *axes)
    a_below = Activation(wanted.function).of(lower)
    return {"a": Thing(a_below, maps), "lower": Thing(lower, maps)}, a_below, maps


def _convolution(setting: Setting, layer: str, wanted: Wanted) -> World:
    dims = 1 if layer == "conv1d" else 2
    spatial, kernel = ("H", "W")[:dims], ((wanted.square,) * dims if wanted.square else ("K", "L")[:dims])
    lead = (("N",) if wanted.batch else ()) + (("C",) if wanted.maps else ())
    axes = _extents(setting, "a", (*lead, *spatial))
    things, a, _ = _input(wanted, axes)
    stride, padding = _number(setting.stride, 1), _number(setting.padding, 0)
    if wanted.maps:
        out = _extents(setting, "W", ("M", "C", *kernel))
        weight = tensor("W", out[0], axes[-dims - 1], *out[2:])
        forward = (conv1d if dims == 1 else conv2d)(a, weight, None, stride, padding)
        things["W"] = Thing(weight, ("out", "in"))
        window: tuple[Any, ...] = out[2:]
    else:
        window = _extents(setting, "W", kernel)
        weight = tensor("W", *window)
        things["W"] = Thing(weight)
        source = pad(a, [(padding, padding)] * dims) if padding != 0 else a
        forward = correlate(source, weight, "valid", stride)
    z: Tensor = forward
    lead_axes = forward.axes[: len(forward.axes) - dims]
    bias_axes = [*(lead_axes[-1:] if wanted.maps else ())]
    if wanted.bias == "position":
        bias_axes += forward.axes[len(forward.axes) - dims :]
    bias = tensor("b", *(axis[0] for axis in bias_axes))
    if wanted.bias != "none":
        things["b"] = Thing(bias, ("out",) if wanted.maps else ())
    first = len(lead_axes) - (1 if wanted.maps else 0)
    count = len(bias_axes)
    if wanted.bias != "none":
        z = build(
            forward.axes,
            lambda *i: Access(forward, i) + Access(bias, tuple(i[first : first + count])),
            [symbol.name for symbol in forward.indices],
        )
    out_maps = (("n",) if wanted.batch else ()) + (("out",) if wanted.maps else ())
    things |= {
        "z": Thing(z, out_maps),
        "δ": Thing(tensor("δ", *(axis[0] for axis in z.axes)), out_maps),
    }
    return World(layer, "maps", things, window, (padding,) * dims, (stride,) * dims)


def _pooling(setting: Setting, layer: str, wanted: Wanted) -> World:
    said = setting.shape("W") or setting.shapes.get("window")
    names = (wanted.square,) * 2 if wanted.square else ("k_h", "k_w")
    k, ell = (
        tuple(map(size, names))
        if said is None
        else tuple(size(e) if isinstance(e, str) else Index.of(e) for e in said)[-2:]
    )
    lead = (("N",) if wanted.batch else ()) + (("C",) if wanted.maps else ())
    delta = setting.shape("δ") or setting.shape("z")
    if setting.shape("a") is not None:
        axes = _extents(setting, "a", (*lead, "H", "W"))
    else:
        across = (
            (size("Y"), size("X"))
            if delta is None
            else tuple(size(e) if isinstance(e, str) else Index.of(e) for e in delta[-2:])
        )
        axes = (*map(size, lead), k * across[0], ell * across[1])
    things, a, maps = _input(wanted, axes)
    pool = avg_pool2d if layer == "avg_pool2d" else max_pool2d
    if wanted.maps:
        z: Tensor = pool(a, (k, ell))
    else:  # the layer wants a channel axis: one of extent 1, taken off again
        one = build((1, *a.axes), lambda c, y, x: Access(a, (y, x)), ("c", "y", "x"))
        whole = pool(one, (k, ell))
        z = build(whole.axes[1:], lambda y, x: _read_through(whole, one, a, y, x), ("y", "x"))
    things |= {"z": Thing(z, maps), "δ": Thing(tensor("δ", *(axis[0] for axis in z.axes)), maps)}
    return World(layer, "maps", things, (k, ell), stride=(k, ell))


def _read_through(whole: Tensor, one: Tensor, a: Tensor, y: Index, x: Index) -> Scalar:
    """The entry of a pooling of one channel, reading the map itself: a maximum stays one."""
    assert isinstance(whole, Comprehension)
    at = dict(zip(whole.indices, (Index.of(0), y, x), strict=True))
    return accesses_replaced(
        substitute(whole.body, at), lambda read: Access(a, read.at[1:]) if read.tensor is one else read
    )


_COLUMNS = ("", "columns", "turned")
"""Where what goes in is a matrix of columns: one, or one for each sample."""


def _dense(setting: Setting, wanted: Wanted) -> World:
    """Columns W a + b (or Wᵀ a + b), rows a W + b (or a Wᵀ + b), or plain vectors for index notation."""
    if wanted.rows in ("numbers", "samples"):
        return _numbers(wanted) if wanted.rows == "numbers" else _columns(wanted)
    out_first = wanted.rows in ("", "columns", "oi", "vector")
    first, second = _extents(setting, "W", ("O", "I") if out_first else ("I", "O"))
    O, I = (first, second) if out_first else (second, first)
    said = setting.shape("a")
    if said is not None:
        (own,) = (
            _extents(setting, "a", ("I",))
            if wanted.rows not in _COLUMNS or len(said) == 1
            else _extents(setting, "a", ("I", "B"))[:1]
        )
        if setting.shape("W") is None:
            I = own
        elif own != I:
            raise SymgradError(f"a has {own} entries, of which W takes {I}")
    below = Wanted(below=wanted.below, function=wanted.function)
    if wanted.rows in ("io", "oi", "row"):
        (N,) = _extents(setting, "n", (wanted.samples or "N",)) if wanted.rows != "row" else (Index.of(1),)
        things, a, _ = _input(below, (N, I))
    else:
        count = size(wanted.samples or "B") if wanted.rows in ("columns", "turned") else Index.of(1)
        things, a, _ = _input(below, (I, count) if wanted.rows in _COLUMNS else (I,))
    weight = tensor("W", O, I) if out_first else tensor("W", I, O)
    bias = tensor("b", O, 1) if wanted.rows in _COLUMNS else tensor("b", O)
    product = {
        "io": lambda: matmul(a, weight),
        "row": lambda: matmul(a, weight),
        "oi": lambda: matmul(a, transpose(weight)),
        "turned": lambda: matmul(transpose(weight), a),
        "vector": lambda: matmul(weight, a),
        "vector_io": lambda: matmul(a, weight),
    }.get(wanted.rows, lambda: matmul(weight, a))()
    z = product if wanted.bias == "none" else product + bias
    delta = tensor("δ", *(axis[0] for axis in z.axes))
    things |= {"W": Thing(weight), "z": Thing(z), "δ": Thing(delta)}
    if wanted.bias != "none":
        things["b"] = Thing(bias)
    kind = "vector" if wanted.rows.startswith("vector") else "matrix"
    samples = size(wanted.samples or "N") if wanted.mean else None
    return World("linear", kind, things, samples=samples, every=wanted.every)


def _columns(wanted: Wanted) -> World:
    """A column for each sample, which has a letter."""
    N, O, I = size(wanted.samples or "N"), size("O"), size("I")
    weight, bias = tensor("W", O, I), tensor("b", O, 1)
    one = Wanted(batch=True, below=wanted.below, function=wanted.function)
    things, a, maps = _input(one, (N, I, Index.of(1)))
    z = matmul(weight, a) + bias
    things |= {
        "W": Thing(weight),
        "b": Thing(bias),
        "z": Thing(z, maps),
        "δ": Thing(tensor("δ", N, O, 1), maps),
    }
    return World("linear", "matrix", things, samples=N if wanted.mean else None, every=wanted.every)


def _numbers(wanted: Wanted) -> World:
    """One number a sample, so that nothing has an index but the sample's."""
    N = size(wanted.samples or "N")
    a, weight, bias = tensor("a", N), tensor("W"), tensor("b")
    z = a * weight + bias
    things = {"a": a, "W": weight, "b": bias, "z": z, "δ": tensor("δ", N)}
    made = {role: Thing(one) for role, one in things.items()}
    return World("linear", "vector", made, samples=N if wanted.mean else None, every=wanted.every)


def _loss(setting: Setting, wanted: Wanted) -> World:
    """The output layer with its J, over all samples."""
    if wanted.rows:
        return regression(wanted)
    (O,) = _extents(setting, "a", ("O",))[-1:]
    axes = (O,) if wanted.samples is None else (size(wanted.samples), O)
    things, a, maps = _input(replace(wanted, maps=False, batch=wanted.batch), axes)
    y = tensor("y", *axes)
    things["y"] = Thing(y, maps)
    hidden: tuple[str, ...] = ()
    assuming: tuple[SumsToOne, ...] = ()
    match wanted.loss:
        case "identity":
            things["lower"] = things["a"]
            loss = half_squared_error(a, y)
        case "mse":
            loss = mse_loss(a, y, reduction="sum")
        case "softmax" | "sigmoid":
            z = tensor("z_below", *axes)
            output = softmax(z) if wanted.loss == "softmax" else sigmoid(z)
            of_logits = cross_entropy if wanted.loss == "softmax" else binary_cross_entropy_with_logits
            loss = of_logits(z, y, reduction="sum")
            things |= {"lower": Thing(z, maps), "a": Thing(output, maps)}
            hidden, assuming = ("a",), (sums_to_one(y),) if wanted.loss == "softmax" else ()
        case "cross_entropy":
            loss = nll_loss(log(a), y, reduction="sum")
        case "binary_cross_entropy":
            loss = binary_cross_entropy(a, y, reduction="sum")
        case _:
            loss = half_squared_error(a, y)
    things["J"] = Thing(loss / axes[0] if wanted.mean else loss)
    return World("loss", "maps", things, assuming=assuming, hidden=hidden)


def _softmax(setting: Setting, wanted: Wanted) -> World:
    """a = softmax(z), of one sample; a column where it is multiplied by matrices."""
    is_column = wanted.rows == "column"
    z = tensor("z_below", *_extents(setting, "z", ("O",))[-1:], *((1,) if is_column else ()))
    a = softmax(z, 0)
    things = {"lower": Thing(z), "a": Thing(a), "z": Thing(a), "δ": Thing(tensor("δ", *a.extents))}
    return World("softmax", "matrix" if is_column else "maps", things)


def _dropout(wanted: Wanted) -> World:
    """The input where a mask keeps it, divided by how probable that is if the formula names it."""
    axes = size("H"), size("W")
    a, mask, p, q = tensor("a", *axes), tensor("mask", *axes), tensor("p"), tensor("q")
    masked = hadamard(a, mask)
    z = {"p": masked / (1 - p), "q": masked / q}.get(wanted.scaled, masked)
    named = {"a": a, "mask": mask, "p": p, "q": q, "z": z, "δ": tensor("δ", *axes)}
    return World("dropout", "maps", {role: Thing(one) for role, one in named.items()})


def _activation(setting: Setting, wanted: Wanted) -> World:
    if wanted.rows == "column":
        z = tensor("z_below", *_extents(setting, "z", ("O",))[-1:], 1)
        a = Activation(wanted.function).of(z)
        things = {"lower": Thing(z), "a": Thing(a), "z": Thing(a), "δ": Thing(tensor("δ", *a.extents))}
        return World("activation", "matrix", things)
    said = setting.shape("z") or setting.shape("a")
    axes = _extents(setting, "z" if setting.shape("z") else "a", ("H", "W")[-len(said or (0, 0)) :])
    lead = (size("C"),) if wanted.maps else ()
    z = tensor("z_below", *lead, *axes)
    maps = ("in",) if wanted.maps else ()
    a = Activation(wanted.function).of(z)
    delta = tensor("δ", *(axis[0] for axis in a.axes))
    things = {"lower": Thing(z, maps), "a": Thing(a, maps), "z": Thing(a, maps), "δ": Thing(delta, maps)}
    return World("activation", "maps", things)
