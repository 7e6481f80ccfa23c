"""Code that misbehaves: each way is a finding of its own, and nothing is left behind."""

import itertools
import sys

import numpy as np
import pytest

from symgrad.testing import Finding, attributes, check_backward, check_layer, cs231n

X = {"x": (2, 3)}


def double(x):
    return 2 * x


def halves(dout, x):
    return 2 * dout


def findings(forward=double, backward=halves, arguments=X, **options):
    report = check_backward(forward, backward, arguments, **options)
    assert not report.passed
    return {finding.kind: finding for finding in report.findings}


def test_the_code_that_the_others_are_variants_of_passes():
    assert check_backward(double, halves, X).passed


def test_an_exception_is_found_with_its_line():
    def backward(dout, x):
        raise KeyError("no such thing")

    found = findings(backward=backward)["RAISED"]
    assert found.what == "backward"
    assert "KeyError" in found.message
    assert found.line == (__file__, backward.__code__.co_firstlineno + 1)


def test_an_exit_is_found_and_does_not_end_the_run():
    def forward(x):
        sys.exit(3)

    assert "SystemExit" in findings(forward=forward)["RAISED"].message


def test_a_loop_without_end_is_stopped():
    def backward(dout, x):
        while True:
            try:
                dout = dout + 0
            except Exception:
                continue

    assert findings(backward=backward, seconds=0.3)["TIMED OUT"].what == "backward"


def test_what_is_printed_is_kept_from_the_terminal_and_told(capsys):
    def forward(x):
        print("shape is", x.shape)
        return 2 * x

    report = check_backward(forward, halves, X)
    assert report.passed
    assert capsys.readouterr().out == ""
    assert "shape is (2, 3)" in str(report)


def test_a_changed_argument_is_found_and_the_gradient_is_judged_all_the_same():
    def forward(x):
        out = 2 * x
        x[0, 0] = 0
        return out

    found = findings(forward=forward)
    assert found["MUTATES"].what == "x"
    assert found["PASSED"].what == "dx"


def test_a_changed_cotangent_is_found():
    def backward(dout, x):
        dout *= 2
        return dout

    found = findings(backward=backward)
    assert found["MUTATES"].what == "dout"
    assert found["PASSED"].what == "dx"


@pytest.mark.parametrize("given", [None, (), {}], ids=["None", "an empty tuple", "an empty dictionary"])
def test_a_backward_that_gives_nothing_is_found(given):
    assert findings(backward=lambda dout, x: given)["RETURNED NOTHING"]


def test_a_forward_that_gives_nothing_is_found():
    assert findings(forward=lambda x: None)["RETURNED NOTHING"].what == "out"


def test_a_gradient_of_another_shape_is_found():
    found = findings(backward=lambda dout, x: 2 * dout.T)["WRONG SHAPE"]
    assert found.what == "dx"
    assert "transpose" in found.cause


def test_one_gradient_too_few_is_found_and_the_other_is_judged():
    report = check_backward(lambda x, y: x * y, lambda dout, x, y: (dout * y,), {"x": (2,), "y": (2,)})
    assert {(f.kind, f.what) for f in report.findings} == {("RETURNED NOTHING", "dy"), ("PASSED", "dx")}


def test_code_that_depends_on_randomness_is_found():
    def forward(x):
        return x * np.random.rand()

    assert findings(forward=forward, backward=lambda dout, x: dout)["RANDOM"]


def test_a_backward_that_depends_on_randomness_is_found():
    found = findings(backward=lambda dout, x: dout * np.random.rand())
    assert set(found) == {"RANDOM"}
    assert found["RANDOM"].what == "dx"


def test_code_with_a_state_that_changes_the_output_is_found():
    count = itertools.count(1)
    assert findings(forward=lambda x: x * next(count), backward=lambda dout, x: dout)["RANDOM"]


def test_what_runs_on_numbers_only_is_not_traceable_and_not_wrong():
    def forward(x):
        return np.fft.fft(x).real

    found = findings(forward=forward)
    assert set(found) == {"NOT TRACEABLE"}


def test_a_conversion_to_integers_is_not_traceable():
    assert set(findings(forward=lambda x: x.astype(int))) == {"NOT TRACEABLE"}


def test_code_that_does_not_follow_its_convention_says_which():
    found = findings(adapter=cs231n)["RETURNED NOTHING"]
    assert "(out, cache)" in found.message


def test_a_gradient_that_was_never_left_in_its_attribute_is_found():
    class Layer:
        def __init__(self, w):
            self.w = w

        def forward(self, x):
            self.x = x
            return x @ self.w

        def backward(self, dout):
            return dout @ self.w.T

    report = check_backward(Layer, None, {"x": "N I", "w": "I O"}, adapter=attributes(parameters=("w",)))
    assert ("RETURNED NOTHING", "dw") in {(f.kind, f.what) for f in report.findings}
    assert any(f.passed and f.what == "dx" for f in report.findings)


def test_nothing_passes_where_nothing_is_compared():
    for forward, backward, wrt in ((double, None, None), (None, halves, None), (double, halves, [])):
        with pytest.raises(TypeError, match="needed"):
            check_backward(forward, backward, X, wrt=wrt)
    with pytest.raises(TypeError, match="needed"):
        check_layer("conv2d")


def test_an_assertion_of_the_backward_is_no_refusal_of_the_shape():
    def backward(dout, x):
        assert len(x) < 3
        return 2 * dout

    found = findings(backward=backward, arguments={"x": "N"})["RAISED"]
    assert dict(found.shapes) == {"x": (3,)}


def test_shapes_at_which_there_is_no_derivative_are_left_out_and_that_is_said():
    def forward(x):
        return np.std(x, axis=0)

    def backward(dout, x):
        return dout * (x - x.mean(axis=0)) / (len(x) * np.std(x, axis=0))

    report = check_backward(forward, backward, {"x": "N D"})
    assert report.passed
    assert "division by zero" in str(report)
    (finding,) = check_backward(forward, backward, {"x": (1, 2)}).findings
    assert finding.kind == "NOT TRACEABLE"
    assert not check_backward(forward, lambda dout, x: backward(dout, x) * 2, {"x": "N D"}).passed


def test_shapes_that_the_forward_refuses_are_left_out_and_that_is_said():
    def forward(x):
        assert x.shape[0] % 2 == 0, "an even number of rows"
        return 2 * x

    report = check_backward(forward, halves, {"x": "N D"})
    assert report.passed
    assert "an even number of rows" in str(report)


def test_the_next_pair_is_still_checked():
    def bad(dout, x):
        raise RuntimeError

    for backward, passed in ((bad, False), (halves, True)):
        assert check_backward(double, backward, X).passed is passed


def test_a_report_is_data_and_raises_when_asked():
    report = check_backward(double, lambda dout, x: dout, X)
    data = report.as_dict()
    assert data["passed"] is False
    assert data["findings"][0]["kind"] == "WRONG GRADIENT"
    assert data["findings"][0]["shapes"] == {"x": [1, 1]}
    with pytest.raises(AssertionError, match="WRONG GRADIENT dx"):
        report.raise_if_failed()
    check_backward(double, halves, X).raise_if_failed()


def test_a_layer_that_is_not_known_is_named_with_the_nearest():
    with pytest.raises(LookupError, match="conv2d"):
        check_layer("conv2", double, halves)


def test_a_finding_prints_what_matters_first():
    lines = str(Finding("WRONG GRADIENT", "dx", cause="the sign is wrong", entry=(0, 1))).splitlines()
    assert lines[0] == "WRONG GRADIENT dx"
    assert lines[1].split(maxsplit=1) == ["cause", "the sign is wrong"]


def test_long_terms_are_cut_at_a_factor():
    term = "·".join(f"x[{place}, 0]" for place in range(40))
    (line,) = [line for line in Finding("WRONG GRADIENT", missing=(term, "y")).lines() if "missing" in line]
    assert len(line) < 110
    assert line.endswith("·…, y")
