"""What a run gave, compared entry by entry with what it should have given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from symgrad.testing.cases import Case
from symgrad.testing.result import NOT_TRACEABLE, RANDOM, WRONG_FORWARD, WRONG_GRADIENT, WRONG_SHAPE
from symgrad.testing.traced_run import Code, Output, Problem, Run, Stopped, run
from symgrad.trace.algebra import Algebra, TooManyTerms
from symgrad.trace.bounds import OutOfDomain, around, powered
from symgrad.trace.expand import Expansion, gradient, total
from symgrad.trace.graph import ADD, CONSTANT, ENTRY, MULTIPLY
from symgrad.trace.recorder import recording
from symgrad.trace.scalar import Traced, constant
from symgrad.trace.sums import Monomial, Number, Sum, difference, exact

Place = tuple[int, ...]

SIMPLE = 10_000
"""The largest denominator of a rational that a float is read as exactly."""
ROUNDING = 1e-14
"""What may be the rounding of constants, as a part of the sizes of all terms."""
SCALES = (1, Fraction(1, 2**40), Fraction(1, 2**20), 2**10, 2**30)
"""Where that is looked at: at the entries tried, and at others that are so many times as large."""
MORE = 1000
"""How many times as much it may be there, where more may cancel within functions."""
EXACTLY = 1024
"""With how many bits it is computed how far apart two sums are."""


@dataclass
class Comparison:
    """A gradient or an output beside what it should be, as nodes in row-major order.

    `wrong` are the places where they differ. `tied` names the argument all of whose entries were equal;
    then there is one entry, the sum over all. `rounded` says by how much of their size they differ, where
    that may be the rounding of constants.
    """

    kind: str
    what: str
    of: str
    run: Run
    expansion: Expansion
    shape: tuple[int, ...]
    derived: list[Traced]
    obtained: list[Traced]
    wrong: list[Place] = field(default_factory=list)
    tied: str = ""
    rounded: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """What is wrong, to find the same at another case."""
        return self.kind, self.what + (" at a tie" if self.tied else "")

    def sums(self, nodes: list[Traced]) -> Any:
        """Nodes written out, as an array of the shape."""
        array = np.empty(len(nodes), dtype=object)
        for place, node in enumerate(nodes):
            array[place] = self.expansion.sum(node)
        return array.reshape(self.shape)

    def at(self, nodes: list[Traced], place: Place) -> Traced:
        """The node at a place."""
        return nodes[int(np.ravel_multi_index(place, self.shape))] if self.shape else nodes[0]

    def same(self, one: Sum, other: Sum) -> bool:
        """Whether two sums are the same function."""
        return self.expansion.algebra.equal(one, other)


@dataclass
class Judgement:
    """Everything that was found at one case.

    `too_large` says that it could not be compared there, `undefined` that it has no value or no derivative.
    """

    case: Case
    problems: list[Problem] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    run: Run | None = None
    too_large: bool = False
    undefined: bool = False

    def failures(self) -> Iterator[tuple[str, str]]:
        """Kind and name of everything that is wrong."""
        for problem in self.problems:
            yield problem.key
        for comparison in self.comparisons:
            if comparison.wrong:
                yield comparison.key

    def failing(self, key: tuple[str, str]) -> Problem | Comparison | None:
        """What is wrong under that kind and name."""
        for problem in self.problems:
            if problem.key == key:
                return problem
        for comparison in self.comparisons:
            if comparison.wrong and comparison.key == key:
                return comparison
        return None


@dataclass(frozen=True)
class Judge:
    """Runs code at a case and says what is wrong.

    layer     gives the output that the forward should have, where it claims to be some layer
    average   the arguments whose gradient is meant to be averaged over the batch
    batch     how many samples a run has
    """

    code: Code
    layer: Output | None = None
    average: Collection[str] = ()
    batch: Callable[[Run], int] = lambda run: 1
    thresholds: dict[Number, None] = field(default_factory=dict)
    """The numbers that entries were compared with so far."""

    def __call__(self, case: Case, seed: int = 0, origins: bool = False) -> Judgement:
        """The judgement of one case."""
        judgement = Judgement(case)
        try:
            for positive in (False, True):
                try:
                    result = self._run(case, seed, positive, origins)
                    self._compare(result, judgement)
                    break
                except (OutOfDomain, ZeroDivisionError) as error:
                    judgement = Judgement(case)
                    if positive:
                        judgement.undefined = True
                        raise Stopped(Problem(NOT_TRACEABLE, "", str(error))) from None
            if result.recorder.compared and self.code.backward is not None and not any(judgement.failures()):
                self._at_a_tie(case, seed, positive, judgement)
        except Stopped as stopped:
            judgement.problems.append(stopped.problem)
        except TooManyTerms as error:
            judgement.too_large = True
            judgement.problems.append(Problem(NOT_TRACEABLE, "", f"{error}: a smaller shape is needed"))
        return judgement

    def _run(self, case: Case, seed: int, positive: bool, origins: bool) -> Run:
        output = self.layer if self.code.forward is None else None
        thresholds = tuple(self.thresholds)
        result = run(
            self.code,
            case,
            output=output,
            seed=seed,
            positive=positive,
            origins=origins,
            thresholds=thresholds,
        )
        self._remember(result)
        return result

    def _remember(self, result: Run) -> None:
        """The numbers that entries were compared with; later runs have entries on either side of them."""
        for left, _, right, _ in result.recorder.branches:
            one, other = _linear(left), _linear(right)
            if one is None or other is None or len(self.thresholds) >= 20:
                continue
            (slope, offset), (other_slope, other_offset) = one, other
            if (slope == 0) is not (other_slope == 0):
                at = Fraction(other_offset - offset) / Fraction(slope - other_slope)
                self.thresholds[exact(at)] = None

    def _compare(self, result: Run, judgement: Judgement) -> None:
        judgement.run = result
        judgement.problems += result.problems
        expansion = Expansion()
        if self.layer is not None and self.code.forward is not None:
            token = recording.set(result.recorder)  # the layer may compare where the code does not
            try:
                shape, expected = self.layer(result)
            finally:
                recording.reset(token)
            self._remember(result)
            if shape == result.out_shape:
                judgement.comparisons.append(
                    _compared(WRONG_FORWARD, "out", "out", result, expansion, shape, expected, result.out)
                )
            else:
                message = f"the output has shape {result.out_shape}, that of the layer is {shape}"
                judgement.problems.append(Problem(WRONG_SHAPE, "out", message))
        for name in result.gradients:
            derived = self.derived(result, name)
            what, shape = self.code.gradient_name(name), result.arrays[name].shape
            obtained = result.gradients[name]
            judgement.comparisons.append(
                _compared(WRONG_GRADIENT, what, name, result, expansion, shape, derived, obtained)
            )
        result.recorder.compared += expansion.algebra.choices

    def _at_a_tie(self, case: Case, seed: int, positive: bool, judgement: Judgement) -> None:
        """Where all entries of an argument are equal, the gradients of its entries add up to one slope.

        Whichever of the largest entries a maximum is said to be taken at, that sum is the same.
        """
        name = self.code.wrt[0]
        if name in self.average:
            return
        output = self.layer if self.code.forward is None else None
        try:
            result = run(self.code, case, output=output, seed=seed, positive=positive, tied=name)
            if name not in result.gradients:
                return
            (shared,) = set(result.originals[name])
            (slope,) = gradient(list(zip(result.out, result.cotangent, strict=True)), [shared])
        except (Stopped, OutOfDomain, ZeroDivisionError):
            return  # nothing is asked of the code where it has no value or no slope
        obtained = total(result.gradients[name])
        what = self.code.gradient_name(name)
        try:
            comparison = _compared(WRONG_GRADIENT, what, name, result, Expansion(), (), [slope], [obtained])
        except (OutOfDomain, ZeroDivisionError):
            return
        comparison.tied = name
        judgement.comparisons.append(comparison)

    def slopes(
        self, result: Run, name: str, entries: list[Traced], without: frozenset[Traced] = frozenset()
    ) -> list[Traced]:
        """The derivative of J by entries of an argument, averaged over the batch if that is meant."""
        outputs = list(zip(result.out, result.cotangent, strict=True))
        found = gradient(outputs, entries, without=without)
        if name not in self.average:
            return found
        share = constant(1) / constant(self.batch(result))
        return [node * share for node in found]

    def derived(self, result: Run, name: str) -> list[Traced]:
        """The gradient by an argument."""
        return self.slopes(result, name, result.originals[name])

    def again(self, comparison: Comparison, borders: bool = False, coarse: bool = False) -> Run | None:
        """The run of a comparison once more, with the line remembered that made each node.

        With `borders`, a padding has symbols in place of zeros; with `coarse`, small constants are 0.
        """
        first = comparison.run
        output = self.layer if self.code.forward is None else None
        tied = comparison.tied or None
        try:
            return run(
                self.code,
                first.case,
                output=output,
                seed=first.seed,
                positive=first.positive,
                tied=tied,
                origins=True,
                borders=borders,
                coarse=coarse,
                thresholds=first.thresholds,
            )
        except (Stopped, OutOfDomain):
            return None

    def but_for_small_constants(self, comparison: Comparison) -> bool:
        """Whether a gradient is right where constants such as 1e-8 are 0 in forward and backward."""
        result = self.again(comparison, coarse=True)
        name = comparison.of
        if result is None or comparison.tied or name not in result.gradients:
            return False
        try:
            derived = self.derived(result, name)
            made = (comparison.kind, comparison.what, name, result, Expansion(), comparison.shape)
            return not _compared(*made, derived, result.gradients[name]).wrong
        except (OutOfDomain, TooManyTerms, ArithmeticError):
            return False

    def entries(self, result: Run) -> Iterator[Traced]:
        """Every entry of a run, in the order in which a comparison meets them first."""
        for nodes in result.originals.values():
            yield from nodes
        yield from result.cotangent

    def random_problem(self, case: Case, backward: bool = False) -> Problem | None:
        """Whether two runs at the same case give two outputs; with `backward`, or two gradients."""
        if self.code.forward is None and not backward:
            return None
        code = self.code if backward else replace(self.code, backward=None)
        output = self.layer if self.code.forward is None else None
        found = []
        for _ in range(2):
            try:
                result = run(code, case, output=output)
                expansion = Expansion()
                answers = {"out": result.out} | {
                    code.gradient_name(name): nodes for name, nodes in result.gradients.items()
                }
                found.append({n: [expansion.text(node) for node in a] for n, a in answers.items()})
            except (Stopped, OutOfDomain, TooManyTerms):
                return None
        for what, one in found[0].items():
            if one != found[1].get(what):
                return Problem(RANDOM, what, f"two runs on the same arguments give two answers for {what}")
        return None


def _linear(node: Traced) -> tuple[Number, Number] | None:
    """Slope and offset of a node that is one entry times a number plus a number; None if it is not."""
    if node.kind == CONSTANT:
        return 0, node.left
    if node.kind == ENTRY:
        return 1, 0
    if node.kind not in (ADD, MULTIPLY) or CONSTANT not in (node.left.kind, node.right.kind):
        return None
    number, other = (node.left, node.right) if node.left.kind == CONSTANT else (node.right, node.left)
    inner = _linear(other)
    if inner is None:
        return None
    slope, offset = inner
    if node.kind == ADD:
        return slope, offset + number.left
    return slope * number.left, offset * number.left


def _compared(
    kind: str,
    what: str,
    of: str,
    result: Run,
    expansion: Expansion,
    shape: tuple[int, ...],
    derived: list[Traced],
    obtained: list[Traced],
) -> Comparison:
    comparison = Comparison(kind, what, of, result, expansion, shape, derived, obtained)
    for place, one, other in zip(np.ndindex(*shape), derived, obtained, strict=True):
        if not comparison.same(expansion.sum(one), expansion.sum(other)):
            comparison.wrong.append(place)
    if comparison.wrong and any(r.denominator > SIMPLE for r in result.recorder.rational.values()):
        _up_to_rounding(comparison)
    return comparison


def _up_to_rounding(comparison: Comparison) -> None:
    """Nothing is wrong where all that differs may be how constants such as π are rounded.

    A float stands for a number only so exactly: 0.6931471805599453 is log 2 up to 2⁻⁵⁴.
    """
    largest = 0.0
    for place in comparison.wrong:
        one, other = (
            comparison.expansion.sum(comparison.at(nodes, place))
            for nodes in (comparison.derived, comparison.obtained)
        )
        off = _off(comparison.expansion.algebra, one, other)
        if off is None:
            return
        largest = max(largest, off)
    comparison.wrong, comparison.rounded = [], largest


def _off(algebra: Algebra, one: Sum, other: Sum) -> float | None:
    """How far apart two sums are, as a part of their size, if that may be rounding; None if not.

    A coefficient is rounded, or constants within functions are: then the terms that differ cancel among
    themselves. So what is missing altogether is not taken for rounding where it is small at the witness.
    """
    found, rest = 0.0, dict[Monomial, Number]()
    for monomial, c in difference(one, other).items():
        sizes = [abs(Fraction(of.get(monomial, 0))) for of in (one, other)]
        share = float(abs(Fraction(c)) / max(sizes))
        if share <= ROUNDING:
            found = max(found, share)
        else:
            rest[monomial] = c
    if not rest:
        return found
    for scale in SCALES:
        values = algebra.values.scaled(scale)
        try:
            size, off = values.size(rest, EXACTLY), abs(values.bounds(rest, EXACTLY))
        except OutOfDomain:
            continue  # a root of what is negative there
        ratio = off * powered(size, -1)
        allowed = around(Fraction(ROUNDING) * (1 if scale == 1 else MORE * max(scale, 1)), EXACTLY)
        if allowed.below(ratio) or (scale == 1 and not ratio.below(allowed)):
            return None
        if scale == 1:
            found = max(found, float(ratio))
    return found
