"""Which function σ is and what J is, in every way that a formula leaves open."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.formula.activations import ANY, SAID, known
from symgrad.formula.products import COUNTS
from symgrad.formula.setting import Setting
from symgrad.formula.statements import Binding
from symgrad.formula.syntax import Binary, Call, Equation, Expression, Indicator, Name, Number, walk
from symgrad.formula.target import Target

LOSSES = {
    "squared": "J as half the squared error",
    "activated": "J as half the squared error of a = σ(z)",
    "identity": "J as half the squared error of a = z",
    "mse": "J as the squared error",
    "softmax": "J as the cross-entropy of a = softmax(z) where Σ y = 1",
    "sigmoid": "J as the binary cross-entropy of a = sigmoid(z)",
    "cross_entropy": "J as the cross-entropy of a",
    "binary_cross_entropy": "J as the binary cross-entropy of a",
}
"""What J may be, in words."""
_OF_LAYER = {
    "half_squared_error": ("squared", "activated", "identity"),
    "mse_loss": ("mse",),
    "cross_entropy": ("softmax", "cross_entropy"),
    "binary_cross_entropy": ("sigmoid", "binary_cross_entropy"),
}
_BY_INPUT = ("activated", "identity", "softmax", "sigmoid")


def functions(setting: Setting, equation: Equation) -> Iterator[tuple[str, str | None, bool, str]]:
    """What σ may be: the function, the name it has (None: every one), whether it is guessed, and in words.

    A function that the formula names is that function; two names are two functions, of which either may be
    the activation. Only where nothing is differentiated by a prime is a known function guessed.
    """
    nodes = [node for part in equation.parts for node in walk(part)]
    calls = [n.function for n in nodes if isinstance(n, Call) and setting.role(n.function.text) == "σ"]
    named = dict.fromkeys(filter(None, (known(call.text) for call in calls)))
    others = list(dict.fromkeys(call.text for call in calls if known(call.text) is None))
    if setting.activation is not None:
        yield setting.activation, None, False, _away(setting.activation)
        return
    stated = Binding(setting, equation).function
    if stated is not None:
        yield stated, None, False, SAID[stated]
        return
    if named or len(others) > 1:
        several = len(named) + len(others) > 1
        for name in named:
            yield name, "", False, SAID[name] if several else _away(name)
        for name in others:
            yield name, name, False, f"{name} as the activation" if several else ""
        return
    guesses = _guesses(setting, nodes, calls)
    yield ANY, None, False, SAID[ANY] if guesses else ""
    for name in guesses:
        yield name, None, True, SAID[name]


def unknown_functions(setting: Setting, equation: Equation) -> list[str]:
    """The functions that an equation calls and of which nothing is known."""
    nodes = [node for part in equation.parts for node in walk(part)]
    calls = [n.function.text for n in nodes if isinstance(n, Call) and setting.role(n.function.text) == "σ"]
    return list(dict.fromkeys(text for text in calls if known(text) is None))


def _away(name: str) -> str:
    return SAID[name] if name == "relu" else ""


def _guesses(setting: Setting, nodes: list[Expression], calls: list[Name]) -> list[str]:
    if any(isinstance(node, Indicator) for node in nodes):
        return ["relu"]
    if any(name.primes for name in calls) or any(
        isinstance(n, Name) and n.primes and setting.role(n.text) == "σ" for n in nodes
    ):
        return []
    if not any(_is_one_minus(node) for node in nodes):
        return []
    return ["sigmoid"] if any(call.text in ("σ", "sigma") for call in calls) else ["sigmoid", "tanh"]


def _is_one_minus(node: Expression) -> bool:
    """`1 - a`, or `a - a^2`: what the slope of a known function has and nothing else."""
    return isinstance(node, Binary) and node.sign == "-"


def losses(setting: Setting, equation: Equation, target: Target | None, below: bool) -> list[str]:
    """What J may be; `below` says whether the formula speaks of what a is computed from."""
    said = _OF_LAYER.get(setting.layer or "")
    nodes = [node for part in equation.parts for node in walk(part)]
    if any(isinstance(n, Name) and n.primes and setting.role(n.text) == "σ" for n in nodes):
        found = ["activated"]
    elif target is None or not target.is_derivative:
        found = ["activated" if below else "squared", "mse", "cross_entropy", "binary_cross_entropy"]
        if said is None and not _takes_logarithms(nodes):
            found = found[:1]
    elif target.role in ("W", "b", "x"):
        found = ["identity", "mse", "softmax", "sigmoid", "activated"]
    elif target.role in ("lower", "z", "δ"):
        found = list(_BY_INPUT)
    else:
        found = ["activated" if below else "squared", "mse", "cross_entropy", "binary_cross_entropy"]
        if said is None:
            found = [one for one in found if one in found[:1] or one == "mse" or _divides(nodes, setting)]
    if said is None and not setting.statements and not any(map(_is_two_by_count, nodes)):
        found = [one for one in found if one != "mse"]
    return [one for one in found if one in said] if said is not None else found


def _is_two_by_count(node: Expression) -> bool:
    """`2/n`: what only the mean of squares has."""
    match node:
        case Binary("/", Number(value), Name(text)):
            return value == 2 and text in COUNTS
    return False


def _takes_logarithms(nodes: list[Expression]) -> bool:
    return any(isinstance(node, Call) and node.function.text in ("log", "ln") for node in nodes)


def _divides(nodes: list[Expression], setting: Setting) -> bool:
    """Whether something is divided by the output."""
    divisors = (node.right for node in nodes if isinstance(node, Binary) and node.sign == "/")
    names = (name for divisor in divisors for name in walk(divisor) if isinstance(name, Name))
    return any(setting.role(name.text) == "a" for name in names)
