"""The mistakes people make in a backward, each as the tensor that one who makes it gets.

A mistake is said to be the cause only where it explains every entry, at every shape that was seen to fail.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from symgrad.testing.example import Example
from symgrad.testing.layers import role_of
from symgrad.testing.misreadings import (
    Make,
    Mistake,
    operands,
    own_axes,
    selections,
    strides,
    weights,
    windows,
)
from symgrad.testing.result import WRONG_FORWARD
from symgrad.trace.scalar import Traced, constant, raised
from symgrad.trace.sums import Monomial, Number, Sum, difference, exact


def mistakes(first: Example) -> Iterator[Mistake]:
    """Every mistake that can be made in a tensor like this one, the likeliest first."""
    if first.comparison.tied:
        yield from _ties()
        return
    if first.comparison.kind == WRONG_FORWARD:
        families = [_plain, _factors, weights, operands, own_axes, strides, selections, _last_resorts]
    else:
        families = [_plain, _factors, _elementwise, windows, strides, selections, operands, own_axes]
        families += [_paths, weights, _two, _last_resorts]
    for family in families:
        yield from family(first)


# -- of the whole tensor --------------------------------------------------------------------------


def _plain(first: Example) -> Iterator[Mistake]:
    yield "never filled: it is zero everywhere", _times(0)
    yield "the sign is wrong", _times(-1)
    if first.comparison.kind != WRONG_FORWARD:
        yield f"{first.delta}, the gradient that comes in, is left out", _without_delta


def _times(factor: Number) -> Make:
    return lambda e: e.scaled(factor)


def _without_delta(e: Example) -> Any:
    def alone(of: Sum) -> Sum:
        result: dict[Monomial, Number] = {}
        for monomial, c in of.items():
            rest = tuple(pair for pair in monomial if e.tensor_of(pair[0]) != e.delta)
            result[rest] = result.get(rest, 0) + c
        return {monomial: c for monomial, c in result.items() if c}

    return e.each(alone)


def _factors(first: Example) -> Iterator[Mistake]:
    if first.comparison.of in first.judge.average:
        yield "not averaged over the batch, where the mean is meant", _by(lambda e: e.batch())
    elif first.comparison.kind != WRONG_FORWARD:
        yield "averaged over the batch, where the sum is meant", _by(lambda e: Fraction(1, e.batch()))
    kernels = [name for name in first.case.options if role_of(name) in KERNELS]
    if kernels:
        yield "1 for 1/k²: it is not divided by the size of the window", _by(_area)
        for name in kernels:
            yield f"1/k for 1/k²: it is divided once too few by {name}", _by(_size(name))
        yield "it is divided by the size of the window once too often", _by(lambda e: Fraction(1, _area(e)))
    for name in first.quantities:
        yield f"counted {name} times, or a mean over {name} taken for a sum", _by(_size(name))
        yield f"divided by {name}", _by(_inverse(name))
    for name in first.quantities:
        yield f"a division by √{name} is left out", _by_root(name, 1)
        yield f"divided by √{name} once too often", _by_root(name, -1)
    if first.comparison.kind != WRONG_FORWARD:
        yield "the mean is taken where the sum is meant", _mean_of_terms
    yield "a factor of 2 too much", _times(2)
    yield "a factor of ½ too much", _times(Fraction(1, 2))


def _mean_of_terms(e: Example) -> Any:
    entries = e.derived.reshape(-1)
    if max(map(len, entries)) < 2 or any(len(set(of.values())) > 1 for of in entries):
        return None  # a difference is no sum of likes
    return e.each(lambda of: {m: exact(Fraction(c) / len(of)) for m, c in of.items()})


KERNELS = ("kernel", "kernel_h", "kernel_w")


def _by(factor: Callable[[Example], Number]) -> Make:
    return lambda e: e.scaled(factor(e))


def _size(name: str) -> Callable[[Example], Number]:
    return lambda e: e.quantities[name]


def _inverse(name: str) -> Callable[[Example], Number]:
    return lambda e: Fraction(1, e.quantities[name])


def _by_root(name: str, sign: int) -> Make:
    def scaled(e: Example) -> Any:
        root = e.expansion.sum(raised(constant(e.quantities[name]), Fraction(sign, 2)))
        return e.each(lambda of: e.expansion.algebra.product(of, root))

    return scaled


def _area(e: Example) -> int:
    """The number of elements of a window."""
    sides = [int(value) for name, value in e.case.options.items() if role_of(name) in KERNELS]
    spatial = max(1, len(e.run.out_shape) - 2)
    return sides[0] ** spatial if len(sides) == 1 else math.prod(sides)


# -- of functions ---------------------------------------------------------------------------------


def _elementwise(first: Example) -> Iterator[Mistake]:
    """The derivative of a function taken at the wrong place, or a mask that is wrong."""
    if first.comparison.kind == WRONG_FORWARD or first.run.out_shape != first.derived.shape:
        return
    yield "σ' at a for σ' at z: the derivative is taken at the output", lambda e: e.at_the_output()
    yield "σ' is left out: the gradient goes through unchanged", _through
    yield "σ for σ': the gradient is multiplied with the function, not with its derivative", _function
    for formula, slope in (("1 - a²", _tanh_slope), ("a(1 - a)", _sigmoid_slope), ("a", _exp_slope)):
        yield f"σ' = {formula} is taken at z where the output a is meant", _slope_at_input(slope)
    yield "the mask is inverted", _inverted
    yield "a clamp is left out: the gradient goes through where the forward is constant", _clamp_left_out
    yield "a clamp too many: nothing goes through where the forward is not constant", _clamp_too_many


def _through(e: Example) -> Any:
    return e.elementwise(lambda run: run.cotangent)


def _function(e: Example) -> Any:
    return e.elementwise(lambda run: [d * z for d, z in zip(run.cotangent, run.out, strict=True)])


def _tanh_slope(z: Traced) -> Any:
    return 1 - z * z


def _sigmoid_slope(z: Traced) -> Any:
    return z * (1 - z)


def _exp_slope(z: Traced) -> Any:
    return z


def _slope_at_input(slope: Callable[[Traced], Any]) -> Make:
    def wrong(e: Example) -> Any:
        entries = e.run.originals.get(e.comparison.of, [])
        if len(entries) != len(e.run.cotangent):
            return None
        return e.elementwise(lambda run: [d * slope(z) for d, z in zip(run.cotangent, entries, strict=True)])

    return wrong


def _inverted(e: Example) -> Any:
    slopes = e.nodes
    return e.elementwise(lambda run: [d - g for d, g in zip(run.cotangent, slopes, strict=True)])


def _clamp_left_out(e: Example) -> Any:
    through = _through(e)
    if through is None or any(e.derived[place] for place in e.comparison.wrong):
        return None
    return _chosen(e, through)


def _clamp_too_many(e: Example) -> Any:
    return _chosen(e, e.scaled(0))


def _chosen(e: Example, other: Any) -> Any:
    """The derived tensor with the entries of another where it is wrong."""
    result = e.derived.copy()
    for place in e.comparison.wrong:
        result[place] = other[place]
    return result


def _ties() -> Iterator[Mistake]:
    yield "ties routed to all: every element as large as the largest gets the whole gradient", _to_all
    yield "at a tie the gradient is lost: no element gets it, or only a part of it", _to_none


def _to_all(e: Example) -> Any:
    derived, obtained = e.derived[()], e.obtained[()]
    if derived.keys() != obtained.keys():
        return None
    ratios = [Fraction(obtained[monomial]) / Fraction(derived[monomial]) for monomial in derived]
    return e.obtained if all(ratio >= 1 and ratio.denominator == 1 for ratio in ratios) else None


def _to_none(e: Example) -> Any:
    derived, obtained = e.derived[()], e.obtained[()]
    return e.obtained if obtained.keys() < derived.keys() else None


def _paths(first: Example) -> Iterator[Mistake]:
    """What flows back through one line of the forward left out."""
    lines = list(first.lines())
    for line, name in lines:
        yield f"what flows back through line {line} of the forward is left out", _path((line, name))
    for one, other in itertools.combinations(lines[:LINES], 2):
        text = f"what flows back through lines {one[0]} and {other[0]} of the forward is left out"
        yield text, _path(one, other)


LINES = 10
"""Of how many lines every two are tried."""


def _path(*lines: tuple[int, str]) -> Make:
    return lambda e: e.without_lines(lines)


# -- two at once, and what is less than a cause ---------------------------------------------------


def _two(first: Example) -> Iterator[Mistake]:
    """A factor besides another mistake."""
    factors: tuple[tuple[str, Callable[[Example], Number]], ...] = (
        ("it is averaged over the batch", lambda e: Fraction(1, e.batch())),
        ("its sign is wrong", lambda e: -1),
        ("it is doubled", lambda e: 2),
    )
    others = [*windows(first), *_elementwise(first)]
    for word, factor in factors:
        for text, make in others:
            yield f"{text}; and {word}", _rescaled(make, factor)


def _rescaled(make: Make, factor: Callable[[Example], Number]) -> Make:
    def rescaled(e: Example) -> Any:
        made = make(e)
        return None if made is None else e.each(lambda of: {m: c * factor(e) for m, c in of.items()}, made)

    return rescaled


def _last_resorts(first: Example) -> Iterator[Mistake]:
    if any(array.dtype.kind in "iu" for array in first.run.arrays.values()):
        yield "an index that occurs twice counts once: a[index] += … adds once, np.add.at each time", _once
    ratio = _ratio(first)
    if ratio is not None:
        yield f"off by the constant factor {ratio}", _times(ratio)
    if first.comparison.kind != WRONG_FORWARD:
        yield f"something is added that does not depend on {first.delta}", _independent


def _ratio(e: Example) -> Fraction | None:
    for one, other in zip(e.obtained.reshape(-1), e.derived.reshape(-1), strict=True):
        for monomial, c in other.items():
            return Fraction(one[monomial]) / Fraction(c) if one.get(monomial) else None
    return None


def _once(e: Example) -> Any:
    """What is obtained, if each term is there, but a whole number of times too seldom."""
    for one, other in zip(e.obtained.reshape(-1), e.derived.reshape(-1), strict=True):
        if not one.keys() <= other.keys():
            return None
        if any((Fraction(other[monomial]) / Fraction(c)).denominator != 1 for monomial, c in one.items()):
            return None
    return e.obtained


def _independent(e: Example) -> Any:
    pairs = zip(e.obtained.reshape(-1), e.derived.reshape(-1), strict=True)
    extra = [difference(one, other) for one, other in pairs]
    return e.obtained if all(e.delta not in e.inside(m) for of in extra for m in of) else None
