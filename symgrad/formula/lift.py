"""Maps with letters: `W_{ij}` is calculated with as one kernel, and made all kernels at the end.

A formula at layer level speaks of one input map i and one output map j. Each such map is a variable of
its own while operators are applied to it; `Lift.over` then turns the result into a tensor with an axis
for every letter, and a sum over a letter sums along that axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Maximum,
    Multiply,
    Power,
    Scalar,
    Selected,
    Sum,
    add,
    multiply,
    power,
)
from symgrad.language.symbol import Symbol, fresh_index
from symgrad.language.tensor import Comprehension, Tensor, Variable


@dataclass(frozen=True)
class _Map:
    """What a map with letters stands for: `tensor` with an axis for each letter in front, in this order."""

    tensor: Tensor
    letters: tuple[str, ...]


@dataclass
class Lift:
    """The maps of one formula; `extents` says how far each letter runs."""

    extents: dict[str, Index] = field(default_factory=dict)
    _maps: dict[Variable, _Map] = field(default_factory=dict)
    _known: dict[tuple[Tensor, tuple[str, ...]], Variable] = field(default_factory=dict)

    def map(self, name: str, tensor: Tensor, letters: Sequence[str]) -> Variable:
        """One map of a tensor whose first axes are numbered by letters."""
        key = (tensor, tuple(letters))
        if key not in self._known:
            for letter, extent in zip(letters, tensor.extents, strict=False):
                self.extents.setdefault(letter, extent)
            rest = tensor.axes[len(letters) :]
            made = Variable(f"{name}_{''.join(letters)}#{len(self._known)}", rest)
            self._known[key] = made
            self._maps[made] = _Map(tensor, tuple(letters))
        return self._known[key]

    def letters(self, tensor: Tensor) -> list[str]:
        """The letters that a result depends on, in the order in which they were met."""
        used = {
            letter
            for node in nodes(tensor)
            if isinstance(node, Variable) and node in self._maps
            for letter in self._maps[node].letters
        }
        return [letter for letter in self.extents if letter in used]

    def summed(self, tensor: Tensor, letters: Sequence[str]) -> Tensor:
        """The sum over letters; over one that the tensor does not depend on, it is counted."""
        kept = [letter for letter in self.letters(tensor) if letter not in letters]
        whole = self.over(tensor, [*kept, *letters])
        bound = {letter: fresh_index(letter) for letter in letters}
        own = [fresh_index(letter) for letter in kept]
        rest = [fresh_index("y") for _ in tensor.extents]
        at = (*own, *bound.values(), *rest)
        body = Access(whole, tuple(map(Index.of, at)))
        over = tuple((bound[letter], self.extents[letter]) for letter in letters)
        axes = (*((self.extents[letter],) for letter in kept), *tensor.axes)
        result = Comprehension(axes, (*own, *rest), Sum(over, body))
        return self.map("sum", result, kept) if kept else result

    def over(self, tensor: Tensor, letters: Sequence[str]) -> Tensor:
        """All of it: a tensor with an axis for each letter in front, then its own axes."""
        return _Lifting(self._maps, {letter: self.extents[letter] for letter in letters}).of(tensor)


class _Lifting:
    def __init__(self, maps: Mapping[Variable, _Map], letters: Mapping[str, Index]) -> None:
        self.maps = maps
        self.letters = letters
        self.done: dict[Tensor, Tensor] = {}

    def of(self, tensor: Tensor) -> Tensor:
        if tensor not in self.done:
            self.done[tensor] = self._lifted(tensor)
        return self.done[tensor]

    def _lifted(self, tensor: Tensor) -> Tensor:
        own = {letter: fresh_index(letter) for letter in self.letters}
        front = tuple((extent,) for extent in self.letters.values())
        if isinstance(tensor, Comprehension):
            indices, body = tensor.indices, tensor.body
            requires, assumes = tensor.requires, tensor.assumes
        else:
            indices = tuple(fresh_index("y") for _ in tensor.extents)
            body, requires, assumes = Access(tensor, tuple(map(Index.of, indices))), (), ()
        lifted = accesses_replaced(body, lambda access: self._read(access, own))
        return Comprehension(
            (*front, *tensor.axes), (*own.values(), *indices), lifted, None, requires, assumes
        )

    def _read(self, access: Access, own: Mapping[str, Symbol]) -> Access:
        tensor = access.tensor
        if isinstance(tensor, Variable):
            known = self.maps.get(tensor)
            if known is None:
                return access
            at = tuple(Index.of(own[letter]) for letter in known.letters)
            return Access(known.tensor, (*at, *access.at))
        return Access(self.of(tensor), (*map(Index.of, own.values()), *access.at))


def accesses_replaced(node: Scalar, change: Callable[[Access], Scalar]) -> Scalar:
    """A scalar with every access changed."""

    def go(inner: Scalar) -> Scalar:
        match inner:
            case Access():
                return change(inner)
            case Add(terms):
                return add(*map(go, terms))
            case Multiply(factors):
                return multiply(*map(go, factors))
            case Sum(over, body):
                return Sum(over, go(body))
            case Power(base, exponent):
                return power(go(base), exponent)
            case Apply(function, argument):
                return Apply(function, go(argument))
            case Maximum(over, where, body):
                return Maximum(over, where, go(body))
            case Selected(maximum, at):
                changed = go(maximum)
                assert isinstance(changed, Maximum)
                return Selected(changed, at)
        return inner

    return go(node)
