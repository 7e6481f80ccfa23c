"""The catalogue: every rule is decided, for all sizes, and is no tautology."""

import pytest

import symgrad as sg
from symgrad.catalogue import find, rules
from symgrad.decide.verdict import Proved
from symgrad.language.notation import nodes
from symgrad.language.tensor import Comprehension

EVERY = [pytest.param(rule, id=rule.name) for rule in rules()]


def test_there_are_at_least_forty_rules():
    assert len(rules()) >= 40


@pytest.mark.parametrize("rule", EVERY)
def test_rule_is_proved_for_all_sizes_strides_and_paddings(rule):
    verdict = rule.verify()
    assert isinstance(verdict, Proved), verdict
    assert verdict.scope.each == (), "a size is not symbolic"


@pytest.mark.parametrize("rule", EVERY)
def test_rule_has_statement_title_and_source(rule):
    assert rule.title
    assert rule.source
    assert rule.latex.count("{") == rule.latex.count("}")
    assert rule.latex.count("(") == rule.latex.count(")")


@pytest.mark.parametrize("rule", EVERY)
def test_closed_form_is_not_the_derivative_itself(rule):
    statement = rule.statement()
    for node in nodes(statement.claim):
        if isinstance(node, Comprehension) and node.call is not None:
            assert node.call.name not in ("grad", "cotangent")


@pytest.mark.parametrize("rule", EVERY)
def test_a_rule_twice_as_large_is_refuted(rule):
    from symgrad.decide.decision import decide

    asked = rule.question()
    verdict = decide(asked.with_claim(2 * asked.claim), suggest=False)
    assert verdict.verdict == "REFUTED", verdict


def test_names_are_found_in_the_order_asked_for():
    assert [r.name for r in find(["linear.bias", "linear.input"])] == ["linear.bias", "linear.input"]


def test_a_rule_is_had_by_its_name_and_near_names_are_offered():
    assert sg.rule("conv2d.input").name == "conv2d.input"
    assert [rule.name for rule in sg.rules("relu.*")] == ["relu.input", "relu.output"]
    with pytest.raises(sg.UnknownRule, match=r"did you mean conv2d\.input"):
        sg.rule("conv2d.inptu")
    with pytest.raises(sg.UnknownRule, match=r"a layer with the rules relu\.input, relu\.output"):
        sg.rule("relu")
    with pytest.raises(sg.UnknownRule, match="`symgrad rules` lists all"):
        sg.rules("bogus")
