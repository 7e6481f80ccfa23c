"""What an equation about a loss leaves open: what J is, and the layer with weights whose output it is of."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symgrad.formula.activations import ANY, SAID
from symgrad.formula.evidence import Evidence
from symgrad.formula.guesses import LOSSES, losses
from symgrad.formula.idioms import count_of_samples, is_about_samples
from symgrad.formula.syntax import Name, walk
from symgrad.formula.target import Target, index_count, target_of
from symgrad.formula.things import Wanted


@dataclass(frozen=True)
class Choice:
    """One way of reading: the layer, its tensors, what `*` and upsample do, what ∂z/∂x has for each entry of
    z (`layout`, "rows" or "columns"), how indices count.

    `options` say in words what was chosen where there was a choice. A function is `guessed` for σ where the
    formula is not right for any.
    """

    layer: str
    wanted: Wanted
    star: str = "correlation"
    mode: str = "full"
    spread: str = "repeat"
    layout: str = "rows"
    base: int = 1
    zero_outside: bool = False
    guessed: bool = False
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Outputs(Evidence):
    """The choices for one link of an equation about a loss."""

    def _output(self, letters: bool, bases: Sequence[int] = (1,)) -> Iterator[Choice]:
        if self._names("W", "b"):
            yield from self._weighted(letters)
        else:
            yield from self._alone(letters, bases)

    def _is_by_input(self, target: Target | None) -> bool:
        """Whether the formula speaks of what the output is computed from."""
        is_delta = target is not None and target.name.text == "δ"
        return bool(self._names("z", "σ")) or (is_delta and bool(self.setting.below))

    def _alone(self, letters: bool, bases: Sequence[int] = (1,)) -> Iterator[Choice]:
        """What J is; of several samples, their mean or their sum."""
        role = self.setting.role
        count, lettered = count_of_samples(self.equation, role), is_about_samples(self.equation, role)
        target = target_of(self.equation.parts[0], self.equation.parts[1:], self.setting, self.levels)
        below = self._is_by_input(target)
        means = [True, False] if not letters and (count is not None or lettered) else [False]
        for mean, loss, base in itertools.product(
            means, losses(self.setting, self.equation, target, below), bases
        ):
            options = [("loss", LOSSES[loss])] if target is None or target.role != "J" else []
            if len(means) > 1:
                options.append(("mean", f"J as the {'mean' if mean else 'sum'} over samples"))
            if len(bases) > 1:
                options.append(("base", f"indices count from {base}"))
            samples = (count or "N") if len(means) > 1 else None
            if loss == "sigmoid" and self._names("σ"):
                options.append(("function", SAID["sigmoid"]))
            wanted = Wanted(
                batch=lettered and not letters,
                below=loss == "activated",
                samples=samples,
                mean=mean,
                loss=loss,
                function="sigmoid" if loss == "sigmoid" else ANY,
            )
            yield Choice("loss", wanted, base=base, options=tuple(options))

    def _weighted(self, letters: bool) -> Iterator[Choice]:
        """What J is, and how the layer with weights is laid out: of one output where w is a small letter."""
        target = target_of(self.equation.parts[0], self.equation.parts[1:], self.setting, self.levels)
        bias = "map" if self._names("b") or not self._is_computed() else "none"
        count = count_of_samples(self.equation, self.setting.role)
        means = [False] if count is None else [True, False]
        of = losses(self.setting, self.equation, target, below=True)
        for loss, row, mean in itertools.product(of, self._layouts(letters), means):
            if loss == "softmax" and row not in ("io", "oi"):
                continue
            options = [("loss", LOSSES[loss])]
            options.append(("rows", _LAYOUTS[row].removesuffix(" + b" if bias == "none" else "\0")))
            if len(means) > 1:
                options.append(("mean", f"J as the {'mean' if mean else 'sum'} over samples"))
            wanted = Wanted(
                rows=row,
                bias=bias,
                samples=count,
                mean=mean,
                loss=loss,
                below=loss == "activated",
                function="sigmoid" if loss == "sigmoid" else ANY,
            )
            yield Choice("loss", wanted, options=tuple(options))

    def _layouts(self, letters: bool) -> list[str]:
        is_small = self._has_small_weights()
        if letters and any(index_count(self._sub(n)) == 2 for n in self._names("W")):
            return ["vector", "vector_io"]
        if letters and any(self._sub(name) for name in self._names("b")):
            return ["vector"]
        if letters:
            many = any(index_count(self._sub(name)) > 1 for name in self._names("x"))
            return ["features"] if many else ["numbers"] if is_small else []
        return ["columns", "io", "oi", *(["row of numbers", "column of numbers"] if is_small else [])]

    def _is_computed(self) -> bool:
        """Whether what the layer gives is written out, as in `X w - y`."""
        nodes = (node for part in self.equation.parts[1:] for node in walk(part))
        return any(isinstance(node, Name) and self.setting.role(node.text) == "W" for node in nodes)


_LAYOUTS = {
    "columns": "a sample a column, z = W x + b",
    "io": "a sample a row, z = x W + b",
    "oi": "a sample a row, z = x Wᵀ + b",
    "row of numbers": "a sample a row, one output, z = x w + b",
    "column of numbers": "a sample a column, one output, z = wᵀ x + b",
    "numbers": "one number a sample, z = w x + b",
    "vector": "one sample, W_{ji} leads from i to j",
    "vector_io": "one sample, W_{ij} leads from i to j",
    "features": "x_{ij} as the j of sample i, z = x w + b",
}
