"""Activations: masks, and derivatives written with the output or with the input."""

import math

import numpy as np


def relu(z):
    return np.maximum(z, 0)


def relu_backward(dout, z):
    dz = np.array(dout, copy=True)
    dz[z <= 0] = 0
    return dz


def relu6(z):
    return np.minimum(np.maximum(z, 0), 6)


def relu6_backward(dout, z):
    return dout * ((z > 0) & (z < 6))


def leaky_relu(z, alpha=0.1):
    return np.where(z > 0, z, alpha * z)


def leaky_relu_backward(dout, z, alpha=0.1):
    return np.where(z > 0, dout, alpha * dout)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_backward(dout, z):
    s = sigmoid(z)
    return dout * s * (1 - s)


def tanh(z):
    return np.tanh(z)


def tanh_backward(dout, z):
    return dout * (1 - np.tanh(z) ** 2)


def softplus(z):
    out = np.zeros(z.shape)
    for place in np.ndindex(*z.shape):
        out[place] = math.log(1 + math.exp(z[place]))
    return out


def softplus_backward(dout, z):
    return dout / (1 + np.exp(-z))


def swish(z):
    return z * sigmoid(z)


def swish_backward(dout, z):
    s = sigmoid(z)
    return dout * (s + z * s * (1 - s))
