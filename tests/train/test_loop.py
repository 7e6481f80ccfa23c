"""Training on the digits: it learns, is repeatable, and goes on where it stopped."""

import numpy as np
import pytest

from symgrad import cli
from symgrad.errors import SymgradError
from symgrad.train.loop import Data, Run, digits
from symgrad.train.network import Network
from symgrad.train.rules import choose, usual_rate

SETTINGS = ("tanh", "squared-error", 0.1, 0)


@pytest.fixture(scope="module")
def network():
    return Network(choose("tanh", "squared-error"))


@pytest.fixture(scope="module")
def few():
    """Three hundred of the digits to learn from, and the held-out fifth."""
    pytest.importorskip("sklearn")
    data = digits(0)
    return Data(data.images[:300], data.classes[:300], data.test_images, data.test_classes)


def test_a_fifth_is_held_out_and_the_seed_says_which():
    pytest.importorskip("sklearn")
    data, other = digits(0), digits(1)
    assert (len(data.images), len(data.test_images)) == (1438, 359)
    assert data.images.shape[1:] == (1, 8, 8)
    assert 0 <= data.images.min() < data.images.max() == 1
    assert not np.array_equal(data.test_images, other.test_images)
    assert np.array_equal(data.test_images, digits(0).test_images)


def test_it_learns_and_the_same_seed_learns_the_same(network, few):
    runs = [Run.new(*SETTINGS) for _ in range(2)]
    for run in runs:
        for _ in range(4):
            run.epoch(network, few)
    assert runs[0].losses == runs[1].losses
    assert runs[0].losses[-1] < runs[0].losses[0]
    assert runs[0].accuracies[-1] > 0.3  # a tenth is chance


def test_digits_that_were_held_out_are_told_apart():
    pytest.importorskip("sklearn")
    data, chosen = digits(0), choose("tanh", None)
    run, made = Run.new("tanh", chosen.loss, usual_rate(chosen.loss), 0), Network(chosen)
    while len(run.losses) < 40 and run.accuracies[-1:] < [0.97]:
        run.epoch(made, data)
    assert run.accuracies[-1] >= 0.97


def test_a_resumed_run_is_the_run_that_was_not_interrupted(network, few, tmp_path):
    pytest.importorskip("matplotlib")
    whole = Run.new(*SETTINGS)
    for _ in range(3):
        whole.epoch(network, few)
    half = Run.new(*SETTINGS)
    half.epoch(network, few)
    half.save(tmp_path)
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    rest = Run.load(tmp_path)
    for _ in range(2):
        rest.epoch(network, few)
    assert rest.losses == whole.losses
    assert all(np.array_equal(rest.parameters[name], value) for name, value in whole.parameters.items())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["loss.png", "weights.npz"]


def test_a_rate_that_is_too_large_is_said(network, few):
    run = Run.new("tanh", "squared-error", 1e6, 0)
    with pytest.raises(SymgradError, match="smaller --rate"):
        run.epoch(network, few)


@pytest.mark.parametrize("found", ["nothing", "no archive", "half of one", "another archive", "one array"])
def test_nothing_to_resume_is_said(found, tmp_path):
    path = tmp_path / "weights.npz"
    np.savez(path, other=np.zeros(9))
    whole = path.read_bytes()
    path.unlink()
    match found:
        case "no archive":
            path.write_bytes(b"no archive")
        case "half of one":
            path.write_bytes(whole[: len(whole) // 2])
        case "another archive":
            path.write_bytes(whole)
        case "one array":
            with path.open("wb") as file:
                np.save(file, np.zeros(3))
    words = "no run to resume" if found == "nothing" else r"weights\.npz is damaged, or another file"
    with pytest.raises(SymgradError, match=words):
        Run.load(tmp_path)


# -- on the command line --------------------------------------------------------------------------


def test_train_reports_verdicts_then_epochs_and_stops_and_resumes(tmp_path, capsys):
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    folder = str(tmp_path / "run")
    assert cli.main(["train", "--loss", "squared-error", "--epochs", "1", "-o", folder]) == 0
    lines = capsys.readouterr().out.splitlines()
    verdicts = [line for line in lines if line.startswith("PROVED  ")]
    assert "conv2d.input" in " ".join(verdicts)
    assert lines[len(verdicts)].startswith("epoch   1  J ")
    assert cli.main(["train", "--resume", "--epochs", "9", "--until", "1", "-o", folder]) == 0
    out = capsys.readouterr().out
    assert "nothing to do" in out  # J is that small already
    assert "epoch   " not in out
    saved = (tmp_path / "run" / "weights.npz").read_bytes()
    assert cli.main(["train", "--resume", "--epochs", "1", "-o", folder]) == 0
    assert "nothing to do: " in capsys.readouterr().out
    assert (tmp_path / "run" / "weights.npz").read_bytes() == saved
    assert cli.main(["train", "--resume", "--epochs", "2", "-o", folder]) == 0
    assert "epoch   2" in capsys.readouterr().out
    assert cli.main(["train", "--resume", "--activation", "relu", "-o", folder]) == 2
    assert "has activation tanh, not relu" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        ["--seed", "-1"],
        ["--seed=x"],
        ["--epochs", "0"],
        ["--rate", "nan"],
        ["--rate", "fast"],
        ["--rate=-1"],
        ["--until", "0"],
    ],
)
def test_train_refuses_a_number_that_makes_no_sense(option, tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["train", *option, "-o", str(tmp_path / "run")])
    assert stopped.value.code == 2
    assert "is needed, got" in capsys.readouterr().err


def test_train_says_where_there_is_nothing_to_resume(tmp_path, capsys):
    assert cli.main(["train", "--resume", "-o", str(tmp_path)]) == 2
    assert (
        capsys.readouterr().err
        == f"symgrad: there is no run to resume in {tmp_path}: no {tmp_path / 'weights.npz'}\n"
    )


def test_train_refuses_to_start_on_a_rule_that_is_not_proved(monkeypatch, tmp_path, capsys):
    from test_trained_network import broken

    catalogue = list(broken())
    monkeypatch.setattr("symgrad.train.rules.rules", lambda: catalogue)
    assert cli.main(["train", "--loss", "squared-error", "-o", str(tmp_path / "run")]) == 1
    shown = capsys.readouterr()
    assert "linear.weight is REFUTED" in shown.err
    assert "epoch" not in shown.out
    assert not (tmp_path / "run").exists()
