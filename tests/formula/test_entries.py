"""Entries: how digits are taken apart, what indices count from, where sums start and end."""

import pytest

from symgrad.formula.check import check


def kind(formula, **setting):
    return [outcome.kind for outcome in check(formula, **setting)]


CONV = {"layer": "conv2d", "shapes": {"a": (3, 3), "W": (2, 2)}}


def test_twelve_is_row_one_and_column_two_where_there_is_no_twelfth_entry():
    assert kind("∂J/∂a_{12} = δ_{11} W_{12} + δ_{12} W_{11}", **CONV) == ["PROVED"]
    assert kind("∂J/∂a_{1,2} = δ_{11} W_{12} + δ_{12} W_{11}", **CONV) == ["PROVED"]
    assert kind("∂J/∂a_{21} = δ_{11} W_{12} + δ_{12} W_{11}", **CONV) == ["REFUTED"]


def test_twelve_is_the_twelfth_entry_of_a_vector():
    assert kind("∂J/∂a_{12} = a_{12} - y_{12}", layer="loss", shapes={"a": (20,)}) == ["PROVED"]
    assert kind("∂J/∂a_{12} = a_{12} - y_{12}", layer="loss", shapes={"a": (11,)}) == ["ILL-FORMED"]


def test_digits_that_can_be_cut_in_two_ways_are_reported_and_not_guessed():
    large = {"layer": "conv2d", "shapes": {"a": (30, 30), "W": (2, 2)}}
    [found] = check("∂J/∂a_{112} = δ_{1,1}", **large)
    assert found.kind == "ILL-FORMED"
    assert "(1, 12) or (11, 2)" in found.problem
    assert "comma" in found.problem


def test_an_entry_that_there_is_not_is_ill_formed():
    [found] = check("∂J/∂a_{34} = δ_{22} W_{22}", **CONV)
    assert found.kind == "ILL-FORMED"
    assert "has no entry a_{34}" in found.problem


def test_a_zero_says_that_indices_count_from_zero():
    assert kind("∂J/∂a_{00} = δ_{00} W_{00}", **CONV) == ["PROVED"]
    assert kind("∂J/∂a_{11} = δ_{11} W_{11}", **CONV) == ["PROVED"]  # the first, counted from 1
    assert kind("∂J/∂a_{11} = δ_{11} W_{11}", base=0, **CONV) == ["REFUTED"]  # the middle one
    assert kind("∂J/∂a_{22} = δ_{11} W_{11}", base=0, **CONV) == ["PROVED"]


@pytest.mark.parametrize(
    ("first", "last", "shift", "expected"),
    [
        ("0", "T-1", "t+u", "PROVED"),
        ("1", "T", "t+u-1", "PROVED"),
        ("1", "T", "t+u", "REFUTED"),
        ("0", "T", "t+u", "ILL-FORMED"),
        ("0", "T-2", "t+u", "REFUTED"),
    ],
)
def test_bounds_say_what_indices_count_from(first, last, shift, expected):
    formula = rf"\frac{{\partial J}}{{\partial w_u}} = \sum_{{t={first}}}^{{{last}}} \delta_t x_{{{shift}}}"
    shapes = {"δ": ("T",)} if last.startswith("T-2") or (last == "T" and first == "0") else {}
    [found] = check(formula, layer="conv1d", shapes=shapes)
    assert found.kind in ((expected,) if not shapes else (expected, "ILL-FORMED", "REFUTED"))


def test_a_sum_without_bounds_runs_over_the_axis_it_reads():
    assert kind("∂J/∂b_j = Σ_{n,y,x} δ_{n,j,y,x}", layer="conv2d") == ["PROVED"]


def test_a_sum_that_reads_no_axis_is_ill_formed():
    [found] = check("∂J/∂b_j = Σ_{n,y,x,q} δ_{n,j,y,x}", layer="conv2d")
    assert found.kind == "ILL-FORMED"
    assert "how far q runs" in found.problem


def test_a_free_letter_of_the_right_side_only_is_not_summed_silently():
    [found] = check("∂J/∂b_j = Σ_{y,x} δ_{n,j,y,x}", layer="conv2d")
    assert found.kind == "ILL-FORMED"
    assert "what n is, is not known" in found.problem


def test_outside_a_map_shifted_entries_are_zero_and_wrong_letters_are_not():
    formula = "∂J/∂a_{i,h,w} = Σ_{j,u,v} δ_{j,h-u,w-v} W_{%s,u,v}"
    [found] = check(formula % "j,i", layer="conv2d")
    assert found.kind == "PROVED"
    assert "entries outside a map are 0" in found.reading
    assert kind(formula % "i,j", layer="conv2d") == ["ILL-FORMED"]


def test_a_derivative_of_one_entry_by_another_is_an_entry_of_the_jacobian():
    assert kind("∂z_{11}/∂W_{12} = a_{12}", **CONV) == ["PROVED"]
    assert kind("∂z_{22}/∂a_{11} = W_{11}", **CONV) == ["REFUTED"]
    assert kind("∂z_{22}/∂a_{11} = 0", **CONV) == ["PROVED"]
    assert kind("∂J/∂W_{ij} = ∂J/∂z_i ∂z_i/∂W_{ij}", layer="linear") == ["PROVED"]
    assert kind("∂J/∂a_i = Σ_j δ_j ∂z_j/∂a_i", layer="linear") == ["PROVED"]


def test_entries_on_the_left_may_be_strided():
    pool = {"layer": "avg_pool2d", "shapes": {"window": (2, 2)}, "base": 0}
    assert kind("∂J/∂a_{2y,2x+1} = 1/4 δ_{y,x}", **pool) == ["PROVED"]
    assert kind("∂J/∂a_{2y,2x+2} = 1/4 δ_{y,x}", **pool) == ["ILL-FORMED"]


def test_matrices_of_entries_count_from_one():
    formula = "∇a = [[δ_{11}, 0], [0, δ_{22}]] ⊙ σ'(z)"
    assert kind(formula, layer="activation", shapes={"z": (2, 2)}) != ["PROVED"]
    assert kind(
        "δ = [[δ_{11}, δ_{12}], [δ_{21}, δ_{22}]] ⊙ σ'(z)", layer="activation", shapes={"z": (2, 2)}
    ) == ["PROVED"]
