"""Layers without parameters as steps: activations, softmax, flattening and global pooling.

Each is a step as it is, `relu`; called with options it is one with these, `leaky_relu(0.3)`.
"""

from __future__ import annotations

from symgrad.language import algebra, functions
from symgrad.layers import global_pool, rectifier, smooth
from symgrad.layers import softmax as of_rows
from symgrad.network.step import Plain

relu = Plain(rectifier.relu, "relu")
relu6 = Plain(rectifier.relu6, "relu6")
leaky_relu = Plain(rectifier.leaky_relu, "leaky_relu")
elu = Plain(rectifier.elu, "elu")
hardsigmoid = Plain(rectifier.hardsigmoid, "hardsigmoid")
hardswish = Plain(rectifier.hardswish, "hardswish")
sigmoid = Plain(functions.sigmoid, "sigmoid")
tanh = Plain(functions.tanh, "tanh")
softplus = Plain(functions.softplus, "softplus")
silu = Plain(smooth.silu, "silu")
gelu = Plain(smooth.gelu, "gelu")
softmax = Plain(of_rows.softmax, "softmax")
log_softmax = Plain(of_rows.log_softmax, "log_softmax")
flatten = Plain(algebra.flatten, "flatten")
global_avg_pool = Plain(global_pool.global_avg_pool, "global_avg_pool")
