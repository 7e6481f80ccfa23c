"""Layer and batch normalization: `x̂ = (x - μ)/σ`, `y = γ x̂ + β`, a sample a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from symgrad.formula.setting import NORMS, Setting
from symgrad.formula.syntax import Equation, Expression, Name, Number, Partial, Sum, rebuilt, walk
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
    "J": ("f",),
}
"""What a name is in a formula about a normalization."""


def with_norm(setting: Setting, equation: Equation) -> Setting:
    """The setting with the names that a normalization has, if it is about one, as is said or shown by x̂_i."""
    layer = setting.layer or _shown(equation)
    if layer not in NORMS:
        return setting
    own = {name: role for role, names in NAMES.items() for name in names}
    return replace(setting, layer=layer, names=own | dict(setting.names))


def _shown(equation: Equation) -> str | None:
    """The normalization that an equation is about, by the entries of x̂ and of γ, of which there are many only
    in layer normalization."""
    nodes = [node for part in equation.parts for node in walk(part)]
    names = [node for node in nodes if isinstance(node, Name)]
    numbered = [name.text for name in names if name.sub]
    besides = {*NAMES["γ"], *NAMES["μ"], *NAMES["σ"][:2], *NAMES["var"][:1]}
    is_one = any(name.text in besides for name in names) or any(isinstance(node, Sum) for node in nodes)
    if not is_one or not set(numbered) & {"x_hat", "X_hat"}:
        return None
    return "layer_norm" if set(numbered) & set(NAMES["γ"]) else "batch_norm"


def with_variance(equation: Equation, role: Callable[[str], str | None]) -> Equation:
    """The equation where what μ_B and σ_B are marked with is left out, and ∂J/∂σ² is by the variance."""

    def go(node: Expression) -> Expression:
        match node:
            case Partial(Name(text, 0, _, Number(power)) as name) if role(text) == "σ" and power == 2:
                return replace(node, body=Name("var", span=name.span))
            case Name(text, sub=(Name("B" | "b" | "L" | "l", 0, (), None, ()),)) if role(text) in _OF_ALL:
                return replace(node, sub=())
            case Name():
                return node
        return rebuilt(node, go)

    return replace(equation, parts=tuple(map(go, equation.parts)))


_OF_ALL = ("μ", "σ", "var")
"""What there is one of for all that is normalized together."""


def normalization(layer: str, of_variance: bool, by_entries: bool = False) -> World:
    """The tensors of N samples of D entries; with `of_variance`, σ² is the variance without its ε.

    `by_entries`, of one feature or of one sample: what is normalized together has the only index.
    """
    n, d = size("N"), size("D")
    if by_entries:
        count, axis = (d if layer == "layer_norm" else n), 0
        x, eps = tensor("x", count), tensor("ε")
        gamma, beta = (tensor(name, *([d] if layer == "layer_norm" else [])) for name in ("γ", "β"))
    else:
        axis, count = (1, d) if layer == "layer_norm" else (0, n)
        x, gamma, beta, eps = tensor("x", n, d), tensor("γ", d), tensor("β", d), tensor("ε")
    kept = not by_entries
    mean = x.sum(axis, keepdims=kept) / count
    variance = ((x - mean) ** 2).sum(axis, keepdims=kept) / count
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
        "δ": Thing(tensor("δ", *x.extents)),
    }
    return World(layer, "entries", things, axis=axis)
