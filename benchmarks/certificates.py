"""How long certificates take: to find one and write it as JSON, to check it again, to write it for Coq."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from symgrad.catalogue import rules
from symgrad.certify.certificate import Certificate
from symgrad.decide.verdict import Proved
from symgrad.errors import NotCertified

REPEATS = 3


def certificates() -> Iterator[str]:
    """Every rule of the catalogue with a certificate; a decision not asked for it pays nothing."""
    written: dict[str, float] = {}
    checked: dict[str, float] = {}
    for rule in rules():
        verdict = rule.verify()
        assert isinstance(verdict, Proved)
        times: list[float] = []
        again: list[float] = []
        try:
            for _ in range(REPEATS):
                start = time.process_time()
                certificate = Certificate.of(verdict.question, verdict.scope)
                certificate.json()
                middle = time.process_time()
                certificate.recheck()
                times.append(middle - start)
                again.append(time.process_time() - middle)
        except NotCertified:
            continue
        written[rule.name], checked[rule.name] = statistics.median(times), statistics.median(again)
    yield f"certificates of {len(written)} rules (processor time, medians of {REPEATS} each)"
    for what, seconds in (("found and written", written), ("checked again", checked)):
        slowest = max(seconds, key=seconds.__getitem__)
        middle = statistics.median(seconds.values())
        below = sum(value < 0.01 for value in seconds.values())
        yield (
            f"  {what:18} median {middle * 1e3:.1f} ms, {below} of {len(seconds)} below 10 ms, "
            f"the longest {seconds[slowest] * 1e3:.0f} ms ({slowest})"
        )
