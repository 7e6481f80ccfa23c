"""A subset of a Chinese font for PDF, and the list of the characters that it has."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
PUNCTUATION = "，。；：、？！（）《》“”‘’…—　"


def needed() -> set[str]:
    """Every Chinese character and mark that proofs are written with."""
    from symgrad.explain.book import titles
    from symgrad.explain.words import every_character

    found = every_character() | {c for title in titles("zh") for c in title}
    return {character for character in found if ord(character) >= 0x2E80} | set(PUNCTUATION)
