r"""What a certificate states, in plain data: sizes, tensors and their definitions, Imports nothing of
symgrad.

An index is a polynomial, `{monomial: coefficient}` with a monomial a sorted tuple of names. A scalar
is a list, its kind in front:

    ["number", "1/2", [[index, exponent], …]]      a rational, times powers of sizes
    ["read", tensor, [index, …]]                   an entry of a tensor
    ["apply", function, order, tensor, [index, …]] a derivative of a function, at an entry
    ["selected", maximum, [index, …]]              whether an entry is the one taken, 1 or 0
    ["sum", [[name, extent], …], scalar]           over 0 ≤ name < extent
    ["when", [[index, "≥" or "="], …], scalar]     where all conditions against 0 hold, else 0
    ["+", [scalar, …]], ["*", [scalar, …]]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

Index: TypeAlias = dict[tuple[str, ...], int]
Scalar: TypeAlias = list[Any]
Condition: TypeAlias = tuple[Index, str]

KNOWN = ("exp", "log", "tanh", "sigmoid", "softplus", "Phi", "phi", "step")
"""Functions that are known by their names."""
ROOTS = ("reciprocal", "root", "inverse_root")
"""x^(-1), x^(1/2) and x^(-1/2)."""


class Rejected(Exception):
    """Why a certificate proves nothing."""


# -- indices ----------------------------------------------------------------------------------------


def number(value: int) -> Index:
    """The constant."""
    return {(): value} if value else {}


def name(symbol: str) -> Index:
    """The index that is one name."""
    return {(symbol,): 1}


def plus(left: Index, right: Index, times: int = 1) -> Index:
    """left + times·right."""
    found = dict(left)
    for monomial, coefficient in right.items():
        total = found.get(monomial, 0) + times * coefficient
        if total:
            found[monomial] = total
        else:
            found.pop(monomial, None)
    return found


def product(left: Index, right: Index) -> Index:
    """left·right."""
    found: Index = {}
    for m, c in left.items():
        for n, d in right.items():
            found = plus(found, {tuple(sorted(m + n)): c * d})
    return found


def put(index: Index, values: Mapping[str, Index]) -> Index:
    """The index with names replaced."""
    if not any(symbol in values for monomial in index for symbol in monomial):
        return index
    found: Index = {}
    for monomial, coefficient in index.items():
        here = number(coefficient)
        for symbol in monomial:
            here = product(here, values.get(symbol, name(symbol)))
        found = plus(found, here)
    return found


def index_from(data: Any) -> Index:
    """An index from its JSON, `[[coefficient, [name, …]], …]`. Raises Rejected for anything else."""
    found: Index = {}
    if not isinstance(data, list):
        raise Rejected(f"not an index: {data!r}")
    for term in data:
        match term:
            case [int(coefficient), list(names)] if all(isinstance(n, str) for n in names):
                found = plus(found, {tuple(sorted(names)): int(coefficient)} if coefficient else {})
            case _:
                raise Rejected(f"not a term of an index: {term!r}")
    return found


def condition_from(data: Any) -> Condition:
    """A condition from its JSON, `[index, "≥" or "="]`."""
    match data:
        case [index, ("≥" | "=") as relation]:
            return index_from(index), relation
    raise Rejected(f"not a condition: {data!r}")


# -- what is stated ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Definition:
    """A tensor defined by its entry at the indices."""

    name: str
    indices: tuple[str, ...]
    extents: tuple[Index, ...]
    body: Scalar


@dataclass(frozen=True)
class Greatest:
    """The greatest `body` over the window indices that meet the conditions, for each of the indices."""

    name: str
    indices: tuple[str, ...]
    window: tuple[tuple[str, Index], ...]
    where: tuple[Condition, ...]
    body: Scalar


@dataclass
class Statement:
    """What a certificate claims; `wrt` None means that forward and closed form are the same tensor."""

    least: dict[str, int]
    floors: dict[str, tuple[Index, Index]]
    assumed: list[Condition]
    tensors: dict[str, tuple[Index, ...]]
    definitions: dict[str, Definition]
    maxima: dict[str, Greatest]
    forward: str
    wrt: str | None
    cotangent: str | None
    closed: str
    example: dict[str, int] = field(default_factory=dict)
    change: str = "e"
    hypotheses: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    moving: dict[str, bool] = field(default_factory=dict)

    @property
    def known(self) -> list[Condition]:
        """What is true of the sizes, the integer quotients among them."""
        found = [(plus(name(size), number(least), -1), "≥") for size, least in self.least.items()]
        for symbol, (top, bottom) in self.floors.items():
            left = plus(top, product(bottom, name(symbol)), -1)
            found += [(left, "≥"), (plus(plus(bottom, left, -1), number(1), -1), "≥")]
        return found + self.assumed

    def extents(self, tensor: str) -> tuple[Index, ...]:
        """The shape of a tensor."""
        if tensor in self.definitions:
            return self.definitions[tensor].extents
        if tensor not in self.tensors:
            raise Rejected(f"there is no tensor {tensor}")
        return self.tensors[tensor]


def statement_from(data: Any) -> Statement:
    """What a certificate states, from its JSON. Raises Rejected if it is not well formed."""
    try:
        stated = Statement(
            {str(size): int(least) for size, least in data["sizes"].items()},
            {str(s): (index_from(top), index_from(bottom)) for s, (top, bottom) in data["floors"].items()},
            [condition_from(c) for c in data["assumptions"]],
            {str(t): tuple(map(index_from, extents)) for t, extents in data["tensors"].items()},
            {},
            {},
            str(data["forward"]),
            data["wrt"],
            data["cotangent"],
            str(data["closed_form"]),
            {str(size): int(value) for size, value in data["example"].items()},
            str(data["change"]),
            [(str(tensor), tuple(map(int, axes))) for tensor, axes in data["hypotheses"]],
        )
        for d in data["definitions"]:
            if "window" in d:
                window = tuple((str(n), index_from(extent)) for n, extent in d["window"])
                where = tuple(map(condition_from, d["where"]))
                stated.maxima[d["name"]] = Greatest(d["name"], tuple(d["indices"]), window, where, d["body"])
            else:
                extents = tuple(map(index_from, d["extents"]))
                made = Definition(d["name"], tuple(d["indices"]), extents, d["body"])
                stated.definitions[d["name"]] = made
        _well_formed(stated)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        raise Rejected(f"not a certificate: {problem!r}") from None
    return stated


def _well_formed(stated: Statement) -> None:
    """Every name has a meaning, every tensor the right number of indices, and a definition reads only
    those before it. Raises Rejected if not."""
    sizes = {*stated.least, *stated.floors}
    tensors = {tensor: len(extents) for tensor, extents in stated.tensors.items()}
    selectors: dict[str, int] = {}
    _known((i for pair in stated.floors.values() for i in pair), sizes)
    _known((index for index, _ in stated.assumed), sizes)
    _known((extent for extents in stated.tensors.values() for extent in extents), sizes)
    for tensor, axes in stated.hypotheses:  # at most one of a tensor, so that some tensor meets it
        if (
            tensor == stated.wrt
            or sorted(set(axes)) != list(axes)
            or not set(axes) <= set(range(tensors[tensor]))
        ):
            raise Rejected(f"not a hypothesis: {tensor} sums to one over {axes}")
    if len({tensor for tensor, _ in stated.hypotheses}) != len(stated.hypotheses):
        raise Rejected("two hypotheses of one tensor")
    every: list[Greatest | Definition] = [*stated.maxima.values(), *stated.definitions.values()]
    names = [*sizes, *tensors, *(d.name for d in every), stated.change]
    if len(set(names)) != len(names):
        raise Rejected("a name is used twice")
    left = {d.name: d for d in every}
    while left:
        ready = [d for d in left.values() if not any(inner in left for inner in read_in(d.body))]
        if not ready:
            raise Rejected("definitions go round in a circle")
        for d in ready:
            scope = sizes | set(d.indices)
            if len(scope) != len(sizes) + len(d.indices):
                raise Rejected(f"two indices of {d.name} have one name")
            if isinstance(d, Greatest):
                _known((extent for _, extent in d.window), scope)
                scope |= {symbol for symbol, _ in d.window}
                _known((index for index, _ in d.where), scope)
                selectors[d.name] = len(d.indices) + len(d.window)
            else:
                _known(d.extents, sizes)
                if len(d.extents) != len(d.indices):
                    raise Rejected(f"{d.name} has not as many extents as indices")
            _check_scalar(d.body, scope, tensors, selectors)
            tensors[d.name] = len(d.indices)
            del left[d.name]


def _check_scalar(
    scalar: Scalar, scope: set[str], tensors: Mapping[str, int], selectors: Mapping[str, int]
) -> None:
    match scalar:
        case ["number", str(value), list(powers)]:
            Fraction(value)
            for base, exponent in powers:
                _known([index_from(base)], scope)
                int(exponent)
        case ["read", str(tensor), list(at)] if tensors.get(tensor) == len(at):
            _known(map(index_from, at), scope)
        case ["apply", str(function), int(order), str(tensor), list(at)] if tensors.get(tensor) == len(at):
            if order < 0 or (order and function in (*KNOWN, *ROOTS)):
                raise Rejected(f"without meaning: the derivative {order} of {function}")
            _known(map(index_from, at), scope)
        case ["selected", str(tensor), list(at)] if selectors.get(tensor) == len(at):
            _known(map(index_from, at), scope)
        case ["sum", list(over), body]:
            _known((index_from(extent) for _, extent in over), scope)
            _check_scalar(body, scope | {str(symbol) for symbol, _ in over}, tensors, selectors)
        case ["when", list(conditions), body]:
            _known((condition_from(c)[0] for c in conditions), scope)
            _check_scalar(body, scope, tensors, selectors)
        case ["+" | "*", list(parts)]:
            for part in parts:
                _check_scalar(part, scope, tensors, selectors)
        case _:
            raise Rejected(f"without meaning: {scalar!r}")


def check_scalar(scalar: Scalar, scope: set[str], stated: Statement) -> None:
    """Every name in a scalar has a meaning, where those in scope have one. Raises Rejected if not."""
    tensors = {tensor: len(extents) for tensor, extents in stated.tensors.items()}
    tensors |= {tensor: len(d.indices) for tensor, d in (stated.definitions | stated.maxima).items()}
    if stated.wrt is not None:
        tensors[stated.change] = len(stated.extents(stated.wrt))
    selectors = {tensor: len(d.indices) + len(d.window) for tensor, d in stated.maxima.items()}
    _check_scalar(scalar, scope, tensors, selectors)


def _known(indices: Iterable[Index], scope: set[str]) -> None:
    for index in indices:
        for monomial in index:
            for symbol in monomial:
                if symbol not in scope:
                    raise Rejected(f"{symbol} is neither a size nor an index in scope")


# -- what is read ----------------------------------------------------------------------------------


def depends(tensor: str, stated: Statement) -> bool:
    """Whether a tensor is computed from `wrt`, or is it."""
    if tensor == stated.wrt:
        return True
    inside = stated.definitions.get(tensor) or stated.maxima.get(tensor)
    return inside is not None and any(depends(inner, stated) for inner in read_in(inside.body))


def read_in(scalar: Scalar) -> Iterator[str]:
    """The tensors that a scalar reads, not opened up."""
    match scalar:
        case ["read" | "selected", str(tensor), _] | ["apply", _, _, str(tensor), _]:
            yield tensor
        case ["sum" | "when", _, body]:
            yield from read_in(body)
        case ["+" | "*", list(parts)]:
            for part in parts:
                yield from read_in(part)


def index_data(index: Index) -> list[list[Any]]:
    """An index as JSON."""
    return [[coefficient, list(monomial)] for monomial, coefficient in index.items()]
