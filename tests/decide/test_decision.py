"""What is decided, for which scope, and what is left undecided."""

import pytest

import symgrad as sg
from symgrad.decide.verdict import HoldsAt, IllFormed, Proved, Refuted, Undecided

N, C, M, H, W, K, L, s, d = sg.sizes("N C M H W K L s d")
(p,) = sg.sizes("p", minimum=0)
a, w, b = sg.tensor("a", H), sg.tensor("w", K), sg.tensor("b", H)


def test_scope_states_what_the_shapes_presuppose():
    z = sg.conv1d(sg.tensor("a", N, C, H), sg.tensor("w", M, C, K), stride=s, padding=p, dilation=d)
    verdict = sg.verify_equal(z, z)
    assert str(verdict.scope) == "every N, C, H, M, K, d, s ≥ 1 and p ≥ 0 with H + 2*p + d ≥ K*d + 1"


def test_assumptions_are_part_of_the_scope():
    verdict = sg.verify_equal(sg.pad(a, (0, K - H)), sg.pad(a, (0, K - H)), assuming=[K >= 2 * H])
    assert str(verdict.scope) == "every H, K ≥ 1 with K ≥ 2*H"


def test_sizes_that_are_numbers_are_a_scope_of_their_own():
    verdict = sg.verify_equal(2 * sg.tensor("x", 3), sg.tensor("x", 3) + sg.tensor("x", 3))
    assert isinstance(verdict, Proved)
    assert str(verdict.scope) == "the sizes given"


def test_an_assumption_can_make_operands_fit():
    x, y = sg.tensor("x", H), sg.tensor("y", K)
    assert isinstance(sg.verify_equal(x + y, y + x), IllFormed)
    assert isinstance(sg.verify_equal(x + y, y + x, assuming=[sg.equals(H, K)]), Proved)


def test_contradictory_assumptions_prove_nothing():
    verdict = sg.verify_equal(a, a, assuming=[H >= 3, H <= 2])
    assert isinstance(verdict, IllFormed)
    assert "no sizes meet" in verdict.problem


def test_a_claim_that_is_true_only_under_an_assumption():
    end = sg.build([H], lambda h: sg.when([h >= H - K], a[h]))
    assert isinstance(sg.verify_equal(end, a), Refuted)
    assert isinstance(sg.verify_equal(end, a, assuming=[K >= H]), Proved)


def test_multiplicity_is_counted():
    repeated = sg.build([H], lambda h: sg.total([K], lambda u: a[h]))
    assert isinstance(sg.verify_equal(repeated, K * a), Proved)
    assert isinstance(sg.verify_equal(repeated, a), Refuted)


def test_multiplicity_that_depends_on_the_position_is_counted():
    running = sg.build([H], lambda h: sg.total([H], lambda u: sg.when([u <= h], a[0])))
    other = sg.build([H], lambda h: sg.total([H], lambda u: sg.when([u >= H - 1 - h], a[0])))
    assert isinstance(sg.verify_equal(running, other), Proved)
    shorter = sg.build([H], lambda h: sg.total([H], lambda u: sg.when([u < h], a[0])))
    assert isinstance(sg.verify_equal(running, shorter), Refuted)


def test_a_sum_split_in_two_is_the_same_sum():
    rest = sg.build((), lambda: sg.total([H - 1], lambda h: a[h + 1]))
    assert isinstance(sg.verify_equal(a.sum(), a[:1].sum() + rest), Proved)


def test_even_and_odd_entries_make_up_the_whole():
    x = sg.tensor("x", 2 * H)
    assert isinstance(sg.verify_equal(x.sum(), x[::2].sum() + x[1::2].sum()), Proved)
    assert isinstance(sg.verify_equal(x.sum(), x[::2].sum()), Refuted)


def test_the_same_tensor_read_twice_commutes():
    x = sg.tensor("x", N, N)
    v = sg.tensor("v", N)
    one = sg.build((), lambda: sg.total([N, N], lambda i, j: v[i] * v[j] * x[i, j]))
    other = sg.build((), lambda: sg.total([N, N], lambda i, j: v[i] * v[j] * x[j, i]))
    assert isinstance(sg.verify_equal(one, other), Proved)
    bilinear = sg.build([N, N], lambda i, j: v[i] * x[i, j])
    assert isinstance(sg.verify_equal(bilinear, bilinear.T), Refuted)


def test_symmetrised_sums_cancel_only_together():
    x, v = sg.tensor("x", N, N), sg.tensor("v", N)
    zero = sg.build((), lambda: sg.total([N, N], lambda i, j: v[i] * v[j] * (x[i, j] - x[j, i])))
    assert isinstance(sg.verify_equal(zero, sg.zeros()), Proved)


def test_reciprocals_of_sizes_cancel():
    assert isinstance(sg.verify_equal(a * K / K, a), Proved)
    assert isinstance(sg.verify_equal(a / (H * K) * K, a / H), Proved)
    assert isinstance(sg.verify_equal((a / (K + 1)) * (K + 1), a), Proved)
    assert isinstance(sg.verify_equal(a / K, a), Refuted)
    assert isinstance(sg.verify_equal(a / K - a / (K + 1), a / (K * (K + 1))), Proved)


def test_division_by_a_size_that_may_be_zero_has_no_meaning():
    assert isinstance(sg.verify_equal(a / (K - 1), a / (K - 1)), IllFormed)
    assert isinstance(sg.verify_equal(a / (K - 1), a / (K - 1), assuming=[K >= 2]), Proved)
    of_three = sg.verify_equal(a / (H * K * L - 1), a)
    assert isinstance(of_three, IllFormed)
    assert {value for _, value in of_three.sizes} == {1}


def test_functions_of_equal_arguments_are_equal():
    sigma = sg.function("σ")
    assert isinstance(sg.verify_equal(sigma(a + a), sigma(2 * a)), Proved)
    assert isinstance(sg.verify_equal(sigma(sg.flip(a, 0)), sg.flip(sigma(a), 0)), Proved)
    assert isinstance(sg.verify_equal(sigma(a), sigma(b)), Refuted)
    assert isinstance(sg.verify_equal(sigma(a), sg.function("τ")(a)), (Undecided, Refuted))


def test_a_function_of_padding_is_not_padding_of_a_function():
    sigma = sg.function("σ")
    verdict = sg.verify_equal(sigma(sg.pad(a, 1)), sg.pad(sigma(a), 1))
    assert not isinstance(verdict, (Proved, HoldsAt))


def test_maximum_over_the_same_window_written_otherwise():
    z = sg.max_pool1d(sg.tensor("x", 1, 1, 2 * H), 2)
    x = sg.tensor("x", 1, 1, 2 * H)
    same = sg.build([1, 1, H], lambda n, c, y: sg.maximum([2], lambda u: x[n, c, 2 * y + u]))
    assert isinstance(sg.verify_equal(z, same), Proved)


def test_a_selector_is_zero_or_one_so_its_square_is_itself():
    x = sg.tensor("x", N, C, K * H)
    chosen = sg.winners(sg.max_pool1d(x, K))
    assert isinstance(sg.verify_equal(chosen * chosen, chosen), Proved)
    assert isinstance(sg.verify_equal(chosen * chosen, 2 * chosen), Refuted)
    marked = sg.fold(chosen, K * H, stride=K)
    assert isinstance(sg.verify_equal(marked * marked, marked), Proved)
    assert not isinstance(sg.verify_equal(marked * sg.flip(marked, 2), marked), Proved)


def test_symbolic_stride_is_decided_for_every_stride():
    z = sg.conv1d(sg.tensor("x", 1, 1, H), sg.tensor("v", 1, 1, K), stride=s)
    verdict = sg.verify_equal(z, z)
    assert verdict.scope.each == ()


def test_what_the_abstraction_does_not_reach_is_decided_for_each_value_and_said_so():
    # (s·y) // s is not known to the language; the rows with s·y = 2·y' are, for each s
    x = sg.tensor("x", s * H)
    picked = sg.build([H], lambda y: x[s * y])
    sums = sg.build([H], lambda y: sg.total([s * H], lambda t: sg.when([sg.equals(t * s, s * s * y)], x[t])))
    verdict = sg.verify_equal(picked, sums)
    assert verdict.verdict in ("PROVED", "HOLDS AT", "UNDECIDED")
    if isinstance(verdict, Proved) and verdict.scope.each:
        assert "only" in str(verdict.scope)


def test_smallest_sizes_come_first():
    wrong = sg.build([H], lambda h: sg.when([h <= 3], a[h]))
    verdict = sg.verify_equal(a, wrong)
    assert dict(verdict.counterexample.sizes) == {"H": 5}
    assert verdict.counterexample.position == (4,)


def test_budget_is_respected_and_answers_undecided():
    x = sg.tensor("x", N, C, H, W)
    z = sg.conv2d(x, sg.tensor("v", M, C, K, L))
    delta = sg.tensor("delta", *z.shape)
    claim = sg.convolve(delta, sg.swap(sg.tensor("v", M, C, K, L)))
    for operations in (1, 10, 100):
        assert isinstance(sg.verify(z, wrt=x, claim=claim, operations=operations), Undecided)


def test_too_many_products_are_undecided_not_endless():
    terms = a
    for _ in range(12):
        terms = terms * (a + b)
    assert isinstance(sg.verify_equal(terms, a), (Undecided, Refuted))


def test_high_powers_are_decided_or_given_up_but_not_endless():
    assert isinstance(sg.verify_equal(a**20, a**19 * a), Proved)
    assert isinstance(sg.verify_equal(a**20, 2 * a**20), Refuted)
    assert isinstance(sg.verify_equal(a**1000, a**1000 * b), (Undecided, Refuted))
    many = sum((sg.tensor(name, H) for name in "cdefghk"), a)
    assert isinstance(sg.verify_equal(many**60, b), (Undecided, Refuted))
    with pytest.raises(sg.SizeError, match="powers up to"):
        _ = a**1_000_000


def test_an_expression_nested_too_deeply_is_undecided_not_a_crash():
    deep = a
    for _ in range(3000):
        deep = deep + b
    assert isinstance(sg.verify_equal(deep, a + 3000 * b), Undecided)


def test_cotangent_is_found_by_its_shape_or_asked_for():
    z = sg.correlate(a, w)
    delta, other = sg.tensor("delta", *z.shape), sg.tensor("other", *z.shape)
    claim = sg.correlate(delta, sg.rot180(w), "full")
    assert isinstance(sg.verify(z, wrt=a, claim=claim), Proved)
    with pytest.raises(sg.ShapeError, match="cotangent="):
        sg.verify(z, wrt=a, claim=claim + sg.correlate(other, sg.rot180(w), "full"))


def test_a_cotangent_of_another_shape_is_an_error():
    with pytest.raises(sg.ShapeError, match="cotangent"):
        sg.verify(sg.correlate(a, w), wrt=a, claim=a, cotangent=sg.tensor("delta", H, K))


def test_two_sizes_or_tensors_of_one_name_are_refused():
    twin = sg.size("H", minimum=0)
    with pytest.raises(sg.SizeError, match="two sizes are called H"):
        sg.verify_equal(sg.pad(a, twin), a)
    with pytest.raises(sg.ShapeError, match="two tensors are called a"):
        sg.verify_equal(a, sg.tensor("a", K))


def test_arguments_that_are_no_tensors_are_refused_in_words():
    with pytest.raises(TypeError, match="wrt must be a tensor"):
        sg.verify(a.sum(), wrt="a", claim=a)
    with pytest.raises(TypeError, match="claim must be a tensor"):
        sg.verify(a.sum(), wrt=a, claim="a")
    with pytest.raises(TypeError, match="assuming takes conditions"):
        sg.verify_equal(a, a, assuming=["H >= 2"])


def test_gradient_by_an_intermediate_result():
    sigma = sg.function("σ")
    z = sg.correlate(a, w)
    y = sg.tensor("y", *z.shape)
    J = sg.half_squared_error(sigma(z), y)
    assert isinstance(sg.verify(J, wrt=z, claim=(sigma(z) - y) * sigma.prime(z)), Proved)


def test_conditions_on_values_are_stated():
    verdict = sg.verify((a**0.5).sum(), wrt=a, claim=a**-0.5 / 2)
    assert isinstance(verdict, Proved)
    assert any("> 0" in condition for condition in verdict.conditions)
    z = sg.max_pool1d(sg.tensor("x", 1, 1, 2 * H), 2)
    assert sg.verify_equal(sg.winners(z), sg.winners(z)).conditions == (
        "the maximum of each window is attained once",
    )
