"""The corpus: every formula has the verdict, the reading and the repair that mathematics gives it."""

import pytest
from corpus import corpus

from symgrad.errors import SymgradError
from symgrad.formula.check import check
from symgrad.formula.parse import FormulaError, parse
from symgrad.formula.spell import spelt

GROUPS = corpus()
CASES = [case for group in GROUPS for case in group.cases]
RIGHT = ("PROVED", "DEFINITION", "UPDATE", "EXPRESSION")


def name(case):
    return f"{case.line}-{case.verdict}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_formula_has_the_verdict_that_mathematics_gives_it(case):
    [found] = check(case.formula, case.setting)
    assert found.kind == case.verdict, f"{case.because}\n{found}"
    assert case.reading in found.reading
    if case.also:
        assert case.also in [kind for kind, _ in found.also]
    if case.meant:
        assert found.did_you_mean == case.meant
    if found.did_you_mean is not None:
        mended = [outcome.kind for outcome in check(found.did_you_mean, case.setting)]
        assert mended in (["PROVED"], ["DEFINITION"])  # that of a value of the forward defines it
        latex = "\\" in case.formula
        assert latex or "\\" not in found.did_you_mean
        assert not latex or not set(found.did_you_mean) & set("ΣδσΔ⊙·")


@pytest.mark.parametrize("case", [c for c in CASES if c.verdict in RIGHT], ids=name)
def test_a_formula_means_the_same_in_the_other_spelling(case):
    [equation] = parse(case.formula)
    for latex in (False, True):
        other = spelt(equation, latex)
        assert parse(other) == (equation,)
        [found] = check(other, case.setting)
        assert found.kind == case.verdict, str(found)


@pytest.mark.parametrize("case", [c for c in CASES if c.verdict not in RIGHT], ids=name)
def test_a_wrong_formula_is_the_same_tree_in_the_other_spelling(case):
    try:
        [equation] = parse(case.formula)
    except FormulaError:
        return
    try:
        written = [spelt(equation, latex) for latex in (False, True)]
    except SymgradError:
        pytest.skip("a name that text has no way to write")
    assert [parse(one) for one in written] == [(equation,), (equation,)]


def test_every_right_formula_has_a_wrong_sister():
    claims = [group for group in GROUPS if any(case.verdict == "PROVED" for case in group.cases)]
    for group in claims:
        wrong = [case for case in group.cases if case.verdict in ("REFUTED", "ILL-FORMED")]
        assert wrong, group.source
        assert all(case.because for case in wrong), group.source


def test_the_corpus_is_large():
    assert sum(case.verdict == "PROVED" for case in CASES) >= 80
    assert len({(case.formula, str(case.setting)) for case in CASES}) >= 250
