"""Tensors: one object each, named indices, arithmetic as NumPy's."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import symgrad as sg
from symgrad.concrete.arrays import evaluate
from symgrad.language.tensor import Comprehension

N, C, H, K, M, G = sg.sizes("N C H K M G")
a, b = sg.tensor("a", H), sg.tensor("b", H)


def test_the_same_expression_is_the_same_object():
    assert sg.tensor("a", H) is a
    assert a + b is a + b
    assert hash(sg.correlate(a, b)) == hash(sg.correlate(a, b))
    assert a + b is not b + a


def test_copies_and_pickles_are_the_same_object():
    z = sg.correlate(a, sg.tensor("w", K))
    assert copy.deepcopy(z) is z
    assert pickle.loads(pickle.dumps(z)) is z


def test_index_names_are_those_of_the_lambda():
    z = sg.build([H], lambda row: a[row])
    assert z.index_notation() == "out[row] = a[row]"


def test_an_inner_index_of_the_same_name_is_primed():
    z = sg.build([H], lambda i: sg.total([H], lambda i: b[i]) * a[i])
    assert z.index_notation() == "out[i] = (Σ_{i'<H} b[i'])·a[i]"


def test_an_index_cannot_leave_the_sum_that_binds_it():
    kept = []
    sg.total([H], lambda u: kept.append(u) or a[u])
    with pytest.raises(sg.SymgradError, match="index u"):
        sg.build([H], lambda h: a[kept[0]])


def test_a_tensor_inside_a_body_does_not_depend_on_the_index_around_it():
    with pytest.raises(sg.SymgradError, match="index h"):
        sg.build([H], lambda h: sg.build([K], lambda k: a[h])[0])


def test_the_body_must_be_a_scalar():
    with pytest.raises(sg.ShapeError, match="index every axis"):
        sg.build([H], lambda h: a)
    with pytest.raises(sg.ShapeError, match="index variables"):
        sg.build([H, K], lambda h: a[h])


@pytest.mark.parametrize("extent", [0, -3])
def test_extents_are_positive(extent):
    with pytest.raises(sg.SizeError):
        sg.tensor("x", extent)


@pytest.mark.parametrize("name", ["", "a b", "1a", None])
def test_a_tensor_needs_a_name(name):
    with pytest.raises(sg.SizeError):
        sg.tensor(name, H)


def test_a_tensor_is_no_list_and_no_truth_value():
    for misuse in (len, bool, list):
        with pytest.raises(TypeError):
            misuse(a)


def test_a_tensor_cannot_be_changed():
    with pytest.raises((TypeError, AttributeError)):
        a[0] = 1


shapes = st.sampled_from([((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((1,), (4, 2)), ((), (2,))])


@given(shapes, st.sampled_from(["+", "-", "*"]), st.randoms(use_true_random=False))
def test_arithmetic_broadcasts_as_numpy_does(pair, symbol, random):
    left, right = (np.array([random.randint(-9, 9) for _ in range(int(np.prod(s)))]).reshape(s) for s in pair)
    x, y = sg.tensor("x", *pair[0]), sg.tensor("y", *pair[1])
    operation = {"+": lambda u, v: u + v, "-": lambda u, v: u - v, "*": lambda u, v: u * v}[symbol]
    found = evaluate(operation(x, y), {"x": left, "y": right})
    assert np.array_equal(found, operation(left, right))


def test_numbers_and_sizes_take_part_on_both_sides():
    x = np.array([1.0, 2.0, 4.0])
    cases = {
        "2 * a + 1": (2 * a + 1, 2 * x + 1),
        "1 - a": (1 - a, 1 - x),
        "1 / a": (1 / a, 1 / x),
        "a / 4": (a / 4, x / 4),
        "a * H": (a * H, x * 3),
        "H - a": (H - a, 3 - x),
        "a / (H + 1)": (a / (H + 1), x / 4),
        "-a": (-a, -x),
        "a**3": (a**3, x**3),
        "a**0.5": (a**0.5, x**0.5),
        "Fraction": (Fraction(1, 3) * a, x / 3),
    }
    for name, (tensor, expected) in cases.items():
        assert np.allclose(evaluate(tensor, {"a": x}), expected), name


def test_a_decimal_means_what_its_digits_say():
    assert isinstance(sg.verify_equal(a * 0.1, a / 10), sg.Proved)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(sg.SizeError):
        _ = a * number


def test_what_can_never_fit_is_an_error_at_once():
    with pytest.raises(sg.ShapeError, match="axis 0"):
        _ = sg.tensor("x", 3) + sg.tensor("y", 4)
    with pytest.raises(sg.ShapeError):
        _ = sg.tensor("x", H) + sg.tensor("y", H + 1)


def test_what_may_fit_is_required_and_decided_later():
    z = sg.tensor("x", H) + sg.tensor("y", K)
    assert isinstance(z, Comprehension)
    (needed,) = z.requires
    assert {needed.left, needed.right} == {H, K}


def test_unknown_operands_are_left_to_python():
    with pytest.raises(TypeError):
        _ = a + "b"
    with pytest.raises(TypeError):
        _ = a @ 2


def test_a_compound_axis_shows_its_factors():
    x = sg.tensor("x", N, (G, C), H)
    assert x.shape == (N, (G, C), H)
    assert x.ndim == 3
    assert x.extents == (N, G, C, H)


def test_functions_apply_to_tensors_and_scalars():
    sigma = sg.function("σ")
    by_entry = sg.build([H], lambda h: sigma(a[h]))
    assert isinstance(sg.verify_equal(sigma(a), by_entry), sg.Proved)
    assert str(sigma.prime.prime) == "σ''"
    with pytest.raises(sg.SizeError):
        sg.function("not a name")
