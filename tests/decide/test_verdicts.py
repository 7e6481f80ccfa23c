"""Verdicts carry what they must, print for people, and cannot be forged."""

import copy
import dataclasses
import json
import pickle

import pytest

import symgrad as sg
from symgrad.decide.verdict import HoldsAt, IllFormed, Proved, Refuted, Scope, Undecided

H, K, N = sg.sizes("H K N")
a, w = sg.tensor("a", H), sg.tensor("w", K)
z = sg.correlate(a, w)
delta = sg.tensor("delta", *z.shape)
right = sg.correlate(delta, sg.rot180(w), "full")
triangle = sg.build([H], lambda h: sg.total([K, K], lambda u, v: sg.when([u <= v], a[h])))

KINDS = {
    "PROVED": lambda: sg.verify(z, wrt=a, claim=right),
    "REFUTED": lambda: sg.verify(z, wrt=a, claim=sg.correlate(delta, w, "full")),
    "HOLDS AT": lambda: sg.verify_equal(triangle, a * K * (K + 1) / 2),
    "ILL-FORMED": lambda: sg.verify_equal(sg.build([H], lambda h: a[h + 1]), a),
    "UNDECIDED": lambda: sg.verify(z, wrt=a, claim=right, operations=50),
}


@pytest.fixture(params=KINDS)
def verdict(request):
    found = KINDS[request.param]()
    assert found.verdict == request.param
    return found


def test_every_kind_is_a_frozen_dataclass(verdict):
    assert dataclasses.is_dataclass(verdict)
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.claim = "something else"


def test_every_kind_prints_its_name_and_claim_first(verdict):
    assert str(verdict).startswith(f"{verdict.verdict}  {verdict.claim}")
    assert len(str(verdict).splitlines()) > 1


def test_every_kind_is_data_for_json(verdict):
    data = json.loads(verdict.json())
    assert data == verdict.as_dict()
    assert {"verdict", "claim", "scope", "conditions", "seconds"} <= data.keys()
    assert data["seconds"] > 0


def test_every_kind_shows_itself_in_a_notebook_with_text_escaped(verdict):
    shown = verdict._repr_html_()
    assert verdict.verdict in shown
    assert shown.count("<div>") == shown.count("</div>") == 1


def test_html_does_not_let_markup_through():
    verdict = Undecided(claim="<script>", reason="<b>")
    assert "<script>" not in verdict._repr_html_()


def test_proved_cannot_be_made_by_hand():
    question = KINDS["REFUTED"]().question
    with pytest.raises(TypeError, match="decision procedure"):
        Proved(claim="0 = 1", scope=Scope(), question=question, seal=object())


def test_proved_cannot_be_altered_copied_or_unpickled():
    verdict = KINDS["PROVED"]()
    with pytest.raises(TypeError):
        dataclasses.replace(verdict, claim="0 = 1")
    with pytest.raises(TypeError):
        copy.copy(verdict)
    with pytest.raises(TypeError):
        pickle.dumps(verdict)


def test_proved_carries_scope_and_substitution():
    verdict = KINDS["PROVED"]()
    assert str(verdict.scope) == "every H, K ≥ 1 with H ≥ K"
    assert [step.substitution() for step in verdict.steps] == [("u' = K - u - 1",)]


def test_the_substitution_and_its_inverse_undo_each_other():
    (step,) = KINDS["PROVED"]().steps
    forward, backward = dict(step.forward), dict(step.backward)
    for symbol, value in backward.items():
        there_and_back = value.substitute(forward)
        assert there_and_back == sg.Index.of(symbol) or symbol.name not in ("u", "v")


def test_holds_at_lists_sizes_and_says_why_no_more():
    verdict = KINDS["HOLDS AT"]()
    assert isinstance(verdict, HoldsAt)
    assert all(dict(shape).keys() == {"H", "K"} for shape in verdict.shapes)
    assert verdict.reason


def test_ill_formed_names_tensor_axis_and_sizes():
    verdict = KINDS["ILL-FORMED"]()
    assert isinstance(verdict, IllFormed)
    assert "reads a of shape (H,) at index h + 1 of axis 0" in verdict.problem
    assert verdict.sizes == (("H", 1),)


def test_undecided_says_that_the_budget_was_used_up():
    assert "budget" in KINDS["UNDECIDED"]().reason


def test_long_polynomials_are_shortened_for_people_and_whole_in_the_data():
    verdict = sg.verify_equal(((a + 1) ** 40).sum(), a.sum())
    assert isinstance(verdict, Refuted)
    assert max(map(len, str(verdict).splitlines())) < 500
    assert len(verdict.as_dict()["counterexample"]["missing"]) > 30


def test_equal_verdicts_compare_equal_whatever_time_they_took():
    assert KINDS["REFUTED"]() == KINDS["REFUTED"]()


def test_a_verdict_is_no_truth_value_so_that_it_is_not_asserted_by_mistake():
    N = sg.size("N")
    x, delta = sg.tensor("x", N), sg.tensor("delta", N)
    for factor in (1, 2):
        with pytest.raises(TypeError, match=r"verdict\.verdict == 'PROVED'"):
            assert sg.verify(x, wrt=x, claim=factor * delta, cotangent=delta)
