"""Certificates as Coq files: what lies in proofs/coq, and what the kernel says where it is installed."""

import random
import shutil
from pathlib import Path

import numbers_of
import pytest
from tampering import places, tampered

import symgrad as sg
from symgrad.catalogue import find, rules
from symgrad.certify.book import counterexample, entry, write
from symgrad.certify.certificate import Certificate, NotCertified, Rejected
from symgrad.certify.coq import coq_file
from symgrad.certify.coq_refuted import coq_refutation
from symgrad.certify.coqc import LIBRARY, NoCoq, check, library
from symgrad.decide.verdict import Refuted

KEPT = Path(__file__).parents[2] / "proofs" / "coq"
coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")


def test_the_folder_is_up_to_date(tmp_path):
    made = list(write(tmp_path, [*map(entry, rules()), counterexample()], True))
    assert sum(one.certificate is not None for one in made) >= 203, "fewer are certified than there were"
    assert sum(one.coq is not None for one in made) >= 204, "fewer are written than there were"
    for path in tmp_path.iterdir():
        assert (KEPT / path.name).exists(), (
            f"run `symgrad certify --all -o proofs/coq`: {path.name} is missing"
        )
        assert (KEPT / path.name).read_bytes() == path.read_bytes(), f"{path.name} is another now"
    ours = {path.name for path in KEPT.iterdir() if path.suffix in (".v", ".md", "")}
    assert {n for n in ours if not n.startswith(".")} == {path.name for path in tmp_path.iterdir()}


def test_no_file_and_no_library_assumes_what_it_should_prove():
    for path in [*KEPT.glob("*.v"), KEPT / LIBRARY]:
        text = path.read_text(encoding="utf-8")
        for word in ("Axiom", "Parameter", "Admitted", "admit", "Conjecture", "bypass", "Unset Guard"):
            assert word not in text, f"{word} in {path.name}"


def test_a_statement_spells_out_the_forward_in_index_form():
    text = (KEPT / "conv2d_input_rot180.v").read_text(encoding="utf-8")
    assert "a [n; i; y + u; x + v]%Z * W" in text
    assert "conv2d e [n; j; y; x]" in text  # the forward of the change, not its derivative
    theorem = (KEPT / "half_squared_error_input.v").read_text(encoding="utf-8")
    assert "half_squared_error (moved a ε e)" in theorem


def wrong_claims():
    N, C, k, H, M = sg.sizes("N C k H M")
    a, delta = sg.tensor("a", N, C, k * H), sg.tensor("delta", N, C, H)
    yield sg.verify(sg.avg_pool1d(a, k), wrt=a, claim=sg.upsample(delta, k), cotangent=delta)
    x, w, d = sg.tensor("x", N, H), sg.tensor("w", M, H), sg.tensor("d", N, M)
    sigma, z = sg.function("σ"), sg.linear(x, w)
    yield sg.verify(sigma(z), wrt=x, claim=(d * sigma(z)) @ w, cotangent=d)
    yield sg.verify_equal(sg.linear(x, w), sg.linear(x, w) * 2)


def test_a_refutation_whose_shapes_differ_has_no_two_numbers():
    H, K = sg.sizes("H K")
    a, w = sg.tensor("a", H), sg.tensor("w", K)
    delta = sg.tensor("delta", H - K + 1)
    verdict = sg.verify(sg.correlate(a, w), wrt=a, claim=delta, cotangent=delta)
    assert isinstance(verdict, Refuted)
    with pytest.raises(NotCertified):
        coq_refutation(verdict.question, verdict.counterexample)


def test_what_is_wrong_of_exp_is_no_theorem_about_computed_numbers():
    N = sg.sizes("N")[0]
    z, delta = sg.tensor("z", N), sg.tensor("delta", N)
    verdict = sg.verify(sg.exp(z), wrt=z, claim=delta, cotangent=delta)
    assert isinstance(verdict, Refuted)
    with pytest.raises(NotCertified, match="exp is not one that is computed"):
        verdict.coq()


def test_without_coqc_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoCoq, match="apt-get install coq"):
        next(check(tmp_path, []))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("coq")
    (made / LIBRARY).write_text(library(), encoding="utf-8")
    return made


ACCEPTED = [
    *("linear.input", "conv1d.input", "half_squared_error.total", "max_pool1d.input"),
    *("conv_transpose1d.correlation", "concat.middle", "avg_pool1d.input_overlap", "residual.activation"),
    *(
        "cross_entropy.input",
        "softmax.sums_to_one",
        "softmax.shifted",
        "log_softmax.output",
        "relu.output",
        "hardsigmoid.input",
        "gelu_tanh.input",
    ),
]


@coq
def test_the_kernel_accepts_rules_of_every_kind_and_refutations(folder):
    names = []
    for rule in find(ACCEPTED):
        names.append(f"{rule.name.replace('.', '_')}.v")
        (folder / names[-1]).write_text(entry(rule).coq, encoding="utf-8")
    for number, verdict in enumerate(wrong_claims()):
        names.append(f"refuted{number}.v")
        (folder / names[-1]).write_text(verdict.coq(), encoding="utf-8")
    for checked in check(folder, names):
        assert checked.accepted, f"{checked.path.name}: {checked.output}"


@coq
def test_the_kernel_rejects_what_was_tampered_with(folder):
    chance, names, expected = random.Random(7), [], {}
    while len(names) < 16:
        rule = chance.choice(
            ["linear.input", "conv1d.input_rot180", "max_pool1d.input_overlap", "cross_entropy.input"]
        )
        data = find([rule])[0].verify().certificate.data
        path = chance.choice([p for p in places(data) if p[0] in ("definitions", "groups", "uses")])
        changed = tampered(data, path, chance.randrange(1000))
        try:
            text = coq_file(changed, unchecked=True)
        except (Rejected, KeyError, TypeError, ValueError, IndexError, AttributeError):
            continue  # there is nothing to write
        names.append(f"tampered{len(names)}.v")
        (folder / names[-1]).write_text(text, encoding="utf-8")
        expected[names[-1]] = changed
    found = list(check(folder, names))
    for checked in found:
        if checked.accepted:
            assert numbers_of.holds(expected[checked.path.name]), checked.path.name
    assert sum(not checked.accepted for checked in found) > len(names) // 2


@coq
def test_a_refutation_of_what_is_true_is_not_accepted(folder):
    text = entry(find(["linear.bias"])[0]).coq
    certificate = find(["linear.bias"])[0].verify().certificate
    assert isinstance(certificate, Certificate)
    wrong = text.replace("closed_form [o] * e [o]", "closed_form [o] * e [o] + e [o]").replace(
        "closed_form [j] * e [j]", "closed_form [j] * e [j] + e [j]"
    )
    assert wrong != text
    (folder / "wrong.v").write_text(wrong, encoding="utf-8")
    assert not next(check(folder, ["wrong.v"])).accepted
