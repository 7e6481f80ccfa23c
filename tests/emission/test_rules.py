"""Every rule of the catalogue, emitted, computes what the interpreter does; and its source is fit to read."""

import ast

import pytest
from emitting import LIBRARIES, check, emitted
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from symgrad.catalogue import layers, rules
from symgrad.concrete.evaluate import Evaluation
from symgrad.decide.decision import small_sizes

EVERY = [pytest.param(rule, id=rule.name) for rule in rules()]
LAYERS = [pytest.param(layer, id=layer.name) for layer in layers()]
WORK = 3000
"""The most products that the interpreter is given."""


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("rule", EVERY)
def test_gradient_and_forward_are_the_interpreters(rule, library):
    asked = rule.question()
    compared = 0
    for sizes in small_sizes(asked, 3):
        check(rule, asked.claim, sizes, library)
        check(rule, asked.z, sizes, library, forward=True)
        compared += 1
    assert compared


@st.composite
def uses(draw):
    """A rule at sizes, strides, paddings, dilations and groups within its scope."""
    rule = draw(st.sampled_from(rules()))
    asked = rule.question()
    sizes = {s: draw(st.integers(s.minimum, s.minimum + 2), label=s.name) for s in asked.sizes}
    for symbol in asked.sizes:  # maps large enough to hold a window
        if symbol.name in "HWD":
            sizes[symbol] += draw(st.integers(0, 4), label=f"more {symbol.name}")
    assume(all(constraint.holds(sizes) for constraint in asked.assumptions))
    evaluation = Evaluation(sizes, None, _NoNumbers())
    assume(evaluation.work(asked.claim) + evaluation.work(asked.z) < WORK * 10)
    return rule, asked, sizes


class _NoNumbers:
    """A ring that is never calculated in."""

    def constant(self, value):
        return value


@settings(max_examples=60)
@given(uses(), st.sampled_from(LIBRARIES), st.booleans())
def test_drawn_strides_paddings_dilations_and_groups(use, library, forward):
    rule, asked, sizes = use
    check(rule, asked.z if forward else asked.claim, sizes, library, forward=forward)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("rule", EVERY)
def test_source_is_typed_documented_short_and_without_loops(rule, library):
    for forward in (False, True):
        source = emitted(rule, library, forward=forward).__source__
        module = ast.parse(source)
        (function,) = [node for node in module.body if isinstance(node, ast.FunctionDef)]
        arguments = [*function.args.args, *function.args.kwonlyargs]
        assert function.returns is not None
        assert all(argument.annotation is not None for argument in arguments)
        documentation = ast.get_docstring(function)
        assert documentation
        if not forward:
            said = "".join(rule.latex.split())
            assert said in "".join(documentation.split())
        assert max(map(len, source.splitlines())) <= 100
        loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.Lambda)
        assert not any(isinstance(node, loops) for node in ast.walk(module))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_emitted_by_its_example(layer, library):
    z = layer.example()
    sizes = {s: 2 + (s.name in "HWD") * 3 for s in _sizes(z)}
    sizes = {s: 1 if s.name.startswith(("p", "s", "d_")) else value for s, value in sizes.items()}
    check(z, z, sizes, library)


def _sizes(z):
    from symgrad.language.sizes import sizes_of

    return sizes_of([z])


def test_a_convolution_is_one_matrix_product_and_a_matrix_product_is_written_so():
    by_name = {rule.name: rule for rule in rules()}
    assert emitted(by_name["conv2d.input"], "numpy").__source__.count("np.tensordot(") == 1
    assert emitted(by_name["conv2d.weight"], "numpy").__source__.count("np.tensordot(") == 1
    assert "delta @ W" in emitted(by_name["linear.input"], "numpy").__source__
    assert "delta.T" in emitted(by_name["linear.weight"], "numpy").__source__


def test_strides_and_paddings_have_their_usual_values_and_shapes_are_read_off_the_arrays():
    import inspect

    (rule,) = [rule for rule in rules() if rule.name == "conv2d.input"]
    parameters = inspect.signature(emitted(rule, "numpy")).parameters
    assert list(parameters)[:4] == ["delta", "w", "H", "W"]
    assert {name: parameters[name].default for name in ("s_h", "p_h", "d_h")} == {
        "s_h": 1,
        "p_h": 0,
        "d_h": 1,
    }
    assert parameters["H"].default is parameters["H"].empty
