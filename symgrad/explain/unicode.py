"""Plain text in Unicode: formulas on one line, for the terminal."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from symgrad.explain.document import (
    Block,
    Box,
    Code,
    Display,
    Document,
    Equation,
    Figure,
    Heading,
    Inline,
    Paragraph,
    formula_names,
    renamed,
)
from symgrad.explain.layout import (
    BREAK,
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
    broken,
    row,
)
from symgrad.explain.mathml import bold

WIDTH = 96
_SUB = dict(zip("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_SUP = dict(zip("0123456789-−+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺", strict=True))


def math(layout: Layout) -> str:
    """A formula on one line: `Σ_{i,u} a[n, i, y + u]·W[j, i, u]`."""
    match layout:
        case Name(text, sub, primes, strong, _):
            shown = (bold(text) if strong else text) + (f"_{sub}" if sub else "")
            return shown + "′" * primes
        case Number(text):
            return text
        case Sign(text, role):
            if role in ("rel", "bin"):
                return f" {text} "
            return ", " if role == "mark" else "·" if text == "\u2009" else text
        case Row(items):
            return _row(items)
        case Script(base, sub, sup):
            return _script(base, sub, sup)
        case Fraction(top, bottom):
            return f"{_operand(top)}/{_operand(bottom)}"
        case Big(sign, under):
            return f"{'max' if sign == 'max' else 'Σ'}_{{{math(under).replace(', ', ',')}}} "
        case Fence(left, body, right):
            return f"{left}{math(body)}{right}"
        case Matrix(rows):
            return f"[{'; '.join(' '.join(map(math, line)) for line in rows)}]"
        case Break():
            return ""
    raise AssertionError(f"unknown layout {layout!r}")


def _row(items: Sequence[Layout]) -> str:
    text = ""
    for item in items:
        piece = math(item)
        # names side by side are multiplied
        if (
            text
            and isinstance(item, (Name, Script, Number, Fraction))
            and (text[-1].isalnum() or text[-1] in "′]}")
        ):
            follows_del = text[-1] == "∂"
            text += "" if follows_del else "·"
        if (
            text
            and isinstance(item, Fence)
            and item.left == "["
            and (text[-1].isalnum() or text[-1] in "′])}")
        ):
            text += "·"
        text += piece
    return text


def _script(base: Layout, sub: Layout | None, sup: Layout | None) -> str:
    if sub is not None and isinstance(sup, Number):
        return _script(Name(_script(base, sub, None)), None, sup)  # a power is that of the entry
    text = math(base)
    if sup is not None:
        raised = math(sup)
        small = "".join(_SUP.get(character, "?") for character in raised)
        text += small if "?" not in small else f"^{raised}" if raised.isalnum() else f"^({raised})"
    if sub is None:
        return text
    lowered = math(sub)
    if isinstance(sub, (Row, Number)) and lowered.isdigit():
        return text + "".join(_SUB[character] for character in lowered)
    if isinstance(sub, Row) and all(isinstance(item, Number) for item in sub.items):
        return text + "".join(_SUB[character] for item in sub.items for character in math(item))
    return f"{text}[{lowered}]"


def _operand(layout: Layout) -> str:
    text = math(layout)
    simple = isinstance(layout, (Name, Number, Fence, Script)) or text.startswith("∂")
    if isinstance(layout, Row) and len(layout.items) == 2:
        simple = simple or (isinstance(layout.items[0], Name) and isinstance(layout.items[1], Fence))
    return text if simple else f"({text})"


def superscripts_and_subscripts(layout: Layout, level: int = 0) -> Iterator[tuple[str, int]]:
    """A short formula as pieces of text, each raised (1), lowered (-1) or on the line (0)."""
    match layout:
        case Script(base, sub, sup):
            yield from superscripts_and_subscripts(base, level)
            if sup is not None:
                yield math(sup), 1
            if sub is not None:
                items = sub.items if isinstance(sub, Row) else (sub,)
                yield "".join(math(item).strip() for item in items), -1
        case Row(items):
            for item in items:
                yield from superscripts_and_subscripts(item, level)
        case _:
            yield math(layout), level


# -- blocks ---------------------------------------------------------------------------------------


def inline(parts: Inline) -> str:
    """Text with formulas in it."""
    return "".join(part if isinstance(part, str) else math(part).strip() for part in parts)


def document(told: Document) -> str:
    """A document as text of at most about 96 columns."""
    return "\n".join(_blocks(_plainly(told.blocks))).strip() + "\n"


def _plainly(blocks: Sequence[Block]) -> Sequence[Block]:
    """Bold letters made plain where nothing else has the letter, as terminals show them better."""
    names = {name for block in blocks for name in formula_names(block)}
    plain = {name.text for name in names if not name.bold}

    def change(shown: Name) -> Name:
        return replace(shown, bold=shown.bold and shown.text in plain)

    return [renamed(block, change) for block in blocks]


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, text):
            shown = inline(text)
            yield ""
            yield shown
            yield ("=" if level == 1 else "-") * _columns(shown)
        case Paragraph(text, lead):
            yield ""
            yield from _wrapped(f"{lead} {inline(text)}".strip() if lead else inline(text))
        case Display(equations):
            for equation in equations:
                yield from _equation(equation)
        case Figure():
            yield ""
            yield from figure(block)
            yield ""
            yield from _wrapped(inline(block.caption))
        case Code(text):
            yield ""
            yield from (f"    {line}" for line in text.splitlines())
        case Box(kind, label, title, blocks):
            yield ""
            yield f"{label}{f' ({inline(title)})' if title else ''}"
            yield "-" * _columns(label)
            yield from _blocks(blocks)
            if kind == "proof":
                yield "∎"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


_CLOSING = "，。；：、）)];, "
_UNBROKEN = re.compile(f"(?:[\u2e80-\uffef]|[^\u2e80-\uffef ]+| )[{re.escape(_CLOSING)}]*")
"""Chinese may break after any character, but no line begins with a comma."""


def _wrapped(text: str) -> Iterator[str]:
    if _columns(text) == len(text):
        yield from textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        return
    line = ""
    for piece in _UNBROKEN.findall(text):
        if line and _columns(line + piece.rstrip(_CLOSING)) > WIDTH:
            yield line.rstrip()
            line = ""
        line += piece
    yield line


def _equation(equation: Equation) -> Iterator[str]:
    if any(_has_matrix(line) for line in equation.lines):
        yield from _with_matrices(equation)
        return
    left = math(equation.left).strip()
    whole = row(*(item for line in equation.lines for item in (BREAK, line)))
    first, *rest = broken(whole, WIDTH - 8, WIDTH - 4 - len(left), lambda item: len(math(item)))
    yield f"    {left}{math(first)}".rstrip()
    for line in rest:
        yield f"        {math(line).strip().lstrip('·')}"


def _has_matrix(layout: Layout) -> bool:
    match layout:
        case Matrix():
            return True
        case Row(items):
            return any(map(_has_matrix, items))
        case Fence(_, body, _):
            return _has_matrix(body)
        case Fraction(top, bottom):
            return _has_matrix(top) or _has_matrix(bottom)
        case Script(base, _, _):
            return _has_matrix(base)
        case _:
            return False


def _with_matrices(equation: Equation) -> Iterator[str]:
    """Matrices drawn over several lines, side by side."""
    for number, line in enumerate(equation.lines):
        lead: tuple[Layout, ...] = (equation.left,) if number == 0 else ()
        blocks = [block for item in (*lead, line) for block in _tall(item)]
        height = max(len(block) for block in blocks)
        rows = [""] * height
        for block in blocks:
            wide = max(map(_columns, block))
            above = (height - len(block)) // 2
            padded = [" " * wide] * above + [piece + " " * (wide - _columns(piece)) for piece in block]
            padded += [" " * wide] * (height - len(padded))
            rows = [left + right for left, right in zip(rows, padded, strict=True)]
        yield from (f"    {text}".rstrip() for text in rows)


def _tall(layout: Layout) -> Iterator[list[str]]:
    match layout:
        case Matrix(rows):
            cells = [[math(item).strip() for item in line] for line in rows]
            wide = [max(map(_columns, column)) for column in zip(*cells, strict=True)]
            lines = []
            for number, line in enumerate(cells):
                ends = (
                    "[]"
                    if len(cells) == 1
                    else "⎡⎤"
                    if number == 0
                    else "⎣⎦"
                    if number == len(cells) - 1
                    else "⎢⎥"
                )
                inside = "  ".join(
                    " " * (w - _columns(text)) + text for text, w in zip(line, wide, strict=True)
                )
                lines.append(f"{ends[0]} {inside} {ends[1]}")
            yield lines
        case Row(items):
            for item in items:
                yield from _tall(item)
        case Fence(left, body, right) if _has_matrix(body):
            yield [left]
            yield from _tall(body)
            yield [right]
        case Fraction(top, bottom) if _has_matrix(top):
            yield from _tall(top)
            yield [f" / {_operand(bottom)}"]
        case Script(base, _, sup) if _has_matrix(base) and sup is not None:
            yield from _tall(base)
            yield [f"^{math(sup)}"]
        case _:
            yield [math(layout)]


def figure(drawn: Figure) -> Iterator[str]:
    """Grids drawn with lines, the numbers of the products in brackets."""
    columns = []
    for grid in drawn.grids:
        texts = [[_cell(cell.text, cell.marks, cell.shaded) for cell in cells] for cells in grid.rows]
        wide = max(_columns(text) for shown in texts for text in shown)
        rules = ["─" * (wide + 2) for _ in texts[0]]
        lines = [f"┌{'┬'.join(rules)}┐"]
        for number, shown in enumerate(texts):
            if number:
                lines.append(f"├{'┼'.join(rules)}┤")
            lines.append("│" + "│".join(f" {text}{' ' * (wide - _columns(text))} " for text in shown) + "│")
        lines.append(f"└{'┴'.join(rules)}┘")
        columns.append([math(grid.title), *lines])
    height = max(map(len, columns))
    for number in range(height):
        line = ""
        for column in columns:
            wide = max(map(_columns, column))
            text = column[number] if number < len(column) else ""
            line += text + " " * (wide - _columns(text) + 3)
        yield f"    {line}".rstrip()


def _cell(text: Layout, marks: Sequence[int], shaded: bool) -> str:
    shown = math(text)
    if marks:
        shown += f" ({','.join(map(str, marks))})"
    return f"*{shown}*" if shaded else shown
