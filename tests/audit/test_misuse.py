"""What cannot be audited is said; the rest is."""

import pytest

from symgrad.cli import main

GOOD = "def square(x):\n    return x * x\n\n\ndef square_backward(dout, x):\n    return 2 * x * dout\n"


def test_a_file_of_a_folder_that_cannot_be_read_is_left_out_aloud(tmp_path, capsys):
    (tmp_path / "good.py").write_text(GOOD, encoding="utf-8")
    (tmp_path / "broken.py").write_text("def square(x:\n", encoding="utf-8")
    assert main(["audit", str(tmp_path)]) == 0
    shown = capsys.readouterr()
    assert "PASSED" in shown.out
    assert f"left out: {tmp_path / 'broken.py'} cannot be read" in shown.err


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
