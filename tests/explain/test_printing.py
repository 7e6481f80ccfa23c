"""Proofs and reports in every format, in both languages: complete, readable, and with nothing internal."""

import html.parser
import re
import sys

import pytest

import symgrad as sg
from symgrad.catalogue import rules
from symgrad.errors import MissingExtra
from symgrad.explain import fonts, pdf
from symgrad.explain.book import forgotten_rotation, together
from symgrad.explain.document import texts
from symgrad.explain.printing import SUFFIXES, printed
from symgrad.explain.words import LANGUAGES, word
from symgrad.network import Network

RULES = {rule.name: rule for rule in rules()}
TEXTS = [form for form in SUFFIXES if form != "pdf"]


@pytest.fixture(scope="module")
def book():
    """Everything there is to print, by name."""
    found = {name: rule.proof() for name, rule in RULES.items()}
    return found | {"counterexample": forgotten_rotation()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_proof_has_statement_steps_and_worked_example(book, lang):
    for name, proof in book.items():
        if name == "counterexample":
            continue
        shown = proof.text(lang)
        for part in ("theorem", "proof", "example"):
            assert word(lang, part) in shown, f"{name} has no {part}"
        assert RULES[name].source in " ".join(shown.split())


@pytest.mark.parametrize("form", TEXTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_internal_is_printed(book, lang, form):
    """No generated index such as i_17 or .0, no class name, no Python."""
    for name, proof in book.items():
        shown = getattr(proof, form)(lang)
        assert "None" not in shown, name
        assert not re.search(r"\b[a-z]_?\d{2,}\b", re.sub(r"rgb\(.*?\)|#[0-9a-f]+|<[^>]*>", "", shown)) or (
            form in ("latex", "html", "typst", "markdown")
        ), name
        for inside in ("Comprehension", "Indicator", "Symbol(", "Index(", "kept1", "object at"):
            assert inside not in shown, f"{name} says {inside}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_of_a_language_are_its_own(book, lang):
    """A Chinese proof has no English sentence, an English one no Chinese character."""
    for name, proof in book.items():
        for block in proof.document(lang).blocks:
            for text in texts(block):
                if name in RULES and text == RULES[name].source:
                    continue
                if lang == "en":
                    assert not re.search("[\u2e80-\uffef]", text), f"{name}: {text}"
                else:
                    assert not re.search(r"\b(the|where|which|with)\b", text), f"{name}: {text}"


def test_a_proof_names_its_indices_once(book):
    """An index is introduced with one range in the whole statement."""
    for name, proof in book.items():
        if name == "counterexample":
            continue
        listed = re.search(r"range of its indices: (.*?)\. ", " ".join(proof.text().split()))
        if listed:
            names = [n for n in re.findall(r"(?:^|, )([^<,]+?)(?= <|,)", listed.group(1)) if n.strip()]
            assert len(names) == len(set(names)), f"{name}: {names}"


class _Checked(html.parser.HTMLParser):
    """Every element is closed, and nothing is fetched or run."""

    EMPTY = ("meta", "mspace", "rect", "br")

    def __init__(self):
        super().__init__()
        self.open = []
        self.seen = set()

    def handle_starttag(self, tag, attributes):
        assert tag not in ("script", "img", "link", "iframe")
        assert not {"src", "href", "onclick"} & {key for key, _ in attributes}
        self.seen.add(tag)
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_is_one_well_formed_page_without_script(book, lang):
    for name, proof in book.items():
        page = _Checked()
        page.feed(proof.html(lang))
        assert page.open == [], name
        assert "math" in page.seen
        assert "http://" not in proof.html(lang).replace("http://www.w3.org/2000/svg", "")


def test_latex_environments_are_closed(book):
    for proof in book.values():
        shown = proof.latex()
        begun = re.findall(r"\\begin\{(\w+\*?)\}", shown)
        ended = re.findall(r"\\end\{(\w+\*?)\}", shown)
        assert sorted(begun) == sorted(ended)
        assert shown.isascii()


def test_rot180_is_an_operator_in_latex_and_whole_in_markdown(book):
    assert r"\operatorname{rot180}" in book["conv2d.input_rot180"].latex()
    assert r"\operatorname{rot180}" in book["conv2d.input_rot180"].markdown()


def test_the_figure_is_drawn_in_every_format(book):
    proof = book["conv2d.input_rot180"]
    assert r"\begin{tikzpicture}" in proof.latex()
    assert "<svg" in proof.html()
    assert "rect(" in proof.typst()
    assert "┌" in proof.text()
    assert "┌" in proof.markdown()


def test_pooling_s_worked_example_is_the_article_s(book):
    numbers = "".join(book["avg_pool2d.input"].text().split("In numbers")[1].split())
    assert "δ=[28;46]" in numbers
    assert "0.50.522" in numbers
    assert "111.51.5" in numbers
    assert "0400" in "".join(c for c in book["max_pool2d.input"].text() if c.isdigit())


def test_convolution_s_worked_example_is_the_article_s(book):
    shown = book["conv2d.input_rot180"].text()
    assert "H = 3, W = 3, M = 1, K = 2, L = 2" in " ".join(shown.split())
    assert "z₁₁ = a₁₁·𝐖₁₁ + a₁₂·𝐖₁₂ + a₂₁·𝐖₂₁ + a₂₂·𝐖₂₂" in shown
    assert "∂J/∂a₁₂ = δ₁₂·𝐖₁₁ + δ₁₁·𝐖₁₂" in shown


# -- PDF ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_proof_becomes_a_pdf(book, lang):
    made = printed(together(list(book.items()), lang), "pdf")
    assert made.startswith(b"%PDF-")
    assert made.rstrip().endswith(b"%%EOF")


def test_the_fonts_have_every_character_they_are_said_to_have():
    from fontTools.ttLib import TTFont

    listed = set((fonts.HERE / "characters.txt").read_text(encoding="utf-8")) - {"\n"}
    for path in sorted(fonts.HERE.glob("*.otf")):
        assert listed <= set(map(chr, TTFont(path).getBestCmap())), path.name


def test_the_fonts_have_every_chinese_character_of_the_words_and_titles():
    listed = set((fonts.HERE / "characters.txt").read_text(encoding="utf-8"))
    missing = fonts.needed() - listed
    assert not missing, f"run `make fonts`: {''.join(sorted(missing))} missing"


def test_a_character_that_no_font_has_is_an_error_and_not_an_empty_box():
    assert pdf.uncovered(["δ⋆𝐖", "龘"]) == {"龘", "𝐖"}
    title = forgotten_rotation()
    strange = type(title)(title.question, title.refuted, title.derived, "x", "龘", "龘")
    with pytest.raises(sg.SymgradError, match="龘"):
        strange.pdf()


def test_without_typst_one_line_names_the_extra(monkeypatch, book):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtra, match=r"pip install 'symgrad\[pdf\]'"):
        book["linear.input"].pdf()


# -- notebooks ------------------------------------------------------------------------------------


def test_a_slice_is_printed_with_its_step_and_what_is_put_back_in_words():
    N, C = sg.sizes("N C")
    x, delta = sg.tensor("x", N, 2 * C + 1), sg.tensor("delta", N, C)
    square = x[:, 1::2] ** 2
    claim = Network(square).gradients()["x"]
    proof = sg.verify(square, x, claim, delta).proof
    assert "δ ⊙ 2·x[:, 1::2] put back where it was taken from" in " ".join(proof.text().split())
    assert "Σ_{i} 2·δ[n, i]·(x[:, 1::2])[n, i]·[h = 2·i + 1]" in proof.text()
    assert r"\mathbf{x}[:, 1::2]" in proof.latex()


def test_a_notebook_shows_a_proof(book):
    proof = book["linear.input"]
    assert r"\begin{align*}" in proof._repr_latex_() or "$" in proof._repr_latex_()
    assert proof._repr_html_().startswith("<div")
    assert "<html" not in proof._repr_html_()
    shown = proof._repr_markdown_()
    assert "`" not in shown
    assert shown.count("$$") == 2 * proof.markdown().count("```math")


def test_an_unknown_language_or_format_is_named(book):
    with pytest.raises(sg.SymgradError, match="en and zh"):
        book["linear.input"].text("fr")
    with pytest.raises(sg.SymgradError, match="docx"):
        printed(book["linear.input"].document(), "docx")
