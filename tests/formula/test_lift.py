"""Maps with letters are calculated with one by one, and made whole tensors at the end."""

import pytest

import symgrad as sg
from symgrad.formula.lift import Lift, accesses_replaced
from symgrad.language.index import Index
from symgrad.language.scalar import Access

C, M, H, W, K, L = sg.sizes("C M H W K L")
weight, delta = sg.tensor("W", M, C, K, L), sg.tensor("δ", M, H, W)


def equal(left, right):
    return sg.verify_equal(left, right, suggest=False).verdict


def test_one_map_has_the_axes_that_are_left():
    lift = Lift()
    kernel = lift.map("W", weight, ["j", "i"])
    assert kernel.shape == (K, L)
    assert lift.map("W", weight, ["j", "i"]) is kernel
    assert lift.map("W", weight, ["i", "j"]) is not kernel
    assert lift.letters(sg.rot180(kernel)) == ["j", "i"]


def test_operators_on_maps_are_operators_on_all_of_them():
    lift = Lift()
    product = sg.correlate(lift.map("δ", delta, ["j"]), lift.map("W", weight, ["j", "i"]))
    summed = lift.summed(product, ["j"])
    whole = lift.over(summed, ["i"])
    assert whole.shape == (C, H - K + 1, W - L + 1)
    assert equal(whole, sg.correlate(delta, sg.swap(weight))) == "PROVED"
    assert equal(whole, sg.correlate(delta, sg.swap(sg.rot180(weight)))) == "REFUTED"


def test_a_letter_that_is_not_summed_stays_an_axis():
    lift = Lift()
    one = lift.map("δ", delta, ["j"])
    assert lift.over(one, ["j"]).shape == delta.shape
    assert equal(lift.over(one, ["j"]), delta) == "PROVED"


def test_a_sum_over_a_letter_that_nothing_has_counts():
    lift = Lift()
    one = lift.map("δ", delta, ["j"])
    lift.map("W", weight, ["j", "i"])
    counted = lift.over(lift.summed(one, ["i"]), ["j"])
    assert equal(counted, delta * C) == "PROVED"


def test_the_same_letter_twice_is_a_diagonal():
    lift = Lift()
    square = sg.tensor("S", M, M, H)
    diagonal = lift.over(lift.map("S", square, ["j", "j"]), ["j"])
    assert equal(diagonal, sg.build((M, H), lambda j, h: square[j, j, h])) == "PROVED"


def test_every_access_is_replaced_also_inside_functions_and_maxima():
    a, b = sg.tensor("a", H), sg.tensor("b", H)
    sigma = sg.function("σ")
    z = sg.build((), lambda: sigma(sg.maximum([H], lambda h: a[h] ** 2)) + sg.total([H], lambda h: a[h]), ())
    changed = accesses_replaced(z.body, lambda access: Access(b, access.at))
    expected = sg.build(
        (), lambda: sigma(sg.maximum([H], lambda h: b[h] ** 2)) + sg.total([H], lambda h: b[h]), ()
    )
    assert changed == expected.body


def test_a_letter_without_an_extent_is_a_key_error():
    lift = Lift()
    with pytest.raises(KeyError):
        lift.over(lift.map("δ", delta, ["j"]), ["q"])
    assert Index.of(M) == lift.extents["j"]
