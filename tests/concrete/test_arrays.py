"""Evaluation on arrays is the interpreter's, and its errors say what is missing."""

from fractions import Fraction

import numpy as np
import pytest

import symgrad as sg
from symgrad.catalogue import rules, variables
from symgrad.concrete import arrays
from symgrad.concrete.arrays import evaluate
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.intervals import Intervals
from symgrad.concrete.rings import Rationals
from symgrad.decide.decision import small_sizes
from symgrad.decide.witness import is_real

H, K, N, C, G = sg.sizes("H K N C G")
a, w = sg.tensor("a", H), sg.tensor("w", K)


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in rules()])
def test_every_closed_form_evaluates_as_the_interpreter_does(rule):
    claim = rule.statement().claim
    asked = rule.question()
    sizes = list(small_sizes(asked, 5))[-1]
    given = {}
    for seed, (name, variable) in enumerate(variables(claim).items()):
        shape = [extent.evaluate(sizes) for extent in variable.extents]
        count = int(np.prod(shape))
        given[name] = np.random.default_rng(seed).permutation(count).reshape(shape) + 2
        if is_real(asked):
            given[name] = (given[name] - 1) / (count + 1)  # where roots and logarithms are defined
    functions = {"σ": (lambda t: t**2, lambda t: 2 * t)}
    found = evaluate(claim, given, {s.name: v for s, v in sizes.items()}, functions)
    ring = Intervals(2) if is_real(asked) else Rationals(2)
    evaluation = Evaluation(sizes, lambda v, p: ring.constant(Fraction(float(given[v.name][p]))), ring)
    entries = [evaluation.entry(claim, place) for place in evaluation.places(claim)]
    flat = [float(entry.mid) if is_real(asked) else float(entry) for entry in entries]
    assert np.allclose(found.ravel(), flat)


def test_known_functions_do_not_overflow_far_out():
    far = np.array([-800.0, 800.0])
    for function, ends in ((sg.sigmoid, [0, 1]), (sg.tanh, [-1, 1]), (sg.softplus, [0, 800])):
        assert np.array_equal(evaluate(function(a), {"a": far}), ends)
    assert evaluate(sg.normal_cdf(a), {"a": np.array([-10.0])})[0] == pytest.approx(7.61985302416e-24)


def test_a_sum_too_large_for_one_grid_is_split(monkeypatch):
    z = sg.correlate(a, w)
    given = {"a": np.arange(50), "w": np.arange(7)}
    whole = evaluate(z, given)
    monkeypatch.setattr(arrays, "GRID", 60)
    assert np.array_equal(evaluate(z, given), whole)


def test_integers_stay_integers_and_single_precision_stays_single():
    assert evaluate(a + a, {"a": np.arange(3)}).dtype.kind == "i"
    assert evaluate(a + a, {"a": np.arange(3, dtype=np.float32)}).dtype == np.float32


def test_compound_axes_may_be_given_and_are_returned_as_one():
    x = sg.tensor("x", N, (G, C))
    flat = np.arange(12).reshape(2, 6)
    assert evaluate(2 * x, {"x": flat}, {"G": 2}).shape == (2, 6)
    assert np.array_equal(evaluate(2 * x, {"x": flat.reshape(2, 2, 3)}), 2 * flat)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: evaluate(a + w, {"a": [1, 2]}), "no array is given for w"),
        (lambda: evaluate(a, {"a": [[1, 2]]}), "the array has shape"),
        (lambda: evaluate(sg.tensor("x", 3), {"x": [1, 2]}), "the array has 2"),
        (lambda: evaluate(sg.tensor("x", 2 * H), {"x": [1, 2, 3]}), "cannot have extent 3"),
        (lambda: evaluate(a * K, {"a": [1, 2]}), "sizes="),
        (lambda: evaluate(a + sg.tensor("b", H), {"a": [1, 2], "b": [1, 2, 3]}), "so H is 3"),
        (lambda: evaluate(sg.function("σ")(a), {"a": [1, 2]}), "no σ is given"),
        (lambda: evaluate(sg.build([H], lambda h: a[h + 1]), {"a": [1, 2]}), "outside"),
    ],
)
def test_what_does_not_fit_is_said_in_words(call, words):
    with pytest.raises(sg.SymgradError, match=words):
        call()
