"""Black boxes judged by whole numbers: right code passes, wrong code is found however little is wrong."""

import sys

import numpy as np
import pytest
from blackbox.boxes import RIGHT, box, correlation, relu, relu6, unturned
from hypothesis import given
from hypothesis import strategies as st

from symgrad.blackbox import check_exactly, from_callables
from symgrad.blackbox.conduct import Conduct, Misconduct
from symgrad.blackbox.points import Lattice
from symgrad.blackbox.probe import probe


def scaled(factor):
    return lambda gradients: (
        tuple(g * factor for g in gradients) if isinstance(gradients, tuple) else gradients * factor
    )


def in_the_corner(by):
    def change(gradients):
        first = (gradients[0] if isinstance(gradients, tuple) else gradients).copy()
        first[(-1,) * first.ndim] += by
        return (first, *gradients[1:]) if isinstance(gradients, tuple) else first

    return change


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", RIGHT)
def test_right_code_passes_in_both_precisions(name, dtype):
    function, shapes = box(name, dtype=dtype)
    assert str(check_exactly(function, shapes)).startswith("PASSED")


@pytest.mark.parametrize("name", RIGHT)
@given(seed=st.integers(0, 2**32))
def test_right_code_passes_whatever_is_drawn(name, seed):
    function, shapes = box(name)
    assert check_exactly(function, shapes, seed=seed).passed


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("off", [1e-6, 1e-4, 2e-3, -1.0, -2.0])
def test_a_scale_that_is_off_is_found_and_named(name, off):
    function, shapes = box(name, scaled(1 + off))
    (finding,) = check_exactly(function, shapes).findings
    assert finding.kind == "WRONG GRADIENT"
    assert finding.cause == (
        f"every entry is {1 + off:.15g} times the gradient"
        if off != -1.0
        else ("the gradient is zero everywhere")
    )


@pytest.mark.parametrize("name", RIGHT)
def test_an_error_in_one_corner_is_found_and_located(name):
    function, shapes = box(name, in_the_corner(1))
    (finding,) = check_exactly(function, shapes).findings
    assert finding.kind == "WRONG GRADIENT"
    assert finding.entry == tuple(extent - 1 for extent in shapes["x"])
    assert float(finding.obtained) == float(finding.derived) + 1


def test_a_missing_clamp_is_found_where_it_matters():
    wrong = from_callables(relu6, lambda dout, x: dout * (x > 0), ["x"])
    (finding,) = check_exactly(wrong, {"x": (3, 3)}).findings
    assert (finding.kind, finding.derived) == ("WRONG GRADIENT", "0")


def test_a_kernel_that_is_not_turned_is_found():
    wrong = from_callables(correlation, unturned, ["x", "w"])
    report = check_exactly(wrong, [{"x": (1, 1), "w": (1, 1, 1)}, {"x": (1, 2), "w": (1, 1, 2)}])
    assert report.findings[0].what == "dx"
    assert dict(report.findings[0].shapes) == {"x": (1, 2), "w": (1, 1, 2)}


@pytest.mark.parametrize("name", ["correlation", "average", "greatest", "relu"])
def test_inputs_near_a_million_are_no_harder(name):
    function, shapes = box(name)
    assert check_exactly(function, shapes, near=1_000_000).passed
    wrong, _ = box(name, scaled(1.000001))
    assert check_exactly(wrong, shapes, near=1_000_000).findings[0].kind == "WRONG GRADIENT"


def test_numbers_too_large_for_floating_point_are_not_judged():
    function, shapes = box("cube")
    (finding,) = check_exactly(function, shapes, near=1_000_000).findings
    assert (finding.kind, "larger" in finding.message) == ("NOT EXACT", True)


@pytest.mark.parametrize("function", [np.tanh, np.exp, lambda x: 1 / (1 + np.exp(-x))])
def test_what_is_no_polynomial_is_not_judged(function):
    some = from_callables(function, lambda dout, x: dout, ["x"])
    (finding,) = check_exactly(some, {"x": (4,)}).findings
    assert finding.kind == "NOT EXACT"
    assert "check_against" in finding.message


def test_an_inexact_path_is_told_apart_from_an_error():
    def through_fft(x, w):
        return np.fft.irfft(np.fft.rfft(x) * np.fft.rfft(w), x.size)

    def backward(dout, x, w):
        return through_fft(dout, np.roll(w[::-1], 1)), through_fft(dout, np.roll(x[::-1], 1))

    shapes = {"x": (16,), "w": (16,)}
    report = check_exactly(from_callables(through_fft, backward, ["x", "w"]), shapes)
    assert report.passed
    assert any("as by FFT" in condition for condition in report.findings[0].conditions)

    off = from_callables(through_fft, lambda *a: tuple(1.0000001 * g for g in backward(*a)), ["x", "w"])
    assert check_exactly(off, shapes).findings[0].kind == "WRONG GRADIENT"


def test_the_chance_to_miss_an_error_is_said_and_falls_with_rounds():
    function, shapes = box("correlation")
    one, many = (check_exactly(function, shapes, rounds=n).findings[0].conditions[0] for n in (1, 6))
    exponents = [int(text.partition("10^")[2].split()[0]) for text in (one, many)]
    assert exponents[1] < exponents[0] < 0


def test_errors_are_missed_no_more_often_than_is_said():
    # by whole numbers from -2 to 2 alone, an error in one product of degree 2 may pass
    from symgrad.blackbox.probe import Settle  # noqa: F401

    function, shapes = box("correlation", in_the_corner(1))
    missed = 0
    for seed in range(200):
        made = probe(Conduct(function), shapes, Lattice(2), np.random.default_rng(seed), {}, False)
        missed += made.slope[0] == made.claimed(made.direction)
    assert 0 < missed / 200 <= (2 + 1) / 5


@pytest.mark.parametrize(
    ("kind", "forward", "backward"),
    [
        ("RAISED", relu, lambda dout, x: 1 / 0),
        ("RAISED", relu, lambda dout, x: sys.exit(3)),
        ("RETURNED NOTHING", relu, lambda dout, x: None),
        ("RETURNED NOTHING", lambda x: None, lambda dout, x: dout),
        ("WRONG SHAPE", relu, lambda dout, x: dout[:1]),
        ("WRONG SHAPE", relu, lambda dout, x: "a gradient"),
        ("MUTATES", relu, lambda dout, x: np.multiply(x, 2, out=x)),
        ("MUTATES", relu, lambda dout, x: np.multiply(dout, x > 0, out=dout)),
        ("RANDOM", lambda x: x * np.random.default_rng().random(), lambda dout, x: dout),
        ("RANDOM", relu, lambda dout, x: dout * np.random.default_rng().random()),
    ],
)
def test_misconduct_is_a_finding(kind, forward, backward):
    (finding,) = check_exactly(from_callables(forward, backward, ["x"]), {"x": (2, 2)}).findings
    assert finding.kind == kind
    assert finding.message


def test_a_loop_without_end_is_stopped():
    def forward(x):
        while True:
            try:
                x = x + 0
            except Exception:
                continue

    function = from_callables(forward, lambda dout, x: dout, ["x"])
    with pytest.raises(Misconduct) as stopped:
        Conduct(function, seconds=0.3).forward({"x": np.ones(2)})
    assert (stopped.value.finding.kind, stopped.value.finding.what) == ("TIMED OUT", "forward")


def test_an_exception_is_located_in_the_code_that_raised():
    def backward(dout, x):
        raise KeyError("gone")

    (finding,) = check_exactly(from_callables(relu, backward, ["x"]), {"x": (2,)}).findings
    assert finding.line == (__file__, backward.__code__.co_firstlineno + 1)


def test_what_the_code_prints_is_kept_from_the_terminal_and_said(capsys):
    def loud(x):
        print("a line")
        return x

    report = check_exactly(from_callables(loud, lambda dout, x: dout, ["x"]), {"x": (2,)})
    assert capsys.readouterr().out == ""
    assert any("prints" in condition for condition in report.findings[0].conditions)


def test_labels_and_masks_are_drawn_as_the_user_says():
    masked = from_callables(lambda x, m: x * m, lambda dout, x, m: dout * m, ["x", "m"], wrt=["x"])
    draw = {"m": lambda rng, shape: rng.integers(0, 2, shape)}
    assert check_exactly(masked, {"x": (3, 4), "m": (3, 4)}, given=draw).passed


def test_the_same_seed_gives_the_same_report():
    function, shapes = box("greatest", in_the_corner(1))
    assert check_exactly(function, shapes, seed=5) == check_exactly(function, shapes, seed=5)
