"""What a document states of its loss, its activation and its forward binds every guess after it."""

import pytest

from symgrad.formula.broken import short
from symgrad.formula.budget import Patience
from symgrad.formula.check import check
from symgrad.formula.document import check_document
from symgrad.formula.parse import parse
from symgrad.formula.setting import Setting
from symgrad.formula.stating import stated
from symgrad.formula.words import spoken


def judged(*formulas, **options):
    """The outcomes of a document of these formulas."""
    text = "".join(f"$${formula}$$\n\n" for formula in formulas)
    return [one.outcome for one in check_document(text, Setting(**options))]


def kinds(*formulas, **options):
    return [outcome.kind for outcome in judged(*formulas, **options)]


SOFTMAX = r"p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}"
SIGMOID = r"p_i = \frac{1}{1+e^{-z_i}}"
HALF = r"L = \frac{1}{2}\sum_i (p_i - y_i)^2"
CROSS = r"L = -\sum_i y_i \log p_i"
LOGISTIC = r"L = -\sum_i [y_i \log p_i + (1 - y_i) \log(1 - p_i)]"
BY_LOGITS = r"\frac{\partial L}{\partial z_i} = p_i - y_i"
SLOPE = r"\frac{\partial L}{\partial z} = \delta \odot a \odot (1-a)"


@pytest.mark.parametrize(
    ("formulas", "expected"),
    [
        ((SOFTMAX, HALF, BY_LOGITS), "UNDECIDED"),  # the error of many students: that is of the cross-entropy
        ((SIGMOID, CROSS, BY_LOGITS), "UNDECIDED"),
        ((SIGMOID, HALF, BY_LOGITS), "REFUTED"),
        ((CROSS, SIGMOID, BY_LOGITS), "UNDECIDED"),
        ((SOFTMAX, CROSS, BY_LOGITS), "PROVED"),
        ((SIGMOID, LOGISTIC, BY_LOGITS), "PROVED"),
        ((SOFTMAX, LOGISTIC, BY_LOGITS), "UNDECIDED"),
        (
            (r"\hat{y} = \mathrm{softmax}(z)", r"L = -\sum_i y_i \log \hat{y}_i", r"dz = \hat{y} - y"),
            "PROVED",
        ),
    ],
)
def test_a_gradient_is_judged_by_the_loss_and_the_output_that_were_stated(formulas, expected):
    assert kinds(*formulas) == ["DEFINITION"] * (len(formulas) - 1) + [expected]


@pytest.mark.parametrize(
    ("activation", "expected"),
    [
        (r"a = \tanh(z)", "REFUTED"),
        (r"a = \mathrm{relu}(z)", "REFUTED"),
        (r"a = \max(0, z)", "REFUTED"),
        (r"a = \frac{e^z - e^{-z}}{e^z + e^{-z}}", "REFUTED"),
        (r"\sigma(z) = \tanh(z)", "REFUTED"),
        (r"a = \mathrm{sigmoid}(z)", "PROVED"),
        (r"a = \frac{1}{1 + e^{-z}}", "PROVED"),
        (r"\sigma(z) = \frac{1}{1 + e^{-z}}", "PROVED"),
        (r"a = \sigma(z)", "PROVED"),  # of which nothing was said
        (r"a = z \odot \mathrm{sigmoid}(z)", "UNDECIDED"),
        (r"\sigma(z) = z / (1 + z^2)", "UNDECIDED"),
    ],
)
def test_sigma_is_what_it_was_stated_to_be(activation, expected):
    assert kinds(activation, SLOPE)[-1] == expected


def test_a_slope_is_that_of_the_layer_it_names():
    layers = (r"A1 = \tanh(Z1)", r"A2 = \mathrm{sigmoid}(Z2)")
    right, wrong = r"dZ1 = W2^T dZ2 \odot (1 - A1 \odot A1)", r"dZ1 = W2^T dZ2 \odot A1 \odot (1 - A1)"
    assert kinds(*layers, right, wrong)[2:] == ["PROVED", "REFUTED"]


@pytest.mark.parametrize(
    ("forward", "wrong", "right"),
    [
        ("Y = X W + b", "dX = dY W", "dX = dY W^T"),
        ("Y = X W^T + b", "dX = dY W^T", "dX = dY W"),
        (
            "z = a W",
            r"\frac{\partial J}{\partial a} = W^T \delta",
            r"\frac{\partial J}{\partial a} = \delta W^T",
        ),
        (
            "z = W a",
            r"\frac{\partial J}{\partial W} = a^T \delta",
            r"\frac{\partial J}{\partial W} = \delta a^T",
        ),
        (
            r"z_j = \sum_i W_{ij} a_i",
            r"\frac{\partial J}{\partial W_{ij}} = \delta_i a_j",
            r"\frac{\partial J}{\partial W_{ij}} = a_i \delta_j",
        ),
    ],
)
def test_weights_are_laid_out_as_they_were_stated_to_be(forward, wrong, right):
    first, second, third = kinds(forward, wrong, right)
    assert (first, third) == ("DEFINITION", "PROVED")
    assert second in ("REFUTED", "ILL-FORMED")


def test_the_square_of_the_error_is_a_loss_too():
    loss, by = r"L = \sum_i (a_i - y_i)^2", r"\frac{\partial L}{\partial a_i} = "
    assert kinds(loss, by + "a_i - y_i", by + "2(a_i - y_i)") == ["DEFINITION", "REFUTED", "PROVED"]


@pytest.mark.parametrize(
    "loss",
    [
        r"L = \sum_i |a_i - y_i|",
        r"L = \frac{1}{2} \sum_i (a_i - y_i)^2 + \lambda \sum_i a_i^2",
        r"L = (\sum_i (a_i - y_i))^2",
        r"L = \frac{1}{n} \sum_i (a_i - y_i)^2",
    ],
)
def test_a_loss_that_is_not_understood_is_not_guessed(loss):
    _, outcome = judged(loss, r"\frac{\partial L}{\partial a_i} = a_i - y_i")
    assert outcome.kind == "UNDECIDED"
    assert "line 1" in outcome.problem


@pytest.mark.parametrize(
    "forward",
    [
        r"z_{m,y,x} = \sum w_{m,c,u,v} a_{c,y-u,x-v}",
        r"z_{m,y,x} = \sum_{c,u,v} w_{m,c,u,v} a_{c,y-u,x-v}",
    ],
)
def test_a_convolution_that_is_turned_is_not_taken_for_another(forward):
    stated, gradient = judged(
        forward, r"\frac{\partial J}{\partial w_{m,c,u,v}} = \sum_{y,x} \delta_{m,y,x} a_{c,y+u,x+v}"
    )
    assert stated.kind in ("DEFINITION", "ILL-FORMED")
    assert gradient.kind == "UNDECIDED"


def test_a_loss_of_losses_is_not_guessed():
    assert kinds(r"L = L_1 + \lambda L_2", "dz = p - y") == ["UPDATE", "UNDECIDED"]


def test_another_layer_than_the_one_stated_is_not_guessed():
    by = r"\frac{\partial L}{\partial W} = "
    dense, slid = by + r"\delta x^T", by + r"x \star \delta"
    assert kinds(r"z = W \star x", dense, slid) == ["DEFINITION", "UNDECIDED", "PROVED"]


def test_an_output_that_is_a_known_function_is_no_softmax():
    slopes = r"\frac{\partial p}{\partial z} = p (1-p)", r"\frac{\partial p}{\partial z} = 1 - p^2"
    assert kinds(r"p = \mathrm{sigmoid}(z)", *slopes) == ["DEFINITION", "PROVED", "REFUTED"]


def test_a_layer_that_is_not_understood_is_not_guessed():
    first, *rest = kinds("z = W^T x", r"\frac{\partial J}{\partial x} = W^T \delta", r"dW = \delta x^T")
    assert first in ("DEFINITION", "ILL-FORMED")
    assert "PROVED" not in rest


@pytest.mark.parametrize("formula", [r"\sum_i y_i = 1", r"s = \sigma(z)"])
def test_what_is_assumed_is_no_claim(formula):
    assert kinds(formula) == ["DEFINITION"]


def test_what_the_user_says_goes_before():
    by = r"\frac{\partial L}{\partial a_i} = a_i - y_i"
    assert kinds(r"L = \sum_i |a_i - y_i|", by, layer="half_squared_error")[-1] == "PROVED"
    assert kinds(r"a = \tanh(z)", SLOPE, function="sigmoid")[-1] == "PROVED"
    header = "$$a = \\tanh(z)$$\n\n```symgrad\nlayer: sigmoid\n```\n\n$$" + SLOPE + "$$\n"
    assert [one.outcome.kind for one in check_document(header, Setting())] == ["DEFINITION", "PROVED"]


def test_what_is_stated_anew_takes_the_place_of_the_old():
    by = r"\frac{\partial L}{\partial a_i} = a_i - y_i"
    first, second = r"L = \sum_i (a_i - y_i)^2", r"L = \frac{1}{2} \sum_i (a_i - y_i)^2"
    assert kinds(first, second, by)[-1] == "PROVED"
    assert kinds(second, first, by)[-1] == "REFUTED"


def test_a_document_that_states_nothing_is_read_in_every_way():
    assert kinds("dX = dY W", SLOPE, BY_LOGITS) == ["PROVED"] * 3


def test_within_one_document_weights_stay_as_they_are_laid_out():
    first, second, third = judged("dX = dY W", "dX = dY W^T", "dW = dY^T X")
    assert [one.kind for one in (first, second, third)] == ["PROVED", "UNDECIDED", "PROVED"]
    assert "line 1" in second.problem
    assert kinds("dX = dY W", "Y = X W + b", "dX = dY W^T") == ["PROVED", "DEFINITION", "PROVED"]


def test_formulas_of_one_text_bind_each_other():
    outcomes = check(r"L = \sum_i (a_i - y_i)^2, \frac{\partial L}{\partial a_i} = a_i - y_i")
    assert [outcome.kind for outcome in outcomes] == ["DEFINITION", "REFUTED"]


@pytest.mark.parametrize(
    ("formula", "about", "says"),
    [
        (r"a = \frac{e^{2z} - 1}{e^{2z} + 1}", "activation", {"tanh"}),
        (r"a = \frac{e^z}{1 + e^z}", "activation", {"sigmoid"}),
        (r"a_i = \frac{e^{z_i}}{\sum_k e^{z_i}}", "activation", set()),  # all of one entry
        (r"a_i = z_i / \sum_k z_k", "activation", set()),
        (r"J = \frac{1}{2} \|a - y\|^2", "loss", {"half squares"}),
        (r"J = \frac{1}{2m} \sum_i (a_i - y_i)^2", "loss", {"half squares, mean"}),
        (r"E = \frac12 \sum_k (t_k - o_k)^2", "loss", {"half squares"}),
        (r"L(a, y) = -(y \log a + (1-y) \log(1-a))", "loss", {"binary cross-entropy"}),
        (r"L = -y^T \log a", "loss", {"cross-entropy"}),
        (r"L = -y^T \log (1 - a)", "loss", set()),
        (r"z^l = W^l a^{l-1} + b^l", "forward", {"columns"}),
        (r"h = \tanh(x W + b)", "forward", {"io"}),
    ],
)
def test_a_statement_is_understood_by_what_it_is_equal_to(formula, about, says):
    (equation,) = parse(formula)
    found = {one.about: set(one.says) for one in stated(equation, Setting(), Patience(), formula)}
    assert found[about] == says


def test_why_nothing_is_judged_is_told_in_chinese():
    documents = [(CROSS, SIGMOID, BY_LOGITS), (r"L = |a - y|", BY_LOGITS), ("dX = dY W", "dX = dY W^T")]
    for formulas in documents:
        told = spoken("zh", judged(*formulas)[-1].problem)
        assert not set("abcdefghijklmnopqrstuvwxyz") & set(told.replace("J", ""))


def test_a_polynomial_is_cut_between_its_terms():
    term = "(a + b)^(-1) " * 9
    assert short(f"{term} + {term} + c") == f"{term} + …"
    assert short("a + b") == "a + b"
