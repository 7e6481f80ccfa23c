"""The certificates of the catalogue as a folder of Coq files, with a refuted claim beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from symgrad.catalogue import Rule
from symgrad.certify.certificate import Certificate, NotCertified, Rejected
from symgrad.certify.coq import module_name
from symgrad.certify.coq_refuted import coq_refutation
from symgrad.certify.coqc import LIBRARY, library
from symgrad.certify.kind import Kind, kind_of
from symgrad.certify.recheck import Statement
from symgrad.decide.verdict import Proved, Refuted
from symgrad.explain.book import COUNTEREXAMPLE, forgotten_rotation_verdict

PROJECT = "_CoqProject"

_SAYS = {
    Kind.EQUAL: "the two are the same tensor, entry by entry",
    Kind.LINEAR: "Σ δ·layer(e) = Σ closed form·e for every e",
    Kind.POLYNOMIAL: "J(a + ε·e) = J(a) + ε·Σ closed form·e, where ε² = 0",
    Kind.COMPOSED: "Σ δ·(change of the layer by the chain rule) = Σ closed form·e for every e, with any "
    "function for σ' and any selector for a maximum",
}

_INTRO = """\
{count} rules, each a theorem that the Coq (Rocq) kernel checks and that rests on no axiom. The sizes,
strides, dilations and paddings are integers that meet the assumptions; the entries lie in any
commutative ring; forward and closed form are spelled out from their definitions. What a theorem needs to
know of a function or of an input, it has as a premise. The library is [{library}]({library}). To believe a
theorem, one page has to be read, its statement, and nothing else of symgrad to be trusted.

Made by `symgrad certify --all -o proofs/coq`; checked by `symgrad certify --all --check`, or one by one:

    coqc -Q . Symgrad Sums.v && coqc -Q . Symgrad conv2d_input.v

What the theorems say:
"""
_NOT_SAID = """\
What they do not say:

- A tensor is a function of all lists of integers. That every read is inside its tensor is decided by
  symgrad, and is no part of a theorem.
- That σ' is the derivative of σ, and that a selector picks the greatest element of its window, are no
  hypotheses: where a forward goes through them, the theorem is about the change the chain rule gives. The
  derivatives of known functions are those of a table: exp' = exp, log' = reciprocal, tanh' = 1 - tanh²,
  sigmoid' = sigmoid·(1 - sigmoid), softplus' = sigmoid, Φ' = φ, φ'(x) = -x·φ(x), step' = 0,
  reciprocal' = -reciprocal², root' = ½·inverse_root, inverse_root' = -½·inverse_root³.
- Nothing else is known of a function, unless a premise says it: `t [n] * pointwise reciprocal t [n] = 1`,
  which in a field says that t is not 0; step(x)·step(x) = step(x); step(x·step(x)) = step(x);
  exp(x + y) = exp(x)·exp(y); exp(log(t)) = t for the sum t that the logarithm is taken of. A hypothesis of
  the rule, such as Σ y = 1, is a premise too.
- 1/k is an element of the ring whose product with k is 1.
- That there are sizes which meet the assumptions is no theorem; `symgrad recheck` checks an example.
"""


@dataclass(frozen=True)
class Entry:
    """A rule with its certificate, or the reason why there is none, and the text of its Coq file."""

    name: str
    title: str
    certificate: Certificate | None
    coq: str | None
    reason: str = ""

    @property
    def file(self) -> str:
        """The name of its Coq file."""
        return f"{module_name(self.name)}.v"


def entry(rule: Rule) -> Entry:
    """The certificate of a rule of the catalogue, or the counterexample where it is refuted."""
    verdict = rule.verify()
    try:
        if isinstance(verdict, Refuted):
            text = coq_refutation(verdict.question, verdict.counterexample, rule.name, rule.title)
            return Entry(rule.name, rule.title, None, text)
        if not isinstance(verdict, Proved):
            return Entry(rule.name, rule.title, None, None, f"it is {verdict.verdict}")
        certificate = verdict.certificate.named(rule.name, rule.title)
        return Entry(rule.name, rule.title, certificate, certificate.coq())
    except (NotCertified, Rejected) as problem:
        return Entry(rule.name, rule.title, None, None, str(problem))


def counterexample() -> Entry:
    """The refuted claim that stands beside the proofs."""
    verdict = forgotten_rotation_verdict()
    title = "through a convolution, the kernel not turned"
    text = coq_refutation(verdict.question, verdict.counterexample, COUNTEREXAMPLE, title)
    return Entry(COUNTEREXAMPLE, f"Refuted: {title}", None, text)


def write(folder: Path, entries: Iterable[Entry], whole: bool) -> Iterator[Entry]:
    """Write the library, and a file for each entry as it comes; of the whole catalogue, an index too.

    Yields what was written. Raises OSError if a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LIBRARY).write_text(library(), encoding="utf-8")
    found = []
    for made in entries:
        found.append(made)
        if made.coq is not None:
            (folder / made.file).write_text(made.coq, encoding="utf-8")
        yield made
    if whole:
        files = [LIBRARY, *(made.file for made in found if made.coq is not None)]
        (folder / PROJECT).write_text("\n".join(["-Q . Symgrad", *files]) + "\n", encoding="utf-8")
        (folder / "README.md").write_text(index(found), encoding="utf-8")


def index(found: Sequence[Entry]) -> str:
    """What is certified, what its theorem says, and what is not certified and why, in Markdown."""
    kinds = {
        made.name: kind_of(Statement(made.certificate.data))
        for made in found
        if made.certificate is not None and made.coq is not None
    }
    lines = ["# Certificates", "", _INTRO.format(count=len(kinds), library=LIBRARY), ""]
    lines += ["| kind | rules | theorem |", "| --- | ---: | --- |"]
    for kind in Kind:
        count = sum(other is kind for other in kinds.values())
        lines.append(f"| {kind.value} | {count} | {_SAYS[kind]} |")
    lines += ["", _NOT_SAID, ""]
    missing = [made for made in found if made.coq is None]
    lines += ["## Not certified", ""]
    lines += [f"- `{made.name}`: {made.reason}" for made in missing] or [
        "Nothing: every rule of the catalogue is certified."
    ]
    lines += ["", "## Certified", "", "| rule | title | theorem |", "| --- | --- | --- |"]
    for made in found:
        if made.coq is not None:
            kind_name = kinds[made.name].value if made.name in kinds else "two numbers that differ"
            lines.append(f"| [`{made.name}`]({made.file}) | {made.title} | {kind_name} |")
    return "\n".join(lines) + "\n"
