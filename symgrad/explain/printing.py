"""What can be printed in every format: proofs and counterexample reports."""

from __future__ import annotations

from abc import ABC, abstractmethod

from symgrad.errors import SymgradError
from symgrad.explain.document import Document

SUFFIXES = {
    "text": "txt",
    "markdown": "md",
    "latex": "tex",
    "html": "html",
    "typst": "typ",
    "pdf": "pdf",
}
"""The formats, and how the names of their files end."""


def printed(told: Document, form: str) -> bytes:
    """A document in one of the formats. Raises SymgradError for a format that is not known."""
    if form == "pdf":
        from symgrad.explain.pdf import pdf

        return pdf(told)
    return _text(told, form).encode()


def _text(told: Document, form: str) -> str:
    from symgrad.explain import html, latex, markdown, typst, unicode

    match form:
        case "text":
            return unicode.document(told)
        case "markdown":
            return markdown.document(told)
        case "latex":
            return latex.document(told)
        case "html":
            return html.document(told)
        case "typst":
            return typst.document(told)
    raise SymgradError(f"there is no format {form!r}; there are {', '.join(SUFFIXES)}")


class Printable(ABC):
    """Something told as a document in English (`lang="en"`) or Chinese (`lang="zh"`).

    A notebook shows it as it is.
    """

    @abstractmethod
    def document(self, lang: str = "en") -> Document:
        """It as a document. Raises SymgradError for a language that is not known."""

    def latex(self, lang: str = "en") -> str:
        """A LaTeX document, for pdflatex in English and xelatex in Chinese."""
        return _text(self.document(lang), "latex")

    def markdown(self, lang: str = "en") -> str:
        """Markdown with formulas that GitHub and notebooks show."""
        return _text(self.document(lang), "markdown")

    def html(self, lang: str = "en") -> str:
        """One HTML file with native MathML, without scripts."""
        return _text(self.document(lang), "html")

    def text(self, lang: str = "en") -> str:
        """Plain text in Unicode."""
        return _text(self.document(lang), "text")

    def typst(self, lang: str = "en") -> str:
        """A Typst document."""
        return _text(self.document(lang), "typst")

    def pdf(self, lang: str = "en") -> bytes:
        """A PDF made by Typst. Raises MissingExtra where the extra `pdf` is not installed."""
        return printed(self.document(lang), "pdf")

    def __str__(self) -> str:
        return self.text()

    def _repr_latex_(self) -> str:
        from symgrad.explain import latex

        return latex.body(self.document().blocks)

    def _repr_html_(self) -> str:
        from symgrad.explain import html

        return html.fragment(self.document())

    def _repr_markdown_(self) -> str:
        from symgrad.explain import markdown

        return markdown.notebook(self.document())
