"""Drawn sums of products: what is PROVED equal is equal at every small size, what is REFUTED is not."""

import itertools

import pytest
from hypothesis import event, given, note
from hypothesis import strategies as st

import symgrad as sg
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.rings import Polynomials
from symgrad.decide.counterexample import as_unknown

H, K = sg.sizes("H K")
a, b = sg.tensor("a", H), sg.tensor("b", K)
EXTENTS = [H, K, H - 1, K - 2, H + K - 1, sg.Index.of(2), sg.Index.of(1), sg.Index.of(-1)]


@st.composite
def summands(draw):
    """A recipe for Σ coefficient·[conditions]·reads; how each sum index runs, up or down, is left open."""
    count = draw(st.integers(0, 2))
    extents = [draw(st.sampled_from(EXTENTS)) for _ in range(count)]

    def affine():
        return [draw(st.integers(-1, 1)) for _ in range(1 + count)] + [draw(st.integers(-1, 1))]

    reads = [(draw(st.sampled_from([a, b])), affine()) for _ in range(draw(st.integers(1, 2)))]
    conditions = [(affine(), draw(st.booleans())) for _ in range(draw(st.integers(0, 1)))]
    factor = draw(st.sampled_from([1, 2, -1]))
    return extents, reads, conditions, factor


def summand(h, recipe, reverse):
    extents, reads, conditions, factor = recipe

    def body(*indices):
        run = [e - 1 - i if reverse else i for e, i in zip(extents, indices, strict=True)]

        def value(coefficients):
            parts = zip(coefficients, [h, *run], strict=False)
            return sum((c * i for c, i in parts), sg.Index.of(coefficients[-1]))

        product = sg.Index.of(factor)
        for tensor, coefficients in reads:
            index = value(coefficients)
            product = product * sg.when(sg.within(index, tensor.shape[0]), tensor[index])
        wanted = [
            sg.equals(value(coefficients), 0) if equality else value(coefficients) >= 0
            for coefficients, equality in conditions
        ]
        return sg.when([c for c in wanted if c.truth is not True], product) if wanted else product

    return sg.total(extents, body, ["u", "v"][: len(extents)])


def tensor_of(recipes, reverse=False):
    return sg.build([H], lambda h: sum((summand(h, r, reverse) for r in recipes), 0 * a[0]))


def equal_at(left, right, sizes):
    evaluation = Evaluation(sizes, as_unknown, Polynomials())
    return all(evaluation.entry(left, p) == evaluation.entry(right, p) for p in evaluation.places(left))


def check(left, right):
    try:
        verdict = sg.verify_equal(left, right, suggest=False)
    except sg.IndexRangeError:
        return None
    note(str(verdict))
    event(verdict.verdict)
    if verdict.verdict == "PROVED":
        for h, k in itertools.product(range(1, 5), repeat=2):
            assert equal_at(left, right, {H.symbol: h, K.symbol: k}), (h, k)
    if verdict.verdict == "REFUTED":
        named = dict(verdict.counterexample.sizes)
        assert not equal_at(left, right, {H.symbol: named.get("H", 1), K.symbol: named.get("K", 1)})
    return verdict.verdict


recipes = st.lists(summands(), min_size=1, max_size=2)


def conditions_may_be_numbers(make):
    """Drawn conditions without unknowns may be false for all sizes; such a sum is left out."""
    try:
        return make()
    except (sg.SizeError, sg.IndexRangeError):
        return None


@given(recipes, recipes)
def test_two_drawn_sums_are_judged_rightly(one, other):
    left, right = (conditions_may_be_numbers(lambda r=r: tensor_of(r)) for r in (one, other))
    if left is not None and right is not None:
        check(left, right)


@given(recipes)
def test_a_sum_run_backwards_is_never_refuted(recipe):
    left = conditions_may_be_numbers(lambda: tensor_of(recipe))
    right = conditions_may_be_numbers(lambda: tensor_of(recipe[::-1], reverse=True))
    if left is not None and right is not None:
        assert check(left, right) != "REFUTED"


@given(recipes, st.sampled_from([2, -1]))
def test_a_multiple_is_equal_only_to_zero(recipe, factor):
    left = conditions_may_be_numbers(lambda: tensor_of(recipe))
    if left is not None:
        check(left, left * factor)


@pytest.mark.parametrize("extent", [0, -1, -3])
def test_a_sum_over_an_empty_range_is_zero_and_not_negative(extent):
    empty = sg.build([H], lambda h: sg.total([extent], lambda u: a[h]))
    assert isinstance(sg.verify_equal(empty, 0 * a), sg.Proved)
    assert isinstance(sg.verify_equal(empty, extent * a - a), sg.Refuted)


def test_a_sum_over_a_range_that_may_be_empty():
    some = sg.build([H], lambda h: sg.total([K - 3], lambda u: a[h]))
    assert isinstance(sg.verify_equal(some, (K - 3) * a), sg.Refuted)
    assert isinstance(sg.verify_equal(some, (K - 3) * a, assuming=[K >= 3]), sg.Proved)
