"""The shapes at which code is checked, in an order in which the smallest comes first.

Shapes may name their sizes, as in {"x": "N C H W", "w": "M C K L"}: then every choice of sizes is a case,
and the first case at which something is wrong is the smallest there is. 4H is four times H.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symgrad.errors import ShapeError


@dataclass(frozen=True)
class Case:
    """Arguments to check at: a shape for each, or an array that is handed over; and the options.

    `sizes` are those that were named.
    """

    arguments: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)

    def shapes(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """The shape of every argument."""
        return tuple(
            (name, tuple(given.shape) if hasattr(given, "shape") else tuple(given))
            for name, given in self.arguments.items()
        )

    def entries(self) -> int:
        """How many entries the arguments have in all."""
        total = 0
        for _, shape in self.shapes():
            count = 1
            for extent in shape:
                count *= extent
            total += count
        return total

    def rank(self) -> tuple[Any, ...]:
        """Smaller cases have smaller ranks: by the sum of all sizes and options, then one by one."""
        sizes = list(self.sizes.values()) or [extent for _, shape in self.shapes() for extent in shape]
        options = [value for value in self.options.values() if isinstance(value, int)]
        return (sum(sizes) + sum(options), *sizes, *options)


@dataclass(frozen=True)
class Space:
    """All cases with named sizes: each from 1 up, each option from its list of values.

    `fits` says which of them have a meaning.
    """

    arguments: Mapping[str, tuple[str | int, ...] | Any]
    options: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    fits: Callable[[Case], bool] = lambda case: True
    known: bool = False
    """Whether `fits` knows every case that has no meaning, so that an exception elsewhere is a finding."""

    def first(self) -> Case:
        """The smallest case."""
        return next(self.ascending())

    def names(self) -> list[str]:
        """The names of the sizes, in order of appearance."""
        axes = (axis for shape in self.arguments.values() if isinstance(shape, tuple) for axis in shape)
        return list(dict.fromkeys(_multiple(axis)[1] for axis in axes if isinstance(axis, str)))

    def case(self, sizes: Mapping[str, int], options: Mapping[str, Any]) -> Case:
        """The case of some sizes and options."""

        def of(shape: Any) -> Any:
            if isinstance(shape, tuple):
                return tuple(times * sizes[name] if name else times for times, name in map(_multiple, shape))
            return shape(sizes) if callable(shape) else shape

        arguments = {name: of(shape) for name, shape in self.arguments.items()}
        return Case(arguments, dict(options), dict(sizes))

    def ascending(self) -> Iterator[Case]:
        """Every case that fits, the smallest first; endless if there are named sizes."""
        names, options = self.names(), list(self.options)
        for excess in itertools.count():
            found = []
            for steps in _compositions(excess, len(names) + len(options)):
                chosen = steps[len(names) :]
                values = [self.options[name] for name in options]
                if any(step >= len(value) for step, value in zip(chosen, values, strict=True)):
                    continue
                sizes = {name: 1 + step for name, step in zip(names, steps, strict=False)}
                picked = {n: v[step] for n, v, step in zip(options, values, chosen, strict=True)}
                case = self.case(sizes, picked)
                if self.fits(case):
                    found.append(case)
            yield from found
            if not names and excess >= sum(len(value) - 1 for value in self.options.values()):
                return

    def drawn(self, count: int, seed: int = 0, entries: int = 160) -> Iterator[Case]:
        """The smallest cases, a third as many as wanted, then others at random; more than wanted.

        They repeat themselves only where there are not enough small ones; then each takes another branch.
        """
        seen = set()
        largest = max(4, 10 - 2 * len(self.names()))
        for case in itertools.islice(self.ascending(), max(count // 3, 1) if self.names() else None):
            seen.add(case.rank())
            yield case
        chance = random.Random(seed)
        for tried in range(100 * count if self.names() else 0):
            sizes = {name: chance.randint(1, largest) for name in self.names()}
            options = {name: chance.choice(list(values)) for name, values in self.options.items()}
            case = self.case(sizes, options)
            if (
                (case.rank() not in seen or tried > 20 * count)
                and case.entries() <= entries
                and self.fits(case)
            ):
                seen.add(case.rank())
                yield case


@dataclass(frozen=True)
class Listed:
    """The cases that somebody listed; smaller ones that fit are found by taking one off their sizes."""

    cases: Sequence[Case]
    fits: Callable[[Case], bool] = lambda case: True

    def first(self) -> Case:
        """One of them."""
        return self.cases[0]

    def drawn(self, count: int) -> Iterator[Case]:
        """All of them, the smallest first."""
        return iter(sorted(self.cases, key=Case.rank))


def smaller(case: Case) -> Iterator[Case]:
    """Cases that are smaller in one size: in all of an equal extent together, or in one, two, three.

    An option may be one of them, as a constructor that takes the number of features.
    """
    shapes = {name: tuple(given) for name, given in case.arguments.items() if not hasattr(given, "shape")}
    places: list[tuple[str, int | None, int]] = [
        (name, axis, n) for name, shape in shapes.items() for axis, n in enumerate(shape)
    ]
    options = {n: v for n, v in case.options.items() if isinstance(v, int) and not isinstance(v, bool)}
    groups = [
        [(m, b) for m, b, k in places if k == n] for n in sorted({n for _, _, n in places}, reverse=True)
    ]
    groups += [[(name, axis)] for name, axis, _ in places]
    with_options = [*places, *((name, None, value) for name, value in options.items() if value > 1)]
    for many in (2, 3):
        groups += [
            [(name, axis) for name, axis, _ in some]
            for some in itertools.combinations(with_options, many)
            if len({n for _, _, n in some}) == 1 and some[0][1] is not None
        ]
    groups += [[(name, None)] for name, value in options.items() if value > 0]
    for group in groups:
        changed = {name: list(shape) for name, shape in shapes.items()}
        chosen = dict(case.options)
        for name, axis in group:
            if axis is None:
                chosen[name] -= 1
            else:
                changed[name][axis] -= 1
        if all(n >= 1 for shape in changed.values() for n in shape):
            arguments = {
                name: tuple(changed[name]) if name in changed else given
                for name, given in case.arguments.items()
            }
            yield Case(arguments, chosen)


def space(
    arguments: Mapping[str, Any],
    options: Mapping[str, Any] | None = None,
    fits: Callable[[Case], bool] | None = None,
) -> Space | Listed:
    """The cases meant by shapes and options as a user writes them.

    A shape is a tuple of extents and names, or names in a string; in place of one may stand an array, or a
    function from the named sizes to an array, for labels and masks. An option is a value, or a list of the
    values it may take. Raises ShapeError for what is neither a shape nor an array, and for shapes that do not
    fit.
    """
    shapes = {name: _shape(name, given) for name, given in arguments.items()}
    varied = {
        name: list(v) if isinstance(v, (list, tuple, range)) else [v] for name, v in (options or {}).items()
    }
    named = any(isinstance(axis, str) for s in shapes.values() if isinstance(s, tuple) for axis in s)
    if named:
        return Space(shapes, varied, fits or (lambda case: True), known=fits is not None)
    choices = itertools.product(*varied.values())
    cases = [Case(shapes, dict(zip(varied, chosen, strict=True))) for chosen in choices]
    if fits is None:
        return Listed(cases)
    fitting = [case for case in cases if fits(case)]
    if not fitting:
        raise ShapeError(f"shapes that do not fit: {', '.join(f'{n} {s}' for n, s in cases[0].shapes())}")
    return Listed(fitting, fits)


def spaces(
    arguments: Mapping[str, Any] | Iterable[Mapping[str, Any]],
    options: Mapping[str, Any] | None = None,
    fits: Callable[[Case], bool] | None = None,
) -> list[Space | Listed]:
    """One for each mapping of arguments."""
    each = [arguments] if isinstance(arguments, Mapping) else arguments
    return [space(one, options, fits) for one in each]


def _multiple(axis: str | int) -> tuple[int, str]:
    """How many times which size an axis has: 4H is (4, "H"), 4 is (4, "")."""
    if isinstance(axis, int):
        return axis, ""
    name = axis.lstrip("0123456789")
    return int(axis[: len(axis) - len(name)] or 1), name


def _shape(name: str, given: Any) -> Any:
    if isinstance(given, str):
        given = tuple(int(part) if part.isdigit() else part for part in given.replace(",", " ").split())
    if callable(given) or (hasattr(given, "shape") and hasattr(given, "dtype")):
        return given
    if isinstance(given, int):
        return (given,)
    if isinstance(given, (tuple, list)) and all(isinstance(axis, (int, str)) for axis in given):
        for axis in given:
            if isinstance(axis, str) and not _multiple(axis)[1].isidentifier():
                raise ShapeError(
                    f"{name}: {axis!r} is no size: these are names as H, multiples as 2H, numbers"
                )
        return tuple(given)
    raise ShapeError(
        f"{name} is {given!r}; expected a shape such as (2, 3), names such as 'N C', or an array"
    )


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to write a total as a sum of so many natural numbers, in lexicographic order."""
    if parts == 0:
        if total == 0:
            yield ()
        return
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
