r"""A formula of the library's own operators, or of entries, read as a tensor: the way back from `write`."""

from __future__ import annotations

import difflib
import inspect
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NoReturn, overload

from symgrad.errors import SymgradError
from symgrad.formula.index import index_of
from symgrad.formula.letters import GREEK_LETTERS
from symgrad.formula.levels import require_mark
from symgrad.formula.parse import FormulaError
from symgrad.formula.parse import parse as parse_tree
from symgrad.formula.problem import Meaningless
from symgrad.formula.setting import MODES, ROLES
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
    Number,
    Raised,
    Relation,
    Several,
    Sum,
)
from symgrad.formula.syntax import Slice as Part
from symgrad.formula.write import name_of
from symgrad.language.functions import KNOWN, Known
from symgrad.language.index import Constraint, Index, equals
from symgrad.language.operator import OPERATORS
from symgrad.language.scalar import Function, Scalar, as_scalar
from symgrad.language.scalar import Indicator as Condition
from symgrad.language.scalar import Sum as IndexSum
from symgrad.language.sizes import sizes_of
from symgrad.language.symbol import Symbol, index_symbol
from symgrad.language.tensor import Comprehension, Tensor, axes_of


@overload
def parse(text: str) -> tuple[Equation, ...]: ...


@overload
def parse(text: str, names: Mapping[str, Tensor | Index | Function]) -> Tensor: ...


def parse(
    text: str, names: Mapping[str, Tensor | Index | Function] | None = None
) -> tuple[Equation, ...] | Tensor:
    r"""The tensor that a formula writes with the library's operators, in text or LaTeX.

    Without `names`, what is written and not yet what it means: the equations as trees, of which there is
    one for both spellings.

    `names` says what its names are: tensors, sizes and functions; the sizes in the shapes of the tensors
    are known by their own names, and what is called as σ, f, g or φ is an elementwise function. Signs are
    `+ - /`, `·` for `*` (elementwise, with broadcasting), `⊙` for hadamard, `@` for matmul. A star is
    refused: it may be a correlation or a convolution, so say which.

    A tensor by its entries stands in brackets with how far its indices run, each from 0:
    `(Σ_{u < K} a[y + u]·w[u])_{y < H - K + 1}`; in it, `[i = j]` and `[0 ≤ i < N]` are 1 where that is so.

    The same formula gives the same object as the same Python, and `write` is its inverse.

    Raises FormulaError, with the place in the text, for anything it cannot read.

    >>> import symgrad as sg
    >>> H, K = sg.sizes("H K")
    >>> delta, w = sg.tensor("delta", H - K + 1), sg.tensor("w", K)
    >>> claim = parse(
    ...     r"\operatorname{correlate}(\operatorname{pad}(\delta, K - 1), \operatorname{rot180}(w))",
    ...     {"delta": delta, "w": w},
    ... )
    >>> claim is sg.correlate(sg.pad(delta, K - 1), sg.rot180(w))
    True
    >>> parse("δ_i = Σ_j δ_j * W_{ij}") == parse(r"\delta_i = \sum_j \delta_j \ast W_{ij}")
    True
    """
    equations = parse_tree(text)
    if names is None:
        return equations
    if len(equations) != 1 or len(equations[0].parts) != 1:
        raise FormulaError(text, 0, "one expression is expected here, and no equation")
    [node] = equations[0].parts
    reading = _Expression(names)
    try:
        found = reading.of(node)
        if not isinstance(found, Tensor):
            raise Meaningless("this is a number, and no tensor", node)
    except Meaningless as problem:
        place = problem.node.span[0] if problem.node is not None else 0
        raise FormulaError(text, place, problem.problem) from None
    except RecursionError:
        raise FormulaError(text, 0, "this is nested too deeply") from None
    return found


class _Expression:
    """What the names are; gives expressions their values."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.named: dict[Name, Any] = {}
        self.sizes: dict[Name, Index] = {}
        self.functions: dict[Name, Function] = {}
        self.indices: dict[Name, Index] = {}
        for symbol in sizes_of(value for value in names.values() if isinstance(value, Tensor)):
            self.sizes[name_of(symbol.name)] = Index.of(symbol)
        for name, value in names.items():
            known = name_of(name)
            if isinstance(value, Tensor):
                if self.named.setdefault(known, value) is not value:
                    raise SymgradError(f"{name} is the name of two tensors")
            elif isinstance(value, Index):
                self.sizes[known] = value
            elif isinstance(value, Function):
                self.functions[known] = value
            else:
                raise TypeError(f"{name} is {value!r}; expected a tensor, a size or a function")

    # -- values -----------------------------------------------------------------------------------
    def of(self, node: Expression) -> Any:
        """A tensor, a scalar, a size or a number. Raises Meaningless."""
        match node:
            case Number(number):
                return _plain(number)
            case Name(brackets=(), sup=sup):
                bare = Name(node.text, node.primes, node.sub)
                value = next((d[bare] for d in (self.named, self.indices, self.sizes) if bare in d), None)
                if value is None:
                    self._unknown(node)
                return value if sup is None else self._power(value, sup, node)
            case Name(sup=None):
                return self._part(Name(node.text, node.primes, node.sub, span=node.span), node.brackets, node)
            case Bracketed(body, brackets):
                return self._part(body, brackets, node)
            case Negative(body):
                return self._made(lambda: -self.of(body), node)
            case Binary():
                return self._binary(node)
            case Raised(body, (), sup) if sup is not None:
                return self._power(self.of(body), sup, node)
            case Call(Name("floor"), _, ()):
                return self.size(node)
            case Call(Name("size"), (inside,), ()):
                return self.size(node)
            case Call():
                return self._call(node)
            case Family(body, axes):
                return self._family(body, axes)
            case Sum(bounds, body):
                return self._sum(bounds, body, node)
            case Indicator(conditions):
                return Condition(tuple(c for relation in conditions for c in self._conditions(relation)))
            case Matrix(((inside,),)):
                return self.of(inside)
        raise Meaningless("this is no expression of operators", node)

    def size(self, node: Expression) -> Index:
        """The size that an expression is; names are those of sizes. Raises Meaningless."""

        def known(name: Name) -> Index:
            bare = Name(name.text, name.primes, name.sub)
            found = self.indices.get(bare) or self.sizes.get(bare)
            if found is None or name.brackets:
                self._unknown(name)
            return found

        return index_of(node, known, self.sizes.get)

    def _unknown(self, name: Name) -> NoReturn:
        known = [n.text for n in (*self.named, *self.sizes, *self.functions)]
        near = difflib.get_close_matches(name.text, known, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near and near[0] != name.text else ""
        raise Meaningless(f"what {name.text} is, `names` does not say{hint}", name)

    def _made(self, make: Callable[[], Any], node: Expression) -> Any:
        try:
            found = make()
        except Meaningless:
            raise
        except (SymgradError, TypeError, ZeroDivisionError) as problem:
            raise Meaningless(str(problem), node) from None
        return found

    # -- arithmetic -------------------------------------------------------------------------------
    def _binary(self, node: Binary) -> Any:
        left, right = self.of(node.left), self.of(node.right)
        tensors = isinstance(left, Tensor) and isinstance(right, Tensor)
        match node.sign:
            case "⊙":
                return self._made(lambda: OPERATORS["hadamard"](left, right), node)
            case "@":
                return self._made(lambda: OPERATORS["matmul"](left, right), node)
            case "" if tensors:
                return self._made(lambda: OPERATORS["matmul"](left, right), node)
            case "*" | "⊗" if tensors:
                raise Meaningless(
                    "a star may be correlate, convolve or an elementwise product: say which", node
                )
        return self._made(lambda: _arithmetic(node.sign, left, right), node)

    def _power(self, value: Any, sup: Expression, node: Expression) -> Any:
        match sup:
            case Name("T", 0, (), None, ()) if isinstance(value, Tensor):
                return self._made(lambda: OPERATORS["transpose"](value), node)
        exponent: Any = self.of(sup)
        if not isinstance(exponent, (int, Fraction)) or not -99 <= exponent <= 99:
            raise Meaningless("an exponent is a number, and not above 99", sup)
        return self._made(lambda: value**exponent, node)

    def _part(self, body: Expression, brackets: tuple[Expression, ...], node: Expression) -> Any:
        value = self.of(body)
        if not isinstance(value, Tensor):
            raise Meaningless("only a tensor has entries", node)
        keys = tuple(map(self._key, brackets))
        return self._made(lambda: value[keys], node)

    def _key(self, node: Expression) -> Any:
        match node:
            case Dots():
                return Ellipsis
            case Part(start, stop, step):
                return slice(*(None if end is None else self._whole(end) for end in (start, stop, step)))
            case Name("none", 0, (), None, ()):
                return None
            case Several(items):
                return tuple(map(self._key, items))
        return self._whole(node)

    def _whole(self, node: Expression) -> int | Index:
        found = self.size(node)
        return found if found.constant is None else found.constant

    # -- entries ----------------------------------------------------------------------------------
    def _family(self, body: Expression, axes: tuple[tuple[tuple[str, Expression], ...], ...]) -> Tensor:
        extents = tuple(tuple(self.size(extent) for _, extent in axis) for axis in axes)
        indices = tuple(index_symbol(letter) for axis in axes for letter, _ in axis)
        if len(set(indices)) < len(indices):
            raise Meaningless("two axes have the same index", body)
        outside, self.indices = self.indices, {}  # a tensor in brackets does not know what is around it
        try:
            inside = self._entry(body, indices)
        finally:
            self.indices = outside
        return self._made(lambda: Comprehension(axes_of(extents), indices, inside), body)  # type: ignore[no-any-return]

    def _sum(
        self,
        bounds: tuple[Bound, ...],
        body: Expression,
        node: Sum,
    ) -> Scalar:
        over = []
        for letter, first, last in bounds:
            if first is None or last is None or self.size(first) != Index.of(0):
                raise Meaningless(f"a sum runs from 0 here, such as {letter} < N", node)
            over.append((index_symbol(letter), self.size(last) + 1))
        return IndexSum(tuple(over), self._entry(body, [symbol for symbol, _ in over]))

    def _entry(self, body: Expression, indices: Iterable[Symbol]) -> Scalar:
        """What is inside, where some more indices are known."""
        outside = self.indices
        self.indices = outside | {name_of(symbol.name): Index.of(symbol) for symbol in indices}
        try:
            found = as_scalar(self.of(body))
        finally:
            self.indices = outside
        if not isinstance(found, Scalar):
            raise Meaningless("an entry is a number, and no tensor", body)
        return found

    def _conditions(self, relation: Relation) -> Iterator[Constraint]:
        sides = list(map(self.size, relation.parts))
        for sign, (left, right) in zip(relation.signs, itertools.pairwise(sides), strict=True):
            if sign == "=":
                yield equals(left, right)
            else:
                yield Constraint(right - left - (1 if sign == "<" else 0))

    # -- operators --------------------------------------------------------------------------------
    def _call(self, node: Call) -> Any:
        name = _joined(node.function)
        made = OPERATORS.get({"sum": "sum_axes"}.get(name, name))
        if made is None or node.function.primes or Name(node.function.text) in self.functions:
            return self._applied(node)
        parameters = list(inspect.signature(made).parameters.values())
        if len(node.arguments) > len(parameters):
            raise Meaningless(f"{name} takes at most {len(parameters)} arguments", node)
        arguments = [
            self._argument(argument, parameter)
            for argument, parameter in zip(node.arguments, parameters, strict=False)
        ]
        named = {parameter.name: parameter for parameter in parameters}
        options = {}
        for written, value in node.options:
            key = _LATIN.get(written, written)  # alpha= and α= are the same
            if key not in named:
                raise Meaningless(f"{name} takes no argument {key}", value)
            options[key] = self._argument(value, named[key])
        return self._made(lambda: made(*arguments, **options), node)

    def _argument(self, node: Expression, parameter: inspect.Parameter) -> Any:
        """An argument: a tensor where the operator is annotated so, else sizes and words."""
        if "Tensor" in str(parameter.annotation):
            value = None if node == Name("none") else self.of(node)
            if value is not None and not isinstance(value, Tensor):
                raise Meaningless(f"a number stands where the tensor {parameter.name} is wanted", node)
            return value
        return self._setting(node)

    def _setting(self, node: Expression) -> Any:
        words = {"none": None, "true": True, "false": False}
        match node:
            case Several(items):
                return tuple(map(self._setting, items))
            case Name(text, 0, (), None, ()) if node not in self.sizes and text in (*words, *MODES):
                return words.get(text, text)
            case Negative(Number(value)) | Number(value) if value.denominator == 1:
                return self._whole(node)
            case Number() | Binary("/"):
                return self.of(node)
            case Name(text, primes, sub, None, ()) if Name(text, primes, sub) in self.named:
                return self.of(node)
        return self.size(node)

    def _applied(self, node: Call) -> Any:
        require_mark(node.function)
        bare = Name(node.function.text, 0, node.function.sub)
        function: Any = self.functions.get(bare) or _KNOWN.get(bare)
        if function is None and (node.function.text in ROLES["σ"] and not node.function.sub):
            function = Function(node.function.text)
        if function is None or len(node.arguments) != 1 or node.options:
            near = difflib.get_close_matches(node.function.text, list(OPERATORS), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise Meaningless(f"there is no operator {node.function.text}{hint}", node)
        for _ in range(node.function.primes):
            function = function.prime
        value = self.of(node.arguments[0])
        argument = value if isinstance(value, Tensor) else as_scalar(value)
        return self._made(lambda: function(argument), node)


_LATIN = {letter: name for name, letter in GREEK_LETTERS.items()}


def _joined(name: Name) -> str:
    """A name of several words: root_mean_square is read as root with mean_square below."""
    return "_".join((name.text, *(_joined(below) for below in name.sub if isinstance(below, Name))))


_KNOWN = {name_of(name): Known(name) for name in KNOWN}


def _plain(value: Fraction) -> int | Fraction:
    return int(value) if value.denominator == 1 else value


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "·": operator.mul, "*": operator.mul, "⊗": operator.mul,
    "": operator.mul, "/": operator.truediv,
}  # fmt: skip


def _arithmetic(sign: str, left: Any, right: Any) -> Any:
    if sign == "/" and not isinstance(left, Tensor) and not isinstance(right, Tensor):
        if all(isinstance(value, (int, Fraction)) for value in (left, right)):
            return _plain(Fraction(left) / right)
        top, bottom = as_scalar(left), as_scalar(right)
        assert isinstance(top, Scalar)
        assert isinstance(bottom, Scalar)
        return top / bottom
    if isinstance(left, Fraction) and isinstance(right, Index):
        left = as_scalar(left)
    if isinstance(right, Fraction) and isinstance(left, Index):
        right = as_scalar(right)
    return _ARITHMETIC[sign](left, right)
