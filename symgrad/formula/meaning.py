"""What a formula at layer level means: operators on maps, letters for maps, matrices for dense layers."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.derive import vjp
from symgrad.errors import ShapeError, SymgradError
from symgrad.formula.index import index_of
from symgrad.formula.levels import Levels, derivative_of, superscript
from symgrad.formula.lift import Lift
from symgrad.formula.operators import OPERATORS
from symgrad.formula.problem import Meaningless
from symgrad.formula.setting import ROLES, Setting
from symgrad.formula.syntax import (
    Binary,
    Call,
    Dots,
    Expression,
    Matrix,
    Name,
    Negative,
    Norm,
    Number,
    Partial,
    Raised,
    Several,
    Sum,
)
from symgrad.formula.target import is_j
from symgrad.formula.values import Value, added, product, quotient, times
from symgrad.formula.world import SIGMA, Thing, World
from symgrad.language.algebra import apply, hadamard, matmul, transpose
from symgrad.language.build import build
from symgrad.language.index import Index, equals
from symgrad.language.maps import convolve, correlate, rot180
from symgrad.language.scalar import Constant, Function, Indicator, Scalar, add, multiply
from symgrad.language.tensor import Tensor


@dataclass
class Meaning:
    """Gives expressions their tensors in one reading.

    star, mode   what `*` means
    spread       what upsample does: "repeat", "divide" (by the window) or "route" (to the maximum)
    lower_left   whether a δ or z without a superscript on the left is the layer below
    """

    setting: Setting
    world: World
    levels: Levels
    star: str = "correlation"
    mode: str = "full"
    spread: str = "repeat"
    in_letters: frozenset[str] = frozenset()
    out_letters: frozenset[str] = frozenset()
    lift: Lift = field(default_factory=Lift)
    _within_prime: bool = False

    # -- names ------------------------------------------------------------------------------------
    def thing(self, name: Name, lower: bool | None = None) -> Thing:
        """What a name stands for. Raises Meaningless, with the nearest known name."""
        role = self.setting.role(name.text)
        things = self.world.things
        if role == "δ":
            if self._lower(name, lower):
                return Thing(self.gradient("lower" if self.world.below else "a"), things["a"].maps)
            if "δ" in things:
                return things["δ"]
        if role == "z":
            of_its_own_layer = self._within_prime and not self._upper(name)
            if "lower" in things and (self._lower(name, lower) or (lower is None and of_its_own_layer)):
                return things["lower"]
            if "lower" in things and "z" not in things:
                return things["lower"]
        if role == "a" and self._upper(name) and "z" in things:
            return Thing(apply(SIGMA, things["z"].tensor), things["z"].maps)
        if role in things and role is not None:
            return things[role]
        if role is not None:
            raise Meaningless(
                f"{name.text} would be {_NOUNS[role]}, which {self.world.layer} does not have", name
            )
        near = difflib.get_close_matches(name.text, [n for names in ROLES.values() for n in names], n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise Meaningless(f"what {name.text} is, is not known{hint}", name)

    def _lower(self, name: Name, said: bool | None) -> bool:
        found = self.levels.is_lower(name)
        return bool(said if found is None else found)

    def _upper(self, name: Name) -> bool:
        """Whether a name is of the layer's own output, such as a^l beside δ^l."""
        if self.levels.is_lower(name) is not None or superscript(name) is None:
            return self.levels.is_lower(name) is False
        return self.levels.beside and self.world.layer not in ("activation", "loss")

    def gradient(self, role: str) -> Tensor:
        """∂J by the tensor of a role."""
        thing = self.world.things.get(role)
        if thing is None:
            raise Meaningless(f"{self.world.layer} does not have {_NOUNS[role]}")
        if role == "z" and self.world.delta is not None:
            return self.world.delta
        return vjp(self.world.z, thing.tensor, self.world.delta)

    def named(self, name: Name, lower: bool | None = None) -> Value:
        """The value of a name with its scripts."""
        if name.primes and self.setting.role(name.text) != "σ":
            raise Meaningless(f"{name.text} with a prime has no meaning here", name)
        role = self.setting.role(name.text)
        if role is None and name.text[:1] == "d" and self.setting.role(name.text[1:]) is not None:
            return self._indexed(self._derivative(Name(name.text[1:], span=name.span)), name)
        if role is None or (role not in self.world.things and role not in ("δ", "z", "a")):
            known = self.known_size(Name(name.text, name.primes, name.sub))
            if known is not None:
                return self.size(name)
        return self._indexed(self.thing(name, lower), name)

    def size(self, node: Expression) -> Index:
        """The size that an expression is. Raises Meaningless."""

        def known(name: Name) -> Index:
            found = self.known_size(name)
            if found is None:
                raise Meaningless(f"{name.text} is no size that is known here", name)
            return found

        return index_of(node, known)

    def known_size(self, name: Name) -> Index | None:
        """The size of that name: one that a shape has, or of the window, the stride or the padding."""
        if name.primes or name.sup is not None or name.brackets:
            return None
        text = "_".join((name.text, *(s.text for s in name.sub if isinstance(s, (Name, Number)))))
        if text not in self._known_sizes:
            world = self.world
            for letter, sizes in (("k", world.window), ("s", world.stride), ("p", world.padding)):
                if text == letter and sizes and len(set(sizes)) == 1:
                    return Index.of(sizes[0])
            return None
        return self._known_sizes[text]

    @functools.cached_property
    def _known_sizes(self) -> dict[str, Index]:
        things = self.world.things.values()
        extents = [extent for thing in things for extent in thing.tensor.extents]
        sizes = [*extents, *map(Index.of, (*self.world.window, *self.world.stride, *self.world.padding))]
        return {symbol.name: Index.of(symbol) for size in sizes for symbol in size.symbols()}

    def _indexed(self, thing: Thing, name: Name) -> Value:
        """One map of a tensor by its letters, or one entry; a transpose or a power of it."""
        sub = name.sub if superscript(name) is not None or not name.brackets else name.brackets
        value: Value = self._taken(thing, sub, name)
        match name.sup:
            case None:
                return value
            case Name("T"):
                return self._transposed(value, name)
            case Name("rot" | "rot180" | "R"):
                return rot180(self.as_tensor(value, name))
            case Number(exponent) if superscript(name) is None or self.levels.lower is None:
                return self.as_tensor(value, name) ** exponent
        if superscript(name) is not None or isinstance(name.sup, (Name, Binary)):
            return value
        raise Meaningless("this superscript has no meaning here", name)

    def _taken(self, thing: Thing, sub: Sequence[Expression], name: Name) -> Value:
        letters = self.letters(sub)
        if not letters:
            if thing.maps:
                raise Meaningless(f"{name.text} has maps, so it needs a letter for them", name)
            return thing.tensor
        maps = len(thing.maps)
        if len(letters) == maps:
            return self.lift.map(name.text, thing.tensor, self.ordered(thing, letters))
        if len(letters) == len(thing.tensor.extents):
            return self.lift.map(name.text, thing.tensor, letters)
        if not maps and len(letters) <= 2:  # of one map: what it is numbered by does not matter
            return thing.tensor
        raise Meaningless(f"{name.text} has {len(letters)} indices, but {maps} kinds of maps", name)

    def letters(self, sub: Sequence[Expression]) -> list[str]:
        """The letters of a subscript: `ij`, `i j` and `i,j` are two."""
        found: list[str] = []
        for item in sub:
            match item:
                case Name(text, primes=primes, sub=(), sup=None):
                    found += [*text[:-1], text[-1] + "'" * primes] if text.isascii() else [text]
                case Binary("", left, right):
                    found += self.letters([left]) + self.letters([right])
                case _:
                    raise Meaningless("an index that is no letter, in a formula about whole maps", item)
        return found

    def ordered(self, thing: Thing, letters: list[str]) -> list[str]:
        """The letters in the order of the axes: of W_{ij}, the one that the input's maps have is i."""
        if len(letters) == 2 and set(thing.maps) == {"in", "out"}:
            one, other = letters
            first_is_out = one in self.out_letters or other in self.in_letters
            first_is_in = one in self.in_letters or other in self.out_letters
            if first_is_in and not first_is_out:
                return [other, one]
            if not first_is_out and not first_is_in:
                return [other, one] if one < other else [one, other]
        return letters

    # -- derivatives ------------------------------------------------------------------------------
    def derivative(self, of: Expression, by: Expression, lower: bool | None = None) -> Value:
        """∂J/∂x for a name with its letters."""
        if not is_j(of, self.setting):
            raise Meaningless("only derivatives of J are read here", of)
        name = _name_of(by)
        if name is None:
            raise Meaningless("a derivative is taken by a name", by)
        return self._indexed(self._derivative(name, lower), name)

    def _derivative(self, name: Name, lower: bool | None = None) -> Thing:
        role = self.setting.role(name.text)
        if role == "z" and "lower" in self.world.things and self._lower(name, lower):
            role = "lower"
        if role == "z" and "z" in self.world.things and self.world.delta is not None and role != "lower":
            return self.world.things["δ"] if not self._only_lower() else self._of("lower")
        if role is None or role not in (*self.world.things, "lower"):
            raise Meaningless(f"{self.world.layer} has no {name.text} to differentiate by", name)
        return self._of(role)

    def _only_lower(self) -> bool:
        return self.world.layer == "activation"

    def _of(self, role: str) -> Thing:
        return Thing(self.gradient(role), self.world.things[role].maps)

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
        for jacobian, other in ((node.left, node.right), (node.right, node.left)):
            body = jacobian.body if isinstance(jacobian, Raised) and not jacobian.sub else jacobian
            found = derivative_of(body)
            if node.sign not in ("", "·", "@") or found is None or is_j(found[0], self.setting):
                continue
            names = [_name_of(part) for part in found]
            if names[0] is None or names[1] is None:
                raise Meaningless("a derivative is taken of a name by a name", body)
            top, bottom = (self.thing(name) for name in names if name is not None)
            if top.maps or bottom.maps:
                raise Meaningless("a derivative of one map by another is read without letters", body)
            try:
                return vjp(top.tensor, bottom.tensor, self.tensor(other))
            except ShapeError as problem:
                raise Meaningless(str(problem), node) from None
        return None

    def _binary(self, node: Binary) -> Value:
        chained = self._chain(node)
        if chained is not None:
            return chained
        left, right = self.of(node.left), self.of(node.right)
        numbers = [not isinstance(v, Tensor) or not v.extents for v in (left, right)]
        match node.sign:
            case "+" | "-":
                return self._added(left, right, node)
            case "⊙":
                return self._elementwise(left, right, node) if not any(numbers) else product(left, right)
            case "*":
                return product(left, right) if any(numbers) else self._starred(left, right, node)
            case "/":
                if numbers[1]:
                    return quotient(left, right)
                raise Meaningless("a map cannot be divided by", node.right)
        if any(numbers):
            return product(left, right)
        if self.world.kind == "maps":
            raise Meaningless(
                "two maps side by side: say ⊙ for the elementwise product or * for a sliding one", node
            )
        return self._guarded(lambda: matmul(self.as_tensor(left, node), self.as_tensor(right, node)), node)

    def _added(self, left: Value, right: Value, node: Binary) -> Value:
        if isinstance(left, Tensor) and isinstance(right, Tensor):
            x, y = left, right
            if x.ndim != y.ndim and x.extents and y.extents and self.world.kind == "maps":
                raise Meaningless(f"maps of {x.ndim} and {y.ndim} axes are added", node)
            return self._guarded(lambda: x + y if node.sign == "+" else x - y, node)
        other = right if node.sign == "+" else times(right, Fraction(-1))
        return added(left, other)

    def _elementwise(self, left: Value, right: Value, node: Binary) -> Value:
        x, y = self.as_tensor(left, node), self.as_tensor(right, node)
        return self._guarded(lambda: hadamard(x, y), node)

    def _starred(self, left: Value, right: Value, node: Binary) -> Value:
        if self.world.kind != "maps":
            return self._elementwise(left, right, node)
        x, y = self.as_tensor(left, node), self.as_tensor(right, node)
        if self.mode == "valid" and x.extents == tuple(self.world.window) != y.extents:
            x, y = y, x  # the kernel slides over the map, whichever is written first
        operator = correlate if self.star == "correlation" else convolve
        return self._guarded(lambda: operator(x, y, self.mode), node)

    def _guarded(self, make: Callable[[], Tensor], node: Expression) -> Tensor:
        try:
            return make()
        except SymgradError as problem:
            raise Meaningless(str(problem).split("; expected", maxsplit=1)[0], node) from None

    def tensor(self, node: Expression) -> Tensor:
        """The map that an expression is. Raises Meaningless for a number."""
        return self.as_tensor(self.of(node), node)

    def as_tensor(self, value: Value, node: Expression) -> Tensor:
        """A value that must be a map. Raises Meaningless for a number."""
        if isinstance(value, Tensor):
            return value
        raise Meaningless("a number stands where a map is wanted", node)

    def _transposed(self, value: Value, node: Expression) -> Value:
        x = self.as_tensor(value, node)
        if x.ndim != 2:
            raise Meaningless("only a matrix has a transpose", node)
        return transpose(x)

    def _raised(
        self, body: Expression, sub: tuple[Expression, ...], sup: Expression | None, node: Expression
    ) -> Value:
        if isinstance(body, Norm) and isinstance(sup, Number) and sup.value == 2:
            inside = self.as_tensor(self.of(body.body), node)
            return (inside * inside).sum()
        value = self.of(body)
        if sub:
            value = self._entry(value, sub, node)
        match sup:
            case None:
                return value
            case Name("T"):
                return self._transposed(value, node)
            case Number(exponent):
                return self.as_tensor(value, node) ** exponent
            case Name() | Binary():
                return value  # the number of a layer
        raise Meaningless("this superscript has no meaning here", node)

    def _entry(self, value: Value, sub: Sequence[Expression], node: Expression) -> Value:
        x = self.as_tensor(value, node)
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

    def _matrix(self, rows: tuple[tuple[Expression, ...], ...], node: Expression) -> Value:
        if len({len(row) for row in rows}) != 1:
            raise Meaningless("the rows of this matrix are of different lengths", node)
        from symgrad.formula.entries import Entries

        entries = [[Entries(self, base=1).of(item) for item in row] for row in rows]

        def body(y: Index, x: Index) -> Scalar:
            terms = []
            for i, line in enumerate(entries):
                for j, value in enumerate(line):
                    here = Indicator((equals(y, i), equals(x, j)))
                    if value != Constant(Fraction(0)):
                        terms.append(multiply(here, value))
            return add(*terms)

        return build((len(rows), len(rows[0])), body, ("y", "x"))

    # -- calls ------------------------------------------------------------------------------------
    def _call(self, node: Call) -> Value:
        name, role = node.function.text, self.setting.role(node.function.text)
        if role == "σ" and len(node.arguments) == 1:
            return self._applied(node)
        operator = OPERATORS.get(name.lower())
        if operator is not None:
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
        function: Function = SIGMA
        for _ in range(node.function.primes):
            function = function.prime
        outside, self._within_prime = self._within_prime, bool(node.function.primes)
        try:
            inside = self.of(node.arguments[0])
        finally:
            self._within_prime = outside
        return apply(function, self.as_tensor(inside, node))


_NOUNS = {
    "a": "an input", "W": "weights", "b": "a bias", "z": "an output", "δ": "a derivative by the output",
    "J": "a loss", "σ": "an activation", "y": "a target", "lower": "a layer below with an activation",
}  # fmt: skip


def _name_of(node: Expression) -> Name | None:
    match node:
        case Name():
            return node
        case Raised(Name() as inside):
            return inside
    return None
