"""Figures as SVG, inside a page."""

from __future__ import annotations

from html import escape

from symgrad.explain.document import Figure, Grid
from symgrad.explain.layout import Layout
from symgrad.explain.unicode import superscripts_and_subscripts

CELL = 46
GAP = 40


def picture(figure: Figure) -> str:
    """Grids side by side; squares with the same number are multiplied."""
    tallest = max(len(grid.rows) for grid in figure.grids)
    wide = sum(len(grid.rows[0]) for grid in figure.grids) * CELL + GAP * (len(figure.grids) - 1)
    height = tallest * CELL + 30
    size = f'viewBox="-1 -1 {wide + 2} {height + 2}" width="{wide + 2}" height="{height + 2}"'
    start = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="serif" font-size="15">'
    parts = [start]
    left = 0
    for grid in figure.grids:
        top = 26 + (tallest - len(grid.rows)) * CELL // 2
        parts += _grid(grid, left, top)
        left += len(grid.rows[0]) * CELL + GAP
    return "".join([*parts, "</svg>"])


def _grid(grid: Grid, left: int, top: int) -> list[str]:
    centre = left + len(grid.rows[0]) * CELL / 2
    found = [f'<text x="{centre:g}" y="{top - 8}" text-anchor="middle">{_text(grid.title)}</text>']
    for i, line in enumerate(grid.rows):
        for j, cell in enumerate(line):
            x, y = left + j * CELL, top + i * CELL
            fill = "#bbb" if cell.shaded else "#eee" if cell.marks else "#fff"
            middle = f'x="{x + CELL / 2:g}" y="{y + CELL / 2 + 3:g}" text-anchor="middle"'
            found.append(
                f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{fill}" stroke="#333"/>'
            )
            found.append(f"<text {middle}>{_text(cell.text)}</text>")
            if cell.marks:
                marks = ",".join(map(str, cell.marks))
                found.append(
                    f'<text x="{x + CELL - 3}" y="{y + CELL - 4}" text-anchor="end" font-size="11" '
                    f'font-weight="bold" font-family="sans-serif">{marks}</text>'
                )
    return found


def _text(layout: Layout) -> str:
    """A short formula in one line of SVG text."""
    pieces = []
    for text, level in superscripts_and_subscripts(layout):
        shown = escape(text)
        if level:
            shift = 4 if level < 0 else -5
            shown = f'<tspan dy="{shift}" font-size="11">{shown}</tspan><tspan dy="{-shift}">\u200b</tspan>'
        pieces.append(shown)
    return "".join(pieces)
