"""What an equation leaves open, and every way to choose it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from symgrad.formula.evidence import POOLING, SLIDING
from symgrad.formula.guesses import functions
from symgrad.formula.idioms import count_of_samples, is_about_samples
from symgrad.formula.levels import derivative_of
from symgrad.formula.outputs import Choice, Outputs
from symgrad.formula.setting import MODES, NORMS, STARS
from symgrad.formula.syntax import (
    Matrix,
    Name,
    Number,
    Sum,
    walk,
)
from symgrad.formula.target import index_count, is_j, is_letter, name_of, names, target_of
from symgrad.formula.things import Wanted

MAPPED = (*SLIDING, *POOLING, "activation")


@dataclass(frozen=True)
class Choices(Outputs):
    """The choices for one link of an equation."""

    # -- entries or whole maps --------------------------------------------------------------------
    def is_about_entries(self, layer: str) -> bool:
        """Whether indices number entries, and not only whole maps."""
        if layer not in self._about_entries:
            self._about_entries[layer] = self._numbers_entries(layer)
        return self._about_entries[layer]

    def _numbers_entries(self, layer: str) -> bool:
        if layer in NORMS:
            return any(self._sub(name) for name in self._names("a", "z", "δ", "x_hat", "γ", "β"))
        if any(isinstance(node, Matrix) for node in self._nodes()):
            return False
        if any(name.text in self.setting.shapes and name.sub for name in self._names("J")):
            return True
        subs = [self._sub(name) for name in self._names("a", "W", "z", "δ", "b", "y")]
        if any(not is_letter(item) for sub in subs for item in sub):
            return True
        counts = [index_count(sub) for sub in subs if sub]
        if layer == "loss" and is_about_samples(self.equation, self.setting.role):
            return False
        if layer == "linear" and self._are_vectors():
            return False
        if layer in ("linear", "loss", "softmax"):
            return bool(counts)
        carried = [index_count(self._sub(n)) for n in self._names("a", "z", "δ") if self._sub(n)]
        if layer == "conv1d" and not self._has("*", "⋆") and self._has_bounds():
            return True  # Σ_{t=1}^T δ_t x_t: letters of positions, not of maps
        return max(carried, default=0) >= 2 or max(counts, default=0) >= 3

    def all(self) -> Iterator[Choice]:
        """Every combination of what is left open."""
        layers = self.layers()
        for layer in layers:
            said = (("layer", layer),) if len(layers) > 1 else ()
            entries = self.is_about_entries(layer)
            found = list(self._entries(layer) if entries else self._maps(layer))
            for function, called, guessed, of in functions(self.setting, self.equation):
                for choice in found:
                    if choice.wanted.below or layer == "activation":
                        wanted = replace(choice.wanted, function=function, called=called)
                        options = (*said, *choice.options, *((("function", of),) if of else ()))
                        yield replace(choice, wanted=wanted, guessed=guessed, options=options)
                    elif not guessed:
                        yield replace(choice, options=(*said, *choice.options))

    # -- whole maps -------------------------------------------------------------------------------
    def _maps(self, layer: str) -> Iterator[Choice]:
        if layer == "loss":
            yield from self._output(letters=False)
            return
        if layer in NORMS:
            variance, norm = self._variance()
            yield Choice(layer, Wanted(variance=variance), options=norm)
            return
        if layer == "dropout":
            named = {self.setting.role(name.text) for name in names(self.equation, self.setting)}
            for scaled in ("", *({"p", "q"} & named)):
                yield Choice(layer, Wanted(scaled=scaled), options=(("scaled", _SCALED[scaled]),))
            return
        setting = self.setting
        literal = any(isinstance(node, Matrix) for node in self._nodes())
        lettered = ("a", "z", "δ", "W", "b") if layer in SLIDING else ("a", "z", "δ")
        letters = layer in MAPPED and not literal and any(self._sub(n) for n in self._names(*lettered))
        slides = layer in SLIDING and (self._has("*", "⋆") or self._calls("conv"))
        modal = layer in SLIDING and (slides or self._calls("correlate", "convolve", "conv2"))
        says_mode = any(name.text in MODES for name in names(self.equation, self.setting))
        open_star = setting.star is None and (self._has("*") or self._calls("conv"))
        stars: Sequence[str] = STARS if slides and open_star else (setting.star or STARS[0],)
        modes: Sequence[str] = (
            MODES if modal and setting.mode is None and not says_mode else (setting.mode or "full",)
        )
        belows, biases, square = self._belows(layer), self._biases(layer), self._square(layer)
        spreads = [self.setting.upsample] if self.setting.upsample else ["repeat"]
        if layer == "max_pool2d" and isinstance(self.equation.parts[-1], Matrix):
            spreads = ["placed"]
        if self._calls("upsample", "up", "unpool") and not self.setting.upsample:
            spreads = {"avg_pool2d": ["divide", "repeat"], "max_pool2d": ["route", "repeat"]}.get(
                layer, spreads
            )
        turned = ["turned"] if self._may_be_turned() else []
        rows = {"linear": ["columns", "", "io", "oi", *turned]}.get(layer, [""])
        if layer == "linear" and (self._calls("outer") or self._may_be_outer()):
            rows = ["", "row"]  # of one sample
        if layer == "linear" and self._are_vectors():
            rows = ["samples"]
        if layer == "activation" and self._calls("diag"):
            rows = ["column"]
        if layer == "softmax" and (self._calls("diag") or self._multiplies_matrices()):
            rows = ["column"]
        layouts = (
            ["rows", "columns"] if self._is_of_an_output() and layer in ("linear", "softmax") else ["rows"]
        )
        if len(layouts) > 1:
            rows = {"linear": ["", "row"]}.get(layer, ["column"])  # of one sample
        samples, means = self._samples(layer)
        if layer == "linear" and samples is None and setting.shape("a") is not None:
            rows = [one for one in rows if one != "columns"]
        elif layer == "linear" and (samples is not None or self._sums_samples()):
            rows = [one for one in rows if one not in ("", "row")]  # a sum over one sample says nothing
        product = itertools.product(stars, modes, belows, biases, spreads, rows, layouts, means)
        for star, mode, below, bias, spread, row, layout, mean in product:
            options: list[tuple[str, str]] = []
            if slides:
                kind = "cross-correlation" if star == "correlation" else "convolution"
                sign = "*" if self._has("*") or not self._has("⋆") else "⋆"
                options.append(("star", f"{sign} as {mode} {kind}" if not says_mode else f"{sign} as {kind}"))
            elif modal and not says_mode:
                options.append(("mode", f"sliding as {mode}"))
            elif layer in ("activation", "linear") and self._has("*"):
                is_outer = layer == "linear" and self._may_be_outer()
                options.append(("star", "⊗ as outer product" if is_outer else "* as elementwise product"))
            options += self._said(belows, below, biases, bias)
            if len(spreads) > 1:
                options.append(("upsample", SPREADS[spread]))
            if len(rows) > 1 or row == "samples":
                options.append(("rows", _ROWS[row].removesuffix(" + b" if bias == "none" else "\0")))
            if len(layouts) > 1:
                options.append(("layout", _LAYOUTS[layout]))
            if len(means) > 1:
                options.append(("mean", _MEANS[mean]))
            wanted = Wanted(letters, False, below, bias, row, square, samples, bool(mean), mean == "all")
            yield Choice(layer, wanted, star, mode, spread, layout, options=tuple(options))

    def _is_of_an_output(self) -> bool:
        """Whether the left side is a derivative of something else than J, and of no entry."""
        found = derivative_of(self.equation.parts[0])
        name = None if found is None else name_of(found[1])
        return found is not None and not is_j(found[0], self.setting) and name is not None and not name.sub

    def _variance(self) -> tuple[bool, tuple[tuple[str, str], ...]]:
        """Whether σ² is the variance without its ε, which then stands beside it."""
        variance, present = bool(self._names("ε")), bool(self._names("σ"))
        said = "σ² as the variance" if variance else "σ² as the variance + ε"
        return variance, (("norm", said),) if present else ()

    def _sums_samples(self) -> bool:
        bare = any(isinstance(node, Sum) and not node.bounds for node in self._nodes())
        return bare or self._calls("sum", "mean")

    def _samples(self, layer: str) -> tuple[str | None, Sequence[str]]:
        """What the number of samples of a dense layer is called, where a formula has it or sums over them,
        and whether J is their mean: with ∂J written out, of all that is differentiated by."""
        if layer != "linear":
            return None, [""]
        count = count_of_samples(self.equation, self.setting.role)
        if count is not None:
            written = derivative_of(self.equation.parts[0]) is not None
            inside = any(derivative_of(n) for part in self.equation.parts[1:] for n in walk(part))
            return count, ["", "all"] if written and not inside else [""] if inside else ["", "parameters"]
        return None, [""]

    def _said(
        self, belows: Sequence[bool], below: bool, biases: Sequence[str], bias: str
    ) -> list[tuple[str, str]]:
        options: list[tuple[str, str]] = []
        if len(belows) > 1:
            options.append(("below", _BELOW[below]))
        if len(biases) > 1:
            options.append(("bias", _BIAS[bias]))
        return options

    def _biases(self, layer: str) -> list[str]:
        if self.setting.bias or layer not in (*SLIDING, "linear"):
            return [self.setting.bias or "map"]
        if not self._names("b"):
            target = target_of(self.equation.parts[0], self.equation.parts[1:], self.setting, self.levels)
            is_output = target is not None and not target.is_derivative and target.role == "z"
            return ["none", "map"] if is_output else ["map"]
        return ["map", "position"] if layer in SLIDING else ["map"]

    def _belows(self, layer: str) -> list[bool]:
        """Whether the input is an activation: as the equation shows, or both where it says δ of it."""
        if layer == "activation":
            return [True]
        left = self.equation.parts[0]
        target = target_of(left, self.equation.parts[1:], self.setting, self.levels)
        if any(name.primes for name in self._names("σ")) or any(
            self.levels.is_lower(name) for name in self._names("z")
        ):
            return [True]
        if target is not None and target.role == "lower":
            if derivative_of(left) is not None:
                return [True]
            return [False, True] if self.setting.below is None else [self.setting.below]
        return [False]

    # -- entries ----------------------------------------------------------------------------------
    def _entries(self, layer: str) -> Iterator[Choice]:
        if layer == "loss":
            yield from self._output(letters=True, bases=self._bases())
            return
        if layer in NORMS:
            variance, norm = self._variance()
            for base in self._bases():
                wanted = Wanted(rows="entries", variance=variance)
                yield Choice(layer, wanted, base=base, options=(*norm, ("rows", _OF_ONE[layer])))
            return
        dims = {"conv1d": 1, "linear": 1, "softmax": 1}.get(layer, 2)
        carried = [self._index_count(n) for n in self._names("a", "z", "δ", "y") if self._sub(n)]
        most = max(carried, default=dims)
        if not carried and layer in SLIDING:
            most = max((index_count(self._sub(n)) for n in self._names("W")), default=dims) // 2 + dims - 1
            most = dims if most <= dims else most
        maps, batch = most > dims, most > dims + 1
        rows = [""]
        if layer == "linear" and self._are_numbers():
            yield from self._numbers()
            return
        if layer == "linear":
            rows = ["vector", "vector_io"] if most <= 1 else ["io", "oi"]
            maps = batch = False
        belows, biases = self._belows(layer), self._biases(layer)
        bases, square = self._bases(), self._square(layer) if layer in POOLING else None
        for below, bias, row, base in itertools.product(belows, biases, rows, bases):
            options = self._said(belows, below, biases, bias)
            if len(rows) > 1:
                options.append(("rows", _ROWS[row]))
            if len(bases) > 1:
                options.append(("base", f"indices count from {base}"))
            for outside in (False, True) if self._has_sums_of_indices() else (False,):
                extra = (("outside", "entries outside a map are 0"),) if outside else ()
                wanted = Wanted(maps, batch, below, bias, row, square)
                yield Choice(layer, wanted, base=base, zero_outside=outside, options=(*options, *extra))

    def _numbers(self) -> Iterator[Choice]:
        """A dense layer of one number a sample."""
        samples, means = self._samples("linear")
        for mean in means:
            options = [("rows", _ROWS["numbers"])] + ([("mean", _MEANS[mean])] if len(means) > 1 else [])
            wanted = Wanted(rows="numbers", samples=samples, mean=bool(mean), every=mean == "all")
            yield Choice("linear", wanted, options=tuple(options))

    def _index_count(self, name: Name) -> int:
        """How many indices a name has: digits in one piece are as many as the shape has axes."""
        sub = self._sub(name)
        said = next((s for role in ("a", "z", "δ") if (s := self.setting.shape(role))), None)
        if said is not None and len(sub) == 1 and isinstance(sub[0], Number):
            return len(said)
        return index_count(sub)

    def _bases(self) -> list[int]:
        """What indices count from: as numbers and bounds show; both where only a shift could show it."""
        if self.setting.base is not None:
            return [self.setting.base]
        starts = set()
        for node in self._nodes():
            if isinstance(node, Sum):
                starts |= {int(first.value) for _, first, _ in node.bounds if isinstance(first, Number)}
            if isinstance(node, Name):
                for item in self._sub(node):
                    if isinstance(item, Number):
                        starts.add(0 if "0" in item.text else 1)
        if 0 in starts:
            return [0]
        if 1 in starts:
            return [1]
        return [0, 1] if self._has_sums_of_indices() or self._calls("floor") else [1]

    def _has_bounds(self) -> bool:
        return any(isinstance(n, Sum) and any(last for _, _, last in n.bounds) for n in self._nodes())


_BIAS = {"map": "one bias for each map", "position": "one bias for each position", "none": "no bias"}
_BELOW = {True: "the layer below ends in σ", False: "nothing below the input"}
SPREADS = {
    "repeat": "upsample repeats each entry",
    "divide": "upsample spreads each entry evenly",
    "route": "upsample puts each entry where the maximum was",
}
_MEANS = {
    "": "J as the sum over samples",
    "all": "J as the mean over samples but δ of each alone",
    "parameters": "J as the mean over samples but dA and dZ of each alone",
}
_OF_ONE = {"batch_norm": "one feature of every sample", "layer_norm": "every entry of one sample"}
_LAYOUTS = {"rows": "a row for each output", "columns": "a column for each output"}
_SCALED = {"": "z = a ⊙ mask", "p": "z = a ⊙ mask / (1 - p)", "q": "z = a ⊙ mask / q"}
_ROWS = {
    "": "one column, z = W a + b",
    "row": "one row, z = a W + b",
    "samples": "a column for each sample, z = W a + b",
    "numbers": "one number a sample, z = w a + b",
    "columns": "a sample a column, z = W a + b",
    "turned": "a sample a column, z = Wᵀ a + b",
    "io": "a sample a row, z = a W + b",
    "oi": "a sample a row, z = a Wᵀ + b",
    "vector": "W_{ji} leads from i to j",
    "vector_io": "W_{ij} leads from i to j",
}
