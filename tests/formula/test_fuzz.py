"""Whatever is written, `check` answers with outcomes and in time, and the two spellings mean the same."""

import time

import pytest
from hypothesis import example, given, note, settings
from hypothesis import strategies as st
from trees import TOKENS, equations, mutated, token_soup

from symgrad.errors import SymgradError
from symgrad.formula.check import CLAIMS, OTHERS, Outcome, check
from symgrad.formula.parse import FormulaError, parse
from symgrad.formula.setting import LAYERS, Setting
from symgrad.formula.show import sides
from symgrad.formula.spell import spelt

LONGEST = 2.0
"""Seconds that a formula may take."""
layers = st.sampled_from([None, *LAYERS])


def answered(text, setting):
    """Check a text, and that it is answered as promised."""
    note(text)
    start = time.process_time()
    found = check(text, setting)
    taken = time.process_time() - start
    assert found
    for outcome in found:
        assert isinstance(outcome, Outcome)
        assert outcome.kind in (*CLAIMS, *OTHERS)
        assert str(outcome)
        assert outcome.as_dict()["verdict"] == outcome.kind
        assert outcome.kind != "ILL-FORMED" or outcome.problem
        sides(outcome.formula)  # a report shows it
    assert taken < LONGEST
    return found


@given(st.text(max_size=200), layers)
def test_any_text_is_answered(text, layer):
    answered(text, Setting(layer))


@given(st.text(alphabet=sorted({c for token in TOKENS for c in token}), max_size=120), layers)
def test_any_characters_of_formulas_are_answered(text, layer):
    answered(text, Setting(layer))


@given(token_soup, layers)
@example("δ = W" + " W" * 900, None)
@example("\\frac{1}{" * 29 + "2" + "}" * 29, None)
@example("a^" * 500 + "a", None)
@example("-" * 3000 + "a", None)
@example("σ'" * 400 + "(z)", "activation")
@example("Σ_i " * 500 + "a_i", "linear")
@example("∂J/∂a = " + "(" * 30 + "δ" + ")" * 30, "activation")
@example("δ = " + "+".join(["δ_i"] * 800), "linear")
@example("∂J/∂a = δ^{99999999}", "activation")
@example("J = (a - y)^{999}", "loss")
@example("∂J/∂a_{99999999999999999999} = δ", "linear")
@example("∂J/∂a = " + "σ(" * 25 + "z" + ")" * 25, "activation")
@example("z = " + " * ".join(["a"] * 300), "conv2d")
@example("δ = " + "rot180(" * 28 + "W" + ")" * 28, "conv2d")
@example("∂J/∂a_{" + "1" * 2000 + "} = δ", "conv2d")
@example("∂J/∂w_u = Σ_t 22222222222222222222δ_t x_{t+u}", "conv1d")
@example("∂J/∂a_{i} = Σ_{j=0}^{i} δ_j", "conv1d")
@example("\\begin{pmatrix}" + "1 & " * 900 + "1\\end{pmatrix} = a", "conv2d")
def test_any_tokens_of_formulas_are_answered(text, layer):
    answered(text, Setting(layer))


@given(mutated())
def test_a_changed_formula_is_answered(drawn):
    answered(*drawn)


@given(equations, layers)
def test_any_tree_is_answered_and_in_both_spellings_alike(equation, layer):
    try:
        text, latex = spelt(equation), spelt(equation, latex=True)
    except SymgradError:
        return
    note(text)
    note(latex)
    try:
        read = parse(text)
    except FormulaError:
        with pytest.raises(FormulaError):
            parse(latex)
        return
    assert read == parse(latex) == (equation,)
    kinds = [[outcome.kind for outcome in answered(one, Setting(layer))] for one in (text, latex)]
    assert kinds[0] == kinds[1]


@settings(max_examples=10)
@given(st.none() | st.integers() | st.binary() | st.lists(st.text()))
def test_what_is_no_string_is_a_type_error(value):
    with pytest.raises(TypeError):
        check(value)
