"""One HTML file with native MathML: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from symgrad.explain import mathml, svg
from symgrad.explain.document import Block, Box, Code, Display, Document, Figure, Heading, Inline, Paragraph

STYLE = """
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.5 Georgia, serif; }
body:lang(zh) { font-family: "Songti SC", "Noto Serif CJK SC", SimSun, serif; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; }
.box { margin: 1rem 0; padding: 0.2rem 1rem; border-left: 3px solid #888; }
.box.theorem { background: #f4f4f4; } .box.counterexample { background: #fff4f2; border-color: #c33; }
.label { font-weight: bold; } .small { font-size: 92%; } .qed { text-align: right; margin: 0; }
.display { overflow-x: auto; overflow-y: hidden; margin: 0.4rem 0; padding: 0.2rem 0; }
math { font-family: "Latin Modern Math", "STIX Two Math", "Cambria Math", math; }
mtable.aligned > mtr > mtd { padding: 0.2em 0; }
mtable.aligned > mtr > mtd:nth-child(odd):not(:first-child) { padding-left: 2.5em; }
figure { margin: 1rem 0; text-align: center; } figcaption { font-size: 0.9rem; }
pre { overflow-x: auto; background: #f4f4f4; padding: 0.5rem; font-size: 0.85rem; }
"""


def document(told: Document) -> str:
    """A page that stands by itself."""
    title = escape(told.title)
    return (
        f'<!doctype html>\n<html lang="{told.lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body(told.blocks)}\n</body>\n</html>\n"
    )


def fragment(told: Document) -> str:
    """The same as a part of a page, such as a notebook's."""
    return (
        f'<div lang="{told.lang}"><style>{STYLE.replace("body", ".symgrad")}</style>{body(told.blocks)}</div>'
    )


def body(blocks: Sequence[Block]) -> str:
    """Blocks as elements."""
    return "\n".join(line for block in blocks for line in _block(block))


def inline(parts: Inline) -> str:
    """Text with formulas."""
    return "".join(escape(part) if isinstance(part, str) else mathml.inline(part) for part in parts)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, text, anchor):
            mark = f' id="{escape(anchor)}"' if anchor else ""
            yield f"<h{level}{mark}>{inline(text)}</h{level}>"
        case Paragraph(text, lead):
            start = f'<span class="label">{escape(lead)}</span> ' if lead else ""
            yield f"<p>{start}{inline(text)}</p>"
        case Display():
            yield f'<div class="display">{mathml.display(block.cells())}</div>'
        case Figure(_, caption):
            yield f"<figure>{svg.picture(block)}<figcaption>{inline(caption)}</figcaption></figure>"
        case Code(text, _):
            yield f"<pre><code>{escape(text)}</code></pre>"
        case Box(kind, label, title, blocks, small):
            shown = f" ({inline(title)})" if title else ""
            named = f"box {kind} small" if small else f"box {kind}"
            yield f'<div class="{named}"><h2 class="label">{escape(label)}{shown}</h2>'
            yield body(blocks)
            if kind == "proof":
                yield '<p class="qed">∎</p>'
            yield "</div>"
