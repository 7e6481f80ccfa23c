"""The worked example of a proof: its lines at the smallest telling sizes, written out and computed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction as Rational

from symgrad.concrete.evaluate import Evaluation
from symgrad.concrete.gradient import gradient_entry
from symgrad.concrete.rings import Rationals
from symgrad.errors import SymgradError
from symgrad.explain.document import Block, Cell, Display, Equation, Figure, Grid, Paragraph
from symgrad.explain.layout import (
    DEL,
    EQUALS,
    Fraction,
    Layout,
    Matrix,
    Name,
    Number,
    Row,
    Script,
    Sign,
    broken,
    name,
    row,
    width,
)
from symgrad.explain.naming import Names
from symgrad.explain.notation import Notation
from symgrad.explain.opening import silent
from symgrad.explain.proof import ChainRule, Collapse, Forward, Insert, Proof, Rewrite
from symgrad.explain.telling_sizes import telling_sizes
from symgrad.explain.unroll import Unrolled
from symgrad.explain.words import listed, phrase, word
from symgrad.language.scalar import Access, Apply, Power, walk
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

ROOM = 90.0
ACROSS = 84.0
MOST_LINES = 18
WIDEST = 88.0
NUMBERS = {
    "cotangent": (2, 8, 4, 6, 1, 3, 5, 7),
    "input": (9, 1, 2, 3, 4, 5, 6, 8, 0, 7, 1, 2, 3, 6, 5, 4),
    "other": (1, 2, 3, 4, 5, 6, 7, 8, 9),
}
"""Small numbers to compute with: those of δ are the founding article's."""


def example(proof: Proof, names: Names, lang: str) -> list[Block]:
    """The blocks of the worked example; none if there are no sizes small enough to print."""
    sizes = telling_sizes(proof)
    if sizes is None:
        return []
    return list(_Example(proof, names, lang, sizes).blocks())


class _Example:
    def __init__(self, proof: Proof, names: Names, lang: str, sizes: dict[Symbol, int]) -> None:
        self.proof = proof
        self.asked = proof.question
        self.names = names
        self.lang = lang
        self.sizes = sizes
        self.shown = Unrolled(sizes, names)
        self.target = self.asked.z if self.asked.wrt is None else self.asked.wrt
        self.derived = self._derived()
        self.numbers = Evaluation(sizes, self._input, Rationals())

    def _derived(self) -> Comprehension:
        """The derivative in index form: the last line before the claim's words."""
        found = [
            step.after
            for step in self.proof.steps
            if isinstance(step, (Collapse, Insert, Rewrite, Forward, ChainRule))
            and isinstance(step.after, Comprehension)
            and step.after.axes == self.target.axes
        ]
        chain = [s.after for s in self.proof.chain() if isinstance(s, (Collapse, Insert))]
        last = chain[-1] if chain else found[-1]
        assert isinstance(last, Comprehension)
        return last

    def blocks(self) -> Iterator[Block]:
        """Sizes, forward, partial derivatives, figure, matrices, numbers."""
        pairs = [(row(name(s.name), EQUALS, Number(str(v))),) for s, v in self.sizes.items()]
        said = phrase(self.lang, "e:sizes", sizes=listed(self.lang, list(pairs)))
        space = " " if self.lang == "en" else ""
        yield Paragraph((*said, space, *phrase(self.lang, "e:numbering")))
        forward = list(self._forward())
        if forward:
            yield Paragraph(phrase(self.lang, "e:forward"))
            yield self._columns(forward)
        if self.asked.wrt is not None:
            yield Paragraph(phrase(self.lang, "e:partials"))
            yield self._columns(list(self._partials()))
            figure = self._figure()
            if figure is not None:
                yield figure
        yield from self._pictures()

    # -- scalar equations -------------------------------------------------------------------------
    def _forward(self) -> Iterator[Equation]:
        lines = 0
        for step in self.proof.steps:
            if isinstance(step, Forward) and isinstance(step.after, Comprehension):
                for place in self.shown.places(step.after):
                    lines += 1
                    if lines <= MOST_LINES:
                        left = self.shown.entry_name(step.before, place)
                        yield _equation(left, self.shown.entry(step.after, place))

    def _partials(self) -> Iterator[Equation]:
        for place in itertools.islice(self.shown.places(self.target), MOST_LINES):
            yield _equation(self._partial(place), self.shown.entry(self.derived, place))

    def _partial(self, place: tuple[int, ...]) -> Layout:
        below = self.shown.entry_name(self.target, place)
        return Fraction(row(DEL, Name("J")), row(DEL, below))

    def _columns(self, equations: list[Equation]) -> Display:
        """Side by side as in the matrix, as far as they fit."""
        if any(len(equation.lines) > 1 for equation in equations):
            return Display(tuple(equations))
        widest = max(width(e.left) + width(row(*e.lines)) for e in equations) + 3
        fitting = max(1, min(4, int(ACROSS // widest), len(equations)))
        table = self.shown.table(self.target)
        across = len(table[0]) if table else fitting
        return Display(tuple(equations), across if across <= fitting else fitting)

    # -- matrices ---------------------------------------------------------------------------------
    def _pictures(self) -> Iterator[Block]:
        left = self.names.notation.tensor(self.target)
        if self.asked.wrt is not None:
            left = Fraction(row(DEL, Name("J")), row(DEL, left))
        symbols = self._picture(lambda tensor: self.shown.grid(tensor))
        if symbols is not None and width(symbols) < WIDEST:
            yield Paragraph(phrase(self.lang, "e:matrices"))
            yield Display((Equation(left, (row(EQUALS, symbols),)),))
        numbers = self._numeric(left)
        if numbers is not None:
            yield from numbers

    def _picture(self, grid: object) -> Layout | None:
        """The claim with its operands as matrices."""
        found = _Picture(self, grid).of(self.asked.claim)
        return found if found is not None and _has_matrix(found) else None

    def _numeric(self, left: Layout) -> list[Block] | None:
        if any(isinstance(n, (Apply, Power)) for n in self._nodes()):
            return None
        picture = self._picture(self._numbers_of)
        result = self._computed()
        if picture is None or result is None:
            return None
        inputs = []
        for tensor in self._inputs():
            matrix = self._numbers_of(tensor)
            if matrix is None:
                return None
            inputs.append((row(self.names.notation.tensor(tensor), EQUALS, matrix),))
        whole = row(EQUALS, picture) if picture == result else row(EQUALS, picture, EQUALS, result)
        lines: tuple[Layout, ...] = (whole,)
        if width(whole) > WIDEST:
            lines = (row(EQUALS, picture), row(EQUALS, result))
        said = phrase(self.lang, "e:numbers", inputs=listed(self.lang, inputs, "and"))
        return [Paragraph(said), Display((Equation(left, lines),))]

    def _nodes(self) -> Iterator[object]:
        from symgrad.language.notation import nodes

        for tensor in (*nodes(self.asked.z), *nodes(self.asked.claim)):
            if isinstance(tensor, Comprehension):
                yield from walk(tensor.body)

    def _inputs(self) -> list[Variable]:
        """What the derivative reads."""
        found = dict.fromkeys(
            inner.tensor
            for inner in walk(self.derived.body)
            if isinstance(inner, Access) and isinstance(inner.tensor, Variable)
        )
        if self.names.selectors:
            from symgrad.language.notation import nodes

            for node, _ in self.names.selectors:
                found.update(dict.fromkeys(n for n in nodes(node) if isinstance(n, Variable)))
        return [tensor for tensor in found if isinstance(tensor, Variable)]

    def _input(self, variable: Variable, place: tuple[int, ...]) -> Rational:
        shape = [extent.evaluate(self.sizes) for extent in variable.extents]
        number = 0
        for index, extent in zip(place, shape, strict=True):
            number = number * extent + index
        kind = "cotangent" if variable is self.asked.cotangent else "other"
        if variable is self.asked.wrt:
            kind = "input"
        values = NUMBERS[kind]
        return Rational(values[number % len(values)])

    def _numbers_of(self, tensor: Tensor) -> Layout | None:
        try:
            return self.shown.arranged(tensor, lambda place: _rational(self.numbers.entry(tensor, place)))
        except SymgradError:
            return None

    def _computed(self) -> Layout | None:
        """The derivative in numbers by dual numbers: no rule, no closed form and no decision."""
        asked = self.asked
        if asked.wrt is None:
            return self._numbers_of(asked.z)

        def value(place: tuple[int, ...]) -> Layout:
            assert asked.wrt is not None
            found = gradient_entry(
                asked.z, asked.wrt, asked.cotangent, place, self.sizes, self._input, Rationals()
            )
            assert found == self.numbers.entry(asked.claim, place)
            return _rational(found)

        try:
            return self.shown.arranged(self.target, value)
        except SymgradError:
            return None

    # -- the figure -------------------------------------------------------------------------------
    def _figure(self) -> Figure | None:
        """For the entry with the most products: which entries meet in them."""
        if not self.shown.has_windows(self.proof):
            return None
        best: tuple[int, tuple[int, ...], list[list[Access]]] | None = None
        for place in self.shown.places(self.target):
            products = self.shown.products(self.derived, place)
            if best is None or len(products) > best[0]:
                best = (len(products), place, products)
        if best is None or not best[0] or best[0] > 9:
            return None
        _, place, products = best
        marks: dict[Tensor, dict[tuple[int, ...], list[int]]] = {}
        for number, accesses in enumerate(products, 1):
            for access in accesses:
                at = tuple(index.evaluate({}) for index in access.at)
                marks.setdefault(access.tensor, {}).setdefault(at, []).append(number)
        grids = [self._grid(self.target, {}, place)]
        grids += [self._grid(tensor, cells, None) for tensor, cells in marks.items()]
        drawn = tuple(grid for grid in grids if grid is not None)
        if len(drawn) < 2 or grids[0] is None:
            return None
        key = "e:figure" if len(drawn) > 2 else "e:figure1"
        caption = phrase(self.lang, key, entry=self._partial(place))
        return Figure(drawn, caption)

    def _grid(
        self, tensor: Tensor, marks: dict[tuple[int, ...], list[int]], shaded: tuple[int, ...] | None
    ) -> Grid | None:
        rows = self.shown.table(tensor)
        if rows is None or (
            isinstance(self.names.names.get(tensor), type(None)) and not isinstance(tensor, Variable)
        ):
            return None
        cells = tuple(
            tuple(
                Cell(self.shown.entry_name(tensor, at), tuple(marks.get(at, ())), at == shaded) for at in line
            )
            for line in rows
        )
        title = self.names.notation.tensor(tensor)
        if shaded is not None:
            title = row(DEL, Name("J"), Sign("/"), DEL, title)
        return Grid(title, cells)


_INFIX = {"correlate", "convolve", "hadamard", "matmul", "+", "-", "*", "/", "**", "apply"}


class _Picture:
    """A claim in operator notation whose operands are matrices of what `grid` gives for a tensor."""

    def __init__(self, example: _Example, grid: object) -> None:
        self.example = example
        self.grid = grid

    def of(self, tensor: Tensor) -> Layout | None:
        call = tensor.call if isinstance(tensor, Comprehension) else None
        named = tensor in self.example.names.names and tensor is not self.example.asked.claim
        if call is None or named or tensor in self.example.proof.kept:
            return self._matrix(tensor)
        if call.name == "sum_axes":
            return None
        operands = [value for _, value in call.arguments if isinstance(value, Tensor)]
        assert isinstance(tensor, Comprehension)
        infix = call.name in (
            "correlate",
            "convolve",
            "hadamard",
            "matmul",
            "+",
            "-",
            "*",
            "/",
            "**",
            "apply",
        )
        if not infix:
            moves = silent(tensor) and len(operands) == 1
            if moves and self._matrix(tensor) == self._matrix(operands[0]):
                return self.of(operands[0])
            return self._matrix(tensor)
        shown: dict[Tensor, Layout] = {}
        for operand in operands:
            picture = self.of(operand)
            if picture is None:
                return None
            simple = isinstance(picture, (Matrix, Name, Script))
            shown[operand] = picture if simple else _fenced(picture)
        return Notation(names=shown, sizes=self.example.sizes).written(tensor)[0]

    def _matrix(self, tensor: Tensor) -> Layout | None:
        assert callable(self.grid)
        found: Layout | None = self.grid(tensor)
        return found


def _fenced(layout: Layout) -> Layout:
    from symgrad.explain.layout import Fence

    return Fence("(", layout, ")")


def _has_matrix(layout: Layout) -> bool:
    from symgrad.explain.layout import Big, Fence

    match layout:
        case Matrix():
            return True
        case Row(items):
            return any(map(_has_matrix, items))
        case Fence(_, body, _):
            return _has_matrix(body)
        case Fraction(top, bottom):
            return _has_matrix(top) or _has_matrix(bottom)
        case Script(base, _, _) | Big(_, base):
            return _has_matrix(base)
        case _:
            return False


def _equation(left: Layout, right: Layout) -> Equation:
    return Equation(left, tuple(broken(row(EQUALS, right), ROOM, ROOM - width(left))))


def _rational(value: Rational) -> Layout:
    sign: list[Layout] = [Sign("−")] if value < 0 else []
    if value.denominator == 1:
        return row(*sign, Number(str(abs(value.numerator))))
    if value.denominator in (2, 4, 5, 8, 10):
        return row(*sign, Number(str(float(abs(value)))))
    return row(*sign, Fraction(Number(str(abs(value.numerator))), Number(str(value.denominator))))


__all__ = ["example", "word"]
