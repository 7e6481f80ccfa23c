"""Text and LaTeX give one tree; what cannot be read says where and what was expected."""

from fractions import Fraction

import pytest

from symgrad.formula.parse import BRACKETS, DEEPEST, LONGEST, FormulaError, parse
from symgrad.formula.syntax import Binary, Call, Matrix, Name, Negative, Number, Raised, Several, Sum, walk


def one(text):
    [equation] = parse(text)
    return equation


def expression(text):
    return one(text).parts[0]


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("δ^{l-1} = δ^l * rot180(W)", r"\delta^{l-1} = \delta^l \ast \mathrm{rot180}(W)"),
        ("δ ⊙ σ'(z^{l-1})", r"\delta \odot \sigma'(z^{l-1})"),
        ("delta_i = Σ_j delta_j ⋆ W_{ij}", r"\delta_i = \sum_j \delta_j \star W_{ij}"),
        ("a ∘ b ⊙ c", r"a \circ b \bullet c"),
        ("a ⊗ b ∗ c", r"a \otimes b \circledast c"),
        ("∂J/∂W", r"\frac{\partial J}{\partial W}"),
        ("∇a", r"\nabla a"),
        ("1/4 a", r"\frac14 a"),
        ("1/2 a", r"\tfrac{1}{2} a"),
        ("½ ||a - y||^2", r"\frac12 \left\| a - y \right\|^{2}"),
        ("Wᵀ δ", r"W^\top \delta"),
        ("W.T δ", r"W^{\mathrm{T}} \delta"),
        ("W^T δ", r"\mathbf{W}^T \boldsymbol{\delta}"),
        ("a₁₂", r"a_{12}"),
        ("a²", "a^2 \\!"),
        ("σ''(z)", r"\sigma^{\prime\prime}(z)"),
        ("Σ_{u=0}^{K-1} w_u", r"\sum_{u=0}^{K-1} w_u"),
        ("Σ_{0≤u<K} w_u", r"\sum_{0 \leq u < K} w_u"),
        ("[[1, 2], [3, 4]]", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
        ("rot180(W)", r"\operatorname{rot}_{180}(W)"),
        ("W <- W - η dW", r"W \leftarrow W - \eta\, dW"),
        ("floor(H/2)", r"\left\lfloor \frac{H}{2} \right\rfloor"),
        ("z = a := b", r"z = a \coloneqq b"),
        ("a x_{i}", "a  x_i"),
    ],
)  # fmt: skip
def test_both_spellings_give_one_tree(text, latex):
    assert parse(text) == parse(latex)


def test_stars_bind_less_than_products_and_more_than_sums():
    assert expression("a + b * c d") == Binary(
        "+", Name("a"), Binary("*", Name("b"), Binary("", Name("c"), Name("d")))
    )
    assert expression("a * b ⊙ c") == Binary("⊙", Binary("*", Name("a"), Name("b")), Name("c"))
    assert expression("a - b - c") == Binary("-", Binary("-", Name("a"), Name("b")), Name("c"))
    assert expression("-a * b + c") == Binary("+", Negative(Binary("*", Name("a"), Name("b"))), Name("c"))


def test_a_sum_reaches_over_products_and_not_over_a_plus():
    assert expression("Σ_j a_j * b + c") == Binary(
        "+", Sum((("j", None, None),), Binary("*", Name("a", sub=(Name("j"),)), Name("b"))), Name("c")
    )


def test_an_underscore_takes_one_character_in_latex_and_a_word_in_text():
    assert expression(r"\delta_ij") == Binary("", Name("δ", sub=(Name("i"),)), Name("j"))
    assert expression("δ_ij") == Name("δ", sub=(Name("ij"),))
    assert expression(r"\delta^La") == Binary("", Name("δ", sup=Name("L")), Name("a"))


def test_a_transpose_belongs_to_the_bracket_before_it():
    assert expression("(a b)^T") == Raised(Binary("", Name("a"), Name("b")), sup=Name("T"))


def test_a_bracket_with_commas_is_several_things_and_one_with_one_comma_one():
    assert expression("(W, b)") == Several((Name("W"), Name("b")))
    assert expression("f((s,))") == Call(Name("f"), (Several((Name("s"),)),))


def test_a_call_without_arguments_has_none():
    assert expression("f()") == Call(Name("f"), ())


def test_decimals_are_exact():
    assert expression("[[0.5, 2]]") == Matrix(((Number(Fraction(1, 2)), Number(Fraction(2))),))


def test_every_node_knows_where_it_stands():
    text = "δ_i = Σ_j δ_j * rot180(W_{ij})"
    for part in one(text).parts:
        for node in walk(part):
            start, end = node.span
            assert 0 <= start < end <= len(text)
    rotated = next(n for n in walk(one(text).parts[1]) if isinstance(n, Call))
    assert text[slice(*rotated.span)] == "rot180(W_{ij})"


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("δ = = W", 4, "a name"),
        ("δ^{l-1 = W", 7, "'}'"),
        ("a = b +", 7, "a name"),
        ("a = rot180(W", 12, "')'"),
        ("a $ b", 2, ""),
        ("Σ_{i+1} a", 3, "a name"),
        ("f(g(x) = 2)", 7, ""),
        (r"E = \s_{u=1}^{K} w_u", 4, "only below a sum"),
        ("a + (b)_{i<3}^2", 4, "only below a sum"),
        (r"(f)^{\prime} a", 0, "a prime stands behind a name"),
        (r"\frac{a}", 8, "'{'"),
        (r"\begin{pmatrix} 1 & 2", 21, "the end of the matrix"),
        ("||a", 3, "'||'"),
        ("W \\", 2, ""),
    ],
)
def test_an_error_points_at_its_column_and_says_what_was_expected(text, column, expected):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    assert caught.value.column == column
    assert expected in str(caught.value)
    problem, line, caret = str(caught.value).split("\n")
    assert problem.startswith(f"column {column + 1}: ")
    assert line.strip() == text.strip()
    assert caret.index("^") == 2 + column


def test_the_caret_stands_right_in_a_long_formula_and_in_one_of_several_lines():
    text = "z = a;\n" + "a + " * 40 + "$ + b"
    with pytest.raises(FormulaError) as caught:
        parse(text)
    _, line, caret = str(caught.value).split("\n")
    assert line[caret.index("^")] == "$"
    assert len(line) <= 92


@pytest.mark.parametrize(
    "text",
    [
        "a" * (LONGEST + 1),
        "(" * (BRACKETS + 1) + "a" + ")" * (BRACKETS + 1),
        "+".join("a" * (DEEPEST + 1)),
        "Σ_i " * (DEEPEST + 1) + "a_i",
        "a" + " a" * 1900,
        "",
        " \n ",
    ],
)
def test_what_is_too_large_or_nothing_is_refused(text):
    with pytest.raises(FormulaError):
        parse(text)


def test_at_the_limits_a_formula_is_read():
    assert parse("(" * BRACKETS + "a" + ")" * BRACKETS)
    assert parse("+".join("a" * (DEEPEST - 1)))


@pytest.mark.parametrize("value", [None, 3, b"a = b", ["a"]])
def test_what_is_no_string_is_a_type_error(value):
    with pytest.raises(TypeError, match="a formula is a string"):
        parse(value)
