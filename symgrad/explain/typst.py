"""Typst markup, which the `typst` package turns into a PDF with no TeX on the machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symgrad.explain.document import Block, Box, Code, Display, Document, Figure, Heading, Inline, Paragraph
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

_SIGNS = {
    "\u2009": "thin", "\u2003": "quad", "/": "\\/", "∗": "ast.op", "⋆": "star.op", ",": "comma",
    "(": "paren.l", ")": "paren.r", "[": "bracket.l", "]": "bracket.r",
}  # fmt: skip
_BRACKETS = {"(": "paren.l", ")": "paren.r", "[": "bracket.l", "]": "bracket.r", "⌊": "⌊", "⌋": "⌋", "‖": "‖"}
"""Signs that Typst would read as something else, such as a comma, which ends an argument; the others are
themselves."""


def math(layout: Layout) -> str:
    """A formula, without the dollars. Every piece is apart from the next, so that none runs together."""
    match layout:
        case Name():
            return _name(layout)
        case Number(text):
            return f'"{text}"' if not text.replace(".", "").isdigit() else text
        case Sign(text, _):
            return _SIGNS.get(text, text)
        case Row(items):
            return " ".join(piece for piece in map(math, items) if piece)
        case Script(base, sub, sup):
            text = f"attach({_one(base)}"
            text += f", b: {_one(sub)}" if sub is not None else ""
            return text + (f", t: {_one(sup)})" if sup is not None else ")")
        case Fraction(top, bottom):
            return f"frac({_one(top)}, {_one(bottom)})"
        case Big("max", under):
            return f'attach(limits(op("max")), b: {_one(under)})'
        case Big(_, under):
            return f"attach(limits(sum), b: {_one(under)})"
        case Fence(left, body, right):
            inside = f"{_BRACKETS[left]} {math(body)} {_BRACKETS[right]}"
            return f"lr({inside})" if tall(body) else inside
        case Matrix(rows):
            lines = "; ".join(", ".join(_one(item) for item in line) for line in rows)
            return f'mat(delim: "[", {lines})'
        case Break():
            return ""
    raise AssertionError(f"unknown layout {layout!r}")


def _one(layout: Layout) -> str:
    """A formula as one argument of a function; an empty one is still an argument."""
    return math(layout) or '""'


def _name(shown: Name) -> str:
    text = shown.text
    core = f'op("{text}")' if shown.upright else f'"{text}"' if len(text) > 1 else text
    if shown.bold:
        core = f"bold(upright({core}))"
    core += "'" * shown.primes
    if shown.sub:
        sub = shown.sub if len(shown.sub) == 1 else f'"{shown.sub}"'
        core = f"attach({core}, b: {sub})"
    return core


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def escaped(text: str) -> str:
    """Text outside formulas."""
    return "".join(f"\\{c}" if c in "\\#$*_`<>@[]=-+/~'\"" else c for c in text)


def inline(parts: Inline) -> str:
    """Text with formulas between dollars."""
    return "".join(escaped(part) if isinstance(part, str) else f"${math(part)}$" for part in parts)


# -- blocks ---------------------------------------------------------------------------------------


def body(blocks: Sequence[Block]) -> str:
    """Blocks without the settings of a page."""
    return "\n".join(line for block in blocks for line in _block(block))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, text):
            yield f"{'=' * level} {inline(text)}"
            yield ""
        case Paragraph(text, lead):
            yield (f"*{escaped(lead)}* " if lead else "") + inline(text)
            yield ""
        case Display():
            lines = [" & ".join(_cell(place, c) for place, c in enumerate(line)) for line in block.cells()]
            joined = " \\\n  ".join(lines)
            yield f"$ {joined} $"
            yield ""
        case Figure(_, caption):
            yield "#block(breakable: false, width: 100%)["
            yield _figure(block)
            yield f"#align(center)[#text(size: 0.9em)[{inline(caption)}]]"
            yield "]"
            yield ""
        case Code(text, _):
            yield f"#raw(block: true, {_quoted(text).replace(chr(10), chr(92) + 'n')})"
            yield ""
        case Box(kind, label, title, blocks, small):
            shown = f" ({inline(title)})" if title else ""
            fill = {"theorem": 'rgb("f4f4f4")', "counterexample": 'rgb("fff1ee")'}.get(kind, "none")
            yield f"#block(width: 100%, inset: (x: 6pt, y: 5pt), fill: {fill})["
            if small:
                yield "#set text(size: 0.9em)"
            yield f"*{escaped(label)}*{shown}*.*"
            yield body(blocks)
            if kind == "proof":
                yield "#align(right)[$qed$]"
            yield "]"


def _cell(place: int, cell: Layout | None) -> str:
    """A cell of aligned equations; the second of two equations in a line is kept apart from the first."""
    space = "#h(2em) " if place and place % 2 == 0 else ""
    return space + ("" if cell is None else math(cell))


def _figure(figure: Figure) -> str:
    columns = []
    for grid in figure.grids:
        cells = []
        for line in grid.rows:
            for cell in line:
                fill = "luma(190)" if cell.shaded else "luma(236)" if cell.marks else "white"
                marks = ",".join(map(str, cell.marks))
                corner = (
                    f'#place(bottom + right, dx: 3pt, dy: 3pt)[#text(size: 7pt, weight: "bold")[{marks}]]'
                )
                inside = f"#align(center + horizon)[${math(cell.text)}$]{corner if marks else ''}"
                cells.append(
                    f"rect(width: 34pt, height: 34pt, inset: 4pt, stroke: 0.5pt, fill: {fill})[{inside}]"
                )
        table = f"grid(columns: {len(grid.rows[0])}, {', '.join(cells)})"
        columns.append(f"align(center)[${math(grid.title)}$ #v(-4pt) #{table}]")
    inside = ", ".join(columns)
    settings = f"columns: {len(columns)}, column-gutter: 24pt, align: horizon"
    return f"#align(center, grid({settings}, {inside}))"


_SETTINGS = """#set page(paper: "a4", margin: 20mm, numbering: "1")
#set text(size: 10pt, lang: "{lang}", font: {fonts})
#set par(justify: true, leading: 0.6em, spacing: 0.75em)
#set math.equation(numbering: none)
#show math.equation.where(block: true): set block(breakable: true, above: 0.7em, below: 0.7em)
#show heading.where(level: 1): set text(size: 14pt)
"""


def document(told: Document) -> str:
    """A document that compiles by itself."""
    fonts = '("New Computer Modern", "Noto Serif CJK SC")' if told.lang == "zh" else '"New Computer Modern"'
    text = _SETTINGS.replace("{lang}", told.lang).replace("{fonts}", fonts)
    text += f"#set document(title: {_quoted(told.title)}, date: none)\n\n"
    if told.contents:
        text += f"#align(center)[#text(size: 18pt)[{escaped(told.title)}]]\n\n"
        text += body(told.blocks[:1]) + "\n#outline(title: none)\n"
        return text + "\n#pagebreak()\n" + body(told.blocks[1:]) + "\n"
    return text + body(told.blocks) + "\n"
