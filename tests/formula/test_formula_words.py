"""What is said of a formula is said in Chinese: every reading and every problem."""

import ast
import re
from pathlib import Path

import pytest

from symgrad.formula import chinese
from symgrad.formula.activations import SAID
from symgrad.formula.check import check
from symgrad.formula.choices import SPREADS
from symgrad.formula.guesses import LOSSES
from symgrad.formula.words import spoken

SOURCES = Path(chinese.__file__).parent
FOR_THE_LIBRARY = {
    "document.py",
    "setting.py",
    "expression.py",
    "command.py",
    "write.py",
    "spell.py",
    "functions.py",
}
"""What `sg.parse`, headers and options raise is not said of a formula that is checked."""
NAMES = {
    "rot",
    "rot180",
    "rot90",
    "diag",
    "kron",
    "upsample",
    "True",
    "False",
    "matmul",
    "where",
    "softmax",
    "outer",
    "inner",
    "valid",
    "full",
    "same",
}


def problems():
    """The texts that formulas are refused with, numbers and names in their gaps."""
    for path in sorted(SOURCES.glob("*.py")):
        if path.name in FOR_THE_LIBRARY:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Meaningless", "FormulaError"):
                place = 0 if node.func.id == "Meaningless" else 2
                said = node.args[place] if len(node.args) > place else None
                if isinstance(said, ast.Constant):
                    yield said.value
                elif isinstance(said, ast.JoinedStr):
                    yield "".join(p.value if isinstance(p, ast.Constant) else "7" for p in said.values)


@pytest.mark.parametrize("text", sorted(set(problems())))
def test_every_problem_is_told_in_chinese(text):
    told = spoken("zh", text)
    assert told != text
    assert not set(re.findall(r"[A-Za-z]{3,}[0-9]*", told)) - NAMES, told


@pytest.mark.parametrize("text", [*SAID.values(), *LOSSES.values(), *SPREADS.values()])
def test_every_choice_is_told_in_chinese(text):
    assert spoken("zh", text) != text


def test_a_list_of_choices_is_told_piece_by_piece():
    text = "a sample a column, z = W a + b, J as the mean over samples but dA and dZ of each alone"
    assert spoken("zh", text) == "每列一个样本，z = W a + b，J 为各样本的平均而 dA 与 dZ 各属一个样本"
    assert spoken("zh", "K=1, L=2") == "K=1, L=2"


def test_the_formula_above_a_caret_stays_as_it_is():
    [found] = check("dW = corelate(a, δ)", layer="conv2d")
    first, formula, caret = spoken("zh", found.problem).split("\n")
    assert first == "第 6 列：没有运算 corelate；是否想写 correlate？"
    assert (formula, caret) == ("  dW = corelate(a, δ)", "       ^")


def test_what_was_expected_is_told_in_chinese():
    [found] = check("δ = (W", layer="conv2d")
    assert spoken("zh", found.problem).startswith("第 7 列：公式未写完；应为 ')'")
