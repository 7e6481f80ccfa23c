"""Formulas as what is seen: names, scripts, fractions, sums. Every printer prints these and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, Union


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol: `W`, `s_h`, `u'`, `δ`. Tensors are bold, operators and words upright."""

    text: str
    sub: str = ""
    primes: int = 0
    bold: bool = False
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """Digits."""

    text: str


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign between or around things; `role` is rel, bin, mark (a comma) or plain."""

    text: str
    role: str = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    """Things side by side."""

    items: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """A base with a subscript, a superscript or both."""

    base: Layout
    sub: Layout | None = None
    sup: Layout | None = None


@dataclass(frozen=True, slots=True)
class Fraction:
    """One thing over another."""

    top: Layout
    bottom: Layout


@dataclass(frozen=True, slots=True)
class Big:
    """A sum or a maximum over what is written under it."""

    sign: str
    under: Layout


@dataclass(frozen=True, slots=True)
class Fence:
    """Something in brackets."""

    left: str
    body: Layout
    right: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Entries in rows and columns, in square brackets."""

    rows: tuple[tuple[Layout, ...], ...]


@dataclass(frozen=True, slots=True)
class Break:
    """Where a long line may be broken."""


Layout: TypeAlias = Union[Name, Number, Sign, Row, Script, Fraction, Big, Fence, Matrix, Break]

EQUALS, PLUS, MINUS = Sign("=", "rel"), Sign("+", "bin"), Sign("−", "bin")
LESS, AT_MOST, AT_LEAST = Sign("<", "rel"), Sign("≤", "rel"), Sign("≥", "rel")
DEL = Name("∂")
DIRECT = Script(DEL, sup=Sign("+"))
COMMA = Sign(",", "mark")
BREAK = Break()
INDENT = Sign("\u2003")
"""What a line starts with that goes on with the one before."""

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
"""Names of Greek letters, which are shown as the letters."""


@functools.lru_cache(maxsize=4096)
def name(text: str, bold: bool = False) -> Name:
    """A name as mathematics writes it: `s_h` with a subscript, `delta` as δ, `u'` with a prime."""
    stem = text.rstrip("'")
    primes = len(text) - len(stem)
    head, _, sub = stem.partition("_")
    if not head:
        head, sub = stem, ""
    head = GREEK.get(head, head)
    return Name(head, GREEK.get(sub, sub), primes, bold, upright=len(head) > 1)


def row(*items: Layout) -> Layout:
    """Things side by side, rows inside it dissolved."""
    flat: list[Layout] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Row) else (item,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def separated(items: Iterable[Layout], by: Layout = COMMA) -> Layout:
    """Things with a separator between them."""
    found: list[Layout] = []
    for item in items:
        if found:
            found.append(by)
        found.append(item)
    return row(*found) if found else Row(())


def width(layout: Layout, small: bool = False) -> float:
    """Roughly how wide it is, in letters; `small` is how signs are set in a subscript, without space."""
    match layout:
        case Name(text, sub, primes, bold, upright):
            return len(text) * (1.25 if bold else 1.0 if upright else 1.1) + 0.75 * len(sub) + 0.4 * primes
        case Number(text):
            return 0.95 * len(text)
        case Sign("\u2009" | "\u2003" as space):
            return 0.3 if space == "\u2009" else 1.8
        case Sign(_, role):
            return (1.4 if small else 2.6) if role in ("rel", "bin") else 0.55 if small else 1.0
        case Row(items):
            return sum(width(item, small) for item in items)
        case Script(base, sub, sup):
            scripts = [width(script, True) for script in (sub, sup) if script is not None]
            return width(base, small) + 0.75 * max(scripts, default=0.0)
        case Fraction(top, bottom):
            return max(width(top, small), width(bottom, small)) + 0.9
        case Big(_, under):
            return max(2.2, 0.75 * width(under, True)) + 0.6
        case Fence(_, body, _):
            return width(body, small) + (2.4 if tall(body) else 1.2)
        case Matrix(rows):
            columns = zip(*rows, strict=True)
            return sum(max(width(item) for item in column) + 1.8 for column in columns) + 1
        case Break():
            return 0.0
    raise AssertionError(f"unknown layout {layout!r}")


WIDE = 0.7
"""How much of a line brackets or a fraction may take."""


def broken(
    layout: Layout, room: float, first: float | None = None, measure: Callable[[Layout], float] = width
) -> list[Layout]:
    """A row cut into lines at its breaks so that each fits the room, where breaks allow it."""
    lines: list[list[Layout]] = [[]]
    used, room_here = 0.0, room if first is None else first
    for piece in _pieces(_opened(layout, room)):
        size = sum(map(measure, piece))
        if lines[-1] and used + size > room_here:
            lines.append([])
            used, room_here = 0.0, room
            if isinstance(piece[0], Sign) and piece[0].text == "\u2009":
                piece = piece[1:]
        lines[-1] += [*([BREAK] if lines[-1] else []), *piece]  # another printer may break elsewhere
        used += size
    return [row(*line) for line in lines if line]


def _opened(layout: Layout, room: float) -> Layout:
    """Brackets and fractions too wide for a line as signs with what is inside: a line may end in them."""
    items = layout.items if isinstance(layout, Row) else (layout,)
    return row(*(piece for item in items for piece in _apart(item, room)))


def _apart(item: Layout, room: float) -> Iterator[Layout]:
    if width(item) <= room * WIDE:
        yield item
        return
    match item:
        case Fence(left, body, right) if _has_break(body):
            yield from (Sign(left), _opened(body, room), Sign(right))
        case Script(Fence(left, body, right), sub, sup) if _has_break(body):
            yield from (Sign(left), _opened(body, room), Script(Sign(right), sub, sup))
        case Script(Row((function, Fence(left, body, right))), sub, sup) if _has_break(body):
            yield from (function, Sign(left), _opened(body, room), Script(Sign(right), sub, sup))
        case Fraction(top, bottom) if width(bottom) <= room * WIDE:
            yield from (Fraction(Number("1"), bottom), BREAK, Sign("\u2009"))
            yield from _apart(Fence("(", top, ")"), room)
        case _:
            yield item


def _has_break(layout: Layout) -> bool:
    if isinstance(layout, Fraction):
        return _has_break(layout.top)
    return isinstance(layout, Row) and any(isinstance(item, Break) for item in layout.items)


def _pieces(layout: Layout) -> Iterator[list[Layout]]:
    """What lies between the breaks of a row."""
    piece: list[Layout] = []
    for item in layout.items if isinstance(layout, Row) else (layout,):
        if isinstance(item, Break):
            yield piece
            piece = []
        else:
            piece.append(item)
    yield piece


def mapped(layout: Layout, change: Callable[[Name], Name]) -> Layout:
    """The same with every name changed."""

    def go(item: Layout) -> Layout:
        match item:
            case Name():
                return change(item)
            case Row(items):
                return Row(tuple(map(go, items)))
            case Script(base, sub, sup):
                return Script(go(base), None if sub is None else go(sub), None if sup is None else go(sup))
            case Fraction(top, bottom):
                return Fraction(go(top), go(bottom))
            case Big(sign, under):
                return Big(sign, go(under))
            case Fence(left, body, right):
                return Fence(left, go(body), right)
            case Matrix(rows):
                return Matrix(tuple(tuple(map(go, line)) for line in rows))
            case _:
                return item

    return go(layout)


def characters(layout: Layout) -> Iterator[str]:
    """Every piece of text in it, to see whether a font has it."""
    match layout:
        case Name(text, sub):
            yield from (text, sub)
        case Number(text) | Sign(text):
            yield text
        case Row(items):
            for item in items:
                yield from characters(item)
        case Script(base, sub, sup):
            for part in (base, sub, sup):
                if part is not None:
                    yield from characters(part)
        case Fraction(top, bottom):
            yield from characters(top)
            yield from characters(bottom)
        case Big(sign, under):
            yield sign
            yield from characters(under)
        case Fence(left, body, right):
            yield left + right
            yield from characters(body)
        case Matrix(rows):
            for line in rows:
                for item in line:
                    yield from characters(item)
        case Break():
            return


def tall(layout: Layout) -> bool:
    """Whether it is higher than a line, so that brackets around it grow."""
    match layout:
        case Fraction() | Matrix() | Big():
            return True
        case Row(items):
            return any(map(tall, items))
        case Script(base, _, _):
            return tall(base)
        case Fence(_, body, _):
            return tall(body)
        case _:
            return False


def vector(items: Sequence[Layout]) -> Layout:
    """Several in brackets, or the one by itself."""
    return items[0] if len(items) == 1 else Fence("(", separated(items), ")")
