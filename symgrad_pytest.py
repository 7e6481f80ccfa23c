"""The pytest plugin of symgrad: the fixture `check_gradient` and the marker `symgrad`.

A module of its own, so that a test run that does not use it imports nothing of symgrad.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pytest

EXAMPLES = 25
"""How many shapes are drawn, unless the marker says otherwise."""
SHORT = {"input": "x", "weight": "w", "bias": "b"}
"""What the strategies call the arguments of a layer, and what `check_layer` does."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", f"symgrad(examples={EXAMPLES}): how many shapes the fixture check_gradient draws"
    )


@pytest.fixture
def check_gradient(request: pytest.FixtureRequest) -> CheckGradient:
    """Check a backward against its forward, or both against a layer, at drawn shapes:

    `check_gradient(relu, relu_backward, {"x": shapes(dims=2)})`
    """
    marker = request.node.get_closest_marker("symgrad")
    options: Mapping[str, Any] = marker.kwargs if marker else {}
    return CheckGradient(**options)


class CheckGradient:
    """What the fixture gives; called, it fails the test with the diagnosis if something is wrong."""

    def __init__(self, examples: int = EXAMPLES) -> None:
        self.examples = examples

    def __call__(self, forward: Any, backward: Any = None, arguments: Any = None, **options: Any) -> None:
        """Whether a backward is the gradient of its own forward.

        forward, backward  a pair of functions, run on symbols; or a black box of `symgrad.blackbox` alone,
                           such as `from_torch(…)`, run on whole numbers; or a class with both methods
        arguments          names with shapes, or strategies of shapes; or one strategy of such mappings
        options            as for `symgrad.testing.check_backward`, or `symgrad.blackbox.check_exactly`
        """
        from symgrad.blackbox import Function, check_exactly

        if isinstance(forward, Function):
            given = backward if arguments is None else arguments
            self._each(given, lambda shapes: check_exactly(forward, shapes, **options))
            return
        from symgrad.testing import check_backward

        self._each(arguments, lambda shapes: check_backward(forward, backward, shapes, **options))

    def exactly(
        self, forward: Any, backward: Any, arguments: Any, *, names: Any = None, **options: Any
    ) -> None:
        """As a call, but run on whole numbers, for code that cannot be run on symbols."""
        from symgrad.blackbox import check_exactly, from_callables

        def check(shapes: Mapping[str, Any]) -> Any:
            return check_exactly(from_callables(forward, backward, names or list(shapes), **options), shapes)

        self._each(arguments, check)

    def layer(self, layers: Any, forward: Any, backward: Any = None, **options: Any) -> None:
        """Whether forward and backward are a layer; `layers` is its name, or a strategy of such layers."""
        from symgrad.testing import check_layer

        if isinstance(layers, str):
            _show(check_layer(layers, forward, backward, **options))
            return

        def check(layer: Any) -> Any:
            shapes = {SHORT[name]: shape for name, shape in layer.shapes.items()}
            given = {name: value for name, value in layer.options.items() if name in _names(forward)}
            return check_layer(
                layer.name, forward, backward, **{"options": given, **options}, shapes=[shapes]
            )

        self._each(layers, check)

    def _each(self, arguments: Any, check: Any) -> None:
        """Run a check at every drawn example; Hypothesis shrinks one that fails."""
        import hypothesis

        strategy = _strategy(arguments)
        if strategy is None:
            _show(check(arguments))
            return

        @hypothesis.settings(
            max_examples=self.examples,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(strategy)
        def every(example: Any) -> None:
            report = check(example)
            if not report.passed:
                raise _Wrong(report)

        failed = None
        try:
            every()
        except _Wrong as wrong:
            failed = wrong.report
        if failed is not None:  # outside, so that nothing is shown as the context of the diagnosis
            _show(failed)


class _Wrong(Exception):
    def __init__(self, report: Any) -> None:
        super().__init__(str(report))
        self.report = report


def _names(forward: Any) -> set[str]:
    return set(inspect.signature(forward).parameters)


def _strategy(arguments: Any) -> Any:
    """A strategy of what is asked for; None if nothing is to be drawn."""
    from hypothesis import strategies as st

    if isinstance(arguments, st.SearchStrategy):
        return arguments
    if isinstance(arguments, Mapping) and any(
        isinstance(shape, st.SearchStrategy) for shape in arguments.values()
    ):
        fixed = {
            name: shape if isinstance(shape, st.SearchStrategy) else st.just(shape)
            for name, shape in arguments.items()
        }
        drawn = st.fixed_dictionaries(fixed)  # which are not always in the order that was given
        return drawn.map(lambda example: {name: example[name] for name in arguments})
    return None


def _show(report: Any) -> None:
    """Fail with the diagnosis and nothing else."""
    __tracebackhide__ = True
    if not report.passed:
        pytest.fail(str(report), pytrace=False)
