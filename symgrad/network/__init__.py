"""Networks of layers: their gradients by the closed forms of their layers, and verdicts on both.

>>> import symgrad as sg
>>> from symgrad import network as nn
>>> (N,) = sg.sizes("N")
>>> sigma = sg.function("σ")
>>> net = nn.sequential(sg.tensor("x", N, 8), nn.linear(5), sigma, nn.linear(3), name="perceptron")
>>> net.gradients()["W1"]
transpose(hadamard(delta @ W2, σ'(linear(x, W1, bias=b1)))) @ x
>>> print(net.verify())
PROVED  perceptron
  each layer by itself
    PROVED    layer 1, linear: ∂J/∂x = delta1 @ W1
    PROVED    layer 1, linear: ∂J/∂W1 = transpose(delta1) @ x
    PROVED    layer 1, linear: ∂J/∂b1 = delta1.sum(axis=0)
    PROVED    layer 2, σ: ∂J/∂a1 = hadamard(delta2, σ'(a1))
    PROVED    layer 3, linear: ∂J/∂a2 = delta3 @ W2
    PROVED    layer 3, linear: ∂J/∂W2 = transpose(delta3) @ a2
    PROVED    layer 3, linear: ∂J/∂b2 = delta3.sum(axis=0)
  through the whole network
    PROVED    ∂J/∂x
    PROVED    ∂J/∂W1
    PROVED    ∂J/∂b1
    PROVED    ∂J/∂W2
    PROVED    ∂J/∂b2

Here `a1` is the output of layer 1 and `delta1` the gradient by it. A loss is a layer more, in a network of
its own; classes are told by a target of the shape of the output, with one-hot rows or probabilities:

>>> y = sg.tensor("y", N, 3)
>>> loss = nn.Network(sg.cross_entropy(net.z, y), "classifier")
>>> loss.verify().verdict
'PROVED'
>>> sorted(loss.gradients())
['W1', 'W2', 'b1', 'b2', 'x', 'y']

The usual `softmax(z) - y` holds for rows that sum to one, which is said with the claim:

>>> z = sg.tensor("z", N, 3)
>>> J, error = sg.cross_entropy(z, y), (sg.softmax(z) - y) / N
>>> print(sg.verify(J, wrt=z, claim=error, assuming=[sg.sums_to_one(y, 1)]))
PROVED  ∂J/∂z = (softmax(z) - y) / N
  for every N ≥ 1
  provided that Σ_{i<3} y[n, i] = 1
"""

from symgrad.network.examples import example, examples
from symgrad.network.network import Network
from symgrad.network.plain import (
    elu,
    flatten,
    gelu,
    global_avg_pool,
    hardsigmoid,
    hardswish,
    leaky_relu,
    log_softmax,
    relu,
    relu6,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from symgrad.network.sequence import (
    avg_pool2d,
    batch_norm,
    concat,
    conv1d,
    conv2d,
    conv3d,
    conv_transpose2d,
    depthwise_conv2d,
    dropout,
    group_norm,
    layer,
    layer_norm,
    linear,
    max_pool2d,
    residual,
    rms_norm,
    self_attention,
    sequential,
    step,
)
from symgrad.network.verdict import GradientVerdict, LayerVerdict, NetworkVerdict

__all__ = [
    "GradientVerdict",
    "LayerVerdict",
    "Network",
    "NetworkVerdict",
    "avg_pool2d",
    "batch_norm",
    "concat",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose2d",
    "depthwise_conv2d",
    "dropout",
    "elu",
    "example",
    "examples",
    "flatten",
    "gelu",
    "global_avg_pool",
    "group_norm",
    "hardsigmoid",
    "hardswish",
    "layer",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "max_pool2d",
    "relu",
    "relu6",
    "residual",
    "rms_norm",
    "self_attention",
    "sequential",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "step",
    "tanh",
]
