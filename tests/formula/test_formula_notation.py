"""Counterexamples speak the language of the formula: its letters, its spelling, its counting."""

from symgrad.formula.check import check

SHAPES = {"a": (3, 3), "W": (2, 2)}


def details(formula, **setting):
    [found] = check(formula, **setting)
    assert found.kind == "REFUTED", str(found)
    return dict(found.details)


def test_entries_have_the_names_of_the_formula():
    found = details(r"\nabla x_{12} = \delta_{11} k_{12}", layer="conv2d", shapes=SHAPES)
    assert found["missing"] == r"k_{11} \delta_{12}"


def test_entries_are_spelt_as_text_in_text():
    found = details("∂J/∂a_{12} = δ_{11} W_{12}", layer="conv2d", shapes=SHAPES)
    assert found["missing"] == "W_{11}·δ_{12}"


def test_entries_count_from_where_the_formula_counts():
    found = details("∂J/∂a_{01} = δ_{00} W_{01}", layer="conv2d", shapes=SHAPES)
    assert found["missing"] == "W_{00}·δ_{01}"
    assert found["entry"] == "(0, 1), counted from 0"


def test_the_slope_has_its_letter_and_its_z():
    found = details("∂E/∂z = ∂E/∂a ⊙ f(z)", layer="activation")
    assert "f'(z_{11})" in found["missing"]


def test_what_is_asked_for_does_not_name_what_comes_in():
    found = details("dz = δ ⊙ z (1 - z)", layer="sigmoid")
    assert "δ_{11}" in found["claimed"]
    assert "dz" not in found["claimed"] + found["derived"]


def test_the_smallest_sizes_are_said():
    found = details("∂J/∂a = δ * W", layer="conv2d", star="correlation")
    assert found["smallest sizes"] == "H=1, W=2, K=1, L=2"


def test_an_outcome_is_plain_data_too():
    [found] = check("∂J/∂a = y - a", layer="loss")
    plain = found.as_dict()
    assert plain["verdict"] == "REFUTED"
    assert plain["did_you_mean"] == found.did_you_mean
    assert plain["counterexample"] == dict(found.details)
    assert plain["seconds"] >= 0
