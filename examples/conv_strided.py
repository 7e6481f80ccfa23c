"""Convolution with as_strided windows and einsum; backward by dilating and rotating."""

import numpy as np
from numpy.lib.stride_tricks import as_strided


def windows(x, kh, kw, stride):
    N, C, H, W = x.shape
    h_out, w_out = (H - kh) // stride + 1, (W - kw) // stride + 1
    sn, sc, sh, sw = x.strides
    shape = (N, C, h_out, w_out, kh, kw)
    strides = (sn, sc, sh * stride, sw * stride, sh, sw)
    return as_strided(x, shape=shape, strides=strides)


def forward(x, w, b, stride=1, pad=0):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    view = windows(x, w.shape[2], w.shape[3], stride)
    return np.einsum("nchwkl,ockl->nohw", view, w) + b[None, :, None, None]


def backward(dout, x, w, b, stride=1, pad=0):
    N, C, H, W = x.shape
    O, _, kh, kw = w.shape
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    view = windows(padded, kh, kw, stride)
    dw = np.einsum("nchwkl,nohw->ockl", view, dout)
    db = dout.sum(axis=(0, 2, 3))

    # zeros between the entries of dout for the stride, then a full correlation with the rotated kernel
    Hp, Wp = H + 2 * pad, W + 2 * pad
    spread = np.zeros((N, O, Hp + kh - 1, Wp + kw - 1))
    h_end, w_end = kh - 1 + stride * dout.shape[2], kw - 1 + stride * dout.shape[3]
    spread[:, :, kh - 1 : h_end : stride, kw - 1 : w_end : stride] = dout
    rotated = w[:, :, ::-1, ::-1]
    dx = np.einsum("nohwkl,ockl->nchw", windows(spread, kh, kw, 1), rotated)
    return dx[:, :, pad : Hp - pad, pad : Wp - pad], dw, db
