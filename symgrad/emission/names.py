"""Names of the language as Python identifiers: δ becomes delta, a' becomes a_prime."""

from __future__ import annotations

import keyword
import unicodedata

from symgrad.errors import EmissionError

RESERVED = {"np", "torch", "math", "Array", "Tensor", "Any", "Callable", "as_strided", "sliding_window_view"}
RESERVED |= {"max", "min", "slice", "range", "int", "float", "ValueError"}


def identifier(name: str) -> str:
    """A Python identifier for a name of the language. Raises EmissionError if there is none.

    >>> identifier("δ"), identifier("a'"), identifier("lambda"), identifier("conv2d.input")
    ('delta', 'a_prime', 'lambda_', 'conv2d_input')
    """
    text = "".join(map(_spelled, unicodedata.normalize("NFKC", name)))
    if keyword.iskeyword(text) or text in RESERVED:
        text += "_"
    if not text.isidentifier() or text.startswith("__"):
        raise EmissionError(f"{name!r} cannot be made the name of a variable")
    return text


def _spelled(letter: str) -> str:
    if letter in "'′":
        return "_prime"
    if letter in ".-":
        return "_"
    words = unicodedata.name(letter, "").split()
    if words[:1] == ["GREEK"] and "LETTER" in words:
        spelled = words[words.index("LETTER") + 1].lower().replace("lamda", "lambda")  # as Unicode spells it
        return spelled.capitalize() if "CAPITAL" in words else spelled
    return letter


class Names:
    """Identifiers that are taken, so that each new one is new."""

    def __init__(self) -> None:
        self._taken = set(RESERVED)

    def new(self, wanted: str, instead: str = "") -> str:
        """An identifier for `wanted` that is not taken: as it is, or `instead`, or with a number."""
        base = identifier(wanted)
        choices = [base] + ([identifier(instead)] if instead else [])
        found = next((choice for choice in choices if choice not in self._taken), None)
        count = 1
        while found is None:
            count += 1
            numbered = f"{base}{count}" if not base[-1].isdigit() else f"{base}_{count}"
            found = None if numbered in self._taken else numbered
        self._taken.add(found)
        return found
