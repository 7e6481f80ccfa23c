"""Are a forward and its backward those of a layer? Every entry, in extended precision."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias, Union

import mpmath
import numpy as np

from symgrad.blackbox.conduct import Conduct, Misconduct, shapes_of
from symgrad.blackbox.function import Function, Shape
from symgrad.blackbox.points import Generator
from symgrad.blackbox.reverse import Step, Tape
from symgrad.blackbox.rounding import DIGITS, KNOWN, Derivatives, Rounded, Roundings
from symgrad.blackbox.trials import Draw, Several, refusals, trials
from symgrad.concrete.evaluate import Evaluation, Place
from symgrad.errors import ShapeError, SymgradError
from symgrad.language.tensor import Tensor, Variable, tensor
from symgrad.testing.result import CheckReport, Finding

Layer: TypeAlias = Union[str, Callable[..., Tensor]]
SLACK = 8
"""Another right way to compute the same may take so many times as many roundings."""


def check_against(
    layer: Layer | Function,
    function: Function | Layer,
    arguments: Several = None,
    *,
    options: Mapping[str, Any] | None = None,
    functions: Mapping[str, Derivatives] | None = None,
    seed: int = 0,
    near: int = 0,
    given: Mapping[str, Draw] | None = None,
    name: str | None = None,
) -> CheckReport:
    r"""Whether a forward and its backward are those of a layer of symgrad, entry by entry.

    The layer's definition and its derived gradient are evaluated in extended precision at the very numbers
    that the function is given. What is compared has to agree to within a bound on the rounding of the
    function's own arithmetic, \(8\gamma_k m\); for polynomials of small whole numbers it is 0.

    layer      a layer by name, such as "conv2d", or a function that takes tensors of the language, in the
               order of the arguments, and the options by name, to a tensor
    functions  for unknown functions of the layer such as σ: the function and its derivatives, of mpmath
               numbers; exp, log, sqrt, tanh, sigmoid, softplus, relu, sin and cos are known, and
               so are Φ, φ and step
    near       what entries lie around, such as 1_000_000

    Layer and function may be given in either order; shapes are written as for `check_exactly`. Raises
    SymgradError for a layer that does not exist or does not take these arguments.

    >>> import numpy as np, symgrad as sg
    >>> from symgrad.blackbox import from_callables
    >>> tanh = from_callables(np.tanh, lambda dout, x: dout * (1 - np.tanh(x) ** 2), ["x"])
    >>> check_against(sg.tanh, tanh, {"x": (2, 3)}).passed
    True
    """
    if isinstance(layer, Function) and not isinstance(function, Function):
        layer, function = function, layer
    build = _layer(layer)
    tried = trials(function, arguments, given)
    assert isinstance(function, Function)
    conduct = Conduct(function)
    ring = Roundings(function.precision, KNOWN | dict(functions or {}))
    exact, checked = True, 0
    refused: list[Finding] = []
    for number, trial in enumerate(tried):
        rng = np.random.default_rng([seed, number])
        point = _point(rng, trial.shapes, near, trial.given)
        comparison = _Comparison(build, conduct, ring, point, near, dict(options or {}))
        try:
            findings = comparison.findings(rng, not checked)
        except Misconduct as misconduct:
            findings = [misconduct.finding]
            if trial.refused(findings[0]):
                refused += findings
                continue
        checked += 1
        exact = exact and comparison.exact
        if findings:
            findings = [replace(f, conditions=(*function.notes, *f.conditions)) for f in findings]
            return CheckReport(name or function.name, tuple(findings), checked)
    if not checked:
        return CheckReport(name or function.name, (refused[0],), 0)
    how = "exactly" if exact else f"to within the rounding of {function.dtype}"
    said = (*function.notes, f"every entry agrees {how}", *refusals(refused))
    return CheckReport(name or function.name, (Finding("PASSED", conditions=said),), checked)


def _layer(layer: Layer | Function) -> Callable[..., Tensor]:
    if isinstance(layer, Function):
        raise SymgradError(f"{layer.name} is compared with a layer, such as 'conv2d', not with another box")
    if not isinstance(layer, str):
        return layer
    import symgrad

    found = getattr(symgrad, layer, None) if not layer.startswith("_") else None
    if not callable(found):
        from symgrad.catalogue import layers, nearest

        raise SymgradError(f"there is no layer {layer!r}{nearest(layer, [known.name for known in layers()])}")
    return found  # type: ignore[no-any-return]


def _built(build: Callable[..., Tensor], operands: Sequence[Variable], options: Mapping[str, Any]) -> Tensor:
    """The layer of operands, in the order of the parameters that no option is for."""
    try:
        parameters = list(inspect.signature(build).parameters)
    except (TypeError, ValueError):
        parameters = []
    if not any(name in options for name in parameters[: len(operands)]):
        return build(*operands, **options)
    free = [name for name in parameters if name not in options]
    return build(**dict(zip(free, operands, strict=False)), **options)


def _operand(position: int, name: str, shape: Shape, groups: int) -> Variable:
    """A tensor for an argument; with groups, the maps of input, kernel and bias are pairs."""
    axis = 1 if position == 0 else 0
    if groups == 1 or len(shape) <= axis:
        return tensor(name, *shape)
    if shape[axis] % groups:
        raise ShapeError(f"groups={groups} does not divide axis {axis} of {name}, whose shape is {shape}")
    pair = (groups, shape[axis] // groups)
    return tensor(name, *shape[:axis], pair, *shape[axis + 1 :])


def _point(
    rng: Generator, shapes: Mapping[str, Shape], near: int, given: Mapping[str, Draw]
) -> dict[str, Any]:
    """Small whole numbers, no two in a row alike if few, so that maxima are attained once."""
    total = sum(int(np.prod(shape, dtype=int)) for shape in shapes.values())
    order = rng.permutation(total) - total // 2 + near
    found, start = {}, 0
    for name, shape in shapes.items():
        size = int(np.prod(shape, dtype=int))
        found[name] = order[start : start + size].astype(np.float64).reshape(shape)
        start += size
    drawn = {n: np.asarray(draw(rng, shapes[n]), dtype=np.float64) for n, draw in given.items()}
    return found | drawn


class _Comparison:
    """Function and layer at one point."""

    def __init__(
        self,
        build: Callable[..., Tensor],
        conduct: Conduct,
        ring: Roundings,
        point: dict[str, Any],
        near: int,
        options: dict[str, Any],
    ) -> None:
        self.conduct, self.ring, self.options = conduct, ring, options
        self.exact = True
        groups = options.get("groups", options.get("num_groups", 1))
        shapes = {name: array.shape for name, array in point.items()}
        self.variables = [_operand(n, name, shape, groups) for n, (name, shape) in enumerate(shapes.items())]
        self.z = _built(build, self.variables, options)
        # arguments of functions such as exp are kept small: they are whole numbers only for polynomials
        whole = _is_polynomial(self.z)
        self.point = point if whole else {n: _shrunk(array, near) for n, array in point.items()}

    def findings(self, rng: Generator, again: bool) -> list[Finding]:
        """What is wrong. Raises Misconduct."""
        out = self.conduct.forward(self.point, again)
        tape = Tape(self.ring)
        given: dict[tuple[str, Place], Step] = {}
        extents = {v.name: tuple(extent.evaluate({}) for extent in v.extents) for v in self.variables}
        split = {name: array.reshape(extents[name]) for name, array in self.point.items()}

        def entry(variable: Variable, place: Place) -> Step:
            key = (variable.name, place)
            if key not in given:
                number = Fraction(float(split[variable.name][place]))
                given[key] = tape.given(self.ring.constant(number))
            return given[key]

        evaluation = Evaluation({}, entry, tape)
        shape = evaluation.shape(self.z)
        if out.shape != shape and out.size != np.prod(shape, dtype=int):
            text = f"out has shape {out.shape}, and by the layer it is {shape}"
            return [Finding("WRONG SHAPE", "out", shapes_of(self.point), self._options(), message=text)]
        cotangent = rng.integers(-9, 10, out.shape).astype(np.float64)
        handed = cotangent.reshape(shape)
        steps = {place: evaluation.entry(self.z, place) for place in evaluation.places(self.z)}
        wanted = {place: step.value for place, step in steps.items()}
        found = list(self._compared("WRONG FORWARD", "out", wanted, out.reshape(shape)))
        slopes = tape.gradients(
            [(step, self.ring.constant(Fraction(float(handed[place])))) for place, step in steps.items()]
        )
        zero = self.ring.constant(Fraction(0))
        for name, gradient in self.conduct.gradients(self.point, cotangent, again).items():
            places = np.ndindex(*extents[name])
            derived = {at: slopes.get(id(given.get((name, at))), zero) for at in places}
            found += self._compared("WRONG GRADIENT", f"d{name}", derived, gradient.reshape(extents[name]))
        return found

    def _compared(
        self, kind: str, what: str, wanted: Mapping[Place, Rounded], obtained: Any
    ) -> Iterator[Finding]:
        """A finding about the first entry that differs."""
        self.exact = self.exact and not any(entry.bound for entry in wanted.values())
        wrong = [place for place, entry in wanted.items() if _differs(entry, float(obtained[place]))]
        if wrong:
            entry = wanted[wrong[0]]
            allowed = f"; rounding explains {SLACK * entry.bound:.0e}" if entry.bound else ""
            yield Finding(
                kind,
                what,
                shapes_of(self.point),
                self._options(),
                entry=wrong[0],
                derived=_text(entry.value),
                obtained=f"{float(obtained[wrong[0]]):.17g}",
                message=f"wrong in {len(wrong)} of {len(wanted)} entries{allowed}",
            )

    def _options(self) -> tuple[tuple[str, int], ...]:
        return tuple((n, v) for n, v in self.options.items())


def _differs(entry: Rounded, obtained: float) -> bool:
    if not np.isfinite(obtained):
        return True
    if isinstance(entry.value, Fraction):
        return bool(abs(entry.value - Fraction(obtained)) > Fraction(SLACK * entry.bound))
    with mpmath.workdps(DIGITS):
        return bool(abs(entry.value - mpmath.mpf(obtained)) > SLACK * entry.bound)


def _text(value: Any) -> str:
    if isinstance(value, Fraction) and value.denominator == 1:
        return str(value.numerator)
    return f"{float(value):.17g}"


def _is_polynomial(z: Tensor) -> bool:
    """Whether entries are polynomials of the variables on each piece, so that whole numbers suit."""
    from symgrad.language.notation import nodes
    from symgrad.language.scalar import Apply, Power, walk
    from symgrad.language.tensor import Comprehension

    bodies = [node.body for node in nodes(z) if isinstance(node, Comprehension)]
    return not any(
        isinstance(inner, Apply) or (isinstance(inner, Power) and inner.exponent < 0)
        for body in bodies
        for inner in walk(body)
    )


def _shrunk(array: Any, near: int) -> Any:
    """Numbers no farther than 2 from `near`, exactly held, each still different from the others."""
    farthest = float(np.max(np.abs(array - near))) if array.size else 0.0
    return (array - near) * 2.0 ** -max(0, int(np.ceil(np.log2(max(farthest, 1.0)))) - 1) + near
