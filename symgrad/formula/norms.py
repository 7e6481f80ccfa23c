"""Layer and batch normalization: `x̂ = (x - μ)/σ`, `y = γ x̂ + β`, a sample a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from symgrad.formula.setting import NORMS, Setting
from symgrad.formula.things import Thing, World
from symgrad.language.index import size
from symgrad.language.tensor import tensor

NAMES: Mapping[str, tuple[str, ...]] = {
    "a": ("x", "X", "input"),
    "z": ("y", "Y", "out"),
    "γ": ("γ", "gamma"),
    "β": ("β", "beta"),
    "x_hat": ("x_hat", "X_hat", "xhat", "xnorm", "xn"),
    "μ": ("μ", "mu"),
    "σ": ("σ", "sigma", "std", "s"),
    "var": ("var", "v"),
    "ε": ("ε", "epsilon", "eps", "ϵ"),
    "size": ("N", "D", "m", "n", "H"),
}
"""What a name is in a formula about a normalization."""


def with_norm(setting: Setting) -> Setting:
    """The setting with the names that a normalization has, if it is about one."""
    if setting.layer not in NORMS:
        return setting
    own = {name: role for role, names in NAMES.items() for name in names}
    return replace(setting, names=own | dict(setting.names))


def normalization(layer: str, of_variance: bool) -> World:
    """The tensors of N samples of D entries; with `of_variance`, σ² is the variance without its ε."""
    n, d = size("N"), size("D")
    axis, count = (1, d) if layer == "layer_norm" else (0, n)
    x, gamma, beta, eps = tensor("x", n, d), tensor("γ", d), tensor("β", d), tensor("ε")
    mean = x.sum(axis, keepdims=True) / count
    variance = ((x - mean) ** 2).sum(axis, keepdims=True) / count
    deviation = (variance + eps) ** Fraction(1, 2)
    standard = (x - mean) / deviation
    things = {
        "a": Thing(x),
        "γ": Thing(gamma),
        "β": Thing(beta),
        "ε": Thing(eps),
        "μ": Thing(mean),
        "var": Thing(variance),
        "σ": Thing(variance ** Fraction(1, 2) if of_variance else deviation),
        "x_hat": Thing(standard),
        "z": Thing(standard * gamma + beta),
        "δ": Thing(tensor("δ", n, d)),
    }
    return World(layer, "entries", things, axis=axis)
