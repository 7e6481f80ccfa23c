"""Closed forms changed in one place: an index, a range, a condition, a factor, a function."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from symgrad.language.functions import Known, sigmoid, tanh
from symgrad.language.index import Constraint, Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Function,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Scalar,
    Selected,
    Sum,
    add,
    multiply,
    power,
    substitute,
)
from symgrad.language.tensor import Comprehension, Tensor


def mutants(claim: Tensor, count: int, seed: int) -> list[tuple[str, Tensor]]:
    """`count` mutants of a claim, all different from it and from each other, drawn by the seed."""
    found: dict[Tensor, str] = {}
    for node in nodes(claim):
        if isinstance(node, Comprehension):
            for what, body in variations(node.body):
                changed = Comprehension(node.axes, node.indices, body, None, node.requires, node.assumes)
                mutant = _put(claim, node, changed)
                if mutant is not claim:
                    found.setdefault(mutant, f"{node.call.name if node.call else 'body'}: {what}")
    every = [(what, mutant) for mutant, what in found.items()]
    return random.Random(seed).sample(every, min(count, len(every)))


def _put(tensor: Tensor, old: Tensor, new: Tensor) -> Tensor:
    done = {old: new}

    def swap(node: Tensor) -> Tensor:
        if node not in done:
            done[node] = node
            if isinstance(node, Comprehension):
                body = substitute(node.body, {}, swap)
                if body != node.body:
                    done[node] = Comprehension(
                        node.axes, node.indices, body, None, node.requires, node.assumes
                    )
        return done[node]

    return swap(tensor)


def variations(node: Scalar) -> Iterator[tuple[str, Scalar]]:
    """The scalar with one place in it changed, in every way."""
    yield from _here(node)
    match node:
        case Add(terms):
            for place, term in enumerate(terms):
                for what, new in variations(term):
                    yield what, add(*terms[:place], new, *terms[place + 1 :])
        case Multiply(factors):
            for place, factor in enumerate(factors):
                for what, new in variations(factor):
                    yield what, multiply(*factors[:place], new, *factors[place + 1 :])
        case Sum(over, body):
            for what, new in variations(body):
                yield what, Sum(over, new)
        case Power(base, exponent):
            for what, new in variations(base):
                yield what, power(new, exponent)
        case Apply(function, argument):
            for what, new in variations(argument):
                yield what, Apply(function, new)
        case Maximum(over, where, body):
            for what, new in variations(body):
                yield what, Maximum(over, where, new)


def _here(node: Scalar) -> Iterator[tuple[str, Scalar]]:
    match node:
        case Access(tensor, at):
            for place, index in enumerate(at):
                for what, new in _moved(index, tensor.extents[place]):
                    yield f"index {place}: {what}", Access(tensor, (*at[:place], new, *at[place + 1 :]))
            for one in range(len(at)):
                for other in range(one):
                    changed = list(at)
                    changed[one], changed[other] = at[other], at[one]
                    yield f"indices {other} and {one} exchanged", Access(tensor, tuple(changed))
            yield "read twice", Multiply((node, node))
        case Selected(best, at):
            for place, index in enumerate(at):
                extent = best.over[place][1]
                for what, new in _moved(index, extent):
                    yield f"winner {place}: {what}", Selected(best, (*at[:place], new, *at[place + 1 :]))
        case Constant(value, powers):
            for factor in (Fraction(2), Fraction(1, 2), Fraction(-1)):
                yield f"constant times {factor}", Constant(value * factor, powers)
            for place in range(len(powers)):
                yield "power of a size dropped", Constant(value, powers[:place] + powers[place + 1 :])
        case Multiply(factors):
            for place, factor in enumerate(factors):
                rest = multiply(*factors[:place], *factors[place + 1 :])
                yield f"factor {type(factor).__name__} dropped", rest
            yield "doubled", multiply(Constant(Fraction(2)), node)
            yield "sign", multiply(Constant(Fraction(-1)), node)
        case Add(terms):
            for place in range(len(terms)):
                yield "term dropped", add(*terms[:place], *terms[place + 1 :])
        case Sum(over, body):
            for place, (symbol, extent) in enumerate(over):
                shorter = (*over[:place], (symbol, extent - 1), *over[place + 1 :])
                yield f"range of {symbol} shorter", Sum(shorter, body)
        case Indicator(conditions):
            for place, condition in enumerate(conditions):
                others = (conditions[:place], conditions[place + 1 :])
                yield "condition dropped", Indicator((*others[0], *others[1]))
                for step in (1, -1):
                    moved = Constraint(condition.polynomial + step, condition.equality)
                    yield f"condition moved by {step}", Indicator((*others[0], moved, *others[1]))
        case Apply(Known() as function, argument):
            yield "another function", Apply(tanh if function == sigmoid else sigmoid, argument)
            yield "the derivative", function.slope(argument)
            yield "function dropped", argument
        case Apply(Function(name, order), argument):
            yield "one more prime", Apply(Function(name, order + 1), argument)
            if order:
                yield "one prime less", Apply(Function(name, order - 1), argument)
            yield "function dropped", argument
        case Power(base, exponent):
            yield "exponent", power(base, exponent + 1)


def _moved(index: Index, extent: Index) -> Iterator[tuple[str, Index]]:
    yield "plus 1", index + 1
    yield "minus 1", index - 1
    yield "reversed", extent - 1 - index
    yield "first", Index.of(0)
    yield "last", extent - 1
