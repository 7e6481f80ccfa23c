"""Index arithmetic is integer arithmetic, for all values of its symbols."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symgrad.errors import SizeError
from symgrad.language.index import Constraint, Index, equals, size, sizes, within
from symgrad.language.symbol import index_symbol

H, K, s, d = sizes("H K s d")
(p,) = sizes("p", minimum=0)
y = Index.of(index_symbol("y"))
small = st.integers(-4, 4)


@st.composite
def valued(draw, unknowns=(H, K, s, p)):
    """A polynomial together with a function that computes it in Python's integers."""
    parts = draw(st.lists(st.tuples(small, st.lists(st.sampled_from(unknowns), max_size=2)), max_size=4))
    polynomial = Index.of(0)
    for factor, monomial in parts:
        term = Index.of(factor)
        for unknown in monomial:
            term = term * unknown
        polynomial = polynomial + term

    def compute(env):
        total = 0
        for factor, monomial in parts:
            for unknown in monomial:
                factor *= env[unknown.symbol]
            total += factor
        return total

    return polynomial, compute


environments = st.fixed_dictionaries(
    {H.symbol: st.integers(1, 9), K.symbol: st.integers(1, 9), s.symbol: st.integers(1, 5), p.symbol: small}
)


@given(valued(), valued(), environments)
def test_plus_minus_times_are_those_of_integers(one, other, env):
    (a, f), (b, g) = one, other
    assert (a + b).evaluate(env) == f(env) + g(env)
    assert (a - b).evaluate(env) == f(env) - g(env)
    assert (a * b).evaluate(env) == f(env) * g(env)
    assert (-a).evaluate(env) == -f(env)
    assert (3 - a).evaluate(env) == 3 - f(env)
    assert (a**2).evaluate(env) == f(env) ** 2


@given(valued(), environments, st.integers(1, 6))
def test_floor_division_by_a_number_is_pythons(one, env, divisor):
    a, f = one
    assert (a // divisor).evaluate(env) == f(env) // divisor


@given(valued(), environments, st.sampled_from([s, 2 * s, s * H]))
def test_floor_division_by_sizes_is_pythons(one, env, divisor):
    a, f = one
    assert (a // divisor).evaluate(env) == f(env) // divisor.evaluate(env)


@given(valued(), valued(), environments)
def test_substituting_and_evaluating_commute(one, other, env):
    (a, _), (b, g) = one, other
    changed = env | {H.symbol: g(env)}
    assert a.substitute({H.symbol: b}).evaluate(env) == a.evaluate(changed)


@given(valued(), valued())
def test_equal_polynomials_are_equal_objects_for_sets(one, other):
    (a, _), (b, _) = one, other
    assert (a + b) == (b + a)
    assert hash(a + b) == hash(b + a)
    assert (a + b) * (a - b) == a * a - b * b


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((H - 1) // 2 + 1, (H + 1) // 2),
        ((d * K - d) // d, K - 1),
        ((s * H - 1) // s, H - 1),
        ((s * H) // s, H),
        ((2 * H + 3) // 2, H + 1),
        ((s * H + K) // s, H + K // s),
        (H // 1, H),
    ],
)
def test_quotients_have_one_form(one, other):
    assert one == other


@pytest.mark.parametrize(
    ("index", "text"),
    [
        (H + 2 * p - K + 1, "H + 2*p - K + 1"),
        (1 - H, "1 - H"),
        (-H, "-H"),
        (Index.of(0), "0"),
        (s * y + d, "s*y + d"),
        ((H - K) // s + 1, "(H - K)//s + 1"),
        (2 * (H // K), "2*(H//K)"),
        (H**2 * K, "H**2*K"),
    ],
)
def test_text_is_as_people_write_it(index, text):
    assert str(index) == repr(index) == text


def test_comparisons_make_conditions():
    assert (H >= K) == Constraint(H - K)
    assert (H < K) == Constraint(K - H - 1)
    assert str(H >= K) == "H ≥ K"
    assert str(equals(H, 2 * K)) == "H = 2*K"
    assert [str(c) for c in within(y, H)] == ["y ≥ 0", "H ≥ y + 1"]
    assert (H >= K).holds({H.symbol: 2, K.symbol: 2})
    assert not (H > K).holds({H.symbol: 2, K.symbol: 2})


def test_a_condition_on_numbers_is_true_or_false():
    assert bool(Index.of(3) >= 2)
    assert not bool(Index.of(3) < 2)


def test_a_condition_on_sizes_has_no_truth_value():
    with pytest.raises(SizeError, match="within"):
        bool(0 <= y < H)


def test_dividing_an_index_is_refused_and_says_what_to_do():
    with pytest.raises(SizeError, match="sum with a condition"):
        _ = y // 2


@pytest.mark.parametrize("divisor", [0, -2, p, H + K, H - K])
def test_a_divisor_that_may_not_be_positive_is_refused(divisor):
    with pytest.raises(SizeError):
        _ = H // divisor


@pytest.mark.parametrize("name", ["", "2H", "H W", "a-b", "λ(", None, 3])
def test_a_size_needs_a_name(name):
    with pytest.raises(SizeError):
        size(name)


def test_names_may_be_greek_or_chinese_and_are_one_object_each():
    assert size("λ") == size("λ")
    assert size("高").symbol is size("高").symbol
    assert size("H").symbol is not size("H", minimum=0).symbol


def test_negative_minimum_is_refused():
    with pytest.raises(SizeError):
        size("H", minimum=-1)


def test_an_index_survives_pickling():
    index = (H + 2 * p - K) // s + s * y
    assert pickle.loads(pickle.dumps(index)) == index


def test_only_sizes_and_integers_mix():
    with pytest.raises(TypeError):
        _ = H + 1.5
    with pytest.raises(SizeError):
        Index.of("H")
