"""One-dimensional convolution as a class: parameters in the constructor, gradients in attributes."""

import numpy as np


class Conv1D:
    def __init__(self, W, b, stride=1):
        self.W, self.b, self.stride = W, b, stride

    def forward(self, A):
        self.A = A
        batch, _, length = A.shape
        out_channels, _, kernel = self.W.shape
        out_size = (length - kernel) // self.stride + 1
        Z = np.zeros((batch, out_channels, out_size))
        for t in range(out_size):
            start = t * self.stride
            Z[:, :, t] = np.tensordot(A[:, :, start : start + kernel], self.W, axes=([1, 2], [1, 2])) + self.b
        return Z

    def backward(self, dLdZ):
        out_channels, _, kernel = self.W.shape
        self.dLdW = np.zeros(self.W.shape)
        self.dLdb = np.sum(dLdZ, axis=(0, 2))
        dLdA = np.zeros(self.A.shape)
        for t in range(dLdZ.shape[2]):
            start = t * self.stride
            window = self.A[:, :, start : start + kernel]
            self.dLdW += np.einsum("no,nck->ock", dLdZ[:, :, t], window)
            dLdA[:, :, start : start + kernel] += np.einsum("no,ock->nck", dLdZ[:, :, t], self.W)
        return dLdA
