"""Layers with arguments as in PyTorch, and their closed forms, emitted, compute what the interpreter does."""

import pytest
from arguments import ARGUMENTS
from emitting import LIBRARIES, check

from symgrad import network as nn


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", ARGUMENTS)
def test_forward_and_gradients_are_the_interpreters(name, library):
    net = nn.Network(ARGUMENTS[name][0])
    symbols = {s for v in (*net.variables, net.cotangent) for e in v.extents for s in e.symbols()}
    sizes = dict.fromkeys(symbols, 2)
    check(net.z, net.z, sizes, library)
    for gradient in net.gradients().values():
        check(gradient, gradient, sizes, library)
