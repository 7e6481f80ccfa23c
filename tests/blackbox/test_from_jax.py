"""JAX's functions as black boxes."""

import subprocess
import sys

import pytest

from symgrad.blackbox import check_exactly, from_jax


def test_neither_jax_nor_pytorch_is_imported_unasked():
    code = (
        "import sys, symgrad.blackbox as b; b.check_exactly; b.from_jax; b.from_torch; b.check_against;"
        "sys.exit(bool({'jax', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_functions_and_custom_vjps_are_judged():
    jax = pytest.importorskip("jax", reason="JAX is not installed: pip install --group jax")

    def correlation(x, w):
        return jax.numpy.stack([(x[i : i + w.size] * w).sum() for i in range(x.size - w.size + 1)])

    shapes = {"x": (6,), "w": (3,)}
    assert check_exactly(from_jax(correlation, list(shapes)), shapes).passed

    def made(factor):
        @jax.custom_vjp
        def square(x):
            return x * x

        square.defvjp(lambda x: (x * x, x), lambda x, dout: (factor * x * dout,))
        return square

    assert check_exactly(from_jax(made(2), ["x"], name="square"), {"x": (4,)}).passed
    (finding,) = check_exactly(from_jax(made(3), ["x"], name="square"), {"x": (4,)}).findings
    assert (finding.kind, finding.cause) == ("WRONG GRADIENT", "every entry is 1.5 times the gradient")
