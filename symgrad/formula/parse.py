"""From text to tree: the grammar, its limits, and errors that point at the column."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from fractions import Fraction as Rational
from pathlib import Path
from typing import Any

import lark

from symgrad.errors import SymgradError
from symgrad.formula.letters import GREEK_LETTERS
from symgrad.formula.syntax import (
    Binary,
    Call,
    Dots,
    Equation,
    Expression,
    Matrix,
    Name,
    Negative,
    Norm,
    Number,
    Partial,
    Raised,
    Several,
    Sum,
    children,
)

LONGEST = 4_000
"""The most characters of a formula."""
DEEPEST = 120
"""How deep brackets, scripts and chains of signs may be nested."""
BRACKETS = 30
"""How many brackets may be open at once."""


class FormulaError(SymgradError):
    """A formula that cannot be read: where, what was found, and what was expected.

    `column` counts from 0 in `text`; `str()` shows the formula with a caret under it.
    """

    def __init__(self, text: str, column: int, problem: str, expected: tuple[str, ...] = ()) -> None:
        self.text = text
        self.column = column
        self.problem = problem
        self.expected = expected
        super().__init__(self._shown())

    def _shown(self) -> str:
        line_start = self.text.rfind("\n", 0, self.column) + 1
        line = self.text[line_start:].split("\n", 1)[0]
        place = self.column - line_start
        begin = max(0, place - 50)
        window = line[begin : begin + 90]
        caret = " " * (place - begin) + "^"
        wanted = f"; expected {_or(self.expected)}" if self.expected else ""
        return f"column {place + 1}: {self.problem}{wanted}\n  {window}\n  {caret}"


def parse(text: str) -> tuple[Equation, ...]:
    r"""The equations in a text, in either spelling. Raises FormulaError.

    >>> parse(r"\delta_i = \delta_j * W_{ij}") == parse("δ_i = δ_j * W_{ij}")
    True
    """
    if not isinstance(text, str):
        raise TypeError(f"a formula is a string, got {type(text).__name__}")
    _refuse_what_is_too_large(text)
    try:
        tree: Any = _grammar().parse(text, on_error=None)
    except lark.UnexpectedInput as problem:
        raise _explained(text, problem) from None
    equations: tuple[Equation, ...] = _Building(text).transform(tree)
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


@functools.cache
def _grammar() -> lark.Lark:
    text = (Path(__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    return lark.Lark(text, parser="lalr", lexer="basic", postlex=_Norms(), propagate_positions=True)


# -- errors ---------------------------------------------------------------------------------------

_WORDS = {
    "WORD": "a name", "GREEK": "a name", "STYLED": "a name", "ACCENTED": "a name", "COMMAND": "a name",
    "NUMBER": "a number", "HALF": "a number", "SHORT_FRACTION": "a number",
    "LPAR": "'('", "RPAR": "')'", "LBRACE": "'{'", "RBRACE": "'}'",
    "LSQB": "'['", "RSQB": "']'", "_PLUS": "a sign", "MINUS": "a sign", "STAR": "a sign", "ODOT": "a sign",
    "DOT": "a sign", "TIMES": "a sign", "SLASH": "a sign", "AT": "a sign", "EQ": "'='", "ARROW": "'='",
    "$END": "the end", "COMMA": "','", "SUM": "a sum", "UNDERSCORE": "a subscript", "BELOW": "a subscript",
    "NORM_CLOSE": "'||'", "AMPERSAND": "'&'", "END": "the end of the matrix",
}  # fmt: skip


def _or(words: tuple[str, ...]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


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


# -- building the tree ----------------------------------------------------------------------------

_STYLED_TRANSPOSES = {"T", "top", "intercal"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def plain(text: str) -> str:
    """The name that a token spells: `\\delta` is δ, `\\mathrm{rot180}` is rot180, `\\hat x` is x_hat."""
    accent = ""
    for one in ("hat", "bar", "tilde", "widehat", "overline", "vec"):
        for start in (f"\\{one}{{", f"\\{one} ", f"\\{one}\\"):
            if text.startswith(start):
                accent = "" if one == "vec" else f"_{one.removeprefix('wide')}"
    while "{" in text and text.endswith("}") and text.startswith("\\"):
        text = text[text.index("{") + 1 : -1].strip()
    head, _, tail = text.rpartition(" ")
    if head.startswith("\\"):
        text = tail
    if text.count("\\") > 1:
        text = text[text.rindex("\\") :]
    text = text.replace("{", "").replace("}", "").removeprefix("\\")
    text = GREEK_LETTERS.get(text.removeprefix("var"), text)
    if text == "∇":
        text = "nabla"
    return ("rot180" if text in ("rot_180", "rot180") else text) + accent


class _Building(lark.Transformer[lark.Token, Any]):
    """Nodes of the tree, bottom up."""

    def __init__(self, text: str) -> None:
        super().__init__(visit_tokens=False)
        self.text = text
        self.latex = "\\" in text

    def _call_userfunc(self, tree: Any, new_children: Any = None) -> Any:
        meta = tree.meta
        self.span = (getattr(meta, "start_pos", 0) or 0, getattr(meta, "end_pos", 0) or 0)
        return super()._call_userfunc(tree, new_children)  # type: ignore[no-untyped-call]

    def start(self, items: list[Any]) -> tuple[Equation, ...]:
        return tuple(item for item in items if isinstance(item, Equation))

    def formula(self, items: list[Any]) -> Equation:
        return Equation(tuple(items[::2]), tuple(items[1::2]), span=self.span)

    def sign(self, items: list[Any]) -> str:
        return "=" if items[0].type == "EQ" else "←"

    # -- arithmetic -------------------------------------------------------------------------------
    def negative(self, items: list[Any]) -> Expression:
        return Negative(items[1], span=self.span)

    def plus(self, items: list[Any]) -> Expression:
        return Binary("+", items[0], items[1], span=self.span)

    def minus(self, items: list[Any]) -> Expression:
        return Binary("-", items[0], items[2], span=self.span)

    def binary(self, items: list[Any]) -> Expression:
        return Binary(items[1], items[0], items[2], span=self.span)

    def beside(self, items: list[Any]) -> Expression:
        return Binary("", items[0], items[1], span=self.span)

    def star(self, items: list[Any]) -> str:
        return "*" if items[0].type == "STAR" else "⊙"

    def times(self, items: list[Any]) -> str:
        return {"DOT": "·", "SLASH": "/", "AT": "@", "TIMES": "·"}[items[0].type]

    def partial(self, items: list[Any]) -> Expression:
        return Partial(items[1], span=self.span)

    def fraction(self, items: list[Any]) -> Expression:
        return Binary("/", items[1], items[2], span=self.span)

    def dots(self, items: list[Any]) -> Expression:
        return Dots(span=self.span)

    def number(self, items: list[Any]) -> Expression:
        return Number(Rational(items[0].value), items[0].value, span=self.span)

    def half(self, items: list[Any]) -> Expression:
        return Binary("/", Number(Rational(1), "1"), Number(Rational(2), "2"), span=self.span)

    def short_fraction(self, items: list[Any]) -> Expression:
        top, bottom = items[0].value.partition("frac")[2].replace(" ", "")
        return Binary("/", self._atom(top), self._atom(bottom), span=self.span)

    def derivative(self, items: list[Any]) -> Expression:
        """∂/∂x before something, which is the nabla by x."""
        return Name("nabla", 0, (items[3],), span=self.span)

    def norm(self, items: list[Any]) -> Expression:
        return Norm(items[1], span=self.span)

    # -- brackets and matrices --------------------------------------------------------------------
    def grouped(self, items: list[Any]) -> Expression:
        return items[0] if len(items) == 1 else Several(tuple(items), span=self.span)

    def listed(self, items: list[Any]) -> Expression:
        if all(isinstance(item, Matrix) and len(item.rows) == 1 for item in items):
            return Matrix(tuple(item.rows[0] for item in items), span=self.span)
        return Matrix((tuple(items),), span=self.span)

    def matrix(self, items: list[Any]) -> Expression:
        return Matrix(tuple(item for item in items if isinstance(item, tuple)), span=self.span)

    def cells(self, items: list[Any]) -> tuple[Expression, ...]:
        return tuple(items)

    # -- names and their scripts ------------------------------------------------------------------
    def symbol(self, items: list[Any]) -> str:
        return plain(items[0].value)

    def indices(self, items: list[Any]) -> dict[str, Any]:
        return {"brackets": tuple(items)}

    def name(self, items: list[Any]) -> Expression:
        known: dict[str, Any] = {}
        rest: list[Expression] = []
        for item in items[1:]:
            if isinstance(item, lark.Token):
                known["primes"] = _primes(item.value)
            else:
                found = dict(item)
                rest += found.pop("beside", ())
                known["primes"] = known.get("primes", 0) + found.pop("primes", 0)
                known |= found
        name: Expression = Name(items[0], span=self.span, **known)
        for other in rest:
            name = Binary("", name, other, span=self.span)
        return name

    def raised(self, items: list[Any]) -> Expression:
        body, scripts = items
        scripts = dict(scripts)
        scripts.pop("primes", 0)
        rest = scripts.pop("beside", ())
        raised: Expression = Raised(body, span=self.span, **scripts)
        for other in rest:
            raised = Binary("", raised, other, span=self.span)
        return raised

    def scripts(self, items: list[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for item in items:
            found |= item
        return found

    def below(self, items: list[Any]) -> dict[str, Any]:
        first = items[0]
        if not isinstance(first, lark.Token):
            return {"sub": tuple(items)}
        if first.type == "SUBDIGITS":
            digits = first.value.translate(_SUBSCRIPTS)
            return {"sub": (Number(Rational(digits), digits, span=self.span),)}
        if first.type != "BELOW":
            return {"sub": (Name(plain(first.value), span=self.span),)}
        inside = first.value[1:]
        if self.latex and len(inside) > 1:  # as TeX reads it: one character below, the others beside
            return {"sub": (self._atom(inside[0]),), "beside": tuple(self._atom(c) for c in inside[1:])}
        return {"sub": (self._atom(inside),)}

    def _atom(self, text: str) -> Expression:
        if text.isdigit():
            return Number(Rational(text), text, span=self.span)
        return Name(text, span=self.span)

    def above(self, items: list[Any]) -> dict[str, Any]:
        inside = items[1] if len(items) > 1 else items[0]
        if not isinstance(inside, lark.Token):
            return {"sup": inside}
        match inside.type:
            case "PRIME":
                return {"primes": _primes(inside.value)}
            case "SUPDIGITS" if inside.value != "ᵀ":
                digits = inside.value.translate(_SUPERSCRIPTS)
                return {"sup": Number(Rational(digits), digits, span=self.span)}
            case "SUPDIGITS" | "TRANSPOSED":
                return {"sup": Name("T", span=self.span)}
            case "NUMBER":
                return {"sup": Number(Rational(inside.value), inside.value, span=self.span)}
        text = plain(inside.value)
        return {"sup": Name("T" if text in _STYLED_TRANSPOSES else text, span=self.span)}

    # -- calls ------------------------------------------------------------------------------------
    def option(self, items: list[Any]) -> tuple[str, Expression]:
        return items[0].value, items[2]

    def call(self, items: list[Any]) -> Expression:
        function, *given = items
        options = tuple(item for item in given if isinstance(item, tuple))
        arguments = tuple(item for item in given if not isinstance(item, tuple))
        if not isinstance(function, Name):  # `_` took one character only: the bracket belongs to the last
            assert isinstance(function, Binary)
            last = function.right
            assert isinstance(last, Name)
            called = Call(last, arguments, options, span=self.span)
            return Binary("", function.left, called, span=self.span)
        return Call(function, arguments, options, span=self.span)

    # -- sums -------------------------------------------------------------------------------------
    def bound(self, items: list[Any]) -> Any:
        return ("=", items[0], items[2])

    def below_bound(self, items: list[Any]) -> Any:
        return ("<", items[0], items[2], items[1].value)

    def between(self, items: list[Any]) -> Any:
        return ("<<", items[0], items[2], items[4], items[3].value)

    def bigsum(self, items: list[Any]) -> Expression:
        *scripts, body = items[1:]
        found = scripts[0] if scripts else {}
        bounds: list[tuple[str, Expression | None, Expression | None]] = []
        last = found.get("sup")
        one = Number(Rational(1), "1")
        for item in found.get("sub", ()):
            match item:
                case ("=", name, first):
                    bounds += [(text, first, last) for text in _bound_names(name, self.text)]
                case ("<" | "<<", *first, name, end, sign):
                    begin = first[0] if first else Number(Rational(0), "0")
                    end = Binary("-", end, one) if sign in ("<", r"\lt") else end
                    bounds += [(text, begin, end) for text in _bound_names(name, self.text)]
                case _:
                    bounds += [(text, None, last) for text in _bound_names(item, self.text)]
        return Sum(tuple(bounds), body, span=self.span)


def _primes(text: str) -> int:
    return text.count("'") + text.count("′") + text.count("prime")


def _bound_names(item: Expression, text: str) -> Iterator[str]:
    """The names that a sum runs over: `uv` are two, as are `u v`."""
    match item:
        case Name(name, primes=primes, sub=(), sup=None):
            letters = list(name) if len(name) > 1 and name.isascii() else [name]
            for place, letter in enumerate(letters):
                yield letter + "'" * (primes if place == len(letters) - 1 else 0)
        case Name(name, primes=primes, sub=(Number() | Name() as sub,), sup=None):
            shown = sub.text
            yield f"{name}_{shown}" + "'" * primes
        case Binary("", left, right):
            yield from _bound_names(left, text)
            yield from _bound_names(right, text)
        case _:
            raise FormulaError(text, item.span[0], "a sum runs over names", ("a name",))
