"""Promises about the code itself: what it never does, and who knows whom."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "symgrad").rglob("*.py"))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


# source that was emitted here is run in one place
RUN = {"emission/compiled.py": {"compile", "exec"}}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_text_is_ever_executed(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            function, method = getattr(node.func, "id", ""), getattr(node.func, "attr", "")
            if function in RUN.get(str(path.relative_to(ROOT / "symgrad")), set()):
                continue
            assert function not in {"eval", "exec", "compile", "__import__", "sympify", "parse_expr"}
            assert method not in {"sympify", "parse_expr", "parse_latex", "loads"}


def test_only_the_decision_procedure_can_seal_a_proof():
    users = {path.name for path in SOURCES if "_SEAL" in path.read_text(encoding="utf-8")}
    assert users == {"verdict.py", "decision.py"}


def allowed(package, *others):
    return {f"symgrad.{name}" for name in (package, *others)} | {"symgrad.errors"}


def from_anywhere(module, path):
    """What a command shows and returns is the same for all of them."""
    return module == "symgrad.terminal" and path.name == "command.py"


LAYERS = {
    "language": allowed("language"),
    "concrete": allowed("concrete", "language"),
    "decide": allowed("decide", "concrete", "language", "derive"),
    "explain": allowed("explain", "decide", "concrete", "language", "derive"),
    "certify": allowed("certify", "explain", "decide", "concrete", "language", "derive", "catalogue"),
    "emission": allowed("emission", "decide", "language", "catalogue"),
    "train": allowed("train", "emission", "decide", "catalogue"),
    "layers": allowed("layers", "language", "catalogue"),
    "network": allowed("network", "decide", "concrete", "language", "derive", "catalogue", "layers"),
    "trace": allowed("trace"),
    "testing": allowed("testing", "trace", "concrete", "language", "catalogue", "layers"),
    "blackbox": allowed(
        "blackbox",
        *(f"testing.{name}" for name in ("adapters", "arguments", "cases", "guard", "result")),
        "concrete",
        "language",
        "catalogue",
    ),
    "audit": allowed("audit", "blackbox", "testing"),
    "formula": allowed("formula", "explain", "decide", "language", "derive", "layers"),
}


# these check code with what everybody may import, as a user of the library does
USERS = {"trace", "testing", "blackbox"}

# a verdict looks its proof and certificate up when asked for them; a book of proofs is one of the catalogue
ASKED_FOR = {
    "decide/verdict.py": {
        "symgrad.certify.certificate",
        "symgrad.certify.coq_refuted",
        "symgrad.explain.proof",
        "symgrad.explain.prove",
        "symgrad.explain.report",
    },
    "explain/book.py": {"symgrad.catalogue", "symgrad.layers.conv"},
    "explain/command.py": {"symgrad.catalogue"},
}


@pytest.mark.parametrize("package", LAYERS)
def test_imports_run_one_way(package):
    for path in (ROOT / "symgrad" / package).rglob("*.py"):
        asked_for = ASKED_FOR.get(str(path.relative_to(ROOT / "symgrad")), set())
        for module in imports(path):
            if (module == "symgrad" and package in USERS) or from_anywhere(module, path):
                continue
            if module.startswith("symgrad") and module not in asked_for:
                assert any(module == ok or module.startswith(ok + ".") for ok in LAYERS[package]), (
                    f"{path.name} imports {module}"
                )


def test_deciding_loads_no_printer():
    code = "import sys, symgrad; symgrad.verify; sys.exit('symgrad.explain' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_independent_path_shares_no_code_with_the_decision():
    for path in (ROOT / "symgrad" / "concrete").glob("*.py"):
        for module in imports(path):
            assert not module.startswith(("symgrad.decide", "symgrad.derive", "islpy")), path.name


def test_source_is_run_only_where_it_is_emitted():
    callers = {
        path.name
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"exec", "compile"}
    }
    assert callers == {"compiled.py"}


def test_nobody_imports_the_command_line():
    for path in SOURCES:
        if path.name not in ("cli.py", "__main__.py"):
            assert "symgrad.cli" not in set(imports(path))


def test_derivative_rules_know_no_layer():
    text = (ROOT / "symgrad" / "derive.py").read_text(encoding="utf-8")
    assert not re.search(r"\b(conv|pool|linear|kernel|stride)", text)


def test_files_of_tests_have_names_of_their_own():
    """pytest imports them by file name alone, so that two of one name cannot both be collected."""
    names = [path.name for path in (ROOT / "tests").rglob("*.py")]
    assert sorted({name for name in names if names.count(name) > 1}) == []
