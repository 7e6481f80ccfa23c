"""A whole function in source: its signature, docstring, sizes, checks and body."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from symgrad.decide.verdict import Scope
from symgrad.emission.array import Array, Input, Reshape
from symgrad.emission.bounds import Bounds
from symgrad.emission.libraries import LIBRARIES
from symgrad.emission.lower import Lowering
from symgrad.emission.names import Names
from symgrad.emission.shift import shifted
from symgrad.emission.signature import Signature, Solved, as_written, extents_in, quotient, signature
from symgrad.emission.sizes import ATOM, PRODUCT, Sizes
from symgrad.emission.wrap import WIDTH, wrapped
from symgrad.emission.write import Writer
from symgrad.language.index import Constraint, Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import Apply, Function, walk
from symgrad.language.symbol import Floor, Symbol
from symgrad.language.tensor import Axis, Comprehension, Tensor, Variable

WORDS = {
    "pad": "padded",
    "dilate": "dilated",
    "rot180": "turned",
    "flip": "turned",
    "swap": "swapped",
    "upsample": "upsampled",
    "fold": "folded",
    "flatten": "flat",
    "unflatten": "maps",
    "transpose": "transposed",
    "correlate": "correlated",
    "hadamard": "product",
    "matmul": "product",
    "expand": "expanded",
    "apply": "activated",
    "slice": "part",
    "full": "constant",
    "sum_axes": "total",
    "+": "total",
    "-": "difference",
    "*": "product",
    "/": "quotient",
    "**": "power",
}
"""What the result of an operator is called in the source, if not as the operator."""


@dataclass
class Emitted:
    """One function being written. `about` is its docstring, in lines; arrays in `first` go before others."""

    name: str
    tensor: Tensor
    scope: Scope
    library: str
    about: Sequence[str]
    first: Sequence[Variable] = ()
    lines: list[str] = field(default_factory=list)

    def source(self) -> str:
        """The module: imports, and the function."""
        names = Names()
        self.function = names.new(self.name)
        self.variables = self._variables()
        self.signature = signature(self.tensor, self.variables)
        self.bounds = Bounds(self.scope)
        self.sizes = Sizes(names, self.lines.append, self.bounds.named, self._extents())
        for symbol in self.signature.said:  # sizes first: they are what the scope speaks of
            self.sizes.declare(symbol)
        for symbol in (*self.signature.shown, *(solved.symbol for solved in self.signature.solved)):
            self.sizes.declare(symbol)
        self.arrays: dict[Tensor, str] = {v: names.new(v.name, v.name.lower()) for v in self.variables}
        writer = LIBRARIES[self.library](names, self.sizes, self.lines)
        writer.functions = {function: names.new(str(function)) for function in self._functions()}
        writer.first = next((self.arrays[v] for v in self.variables if v.ndim), None)
        hints = {node: _hint(node) for node in nodes(self.tensor) if isinstance(node, Comprehension)}
        self._shapes()
        result = shifted(Lowering(self.bounds, self.arrays | hints)(self.tensor), self.bounds.positive)
        writer.result(self._grouped(result))
        return self._module(writer)

    # -- parameters -------------------------------------------------------------------------------
    def _variables(self) -> list[Variable]:
        read = {node for node in nodes(self.tensor) if isinstance(node, Variable)}
        return [v for v in dict.fromkeys((*self.first, *as_written(self.tensor))) if v in read]

    def _functions(self) -> list[Function]:
        """Functions of which nothing is known: parameters."""
        found: dict[Function, None] = {}
        for node in nodes(self.tensor):
            if isinstance(node, Comprehension):
                for inner in walk(node.body):
                    if isinstance(inner, Apply) and isinstance(inner.function, Function):
                        found[inner.function] = None
        return sorted(found, key=lambda function: (function.name, function.order))

    def _extents(self) -> dict[Floor, tuple[str, Index]]:
        """What the extents that are quotients are called: as the indices that run over them."""
        found: dict[Floor, tuple[str, Index]] = {}
        for node in reversed(nodes(self.tensor)):
            if isinstance(node, Comprehension):
                wanted = [symbol.name.upper() for symbol in node.indices]
            elif isinstance(node, Variable):
                divided = [k for k, extent in enumerate(node.extents) if quotient(extent)]
                letters = {1: "Y", 2: "YX", 3: "TYX"}.get(len(divided), "")
                named = dict(zip(divided, letters, strict=False))
                wanted = [named.get(k, f"{node.name}_{k}") for k in range(len(node.extents))]
            else:
                continue
            for name, extent in zip(wanted, node.extents, strict=True):
                floor = quotient(extent)
                if floor is not None:
                    found.setdefault(floor, (name, extent))
        return found

    # -- shapes -----------------------------------------------------------------------------------
    def _shapes(self) -> None:
        """Lines that read sizes off shapes and check that the shapes fit and are in scope."""
        found: Signature = self.signature
        for variable in self.variables:
            names = ["_"] * variable.ndim
            for symbol, (owner, axis) in found.shown.items():
                if owner is variable:
                    names[axis] = self.sizes.text(Index.of(symbol))
            for floor, (owner, axis) in found.quotients.items():
                if owner is variable:
                    names[axis] = self.sizes.given(floor)
            if any(name != "_" for name in names):
                left = ", ".join(names) + ("," if len(names) == 1 else "")
                left = f"({left})" if len(names) == 1 else left
                self.lines.append(f"{left} = {self.arrays[variable]}.shape")
        self._least([*found.shown, *found.said])
        for solved in found.solved:
            self._solve(solved)
        self._least([solved.symbol for solved in found.solved])
        self._constraints()
        self._fit()
        for variable in self.variables:
            if any(len(axis) > 1 for axis in variable.axes):
                name = self.arrays[variable]
                listed = ", ".join(map(self.sizes.text, variable.extents))
                self.lines.append(f"{name} = {name}.reshape({listed})")

    def _solve(self, solved: Solved) -> None:
        name = self.sizes.text(Index.of(solved.symbol))
        text = f"{self.arrays[solved.variable]}.shape[{solved.axis}]"
        divided = solved.factor != 1
        if solved.rest != 0:
            text += f" - {self.sizes.text(solved.rest, PRODUCT)}"
            text = f"({text})" if divided else text
        if divided:
            text += f" // {self.sizes.text(solved.factor, ATOM)}"
        self.lines.append(f"{name} = {text}")

    def _least(self, symbols: Sequence[Symbol]) -> None:
        for least in sorted({symbol.minimum for symbol in symbols}, reverse=True):
            names = [self.sizes.text(Index.of(s)) for s in symbols if s.minimum == least]
            test = (f"min({', '.join(names)})" if len(names) > 1 else names[0]) + f" < {least}"
            listed = ", ".join(names)
            what = listed if len(listed) <= WIDTH // 2 else "every size"
            self._unless([test], f"{what} must be at least {least}")

    def _constraints(self) -> None:
        tests = []
        for constraint in self.scope.constraints:
            unknown = any(symbol not in self.sizes.known for symbol in constraint.polynomial.symbols())
            if constraint.truth is None and not unknown:
                tests.append(self._fails(constraint))
        for symbol, values in self.scope.each:
            tests.append(f"{self.sizes.text(Index.of(symbol))} not in {values!r}")
        self._unless(tests, "sizes outside the scope of the proof")

    def _fails(self, constraint: Constraint) -> str:
        terms = constraint.polynomial.terms
        left = Index({m: c for m, c in terms.items() if c > 0})
        right = Index({m: -c for m, c in terms.items() if c < 0})
        return f"{self.sizes.text(left)} {'!=' if constraint.equality else '<'} {self.sizes.text(right)}"

    def _fit(self) -> None:
        tests = []
        for variable in self.variables:
            shape = [_product(axis) for axis in variable.axes]
            owned = list(map(self._owner, shape))
            if [(variable, axis) for axis in range(variable.ndim)] != owned:
                tests.append(f"{self.arrays[variable]}.shape != {self.sizes.shape(shape)}")
        self._unless(tests, "shapes that do not fit")

    def _owner(self, extent: Index) -> tuple[Variable, int] | None:
        """The axis that an extent is read off."""
        floor = quotient(extent)
        if floor is not None:
            return self.signature.quotients.get(floor)
        return self.signature.shown.get(extent.symbol) if extent.symbol else None

    def _unless(self, tests: Sequence[str], problem: str) -> None:
        if tests:
            self.lines += [f"if {' or '.join(tests)}:", f'    raise ValueError("{problem}")']

    def _grouped(self, result: Array) -> Array:
        """The result with each compound axis as one, and never a parameter itself."""
        if all(len(axis) == 1 for axis in self.tensor.axes) and not isinstance(result, Input):
            return result
        shape = tuple(map(_product, self.tensor.axes))
        return Reshape(shape=shape, source=result)

    # -- text -------------------------------------------------------------------------------------
    def _module(self, writer: Writer) -> str:
        body = [line for text in self.lines for line in _statement(text)]
        head = [*writer.header(), "", ""]
        return "\n".join([*head, *self._definition(writer), *self._docstring(writer.notes), *body, ""])

    def _definition(self, writer: Writer) -> Iterator[str]:
        kind = writer.array_type
        parameters = [
            f"{self.arrays[variable]}: {kind}{'' if variable.ndim else ' | float'}"
            for variable in self.variables
        ]
        parameters += [f"{name}: Callable[[{kind}], {kind}]" for name in writer.functions.values()]
        plain = extents_in([self.tensor, *self.variables])
        if self.signature.said:
            parameters.append("*")
        for symbol in self.signature.said:
            default = "" if symbol in plain else f" = {symbol.minimum}"
            parameters.append(f"{self.sizes.text(Index.of(symbol))}: int{default}")
        yield from wrapped(f"def {self.function}({', '.join(parameters)}) -> {kind}:")

    def _docstring(self, notes: Iterable[str]) -> Iterator[str]:
        first, *more_title = _folded(self.about[0])
        yield f'    r"""{first}'
        yield from (f"    {piece}" for piece in more_title)
        for line in self.about[1:]:
            yield from (f"    {piece}".rstrip() for piece in _folded(line))
        yield ""
        more: list[str] = []  # what the shapes speak of, if it is not in the body
        sizes = replace(self.sizes, line=more.append)
        width = max(map(len, ["returns", *self.arrays.values()]))
        for variable, name in self.arrays.items():
            assert isinstance(variable, Variable)
            meaning = "" if name == variable.name else f", the {variable.name} of the formula"
            yield from _entry(name, f"{sizes.shape(map(_product, variable.axes))}{meaning}", width)
        yield from _entry("returns", sizes.shape(map(_product, self.tensor.axes)), width)
        if more:
            yield from ("", *(f"    {line}" for line in more))
        if notes:
            yield from ("", *(f"    {piece}" for note in notes for piece in _folded(note)))
        yield '    """'


def _entry(name: str, meaning: str, width: int) -> Iterator[str]:
    """A line of the docstring about an argument, or several with a hanging indent."""
    first, *rest = textwrap.wrap(meaning, WIDTH - width - 6, break_long_words=False)
    yield f"    {name:{width}}  {first}"
    yield from (f"    {'':{width}}  {line}" for line in rest)


def _hint(node: Comprehension) -> str:
    return WORDS.get(node.call.name, node.call.name) if node.call else "values"


def _statement(line: str) -> list[str]:
    indented = f"    {line}"
    if len(indented) > WIDTH and line.startswith("if ") and line.endswith(":"):
        tests = line[3:-1].split(" or ")
        inner = [f"        {'or ' if number else ''}{test}" for number, test in enumerate(tests)]
        return ["    if (", *(piece for test in inner for piece in wrapped(test)), "    ):"]
    if line.startswith("    raise"):
        return [indented]
    if len(indented) > WIDTH and " = " in line and not line.endswith((")", "]")):
        target, value = line.split(" = ", 1)
        return [f"    {target} = (", f"        {value}", "    )"] if len(value) + 8 <= WIDTH else [indented]
    return wrapped(indented)


def _folded(text: str, width: int = WIDTH - 4) -> list[str]:
    """Words in lines; nothing in them ends a docstring."""
    text = " ".join(text.splitlines()).replace('"""', "'''")
    lines: list[str] = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _product(axis: Axis) -> Index:
    return math.prod(axis[1:], start=axis[0])
