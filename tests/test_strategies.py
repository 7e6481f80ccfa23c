"""Strategies: what they draw is a layer, and shrinks to the smallest."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import symgrad as sg
from symgrad import strategies as layers
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.rings import Rationals

SMALL = st.sampled_from([(), (1,), (3,), (2, 3)])


def built(layer):
    operands = []
    for name, shape in layer.shapes.items():
        groups, axis = layer.options.get("groups", 1), 1 if name == "input" else 0
        pair = (groups, shape[axis] // groups) if groups > 1 else shape[axis]
        operands.append(sg.tensor(name, *shape[:axis], pair, *shape[axis + 1 :]))
    return getattr(sg, layer.name)(*operands, **layer.options)


@given(layers.layers())
def test_every_layer_that_is_drawn_has_a_meaning_and_an_output(layer):
    z = built(layer)
    assert all(extent.evaluate({}) >= 1 for extent in z.extents)


@given(layers.conv3d_layers(square=True, bias=False))
def test_square_options_are_one_number(layer):
    assert {type(value) for value in layer.options.values()} == {int}
    assert built(layer).ndim == 5


@pytest.mark.parametrize(
    ("strategy", "smallest"),
    [
        (layers.conv2d_layers(), {"input": (1, 1, 1, 1), "weight": (1, 1, 1, 1), "bias": (1,)}),
        (layers.linear_layers(), {"input": (1, 1), "weight": (1, 1), "bias": (1,)}),
        (layers.pool2d_layers(), {"input": (1, 1, 1, 1)}),
    ],
)
def test_layers_shrink_to_the_smallest(strategy, smallest):
    layer = find(strategy, lambda _: True, settings=settings(database=None))
    assert layer.shapes == smallest
    assert layer.options in ({}, layer.options | {"stride": layer.options.get("stride")})
    for name, value in layer.options.items():
        least = 0 if name == "padding" else 1
        assert value == least or set(value) == {least}


def test_a_failing_layer_shrinks_to_the_smallest_that_fails():
    layer = find(
        layers.conv2d_layers(),
        lambda drawn: drawn.options["stride"][1] > 1 and drawn.shapes["weight"][3] > 1,
        settings=settings(database=None, max_examples=500, suppress_health_check=list(HealthCheck)),
    )
    assert layer.options == {"stride": (1, 2), "padding": (0, 0), "dilation": (1, 1), "groups": 1}
    assert layer.shapes["weight"] == (1, 1, 1, 2)
    assert layer.shapes["input"] == (1, 1, 1, 2)


@given(SMALL.flatmap(lambda shape: layers.integer_arrays(shape=shape, span=4)))
def test_integer_arrays_are_whole_and_in_their_span(array):
    assert np.array_equal(array, np.rint(array))
    assert np.all(np.abs(array) <= 4)


@given(SMALL.flatmap(lambda shape: layers.apart_arrays(shape=shape)))
def test_arrays_apart_have_no_tie_and_no_kink(array):
    entries = array.ravel()
    assert len(set(entries.tolist())) == entries.size
    assert not np.any(entries == np.rint(entries))


@given(layers.tied_arrays(shape=(2, 3)))
def test_tied_arrays_have_a_tie(array):
    assert len(set(array.ravel().tolist())) < array.size


@given(layers.exact_arrays(shape=(2, 2)))
def test_exact_arrays_hold_fractions(array):
    assert (array + array == 2 * array).all()
    assert array.dtype == object


@given(layers.networks())
def test_networks_have_an_output_and_gradients(network):
    evaluation = Evaluation({}, lambda variable, place: 1, Rationals())
    assert all(extent >= 1 for extent in evaluation.shape(network.z))
    assert set(network.gradients()) <= {variable.name for variable in network.variables}


@given(layers.strides(dims=3), layers.paddings(dims=1), layers.dilations(), layers.groups(), layers.shapes())
def test_options_have_one_number_for_each_axis(stride, padding, dilation, groups, shape):
    assert (len(stride), len(padding), len(dilation), len(shape)) == (3, 1, 2, 2)
    assert min(*stride, *dilation, *shape, groups) >= 1
    assert min(padding) >= 0


def test_samples_are_as_many_as_asked_for_and_the_same_each_time():
    cases = layers.samples(strategy=layers.conv2d_layers(), count=150, seed=3)
    assert len(cases) == 150
    assert cases == layers.samples(strategy=layers.conv2d_layers(), count=150, seed=3)
    assert cases != layers.samples(strategy=layers.conv2d_layers(), count=150, seed=4)


def test_an_unknown_kind_of_layer_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="there are linear"):
        layers.layers(names=["conv4d"])


def test_hypothesis_is_not_imported_unasked():
    code = "import sys, symgrad, symgrad.testing, symgrad.blackbox; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
