"""The activation of a reading: any function σ, or one that is known, such as tanh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symgrad.formula.problem import Meaningless
from symgrad.language.algebra import apply
from symgrad.language.build import build
from symgrad.language.functions import Known, exp, log, sigmoid, softplus, step, tanh
from symgrad.language.scalar import Access, Apply, Function, Scalar, multiply
from symgrad.language.tensor import Tensor, index_names

ANY = "σ"
"""The activation of which nothing is known."""
KNOWN: Mapping[str, Known | None] = {
    "sigmoid": sigmoid, "tanh": tanh, "relu": None, "softplus": softplus,
}  # fmt: skip
"""The activations that are known; ReLU is written by its step."""
SPELLINGS = {"ReLU": "relu", "RELU": "relu", "Relu": "relu", "logistic": "sigmoid", "Sigmoid": "sigmoid",
             "sigm": "sigmoid", "Tanh": "tanh", "th": "tanh"}  # fmt: skip
ELEMENTWISE: Mapping[str, Known] = {"exp": exp, "log": log, "ln": log}
"""Functions that are no activations."""
SAID = {ANY: "σ any function", "sigmoid": "σ = sigmoid", "tanh": "σ = tanh",
        "relu": "σ = ReLU away from 0", "softplus": "σ = softplus"}  # fmt: skip


def known(name: str) -> str | None:
    """The known activation of that name, however it is spelt; None for any other."""
    return name if name in KNOWN else SPELLINGS.get(name)


@dataclass(frozen=True)
class Activation:
    """A function of one variable: one of KNOWN, or one of which only the name is known."""

    name: str = ANY

    def at(self, x: Scalar, order: int = 0) -> Scalar:
        """Its value, or that of a derivative. Raises Meaningless for a second derivative of a known one."""
        if self.name not in KNOWN:
            return Apply(Function(self.name, order), x)
        if order > 1:
            raise Meaningless(f"the second derivative of {self.name} is not read")
        function = KNOWN[self.name]
        if function is None:
            return Apply(step, x) if order else multiply(x, Apply(step, x))
        return function.slope(x) if order else Apply(function, x)

    def of(self, x: Tensor, order: int = 0) -> Tensor:
        """The same of every entry."""
        if self.name not in KNOWN:
            return apply(Function(self.name, order), x)
        function = KNOWN[self.name]
        if function is not None and not order:
            return apply(function, x)
        return build(x.axes, lambda *i: self.at(Access(x, i), order), index_names(x))


ANY_ACTIVATION = Activation()
"""Any function."""
