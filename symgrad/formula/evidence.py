"""What an equation has, and so which layers it can be about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.formula.levels import Levels, derivative_of, superscript
from symgrad.formula.setting import Setting
from symgrad.formula.statements import is_elementwise
from symgrad.formula.syntax import (
    Binary,
    Call,
    Equation,
    Expression,
    Indicator,
    Name,
    Number,
    Raised,
    walk,
)
from symgrad.formula.target import index_count, names, target_of

SLIDING = ("conv1d", "conv2d")
POOLING = ("avg_pool2d", "max_pool2d")
_SLIDING_CALLS = ("correlate", "convolve", "conv", "conv2")


@dataclass(frozen=True)
class Evidence:
    """Looks at one equation in a setting."""

    setting: Setting
    equation: Equation
    levels: Levels
    _about_entries: dict[str, bool] = field(default_factory=dict, compare=False)

    # -- what the equation has --------------------------------------------------------------------
    def _nodes(self) -> Iterator[Expression]:
        for part in self.equation.parts:
            yield from walk(part)

    def _has(self, *signs: str) -> bool:
        """Whether one of the signs is there; ⊗ is a star."""
        wanted = (*signs, "⊗") if "*" in signs else signs
        return any(isinstance(node, Binary) and node.sign in wanted for node in self._nodes())

    def _may_be_outer(self) -> bool:
        """Whether ⊗ may make a matrix of two vectors: the derivative by weights, of no maps, has it."""
        target = target_of(self.equation.parts[0], self.equation.parts[1:], self.setting, self.levels)
        slides = self._calls("rot180", "rot90", "flip", "pad", "dilate", *_SLIDING_CALLS)
        if (
            not self._has("⊗")
            or slides
            or self._multiplies_matrices()
            or target is None
            or target.role != "W"
        ):
            return False
        return self._are_vectors() or not any(self._sub(n) for n in self._names("a", "W", "z", "δ"))

    def _calls(self, *wanted: str) -> bool:
        return any(isinstance(n, Call) and n.function.text.lower() in wanted for n in self._nodes())

    def _is_elementwise(self) -> bool:
        """Whether there is what a star may multiply entry by entry: σ of something, `[x > 0]`, `1 - a`."""
        return any(
            isinstance(node, Indicator)
            or (isinstance(node, Call) and self.setting.role(node.function.text) == "σ")
            or (isinstance(node, Binary) and node.sign == "-" and node.left == Number(Fraction(1)))
            for node in self._nodes()
        ) or self._calls("where", "square")

    def _multiplies_matrices(self) -> bool:
        """Whether there are transposes and products of matrices, beside which no star slides."""
        transposed = any(isinstance(node, (Name, Raised)) and node.sup == Name("T") for node in self._nodes())
        return transposed or self._has("@") or self._calls("dot", "matmul", "outer", "transpose")

    def _names(self, *roles: str) -> list[Name]:
        return [
            name
            for name in names(self.equation, self.setting)
            if self.setting.role(name.text.removeprefix("d") if len(name.text) == 2 else name.text) in roles
        ]

    def _sub(self, name: Name) -> Sequence[Expression]:
        marked = superscript(name) is not None and name.sup is None
        return name.sub or (() if marked else name.brackets)

    def _are_numbers(self) -> bool:
        """Whether letters number samples of one number each: `∂J/∂b = Σ_n δ_n`, where b itself has none."""
        return self._has_samples_only() and self._has_small_weights() and not self._multiplies_matrices()

    def _are_vectors(self) -> bool:
        """Whether letters number samples, each of them a column: `∂J/∂W = Σ_n δ_n a_n^T`."""
        return self._has_samples_only() and not self._are_numbers()

    def _has_samples_only(self) -> bool:
        """Whether everything but weights and biases has one index."""
        weights, carried = self._names("W", "b"), self._names("a", "x", "z", "δ", "y")
        counts = {index_count(self._sub(name)) for name in carried}
        return bool(weights) and counts == {1} and not any(self._sub(name) for name in weights)

    def _has_small_weights(self) -> bool:
        """Whether weights have a small letter, which is that of a vector or a number."""
        return all(name.text.removeprefix("d")[:1].islower() for name in self._names("W"))

    def _may_be_turned(self) -> bool:
        """Whether z may be Wᵀ x, as textbooks have it of vectors x: not of matrices, layers or programs,
        and of activations a only where it is written out."""
        carried = [name.text for name in self._names("a", "z", "δ")]
        of_vectors = all(text == "δ" or (len(text) == 1 and text.islower()) for text in carried)
        target = target_of(self.equation.parts[0], self.equation.parts[1:], self.setting, self.levels)
        is_forward = target is not None and not target.is_derivative
        return self.levels.lower is None and of_vectors and ("a" not in carried or is_forward)

    def _square(self, layer: str) -> str | None:
        """The name of the one size of a square window, where the equation calculates with it."""
        sized = [
            argument
            for node in self._nodes()
            if isinstance(node, Call) and node.function.text.lower() in ("pad", "upsample", "up", "kron")
            for argument in node.arguments[1:]
        ]
        if layer in POOLING:
            sized += self.equation.parts
        found = {n.text for part in sized for n in walk(part) if isinstance(n, Name) and not n.sub}
        if layer in SLIDING and "K" in found and "L" not in found:
            return "K"
        return "k" if "k" in found else None

    def layers(self) -> list[str]:
        """The layers that it can be about: the one said, or those that have what it names."""
        if self.setting.kind is not None:
            return [self.setting.kind]
        ratio = derivative_of(self.equation.parts[0])
        output = "" if ratio is None else getattr(ratio[0], "text", "")
        if output in ("p", "s", "S", "q", "y_hat"):
            return ["activation" if is_elementwise(output, self.setting.statements) else "softmax"]
        by = [derivative_of(node) for part in self.equation.parts[1:] for node in walk(part)]
        if any(found is not None and getattr(found[1], "text", "") in ("p", "y_hat") for found in by):
            return ["softmax"]
        if self._calls("upsample", "up", "down", "unpool", "pool"):
            return [*POOLING]
        if self._names("mask") and not self._names("W", "b"):
            return ["dropout"]
        if self._names("y"):
            return ["loss"]
        slides = self._calls("rot180", "flip", *_SLIDING_CALLS)
        if self._multiplies_matrices():
            return ["linear"] if self._names("W", "b") else ["activation"]
        if self._has("*") and not slides and not self._names("W", "b") and self._is_elementwise():
            return ["activation"]
        if self._may_be_outer():
            return ["linear"] if self._are_vectors() else ["linear", "conv2d"]
        if self._has("*", "⋆") or slides:
            return ["conv2d"]
        if self._names("W") and self._has_sums_of_indices():
            return ["conv2d"]
        if self._names("W", "b"):
            if (planes := self._of_planes()) is not None:
                return planes
            counts = {index_count(self._sub(name)) for name in self._names("a", "z", "δ")}
            entries = any(index_count(self._sub(name)) >= 3 for name in self._names("W"))
            return ["conv2d"] if entries or max(counts, default=0) > 2 else ["linear"]
        return ["activation"]

    def _of_planes(self) -> list[str] | None:
        """The layers where both a and W were said to be two-dimensional; None where they were not."""
        a, weight = self.setting.shape("a"), self.setting.shape("W")
        if a is None or weight is None or min(len(a), len(weight)) < 2:
            return None
        return ["linear", "conv2d"] if len(weight) == 2 and {a[0], a[-1]} & {*weight} else ["conv2d"]

    def _has_sums_of_indices(self) -> bool:
        return any(
            isinstance(inner, Binary) and inner.sign in ("+", "-")
            for name in self._names("a", "W", "z", "δ", "b", "y")
            for item in self._sub(name)
            for inner in walk(item)
        )
