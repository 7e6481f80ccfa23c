"""The mistakes people make in a backward, each as the tensor that one who makes it gets.

A mistake is said to be the cause only where it explains every entry, at every shape that was seen to fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from symgrad.testing.example import Example, Place
from symgrad.testing.layers import role_of
from symgrad.testing.misreadings import Make, Mistake, operands, own_axes, selections, strides, weights, windows
from symgrad.testing.result import WRONG_FORWARD
from symgrad.trace.algebra import Number, Sum, difference


def mistakes(first: Example) -> Iterator[Mistake]:
    """Every mistake that can be made in a tensor like this one, the likeliest first."""
    if first.comparison.tied:
        yield from _ties()
        return
    for family in (_plain, windows, _factors, operands, own_axes, strides, selections, _elementwise):
        yield from family(first)
    yield from weights(first)
    yield from _two(first)
    yield from _paths(first)
    yield from _last_resorts(first)


# -- of the whole tensor --------------------------------------------------------------------------


def _plain(first: Example) -> Iterator[Mistake]:
    yield "never filled: it is zero everywhere", lambda e: e.scaled(0)
    yield "the sign is wrong", lambda e: e.scaled(-1)
    if first.comparison.kind == WRONG_FORWARD:
        return

    def lonely(e: Example) -> Any:
        return e.each(lambda of: _without(e, of, e.delta))

    yield f"{first.delta}, the gradient that comes in, is left out", lonely


def _without(e: Example, of: Sum, name: str) -> Sum:
    """A sum with the entries of one tensor taken as 1."""
    result: dict[Any, Number] = {}
    for monomial, c in of.items():
        rest = tuple(pair for pair in monomial if e.tensor_of(pair[0]) != name)
        result[rest] = result.get(rest, 0) + c
    return {m: c for m, c in result.items() if c}


def _factors(first: Example) -> Iterator[Mistake]:
    batch = _batch(first)
    if first.comparison.of in first.judge.average:
        yield "not averaged over the batch, where the mean is meant", lambda e: e.scaled(e.batch())
    else:
        yield "averaged over the batch, where the sum is meant", lambda e: e.scaled(Fraction(1, e.batch()))
        yield "counted once too often for every sample (a factor N)", lambda e: e.scaled(e.batch())
    kernels = [n for n in first.case.options if role_of(n) in ("kernel", "kernel_h", "kernel_w")]
    if kernels:
        yield (
            "1 for 1/k²: the gradient is not divided by the size of the window",
            lambda e: e.scaled(_area(e)),
        )
        for name in kernels:
            yield f"1/k for 1/k²: {name} divides once too few", lambda e, name=name: e.scaled(_side(e, name))
        yield "divided by the size of the window once too often", lambda e: e.scaled(Fraction(1, _area(e)))
    for name in first.quantities:
        if name != batch:
            yield _times(first, name), lambda e, name=name: e.scaled(e.quantities.get(name, 0))
            yield f"divided by {name}", lambda e, name=name: _divided(e, name)
    yield "a factor of 2 too much", lambda e: e.scaled(2)
    yield "a factor of ½ too much", lambda e: e.scaled(Fraction(1, 2))


def _divided(e: Example, name: str) -> Any:
    return e.scaled(Fraction(1, e.quantities[name])) if e.quantities.get(name) else None


def _times(first: Example, name: str) -> str:
    return f"counted {name} times"


def _batch(first: Example) -> str:
    return next((name for name in first.case.sizes if name == "N"), "")


def _side(e: Example, name: str) -> int:
    return int(e.case.options[name])


def _area(e: Example) -> int:
    sides = [int(v) for n, v in e.case.options.items() if role_of(n) in ("kernel", "kernel_h", "kernel_w")]
    return sides[0] ** max(1, len(e.comparison.run.out_shape) - 2) if len(sides) == 1 else int(np.prod(sides))


# -- of functions ---------------------------------------------------------------------------------


def _elementwise(first: Example) -> Iterator[Mistake]:
    if first.comparison.kind == WRONG_FORWARD or first.comparison.run.out_shape != first.derived.shape:
        return
    yield "σ' at a for σ' at z: the derivative is taken at the output", lambda e: e.at_the_output()
    yield (
        "the derivative of the function is left out: the gradient goes through unchanged",
        lambda e: e.elementwise(lambda run: run.cotangent),
    )
    yield (
        "σ for σ': the gradient is multiplied with the function, not with its derivative",
        lambda e: e.elementwise(lambda run: [d * z for d, z in zip(run.cotangent, run.out, strict=True)]),
    )
    yield (
        "the mask is inverted",
        lambda e: e.elementwise(
            lambda run: [d - g for d, g in zip(run.cotangent, e.comparison.derived, strict=True)]
        ),
    )
    yield "a clamp is left out: the gradient goes through where the forward is constant", _clamp
    yield "a clamp too many: nothing goes through where the forward is not constant", _too_clamped


def _clamp(e: Example) -> Any:
    wrong = set(e.comparison.wrong)
    through = e.elementwise(lambda run: run.cotangent)
    if through is None or any(e.derived[place] for place in wrong):
        return None
    return _chosen(e, wrong, through)


def _too_clamped(e: Example) -> Any:
    wrong = set(e.comparison.wrong)
    return _chosen(e, wrong, e.scaled(0))


def _chosen(e: Example, places: set[Place], other: Any) -> Any:
    result = np.empty(e.derived.shape, dtype=object)
    for place in np.ndindex(*e.derived.shape):
        result[place] = other[place] if place in places else e.derived[place]
    return result


def _ties() -> Iterator[Mistake]:
    def all_of_them(e: Example) -> Any:
        derived, obtained = e.derived[()], e.obtained[()]
        if derived.keys() != obtained.keys():
            return None
        ratios = [Fraction(obtained[m]) / Fraction(derived[m]) for m in derived]
        return e.obtained if all(r >= 1 and r.denominator == 1 for r in ratios) else None

    def less(e: Example) -> Any:
        derived, obtained = e.derived[()], e.obtained[()]
        return e.obtained if obtained.keys() < derived.keys() or not obtained else None

    yield (
        "ties routed to all: every element that is as large as the largest gets the whole gradient",
        all_of_them,
    )
    yield "at a tie the gradient is lost: no element gets it", less


def _paths(first: Example) -> Iterator[Mistake]:
    """What flows back through one line of the forward left out."""
    for line, name in first.lines():
        yield (
            f"what flows back through line {line} of the forward is left out",
            lambda e, line=line, name=name: e.without_line(line, name),
        )


# -- two at once, and what is less than a cause ---------------------------------------------------


def _two(first: Example) -> Iterator[Mistake]:
    """A factor besides another mistake."""
    scale = [
        ("averaged over the batch", lambda e: Fraction(1, e.batch())),
        ("of the wrong sign", lambda e: Fraction(-1)),
        ("doubled", lambda e: Fraction(2)),
    ]
    others = [*windows(first), *_elementwise(first)]
    for word, factor in scale:
        for text, make in others:
            yield f"{text}; and it is {word}", lambda e, m=make, f=factor: _rescaled(m(e), f(e))


def _rescaled(tensor: Any, factor: Fraction) -> Any:
    if tensor is None:
        return None
    result = np.empty(tensor.shape, dtype=object)
    for place in np.ndindex(*tensor.shape):
        result[place] = {m: c * factor for m, c in tensor[place].items()}
    return result


def _last_resorts(first: Example) -> Iterator[Mistake]:
    ratio = _ratio(first)
    if ratio is not None:
        yield f"off by the constant factor {ratio}", lambda e: e.scaled(ratio)

    def decay(e: Example) -> Any:
        pairs = zip(e.obtained.reshape(-1), e.derived.reshape(-1), strict=True)
        extra = [difference(one, other) for one, other in pairs]
        free = all(e.delta not in e.inside(m) for of in extra for m in of)
        return e.obtained if free else None

    if first.comparison.kind != WRONG_FORWARD:
        yield f"something is added that does not depend on {first.delta}", decay


def _ratio(e: Example) -> Fraction | None:
    for one, other in zip(e.obtained.reshape(-1), e.derived.reshape(-1), strict=True):
        for monomial, c in other.items():
            return Fraction(one[monomial]) / Fraction(c) if one.get(monomial) else None
    return None


