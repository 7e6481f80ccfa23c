r"""Back-propagation as it is taught: one layer at a time, from the output to the input.

Each layer takes δ, the gradient by its output, to the gradient by each of its operands, by its closed form;
where a tensor is used more than once, what comes back from its uses is added.
"""

from __future__ import annotations

from symgrad.errors import SymgradError
from symgrad.language.notation import nodes
from symgrad.language.tensor import Tensor, Variable
from symgrad.network.uses import back_through, layers_of, operands


def backpropagate(z: Tensor, cotangent: Tensor) -> dict[Variable, Tensor]:
    r"""The gradient of \(J = \sum \delta \cdot z\) by every variable, composed of the closed forms of layers.

    `z` is any expression written with layers that have closed forms, and nothing is derived: what comes
    out is as right as the closed forms are. Variables to which nothing goes back, such as the mask of a
    dropout, are left out. Raises SymgradError for a layer without closed forms.

    >>> import symgrad as sg
    >>> N, I, O = sg.sizes("N I O")
    >>> x, w, b = sg.tensor("x", N, I), sg.tensor("w", O, I), sg.tensor("b", O)
    >>> z = sg.function("σ")(sg.linear(x, w, b))
    >>> backpropagate(z, sg.tensor("delta", N, O))[w]
    transpose(hadamard(delta, σ'(linear(x, w, bias=b)))) @ x
    """
    gathered, constant = gathered_gradients(z, cotangent)
    found = {tensor: gradient for tensor, gradient in gathered.items() if isinstance(tensor, Variable)}
    both = [variable.name for variable in found if variable in constant]
    if both:
        raise SymgradError(f"{both[0]} is also an operand to which nothing goes back: use two tensors")
    return found


def gathered_gradients(z: Tensor, cotangent: Tensor) -> tuple[dict[Tensor, Tensor], set[Variable]]:
    """The gradients by the outputs of layers and by variables, from the output of the network down, and
    the variables that are in operands to which nothing goes back."""
    gathered: dict[Tensor, Tensor] = {z: cotangent}
    constant: set[Variable] = set()
    for layer in reversed(layers_of(z)):
        if layer not in gathered:  # nothing goes back to it
            continue
        for operand in operands(layer):
            part = back_through(layer, operand, gathered[layer])
            if part is None:
                constant.update(node for node in nodes(operand.tensor) if isinstance(node, Variable))
                continue
            earlier = gathered.get(operand.tensor)
            gathered[operand.tensor] = part if earlier is None else earlier + part
    return gathered, constant
