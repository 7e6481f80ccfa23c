"""Code that does what no forward or backward may do."""

import numpy as np


def good_forward(x):
    return 3 * x


def good_backward(dout, x):
    return 3 * dout


def raising_forward(x):
    return 2 * x


def raising_backward(dout, x):
    raise RuntimeError("no gradient today")


def endless_forward(x):
    return 2 * x


def endless_backward(dout, x):
    while True:
        pass


def mutating_forward(x):
    return x * x


def mutating_backward(dout, x):
    x *= 2
    return dout * x


def greedy_forward(x):
    return np.maximum(x, 0)


def greedy_backward(dout, x):
    dout *= x > 0
    return dout


def misshapen_forward(x):
    return 2 * x


def misshapen_backward(dout, x):
    return 2 * dout.sum(axis=0)


def silent_forward(x):
    return 2 * x


def silent_backward(dout, x):
    2 * dout


def random_forward(x):
    return x * np.random.default_rng().integers(1, 10**9)


def random_backward(dout, x):
    return dout * np.random.default_rng().integers(1, 10**9)


def chatty_forward(x):
    print("forward", x)
    return 2 * x


def chatty_backward(dout, x):
    print("backward", x)
    return 2 * dout


def vast_forward(x):
    return 2 * x


def vast_backward(dout, x):
    return 2 * dout + np.zeros((10**7, 10**7)).sum()


def dying_forward(x):
    return 2 * x


def dying_backward(dout, x):
    import os

    os._exit(7)


def odd_forward(x, momentum):
    return x * momentum


def odd_backward(dout, x, momentum):
    return dout * momentum
