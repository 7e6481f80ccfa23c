"""The whole catalogue as proofs, with a refuted claim beside them: what lies in `proofs/`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from symgrad.catalogue import Rule
from symgrad.decide.decision import verify
from symgrad.decide.verdict import Refuted
from symgrad.explain.document import Document, Paragraph
from symgrad.explain.printing import SUFFIXES, Printable, printed
from symgrad.explain.report import Report
from symgrad.explain.words import phrase, word

COUNTEREXAMPLE = "refuted.conv2d.input_without_rot180"
TOGETHER = "all"
"""The name of the file that has everything."""


def forgotten_rotation() -> Report:
    """The mistake most often made: the kernel of a convolution not turned on the way back."""
    from symgrad.language.index import sizes
    from symgrad.language.maps import correlate, pad, swap
    from symgrad.language.tensor import tensor
    from symgrad.layers.conv import conv2d

    N, C, M, H, W, K, L = sizes("N C M H W K L")
    a, w = tensor("a", N, C, H, W), tensor("W", M, C, K, L)
    z = conv2d(a, w)
    delta = tensor("delta", *z.shape)
    verdict = verify(z, a, correlate(pad(delta, (K - 1, L - 1)), swap(w)), delta)
    assert isinstance(verdict, Refuted)
    return replace(
        verdict.report,
        name=COUNTEREXAMPLE,
        title="Refuted: through a convolution, the kernel not turned",
        title_zh="反例：卷积层的反向传播，核未旋转",
    )


def entries(rules: Iterable[Rule], whole: bool) -> Iterator[tuple[str, Printable]]:
    """The proofs of rules, each with its name; of the `whole` catalogue, with the counterexample."""
    for rule in rules:
        yield rule.name, rule.proof()
    if whole:
        yield COUNTEREXAMPLE, forgotten_rotation()


def together(found: Sequence[tuple[str, Printable]], lang: str) -> Document:
    """One document of several."""
    intro = Paragraph(phrase(lang, "all_intro", count=sum(name != COUNTEREXAMPLE for name, _ in found)))
    blocks = [block for _, printable in found for block in printable.document(lang).blocks]
    return Document(word(lang, "all_title"), lang, (intro, *blocks), contents=True)


def index(found: Sequence[tuple[str, Printable]], lang: str, form: str) -> str:
    """The list of what there is, in Markdown."""
    lines = [f"# {word(lang, 'all_title')}", ""]
    suffix = SUFFIXES[form]
    lines.append(f"[{TOGETHER}.{suffix}]({TOGETHER}.{suffix})")
    lines.append("")
    for name, printable in found:
        lines.append(f"- [`{name}`]({name}.{suffix}): {printable.document(lang).title}")
    return "\n".join(lines) + "\n"


def write(
    folder: Path, rules: Iterable[Rule], whole: bool, form: str = "latex", lang: str = "en"
) -> Iterator[Path]:
    """Write a file for each rule as soon as it is proved, then the index and everything together.

    Yields what was written. Raises OSError if a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[tuple[str, Printable]] = []
    for name, printable in entries(rules, whole):
        found.append((name, printable))
        path = folder / f"{name}.{SUFFIXES[form]}"
        path.write_bytes(printed(printable.document(lang), form))
        yield path
    path = folder / "README.md"
    path.write_text(index(found, lang, form), encoding="utf-8")
    yield path
    path = folder / f"{TOGETHER}.{SUFFIXES[form]}"
    path.write_bytes(printed(together(found, lang), form))
    yield path
