"""What a formula leaves open is read in every way, and the verdict says which way it speaks of."""

import time

import pytest

from symgrad.formula.check import check
from symgrad.formula.choices import Choices
from symgrad.formula.levels import levels
from symgrad.formula.parse import parse
from symgrad.formula.setting import Setting

QUOTED = [
    (r"\delta_i^{l-1} = \sum_j \delta_j^{l} * rot180(W_{ij}^{l}) \odot \sigma'(z_i^{l-1})", "PROVED"),
    ("δ_i^{l-1} = Σ_j δ_j^l * rot180(W_{ij}^l) ⊙ σ'(z_i^{l-1})", "PROVED"),
    (r"\delta_i^{l-1} = \sum_j \delta_j^{l} * W_{ij}^{l} \odot \sigma'(z_i^{l-1})", "REFUTED"),
    ("δ_i^{l-1} = Σ_j δ_j^l * W_{ij}^l ⊙ σ'(z_i^{l-1})", "REFUTED"),
    ("dW = correlate(a, delta)", "PROVED"),
    (r"dW = \operatorname{correlate}(a, \delta)", "PROVED"),
]


def test_a_star_is_read_both_ways_and_the_verdict_says_which_is_right():
    [found] = check("∂J/∂a = δ * W", layer="conv2d")
    assert found.kind == "PROVED"
    assert found.reading == "* as full convolution"
    assert found.also == (("REFUTED", "* as full cross-correlation"),)
    assert "REFUTED with * as full cross-correlation" in str(found)


def test_a_star_that_is_said_is_read_one_way():
    [found] = check("∂J/∂a = δ * W", layer="conv2d", star="correlation")
    assert found.kind == "REFUTED"
    assert found.also == ()


@pytest.mark.parametrize("mode", ["valid", "full", "same"])
def test_a_mode_that_is_said_is_kept(mode):
    [found] = check("∂J/∂a = δ * W", layer="conv2d", mode=mode)
    assert found.kind == ("PROVED" if mode == "full" else "ILL-FORMED")


def test_in_valid_mode_the_kernel_slides_whichever_is_written_first():
    assert check("z = a * W + b", layer="conv2d", star="correlation")[0].kind == "DEFINITION"
    assert check("z = W * a + b", layer="conv2d", star="correlation")[0].kind == "DEFINITION"


def test_a_bias_is_read_as_one_for_each_map_and_one_for_each_position():
    assert check("∂J/∂b_j = δ_j", layer="conv2d")[0].reading == "one bias for each position"
    assert check("∂J/∂b_j = Σ_{u,v} (δ_j)_{uv}", layer="conv2d")[0].reading == "one bias for each map"


def test_a_matrix_product_is_read_in_columns_and_in_rows():
    [columns] = check("∂J/∂W = δ a^T", layer="linear")
    [rows] = check("∂J/∂W = a^T δ", layer="linear")
    assert columns.reading == "a sample a column, z = W a + b"
    assert rows.reading == "a sample a row, z = a W + b"


def test_shapes_that_are_said_leave_one_reading():
    assert check("∂J/∂W_{jk} = a_j δ_k", layer="linear")[0].kind == "PROVED"
    shapes = {"W": (4, 3), "a": (3,)}
    assert check("∂J/∂W_{jk} = a_j δ_k", layer="linear", shapes=shapes)[0].kind == "ILL-FORMED"
    assert check("∂J/∂W_{jk} = a_k δ_j", layer="linear", shapes=shapes)[0].kind == "PROVED"


def test_upsample_is_read_as_the_layer_has_it():
    [average] = check("∂J/∂a = upsample(δ)", layer="avg_pool2d")
    [maximum] = check("∂J/∂a = upsample(δ)", layer="max_pool2d")
    assert average.reading == "upsample spreads each entry evenly"
    assert maximum.reading == "upsample puts each entry where the maximum was"


def test_a_free_map_of_one_side_is_judged_as_written_and_the_sum_offered():
    [found] = check(r"\delta_i = \delta_j * W_{ij}", layer="conv2d", star="convolution")
    assert found.kind == "REFUTED"
    assert found.did_you_mean == r"\delta_i = \sum_j \delta_j * W_{ij}"


def test_square_windows_have_one_size():
    assert check("∂J/∂a = 1/k^2 up(δ)", layer="avg_pool2d", upsample="repeat")[0].kind == "PROVED"
    assert check("∂J/∂a = 1/k up(δ)", layer="avg_pool2d", upsample="repeat")[0].kind == "REFUTED"
    assert check("da = correlate(pad(δ, K-1), rot180(W), valid)")[0].kind == "PROVED"


def test_rot90_is_read_only_where_it_is_a_half_turn():
    assert check("da = correlate(δ, rot90(W, 2), full)")[0].kind == "PROVED"
    for turned in ("rot90(W, 1)", "rot90(W)", r"\operatorname{rot}_{90}(W)", "rot180^2(W)", "rot180'(W)"):
        assert check(f"da = correlate(δ, {turned}, full)")[0].kind == "ILL-FORMED", turned


def test_sigma_prime_is_taken_at_the_layer_that_is_said():
    formula = "δ^{(l)} = σ'(z^{(%s)}) ⊙ (δ^{(l+1)} * rot180(W))"
    assert check(formula % "l", layer="conv2d")[0].kind == "PROVED"
    assert check(formula % "l+1", layer="conv2d")[0].kind == "ILL-FORMED"


@pytest.mark.parametrize(
    "formula",
    [
        "δ^{-1} = δ^l * rot180(W)",
        "δ^{l-δ} = δ^l * rot180(W)",
        "δ^{l-1} = δ^{l+W} * rot180(W)",
        "δ^{l-1} = δ^{l1} * rot180(W)",
        "δ^{l-1} = δ^l * W^{rot90}",
        "δ^{l-1} = δ^l * W^{turned}",
        "∂J/∂W^{rot} = a * δ",
        "δ^{l-1} = δ^{z} * rot180(W)",
    ],
)
def test_a_superscript_that_says_nothing_is_not_passed_over(formula):
    [found] = check(formula, layer="conv2d")
    assert found.kind == "ILL-FORMED"
    assert "superscript" in found.problem


def test_a_transpose_of_an_entry_exchanges_its_indices():
    shapes = {"W": (4, 3), "a": (3,)}
    assert check("∂J/∂a_i = Σ_j W_{ij}^T δ_j", layer="linear", shapes=shapes)[0].kind == "PROVED"
    assert check("∂J/∂a_i = Σ_j W_{ji}^T δ_j", layer="linear", shapes=shapes)[0].kind == "REFUTED"
    assert check("∂J/∂a_i = Σ_j W_{ji} δ_j", layer="linear", shapes=shapes)[0].kind == "PROVED"


def test_the_derivative_by_a_transpose_is_the_transpose():
    rows = {"layer": "linear", "shapes": {"W": (3, 4), "a": (3,)}}
    assert check("∂J/∂W = a^T δ", **rows)[0].kind == "PROVED"
    assert check("∂J/∂W^T = a^T δ", **rows)[0].kind == "ILL-FORMED"
    assert check("∂J/∂W^T = δ^T a", **rows)[0].kind == "PROVED"


@pytest.mark.parametrize(
    "formula", ["da = convolve(δ, W, mod=full)", "da = up(δ, stride=2)", "db = sum(δ, axes=0)"]
)
def test_an_option_that_an_operator_does_not_have_is_not_passed_over(formula):
    [found] = check(formula, layer="conv2d")
    assert found.kind == "ILL-FORMED"
    assert "and no" in found.problem


def test_two_countings_of_layers_that_nothing_relates_say_nothing():
    formula = "δ^{(l)} = (W^{(l+1)})^T δ^{(%s)} ⊙ σ'(z^{(l)})"
    assert check(formula % "l+1", layer="linear")[0].kind == "PROVED"
    assert check(formula % "l", layer="linear")[0].kind == "ILL-FORMED"


def test_the_chain_rule_is_read_through_a_jacobian():
    assert check("δ^{l-1} = (∂z^l/∂z^{l-1})^T δ^l", layer="linear")[0].kind == "PROVED"
    [found] = check("δ^{l-1} = 2 (∂z^l/∂z^{l-1})^T δ^l", layer="linear")
    assert found.kind == "REFUTED"


def test_each_link_of_a_chain_is_judged():
    found = check("∂J/∂a = a - y = y - a", layer="loss")
    assert [outcome.kind for outcome in found] == ["PROVED", "REFUTED"]


def test_an_unknown_name_suggests_the_nearest():
    [found] = check("dW = corelate(a, delta)", layer="conv2d")
    assert found.kind == "ILL-FORMED"
    assert "did you mean correlate?" in found.problem
    [found] = check("dW = correlate(inputt, delta)", layer="conv2d")
    assert "did you mean input?" in found.problem


@pytest.mark.parametrize(("formula", "kind"), QUOTED)
def test_a_formula_of_a_page_is_decided_in_a_blink(formula, kind):
    setting = Setting(layer="conv2d", star="correlation")
    check(formula, setting)
    best = min(_seconds(formula, setting) for _ in range(3))
    assert check(formula, setting)[0].kind == kind
    assert best < 0.05 if kind == "PROVED" else best < 0.5


def _seconds(formula, setting):
    start = time.process_time()
    check(formula, setting)
    return time.process_time() - start


def test_choices_are_all_combinations_of_what_is_open():
    [equation] = parse("δ^{l-1} = δ^l * W")
    setting = Setting(layer="conv2d")
    found = list(Choices(setting, equation, levels(equation, setting.role)).all())
    assert {(choice.star, choice.mode, choice.wanted.below) for choice in found} == {
        (star, mode, below)
        for star in ("correlation", "convolution")
        for mode in ("valid", "full", "same")
        for below in (False, True)
    }


def test_a_known_function_is_said_only_where_any_would_not_do():
    [any_function] = check("∂L/∂z = δ ⊙ σ'(z)", layer="activation")
    assert (any_function.kind, any_function.reading, any_function.also) == ("PROVED", "", ())
    [known] = check("∂L/∂z = δ ⊙ a ⊙ (1 - a)", layer="activation")
    assert (known.reading, known.also) == ("σ = sigmoid", (("REFUTED", "σ any function"),))
    [wrong] = check("∂L/∂z = δ ⊙ a ⊙ (2 - a)", layer="activation")
    assert (wrong.kind, wrong.reading, wrong.also) == ("REFUTED", "", ())


def test_a_function_that_is_said_is_the_only_one():
    formula = "∂L/∂z = δ ⊙ a ⊙ (1 - a)"
    assert check(formula, layer="activation", function="tanh")[0].kind == "REFUTED"
    assert check(formula, layer="activation", function="sigmoid")[0].kind == "PROVED"
    assert check("∂L/∂z = δ ⊙ σ'(z)", layer="activation", function="sigmoid")[0].also == ()


def test_a_name_that_is_said_is_not_told_by_its_company():
    formula = "∂L/∂x = δ ⊙ σ'(x)"
    assert check(formula, layer="activation")[0].reading == "x as what σ is taken of"
    assert check(formula, layer="activation", names={"x": "a"})[0].kind == "REFUTED"


def test_the_counterexample_says_of_which_reading_it_is():
    [found] = check("∂J/∂a = 2 δ * W", layer="conv2d")
    assert len(found.verdicts) == 2
    assert dict(found.details)["refuted with"] == "* as full cross-correlation"
    [one] = check("∂J/∂a = 2 δ * W", layer="conv2d", star="convolution", mode="full")
    assert "refuted with" not in dict(one.details)


def test_a_layer_that_was_guessed_is_said():
    [guessed] = check("∂J/∂a = δ * W")
    assert guessed.guessed == "conv2d"
    assert "taken to be about conv2d" in str(guessed)
    assert guessed.as_dict()["guessed_layer"] == "conv2d"
    [said] = check("∂J/∂a = δ * W", layer="conv2d")
    assert said.guessed == ""
    assert "taken to be" not in str(said)


def test_a_five_pointed_star_is_a_correlation_unless_the_setting_says_otherwise():
    [found] = check("∂J/∂a = δ ⋆ rot180(W)", layer="conv2d")
    assert (found.kind, found.reading, found.also) == ("PROVED", "⋆ as full cross-correlation", ())
    assert check("∂J/∂a = δ ⋆ W", layer="conv2d")[0].kind == "REFUTED"
    assert check("∂J/∂a = δ ⋆ W", layer="conv2d", star="convolution")[0].kind == "PROVED"
    assert check("∂J/∂z = δ ⋆ σ'(z)", layer="activation")[0].kind == "ILL-FORMED"


def test_what_is_proved_of_a_loss_says_of_which():
    [found] = check("∂L/∂z = a - y", layer="loss")
    proved = [reading for kind, reading in found.verdicts if kind == "PROVED"]
    assert proved == [
        "J as half the squared error of a = z",
        "J as the cross-entropy of a = softmax(z) where Σ y = 1",
        "J as the binary cross-entropy of a = sigmoid(z)",
    ]
    assert check("∂L/∂z = a - y", layer="mse_loss")[0].kind == "ILL-FORMED"


def test_a_sum_takes_in_what_follows_up_to_its_bracket():
    assert check("∂L/∂z = p ⊙ (δ - Σ δ ⊙ p)", layer="softmax")[0].kind == "PROVED"
    assert check("∂L/∂z = p ⊙ (δ - (Σ δ) ⊙ p)", layer="softmax")[0].kind == "REFUTED"
    assert check("∂L/∂z = p ⊙ (δ - Σ (δ ⊙ p))", layer="softmax")[0].kind == "PROVED"


@pytest.mark.parametrize(
    "formula",
    [
        "δ^{l-1} = δ^l * rot180(W^{l+1})",
        "∂J/∂W^{l+2} = a^{l-1} * δ^l",
        "∂J/∂b^{l+1} = sum(δ^l)",
    ],
)
def test_weights_of_a_third_layer_are_refused(formula):
    [found] = check(formula, layer="conv2d")
    assert found.kind == "ILL-FORMED"
    assert "another layer" in found.problem
