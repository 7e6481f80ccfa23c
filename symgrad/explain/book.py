"""The whole catalogue as proofs, with a refuted claim beside them: what lies in `proofs/`."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from symgrad.catalogue import Rule, find, rules
from symgrad.decide.decision import verify
from symgrad.decide.verdict import Refuted
from symgrad.errors import SymgradError
from symgrad.explain.document import Document, Paragraph
from symgrad.explain.printing import SUFFIXES, Printable, printed
from symgrad.explain.report import Report
from symgrad.explain.words import LANGUAGES, phrase, word

COUNTEREXAMPLE = "refuted.conv2d.input_without_rot180"
TOGETHER = "all"
"""The name of the file that has everything."""


_COUNTEREXAMPLE_TITLES = {
    "en": "Refuted: through a convolution, the kernel not turned",
    "zh": "反例：卷积层的反向传播，核未旋转",
}


def forgotten_rotation() -> Report:
    """The report of the mistake most often made."""
    return replace(
        forgotten_rotation_verdict().report,
        name=COUNTEREXAMPLE,
        title=_COUNTEREXAMPLE_TITLES["en"],
        title_zh=_COUNTEREXAMPLE_TITLES["zh"],
    )


def forgotten_rotation_verdict() -> Refuted:
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
    return verdict


@dataclass(frozen=True, repr=False)
class Told(Printable):
    """A proof that was told in one language already, such as in another process."""

    told: Document

    def document(self, lang: str = "en") -> Document:
        """It. Raises SymgradError for another language than that of the telling."""
        if lang != self.told.lang:
            raise SymgradError(f"this was told in {self.told.lang!r}; got {lang!r}")
        return self.told


def entries(
    chosen: Iterable[Rule], whole: bool, lang: str = "en", workers: int = 1
) -> Iterator[tuple[str, Printable]]:
    """The proofs of rules, each with its name; of the `whole` catalogue, with the counterexample.

    With several `workers`, rules of the catalogue are proved in as many processes.
    """
    if workers > 1:
        names = [rule.name for rule in chosen]
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            told = pool.map(_told, names, [lang] * len(names), chunksize=4)
            yield from ((name, Told(document)) for name, document in zip(names, told, strict=True))
    else:
        for rule in chosen:
            yield rule.name, rule.proof()
    if whole:
        yield COUNTEREXAMPLE, forgotten_rotation()


def _told(name: str, lang: str) -> Document:
    gc.disable()  # a process that does nothing else, and has memory enough
    return find([name])[0].proof().document(lang)


def titles(lang: str) -> list[str]:
    """The titles of everything in the book."""
    every = rules()
    return [rule.zh if lang == "zh" else rule.title for rule in every] + [_COUNTEREXAMPLE_TITLES[lang]]


def together(found: Sequence[tuple[str, Printable]], lang: str) -> Document:
    """One document of several."""
    intro = Paragraph(phrase(lang, "all_intro", count=sum(name != COUNTEREXAMPLE for name, _ in found)))
    blocks = [block for _, printable in found for block in printable.document(lang).blocks]
    return Document(word(lang, "all_title"), lang, (intro, *blocks), contents=True)


def index(found: Sequence[tuple[str, Printable]], lang: str, form: str, beside: Sequence[str] = ()) -> str:
    """The list of what there is, in Markdown; `beside` are other files and folders to point to."""
    suffix = SUFFIXES[form]
    count = sum(name != COUNTEREXAMPLE for name, _ in found)
    intro = "".join(map(str, phrase(lang, "all_intro", count=count)))
    whole = [f"{TOGETHER}.{suffix}", *beside]
    lines = [f"# {word(lang, 'all_title')}", "", intro, ""]
    lines.append(word(lang, "all_in_one") + " " + ", ".join(f"[{name}]({name})" for name in whole))
    lines += ["", f"| {word(lang, 'rule')} | {word(lang, 'title')} |", "| --- | --- |"]
    for name, printable in found:
        lines.append(f"| [`{name}`]({name}.{suffix}) | {printable.document(lang).title} |")
    return "\n".join(lines) + "\n"


def write(
    folder: Path,
    chosen: Iterable[Rule],
    whole: bool,
    form: str = "latex",
    lang: str = "en",
    workers: int = 1,
) -> Iterator[Path]:
    """Write a file for each rule as soon as it is proved, then everything together, and the index.

    The index points to what lies in the folder already: everything in other formats or languages.

    Yields what was written. Raises OSError if a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[tuple[str, Printable]] = []
    for name, printable in entries(chosen, whole, lang, workers):
        found.append((name, printable))
        path = folder / f"{name}.{SUFFIXES[form]}"
        path.write_bytes(printed(printable.document(lang), form))
        yield path
    path = folder / f"{TOGETHER}.{SUFFIXES[form]}"
    path.write_bytes(printed(together(found, lang), form))
    yield path
    others = [f"{TOGETHER}.{suffix}" for suffix in SUFFIXES.values() if suffix != SUFFIXES[form]]
    beside = [name for name in (*others, *LANGUAGES) if (folder / name).exists()]
    path = folder / "README.md"
    path.write_text(index(found, lang, form, beside), encoding="utf-8")
    yield path
