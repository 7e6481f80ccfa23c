"""What a formula at layer level means: operators on maps, letters for maps, matrices for dense layers."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symgrad.derive import vjp
from symgrad.errors import ShapeError, SymgradError
from symgrad.formula.activations import ELEMENTWISE
from symgrad.formula.inner import INNER
from symgrad.formula.levels import derivative_of, may_mark, require_mark
from symgrad.formula.names import TURNED, Names
from symgrad.formula.operators import OPERATORS, inner, outer
from symgrad.formula.problem import Meaningless
from symgrad.formula.syntax import (
    Binary,
    Call,
    Dots,
    Expression,
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
    Sum,
    walk,
)
from symgrad.formula.target import is_j, name_of
from symgrad.formula.things import Thing
from symgrad.formula.values import (
    Value,
    added,
    as_number,
    as_tensor,
    have_only_entries,
    powered,
    product,
    quotient,
    times,
    transposed,
)
from symgrad.language.algebra import hadamard, matmul
from symgrad.language.build import build
from symgrad.language.functions import step
from symgrad.language.index import Index, equals
from symgrad.language.maps import convolve, correlate, pad, rot180
from symgrad.language.scalar import Constant, Scalar, add, multiply
from symgrad.language.scalar import Indicator as Condition
from symgrad.language.tensor import Tensor


@dataclass
class Meaning(Names):
    """Gives expressions their tensors in one reading."""

    # -- expressions ------------------------------------------------------------------------------
    def of(self, node: Expression) -> Value:
        """The value of an expression. Raises Meaningless."""
        match node:
            case Number(value):
                return value
            case Name():
                return self.named(node)
            case Negative(body):
                return times(self.of(body), Fraction(-1))
            case Binary():
                found = derivative_of(node)
                return self.derivative(*found) if found else self._binary(node)
            case Call():
                return self._call(node)
            case Raised(body, sub, sup):
                return self._raised(body, sub, sup, node)
            case Indicator():
                return self._indicator(node)
            case Sum((), body):
                return self._summed(body, node)
            case Sum(bounds, body):
                return self._sum([name for name, _, _ in bounds], body, node)
            case Matrix(rows):
                return self._matrix(rows, node)
            case Norm():
                raise Meaningless("a norm without a square is not differentiable", node)
            case Dots():
                raise Meaningless("dots stand for something that is not written", node)
            case Partial():
                raise Meaningless("∂ stands alone here", node)
            case Several():
                raise Meaningless("several things in brackets are no map", node)
        raise Meaningless("this has no meaning here", node)

    def _chain(self, node: Binary) -> Value | None:
        """`(∂z/∂x)^T δ` or `δ ∂z/∂x`: what goes back through z to x; None for any other product."""
        factors = list(_factors(node))
        for place, jacobian in enumerate(factors):
            body = jacobian.body if isinstance(jacobian, Raised) and not jacobian.sub else jacobian
            found = derivative_of(body)
            if len(factors) == 1 or found is None or is_j(found[0], self.setting):
                continue
            others = factors[:place] + factors[place + 1 :]
            other = functools.reduce(lambda left, right: Binary("", left, right, span=node.span), others)
            names = [name_of(part) for part in found]
            if names[0] is None or names[1] is None:
                raise Meaningless("a derivative is taken of a name by a name", body)
            self.only_marked(names[0])
            self.only_marked(names[1])
            top, bottom = (self.thing(name) for name in names if name is not None)
            letters = [self.letters(name.sub) for name in names if name is not None]
            if top.maps and top.maps != bottom.maps and self.world.layer == "conv2d":
                return self._through_one_kernel(top, bottom, letters, other, body)
            if top.maps != bottom.maps or letters[0] != letters[1] or len(letters[0]) != len(top.maps):
                raise Meaningless("a derivative of one map by another is read where they go in pairs", body)
            cotangent = self.tensor(other)
            if set(self.lift.letters(cotangent)) - set(letters[0]):
                raise Meaningless("the derivative beside it is of another map", body)
            try:
                if not letters[0]:
                    return vjp(top.tensor, bottom.tensor, cotangent)
                for letter, extent in zip(letters[0], top.tensor.extents, strict=False):
                    self.lift.extents.setdefault(letter, extent)
                whole = vjp(top.tensor, bottom.tensor, self.lift.over(cotangent, letters[0]))
                return self.lift.map("chain", whole, letters[0])
            except ShapeError as problem:
                raise Meaningless(str(problem), node) from None
        return None

    def _through_one_kernel(
        self, top: Thing, bottom: Thing, letters: list[list[str]], other: Expression, node: Expression
    ) -> Value:
        """What goes back from one output map of a convolution to one input map, or to one kernel."""
        things, world = self.world.things, self.world
        role = next((r for r in ("lower", "a", "W") if r in things and things[r] is bottom), None)
        wanted = [1, 2 if role == "W" else 1]
        if role is None or top is not things["z"] or [len(found) for found in letters] != wanted:
            raise Meaningless("a derivative of z by what is below is read here, a letter for each map", node)
        one = self.ordered(bottom, letters[1]) if role == "W" else [*letters[0], *letters[1]]
        if one[0] != letters[0][0]:
            raise Meaningless("this kernel leads to another map", node)
        kernel = self.lift.map("W", things["W"].tensor, one)
        source = self.lift.map(below := "lower" if "lower" in things else "a", things[below].tensor, one[1:])
        given = world.activation.of(source) if below == "lower" else source
        padded = pad(given, list(world.padding)) if world.padding[0] != 0 else given
        z = correlate(padded, kernel, "valid", list(world.stride))
        return vjp(z, kernel if role == "W" else source, self.tensor(other))

    def _binary(self, node: Binary) -> Value:
        chained = self._chain(node)
        if chained is not None:
            return chained
        if node.sign in _SIDE_BY_SIDE and (total := self._by_ones(node)) is not None:
            return total
        left, right = self.of(node.left), self.of(node.right)
        numbers = [not isinstance(v, Tensor) or not v.extents for v in (left, right)]
        match node.sign:
            case "+" | "-":
                return self._added(left, right, node)
            case "⊙":
                return self._elementwise(left, right, node) if not any(numbers) else product(left, right)
            case "*" | "⋆" | "⊗":
                return product(left, right) if any(numbers) else self._starred(left, right, node)
            case "/":
                if numbers[1]:
                    return quotient(left, right)
                if self.world.kind == "entries" or (self.world.kind == "maps" and not self.world.window):
                    return self._divided(left, right, node)
                raise Meaningless("a map cannot be divided by", node.right)
        if any(numbers):
            return product(left, right)
        if node.sign == INNER:
            return self._guarded(lambda: inner(as_tensor(left, node), as_tensor(right, node)), node)
        if self.world.kind == "entries" and node.sign != "@":
            return self._elementwise(left, right, node)
        if self.world.kind == "maps":
            if not self.world.window and node.sign != "@":
                return self._elementwise(left, right, node)  # nothing slides: entry by entry
            raise Meaningless(
                "two maps side by side: say ⊙ for the elementwise product or * for a sliding one", node
            )
        if node.sign in ("", "·") and have_only_entries(left, right) and not self._are_weights(left):
            self.beside.append(node)
            return self._elementwise(left, right, node)
        return self._guarded(lambda: matmul(as_tensor(left, node), as_tensor(right, node)), node)

    def _by_ones(self, node: Binary) -> Value | None:
        r"""`\mathbf{1}^T X` and `X \mathbf{1}`: the sums of columns and of rows."""
        if self.world.kind != "matrix":
            return None
        kept = self.wrt != "b" or self.rows not in ("io", "oi")  # where a bias has one axis
        match node:
            case Binary(_, Name("1" | "𝟙", 0, (), Name("T"), ()), right):
                return self._guarded(lambda: self.tensor(right).sum(0, keepdims=kept), node)
            case Binary(sign, Binary("" | "·", left, Name("1" | "𝟙", 0, (), Name("T"), ()) as one), right):
                return self._binary(
                    Binary("", left, Binary(sign, one, right, span=node.span), span=node.span)
                )
            case Binary(_, left, Name("1" | "𝟙", 0, (), None, ())):
                return self._guarded(lambda: self.tensor(left).sum(1, keepdims=kept), node)
        return None

    def _are_weights(self, value: Value) -> bool:
        weights = self.world.things.get("W")
        return weights is not None and getattr(value, "extents", None) == weights.tensor.extents

    def _added(self, left: Value, right: Value, node: Binary) -> Value:
        if isinstance(left, Tensor) and isinstance(right, Tensor):
            x, y = left, right
            if x.ndim != y.ndim and x.extents and y.extents and self.world.kind == "maps":
                raise Meaningless(f"maps of {x.ndim} and {y.ndim} axes are added", node)
            return self._guarded(lambda: x + y if node.sign == "+" else x - y, node)
        other = right if node.sign == "+" else times(right, Fraction(-1))
        return added(left, other)

    def _divided(self, left: Value, right: Value, node: Binary) -> Value:
        """The quotient entry by entry."""
        y = as_tensor(right, node)
        if not isinstance(left, Tensor):
            return self._guarded(lambda: (y**-1) * as_number(left), node)
        x = left
        if x.extents and x.ndim != y.ndim and self.world.kind == "maps":
            raise Meaningless(f"maps of {x.ndim} and {y.ndim} axes are divided", node)
        return self._guarded(lambda: x / y, node)

    def _elementwise(self, left: Value, right: Value, node: Binary) -> Value:
        x, y = as_tensor(left, node), as_tensor(right, node)
        if self.world.kind == "entries":  # as NumPy: a row beside rows
            return self._guarded(lambda: x * y, node)
        return self._guarded(lambda: hadamard(x, y), node)

    def _starred(self, left: Value, right: Value, node: Binary) -> Value:
        if self.world.kind != "maps" or not self.world.window:
            if node.sign == "⋆":
                raise Meaningless("⋆ is a cross-correlation, which nothing slides in here", node)
            if node.sign == "⊗" and self.wrt == "W" and not _are_alike(left, right):
                return self._guarded(lambda: outer(as_tensor(left, node), as_tensor(right, node), node), node)
            return self._elementwise(left, right, node)
        x, y = as_tensor(left, node), as_tensor(right, node)
        if self._slides(node, x, y):
            x, y = y, x
        star = self.star if node.sign != "⋆" else self.setting.star or "correlation"
        operator = correlate if star == "correlation" else convolve
        return self._guarded(lambda: operator(x, y, self.mode), node)

    def _slides(self, node: Binary, x: Tensor, y: Tensor) -> bool:
        """Whether the kernel is written first: it slides over the map, whichever is named first."""
        roles = [{self._role_of(name) for name in walk(side)} for side in (node.left, node.right)]
        carried = {"a", "z", "δ"}
        if roles[0] & carried:
            return False
        in_numbers = self.mode == "valid" and x.extents == tuple(self.world.window) != y.extents
        return in_numbers or ("W" in roles[0] and bool(roles[1] & carried))

    def _role_of(self, node: Expression) -> str | None:
        if not isinstance(node, Name):
            return None
        role = self.setting.role(node.text)
        return "δ" if role is None and node.text[:1] == "d" and self.setting.role(node.text[1:]) else role

    def _guarded(self, make: Callable[[], Tensor], node: Expression) -> Tensor:
        try:
            return make()
        except SymgradError as problem:
            raise Meaningless(str(problem).split("; expected", maxsplit=1)[0], node) from None

    def tensor(self, node: Expression) -> Tensor:
        """The map that an expression is. Raises Meaningless for a number."""
        return as_tensor(self.of(node), node)

    def _raised(
        self, body: Expression, sub: tuple[Expression, ...], sup: Expression | None, node: Expression
    ) -> Value:
        if isinstance(body, Norm) and isinstance(sup, Number) and sup.value == 2:
            inside = as_tensor(self.of(body.body), node)
            return (inside * inside).sum()
        value = self.of(body)
        if sub:
            value = self._entry(value, sub, node)
        match sup:
            case None:
                return value
            case Name("T", 0, (), None, ()):
                return transposed(value, node)
            case Number(exponent):
                return powered(value, exponent, node)
            case Name(turned, 0, (), None, ()) if turned in TURNED:
                return rot180(as_tensor(value, node))
        if may_mark(sup, body):
            return value
        raise Meaningless("this superscript has no meaning here", node)

    def _entry(self, value: Value, sub: Sequence[Expression], node: Expression) -> Value:
        x = as_tensor(value, node)
        letters = self.letters(sub)
        if len(letters) == len(x.extents):
            own = self.lift.letters(x)
            whole = self.lift.over(x, own)
            return self.lift.map("entry", whole, [*own, *letters])
        if self.lift.letters(x) or not x.extents or set(letters) <= {*self.in_letters, *self.out_letters}:
            return x  # the letters only say again whose map it is
        raise Meaningless(f"{len(letters)} indices for {len(x.extents)} axes", node)

    def _sum(self, letters: list[str], body: Expression, node: Sum) -> Value:
        value = self.of(body)
        if not isinstance(value, Tensor):
            raise Meaningless("a sum of numbers without an index", node)
        unknown = [letter for letter in letters if letter not in self.lift.extents]
        if unknown:
            raise Meaningless(f"nothing in this sum depends on {unknown[0]}", node)
        return self.lift.summed(value, letters)

    def _summed(self, body: Expression, node: Sum) -> Tensor:
        """A sum that does not say of what: over the samples of a dense layer, the places of a map."""
        value = as_tensor(self.of(body), node)
        if self.world.kind == "entries":  # over the samples for a parameter, else along what is normalized
            return value.sum(0) if self.wrt in ("γ", "β") else value.sum(self.world.axis, keepdims=True)
        if self.world.kind != "matrix":
            return value.sum()
        if not self.world.things["b" if "b" in self.world.things else "W"].tensor.extents:
            return value.sum()  # of one output
        in_rows = self.rows in ("io", "oi")
        return value.sum(0 if in_rows else 1, keepdims=not in_rows)

    def _indicator(self, node: Indicator) -> Tensor:
        """`[z > 0]` and the like; away from 0, where ReLU has a slope, `[z ≥ 0]` is the same."""
        match node.conditions:
            case (Relation((Number(zero), x), (sign,)),) if zero == 0:
                is_positive = True
            case (Relation((x, Number(zero)), ("<" | "≤" as sign,)),) if zero == 0:
                is_positive = False
            case _:
                raise Meaningless("a condition is read that compares with 0, such as [z > 0]", node)
        value = self.tensor(x)
        if self.world.activation.name == "relu":
            return step(value) if is_positive else 1 - step(value)
        outside = step(-value if is_positive else value)  # where it is not so
        if sign == "<":
            return step(value if is_positive else -value)
        return 1 - outside

    def _matrix(self, rows: tuple[tuple[Expression, ...], ...], node: Expression) -> Value:
        if len({len(row) for row in rows}) != 1:
            raise Meaningless("the rows of this matrix are of different lengths", node)
        from symgrad.formula.entries import Entries

        entries = [[Entries(self, base=1).of(item) for item in row] for row in rows]

        def body(y: Index, x: Index) -> Scalar:
            terms = []
            for i, line in enumerate(entries):
                for j, value in enumerate(line):
                    here = Condition((equals(y, i), equals(x, j)))
                    if value != Constant(Fraction(0)):
                        terms.append(multiply(here, value))
            return add(*terms)

        return build((len(rows), len(rows[0])), body, ("y", "x"))

    # -- calls ------------------------------------------------------------------------------------
    def _call(self, node: Call) -> Value:
        name, role = node.function.text, self.setting.role(node.function.text)
        if role == "σ" and len(node.arguments) == 1:
            return self._applied(node)
        elementwise = ELEMENTWISE.get(name)
        if elementwise is not None and len(node.arguments) == 1 and node.function == Name(name):
            inside = self.tensor(node.arguments[0])
            return self._guarded(lambda: elementwise(inside), node)
        operator = OPERATORS.get(name.lower())
        if operator is not None:
            if node.function != Name(name):
                raise Meaningless(f"{name} with scripts is no operator that is known", node.function)
            return self._guarded(lambda: operator(self, node), node)
        if role == "J" and "J" in self.world.things:
            return self.world.things["J"].tensor
        if len(node.arguments) == 1 and (
            role in self.world.things or role == "δ" or self.known_size(node.function) is not None
        ):
            return self._binary(Binary("", node.function, node.arguments[0], span=node.span))
        near = difflib.get_close_matches(name.lower(), [*OPERATORS, "σ"], n=1)
        raise Meaningless(f"there is no operator {name}{f'; did you mean {near[0]}?' if near else ''}", node)

    def _applied(self, node: Call) -> Value:
        require_mark(node.function)
        function = self.world.function(node.function.text)
        with self.argument_of(node.function):
            inside = self.of(node.arguments[0])
        return function.of(as_tensor(inside, node), node.function.primes)


def _are_alike(left: Value, right: Value) -> bool:
    """Whether two vectors are of one shape whatever the sizes, and not by what was said of them."""
    return have_only_entries(left, right) and any(
        extent.constant is None for extent in as_tensor(left, Number(Fraction(0))).extents
    )


_SIDE_BY_SIDE = ("", "·", "@")


def _factors(node: Expression) -> Iterator[Expression]:
    """What is multiplied, from left to right; a derivative is one factor."""
    if isinstance(node, Binary) and node.sign in ("", "·", "@") and derivative_of(node) is None:
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node
