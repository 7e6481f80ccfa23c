"""Networks of layers: their gradients by the rules of their layers, and verdicts on both.

>>> import symgrad as sg
>>> from symgrad import network as nn
>>> (N,) = sg.sizes("N")
>>> sigma = sg.function("σ")
>>> net = nn.sequential(sg.tensor("x", N, 8), nn.linear(5), sigma, nn.linear(3), name="two layers")
>>> net.z.shape
(N, 3)
>>> print(net.gradients()["W1"])
"""
