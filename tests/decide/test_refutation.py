"""The mistakes people make are refuted at small sizes, and the right formula is given back."""

import pytest

import symgrad as sg
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.rings import Rationals
from symgrad.decide.counterexample import confirmed
from symgrad.decide.question import Question
from symgrad.decide.verdict import IllFormed, Proved, Refuted

N, C, M, H, W, K, L, k, Y, X = sg.sizes("N C M H W K L k Y X")
a, w = sg.tensor("a", N, C, H, W), sg.tensor("w", M, C, K, L)
z = sg.conv2d(a, w)
delta = sg.tensor("delta", *z.shape)
border = [K - 1, L - 1]
right = sg.correlate(sg.pad(delta, border), sg.rot180(sg.swap(w)))


def refuted(z, wrt, claim, **options):
    verdict = sg.verify(z, wrt=wrt, claim=claim, **options)
    assert isinstance(verdict, Refuted), verdict
    return verdict


def test_the_textbook_formula_is_proved():
    assert isinstance(sg.verify(z, wrt=a, claim=right), Proved)


def test_without_rot180_is_refuted_with_no_size_above_two_and_rot180_is_given_back():
    verdict = refuted(z, a, sg.correlate(sg.pad(delta, border), sg.swap(w)))
    assert max(dict(verdict.counterexample.sizes).values()) == 2
    assert verdict.did_you_mean == repr(right)


def test_without_rot180_is_right_for_a_kernel_of_one_element():
    point = sg.tensor("w", M, C, 1, 1)
    claim = sg.correlate(delta_of(sg.conv2d(a, point)), sg.swap(point))
    assert isinstance(sg.verify(sg.conv2d(a, point), wrt=a, claim=claim), Proved)


def delta_of(forward):
    return sg.tensor("delta", *forward.shape)


def test_kernel_maps_exchanged_are_refuted_where_shapes_fit():
    square = sg.tensor("w", C, C, K, L)
    forward = sg.conv2d(a, square)
    seed = delta_of(forward)
    verdict = refuted(forward, a, sg.correlate(sg.pad(seed, border), sg.rot180(square)))
    assert max(dict(verdict.counterexample.sizes).values()) == 2
    assert verdict.did_you_mean == "correlate(pad(delta, (K - 1, L - 1)), rot180(swap(w)))"


def test_kernel_maps_exchanged_have_no_meaning_where_shapes_do_not_fit():
    verdict = sg.verify(z, wrt=a, claim=sg.correlate(sg.pad(delta, border), sg.rot180(w)))
    assert isinstance(verdict, IllFormed)
    assert "M is not C" in verdict.problem
    assert dict(verdict.sizes)["M"] != dict(verdict.sizes)["C"]
    assert verdict.did_you_mean == repr(right)


def test_sum_over_output_maps_dropped_is_refuted_at_two_maps():
    one_map = sg.correlate(sg.pad(delta[:, :1], border), sg.rot180(sg.swap(w[:1])))
    verdict = refuted(z, a, one_map)
    assert dict(verdict.counterexample.sizes) == {
        "N": 1,
        "C": 1,
        "H": 1,
        "W": 1,
        "M": 2,
        "K": 1,
        "L": 1,
    }
    assert verdict.did_you_mean == repr(right)


def test_sum_over_output_maps_dropped_is_proved_for_one_map():
    kernel = sg.tensor("w", 1, C, K, L)
    forward = sg.conv2d(a, kernel)
    seed = delta_of(forward)
    claim = sg.correlate(sg.pad(seed[:, :1], border), sg.rot180(sg.swap(kernel[:1])))
    assert isinstance(sg.verify(forward, wrt=a, claim=claim), Proved)


def test_window_size_dropped_from_average_pooling_is_refuted_and_given_back():
    maps = sg.tensor("a", N, C, k * Y, k * X)
    forward = sg.avg_pool2d(maps, k)
    seed = delta_of(forward)
    verdict = refuted(forward, maps, sg.upsample(seed, k))
    assert max(dict(verdict.counterexample.sizes).values()) == 2
    assert verdict.did_you_mean == "upsample(delta, k) / k**2"


@pytest.mark.parametrize(
    "shifted", [[(K, K - 2), (L - 1, L - 1)], [(K - 2, K), (L - 1, L - 1)], [K, L], [K - 2, L - 2]]
)
def test_padding_off_by_one_is_refuted_and_put_right(shifted):
    verdict = refuted(z, a, sg.correlate(sg.pad(delta, shifted), sg.rot180(sg.swap(w))))
    assert max(dict(verdict.counterexample.sizes).values()) <= 2
    assert verdict.did_you_mean is not None
    assert "K - 1" in verdict.did_you_mean


@pytest.mark.parametrize("width", [(K, K - 2), [(K, K - 2)], K])
def test_padding_of_a_row_is_put_right_however_it_is_written(width):
    row, v = sg.tensor("a", H), sg.tensor("v", K)
    forward = sg.correlate(row, v)
    verdict = refuted(forward, row, sg.correlate(sg.pad(delta_of(forward), width), sg.rot180(v)))
    assert verdict.did_you_mean == "correlate(pad(delta, K - 1), rot180(v))"


def test_zero_insertion_dropped_at_stride_two_is_refuted_and_given_back():
    forward = sg.conv2d(a, w, stride=2)
    seed = delta_of(forward)
    short = [(K - 1, H - forward.shape[2]), (L - 1, W - forward.shape[3])]
    verdict = refuted(forward, a, sg.correlate(sg.pad(seed, short), sg.rot180(sg.swap(w))))
    assert "dilate(delta, 2)" in verdict.did_you_mean


def test_weight_gradient_by_convolution_is_refuted_and_correlation_given_back():
    verdict = refuted(z, w, sg.swap(sg.convolve(sg.swap(a), sg.swap(delta), "valid")))
    assert max(dict(verdict.counterexample.sizes).values()) == 2
    assert verdict.did_you_mean == "swap(correlate(swap(a), swap(delta)))"


def test_activation_derivative_dropped_is_refuted_and_given_back():
    sigma, below = sg.function("σ"), sg.tensor("z", N, C, H, W)
    forward = sg.conv2d(sigma(below), w)
    verdict = refuted(forward, below, right, cotangent=delta)
    assert verdict.did_you_mean == f"hadamard({right!r}, σ'(z))"


def test_activation_derivative_at_the_activation_is_refuted_and_put_right():
    sigma, below = sg.function("σ"), sg.tensor("z", N, C, H, W)
    forward = sg.conv2d(sigma(below), w)
    verdict = refuted(forward, below, right * sigma.prime(sigma(below)), cotangent=delta)
    assert verdict.did_you_mean == f"{right!r} * σ'(z)"


@pytest.mark.parametrize("factor", [-1, 2, 3, sg.size("N")])
def test_a_factor_too_many_is_refuted_and_taken_away(factor):
    verdict = refuted(z, a, factor * right)
    assert verdict.did_you_mean is not None


def test_half_dropped_from_the_squared_error():
    out, y = sg.tensor("a", K), sg.tensor("y", K)
    squared = ((out - y) ** 2).sum()
    verdict = refuted(squared, out, out - y)
    assert verdict.did_you_mean == "(a - y) * 2"


def test_bias_gradient_over_positions_only_has_another_shape():
    b = sg.tensor("b", M)
    forward = sg.conv2d(a, w, b)
    verdict = sg.verify(forward, wrt=b, claim=delta_of(forward).sum((2, 3)))
    assert isinstance(verdict, IllFormed)
    assert verdict.did_you_mean == "delta.sum(axis=(0, 2, 3))"


def test_a_counterexample_says_which_terms_are_missing_and_extra():
    found = refuted(z, a, sg.correlate(sg.pad(delta, border), sg.swap(w))).counterexample
    assert found.position == (0, 0, 0, 0)
    assert found.derived == "delta[0, 0, 0, 0]·w[0, 0, 0, 0]"
    assert found.missing == ("delta[0, 0, 0, 0]·w[0, 0, 0, 0]",)
    assert found.extra == ("delta[0, 0, 0, 0]·w[0, 0, 0, 1]",)


def test_the_witness_gives_the_values_that_the_report_states():
    found = refuted(z, a, sg.correlate(sg.pad(delta, border), sg.swap(w))).counterexample
    sizes = {symbol.symbol: dict(found.sizes)[str(symbol)] for symbol in (N, C, M, H, W, K, L)}
    values = dict(found.witness)

    def inputs(variable, place):
        return int(values.get(f"{variable.name}[{', '.join(map(str, place))}]", 0))

    claim = sg.correlate(sg.pad(delta, border), sg.swap(w))
    claimed = Evaluation(sizes, inputs, Rationals()).entry(claim, found.position)
    assert str(claimed) == found.claimed_value
    assert found.claimed_value != found.derived_value


def test_a_difference_that_interpretation_does_not_find_is_not_confirmed():
    asked = Question(z, a, delta, right)
    sizes = {symbol.symbol: 2 for symbol in (N, C, M, H, W, K, L)}
    assert confirmed(asked, sizes, (0, 0, 0, 0)) is None


def test_no_suggestion_is_made_when_none_is_right():
    verdict = refuted(
        z, a, sg.pad(delta, [(0, K - 1), (0, L - 1)])[:, :1] * sg.tensor("q", C, H, W), cotangent=delta
    )
    assert verdict.did_you_mean is None


@pytest.mark.parametrize(
    ("loss", "claim", "meant"),
    [
        (sg.cross_entropy, lambda z, y: (sg.softmax(z) - y) / N, "(softmax(z) - y) / N"),
        (sg.cross_entropy, lambda z, y: sg.softmax(z) - y, "(softmax(z) - y) / N"),
        (lambda z, y: -(y * sg.log(sg.softmax(z))).sum(), lambda z, y: y - sg.softmax(z), "softmax(z) - y"),
    ],
)
def test_targets_that_were_not_said_to_sum_to_one_are_named(loss, claim, meant):
    scores, y = sg.tensor("z", N, C), sg.tensor("y", N, C)
    verdict = refuted(loss(scores, y), scores, claim(scores, y))
    assert verdict.did_you_mean == f"{meant}, assuming=[sums_to_one(y, 1)]"


def test_a_hypothesis_is_not_offered_where_one_place_of_the_claim_is_the_mistake():
    scores, y = sg.tensor("z", N, C), sg.tensor("y", N, C)
    assert refuted(sg.mse_loss(scores, y), scores, scores - y).did_you_mean == "2 * (z - y) / (N*C)"


def test_factors_of_a_matrix_product_in_the_wrong_order_are_exchanged():
    x, weight, seed = sg.tensor("x", N, C), sg.tensor("w", C, M), sg.tensor("d", N, M)
    verdict = sg.verify(x @ weight, wrt=x, claim=weight @ seed, cotangent=seed)
    assert isinstance(verdict, IllFormed)
    assert verdict.did_you_mean == "d @ transpose(w)"
