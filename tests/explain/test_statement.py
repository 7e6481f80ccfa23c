"""What a proof says is what was proved: names tell tensors apart, and what is not read is not chained."""

import itertools
import re

import pytest

import symgrad as sg
from symgrad.explain.proof import Independent
from symgrad.explain.words import LANGUAGES

D, N = sg.sizes("D N")
w, u = sg.tensor("w", D), sg.tensor("u", D)
delta = sg.tensor("delta", D)


def proof_of(z, claim, **options):
    return sg.verify(z, wrt=w, claim=claim, **options).proof


# -- names ----------------------------------------------------------------------------------------


def sides_of_last_difference(text):
    found = re.findall(r"2·\((.*?) − (pad.*)\)", text)
    return [pair for pair in found if pair[0].startswith("pad") and pair[1].startswith("pad")]


@pytest.mark.parametrize("form", ["text", "latex", "html", "markdown", "typst"])
def test_two_borders_that_differ_in_their_widths_only_have_two_names(form):
    step = w[1:] - w[:-1]
    claim = 2 * (sg.pad(step, [(1, 0)]) - sg.pad(step, [(0, 1)]))
    proof = proof_of((step**2).sum(), claim, assuming=[D >= 2])
    if form == "text":
        pairs = sides_of_last_difference(proof.text())
        assert pairs
        assert all(one != other for one, other in pairs)
    shown = re.sub(r"<[^>]*>|\s", "", getattr(proof, form)())
    assert "1,0" in shown[shown.index("0,1") :]  # said again after the claim


def test_three_borders_of_one_tensor_have_three_names():
    inner = w * u
    padded = [sg.pad(inner, [pair]) for pair in ((2, 0), (1, 1), (0, 2))]
    total = padded[0] + padded[1] - 2 * padded[2]
    text = sg.verify_equal(total, padded[1] - 2 * padded[2] + padded[0]).proof.text()
    defined = re.findall(r"^ +(\S.*)\[\w\] = \(?[wu]\[", text, re.MULTILINE)
    assert len(set(defined)) == len(defined) >= 3, text


# -- independence ---------------------------------------------------------------------------------

WITHOUT = {
    "another tensor": (u**2).sum(),
    "the power 0": (w**0).sum(),
    "a factor 0": (0 * w).sum(),
    "an output": u * 2,
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("what", WITHOUT)
def test_a_value_that_does_not_read_the_tensor_is_said_not_to_depend_on_it(what, lang):
    cotangent = delta if what == "an output" else None
    proof = proof_of(WITHOUT[what], sg.zeros(D), cotangent=cotangent)
    text = " ".join(proof.text(lang).split())
    value = "z" if what == "an output" else "J"
    assert (f"{value} does not depend on w" if lang == "en" else f"{value} 与 w 无关") in text
    for empty in ("let .", "through .", "for :", "0[d]", "设 。", "通过 依赖"):
        assert empty not in text
    assert "w ∈ ℝ^D" in text


def test_independence_is_not_said_of_what_is_read():
    proof = proof_of((u**2).sum(), sg.zeros(D))
    (step,) = [step for step in proof.steps if isinstance(step, Independent)]
    scope = proof.scope
    assert step.problem(scope) is None
    assert Independent(step.before, step.after, u, step.z).problem(scope) == "the tensor is read"
    assert Independent(step.before, sg.ones(D), w, step.z).problem(scope) is not None


def test_a_tensor_that_is_read_but_cancels_is_differentiated():
    text = proof_of((w - w).sum(), sg.zeros(D)).text()
    assert "does not depend" not in text


# -- every PROVED has a proof ---------------------------------------------------------------------

S = w.sum()
EQUAL = {
    "a square and its reciprocal": (1 / S**2, (S**2) ** -1),
    "a square that is multiplied out": (1 / (1 + S) ** 2, (1 + 2 * S + S**2) ** -1),
    "a reciprocal of a reciprocal": ((1 / S) ** -1, S),
    "two quotients": (1 / S / (1 + S), 1 / (S + S**2)),
    "a difference of quotients": (1 / S - 1 / (1 + S), 1 / (S * (1 + S))),
    "entries": (1 / (w * u) ** 2, (w**2) ** -1 * (u**-1) ** 2),
    "a fourth power": (1 / (S**2) ** 2, S**-4),
}


@pytest.mark.parametrize("what", EQUAL)
def test_what_is_proved_of_quotients_has_a_proof(what):
    verdict = sg.verify_equal(*EQUAL[what])
    assert verdict.verdict == "PROVED"
    assert list(verdict.proof.problems()) == []
    assert verdict.proof.text()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_steps_in_a_row_print_the_same_equation(lang):
    for z, claim in EQUAL.values():
        text = sg.verify_equal(z, claim).proof.text(lang)
        steps = re.split(r"\n(?:Step|第) ?\d+", text)[1:]
        equations = [[line for line in step.splitlines() if line.startswith("    ")][:1] for step in steps]
        for one, other in itertools.pairwise(equations):
            assert one != other


# -- as a lecturer writes it ----------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_headings_have_no_signs_and_no_names_that_nobody_says(lang):
    A, x = sg.tensor("A", D, D), sg.tensor("x", D)
    e = sg.tensor("e", D)
    proofs = [
        sg.verify(A @ x, wrt=x, claim=(A * e[:, None]).sum(0)).proof,
        sg.verify(((w[1:] - w[:-1]) ** 2).sum(), wrt=w, claim=_differences(), assuming=[D >= 2]).proof,
    ]
    for proof in proofs:
        for line in proof.text(lang).splitlines():
            if line.startswith(("Step", "第")):
                assert not re.search(r"(recognise|识别) ?([-+*/]|sum_axes|slice|matmul|apply)", line), line


def _differences():
    step = w[1:] - w[:-1]
    return 2 * (sg.pad(step, [(1, 0)]) - sg.pad(step, [(0, 1)]))


def test_a_sum_over_axes_is_not_defined_by_itself():
    x, b, e = sg.tensor("x", N, D), sg.tensor("b", D), sg.tensor("delta", N, D)
    text = sg.verify(x + b, wrt=b, claim=e.sum(0)).proof.text()
    assert "(Σ" not in text
    assert "∂J/∂b[d] = Σ_{n} δ[n, d]" in text


def test_a_sum_over_axes_keeps_its_brackets_where_an_index_has_the_name_of_another():
    A = sg.tensor("A", D, D)
    text = sg.verify_equal(A.sum(0) * w, w * A.sum(0)).proof.text()
    for over, at in re.findall(r"Σ_\{([^}]*)\} A\[([^]]*)\]", text):
        assert at.split(", ").count(over) == 1, text


def test_a_power_is_written_alike_in_claim_and_proof():
    text = sg.verify_equal((w * w) ** 0.5 * u, u * (w**2) ** 0.5).proof.text()
    assert "0.5" not in text.split("Theorem", 1)[1]
    assert "(1/2)" in text


def test_bold_are_tensors_with_axes_only():
    s, e = sg.tensor("s"), sg.tensor("e", D)
    latex = sg.verify(s * w, wrt=s, claim=(e * w).sum()).proof.latex()
    assert r"s \in \mathbb{R}$" in latex
    assert r"\mathbf{w} \in" in latex
    assert r"\mathbf{s}" not in latex
    kept = sg.verify_equal(1 / S**2, S**-2).proof.latex()
    body = kept[kept.index(r"\begin{theorem}") :]
    assert set(re.findall(r"\\mathbf\{(\w)\}", body)) == {"w"}


def test_a_size_has_one_least_value():
    text = " ".join(proof_of(((w[1:] - w[:-1]) ** 2).sum(), _differences(), assuming=[D >= 2]).text().split())
    assert "Let D ≥ 2 be an integer, and" in text
    assert "D ≥ 1" not in text


def test_both_sides_of_a_title_say_what_they_read():
    A, B = sg.tensor("A", D, D), sg.tensor("B", D, D)

    def trace(product):
        return sg.build([], lambda: sg.total([D], lambda i: product[i, i]))

    left, right = str(sg.verify_equal(trace(A @ B), trace(B @ A)).question).split(" = [")
    assert "(A @ B)[i, i]" in left
    assert "(B @ A)[i, i]" in right


def test_an_index_that_is_summed_over_is_not_one_around_the_sum():
    x, e = sg.tensor("x", N, D), sg.tensor("delta", N, D)
    text = sg.verify(x - x.sum(0) / N, wrt=x, claim=e - e.sum(0) / N).proof.text()
    lines = [line for line in text.splitlines() if re.match(r" +∂J/∂x\[n, d\] = ", line)]
    assert any("Σ_{n′} δ[n′, d]" in line for line in lines)
    assert not any("Σ_{n}" in line for line in lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_tensor_itself_has_a_proof_too(lang):
    x, e = sg.tensor("x", N, D), sg.tensor("delta", N, D)
    text = sg.verify(x, wrt=x, claim=e).proof.text(lang)
    assert "∂J/∂x[n, d] = δ[n, d]" in text
    assert "through" not in text


def test_arithmetic_entry_by_entry_is_not_recognised():
    s = sg.tensor("s")
    text = proof_of((w * u).sum() * s, u * s).text()
    assert "recognise" not in text
    assert "∂J/∂w = u·s" in text
