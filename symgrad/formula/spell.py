r"""A tree written out, as text or as LaTeX; reading either gives the tree again.

Brackets stand only where the grammar needs them: every rule of it is a strength here.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symgrad.errors import SymgradError
from symgrad.formula.letters import ACCENTS, GREEK_LETTERS
from symgrad.formula.syntax import (
    Binary,
    Bound,
    Bracketed,
    Call,
    Dots,
    Equation,
    Expression,
    Family,
    Indicator,
    Matrix,
    Name,
    Negative,
    Norm,
    Number,
    Partial,
    Raised,
    Relation,
    Several,
    Slice,
    Sum,
)

_COMMANDS = {letter: f"\\{name}" for name, letter in GREEK_LETTERS.items()} | {"nabla": r"\nabla"}
_SUM, _TERM, _PRODUCT, _FACTOR = range(4)  # the rules of the grammar, from loose to tight
_SIGNS = {
    "+": (" + ", " + "), "-": (" - ", " - "), "*": (" * ", r" \ast "), "⋆": (" ⋆ ", r" \star "),
    "⊙": (" ⊙ ", r" \odot "), "⊗": (" ⊗ ", r" \otimes "),
    "·": ("·", r" \cdot "), "/": ("/", "/"), "@": (" @ ", " @ "), "": (" ", " "),
}  # fmt: skip
_LOOSE = {"+": _SUM, "-": _SUM, "*": _TERM, "⋆": _TERM, "⊙": _TERM, "⊗": _TERM}


def spelt(node: Expression | Equation, latex: bool = False) -> str:
    r"""A tree as a formula. Raises SymgradError for a name that the spelling has no way to write.

    >>> from symgrad.formula.parse import parse
    >>> [equation] = parse("δ_i = Σ_j δ_j * rot180(W_{ij})")
    >>> spelt(equation, latex=True)
    '\\delta_{i} = \\sum_{j} \\delta_{j} \\ast \\mathrm{rot180}(W_{ij})'
    >>> spelt(equation)
    'δ_i = Σ_j δ_j * rot180(W_ij)'
    """
    writer = _Latex() if latex else _Text()
    if isinstance(node, Equation):
        text = writer.loose(node.parts[0])
        for sign, part in zip(node.signs, node.parts[1:], strict=True):
            text += f" {writer.arrow if sign == '←' else sign} {writer.loose(part)}"
        return text
    return writer.loose(node)


class _Text:
    """The text spelling."""

    latex = False
    arrow = "←"
    dots = "…"
    partial = "∂"
    prime = "'"

    # -- expressions ------------------------------------------------------------------------------
    def loose(self, node: Expression) -> str:
        """An expression where any may stand."""
        return self.at_least(node, _SUM)

    def at_least(self, node: Expression, strength: int, brackets: str = "()") -> str:
        """An expression, in brackets if it binds more loosely than that."""
        text, own = self.piece(node)
        return text if own >= strength else f"{brackets[0]}{text}{brackets[1]}"

    def piece(self, node: Expression) -> tuple[str, int]:
        """An expression with how tightly it binds."""
        match node:
            case Number():
                return self.number(node), _FACTOR
            case Name():
                return self.name(node), _FACTOR
            case Negative(body):
                return f"-{self.at_least(body, _TERM)}", _SUM
            case Binary("/", left, right) if self.latex:
                return rf"\frac{{{self.loose(left)}}}{{{self.loose(right)}}}", _FACTOR
            case Binary("/", Partial() as top, Partial() as bottom):
                return f"{self.piece(top)[0]}/{self.piece(bottom)[0]}", _FACTOR
            case Binary():
                return self.binary(node)
            case Call(Name("floor", 0, (), None, ()), (inside,), ()):
                return self.floor(inside), _FACTOR
            case Call(function, arguments, options):
                said = [*map(self.loose, arguments), *(self.option(*option) for option in options)]
                return f"{self.name(function)}({', '.join(said)})", _FACTOR
            case Raised(body, sub, sup):
                return self.raised_body(body) + self.below(sub) + self.above(sup), _FACTOR
            case Bracketed(body, brackets):
                return f"{self.raised_body(body)}[{', '.join(map(self.loose, brackets))}]", _FACTOR
            case Partial(body):
                return f"{self.partial}{self.at_least(body, _FACTOR, '{}')}", _FACTOR
            case Sum(bounds, body):
                return f"{self.sum_sign(bounds)} {self.at_least(body, _TERM)}", _PRODUCT
            case Matrix(rows):
                return self.matrix([[self.loose(cell) for cell in row] for row in rows]), _FACTOR
            case Norm(body):
                return self.norm(self.loose(body)), _FACTOR
            case Several(items):
                listed = ", ".join(map(self.loose, items))
                return f"({listed},)" if len(items) == 1 else f"({listed})", _FACTOR
            case Slice(start, stop, step):
                ends = ["" if end is None else self.loose(end) for end in (start, stop)]
                return ":".join(ends) + ("" if step is None else f":{self.loose(step)}"), _FACTOR
            case Dots():
                return self.dots, _FACTOR
            case Relation():
                return self.relation(node), _SUM
            case Indicator(conditions):
                return f"[{', '.join(map(self.relation, conditions))}]", _FACTOR
            case Family(body, axes):
                return f"{self.raised_body(body)}_{{{', '.join(map(self.axis, axes))}}}", _FACTOR
        raise AssertionError(f"unknown node {type(node).__name__}")

    def binary(self, node: Binary) -> tuple[str, int]:
        """Two things with a sign between: all associate to the left."""
        strength = _LOOSE.get(node.sign, _PRODUCT)
        left = self.at_least(node.left, strength)
        if strength > _SUM and _ends_in_sum(node.left) and self.piece(node.left)[1] >= strength:
            left = f"({left})"
        right = self.right(node, strength)
        return f"{left}{_SIGNS[node.sign][self.latex]}{right}", strength

    def right(self, node: Binary, strength: int) -> str:
        if isinstance(node.right, Sum) and strength == _PRODUCT and node.sign != "/":
            return self.piece(node.right)[0]
        text = self.at_least(node.right, min(strength + 1, _FACTOR))
        # a bracket behind a name would be a call or an index, and ∂ behind a stroke a derivative
        loose = (node.sign == "" and text[0] in "([") or (node.sign == "/" and text[0] == "∂")
        return f"{{{text}}}" if loose else text

    def raised_body(self, body: Expression) -> str:
        text = self.loose(body)
        if isinstance(body, (Call, Matrix, Norm, Several)):
            return text
        return f"{{{text}}}" if text.startswith("(") else f"({text})"

    # -- names ------------------------------------------------------------------------------------
    def name(self, node: Name) -> str:
        """A name with its scripts and indices."""
        text = self.symbol(node.text) + self.prime * node.primes + self.below(node.sub) + self.above(node.sup)
        return text + (f"[{', '.join(map(self.loose, node.brackets))}]" if node.brackets else "")

    def symbol(self, text: str) -> str:
        """The letters of a name."""
        if text in _COMMANDS and text != "nabla":
            return text
        if text == "nabla":
            return "∇"
        if text == "1":  # the vector of ones
            return "𝟙"
        letter, _, accent = text.partition("_")
        for mark, name in ACCENTS.items():
            if f"_{accent}" == name and len(letter) == 1:
                return rf"\{accent}{{{self.symbol(letter)}}}" if self.latex else f"{letter}{mark}"
        plain = text.isascii() and text.isalpha() and text not in GREEK_LETTERS
        if not plain and text not in ("rot180", "rot90", "conv1d", "conv2d", "conv3d", "conv2"):
            raise SymgradError(f"a formula has no way to write the name {text}; give it another one")
        return text

    def below(self, sub: tuple[Expression, ...]) -> str:
        """A subscript."""
        match sub:
            case ():
                return ""
            case (Name(text, 0, (), None, ()),) if text.isascii() and text.isalnum():
                return f"_{text}"
            case (Number(value) as number,) if number.text.isdigit() or value.denominator == 1:
                return f"_{self.number(number)}"
        return f"_{{{', '.join(map(self.loose, sub))}}}"

    def above(self, sup: Expression | None) -> str:
        """A superscript."""
        match sup:
            case None:
                return ""
            case Name("T", 0, (), None, ()):
                return "^T"
            case Number():
                return f"^{self.number(sup)}"
        return f"^{{{self.loose(sup)}}}"

    # -- the rest ---------------------------------------------------------------------------------
    def number(self, node: Number) -> str:
        """Digits."""
        if node.text:
            return node.text
        if node.value.denominator != 1 or node.value < 0:
            raise SymgradError(f"{node.value} is no number of digits only")
        return str(node.value)

    def option(self, key: str, value: Expression) -> str:
        """An argument by its name."""
        return f"{key}={self.loose(value)}"

    def floor(self, inside: Expression) -> str:
        """A quotient rounded down."""
        return f"floor({self.loose(inside)})"

    def sum_sign(self, bounds: Sequence[Bound]) -> str:
        """The sign of a sum with its bounds: below `u < K`, or the first below and the last above."""
        ends = list(dict.fromkeys(end for _, _, end in bounds))
        shared = ends[0] if len(ends) == 1 and _extent(bounds[0]) is None else None
        items = [self.ranged(*bound) if shared is None else self.from_first(*bound[:2]) for bound in bounds]
        plain = len(items) == 1 and items[0].isalpha() and items[0].isascii() and not self.latex
        below = f"_{items[0]}" if plain else f"_{{{', '.join(items)}}}"
        return self.sum_letter + below + ("" if shared is None else f"^{{{self.loose(shared)}}}")

    def from_first(self, letter: str, first: Expression | None) -> str:
        """A bound that says where it begins, if it does."""
        return self.bound(letter) + ("" if first is None else f"={self.loose(first)}")

    def ranged(self, letter: str, first: Expression | None, end: Expression | None) -> str:
        """A bound that says where it ends, if it does."""
        extent = _extent((letter, first, end))
        if extent is not None:
            return f"{self.bound(letter)} < {self.loose(extent)}"
        if end is None:
            return self.from_first(letter, first)
        if first is None:
            raise SymgradError(f"a formula has no way to write where {letter} ends and not where it begins")
        return f"{self.loose(first)} {self.at_most} {self.bound(letter)} {self.at_most} {self.loose(end)}"

    def relation(self, node: Relation) -> str:
        """A condition."""
        text = self.loose(node.parts[0])
        for sign, part in zip(node.signs, node.parts[1:], strict=True):
            text += f" {self.at_most if sign == '≤' else sign} {self.loose(part)}"
        return text

    def axis(self, indices: tuple[tuple[str, Expression], ...]) -> str:
        """The indices of an axis with how far they run."""
        inside = ", ".join(f"{self.bound(letter)} < {self.loose(extent)}" for letter, extent in indices)
        return f"({inside})" if len(indices) > 1 else inside

    at_most = "≤"
    sum_letter = "Σ"

    def bound(self, letter: str) -> str:
        """The name that a sum runs over."""
        text, primes = letter.rstrip("'"), len(letter) - len(letter.rstrip("'"))
        head, _, tail = text.partition("_")
        sub: tuple[Expression, ...] = ((Number(_whole(tail), tail) if tail.isdigit() else Name(tail)),)
        return self.name(Name(head, primes, sub if tail else ()))

    def matrix(self, rows: list[list[str]]) -> str:
        """Entries in rows."""
        written = [f"[{', '.join(row)}]" for row in rows]
        return written[0] if len(written) == 1 else f"[{', '.join(written)}]"

    def norm(self, inside: str) -> str:
        """A norm."""
        return f"||{inside}||"


class _Latex(_Text):
    """The LaTeX spelling."""

    latex = True
    arrow = r"\leftarrow"
    dots = r"\dots"
    partial = r"\partial "
    sum_letter = r"\sum"
    at_most = r"\le"

    def symbol(self, text: str) -> str:
        if text in _COMMANDS:
            return _COMMANDS[text]
        if text == "1":
            return r"\mathbf{1}"
        if len(text) == 1:
            return text
        written = super().symbol(text)
        return written if written.startswith("\\") else rf"\mathrm{{{written}}}"

    def name(self, node: Name) -> str:
        match node:
            case Name(text, 0, (Name(below, 0, (), None, ()),), None, brackets) if len(text) > 1 < len(below):
                shown = rf"\mathrm{{{text}\_{below}}}".replace("_", r"\_").replace(r"\\_", r"\_")
                return shown + (f"[{', '.join(map(self.loose, brackets))}]" if brackets else "")
        text = super().name(node)
        bare = not (node.primes or node.sub or node.sup or node.brackets)
        return f"{text} " if bare and text.startswith("\\") and text[-1].isalpha() else text

    def below(self, sub: tuple[Expression, ...]) -> str:
        match sub:
            case (Name(text, 0, (), None, ()),) if text.isascii() and text.isalpha():
                return f"_{{{text}}}"  # letters in a row, such as the indices of W_{ij}
        return f"_{{{', '.join(map(self.loose, sub))}}}" if sub else ""

    def above(self, sup: Expression | None) -> str:
        match sup:
            case Number() if len(self.number(sup)) > 1:
                return f"^{{{self.number(sup)}}}"
        return super().above(sup)

    def option(self, key: str, value: Expression) -> str:
        head, _, tail = key.partition("_")
        head = GREEK_LETTERS.get(head, head)
        name = Name(head, 0, (Name(tail),)) if tail else Name(head)
        return f"{self.name(name)}={self.loose(value)}"

    def floor(self, inside: Expression) -> str:
        return rf"\lfloor {self.loose(inside)} \rfloor"

    def matrix(self, rows: list[list[str]]) -> str:
        inside = r" \\ ".join(" & ".join(row) for row in rows)
        return rf"\begin{{pmatrix}} {inside} \end{{pmatrix}}"

    def norm(self, inside: str) -> str:
        return rf"\|{inside}\|"


def _extent(bound: Bound) -> Expression | None:
    """The K of `u < K`, where a bound is written so: from 0 to K - 1."""
    match bound:
        case (_, Number(first), Binary("-", extent, Number(one))) if first == 0 and one == 1:
            return extent
    return None


def _whole(digits: str) -> Fraction:
    return Fraction(digits)


def _ends_in_sum(node: Expression) -> bool:
    """Whether what is written last is a sum, which would take in what follows."""
    while isinstance(node, (Binary, Negative)):
        node = node.right if isinstance(node, Binary) else node.body
    return isinstance(node, Sum)
