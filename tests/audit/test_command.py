"""`symgrad audit`: other people's code is found, run and judged, and nothing it does stops the rest."""

import json
import os
import select
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from symgrad.cli import main

DATA = Path(__file__).parent.parent / "data" / "audit"


@pytest.fixture(scope="module")
def misconduct(tmp_path_factory):
    """The verdict on each pair of code that does what it may not, from one run."""
    import contextlib
    import io

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["audit", "--time", "12", "--json", str(DATA / "misconduct.py")])
    return status, {one["name"]: one for one in json.loads(out.getvalue())}


@pytest.mark.parametrize(
    ("name", "verdict", "said"),
    [
        ("good", "PASSED", ""),
        ("raising", "RAISED", "no gradient today"),
        ("endless", "TIMED OUT", ""),
        ("mutating", "MUTATES", ""),
        ("greedy", "MUTATES", ""),
        ("misshapen", "WRONG SHAPE", ""),
        ("silent", "RETURNED NOTHING", ""),
        ("random", "RANDOM", ""),
        ("chatty", "PASSED", ""),
        ("vast", "RAISED", "MemoryError"),
        ("dying", "RAISED", "ended with 7"),
        ("odd", "NOT UNDERSTOOD", "momentum"),
    ],
)
def test_misconduct_is_a_finding_and_the_next_pair_is_still_checked(misconduct, name, verdict, said):
    one = misconduct[1][f"{name}_forward"]
    assert one["verdict"] == verdict
    assert said in one["findings"][0]["message"]


def test_the_exit_status_says_that_something_is_wrong(misconduct):
    assert misconduct[0] == 1


def audited(capsys, *arguments):
    status = main(["audit", *arguments])
    return status, capsys.readouterr()


def test_right_code_passes_and_wrong_code_is_diagnosed(capsys, tmp_path):
    page = tmp_path / "audit.html"
    status, said = audited(capsys, str(DATA / "layers.py"), "--html", str(page))
    assert status == 1
    verdicts = {
        line.split("layers.py:")[1].split()[1]: line[:15].strip() for line in said.out.splitlines()[:6]
    }
    wrong = {name for name, verdict in verdicts.items() if verdict != "PASSED"}
    assert wrong == {"square", "bias_forward"}
    assert "6 pairs: 4 PASSED, 2 WRONG GRADIENT" in said.out
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "http" not in text
    assert text.count("<tr>") == 7


def test_that_code_is_run_is_said_before(capsys):
    _, said = audited(capsys, f"{DATA / 'layers.py'}:relu_forward")
    assert said.err.startswith("symgrad audit runs the code it finds: 1 pair")


@pytest.mark.parametrize(
    ("target", "status"), [("layers.py:affine_forward", 0), ("misconduct.py:odd_forward", 3)]
)
def test_the_exit_status_is_as_for_verify(capsys, target, status):
    assert audited(capsys, str(DATA / target))[0] == status


@pytest.mark.parametrize(
    ("name", "layer", "layouts", "status"),
    [
        ("conv_strided", "conv2d", (), 0),
        ("conv_nhwc", "conv2d", ("--layout", "NHWC", "--kernel-layout", "HWIO"), 0),
        ("dense", "linear", ("--kernel-layout", "IO"), 0),
        ("dense", "linear", ("--kernel-layout", "OI"), 1),
    ],
)
def test_a_layer_and_its_layout_are_claims_that_are_checked(capsys, name, layer, layouts, status):
    path = DATA.parent.parent.parent / "examples" / f"{name}.py"
    assert audited(capsys, str(path), "--layer", layer, *layouts)[0] == status


SIZES = """
import numpy as np


class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_in, n_out), np.zeros((1, n_out))

    def forward(self, x):
        self.x = x
        return {factor} * x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = {factor} * self.x.T @ dout, dout.sum(axis=0, keepdims=True)
        return {factor} * dout @ self.W.T
"""


@pytest.mark.parametrize(("factor", "status", "verdict"), [(1, 0, "PASSED"), (2, 1, "WRONG FORWARD")])
def test_a_class_that_takes_sizes_is_the_layer_it_is_said_to_be_or_is_not(
    capsys, tmp_path, factor, status, verdict
):
    (tmp_path / "dense.py").write_text(SIZES.replace("{factor}", str(factor)), encoding="utf-8")
    found, said = audited(capsys, str(tmp_path), "--layer", "linear", "--json")
    assert (found, json.loads(said.out)[0]["verdict"]) == (status, verdict)


CELL = """
import numpy as np


class Cell:
    def __init__(self, entering, hidden):
        self.Wx, self.Wh = np.random.randn(entering, hidden), np.random.randn(hidden, hidden)

    def forward(self, x, before):
        self.x, self.before = x, before
        self.h = np.tanh(x @ self.Wx + before @ self.Wh)
        return self.h

    def backward(self, dh):
        dz = dh * (1 - self.h**2)
        self.dWx, self.dWh = self.x.T @ dz, {factor} * self.before.T @ dz
        return dz @ self.Wx.T, dz @ self.Wh.T
"""


@pytest.mark.parametrize(("factor", "verdict"), [(1, "PASSED"), (2, "WRONG GRADIENT")])
def test_what_a_constructor_takes_is_said_in_toml(capsys, tmp_path, factor, verdict):
    (tmp_path / "cell.py").write_text(CELL.replace("{factor}", str(factor)), encoding="utf-8")
    adapter = tmp_path / "adapter.toml"
    _, said = audited(capsys, str(tmp_path))
    assert 'options = { entering = "…", hidden = "…" }' in said.out
    sizes = "arguments = { x = [3, 2], before = [3, 4] }\noptions = { entering = 2, hidden = 4 }"
    adapter.write_text(f"[Cell]\n{sizes}\n", encoding="utf-8")
    _, said = audited(capsys, str(tmp_path), "--adapter", str(adapter), "--json")
    (one,) = json.loads(said.out)
    assert one["verdict"] == verdict
    if factor == 2:
        assert [f["what"] for f in one["findings"] if f["kind"] == verdict] == ["dWh"]


LABELLED = """
import numpy as np


def loss(p, labels):
    return -np.log(p[np.arange(len(p)), labels]).sum()


def loss_grad(p, labels):
    grad = np.zeros_like(p)
    grad[np.arange(len(p)), labels] = {one} / p[np.arange(len(p)), labels]
    return grad
"""


@pytest.mark.parametrize("shapes", ['{ p = "N C", labels = "N" }', "{ p = [3, 2], labels = [3] }"])
@pytest.mark.parametrize(("one", "verdict"), [(-1, "PASSED"), (1, "WRONG GRADIENT")])
def test_labels_that_are_said_by_their_shape_are_drawn_as_class_numbers(
    capsys, tmp_path, shapes, one, verdict
):
    (tmp_path / "loss.py").write_text(LABELLED.replace("{one}", str(one)), encoding="utf-8")
    adapter = tmp_path / "adapter.toml"
    adapter.write_text(f'[loss]\narguments = {shapes}\nwrt = ["p"]\n', encoding="utf-8")
    _, said = audited(capsys, str(tmp_path), "--adapter", str(adapter), "--json")
    (one_pair,) = json.loads(said.out)
    assert one_pair["verdict"] == verdict
    assert "labels holds class numbers" in one_pair["findings"][0]["conditions"]


def test_a_loss_that_takes_what_was_not_tried_is_asked_for(capsys, tmp_path):
    text = "def loss(pred, target):\n    {}\n    return (pred - target).sum()\n"
    text = text.format("if pred.ndim != 3: raise ValueError('three axes')")
    text += "def loss_grad(pred, target): return 1 + 0 * pred\n"
    (tmp_path / "loss.py").write_text(text, encoding="utf-8")
    status, said = audited(capsys, str(tmp_path))
    assert (status, "raised ValueError: three axes" in said.out) == (3, True)
    adapter = tmp_path / "adapter.toml"
    adapter.write_text('[loss]\narguments = { pred = "N L C", target = "N L C" }\nwrt = ["pred"]\n')
    assert audited(capsys, str(tmp_path), "--adapter", str(adapter))[0] == 0


BY_NAME = """
import numpy as np


class Leaky:
    def forward(self, data):
        self.slope = np.where(data > 0, 1, {0})
        return self.slope * data

    def backward(self, data):
        return {1}
"""


@pytest.mark.parametrize(
    ("slope", "given", "verdict", "message"),
    [
        ("0.5", "self.slope * data", "PASSED", ""),
        ("0.5", "self.slope", "PASSED", "provided backward is given the input, not a gradient"),
        ("0.5", "self.slope**2", "WRONG GRADIENT", ""),
    ],
)
def test_a_backward_that_may_take_a_gradient_or_the_input_is_read_either_way(
    capsys, tmp_path, slope, given, verdict, message
):
    (tmp_path / "leaky.py").write_text(BY_NAME.replace("{0}", slope).replace("{1}", given), encoding="utf-8")
    audited_as = audited(capsys, str(tmp_path), "--json")[1]
    (one,) = json.loads(audited_as.out)
    assert (one["verdict"], one["findings"][0]["message"]) == (verdict, message)


def test_a_call_that_cannot_be_stopped_is_told_from_a_check_that_takes_long(capsys, tmp_path):
    text = "import time\ndef f(x): return x\ndef f_backward(dout, x): time.sleep(60)\n"
    (tmp_path / "sleeping.py").write_text(text, encoding="utf-8")
    status, said = audited(capsys, str(tmp_path), "--time", "6", "--json")
    (finding,) = json.loads(said.out)[0]["findings"]
    assert (status, finding["kind"]) == (1, "TIMED OUT")
    assert "does not come back" in finding["message"]


def test_an_adapter_in_toml_says_what_is_not_evident(capsys, tmp_path):
    adapter = tmp_path / "adapter.toml"
    adapter.write_text(
        "[odd_forward]\narguments = { x = [2, 3] }\noptions = { momentum = 3 }\n", encoding="utf-8"
    )
    target = f"{DATA / 'misconduct.py'}:odd_forward"
    assert audited(capsys, target, "--adapter", str(adapter))[0] == 0


def test_an_adapter_in_python_may_hold_a_convention_of_its_own(capsys, tmp_path):
    adapter = tmp_path / "adapter.py"
    adapter.write_text(
        """
class Momentum:
    def forward(self, forward, arrays, options):
        return forward(arrays["x"], 5), None

    def backward(self, backward, cotangent, saved, arrays, options, wrt):
        return {"x": backward(cotangent, arrays["x"], 5)}


ADAPTER = {"odd_forward": {"arguments": {"x": (2, 2)}, "convention": Momentum()}}
""",
        encoding="utf-8",
    )
    target = f"{DATA / 'misconduct.py'}:odd_forward"
    assert audited(capsys, target, "--adapter", str(adapter))[0] == 0


LOSSES = """
import numpy as np


class LogLoss:
    def __call__(self, labels, p):
        return -np.mean(np.log(p[np.arange(len(p)), labels]))

    def derivative(self, labels, p):
        grad = np.zeros_like(p)
        grad[np.arange(len(p)), labels] = -1 / p[np.arange(len(p)), labels]
        return grad{mean}


class Momentum(LogLoss):
    pass
"""
ADAPTER = """
import numpy as np


def labels(sizes):
    return np.arange(sizes["N"]) % sizes["C"]


ADAPTER = {
    "LogLoss": {
        "arguments": {"labels": labels, "p": "N C"},
        "wrt": ["p"],
        "convention": "derivative",
        "domain": {"p": (0, 1)},
        "fits": lambda case: case.sizes["C"] > 1,
    },
    "Momentum": {"skip": True},
}
"""


def test_what_is_not_understood_is_asked_for_in_toml(capsys):
    _, said = audited(capsys, f"{DATA / 'misconduct.py'}:odd_forward")
    toml = said.out.partition("TOML")[2] or said.out.partition(".toml):")[2]
    tables = tomllib.loads(toml.rpartition("\n1 pair")[0])
    assert tables == {"odd_forward": {"arguments": {"x": "…", "momentum": "…"}}}


@pytest.mark.parametrize(("mean", "status"), [("", 1), (" / len(p)", 0)])
def test_an_adapter_names_sizes_and_says_what_has_a_meaning(capsys, tmp_path, mean, status):
    (tmp_path / "losses.py").write_text(LOSSES.replace("{mean}", mean), encoding="utf-8")
    adapter = tmp_path / "adapters" / "losses.py"  # called as what it is for
    adapter.parent.mkdir()
    adapter.write_text(ADAPTER, encoding="utf-8")
    found, said = audited(capsys, str(tmp_path / "losses.py"), "--adapter", str(adapter), "--json")
    (one,) = json.loads(said.out)
    assert (found, one["name"], one["checked"]) == (status, "LogLoss", 40)
    if status:
        assert one["findings"][0]["shapes"] == {"labels": [2], "p": [2, 2]}
        assert "a mean over N" in one["findings"][0]["cause"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[f]\nlayr = 'conv2d'\n", "says 'layr'"),
        ("f = 3\n", "is no table"),
        ("[f\n", "no TOML"),
        ("[f]\nconvention = 'pear'\n", "there are pair"),
    ],
)
def test_an_adapter_without_meaning_is_misuse(capsys, tmp_path, text, message):
    adapter = tmp_path / "adapter.toml"
    adapter.write_text(text, encoding="utf-8")
    status, said = audited(capsys, str(DATA / "layers.py"), "--adapter", str(adapter))
    assert status == 2
    assert message in said.err


def test_a_folder_without_pairs_is_misuse(capsys, tmp_path):
    status, said = audited(capsys, str(tmp_path))
    assert (status, "no pair" in said.err) == (2, True)


def test_modules_of_a_package_are_imported_as_such(capsys, tmp_path):
    package = tmp_path / "layers"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "base.py").write_text("FACTOR = 3\n", encoding="utf-8")
    (package / "scale.py").write_text(
        "from .base import FACTOR\n\n"
        "def scale_forward(x):\n    return FACTOR * x\n\n"
        "def scale_backward(dout, x):\n    return FACTOR * dout\n",
        encoding="utf-8",
    )
    assert audited(capsys, str(package))[0] == 0


def test_an_autograd_function_is_checked_as_a_black_box(capsys, tmp_path):
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install --group torch")
    (tmp_path / "functions.py").write_text(
        """
import torch

class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, dout):
        (x,) = ctx.saved_tensors
        return dout * 3 * x**2

class Wrong(Cube):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, dout):
        (x,) = ctx.saved_tensors
        return dout * 2 * x**2
""",
        encoding="utf-8",
    )
    adapter = tmp_path / "adapter.toml"
    adapter.write_text('[Wrong]\nconvention = "torch"\n', encoding="utf-8")
    status, said = audited(capsys, str(tmp_path), "--adapter", str(adapter), "--memory", "16384")
    assert status == 1
    assert "2 pairs: 1 PASSED, 1 WRONG GRADIENT" in said.out


def test_on_a_terminal_a_bar_shows_progress_and_the_table_stays_whole():
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")
    import fcntl
    import struct
    import termios

    reading, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 150, 0, 0))
    command = [sys.executable, "-m", "symgrad", "audit", "--jobs", "1", str(DATA / "layers.py")]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        said = b""
        while process.poll() is None or select.select([reading], [], [], 0)[0]:
            try:
                said += os.read(reading, 65536)
            except OSError:  # the other end is closed
                break
    os.close(reading)
    text = said.decode()
    assert "pair/s]" in text or "s/pair]" in text
    shown = [line.split("\r")[-1] for line in text.replace("\r\n", "\n").splitlines() if "layers.py:" in line]
    rows = [line for line in shown if "\033[" in line]
    assert len(rows) == 6
    assert not any("pair/s]" in line for line in rows)
