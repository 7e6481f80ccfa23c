"""Windows of a maximum with gaps: that none is empty is decided exactly, and shown by plain counting."""

import itertools

import pytest

import symgrad as sg

N, C, H = sg.sizes("N C H")
WINDOWS = [
    (k, s, p, d)
    for k, s, p, d in itertools.product((2, 3, 4), (1, 2), (0, 1, 2), (1, 2, 3))
    if 2 * p <= d * (k - 1) + 1
]


def smallest_with_an_empty_window(k, s, p, d):
    for height in range(1, 25):
        rows = (height + 2 * p - d * (k - 1) - 1) // s + 1
        if any(all(not 0 <= y * s - p + d * u < height for u in range(k)) for y in range(rows)):
            return height
    return None


@pytest.mark.parametrize(("k", "s", "p", "d"), WINDOWS)
def test_a_window_that_may_be_empty_is_found_and_no_other(k, s, p, d):
    z = sg.max_pool1d(sg.tensor("a", N, C, H), k, stride=s, padding=p, dilation=d)
    verdict = sg.verify_equal(z, z)
    height = smallest_with_an_empty_window(k, s, p, d)
    if height is None:
        assert verdict.verdict == "PROVED", verdict
    else:
        assert verdict.verdict == "ILL-FORMED", verdict
        assert "a window of the maximum is empty" in verdict.problem
        assert dict(verdict.sizes)["H"] == height


def test_a_padding_of_more_than_half_a_window_is_refused_in_words():
    with pytest.raises(sg.ShapeError, match="the padding 2 is more than half of the 3 that a window spans"):
        sg.max_pool1d(sg.tensor("a", N, C, H), 3, padding=2)
