"""Pairs are found by name and signature, and nothing is run for that."""

from pathlib import Path

import pytest

from symgrad.audit.find import find
from symgrad.errors import SymgradError

DATA = Path(__file__).parent.parent / "data" / "audit"


def in_file(tmp_path, text):
    file = tmp_path / "layers.py"
    file.write_text(text, encoding="utf-8")
    return find(str(file))


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        ("conv_forward", "conv_backward"),
        ("forward_conv", "backward_conv"),
        ("conv_forward_naive", "conv_backward_naive"),
        ("conv", "conv_backward"),
        ("conv", "conv_grad"),
        ("conv", "d_conv"),
        ("sigmoid", "sigmoid_derivative"),
        ("relu", "relu_prime"),
        ("convForward", "convBackward"),
        ("forward", "backward"),
        ("feedforward", "backprop"),
    ],
)
def test_names_in_the_wild_are_paired(tmp_path, forward, backward):
    text = f"def {backward}(dout, x):\n    return dout\n\ndef {forward}(x):\n    return x\n"
    (pair,) = in_file(tmp_path, text)
    assert (pair.name, pair.backward) == (forward, backward)


def test_classes_with_both_methods_are_pairs_and_abstract_ones_are_not(tmp_path):
    text = """
class Layer:
    def forward(self, x): raise NotImplementedError
    def backward(self, dout): raise NotImplementedError

class Relu(Layer):
    def __init__(self, slope=0): self.slope = slope
    def forward(self, x): return x
    def backward(self, dout): return dout

class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y): return x * y
    @staticmethod
    def backward(ctx, dout): return dout, dout

class OnlyForward:
    def forward(self, x): return x
"""
    relu, mul = in_file(tmp_path, text)
    assert (relu.name, relu.kind, relu.parameters, relu.made_of) == (
        "Relu",
        "class",
        ("x",),
        (("slope", True),),
    )
    assert (mul.name, mul.kind, mul.parameters) == ("Mul", "autograd", ("x", "y"))


def test_a_backward_without_a_forward_is_no_pair(tmp_path):
    assert (
        in_file(tmp_path, "def backward(x):\n    return x\n\ndef conv_backward(dout):\n    return dout\n")
        == []
    )


def test_what_is_read_from_dictionaries_is_seen(tmp_path):
    text = """
def pool_forward(x, pool_param):
    s = pool_param["stride"]
    h = pool_param.get("pool_height", 2)
    return x, (x, pool_param)

def pool_backward(dout, cache):
    return dout
"""
    (pair,) = in_file(tmp_path, text)
    assert pair.keys == {"pool_param": ("stride", "pool_height")}
    assert pair.returns == 2


def test_a_folder_is_searched_but_not_what_others_installed_in_it(tmp_path):
    for folder in ("mine", ".venv/lib", "node_modules"):
        (tmp_path / folder).mkdir(parents=True)
        text = "def f_forward(x):\n    return x\n\ndef f_backward(dout, x):\n    return dout\n"
        (tmp_path / folder / "a.py").write_text(text, encoding="utf-8")
    assert [Path(pair.path).parent.name for pair in find(str(tmp_path))] == ["mine"]


def test_one_pair_is_chosen_by_either_name():
    assert [p.name for p in find(f"{DATA / 'layers.py'}:conv_backward")] == ["conv_forward"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("/nowhere/at_all.py", "not a file"),
        (f"{DATA / 'layers.py'}:softmax", "there is no pair 'softmax'.*affine_forward"),
    ],
)
def test_what_is_not_there_is_an_error_that_says_so(target, message):
    with pytest.raises(SymgradError, match=message):
        find(target)


@pytest.mark.parametrize(
    ("text", "said"), [(b"\n\ndef (:\n", "invalid syntax"), (b"x = '\xff'\n", ""), (b"\0", "null bytes")]
)
def test_a_file_that_cannot_be_read_is_found_as_such(tmp_path, text, said):
    (tmp_path / "layers.py").write_bytes(text)
    (unreadable,) = find(str(tmp_path / "layers.py"))
    assert unreadable.kind == "unreadable"
    assert unreadable.problem.startswith("the file cannot be read: ")
    assert said in unreadable.problem


def test_a_file_is_read_in_its_own_encoding_and_its_escapes_are_its_own_matter(tmp_path):
    text = "# coding: latin-1\nE = 'é \\d'\ndef f(x): return x\ndef f_grad(dout, x): return dout\n"
    (tmp_path / "layers.py").write_bytes(text.encode("latin-1"))
    assert [pair.name for pair in find(str(tmp_path))] == ["f"]


def test_methods_of_a_base_in_the_same_file_count(tmp_path):
    text = """
class Activation:
    def __init__(self, function): self.function = function
    def forward(self, x): return self.function(x)
    def backward(self, dout): return dout

class Tanh(Activation):
    def __init__(self): super().__init__(np.tanh)
"""
    _, tanh = in_file(tmp_path, text)
    assert (tanh.name, tanh.kind, tanh.made_of, tanh.parameters) == ("Tanh", "class", (), ("x",))


@pytest.mark.parametrize(
    ("forward", "backward", "kind"),
    [
        ("forward_pass", "backward_pass", "class"),
        ("__call__", "backpropagate", "class"),
        ("__call__", "derivative", "derivative"),
        ("fn", "grad", "derivative"),
    ],
)
def test_methods_in_the_wild_are_paired(tmp_path, forward, backward, kind):
    text = f"class Relu:\n    def {forward}(self, x): return x\n    def {backward}(self, dx): return dx\n"
    (relu,) = in_file(tmp_path, text)
    assert (relu.kind, relu.methods) == (kind, (forward, backward))


@pytest.mark.parametrize(
    ("backward", "kind"),
    [
        ("def backward(self, data): return data > 0", "derivative"),
        ("def backward(self, data): return data * self.mask", "class"),
        ("def backward(self, delta): return delta", "class"),
    ],
)
def test_a_backward_that_takes_what_the_forward_takes_and_kept_nothing_is_a_derivative(
    tmp_path, backward, kind
):
    forward = "def forward(self, data):\n        self.mask = data > 0\n        return data * self.mask"
    (relu,) = in_file(tmp_path, f"class Relu:\n    {forward}\n    {backward}\n")
    assert relu.kind == kind


def test_a_static_method_has_no_self(tmp_path):
    method = "    @staticmethod\n    def {}(actual, prediction): return 0\n"
    (loss,) = in_file(tmp_path, f"class Mse:\n{method.format('forward')}{method.format('backward')}")
    assert loss.parameters == loss.back_parameters == ("actual", "prediction")


@pytest.mark.parametrize(
    ("last", "found"), [("return loss, dx", True), ("return loss, accuracy", False), ("return loss", False)]
)
def test_a_loss_that_returns_its_gradient_is_a_pair_of_one_function(tmp_path, last, found):
    pairs = in_file(tmp_path, f"def softmax_loss(x, y):\n    loss = dx = accuracy = 0\n    {last}\n")
    assert [(pair.name, pair.backward) for pair in pairs] == (
        [("softmax_loss", "softmax_loss")] if found else []
    )


def test_methods_that_leave_their_answers_in_attributes_are_seen(tmp_path):
    text = """
class Relu:
    def forward(self, inputs):
        self.output = inputs
    def backward(self, dvalues):
        self.dinputs = dvalues

class Returning(Relu):
    def backward(self, dvalues):
        self.dinputs = dvalues
        return dvalues
"""
    relu, returning = in_file(tmp_path, text)
    assert (relu.answers, returning.answers) == (("output", "dinputs"), None)
