"""`check_backward` and `check_layer`: hand-written code, judged exactly by running it on symbols."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, Union

from symgrad.errors import ArgumentError, ShapeError
from symgrad.testing.adapters import Adapter, Attributes, Loss, named, pair
from symgrad.testing.arguments import (
    by_place,
    differentiated,
    has_methods,
    in_order,
    listed,
    ordered,
    refuse_stray,
    refuse_unknown,
    refuse_what_is_no_backward,
)
from symgrad.testing.cases import Case, Listed, Space, space, spaces
from symgrad.testing.compare import Comparison, Judge, Judgement
from symgrad.testing.constructed import constructed, sized
from symgrad.testing.conventions import convention, taken
from symgrad.testing.diagnose import cause_of, described, wrong_line
from symgrad.testing.guard import SECONDS
from symgrad.testing.layers import claim, guessed_options, layer_of, role_of
from symgrad.testing.result import NOT_TRACEABLE, PASSED, RAISED, TIMED_OUT, CheckReport, Finding
from symgrad.testing.smallest import BRANCHES, SEARCH, Key, smallest
from symgrad.testing.traced_run import CALLED, Code, Problem, runs_on_numbers
from symgrad.trace.rebind import followed, rebound

Shape: TypeAlias = Union[Sequence[int], str, Any]
"""Extents, or their names as in "N C H W", or an array that is handed over as it is (labels, a mask)."""
Arguments: TypeAlias = Mapping[str, Shape]

DRAWN = 40
"""How many cases are checked where sizes are named and nothing else is asked for."""
EXAMPLES = 6
"""At how many shapes a cause must explain what is wrong, besides the smallest."""
BRANCHED = 200
"""How many entries such a case has at most."""


def check_backward(
    forward: Any,
    backward: Any,
    arguments: Arguments | Iterable[Arguments],
    *,
    wrt: Sequence[str] | str | None = None,
    cotangent: str = "dout",
    options: Mapping[str, Any] | None = None,
    adapter: Adapter | str | None = None,
    shapes: Iterable[Arguments] | int | None = None,
    name: str | None = None,
    average: bool | Collection[str] = False,
    domain: Mapping[str, tuple[float, float]] | None = None,
    fits: Callable[[Case], bool] | None = None,
    seconds: float = SECONDS,
    within: float = math.inf,
) -> CheckReport:
    r"""Whether `backward` gives \(\partial J/\partial a\) of its own `forward`, with J = Σ δ·out.

    arguments  name -> shape, or several such mappings. If the names are those of parameters of the forward,
               arrays go by name, and gradients come in the order of the parameters; else all go in order.
               Where shapes name their sizes, as "N C H W" or "D 4H", many sizes are tried, and what fails is
               shown at the smallest
    wrt        the arguments to differentiate by, in the order in which their gradients come if there are no
               others; all that are given by their shape, by default
    cotangent  what the gradient handed to the backward is called
    options    stride, pad, …: a value each, or a list of the values to try
    adapter    the calling convention: `pair`, `cs231n`, `attributes(…)`, `torch_like`, `loss`, or its name;
               or your own
    shapes     more such mappings, or how many cases to draw where sizes are named
    average    the arguments whose gradient is meant to be averaged over the batch; True means all but the
               first
    domain     bounds between which the entries of an argument lie: {"p": (0, 1)} for probabilities
    fits       says of a case, with its named sizes and options, whether it has a meaning
    seconds    how long one call of the code may take
    within     after how many seconds no more shapes are drawn

    The code is run on exact symbols, so every answer is exact at the shapes and branches that it was run
    at; the report says which. Raises ShapeError for what is no shape, TypeError where a function is missing,
    ArgumentError for arguments that are not those of the forward.

    >>> def forward(x, w):
    ...     return x @ w
    >>> def backward(dout, x, w):
    ...     return dout @ w.T, x.T @ dout / len(x)
    >>> print(check_backward(forward, backward, {"x": "N I", "w": "I O"}))
    FAILED  backward, checked at 40 shapes
    WRONG GRADIENT dw
      cause      averaged over the batch, where the sum is meant
      line       <doctest symgrad.testing.check.check_backward[1]>:2
      smallest   x (2, 1), w (1, 1)
      entry      [0, 0]
      derived    dout[0, 0]·x[0, 0] + dout[1, 0]·x[1, 0]
      obtained   1/2·dout[0, 0]·x[0, 0] + 1/2·dout[1, 0]·x[1, 0]
      missing    dout[0, 0]·x[0, 0], dout[1, 0]·x[1, 0]
      extra      1/2·dout[0, 0]·x[0, 0], 1/2·dout[1, 0]·x[1, 0]
    right are  dx
    """
    forward, backward = followed(forward), followed(backward)
    each = listed(arguments)
    if shapes is not None and not isinstance(shapes, int):
        each += listed(shapes)
    if not each or not each[0]:
        raise ShapeError("no arguments are given to check at: their names with their shapes, {'x': 'N C'}")
    chosen = named(adapter or (Attributes() if has_methods(forward) else pair))
    given = ordered(forward, each[0], chosen, options or {})
    refuse_what_is_no_backward(forward, backward, given, chosen)
    found = spaces([in_order(one, given) for one in each], options, fits)
    title = name or _name(backward if backward is not None else forward)
    wrt = differentiated(wrt, found[0].first().arguments, title)
    for where, names in (("average", average), ("domain", domain)):
        refuse_unknown([] if isinstance(names, bool) or names is None else names, given, where, title)
    code = Code(
        forward, _backward(forward, backward, chosen), chosen, tuple(wrt), cotangent, seconds, domain or {}
    )
    if code.forward is None or code.backward is None:
        raise TypeError(
            "a forward and a backward are needed; alone is given what has both: a class with the two methods,"
            " or with adapter='loss' a loss that gives its gradient too"
        )
    if not code.wrt:
        why = "none is given by its shape" if wrt is None else "wrt names none"
        raise ArgumentError(f"an argument to differentiate by is needed: {why}")
    judge = Judge(code, average=_averaged(average, wrt), batch=lambda run: run.arrays[given[0]].shape[0])
    said = by_place(forward, each[0], chosen, options or {})
    return _check(title, judge, found, shapes if isinstance(shapes, int) else DRAWN, within, said)


def check_layer(
    layer: str,
    forward: Any = None,
    backward: Any = None,
    *,
    adapter: Adapter | str | None = None,
    layout: str = "NCHW",
    kernel_layout: str | None = None,
    average: bool | Collection[str] = False,
    options: Mapping[str, Any] | None = None,
    shapes: Iterable[Arguments] | int | None = None,
    cotangent: str = "dout",
    seconds: float = SECONDS,
    within: float = math.inf,
) -> CheckReport:
    """Whether a forward is the layer it claims to be, and, apart from that, its backward the gradient of it.

    layer           a layer of symgrad: "conv2d", "linear", "max_pool2d", "batch_norm", "cross_entropy", …
                    (a wrong name is answered with the nearest)
    forward         where there is none, the backward is compared with the gradient of the layer itself
    layout          the axes of inputs and outputs: NCHW or NHWC
    kernel_layout   the axes of kernels: OIHW, HWIO, …; of a matrix, OI or IO; by default OIHW and OI, or
                    what a class that makes its parameters itself shows
    options         what the code calls stride, padding, kernel size, …, with the values to try; by default,
                    those that the forward has parameters for
    shapes          mappings of x, w, b (gamma, beta; y) to shapes, or how many cases to draw

    Everything else as in `check_backward`. Without an adapter the convention is told by the signature: a
    class may take parameters in its constructor, or their sizes, as `Dense(n_in, n_out)` does. Raises
    UnknownRule for a layer that is not known, ShapeError for a layout that does not fit it, ArgumentError for
    a class of which nobody can tell how to make it.
    """
    forward, backward = followed(forward), followed(backward)
    main = forward if forward is not None else backward
    if main is None:
        raise TypeError("a forward, a backward or both are needed")
    if options is None:
        options = guessed_options(layer, main)
    explicit = None if shapes is None or isinstance(shapes, int) else listed(shapes)
    for one in explicit or ():
        refuse_unknown(one, claim(layer).arguments, "shapes", layer)
    sizes = {} if adapter is not None else sized(main, claim(layer), options)
    chosen: Adapter
    if sizes:
        made = constructed(layer, main, layout, kernel_layout, options, sizes)
        chosen, known, fits = made.adapter, made.layer, made.fits
    else:
        said = None if adapter is None else named(adapter)
        refuse_stray([o for o in options if role_of(o) not in claim(layer).options], main, said, layer)
        given = list(explicit[0]) if explicit else taken(claim(layer), main, said, options)
        known = layer_of(layer, layout, kernel_layout or "OIHW", given, list(options))
        chosen, fits = said or convention(known.claim, known.axes, forward, backward), known.fits
    wrt = known.wrt
    code = Code(forward, _backward(forward, backward, chosen), chosen, wrt, cotangent, seconds)
    batch = known.axes["x"].index("N")
    judge = Judge(
        code,
        layer=known.output,
        average=_averaged(average, wrt),
        batch=lambda run: run.arrays["x"].shape[batch],
    )
    each = explicit if explicit is not None else [known.shapes()]
    found = [space(one, options, fits) for one in each]
    return _check(layer, judge, found, shapes if isinstance(shapes, int) else DRAWN, within)


def _averaged(average: bool | Collection[str], wrt: Sequence[str]) -> Collection[str]:
    if isinstance(average, bool):
        return tuple(wrt[1:]) if average else ()
    return average


def _backward(forward: Any, backward: Any, adapter: Adapter) -> Any:
    """The backward; a class or object that has both methods is given once."""
    both = has_methods(forward) or isinstance(adapter, (Attributes, Loss))
    return forward if backward is None and both else backward


def _name(code: Any) -> str:
    return getattr(code, "__name__", type(code).__name__)


def _check(
    name: str,
    judge: Judge,
    found: Sequence[Space | Listed],
    count: int,
    within: float,
    said: Sequence[str] = (),
) -> CheckReport:
    """Judge every case; look for the smallest at which each thing is wrong; say what it is."""
    code = judge.code
    with rebound(code.forward, code.backward, code.adapter):
        failing: dict[Key, list[Judgement]] = {}
        checked = 0
        conditions: dict[str, None] = dict.fromkeys(said)
        refusals: list[Problem] = []
        refused: Case | None = None
        undefined: list[Problem] = []
        gradients: set[str] = set()
        largest: int | None = None  # how many entries can be compared
        start = time.monotonic()
        for number, (case, origin) in enumerate(_drawn(found, count)):
            late = checked > 0 and time.monotonic() - start > within
            if isinstance(origin, Space) and (checked >= count or late):
                break
            if largest is not None and case.entries() > largest:
                continue
            judgement = judge(case, seed=number)
            if judgement.too_large and isinstance(origin, Space) and checked:
                largest = case.entries() - 1
                continue
            if judgement.undefined:
                undefined.append(judgement.problems[0])
                continue
            if _refused(judgement, origin):
                refusals.append(judgement.problems[0])
                refused = refused or case
                continue
            checked += 1
            differs = any(one.wrong for one in judgement.comparisons) and not failing
            if checked in (1, 10) or differs:
                problem = judge.random_problem(case, backward=differs)
                if problem is not None:
                    judgement.problems.append(problem)
                    judgement.comparisons = [one for one in judgement.comparisons if one.what != problem.what]
            for one in (judgement, *_other_branches(judge, judgement, origin, number)):
                conditions |= dict.fromkeys(_conditions(one))
                gradients |= {c.what for c in one.comparisons if not c.wrong}
                for key in one.failures():
                    failing.setdefault(key, []).append(one)
            if any(kind == TIMED_OUT for kind, _ in judgement.failures()):
                break
            if failing and time.monotonic() - start > SEARCH:
                break
        if largest is not None:
            conditions[f"arguments of more than {largest} entries in all were too large to compare"] = None
        if refusals:
            conditions[f"the code accepts the shape; it refuses others: {refusals[0].message}"] = None
        if undefined:
            conditions[f"it is defined there; elsewhere there is {undefined[0].message}"] = None
        if not checked and (refusals or undefined):
            first = (refusals or undefined)[0]
            untraced = refused is not None and runs_on_numbers(code, refused)
            kind = NOT_TRACEABLE if untraced and first.kind == RAISED else first.kind
            text = f"{first.message}\n{CALLED}" if kind != first.kind else first.message
            finding = Finding(kind, first.what, message=text, line=first.line)
            return CheckReport(name, (finding,), 0)
        for kind, what in [key for key in failing if key[1].endswith(" at a tie")]:
            if (kind, what.removesuffix(" at a tie")) in failing:
                del failing[kind, what]  # wrong away from ties already
        findings = [
            _finding(judge, key, smallest(judge, key, judgements, found), judgements)
            for key, judgements in failing.items()
        ]
        findings = [replace(one, conditions=(*said, *one.conditions)) for one in findings]
    wrong = {finding.what for finding in findings}
    findings += [Finding(PASSED, what, conditions=tuple(conditions)) for what in sorted(gradients - wrong)]
    if not findings:
        findings = [Finding(NOT_TRACEABLE, message="there was nothing to compare")]
    return CheckReport(name, tuple(findings), checked)


def _drawn(found: Sequence[Space | Listed], count: int) -> Iterator[tuple[Case, Space | Listed]]:
    for one in found:
        for case in one.drawn(count):
            yield case, one


def _other_branches(judge: Judge, first: Judgement, origin: Space | Listed, seed: int) -> Iterator[Judgement]:
    """Other branches of a small case that was listed, where there may be no other case to take them."""
    compared = first.run is not None and first.run.recorder.compared
    if isinstance(origin, Listed) and compared and first.case.entries() <= BRANCHED:
        for other in range(1, BRANCHES):
            yield judge(first.case, seed=seed + other)


def _refused(judgement: Judgement, origin: Space | Listed) -> bool:
    """Whether the code says itself that it is not meant for a shape that nobody asked for."""
    first = judgement.problems[:1]
    if not isinstance(origin, Space) or not first or first[0].kind != RAISED:
        return False
    return first[0].what == "forward" and (bool(first[0].cause) or not origin.known)


def _finding(judge: Judge, key: Key, at: Judgement, others: Sequence[Judgement]) -> Finding:
    """What is wrong, told at the smallest case; the cause must explain the others as well."""
    wrong = at.failing(key)
    case = at.case
    options = tuple((name, value) for name, value in case.options.items())
    if wrong is None or isinstance(wrong, Problem):
        problem = wrong or Problem(key[0], key[1], "")
        kind = problem.kind
        text = problem.message
        if kind == RAISED and runs_on_numbers(judge.code, case):
            kind, text = NOT_TRACEABLE, f"{text}\n{CALLED}"
        return Finding(
            kind,
            problem.what,
            case.shapes(),
            options,
            cause=problem.cause,
            line=problem.line,
            message=text,
            conditions=tuple(_conditions(at)),
        )
    examples = [wrong]
    for judgement in _spread(others, EXAMPLES):
        other = judgement.failing(key)
        if isinstance(other, Comparison) and judgement is not at:
            examples.append(other)
    entry, derived, obtained, missing, extra = described(wrong)
    return Finding(
        wrong.kind,
        wrong.what,
        case.shapes(),
        options,
        entry=entry,
        derived=derived,
        obtained=obtained,
        missing=missing,
        extra=extra,
        cause=cause_of(examples, judge),
        line=wrong_line(wrong, judge),
        conditions=tuple(_conditions(at)),
        message=f"where all entries of {wrong.tied} are equal, its gradient adds up to another slope"
        if wrong.tied
        else "",
    )


def _spread(judgements: Sequence[Judgement], count: int) -> list[Judgement]:
    """Some of them, small ones and large ones."""
    ordered = sorted(judgements, key=lambda judgement: judgement.case.entries())
    if len(ordered) <= count:
        return ordered
    return [ordered[round(place * (len(ordered) - 1) / (count - 1))] for place in range(count)]


def _conditions(judgement: Judgement) -> Iterator[str]:
    """What a run took for granted: branches, floats that were read as rationals; and that it printed."""
    run = judgement.run
    if run is None:
        return
    for number, exact in itertools.islice(run.recorder.rational.items(), 5):
        yield f"{number!r} stands for {exact}"
    for number, under in itertools.islice(run.recorder.roots.items(), 5):
        yield f"{number!r} stands for {'-' * (number < 0)}√({under})"
    for one in judgement.comparisons:
        if one.rounded:
            yield f"{one.what} is right up to the rounding of constants, {one.rounded:.0e} of its terms"
    if run.recorder.compared:
        yield "comparisons of entries fall as they did at the entries tried"
    if run.printed:
        yield f"what it prints does not matter: {run.printed.splitlines()[0][:60]!r}"
