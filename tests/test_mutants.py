"""A thousand closed forms, each changed in one place: none that is wrong is PROVED, none refuted in vain."""

import collections
import random
from fractions import Fraction

import pytest
from mutants import mutants

from symgrad.catalogue import rules
from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.gradient import gradient_entry
from symgrad.concrete.hypotheses import under
from symgrad.concrete.intervals import Intervals, apart, decimals
from symgrad.concrete.rings import Polynomials, Rationals
from symgrad.decide import compare
from symgrad.decide.counterexample import as_unknown
from symgrad.decide.decision import decide, small_sizes
from symgrad.decide.witness import is_real
from symgrad.language.notation import nodes

EACH, EACH_REAL = 10, 5
"""Mutants of each rule, and of each with known functions or roots, which take longer to refute."""
AT_LEAST = 1000

judged: collections.Counter[str] = collections.Counter()


def both_sides(asked, place, sizes, inputs, ring):
    """An entry of both sides by interpretation, under the hypotheses."""
    inputs = under(asked.hypotheses, sizes, inputs, ring)
    claimed = Evaluation(sizes, inputs, ring).entry(asked.claim, place)
    if asked.wrt is None:
        return Evaluation(sizes, inputs, ring).entry(asked.z, place), claimed
    return gradient_entry(asked.z, asked.wrt, asked.cotangent, place, sizes, inputs, ring), claimed


def target(asked):
    """What has the shape of both sides."""
    return asked.z if asked.wrt is None else asked.wrt


def equal_by_interpretation(asked, sizes):
    """Whether both sides are the same polynomials at these sizes, entry by entry, without deciding.

    With known functions and roots: whether they have the same values, to many digits, at drawn numbers.
    """
    if is_real(asked):
        return equal_at_drawn_numbers(asked, sizes)
    for place in Evaluation(sizes, as_unknown, Polynomials()).places(target(asked)):
        derived, claimed = both_sides(asked, place, sizes, as_unknown, Polynomials())
        if derived != claimed:
            return False
    return True


def equal_at_drawn_numbers(asked, sizes):
    ring = Intervals(3)
    for seed in range(2):
        drawn = random.Random(seed)
        numbers = collections.defaultdict(lambda: ring.constant(Fraction(drawn.randint(1, 996), 997)))  # noqa: B023
        for place in Evaluation(sizes, as_unknown, Polynomials()).places(target(asked)):
            derived, claimed = both_sides(asked, place, sizes, lambda v, p: numbers[v.name, p], ring)  # noqa: B023
            assert (derived - claimed).delta < 1e-25, "too wide an interval to tell"
            if apart(derived, claimed):
                return False
    return True


def values_at_witness(asked, found):
    """Both sides at the point and the entries that a counterexample names."""
    named = dict(found.sizes)
    sizes = {symbol: named[symbol.name] for symbol in asked.sizes}
    entries = {name: Fraction(value) for name, value in found.witness}
    ring = (Intervals if is_real(asked) else Rationals)(found.degree or 2)

    def inputs(variable, place):
        name = f"{variable.name}[{', '.join(map(str, place))}]" if place else variable.name
        return ring.constant(entries.get(name, Fraction(0)))

    for hypothesis in asked.hypotheses:
        assert_sums_to_one(hypothesis, sizes, entries)
    return both_sides(asked, found.position, sizes, inputs, ring)


def assert_sums_to_one(hypothesis, sizes, entries):
    variable, (axis,) = hypothesis.variable, hypothesis.places
    totals = collections.Counter()
    for place in Evaluation(sizes, as_unknown, Polynomials()).places(variable):
        totals[place[:axis] + place[axis + 1 :]] += entries.get(f"{variable.name}{list(place)}", 0)
    assert set(totals.values()) == {1}, "a witness that the hypothesis forbids"


class WithoutReciprocalOfZero(Polynomials):
    """Polynomials, in which 0 has no reciprocal."""

    def power(self, value, exponent):
        if exponent < 0 and not value.terms:
            raise ZeroDivisionError
        return super().power(value, exponent)


def has_no_meaning_at(asked, sizes):
    """Whether interpreting every entry of every tensor in the claim meets an error."""
    named = dict(sizes)
    ring = WithoutReciprocalOfZero()
    evaluation = Evaluation({s: named[s.name] for s in asked.sizes}, as_unknown, ring)
    try:
        for node in nodes(asked.claim):
            for place in evaluation.places(node):
                evaluation.entry(node, place)
    except (IndexError, ValueError, ZeroDivisionError):
        return True
    return False


def judge(asked, what):
    verdict = decide(asked, suggest=False)
    judged[verdict.verdict] += 1
    if verdict.verdict == "PROVED":
        for sizes in small_sizes(asked, 4):
            assert equal_by_interpretation(asked, sizes), f"PROVED, but wrong at {sizes}: {what}"
    elif verdict.verdict == "REFUTED":
        found = verdict.counterexample
        if found.derived_shape == found.claimed_shape:
            derived, claimed = values_at_witness(asked, found)
            differ = apart(derived, claimed) if is_real(asked) else derived != claimed
            assert differ, f"REFUTED, but equal at the witness: {what}"
            shown = decimals(derived, claimed) if is_real(asked) else (str(derived), str(claimed))
            assert shown == (found.derived_value, found.claimed_value)
    elif verdict.verdict == "ILL-FORMED":
        assert has_no_meaning_at(asked, verdict.sizes), f"ILL-FORMED, but evaluates: {what}"
    return verdict


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in rules()])
def test_mutants_are_judged_rightly(rule):
    asked = rule.question()
    found = mutants(asked.claim, EACH_REAL if is_real(asked) else EACH, seed=len(rule.name))
    verdicts = [judge(asked.with_claim(mutant), f"{rule.name}, {what}").verdict for what, mutant in found]
    assert verdicts.count("REFUTED") + verdicts.count("ILL-FORMED") >= len(found) // 2
    assert verdicts.count("UNDECIDED") + verdicts.count("HOLDS AT") <= len(found) // 4


def test_a_thousand_mutants_were_judged(record_property):
    if len(judged) == 0:
        pytest.skip("counts the mutants of the tests above, which did not run")
    for verdict, count in judged.items():
        record_property(verdict, count)
    print(dict(judged))
    if len(judged) > 1 and sum(judged.values()) < AT_LEAST:
        pytest.skip("only some of the rules were mutated in this run")
    assert sum(judged.values()) >= AT_LEAST, judged
    assert judged["REFUTED"] >= AT_LEAST // 2


def test_a_decision_that_takes_everything_for_equal_is_caught(monkeypatch):
    monkeypatch.setattr(compare, "same_places", lambda one, other, solver: True)
    (rule,) = [rule for rule in rules() if rule.name == "conv1d.input_rot180"]
    asked = rule.question()

    def judge_all():
        for what, mutant in mutants(asked.claim, EACH, seed=1):
            judge(asked.with_claim(mutant), what)

    with pytest.raises(AssertionError, match="PROVED, but wrong"):
        judge_all()
