"""Formulas, documents, expressions and settings from bytes that libFuzzer finds new paths with.

    pip install --group fuzz
    python -m fuzz.formulas -max_total_time=600

Nothing but outcomes and the library's own errors may come out, and nothing may take longer than LONGEST.
The formulas of tests/data are where it starts; libFuzzer's own options may follow, such as a folder that
keeps what it finds.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["symgrad.formula", "lark"]):
    from symgrad.formula.check import CLAIMS, OTHERS, Outcome, check
    from symgrad.formula.document import check_document, read_header
    from symgrad.formula.expression import parse
    from symgrad.formula.setting import LAYERS, Setting
    from symgrad.formula.show import sides
    from symgrad.formula.write import write

from symgrad.errors import SymgradError
from symgrad.language.index import sizes
from symgrad.language.tensor import tensor

DATA = Path(__file__).parent.parent / "tests" / "data"
LONGEST = 2.0
"""Seconds that one text may take, of this process's own time: another's is not the formula's fault."""
KINDS = (None, *LAYERS)
H, W, K = sizes("H W K")
NAMES = {"a": tensor("a", H, W), "w": tensor("w", K, K), "δ": tensor("δ", H - K + 1, W - K + 1)}


def one_input(data: bytes) -> None:
    """One text: the first byte says what it is, the rest is UTF-8."""
    if not data:
        return
    text = data[1:].decode("utf-8", errors="ignore")
    start = time.process_time()
    kind = data[0] % (len(KINDS) + 3)
    if kind < len(KINDS):
        for outcome in check(text, Setting(KINDS[kind])):
            _told(outcome)
    elif kind == len(KINDS):
        _document(text)
        return
    elif kind == len(KINDS) + 1:
        _expression(text)
    else:
        _header(text)
    taken = time.process_time() - start
    if taken > LONGEST:
        raise RuntimeError(f"{taken:.2f} s for {text!r}")


def _told(outcome: Outcome) -> None:
    """Everything that is said of a formula."""
    assert outcome.kind in (*CLAIMS, *OTHERS)
    assert outcome.kind != "ILL-FORMED" or outcome.problem
    for lang in ("en", "zh"):
        list(outcome.lines(lang))
    outcome.as_dict()
    sides(outcome.formula)


def _document(text: str) -> None:
    """A document of many formulas, each of which has its own time."""
    try:
        for judged in check_document(text, Setting(), latex=len(text) % 2 == 1):
            _told(judged.outcome)
    except SymgradError:
        pass


def _expression(text: str) -> None:
    """An expression of the library's operators; what is read can be written, or that is refused."""
    try:
        write(parse(text, NAMES))
    except SymgradError:
        pass


def _header(text: str) -> None:
    try:
        read_header(text, Setting())
    except SymgradError:
        pass


def seeds() -> Iterator[bytes]:
    """The formulas of the corpus, and the article."""
    for line in (DATA / "formulas.txt").read_text(encoding="utf-8").splitlines():
        if line[:1].isupper():
            yield bytes([len(line) % len(KINDS)]) + line[12:].encode()
    yield bytes([len(KINDS)]) + (DATA / "article.md").read_bytes()
    yield bytes([len(KINDS) + 1]) + "correlate(pad(δ, K - 1), rot180(w))".encode()
    yield bytes([len(KINDS) + 1]) + "(Σ_{u < K} [0 ≤ i - u < H]·a[i - u, i])_{i < H}".encode()
    yield bytes([len(KINDS) + 2]) + b"layer: conv2d\nshape: a=3x3, W=2x2\nstar: correlation"


def tokens() -> Iterator[str]:
    """Every token of the corpus, as libFuzzer's dictionaries have them."""
    text = (DATA / "formulas.txt").read_text(encoding="utf-8")
    for token in sorted(set(re.findall(r"\\[A-Za-z]+|[A-Za-z]{2,}|[^ -~\n]", text))):
        yield '"' + "".join(f"\\x{byte:02x}" for byte in token.encode()) + '"'


def main() -> None:
    """Fuzz, starting from the seeds in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, dictionary = Path(folder) / "corpus", Path(folder) / "tokens"
        corpus.mkdir()
        for number, seed in enumerate(seeds()):
            (corpus / str(number)).write_bytes(seed)
        dictionary.write_text("\n".join(tokens()) + "\n", encoding="ascii")
        own = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        options = [argument for argument in sys.argv[1:] if argument.startswith("-")]
        given = [sys.argv[0], f"-dict={dictionary}", "-max_len=4096", *options, *own, str(corpus)]
        atheris.Setup(given, one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
