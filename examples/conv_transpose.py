"""Transposed convolution in the style of torch.autograd.Function: static methods and a context."""

import numpy as np


class ConvTranspose2d:
    @staticmethod
    def forward(ctx, x, w, b, stride=1):
        ctx.save_for_backward(x, w)
        ctx.stride = stride
        N, C, H, W = x.shape
        _, M, kh, kw = w.shape
        out = np.zeros((N, M, (H - 1) * stride + kh, (W - 1) * stride + kw))
        for i in range(H):
            for j in range(W):
                hs, ws = i * stride, j * stride
                out[:, :, hs : hs + kh, ws : ws + kw] += np.einsum("nc,cmkl->nmkl", x[:, :, i, j], w)
        return out + b.reshape(1, -1, 1, 1)

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        stride = ctx.stride
        N, C, H, W = x.shape
        _, M, kh, kw = w.shape
        dx, dw = np.zeros_like(x), np.zeros_like(w)
        for i in range(H):
            for j in range(W):
                hs, ws = i * stride, j * stride
                window = dout[:, :, hs : hs + kh, ws : ws + kw]
                dx[:, :, i, j] = np.einsum("nmkl,cmkl->nc", window, w)
                dw += np.einsum("nc,nmkl->cmkl", x[:, :, i, j], window)
        return dx, dw, dout.sum(axis=(0, 2, 3)), None
