"""A document as blocks of text and formulas: what every printer prints, in whatever language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, Union

from symgrad.explain.layout import INDENT, Layout, Name, characters, mapped, row

Inline: TypeAlias = tuple[Union[str, Layout], ...]
"""Text and formulas in one line."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is that of a proof, 2 that of a part of it."""

    level: int
    text: Inline
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, with a bold lead if there is one."""

    text: Inline
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Equation:
    """One displayed equation: lines that start at its sign."""

    left: Layout
    lines: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class Display:
    """Displayed equations, aligned; `columns` of them side by side where each has one line."""

    equations: tuple[Equation, ...]
    columns: int = 1

    def cells(self) -> list[list[Layout | None]]:
        """Lines of pairs: a left side, and a sign with what follows."""
        if self.columns > 1:
            pairs = [[e.left, row(*e.lines)] for e in self.equations]
            lines = [pairs[n : n + self.columns] for n in range(0, len(pairs), self.columns)]
            return [[cell for pair in line for cell in pair] for line in lines]
        found: list[list[Layout | None]] = []
        for equation in self.equations:
            first, *rest = equation.lines
            found.append([equation.left, first])
            found += [[None, row(INDENT, line)] for line in rest]
        return found


@dataclass(frozen=True, slots=True)
class Cell:
    """An entry of a grid in a figure: what is written in it, and which numbered products it is in."""

    text: Layout
    marks: tuple[int, ...] = ()
    shaded: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix drawn as squares, with its name above."""

    title: Layout
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """Grids side by side: cells with the same number are multiplied with one another."""

    grids: tuple[Grid, ...]
    caption: Inline


@dataclass(frozen=True, slots=True)
class Code:
    """Text shown as it is, such as a formula to type or a graph."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A theorem, a proof, an example or a counterexample; a long one in `small` type."""

    kind: str
    label: str
    title: Inline
    blocks: tuple[Block, ...]
    small: bool = False


Block: TypeAlias = Union[Heading, Paragraph, Display, Figure, Code, Box]


@dataclass(frozen=True, slots=True)
class Document:
    """A title and blocks, in one language (`en` or `zh`)."""

    title: str
    lang: str
    blocks: tuple[Block, ...]
    contents: bool = field(default=False)


def renamed(block: Block, change: Callable[[Name], Name]) -> Block:
    """The same block with every name in its formulas changed."""

    def math(layout: Layout) -> Layout:
        return mapped(layout, change)

    def inline(parts: Inline) -> Inline:
        return tuple(part if isinstance(part, str) else math(part) for part in parts)

    match block:
        case Heading(level, text, anchor):
            return Heading(level, inline(text), anchor)
        case Paragraph(text, lead):
            return Paragraph(inline(text), lead)
        case Display(equations, columns):
            changed = tuple(Equation(math(e.left), tuple(map(math, e.lines))) for e in equations)
            return Display(changed, columns)
        case Figure(grids, caption):
            return Figure(tuple(_grid(grid, math) for grid in grids), inline(caption))
        case Box(kind, label, title, blocks):
            return Box(kind, label, inline(title), tuple(renamed(inner, change) for inner in blocks))
        case Code():
            return block


def _grid(grid: Grid, math: Callable[[Layout], Layout]) -> Grid:
    rows = tuple(tuple(Cell(math(c.text), c.marks, c.shaded) for c in line) for line in grid.rows)
    return Grid(math(grid.title), rows)


def formula_names(block: Block) -> set[Name]:
    """Every name in its formulas."""
    found: set[Name] = set()

    def note(shown: Name) -> Name:
        found.add(shown)
        return shown

    renamed(block, note)
    return found


def texts(block: Block) -> Iterator[str]:
    """Every piece of text of a block, formulas included."""

    def inline(parts: Inline) -> Iterator[str]:
        for part in parts:
            if isinstance(part, str):
                yield part
            else:
                yield from characters(part)

    match block:
        case Heading(_, text):
            yield from inline(text)
        case Paragraph(text, lead):
            yield lead
            yield from inline(text)
        case Display(equations):
            for equation in equations:
                yield from characters(equation.left)
                for line in equation.lines:
                    yield from characters(line)
        case Figure(grids, caption):
            yield from inline(caption)
            for grid in grids:
                yield from characters(grid.title)
                for cells in grid.rows:
                    for cell in cells:
                        yield from characters(cell.text)
        case Code(text):
            yield text
        case Box(_, label, title, blocks):
            yield label
            yield from inline(title)
            for inner in blocks:
                yield from texts(inner)
