"""Emitted functions called with the arrays, functions and sizes of a test, for the tests of emission."""

import functools
import inspect
import math
from fractions import Fraction

import numpy as np

import symgrad as sg
from symgrad.catalogue import variables
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.intervals import Intervals
from symgrad.concrete.rings import Rationals
from symgrad.decide.witness import has_real_values
from symgrad.language.notation import nodes
from symgrad.language.scalar import Power, walk

try:
    import torch
except ImportError:
    torch = None

LIBRARIES = ["numpy"] if torch is None else ["numpy", "torch"]
SQUARE = {"sigma": lambda t: t**2, "sigma_prime": lambda t: 2 * t}
"""σ and σ' as the interpreter takes them."""
PLAIN = {"δ": "delta", "a'": "a_prime"}
"""Names that are no identifiers, as they are emitted."""
emitted = functools.cache(sg.compiled)


def entries(tensor, sizes):
    """Distinct small whole numbers for each variable, by factors of its axes: every maximum is taken once.

    With known functions, roots or reciprocals, distinct fractions between 0 and 1, where they are defined.
    """
    given = {}
    for seed, (name, variable) in enumerate(variables(tensor).items()):
        shape = [extent.evaluate(sizes) for extent in variable.extents]
        count = math.prod(shape)
        values = np.random.default_rng(seed).permutation(count).astype(float).reshape(shape)
        given[name] = (values + 1) / (count + 1) if divides(tensor) else values - count // 2
    return given


def divides(tensor):
    """Whether there are roots, known functions or reciprocals in an expression, not defined everywhere."""
    inside = (i for node in nodes(tensor) if hasattr(node, "body") for i in walk(node.body))
    return has_real_values(tensor) or any(isinstance(i, Power) and i.exponent < 0 for i in inside)


def interpreted(tensor, sizes, given):
    """Every entry by the plain interpreter, over fractions or intervals, with loops."""
    real = has_real_values(tensor)
    ring = Intervals(2) if real else Rationals(2)

    def entry(variable, place):
        return ring.constant(Fraction(float(given[variable.name][place])))

    evaluation = Evaluation(sizes, entry, ring)
    shape = [math.prod(factor.evaluate(sizes) for factor in axis) for axis in tensor.axes]
    found = (evaluation.entry(tensor, place) for place in evaluation.places(tensor))
    flat = [float(value.mid) if real else float(value) for value in found]
    return np.array(flat).reshape(shape)


def called(function, tensor, sizes, given, library):
    """The value of an emitted function."""
    arrays = {}
    for name, variable in variables(tensor).items():
        shape = [math.prod(factor.evaluate(sizes) for factor in axis) for axis in variable.axes]
        array = given[name].reshape(shape)
        arrays[PLAIN.get(name, name)] = array if library == "numpy" else torch.tensor(array)
    named = {symbol.name: value for symbol, value in sizes.items()}
    arguments = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            arguments[name] = named[name]
        else:
            arguments[name] = SQUARE[name] if name in SQUARE else arrays.get(name, arrays.get(name.upper()))
    return np.asarray(function(**arguments))


def check(what, tensor, sizes, library, **options):
    """The emitted function of `what` gives what the interpreter gives for `tensor`."""
    given = entries(tensor, sizes)
    found = called(emitted(what, library, **options), tensor, sizes, given, library)
    expected = interpreted(tensor, sizes, given)
    assert found.shape == expected.shape, sizes
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-12), sizes
