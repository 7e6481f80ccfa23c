"""What cannot be audited is said; the rest is."""

import json

import pytest

from symgrad.cli import main

GOOD = "def square(x):\n    return x * x\n\n\ndef square_backward(dout, x):\n    return 2 * x * dout\n"


@pytest.mark.parametrize("whole", [True, False], ids=["folder", "file"])
def test_a_file_that_cannot_be_read_is_a_row_and_the_rest_is_audited(tmp_path, capsys, whole):
    (tmp_path / "good.py").write_text(GOOD, encoding="utf-8")
    broken = tmp_path / "broken.py"
    broken.write_text("x = 1\ndef square(x:\n", encoding="utf-8")
    page = tmp_path / "page.html"
    assert main(["audit", str(tmp_path if whole else broken), "--html", str(page)]) == 3
    shown = capsys.readouterr()
    assert f"NOT UNDERSTOOD   {broken}:2  the file cannot be read: '(' was never closed" in shown.out
    assert ("1 pair: 1 PASSED; 1 file that cannot be read" in shown.out) == whole
    assert "--adapter" not in shown.out
    assert "never closed" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named 'no_such_module_at_all'"),
        ("raise RuntimeError('not today')", "RuntimeError: not today"),
        ("import sys\nsys.exit(2)", "SystemExit: 2"),
    ],
)
def test_a_file_that_cannot_be_imported_is_a_row_as_data_too(tmp_path, capsys, first, said):
    (tmp_path / "broken.py").write_text(f"{first}\n{GOOD}", encoding="utf-8")
    assert main(["audit", str(tmp_path), "--json"]) == 3
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["verdict"], one["name"]) == ("NOT UNDERSTOOD", "square")
    assert one["findings"][0]["message"] == f"the file cannot be imported: {said}"


@pytest.mark.parametrize(
    ("option", "said"),
    [(["--jobs", "0"], "--jobs is at least 1"), (["--layer", "conv2"], "there is no layer 'conv2' to check")],
)
def test_misuse_is_said_before_anything_is_run(option, said, tmp_path, capsys):
    (tmp_path / "good.py").write_text(GOOD, encoding="utf-8")
    assert main(["audit", str(tmp_path), *option]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "runs the code" not in shown.err
