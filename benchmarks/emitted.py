"""Emitted closed forms beside PyTorch: the backward of a layer, and a training step of a small network.

Both use as many threads as they like. On a busy machine PyTorch's wait for each other, and it looks slow;
`OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1` compares them on one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import symgrad as sg
from symgrad.catalogue import find

Work = Callable[[], Any]
SHAPES = [(1, 64, 56, 64, 3), (8, 32, 28, 64, 3), (32, 8, 8, 16, 3)]
"""Samples, maps, height and width, output maps, kernel: of stride 1 and padding 1."""
RATE = 1e-4


def convolution(n: int, c: int, h: int, m: int, k: int, library: str) -> tuple[Work, Work]:
    """Both gradients of a conv2d of stride 1 and padding 1: emitted, and by PyTorch's autograd."""
    import torch

    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(s, np.float32) for s in ((n, c, h, h), (m, c, k, k), (n, m, h, h))]
    a, w, delta = (torch.from_numpy(array).requires_grad_(i < 2) for i, array in enumerate(arrays))
    z = torch.nn.functional.conv2d(a, w, padding=1)
    by_input, by_weight = (sg.compiled(rule, library) for rule in find(["conv2d.input", "conv2d.weight"]))
    if library == "torch":
        arrays = [torch.from_numpy(array) for array in arrays]
    x, kernel, seed = arrays

    def emitted() -> None:
        by_input(seed, kernel, H=h, W=h, p_h=1, p_w=1)
        by_weight(seed, x, K=k, L=k, p_h=1, p_w=1)

    return emitted, lambda: torch.autograd.grad(z, (a, w), delta, retain_graph=True)


def digits(batch: int) -> tuple[Work, Work]:
    """A training step of conv → σ → pool → conv → σ → pool → dense → ½‖·‖² on 8×8 images, σ = tanh.

    Emitted, for NumPy, and by PyTorch with its autograd and its SGD.
    """
    from symgrad.train.network import Network, initial
    from symgrad.train.rules import choose

    rng = np.random.default_rng(0)
    images = rng.standard_normal((batch, 1, 8, 8), np.float32)
    targets = np.eye(10, dtype=np.float32)[rng.integers(0, 10, batch)]
    network, parameters = Network(choose("tanh", "squared-error")), initial(rng)

    def step() -> None:
        _, gradient = network.step(parameters, images, targets)
        for name, slope in gradient.items():
            parameters[name] -= RATE * slope

    return step, _torch_step(parameters, images, targets)


def _torch_step(own: dict[str, Any], images: Any, targets: Any) -> Work:
    import torch
    from torch.nn.functional import avg_pool2d, conv2d, linear

    names = ("conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "dense.weight", "dense.bias")
    parameters = [torch.tensor(own[name], requires_grad=True) for name in names]
    sgd = torch.optim.SGD(parameters, lr=RATE)
    x, y = torch.from_numpy(images), torch.from_numpy(targets)

    def step() -> None:
        w1, b1, w2, b2, w3, b3 = parameters
        sgd.zero_grad()
        pooled = avg_pool2d(torch.tanh(conv2d(x, w1, b1, padding=1)), 2)
        pooled = avg_pool2d(torch.tanh(conv2d(pooled, w2, b2, padding=1)), 2)
        loss = ((linear(pooled.flatten(1), w3, b3) - y) ** 2).sum() / 2
        loss.backward()
        sgd.step()

    return step
