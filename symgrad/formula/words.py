"""What is said of a formula, in English and in Chinese."""

from __future__ import annotations

import re
import unicodedata

from symgrad.errors import SymgradError
from symgrad.formula.chinese import EXPECTED, NOUNS, PATTERNS, READINGS, SENTENCES, WORDS

LANGUAGES = ("en", "zh")
_ENGLISH = {
    "read": "read with ", "with": " with ", "guessed": "taken to be about {0}; --layer says what else",
}  # fmt: skip
_CHINESE = READINGS | NOUNS | SENTENCES
_COMPILED = tuple((re.compile(pattern), chinese) for pattern, chinese in PATTERNS)


def word(lang: str, key: str) -> str:
    """A word. Raises SymgradError for a language that is not known."""
    if lang == "en":
        return _ENGLISH.get(key, key)
    if lang != "zh":
        raise SymgradError(f"reports are written in {' and '.join(LANGUAGES)}; got {lang!r}")
    return WORDS.get(key, key)


def spoken(lang: str, text: str) -> str:
    """A reading or a problem in a language; what has no translation stays as it is."""
    if lang == "en":
        return text
    # a line that is indented is the formula, or the caret below it
    return "\n".join(line if line.startswith("  ") else _said(line) for line in text.split("\n"))


def _said(text: str) -> str:
    if text in _CHINESE:
        return _CHINESE[text]
    said, wanted, tokens = text.rpartition("; expected ")
    if wanted:
        tokens, meant, nearest = tokens.partition("; did you mean ")
        for english, chinese in EXPECTED.items():
            tokens = tokens.replace(english, chinese)
        hint = f"；是否想写 {nearest.removesuffix('?')}？" if meant else ""
        return f"{_said(said)}；应为 {tokens}{hint}"
    for pattern, chinese in _COMPILED:
        match = pattern.fullmatch(text)
        if match is not None:
            groups = tuple(map(_said, match.groups()))
            return re.sub(r"\\([0-9])", r"{\1}", chinese).format("", *groups)
    return _listed(text)


def _listed(text: str) -> str:
    """Things with commas between them; what is known may have commas of its own."""
    pieces = text.split(", ")
    if len(pieces) == 1:
        return text
    found: list[str] = []
    while pieces:
        known = (n for n in range(len(pieces), 0, -1) if ", ".join(pieces[:n]) in _CHINESE)
        count = next(known, 1)
        found.append(_said(", ".join(pieces[:count])))
        pieces = pieces[count:]
    is_known = ", ".join(found) != text
    return ("，" if is_known else ", ").join(found)


def padded(text: str, width: int = 16) -> str:
    """A label as wide as the others on a terminal."""
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(0, width - wide)
