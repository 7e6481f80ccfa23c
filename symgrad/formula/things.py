"""The tensors of one reading: what each is, what σ and J are, and which tensors are asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from symgrad.formula.activations import ANY, ANY_ACTIVATION, Activation, known
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index
from symgrad.language.tensor import Tensor, Variable


@dataclass(frozen=True)
class Thing:
    """A tensor, and what its first axes are numbered by: "n" a sample, "in" and "out" maps."""

    tensor: Tensor
    maps: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    """What names mean in one reading.

    `things` are the tensors by role: `a` the input, `lower` what is under the activation below it, `W`,
    `b`, `z` the output, `δ` its derivative, `y` the target, `J` the value of a loss. `kind` is "maps" (two
    maps side by side are not a product), "matrix" or "vector". `activation` is σ, and `called` the name that
    it has in the formula, None where every function is it. J is not a function of the roles in `hidden`.
    `axis` is the one that a normalization is along.
    With `samples`, J is the mean over so many samples, and δ is of their sum.
    """

    layer: str
    kind: str
    things: dict[str, Thing]
    window: tuple[Any, ...] = ()
    padding: tuple[Any, ...] = ()
    stride: tuple[Any, ...] = ()
    assuming: tuple[Constraint | SumsToOne, ...] = ()
    said: tuple[str, ...] = field(default=())
    activation: Activation = ANY_ACTIVATION
    called: str | None = None
    hidden: tuple[str, ...] = ()
    samples: Index | None = None
    every: bool = False
    axis: int = 0

    @property
    def z(self) -> Tensor:
        """The forward: what J is a function of."""
        return self.things["J" if "J" in self.things else "z"].tensor

    @property
    def delta(self) -> Tensor | None:
        """∂J/∂z; None where J itself is the forward."""
        return None if "J" in self.things else self.things["δ"].tensor

    @property
    def below(self) -> bool:
        """Whether the input is an activation of something."""
        return "lower" in self.things

    def function(self, name: str) -> Activation:
        """The function that a formula calls so."""
        own = known(name)
        if own is not None:
            return Activation(own)
        return self.activation if self.called in (None, name) else Activation(name)

    def cotangent(self, role: str) -> Tensor | None:
        """∂J/∂z where the derivative by this role is taken: of a mean, δ is one of the samples'."""
        if self.samples is None or self.delta is None or (role not in ("W", "b") and not self.every):
            return self.delta
        return self.delta / self.samples


@dataclass(frozen=True)
class Wanted:
    """Which world is asked for: how many axes stand before the spatial ones, and the options of a reading.

    `samples` is the name of their number where there are several, `mean` whether J is their mean. `loss` is
    what J is, `scaled` what dropout divides by ("p": 1 - p, "q": q), `function` what σ is, and `called` the
    name that it has in the formula.
    """

    maps: bool = False
    batch: bool = False
    below: bool = False
    bias: str = "map"
    rows: str = ""
    square: str | None = None
    samples: str | None = None
    mean: bool = False
    every: bool = False
    loss: str = "squared"
    variance: bool = False
    scaled: str = ""
    function: str = ANY
    called: str | None = None


def is_variable(thing: Thing) -> bool:
    """Whether it is given, and not computed."""
    return isinstance(thing.tensor, Variable)
