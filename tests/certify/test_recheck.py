"""Certificates checked without the decision procedure: right ones accepted, tampered ones not."""

import ast
import functools
import json
import sys
from pathlib import Path

import numbers_of
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tampering import places, tampered

import symgrad as sg
from symgrad.catalogue import find, rules
from symgrad.certify.certificate import Certificate, NotCertified, Rejected
from symgrad.certify.farkas import search
from symgrad.certify.recheck import is_impossible, recheck

ROOT = Path(__file__).parents[2]
INDEX = ROOT / "proofs" / "coq" / "README.md"
FEW = [
    *("conv1d.input", "conv1d.weight", "conv1d.bias", "conv1d.grouped_input", "conv1d.input_rot180"),
    *("linear.input", "linear.bias", "half_squared_error.total", "half_squared_error.activated"),
    *("max_pool1d.input", "max_pool1d.input_overlap", "avg_pool1d.input", "avg_pool1d.input_overlap"),
    *("concat.middle", "concat.dense_input", "activation.row", "conv_transpose1d.correlation"),
    *("residual.linear", "dense_as_conv2d.forward", "depthwise_conv1d.weight"),
    *("softmax.shifted", "log_softmax.output"),
    *("softmax.input", "softmax.sums_to_one", "cross_entropy.input", "cross_entropy.after_log"),
    *("binary_cross_entropy.input", "rms_norm.input", "relu.output", "elu.output"),
    *("hardswish.input", "gelu.input", "gelu_tanh.input", "silu.output", "logsumexp.input"),
    "layer_norm.input",
]
"""Rules of every kind, with one spatial axis."""


@functools.cache
def certificate(name):
    return find([name])[0].verify().certificate.named(name)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_has_a_certificate_that_is_accepted_or_a_reason(rule):
    listed = INDEX.read_text(encoding="utf-8").partition("## Not certified")[2].partition("##")[0]
    if f"- `{rule.name}`: `symgrad recheck` accepts" not in listed and f"- `{rule.name}`:" in listed:
        with pytest.raises((NotCertified, Rejected)):
            certificate(rule.name).recheck()
        return
    found = certificate(rule.name)
    assert Certificate.from_json(found.json()) == found
    checked = found.recheck()
    assert checked.groups >= 1


@pytest.mark.parametrize("name", FEW)
def test_what_a_certificate_states_is_so_in_numbers(name):
    assert numbers_of.holds(certificate(name).data)


TAMPERED_AT_ONCE = 25


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FEW), st.randoms(use_true_random=False))
def test_a_tampered_certificate_is_accepted_only_if_it_is_still_true(name, chance):
    """100 examples of 25: 2,500 certificates with a change in one place."""
    data = certificate(name).data
    every = list(places(data))
    for _ in range(TAMPERED_AT_ONCE):
        changed = tampered(data, chance.choice(every), chance.randrange(1000))
        if changed is None:
            continue
        try:
            recheck(changed, search)
        except Rejected:
            continue
        assert numbers_of.holds(changed), "accepted, and not true"


def test_a_wrong_closed_form_is_rejected_with_the_true_maps():
    data = certificate("conv1d.input_rot180").data
    wrong = certificate("conv1d.input_rot180").json().replace('"rot180"', '"turned"')
    assert Certificate.from_json(wrong).recheck() == recheck(data, search)  # a name is only a name
    turned = next(d for d in data["definitions"] if d["name"] == "rot180")
    unturned = {**turned, "body": ["read", turned["body"][1], [[[1, [n]]] for n in turned["indices"]]]}
    definitions = [unturned if d is turned else d for d in data["definitions"]]
    with pytest.raises(Rejected):
        recheck({**data, "definitions": definitions}, search)


def test_a_product_left_out_is_noticed():
    data = certificate("residual.linear").data
    with pytest.raises(Rejected, match="every product once"):
        recheck({**data, "groups": data["groups"][:1]}, search)


def test_assumptions_that_nothing_meets_prove_nothing():
    data = certificate("linear.input").data
    never = [[[-1, []]], "≥"]
    with pytest.raises(Rejected, match="example"):
        recheck({**data, "assumptions": [never]}, search)


def test_a_law_is_not_used_where_it_does_not_hold():
    data = certificate("softmax.sums_to_one").data
    (use,) = data["uses"]
    kind, tensor, at = use["law"]
    outside = {**use, "law": [kind, tensor, [[[1, ["N"]]], *at[1:]]]}
    with pytest.raises(Rejected, match="does not hold"):
        recheck({**data, "uses": [outside]}, search)


def test_what_is_summed_over_has_a_name_of_its_own():
    data = certificate("cross_entropy.input").data
    renamed = json.loads(json.dumps(data["uses"]).replace('"c2"', '"N"'))
    with pytest.raises(Rejected, match="N has a meaning already"):
        recheck({**data, "uses": renamed}, search)


def test_a_function_of_something_else_is_another_function():
    data = certificate("hardsigmoid.input").data
    text = json.dumps(data["definitions"]).replace('"3"', '"4"')
    with pytest.raises(Rejected, match="not the same"):
        recheck({**data, "definitions": json.loads(text)}, search)


def test_ranges_are_counted_by_the_product_of_their_extents():
    data = certificate("batch_norm.maps").data
    number = next(k for k, use in enumerate(data["uses"]) if use["law"][0] == "count")
    _, extents = data["uses"][number]["law"]
    assert len(extents) == 3
    shorter = [[*extents[0], [-1, []]], *extents[1:]]
    negative = [[[-1, ["N"]]], *extents[1:]]
    for wrong, reason in ((shorter, "add up|every product|leaves"), (negative, "does not hold")):
        uses = list(data["uses"])
        uses[number] = uses[number] | {"law": ["count", wrong]}
        with pytest.raises(Rejected, match=reason):
            recheck({**data, "uses": uses}, search)
    for wrong in (extents[:2], [*extents, extents[0]], [[[1, ["i"]]]], 3, [3]):
        uses[number] = uses[number] | {"law": ["count", wrong]}
        with pytest.raises(Rejected):
            recheck({**data, "uses": uses}, search)


def test_a_range_that_may_be_empty_is_not_counted():
    """Σ 1 over N - 2 is not N - 2 where N is 1."""
    N, less = [[1, ["N"]]], [[1, ["N"]], [-2, []]]
    z = {"name": "z", "indices": [], "extents": [], "body": ["sum", [["i", less]], ["number", "1", []]]}
    c = {"name": "c", "indices": [], "extents": [], "body": ["number", "1", [[less, 1]]]}
    use = {"law": ["count", [less]], "over": [], "when": [], "times": ["number", "-1", []]}

    def stated(least):
        return certificate("linear.bias").data | {
            "sizes": {"N": least},
            "example": {"N": 2},
            "tensors": {"x": [N]},
            "definitions": [z, c],
            "forward": "z",
            "closed_form": "c",
            "wrt": None,
            "cotangent": None,
            "empty": [],
            "uses": [use],
            "groups": [
                [
                    {"side": "left", "number": 0},
                    {"side": "left", "number": 1, "to": {"i": [[1, ["k0"]]]}, "from": {"k0": [[1, ["i"]]]}},
                ],
                [
                    {"side": "left", "number": 2},
                    {"side": "right", "number": 0, "to": {}, "from": {}},
                ],
            ],
        }

    assert recheck(stated(2), search).groups == 2
    with pytest.raises(Rejected, match="does not hold"):
        recheck(stated(1), search)


def test_exponents_are_added_up():
    data = certificate("softmax.shifted").data
    number = next(k for k, use in enumerate(data["uses"]) if use["law"][0] == "exponents")
    _, one, other = data["uses"][number]["law"]
    for wrong in ([other[0]], [*other, other[0]], [other[0], other[0]]):
        uses = list(data["uses"])
        uses[number] = uses[number] | {"law": ["exponents", one, wrong]}
        with pytest.raises(Rejected, match="not the same"):
            recheck({**data, "uses": uses}, search)


def test_exp_undoes_the_logarithm_of_the_same_only():
    data = certificate("log_softmax.output").data
    text = json.dumps(data["uses"])
    assert '["inverse", "activation2", "sum_axes",' in text
    wrong = text.replace('["inverse", "activation2", "sum_axes",', '["inverse", "activation2", "sum_axes2",')
    with pytest.raises(Rejected, match="not divided by"):
        recheck({**data, "uses": json.loads(wrong)}, search)
    wrong = text.replace('["inverse", "activation2",', '["inverse", "log_softmax",')
    assert wrong != text
    with pytest.raises(Rejected, match="not the same"):
        recheck({**data, "uses": json.loads(wrong)}, search)


def test_no_derivative_of_a_known_function_is_unknown():
    data = certificate("softmax.sums_to_one").data
    text = json.dumps(data["definitions"]).replace('"exp", 0', '"exp", 1')
    with pytest.raises(Rejected, match="derivative 1 of exp"):
        recheck({**data, "definitions": json.loads(text)}, search)


def test_a_hypothesis_is_needed_where_it_is_used():
    data = certificate("cross_entropy.input").data
    with pytest.raises(Rejected, match="not a law"):
        recheck({**data, "hypotheses": []}, search)


def test_a_function_that_is_called_like_a_known_one_is_not_it():
    N = sg.sizes("N")[0]
    x, delta = sg.tensor("x", N), sg.tensor("delta", N)
    any_function = sg.function("reciprocal")
    verdict = sg.verify(any_function(x), wrt=x, claim=delta * any_function.prime(x), cotangent=delta)
    assert verdict.certificate.recheck().groups == 1
    assert "reciprocal2" in verdict.certificate.coq()


def test_a_definition_by_itself_is_no_definition():
    data = certificate("linear.input").data
    first = data["definitions"][0]
    at = [[[1, [n]]] for n in first["indices"]]
    circular = [{**first, "body": ["read", first["name"], at]}, *data["definitions"][1:]]
    with pytest.raises(Rejected, match="without meaning"):
        recheck({**data, "definitions": circular}, search)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sizes": 3}', "null", "{"])
def test_what_is_no_certificate_is_rejected(text):
    with pytest.raises(Rejected):
        Certificate.from_json(text).recheck()


def test_a_proof_for_listed_values_only_has_no_certificate():
    verdict = find(["linear.input"])[0].verify()
    listed = type(verdict.scope)(verdict.scope.sizes, (), ((verdict.scope.sizes[0], (1, 2)),))
    with pytest.raises(NotCertified, match="for each value of N"):
        Certificate.of(verdict.question, listed)


def test_a_gradient_by_an_intermediate_result_is_certified():
    N, I, O = sg.sizes("N I O")
    x, w, delta = sg.tensor("x", N, I), sg.tensor("w", O, I), sg.tensor("delta", N, O)
    inner = sg.linear(x, w)
    sigma = sg.function("σ")
    verdict = sg.verify(sigma(inner), wrt=inner, claim=delta * sigma.prime(inner), cotangent=delta)
    assert verdict.certificate.recheck().groups == 1


def test_sizes_and_tensors_may_have_the_same_name():
    W, H = sg.sizes("W H")
    w, delta = sg.tensor("W", W, H), sg.tensor("H", W, H)
    verdict = sg.verify(w * 2, wrt=w, claim=2 * delta, cotangent=delta)
    assert verdict.certificate.recheck().groups == 1


# -- inequalities ---------------------------------------------------------------------------------

X, Y = ("x",), ("y",)
POSITIVE = ({X: 1, (): -1}, "≥")  # x ≥ 1
NEGATIVE = ({X: -1}, "≥")  # x ≤ 0


def test_a_combination_must_add_up_to_a_negative_number():
    assert is_impossible([POSITIVE, NEGATIVE], [(1, (0,)), (1, (1,))])
    assert not is_impossible([POSITIVE, NEGATIVE], [(1, (0,)), (2, (1,))])
    assert not is_impossible([POSITIVE], [])


def test_an_inequality_is_not_used_backwards():
    far = ({X: 1, (): 1}, "≥")  # x ≥ -1, which x ≥ 1 does not contradict
    assert not is_impossible([POSITIVE, far], [(1, (0,)), (-1, (1,))])
    assert is_impossible([POSITIVE, ({X: 1, (): 1}, "=")], [(1, (0,)), (-1, (1,))])


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-4, 4)), max_size=6))
def test_what_the_search_finds_impossible_has_no_solution(rows):
    conditions = [({m: c for m, c in ((X, a), (Y, b), ((), k)) if c}, "≥") for a, b, k in rows]
    conditions.append(({(): 1}, "≥"))
    witness = search(conditions)
    if witness is not None:
        assert is_impossible(conditions, witness)
        points = [(x, y) for x in range(-9, 10) for y in range(-9, 10)]
        assert not any(all(a * x + b * y + k >= 0 for a, b, k in rows) for x, y in points)


def test_a_coefficient_is_of_sizes_and_not_of_an_index():
    """Σ i·x[N-1-i] is not Σ i·x[i], though the map between them is right and both say i."""
    N, i, back = [[1, ["N"]]], [[1, ["i"]]], [[1, ["N"]], [-1, []], [-1, ["i"]]]

    def weighted(name, at):
        body = ["*", [["number", "1", [[i, 1]]], ["read", "x", [at]]]]
        return {"name": name, "indices": [], "extents": [], "body": ["sum", [["i", N]], body]}

    data = certificate("linear.bias").data | {
        "sizes": {"N": 1},
        "example": {"N": 2},
        "tensors": {"x": [N]},
        "floors": {},
        "assumptions": [],
        "definitions": [weighted("z", back), weighted("c", i)],
        "forward": "z",
        "closed_form": "c",
        "wrt": None,
        "cotangent": None,
        "empty": [],
    }
    one, other = {"side": "left", "number": 0}, {"side": "right", "number": 0, "to": {"i": back}}
    with pytest.raises(Rejected, match="i is neither a size"):
        recheck({**data, "groups": [[one, {**other, "from": {"i": back}}]]}, search)


def test_what_is_divided_by_is_not_zero():
    text = certificate("global_avg_pool.input1d").json()
    less = text.replace('[[[1, ["H"]]], -1]', '[[[1, ["H"]], [-1, []]], -1]')
    assert less != text
    with pytest.raises(Rejected, match="a denominator may be 0"):
        Certificate.from_json(less).recheck()


@pytest.mark.parametrize("part", ["sizes", "definitions", "groups", "uses", "empty", "example"])
def test_what_is_missing_in_a_certificate_is_named(part):
    data = {key: value for key, value in certificate("linear.input").data.items() if key != part}
    with pytest.raises(Rejected, match=f"there is no '{part}'"):
        recheck(data, search)


def test_the_checker_is_one_file_that_imports_the_standard_library_only():
    tree = ast.parse((ROOT / "symgrad" / "certify" / "recheck.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            assert node.module.partition(".")[0] in sys.stdlib_module_names
        if isinstance(node, ast.Import):
            assert all(alias.name.partition(".")[0] in sys.stdlib_module_names for alias in node.names)
