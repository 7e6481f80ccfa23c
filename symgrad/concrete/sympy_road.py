"""The second road: sizes fixed, entries as SymPy scalars, derivatives by `sympy.diff`.

It shares the layer definitions and their interpreter with the rest, and nothing else: neither the rules
of `symgrad.derive`, nor dual numbers, nor anything that decides.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from symgrad.concrete.evaluate import Evaluation, Place
from symgrad.language.notation import nodes
from symgrad.language.scalar import Function, Maximum, Selected, walk
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

BRANCHES = 8
"""How many orders of the entries are tried where a maximum makes the value depend on it."""


@functools.cache
def _function(name: str, order: int) -> Any:
    """The `order`-th derivative of an unknown function, as a SymPy function that SymPy can differentiate."""

    def fdiff(self: Any, argindex: int = 1) -> Any:
        return _function(name, order + 1)(self.args[0])

    return type(f"{name}_{order}", (sympy.Function,), {"fdiff": fdiff, "nargs": 1})


def _is_unknown(expression: Any) -> bool:
    return isinstance(expression, sympy.Function)


def _as_identity(expression: Any) -> Any:
    """The expression with every unknown function left out, those inside others too."""
    while expression.has(sympy.Function):
        expression = expression.replace(_is_unknown, lambda call: call.args[0])
    return expression


@dataclass
class Entries:
    """SymPy symbols for the entries of variables, each with a distinct number that decides maxima.

    `branch` chooses the order of the numbers, and so which elements are the greatest.
    """

    branch: int = 0
    numbers: dict[Any, Any] = field(default_factory=dict)
    symbols: dict[tuple[str, Place], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.branch)

    def __call__(self, variable: Variable, place: Place) -> Any:
        """The symbol of an entry."""
        key = (variable.name, place)
        if key not in self.symbols:
            symbol = sympy.Dummy(f"{variable.name}_{'_'.join(map(str, place))}")
            self.symbols[key] = symbol
            # long enough to be distinct, in another order for each branch
            self.numbers[symbol] = sympy.Integer(self._random.getrandbits(60))
        return self.symbols[key]


@dataclass(frozen=True)
class Scalars:
    """The ring of SymPy expressions; a maximum is the element that is greatest at the numbers.

    To decide which that is, an unknown function is taken to be the identity: some branch is chosen.
    """

    entries: Entries

    def constant(self, value: Fraction) -> Any:
        """A rational number of SymPy."""
        return sympy.Rational(value.numerator, value.denominator)

    def apply(self, function: Function, value: Any) -> Any:
        """An unknown function of an expression."""
        return _function(function.name, function.order)(value)

    def power(self, value: Any, exponent: Fraction) -> Any:
        """SymPy's power."""
        return value ** self.constant(exponent)

    def maximum(self, window: Sequence[Any]) -> Any:
        """The element that is greatest where every entry has its number."""
        return window[self._greatest(window)]

    def selected(self, window: Sequence[Any], which: int) -> Any:
        """1 for that element."""
        return sympy.Integer(int(which == self._greatest(window)))

    def _greatest(self, window: Sequence[Any]) -> int:
        values = [_as_identity(element).xreplace(self.entries.numbers) for element in window]
        return max(range(len(values)), key=lambda place: values[place])


def gradient_entries(
    z: Tensor, wrt: Variable, cotangent: Tensor | None, sizes: Mapping[Symbol, int], entries: Entries
) -> Iterator[tuple[Place, Any]]:
    """The gradient of Σ cotangent·z by `wrt`, entry by entry, as SymPy expressions.

    Only those entries of z are differentiated that contain the entry of `wrt`.
    """
    evaluation = Evaluation(sizes, entries, Scalars(entries))
    terms = []
    for place in evaluation.places(z):
        value = evaluation.entry(z, place)
        weight = sympy.Integer(1) if cotangent is None else evaluation.entry(cotangent, place)
        terms.append((weight, value, value.free_symbols))
    for place in evaluation.places(wrt):
        entry = entries(wrt, place)
        yield place, sympy.Add(*(w * sympy.diff(v, entry) for w, v, inside in terms if entry in inside))


def agrees(
    z: Tensor, wrt: Tensor | None, cotangent: Tensor | None, claim: Tensor, sizes: Mapping[Symbol, int]
) -> bool:
    """Whether the claim is the gradient of Σ cotangent·z by `wrt`, or z itself if that is None.

    At these sizes, as polynomials in the entries. Where there is a maximum, on several branches: those
    that `BRANCHES` orders of the entries choose. `wrt` must be a variable.
    """
    forked = any(
        isinstance(inner, (Maximum, Selected))
        for side in (z, claim)
        for node in nodes(side)
        if isinstance(node, Comprehension)
        for inner in walk(node.body)
    )
    return all(
        _agrees(z, wrt, cotangent, claim, sizes, Entries(branch))
        for branch in range(BRANCHES if forked else 1)
    )


def _agrees(
    z: Tensor,
    wrt: Tensor | None,
    cotangent: Tensor | None,
    claim: Tensor,
    sizes: Mapping[Symbol, int],
    entries: Entries,
) -> bool:
    evaluation = Evaluation(sizes, entries, Scalars(entries))
    if wrt is None:
        if evaluation.shape(z) != evaluation.shape(claim):
            return False
        return all(_equal(evaluation.entry(z, p), evaluation.entry(claim, p)) for p in evaluation.places(z))
    if not isinstance(wrt, Variable):
        raise TypeError(f"the second road differentiates by variables only, not by {wrt!r}")
    if evaluation.shape(wrt) != evaluation.shape(claim):
        return False
    return all(
        _equal(derived, evaluation.entry(claim, place))
        for place, derived in gradient_entries(z, wrt, cotangent, sizes, entries)
    )


def _equal(left: Any, right: Any) -> bool:
    return left == right or bool(sympy.expand(left - right) == 0)
