"""Certificates in numbers: what one states, evaluated at small sizes, by nothing that checks it.

Entries are dual numbers, over a prime field, or over the real numbers where functions are known. Other
functions and selectors are arbitrary, as a certificate must hold for any; sizes are all those up to a
bound that meet the assumptions.
"""

from __future__ import annotations

import itertools
import json
import math
import random

PRIME = 1_000_003


def _normal(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def _sigmoid(x):
    return 1 / (1 + math.exp(-x))


KNOWN = {
    "exp": (math.exp, math.exp),
    "log": (math.log, lambda x: 1 / x),
    "tanh": (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "sigmoid": (_sigmoid, lambda x: _sigmoid(x) / (1 + math.exp(x))),
    "softplus": (lambda x: math.log(1 + math.exp(x)), _sigmoid),
    "Phi": (lambda x: (1 + math.erf(x / math.sqrt(2))) / 2, _normal),
    "phi": (_normal, lambda x: -x * _normal(x)),
    "step": (lambda x: float(x > 0), lambda x: 0.0),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
    "root": (math.sqrt, lambda x: x**-0.5 / 2),
    "inverse_root": (lambda x: x**-0.5, lambda x: -(x**-1.5) / 2),
}
"""Known functions with their derivatives, as analysis has them."""


class Meaningless(Exception):
    """What is stated has no value: an unknown name, a wrong number of indices, a reciprocal of zero."""


class Unmet(Exception):
    """A function is taken of what it is not defined for, such as the reciprocal of 0."""


def holds(data, largest=3, most=12, seed=0):
    """Whether both sides are the same at some small sizes; False is certain, True is very likely."""
    written = json.dumps(data["definitions"])
    kind = _Reals if any(f'"{name}", 0,' in written for name in KNOWN) else _Numbers
    try:
        found = [_at(kind(data, sizes, seed)) for sizes in _sizes(data, largest, most, seed)]
        return all(one is not False for one in found) and True in found
    except (Meaningless, ArithmeticError, KeyError, TypeError, ValueError, IndexError, RecursionError):
        return False


def _at(numbers):
    """Whether both sides are the same; None where one has no value."""
    try:
        return numbers.equal()
    except Unmet:
        return None


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
        for kind, *what in (use["law"] for use in self.data["uses"]):
            if kind == "cancel" and not all(self.entry(what[0], at)[0] for at in self.places(what[0])):
                raise Unmet
        forward, wrt, closed = self.data["forward"], self.data["wrt"], self.data["closed_form"]
        if wrt is None:
            pairs = [(self.entry(forward, at), self.entry(closed, at)) for at in self.places(forward)]
            return all(self.same(x, y) for (x, _), (y, _) in pairs)
        left = right = 0
        for at in self.places(forward):
            delta = self.entry(self.data["cotangent"], at)[0] if self.data["cotangent"] else 1
            left += delta * self.entry(forward, at)[1]
        for at in self.places(wrt):
            right += self.entry(closed, at)[0] * self.arbitrary(self.data["change"], at)
        return self.same(left, right)

    @staticmethod
    def same(x, y):
        return (x - y) % PRIME == 0

    @staticmethod
    def reduced(x):
        return x % PRIME

    def places(self, tensor):
        extents = (
            self.definitions[tensor]["extents"]
            if tensor in self.definitions
            else self.data["tensors"][tensor]
        )
        return itertools.product(*(range(index(extent, self.sizes)) for extent in extents))

    def arbitrary(self, *what):
        return random.Random(f"{self.seed} {what}").randrange(PRIME)

    def given(self, tensor, at):
        """An entry of an input, which sums to one where that is assumed."""
        axes = next((axes for other, axes in self.data["hypotheses"] if other == tensor), None)
        if axes is None:
            return self.arbitrary(tensor, at)
        whole = 0
        for place in self.places(tensor):
            if all(place[k] == at[k] for k in range(len(at)) if k not in axes):
                whole = whole + self.arbitrary(tensor, place)
        return self.reduced(self.arbitrary(tensor, at) * self.inverse(whole))

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
            return self.given(tensor, at), slope
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
        return self.arbitrary(tensor, at), self.reduced(slope)

    def scalar(self, node, names):
        match node:
            case ["number", value, powers]:
                top, _, bottom = value.partition("/")
                number = int(top) * self.inverse(int(bottom or 1))
                for base, exponent in powers:
                    value = index(base, names)
                    number *= self.reduced((value if exponent > 0 else self.inverse(value)) ** abs(exponent))
                return self.reduced(number), 0
            case ["read", tensor, at]:
                return self.entry(tensor, self.at(at, names))
            case ["apply", function, order, tensor, at]:
                value, slope = self.entry(tensor, self.at(at, names))
                return self.function(function, order, value), self.reduced(
                    self.function(function, order + 1, value) * slope
                )
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
                return self.reduced(value), self.reduced(slope)
            case ["when", conditions, body]:
                if all(_true(index(c, names), relation) for c, relation in conditions):
                    return self.scalar(body, names)
                return 0, 0
            case ["+", terms]:
                parts = [self.scalar(term, names) for term in terms]
                return self.reduced(sum(x for x, _ in parts)), self.reduced(sum(dx for _, dx in parts))
            case ["*", factors]:
                value, slope = 1, 0
                for factor in factors:
                    x, dx = self.scalar(factor, names)
                    value, slope = self.reduced(value * x), self.reduced(value * dx + slope * x)
                return value, slope
        raise Meaningless

    def function(self, function, order, value):
        """A function or a derivative of it, any."""
        return self.arbitrary(function, order, value)

    def at(self, at, names):
        return tuple(index(i, names) for i in at)

    @staticmethod
    def inverse(value):
        if value % PRIME == 0:
            raise Meaningless
        return pow(value, -1, PRIME)


class _Reals(_Numbers):
    """The same in real numbers; inputs are between 0 and 1."""

    def arbitrary(self, *what):
        return random.Random(f"{self.seed} {what}").uniform(0.2, 0.8)

    @staticmethod
    def same(x, y):
        return abs(x - y) <= 1e-9 * (1 + abs(x) + abs(y))

    @staticmethod
    def reduced(x):
        return x

    @staticmethod
    def inverse(value):
        if not value:
            raise Meaningless
        return 1 / value

    def function(self, function, order, value):
        if function not in KNOWN:  # any, with all its derivatives
            return math.sin(3 * value + order * math.pi / 2) * 3**order
        if order > 1:
            raise Meaningless
        if (function == "reciprocal" and not value) or (
            function in ("log", "root", "inverse_root") and value <= 0
        ):
            raise Unmet
        return KNOWN[function][order](value)
