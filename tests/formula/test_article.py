"""The founding article's formulas, each judged as the mathematics has it, and the report of that kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from symgrad.formula.document import check_document
from symgrad.formula.setting import Setting

ARTICLE = Path(__file__).parents[1] / "data" / "article.md"
REPORTS = Path(__file__).parents[2] / "proofs" / "article"


@pytest.fixture(scope="module")
def judged():
    return list(check_document(ARTICLE.read_text(encoding="utf-8"), Setting()))


def outcomes(judged, *starts):
    """The outcomes of the formulas that begin so, in their order."""
    found = [one.outcome for one in judged if one.outcome.formula.startswith(starts)]
    assert found, starts
    return found


def kinds(judged, *starts):
    return [outcome.kind for outcome in outcomes(judged, *starts)]


def senses(outcome, verdict):
    return [reading for kind, reading in outcome.verdicts if kind == verdict]


def test_forward_formulas_are_definitions(judged):
    assert set(kinds(judged, r"z_j^{l} =", r"a_j^{l} =")) == {"DEFINITION"}
    first = outcomes(judged, r"z_j^{l} = \sum")[0]
    assert any("valid cross-correlation" in sense for sense in senses(first, "PROVED"))
    assert any("valid convolution" in sense for sense in senses(first, "REFUTED"))


def test_the_two_losses_differ_by_a_half(judged):
    (link,) = outcomes(judged, r"\frac{1}{2}||a^L-y||^2")
    assert link.kind == "REFUTED"
    assert r"\frac{1}{2} \sum_{k=1}^{10} (x_k-y_k)^2" in link.did_you_mean


def test_a_sum_from_0_to_p_reads_one_sample_too_many(judged):
    assert kinds(judged, r"\sum_{p=0}^{P} J_p") == ["ILL-FORMED"]


def test_the_objective_is_a_definition_and_descent_an_update(judged):
    assert kinds(judged, r"(W,b) =") == ["DEFINITION"]
    assert kinds(judged, r"(W,b)^") == ["UPDATE", "UPDATE"]


def test_upsample_lacks_the_activation_where_there_is_one(judged):
    (rule,) = outcomes(judged, r"\delta_j^{l-1} = upsample")
    right = senses(rule, "PROVED")
    wrong = senses(rule, "REFUTED")
    assert all("nothing below" in sense for sense in right)
    assert {sense.split(",")[0] for sense in right} == {"avg_pool2d", "max_pool2d"}
    assert sum("ends in σ" in sense for sense in wrong) == 4


def test_pooling_s_numbers_are_right_and_the_maxima_are_named(judged):
    average, maximum = outcomes(judged, r"\delta_j^{l-1} = [[")
    assert (average.kind, maximum.kind) == ("PROVED", "PROVED")
    assert senses(maximum, "PROVED") == ["the maxima are a_{11}, a_{24}, a_{32}, a_{43}"]


def test_the_rule_for_convolution_lacks_a_sum(judged):
    (whole,) = outcomes(judged, r"\delta_i^{l-1} = \delta_j^{l} * rot180")
    (later,) = outcomes(judged, r"\frac{\partial J}{\partial a_i^{l-1}} = \frac")
    for outcome in (whole, later):
        assert outcome.kind == "REFUTED"
        assert r"\sum_j" in outcome.did_you_mean


def test_through_one_output_map_the_rule_is_right(judged):
    (link,) = outcomes(judged, r"\delta_j^{l} \left(\frac")
    assert link.kind == "PROVED"
    assert all("full cross-correlation" in sense for sense in senses(link, "PROVED"))


def test_the_chain_rule_is_proved(judged):
    assert kinds(judged, "h(x)", "h'(x)") == ["DEFINITION", "PROVED"]


def test_the_worked_example_is_right_entry_by_entry(judged):
    forward = outcomes(judged, *(f"z_{{{i}{j}}} =" for i in (1, 2) for j in (1, 2)))
    assert [o.kind for o in forward] == ["PROVED"] * 4
    assert {sense for o in forward for sense in senses(o, "PROVED")} == {"one bias for each position"}
    entries = outcomes(judged, r"\frac{\partial J}{\partial a_{")
    assert [o.kind for o in entries] == ["PROVED"] * 9


def test_the_matrix_of_the_example_is_a_valid_cross_correlation(judged):
    (matrix,) = outcomes(judged, r"\frac{\partial J}{\partial a} =")
    assert senses(matrix, "PROVED") == ["* as valid cross-correlation"]
    assert senses(matrix, "REFUTED") == ["* as valid convolution"]


def test_an_activation_below_is_a_factor(judged):
    first, second = outcomes(
        judged, r"\frac{\partial J}{\partial z_i^{l-1}} =", r"\frac{\partial J}{\partial a_i^{l-1}} \odot"
    )
    assert (first.kind, second.kind) == ("PROVED", "REFUTED")
    assert r"\sum_j" in second.did_you_mean


def test_the_kernel_s_gradient_has_no_entry_that_the_kernel_has_not(judged):
    assert kinds(judged, r"\frac{\partial J}{\partial W_{11}}") == ["PROVED"]
    assert (
        kinds(judged, r"\frac{\partial J}{\partial W_{12}}", r"\frac{\partial J}{\partial W_{21}}")
        == ["PROVED"] * 2
    )
    (outside,) = outcomes(judged, r"\frac{\partial J}{\partial W_{13}}")
    assert outside.kind == "ILL-FORMED"
    assert "W is 2×2: it has no entry W_{13}" in outside.problem


def test_a_4_by_4_input_does_not_fit_the_example(judged):
    (outcome,) = outcomes(judged, r"\frac{\partial J}{\partial W^{l}} = \begin")
    assert outcome.kind == "ILL-FORMED"
    assert "a is 3×3" in outcome.problem


def test_the_two_rules_for_the_bias_speak_of_two_kinds_of_bias(judged):
    summed, plain = outcomes(judged, r"\frac{\partial J}{\partial b^{l}}")
    assert senses(summed, "PROVED") == ["one bias for each map"]
    assert senses(plain, "PROVED") == ["one bias for each position"]


def test_every_formula_has_an_outcome_in_time(judged):
    assert len(judged) >= 50
    assert all(one.outcome.kind for one in judged)
    assert max(one.outcome.seconds for one in judged) < 2


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("form", ["md", "html"])
def test_the_report_kept_is_up_to_date(lang, form, tmp_path):
    target = tmp_path / f"article.{lang}.{form}"
    command = [
        sys.executable,
        "-m",
        "symgrad",
        "check",
        str(ARTICLE),
        "--lang",
        lang,
        "--report",
        str(target),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    same = target.read_bytes() == (REPORTS / target.name).read_bytes()
    assert same, "run `make proofs`"
