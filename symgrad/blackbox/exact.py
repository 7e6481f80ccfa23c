"""Is a backward the gradient of its own forward? Whole numbers, and no tolerance."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias, Union

import numpy as np

from symgrad.blackbox.conduct import Conduct, Misconduct, shapes_of
from symgrad.blackbox.exactly import denominator
from symgrad.blackbox.function import Function, Shape
from symgrad.blackbox.points import Generator, Lattice
from symgrad.blackbox.probe import NotExact, Probe, TooBig, probe
from symgrad.testing.result import CheckReport, Finding

Draw: TypeAlias = Callable[[Generator, Shape], Any]
Shapes: TypeAlias = Mapping[str, Shape]
WRITTEN_OUT = 200
"""Gradients of up to so many entries are compared entry by entry, to say what is wrong with them."""


def check_exactly(
    function: Function,
    arguments: Union[Shapes, Iterable[Shapes]],
    *,
    rounds: int = 3,
    seed: int = 0,
    near: int = 0,
    given: Mapping[str, Draw] | None = None,
    name: str | None = None,
) -> CheckReport:
    r"""Whether the backward is the gradient of the forward, at drawn points of whole numbers.

    \(\sum \delta \cdot f(x + tv)\) is a polynomial in t where f is one, or is one on each piece, such as a
    maximum; its slope at 0, found exactly from a few values, is compared with what the backward says.

    arguments  the shape of each argument, or several such mappings, the smallest first
    rounds     points at each shape, each with a direction and a cotangent of its own
    near       what entries lie around, such as 1_000_000
    given      how to draw arguments that are no real numbers, such as labels or a mask

    The report says how probable it is that a wrong backward passes. A function that is no polynomial, on no
    piece, is NOT POLYNOMIAL: `check_against` compares it with a layer.

    >>> from symgrad.blackbox import from_callables
    >>> square = from_callables(lambda x: x * x, lambda dout, x: 2.000002 * x * dout, ["x"], name="square")
    >>> report = check_exactly(square, {"x": (2,)})
    >>> report.passed, report.findings[0].kind, report.findings[0].cause
    (False, 'WRONG GRADIENT', 'every entry is 1.000001 times the gradient')
    """
    cases = [arguments] if isinstance(arguments, Mapping) else list(arguments)
    conduct = Conduct(function)
    notes: list[str] = []
    bound = 0.0
    for number, case in enumerate(cases):
        shapes = dict(function.shapes) | {key: tuple(shape) for key, shape in case.items()}
        check = _Case(conduct, shapes, np.random.default_rng([seed, number]), near, dict(given or {}))
        try:
            found = check.run(rounds, number == 0)
        except Misconduct as misconduct:
            found = misconduct.finding
        if found is not None:
            return CheckReport(name or function.name, (found,), number + 1)
        bound = max(bound, check.bound)
        notes += check.notes
    if conduct.printed:
        notes.append(f"it prints, {conduct.printed} lines in all")
    said = (f"a wrong gradient passes with probability below {_power(bound)} at each shape", *dict.fromkeys(notes))
    passed = Finding("PASSED", conditions=said)
    return CheckReport(name or function.name, (passed,), len(cases))


def _power(bound: float) -> str:
    return f"10^{math.ceil(math.log10(bound))}" if bound > 0 else "10^-300"


@dataclass
class _Case:
    """The check at one shape."""

    conduct: Conduct
    shapes: dict[str, Shape]
    rng: Generator
    near: int
    given: dict[str, Draw]
    scale: int = 1
    bound: float = 1.0

    def __post_init__(self) -> None:
        self.notes: list[str] = []

    def run(self, rounds: int, again: bool) -> Finding | None:
        """What is wrong, or None. Raises Misconduct."""
        wide = 1000 if self.conduct.function.precision > 32 else 3
        self.scale = self._common_denominator(again)
        for span in itertools.islice(itertools.cycle([wide, 2, 10 if wide > 10 else 1]), rounds):
            found = self._round(span)
            if found is not None:
                return found
        return None

    def _common_denominator(self, again: bool) -> int:
        """What entries are multiples of so that 1/9, say, times a sum of them is whole."""
        scale = 1
        for _ in range(3):
            lattice = Lattice(2, None, scale, self.near)
            try:
                point = lattice.point(self.rng, self.shapes) | self._drawn()
                out = self.conduct.forward(point, again)
                back = self.conduct.gradients(point, lattice.cotangent(self.rng, out.shape, 53), again)
            except NotExact:
                break
            again = False
            found = [denominator(array, self.conduct.function.precision) for array in (out, *back.values())]
            # a gradient that is off by a little has no small denominator; the forward tells
            common = math.lcm(*(d for d in found if d is not None))
            if found[0] is None or common == 1 or scale * common > 1_000_000:
                break
            scale *= common
        return scale

    def _drawn(self) -> dict[str, Any]:
        made = {n: draw(self.rng, self.shapes[n]) for n, draw in self.given.items()}
        return {n: np.asarray(array, dtype=np.float64) for n, array in made.items()}

    # -- one round --------------------------------------------------------------------------------

    def _round(self, span: int) -> Finding | None:
        reasons: list[str] = []
        rounded: float | None = None
        for lattice in self._lattices(span):
            try:
                made = probe(self.conduct, self.shapes, lattice, self.rng, self.given, False)
                found, degree = made.slope
            except NotExact as reason:
                reasons.append(str(reason))
                continue
            difference = abs(found - made.claimed(made.direction))
            if not difference or difference <= made.rounding(made.direction):
                off = max(made.settle.deviation, float(difference) / (made.rounding(made.direction) or 1))
                if difference and lattice.span > 1:
                    rounded = off  # either rounding or wrong by as little: smaller numbers tell
                    reasons.append("a difference within rounding")
                    continue
                self._passed(lattice, degree, made)
                return None
            return self._wrong(made)
        if rounded is not None:
            self.notes.append("gradients agree to within the rounding of floating point, not exactly")
            return None
        return self._not_polynomial(reasons)

    def _lattices(self, span: int) -> Iterator[Lattice]:
        """Where to look, plain points first; the later, the fewer bits are needed."""
        precise = self.conduct.function.precision > 32
        plain = [span, *(s for s in (100, 10, 2, 1) if s < span)]
        yield from (Lattice(s, None, self.scale, self.near) for s in plain)
        for s, fine in [(span, 10), (span, 4), (2, 4), (1, 2)] if precise else [(span, 4), (1, 2), (1, 1)]:
            yield Lattice(s, fine, self.scale, self.near)

    def _passed(self, lattice: Lattice, degree: int, made: Probe) -> None:
        if lattice.fine is None:
            chance = min(1.0, (degree + 1) / lattice.choices)
        else:
            chance = 1 / lattice.choices + 1 / (2 * lattice.handed(self.conduct.function.precision) + 1)
            self.notes.append("a polynomial on pieces: each was probed inside, and no two entries were equal")
        self.bound *= chance
        if made.settle.deviation:
            self.notes.append(
                f"computed inexactly, as by FFT: up to {made.settle.deviation:.0e} from whole numbers, which"
                " the values were taken for"
            )

    def _not_polynomial(self, reasons: list[str]) -> Finding:
        text = f"{reasons[0]}; compare it with a layer instead, by check_against"
        return Finding("NOT POLYNOMIAL", "out", tuple(self.shapes.items()), message=text)

    # -- what is wrong ----------------------------------------------------------------------------

    def _wrong(self, made: Probe) -> Finding:
        """The finding, in numbers as small as show it."""
        made = self._smaller(made) or made
        name, place = made.culprit()
        derived = made.derived(name, place)
        obtained = Fraction(float(made.gradients[name][place]))
        return Finding(
            "WRONG GRADIENT",
            f"d{name}",
            shapes_of(made.point),
            entry=place,
            derived=_number(derived),
            obtained=_number(obtained),
            cause=self._cause(made),
            message=_numbers(made),
        )

    def _smaller(self, made: Probe) -> Probe | None:
        for span in (1, 2, 10):
            if span < made.lattice.span:
                lattice = replace(made.lattice, span=span)
                try:
                    other = probe(self.conduct, self.shapes, lattice, self.rng, self.given, False)
                    difference = abs(other.slope[0] - other.claimed(other.direction))
                except (NotExact, Misconduct):
                    continue
                if difference > other.rounding(other.direction):
                    return other
        return None

    def _cause(self, made: Probe) -> str:
        if sum(array.size for array in made.point.values()) > WRITTEN_OUT:
            return ""
        pairs = list(made.entries())
        if all(not obtained for _, obtained in pairs):
            return "the gradient is zero everywhere"
        ratios = {float(obtained / derived) if derived else obtained for derived, obtained in pairs if derived or obtained}
        if all(derived or not obtained for derived, obtained in pairs) and max(ratios) - min(ratios) < 1e-12:
            return f"every entry is {max(ratios):.15g} times the gradient"
        wrong = sum(derived != obtained for derived, obtained in pairs)
        return "" if wrong > 1 else "this entry alone is wrong"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.17g}"


def _numbers(made: Probe) -> str:
    """The arguments themselves, where they are few."""
    arrays = made.point | {"the cotangent": made.cotangent}
    if sum(array.size for array in arrays.values()) > 16:
        return ""
    return "at " + ", ".join(f"{n} = {array.tolist()}" for n, array in arrays.items())
