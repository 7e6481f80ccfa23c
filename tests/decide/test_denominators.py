"""Quotients are compared over a common denominator; wrong ones are refuted all the same."""

import pytest

import symgrad as sg

D = sg.size("D")
w, u = sg.tensor("w", D), sg.tensor("u", D)
s, e = w.sum(), sg.exp(-w)
norm, other = (w**2).sum() ** 0.5, (u**2).sum() ** 0.5
cosine = (w * u).sum() / (norm * other)

GRADIENTS = {
    "reciprocal": (1 / (1 + w), -1 / (1 + w) ** 2, 1 / (1 + w) ** 2),
    "sigmoid by hand": (1 / (1 + e), e / (1 + e) ** 2, e / (1 + e)),
    "rational": (w / (1 + w**2), (1 - w**2) / (1 + w**2) ** 2, (1 + w**2) / (1 + w**2) ** 2),
    "of a sum": (1 / s, -1 / s**2 * sg.ones(D), -1 / s * sg.ones(D)),
    "cosine": (
        cosine,
        (u * (w**2).sum() - (w * u).sum() * w) / (norm**3 * other),
        (u * (w**2).sum() - (w * u).sum() * u) / (norm**3 * other),
    ),
    "cosine by itself": (cosine, u / (norm * other) - cosine * w / norm**2, u / (norm * other) - cosine * w),
}
EQUAL = [
    (1 / s**2, (s**2) ** -1),
    (1 / (1 + s) ** 2, (1 + 2 * s + s**2) ** -1),
    ((1 + w) / (1 + w) ** 2, 1 / (1 + w)),
    (1 / ((w + u) * (w - u)), 1 / (w**2 - u**2)),
    (1 / (w + u) - 1 / (w - u), -2 * u / (w**2 - u**2)),
    ((w**3 - u**3) / (w - u), w**2 + w * u + u**2),
]


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_with_powers_in_denominators_are_decided(name):
    z, right, wrong = GRADIENTS[name]
    loss = z if z.ndim == 0 else z.sum()
    assert sg.verify(loss, wrt=w, claim=right).verdict == "PROVED"
    assert sg.verify(loss, wrt=w, claim=wrong, suggest=False).verdict == "REFUTED"


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_quotients_are_equal_over_a_common_denominator(left, right):
    verdict = sg.verify_equal(left, right)
    assert verdict.verdict == "PROVED", verdict
    assert "≠ 0" in str(verdict)
    assert sg.verify_equal(left, 2 * right).verdict == "REFUTED"
    verdict.proof.text()  # every step of it is decided


def test_what_is_divided_by_in_a_sum_is_no_common_denominator():
    # Σ 1/w is not D / Σ w, and Σ u/w is not Σ u / Σ w
    assert sg.verify_equal((1 / w).sum(), D / s).verdict == "REFUTED"
    assert sg.verify_equal((u / w).sum(), u.sum() / s).verdict == "REFUTED"


def test_the_derivative_of_what_nothing_reads_is_zero_and_certified():
    for loss in ((u**2).sum(), (w**0).sum(), (0 * w).sum()):
        verdict = sg.verify(loss, wrt=w, claim=sg.zeros(D))
        assert verdict.verdict == "PROVED"
        assert verdict.certificate.recheck().groups == 0
