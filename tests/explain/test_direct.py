"""A value that reads a tensor itself, and by way of others: the partial derivative is not the total one."""

import re

import pytest

import symgrad as sg

N, C = sg.sizes("N C")


def proof_of(z, x, claim):
    return sg.verify(z, wrt=x, claim=claim).proof


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_derivative_with_the_others_held_has_a_sign_of_its_own(lang):
    x = sg.tensor("x", N, C)
    claim = 1 + 2 * x.sum(1, keepdims=True) * sg.ones(N, C)
    text = proof_of((x.sum(1) ** 2).sum() + x.sum(), x, claim).text(lang=lang)
    assert "∂⁺J/∂x[n, c] = Σ_{n′,c′} [n′ = n, c′ = c]" in text
    assert "∂J/∂x[n, c] = ∂⁺J/∂x[n, c] + Σ" in text
    assert ("directly and through z" if lang == "en" else "直接依赖于") in text


def test_what_is_read_by_way_of_others_only_has_no_such_sign():
    x = sg.tensor("x", N, C)
    text = proof_of((x.sum(1) ** 2).sum(), x, 2 * x.sum(1, keepdims=True) * sg.ones(N, C)).text()
    assert "only through z" in text
    assert "⁺" not in text


def test_no_printed_equation_of_the_catalogue_has_a_derivative_as_a_part_of_itself():
    for rule in (rule for rule in sg.rules() if rule.question().cotangent is None):
        for line in rule.verify().proof.text().splitlines():
            left, equals, right = line.strip().partition(" = ")
            if equals and re.fullmatch(r"∂J/∂\w+\[[^]]*\]", left):
                assert not right.startswith(left + " +"), (rule.name, line)
