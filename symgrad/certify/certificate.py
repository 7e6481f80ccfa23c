"""The certificate of a verdict: what it states and what proves it, as data that can be kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symgrad.certify.coq import coq_file
from symgrad.certify.farkas import search
from symgrad.certify.recheck import Rechecked, Rejected, recheck
from symgrad.errors import NotCertified

if TYPE_CHECKING:
    from symgrad.decide.question import Question
    from symgrad.decide.verdict import Scope

__all__ = ["Certificate", "NotCertified", "Rejected"]

_TEXT = json.JSONEncoder(ensure_ascii=False, check_circular=False)


@dataclass(frozen=True)
class Certificate:
    """Plain data that proves a claim to whoever checks it: `recheck` does without isl, Coq's kernel
    without any of symgrad.

    >>> import symgrad as sg
    >>> N, O, I = sg.sizes("N O I")
    >>> x, W, delta = sg.tensor("x", N, I), sg.tensor("W", O, I), sg.tensor("delta", N, O)
    >>> certificate = sg.verify(sg.linear(x, W), wrt=x, claim=delta @ W).certificate
    >>> certificate.recheck()
    Rechecked(left=1, right=1, groups=1)
    >>> Certificate.from_json(certificate.json()).recheck() == certificate.recheck()
    True
    >>> print(certificate.coq().splitlines()[-1])
    Print Assumptions claim.
    """

    data: dict[str, Any]

    @staticmethod
    def of(asked: Question, scope: Scope, name: str = "claim", title: str = "") -> Certificate:
        """The certificate of a question that is PROVED for the scope.

        Raises NotCertified, with the reason, where none is found.
        """
        from symgrad.certify.extract import extracted  # finding needs isl, checking does not

        if scope.each:
            listed = ", ".join(symbol.name for symbol, _ in scope.each)
            raise NotCertified(f"the proof is one for each value of {listed}, not one for all")
        found = extracted(asked, name)
        return Certificate(found | {"title": title, "scope": str(scope)})

    def named(self, name: str, title: str = "") -> Certificate:
        """The same certificate under another name."""
        return Certificate(self.data | {"name": name, "title": title})

    @staticmethod
    def from_json(text: str) -> Certificate:
        """A certificate read back. Raises Rejected where the text is not JSON of an object."""
        try:
            data = json.JSONDecoder().decode(text)
        except (ValueError, RecursionError) as problem:
            raise Rejected(f"not JSON: {problem}") from None
        if not isinstance(data, dict):
            raise Rejected("not a certificate: it is no JSON object")
        return Certificate(data)

    @staticmethod
    def read(path: Path) -> Certificate:
        """The certificate in a file. Raises OSError where it cannot be read, and as `from_json`."""
        try:
            return Certificate.from_json(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError as problem:
            raise Rejected(f"not text: {problem}") from None

    def json(self) -> str:
        """It as JSON, a line for each definition and each group of products."""
        rows = []
        for key, value in self.data.items():
            text = _TEXT.encode(value)
            if key in ("definitions", "uses", "groups") and value:
                text = "[\n" + ",\n".join(f"  {_TEXT.encode(one)}" for one in value) + "\n ]"
            rows.append(f" {_TEXT.encode(key)}: {text}")
        return "{\n" + ",\n".join(rows) + "\n}"

    def recheck(self) -> Rechecked:
        """Check it without isl and without the decision procedure. Raises Rejected if it proves nothing."""
        return recheck(self.data, search)

    def coq(self) -> str:
        """It as a Coq file, which needs the library `Sums.v`. Raises Rejected if it proves nothing."""
        self.recheck()
        for label in ("name", "claim"):
            if label not in self.data:
                raise Rejected(f"not a certificate: there is no {label!r}")
        return coq_file(self.data, str(self.data.get("title", "")), str(self.data.get("scope", "")))
