"""Every finding of the audits in this folder, computed once more beside PyTorch: `python beside_torch.py`.

Needs torch, and the five packages: those with an adapter here, caspian-ml and aeronet-learn. Each line is a
gradient by the package and by PyTorch's autograd, on the same numbers; a finding is right where they differ.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parent))

import for_numpy_ml  # noqa: F401 (puts back what the import of numpy_ml misses)
from caspian import losses as caspian
from mpneuralnetwork.layers import layer2d
from neuralnetlib import activations, losses
from nn.losses import binary_cross_entropy as aeronet
from numpy_ml.neural_nets.layers import layers as ml

N, C = 3, 4
P = np.random.default_rng(0).uniform(0.3, 0.9, (N, C))
P[0, 0], P[0, 1] = 0.01, 1e-6  # far off
ONE_HOT = np.eye(C)[np.arange(N) % C]
BITS = np.indices((N, C)).sum(axis=0) % 2.0


def autograd(function, array):
    """The gradient of a number, or of the sum of what is returned."""
    x = torch.tensor(array, requires_grad=True)
    function(x).sum().backward()
    return x.grad.numpy()


def ties():
    x = np.ones((1, 1, 2, 2))
    pool = layer2d.MaxPooling2D(2)
    out = pool.forward(x)
    return pool.backward(np.ones_like(out)), autograd(lambda t: functional.max_pool2d(t, 2), x)


def embedding():
    w, words = np.arange(6.0).reshape(3, 2), np.array([[0, 0], [1, 2]])
    layer = ml.Embedding(2, 3, pool="sum")
    layer.parameters["W"] = w
    layer.backward(np.ones_like(layer.forward(words)))
    bags = torch.tensor(words)
    return layer.gradients["W"], autograd(lambda t: functional.embedding_bag(bags, t, mode="sum"), w)


def padded_larger():
    pool = ml.Pool2D((2, 2), stride=1, pad=1)
    try:
        pool.backward(np.ones_like(pool.forward(np.ones((1, 3, 3, 1)))))
    except ValueError as problem:
        return problem, None
    return None, None


def padded():
    x = np.full((1, 1, 1, 1), -1.0)  # at most other sizes it raises
    pool = ml.Pool2D((2, 2), stride=2, pad=1)
    out = pool.forward(x)
    theirs = autograd(
        lambda t: functional.max_pool2d(functional.pad(t, (1, 1, 1, 1)), 2, 2), x.transpose(0, 3, 1, 2)
    )
    return pool.backward(np.ones_like(out)), theirs.transpose(0, 2, 3, 1)


def sparse():
    try:
        ml.SparseEvolution(2).forward(np.ones((1, 2)))
    except TypeError as problem:
        return problem, None
    return None, None


def clipped():
    x = np.array([-60.0])
    return activations.Sigmoid().derivative(x), autograd(lambda t: torch.sigmoid(t.clamp(-50, 50)), x)


def of_loss(made, labels, loss):
    return lambda: (made.derivative(labels, P), autograd(loss, P))


def focal(p):
    y = torch.tensor(BITS)
    right = y * p + (1 - y) * (1 - p)
    alpha = 0.25 * y + 0.75 * (1 - y)
    return (alpha * (1 - right) ** 2 * functional.binary_cross_entropy(p, y, reduction="none")).mean()


def asymmetric(p):
    y, p = torch.tensor(BITS), p.clamp(0.05, 0.95)
    positive, negative = (1 - p) * -torch.log(p), p**4 * -torch.log(1 - p)
    return torch.where(y == 1, positive, negative).mean()


def entropy(p):
    return functional.binary_cross_entropy(p, torch.tensor(BITS))


def caspian_loss(made, labels, loss):
    return lambda: (np.asarray(made.backward(labels, P)), autograd(loss, P))


def divergence(p):
    return functional.kl_div(torch.log(p), torch.tensor(ONE_HOT), reduction="sum")


def of_logarithms_of_more():
    """As aeronet-learn writes it, with log1p for log."""
    y = torch.tensor(BITS)
    theirs = autograd(lambda p: -(y * torch.log1p(p) + (1 - y) * torch.log1p(1 - p)).mean(), P)
    return aeronet.binary_cross_entropy_prime(BITS, P), theirs


def log_loss(p):
    return functional.nll_loss(torch.log(p), torch.arange(N) % C)


FINDINGS = {
    "mpneuralnetwork MaxPooling2D, all equal": ties,
    "numpy-ml Embedding, pool='sum', a word twice": embedding,
    "numpy-ml Pool2D, pad=1": padded,
    "numpy-ml Pool2D, pad=1, 3×3": padded_larger,
    "numpy-ml SparseEvolution": sparse,
    "neuralnetlib Sigmoid at -60": clipped,
    "neuralnetlib BinaryCrossentropy": of_loss(losses.BinaryCrossentropy(), BITS, entropy),
    "neuralnetlib CategoricalCrossentropy": of_loss(losses.CategoricalCrossentropy(), ONE_HOT, log_loss),
    "neuralnetlib SparseCategoricalCrossentropy": of_loss(
        losses.SparseCategoricalCrossentropy(), np.arange(N) % C, log_loss
    ),
    "neuralnetlib BinaryFocalLossPerLabel": of_loss(losses.BinaryFocalLossPerLabel(), BITS, focal),
    "neuralnetlib MultiLabelBCELoss": of_loss(losses.MultiLabelBCELoss(), BITS, entropy),
    "neuralnetlib AsymmetricLoss": of_loss(losses.AsymmetricLoss(), BITS, asymmetric),
    "caspian-ml BinaryCrossEntropy": caspian_loss(caspian.BinaryCrossEntropy, BITS, entropy),
    "caspian-ml CrossEntropy": caspian_loss(caspian.CrossEntropy, ONE_HOT, log_loss),
    "caspian-ml KLDivergence": caspian_loss(caspian.KLDivergence, ONE_HOT + 1e-9, divergence),
    "caspian-ml Direct": caspian_loss(caspian.Direct, BITS, lambda p: (torch.tensor(BITS) - p).sum()),
    "caspian-ml Huber": caspian_loss(
        caspian.Huber(), BITS, lambda p: functional.huber_loss(p, torch.tensor(BITS))
    ),
    "aeronet-learn binary_cross_entropy": of_logarithms_of_more,
}


def main() -> None:
    """Print how far each gradient is from PyTorch's, and one entry of both."""
    for name, compute in FINDINGS.items():
        own, theirs = compute()
        if not isinstance(own, np.ndarray):
            print(f"{name:46} raises: {own}")
            continue
        if own.shape != theirs.shape:
            print(f"{name:46} has shape {own.shape}, in PyTorch {theirs.shape}")
            continue
        place = np.unravel_index(np.argmax(np.abs(own - theirs)), own.shape)
        where = ", ".join(map(str, place))
        print(f"{name:46} [{where}] is {own[place]:.6g}, in PyTorch {theirs[place]:.6g}")


if __name__ == "__main__":
    main()
