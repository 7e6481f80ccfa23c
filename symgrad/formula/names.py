"""What the names of a formula stand for in one reading, with their letters, layers and transposes."""

from __future__ import annotations

import contextlib
import difflib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from symgrad.derive import vjp
from symgrad.formula.index import index_of
from symgrad.formula.jacobian import jacobian_matrix
from symgrad.formula.levels import Levels, is_mark, superscript
from symgrad.formula.lift import Lift
from symgrad.formula.problem import Meaningless
from symgrad.formula.setting import ROLES, Setting
from symgrad.formula.syntax import (
    Binary,
    Expression,
    Name,
    Number,
)
from symgrad.formula.target import is_j, name_of
from symgrad.formula.things import Thing, World
from symgrad.formula.values import Value, as_tensor, powered, transposed
from symgrad.language.build import build
from symgrad.language.index import Index, size
from symgrad.language.maps import rot180
from symgrad.language.scalar import Constant
from symgrad.language.tensor import Tensor, Variable, index_names


@dataclass
class Names:
    """Gives names their tensors in one reading.

    star, mode   what `*` means
    spread       what upsample does: "repeat", "divide" (by the window) or "route" (to the maximum)
    beside       what stood side by side and was multiplied entry by entry
    wrt          what the left side is differentiated by
    rows         how a dense layer is laid out, as in `Wanted`
    layout       what there is of ∂z/∂x for each entry of z: "rows" or "columns"
    lower_left   whether a δ or z without a superscript on the left is the layer below
    """

    setting: Setting
    world: World
    levels: Levels
    star: str = "correlation"
    mode: str = "full"
    spread: str = "repeat"
    rows: str = ""
    layout: str = "rows"
    in_letters: frozenset[str] = frozenset()
    out_letters: frozenset[str] = frozenset()
    lift: Lift = field(default_factory=Lift)
    wrt: str = ""
    beside: list[Expression] = field(default_factory=list)
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
        if role == "z" and self._only_lower():
            return things["lower"]  # of an activation, z is what goes in, and a what comes out
        if role == "z":
            of_its_own_layer = self._within_prime and not self._upper(name)
            if "lower" in things and (self._lower(name, lower) or (lower is None and of_its_own_layer)):
                return things["lower"]
            if "lower" in things and "z" not in things:
                return things["lower"]
        if role == "a" and self._upper(name) and "z" in things:
            return Thing(self.world.activation.of(things["z"].tensor), things["z"].maps)
        if role in things and role is not None:
            return things[role]
        if role is not None:
            raise Meaningless(
                f"{name.text} would be {_NOUNS.get(role, role)}, which {self.world.layer} does not have", name
            )
        near = difflib.get_close_matches(name.text, [n for names in ROLES.values() for n in names], n=1)
        known = ", ".join(one for one in ROLES if one in things)
        hint = f"; did you mean {near[0]}?" if near else f"; known here are {known}"
        raise Meaningless(f"what {name.text} is, is not known{hint}", name)

    def only_marked(self, name: Name) -> None:
        """Raise Meaningless for a superscript that is more than a mark, where nothing else is read."""
        if name.sup is not None and not is_mark(name.sup):
            raise Meaningless("this superscript has no meaning here", name)

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
        if role in self.world.hidden:
            raise Meaningless(f"J is read as a function of what the output is computed from, not of {role}")
        return vjp(self.world.z, thing.tensor, self.world.cotangent(role))

    def named(self, name: Name, lower: bool | None = None) -> Value:
        """The value of a name with its scripts."""
        if name.primes and self.setting.role(name.text) != "σ":
            raise Meaningless(f"{name.text} with a prime has no meaning here", name)
        role = self.setting.role(name.text)
        if role is None and name.text[:1] == "d" and self.setting.role(name.text[1:]) is not None:
            return self._indexed(self.by(Name(name.text[1:], span=name.span)), name)
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
            if world.kind == "entries" and text in ("m", "n", "H"):
                return world.things["a"].tensor.extents[world.axis]
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
        said = {e: size(e) for shape in self.setting.shapes.values() for e in shape if isinstance(e, str)}
        return said | {symbol.name: Index.of(symbol) for one in sizes for symbol in one.symbols()}

    def _indexed(self, thing: Thing, name: Name) -> Value:
        """One map of a tensor by its letters, or one entry; a transpose or a power of it."""
        sub = name.sub if superscript(name) is not None or not name.brackets else name.brackets
        value: Value = self._taken(thing, sub, name)
        match name.sup:
            case None:
                return value
            case Name("T", 0, (), None, ()):
                return transposed(value, name)
            case Name(turned, 0, (), None, ()) if turned in TURNED:
                return rot180(as_tensor(value, name))
            case Number(exponent) if superscript(name) is None or self.levels.lower is None:
                return powered(value, exponent, name)
        if is_mark(name.sup):
            return value
        raise Meaningless("this superscript has no meaning here", name)

    def _taken(self, thing: Thing, sub: Sequence[Expression], name: Name) -> Value:
        letters = self.letters(sub)
        if not letters:
            if thing.maps:
                raise Meaningless(f"{name.text} has maps, so it needs a letter for them", name)
            return thing.tensor
        maps = len(thing.maps)
        if self.world.kind == "entries":
            raise Meaningless("indices are not read in a formula about a normalization", name)
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

    @contextlib.contextmanager
    def argument_of(self, function: Name) -> Iterator[None]:
        """Within the argument of σ', z is that of the layer below unless it says otherwise."""
        outside, self._within_prime = self._within_prime, bool(function.primes)
        try:
            yield
        finally:
            self._within_prime = outside

    # -- derivatives ------------------------------------------------------------------------------
    def derivative(self, of: Expression, by: Expression, lower: bool | None = None) -> Value:
        """∂J/∂x for a name with its letters, or ∂z/∂x."""
        name = name_of(by)
        if not is_j(of, self.setting):
            return self._of_an_output(of, name)
        if name is None:
            raise Meaningless("a derivative is taken by a name", by)
        return self._indexed(self.by(name, lower), name)

    def _of_an_output(self, of: Expression, by: Name | None) -> Tensor:
        """∂z/∂x as a matrix, or of an activation entry by entry. Raises Meaningless where it is neither."""
        top = name_of(of)
        if top is None or by is None or top.sub or by.sub or self.world.layer not in JACOBIANS:
            raise Meaningless("only derivatives of J are read here", of)
        for name in (top, by):
            self.only_marked(name)
        z, x = self.thing(top, False).tensor, self.thing(by, True).tensor
        if z is not self.world.z or not isinstance(x, Variable):
            raise Meaningless("of derivatives of what is not J, that of the output by the input is read", of)
        if self.world.kind == "maps":
            return vjp(z, x, build(z.axes, lambda *i: Constant(Fraction(1)), index_names(z)))
        long = 0 if z.extents[1] == 1 else 1
        if z.extents[1 - long] != 1 or x.extents[1 - long] != 1:
            raise Meaningless("a derivative of many columns by many is no matrix", of)
        return jacobian_matrix(z, x, long, self.layout == "columns")

    def by(self, name: Name, lower: bool | None = None) -> Thing:
        """The derivative of J by what a name stands for. Raises Meaningless."""
        role = self.setting.role(name.text)
        things = self.world.things
        if role == "z" and "lower" in things and ("z" not in things or self._lower(name, lower)):
            role = "lower"
        if role == "z" and "z" in self.world.things and self.world.delta is not None and role != "lower":
            return self.world.things["δ"] if not self._only_lower() else self._of("lower")
        if role is None or role not in (*self.world.things, "lower"):
            raise Meaningless(f"{self.world.layer} has no {name.text} to differentiate by", name)
        return self._of(role)

    def _only_lower(self) -> bool:
        return self.world.layer in ("activation", "softmax")

    def _of(self, role: str) -> Thing:
        return Thing(self.gradient(role), self.world.things[role].maps)


JACOBIANS = ("linear", "activation", "softmax")
"""The layers of which the derivative of the output by the input is read whole."""
TURNED = ("rot", "rot180", "R", "flip")
"""Superscripts that say rot180."""
_NOUNS = {
    "a": "an input", "W": "weights", "b": "a bias", "z": "an output", "δ": "a derivative by the output",
    "J": "a loss", "σ": "an activation", "y": "a target", "mask": "a mask",
    "lower": "a layer below with an activation",
}  # fmt: skip
