"""What a name is, told by its company: the y of `∂J/∂y` is an output, that of `a - y` a target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from symgrad.formula.levels import derivative_of
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Call, Equation, Expression, Name, walk
from symgrad.formula.target import name_of, names

PREDICTIONS = ("y_hat", "p", "p_hat", "q", "t_hat", "yhat", "ypred", "pred", "probs")
"""What the output of a network is called beside its target."""
INPUTS = ("x", "X", "input")
"""What goes into a layer, whatever the layer is."""
OUTPUTS = ("y", "Y", "out", "o", "O")
"""What comes out of it, where it is no target."""
PROBABILITIES = {"p": "p", "rate": "p", "p_drop": "p", "keep_prob": "q", "p_keep": "q", "q": "q"}
"""How probable it is that dropout sets an entry to 0 (p), or keeps it (q)."""
Taken: TypeAlias = tuple[dict[str, str], tuple[str, ...]]
"""What names are, and what is to be said of it."""


def with_outputs(setting: Setting, equation: Equation) -> Setting:
    """The setting where the y of `∂J/∂y` and of `y = W x` is an output, which a loss does not have."""
    if setting.kind == "loss":
        return setting
    present = _texts(equation, setting)
    ratio = derivative_of(equation.parts[0])
    top = None if ratio is None else name_of(ratio[0])
    if top is not None and top.text in ("y", "Y"):
        return _with(setting, {top.text: "z"}, setting.names)  # ∂y/∂x
    if any(setting.role(text) == "y" and text not in ("y", "Y") for text in present):
        return setting  # beside a target t, y is a prediction
    if not any(setting.role(text) == "W" for text in present) and any(
        isinstance(node, Name) and setting.role(node.text) == "δ"
        for part in equation.parts[1:]
        for node in walk(part)
    ):
        return _with(setting, dict.fromkeys({"y", "Y"} & present, "z"), setting.names)  # a loss has no δ
    left = name_of(equation.parts[0])
    inside = [name for part in equation.parts[1:] for name in _by(part)]
    said = {name.text for name in inside}
    if left is not None and any(setting.role(text) == "W" for text in present):
        said.add(left.text)
    found = dict.fromkeys({"y", "Y"} & said & present, "z")
    return _with(setting, found, setting.names)


def in_company(
    setting: Setting, equation: Equation, layers: list[str], user: Mapping[str, str]
) -> tuple[Setting, tuple[str, ...]]:
    """The setting with what the names are in these layers, and what is to be said of it.

    `user` are the names that the user has said, which stay what they are.
    """
    present = _texts(equation, setting)
    if "loss" in layers:
        found, said = _of_a_loss(setting, equation, present)
    elif "softmax" in layers or "activation" in layers:
        found, said = _of_an_activation(setting, layers, present)
    elif "dropout" in layers:
        found, said = {text: role for text, role in PROBABILITIES.items() if text in present}, ()
        if name_of(equation.parts[0]) in (Name("dZ"), Name("dz")):
            found |= dict.fromkeys(present & {"a", "A", "h"}, "z")  # dZ = dA * mask: what comes out
    else:
        return setting, ()
    return _with(setting, found, user), said if set(found) - set(user) else ()


def _of_a_loss(setting: Setting, equation: Equation, present: set[str]) -> Taken:
    found: dict[str, str] = {}
    targets = [text for text in present if setting.role(text) == "y"]
    if "y" in targets and "t" in targets:
        found["y"] = "a"
    found |= {text: "a" for text in PREDICTIONS if text in present}
    if {"W", "b"} & {setting.role(text) for text in present}:
        return found | dict.fromkeys(present & set(INPUTS), "x"), ()  # a layer with its weights
    if found:
        into = [text for text in present if setting.role(text) == "a" and text not in found]
        said = tuple(f"{text} as what the output is computed from" for text in into)
        return found | dict.fromkeys(into, "z"), said
    if targets and not any(
        setting.role(text) in ("a", "σ") or text in ("softmax", "exp") for text in present
    ):
        outputs = [text for text in ("o", "O", "out", "z") if text in present]
        by = [name.text for name in _by(equation.parts[0])]
        if len(outputs) == 1 and by == outputs:  # ∂J/∂o = o - y
            return {outputs[0]: "a"}, ()
    return {}, ()


def _of_an_activation(setting: Setting, layers: list[str], present: set[str]) -> Taken:
    found = dict.fromkeys((text for text in present & {"y", "Y"} if setting.role(text) == "z"), "a")
    stated = {one.head for one in setting.statements if one.about == "activation"}
    found |= dict.fromkeys(present & stated, "a")
    if "softmax" in layers:
        found |= dict.fromkeys(present & {"p", "s", "S", "P", "q", "y", "y_hat", "o"}, "a")
    into = [text for text in INPUTS if text in present and setting.role(text) == "a"]
    others = [text for text in present if setting.role(text) == "z" and text not in found]
    if not into or [text for text in others if text not in OUTPUTS]:
        return found, ()
    found |= dict.fromkeys(into, "z") | dict.fromkeys(others, "a")
    return found, tuple(f"{text} as what σ is taken of" for text in into) if "softmax" not in layers else ()


def _with(setting: Setting, found: Mapping[str, str], user: Mapping[str, str]) -> Setting:
    """The setting with these names, but for those that the user has said."""
    new = {text: role for text, role in found.items() if text not in user}
    return replace(setting, names={**setting.names, **new}) if new else setting


def _texts(equation: Equation, setting: Setting) -> set[str]:
    """The letters of an equation; of dy, the y."""
    found = set()
    for name in names(equation, setting):
        text = name.text
        differential = text[:1] == "d" and len(text) > 1 and setting.role(text) is None
        found.add(text[1:] if differential else text)
    found |= {n.function.text for part in equation.parts for n in walk(part) if isinstance(n, Call)}
    return found | {name.text for part in equation.parts for name in _by(part)}


def _by(part: Expression) -> Iterator[Name]:
    """What J is differentiated by in an expression."""
    for node in walk(part):
        found = derivative_of(node)
        name = name_of(found[1]) if found is not None else None
        if name is not None:
            yield name
        if isinstance(node, Name) and node.text[:1] == "d" and len(node.text) > 1:
            yield replace(node, text=node.text[1:])
