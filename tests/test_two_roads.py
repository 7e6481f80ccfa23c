"""Deciding for all sizes and differentiating SymPy scalars at fixed sizes must agree, both ways."""

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st
from statements import statements

import symgrad as sg
from symgrad.catalogue import rules
from symgrad.concrete.sympy_road import agrees
from symgrad.decide.decision import small_sizes


@given(statements())
def test_proved_where_sympy_agrees_and_refuted_where_it_does_not(drawn):
    note(drawn.about)
    verdict = sg.verify(drawn.z, wrt=drawn.wrt, claim=drawn.claim, cotangent=drawn.cotangent, suggest=False)
    note(str(verdict))
    assert verdict.verdict in ("PROVED", "REFUTED")
    right = agrees(drawn.z, drawn.wrt, drawn.cotangent, drawn.claim, {})
    assert (verdict.verdict == "PROVED") == right


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in rules()])
def test_sympy_agrees_with_every_rule_at_small_sizes(rule):
    asked = rule.question()
    most = 2 if "3d" in rule.name else 4
    checked = 0
    for sizes in small_sizes(asked, most):
        assert agrees(asked.z, asked.wrt, asked.cotangent, asked.claim, sizes, asked.hypotheses), sizes
        checked += 1
    assert checked


ONE_DIMENSIONAL = [rule for rule in rules() if rule.name.startswith(("conv1d", "avg_pool1d", "max_pool1d"))]


@given(st.sampled_from(ONE_DIMENSIONAL), st.data())
def test_sympy_agrees_with_a_rule_at_whatever_sizes_strides_and_paddings(rule, data):
    asked = rule.question()
    sizes = {s: data.draw(st.integers(s.minimum, 2 if s.name in "NCMG" else 4), s.name) for s in asked.sizes}
    assume(all(condition.holds(sizes) for condition in asked.assumptions))
    note(f"{rule.name} at {sizes}")
    assert agrees(asked.z, asked.wrt, asked.cotangent, asked.claim, sizes, asked.hypotheses)


@pytest.mark.parametrize("name", ["conv1d.input", "max_pool1d.input_overlap", "linear.weight"])
def test_sympy_disagrees_with_a_rule_that_is_changed(name):
    (rule,) = [rule for rule in rules() if rule.name == name]
    asked = rule.question()
    (sizes,) = small_sizes(asked, 1)
    assert agrees(asked.z, asked.wrt, asked.cotangent, asked.claim, sizes, asked.hypotheses)
    assert not agrees(asked.z, asked.wrt, asked.cotangent, 2 * asked.claim, sizes)
