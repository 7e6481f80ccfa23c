"""Did you mean: a wrong claim is tried again without one of the mistakes people make.

Each candidate is the claim with one place written differently; the first that is PROVED is offered.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from symgrad.decide.mistakes import REWRITES, Rewrite, channels, factors, plainly, spatial_rank
from symgrad.decide.presburger import OPERATIONS
from symgrad.decide.question import Question
from symgrad.decide.rewrite import call_of, put, write, written_places
from symgrad.decide.tidy import tidied
from symgrad.errors import SymgradError
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.maps import pad, pad_widths
from symgrad.language.notation import nodes, operator_text
from symgrad.language.tensor import Tensor, Variable

CANDIDATES = 400
"""The most candidates that are tried; each takes one or a few milliseconds."""


def did_you_mean(asked: Question) -> str | None:
    """A right claim that differs from the one asked about in one place, as it would be written."""
    from symgrad.decide.decision import decide, holds_plainly
    from symgrad.decide.verdict import Proved

    def proved(attempt: Question, quickly: bool = True) -> bool:
        if quickly and not holds_plainly(attempt, OPERATIONS // 10):
            return False
        return isinstance(decide(attempt, suggest=False), Proved)

    def written(right: Question) -> str:
        short = tidied(right.claim, write)
        if short != right.claim and not proved(right.with_claim(short), quickly=False):
            short = right.claim
        return operator_text(short)

    for candidate in itertools.islice(candidates(asked), CANDIDATES):
        if proved(attempt := asked.with_claim(candidate)):
            return written(attempt)
    for hypothesis in _forgotten(asked):
        under = replace(asked, assuming=(*asked.assuming, hypothesis), through=())
        for candidate in (asked.claim, *_attempted(factors, asked.claim, asked)):
            if proved(attempt := under.with_claim(candidate)):
                assumed = f"sums_to_one({hypothesis.variable.name}, {hypothesis.axis})"
                return f"{written(attempt)}, assuming=[{assumed}]"
    return None


def _forgotten(asked: Question) -> Iterator[SumsToOne]:
    """Hypotheses on what the claim reads too, as on the targets of a loss, that were not given."""
    read = set(nodes(asked.claim))
    for variable in nodes(asked.z):
        if isinstance(variable, Variable) and variable is not asked.wrt and variable in read:
            for axis in reversed(range(variable.ndim)):
                if (hypothesis := SumsToOne(variable, axis)) not in asked.assuming:
                    yield hypothesis


def candidates(asked: Question) -> Iterator[Tensor]:
    """The claim with one place changed, each once, the likeliest mistakes first."""
    seen = {asked.claim}
    inner_first = written_places(asked.claim)
    for rewrite in REWRITES:
        for place in inner_first if rewrite is channels else reversed(inner_first):
            for changed in _attempted(rewrite, place, asked):
                try:
                    candidate = put(asked.claim, place, changed)
                    versions = [candidate, *_fitted(candidate, asked)]
                except (SymgradError, TypeError, ValueError):
                    continue  # the operators around do not take it
                for version in versions:
                    if version not in seen:
                        seen.add(version)
                        yield version


def _attempted(rewrite: Rewrite, place: Tensor, asked: Question) -> Iterator[Tensor]:
    found = rewrite(place, asked)
    while True:
        try:
            yield next(found)
        except StopIteration:
            return
        except (SymgradError, TypeError, ValueError):
            return  # this rewrite has no meaning here


def _fitted(candidate: Tensor, asked: Question) -> Iterator[Tensor]:
    """A candidate of another size with the end of a padding adjusted so that it fits."""
    wanted = asked.derived.extents
    if len(wanted) != len(candidate.extents) or wanted == candidate.extents:
        return
    short = [want - have for want, have in zip(wanted, candidate.extents, strict=True)]
    for place in written_places(candidate):
        name, arguments = call_of(place)
        if name == "pad":
            x, rank = arguments["x"], spatial_rank(arguments)
            widths = pad_widths(arguments["width"], rank)
            longer = [(b, a + more) for (b, a), more in zip(widths, short[len(short) - rank :], strict=True)]
            yield put(candidate, place, pad(x, plainly(longer), arguments.get("dims")))
