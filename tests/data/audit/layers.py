"""Hand-written layers in styles seen in the wild: right ones, and wrong ones with a mistake each."""

import numpy as np


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1) @ w + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, _ = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T @ dout
    return dx, dw, dout.sum(axis=0)


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (cache > 0)


def conv_forward(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    n, _, height, width = padded.shape
    maps, _, hh, ww = w.shape
    out = np.zeros((n, maps, (height - hh) // stride + 1, (width - ww) // stride + 1))
    for y in range(out.shape[2]):
        for z in range(out.shape[3]):
            window = padded[:, :, y * stride : y * stride + hh, z * stride : z * stride + ww]
            out[:, :, y, z] = np.tensordot(window, w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (x, w, b, conv_param)


def conv_backward(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    hh, ww = w.shape[2:]
    for y in range(dout.shape[2]):
        for z in range(dout.shape[3]):
            rows = slice(y * stride, y * stride + hh)
            columns = slice(z * stride, z * stride + ww)
            dpadded[:, :, rows, columns] += np.tensordot(dout[:, :, y, z], w, (1, 0))
            dw += np.tensordot(dout[:, :, y, z], padded[:, :, rows, columns], (0, 0))
    dx = dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))


def square(x):
    return x * x


def square_backward(dout, x):
    return dout * x  # wrong: the factor 2 is missing


def bias_forward(x, b):
    return x + b


def bias_backward(dout, x, b):
    return dout, dout.mean(axis=0)  # wrong: averaged over the samples


class Scale:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        self.x = x
        return x @ self.w

    def backward(self, dout):
        self.dw = self.x.T @ dout
        return dout @ self.w.T
