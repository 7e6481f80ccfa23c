"""What was meant is looked for when it is asked; a verdict costs as many decisions as it has readings."""

import pytest

from symgrad.formula import reading, suggestion
from symgrad.formula.check import check

QUOTED = {
    "δ[l-1] = δ[l] * rot180(W) ⊙ σ'(z[l-1])": "PROVED",
    r"\delta^{l-1} = \delta^{l} * \mathrm{rot180}(W) \odot \sigma'(z^{l-1})": "PROVED",
    "dW = correlate(a, delta)": "PROVED",
    r"\mathrm{d}W = \mathrm{correlate}(a, \delta)": "PROVED",
    "δ_i[l-1] = Σ_j δ_j[l] * rot180(W_ij[l]) ⊙ σ'(z_i[l-1])": "PROVED",
    r"\delta_i^{l-1} = \sum_j \delta_j^{l} * \mathrm{rot180}(W_{ij}^{l}) \odot \sigma'(z_i^{l-1})": "PROVED",
    r"\delta_i^{l-1} = \delta_j^{l} * \mathrm{rot180}(W_{ij}^{l}) \odot \sigma'(z_i^{l-1})": "REFUTED",
}


@pytest.fixture
def decided(monkeypatch):
    """Every question that is put to the decision procedure."""
    asked = []
    decide = reading.decide

    def counting(question, **options):
        asked.append(question)
        return decide(question, **options)

    monkeypatch.setattr(reading, "decide", counting)
    return asked


@pytest.mark.parametrize("formula", QUOTED)
@pytest.mark.parametrize("layer", ["conv2d", None])
def test_only_readings_whose_shapes_fit_are_decided(formula, layer, decided):
    [found] = check(formula, layer=layer)
    assert found.kind == QUOTED[formula]
    assert len(decided) == len({id(r.question) for r in found.readings}) <= 2


def test_where_nothing_fits_every_reading_is_decided_to_say_why(decided):
    [found] = check("∂J/∂a = correlate(δ, W)", layer="conv2d", mode="valid")
    assert found.kind == "ILL-FORMED"
    assert len(decided) == 1
    assert "the left side is" in found.problem


def test_a_suggestion_is_looked_for_when_it_is_asked_and_once(monkeypatch):
    tried = []
    is_proved = suggestion.Suggestion._is_proved
    monkeypatch.setattr(
        suggestion.Suggestion, "_is_proved", lambda self, text: tried.append(text) or is_proved(self, text)
    )
    [found] = check("δ[l-1] = δ[l] * W ⊙ σ'(z[l-1])", star="correlation")
    assert found.kind == "REFUTED"
    assert not tried
    assert found.did_you_mean == "δ[l-1] = δ[l] * rot180(W) ⊙ σ'(z[l-1])"
    count = len(tried)
    assert count
    assert "rot180" in str(found)
    assert found.as_dict()["did_you_mean"] == found.did_you_mean
    assert len(tried) == count


def test_a_search_that_has_no_time_left_finds_nothing():
    [found] = check("δ[l-1] = δ[l] * W ⊙ σ'(z[l-1])", star="correlation")
    found.suggestion.patience.seconds = 0.0
    assert found.did_you_mean is None


def test_a_right_formula_has_no_suggestion():
    [found] = check("δ[l-1] = δ[l] * rot180(W) ⊙ σ'(z[l-1])", star="correlation")
    assert found.suggestion is None
    assert found.did_you_mean is None
