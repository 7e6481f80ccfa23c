"""`symgrad certify` and `symgrad recheck`: output, exit status, manners."""

import json
import shutil
import subprocess
import sys

import pytest

from symgrad import cli
from symgrad.catalogue import Rule, Statement, find
from symgrad.certify.certificate import Rejected


def test_a_certificate_is_written_as_json_and_checked_again(tmp_path, capsys):
    assert cli.main(["certify", "linear", "--json", "-o", str(tmp_path)]) == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == sorted(f"{rule.name}.json" for rule in find(["linear"]))
    capsys.readouterr()
    assert cli.main(["recheck", *(str(tmp_path / name) for name in names)]) == 0
    assert capsys.readouterr().out.count("CHECKED") == len(names)


def test_recheck_rejects_another_closed_form(tmp_path, capsys):
    cli.main(["certify", "linear.input", "--json", "-o", str(tmp_path)])
    path = tmp_path / "linear.input.json"
    with path.open(encoding="utf-8") as stream:
        data = json.load(stream)
    data["definitions"][-1]["body"] = ["*", [["number", "2", []], data["definitions"][-1]["body"]]]
    path.write_text(json.dumps(data), encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["recheck", str(path)]) == 1
    assert "REJECTED" in capsys.readouterr().out


def test_recheck_loads_neither_isl_nor_the_decision_procedure(tmp_path):
    cli.main(["certify", "linear.input", "--json", "-o", str(tmp_path)])
    code = (
        "import sys, symgrad.cli\n"
        f"status = symgrad.cli.main(['recheck', {str(tmp_path / 'linear.input.json')!r}])\n"
        "print(status, 'islpy' in sys.modules, 'symgrad.decide.decision' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 False False"


def test_certify_without_a_folder_prints_the_file(capsys):
    assert cli.main(["certify", "linear.input"]) == 0
    out = capsys.readouterr().out
    assert "Theorem linear_input" in out
    assert out.endswith("Print Assumptions linear_input.\n")


def test_certify_needs_a_rule_or_all(capsys):
    assert cli.main(["certify"]) == 2
    assert cli.main(["certify", "linear", "--all"]) == 2
    assert cli.main(["certify", "linear", "--check", "--json"]) == 2
    assert cli.main(["recheck", "/nowhere.json"]) == 2


def test_what_has_no_certificate_is_said_with_the_reason(capsys, monkeypatch):
    def wrong():
        s = find(["max_pool1d.input"])[0].statement()
        return Statement(s.z, s.wrt, 2 * s.claim, s.cotangent, s.assuming)

    monkeypatch.setattr("symgrad.catalogue.find", lambda names: [Rule("twice", "", "", "", wrong)])
    assert cli.main(["certify", "twice"]) == 3
    assert "twice is not certified: which element of a window" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")
def test_check_asks_the_kernel(capsys):
    assert cli.main(["certify", "linear.input", "--check"]) == 0
    assert "1 of 1 accepted by the Coq kernel" in capsys.readouterr().out


def test_verify_has_a_column_for_certificates_that_can_be_left_out(capsys):
    count = len(find(["linear"]))
    assert cli.main(["verify", "linear"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.endswith("  certified") for line in lines) == count
    assert f"{count} certified" in lines[-1]
    assert cli.main(["verify", "linear", "--no-certified"]) == 0
    assert "certified" not in capsys.readouterr().out


def test_verify_says_in_json_what_is_certified(capsys):
    assert cli.main(["verify", "linear", "--json"]) == 0
    assert all(verdict["certified"] is True for verdict in json.loads(capsys.readouterr().out))
    assert cli.main(["verify", "linear", "--json", "--no-certified"]) == 0
    assert all("certified" not in verdict for verdict in json.loads(capsys.readouterr().out))


def test_a_verdict_whose_certificate_is_rejected_is_not_called_certified(capsys, monkeypatch):
    def rejected(certificate):
        raise Rejected("for a test")

    monkeypatch.setattr("symgrad.certify.certificate.Certificate.recheck", rejected)
    assert cli.main(["verify", "linear.input"]) == 0
    out = capsys.readouterr().out
    assert "ms)  not certified\n" in out
    assert "  not certified: for a test\n" in out
    assert "0 certified" in out
    cli.main(["verify", "linear.input", "--json"])
    assert json.loads(capsys.readouterr().out)[0]["certified"] is False


def test_recheck_of_a_folder_checks_all_that_is_in_it(tmp_path, capsys):
    cli.main(["certify", "linear", "--json", "-o", str(tmp_path)])
    capsys.readouterr()
    assert cli.main(["recheck", str(tmp_path)]) == 0
    count = len(find(["linear"]))
    assert f"{count} of {count} certificates accepted" in capsys.readouterr().out
    (tmp_path / "empty.json").write_text("{}", encoding="utf-8")
    assert cli.main(["recheck", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "empty.json: not a certificate: there is no 'sizes'" in out
    assert f"{count} of {count + 1} certificates accepted" in out


def test_recheck_of_a_folder_without_certificates_says_so(tmp_path, capsys):
    assert cli.main(["recheck", str(tmp_path)]) == 2
    assert "no certificates in" in capsys.readouterr().err


def test_a_line_for_the_output_is_standard_output(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["certify", "linear.input", "--json", "-o", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "linear.input"
    assert list(tmp_path.iterdir()) == []


def test_one_certificate_is_one(tmp_path, capsys):
    cli.main(["certify", "linear.input", "--json", "-o", str(tmp_path)])
    assert capsys.readouterr().out == f"1 certificate in {tmp_path}\n"
