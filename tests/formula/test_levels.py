"""Superscripts tell the layers apart: which name is of the layer below, which of the layer at hand."""

import pytest

from symgrad.formula.check import check
from symgrad.formula.levels import derivative_of, levels, superscript
from symgrad.formula.parse import parse
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Name


def one(text):
    [equation] = parse(text)
    return equation


def name(text):
    [part] = one(text).parts
    return part


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("δ^l", ("l", 0)),
        ("δ^{l-1}", ("l", -1)),
        ("δ^{(l+1)}", ("l", 1)),
        ("δ^(l+1)", ("l", 1)),
        ("z[l-1]", ("l", -1)),
        ("δ^L", ("L", 0)),
        ("a^3", ("", 3)),
        ("W^T", None),
        ("W", None),
        ("a_i", None),
    ],
)
def test_a_superscript_is_a_layer(text, expected):
    assert superscript(name(text)) == expected


def test_the_lower_of_two_layers_is_the_one_below():
    found = levels(one("δ^{l} = W^{l+1} δ^{l+1} ⊙ σ'(z^l)"), Setting().role)
    assert found.is_lower(name("δ^l")) is True
    assert found.is_lower(name("δ^{l+1}")) is False
    assert found.is_lower(name("z^l")) is True
    assert found.is_lower(name("δ")) is None


def test_weights_do_not_say_how_layers_are_counted():
    for weight in ("W^l", "W^{l+1}", "W"):
        [found] = check(f"δ^{{l}} = ({weight})^T δ^{{l+1}} ⊙ σ'(z^l)", layer="linear")
        assert found.kind == "PROVED"


def test_layers_may_be_counted_in_numbers():
    [found] = check(r"\delta^2 = (W^3)^T \delta^3 \odot \sigma'(z^2)", layer="linear")
    assert found.kind == "PROVED"
    [found] = check(r"\delta^2 = (W^3)^T \delta^3 \odot \sigma'(z^3)", layer="linear")
    assert found.kind != "PROVED"


def test_one_number_by_itself_is_a_power():
    assert check("∂J/∂a = δ^3", layer="activation")[0].kind == "REFUTED"
    assert check(r"\frac{\partial C}{\partial b^3} = \delta^3", layer="linear")[0].kind == "PROVED"
    assert check(r"\frac{\partial C}{\partial b} = \delta^3", layer="linear")[0].kind == "REFUTED"


def test_without_superscripts_a_delta_on_both_sides_is_of_two_layers():
    [found] = check("δ = W^T δ", layer="linear")
    assert found.kind == "PROVED"


@pytest.mark.parametrize("formula", ["δ^l = W^T δ^l", "δ_i^l = Σ_j W_{ji} δ_j^l"])
def test_the_delta_of_one_layer_cannot_come_from_itself(formula):
    [found] = check(formula, layer="linear")
    assert found.kind == "ILL-FORMED"
    assert "both sides" in found.problem


def test_an_activation_beside_the_delta_of_its_layer_is_no_input():
    assert check("dW^l = δ^l (a^{l-1})^T", layer="linear")[0].kind == "PROVED"
    assert check("dW^{(l)} = δ^{(l+1)} (a^{(l)})^T", layer="linear")[0].kind == "PROVED"
    assert check("dW^l = δ^l (a^l)^T", layer="linear")[0].kind != "PROVED"


@pytest.mark.parametrize("text", ["∂J/∂a", r"\frac{\partial J}{\partial a}", r"\nabla_a J", "∇a"])
def test_derivatives_are_written_in_many_ways(text):
    of, by = derivative_of(name(text))
    assert by == Name("a")
    assert of in (Name("J"), Name("nabla"))


def test_a_product_is_no_derivative():
    assert derivative_of(name("J a")) is None
    assert derivative_of(name("J / a")) is None
