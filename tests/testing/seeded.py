"""Bugs seeded into the examples: what is written in place of what, and what must be said about it.

`cause` is a part of the cause that must be named; None where no known mistake explains it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    """A bug in one example: `old` stands exactly once in its file."""

    example: str
    old: str
    new: str
    what: str
    cause: str | None
    kind: str = "WRONG GRADIENT"


BUGS = [
    # -- four loops
    Bug("conv_loops", "dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] *", "dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f, :, ::-1, ::-1] *", "dx", "not rotated"),
    Bug("conv_loops", "dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f]", "dx_pad[n, :, hs : hs + HH, ws : ws + WW] = w[f]", "dx", "`=` for `+=`"),
    Bug("conv_loops", "dw[f] += x_pad[n, :, hs", "dw[f] = x_pad[n, :, hs", "dw", "`=` for `+=`"),
    Bug("conv_loops", "db[f] += np.sum", "db[f] = np.sum", "db", "only the last sample"),
    Bug("conv_loops", "db[f] += np.sum(dout[n, f])", "db[f] += np.sum(dout[n, f]) / N", "db", "averaged over the batch"),
    Bug("conv_loops", "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx = dx_pad[:, :, pad:-pad, pad:-pad]", "dx", "[p:-p] at p = 0", "WRONG SHAPE"),
    Bug("conv_loops", "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx = dx_pad[:, :, :H, :W]", "dx", "cut off at the wrong place"),
    Bug("conv_loops", "dx = dx_pad[:, :, pad : pad + H, pad : pad + W]", "dx = dx_pad", "dx", "padding is not cut off", "WRONG SHAPE"),
    Bug("conv_loops", "hs, ws = i * stride, j * stride", "hs, ws = i, j", "dx", "stride ignored"),
    Bug("conv_loops", "hs, ws = i * stride, j * stride", "hs, ws = i, j", "dw", "stride ignored"),
    Bug("conv_loops", "                dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]", "                dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j] / N", "dw", "averaged over the batch"),
    Bug("conv_loops", "np.sum(window * w[f]) + b[f]", "np.sum(window * w[f] + b[f])", "out", "b is counted", "WRONG FORWARD"),
    Bug("conv_loops", "np.sum(window * w[f]) + b[f]", "np.sum(window * w[f, :, ::-1, ::-1]) + b[f]", "out", "not rotated", "WRONG FORWARD"),
    Bug("conv_loops", "+= w[f] * dout[n, f, i, j]\n    dx =", "-= w[f] * dout[n, f, i, j]\n    dx =", "dx", "sign"),
    Bug("conv_loops", "db[f] += np.sum(dout[n, f])", "db[f] += np.sum(dout[n, f]) * HH * WW", "db", "counted"),
    Bug("conv_loops", "    for n in range(N):\n        for f in range(F):\n            db[f]", "    for n in range(N - 1):\n        for f in range(F):\n            db[f]", "db", "off by one: the last of axis 0 of dout"),
    Bug("conv_loops", "            for i in range(H_out):\n                for j in range(W_out):\n                    hs, ws", "            for i in range(H_out - 1):\n                for j in range(W_out):\n                    hs, ws", "dw", "off by one: the last of axis 2 of dout"),
    Bug("conv_loops", "            for i in range(H_out):\n                for j in range(W_out):\n                    hs, ws", "            for i in range(1, H_out):\n                for j in range(W_out):\n                    hs, ws", "dw", "off by one: the first of axis 2 of dout"),
    Bug("conv_loops", "    db = np.zeros_like(b)\n", "    db = np.zeros_like(b)\n    dout *= 1.0\n    dout[0] += 0 * x[0, 0, 0, 0] + 1\n", "dout", None, "MUTATES"),
    # -- im2col
    Bug("conv_im2col", "dout_reshaped = dout.transpose(1, 2, 3, 0).reshape", "dout_reshaped = dout.transpose(1, 0, 2, 3).reshape", "dw", "wrong transpose"),
    Bug("conv_im2col", "dout_reshaped = dout.transpose(1, 2, 3, 0).reshape", "dout_reshaped = dout.reshape", "dw", "wrong transpose"),
    Bug("conv_im2col", "np.add.at(x_padded, (slice(None), k, i, j), cols_reshaped)", "x_padded[:, k, i, j] += cols_reshaped", "dx", "`=` for `+=`"),
    Bug("conv_im2col", "    if padding == 0:\n        return x_padded\n", "", "dx", "[p:-p] at p = 0", "WRONG SHAPE"),
    Bug("conv_im2col", "dW = dout_reshaped @ X_col.T\n", "dW = dout_reshaped @ X_col.T / X.shape[0]\n", "dw", "averaged over the batch"),
    Bug("conv_im2col", "db = np.sum(dout, axis=(0, 2, 3))", "db = np.mean(dout, axis=(0, 2, 3))", "db", "divided by"),
    Bug("conv_im2col", "db = np.sum(dout, axis=(0, 2, 3))", "db = np.sum(dout, axis=(2, 3))", "db", "a sum over an axis is left out", "WRONG SHAPE"),
    # -- strided
    Bug("conv_strided", "rotated = w[:, :, ::-1, ::-1]", "rotated = w", "dx", "not rotated"),
    Bug("conv_strided", "rotated = w[:, :, ::-1, ::-1]", "rotated = w[:, :, ::-1]", "dx", "w is reversed along axis 3"),
    Bug("conv_strided", 'np.einsum("nohwkl,ockl->nchw", windows(spread, kh, kw, 1), rotated)', 'np.einsum("nohwkl,cokl->nchw", windows(spread, kh, kw, 1), rotated.transpose(0, 1, 2, 3))', "dx", None, "RAISED"),
    Bug("conv_strided", "view = windows(padded, kh, kw, stride)\n    dw", "view = windows(padded, kh, kw, 1)[:, :, : dout.shape[2], : dout.shape[3]]\n    dw", "dw", "stride ignored"),
    Bug("conv_strided", "return dx[:, :, pad : Hp - pad, pad : Wp - pad], dw, db", "return dx[:, :, pad : Hp - pad, pad : Wp - pad], dw, db / N", "db", "averaged over the batch"),
    Bug("conv_strided", "spread[:, :, kh - 1 : h_end : stride, kw - 1 : w_end : stride] = dout", "spread[:, :, kh - 1 : kh - 1 + dout.shape[2], kw - 1 : kw - 1 + dout.shape[3]] = dout", "dx", "stride ignored"),
    # -- channels last
    Bug("conv_nhwc", "dxp[:, hs : hs + kh, ws : ws + kw, :] += np.tensordot(g, w, axes=([1], [3]))", "dxp[:, hs : hs + kh, ws : ws + kw, :] += np.tensordot(g, w[::-1, ::-1], axes=([1], [3]))", "dx", "not rotated"),
    Bug("conv_nhwc", "dw += np.tensordot(patch, g, axes=([0], [0]))", "dw = np.tensordot(patch, g, axes=([0], [0]))", "dw", "`=` for `+=`"),
    Bug("conv_nhwc", "dw += np.tensordot(patch, g, axes=([0], [0]))", "dw += np.tensordot(patch[-1:], g[-1:], axes=([0], [0]))", "dw", "last"),
    Bug("conv_nhwc", "return dxp[:, pad : pad + H, pad : pad + W, :], dw, db", "return dxp[:, pad : pad + H, pad : pad + W, :] / N, dw / N, db", "dw", "averaged over the batch"),
    Bug("conv_nhwc", "axes=([1, 2, 3], [0, 1, 2])) + b", "axes=([1, 2, 3], [0, 1, 2]))", "out", "b is left out", "WRONG FORWARD"),
    # -- scipy.signal
    Bug("conv_scipy", 'signal.convolve2d(output_gradient[i], self.kernels[i, j], "full")', 'signal.correlate2d(output_gradient[i], self.kernels[i, j], "full")', "dx", "not rotated"),
    Bug("conv_scipy", 'input_gradient[j] += signal', 'input_gradient[j] = signal', "dx", "`=` for `+=`"),
    Bug("conv_scipy", 'self.kernels_gradient[i, j] = signal.correlate2d', 'self.kernels_gradient[i, j] = signal.convolve2d', "dk", "reversed|not rotated"),
    # -- one dimension
    Bug("conv1d_class", "dLdA[:, :, start : start + kernel] += np", "dLdA[:, :, start : start + kernel] = np", "dx", "`=` for `+=`"),
    Bug("conv1d_class", "            start = t * self.stride\n            window", "            start = t\n            window", "dw", "stride ignored"),
    Bug("conv1d_class", "np.sum(dLdZ, axis=(0, 2))", "np.sum(dLdZ, axis=(0, 2)) / dLdZ.shape[0]", "db", "averaged over the batch"),
    Bug("conv1d_class", "dLdZ[:, :, t], self.W)", "dLdZ[:, :, t], self.W[:, :, ::-1])", "dx", "w is reversed along axis 2"),
    # -- pooling
    Bug("max_pool_loops", "k, l = np.unravel_index(np.argmax(window), window.shape)\n                    dx[n, c, hs + k, ws + l] += dout[n, c, i, j]", "mask = window == np.max(window)\n                    dx[n, c, hs : hs + ph, ws : ws + pw] += mask * dout[n, c, i, j]", "dx", "ties routed to all"),
    Bug("max_pool_loops", "dx[n, c, hs + k, ws + l] += dout", "dx[n, c, hs + k, ws + l] = dout", "dx", "`=` for `+=`"),
    Bug("max_pool_loops", "hs, ws = i * stride, j * stride", "hs, ws = i * ph, j * pw", "dx", None),
    Bug("max_pool_loops", "np.argmax(window)", "np.argmin(window)", "dx", None),
    Bug("max_pool_mask", "spread = spread / np.sum(mask, axis=(3, 5), keepdims=True)", "pass", "dx", "ties routed to all"),
    Bug("max_pool_mask", "/ np.sum(mask, axis=(3, 5), keepdims=True)", "/ (k * k)", "dx", None, "RAISED"),
    Bug("avg_pool", "/ (k * k)", "/ k", "dx", "1/k for 1/k²"),
    Bug("avg_pool", "[:, :, None, None] / (k * k)", "[:, :, None, None]", "dx", "1 for 1/k²"),
    Bug("avg_pool", "+= share", "= share", "dx", "`=` for `+=`"),
    Bug("avg_pool", "dx[:, :, i * stride : i * stride + k, j * stride : j * stride + k] += share", "dx[:, :, i : i + k, j : j + k] += share", "dx", "stride ignored"),
    # -- dense
    Bug("dense", "np.dot(dvalues, self.weights.T)", "np.dot(dvalues, self.weights.reshape(self.weights.shape[::-1]))", "dx", "wrong transpose"),
    Bug("dense", "np.sum(dvalues, axis=0)", "np.mean(dvalues, axis=0)", "db", "averaged over the batch"),
    Bug("dense", "np.dot(self.inputs.T, dvalues)", "np.dot(self.inputs.T, dvalues) / len(dvalues)", "dw", "averaged over the batch"),
    Bug("dense", "np.sum(dvalues, axis=0)", "np.sum(dvalues, axis=0, keepdims=True)", "db", "sum over an axis is left out", "WRONG SHAPE"),
    Bug("dense", "np.dot(self.inputs.T, dvalues)", "np.dot(self.inputs.T, dvalues) + 0.1 * self.weights", "dw", "does not depend on dout"),
    Bug("dense", "np.sum(dvalues, axis=0)", "dvalues[-1]", "db", "last"),
    Bug("dense", "np.dot(dvalues, self.weights.T)", "np.dot(dvalues, self.weights.T) * 1.000001", "dx", "1000001/1000000"),
    # -- activations
    Bug("relu", "dz[z <= 0] = 0", "dz[z > 0] = 0", "dz", "mask is inverted"),
    Bug("relu", "    dz[z <= 0] = 0\n", "", "dz", "σ' is left out|clamp is left out"),
    Bug("relu", "dz[z <= 0] = 0", "dz[dout <= 0] = 0", "dz", None),
    Bug("relu", "dz = np.array(dout, copy=True)", "dz = dout", "dout", None, "MUTATES"),
    Bug("relu6", "dout * ((z > 0) & (z < 6))", "dout * (z > 0)", "dz", "clamp is left out"),
    Bug("leaky_relu", "np.where(z > 0, dout, alpha * dout)", "np.where(z > 0, dout, 0)", "dz", "clamp too many"),
    Bug("leaky_relu", "np.where(z > 0, dout, alpha * dout)", "np.where(z > 0, dout, -alpha * dout)", "dz", None),
    Bug("sigmoid", "return dout * s * (1 - s)\n\n\ndef tanh", "return dout * s\n\n\ndef tanh", "dz", "σ for σ'"),
    Bug("sigmoid", "    s = sigmoid(z)\n    return dout * s * (1 - s)\n\n\ndef tanh", "    s = sigmoid(sigmoid(z))\n    return dout * s * (1 - s)\n\n\ndef tanh", "dz", "σ' at a for σ' at z"),
    Bug("sigmoid", "    s = sigmoid(z)\n    return dout * s * (1 - s)\n\n\ndef tanh", "    s = sigmoid(z)\n    return s * (1 - s)\n\n\ndef tanh", "dz", "dout, the gradient that comes in, is left out"),
    Bug("tanh", "1 - np.tanh(z) ** 2", "1 - z**2", "dz", None),
    Bug("tanh", "dout * (1 - np.tanh(z) ** 2)", "dout * (1 - np.tanh(np.tanh(z)) ** 2)", "dz", "σ' at a for σ' at z"),
    Bug("swish", "dout * (s + z * s * (1 - s))", "dout * z * s", "dz", "σ for σ'"),
    # -- softmax and normalisation
    Bug("softmax", "p * (dout - np.sum(dout * p, axis=1, keepdims=True))", "p * dout", "dx", "line 8"),
    Bug("softmax", "p * (dout - np.sum(dout * p, axis=1, keepdims=True))", "dout * p * (1 - p)", "dx", "diagonal"),
    Bug("softmax_loss", "    dx /= N\n", "", "dx", "counted N times"),
    Bug("softmax_loss", "dx[np.arange(N), y] -= 1\n    dx /= N", "dx /= N\n    dx[np.arange(N), y] -= 1", "dx", None),
    Bug("batch_norm", "+ dmu / N\n", "\n", "dx", "line 8"),
    Bug("batch_norm", "dvar * 2 * xmu / N + ", "", "dx", "flows back through line"),
    Bug("batch_norm", "dgamma = np.sum(dout * xhat, axis=0)\n    dxhat", "dgamma = np.sum(dout * xmu, axis=0)\n    dxhat", "dgamma", None),
    Bug("batch_norm", "dbeta = np.sum(dout, axis=0)\n    dgamma", "dbeta = np.mean(dout, axis=0)\n    dgamma", "dbeta", "averaged over the batch"),
    Bug("layer_norm", "dx = D * dxhat - dxhat.sum(axis=1, keepdims=True) - xhat", "dx = D * dxhat - xhat", "dx", "flows back through line"),
    Bug("layer_norm", "return dx / (D * std), dgamma, dbeta", "return dx / std, dgamma, dbeta", "dx", "counted D times"),
    # -- transposed convolution
    Bug("conv_transpose", 'dx[:, :, i, j] = np.einsum("nmkl,cmkl->nc", window, w)', 'dx[:, :, i, j] = np.einsum("nmkl,cmkl->nc", window, w[:, :, ::-1, ::-1])', "dx", "not rotated"),
    Bug("conv_transpose", "dw += np.einsum", "dw = np.einsum", "dw", "last"),
    Bug("conv_transpose", "dx, dw, dout.sum(axis=(0, 2, 3)), None", "dx, dw, None, None", "db", None, "RETURNED NOTHING"),
]
