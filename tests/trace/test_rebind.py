"""The names of the user's modules during a run and after it."""

import builtins
import importlib.util
import math
import sys
import textwrap

import numpy as np
import pytest

from symgrad.trace.array import Array, filled
from symgrad.trace.rebind import followed, namespaces, rebound
from symgrad.trace.scalar import Traced, entry


def module(tmp_path, text, name="theirs"):
    path = tmp_path / f"{name}.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


def symbols(*shape):
    array = filled(shape, 0)
    for number, place in enumerate(np.ndindex(*shape)):
        array[place] = entry(f"x{place}", number + 1)
    return array


CODE = """
import math
import numpy as np
import numpy
from math import exp
from numpy import zeros, float32 as f32
from builtins import float as real

def allocate(x):
    out = np.zeros(x.shape)
    out[0] = x[0]
    return out

def by_name(x):
    out = zeros(x.shape, dtype=f32)
    out += x
    return out

def inside(x):
    import numpy as inner
    from numpy import empty_like
    out = empty_like(x)
    out[:] = inner.exp(x) + inner.float64(2)
    return out.astype(inner.float32).astype("float64").astype(float)

def scalars(x):
    return np.array([[math.exp(v), exp(v), float(v), np.maximum(v, 0)] for v in x.reshape(-1)])

def fails(x):
    raise RuntimeError("theirs")
"""


@pytest.mark.parametrize("name", ["allocate", "by_name", "inside", "scalars"])
def test_symbols_survive_what_would_make_floats(tmp_path, name):
    m = module(tmp_path, CODE)
    x = symbols(2)
    with rebound(getattr(m, name)):
        out = getattr(m, name)(x)
    assert isinstance(out, Array)
    assert all(isinstance(cell, Traced) for cell in out.reshape(-1))


def test_the_module_is_as_it_was_afterwards(tmp_path):
    m = module(tmp_path, CODE)
    before, real_import = dict(vars(m)), builtins.__import__
    with rebound(m.inside):
        assert m.np is not np
        m.inside(symbols(2))
    assert dict(vars(m)) == before
    assert builtins.__import__ is real_import


def test_the_module_is_as_it_was_after_an_exception_too(tmp_path):
    m = module(tmp_path, CODE)
    before = dict(vars(m))
    with pytest.raises(RuntimeError, match="theirs"), rebound(m.fails):
        m.fails(symbols(2))
    assert dict(vars(m)) == before
    assert m.np is np
    assert m.math is math


def test_numpy_itself_is_never_touched(tmp_path):
    m = module(tmp_path, CODE)
    before = dict(vars(np))
    with rebound(m.allocate):
        m.allocate(symbols(2))
        assert np.zeros(2).dtype == np.float64
        assert dict(vars(np)) == before
    assert dict(vars(np)) == before


def test_modules_beside_the_code_are_bound_too_and_others_are_not(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    helper = module(tmp_path, "import numpy as np\n\ndef blank(n):\n    return np.zeros(n)\n", "their_helper")
    m = module(
        tmp_path, "import json\nfrom their_helper import blank\n\ndef run(x):\n    return blank(2) + x\n"
    )
    spaces = namespaces(m.run)
    assert any(space is vars(helper) for space in spaces)
    assert all(space["__name__"] != "json" for space in spaces)
    with rebound(m.run):
        assert m.run(symbols(2)).dtype == object
    assert helper.np is np


def test_variables_around_a_function_are_bound_and_given_back():
    def outer():
        inner = np

        def run(x):
            return inner.zeros(2) + x, inner

        return run

    run = outer()
    with rebound(run):
        total, seen = run(symbols(2))
    assert seen is not np
    assert total.dtype == object
    assert run(np.ones(2))[1] is np


def test_integer_arrays_stay_integers(tmp_path):
    m = module(
        tmp_path, "import numpy as np\n\ndef run(x):\n    return x[np.zeros(2, dtype=int)], np.arange(3)\n"
    )
    with rebound(m.run):
        taken, count = m.run(symbols(2))
    assert taken.shape == (2,)
    assert count.dtype.kind == "i"


def test_an_array_of_one_stored_in_a_cell_is_unwrapped(tmp_path):
    m = module(
        tmp_path,
        "import numpy as np\n\ndef run(x):\n    out = np.zeros(2)\n    out[0] = x[:1] * 2\n    return out\n",
    )
    with rebound(m.run):
        out = m.run(symbols(2))
    assert isinstance(out[0], Traced)


def test_a_function_of_numpy_given_itself_is_followed_and_numpy_is_left_alone():
    before = dict(np.__dict__)
    with rebound(np.tanh, np.maximum, np.linalg.norm):
        assert np.__dict__ == before
    (x,) = [entry("x", 2)]
    found = followed(np.tanh)(np.array([x], dtype=object))
    assert found[0].kind == x.tanh().kind
    assert followed(np.maximum) is np.maximum
    assert followed(len) is len
