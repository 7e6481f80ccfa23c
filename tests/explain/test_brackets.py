"""Expressions as formulas, read again by the rules of mathematics: no bracket that is needed is missing."""

import re
from fractions import Fraction as Rational

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import symgrad as sg
from symgrad.explain import latex, unicode
from symgrad.explain.layout import Break, Fence, Fraction, Name, Number, Row, Script, Sign
from symgrad.explain.notation import Notation
from symgrad.language.tensor import Comprehension

D = sg.sizes("D")[0]
VALUES = {"u": np.array([2.0, 3.0]), "v": np.array([5.0, 7.0]), "w": np.array([11.0, 1.5]), "D": 2}
TENSORS = {name: sg.tensor(name, D) for name in "uvw"}
NUMBERS = st.sampled_from([2, 3, -1, -2, Rational(1, 2), Rational(-2, 3), 0.5, D, D + 1, 2 * D])
EXPONENTS = st.sampled_from([2, 3, -1, -2, Rational(1, 2), Rational(-1, 2), 0.5])


def combined(inner):
    """Expressions one operation larger."""
    return st.one_of(
        st.builds(lambda one, other: one + other, inner, inner | NUMBERS),
        st.builds(lambda one, other: one - other, inner, inner | NUMBERS),
        st.builds(lambda one, other: one * other, inner, inner | NUMBERS),
        st.builds(lambda one, other: one / other, inner, inner | NUMBERS),
        st.builds(lambda number, one: number - one, NUMBERS, inner),
        st.builds(lambda number, one: number * one, NUMBERS, inner),
        st.builds(lambda number, one: number / one, NUMBERS, inner),
        st.builds(lambda one, exponent: one**exponent, inner, EXPONENTS),
        st.builds(lambda one: -one, inner),
    )


EXPRESSIONS = st.recursive(st.sampled_from(list(TENSORS.values())), combined, max_leaves=5)


def tokens(layout):
    """What is seen, from left to right, in signs of which Python knows how tightly they bind."""
    match layout:
        case Name(text):
            return f" {text} "
        case Number(text):
            return f" ({text}) " if "/" in text else f" {text} "
        case Sign(text):
            return {"\u2009": "*", "⊙": "*", "·": "*", "−": "-"}.get(text, text)
        case Break():
            return ""
        case Row(items):
            # what stands side by side without a sign is multiplied
            return re.sub(r"(?<=[\w)])\s+(?=[\w(])", "*", "".join(map(tokens, items)))
        case Fence("(", body, ")"):
            return f" ({tokens(body)}) "
        case Fraction(top, bottom):
            return f" (({tokens(top)})/({tokens(bottom)})) "
        case Script(base, _, None):  # an entry: here they are all alike
            return tokens(base)
        case Script(base, _, sup):
            assert not isinstance(base, (Script, Row, Fraction)), "a power of what is not one thing"
            return f" {tokens(base).strip()}**({tokens(sup)}) "
    raise AssertionError(f"not expected here: {layout}")


def calculated(text):
    """The value of Python's arithmetic, read by a grammar of its own: sums, products, powers, brackets."""
    left = re.findall(r"\*\*|[A-Za-z]+|\d+|[-+*/()]", text)

    def atom():
        token = left.pop(0)
        if token == "(":
            value = total()
            assert left.pop(0) == ")"
            return value
        return VALUES[token] if token.isalpha() else float(token)

    def powered():
        base = atom()
        if left[:1] == ["**"]:
            left.pop(0)
            assert left[0] in "(-" or left[0].isdigit()
            exponent = atom() if left[0] != "-" else -float(left.pop(1)) if left.pop(0) else 0.0
            assert left[:1] != ["**"], "a power of a power without brackets"
            return base**exponent
        return base

    def product():
        if left[0] == "-":
            left.pop(0)
            return -product()
        value = powered()
        while left and left[0] in "*/":
            sign = left.pop(0)
            assert left[0] != "-", "a minus sign after another sign"
            value = value * powered() if sign == "*" else value / powered()
        return value

    def total():
        value = product()
        while left and left[0] in "+-":
            sign = left.pop(0)
            assert left[0] != "-", "a minus sign after another sign"
            value = value + product() if sign == "+" else value - product()
        return value

    value = total()
    assert not left, text
    return value


def value_of(expression):
    with np.errstate(all="ignore"):
        return sg.evaluate(expression, {name: VALUES[name] for name in "uvw"})


def same(one, other):
    return np.allclose(one, other, rtol=1e-9, equal_nan=True)


def needed_values(expression):
    value = value_of(expression)
    assume(np.isfinite(value).all())
    return value


@given(EXPRESSIONS)
def test_a_formula_means_the_expression_that_it_was_made_of(expression):
    expected = needed_values(expression)
    layouts = [Notation().written(expression)[0]]
    if isinstance(expression, Comprehension):
        layouts.append(Notation().scalar(expression.body))
    with np.errstate(all="ignore"):
        for layout in layouts:
            shown = tokens(layout)
            assert same(calculated(shown), expected), shown


SMALL = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))


@given(EXPRESSIONS)
def test_a_formula_in_plain_text_means_it_too(expression):
    expected = needed_values(expression)
    shown = unicode.math(Notation().written(expression)[0])
    plain = "".join(chr(ord("a") + ord(c) - ord("𝐚")) if "𝐚" <= c <= "𝐳" else c for c in shown)
    plain = re.sub("[⁰-⁹¹²³⁻]+", lambda found: f"**({''.join(SMALL[c] for c in found[0])})", plain)
    plain = plain.replace("^", "**").replace("−", "-").replace("⊙", "*").replace("·", "*")
    with np.errstate(all="ignore"):
        assert same(calculated(re.sub(r"\s", "", plain)), expected), shown


w = TENSORS["w"]


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ((w**2) ** 3, r"(\mathbf{w}^{2})^{3}"),
        ((w**2) ** 0.5, r"(\mathbf{w}^{2})^{1/2}"),
        ((sg.tensor("A", D, D).T) ** 2, r"(\mathbf{A}^{\mathsf{T}})^{2}"),
        (w * (-2), r"\mathbf{w}\, (-2)"),
        (w - (-w), r"\mathbf{w} - (-\mathbf{w})"),
        (-1 * (-w), r"-(-\mathbf{w})"),
    ],
)
def test_what_is_raised_or_negative_already_is_in_brackets(expression, shown):
    assert latex.math(Notation().written(expression)[0]).replace(" ", "") == shown.replace(" ", "")


def test_a_product_says_what_a_correlation_or_a_sum_is_taken_of():
    a, k = sg.tensor("a", 1, 1, D), sg.tensor("k", 1, 1, 1)
    assert unicode.math(Notation().written(a * sg.correlate(a, k))[0]) == "𝐚 ⊙ (𝐚 ⋆ 𝐤)"
    assert unicode.math(Notation().written(w.sum() * w)[0]).startswith("(Σ_")
