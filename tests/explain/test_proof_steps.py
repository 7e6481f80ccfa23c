"""Every step of every proof is checked, and a step that is changed in one place is found out."""

import collections
import dataclasses
import functools
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutants import variations

import symgrad as sg
from symgrad.catalogue import rules
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.hypotheses import under
from symgrad.concrete.intervals import Intervals, apart
from symgrad.concrete.rings import Polynomials
from symgrad.decide.counterexample import as_unknown
from symgrad.decide.decision import small_sizes
from symgrad.decide.equal import equal_in
from symgrad.decide.witness import is_real
from symgrad.explain.proof import Collapse, Deltas, ProofError, Recognise, Substitute
from symgrad.language.scalar import Add, Sum
from symgrad.language.tensor import Comprehension

RULES = {rule.name: rule for rule in rules()}
changed: collections.Counter[str] = collections.Counter()


@functools.cache
def proof_of(name):
    return RULES[name].proof()


@pytest.mark.parametrize("name", RULES)
def test_every_rule_has_a_proof_whose_steps_are_confirmed(name):
    proof = proof_of(name)
    assert list(proof.problems()) == []
    assert proof.steps


@pytest.mark.parametrize("name", [n for n in RULES if "conv" in n and n.endswith(("input", "rot180"))])
def test_a_convolution_s_proof_differentiates_collapses_and_recognises(name):
    kinds = {type(step) for step in proof_of(name).steps}
    assert {Deltas, Collapse, Recognise} <= kinds


def test_the_rotation_of_the_kernel_is_read_off_the_decision():
    (step,) = [s for s in proof_of("conv2d.input_rot180").steps if isinstance(s, Substitute)]
    said = {symbol.name: str(value) for symbol, value in step.forward}
    assert said == {"u'": "K - u - 1", "v'": "L - v - 1"}


# -- mutants --------------------------------------------------------------------------------------


def differ(proof, one, other):
    """Whether two tensors differ, or one of them has no meaning, at some small size: by interpretation.

    With functions, roots or hypotheses, polynomials may differ and be equal all the same: then in numbers.
    """
    asked = proof.question
    in_numbers = is_real(asked) or bool(asked.hypotheses)
    for sizes in small_sizes(asked, 4):
        ring = Intervals(3) if in_numbers else Polynomials()
        entries = drawn_entries(asked, sizes, ring) if in_numbers else as_unknown
        evaluation = Evaluation(sizes, entries, ring)
        try:
            pairs = ((evaluation.entry(one, p), evaluation.entry(other, p)) for p in evaluation.places(one))
            if any(apart(*pair) if in_numbers else pair[0] != pair[1] for pair in pairs):
                return True
        except (IndexError, ValueError, ZeroDivisionError):
            return True
        except sg.SymgradError:
            continue  # not defined at these numbers
    return False


def drawn_entries(asked, sizes, ring):
    """Numbers between 0 and 1 for every entry, such that the hypotheses hold."""
    drawn = random.Random(1)
    numbers = collections.defaultdict(lambda: ring.constant(Fraction(drawn.randint(1, 996), 997)))
    return under(asked.hypotheses, sizes, lambda variable, place: numbers[variable.name, place], ring)


@st.composite
def mutated_steps(draw, name):
    """A step with one place in an expression changed, so that it says something else."""
    proof = proof_of(name)
    step = draw(st.sampled_from(proof.steps))
    side = draw(st.sampled_from(["before", "after"]))
    tensor = getattr(step, side)
    if not isinstance(tensor, Comprehension):
        return proof, step, None, None, ""
    found = list(variations(tensor.body))
    what, body = found[draw(st.integers(0, len(found) - 1))]
    mutant = Comprehension(tensor.axes, tensor.indices, body, None, tensor.requires, tensor.assumes)
    return (
        proof,
        dataclasses.replace(step, **{side: mutant}),
        tensor,
        mutant,
        f"{type(step).__name__}: {what}",
    )


@pytest.mark.parametrize("name", RULES)
def test_a_mutated_step_is_rejected(name):
    @given(mutated_steps(name))
    def rejected(drawn):
        proof, step, tensor, mutant, what = drawn
        if mutant is None:
            return
        if step.problem(proof.scope) is not None:
            changed["rejected"] += 1
            return
        assert not differ(proof, tensor, mutant), f"accepted, but it is wrong: {what}"
        changed["accepted, and still true"] += 1

    rejected()


def test_most_mutated_steps_said_something_else(record_property):
    if not changed:
        pytest.skip("counts the steps mutated by the tests above, which did not run")
    print(dict(changed))
    for outcome, count in changed.items():
        record_property(outcome, count)
    assert changed["rejected"] > 5 * changed["accepted, and still true"]


@pytest.mark.parametrize("by", [1, -1])
@pytest.mark.parametrize("which", ["forward", "backward"])
def test_a_substitution_that_is_off_by_one_is_rejected(which, by):
    proof = proof_of("conv2d.input_rot180")
    (step,) = [s for s in proof.steps if isinstance(s, Substitute)]
    (symbol, value), *rest = getattr(step, which)
    wrong = dataclasses.replace(step, **{which: ((symbol, value + by), *rest)})
    assert wrong.problem(proof.scope) is not None


@pytest.mark.parametrize("name", RULES)
def test_an_equation_that_is_off_by_one_is_rejected(name):
    proof = proof_of(name)
    for step in proof.steps:
        for place, equation in enumerate(getattr(step, "equations", ())):
            moved = dataclasses.replace(equation, value=equation.value + 1)
            others = step.equations
            wrong = dataclasses.replace(step, equations=(*others[:place], moved, *others[place + 1 :]))
            assert wrong.problem(proof.scope) is not None or one_is_zero(proof, step, equation.symbol)


def one_is_zero(proof, step, symbol):
    """Whether a summand over an index is zero, so that any equation for the index is true there.

    As Σ (x - μ) is, on the way from the mean through the variance.
    """
    tensor = step.inserted if isinstance(step, Collapse) else step.opened
    terms = tensor.body.terms if isinstance(tensor.body, Add) else (tensor.body,)
    about = [term for term in terms if isinstance(term, Sum) and symbol in dict(term.over)]
    return any(
        equal_in(proof.scope, Comprehension(tensor.axes, tensor.indices, term), sg.full(0, tensor.axes))
        for term in about
    )


def test_a_proof_with_a_step_left_out_is_not_a_proof():
    proof = proof_of("conv2d.input")
    start = next(n for n, s in enumerate(proof.steps) if isinstance(s, Collapse))
    for place in range(start, len(proof.steps) - 1):  # the last says only how the claim is written
        shorter = dataclasses.replace(proof, steps=proof.steps[:place] + proof.steps[place + 1 :])
        with pytest.raises(ProofError):
            shorter.check()


def test_a_checker_that_takes_everything_for_equal_is_caught(monkeypatch):
    monkeypatch.setattr("symgrad.explain.proof.equal_in", lambda *_: True)
    with pytest.raises(AssertionError, match="accepted, but it is wrong"):
        test_a_mutated_step_is_rejected("linear.input")


# -- claims of a user -----------------------------------------------------------------------------


def test_a_layer_that_nobody_knows_gets_a_proof():
    N, C, M = sg.sizes("N C M")
    x, v, e = sg.tensor("x", N, C), sg.tensor("v", M, C), sg.tensor("e", N, M)
    square = sg.build([N, M], lambda n, j: sg.total([C], lambda i: x[n, i] ** 2 * v[j, i]))
    proof = sg.verify(square, wrt=x, claim=2 * x * (e @ v), cotangent=e).proof
    assert list(proof.problems()) == []
    assert "2" in proof.text()


def test_a_proof_with_no_derivative_is_one_too():
    N, K = sg.sizes("N K")
    a, b = sg.tensor("a", N, K), sg.tensor("b", N, K)
    assert list(sg.verify_equal((a + b) * (a - b), a * a - b * b).proof.problems()) == []


def test_only_what_is_proved_has_a_proof():
    N = sg.sizes("N")[0]
    a = sg.tensor("a", N)
    verdict = sg.verify_equal(a, 2 * a)
    with pytest.raises(sg.SymgradError, match="REFUTED"):
        _ = verdict.proof
