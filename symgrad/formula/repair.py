"""Did you mean: the mistakes people make, undone one at a time in the text of a refuted formula."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from symgrad.formula.notation import Notation
from symgrad.formula.outputs import Choice
from symgrad.formula.setting import Setting
from symgrad.formula.syntax import Binary, Call, Equation, Expression, Name, Negative, Number, Span, Sum, walk
from symgrad.formula.target import Target, is_letter

Edit = tuple[Span, str]


class Repairs:
    """Changed texts of one equation, the likeliest first."""

    def __init__(
        self, text: str, equation: Equation, setting: Setting, choice: Choice, target: Target | None
    ) -> None:
        self.text = text
        self.left, self.right = equation.parts[0], equation.parts[-1]
        self.setting = setting
        self.target = target
        self.notation = Notation(text, equation, setting, choice)

    def texts(self) -> Iterator[str]:
        """The whole formula with one mistake undone, then with two."""
        seen = {self.text}
        single = list(dict.fromkeys(self._edits()))
        for edit in single:
            changed = self._changed(edit)
            if changed not in seen:
                seen.add(changed)
                yield changed

    def _changed(self, edit: Edit) -> str:
        (start, end), new = edit
        return self.text[:start] + new + self.text[end:]

    def _edits(self) -> Iterator[Edit]:
        yield from self._sums()
        yield from self._rotations()
        yield from self._activations()
        yield from self._indices()
        yield from self._transposes()
        yield from self._orders()
        yield from self._signs()
        yield from self._factors()

    # -- pieces of text ---------------------------------------------------------------------------
    def _slice(self, node: Expression) -> str:
        return self.text[node.span[0] : node.span[1]]

    def _bracketed(self, node: Expression) -> str:
        inside = self._slice(node)
        loose = isinstance(node, Negative) or (isinstance(node, Binary) and node.sign in ("+", "-"))
        return f"({inside})" if loose and not _in_brackets(node) else inside

    def _before(self, node: Expression, new: str) -> Edit:
        """`new` in front of an expression, in brackets if it is a sum of terms."""
        return node.span, f"{new}{self._bracketed(node)}"

    # -- mistakes ---------------------------------------------------------------------------------
    def _sums(self) -> Iterator[Edit]:
        """A letter of a map that only the right side has wants a sum; a sum may be one too many."""
        if self.target is not None and self.target.role == "b":  # over the samples, or the places of a map
            for name in (node for node in walk(self.right) if isinstance(node, Name)):
                differential = name.text[:1] == "d" and self.setting.role(name.text[1:]) is not None
                if differential or self.setting.role(name.text) in ("δ", "z"):
                    yield self._before(name, r"\sum " if self.notation.latex else "Σ ")
        letters = [letter for name in self._names(self.right) for letter in self._letters(name)]
        known = set(self._letters(self.target.name)) if self.target is not None else set()
        bound = {name for node in walk(self.right) if isinstance(node, Sum) for name, _, _ in node.bounds}
        for letter in dict.fromkeys(letters):
            if letter not in known and letter not in bound:
                sign = r"\sum" if self.notation.latex else "Σ"
                yield self._before(self.right, f"{sign}_{letter} ")

    def _letters(self, name: Name) -> list[str]:
        found: list[str] = []
        for item in name.sub:
            if isinstance(item, Name) and is_letter(item):
                found += list(item.text) if item.text.isascii() else [item.text]
        return found

    def _names(self, node: Expression) -> list[Name]:
        return [n for n in walk(node) if isinstance(n, Name) and self.setting.role(n.text) not in (None, "σ")]

    def _rotations(self) -> Iterator[Edit]:
        rotated = self.notation.spelt("rot180")
        for node in walk(self.right):
            match node:
                case Call(Name("rot180" | "flip" | "rot" | "rotate"), (inside,)):
                    yield node.span, self._slice(inside)
                case Binary("*" | "⊗", left, right):
                    for side in (right, left):
                        if isinstance(side, Name):
                            yield side.span, f"{rotated}({self._slice(side)})"

    def _activations(self) -> Iterator[Edit]:
        for node in walk(self.right):
            if isinstance(node, Call) and node.function.primes and len(node.arguments) == 1:
                inside = node.arguments[0]
                if isinstance(inside, Name) and self.setting.role(inside.text) == "a":
                    yield inside.span, self._renamed(inside, self.notation.head("z"))
        for node in walk(self.right):
            if isinstance(node, Binary) and node.sign in ("⊙", "", "·"):
                for side, other in ((node.right, node.left), (node.left, node.right)):
                    if isinstance(side, Call) and side.function.primes:
                        yield node.span, self._slice(other)
        if self.target is not None and self.target.role == "lower":
            z = self._renamed(self.target.name, self.notation.head("z"))
            factor = f"{self.notation.head('σ')}'({z})"
            yield self.right.span, f"{self._bracketed(self.right)} {self.notation.odot} {factor}"

    def _renamed(self, name: Name, head: str) -> str:
        """A name with its scripts but another letter."""
        text = self.text[name.span[0] : name.span[1]]
        scripts = re.search(r"[_^\[(₀-₉]", text)
        return head + (text[scripts.start() :] if scripts else "")

    def _indices(self) -> Iterator[Edit]:
        """Letters of a kernel exchanged; h + u for h - u."""
        for name in self._names(self.right):
            for item in name.sub:
                text = self._slice(item)
                if isinstance(item, Name) and len(item.text) == 2 and is_letter(item):
                    yield item.span, text[::-1]
        flipped = [
            item
            for name in self._names(self.right)
            for item in name.sub
            if isinstance(item, Binary) and item.sign in ("+", "-")
        ]
        if flipped:
            first, last = flipped[0].span[0], flipped[-1].span[1]
            inside = self.text[first:last]
            for old, new in (("+", "-"), ("-", "+")):
                if old in inside:
                    yield (first, last), inside.replace(old, new)

    def _transposes(self) -> Iterator[Edit]:
        mark = "^T"
        for name in self._names(self.right):
            text = self._slice(name)
            if isinstance(name.sup, Name) and name.sup.text == "T":
                yield name.span, re.sub(r"\^\{?T\}?|\.T|\^\\top|ᵀ", "", text, count=1)
            elif name.sup is None and not name.sub:
                yield name.span, text + mark
            else:
                yield name.span, f"({text}){mark}"

    def _orders(self) -> Iterator[Edit]:
        for node in walk(self.right):
            if isinstance(node, Binary) and node.sign in ("*", "⊗", "", "@"):
                between = self.text[node.left.span[1] : node.right.span[0]]
                if between.strip(" ()") in ("", "*", "⊗", "@") or "\\" in between:
                    yield node.span, f"{self._slice(node.right)}{between}{self._slice(node.left)}"

    def _signs(self) -> Iterator[Edit]:
        for node in walk(self.right):
            match node:
                case Binary("-", left, right):
                    yield node.span, f"{self._bracketed(right)} - {self._bracketed(left)}"
                case Negative(body):
                    yield node.span, self._slice(body)
        yield self._before(self.right, "-")

    def _factors(self) -> Iterator[Edit]:
        for node in walk(self.right):
            match node:
                case Binary("" | "·" | "*" | "⊗", Number() | Binary("/", Number(), _), right):
                    yield node.span, self._slice(right)
                case Binary("/", left, _):
                    yield node.span, self._slice(left)
        latex = self.notation.latex
        leading = _leading(self.right)
        if leading is not None:  # one number, and not two side by side
            node, value = leading
            for factor in (Fraction(1, 2), Fraction(2)):
                up, down = map(str, (value * factor).as_integer_ratio())
                whole = rf"\frac{{{up}}}{{{down}}}" if latex else f"{up}/{down}"
                yield node.span, up if down == "1" else whole
        for top, bottom in (("1", "2"), ("2", ""), ("1", "N"), ("1", "k^2")):
            if leading is not None and bottom in ("2", ""):
                continue
            number = top if not bottom else rf"\frac{{{top}}}{{{bottom}}}" if latex else f"{top}/({bottom})"
            yield self._before(self.right, f"{number} ")


def _leading(node: Expression) -> tuple[Expression, Fraction] | None:
    """The number that a product begins with."""
    match node:
        case Number(value):
            return node, value
        case Binary("/", Number(top), Number(bottom)) if bottom:
            return node, top / bottom
        case Binary("" | "·" | "*" | "⊙", left, _):
            return _leading(left)
    return None


def _in_brackets(node: Expression) -> bool:
    """Whether the text of an expression has its own brackets around it."""
    return isinstance(node, Binary) and node.span[1] > node.right.span[1]
