"""Exponentials divided by their own sum do not overflow, whoever wrote them; nothing else changes."""

import inspect
import math

import numpy as np
import pytest

import symgrad as sg

N, C, T, D, H = sg.sizes("N C T D H")
z = sg.tensor("z", N, C)
LARGE = np.array([[1000.0, 0.0, -1000.0], [-2000.0, -2001.0, -5000.0]])


def exactly(values, axis):
    """exp of each divided by their sum along an axis, and the logarithm of the sum, in plain Python."""
    rows = np.moveaxis(values, axis, -1)
    quotients, logarithms = np.empty(rows.shape), np.empty(rows.shape[:-1])
    for place in np.ndindex(rows.shape[:-1]):
        row = rows[place]
        total = math.fsum(math.exp(value - max(row)) for value in row)
        logarithms[place] = max(row) + math.log(total)
        quotients[place] = [math.exp(value - max(row)) / total for value in row]
    return np.moveaxis(quotients, -1, axis), logarithms


@pytest.mark.parametrize("axis", [0, 1])
def test_a_quotient_of_exponentials_and_the_logarithm_of_their_sum_do_not_overflow(axis):
    e = sg.exp(z)
    quotients, logarithms = exactly(LARGE, axis)
    by_hand = e / e.sum(axis, keepdims=True)
    other_way = (1 / e.sum(axis, keepdims=True)) * e
    for z_of in (by_hand, other_way, sg.softmax(z, axis)):
        assert np.allclose(sg.compiled(z_of)(LARGE), quotients, rtol=1e-14, atol=0)
    assert np.allclose(sg.compiled(sg.logsumexp(z, axis))(LARGE), logarithms, rtol=1e-15, atol=0)
    assert np.allclose(sg.compiled(sg.log(e.sum(axis)))(LARGE), logarithms, rtol=1e-15, atol=0)


def test_an_exponential_that_is_read_otherwise_too_keeps_its_value():
    e = sg.exp(z)
    both = e / e.sum(1, keepdims=True) + e
    values = np.array([[0.5, 2.0, -1.0], [3.0, 1.0, 0.0]])
    quotients, _ = exactly(values, 1)
    function = sg.compiled(both)
    assert np.allclose(function(values), quotients + np.exp(values), rtol=1e-14)
    assert "exp overflows for arguments past 88" in function.__source__
    assert "exp overflows" not in sg.emit(sg.softmax(z))


def test_sums_of_another_row_are_not_taken_for_ones_own():
    square = sg.tensor("z", N, N)
    e = sg.exp(square)
    values = np.array([[0.0, 1.0, 2.0], [3.0, 5.0, 8.0], [-1.0, -2.0, -4.0]])
    rows, columns = e.sum(1), e.sum(0)
    by_row = sg.build([N, N], lambda i, j: e[i, j] / rows[i])
    by_columns_sum = sg.build([N, N], lambda i, j: e[i, j] / columns[i])
    by_rows_sum = sg.build([N, N], lambda i, j: e[i, j] / rows[j])
    exps = np.exp(values)
    for quotient, expected in (
        (by_row, exps / exps.sum(1)[:, None]),
        (by_columns_sum, exps / exps.sum(0)[:, None]),
        (by_rows_sum, exps / exps.sum(1)),
    ):
        assert np.allclose(sg.compiled(quotient)(values), expected, rtol=1e-13)
    assert "exp overflows" not in sg.emit(by_row)
    assert "exp overflows" in sg.emit(by_rows_sum)


def test_of_some_entries_the_greatest_is_taken_of_these():
    q, k, v = (sg.tensor(name, N, T, D) for name in "qkv")
    causal = sg.compiled(sg.scaled_dot_product_attention(q, k, v, is_causal=True))
    ones = np.ones((1, 3, 1))
    keys = np.array([[[-2000.0], [0.0], [3000.0]]])  # what comes later is larger, and must not be looked at
    values = np.array([[[1.0], [10.0], [100.0]]])
    assert np.allclose(causal(ones, keys, values), values, rtol=1e-14)


def test_where_there_may_be_nothing_to_add_no_maximum_is_taken():
    a = sg.tensor("a", N, H)
    rest = sg.compiled(sg.build([N], lambda n: sg.log(sg.total([H - 1], lambda i: sg.exp(a[n, i])))))
    with np.errstate(divide="ignore"):
        assert np.array_equal(rest(np.zeros((2, 1))), [-np.inf, -np.inf])
    assert np.allclose(rest(np.zeros((2, 4))), math.log(3))


RULES = ["softmax.input", "log_softmax.input", "cross_entropy.input", "scaled_dot_product_attention.query"]


@pytest.mark.parametrize("name", RULES)
def test_rules_with_exponentials_agree_with_autograd_on_large_entries(name):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
    functional, rule = torch.nn.functional, sg.rule(name)
    gradient = sg.compiled(rule, "torch")
    random = torch.Generator().manual_seed(3)

    def large(*shape):
        return 300 * torch.randn(*shape, generator=random)

    if name.startswith("scaled"):
        x, others = large(2, 2, 3, 4).requires_grad_(), [large(2, 2, 3, 4), large(2, 2, 3, 4)]
        out = functional.scaled_dot_product_attention(x, *others)
        delta = torch.randn(out.shape, generator=random)
        named = {"delta": delta, "Q": x, "K": others[0], "V": others[1]}
    elif name.startswith("cross"):
        x, y = large(4, 5).requires_grad_(), torch.eye(5)[:4]
        out, named = functional.cross_entropy(x, y), {"z": x, "y": y}
        delta = torch.tensor(1.0)
    else:
        x = large(4, 5).requires_grad_()
        out = getattr(functional, name.partition(".")[0])(x, dim=1)
        delta = torch.randn(out.shape, generator=random)
        named = {"delta": delta, "z": x}
    out.backward(delta)
    given = {key: named[key].detach() for key in inspect.signature(gradient).parameters}
    found = gradient(**given)
    assert found.dtype == torch.float32
    assert torch.allclose(found, x.grad, rtol=1e-4, atol=1e-5)
