"""What a run gave, compared entry by entry with what it should have given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symgrad.testing.cases import Case
from symgrad.testing.result import NOT_TRACEABLE, RANDOM, WRONG_FORWARD, WRONG_GRADIENT, WRONG_SHAPE
from symgrad.testing.traced_run import Code, Output, Problem, Run, Stopped, run
from symgrad.trace.algebra import Number, Sum, TooManyTerms
from symgrad.trace.expand import Expansion, gradient, total
from symgrad.trace.scalar import CONSTANT, ENTRY, OutOfDomain, Traced, constant

Place = tuple[int, ...]


@dataclass
class Comparison:
    """A gradient or an output beside what it should be, as nodes in row-major order.

    `wrong` are the places where they differ. `tied` names the argument all of whose entries were equal;
    then there is one entry, the sum over all.
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
    """Everything that was found at one case."""

    case: Case
    problems: list[Problem] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    run: Run | None = None

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
                except OutOfDomain as error:
                    if positive:
                        raise Stopped(Problem(NOT_TRACEABLE, "", str(error))) from None
                    judgement = Judgement(case)
            if result.recorder.compared and self.code.backward is not None and not any(judgement.failures()):
                self._at_a_tie(case, seed, positive, judgement)
        except Stopped as stopped:
            judgement.problems.append(stopped.problem)
        except TooManyTerms as error:
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
        for left, _, right, _ in result.recorder.branches:
            if right.kind == CONSTANT and left.kind == ENTRY and len(self.thresholds) < 20:
                self.thresholds[right.left] = None
        return result

    def _compare(self, result: Run, judgement: Judgement) -> None:
        judgement.run = result
        judgement.problems += result.problems
        expansion = Expansion()
        if self.layer is not None and self.code.forward is not None:
            shape, expected = self.layer(result)
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
        except (Stopped, OutOfDomain):
            return  # nothing is asked of the code where it has no value
        if name not in result.gradients:
            return
        (shared,) = set(result.originals[name])
        (slope,) = gradient(list(zip(result.out, result.cotangent, strict=True)), [shared])
        obtained = total(result.gradients[name])
        comparison = _compared(
            WRONG_GRADIENT, self.code.gradient_name(name), name, result, Expansion(), (), [slope], [obtained]
        )
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

    def again(self, comparison: Comparison, borders: bool = False) -> Run | None:
        """The run of a comparison once more, with the line remembered that made each node.

        With `borders`, a padding has symbols in place of zeros.
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
                thresholds=first.thresholds,
            )
        except (Stopped, OutOfDomain):
            return None

    def entries(self, result: Run) -> Iterator[Traced]:
        """Every entry of a run, in the order in which a comparison meets them first."""
        for nodes in result.originals.values():
            yield from nodes
        yield from result.cotangent

    def random_problem(self, case: Case) -> Problem | None:
        """Whether two runs at the same case give two outputs."""
        if self.code.forward is None:
            return None
        outputs = []
        for _ in range(2):
            try:
                result = run(Code(self.code.forward, None, self.code.adapter, self.code.wrt), case)
                expansion = Expansion()
                outputs.append([expansion.text(node) for node in result.out])
            except (Stopped, OutOfDomain, TooManyTerms):
                return None
        if outputs[0] == outputs[1]:
            return None
        return Problem(RANDOM, "out", "two runs on the same arguments give two outputs")


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
    return comparison
