"""Classes that make their parameters themselves: which they are, and where their gradients are left."""

import json

import numpy as np
import pytest

from symgrad.cli import main
from symgrad.testing.instance import Kept, Methods, parameters


class Attributes:
    def __init__(self, gradient="dW"):
        self.W, self.b, self.rate, self.name = np.ones((3, 2)), np.zeros(2), 0.1, gradient

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        setattr(self, self.name, self.x.T @ dout)
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class Dictionaries:
    def __init__(self):
        self.params, self.grads = {"W": np.ones((3, 2)), "b": np.zeros(2)}, {}

    def forward(self, x):
        self.x = x
        return x @ self.params["W"] + self.params["b"]

    def backward(self, dout):
        self.grads["W"], self.grads["b"] = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.params["W"].T


def found(make, read):
    return parameters(make, read, Methods(), {"x": np.ones((4, 3))})


@pytest.mark.parametrize("gradient", ["dW", "grad_W", "W_grad", "d_w"])
def test_parameters_in_attributes_are_found_with_their_gradients(gradient):
    layer = found(lambda: Attributes(gradient), ("W", "b", "rate"))
    assert layer.shapes == {"W": (3, 2), "b": (2,)}
    assert layer.gradients == {"W": gradient, "b": "db"}


def test_parameters_in_a_dictionary_are_found_and_set_there():
    layer = found(Dictionaries, ("params",))
    assert layer.kept == {"W": "params.W", "b": "params.b"}
    assert layer.gradients == {"W": "grads.W", "b": "grads.b"}
    made = layer.put(Dictionaries(), {"W": np.full((3, 2), 5.0), "b": np.ones(2)})
    assert made.params["W"][0, 0] == 5


class AtFirstRun(Attributes):
    def __init__(self):
        self.W = None

    def forward(self, x):
        if self.W is None:
            self.W, self.b = np.random.randn(x.shape[1], 2), np.zeros(2)
        self.kept = x * 1
        return (x + 0 * self.kept) @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.kept.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


def test_parameters_that_the_first_run_makes_are_told_from_what_every_run_keeps():
    layer = found(AtFirstRun, ("W", "b", "kept"))
    assert layer.shapes == {"W": (3, 2), "b": (2,)}
    assert layer.gradients == {"W": "dW", "b": "db"}
    arrays = {"x": np.ones((1, 3)), "W": np.full((3, 2), 2.0), "b": np.ones(2)}
    out, _ = Kept(lambda *_: AtFirstRun(), layer).forward(AtFirstRun, arrays, {})
    assert out.tolist() == [[7, 7]]


class Answering(Attributes):
    def forward(self, x, training):
        self.output = super().forward(x if training else 0 * x)

    def backward(self, dout):
        self.dinputs = super().backward(dout)


def test_methods_may_answer_in_attributes_and_be_told_that_this_is_training():
    methods = Methods(answers=("output", "dinputs"))
    layer = Answering()
    x = np.ones((1, 3))
    assert methods.forward(layer, [x]).tolist() == [[3, 3]]
    assert methods.backward(layer, np.ones((1, 2))).tolist() == [[2, 2, 2]]
    assert Methods().forward(layer, [x]) is None


class Updating(Attributes):
    def backward(self, dout, lr):
        self.W = self.W - lr * self.x.T @ dout
        self.b -= lr * dout.sum(axis=0)
        return dout @ self.W.T


def test_what_an_update_takes_off_a_parameter_is_its_gradient():
    layer = found(Updating, ("W", "b"))
    assert layer.gradients == layer.kept == {"W": "W", "b": "b"}


def test_what_the_forward_does_not_read_is_no_parameter():
    assert found(Attributes, ("W",)).shapes == {"W": (3, 2)}


def test_a_layer_of_other_sizes_does_not_fit():
    layer = found(Attributes, ("W", "b"))
    assert layer.fit(Attributes(), {"x": (1, 3), "W": (3, 2), "b": (2,)})
    assert not layer.fit(Attributes(), {"x": (1, 3), "W": (3, 1), "b": (2,)})


CODE = """
import numpy as np


class Linear:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)
        self.b = np.zeros(out_features)
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.grads["W"] = self.x.T @ dy
        self.grads["b"] = dy.mean(axis=0)
        return dy @ self.W.T
"""


def test_such_a_class_is_audited_without_an_adapter(capsys, tmp_path):
    (tmp_path / "linear.py").write_text(CODE, encoding="utf-8")
    assert main(["audit", "--json", str(tmp_path)]) == 1
    (one,) = json.loads(capsys.readouterr().out)
    kinds = {finding["what"]: finding["kind"] for finding in one["findings"]}
    assert kinds == {"dx": "PASSED", "dW": "PASSED", "db": "WRONG GRADIENT"}
    (wrong,) = [finding for finding in one["findings"] if finding["what"] == "db"]
    assert wrong["shapes"] == {"x": [2, 1], "W": [1, 1], "b": [1]}
    assert "averaged over the batch" in wrong["cause"]
