"""The examples are right, every bug seeded into them is found, and its cause is named."""

import os
from unittest import mock

import numpy as np
import pytest
import seeded
import styles

LONG = os.environ.get("SYMGRAD_HYPOTHESIS_PROFILE") == "long"
SHAPES = 200 if LONG else 40
NAMELESS = {"MUTATES", "RANDOM", "RAISED", "RETURNED NOTHING"}
"""Kinds that say themselves what is wrong."""


def needs_scipy(name):
    if name == "conv_scipy":
        pytest.importorskip("scipy.signal")


@pytest.mark.parametrize("name", styles.CHECKS)
def test_a_right_example_passes(name):
    needs_scipy(name)
    report = styles.check(name, shapes=SHAPES)
    assert report.passed, str(report)
    assert report.checked >= SHAPES


def variant(bug, tmp_path):
    """The example with the bug in it."""
    source = (styles.EXAMPLES / styles.CHECKS[bug.example][0]).read_text(encoding="utf-8")
    assert source.count(bug.old) == 1
    path = tmp_path / f"{bug.example}_wrong.py"
    path.write_text(source.replace(bug.old, bug.new), encoding="utf-8")
    return path


def found(bug, tmp_path):
    report = styles.check(bug.example, variant(bug, tmp_path), shapes=25)
    assert not report.passed
    (finding,) = [f for f in report.findings if (f.kind, f.what) == (bug.kind, bug.what)]
    return finding


@pytest.mark.parametrize("number", range(len(seeded.BUGS)))
def test_a_seeded_bug_is_found_and_its_cause_named(number, tmp_path):
    bug = seeded.BUGS[number]
    needs_scipy(bug.example)
    finding = found(bug, tmp_path)
    if bug.cause is not None:
        assert any(words in finding.cause for words in bug.cause.split("|")), finding
    if finding.line is not None:
        assert finding.line[0] == str(tmp_path / f"{bug.example}_wrong.py")


def test_there_are_enough_bugs_and_nine_in_ten_causes_are_named():
    caused = [bug for bug in seeded.BUGS if bug.kind not in NAMELESS]
    assert len(seeded.BUGS) >= 60
    assert len({bug.example for bug in seeded.BUGS}) >= 12
    assert sum(bug.cause is not None for bug in caused) >= 0.9 * len(caused)


# -- the smallest shape, against plain NumPy ------------------------------------------------------

SEEDS = 20
"""How many random arguments are tried at a shape, so that every branch is met."""


def called(name, path=None):
    """How an example is called, and the shapes it is checked at, without a check."""
    taken = "symgrad.testing.check._check"
    with mock.patch(taken, lambda title, judge, found, *rest: (judge.code, found)):
        code, (space,) = styles.check(name, path)
    return code, space


def outcome(code, case, what, seed):
    """One gradient or the output on random numbers; the kind of exception where the code raises."""
    chance = np.random.default_rng(seed)
    arrays = {
        name: given.copy() if hasattr(given, "shape") else chance.uniform(-8, 8, given)
        for name, given in case.arguments.items()
    }
    try:
        with np.errstate(all="ignore"):
            out, saved = code.adapter.forward(code.forward, arrays, case.options)
            if what == "out":
                return np.asarray(out)
            cotangent = chance.uniform(-1, 1, np.shape(out))
            found = code.adapter.backward(code.backward, cotangent, saved, arrays, case.options, code.wrt)
    except (ValueError, IndexError, TypeError) as error:
        return type(error)
    given = found.get(what.removeprefix("d"))
    return None if given is None else np.asarray(given)


def shows(bug, right, wrong):
    """Whether two outcomes differ in the way in which the bug is wrong."""
    if bug.kind == "RAISED":
        return isinstance(wrong, type) and not isinstance(right, type)
    if isinstance(wrong, type) or isinstance(right, type):
        return False
    if bug.kind == "RETURNED NOTHING":
        return wrong is None
    if wrong.shape != right.shape:
        return bug.kind == "WRONG SHAPE"
    return not np.allclose(right, wrong, rtol=1e-7, atol=1e-9, equal_nan=True)


def is_shown_by_numbers(bug):
    """Not what numbers do not show: a changed argument, or what is wrong only where entries are equal."""
    return bug.kind != "MUTATES" and bug.example != "conv_scipy" and "ties" not in (bug.cause or "")


MINIMAL = [
    number for number, bug in enumerate(seeded.BUGS) if is_shown_by_numbers(bug) and (LONG or number % 3 == 0)
]


@pytest.mark.parametrize("number", MINIMAL)
def test_no_smaller_shape_shows_the_bug(number, tmp_path):
    """The wrong code and the right code give the same numbers at every smaller shape, without any tracing."""
    bug = seeded.BUGS[number]
    finding = found(bug, tmp_path)
    (right, space), (wrong, _) = called(bug.example), called(bug.example, variant(bug, tmp_path))
    for case in space.ascending():
        pairs = ([outcome(code, case, bug.what, seed) for code in (right, wrong)] for seed in range(SEEDS))
        if any(shows(bug, one, other) for one, other in pairs):
            break
        assert (case.shapes(), tuple(case.options.items())) != (finding.shapes, finding.options)
    assert case.shapes() == finding.shapes
    assert tuple(case.options.items()) == finding.options
