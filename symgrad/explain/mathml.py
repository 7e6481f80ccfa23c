"""Formulas as MathML Core, which browsers show by themselves: no script, no fonts to fetch."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from symgrad.explain.layout import (
    Big,
    Break,
    Fence,
    Fraction,
    Layout,
    Matrix,
    Name,
    Number,
    Row,
    Script,
    Sign,
    tall,
)

_BOLD_LATIN = {"A": 0x1D400, "a": 0x1D41A}
_BOLD_GREEK = {"Α": 0x1D6A8, "α": 0x1D6C2}
_SLANTED_LATIN = {"A": 0x1D434, "a": 0x1D44E}
_SLANTED_GREEK = {"Α": 0x1D6E2, "α": 0x1D6FC}


def bold(text: str) -> str:
    """A letter as the bold mathematical letter, which needs no styling: 𝐖, 𝛅."""
    return _styled(text, _BOLD_LATIN, _BOLD_GREEK)


def slanted(text: str) -> str:
    """A letter as the italic mathematical letter: 𝑛, 𝜎."""
    return "ℎ" if text == "h" else _styled(text, _SLANTED_LATIN, _SLANTED_GREEK)


def _styled(text: str, latin: dict[str, int], greek: dict[str, int]) -> str:
    if len(text) != 1:
        return text
    for table, count in ((latin, 26), (greek, 25)):
        for first, start in table.items():
            offset = ord(text) - ord(first)
            if 0 <= offset < count:
                return chr(start + offset)
    return text


def math(layout: Layout) -> str:
    """A formula without the `<math>` around it."""
    match layout:
        case Name():
            return _name(layout)
        case Number(text):
            return f"<mn>{escape(text)}</mn>"
        case Sign(text, role):
            if text == "\u2009":
                return '<mspace width="0.17em"/>'
            if text == "\u2003":
                return '<mspace width="1em"/>'
            if role == "mark":
                return '<mo separator="true" lspace="0" rspace="0.17em">,</mo>'
            if text in "()[]":
                return f'<mo stretchy="false">{text}</mo>'
            return f"<mo>{escape(text)}</mo>"
        case Row(items):
            return f"<mrow>{''.join(map(math, items))}</mrow>"
        case Script(base, None, None):
            return math(base)
        case Script(base, sub, None) if sub is not None:
            return f"<msub>{math(base)}{math(sub)}</msub>"
        case Script(base, None, sup) if sup is not None:
            return f"<msup>{math(base)}{math(sup)}</msup>"
        case Script(base, sub, sup) if sub is not None and sup is not None:
            return f"<msubsup>{math(base)}{math(sub)}{math(sup)}</msubsup>"
        case Fraction(top, bottom):
            return f"<mfrac>{math(top)}{math(bottom)}</mfrac>"
        case Big("max", under):
            return f'<munder><mo movablelimits="false">max</mo>{math(under)}</munder><mspace width="0.17em"/>'
        case Big(sign, under):
            return f'<munder><mo movablelimits="false">{sign}</mo>{math(under)}</munder>'
        case Fence(left, body, right):
            grows = "true" if tall(body) else "false"
            before = f'<mo form="prefix" stretchy="{grows}">{escape(left)}</mo>'
            after = f'<mo form="postfix" stretchy="{grows}">{escape(right)}</mo>'
            return f"<mrow>{before}{math(body)}{after}</mrow>"
        case Matrix(rows):
            lines = "".join(
                f"<mtr>{''.join(f'<mtd>{math(item)}</mtd>' for item in line)}</mtr>" for line in rows
            )
            return f'<mrow><mo form="prefix">[</mo><mtable>{lines}</mtable><mo form="postfix">]</mo></mrow>'
        case Break():
            return ""
    raise AssertionError(f"unknown layout {layout!r}")


def _name(shown: Name) -> str:
    text = bold(shown.text) if shown.bold else shown.text
    if shown.primes and not shown.upright and not shown.bold:
        # a prime as a script of its own is too small to be seen, and two characters are set upright
        text = slanted(text) + "′" * shown.primes
        core = f"<mi>{escape(text)}</mi>"
        return f"<msub>{core}<mi>{escape(shown.sub)}</mi></msub>" if shown.sub else core
    plain = shown.upright or text in "∂ℝ" or (shown.bold and len(shown.text) == 1)
    style = ' mathvariant="normal"' if plain and len(text) == 1 else ""
    weight = ' style="font-weight:bold"' if shown.bold and text == shown.text else ""
    core = f"<mi{style}{weight}>{escape(text)}</mi>"
    prime = f"<mo>{'′' * shown.primes}</mo>"
    if shown.sub:
        sub = f"<mi>{escape(shown.sub)}</mi>"
        return f"<msubsup>{core}{sub}{prime}</msubsup>" if shown.primes else f"<msub>{core}{sub}</msub>"
    return f"<msup>{core}{prime}</msup>" if shown.primes else core


def inline(layout: Layout) -> str:
    """A formula within text."""
    return f"<math>{math(layout)}</math>"


def display(rows: Sequence[Sequence[Layout | None]]) -> str:
    """Aligned lines: pairs of a left side and what follows, a pair or several in a line."""
    lines = []
    for line in rows:
        cells = []
        for place, item in enumerate(line):
            side = "right" if place % 2 == 0 else "left"
            inner = "" if item is None else math(item)
            cells.append(f'<mtd style="text-align:{side};text-align:-webkit-{side}">{inner}</mtd>')
        lines.append(f"<mtr>{''.join(cells)}</mtr>")
    table = f'<mtable displaystyle="true" class="aligned">{"".join(lines)}</mtable>'
    return f'<math display="block">{table}</math>'
