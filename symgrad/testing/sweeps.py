"""A check at very many shapes, over the processes of this machine or of several."""

from __future__ import annotations

import itertools
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from math import prod
from typing import Any, TypeVar

from symgrad.testing.result import CheckReport, Finding

Case = TypeVar("Case")
AT_ONCE = 50
"""So many cases are handed to a worker together."""


def sweep(
    check: Callable[[Case], CheckReport],
    cases: Iterable[Case],
    *,
    executor: Executor | None = None,
    at_once: int = AT_ONCE,
    name: str = "",
) -> CheckReport:
    """One report on all cases, each given to `check`; the findings are those at the smallest failing shape.

    `executor` is any `concurrent.futures.Executor`: by default a pool of this machine's processes, past one
    machine that of a Dask client, `dask.distributed.Client(…).get_executor()`. What runs elsewhere has to be
    importable there: `check` is a function of a module, or a `functools.partial` of one. The report does not
    depend on the order in which the workers finish. A check that raises is a finding.
    """
    if executor is None:
        with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
            return sweep(check, cases, executor=pool, at_once=at_once, name=name)
    parts = list(_parts(cases, at_once))
    reports: list[CheckReport] = []
    for done in executor.map(_Checks(check), parts):
        reports += done
    return together(reports, name)


def together(reports: Sequence[CheckReport], name: str = "") -> CheckReport:
    """Several reports as one: every finding at the smallest failing shape, or that all passed.

    >>> wrong = [Finding("WRONG GRADIENT", "dx", (("x", (n,)),)) for n in (3, 1, 2)]
    >>> report = together([CheckReport("relu", (finding,), 1) for finding in wrong])
    >>> report.checked, [finding.shapes for finding in report.findings]
    (3, [(('x', (1,)),)])
    """
    checked = sum(report.checked for report in reports)
    called = name or next((report.name for report in reports), "")
    failed = [report for report in reports if not report.passed]
    if failed:
        return CheckReport(called, min(failed, key=_size).findings, checked)
    conditions = dict.fromkeys(c for report in reports for f in report.findings for c in f.conditions)
    return CheckReport(called, (Finding("PASSED", conditions=tuple(conditions)),), checked)


def _size(report: CheckReport) -> tuple[int, str]:
    """The size of the first finding's arguments; equal ones are ordered by what they say."""
    wrong = [finding for finding in report.findings if not finding.passed]
    entries = sum(prod(shape) for _, shape in wrong[0].shapes) if wrong else 0
    return entries, str(report.as_dict())


def _parts(cases: Iterable[Case], at_once: int) -> Iterator[list[Case]]:
    left = iter(cases)
    while part := list(itertools.islice(left, at_once)):
        yield part


class _Checks:
    """The check of several cases, to be sent to a worker."""

    def __init__(self, check: Callable[[Any], CheckReport]) -> None:
        self.check = check

    def __call__(self, cases: Sequence[Any]) -> list[CheckReport]:
        return [self._one(case) for case in cases]

    def _one(self, case: Any) -> CheckReport:
        try:
            return self.check(case)
        except Exception as problem:
            text = f"{type(problem).__name__}: {problem}, for {case!r}"
            return CheckReport(getattr(self.check, "__name__", ""), (Finding("RAISED", message=text),), 1)
