"""The second road: sizes fixed, entries as SymPy scalars, derivatives by `sympy.diff`.

It shares the layer definitions and their interpreter with the rest, and nothing else: neither the rules
of `symgrad.derive`, nor dual numbers, nor anything that decides.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy

from symgrad.concrete.evaluate import Evaluation, Inputs, Place
from symgrad.concrete.hypotheses import under
from symgrad.language.functions import Known
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.notation import nodes
from symgrad.language.scalar import Apply, Function, Maximum, Power, Selected, walk
from symgrad.language.symbol import Symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable

BRANCHES = 8
"""How many orders of the entries are tried where a maximum makes the value depend on it."""
POINTS, DIGITS = 3, 50
"""At how many points, and to how many digits, expressions that are not polynomials are compared."""


@functools.cache
def _function(name: str, order: int) -> Any:
    """The `order`-th derivative of an unknown function, as a SymPy function that SymPy can differentiate."""

    def fdiff(self: Any, argindex: int = 1) -> Any:
        return _function(name, order + 1)(self.args[0])

    return type(f"{name}_{order}", (sympy.Function,), {"fdiff": fdiff, "nargs": 1})


class _Step(sympy.Function):  # type: ignore[misc]
    """1 for positive numbers, else 0; its derivative is 0, as it is wherever there is one."""

    nargs = 1

    @classmethod
    def eval(cls, argument: Any) -> Any:
        return sympy.Integer(int(bool(argument > 0))) if argument.is_number else None

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.Integer(0)


_KNOWN: dict[str, Callable[[Any], Any]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "tanh": sympy.tanh,
    "sigmoid": lambda t: 1 / (1 + sympy.exp(-t)),
    "softplus": lambda t: sympy.log(1 + sympy.exp(t)),
    "Phi": lambda t: (1 + sympy.erf(t / sympy.sqrt(2))) / 2,
    "phi": lambda t: sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi),
    "step": _Step,
}


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

    `branch` chooses the order of the numbers, and so which elements are the greatest. Of what sums to
    one by a hypothesis, the last entry is what the others leave.
    """

    branch: int = 0
    hypotheses: tuple[SumsToOne, ...] = ()
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

    def at(self, sizes: Mapping[Symbol, int]) -> Inputs:
        """The entries at these sizes, such that the hypotheses hold."""
        return under(self.hypotheses, sizes, self, Scalars(self))


@dataclass(frozen=True)
class Scalars:
    """The ring of SymPy expressions; a maximum is the element that is greatest at the numbers.

    To decide which that is, an unknown function is taken to be the identity: some branch is chosen.
    """

    entries: Entries

    def constant(self, value: Fraction) -> Any:
        """A rational number of SymPy."""
        return sympy.Rational(value.numerator, value.denominator)

    def apply(self, function: Function | Known, value: Any) -> Any:
        """SymPy's function of that name, or an unknown one, of an expression."""
        if isinstance(function, Known):
            return _KNOWN[function.name](value)
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
    evaluation = Evaluation(sizes, entries.at(sizes), Scalars(entries))
    terms = []
    for place in evaluation.places(z):
        value = evaluation.entry(z, place)
        weight = sympy.Integer(1) if cotangent is None else evaluation.entry(cotangent, place)
        terms.append((weight, value, value.free_symbols))
    for place in evaluation.places(wrt):
        entry = entries(wrt, place)
        yield place, sympy.Add(*(w * sympy.diff(v, entry) for w, v, inside in terms if entry in inside))


def agrees(
    z: Tensor,
    wrt: Tensor | None,
    cotangent: Tensor | None,
    claim: Tensor,
    sizes: Mapping[Symbol, int],
    hypotheses: Sequence[SumsToOne] = (),
) -> bool:
    """Whether the claim is the gradient of Σ cotangent·z by `wrt`, or z itself if that is None.

    At these sizes, as polynomials in the entries. Where there are roots, reciprocals or known functions,
    expressions that are not equal as they stand are evaluated at `POINTS` random points, and agree if
    they do so to `DIGITS` digits, which is no proof. Where there is a maximum, on several branches: those
    that `BRANCHES` orders of the entries choose. `wrt` must be a variable.
    """
    inside = [
        inner
        for side in (z, claim)
        for node in nodes(side)
        if isinstance(node, Comprehension)
        for inner in walk(node.body)
    ]
    forked = any(isinstance(inner, (Maximum, Selected)) for inner in inside)
    polynomial = not any(
        (isinstance(inner, Power) and (inner.exponent < 0 or inner.exponent.denominator != 1))
        or (isinstance(inner, Apply) and isinstance(inner.function, Known))
        for inner in inside
    )
    return all(
        _agrees(z, wrt, cotangent, claim, sizes, Entries(branch, tuple(hypotheses)), polynomial)
        for branch in range(BRANCHES if forked else 1)
    )


def _agrees(
    z: Tensor,
    wrt: Tensor | None,
    cotangent: Tensor | None,
    claim: Tensor,
    sizes: Mapping[Symbol, int],
    entries: Entries,
    polynomial: bool,
) -> bool:
    evaluation = Evaluation(sizes, entries.at(sizes), Scalars(entries))
    same = functools.partial(_equal, polynomial=polynomial)
    if wrt is None:
        if evaluation.shape(z) != evaluation.shape(claim):
            return False
        return all(same(evaluation.entry(z, p), evaluation.entry(claim, p)) for p in evaluation.places(z))
    if not isinstance(wrt, Variable):
        raise TypeError(f"the second road differentiates by variables only, not by {wrt!r}")
    if evaluation.shape(wrt) != evaluation.shape(claim):
        return False
    return all(
        same(derived, evaluation.entry(claim, place))
        for place, derived in gradient_entries(z, wrt, cotangent, sizes, entries)
    )


def _equal(left: Any, right: Any, polynomial: bool) -> bool:
    if left == right:
        return True
    if polynomial:
        return bool(sympy.expand(left - right) == 0)
    return all(_close(left, right, random.Random(seed)) for seed in range(POINTS))


def _close(left: Any, right: Any, drawn: random.Random) -> bool:
    """Whether both have the same value, to many digits, at rational numbers drawn between 0 and 2."""
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    known = {symbol: sympy.Rational(drawn.randint(1, 199), 100) for symbol in symbols}
    one, other = _value(left, known), _value(right, known)
    return bool(abs(one - other) <= sympy.Float(10) ** -DIGITS * (1 + abs(one)))


def _value(expression: Any, known: dict[Any, Any]) -> Any:
    """Its value to far more than `DIGITS` digits, where those of its symbols are known.

    What is nested in many places is evaluated once, unlike by `sympy.N`, for which the gradients of deep
    networks are exponentially long.
    """
    if expression not in known:
        made = expression
        if expression.args:
            made = expression.func(*(_value(inside, known) for inside in expression.args))
        is_exact = not isinstance(made, sympy.Expr) or made.is_Rational
        known[expression] = made if is_exact else sympy.N(made, 2 * DIGITS)
    return known[expression]
