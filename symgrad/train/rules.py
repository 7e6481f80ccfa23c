"""The rules that a training run stands on: decided first, and emitted only if every one is PROVED."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symgrad.catalogue import Rule, rules
from symgrad.decide.verdict import Proved, Verdict
from symgrad.emission.compiled import compiled
from symgrad.errors import NotProved, UnknownRule

Function = Callable[[Any], Any]
LAYERS = (
    "conv2d.input",
    "conv2d.weight",
    "conv2d.bias",
    "avg_pool2d.input",
    "flatten.input",
    "linear.input",
    "linear.weight",
    "linear.bias",
)
ANY_ACTIVATION = "activation.input"
LOSSES = {
    "cross-entropy": ("cross_entropy.input_sum",),
    "squared-error": ("half_squared_error.total",),
    "softmax-squared-error": ("softmax.input", "half_squared_error.total"),
    "activation-softmax-squared-error": (ANY_ACTIVATION, "softmax.input", "half_squared_error.total"),
}
"""What the outputs go through, J last, a total over the samples: softmax is in cross-entropy already. The
last of them is the loop of the article that the project grew out of: σ, then softmax, then ½‖a - y‖²."""


def usual_rate(loss: str) -> float:
    """The learning rate with which a loss learns well, unless another is asked for."""
    return 0.2 if loss == "cross-entropy" else 0.1


def _sigmoid(z: Any) -> Any:
    return 0.5 * (1 + np.tanh(0.5 * z))


def _step(z: Any) -> Any:
    return (z > 0).astype(z.dtype)


ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z))),
    "relu": (lambda z: z * _step(z), _step),
}
"""σ and σ', for the rule of any activation, where the catalogue has no rule for this one."""


@dataclass(frozen=True)
class Chosen:
    """The rules of a run by what they are for."""

    by_name: Mapping[str, Rule]
    activation: str
    loss: str

    @property
    def activation_rule(self) -> Rule:
        """The rule of this activation, or the one of any."""
        return self.by_name.get(f"{self.activation}.input") or self.by_name[ANY_ACTIVATION]

    @property
    def tail(self) -> list[Rule]:
        """What the outputs go through, the loss last."""
        names = LOSSES[self.loss]
        return [self.activation_rule if name == ANY_ACTIVATION else self.by_name[name] for name in names]

    @property
    def every(self) -> list[Rule]:
        """All rules of the run, each once, in the order in which the gradient uses them."""
        used = [*reversed(self.tail), *(self.by_name[name] for name in LAYERS), self.activation_rule]
        return list({rule.name: rule for rule in used}.values())


def choose(activation: str, loss: str | None, catalogue: Sequence[Rule] | None = None) -> Chosen:
    """The rules for a network with that activation and loss.

    Without a loss, it is cross-entropy where the catalogue has its rule, else the squared error. Raises
    UnknownRule for a loss whose rule is not in the catalogue.
    """
    by_name = {rule.name: rule for rule in (rules() if catalogue is None else catalogue)}
    if loss is None:
        loss = next(name for name, needed in LOSSES.items() if all(rule in by_name for rule in needed))
    missing = [rule for rule in LOSSES[loss] if rule not in by_name]
    if missing:
        raise UnknownRule(f"the loss {loss} needs the rule {missing[0]}, which the catalogue does not have")
    return Chosen(by_name, activation, loss)


def decided(chosen: Chosen, report: Callable[[Rule, Verdict], None]) -> None:
    """Decide every rule and report its verdict. Raises NotProved for the first that is not PROVED."""
    refused: NotProved | None = None
    for rule in chosen.every:
        verdict = rule.verify()
        report(rule, verdict)
        if not isinstance(verdict, Proved) and refused is None:
            refused = NotProved(rule.name, verdict)
    if refused is not None:
        raise refused


@dataclass(frozen=True)
class Backward:
    """A layer as emitted from one of its rules: the forward, and the gradient."""

    forward: Callable[..., Any]
    gradient: Callable[..., Any]


def emitted(rule: Rule) -> Backward:
    """Both functions of a rule. Raises NotProved."""
    return Backward(compiled(rule, forward=True), compiled(rule))
