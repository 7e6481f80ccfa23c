"""A pair, loaded: called in its convention, at shapes that are said or that fit it, and checked there."""

from __future__ import annotations

import contextlib
import functools
import inspect
import itertools
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from symgrad.audit.find import Pair
from symgrad.audit.infer import NUMBERS, Call, Meaning
from symgrad.blackbox.conduct import Conduct, Misconduct, shapes_of
from symgrad.testing.adapters import Adapter, attributes, called, cs231n, loss, pair, torch_like
from symgrad.testing.cases import Case, Space, spaces
from symgrad.testing.guard import SECONDS, TimeOver, guarded
from symgrad.testing.instance import Kept, Methods, Parameters, parameters
from symgrad.testing.names import LEARNT, RATE
from symgrad.testing.result import (
    NOT_TRACEABLE,
    NOT_UNDERSTOOD,
    TIMED_OUT,
    UNDECIDED,
    CheckReport,
    Finding,
)
from symgrad.testing.roles import Renamed, roles

SHARE = 1 / 3
"""The part of its time in which shapes are drawn; the rest is for the smallest one and for the cause."""
BOXED = 3
"""At how many shapes a black box is called where shapes name their sizes."""

OF_SHAPES = re.compile("shape|broadcast|dimension|index|indices|size|unpack")
"""What an exception says where the arguments are of other shapes than it was written for."""


def provided(report: CheckReport, condition: str) -> CheckReport:
    """A report with a condition, if there is one, which is also what there is to say of what passed."""
    if not condition:
        return report
    findings = []
    for finding in report.findings:
        message = f"provided {condition}" if finding.passed else finding.message
        findings.append(replace(finding, message=message, conditions=(condition, *finding.conditions)))
    return replace(report, findings=tuple(findings))


def not_understood(made: Pair, text: str) -> CheckReport:
    """A report that says only why there is none."""
    return CheckReport(made.name, (Finding(NOT_UNDERSTOOD, message=text),), 0)


def ran_nowhere(made: Pair, problems: Sequence[Misconduct]) -> CheckReport:
    """A report on a pair whose forward raises at all shapes tried, with the exception that tells most."""
    telling = [one for one in problems if "TypeError" in str(one) or not OF_SHAPES.search(str(one))]
    first = next(iter(telling or problems), None)
    text = "it has no arguments" if first is None else f"it ran at none of the shapes tried: {first}"
    return not_understood(made, text + "; say in an adapter what it takes")


class Box:
    """A pair loaded, with the convention by which it is called."""

    def __init__(
        self, module: Any, made: Pair, meaning: Meaning, said: Mapping[str, Any], seconds: float
    ) -> None:
        self.module, self.made, self.meaning = module, made, meaning
        self.said, self.seconds = said, seconds
        self.wrt: Sequence[str] | None = said.get("wrt")
        self.forward: Any = getattr(module, made.name)
        name = said.get("backward", made.backward)
        self.backward: Any = getattr(module, name) if name else self.forward
        convention = said.get("convention", meaning.convention)
        if isinstance(convention, str) and convention.startswith("derivative"):
            if isinstance(self.forward, type):
                held = self.forward()
                self.forward, self.backward = (getattr(held, method) for method in made.methods)
            self.backward = _times(self.backward, self.forward if "output" in convention else None)
            convention = "pair"
        self.is_torch = convention == "torch" or _is_module(self.forward)
        self.adapter = self._adapter(convention, meaning)
        own = convention == "attributes" and not meaning.parameters and "parameters" not in said
        self.makes_its_own = own and made.kind == "class"
        self.fits: Callable[[Any], bool] | None = said.get("fits")
        self.conditions: list[str] = []
        updating = any(name in RATE - {"alpha"} for name, _ in made.made_of)
        (forward, backward), answers = made.methods, made.answers
        self.methods = Methods((forward, backward), answers and (answers[0], answers[1]), updating)

    def _adapter(self, convention: Any, meaning: Meaning) -> Adapter:
        if not isinstance(convention, str):
            return convention  # type: ignore[no-any-return]
        if convention == "attributes":
            found: Adapter = attributes(
                parameters=tuple(self.said.get("parameters", meaning.parameters)),
                gradients=self.said.get("gradients", meaning.gradients),
                methods=tuple(self.made.methods),
            )
            return found
        known: dict[str, Adapter] = {
            "loss": loss(methods=tuple(self.made.methods)),
            "pair": pair,
            "cs231n": cs231n,
            "context": torch_like,
            "torch": torch_like,
        }
        return known[convention]

    def function(self, call: Call) -> Any:
        """The pair as a black box."""
        from symgrad.blackbox import from_callables, from_torch

        if self.is_torch:
            names = tuple(call.shapes)
            return from_torch(self.forward, names, wrt=self.wrt, options=call.options, name=self.made.name)
        return from_callables(
            self.forward,
            self.backward,
            tuple(call.shapes),
            wrt=self.wrt,
            options=call.options,
            adapter=self.adapter,
            name=self.made.name,
        )

    def with_parameters(self, call: Call) -> Call:
        """A call of a class that makes its parameters itself, with these among the arguments."""
        if not self.makes_its_own or self.is_torch:
            return call
        arrays = self.arrays(call)
        found, at_once = Parameters({}, {}, {}), False
        try:
            with contextlib.suppress(Exception), guarded(self.limit):  # which is found out in earnest
                found = parameters(lambda: self._made(call.options), self.made.read, self.methods, arrays)
                at_once = found.fit(self._made(call.options), found.shapes)  # and not at the first run
        except TimeOver:
            text = f"forward and backward run longer than {self.limit:g} s"
            raise Misconduct(Finding(TIMED_OUT, shapes=shapes_of(arrays), message=text)) from None
        self.adapter = Kept(lambda _, options: self._made(options), found, self.methods)
        self.wrt = list(dict.fromkeys([*self.said.get("wrt", arrays), *found.gradients]))
        left = [n for n in found.shapes if n not in found.gradients and LEARNT.fullmatch(n)]
        self.conditions = [f"the gradient of {name}, which is not found, is right" for name in left]
        own = functools.partial(self._fits, found) if at_once else None
        self.fits = self.said.get("fits") or own
        return Call({**call.shapes, **found.shapes}, call.options)

    def _fits(self, found: Parameters, case: Case) -> bool:
        """Whether the object that is made with the options of a case has parameters of its shapes."""
        try:
            return found.fit(self._made(case.options), dict(case.shapes()))
        except Exception:  # a size of 0, say
            return False

    def _made(self, options: Mapping[str, Any]) -> Any:
        return called(self.forward, [], {}, options)

    @property
    def limit(self) -> float:
        """How many seconds one call of the code may take."""
        return min(SECONDS, self.seconds / 4)

    def inferred(self) -> CheckReport:
        """The report at the first shapes at which it runs, of those that its names suggest."""
        chosen = self.first_that_runs(self.meaning.calls, told=False)
        if isinstance(chosen, CheckReport) and chosen.findings[0].kind == NOT_UNDERSTOOD:
            plain = self.first_that_runs(self.meaning.plain, told=False)
            if not isinstance(plain, CheckReport):
                simplest = ", ".join(f"{n}={v}" for n, v in plain[-1].options.items() if n in NUMBERS)
                self.conditions.append(f"{simplest}, as it runs at no others of those tried")
                return self.report(plain)
        return chosen if isinstance(chosen, CheckReport) else self.report(chosen)

    def arrays(self, call: Call) -> dict[str, Any]:
        """Numbers for the shapes of a call, whole ones without bounds; what was given is copied."""
        rng, domain = np.random.default_rng(0), self.said.get("domain") or {}

        def drawn(name: str, shape: Sequence[int]) -> Any:
            low, high = domain.get(name, (0, 0))
            return rng.uniform(low, high, shape) if low < high else rng.integers(-4, 5, shape) * 1.0

        return {
            name: given.copy() if hasattr(given, "shape") else drawn(name, given)
            for name, given in call.shapes.items()
        }

    def first_that_runs(self, ways: Sequence[Sequence[Call]], told: bool) -> Sequence[Call] | CheckReport:
        """The first way to call it at which it runs; a report if its forward runs at none.

        Where only the backward raises it may be that it is meant for a single column.
        """
        problems: list[Misconduct] = []
        forward_only: Sequence[Call] | None = None
        for tried in ways:
            if forward_only is not None and not _is_column(tried[-1]):
                continue
            try:
                way = [self.with_parameters(call) for call in tried]
            except Misconduct as late:
                return CheckReport(self.made.name, (late.finding,), 1)
            problem = self._problem(way)
            if problem is None:
                if told or self._problem(way, backward=True) is None:
                    if "arguments" not in self.said and _is_column(way[-1]):
                        self.conditions.append("the input is one column")
                    return way
                forward_only = forward_only or tried
                continue
            problems.append(problem)
            if problem.finding.kind in ("MUTATES", "RETURNED NOTHING", "TIMED OUT") or told:
                return CheckReport(self.made.name, (problem.finding,), 1)
        if forward_only is not None:
            return [self.with_parameters(call) for call in forward_only]
        return ran_nowhere(self.made, problems)

    def report(self, calls: Sequence[Call]) -> CheckReport:
        """The check on symbols where the code can be run so, else on whole numbers."""
        from symgrad.testing.sweeps import together

        reports = [self._one(call) for call in calls]
        decided = [one for one in reports if not {f.kind for f in one.findings} & UNDECIDED]
        if 0 < len(decided) < len(reports):
            self.conditions.append(
                f"the shape is one of the {len(decided)} of {len(reports)} that were decided"
            )
        report = self._and_layer(together(decided or reports, self.made.name), list(calls[0].shapes))
        return provided(report, " and ".join(self.conditions))

    def told(self) -> tuple[Call, ...]:
        """A few of the calls that the user named, for a black box."""
        found: list[Call] = []
        for one in spaces(self.said["arguments"], self.said.get("options"), self.said.get("fits")):
            drawn = one.drawn(BOXED)
            cases = itertools.islice(drawn, BOXED) if isinstance(one, Space) else drawn
            found += [Call(case.arguments, case.options) for case in cases]
        return tuple(found)

    def problem(self) -> Misconduct | None:
        """What goes wrong when the forward is run on numbers of a shape that is not the smallest."""
        return self._problem(self.told()[:2][-1:])

    def _problem(self, calls: Sequence[Call], backward: bool = False) -> Misconduct | None:
        try:
            for call in calls:
                conduct, arrays = Conduct(self.function(call), self.limit), self.arrays(call)
                out = conduct.forward(arrays)
                if backward:
                    conduct.gradients(arrays, out + 1)
        except Misconduct as misconduct:
            return misconduct
        return None

    def as_told(self) -> CheckReport:
        """The check at every shape that the user named, on symbols, or on numbers where it needs those."""
        few = self.told()
        with_parameters = self.makes_its_own and len(self.with_parameters(few[0]).shapes) > len(few[0].shapes)
        if not self.is_torch and not with_parameters:
            traced = self._traced(Call(self.said["arguments"], self.said.get("options", {})))
            if traced is not None and not any(f.kind == NOT_TRACEABLE for f in traced.findings):
                told = self.said["arguments"]
                return self._and_layer(traced, list(told[0] if isinstance(told, list) else told))
        chosen = self.first_that_runs((few, *((call,) for call in few)), told=len(few) <= 1)
        return chosen if isinstance(chosen, CheckReport) else self.report(chosen)

    def _and_layer(self, report: CheckReport, names: Sequence[str]) -> CheckReport:
        """A report on the gradients, and whether the forward is the layer that it is said to be."""
        from symgrad.testing.sweeps import together

        layer = self.said.get("layer")
        if not report.passed or layer is None or self.is_torch:
            return report
        return together([report, self._against(layer, names)], self.made.name)

    def _one(self, call: Call) -> CheckReport:
        from symgrad.blackbox import check_exactly

        if not self.is_torch:
            traced = self._traced(call)
            if traced is not None and not any(f.kind == NOT_TRACEABLE for f in traced.findings):
                return traced
            if traced is not None and any(hasattr(given, "shape") for given in call.shapes.values()):
                return traced  # whole numbers are drawn for shapes only
        return check_exactly(self.function(call), call.shapes)

    def _traced(self, call: Call) -> CheckReport | None:
        from symgrad.testing import check_backward

        try:
            return check_backward(
                self.forward,
                self.backward,
                call.shapes,
                wrt=self.wrt,
                options=call.options,
                adapter=self.adapter,
                name=self.made.name,
                average=self.said.get("average", False),
                domain=self.said.get("domain"),
                fits=self.fits,
                seconds=self.limit,
                within=self.seconds * SHARE,
            )
        except NotImplementedError:
            return None

    def _against(self, layer: str, names: Sequence[str]) -> CheckReport:
        """Whether the pair is a layer, whose arguments it has under its own names."""
        from symgrad.testing import check_layer
        from symgrad.testing.constructed import sized
        from symgrad.testing.layers import claim, guessed_options, layer_of

        said, known = self.said, claim(layer)
        layout, kernel_layout = said.get("layout", "NCHW"), said.get("kernel_layout")
        general: dict[str, Any] = {
            "layout": layout,
            "kernel_layout": kernel_layout,
            "options": said.get("options"),
            "average": said.get("average", False),
            "seconds": self.limit,
            "within": self.seconds * SHARE,
        }
        options = general["options"] or guessed_options(layer, self.forward)
        of_sizes = self.makes_its_own and sized(self.forward, known, options)
        if of_sizes or (known.labels and "convention" not in said):  # told by the signature
            backward = None if isinstance(self.forward, type) else self.backward
            return check_layer(layer, self.forward, backward, **general)
        own = roles(names, list(known.arguments))
        told = said.get("arguments")
        each = [] if told is None else told if isinstance(told, list) else [told]
        shapes = [{role: one[name] for role, name in own.items()} for one in each]
        return check_layer(
            layer,
            self.forward,
            self.backward,
            adapter=Renamed(self.adapter, own),
            shapes=shapes or [layer_of(layer, layout, kernel_layout or "OIHW", list(own), []).shapes()],
            **general,
        )


def _times(derivative: Any, forward: Any) -> Any:
    """A backward made of a derivative, taken at the input or, with a forward, at the output."""
    taken = inspect.signature(derivative).parameters

    def backward(dout: Any, *arrays: Any, **options: Any) -> Any:
        at = arrays if forward is None else (forward(*arrays, **options),)
        given = derivative(*at, **{name: value for name, value in options.items() if name in taken})
        return tuple(dout * part for part in given) if isinstance(given, tuple) else dout * given

    return backward


def _is_column(call: Call) -> bool:
    """Whether the input is one column, (D, 1)."""
    first = next(iter(call.shapes.values()), ())
    return isinstance(first, tuple) and len(first) == 2 and first[1] == 1 and first[0] > 1


def _is_module(made: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(made, type) and issubclass(made, torch.nn.Module)
