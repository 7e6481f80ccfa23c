"""A formula as it was written, as what is seen: for reports that show mathematics."""

from __future__ import annotations

from collections.abc import Iterable

from symgrad.errors import SymgradError
from symgrad.explain.layout import (
    BREAK,
    COMMA,
    DEL,
    EQUALS,
    Big,
    Fence,
    Fraction,
    Layout,
    Name,
    Number,
    Row,
    Script,
    Sign,
    row,
    separated,
)
from symgrad.explain.layout import Matrix as MatrixLayout
from symgrad.formula import syntax
from symgrad.formula.parse import parse
from symgrad.formula.syntax import Expression

_SIGNS = {
    "+": Sign("+", "bin"), "-": Sign("−", "bin"), "*": Sign("∗", "bin"), "⋆": Sign("⋆", "bin"),
    "⊙": Sign("⊙", "bin"), "⊗": Sign("⊗", "bin"),
    "·": Sign("·", "bin"), "@": Sign("\u2009"), "": Sign("\u2009"),
}  # fmt: skip
COLON = Sign(":")
_LOOSE = {"+": 0, "-": 0, "*": 1, "⋆": 1, "⊙": 1, "⊗": 1, "": 2, "·": 2, "@": 2, "/": 2}


def shown(text: str) -> Layout | None:
    """The formulas of a text side by side; None for one that cannot be read."""
    pairs = sides(text)
    if pairs is None:
        return None
    return separated([row(left, right) for left, right in pairs], row(COMMA, Sign("\u2003")))


def sides(text: str) -> list[tuple[Layout, Layout]] | None:
    """The first part of each equation, and the rest with its signs; None for what cannot be read."""
    try:
        equations = parse(text)
    except SymgradError:
        return None
    return [(layout(equation.parts[0]), _rest(equation)) for equation in equations]


def _rest(equation: syntax.Equation) -> Layout:
    pieces: list[Layout] = []
    for sign, part in zip(equation.signs, equation.parts[1:], strict=True):
        pieces += [*([BREAK] if pieces else []), EQUALS if sign == "=" else Sign("←", "rel"), layout(part)]
    return row(*pieces) if pieces else Row(())


def layout(node: Expression) -> Layout:
    """What an expression looks like."""
    match node:
        case syntax.Number(value, text):
            return Number(text or str(value))
        case syntax.Name(text, primes, sub, sup, brackets):
            known = _named(text, primes)
            shown_name = _scripted(known, sub, sup)
            return row(shown_name, _in_brackets(brackets)) if brackets else shown_name
        case syntax.Negative(body):
            return row(Sign("−"), _operand(body, 1))
        case syntax.Binary("/", left, right):
            return Fraction(layout(left), layout(right))
        case syntax.Binary(sign, left, right):
            rank = _LOOSE[sign]
            pieces = [_operand(left, rank), _SIGNS[sign], _operand(right, rank + 1)]
            return row(*([pieces[0], BREAK, *pieces[1:]] if rank == 0 else pieces))
        case syntax.Call(function, arguments, options):
            given = [layout(argument) for argument in arguments]
            given += [row(Name(key, upright=True), EQUALS, layout(value)) for key, value in options]
            return row(layout(function), Fence("(", separated(given), ")"))
        case syntax.Raised(body, sub, sup):
            inside = layout(body)
            plain = isinstance(body, (syntax.Call, syntax.Norm, syntax.Matrix, syntax.Several))
            return _scripted(inside if plain else Fence("(", inside, ")"), sub, sup)
        case syntax.Partial(body):
            return row(DEL, _operand(body, 3))
        case syntax.Sum(bounds, body):
            return row(_big(bounds), _operand(body, 1))
        case syntax.Matrix(rows):
            return MatrixLayout(tuple(tuple(map(layout, line)) for line in rows))
        case syntax.Norm(body):
            return Fence("‖", layout(body), "‖")
        case syntax.Several(items):
            return Fence("(", separated(map(layout, items)), ")")
        case syntax.Dots():
            return Sign("…")
        case syntax.Slice(start, stop, step):
            ends = [start, stop] if step is None else [start, stop, step]
            pieces = [piece for end in ends for piece in (COLON, *([] if end is None else [layout(end)]))]
            return row(*pieces[1:])
        case syntax.Bracketed(body, brackets):
            plain = isinstance(body, (syntax.Call, syntax.Matrix))
            inside = layout(body)
            return row(inside if plain else Fence("(", inside, ")"), _in_brackets(brackets))
        case syntax.Relation(parts, signs):
            pieces = [layout(parts[0])]
            for sign, part in zip(signs, parts[1:], strict=True):
                pieces += [Sign(sign, "rel"), layout(part)]
            return row(*pieces)
        case syntax.Indicator(conditions):
            return _in_brackets(conditions)
        case syntax.Family(body, axes):
            letters = [letter for axis in axes for letter in axis]
            below = [row(Name(letter), Sign("<", "rel"), layout(extent)) for letter, extent in letters]
            return Script(Fence("(", layout(body), ")"), separated(below) if below else None, None)
    raise AssertionError(f"unknown node {type(node).__name__}")


def _named(text: str, primes: int) -> Name:
    """A name; of a prediction its hat, without which it were the target."""
    if text == "nabla":
        return Name("∇", "", primes)
    letter = text.removesuffix("_hat")
    upright = len(letter) > 1 and letter.isascii()
    return Name(letter + ("" if letter == text else "\u0302"), "", primes, upright=upright)


def _in_brackets(items: Iterable[Expression]) -> Layout:
    return Fence("[", separated([layout(item) for item in items]), "]")


def _operand(node: Expression, least: int) -> Layout:
    rank = _LOOSE[node.sign] if isinstance(node, syntax.Binary) and node.sign != "/" else 3
    if isinstance(node, (syntax.Negative, syntax.Sum)):
        rank = 0 if isinstance(node, syntax.Negative) else 1
    inside = layout(node)
    return Fence("(", inside, ")") if rank < least else inside


def _scripted(base: Layout, sub: tuple[Expression, ...], sup: Expression | None) -> Layout:
    below = separated([_index(item) for item in sub]) if sub else None
    above = None if sup is None else layout(sup)
    return base if below is None and above is None else Script(base, below, above)


def _index(item: Expression) -> Layout:
    """An index; of `ij` the letters are two."""
    if isinstance(item, syntax.Name) and len(item.text) > 1 and item.text.isascii() and not item.sub:
        return row(*map(Name, item.text[:-1]), Name(item.text[-1], primes=item.primes))
    return layout(item)


def _big(
    bounds: tuple[tuple[str, Expression | None, Expression | None], ...],
) -> Layout:
    names = []
    for name, first, last in bounds:
        piece: list[Layout] = [Name(name.rstrip("'"), primes=len(name) - len(name.rstrip("'")))]
        if first is not None:
            piece += [EQUALS, layout(first)]
        if last is not None:
            piece += [Sign("…"), layout(last)] if first is not None else [Sign("≤", "rel"), layout(last)]
        names.append(row(*piece))
    return Big("∑", separated(names) if names else Row(()))
