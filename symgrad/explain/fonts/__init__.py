"""A subset of a Chinese font for PDF, and the list of the characters that it has."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
PUNCTUATION = "，。；：、？！（）《》“”‘’…—　"


def needed() -> set[str]:
    """Every Chinese character and mark that proofs are written with."""
    from symgrad.catalogue import rules
    from symgrad.explain.words import every_character

    found = every_character() | set(PUNCTUATION) | {c for rule in rules() for c in rule.zh}
    return {character for character in found if ord(character) >= 0x2E80} | set(PUNCTUATION)
