"""`symgrad check`: what it prints, in which language and form, and its exit status."""

import io
import json

import pytest

from symgrad.cli import main
from symgrad.formula.setting import LAYERS

RIGHT = "∂J/∂a = δ * rot180(W)"
SETTING = ["--layer", "conv2d", "--star", "correlation"]


def checked(capsys, *arguments):
    """The exit status, and what was printed."""
    try:
        status = main(["check", *arguments])
    except SystemExit as stopped:
        status = stopped.code
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize(
    ("formula", "status", "verdict"),
    [
        (RIGHT, 0, "PROVED"),
        ("∂J/∂a = δ * W", 1, "REFUTED"),
        ("∂J/∂a = δ * (W", 2, "ILL-FORMED"),
        ("∂J/∂a = δ ⊙ W", 2, "ILL-FORMED"),
        ("", 2, "ILL-FORMED"),
        ("foo bar", 2, "EXPRESSION"),
        ("δ * W", 2, "EXPRESSION"),
        ("z = W * a + b", 0, "DEFINITION"),
        ("W = W - r ∂J/∂W", 0, "UPDATE"),
        ("∂J/∂a = (δ * W) ⊙ (δ * W)^6", 3, "UNDECIDED"),
    ],
)
def test_the_exit_status_is_that_of_the_worst_verdict(formula, status, verdict, capsys):
    code, out, _ = checked(capsys, formula, *SETTING)
    assert code == status
    assert out.startswith(verdict)


def test_a_refutation_shows_the_counterexample_and_what_was_meant(capsys):
    _, out, _ = checked(capsys, "∂J/∂a = δ * W", *SETTING)
    lines = dict(line.strip().split(maxsplit=1) for line in out.splitlines() if line.startswith("  "))
    assert lines["missing"] == "W_{11}·δ_{11}"
    assert lines["extra"] == "W_{12}·δ_{11}"
    assert out.splitlines()[-1].split(maxsplit=3)[3] == RIGHT


def test_json_has_what_is_printed(capsys):
    status, out, _ = checked(capsys, "∂J/∂a = δ * W", "∂J/∂a = δ * (W", *SETTING, "--json")
    refuted, broken = json.loads(out)
    assert status == 1
    assert (refuted["verdict"], broken["verdict"]) == ("REFUTED", "ILL-FORMED")
    assert refuted["did_you_mean"] == RIGHT
    assert refuted["counterexample"]["missing"] == "W_{11}·δ_{11}"
    assert broken["counterexample"] is None
    assert broken["problem"].splitlines()[1:] == ["  ∂J/∂a = δ * (W", "                ^"]


def test_chinese_says_it_in_chinese(capsys):
    _, out, _ = checked(capsys, "∂J/∂a = δ * W", "∂J/∂a = δ * (W", "∂J/∂a = δ * V", *SETTING, "--lang", "zh")
    for words in (
        "已否定",
        "互相关",
        "从 1 起数",
        "是否想写",
        "公式未写完；应为 ')', 运算符 或 ','",
        "V 的含义未知",
    ):
        assert words in out
    for words in ("expected", "counted", "known"):
        assert words not in out


def test_standard_input_is_lines_or_a_document(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{RIGHT}\n\ndW = correlate(a, δ)\n"))
    status, out, _ = checked(capsys, "-", *SETTING)
    assert status == 0
    assert out.count("PROVED  ") == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("Text\n\n$$\\delta^{l-1} = \\delta^l * rot180(W)$$\n"))
    status, out, _ = checked(capsys, "-", *SETTING)
    assert out.startswith("standard input:3  PROVED")


def test_a_document_is_reported_line_by_line_and_written(capsys, tmp_path):
    notes = tmp_path / "notes.md"
    notes.write_text("The rule:\n\n$$\\frac{\\partial J}{\\partial a} = \\delta * W$$\n", encoding="utf-8")
    for form, begins in ((".md", "# "), (".html", "<!"), (".tex", "% compile"), (".txt", "")):
        target = tmp_path / f"report{form}"
        status, out, _ = checked(capsys, str(notes), *SETTING, "--report", str(target))
        assert status == 1
        assert f"{notes}:3  REFUTED" in out
        written = target.read_text(encoding="utf-8")
        assert written.startswith(begins)
        assert "The rule" in written
        assert "REFUTED" in written


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["δ", "--layer", "nope"], "layer is 'nope'"),
        (["δ", "--shape", "a=0x0"], "no shape"),
        (["δ", "--report", "report.doc"], "a report is written as"),
        (["missing.md"], "missing.md cannot be read"),
        (["δ", "--names", "x"], "names are written"),
    ],
)
def test_misuse_is_said_in_a_line(arguments, said, capsys):
    status, _, err = checked(capsys, *arguments)
    assert status == 2
    assert said in err
    assert err.count("\n") == 1


def test_a_wrong_name_suggests_the_nearest_or_says_what_is_known(capsys):
    _, out, _ = checked(capsys, "∂J/∂a = detla * W", *SETTING)
    assert "did you mean delta?" in out
    _, out, _ = checked(capsys, "∂J/∂a = δ * V", *SETTING)
    assert "what V is, is not known; known here are a, W, b, z, δ" in out


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("∂J/∂z = δ ⊙ (σ'(z) + z - a)", "REFUTED"),
        (r"\frac{\partial J}{\partial z} = \delta \odot \sigma'(z) \odot (1 + z - a)", "REFUTED"),
        ("∂J/∂z = δ ⊙ σ'(z) + a - σ(z)", "PROVED"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--layer", "activation")])
def test_of_an_activation_z_goes_in_and_a_comes_out(capsys, formula, verdict, options):
    _, out, _ = checked(capsys, formula, *options)
    assert out.startswith(verdict)


def test_help_lists_every_layer(capsys):
    _, out, _ = checked(capsys, "--help")
    shown = "".join(out.split())
    assert ", ".join(LAYERS).replace(" ", "") in shown


def test_an_unknown_layer_is_misuse(capsys):
    status, _, err = checked(capsys, "∂J/∂a = δ", "--layer", "tanhh")
    assert status == 2
    assert "did you mean tanh?" in err


def test_the_function_may_be_said(capsys):
    formula = "∂L/∂z = δ ⊙ (1 - a^2)"
    assert checked(capsys, formula, "--layer", "activation", "--function", "tanh")[0] == 0
    assert checked(capsys, formula, "--layer", "activation", "--function", "sigmoid")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--layer", "dense"], "layer 为 'dense'；应为 conv1d"),
        (["--layer", "dense"], "；是否想写 linear？"),
        (["--shape", "a=0x3"], "不是形状"),
        (["--names", "x"], "名称应写成"),
        (["--base", "2"], "base 为 '2'；应为 0, 1"),
        (["--report", "report.doc"], "报告可写成"),
    ],
)
def test_misuse_is_told_in_chinese_too(arguments, said, capsys):
    status, _, err = checked(capsys, "∂J/∂a = δ", *arguments, "--lang", "zh")
    assert status == 2
    assert said in err


def test_a_read_out_of_range_is_told_in_chinese(capsys):
    _, out, _ = checked(capsys, "a_{123} = 1", "--layer", "activation", "--lang", "zh")
    assert "超出" in out
    assert "outside" not in out


def test_a_setting_that_is_wrong_is_misuse_and_what_follows_is_judged(tmp_path, capsys):
    text = "$$∂J/∂a = δ * W$$\n\n```symgrad\nlayer: conv9d\n```\n\n$$∂J/∂a = δ * W$$\n"
    (tmp_path / "notes.md").write_text(text, encoding="utf-8")
    report = tmp_path / "report.md"
    arguments = [str(tmp_path / "notes.md"), "--layer", "conv2d", "--report", str(report)]
    status, out, err = checked(capsys, *arguments)
    assert (status, err) == (2, "")
    assert out.count("PROVED  ") == 2
    assert f"{tmp_path / 'notes.md'}:4  ILL-FORMED  layer: conv9d\n  layer is 'conv9d'" in out
    assert "conv9d" in report.read_text(encoding="utf-8")
    for form in (".html", ".tex", ".txt"):
        assert checked(capsys, *arguments[:-1], str(tmp_path / f"report{form}"))[0] == 2


def test_what_states_nothing_says_so(tmp_path, capsys):
    _, out, _ = checked(capsys, "foo bar")
    assert out == "EXPRESSION  foo bar\n  this states nothing: a claim has a sign = in it\n"
    _, out, _ = checked(capsys, "foo bar", "--lang", "zh")
    assert "没有断言" in out
    assert checked(capsys, RIGHT, "foo bar", *SETTING)[0] == 2
    (tmp_path / "notes.md").write_text(f"Of $\\delta$: ${RIGHT}$", encoding="utf-8")
    assert checked(capsys, str(tmp_path / "notes.md"), *SETTING)[0] == 0  # prose has signs


def test_a_document_without_formulas_is_misuse(tmp_path, capsys):
    (tmp_path / "notes.md").write_text("Nothing.\n", encoding="utf-8")
    status, out, err = checked(capsys, str(tmp_path / "notes.md"))
    assert (status, out) == (2, "")
    assert "no formula" in err


def test_an_environment_of_latex_may_be_given_as_it_is(capsys):
    given = r"\begin{align} dW &= \delta x^T \\ db &= 2 \delta \end{align}"
    status, shown, _ = checked(capsys, given)
    assert status == 1
    assert "PROVED  dW = \\delta x^T" in shown
    assert "REFUTED  db = 2 \\delta" in shown
