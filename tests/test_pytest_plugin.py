"""The pytest plugin, run as users run it: in a pytest of its own."""

import subprocess
import sys
import textwrap

import pytest

HEADER = """
    import numpy as np
    import pytest
    from hypothesis import strategies as st
    from symgrad.strategies import shapes

    def square(x):
        return x * x

    def right(dout, x):
        return 2 * x * dout

    def wrong(dout, x):
        return x * dout
"""


@pytest.fixture
def run(tmp_path):
    def run_pytest(body):
        text = textwrap.dedent(HEADER) + textwrap.dedent(body)
        (tmp_path / "test_it.py").write_text(text, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--no-header",
            "-p",
            "no:cacheprovider",
            "test_it.py",
        ]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run_pytest


def test_a_right_backward_passes_at_drawn_shapes(run):
    done = run(
        """
        @pytest.mark.symgrad(examples=7)
        def test_square(check_gradient):
            assert check_gradient.examples == 7
            check_gradient.exactly(square, right, {"x": shapes(dims=2)})
        """
    )
    assert "1 passed" in done.stdout, done.stdout


def test_a_wrong_backward_fails_with_the_diagnosis_at_the_smallest_shape_and_nothing_else(run):
    done = run(
        """
        def test_square(check_gradient):
            check_gradient.exactly(square, wrong, {"x": shapes(dims=2)})
        """
    )
    assert done.returncode == 1
    assert "WRONG GRADIENT dx" in done.stdout
    assert "smallest   x (1, 1)" in done.stdout
    assert "every entry is 0.5 times the gradient" in done.stdout
    assert "Traceback" not in done.stdout
    assert "During handling" not in done.stdout
    assert "symgrad_pytest.py" not in done.stdout


def test_a_wrong_shape_alone_is_checked_without_drawing(run):
    done = run(
        """
        def test_square(check_gradient):
            check_gradient.exactly(square, wrong, {"x": (2, 3)})
        """
    )
    assert "smallest   x (2, 3)" in done.stdout


def test_a_pair_is_run_on_symbols_where_it_can_be(run):
    done = run(
        """
        @pytest.mark.symgrad(examples=5)
        def test_right(check_gradient):
            check_gradient(square, right, {"x": shapes(dims=2, sizes=2)})

        @pytest.mark.symgrad(examples=5)
        def test_wrong(check_gradient):
            check_gradient(square, wrong, {"x": shapes(dims=2, sizes=2)})
        """
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "derived" in done.stdout
    assert "smallest   x (1, 1)" in done.stdout


def test_arrays_are_drawn_in_the_order_in_which_they_are_given(run):
    done = run(
        """
        def both(x, w, b):
            return 2 * x.sum() + 3 * w.sum() + 4 * b.sum()

        def back(dout, x, w, b):
            return tuple(k * dout * np.ones_like(a) for k, a in ((2, x), (3, w), (4, b)))

        @pytest.mark.symgrad(examples=5)
        def test_right(check_gradient):
            check_gradient(both, back, {"x": shapes(dims=2), "w": shapes(dims=2), "b": (3,)})
        """
    )
    assert "1 passed" in done.stdout, done.stdout


def test_both_are_compared_with_a_layer_that_is_drawn(run):
    done = run(
        """
        from symgrad.strategies import linear_layers

        def affine(x, w):
            return x @ w.T

        @pytest.mark.symgrad(examples=5)
        def test_right(check_gradient):
            layers = linear_layers(sizes=2, bias=False)
            check_gradient.layer(layers, affine, lambda dout, x, w: (dout @ w, dout.T @ x))

        @pytest.mark.symgrad(examples=5)
        def test_wrong(check_gradient):
            layers = linear_layers(sizes=2, bias=False)
            check_gradient.layer(layers, affine, lambda dout, x, w: (dout @ w, 2 * dout.T @ x))
        """
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout
    assert "WRONG GRADIENT dw" in done.stdout


def test_a_black_box_is_checked_as_it_is(run):
    done = run(
        """
        from symgrad.blackbox import from_callables

        def test_square(check_gradient):
            check_gradient(from_callables(square, right, ["x"]), arguments={"x": shapes()})
        """
    )
    assert "1 passed" in done.stdout, done.stdout


def test_a_black_box_and_a_class_take_their_arguments_in_second_or_third_place(run):
    done = run(
        """
        from symgrad.blackbox import from_callables


        class Squares:
            def forward(self, x):
                self.x = x
                return x * x

            def backward(self, dout):
                return 2 * self.x * dout


        class Halves(Squares):
            def backward(self, dout):
                return self.x * dout


        def test_right(check_gradient):
            check_gradient(from_callables(square, right, ["x"]), {"x": "N C"})
            check_gradient(from_callables(square, right), arguments={"x": shapes()})
            check_gradient(Squares, None, {"x": "N"})

        def test_wrong(check_gradient):
            check_gradient(from_callables(square, wrong, ["x"]), {"x": "N C"})

        def test_wrong_class(check_gradient):
            check_gradient(Halves, None, {"x": "N"})

        def test_without_shapes(check_gradient):
            check_gradient(from_callables(square, right, ["x"]))
        """
    )
    assert "3 failed, 1 passed" in done.stdout, done.stdout
    assert done.stdout.count("WRONG GRADIENT dx") >= 2
    assert "no arguments are given to check right at; expected the shape of each argument" in done.stdout


def test_the_marker_is_known_to_pytest():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--markers"], capture_output=True, text=True, check=True
    )
    assert "@pytest.mark.symgrad(examples=25)" in done.stdout


def test_an_unrelated_test_run_imports_nothing_of_symgrad(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_nothing():\n    pass\n", encoding="utf-8")
    code = """
        import sys, pytest

        class Plugin:
            def pytest_sessionfinish(self):
                assert "symgrad_pytest" in sys.modules
                print({name.partition(".")[0] for name in sys.modules} & {"symgrad", "sympy", "numpy"})

        sys.exit(pytest.main(["-q", "-s", "-p", "no:cacheprovider"], plugins=[Plugin()]))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "set()" in done.stdout
