"""From text to tree: the grammar, its limits, and errors that point at the column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lark

from symgrad.formula.building import built
from symgrad.formula.problem import FormulaError
from symgrad.formula.syntax import Equation, Expression, children

LONGEST = 4_000
"""The most characters of a formula."""
DEEPEST = 120
"""How deep brackets, scripts and chains of signs may be nested."""
BRACKETS = 30
"""How many brackets may be open at once."""


def parse(text: str) -> tuple[Equation, ...]:
    r"""The equations in a text, in either spelling. Raises FormulaError.

    >>> parse(r"\delta_i = \delta_j * W_{ij}") == parse("δ_i = δ_j * W_{ij}")
    True
    """
    if not isinstance(text, str):
        raise TypeError(f"a formula is a string, got {type(text).__name__}")
    _refuse_what_is_too_large(text)
    try:
        tree: Any = _GRAMMAR.parse(text, on_error=None)
    except lark.UnexpectedInput as problem:
        raise _explained(text, problem) from None
    equations = built(text, tree)
    for equation in equations:
        if any(_depth(part) > DEEPEST for part in equation.parts):
            raise FormulaError(text, equation.span[0], f"nested more than {DEEPEST} deep")
    return equations


def _refuse_what_is_too_large(text: str) -> None:
    if len(text) > LONGEST:
        raise FormulaError(text[:60], 0, f"a formula of {len(text)} characters; at most {LONGEST} are read")
    if not text.strip():
        raise FormulaError(text, 0, "there is no formula here")
    depth = 0
    for column, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth > BRACKETS:
            raise FormulaError(text, column, f"more than {BRACKETS} brackets are open here")


def _depth(node: Expression) -> int:
    """How deep a tree is, without recursion."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for one in level for child in children(one)]
    return deepest


class _Norms:
    """Norm bars look alike: every second one closes."""

    always_accept = ()

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        opening = True
        for token in stream:
            if token.type == "NORM_OPEN":
                if not opening:
                    token = lark.Token.new_borrow_pos("NORM_CLOSE", token.value, token)
                opening = not opening
            yield token


_GRAMMAR = lark.Lark(
    (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8"),
    parser="lalr",
    lexer="basic",
    postlex=_Norms(),
    propagate_positions=True,
)

# -- errors ---------------------------------------------------------------------------------------

_WORDS = {
    "WORD": "a name", "GREEK": "a name", "STYLED": "a name", "ACCENTED": "a name", "COMMAND": "a name",
    "TURNED": "a name", "QUOTED": "a name",

    "NUMBER": "a number", "HALF": "a number", "SHORT_FRACTION": "a number",
    "LPAR": "'('", "RPAR": "')'", "LBRACE": "'{'", "RBRACE": "'}'",
    "LSQB": "'['", "RSQB": "']'", "_PLUS": "a sign", "MINUS": "a sign", "STAR": "a sign", "OUTER": "a sign",
    "ODOT": "a sign", "DOT": "a sign", "TIMES": "a sign", "SLASH": "a sign", "OVER": "a sign",
    "AT": "a sign", "EQ": "'='", "ARROW": "'='",
    "$END": "the end", "COMMA": "','", "SUM": "a sum", "UNDERSCORE": "a subscript", "BELOW": "a subscript",
    "NORM_CLOSE": "'||'", "AMPERSAND": "'&'", "FLOOR_OPEN": "'⌊'", "FLOOR_CLOSE": "'⌋'",
    "ANGLE_OPEN": "'⟨'", "ANGLE_CLOSE": "'⟩'", "COLON": "':'",
    "END": "the end of the matrix", "IF": "a condition", "OTHERWISE": "a condition",
    "END_CASES": "the end of the cases",
}  # fmt: skip


def _explained(text: str, problem: lark.UnexpectedInput) -> FormulaError:
    match problem:
        case lark.UnexpectedCharacters():
            column = problem.pos_in_stream or 0
            found = f"{text[column]!r} is not understood here"
            if text[column] == "\\":
                found = "a backslash needs a command behind it"
            return FormulaError(text, column, found)
        case lark.UnexpectedToken():
            token = problem.token
            names = sorted(problem.accepts or problem.expected)
            expected = dict.fromkeys(_WORDS[name] for name in _WORDS if name in names)
            if token.type == "$END":
                return FormulaError(text, len(text), "the formula ends too early", tuple(expected)[:6])
            found = f"{str(token)!r} cannot stand here"
            return FormulaError(text, token.start_pos or 0, found, tuple(expected)[:6])
    return FormulaError(text, 0, "this cannot be read")


__all__ = ["BRACKETS", "DEEPEST", "LONGEST", "FormulaError", "parse"]
