"""The arguments of losses: what is weighted, smoothed or reduced, and closed forms of it."""

import numpy as np
import pytest

import symgrad as sg
from symgrad.concrete.arrays import evaluate

N, C, I, H, W = sg.sizes("N C I H W")
z, y, w, m = sg.tensor("z", N, C), sg.tensor("y", N, C), sg.tensor("w", C), sg.tensor("m", N, C)
eps, e = sg.tensor("epsilon"), sg.tensor("e", N)
p, a = sg.softmax(z), sg.sigmoid(z)
ONE = (sg.sums_to_one(y, 1),)

random = np.random.default_rng(7)
ARRAYS = {
    "z": random.standard_normal((4, 3)),
    "y": random.dirichlet(np.ones(3), 4),
    "w": np.array([0.5, 2.0, 1.25]),
    "m": random.random((4, 3)) + 0.5,
    "a": random.random((4, 3)),
}
LOGARITHMS = ARRAYS["z"] - np.log(np.exp(ARRAYS["z"]).sum(1, keepdims=True))


def value(loss):
    return evaluate(loss, ARRAYS)


def each(reduction, losses, count):
    return {"none": losses, "sum": losses.sum(), "mean": losses.sum() / count}[reduction]


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_reductions_are_of_samples_or_of_entries(reduction):
    of_classes = -(ARRAYS["y"] * LOGARITHMS).sum(1)
    assert np.allclose(value(sg.cross_entropy(z, y, reduction=reduction)), each(reduction, of_classes, 4))
    squares = (ARRAYS["z"] - ARRAYS["y"]) ** 2
    assert np.allclose(value(sg.mse_loss(z, y, reduction)), each(reduction, squares, 12))
    of_entries = np.logaddexp(0, ARRAYS["z"]) - ARRAYS["y"] * ARRAYS["z"]
    loss = sg.binary_cross_entropy_with_logits(z, y, reduction=reduction)
    assert np.allclose(value(loss), each(reduction, of_entries, 12))


def test_class_weights_divide_the_mean_of_log_probabilities_only():
    chosen = ARRAYS["w"] * ARRAYS["y"]
    total = -(chosen * LOGARITHMS).sum()
    assert np.allclose(value(sg.cross_entropy(z, y, w)), total / 4)
    assert np.allclose(value(sg.nll_loss(sg.log_softmax(z), y, w)), total / chosen.sum())


def test_smoothed_labels_are_mixed_with_a_uniform_distribution():
    mixed = 0.7 * ARRAYS["y"] + 0.3 / 3
    expected = -(mixed * LOGARITHMS).sum() / 4
    assert np.allclose(value(sg.cross_entropy(z, y, label_smoothing=0.3)), expected)
    assert sg.cross_entropy(z, y, label_smoothing=0.0).index_notation() == (
        sg.cross_entropy(z, y).index_notation()
    )


def test_what_is_positive_counts_as_often_as_it_is_told():
    x, t = ARRAYS["a"], ARRAYS["y"]
    losses = -(ARRAYS["w"] * t * np.log(x) + (1 - t) * np.log(1 - x))
    logits = sg.log(sg.tensor("a", N, C)) - sg.log(1 - sg.tensor("a", N, C))
    assert np.allclose(value(sg.binary_cross_entropy_with_logits(logits, y, pos_weight=w)), losses.mean())


def test_weights_of_squares_divide_their_mean():
    squares = ARRAYS["m"] * (ARRAYS["z"] - ARRAYS["y"]) ** 2
    assert np.allclose(value(sg.mse_loss(z, y, weight=m)), squares.sum() / ARRAYS["m"].sum())
    assert np.allclose(value(sg.mse_loss(z, y, "none", m)), squares)


mixed, tenth = (1 - eps) * y + eps / C, sg.ones(N, C) / (10 * C)
CLOSED_FORMS = {
    "smoothed": (sg.cross_entropy(z, y, label_smoothing=eps), (p - mixed) / N, None),
    "smoothed by a tenth": (sg.cross_entropy(z, y, label_smoothing=0.1), (p - 0.9 * y - tenth) / N, None),
    "each sample": (sg.cross_entropy(z, y, reduction="none"), e[:, None] * (p - y), e),
    "weighted": (sg.cross_entropy(z, y, w), (p * (w * y).sum(1, keepdims=True) - w * y) / N, None),
    "weighted mean": (
        sg.nll_loss(sg.log_softmax(z), y, w),
        (p * (w * y).sum(1, keepdims=True) - w * y) / (w * y).sum(),
        None,
    ),
    "weighted squares": (sg.mse_loss(z, y, weight=m), 2 * m * (z - y) / m.sum(), None),
    "weighted entries": (sg.binary_cross_entropy(a, y, m), m * (a - y) / (N * C), None),
    "positive": (
        sg.binary_cross_entropy_with_logits(z, y, pos_weight=w, reduction="sum"),
        (1 - y) * a - w * y * (1 - a),
        None,
    ),
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_closed_form_as_people_write_it_is_proved_and_twice_it_is_not(name):
    loss, claim, cotangent = CLOSED_FORMS[name]
    assert sg.verify(loss, z, claim, cotangent, assuming=ONE).verdict == "PROVED"
    wrong = sg.verify(loss, z, 2 * claim, cotangent, assuming=ONE, suggest=False)
    assert wrong.verdict == "REFUTED"


def test_weights_that_are_left_out_are_missed():
    loss = sg.cross_entropy(z, y, w)
    assert sg.verify(loss, z, (p - y) / N, assuming=ONE, suggest=False).verdict == "REFUTED"
    loss = sg.cross_entropy(z, y, label_smoothing=eps)
    assert sg.verify(loss, z, (p - y) / N, assuming=ONE, suggest=False).verdict == "REFUTED"


def test_a_row_of_zeros_is_an_ignored_sample():
    kept = ARRAYS["y"] * np.array([[1], [0], [1], [1]])
    found = evaluate(sg.cross_entropy(z, y, reduction="none"), ARRAYS | {"y": kept})
    assert found[1] == 0
    assert (found[[0, 2, 3]] > 0).all()
