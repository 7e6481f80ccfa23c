"""The LaTeX of every proof compiles, without a warning, and each proof fits a page before its example."""

import itertools
import re
import shutil
import subprocess

import pytest

from symgrad.catalogue import rules
from symgrad.explain import latex
from symgrad.explain.book import entries, together
from symgrad.explain.document import Box, Document

ENGINES = {"en": "pdflatex", "zh": "xelatex"}
PACKAGES = "texlive-latex-recommended texlive-pictures texlive-xetex texlive-lang-chinese lmodern"
TROUBLE = re.compile(r"Overfull|LaTeX Warning|undefined|Missing character|^!", re.MULTILINE)

pytestmark = pytest.mark.skipif(
    any(shutil.which(engine) is None for engine in ENGINES.values()),
    reason=f"TeX is not installed; on Debian: apt-get install {PACKAGES}",
)


@pytest.fixture(scope="module")
def book():
    return list(entries(rules(), True))


def compiled(text, lang, folder):
    """What TeX has to say of a document."""
    (folder / "it.tex").write_text(text, encoding="utf-8")
    command = [ENGINES[lang], "-interaction=nonstopmode", "-halt-on-error", "it.tex"]
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    log = (folder / "it.log").read_text(encoding="utf-8", errors="replace")
    assert "Output written" in log, log[-2000:]
    return log


@pytest.mark.parametrize("lang", ENGINES)
def test_every_proof_compiles_without_a_warning(book, lang, tmp_path):
    log = compiled(latex.document(together(book, lang)), lang, tmp_path)
    found = TROUBLE.search(log)
    assert found is None, log[max(0, found.start() - 500) : found.end() + 500]


@pytest.mark.parametrize("lang", ENGINES)
def test_a_proof_compiles_by_itself(book, lang, tmp_path):
    log = compiled(dict(book)["conv2d.input_rot180"].latex(lang), lang, tmp_path)
    assert not TROUBLE.search(log)


@pytest.mark.parametrize("lang", ENGINES)
def test_statement_and_proof_take_at_most_a_page(book, lang, tmp_path):
    pages = []
    for name, proof in book:
        blocks = proof.document(lang).blocks
        before = list(itertools.takewhile(lambda b: not (isinstance(b, Box) and b.kind == "example"), blocks))
        pages.append(latex.body(before) + f"\n\\typeout{{end of {name} on page \\thepage}}\\clearpage")
    frame = latex.document(Document("", lang, ()))
    text = frame.replace(r"\end{document}", "\n".join([*pages, r"\end{document}"]))
    log = compiled(text, lang, tmp_path)
    ends = dict(re.findall(r"end of (\S+) on page (\d+)", log.replace("\n", " ")))
    assert len(ends) == len(book)
    last, longer = 0, []
    for name, _ in book:
        longer += [name] * (int(ends[name]) > last + 1)
        last = int(ends[name])
    assert not longer, f"too long: {', '.join(longer)}"
