"""Styles in which people write layers and losses, without an adapter: right ones pass, wrong ones do not."""

import contextlib
import io
import json
from pathlib import Path

import pytest

from symgrad.cli import main

STYLES = Path(__file__).parent.parent / "data" / "audit" / "wild.py"
PROVIDED = {
    "Updating": "the input is one column",
    "TanhAtOutput": "backward is given the output, not the input",
    "BinaryCrossEntropy": "p and y lie between 0 and 1",
    "SoftmaxCrossEntropy": "the rows of targets are one-hot",
    "Hidden": "the gradient of W, which is not found, is right",
    "Pooling": "pool_size=2, stride=1, padding=0, as it runs at no others of those tried",
}
"""What some of them are right under; the others are so without more."""
MISTAKES = {
    "Dense": ('self.grads["b"] += dY.sum(axis=0, keepdims=True)', 'self.grads["b"] += dY[:1]'),
    "Lazy": ("grad.sum(axis=0)", "grad.mean(axis=0)"),
    "Updating": ("self.bias -= learning_rate", "self.bias += learning_rate"),
    "OwnRate": ("dvalues.sum(axis=0, keepdims=True)", "2 * dvalues.sum(axis=0, keepdims=True)"),
    "Answering": ("self.dinputs[self.inputs <= 0] = 0", "self.dinputs[self.inputs <= 0] = 1"),
    "Listed": ("return dout @ self.params[0].T", "return 2 * dout @ self.params[0].T"),
    "BatchNorm": ("d - d.mean(axis=0) - self.normal", "d - self.normal"),
    "TanhAtOutput": ("1 - data**2", "1 + data**2"),
    "elu": ("1, alpha * np.exp(z)", "1, np.exp(z)"),
    "norm_forward": ("d.mean(axis=0) - normal", "d.mean(axis=1, keepdims=True) - normal"),
    "mse": ("/ y_true.size", "/ len(y_true)"),
    "SquareLoss": ("return y_pred - y\n", "return y - y_pred\n"),
    "BinaryCrossEntropy": ("-y / p + (1 - y) / (1 - p)", "-y / p + (1 - y) / p"),
    "softmax_loss": ("dx /= len(y)", "dx /= x.size"),
    "SoftmaxCrossEntropy": ("(self.probs - self.targets)", "(self.targets - self.probs)"),
    "Pooling": ("/ k**2", "/ k"),
    "Hidden": ("[self.x.T @ dout]\n        return dout", "[self.x.T @ dout]\n        return -dout"),
}


def verdicts(path):
    """The report on each pair of a file, by its name."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        main(["audit", "--json", "--jobs", "2", str(path)])
    return {one["name"]: one for one in json.loads(out.getvalue())}


@pytest.fixture(scope="module")
def right():
    return verdicts(STYLES)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    text = STYLES.read_text(encoding="utf-8")
    for old, new in MISTAKES.values():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path_factory.mktemp("mistakes") / "styles.py"
    path.write_text(text, encoding="utf-8")
    return verdicts(path)


def test_every_style_is_found(right):
    assert set(right) == set(MISTAKES)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_right_one_passes_under_no_more_than_its_condition(right, name):
    (finding,) = {finding["message"]: finding for finding in right[name]["findings"]}.values()
    assert (right[name]["verdict"], finding["message"]) == (
        "PASSED",
        f"provided {PROVIDED[name]}" if name in PROVIDED else "",
    )


@pytest.mark.parametrize("name", MISTAKES)
def test_a_wrong_one_does_not(wrong, name):
    assert wrong[name]["verdict"] == "WRONG GRADIENT"
