"""Did you mean: what is offered is PROVED, and spelt as the formula that was refuted."""

import pytest

from symgrad.formula.check import check

MISTAKES = [
    (r"\delta^{l-1} = \delta^l * W \odot \sigma'(z^{l-1})", "conv2d", r"\mathrm{rot180}(W)"),
    ("δ[l-1] = δ[l] * W ⊙ σ'(z[l-1])", "conv2d", "rot180(W)"),
    ("δ[l-1] = δ[l] * rot180(W) ⊙ σ'(a[l-1])", "conv2d", "σ'(z[l-1])"),
    (r"\delta_i^{l-1} = \delta_j^l * \mathrm{rot180}(W_{ij}) \odot \sigma'(z_i^{l-1})", "conv2d", r"\sum_j"),
    ("δ_i = δ_j * rot180(W_{ij})", "conv2d", "Σ_j"),
    ("∂J/∂W = a * rot180(δ)", "conv2d", "a * δ"),
    ("∂J/∂a = y - a", "loss", "a - y"),
    (r"\frac{\partial J}{\partial a} = 2(a - y)", "loss", "a - y"),
    ("∂J/∂W = -δ a^T", "linear", "= δ a^T"),
    ("∂J/∂a = W δ", "linear", "W^T δ"),
    (r"\frac{\partial E}{\partial a} = \frac{1}{2} W^T \delta", "linear", r"= W^T \delta"),
    ("∂J/∂a_{n,i,h,w} = Σ_{j,u,v} δ_{n,j,h+u,w+v} W_{j,i,u,v}", "conv2d", "h-u,w-v"),
    ("∂E/∂z = ∂E/∂a ⊙ σ'(a)", "activation", "σ'(z)"),
]


@pytest.mark.parametrize(("formula", "layer", "has"), MISTAKES)
def test_the_usual_mistakes_are_undone(formula, layer, has):
    setting = {"layer": layer} | ({"star": "correlation"} if layer == "conv2d" else {})
    [found] = check(formula, **setting)
    assert found.kind in ("REFUTED", "ILL-FORMED")
    assert found.did_you_mean is not None
    assert has in found.did_you_mean
    assert check(found.did_you_mean, **setting)[0].kind == "PROVED"
    assert ("\\" in found.did_you_mean) == ("\\" in formula)


def test_for_one_entry_the_derivative_itself_is_offered():
    [found] = check(r"\nabla a_{12} = \delta_{11} w_{12}", layer="conv2d", shapes={"a": (3, 3), "W": (2, 2)})
    assert found.did_you_mean == r"\nabla a_{12} = w_{11} \delta_{12} + w_{12} \delta_{11}"


def test_nothing_is_offered_for_what_nothing_near_mends():
    [found] = check("∂J/∂W = 17 a * a", layer="conv2d")
    assert found.kind in ("REFUTED", "ILL-FORMED")
    assert found.did_you_mean is None


def test_what_is_right_is_not_mended():
    [found] = check("∂J/∂a = a - y", layer="loss")
    assert found.did_you_mean is None
