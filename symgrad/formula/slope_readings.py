"""The ways to read what is said of a function's derivative, each with its verdict."""

from __future__ import annotations

from symgrad.decide.decision import decide
from symgrad.decide.verdict import Proved, Undecided
from symgrad.formula.activations import SAID
from symgrad.formula.budget import OPERATIONS, refuse_too_much
from symgrad.formula.functions import SIGMAS, away_from, question_about, unknown_functions_in
from symgrad.formula.outputs import Choice
from symgrad.formula.reading import Reading
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Call, Equation, Indicator, walk
from symgrad.formula.things import Wanted

NOT_SAID = "this is so of some functions and not of others; --function says which σ is"


def slope_readings(claim: Equation, setting: Setting, value: str = "") -> list[Reading]:
    """How `σ'(z) = …` can be read, the one that counts first; none where it is the definition of σ'.

    `value` says which name is read as what the function gives. Raises SymgradError for what has no meaning,
    TooMuch for what is too large.
    """
    readings = []
    for activation in _activations(claim, setting):
        asked = question_about(claim, setting, activation)
        if asked is None:
            return []
        refuse_too_much(asked.claim)
        refuse_too_much(asked.derived)
        said = (SAID[activation] if activation else "", away_from(claim, setting, activation))
        options = [("function", text) for text in dict.fromkeys(said) if text]
        options += [("value", value)] if value else []
        choice = Choice("activation", Wanted(), options=tuple(options))
        verdict = decide(asked, suggest=False, operations=OPERATIONS)
        if isinstance(verdict, Proved):
            return [Reading(choice, verdict)]
        readings.append(Reading(choice, verdict))
    if len(readings) > 1 and _names_left(claim) in unknown_functions_in(claim, setting):
        return [Reading(readings[0].choice, Undecided(claim="", reason=NOT_SAID))]
    return readings[:1]


def _activations(equation: Equation, setting: Setting) -> list[str | None]:
    """What σ may be in a claim of a derivative: what is said; else any function, None, and those known ones
    that a claim about σ itself may be meant to speak of."""
    unknown = unknown_functions_in(equation, setting)
    if setting.activation is not None:
        return [setting.activation] if unknown else [None]
    if len(unknown) != 1 or not unknown & {*SIGMAS, _names_left(equation)}:
        return [None]
    has_cases = any(isinstance(node, Indicator) for node in walk(equation.parts[1]))
    return [None, "sigmoid", "tanh", *(["relu"] if has_cases else [])]


def _names_left(claim: Equation) -> str:
    left = claim.parts[0]
    assert isinstance(left, Call)
    return left.function.text
