"""What a certificate adds to a decision, found and written as JSON, and how long checking it again takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator

from symgrad.catalogue import rules
from symgrad.certify.farkas import search
from symgrad.certify.recheck import recheck_text
from symgrad.decide.verdict import Proved
from symgrad.errors import NotCertified

REPEATS = 3


def certificates() -> Iterator[str]:
    """Every rule of the catalogue with a certificate; a decision not asked for it pays nothing."""
    decided: dict[str, float] = {}
    written: dict[str, float] = {}
    checked: dict[str, float] = {}
    for rule in rules():
        times: list[tuple[float, float, float]] = []
        try:
            for _ in range(REPEATS):
                start = time.process_time()
                verdict = rule.verify()
                known = time.process_time()
                assert isinstance(verdict, Proved)
                text = verdict.certificate.json()
                middle = time.process_time()
                recheck_text(text, search)
                times.append((known - start, middle - known, time.process_time() - middle))
        except NotCertified:
            continue
        middles = map(statistics.median, zip(*times, strict=True))
        decided[rule.name], written[rule.name], checked[rule.name] = middles
    yield f"certificates of {len(written)} rules (processor time, medians of {REPEATS} each)"
    rows = (("decided", decided), ("certificate added", written), ("checked again", checked))
    for what, seconds in rows:
        slowest = max(seconds, key=seconds.__getitem__)
        middle = statistics.median(seconds.values())
        below = sum(value < 0.01 for value in seconds.values())
        yield (
            f"  {what:18} median {middle * 1e3:.1f} ms, {below} of {len(seconds)} below 10 ms, "
            f"the longest {seconds[slowest] * 1e3:.0f} ms ({slowest})"
        )
