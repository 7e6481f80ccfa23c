"""Convolution with channels last: NHWC inputs, HWIO kernels, one tensordot for each output position."""

import numpy as np


def conv_forward(x, w, b, stride=1, pad=0):
    N, H, W, C = x.shape
    kh, kw, _, M = w.shape
    xp = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "constant")
    h_out = (H + 2 * pad - kh) // stride + 1
    w_out = (W + 2 * pad - kw) // stride + 1
    out = np.zeros((N, h_out, w_out, M))
    for i in range(h_out):
        for j in range(w_out):
            patch = xp[:, i * stride : i * stride + kh, j * stride : j * stride + kw, :]
            out[:, i, j, :] = np.tensordot(patch, w, axes=([1, 2, 3], [0, 1, 2])) + b
    return out


def conv_backward(dout, x, w, b, stride=1, pad=0):
    N, H, W, C = x.shape
    kh, kw, _, M = w.shape
    _, h_out, w_out, _ = dout.shape
    xp = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "constant")
    dxp = np.zeros(xp.shape, dtype=np.float32)
    dw = np.zeros(w.shape, dtype=np.float32)
    db = dout.sum(axis=(0, 1, 2))
    for i in range(h_out):
        for j in range(w_out):
            hs, ws = i * stride, j * stride
            patch = xp[:, hs : hs + kh, ws : ws + kw, :]
            g = dout[:, i, j, :]
            dw += np.tensordot(patch, g, axes=([0], [0]))
            dxp[:, hs : hs + kh, ws : ws + kw, :] += np.tensordot(g, w, axes=([1], [3]))
    return dxp[:, pad : pad + H, pad : pad + W, :], dw, db
