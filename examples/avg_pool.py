"""Average pooling: every element of a window gets its share of the gradient."""

import numpy as np


def avg_pool_forward(x, kernel_size=2, stride=2):
    N, C, H, W = x.shape
    k = kernel_size
    h_out, w_out = (H - k) // stride + 1, (W - k) // stride + 1
    out = np.empty((N, C, h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            out[:, :, i, j] = x[:, :, i * stride : i * stride + k, j * stride : j * stride + k].mean(
                axis=(2, 3)
            )
    return out


def avg_pool_backward(dout, x, kernel_size=2, stride=2):
    k = kernel_size
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            share = dout[:, :, i, j][:, :, None, None] / (k * k)
            dx[:, :, i * stride : i * stride + k, j * stride : j * stride + k] += share
    return dx
