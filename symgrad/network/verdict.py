"""What was decided about a network: each of its layers by itself, and each gradient as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from symgrad.decide.verdict import Verdict

_WORST_FIRST = ("REFUTED", "ILL-FORMED", "UNDECIDED", "HOLDS AT")


@dataclass(frozen=True)
class LayerVerdict:
    """The verdict on the closed form of a layer by one operand.

    `claim` is the closed form at the sizes of the network; the claim of `verdict` may be the same for all
    sizes, by letters of its own, of which the scope speaks.
    """

    layer: str
    operand: str
    claim: str
    verdict: Verdict

    @property
    def general(self) -> str | None:
        """The claim for all sizes, if it is not as the network has it."""
        return None if self.verdict.claim == self.claim else self.verdict.claim

    def as_dict(self) -> dict[str, Any]:
        """As plain data; `general` is the claim that scope and counterexample speak of."""
        as_used = {"claim": self.claim, "general": self.verdict.claim}
        return {"layer": self.layer, "operand": self.operand} | self.verdict.as_dict() | as_used


@dataclass(frozen=True)
class GradientVerdict:
    """The verdict on the gradient by one variable through the whole network."""

    wrt: str
    verdict: Verdict

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {"wrt": self.wrt} | self.verdict.as_dict()


@dataclass(frozen=True)
class NetworkVerdict:
    """Verdicts on the layers and on the gradients of a network.

    That every layer is PROVED is not by itself a verdict on the whole, which says only what was decided
    of the composed expressions. `constants` are the layers with each operand to which nothing goes back.
    """

    name: str
    layers: tuple[LayerVerdict, ...]
    gradients: tuple[GradientVerdict, ...]
    seconds: float
    constants: tuple[tuple[str, str], ...] = ()

    @property
    def verdict(self) -> str:
        """PROVED if every layer and every gradient is, else the worst of them."""
        kinds = {layer.verdict.verdict for layer in self.layers}
        kinds |= {gradient.verdict.verdict for gradient in self.gradients}
        return next((kind for kind in _WORST_FIRST if kind in kinds), "PROVED")

    def __bool__(self) -> bool:
        """Refused, with a TypeError, as that of a verdict is."""
        raise TypeError(
            f"a verdict is no truth value; write verdict.verdict == 'PROVED' (this is {self.verdict})"
        )

    def wrong_layers(self) -> list[str]:
        """The layers whose closed form is refuted, each once."""
        wrong = [part.layer for part in self.layers if part.verdict.verdict == "REFUTED"]
        return list(dict.fromkeys(wrong))

    def lines(self, full: bool = False) -> Iterator[str]:
        """A line for each layer and gradient, and what there is to say where it is not PROVED."""
        yield "each layer by itself"
        for layer in self.layers:
            yield from _told(f"{layer.layer}: {layer.claim}", layer.verdict, full, layer.general)
        for name, operand in self.constants:
            yield f"  {'':9} {name}: nothing goes back to {operand}, as was said"
        yield "through the whole network"
        for gradient in self.gradients:
            name = gradient.verdict.claim if full else f"∂J/∂{gradient.wrt}"
            yield from _told(name, gradient.verdict, full)
        for layer_name in self.wrong_layers():
            yield f"the closed form of {layer_name} is wrong"

    def as_dict(self) -> dict[str, Any]:
        """As plain data, for JSON."""
        return {
            "network": self.name,
            "verdict": self.verdict,
            "wrong_layers": self.wrong_layers(),
            "layers": [layer.as_dict() for layer in self.layers],
            "constants": [{"layer": name, "operand": operand} for name, operand in self.constants],
            "gradients": [gradient.as_dict() for gradient in self.gradients],
            "seconds": round(self.seconds, 6),
        }

    def json(self, indent: int | None = 2) -> str:
        """`as_dict()` as JSON text."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=indent)

    def __str__(self) -> str:
        return "\n".join([f"{self.verdict}  {self.name}", *(f"  {line}" for line in self.lines())])

    def __repr__(self) -> str:
        forms, gradients = len(self.layers), len(self.gradients)
        counts = f"{forms} closed form{'s' * (forms != 1)}, {gradients} gradient{'s' * (gradients != 1)}"
        return f"<{self.verdict}: network {self.name}, {counts}; print it for each>"

    def _repr_html_(self) -> str:
        colour = {"PROVED": "#1a7f37", "REFUTED": "#cf222e"}.get(self.verdict, "#9a6700")
        body = escape("\n".join(self.lines()))
        return (
            f'<div><b style="color:{colour}">{self.verdict}</b> {escape(self.name)}'
            f'<pre style="margin:0.3em 0 0 1em">{body}</pre></div>'
        )


def _told(what: str, verdict: Verdict, full: bool, general: str | None = None) -> Iterator[str]:
    yield f"  {verdict.verdict:9} {what}"
    if full or verdict.verdict != "PROVED":
        if general is not None:
            yield f"    in general {general}"
        yield from (f"    {line}" for line in verdict.lines())
