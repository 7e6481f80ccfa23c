"""Markdown with formulas between dollars, as GitHub and notebooks show it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symgrad.explain import latex, unicode
from symgrad.explain.document import Block, Box, Code, Display, Document, Figure, Heading, Inline, Paragraph


def document(told: Document) -> str:
    """A document as Markdown."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_blocks(told.blocks))).strip() + "\n"


def notebook(told: Document) -> str:
    """The same with `$…$` and `$$…$$`, which notebooks and most programs but GitHub read."""
    plain = re.sub(r"\$`([^`]*)`\$", r"$\1$", document(told))
    return re.sub(r"```math\n(.*?)\n```", r"$$\n\1\n$$", plain, flags=re.DOTALL)


def _blocks(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def inline(parts: Inline) -> str:
    """Text with formulas. GitHub takes $`…`$ literally, so that `_` and `*` in it are not emphasis."""
    return "".join(_escaped(p) if isinstance(p, str) else f"$`{latex.math(p).strip()}`$" for p in parts)


def _escaped(text: str) -> str:
    return re.sub(r"([\\*_`\[\]<>#$])", r"\\\1", text)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, text):
            yield ""
            yield f"{'#' * level} {inline(text)}"
            yield ""
        case Paragraph(text, lead):
            yield ""
            yield (f"**{_escaped(lead)}** " if lead else "") + inline(text)
            yield ""
        case Display():
            yield ""
            yield "```math"
            yield r"\begin{aligned}"
            yield " \\\\\n".join(latex.rows(block))
            yield r"\end{aligned}"
            yield "```"
            yield ""
        case Figure():
            yield ""
            yield "```text"
            yield from unicode.figure(block)
            yield "```"
            yield ""
            yield inline(block.caption)
            yield ""
        case Code(text, language):
            yield ""
            yield f"```{language}"
            yield text
            yield "```"
            yield ""
        case Box(kind, label, title, blocks):
            yield ""
            yield f"## {_escaped(label)}{f' ({inline(title)})' if title else ''}"
            yield from _blocks(blocks)
            if kind == "proof":
                yield ""
                yield "∎"
                yield ""
