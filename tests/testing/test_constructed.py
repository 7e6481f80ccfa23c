"""Classes whose constructor takes sizes, as layers: made of the sizes of the arrays, in their own layout."""

import numpy as np
import pytest

from symgrad.errors import ArgumentError
from symgrad.testing import check_layer


class Dense:
    """Rows times a matrix of features in by features out, as most write it."""

    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_in, n_out), np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T


class Turned(Dense):
    """The kernel as PyTorch has it, in a dictionary, and a bias that is a row."""

    def __init__(self, in_features, out_features, scale=0.1):
        self.params = {
            "weight": scale * np.ones((out_features, in_features)),
            "bias": np.zeros((1, out_features)),
        }
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x @ self.params["weight"].T + self.params["bias"]

    def backward(self, dout):
        self.grads = {"weight": dout.T @ self.x, "bias": dout.sum(axis=0, keepdims=True)}
        return dout @ self.params["weight"]


class Updating(Dense):
    """Gradients are left nowhere: the backward takes a learning rate and updates."""

    def backward(self, dout, learning_rate):
        dx = dout @ self.W.T
        self.W -= learning_rate * self.x.T @ dout
        self.b = self.b - learning_rate * dout.sum(axis=0)
        return dx


class Averaging(Updating):
    def backward(self, dout, learning_rate):
        dx = dout @ self.W.T
        self.W -= learning_rate * self.x.T @ dout / len(dout)
        self.b = self.b - learning_rate * dout.sum(axis=0)
        return dx


class TooEarly(Updating):
    def backward(self, dout, learning_rate):
        self.W -= learning_rate * self.x.T @ dout
        self.b -= learning_rate * dout.sum(axis=0)
        return dout @ self.W.T


class Unbiased(Dense):
    def __init__(self, input_size, output_size):
        self.weights = np.ones((input_size, output_size))

    def forward(self, x):
        self.x = x
        return x @ self.weights

    def backward(self, dout):
        self.grad_weights = self.x.T @ dout
        return dout @ self.weights.T


class Swapped(Dense):
    """Takes the features in last."""

    def __init__(self, units, input_dim):
        super().__init__(input_dim, units)


@pytest.mark.parametrize("made", [Dense, Turned, Updating, Unbiased, Swapped])
def test_right_classes_of_sizes_pass_in_their_own_layout(made):
    report = check_layer("linear", made)
    assert report.passed, str(report)
    gradients = {f.what for f in report.findings}
    assert gradients == {"out", "dx", "dw"} | ({"db"} if made is not Unbiased else set())


@pytest.mark.parametrize(
    ("made", "what", "cause"), [(Averaging, "dw", "averaged over the batch"), (TooEarly, "dx", "")]
)
def test_an_update_that_is_not_by_the_gradient_is_found(made, what, cause):
    (wrong,) = [finding for finding in check_layer("linear", made).findings if not finding.passed]
    assert (wrong.kind, wrong.what) == ("WRONG GRADIENT", what)
    assert cause in wrong.cause


def test_a_forward_that_is_another_layer_is_found_in_any_layout():
    class Doubled(Dense):
        def forward(self, x):
            return 2 * super().forward(x)

    kinds = {finding.kind for finding in check_layer("linear", Doubled).findings}
    assert "WRONG FORWARD" in kinds


class BatchNorm:
    def __init__(self, num_features, momentum=0.9, eps=1e-5):
        self.gamma, self.beta, self.eps = np.ones(num_features), np.zeros(num_features), eps
        self.running_mean = np.zeros(num_features)

    def forward(self, x, training=True):
        self.std = np.sqrt(x.var(axis=0) + self.eps)
        self.normal = (x - x.mean(axis=0)) / self.std
        return self.gamma * self.normal + self.beta

    def backward(self, dout):
        n, normal = len(dout), self.normal
        self.dgamma, self.dbeta = (dout * normal).sum(axis=0), dout.sum(axis=0)
        d = dout * self.gamma
        return (n * d - d.sum(axis=0) - normal * (d * normal).sum(axis=0)) / (n * self.std)


class Forgetful(BatchNorm):
    """As if mean and variance did not depend on the input."""

    def backward(self, dout):
        super().backward(dout)
        return dout * self.gamma / self.std


@pytest.mark.parametrize(("made", "passed"), [(BatchNorm, True), (Forgetful, False)])
def test_a_normalization_takes_how_many_features_there_are(made, passed):
    report = check_layer("batch_norm", made, shapes=6)
    assert report.passed is passed
    assert {"dgamma", "dbeta", "out"} <= {finding.what for finding in report.findings if finding.passed}


class Conv2D:
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        self.stride, self.padding, self.k = stride, padding, kernel_size
        self.W = np.random.randn(out_channels, in_channels, kernel_size, kernel_size)
        self.b = np.zeros((out_channels, 1))

    def windows(self):
        k, s = self.k, self.stride
        for i in range((self.x.shape[2] - k) // s + 1):
            for j in range((self.x.shape[3] - k) // s + 1):
                yield (slice(None), slice(None), slice(i * s, i * s + k), slice(j * s, j * s + k)), i, j

    def forward(self, x):
        p = self.padding
        self.x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        found = [np.tensordot(self.x[at], self.W, ([1, 2, 3], [1, 2, 3])) for at, _, _ in self.windows()]
        high = (self.x.shape[2] - self.k) // self.stride + 1
        out = np.stack(found, axis=-1) + self.b
        return out.reshape(*out.shape[:2], high, -1)

    def backward(self, dout):
        self.dW, dx = np.zeros_like(self.W), np.zeros_like(self.x)
        self.db = dout.sum(axis=(0, 2, 3)).reshape(-1, 1)
        for at, i, j in self.windows():
            self.dW += np.tensordot(dout[:, :, i, j], self.x[at], (0, 0))
            dx[at] += np.tensordot(dout[:, :, i, j], self.W, (1, 0))
        p = self.padding
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]


class Overwriting(Conv2D):
    def backward(self, dout):
        dx = super().backward(dout)
        for at, i, j in self.windows():
            dx[at] = np.tensordot(dout[:, :, i, j], self.W, (1, 0))
        return dx


def test_a_convolution_takes_channels_the_side_of_its_kernel_and_options():
    report = check_layer("conv2d", Conv2D)
    assert report.passed, str(report)
    assert not check_layer("conv2d", Overwriting, options={"stride": [1, 2]}).passed


@pytest.mark.parametrize(
    ("constructor", "said"),
    [
        (
            lambda self, n_in, n_out, device: None,
            "nothing is known of device, .* n_in = 2, n_out = 3, device = …",
        ),
        (lambda self, n_in, n_out: setattr(self, "table", np.ones((n_in, n_out))), "keeps no array called W"),
        (lambda self, n_in, n_out: setattr(self, "W", np.ones(n_in * n_out)), r"keeps W in shape \(6,\)"),
    ],
)
def test_what_a_class_does_not_show_is_asked_for_with_the_toml_to_write(constructor, said):
    made = type("Odd", (Dense,), {"__init__": constructor})
    with pytest.raises(ArgumentError, match=said) as refused:
        check_layer("linear", made)
    assert "[Odd] options = {" in str(refused.value)


def test_a_layout_that_the_class_contradicts_is_refused():
    with pytest.raises(ArgumentError, match="layout IO, and OI is said"):
        check_layer("linear", Dense, kernel_layout="OI")
    assert check_layer("linear", Dense, kernel_layout="IO").passed
