"""A network: an expression, the variables it depends on, its gradients and the verdict on them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cached_property
from html import escape

from symgrad.decide.decision import decide
from symgrad.decide.presburger import OPERATIONS
from symgrad.decide.question import Question
from symgrad.decide.verdict import Verdict
from symgrad.errors import ArgumentError
from symgrad.language.tensor import Comprehension, Tensor, Variable, tensor
from symgrad.network.backpropagation import backpropagate, gathered_gradients
from symgrad.network.layer_use import LayerUse
from symgrad.network.summary import summary
from symgrad.network.uses import Operand, layers_of, operands
from symgrad.network.verdict import GradientVerdict, LayerVerdict, NetworkVerdict

_WORDS = {"+": "sum", "-": "difference", "*": "product", "hadamard": "product"}


class Network:
    """A network, given by its output `z`: any expression written with layers that have closed forms.

    Another network may be given for its output. Raises ArgumentError for what is neither.

    >>> import symgrad as sg
    >>> N, I, M, O = sg.sizes("N I M O")
    >>> sigma = sg.function("σ")
    >>> x, v, w = sg.tensor("x", N, I), sg.tensor("v", M, I), sg.tensor("w", O, M)
    >>> net = Network(sg.linear(sigma(sg.linear(x, v)), w), "perceptron")
    >>> net.gradients()["w"]
    transpose(delta) @ σ(linear(x, v))
    >>> net.verify().verdict
    'PROVED'
    """

    def __init__(self, z: Tensor | Network, name: str | None = None) -> None:
        output = z.z if isinstance(z, Network) else z
        if not isinstance(output, Tensor):
            raise ArgumentError(f"a network is given by its output, a tensor, not by {z!r}")
        self.z: Tensor = output
        self.name: str = name or (z.name if isinstance(z, Network) else "network")
        read = [operand.tensor for layer in layers_of(output) for operand in operands(layer)]
        tensors = dict.fromkeys(read or [output])
        self.variables = [tensor for tensor in tensors if isinstance(tensor, Variable)]
        self.cotangent = tensor(self._unused("delta"), *output.axes)

    def _unused(self, name: str) -> str:
        taken = {variable.name for variable in self.variables}
        while any(other == name or other.rstrip("0123456789") == name for other in taken):
            name += "_"
        return name

    def __str__(self) -> str:
        """A line for each layer: what it reads, the shape of its output, and its parameters.

        >>> import symgrad as sg
        >>> from symgrad import network as nn
        >>> (N,) = sg.sizes("N")
        >>> print(nn.sequential(sg.tensor("x", N, 8), nn.linear(5), nn.relu, nn.linear(3), name="perceptron"))
        perceptron of x (N, 8)
          1  linear(x, W1, bias=b1)   (N, 5)  W1 (5, 8), b1 (5,)
          2  relu(a1)                 (N, 5)
          3  linear(a2, W2, bias=b2)  (N, 3)  W2 (3, 5), b2 (3,)
        """
        return summary(self.name, self.variables, self.layers)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"

    def __repr__(self) -> str:
        count = len(self.layers)
        return f"<network {self.name} of {count} layer{'s' * (count != 1)}>"

    @cached_property
    def layers(self) -> list[LayerUse]:
        """The layers, from the first to the last. Raises SymgradError for one without closed forms."""
        output, delta = self._unused("a"), self.cotangent.name
        names: dict[Tensor, str] = {variable: variable.name for variable in self.variables}
        found = []
        for number, layer in enumerate(layers_of(self.z), 1):
            own: dict[Operand, str] = {}
            for operand in operands(layer):
                name = names[operand.tensor]
                while name in own.values():  # the same tensor twice
                    name += "'"
                own[operand] = name
            names[layer] = f"{output}{number}"
            found.append(LayerUse(number, _kind(layer), layer, own, f"{delta}{number}", names[layer]))
        return found

    def gradients(self) -> dict[str, Tensor]:
        r"""The gradient of \(J = \sum \delta \cdot z\) by each variable, composed of closed forms.

        δ is `cotangent`. Raises SymgradError for a layer without closed forms.
        """
        found = backpropagate(self.z, self.cotangent)
        return {variable.name: found[variable] for variable in self.variables if variable in found}

    def verify(self, operations: int = OPERATIONS) -> NetworkVerdict:
        """Decide the closed form of every layer as it is used, then every gradient as a whole.

        `operations` is isl's budget for each. A gradient that is out of reach is UNDECIDED, and that each
        layer is PROVED is then all that is known. Raises SymgradError for a layer without closed forms.
        """
        start = time.perf_counter()
        layers = [
            LayerVerdict(str(use), use.names[operand], claim, verdict)
            for use in self.layers
            for operand, claim, verdict in use.verdicts()
        ]
        gradients = [GradientVerdict(name, verdict) for name, verdict in self._whole(operations)]
        constants = tuple((str(use), name) for use in self.layers for name in use.constants())
        seconds = time.perf_counter() - start
        return NetworkVerdict(self.name, tuple(layers), tuple(gradients), seconds, constants)

    def _whole(self, operations: int) -> Iterator[tuple[str, Verdict]]:
        by_name = {variable.name: variable for variable in self.variables}
        gathered, _ = gathered_gradients(self.z, self.cotangent)
        layers = [layer for layer in reversed(layers_of(self.z)) if layer in gathered and layer is not self.z]
        through = tuple((layer, gathered[layer]) for layer in layers)
        for name, gradient in self.gradients().items():
            asked = Question(self.z, by_name[name], self.cotangent, gradient, through=through)
            yield name, decide(asked, suggest=False, operations=operations)


def _kind(layer: Comprehension) -> str:
    """What a layer is called: its operator, or the function that it applies."""
    assert layer.call is not None
    if layer.call.name == "apply":
        return str(dict(layer.call.arguments)["function"])
    return _WORDS.get(layer.call.name, layer.call.name)
