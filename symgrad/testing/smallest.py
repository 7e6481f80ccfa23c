"""The smallest case at which something is wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TypeAlias

from symgrad.testing.cases import Case, Listed, Space, smaller
from symgrad.testing.compare import Judge, Judgement
from symgrad.testing.result import RAISED, TIMED_OUT

Key: TypeAlias = tuple[str, str]
"""Kind and name of something that is wrong."""

SEARCH = 20.0
"""The most seconds that are spent on looking for the smallest failing case."""
BRANCHES = 4
"""How many branches are tried at a small case whose comparisons depend on the entries."""


def smallest(
    judge: Judge, key: Key, judgements: Sequence[Judgement], found: Sequence[Space | Listed]
) -> Judgement:
    """The smallest case at which the same thing is wrong."""
    best = min(judgements, key=lambda judgement: judgement.case.rank())
    if key[0] == TIMED_OUT:
        return best
    end = time.monotonic() + SEARCH
    if best.case.sizes:
        for one in found:
            if isinstance(one, Space) and one.names() == list(best.case.sizes):
                for case in one.ascending():
                    if case.rank() >= best.case.rank() or time.monotonic() > end:
                        break
                    better = fails(judge, case, key)
                    if better is not None:
                        return better
        return best
    improved = True
    while improved and time.monotonic() < end:
        improved = False
        for case in smaller(best.case):
            if not all(one.fits(case) for one in found):
                continue
            better = fails(judge, case, key)
            if better is not None:
                best, improved = better, True
                break
    return best


def fails(judge: Judge, case: Case, key: Key) -> Judgement | None:
    """The judgement of a case at which the same thing is wrong, on some branch."""
    for seed in range(BRANCHES):
        judgement = judge(case, seed)
        if any(kind == RAISED and kind != key[0] for kind, _ in judgement.failures()):
            return None
        if key in set(judgement.failures()):
            return judgement
        if judgement.run is None or not judgement.run.recorder.compared:
            return None
    return None
