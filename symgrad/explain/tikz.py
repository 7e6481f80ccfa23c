"""Figures as TikZ pictures."""

from __future__ import annotations

from collections.abc import Iterator

from symgrad.explain.document import Figure
from symgrad.explain.latex import inline, math

CELL = 1.15
"""The side of a square, in centimetres,"""
PAGE = 16.8
"""smaller where the whole would be wider than this."""
GAP = 1.2
"""What is between two grids, in squares."""


def picture(figure: Figure) -> Iterator[str]:
    """Grids side by side, with the numbers of the products in the corners of the squares."""
    yield r"\begin{center}"
    across = sum(len(grid.rows[0]) + GAP for grid in figure.grids) - GAP
    side = min(CELL, round(PAGE / across, 2))
    yield rf"\begin{{tikzpicture}}[x={side}cm,y={side}cm,font=\small]"
    left = 0.0
    tallest = max(len(grid.rows) for grid in figure.grids)
    for grid in figure.grids:
        wide = len(grid.rows[0])
        top = (tallest + len(grid.rows)) / 2
        yield rf"\node[anchor=south] at ({left + wide / 2:g},{top + 0.1:g}) {{${math(grid.title)}$}};"
        for i, line in enumerate(grid.rows):
            for j, cell in enumerate(line):
                x, y = left + j, top - i - 1
                fill = "black!25" if cell.shaded else "black!8" if cell.marks else "white"
                yield rf"\draw[fill={fill}] ({x:g},{y:g}) rectangle ({x + 1:g},{y + 1:g});"
                yield rf"\node at ({x + 0.5:g},{y + 0.58:g}) {{${math(cell.text)}$}};"
                if cell.marks:
                    marks = ",".join(map(str, cell.marks))
                    style = r"anchor=south east,inner sep=1pt,font=\scriptsize\bfseries"
                    yield rf"\node[{style}] at ({x + 0.96:g},{y + 0.06:g}) {{{marks}}};"
        left += wide + GAP
    yield r"\end{tikzpicture}\par\smallskip"
    yield rf"{{\small {inline(figure.caption)}}}"
    yield r"\end{center}"
