"""Derivatives of functions of one variable: as they were defined before, and in chains."""

import pytest

from symgrad import tanh, tensor, verify_equal
from symgrad.errors import SymgradError
from symgrad.formula.check import check
from symgrad.formula.functions import scalar
from symgrad.formula.parse import parse
from symgrad.language.tensor import Comprehension


def kinds(text, **options):
    return [outcome.kind for outcome in check(text, **options)]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("σ'(z) = σ(z)(1 - σ(z))", "PROVED"),
        ("σ'(z) = e^{-z}/(1+e^{-z})^2", "PROVED"),
        ("σ'(z) = σ(z)(1 + σ(z))", "REFUTED"),
        ("σ'(z) = e^{-z}/(1+e^{-z})", "REFUTED"),
    ],
)
def test_a_function_is_what_it_was_defined_as(claim, verdict):
    assert kinds(f"σ(z) = 1/(1 + e^{{-z}}); {claim}") == ["DEFINITION", verdict]


def test_a_definition_counts_inside_another():
    text = "f(x) = x^2; h(x) = f(g(x)); h'(x) = "
    assert kinds(text + "f'(g(x)) g'(x)")[-1] == "PROVED"
    assert kinds(text + "2 g(x) g'(x)")[-1] == "PROVED"
    assert kinds(text + "2 x g'(x)")[-1] == "REFUTED"


def test_what_has_cases_is_judged_away_from_where_they_meet():
    *_, right = check("f(x) = max(0, x); f'(x) = [x ≥ 0]")
    assert right.kind == "PROVED"
    assert right.reading == "f away from where its cases meet"
    assert kinds("f(x) = max(0, x); f'(x) = [x < 0]")[-1] == "REFUTED"


def test_every_link_of_a_chain_is_judged():
    assert kinds("σ'(z) = ∂a/∂z = a(1 - a)") == ["PROVED", "PROVED"]
    assert kinds("σ'(z) = σ(z)(1 - σ(z)) = a(1 + a)", function="sigmoid") == ["PROVED", "REFUTED"]


def test_definitions_that_would_never_end_are_refused():
    deep = "; ".join(
        ["p(x) = x + 1"]
        + [f"{new}(x) = {old}({old}(x)) + {old}(x)" for old, new in zip("pqrstu", "qrstuv", strict=True)]
    )
    *_, last = check(f"{deep}; v'(x) = 1")
    assert last.kind in ("ILL-FORMED", "UNDECIDED")


def test_what_sigma_is_must_be_said_where_it_decides():
    [outcome] = check("σ'(z) = 1 - σ(z)")
    assert outcome.kind == "UNDECIDED"
    assert "--function" in outcome.problem


def test_a_formula_of_numbers_is_a_scalar_of_the_names_given():
    x = tensor("x")
    [equation] = parse("tanh(x)^2 + 2x")
    read = scalar(equation.parts[0], {"x": x})
    assert verify_equal(Comprehension((), (), read), tanh(x) ** 2 + 2 * x).verdict == "PROVED"
    with pytest.raises(SymgradError, match="what x is, is not known"):
        scalar(equation.parts[0], {"k": x})
