"""No text is ever executed, and what would take too long is said to be undecided."""

import ast
import subprocess
import sys
import time
from pathlib import Path

import pytest
from corpus import FILE

from symgrad.formula.budget import FACTORS, PRODUCTS, Patience, TooMuch, refuse_too_much
from symgrad.formula.check import check
from symgrad.language.index import size
from symgrad.language.tensor import tensor

FOLDER = Path(__file__).parent.parent.parent / "symgrad" / "formula"
EXECUTES = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr", "parse_latex", "literal_eval"}
FORBIDDEN = ("sympy", "ast", "importlib", "subprocess", "os", "pickle", "code", "runpy", "ctypes")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_nothing_that_reads_formulas_can_execute_text(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            function, method = getattr(node.func, "id", ""), getattr(node.func, "attr", "")
            assert not {function, method} & EXECUTES or (method == "compile" and node.func.value.id == "re")
        imported = []
        if isinstance(node, ast.ImportFrom):
            imported = [node.module or ""]
        elif isinstance(node, ast.Import):
            imported = [name.name for name in node.names]
        for module in imported:
            assert module.split(".")[0] not in FORBIDDEN, f"{path.name} imports {module}"


BELOW = {
    "terminal",
    "formula",
    "explain",
    "decide",
    "derive",
    "concrete",
    "language",
    "layers",
    "catalogue",
    "errors",
}


def test_formulas_import_downwards_and_nothing_below_imports_them():
    for path in FOLDER.parent.rglob("*.py"):
        package = path.relative_to(FOLDER.parent).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module is None or not module.startswith("symgrad."):
                continue
            if package == "formula":
                # the command alone talks to a terminal, as other commands do
                allowed = {*BELOW, "terminal"} if path.name == "command.py" else BELOW
                assert module.split(".")[1] in allowed, f"{path.name} imports {module}"
            elif package in BELOW:
                assert module.split(".")[1] != "formula", f"{path.name} imports {module}"


def test_checking_formulas_executes_compiles_and_opens_nothing():
    # in a process of its own: an audit hook cannot be taken away again
    tests = str(Path(__file__).parent)
    code = f"""
import sys
sys.path.insert(0, {tests!r})
from corpus import corpus
from symgrad.formula.check import check
cases = [case for group in corpus() for case in group.cases][::12]
hostile = ["__import__('os').system('true')", "a.__class__", "(lambda: 0)()", "σ(exec('1'))", "open('/x')"]
def run():
    for case in cases:
        check(case.formula, case.setting)
    for text in hostile:
        for layer in (None, "conv2d", "linear"):
            assert check(text, layer=layer)[0].kind in ("ILL-FORMED", "EXPRESSION")
run()  # whatever is imported when it is first used is imported now
seen = []
watched = ("exec", "compile", "import", "open", "os.", "subprocess.", "socket.")
sys.addaudithook(lambda event, args: seen.append(event) if event.startswith(watched) else None)
run()
sys.exit(", ".join(sorted(set(seen))) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert FILE.exists()


def test_what_multiplies_out_to_too_much_is_undecided():
    for power in (9, 999):
        defined, found = check(f"h(x) = (f(x) + x)^{{{power}}}; h'(x) = {power} (f(x) + x)^{{{power}}}")
        assert (defined.kind, found.kind) == ("DEFINITION", "UNDECIDED")
    for formula in ("J = ||(a - y)^4 ⊙ (a + y)^4||^2", "∂J/∂a = (a + y)^8 ⊙ (a - y)"):
        [found] = check(formula, layer="loss")
        assert found.kind == "UNDECIDED"
        assert "multiplie" in found.problem


def test_the_measure_counts_products_and_factors():
    a = tensor("a", size("H"))
    refuse_too_much(a**FACTORS)
    with pytest.raises(TooMuch, match="entries"):
        refuse_too_much(a ** (FACTORS + 1))
    wide = a
    for _ in range(PRODUCTS.bit_length() - 1):
        wide = wide + wide
    refuse_too_much(wide)
    with pytest.raises(TooMuch, match=str(PRODUCTS)):
        refuse_too_much(wide + wide)


def test_patience_runs_out():
    assert Patience(0.0).left == 0
    patience = Patience(60.0)
    with patience:
        end = time.thread_time() + 0.05
        while time.thread_time() < end:
            pass
    assert 0 < patience.left < 60 - 0.04
    before = patience.left
    sum(range(100_000))  # outside, nothing is used up
    assert patience.left == before
    found = check("; ".join(["δ = δ * W"] * 300), layer="conv2d")
    assert len(found) == 300
    assert found[-1].kind in ("UNDECIDED", "PROVED")
