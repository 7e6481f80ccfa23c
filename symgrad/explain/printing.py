"""What can be printed in every format: proofs and counterexample reports."""

from __future__ import annotations

from abc import ABC, abstractmethod

from symgrad.explain.document import Document

FORMATS = ("text", "markdown", "latex", "html", "typst", "pdf")


class Printable(ABC):
    """Something told as a document in English (`lang="en"`) or Chinese (`lang="zh"`).

    A notebook shows it as it is.
    """

    @abstractmethod
    def document(self, lang: str = "en") -> Document:
        """It as a document. Raises SymgradError for a language that is not known."""

    def latex(self, lang: str = "en") -> str:
        """A LaTeX document, for pdflatex in English and xelatex in Chinese."""
        from symgrad.explain import latex

        return latex.document(self.document(lang))

    def markdown(self, lang: str = "en") -> str:
        """Markdown with formulas that GitHub and notebooks show."""
        from symgrad.explain import markdown

        return markdown.document(self.document(lang))

    def html(self, lang: str = "en") -> str:
        """One HTML file with native MathML, without scripts."""
        from symgrad.explain import html

        return html.document(self.document(lang))

    def text(self, lang: str = "en") -> str:
        """Plain text in Unicode."""
        from symgrad.explain import unicode

        return unicode.document(self.document(lang))

    def typst(self, lang: str = "en") -> str:
        """A Typst document."""
        from symgrad.explain import typst

        return typst.document(self.document(lang))

    def pdf(self, lang: str = "en") -> bytes:
        """A PDF made by Typst. Raises MissingExtra where the extra `pdf` is not installed."""
        from symgrad.explain.pdf import pdf

        return pdf(self.document(lang))

    def __str__(self) -> str:
        return self.text()

    def _repr_latex_(self) -> str:
        from symgrad.explain import latex

        return latex.body(self.document().blocks)

    def _repr_html_(self) -> str:
        from symgrad.explain import html

        return html.fragment(self.document())

    def _repr_markdown_(self) -> str:
        return self.markdown()
