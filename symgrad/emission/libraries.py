"""NumPy's and PyTorch's own ways of writing the operations, and their names for known functions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import ClassVar

from symgrad.emission.array import (
    Argmax,
    Array,
    AsNumber,
    Broadcast,
    Gather,
    Reduce,
    Where,
    Windows,
)
from symgrad.emission.write import ATOM, COMPARED, Writer, sliced
from symgrad.errors import EmissionError
from symgrad.language.index import Index


class NumPy(Writer):
    """Source for NumPy."""

    module = "np"
    copied = ".copy()"
    array_type = "Array"
    roots: ClassVar = {Fraction(1, 2): "np.sqrt({0})", Fraction(1, 3): "np.cbrt({0})"}
    spellings: ClassVar = {
        "exp": "np.exp({0})",
        "log": "np.log({0})",
        "tanh": "np.tanh({0})",
        "sigmoid": "0.5 * (1 + np.tanh(0.5 * {0}))",  # which does not overflow
        "softplus": "np.logaddexp(0, {0})",
        "erf": "np.vectorize(math.erf, otypes=[float])({0})",
        "Phi": "0.5 * np.vectorize(math.erfc, otypes=[float])(-{0} / math.sqrt(2))",
        "phi": "np.exp(-0.5 * {0}**2) / math.sqrt(2 * math.pi)",
        "step": "np.heaviside({0}, 0)",
    }

    def header(self) -> list[str]:
        """The imports."""
        lines = ["import math", ""] if "math" in self.imports else []
        lines += ["from collections.abc import Callable", ""] if self.functions else []
        lines += ["from typing import Any", "", "import numpy as np"]
        tricks = sorted(self.imports & {"as_strided", "sliding_window_view"})
        lines += [f"from numpy.lib.stride_tricks import {', '.join(tricks)}"] if tricks else []
        return [*lines, "from numpy.typing import NDArray", "", "Array = NDArray[Any]"]

    def transposed(self, source: Array, order: Sequence[int]) -> str:
        """`x.transpose(1, 0)`."""
        text = self.text(source, ATOM)
        return f"{text}.T" if tuple(order) == (1, 0) else f"{text}.transpose({', '.join(map(str, order))})"

    def turned(self, source: str, rank: int, axes: Sequence[int]) -> str:
        """`x[:, ::-1]`."""
        keys = ["::-1" if axis in axes else ":" for axis in range(rank)]
        return f"{source}[{', '.join(keys)}]"

    def special(self, node: Array) -> str:
        """Reductions, windows, masks."""
        match node:
            case Broadcast(source=source) if source.is_number:
                return f"np.full({self.sizes.shape(node.shape)}, {self.text(source)}, float)"
            case Broadcast(source=source):
                return f"np.broadcast_to({self.text(source)}, {self.sizes.shape(node.shape)})"
            case Windows():
                return self._windows(node)
            case Gather(source=source, at=at, clip=clip):
                places = [self.text(place) for place in at]
                if clip:
                    lasts = [self.sizes.text(extent - 1) for extent in source.shape]
                    places = [f"np.clip({p}, 0, {last})" for p, last in zip(places, lasts, strict=True)]
                return f"{self.text(source, ATOM)}[{', '.join(places)}]"
            case Reduce(source=source, over=over, greatest=greatest):
                axes = "" if len(over) == len(source.shape) else f"axis={_axes(over)}"
                return f"{self.text(source, ATOM)}.{'max' if greatest else 'sum'}({axes})"
            case Argmax(source=source):
                return f"{self.text(source, ATOM)}.argmax(axis=-1)"
            case Where(conditions=conditions, source=source, lowest=lowest):
                both = _conjunction([self.text(c, COMPARED) for c in conditions])
                return f"np.where({both}, {self.text(source)}, {'-np.inf' if lowest else '0'})"
            case AsNumber(source=source, like=like):
                kind = self.named(like) if like is not None else self.first
                return f"({self.text(source)}).astype({f'{kind}.dtype' if kind else 'float'})"
        raise EmissionError(f"no NumPy source is known for {type(node).__name__}")

    def _windows(self, node: Windows) -> str:
        self.imports.add("sliding_window_view")
        source = self.text(node.source)
        sizes = [slide.spread * (slide.size - 1) + 1 for slide in node.along]
        axes = [slide.axis for slide in node.along]
        text = f"sliding_window_view({source}, {self.sizes.shape(sizes)}, {_tuple(axes)})"
        steps: dict[int, Index] = {slide.axis: slide.step for slide in node.along}
        steps |= {len(node.source.shape) + n: slide.spread for n, slide in enumerate(node.along)}
        stepped = [steps.get(axis, Index.of(1)) for axis in range(len(node.shape))]
        keys = [":" if step == 1 else sliced("", "", self.sizes.text(step)) for step in stepped]
        while keys and keys[-1] == ":":
            keys.pop()
        return f"{text}[{', '.join(keys)}]" if keys else text

    def filled(self, shape: str, like: str | None, lowest: bool) -> str:
        """`np.zeros(shape, x.dtype)`."""
        kind = f", {like}.dtype" if like else ""
        return f"np.full({shape}, -np.inf{kind})" if lowest else f"np.zeros({shape}{kind})"

    def strides(self, name: str) -> str:
        """In bytes."""
        return f"{name}.strides"

    def strided(self, start: str, shape: str, strides: str) -> str:
        """`as_strided`."""
        self.imports.add("as_strided")
        return f"as_strided({start}, {shape}, {strides})"

    def arange(self, count: str) -> str:
        """`np.arange`."""
        return f"np.arange({count})"


class PyTorch(Writer):
    """Source for PyTorch."""

    module = "torch"
    copied = ".clone()"
    array_type = "Tensor"
    roots: ClassVar = {Fraction(1, 2): "torch.sqrt({0})"}
    spellings: ClassVar = {
        "exp": "torch.exp({0})",
        "log": "torch.log({0})",
        "tanh": "torch.tanh({0})",
        "sigmoid": "torch.sigmoid({0})",
        "softplus": "torch.nn.functional.softplus({0})",
        "erf": "torch.erf({0})",
        "Phi": "torch.special.ndtr({0})",
        "phi": "torch.exp(-0.5 * {0}**2) / math.sqrt(2 * math.pi)",
        "step": "({0} > 0).to({0}.dtype)",
    }

    def header(self) -> list[str]:
        """The imports."""
        lines = ["import math", ""] if "math" in self.imports else []
        lines += ["from collections.abc import Callable", ""] if self.functions else []
        return [*lines, "import torch", "from torch import Tensor"]

    def transposed(self, source: Array, order: Sequence[int]) -> str:
        """`x.permute(1, 0)`."""
        text = self.text(source, ATOM)
        return f"{text}.T" if tuple(order) == (1, 0) else f"{text}.permute({', '.join(map(str, order))})"

    def turned(self, source: str, rank: int, axes: Sequence[int]) -> str:
        """`x.flip(0)`, as slices of a tensor cannot run backwards."""
        return f"{source}.flip({', '.join(map(str, axes))})"

    def special(self, node: Array) -> str:
        """Reductions, windows, masks."""
        match node:
            case Broadcast(source=source) if source.is_number:
                return f"torch.full({self.sizes.shape(node.shape)}, float({self.text(source)}))"
            case Broadcast(source=source):
                return f"{self.text(source, ATOM)}.broadcast_to({self.sizes.shape(node.shape)})"
            case Windows():
                return self._windows(node)
            case Gather(source=source, at=at, clip=clip):
                places = [self.text(place, ATOM if clip else COMPARED) for place in at]
                if clip:
                    lasts = [self.sizes.text(extent - 1) for extent in source.shape]
                    places = [f"{p}.clamp(0, {last})" for p, last in zip(places, lasts, strict=True)]
                return f"{self.text(source, ATOM)}[{', '.join(places)}]"
            case Reduce(source=source, over=over, greatest=greatest):
                axes = "" if len(over) == len(source.shape) else _axes(over)
                return f"{self.text(source, ATOM)}.{'amax' if greatest else 'sum'}({axes})"
            case Argmax(source=source):
                return f"{self.text(source, ATOM)}.argmax(-1)"
            case Where(conditions=conditions, source=source, lowest=lowest):
                both = _conjunction([self._condition(c) for c in conditions])
                return f"torch.where({both}, {self.text(source)}, {'-torch.inf' if lowest else '0'})"
            case AsNumber(source=source, like=like):
                kind = self.named(like) if like is not None else self.first
                return f"({self._condition(source)}).to({f'{kind}.dtype' if kind else 'torch.double'})"
        raise EmissionError(f"no PyTorch source is known for {type(node).__name__}")

    def _condition(self, node: Array) -> str:
        text = self.text(node, COMPARED)
        return text if node.shape else f"torch.tensor({text})"

    def _windows(self, node: Windows) -> str:
        text = self.text(node.source, ATOM)
        for slide in node.along:
            size = slide.spread * (slide.size - 1) + 1
            text += f".unfold({slide.axis}, {self.sizes.text(size)}, {self.sizes.text(slide.step)})"
        spreads = [slide.spread for slide in node.along]
        if all(spread == 1 for spread in spreads):
            return text
        keys = [":" if spread == 1 else sliced("", "", self.sizes.text(spread)) for spread in spreads]
        return f"{text}[..., {', '.join(keys)}]"

    def filled(self, shape: str, like: str | None, lowest: bool) -> str:
        """`x.new_zeros(shape)`."""
        if like is None:
            return f"torch.full({shape}, -torch.inf)" if lowest else f"torch.zeros({shape})"
        return f"{like}.new_full({shape}, -torch.inf)" if lowest else f"{like}.new_zeros({shape})"

    def strides(self, name: str) -> str:
        """In entries."""
        return f"{name}.stride()"

    def strided(self, start: str, shape: str, strides: str) -> str:
        """`x.as_strided`."""
        return f"{start}.as_strided({shape}, {strides})"

    def arange(self, count: str) -> str:
        """`torch.arange`."""
        device = f", device={self.first}.device" if self.first else ""
        return f"torch.arange({count}{device})"


LIBRARIES: dict[str, type[Writer]] = {"numpy": NumPy, "torch": PyTorch}


def _conjunction(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else " & ".join(f"({text})" for text in texts)


def _axes(axes: Sequence[int]) -> str:
    return str(axes[0]) if len(axes) == 1 else _tuple(axes)


def _tuple(numbers: Sequence[int]) -> str:
    return f"({numbers[0]},)" if len(numbers) == 1 else f"({', '.join(map(str, numbers))})"
