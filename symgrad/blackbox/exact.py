"""Is a backward the gradient of its own forward? Whole numbers, and no tolerance."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from symgrad.blackbox.conduct import Conduct, Misconduct, shapes_of
from symgrad.blackbox.function import Function, Shape
from symgrad.blackbox.points import Generator, Lattice
from symgrad.blackbox.probe import Fractional, NotExact, Probe, TooBig, probe
from symgrad.blackbox.trials import Draw, Several, refusals, trials
from symgrad.testing.result import CheckReport, Finding

WRITTEN_OUT = 64
"""Gradients of up to so many entries are compared entry by entry, to say what is wrong with them."""
LARGEST_SCALE = 1_000_000
"""The largest factor of entries, to clear denominators."""
SHOWN = 16
"""Up to so many numbers are shown."""
MANY = 50_000
"""With more entries than this, one round is the usual."""
CALLED_TWICE = 10_000
"""Code is called twice to see randomness: at once up to so many entries, else if something is wrong."""


def check_exactly(
    function: Function,
    arguments: Several = None,
    *,
    rounds: int | None = None,
    seed: int = 0,
    near: int = 0,
    given: Mapping[str, Draw] | None = None,
    name: str | None = None,
) -> CheckReport:
    r"""Whether the backward is the gradient of the forward, at drawn points of whole numbers.

    \(\sum \delta \cdot f(x + tv)\) is a polynomial in t where f is one, or is one on each piece, such as a
    maximum; its slope at 0, found exactly from a few values, is compared with what the backward says.

    arguments  the shape of each argument by name, or several such mappings, the smallest first. Where shapes
               name their sizes, as in {"x": "N I", "w": "I O"}, a dozen are drawn. An array is taken as it is
    rounds     points at each shape, each with a direction and a cotangent of its own; 3, or 10 for float32,
               but 1 for more than 50,000 entries, since a round takes some times as long as the code
    near       what entries lie around, such as 1_000_000
    given      how to draw arguments that are no real numbers, such as labels or a mask

    Raises ArgumentError for arguments that are not those of the function, ShapeError for what is no shape.
    The report says how probable it is that a wrong backward passes. A function that is no polynomial, on no
    piece, is NOT EXACT: `check_against` compares it with a layer.

    >>> from symgrad.blackbox import from_callables
    >>> square = from_callables(lambda x: x * x, lambda dout, x: 2.000002 * x * dout, ["x"], name="square")
    >>> report = check_exactly(square, {"x": (2,)})
    >>> report.passed, report.findings[0].kind, report.findings[0].cause
    (False, 'WRONG GRADIENT', 'every entry is 1.000001 times the gradient')
    """
    tried = trials(function, arguments, given)
    conduct = Conduct(function)
    notes: list[str] = [*function.notes]
    bound, checked = 0.0, 0
    refused: list[Finding] = []
    for number, trial in enumerate(tried):
        rng = np.random.default_rng([seed, number])
        check = _Case(conduct, trial.shapes, rng, near, trial.given)
        try:
            found = check.run(rounds, not checked)
        except Misconduct as misconduct:
            found = misconduct.finding
            if trial.refused(found):
                refused.append(found)
                continue
        checked += 1
        if found is not None:
            found = replace(found, conditions=(*function.notes, *found.conditions))
            return CheckReport(name or function.name, (found,), checked)
        bound = max(bound, check.bound)
        notes += check.notes
    if not checked:
        return CheckReport(name or function.name, (refused[0],), 0)
    notes += refusals(refused)
    if conduct.printed:
        notes.append(f"it prints, {conduct.printed} lines in all")
    said = (
        f"a wrong gradient passes with probability below {_power(bound)} at each shape",
        *dict.fromkeys(notes),
    )
    passed = Finding("PASSED", conditions=said)
    return CheckReport(name or function.name, (passed,), checked)


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
    kinks: bool = False  # between whole numbers the function is no polynomial

    def __post_init__(self) -> None:
        self.notes: list[str] = []

    def run(self, rounds: int | None, first: bool) -> Finding | None:
        """What is wrong, or None. Raises Misconduct."""
        spans = [30_000, 2, 1000] if self.precise else [15, 7, 3]
        again = first and sum(map(math.prod, self.shapes.values())) <= CALLED_TWICE
        usual = 1 if sum(map(math.prod, self.shapes.values())) > MANY else len(spans) if self.precise else 10
        for span in itertools.islice(itertools.cycle(spans), rounds or usual):
            found = self._round(span, again)
            if found is not None:
                return found
            again = False
        return None

    @property
    def precise(self) -> bool:
        """Whether there are bits to spare."""
        return self.conduct.function.precision > 32

    # -- one round --------------------------------------------------------------------------------

    def _round(self, span: int, again: bool) -> Finding | None:
        reasons: list[str] = []
        within_rounding = False
        for lattice in self._lattices(span):
            if lattice.fine is None and self.kinks:
                continue
            try:
                made = self._probe(lattice, again)
                difference = abs(made.slope[0] - made.claimed(made.direction))
                if not difference or (lattice.span == 1 and difference <= made.rounding(made.direction)):
                    self._passed(made)
                    return None
                if difference > made.rounding(made.direction):
                    return self._wrong(made)
                within_rounding = True  # or wrong by as little: smaller numbers tell
            except TooBig as reason:
                reasons.append(str(reason))
            except NotExact as reason:
                reasons.append(str(reason))
                self.kinks = True
        if within_rounding:
            self.notes.append("gradients agree to within the rounding of floating point, not exactly")
            return None
        self._twice()
        return self._not_exact(reasons)

    def _probe(self, lattice: Lattice, again: bool = False) -> Probe:
        """A probe and its slope, with entries scaled so that 1/9, say, times a sum of them is whole."""
        while True:
            try:
                lattice = replace(lattice, scale=self.scale)
                made = probe(self.conduct, self.shapes, lattice, self.rng, self.given, again)
                made.slope  # noqa: B018
                return made
            except Fractional as fractional:
                if self.scale * fractional.denominator > LARGEST_SCALE:
                    raise NotExact("whole numbers are not answered with whole numbers") from None
                self.scale *= fractional.denominator

    def _twice(self) -> None:
        """Call everything twice: what looks wrong may be random. Raises Misconduct if it is."""
        with contextlib.suppress(NotExact):
            self._probe(Lattice(2, None, 1, self.near), again=True)

    def _lattices(self, span: int) -> Iterator[Lattice]:
        """Where to look, plain points first; the later, the fewer bits are needed."""
        for s in [span, *(s for s in (1000, 100, 10, 3, 2, 1) if s < span)]:
            yield Lattice(s, None, 1, self.near)
        few = min(span, 10)
        for s, fine in [(few, 10), (few, 4), (2, 4), (1, 2)] if self.precise else [(few, 4), (1, 2), (1, 1)]:
            yield Lattice(s, fine, 1, self.near)

    def _passed(self, made: Probe) -> None:
        lattice, degree = made.lattice, made.slope[1]
        if lattice.fine is None:
            chance = min(1.0, (degree + 1) / lattice.choices)
        else:
            chance = 1 / lattice.choices + 1 / (2 * lattice.handed(self.conduct.function.precision) + 1)
            self.notes.append("a polynomial on pieces: each was probed inside, and no two entries were equal")
        self.bound *= chance
        if made.settle.deviation:
            self.notes.append(
                "computed inexactly, as by FFT: values stand for the whole numbers that they miss by rounding"
            )

    def _not_exact(self, reasons: list[str]) -> Finding:
        text = f"{reasons[0]}; compare it with a layer instead, by check_against"
        return Finding("NOT EXACT", "out", tuple(self.shapes.items()), message=text)

    # -- what is wrong ----------------------------------------------------------------------------

    def _wrong(self, made: Probe) -> Finding:
        """The finding, in numbers as small as show it. Raises NotExact for a difference not met again."""
        self._twice()
        smaller = self._smaller(made)
        if smaller is None and not (self.precise and made.lattice.span >= 1000):
            # where pieces meet, their slopes may happen to cancel; such a point is not met twice
            raise NotExact("a difference at one point only, where pieces may meet")
        made = smaller or made
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
            message=self._numbers(made),
        )

    def _smaller(self, made: Probe) -> Probe | None:
        """A probe that is wrong too, with numbers as small as can be."""
        for span in (1, 2, 10, made.lattice.span):
            if span > made.lattice.span or (span == 1 and made.lattice.fine is None):
                continue
            try:
                other = self._probe(replace(made.lattice, span=span))
                other.culprit()
                difference = abs(other.slope[0] - other.claimed(other.direction))
            except NotExact:
                continue
            if difference > other.rounding(other.direction):
                return other
        return None

    def _cause(self, made: Probe) -> str:
        if sum(array.size for array in made.point.values()) > WRITTEN_OUT:
            return ""
        pairs = made.entries
        if all(not obtained for _, obtained in pairs):
            return "the gradient is zero everywhere"
        ratios = {
            float(obtained / derived) if derived else obtained
            for derived, obtained in pairs
            if derived or obtained
        }
        if all(derived or not obtained for derived, obtained in pairs) and max(ratios) - min(ratios) < 1e-12:
            return f"every entry is {max(ratios):.15g} times the gradient"
        return ""

    def _numbers(self, made: Probe) -> str:
        """How many entries are wrong and the arguments themselves, where they are few."""
        sizes = {n: array.size for n, array in made.point.items()}
        if sum(sizes.values()) > WRITTEN_OUT:
            return ""
        wrong = sum(derived != obtained for derived, obtained in made.entries)
        text = f"wrong in {wrong} of {sum(sizes[n] for n in made.direction)} entries"
        arrays = made.point | {"the cotangent": made.cotangent}
        if sum(array.size for array in arrays.values()) > SHOWN:
            return text
        return "\n".join([text, *(f"at {n} = {array.tolist()}" for n, array in arrays.items())])


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.17g}"
