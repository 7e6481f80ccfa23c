"""The command line: output, exit status, JSON, and manners in a pipe."""

import ast
import json
import os
import subprocess
import sys

import pytest

from symgrad import cli
from symgrad.catalogue import Rule, Statement, find
from symgrad.decide.verdict import IllFormed, Undecided


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "symgrad", *arguments], capture_output=True, text=True, check=False, **options
    )


def test_help_needs_neither_sympy_nor_islpy_nor_numpy():
    code = (
        "import sys, symgrad.cli\n"
        "try: symgrad.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('sympy', 'islpy', 'numpy', 'tqdm') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_deciding_needs_neither_sympy_nor_numpy():
    code = (
        "import sys, symgrad.cli; symgrad.cli.main(['verify'])\n"
        "print('sympy' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False False"


def test_verify_proves_the_whole_catalogue():
    done = run("verify")
    assert done.returncode == 0
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    count = len(find([]))
    assert sum(line.startswith("PROVED") for line in lines) == count
    assert lines[-1].startswith(f"{count} rules: {count} PROVED")


def test_verify_as_json_is_one_list_with_the_promised_keys():
    done = run("verify", "conv2d", "--json")
    verdicts = json.loads(done.stdout)
    assert [v["rule"] for v in verdicts] == [rule.name for rule in find(["conv2d"])]
    for verdict in verdicts:
        assert {"rule", "verdict", "scope", "conditions", "seconds"} <= verdict.keys()
        assert verdict["verdict"] == "PROVED"


def test_a_layer_and_a_pattern_name_several_rules():
    assert {rule.name for rule in find(["linear"])} == {"linear.input", "linear.weight", "linear.bias"}
    assert all(rule.name.endswith(".weight") for rule in find(["*.weight"]))


def test_one_rule_is_reported_in_full(capsys):
    assert cli.main(["verify", "conv1d.input"]) == 0
    assert "rot180" in capsys.readouterr().out


def test_unknown_rule_is_misuse_and_suggests_the_nearest():
    done = run("verify", "conv2d.inptu")
    assert done.returncode == 2
    assert "conv2d.input" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [[], ["verfy"], ["derive", "conv2d"], ["rules", "--nonsense"]])
def test_misuse_is_status_two(arguments):
    assert run(*arguments).returncode == 2


def test_rules_lists_names_and_titles(capsys):
    assert cli.main(["rules"]) == 0
    out = capsys.readouterr().out
    assert "conv2d.input" in out
    assert "Through a convolution" in out


def test_rules_as_json_have_statement_and_source(capsys):
    assert cli.main(["rules", "--json"]) == 0
    for rule in json.loads(capsys.readouterr().out):
        assert all(rule[field] for field in ("latex", "source", "title"))


def test_derive_shows_forward_gradient_and_collapsed_sum(capsys):
    assert cli.main(["derive", "linear", "--wrt", "W"]) == 0
    out = capsys.readouterr().out
    assert "z[n, j] = Σ_{i<I} a[n, i]·W[j, i] + b[j]" in out
    assert out.rstrip().endswith("∂J/∂W[o, i'] = Σ_{n<N} delta[n, o]·a[n, i']")


def test_derive_as_json_and_dot(capsys):
    assert cli.main(["derive", "conv2d.input", "--wrt", "a", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["wrt"] == "a"
    assert found["gradient"]["collapsed"]
    assert cli.main(["derive", "conv2d", "--wrt", "a", "--dot"]) == 0
    assert capsys.readouterr().out.startswith("digraph {")


def test_derive_by_an_unknown_tensor_names_the_known_ones(capsys):
    assert cli.main(["derive", "conv2d", "--wrt", "q"]) == 2
    assert "W, a, b" in capsys.readouterr().err


def test_every_layer_can_be_derived_from(capsys):
    from symgrad.catalogue import layers, variables

    for layer in layers():
        for name in variables(layer.example()):
            assert cli.main(["derive", layer.name, "--wrt", name]) == 0
            assert "∂J/∂" in capsys.readouterr().out


def with_rules(monkeypatch, *verdicts):
    class Fixed(Rule):
        def verify(self):
            return verdicts[int(self.name)]

    made = [Fixed(str(i), "", "", "", lambda: Statement(None, None, None)) for i in range(len(verdicts))]
    monkeypatch.setattr("symgrad.catalogue.find", lambda names: made)


@pytest.mark.parametrize(
    ("kinds", "status"),
    [("P", 0), ("PR", 1), ("PI", 2), ("PU", 3), ("PH", 3), ("RIU", 1), ("IU", 2)],
)
def test_exit_status_says_the_worst(monkeypatch, capsys, kinds, status):
    import symgrad as sg

    H, K = sg.sizes("H K")
    a = sg.tensor("a", H)
    triangle = sg.build([H], lambda h: sg.total([K, K], lambda u, v: sg.when([u <= v], a[h])))
    made = {
        "P": lambda: sg.verify_equal(a, a),
        "R": lambda: sg.verify_equal(a, 2 * a),
        "I": lambda: IllFormed(claim="", problem="no meaning"),
        "U": lambda: Undecided(claim="", reason="too hard"),
        "H": lambda: sg.verify_equal(triangle, a * K * (K + 1) / 2),
    }
    with_rules(monkeypatch, *(made[kind]() for kind in kinds))
    assert cli.main(["verify"]) == status
    capsys.readouterr()
    assert cli.main(["verify", "--json"]) == status
    shown = json.loads(capsys.readouterr().out)
    assert len(shown) == len(kinds)
    assert all("counterexample" in v for v in shown if v["verdict"] == "REFUTED")


def test_an_interruption_loses_nothing_already_decided(monkeypatch, capsys):
    import symgrad as sg

    a = sg.tensor("a", sg.size("H"))
    done = sg.verify_equal(a, a)

    class Interrupted(Rule):
        def verify(self):
            if self.name == "1":
                raise KeyboardInterrupt
            return done

    made = [Interrupted(str(i), "", "", "", lambda: Statement(None, None, None)) for i in range(2)]
    monkeypatch.setattr("symgrad.catalogue.find", lambda names: made)
    assert cli.main(["verify", "--json"]) == 130
    assert [v["rule"] for v in json.loads(capsys.readouterr().out)] == ["0"]


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell for the pipe")
def test_a_reader_that_stops_early_sees_no_traceback():
    command = f"{sys.executable} -m symgrad rules | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("symgrad ")


# -- prove and graph ------------------------------------------------------------------------------


def test_prove_prints_a_proof():
    done = run("prove", "conv2d.input_rot180")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "u′ = K − 1 − u" in done.stdout
    assert "Worked example" in done.stdout


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("latex", "% compile with xelatex"),
        ("markdown", "# "),
        ("html", "<!doctype html>"),
        ("typst", "#set page"),
        ("text", "卷积"),
    ],
)
def test_prove_prints_every_format_in_chinese_too(form, start):
    done = run("prove", "conv2d.input", "--format", form, "--lang", "zh")
    assert done.returncode == 0
    assert done.stdout.startswith(start)
    assert "定理" in done.stdout


def test_prove_takes_the_format_from_the_name_of_the_file(tmp_path):
    for name, start in (
        ("p.tex", b"% compile"),
        ("p.html", b"<!doctype"),
        ("p.pdf", b"%PDF"),
        ("p.md", b"# "),
    ):
        assert run("prove", "linear.bias", "-o", str(tmp_path / name)).returncode == 0
        assert (tmp_path / name).read_bytes().startswith(start)


def test_prove_of_several_rules_into_a_folder_writes_a_file_each(tmp_path):
    done = run("prove", "linear", "-o", str(tmp_path / "out"), "--format", "markdown")
    assert done.returncode == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"linear.input.md", "linear.weight.md", "linear.bias.md", "all.md", "README.md"}


def test_prove_needs_a_rule_or_all():
    done = run("prove")
    assert done.returncode == 2
    assert "--all" in done.stderr


def test_prove_of_an_unknown_rule_suggests_the_nearest():
    done = run("prove", "conv2d.inptu")
    assert done.returncode == 2
    assert "conv2d.input" in done.stderr


def test_prove_says_where_it_cannot_write(tmp_path):
    done = run("prove", "linear.bias", "-o", str(tmp_path / "no" / "p.tex"))
    assert done.returncode == 2
    assert "there is no folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_prove_writes_no_file_of_an_unknown_format_unless_told_which(tmp_path):
    done = run("prove", "linear.bias", "-o", str(tmp_path / "proof.docx"))
    assert done.returncode == 2
    assert ".docx, but .txt, .md, .tex, .html, .typ, .pdf" in done.stderr
    assert not list(tmp_path.iterdir())
    assert run("prove", "linear.bias", "-o", str(tmp_path / "a.docx"), "--format", "text").returncode == 0


def test_prove_without_typst_names_the_extra(tmp_path):
    code = (
        "import sys; sys.modules['typst'] = None\n"
        "from symgrad.cli import main\n"
        f"sys.exit(main(['prove', 'linear.bias', '-o', {str(tmp_path / 'p.pdf')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert (
        done.stderr == "symgrad: PDF needs an optional package; install it with: pip install 'symgrad[pdf]'\n"
    )


def test_graph_draws_a_layer_as_dot_and_as_mermaid():
    assert run("graph", "conv2d").stdout.startswith("digraph")
    mermaid = run("graph", "conv2d", "--format", "mermaid").stdout
    assert mermaid.startswith("graph BT")
    assert mermaid.count("-->") >= 4


def test_a_network_is_decided_in_its_layers_and_as_a_whole():
    done = run("verify", "--network", "lenet5")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "PROVED  lenet5"
    assert "    PROVED    layer 12, linear: ∂J/∂W5 = transpose(delta12) @ a11" in lines
    assert "    PROVED    ∂J/∂W1" in lines
    assert lines[-1].startswith("12 layers with 22 closed forms, 11 gradients of the whole")


def test_a_network_as_json_carries_its_composed_gradients():
    done = run("verify", "--network", "perceptron", "--json")
    data = json.loads(done.stdout)
    assert (data["network"], data["verdict"]) == ("perceptron", "PROVED")
    (last,) = [g for g in data["gradients"] if g["wrt"] == "W2"]
    assert last["claim"].startswith("∂J/∂W2 = transpose(hadamard(delta, σ'(")


def test_an_unknown_network_and_rules_beside_one_are_misuse():
    unknown = run("verify", "--network", "lenet")
    assert unknown.returncode == 2
    assert "did you mean lenet5" in unknown.stderr
    both = run("verify", "conv2d", "--network", "lenet5")
    assert both.returncode == 2
    assert "not both" in both.stderr


def test_a_network_that_is_not_decided_has_status_3(monkeypatch, capsys):
    from symgrad.network import Network

    whole = Network.verify
    monkeypatch.setattr(Network, "verify", lambda net: whole(net, operations=1))
    assert cli.main(["verify", "--network", "vgg"]) == 3
    assert "UNDECIDED" in capsys.readouterr().out


def test_emit_prints_a_function_for_a_rule_its_forward_or_a_layer(capsys):
    for arguments, signature in (
        (["linear.input"], "def linear_input(delta: Array, W: Array) -> Array:"),
        (["linear.input", "--to", "torch"], "def linear_input(delta: Tensor, W: Tensor) -> Tensor:"),
        (["linear.input", "--forward"], "def linear_input_forward(a: Array, W: Array, b: Array) -> Array:"),
        (["linear"], "def linear(a: Array, W: Array, b: Array) -> Array:"),
    ):
        assert cli.main(["emit", *arguments]) == 0
        source = capsys.readouterr().out
        assert signature in source.splitlines()
        ast.parse(source)


def test_emit_refuses_what_is_not_proved_in_one_line_with_the_status_of_verify(monkeypatch, capsys):
    import symgrad as sg

    a, delta = sg.tensor("a", sg.size("H")), sg.tensor("delta", sg.size("H"))
    wrong = Rule("wrong.input", "", "", "", lambda: Statement(2 * a, a, delta, delta))
    monkeypatch.setattr("symgrad.catalogue.rules", lambda: [wrong])
    assert cli.main(["emit", "wrong.input"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    (line,) = shown.err.splitlines()
    assert line.startswith("symgrad: wrong.input is REFUTED, not PROVED, so there is no source for it")


@pytest.mark.parametrize(
    ("name", "words"), [("conv2d.*", "'conv2d.*' is a pattern"), ("lenet5", "lenet5 is a network; in Python")]
)
def test_emit_writes_one_function_and_says_so(name, words, capsys):
    assert cli.main(["emit", name]) == 2
    assert words in capsys.readouterr().err


def test_emit_of_an_unknown_name_is_misuse(capsys):
    assert cli.main(["emit", "conv2d.inptu"]) == 2
    assert "did you mean conv2d.input" in capsys.readouterr().err
