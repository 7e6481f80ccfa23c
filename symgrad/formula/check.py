"""A formula judged: what it is, how it was read, the verdict, and what was probably meant."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from symgrad.decide.verdict import IllFormed, Proved, Refuted, Verdict
from symgrad.errors import SymgradError
from symgrad.formula.broken import details, polynomials, problem_of
from symgrad.formula.budget import Patience, TooMuch
from symgrad.formula.functions import defined, is_about_functions
from symgrad.formula.guesses import unknown_functions
from symgrad.formula.levels import derivative_of, superscript
from symgrad.formula.operators import OPERATORS
from symgrad.formula.parse import FormulaError, parse
from symgrad.formula.reading import Reader, Reading
from symgrad.formula.setting import Setting
from symgrad.formula.slope_readings import slope_readings
from symgrad.formula.slopes import slope_of
from symgrad.formula.statements import Statement, implied, with_statement
from symgrad.formula.stating import stated, stated_unread
from symgrad.formula.suggestion import Suggestion
from symgrad.formula.syntax import Binary, Call, Equation, Expression, Name, Number, Several, Sum, walk
from symgrad.formula.target import index_count
from symgrad.formula.words import padded, spoken, word
from symgrad.formula.world import matrix_of_numbers

CLAIMS = ("PROVED", "REFUTED", "HOLDS AT", "ILL-FORMED", "UNDECIDED")
OTHERS = ("DEFINITION", "UPDATE", "EXPRESSION")
NOTHING = "this states nothing: a claim has a sign = in it"
NOT_UNDERSTOOD = "this is not understood: nothing after it is judged by a guess of it"
LATE = "the formulas before it took all the time"


@dataclass(frozen=True)
class Outcome:
    """What came of one formula, or of one link of a chain `x = y = z`.

    kind         a verdict, or DEFINITION, UPDATE or EXPRESSION for what claims nothing
    formula      the text of it
    readings     the ways in which it has a meaning, each with its verdict
    problem      why it is ILL-FORMED or undecided, or that it states nothing
    details      the counterexample in the notation of the formula, a line each
    guessed      the layer, where it was found out and not said
    suggestion   finds a formula that is PROVED, spelt as this one, when it is asked for
    """

    kind: str
    formula: str
    readings: tuple[Reading, ...] = ()
    problem: str = ""
    details: tuple[tuple[str, str], ...] = ()
    guessed: str = ""
    suggestion: Suggestion | None = field(default=None, compare=False, repr=False)
    seconds: float = 0.0

    @functools.cached_property
    def did_you_mean(self) -> str | None:
        """What was probably meant, and is PROVED; None where nothing was found, or nothing is wrong."""
        return None if self.suggestion is None else self.suggestion.text()

    @property
    def verdicts(self) -> tuple[tuple[str, str], ...]:
        """Every reading under which it has a meaning: (verdict, reading), those of the kind first."""
        found = dict.fromkeys(
            (reading.verdict.verdict, reading.whole)
            for reading in self.readings
            if reading.verdict is not None
        )
        own = "PROVED" if self.kind == "DEFINITION" else self.kind
        return tuple(sorted(found, key=lambda pair: pair[0] != own))

    @property
    def reading(self) -> str:
        """The reading that the kind speaks of, in words."""
        return self.verdicts[0][1] if self.verdicts else ""

    @property
    def also(self) -> tuple[tuple[str, str], ...]:
        """Readings under which the verdict is another: (verdict, reading)."""
        own = "PROVED" if self.kind == "DEFINITION" else self.kind
        return tuple(pair for pair in self.verdicts if pair[0] != own)

    def reading_lines(self, lang: str = "en") -> Iterator[str]:
        """How it was read, a line for each reading that has another verdict."""
        for kind, reading in self.verdicts:
            if reading and len(self.verdicts) == 1:
                yield f"{word(lang, 'read')}{spoken(lang, reading)}"
            elif reading:
                yield f"{word(lang, kind)}{word(lang, 'with')}{spoken(lang, reading)}"

    def lines(self, lang: str = "en") -> Iterator[str]:
        """What a person needs to see of it."""
        yield from self.reading_lines(lang)
        if self.guessed:
            yield word(lang, "guessed").format(self.guessed)
        if self.problem:
            yield from spoken(lang, self.problem).splitlines()
        for what, text in self.details:
            yield f"{padded(word(lang, what))} {spoken(lang, text)}"
        if self.did_you_mean:
            yield f"{padded(word(lang, 'did you mean'))} {self.did_you_mean}"

    def __str__(self) -> str:
        return "\n".join([f"{self.kind}  {self.formula}", *(f"  {line}" for line in self.lines())])

    def as_dict(self) -> dict[str, Any]:
        """It as plain data."""
        return {
            "verdict": self.kind,
            "formula": self.formula,
            "guessed_layer": self.guessed or None,
            "readings": [{"verdict": kind, "reading": reading} for kind, reading in self.verdicts],
            "problem": self.problem or None,
            "counterexample": dict(self.details) or None,
            "did_you_mean": self.did_you_mean,
            "seconds": round(self.seconds, 6),
        }


def check(text: str, setting: Setting | None = None, **options: Any) -> list[Outcome]:
    r"""Judge every formula in a text; `options` are those of `Setting`.

    Nothing raises but a TypeError for what is no string: bad syntax is ILL-FORMED.

    >>> [outcome] = check(r"\delta^{l-1} = \delta^l * W \odot \sigma'(z^{l-1})", star="correlation")
    >>> outcome.kind, outcome.did_you_mean
    ('REFUTED', "\\delta^{l-1} = \\delta^l * \\mathrm{rot180}(W) \\odot \\sigma'(z^{l-1})")
    """
    found, _ = check_in(text, setting or Setting(**options))
    return found


def check_in(text: str, setting: Setting) -> tuple[list[Outcome], Setting]:
    """The outcomes of a text, and the setting with what it says: numbers that a tensor has."""
    start, patience = time.perf_counter(), Patience()
    try:
        equations = parse(text)
    except FormulaError as problem:
        setting = _with_statements(setting, stated_unread(text, setting))
        return [Outcome("ILL-FORMED", text.strip(), problem=str(problem))], setting
    found: list[Outcome] = []
    try:
        with patience:
            for equation in equations:
                if found and not patience.left:
                    late = text[slice(*equation.span)].strip()
                    found.append(Outcome("UNDECIDED", late, problem=LATE))
                    continue
                outcomes, setting = _Judging(text, equation, setting, patience).outcomes()
                found += outcomes
    except RecursionError:
        found.append(Outcome("UNDECIDED", text.strip(), problem="the formula is nested too deeply"))
    seconds = time.perf_counter() - start
    return [replace(outcome, seconds=seconds / len(found)) for outcome in found], setting


def _with_statements(setting: Setting, found: Sequence[Statement]) -> Setting:
    known = setting.statements
    for one in found:
        known = with_statement(known, replace(one, line=setting.line))
    return replace(setting, statements=known)


class _Judging:
    def __init__(self, text: str, equation: Equation, setting: Setting, patience: Patience) -> None:
        self.text = text
        self.setting = setting
        self.patience = patience
        self.stated = stated(equation, setting, patience, text[slice(*equation.span)].strip())
        bound = replace(setting, statements=()) if self.stated else setting  # it is what it says
        self.reader = Reader(bound, equation, patience)
        self.slope = slope_of(equation, self.reader.setting)
        self.written = equation if self.slope is None else self.slope.equation
        self.equation = self.reader.equation

    def outcomes(self) -> tuple[list[Outcome], Setting]:
        """What came of the equation, and the setting with what it says."""
        found, setting = self._outcomes()
        if self.stated:
            updated = any(outcome.kind == "UPDATE" for outcome in found)  # L = L_1 + … is none of L
            said = [one for one in self.stated if one.about == "loss" or not updated]
            setting = _with_statements(setting, said)
            found = [self._as_stated(outcome) for outcome in found] if len(found) == 1 else found
        elif len(found) == 1 and found[0].kind == "PROVED":
            right = [r.choice for r in found[0].readings if isinstance(r.verdict, Proved)]
            setting = _with_statements(setting, implied(self.equation, setting, right, found[0].formula))
        return found, setting

    def _as_stated(self, outcome: Outcome) -> Outcome:
        """What the document says J, a or z is: no claim, but for a layer that the user has named."""
        understood = all(one.says for one in self.stated)
        if self.setting.layer is not None or outcome.kind not in ("REFUTED", "ILL-FORMED", "UNDECIDED"):
            return outcome
        if understood:
            return Outcome("DEFINITION", outcome.formula)
        if outcome.kind == "ILL-FORMED":
            return outcome
        return Outcome("DEFINITION", outcome.formula, problem=NOT_UNDERSTOOD)

    def _outcomes(self) -> tuple[list[Outcome], Setting]:
        parts = self.equation.parts
        whole = self._slice(parts[0].span[0], parts[-1].span[1])
        if len(parts) == 1:
            return [self._expression(whole)], self.setting
        if self._is_update():
            return [Outcome("UPDATE", whole)], self.setting
        defined = self._definition(whole)
        if defined is not None:
            return defined
        found = []
        for place in range(1, len(parts)):
            found.append(self._link(parts[place - 1], parts[place]))
        if len(parts) > 2 and any(outcome.kind == "ILL-FORMED" for outcome in found):
            found.append(self._link(parts[0], parts[-1]))  # whatever stands between, the ends are a claim
        return found, self.setting

    def _slice(self, start: int, end: int) -> str:
        opened = re.search(r"\\left\s*$", self.text[:start])
        return self.text[opened.start() if opened else start : end].strip()

    # -- what claims nothing ----------------------------------------------------------------------
    def _is_update(self) -> bool:
        """`x = x - r·…`, `x^{n+1} = x^n - …`, and whatever has an arrow."""
        left, right = self.equation.parts[0], self.equation.parts[-1]
        if "←" in self.equation.signs:
            return True
        if self.slope is not None or not isinstance(right, Binary) or right.sign not in ("-", "+"):
            return False  # σ' = σ - σ² says what a slope is
        first: Expression = right
        while isinstance(first, Binary) and first.sign in ("+", "-"):
            first = first.left
        return _same_head(left, first) and not isinstance(left, Binary)

    def _definition(self, whole: str) -> tuple[list[Outcome], Setting] | None:
        left, right = self.equation.parts[0], self.equation.parts[-1]
        texts = {node.text for node in walk(right) if isinstance(node, Name)}
        if _is_assumption(left, right):
            return [Outcome("DEFINITION", whole)], self.setting
        if isinstance(left, Several) or {"arg", "argmin", "argmax"} & texts:
            return [Outcome("DEFINITION", whole)], self.setting
        if self.slope is not None or is_about_functions(self.written):
            return self._about_functions(whole)
        if isinstance(left, Call) and left.function.text.lower() not in OPERATORS:
            return [Outcome("DEFINITION", whole)], self.setting
        if not isinstance(left, Name) or derivative_of(left) is not None:
            return None
        role = self.setting.role(left.text)
        if self._is_activation(role, left, right):
            return [Outcome("DEFINITION", whole)], self.setting
        rows = matrix_of_numbers(right)
        target = self.reader.target(left, [right])
        if rows is not None and role is not None and (target is None or target.role != "lower"):
            return [Outcome("DEFINITION", whole)], self.setting.with_value(role, rows)
        if role is None and left.text[:1] != "d":
            return [Outcome("DEFINITION", whole)], self.setting
        found = derivative_of(right)
        by = None if found is None or len(self.equation.parts) != 2 else found[1]
        if role == "δ" and isinstance(by, Name) and superscript(by) == superscript(left):
            return [Outcome("DEFINITION", whole)], self.setting
        return None

    def _is_activation(self, role: str | None, left: Name, right: Expression) -> bool:
        """Whether it says a = σ(z), or s = σ(z) of an s that is not in z."""
        if not isinstance(right, Call) or self.setting.role(right.function.text) != "σ":
            return False
        return role == "a" or (role == "z" and not any(left == inner for inner in walk(right)))

    def _about_functions(self, whole: str) -> tuple[list[Outcome], Setting]:
        found = defined(self.written)
        if found is not None:
            name, formula = found
            functions = {**self.setting.functions, name: formula}
            return [Outcome("DEFINITION", whole)], replace(self.setting, functions=functions)
        left, *rest = self.written.parts
        outcomes = []
        for right in rest:
            link = f"{self._slice(*left.span)} = {self._slice(*right.span)}" if rest[1:] else whole
            outcomes.append(self._slope(link, replace(self.written, parts=(left, right))))
        return outcomes, self.setting

    def _slope(self, whole: str, claim: Equation) -> Outcome:
        """What is said of a function's derivative."""
        try:
            readings = slope_readings(claim, self.setting, "" if self.slope is None else self.slope.said)
        except TooMuch as problem:
            return Outcome("UNDECIDED", whole, problem=str(problem))
        except SymgradError as problem:
            return Outcome("ILL-FORMED", whole, problem=str(problem))
        if not readings or (verdict := readings[0].verdict) is None:
            return Outcome("DEFINITION", whole)
        details = polynomials(verdict) if isinstance(verdict, Refuted) else ()
        reason = str(verdict.as_dict().get("reason", ""))
        return Outcome(verdict.verdict, whole, tuple(readings), reason, details)

    def _expression(self, whole: str) -> Outcome:
        """Something by itself claims nothing, but its entries must exist."""
        part = self.equation.parts[0]
        readings = self.reader.readings(part, part)
        broken = [r for r in readings if isinstance(r.verdict, IllFormed)]
        if broken and not any(reading.fits for reading in readings):
            return Outcome("ILL-FORMED", whole, problem=problem_of(broken, self.text))
        return Outcome("EXPRESSION", whole, problem=NOTHING)

    # -- what claims something --------------------------------------------------------------------
    def _link(self, left: Expression, right: Expression) -> Outcome:
        formula = f"{self._slice(*left.span)} = {self._slice(*right.span)}"
        readings = self.reader.readings(left, right)
        fitting = [reading for reading in readings if reading.fits]
        if not fitting:
            problem, meant = problem_of(readings, self.text), self._suggestion(formula, readings)
            guessed = self._guessed(readings)
            return Outcome("ILL-FORMED", formula, problem=problem, suggestion=meant, guessed=guessed)
        kinds = [reading.verdict.verdict for reading in fitting if reading.verdict is not None]
        kind: str = next(k for k in ("PROVED", "HOLDS AT", "UNDECIDED", "REFUTED") if k in kinds)
        chosen = next(r for r in fitting if r.verdict is not None and r.verdict.verdict == kind)
        if kind == "PROVED" and self._is_forward(left):
            kind = "DEFINITION"
        outcome = Outcome(kind, formula, tuple(fitting), guessed=self._guessed(fitting))
        if kind == "REFUTED":
            meant = self._suggestion(formula, fitting)
            several = len(fitting) > 1 or chosen.told != chosen.whole
            return replace(
                outcome,
                details=details(self.text, self.equation, self.reader.setting, chosen, several),
                suggestion=meant,
            )
        if kind in ("UNDECIDED", "HOLDS AT") and chosen.verdict is not None:
            return replace(outcome, problem=self._reason(chosen.verdict))
        return outcome

    def _reason(self, verdict: Verdict) -> str:
        """Why nothing was decided; two functions that are only names cannot be told apart in numbers."""
        reason = str(verdict.as_dict().get("reason", ""))
        functions = unknown_functions(self.reader.setting, self.equation)
        if len(functions) > 1 and reason.startswith("no equality was found"):
            names = " and ".join(functions)
            return f"{names} are functions of which nothing is known: whether they are one decides this"
        return reason

    def _guessed(self, readings: Sequence[Reading]) -> str:
        """The layer that was found out, where there is one only."""
        found = {reading.choice.layer for reading in readings}
        return found.pop() if self.setting.layer is None and len(found) == 1 else ""

    def _suggestion(self, formula: str, readings: Sequence[Reading]) -> Suggestion:
        return Suggestion(formula, self.setting, self.patience, tuple(readings))

    def _is_forward(self, left: Expression) -> bool:
        """Whether a whole map of the forward is said to be something: that is its definition."""
        target = self.reader.target(left, [self.equation.parts[-1]])
        if target is None or target.is_derivative:
            return False
        return index_count(target.name.sub) <= 1


def _is_assumption(left: Expression, right: Expression) -> bool:
    """Whether it says that some numbers sum to 1."""
    if not isinstance(left, Sum) or not isinstance(left.body, Name):
        return False
    return isinstance(right, Number) and right.value == 1


def _same_head(left: Expression, right: Expression) -> bool:
    match left, right:
        case Name(), Name():
            return left.text == right.text
        case Several(), Several():
            return left.items == right.items
    heads = [getattr(side, "body", None) for side in (left, right)]
    return heads[0] is not None and heads[1] is not None and _same_head(heads[0], heads[1])


__all__ = ["CLAIMS", "OTHERS", "Outcome", "check", "check_in"]
