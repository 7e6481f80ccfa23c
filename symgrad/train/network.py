"""The network: conv → σ → pool → conv → σ → pool → dense → … → J, its gradient by the emitted closed forms.

Images are 8×8. The convolutions are 3×3 of stride 1 with padding 1, the pools are means over 2×2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from symgrad.train.rules import ACTIVATIONS, ANY_ACTIVATION, Backward, Chosen, emitted

MAPS = (1, 8, 16)
CLASSES, PIXELS, KERNEL, POOL = 10, 8, 3, 2
Parameters = dict[str, Any]


def initial(rng: np.random.Generator) -> Parameters:
    """Weights drawn with the variance that keeps activations of a size (Glorot & Bengio, 2010), biases 0."""
    below, first, second = MAPS
    rows = second * (PIXELS // POOL**2) ** 2
    shapes = {
        "conv1": (first, below, KERNEL, KERNEL),
        "conv2": (second, first, KERNEL, KERNEL),
        "dense": (CLASSES, rows),
    }
    found: Parameters = {}
    for name, shape in shapes.items():
        window = int(np.prod(shape[2:]))
        scale = np.sqrt(2 / ((shape[0] + shape[1]) * window))
        found[f"{name}.weight"] = (rng.standard_normal(shape) * scale).astype(np.float32)
        found[f"{name}.bias"] = np.zeros(shape[0], np.float32)
    return found


class Network:
    """The emitted functions of each layer, put in a row. Raises NotProved if a rule is not PROVED."""

    def __init__(self, chosen: Chosen) -> None:
        def use(name: str) -> Backward:
            return emitted(chosen.by_name[name])

        self.conv_input, self.conv_weight, self.conv_bias = map(
            use, ("conv2d.input", "conv2d.weight", "conv2d.bias")
        )
        self.pool, self.flatten = use("avg_pool2d.input"), use("flatten.input")
        self.dense_input, self.dense_weight, self.dense_bias = map(
            use, ("linear.input", "linear.weight", "linear.bias")
        )
        self.activation = emitted(chosen.activation_rule)
        *tail, loss = chosen.tail
        self.loss = emitted(loss)
        self.tail = [None if rule is chosen.activation_rule else emitted(rule) for rule in tail]
        unknown = chosen.activation_rule.name == ANY_ACTIVATION
        self.functions = ACTIVATIONS[chosen.activation] if unknown else ()

    # -- forward ----------------------------------------------------------------------------------
    def outputs(self, parameters: Parameters, images: Any) -> Any:
        """What is compared with the targets, or for cross-entropy goes into its softmax: (N, 10)."""
        return self._through_tail(self._forward(parameters, images)[-1])[-1]

    def _forward(self, parameters: Parameters, images: Any) -> tuple[Any, ...]:
        z1, p1 = self._block(images, parameters["conv1.weight"], parameters["conv1.bias"])
        z2, p2 = self._block(p1, parameters["conv2.weight"], parameters["conv2.bias"])
        flat = self.flatten.forward(p2)
        out = self.dense_bias.forward(flat, parameters["dense.weight"], parameters["dense.bias"])
        return z1, p1, z2, p2, flat, out

    def _block(self, below: Any, weight: Any, bias: Any) -> tuple[Any, Any]:
        z = self.conv_bias.forward(below, weight, bias, p_h=1, p_w=1)
        return z, self.pool.forward(self._sigma(z), k_h=POOL, k_w=POOL)

    def _through_tail(self, out: Any) -> list[Any]:
        """The outputs, and what each stage before J makes of them; None stands for the activation."""
        found = [out]
        for stage in self.tail:
            found.append(self._sigma(found[-1]) if stage is None else stage.forward(found[-1]))
        return found

    def _sigma(self, z: Any) -> Any:
        if self.functions:
            return self.activation.forward(z, self.functions[0])
        return self.activation.forward(z.reshape(len(z), -1)).reshape(z.shape)

    # -- backward ---------------------------------------------------------------------------------
    def step(self, parameters: Parameters, images: Any, targets: Any) -> tuple[float, Parameters]:
        """J in total over the samples, and its gradient by every parameter."""
        z1, p1, z2, p2, flat, out = self._forward(parameters, images)
        *before, last = self._through_tail(out)
        loss = float(self.loss.forward(last, targets))
        delta = self.loss.gradient(last, targets)
        for stage, z in zip(reversed(self.tail), reversed(before), strict=True):
            delta = self._through_sigma(delta, z) if stage is None else stage.gradient(delta, z)
        gradient = {
            "dense.weight": self.dense_weight.gradient(delta, flat),
            "dense.bias": self.dense_bias.gradient(delta),
        }
        rows = self.dense_input.gradient(delta, parameters["dense.weight"])
        maps = self.flatten.gradient(rows, C=p2.shape[1], H=p2.shape[2])
        delta = self._below(maps, z2)
        gradient |= self._kernel("conv2", delta, p1)
        weight = parameters["conv2.weight"]
        maps = self.conv_input.gradient(delta, weight, H=p1.shape[2], W=p1.shape[3], p_h=1, p_w=1)
        gradient |= self._kernel("conv1", self._below(maps, z1), images)
        return loss, gradient

    def _below(self, delta: Any, z: Any) -> Any:
        """δ through the pool and the activation."""
        return self._through_sigma(self.pool.gradient(delta, k_h=POOL, k_w=POOL), z)

    def _through_sigma(self, delta: Any, z: Any) -> Any:
        if self.functions:
            return self.activation.gradient(delta, z, self.functions[1])
        rows = self.activation.gradient(delta.reshape(len(z), -1), z.reshape(len(z), -1))
        return rows.reshape(z.shape)

    def _kernel(self, name: str, delta: Any, below: Any) -> Parameters:
        weight = self.conv_weight.gradient(delta, below, K=KERNEL, L=KERNEL, p_h=1, p_w=1)
        return {f"{name}.weight": weight, f"{name}.bias": self.conv_bias.gradient(delta)}
