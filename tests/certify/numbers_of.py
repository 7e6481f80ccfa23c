"""Certificates in numbers: what one states, evaluated at small sizes, by nothing that checks it.

Entries are dual numbers over a prime field. Functions and selectors are arbitrary, as a certificate
must hold for any; sizes are all those up to a bound that meet the assumptions.
"""

from __future__ import annotations

import itertools
import random

PRIME = 1_000_003


class Meaningless(Exception):
    """What is stated has no value: an unknown name, a wrong number of indices, a reciprocal of zero."""


def holds(data, largest=3, most=12, seed=0):
    """Whether both sides are the same at some small sizes; False is certain, True is very likely."""
    try:
        return all(_Numbers(data, sizes, seed).equal() for sizes in _sizes(data, largest, most, seed))
    except (Meaningless, KeyError, TypeError, ValueError, IndexError, RecursionError):
        return False


def _sizes(data, largest, most, seed):
    names, least = list(data["sizes"]), list(data["sizes"].values())
    every = list(itertools.product(*(range(low, max(low, largest) + 1) for low in least)))
    random.Random(seed).shuffle(every)
    found = 0
    for values in [tuple(data["example"][n] for n in names), *every]:
        sizes = dict(zip(names, values, strict=True))
        for q, (top, bottom) in data["floors"].items():
            below = index(bottom, sizes)
            if not below:
                raise Meaningless
            sizes[q] = index(top, sizes) // below
        if all(_true(index(c, sizes), relation) for c, relation in data["assumptions"]):
            yield sizes
            found += 1
            if found == most:
                return


def index(data, names):
    total = 0
    for coefficient, monomial in data:
        value = coefficient
        for name in monomial:
            value *= names[name]
        total += value
    return total


def _true(value, relation):
    if relation not in ("=", "≥"):
        raise Meaningless
    return value == 0 if relation == "=" else value >= 0


class _Numbers:
    def __init__(self, data, sizes, seed):
        self.data, self.sizes, self.seed = data, sizes, seed
        self.definitions = {d["name"]: d for d in data["definitions"]}
        self.known = {}

    def equal(self):
        forward, wrt, closed = self.data["forward"], self.data["wrt"], self.data["closed_form"]
        if wrt is None:
            return all(self.entry(forward, at) == self.entry(closed, at) for at in self.places(forward))
        left = right = 0
        for at in self.places(forward):
            delta = self.entry(self.data["cotangent"], at)[0] if self.data["cotangent"] else 1
            left += delta * self.entry(forward, at)[1]
        for at in self.places(wrt):
            right += self.entry(closed, at)[0] * self.arbitrary(self.data["change"], at)
        return (left - right) % PRIME == 0

    def places(self, tensor):
        extents = (
            self.definitions[tensor]["extents"]
            if tensor in self.definitions
            else self.data["tensors"][tensor]
        )
        return itertools.product(*(range(index(extent, self.sizes)) for extent in extents))

    def arbitrary(self, *what):
        return random.Random(f"{self.seed} {what}").randrange(PRIME)

    def entry(self, tensor, at):
        """A dual number: the entry, and its change."""
        key = (tensor, at)
        if key not in self.known:
            self.known[key] = self._entry(tensor, at)
        return self.known[key]

    def _entry(self, tensor, at):
        if tensor in self.data["tensors"]:
            if len(at) != len(self.data["tensors"][tensor]):
                raise Meaningless
            slope = self.arbitrary(self.data["change"], at) if tensor == self.data["wrt"] else 0
            return self.arbitrary(tensor, at), slope
        d = self.definitions[tensor]
        if len(at) != len(d["indices"]):
            raise Meaningless
        names = self.sizes | dict(zip(d["indices"], at, strict=True))
        if "window" not in d:
            return self.scalar(d["body"], names)
        slope = 0
        for offsets in itertools.product(*(range(index(extent, names)) for _, extent in d["window"])):
            here = names | {n: k for (n, _), k in zip(d["window"], offsets, strict=True)}
            if all(_true(index(c, here), relation) for c, relation in d["where"]):
                taken = self.arbitrary(tensor, "selected", (*at, *offsets))
                slope += taken * self.scalar(d["body"], here)[1]
        return self.arbitrary(tensor, at), slope % PRIME

    def scalar(self, node, names):
        match node:
            case ["number", value, powers]:
                top, _, bottom = value.partition("/")
                number = int(top) * self.inverse(int(bottom or 1))
                for base, exponent in powers:
                    value = index(base, names)
                    number *= pow(value if exponent > 0 else self.inverse(value), abs(exponent), PRIME)
                return number % PRIME, 0
            case ["read", tensor, at]:
                return self.entry(tensor, self.at(at, names))
            case ["apply", function, order, tensor, at]:
                value, slope = self.entry(tensor, self.at(at, names))
                derivative = self.arbitrary(function, order + 1, value)
                return self.arbitrary(function, order, value), derivative * slope % PRIME
            case ["selected", maximum, at]:
                return self.arbitrary(maximum, "selected", self.at(at, names)), 0
            case ["sum", over, body]:
                if not over:
                    return self.scalar(body, names)
                (name, extent), *rest = over
                value = slope = 0
                for k in range(index(extent, names)):
                    x, dx = self.scalar(["sum", rest, body], names | {name: k})
                    value, slope = value + x, slope + dx
                return value % PRIME, slope % PRIME
            case ["when", conditions, body]:
                if all(_true(index(c, names), relation) for c, relation in conditions):
                    return self.scalar(body, names)
                return 0, 0
            case ["+", terms]:
                parts = [self.scalar(term, names) for term in terms]
                return sum(x for x, _ in parts) % PRIME, sum(dx for _, dx in parts) % PRIME
            case ["*", factors]:
                value, slope = 1, 0
                for factor in factors:
                    x, dx = self.scalar(factor, names)
                    value, slope = value * x % PRIME, (value * dx + slope * x) % PRIME
                return value, slope
        raise Meaningless

    def at(self, at, names):
        return tuple(index(i, names) for i in at)

    @staticmethod
    def inverse(value):
        if value % PRIME == 0:
            raise Meaningless
        return pow(value, -1, PRIME)
