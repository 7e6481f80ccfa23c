"""A formula judged: what it is, how it was read, the verdict, and what was probably meant."""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from symgrad.decide.decision import decide
from symgrad.decide.verdict import IllFormed, Refuted, Verdict
from symgrad.errors import SymgradError
from symgrad.formula.activations import SAID, known
from symgrad.formula.budget import OPERATIONS, Patience, TooMuch, refuse_too_much
from symgrad.formula.functions import defined, functions_in, is_about_functions, question_about
from symgrad.formula.guesses import unknown_functions
from symgrad.formula.levels import derivative_of, superscript
from symgrad.formula.notation import Notation
from symgrad.formula.operators import OPERATORS
from symgrad.formula.outputs import Choice
from symgrad.formula.parse import FormulaError, parse
from symgrad.formula.problem import Meaningless
from symgrad.formula.reading import Reader, Reading
from symgrad.formula.setting import Setting
from symgrad.formula.suggestion import Suggestion
from symgrad.formula.syntax import Binary, Call, Equation, Expression, Name, Several, walk
from symgrad.formula.target import index_count
from symgrad.formula.things import Wanted
from symgrad.formula.words import padded, spoken, word
from symgrad.formula.world import matrix_of_numbers

CLAIMS = ("PROVED", "REFUTED", "HOLDS AT", "ILL-FORMED", "UNDECIDED")
OTHERS = ("DEFINITION", "UPDATE", "EXPRESSION")
NOTHING = "this states nothing: a claim has a sign = in it"
LATE = "the formulas before it took all the time"
LONG = 160
"""How long a polynomial may be,"""
TERMS = 4
"""and how many missing or extra terms are shown."""


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


class _Judging:
    def __init__(self, text: str, equation: Equation, setting: Setting, patience: Patience) -> None:
        self.text = text
        self.written = equation
        self.setting = setting
        self.patience = patience
        self.reader = Reader(setting, equation, patience)
        self.equation = self.reader.equation

    def outcomes(self) -> tuple[list[Outcome], Setting]:
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
        if not isinstance(right, Binary) or right.sign not in ("-", "+"):
            return False
        first: Expression = right
        while isinstance(first, Binary) and first.sign in ("+", "-"):
            first = first.left
        return _same_head(left, first) and not isinstance(left, Binary)

    def _definition(self, whole: str) -> tuple[list[Outcome], Setting] | None:
        left, right = self.equation.parts[0], self.equation.parts[-1]
        texts = {node.text for node in walk(right) if isinstance(node, Name)}
        if isinstance(left, Several) or {"arg", "argmin", "argmax"} & texts:
            return [Outcome("DEFINITION", whole)], self.setting
        if is_about_functions(self.written):
            return self._about_functions(whole)
        if isinstance(left, Call) and left.function.text.lower() not in OPERATORS:
            return [Outcome("DEFINITION", whole)], self.setting
        if not isinstance(left, Name) or derivative_of(left) is not None:
            return None
        role = self.setting.role(left.text)
        if role == "a" and isinstance(right, Call) and self.setting.role(right.function.text) == "σ":
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

    def _about_functions(self, whole: str) -> tuple[list[Outcome], Setting]:
        found = defined(self.written)
        if found is not None:
            name, formula = found
            functions = {**self.setting.functions, name: formula}
            return [Outcome("DEFINITION", whole)], replace(self.setting, functions=functions)
        try:
            asked = question_about(self.written, self.setting.functions)
        except SymgradError as problem:
            return [Outcome("ILL-FORMED", whole, problem=str(problem))], self.setting
        if asked is None:
            return [Outcome("DEFINITION", whole)], self.setting
        try:
            refuse_too_much(asked.claim)
            refuse_too_much(asked.derived)
        except TooMuch as problem:
            return [Outcome("UNDECIDED", whole, problem=str(problem))], self.setting
        verdict = decide(asked, suggest=False, operations=OPERATIONS)
        details = _polynomials(verdict) if isinstance(verdict, Refuted) else ()
        reason = str(verdict.as_dict().get("reason", ""))
        readings: tuple[Reading, ...] = ()
        if any(known(name) == "relu" for name in functions_in(self.written)):
            choice = Choice("activation", Wanted(), options=(("function", SAID["relu"]),))
            readings = (Reading(choice, verdict),)
        return [Outcome(verdict.verdict, whole, readings, reason, details)], self.setting

    def _expression(self, whole: str) -> Outcome:
        """Something by itself claims nothing, but its entries must exist."""
        part = self.equation.parts[0]
        readings = self.reader.readings(part, part)
        broken = [r for r in readings if isinstance(r.verdict, IllFormed)]
        if broken and not any(reading.fits for reading in readings):
            return Outcome("ILL-FORMED", whole, problem=_problem(broken, self.text))
        return Outcome("EXPRESSION", whole, problem=NOTHING)

    # -- what claims something --------------------------------------------------------------------
    def _link(self, left: Expression, right: Expression) -> Outcome:
        formula = f"{self._slice(*left.span)} = {self._slice(*right.span)}"
        readings = self.reader.readings(left, right)
        fitting = [reading for reading in readings if reading.fits]
        if not fitting:
            problem, meant = _problem(readings, self.text), self._suggestion(formula, readings)
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
            return replace(outcome, details=self._details(chosen, several), suggestion=meant)
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

    def _details(self, reading: Reading, several: bool) -> tuple[tuple[str, str], ...]:
        """The counterexample in the notation of the formula, and to which of several readings it is one."""
        verdict = reading.verdict
        assert isinstance(verdict, Refuted)
        found = verdict.counterexample
        notation = Notation(self.text, self.equation, self.reader.setting, reading.choice)
        lines: list[tuple[str, str]] = []
        sizes = ", ".join(f"{name}={value}" for name, value in found.sizes)
        if several:
            lines.append(("refuted with", reading.told))
        if sizes:
            lines.append(("smallest sizes", sizes))
        if found.position is not None:
            place = ", ".join(str(k + reading.choice.base) for k in found.position)
            lines.append(
                ("entry", f"({place}), counted from {reading.choice.base}" if place else "the number")
            )
        lines.append(("derived", notation.polynomial(_short(found.derived or "0"))))
        lines.append(("claimed", notation.polynomial(_short(found.claimed or "0"))))
        for what, terms in (("missing", found.missing), ("extra", found.extra)):
            if terms:
                shown = [term for term in terms[:TERMS] if len(term) <= LONG // 2] or [_short(terms[0])]
                more = f" and {len(terms) - len(shown)} more" if len(terms) > len(shown) else ""
                lines.append((what, notation.polynomial(", ".join(shown)) + more))
        return tuple(lines)


def _polynomials(verdict: Refuted) -> tuple[tuple[str, str], ...]:
    found = verdict.counterexample
    return (("derived", _short(found.derived or "0")), ("claimed", _short(found.claimed or "0")))


def _same_head(left: Expression, right: Expression) -> bool:
    match left, right:
        case Name(), Name():
            return left.text == right.text
        case Several(), Several():
            return left.items == right.items
    heads = [getattr(side, "body", None) for side in (left, right)]
    return heads[0] is not None and heads[1] is not None and _same_head(heads[0], heads[1])


def _short(text: str) -> str:
    """A polynomial of so many terms as fit a line or two."""
    if len(text) <= LONG:
        return text
    cut = text.rfind(" + ", 0, LONG)
    return text[: cut if cut > 0 else LONG] + " + …"


def _problem(readings: Sequence[Reading], text: str) -> str:
    """The most telling reason why nothing fits."""
    found: list[tuple[int, str, Expression | None]] = []
    for reading in readings:
        if isinstance(reading.problem, Meaningless):
            found.append(
                (0 if reading.problem.node is not None else 2, reading.problem.problem, reading.problem.node)
            )
        elif isinstance(reading.verdict, IllFormed):
            sizes = ", ".join(f"{name}={value}" for name, value in reading.verdict.sizes)
            said = reading.verdict.problem.removeprefix("in the forward: ")
            found.append((1, said + (f", at {sizes}" if sizes else ""), None))
        elif isinstance(reading.verdict, Refuted):
            counter = reading.verdict.counterexample
            shapes = [
                "×".join(map(str, s)) or "a number" for s in (counter.derived_shape, counter.claimed_shape)
            ]
            sizes = ", ".join(f"{name}={value}" for name, value in counter.sizes)
            where = f" at {sizes}" if sizes else ""
            found.append((1, f"the left side is {shapes[0]}, the right side {shapes[1]}{where}", None))
    if not found:
        return "this cannot be read"
    counts: dict[str, int] = {}
    for _, said, _ in found:
        counts[said] = counts.get(said, 0) + 1
    _, said, node = min(found, key=lambda item: (item[0], -counts[item[1]]))
    if node is not None and node.span[1] > node.span[0]:
        return str(FormulaError(text, node.span[0], said))
    return said


__all__ = ["CLAIMS", "OTHERS", "Outcome", "check", "check_in"]
