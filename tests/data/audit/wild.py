"""Right layers and losses, each written as some people write them."""

import numpy as np


class Dense:
    """Makes its parameters of sizes, in dictionaries."""

    def __init__(self, in_features, out_features, bias=True):
        limit = 1 / np.sqrt(in_features)  # undefined at 0 features
        self.params = {
            "W": np.random.uniform(-limit, limit, (in_features, out_features)),
            "b": np.zeros((1, out_features)),
        }
        self.grads = {"W": np.zeros((in_features, out_features)), "b": np.zeros((1, out_features))}

    def forward(self, X):
        self.X = X
        return X @ self.params["W"] + self.params["b"]

    def backward(self, dY):
        self.grads["W"] += self.X.T @ dY
        self.grads["b"] += dY.sum(axis=0, keepdims=True)
        return dY @ self.params["W"].T


class Lazy:
    """Makes its parameters when it first sees an input."""

    def __init__(self, units):
        self.units, self.W = units, None

    def forward(self, x):
        if self.W is None:
            self.W, self.b = np.random.randn(x.shape[-1], self.units), np.zeros(self.units)
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW, self.db = self.x.T @ grad, grad.sum(axis=0)
        return grad @ self.W.T


class Updating:
    """Learns in its backward, from columns one by one."""

    def __init__(self, input_size, output_size):
        self.weights, self.bias = np.random.randn(output_size, input_size), np.random.randn(output_size, 1)

    def forward(self, input):
        self.input = input
        return self.weights @ input + self.bias

    def backward(self, output_gradient, learning_rate):
        input_gradient = self.weights.T @ output_gradient
        self.weights -= learning_rate * output_gradient @ self.input.T
        self.bias -= learning_rate * output_gradient
        return input_gradient


class OwnRate:
    """Learns in its backward at a rate of its own."""

    def __init__(self, n_inputs, n_neurons, lr=0.01):
        self.weights, self.biases = np.random.randn(n_inputs, n_neurons), np.zeros((1, n_neurons))
        self.lr = lr

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.weights + self.biases

    def backward(self, dvalues):
        dinputs = dvalues @ self.weights.T
        self.weights -= self.lr * self.inputs.T @ dvalues
        self.biases -= self.lr * dvalues.sum(axis=0, keepdims=True)
        return dinputs


class Answering:
    """Returns nothing: answers are attributes."""

    def forward(self, inputs):
        self.inputs, self.output = inputs, np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0


class Listed:
    """Parameters and gradients are lists."""

    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]

    def forward(self, x):
        self.x = x
        return x @ self.params[0]

    def backward(self, dout):
        self.grads[0][...] = self.x.T @ dout
        return dout @ self.params[0].T


class BatchNorm:
    """Is told whether it is training, and how many features there are."""

    def __init__(self, n_features, momentum=0.9):
        self.gamma, self.beta = np.ones(n_features), np.zeros(n_features)
        self.mean, self.momentum = np.zeros(n_features), momentum

    def forward(self, X, training):
        mean = X.mean(axis=0) if training else self.mean
        self.std = np.sqrt(X.var(axis=0) + 1e-8)
        self.normal = (X - mean) / self.std
        return self.gamma * self.normal + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = (dout * self.normal).sum(axis=0), dout.sum(axis=0)
        d = dout * self.gamma
        return (d - d.mean(axis=0) - self.normal * (d * self.normal).mean(axis=0)) / self.std


class TanhAtOutput:
    """Its derivative takes what it gave, and says so nowhere."""

    def forward(self, data):
        return np.tanh(data)

    def backward(self, data):
        return 1 - data**2


def elu(z, alpha=1.0):
    return np.where(z > 0, z, alpha * (np.exp(z) - 1))


def elu_grad(z, alpha=1.0):
    return np.where(z > 0, 1, alpha * np.exp(z))


def norm_forward(x, gamma, beta, bn_param):
    mode, eps = bn_param["mode"], bn_param.get("eps", 1e-5)
    running = bn_param.get("running_mean", np.zeros(x.shape[1]))
    mean = x.mean(axis=0) if mode == "train" else running
    std = np.sqrt(x.var(axis=0) + eps)
    normal = (x - mean) / std
    return gamma * normal + beta, (normal, gamma, std)


def norm_backward(dout, cache):
    normal, gamma, std = cache
    d = dout * gamma
    dx = (d - d.mean(axis=0) - normal * (d * normal).mean(axis=0)) / std
    return dx, (dout * normal).sum(axis=0), dout.sum(axis=0)


def mse(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


def mse_prime(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_true.size


class SquareLoss:
    """Static, of each entry."""

    @staticmethod
    def loss(y, y_pred):
        return 0.5 * (y - y_pred) ** 2

    @staticmethod
    def gradient(y, y_pred):
        return y_pred - y


class BinaryCrossEntropy:
    """Of probabilities, cut off."""

    def loss(self, y, p):
        p = np.clip(p, 1e-15, 1 - 1e-15)
        return -y * np.log(p) - (1 - y) * np.log(1 - p)

    def gradient(self, y, p):
        p = np.clip(p, 1e-15, 1 - 1e-15)
        return -y / p + (1 - y) / (1 - p)


def softmax_loss(x, y):
    """Class numbers, and the gradient beside the loss."""
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    loss = -np.log(p[rows, y]).mean()
    dx = p.copy()
    dx[rows, y] -= 1
    dx /= len(y)
    return loss, dx


class SoftmaxCrossEntropy:
    """One-hot rows, and the gradient that comes in has a default."""

    def forward(self, logits, targets):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.probs, self.targets = powers / powers.sum(axis=1, keepdims=True), targets
        return -np.mean(np.sum(targets * np.log(self.probs), axis=1))

    def backward(self, dout=1):
        return (self.probs - self.targets) / len(self.targets)


class Pooling:
    """Forgets its padding."""

    def __init__(self, pool_size=2, stride=2, padding=0):
        self.k, self.s, self.p = pool_size, stride, padding

    def forward(self, x):
        k, s = self.k, self.s
        self.x = np.pad(x, ((0, 0), (0, 0), (self.p, self.p), (self.p, self.p)))
        high, wide = ((n - k) // s + 1 for n in x.shape[2:])
        windows = [
            self.x[:, :, i * s : i * s + k, j * s : j * s + k].mean(axis=(2, 3))
            for i in range((self.x.shape[2] - k) // s + 1)
            for j in range((self.x.shape[3] - k) // s + 1)
        ]
        return np.stack(windows, axis=-1).reshape(*x.shape[:2], high, wide)

    def backward(self, dout):
        k, s = self.k, self.s
        dx = np.zeros_like(self.x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                dx[:, :, i * s : i * s + k, j * s : j * s + k] += dout[:, :, i : i + 1, j : j + 1] / k**2
        return dx


class Hidden:
    """Leaves the gradient of its parameter where nobody would look."""

    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.change = [self.x.T @ dout]
        return dout @ self.W.T
