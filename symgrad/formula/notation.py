"""Entries and sums in the notation of the formula that is judged: its letters, its spelling, its base."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction

from symgrad.formula.letters import GREEK_LETTERS
from symgrad.formula.outputs import Choice
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Equation, Name, walk

_COMMANDS = {letter: f"\\{name}" for name, letter in GREEK_LETTERS.items()}
_ENTRY = re.compile(r"(σ'*\()|([A-Za-zδ_]+)(?:\[([0-9, ]*)\])?")
_POWER = re.compile(r"\^\((-?[0-9]+(?:/[0-9]+)?)\)\^([0-9]+)")
_ROLE_OF = {"z_below": "z", "δ": "δ", "W": "W", "a": "a", "b": "b", "y": "y"}


def _power(match: re.Match[str]) -> str:
    """A power of a power as one."""
    exponent = Fraction(match.group(1)) * int(match.group(2))
    return "" if exponent == 1 else f"^({exponent})"


class Notation:
    """Writes entries as the user does: `\\delta_{12}` for `δ[0, 1]`."""

    def __init__(self, text: str, equation: Equation, setting: Setting, choice: Choice) -> None:
        self.latex = "\\" in text
        self.base = choice.base
        self.heads: dict[str, str] = {}
        for place, part in enumerate(equation.parts):
            for node in walk(part):
                if isinstance(node, Name):
                    role = setting.role(node.text)
                    # dz on the left is what is asked for, not the δ that comes in
                    if role is not None and not (role == "δ" and place == 0):
                        self.heads.setdefault(role, self.spelt(node.text))
        self.odot = next(
            (s for s in (r"\odot", r"\circ", "⊙", "∘") if s in text), r"\odot" if self.latex else "⊙"
        )

    def spelt(self, name: str) -> str:
        """A name as the spelling has it."""
        letter = name.removesuffix("_hat")
        if letter != name:
            return rf"\hat{{{letter}}}" if self.latex else unicodedata.normalize("NFC", letter + "\u0302")
        if not self.latex:
            return name
        return _COMMANDS.get(name, name if len(name) == 1 else rf"\mathrm{{{name}}}")

    def head(self, role: str) -> str:
        """What the formula calls a role."""
        return self.heads.get(role, self.spelt({"σ": "σ"}.get(role, role)))

    def entry(self, name: str, places: str | None) -> str:
        """`δ` and `0, 1` as δ_{12}."""
        role = _ROLE_OF.get(name, name)
        head = self.heads.get(role, self.spelt(name if name not in _ROLE_OF else role))
        if not places:
            return head
        numbers = [str(int(place) + self.base) for place in places.split(",")]
        together = "" if len(numbers) <= 2 and all(len(n) == 1 for n in numbers) else ","
        return f"{head}_{{{together.join(numbers)}}}"

    def polynomial(self, text: str) -> str:
        """A polynomial such as `δ[0, 0]·W[0, 1]` in the notation."""

        def replaced(match: re.Match[str]) -> str:
            if match.group(1):
                primes = match.group(1).count("'")
                return self.head("σ") + "'" * primes + "("
            return self.entry(match.group(2), match.group(3))

        shown = _ENTRY.sub(replaced, _POWER.sub(_power, text))
        if self.latex:
            shown = re.sub(r"\^\((-?[0-9]+(?:/[0-9]+)?)\)", r"^{\1}", shown)
        return shown.replace("·", " " if self.latex else "·")


def factors_first(terms: tuple[str, ...]) -> Iterator[str]:
    """Terms for a list, the first few."""
    yield from terms[:6]
    if len(terms) > 6:
        yield "…"
