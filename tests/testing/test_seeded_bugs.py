"""The examples are right, every bug seeded into them is found, and its cause is named."""

import os

import numpy as np
import pytest
import seeded
import styles

from symgrad.testing.cases import Space

LONG = os.environ.get("SYMGRAD_HYPOTHESIS_PROFILE") == "long"
SHAPES = 200 if LONG else 20
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
    assert report.checked >= (
        SHAPES if LONG or name not in ("conv_scipy", "batch_norm", "layer_norm") else 10
    )


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

RUNS = {
    "conv_loops": lambda m, x, w, b, o: _cached(m.conv_forward, m.conv_backward, x, w, b, o),
    "conv_strided": lambda m, x, w, b, o: _paired(m.forward, m.backward, x, w, b, o),
    "conv_nhwc": lambda m, x, w, b, o: _paired(m.conv_forward, m.conv_backward, x, w, b, o),
}
AXES = {
    "conv_loops": {"x": ("N", "C", "H", "W"), "w": ("M", "C", "K", "L"), "b": ("M",)},
    "conv_strided": {"x": ("N", "C", "H", "W"), "w": ("M", "C", "K", "L"), "b": ("M",)},
    "conv_nhwc": {"x": ("N", "H", "W", "C"), "w": ("K", "L", "C", "M"), "b": ("M",)},
}


def _cached(forward, backward, x, w, b, options):
    out, cache = forward(x, w, b, options)
    return out, lambda delta: backward(delta, cache)


def _paired(forward, backward, x, w, b, options):
    return forward(x, w, b, **options), lambda delta: backward(delta, x, w, b, **options)


def outcome(module, name, case, which):
    """One gradient on random whole numbers, or None where the code raises."""
    chance = np.random.default_rng(0)
    x, w, b = (chance.integers(-50, 50, shape).astype(float) for _, shape in case.shapes())
    out, back = RUNS[name](module, x, w, b, dict(case.options))
    gradients = dict(
        zip(("dx", "dw", "db"), back(chance.integers(-50, 50, out.shape).astype(float)), strict=True)
    )
    return gradients[which]


MINIMAL = [
    number
    for number, bug in enumerate(seeded.BUGS)
    if bug.example in RUNS and bug.kind == "WRONG GRADIENT" and (LONG or number % 3 == 0)
]


@pytest.mark.parametrize("number", MINIMAL)
def test_no_smaller_shape_shows_the_bug(number, tmp_path):
    """The wrong code and the right code give the same numbers at every smaller shape, without any tracing."""
    bug = seeded.BUGS[number]
    finding = found(bug, tmp_path)
    right = styles.load(styles.EXAMPLES / styles.CHECKS[bug.example][0])
    wrong = styles.load(tmp_path / f"{bug.example}_wrong.py")

    def fits(case):
        sizes, pad = case.sizes, case.options["pad"]
        return sizes["H"] + 2 * pad >= sizes["K"] and sizes["W"] + 2 * pad >= sizes["L"]

    space = Space(AXES[bug.example], {"stride": (1, 2, 3), "pad": (0, 1, 2)}, fits)
    for case in space.ascending():
        one, other = (outcome(m, bug.example, case, bug.what) for m in (right, wrong))
        if one.shape == other.shape and not np.array_equal(one, other):
            break
    assert case.shapes() == finding.shapes
    assert tuple(case.options.items()) == finding.options
