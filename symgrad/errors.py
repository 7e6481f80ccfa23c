"""The errors symgrad raises on purpose; anything else that escapes is a bug."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symgrad.decide.verdict import Verdict


class SymgradError(Exception):
    """Base of every error that symgrad raises on purpose."""


class ShapeError(SymgradError, ValueError):
    """Operands that cannot fit, whatever the sizes are."""


class IndexRangeError(SymgradError, IndexError):
    """An index that is outside its axis, whatever the sizes are."""


class SizeError(SymgradError, ValueError):
    """A size, stride, padding or name that has no meaning."""


class ArgumentError(SymgradError, TypeError):
    """An argument that an operator does not take, or one that it needs and was not given."""


class UnknownRule(SymgradError, LookupError):
    """A rule or layer name that the catalogue does not hold."""


class MissingExtra(SymgradError):
    """An optional package is not installed; says which extra brings it."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an optional package; install it with: pip install 'symgrad[{extra}]'")


class NoProof(SymgradError, AttributeError):
    """A verdict that has no proof, or no counterexample report, to show."""


class NotCertified(SymgradError):
    """Why there is no certificate of what was proved."""


class EmissionError(SymgradError):
    """No source is written for an expression: it is not proved, or a name or index stands in the way."""


class NotProved(EmissionError):
    """A claim that no source is written for, as it is not PROVED; `verdict` says what it is."""

    def __init__(self, what: str, verdict: Verdict) -> None:
        why = str(getattr(verdict, "reason", "") or getattr(verdict, "problem", ""))
        why = f": {why}" if why else ""
        super().__init__(f"{what} is {verdict.verdict}, not PROVED, so there is no source for it{why}")
        self.verdict = verdict
