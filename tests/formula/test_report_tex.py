"""The report on a document as LaTeX: headed by verdicts, and compiled whatever characters it has."""

import re
import shutil
import subprocess

import pytest

from symgrad.explain import latex
from symgrad.explain.document import Code, Paragraph
from symgrad.formula.document import check_document
from symgrad.formula.report import report
from symgrad.formula.setting import Setting

NOTES = r"""The forward, of samples in rows, Xᵀ:

$$Y = X W + b$$
$$dX = dY W$$
$$dX = dY W^T$$
$$∂J/∂X = δ Wᵀ$$
$$ς = ∫ ☃ a^ᵀ$$
$$w ← w − η dw$$
$$W \leftarrow W - \eta \nabla_W J$$
$$\hat{y} = \mathrm{softmax}(z)$$
$$L = -\sum_i y_i \log \hat{y}_i$$
$$\frac{\partial L}{\partial z_i} = y_i - \hat{y}_i$$
$$∂L/∂ŷ = 4/n (ŷ - y)$$
"""
VERDICTS = ("PROVED", "REFUTED", "ILL-FORMED", "DEFINITION", "UPDATE")


def text(lang="en"):
    return latex.document(report("notes.md", list(check_document(NOTES, Setting())), lang))


def test_every_formula_is_headed_by_its_verdict():
    shown = text()
    outcomes = [one.outcome for one in check_document(NOTES, Setting())]
    assert {outcome.kind for outcome in outcomes} >= set(VERDICTS)
    assert re.findall(r"\\textbf\{([A-Z -]+)\} \(notes", shown) == [outcome.kind for outcome in outcomes]
    assert r"\begin{theorem}" not in shown
    assert r"\begin{counterexample}" not in shown


def test_a_prediction_keeps_its_hat_and_an_update_its_arrow():
    shown = text()
    assert r"\hat{y}_{i}" in shown
    assert shown.count(r"\leftarrow W") == shown.count(r"\leftarrow w") == 1
    assert r"\nabla" in shown


def test_counterexamples_are_mathematics():
    lines = [line for line in text().splitlines() if re.match(r"\\textbf\{(derived|claimed|missing)", line)]
    assert lines
    assert all(re.search(r"\} \$.+\$", line) for line in lines)


@pytest.mark.parametrize("letter", ["ᵀ", "←", "∇", "ŷ", "p̂", "ẑ", "σ", "⊙", "ℓ", "₁", "⁻", "☃"])
def test_text_has_no_character_that_tex_lacks(letter):
    told = latex.body([Paragraph((letter,)), Code(f"a{letter}\n  ^", "text")])
    assert all(ord(character) < 0x180 for character in told)


@pytest.mark.parametrize(("engine", "lang"), [("pdflatex", "en"), ("xelatex", "en"), ("xelatex", "zh")])
def test_a_report_compiles_with_every_character(engine, lang, tmp_path):
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed")
    (tmp_path / "it.tex").write_text(text(lang), encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "it.tex"]
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    log = (tmp_path / "it.log").read_text(encoding="utf-8", errors="replace")
    assert "Output written" in log, log[-2000:]
    assert "Missing character" not in log
    assert "invalid in math mode" not in log


def test_an_english_report_on_chinese_notes_is_for_xelatex():
    told = report("notes.md", list(check_document("前向传播：\n\n$$z = W a$$\n", Setting())))
    assert latex.document(told).startswith("% compile with xelatex")
