"""PDF by Typst, offline: fonts come with the `typst` package and, for Chinese, with this one."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

from symgrad.errors import MissingExtra, SymgradError
from symgrad.explain.document import Document, texts
from symgrad.explain.fonts import HERE as FONTS

_BEYOND_LATIN = "ΩαβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΥΦΨ" + "∂ℝ∈×⋆∗⊙∑−≤≥≠⌊⌋′″…·½²°⊗–—‘’“”→↦∎\u2009\u2003\u200b"


def pdf(told: Document) -> bytes:
    """A document as PDF.

    Raises MissingExtra if Typst is not installed, and SymgradError for a character that no font has:
    Typst itself would print an empty box and say nothing.
    """
    try:
        import typst
    except ImportError:
        raise MissingExtra("PDF", "pdf") from None
    from symgrad.explain.typst import document

    missing = sorted(uncovered(text for block in told.blocks for text in texts(block)))
    if missing:
        shown = ", ".join(f"{c} (U+{ord(c):04X})" for c in missing[:8])
        raise SymgradError(f"the fonts for PDF have no glyph for {shown}; print as HTML or LaTeX instead")
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    try:  # without tags, which would make it three times as large and have no words for formulas
        return typst.compile(document(told).encode(), font_paths=fonts, format="pdf", pdf_tags=False)
    except typst.TypstError as problem:
        raise SymgradError(f"Typst could not set the document: {problem}") from None


def uncovered(pieces: Iterable[str]) -> set[str]:
    """The characters that no font of the PDF has."""
    known = covered()
    return {c for text in pieces for c in text if c not in known and not c.isspace()}


@functools.cache
def covered() -> frozenset[str]:
    """The characters that the fonts have: Latin, what formulas need, and the subset of Chinese."""
    latin = {chr(code) for code in range(0x20, 0x180) if unicodedata.category(chr(code)) != "Cc"}
    chinese = (FONTS / "characters.txt").read_text(encoding="utf-8")
    return frozenset(latin | set(_BEYOND_LATIN) | set(chinese) - {"\n"})
