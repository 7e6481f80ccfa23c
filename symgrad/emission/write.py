"""Operations on whole arrays as Python source: what NumPy and PyTorch write alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, ClassVar

from symgrad.emission.array import (
    Affine,
    Argmax,
    Array,
    AsNumber,
    Binary,
    Broadcast,
    Call,
    Contract,
    Cut,
    Embed,
    Fresh,
    Gather,
    Holds,
    Input,
    Key,
    Matmul,
    Number,
    Pick,
    Raise,
    Reduce,
    Reshape,
    Scale,
    Spread,
    Transpose,
    View,
    Where,
    Whole,
    Windows,
    postorder,
)
from symgrad.emission.names import Names
from symgrad.emission.sizes import ATOM as SIZE_ATOM
from symgrad.emission.sizes import PRODUCT as SIZE_PRODUCT
from symgrad.emission.sizes import Sizes
from symgrad.emission.spellings import ENTRY_BY_ENTRY, OF_NUMBERS, OVERFLOW
from symgrad.errors import EmissionError
from symgrad.language.functions import exp
from symgrad.language.index import Index

COMPARED, SUM, PRODUCT, POWER, ATOM = range(5)  # how tightly a piece of text binds
SHORT = 32
"""The longest passing expression that is written inside another."""


@dataclass
class Writer(ABC):
    """Writes arrays as expressions, with a line for each that has a name or is used twice."""

    names: Names
    sizes: Sizes
    lines: list[str]
    functions: dict[Any, str] = field(default_factory=dict)
    first: str | None = None
    imports: set[str] = field(default_factory=set)
    notes: dict[str, None] = field(default_factory=dict)
    _written: dict[Array, str] = field(default_factory=dict)
    _uses: Counter[Array] = field(default_factory=Counter)

    array_type: ClassVar[str]
    spellings: ClassVar[dict[str, str]]
    roots: ClassVar[dict[Fraction, str]]

    def result(self, root: Array) -> None:
        """The lines that compute an array and return it."""
        for node in postorder(root):
            self._uses.update(node.operands)
        text, _ = self._expression(root)
        repeated = isinstance(root, Broadcast) and not root.source.is_number
        self.lines.append(f"return {text}{self.copied if repeated else ''}")

    # -- names ------------------------------------------------------------------------------------
    def text(self, node: Array, binding: int = COMPARED) -> str:
        """An array as an expression: its name if it has one; in brackets if it binds too loosely."""
        if node in self._written:
            return self._written[node]
        if isinstance(node, Input):
            return node.called
        wanted = node.called or ("shared" if self._uses[node] > 1 and not isinstance(node, Number) else "")
        if wanted and not isinstance(node, (Embed, Spread)):
            expression, own = self._expression(node)
            if not (node.passing and self._uses[node] < 2 and len(expression) <= SHORT):
                return self._assigned(node, wanted, expression)
            return f"({expression})" if own < binding else expression
        expression, own = self._expression(node)
        return f"({expression})" if own < binding else expression

    def _assigned(self, node: Array, wanted: str, expression: str) -> str:
        name = self._written[node] = self.names.new(wanted)
        self.lines.append(f"{name} = {expression}")
        return name

    def named(self, node: Array) -> str:
        """The name of an array, which is given one if it has none."""
        text = self.text(node)
        return text if text.isidentifier() else self._assigned(node, "values", text)

    # -- expressions ------------------------------------------------------------------------------
    def _expression(self, node: Array) -> tuple[str, int]:
        match node:
            case Input():
                return node.called, ATOM
            case Number(value=value, powers=powers):
                return self._number(value, powers)
            case Binary(symbol=symbol, left=left, right=right):
                return self._binary(symbol, left, right)
            case Scale(source=source, by=by):
                return self._scaled(source, by)
            case Raise(source=source, exponent=exponent):
                return self._raised(source, exponent)
            case Call(source=source, function=function, shifted=shifted):
                if function == exp and not shifted and not source.is_number:
                    self.notes[OVERFLOW] = None
                return self._called(source, function)
            case Matmul(left=left, right=right):
                return f"{self.text(left, PRODUCT)} @ {self.text(right, POWER)}", PRODUCT
            case Contract():
                return self._contracted(node)
            case Reshape(source=source, factors=factors):
                axes = map(self._product, factors) if factors else map(self.sizes.text, node.shape)
                return f"{self.text(source, ATOM)}.reshape({', '.join(axes) or '()'})", ATOM
            case View(source=source, keys=keys):
                return self._view(source, keys), ATOM
            case Embed():
                return self._embedded(node), ATOM
            case Spread():
                return self._spread(node), ATOM
            case Affine():
                return self._positions(node)
            case Holds(source=source, equality=equality, other=other):
                limit = "0" if other is None else self.text(other, SUM)
                return f"{self.text(source, SUM)} {'==' if equality else '>='} {limit}", COMPARED
            case Transpose(source=source, order=order):
                return self.transposed(source, order), ATOM
            case Broadcast() | Windows() | Gather() | Reduce() | Argmax() | Where() | AsNumber():
                return self.special(node), ATOM
        raise EmissionError(f"no source is known for {type(node).__name__}")

    def _product(self, factors: Sequence[Index]) -> str:
        if len(factors) == 1:
            return self.sizes.text(factors[0])
        return " * ".join(self.sizes.text(factor, SIZE_PRODUCT) for factor in factors) or "1"

    def _number(self, value: Fraction, powers: Sequence[tuple[Index, int]]) -> tuple[str, int]:
        over = [self._power(base, exponent) for base, exponent in powers if exponent > 0]
        under = [self._power(base, -exponent) for base, exponent in powers if exponent < 0]
        if abs(value.numerator) != 1 or not over:
            over.insert(0, str(abs(value.numerator)))
        if value.denominator != 1:
            under.insert(0, str(value.denominator))
        text = " * ".join(over)
        if under:
            text += f" / {under[0] if len(under) == 1 else '(' + ' * '.join(under) + ')'}"
        text = f"-{text}" if value < 0 else text
        return text, ATOM if text.isidentifier() or text.isdigit() else PRODUCT

    def _power(self, base: Index, exponent: int) -> str:
        text = self.sizes.text(base, SIZE_ATOM if exponent != 1 else SIZE_PRODUCT)
        return text if exponent == 1 else f"{text}**{exponent}"

    def _binary(self, symbol: str, left: Array, right: Array) -> tuple[str, int]:
        if symbol == "*" and isinstance(right, Raise) and right.exponent < 0 and self._plain(right):
            below = replace(right, exponent=-right.exponent) if right.exponent != -1 else right.source
            return f"{self.text(left, PRODUCT)} / {self.text(below, POWER)}", PRODUCT
        if symbol == "*":
            return f"{self.text(left, PRODUCT)} * {self.text(right, POWER)}", PRODUCT
        if isinstance(right, Scale) and right.by.value < 0 and self._plain(right):
            return f"{self.text(left, SUM)} - {self._negated(right)}", SUM
        if isinstance(left, Scale) and left.by.value < 0 and self._plain(left):
            return f"{self.text(right, SUM)} - {self._negated(left)}", SUM
        return f"{self.text(left, SUM)} + {self.text(right, PRODUCT)}", SUM

    def _plain(self, node: Array) -> bool:
        return node not in self._written and (not node.called or node.passing) and self._uses[node] < 2

    def _negated(self, node: Scale) -> str:
        by = Number(shape=(), value=-node.by.value, powers=node.by.powers)
        if by.value == 1 and not by.powers:
            return self.text(node.source, PRODUCT)
        return self._scaled(node.source, by)[0]

    def _scaled(self, source: Array, by: Number) -> tuple[str, int]:
        over = tuple((base, e) for base, e in by.powers if e > 0)
        under = tuple((base, -e) for base, e in by.powers if e < 0)
        above, _ = self._number(Fraction(abs(by.value.numerator)), over)
        below, binding = self._number(Fraction(by.value.denominator), under)
        sign = "-" if by.value < 0 else ""
        text = self.text(source, POWER if sign or above != "1" else PRODUCT)
        text = sign + (text if above == "1" else f"{above} * {text}")
        if below != "1":
            text += f" / {below if binding == ATOM else f'({below})'}"
        return text, PRODUCT

    def _raised(self, source: Array, exponent: Fraction) -> tuple[str, int]:
        if source.is_number and exponent.denominator == 2:
            self.imports.add("math")
            root = f"math.sqrt({self.text(source)})"
            if abs(exponent.numerator) > 1:
                root = f"{root}**{abs(exponent.numerator)}"
            return (f"1 / {root}", PRODUCT) if exponent < 0 else (root, POWER)
        if exponent in self.roots:
            return self.roots[exponent].format(self.text(source)), ATOM
        if -exponent in self.roots:
            return f"1 / {self.roots[-exponent].format(self.text(source))}", PRODUCT
        if exponent == -1:
            return f"1 / {self.text(source, POWER)}", PRODUCT
        base = self.text(source, ATOM)
        if exponent.denominator == 1 and exponent > 0:
            return f"{base}**{exponent}", POWER
        return f"{base} ** ({str(exponent).replace('/', ' / ')})", POWER

    def _called(self, source: Array, function: Any) -> tuple[str, int]:
        if function in self.functions:
            return f"{self.functions[function]}({self.text(source)})", ATOM
        argument = self.text(source)
        spelled = (OF_NUMBERS if source.is_number else self.spellings)[function.name]
        if spelled.count("{0}") > 1 and not argument.isidentifier():
            argument = self._assigned(source, "argument", argument)
        if "np.vectorize" in spelled:
            self.notes[ENTRY_BY_ENTRY.format(function.name)] = None
        if "math." in spelled:
            self.imports.add("math")
        whole = spelled.format(argument)
        return f"({whole})" if " " in outside_brackets(spelled) else whole, ATOM

    def _contracted(self, node: Contract) -> tuple[str, int]:
        left, right = node.left, node.right
        if len(left.shape) == len(right.shape) == 2 and len(node.pairs) == 1:
            ((l, r),) = node.pairs
            x = self.text(left, PRODUCT) if l == 1 else f"{self.text(left, ATOM)}.T"
            y = self.text(right, POWER) if r == 0 else f"{self.text(right, ATOM)}.T"
            return f"{x} @ {y}", PRODUCT
        lefts, rights = (", ".join(str(pair[side]) for pair in node.pairs) for side in (0, 1))
        axes = f"([{lefts}], [{rights}])"
        return f"{self.module}.tensordot({self.text(left)}, {self.text(right)}, {axes})", ATOM

    # -- slices -----------------------------------------------------------------------------------
    def keys(self, keys: Sequence[Key], shape: Sequence[Index]) -> str:
        """Slices of an array of that shape, as they stand in square brackets."""
        extents = iter(shape)
        ends = [None if isinstance(key, Fresh) else next(extents) for key in keys]
        kept = list(keys)
        while len(kept) > 1 and kept[-1] == Whole():
            kept.pop()
        first = next((n for n, key in enumerate(kept) if key != Whole()), 0)
        texts = [self._key(key, end) for key, end in zip(kept, ends, strict=False)]
        if len(kept) == len(keys) and first > 2 and not any(isinstance(k, Fresh) for k in keys):
            return ", ".join(["...", *texts[first:]])
        return ", ".join(texts)

    def _key(self, key: Key, extent: Index | None) -> str:
        match key:
            case Whole(reverse=reverse):
                return "::-1" if reverse else ":"
            case Pick(at=at):
                return self.sizes.text(at)
            case Cut(start=start, step=step):
                first = "" if start == 0 else self.sizes.text(start)
                stop = "" if key.stop == extent else self.sizes.text(key.stop)
                tail = "" if step == 1 else self.sizes.text(step)
                return sliced(first, stop, tail)
        return "None"

    def _view(self, source: Array, keys: Sequence[Key]) -> str:
        turned = [axis for axis, key in enumerate(keys) if isinstance(key, Whole) and key.reverse]
        if turned:
            return self.turned(self.text(source, ATOM), len(keys), turned)
        return f"{self.text(source, ATOM)}[{self.keys(keys, source.shape)}]"

    # -- zeros that are written into --------------------------------------------------------------
    def _embedded(self, node: Embed) -> str:
        source = self.text(node.source) if node.source.is_number else self.named(node.source)
        name = self._zeros(node, "padded" if node.lowest else node.called, source, node.lowest)
        self.lines.append(f"{name}[{self.keys(node.keys, node.shape)}] = {source}")
        return name

    def _spread(self, node: Spread) -> str:
        source = self.text(node.source)
        if not node.source.is_number and not source.isidentifier():
            source = self._assigned(node.source, "values", source)
        name = self._zeros(node, node.called, source, False)
        strides = self.names.new("strides")
        self.lines.append(f"{strides} = {self.strides(name)}")
        steps = [f"{strides}[{axis}]" for axis in range(len(node.shape))]
        counts = list(node.shape)
        keys: list[Key] = [Whole() for _ in counts]
        for landing in node.landings:
            along = steps[landing.axis]
            counts[landing.axis] = landing.count
            steps[landing.axis] = self._times(landing.step, along)
            for axis, step in landing.others:
                steps[axis] += f" + {self._times(step, along)}"
            if landing.offset != 0:
                keys[landing.axis] = Cut(landing.offset, node.shape[landing.axis] - landing.offset)
        start = name if all(key == Whole() for key in keys) else f"{name}[{self.keys(keys, node.shape)}]"
        view = self.strided(start, self.sizes.shape(counts), f"({', '.join(steps)},)")
        diagonals = self.names.new("diagonals")
        self.lines += [f"{diagonals} = {view}", f"{diagonals}[...] = {source}"]
        return name

    def _times(self, step: Index, stride: str) -> str:
        return stride if step == 1 else f"{self.sizes.text(step, SIZE_PRODUCT)} * {stride}"

    def _zeros(self, node: Embed | Spread, wanted: str, source: str, lowest: bool) -> str:
        shape = self.sizes.shape(node.shape)
        like = None if node.source.is_number else source
        name = self._written[node] = self.names.new(wanted or "padded")
        self.lines.append(f"{name} = {self.filled(shape, like, lowest)}")
        return name

    # -- positions --------------------------------------------------------------------------------
    def _positions(self, node: Affine) -> tuple[str, int]:
        terms = []
        for axis, (count, step) in enumerate(zip(node.shape, node.coefficients, strict=True)):
            text = self.arange(self.sizes.text(count))
            later = len(node.shape) - axis - 1
            text += f"[:{', None' * later}]" if later else ""
            negative = step.constant is not None and step.constant < 0
            factor = -step if negative else step
            terms.append(("-" if negative else "+", text if factor == 1 else self._times(factor, text)))
        if node.start != 0 or not terms:
            terms.append(("+", self.sizes.text(node.start, SIZE_PRODUCT)))
        terms.sort(key=lambda term: term[0] == "-")
        sign, text = terms[0]
        text = f"-{text}" if sign == "-" else text
        for sign, term in terms[1:]:
            text += f" {sign} {term}"
        return text, SUM

    # -- what each library writes in its own way --------------------------------------------------
    module: ClassVar[str]
    copied: ClassVar[str]

    @abstractmethod
    def header(self) -> list[str]:
        """The imports."""

    @abstractmethod
    def transposed(self, source: Array, order: Sequence[int]) -> str:
        """The source with its axes in another order."""

    @abstractmethod
    def turned(self, source: str, rank: int, axes: Sequence[int]) -> str:
        """The source with some axes reversed."""

    @abstractmethod
    def special(self, node: Array) -> str:
        """An operation that has a name of its own in each library."""

    @abstractmethod
    def filled(self, shape: str, like: str | None, lowest: bool) -> str:
        """An array of zeros, or of -∞, of the kind of `like`."""

    @abstractmethod
    def strides(self, name: str) -> str:
        """The strides of an array."""

    @abstractmethod
    def strided(self, start: str, shape: str, strides: str) -> str:
        """A view of an array's memory."""

    @abstractmethod
    def arange(self, count: str) -> str:
        """The integers from 0 on."""


def outside_brackets(text: str) -> str:
    """The text without what is in brackets."""
    depth, kept = 0, []
    for letter in text:
        depth -= letter in ")]"
        kept += [letter] if depth == 0 else []
        depth += letter in "(["
    return "".join(kept)


def sliced(start: str, stop: str, step: str) -> str:
    """`start:stop:step`, with spaces around the colons where an operand is an expression."""
    spaced = any(" " in part for part in (start, stop, step))
    parts = [start, stop, step] if step else [start, stop]
    if not spaced:
        return ":".join(parts)
    text = " : ".join(parts).strip()
    return text.replace(":  :", "::")
