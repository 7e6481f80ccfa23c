"""How long a formula takes from its text to its verdict, in both spellings, and to what was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import symgrad as sg

QUOTED = (
    "δ[l-1] = δ[l] * rot180(W) ⊙ σ'(z[l-1])",
    r"\delta^{l-1} = \delta^{l} * \mathrm{rot180}(W) \odot \sigma'(z^{l-1})",
    "dW = correlate(a, delta)",
    r"\mathrm{d}W = \mathrm{correlate}(a, \delta)",
    "δ_i[l-1] = Σ_j δ_j[l] * rot180(W_ij[l]) ⊙ σ'(z_i[l-1])",
    r"\delta_i^{l-1} = \sum_j \delta_j^{l} * \mathrm{rot180}(W_{ij}^{l}) \odot \sigma'(z_i^{l-1})",
    r"\delta_i^{l-1} = \delta_j^{l} * \mathrm{rot180}(W_{ij}^{l}) \odot \sigma'(z_i^{l-1})",
)
"""Formulas that the README and the article have; the last is wrong."""


def formulas(median_seconds: Callable[[Callable[[], Any], int], float]) -> Iterator[str]:
    """A row for each: read and decided in every way, and with the suggestion."""
    yield "checking a formula as it is written, read and decided in every way (medians of 30)"
    yield f"  {'verdict':9} {'check':>9} {'and did you mean':>17}"
    for text in QUOTED:
        [found] = sg.check(text, layer="conv2d")
        alone = median_seconds(lambda: sg.check(text, layer="conv2d"), 30)  # noqa: B023
        whole = median_seconds(lambda: sg.check(text, layer="conv2d")[0].did_you_mean, 10)  # noqa: B023
        yield f"  {found.kind:9} {alone * 1e3:6.1f} ms {whole * 1e3:14.1f} ms   {text}"
