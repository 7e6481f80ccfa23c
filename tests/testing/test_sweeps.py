"""Sweeps give one report, the same wherever and in whatever order the cases are checked."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from testing.sweeping import check_raising, check_right, check_wrong

from symgrad.strategies import linear_layers, samples
from symgrad.testing import sweep

COUNT = 10_000 if os.environ.get("SYMGRAD_HYPOTHESIS_PROFILE") == "long" else 300


@pytest.fixture(scope="module")
def cases():
    return samples(strategy=linear_layers(), count=COUNT)


@pytest.fixture(scope="module")
def importable():
    """The folder of the tests, where workers look for the check."""
    before = os.environ.get("PYTHONPATH")
    here = os.path.dirname(os.path.dirname(__file__))
    os.environ["PYTHONPATH"] = os.pathsep.join([here, *([before] if before else [])])
    yield
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.mark.usefixtures("importable")
def test_a_pool_of_processes_is_the_default(cases):
    report = sweep(check_right, cases)
    assert (report.passed, report.checked) == (True, COUNT)


def test_the_smallest_failing_shape_is_reported(cases):
    with ThreadPoolExecutor(2) as executor:
        report = sweep(check_wrong, cases, executor=executor, at_once=7)
    assert [finding.kind for finding in report.findings] == ["WRONG GRADIENT"]
    assert dict(report.findings[0].shapes) == {"x": (3, 1), "w": (1, 1)}


def test_the_report_does_not_depend_on_the_order_of_work(cases):
    def slowly(case):
        time.sleep(random.random() / 500)
        return check_wrong(case)

    some = cases[:60]
    reports = []
    for workers, at_once in ((1, 100), (4, 3), (2, 1)):
        shuffled = random.sample(some, len(some))
        with ThreadPoolExecutor(workers) as executor:
            reports.append(sweep(slowly, shuffled, executor=executor, at_once=at_once))
    assert reports[0] == reports[1] == reports[2]


def test_a_check_that_raises_is_a_finding_and_the_sweep_goes_on(cases):
    with ThreadPoolExecutor(2) as executor:
        report = sweep(check_raising, cases[:20], executor=executor)
    assert report.checked == 20
    assert "no such layer" in report.findings[0].message


@pytest.mark.usefixtures("importable")
def test_the_executor_of_a_dask_cluster_takes_it_past_one_machine(cases):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install --group dask")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "processes": True}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        report = sweep(check_wrong, cases, executor=client.get_executor())
    assert dict(report.findings[0].shapes) == {"x": (3, 1), "w": (1, 1)}
    assert report.checked == COUNT
