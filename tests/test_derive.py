"""Derivatives by rule are the slopes that dual numbers find, for drawn expressions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import symgrad as sg
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.gradient import gradient_entry
from symgrad.concrete.rings import Polynomials
from symgrad.decide.counterexample import as_unknown

H, K = sg.sizes("H K")
a, b, w = sg.tensor("a", 3), sg.tensor("b", 3), sg.tensor("w", 2)
x = sg.tensor("x", 3, 3)
sigma, tau = sg.function("σ"), sg.function("τ")

vectors = st.recursive(
    st.sampled_from([a, b, x @ a, x.T @ b, sg.flip(a, 0), sg.pad(sg.correlate(a, w), (1, 0))]),
    lambda inner: st.one_of(
        st.builds(lambda u, v: u + v, inner, inner),
        st.builds(lambda u, v: u - v, inner, inner),
        st.builds(lambda u, v: u * v, inner, inner),
        st.builds(lambda u: u**2, inner),
        st.builds(lambda u: 3 * u / 2, inner),
        st.builds(sigma, inner),
        st.builds(lambda u: x @ u, inner),
        st.builds(lambda u: sg.correlate(u, w, "full")[:3], inner),
        st.builds(lambda u: sg.upsample(u[:1], 3), inner),
    ),
    max_leaves=4,
)


def same_gradient(z, wrt, cotangent):
    gradient = sg.vjp(z, wrt=wrt, cotangent=cotangent)
    by_rule = Evaluation({}, as_unknown, Polynomials())
    for place in by_rule.places(wrt):
        slope = gradient_entry(z, wrt, cotangent, place, {}, as_unknown, Polynomials())
        assert by_rule.entry(gradient, place) == slope


@given(vectors, st.sampled_from([a, b, w, x]))
def test_gradient_is_the_slope_of_the_forward(z, wrt):
    same_gradient(z, wrt, sg.tensor("delta", 3))


@given(vectors, st.sampled_from([a, w]))
def test_gradient_of_a_sum_needs_no_cotangent(z, wrt):
    same_gradient((z * z).sum(), wrt, None)


@given(st.integers(1, 2), st.integers(1, 2), st.integers(0, 1))
def test_gradient_through_a_maximum_goes_to_the_selected(kernel, stride, padding):
    maps = sg.tensor("m", 1, 1, 4)
    if kernel < 2 * padding:
        return
    z = sg.max_pool1d(sigma(maps), kernel, stride, padding)
    same_gradient(z, maps, sg.tensor("delta", *z.shape))


def test_gradient_by_an_intermediate_tensor():
    z = sg.correlate(a, w)
    same_gradient(sigma(z) * z, z, sg.tensor("delta", 2))


def test_gradient_of_a_tensor_by_itself_is_the_cotangent():
    delta = sg.tensor("delta", 3)
    assert isinstance(sg.verify_equal(sg.vjp(a, wrt=a, cotangent=delta), delta), sg.Proved)


def test_gradient_by_a_tensor_that_does_not_occur_is_zero():
    assert isinstance(sg.verify_equal(sg.vjp(a.sum(), wrt=b), sg.zeros(3)), sg.Proved)


def test_gradient_is_linear_in_the_cotangent():
    y, v = sg.tensor("y", H), sg.tensor("v", K)
    z = sg.correlate(y, v)
    one, other = sg.tensor("one", *z.shape), sg.tensor("other", *z.shape)
    both = sg.vjp(z, wrt=y, cotangent=2 * one + other)
    apart = 2 * sg.vjp(z, wrt=y, cotangent=one) + sg.vjp(z, wrt=y, cotangent=other)
    assert isinstance(sg.verify_equal(both, apart), sg.Proved)


def test_mixed_derivatives_do_not_depend_on_their_order():
    y, v = sg.tensor("y", H), sg.tensor("v", H)
    J = (sigma(y) * tau(v) * y).sum()
    e, f = sg.tensor("e", H), sg.tensor("f", H)
    one = (sg.vjp((sg.vjp(J, wrt=y) * e).sum(), wrt=v) * f).sum()
    other = (sg.vjp((sg.vjp(J, wrt=v) * f).sum(), wrt=y) * e).sum()
    assert isinstance(sg.verify_equal(one, other), sg.Proved)


def test_a_cotangent_is_asked_for_where_it_is_needed():
    with pytest.raises(sg.ShapeError, match="cotangent=delta"):
        sg.vjp(a, wrt=a)
    with pytest.raises(sg.ShapeError, match="cotangent"):
        sg.vjp(a, wrt=a, cotangent=x)
    with pytest.raises(sg.ShapeError, match="3 against 2"):
        sg.vjp(a, wrt=a, cotangent=w)


def test_position_indices_are_named_after_the_tensor():
    z = sg.correlate(sg.tensor("y", H), sg.tensor("v", K))
    text = sg.vjp(z, wrt=sg.tensor("v", K), cotangent=sg.tensor("delta", H - K + 1)).index_notation()
    assert text.startswith("out[k] = ")
    assert "." not in text
