"""A pair, loaded: called in its convention at the shapes that fit it, and judged."""

from __future__ import annotations

import contextlib
import io
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from symgrad.audit.find import Pair
from symgrad.audit.infer import Call, Meaning, infer
from symgrad.audit.losses import labelled
from symgrad.blackbox.conduct import Conduct, Misconduct
from symgrad.testing.adapters import Adapter, attributes, cs231n, loss, pair, torch_like
from symgrad.testing.cases import Space, spaces
from symgrad.testing.guard import SECONDS
from symgrad.testing.result import (
    NOT_TRACEABLE,
    NOT_UNDERSTOOD,
    RAISED,
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


def judged(module: Any, made: Pair, said: Mapping[str, Any], seconds: float) -> CheckReport:
    """The report on a pair of a module that is imported, by what is said of it or else by its names."""
    meaning = infer(made, said.get("layer"), said.get("layout", "NCHW"))
    if "arguments" in said:
        return _as_told(Box(module, made, meaning, said, seconds))
    if meaning.readings:
        return _as_a_loss(module, made, meaning, said, seconds)
    if meaning.unknown:
        text = f"it does not show what {' and '.join(meaning.unknown)} is; say so in an adapter"
        return not_understood(made, text)
    box = Box(module, made, meaning, said, seconds)
    chosen = box.first_that_runs(meaning.calls, told=False)
    return chosen if isinstance(chosen, CheckReport) else box.report(chosen)


def _as_told(box: Box) -> CheckReport:
    """The report at the arguments that are said."""
    told = box.said["arguments"]
    classes = labelled(told, box.wrt) if isinstance(told, Mapping) and not box.is_torch else {}
    if classes and box.problem() is not None:
        with_classes = Box(box.module, box.made, box.meaning, {**box.said, "arguments": classes}, box.seconds)
        if with_classes.problem() is None:
            names = [name for name, given in classes.items() if given is not told[name]]
            condition = f"{' and '.join(names)} hold{'s' * (len(names) == 1)} class numbers"
            return _provided(with_classes.as_told(), condition)
    return box.as_told()


def _as_a_loss(
    module: Any, made: Pair, meaning: Meaning, said: Mapping[str, Any], seconds: float
) -> CheckReport:
    """The report in the first reading in which it passes, else in the last in which it is decided."""
    found: CheckReport | None = None
    for reading in meaning.readings:
        decided = found is not None and _decided(found)
        if decided and not reading.condition:
            continue
        box = Box(module, made, meaning, {**reading.said, **said}, seconds / len(meaning.readings))
        report = _provided(_as_told(box), reading.condition)
        if found is None or _decided(report):
            found = report
        if report.passed or any(finding.kind == TIMED_OUT for finding in report.findings):
            break
    assert found is not None
    return found


def _decided(report: CheckReport) -> bool:
    """Whether the code ran, and was judged: neither may be said where an argument is not what it takes."""
    kinds = {finding.kind for finding in report.findings if not finding.passed}
    return not kinds & (UNDECIDED | {RAISED})


def _provided(report: CheckReport, condition: str) -> CheckReport:
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
        from symgrad.testing.adapters import called
        from symgrad.testing.instance import Kept, parameters, pulled_back

        if not self.makes_its_own or self.is_torch:
            return call
        arrays = self.arrays(call)
        forward, backward = self.made.methods

        def make() -> Any:
            return called(self.forward, [], {}, call.options)

        def run(layer: Any) -> bool:
            out = getattr(layer, forward)(*(array.copy() for array in arrays.values()))
            return pulled_back(layer, backward, out + 1.0)[1]

        try:
            with contextlib.redirect_stdout(io.StringIO()):
                found = parameters(make, self.made.read, tuple(arrays), run)
        except Exception:
            return call  # whatever it is, it is found when the pair is run in earnest
        if found.shapes:
            self.adapter = Kept(
                lambda given, options: called(self.forward, [], {}, options), found, self.made.methods
            )
            self.wrt = [*arrays, *found.gradients]
            self.fits = lambda case: found.fit(called(self.forward, [], {}, case.options), case.arguments)
        return Call({**call.shapes, **found.shapes}, call.options)

    def arrays(self, call: Call) -> dict[str, Any]:
        """Whole numbers for the shapes of a call; an array that was given is copied."""
        import numpy as np

        rng = np.random.default_rng(0)
        return {
            name: given.copy() if hasattr(given, "shape") else rng.integers(-4, 5, given).astype(float)
            for name, given in call.shapes.items()
        }

    def first_that_runs(self, ways: Sequence[Sequence[Call]], told: bool) -> Sequence[Call] | CheckReport:
        """The first way to call it at which its forward runs; a report if there is none."""
        first: Misconduct | None = None
        for tried in ways:
            way = [self.with_parameters(call) for call in tried]
            problem = self._problem(way)
            if problem is None:
                return way
            first = first or problem
            if problem.finding.kind in ("MUTATES", "RETURNED NOTHING") or told:
                return CheckReport(self.made.name, (problem.finding,), 1)
        text = f"it ran at none of the shapes tried; first: {first}" if first else "it has no arguments"
        return not_understood(self.made, text + "; say in an adapter what it takes")

    def report(self, calls: Sequence[Call]) -> CheckReport:
        """The check on symbols where the code can be run so, else on whole numbers."""
        from symgrad.testing.sweeps import together

        reports = [self._one(call) for call in calls]
        decided = [one for one in reports if not {f.kind for f in one.findings} & UNDECIDED]
        return self._and_layer(together(decided or reports, self.made.name), list(calls[0].shapes))

    def told(self) -> tuple[Call, ...]:
        """A few of the calls that the user named, for a black box."""
        found: list[Call] = []
        for one in spaces(self.said["arguments"], self.said.get("options"), self.said.get("fits")):
            drawn = one.drawn(BOXED)
            cases = itertools.islice(drawn, BOXED) if isinstance(one, Space) else drawn
            found += [Call(case.arguments, case.options) for case in cases]
        return tuple(found)

    def problem(self) -> Misconduct | None:
        """What goes wrong when the forward is run on numbers, as the user named them."""
        return self._problem(self.told()[:1])

    def _problem(self, calls: Sequence[Call]) -> Misconduct | None:
        try:
            for call in calls:
                Conduct(self.function(call), min(SECONDS, self.seconds / 4)).forward(self.arrays(call))
        except Misconduct as misconduct:
            return misconduct
        return None

    def as_told(self) -> CheckReport:
        """The check at every shape that the user named, on symbols, or on numbers where it needs those."""
        if not self.is_torch:
            traced = self._traced(Call(self.said["arguments"], self.said.get("options", {})))
            if traced is not None and not any(f.kind == NOT_TRACEABLE for f in traced.findings):
                told = self.said["arguments"]
                return self._and_layer(traced, list(told[0] if isinstance(told, list) else told))
        few = self.told()
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
            if traced is not None and not any(f.kind == "NOT TRACEABLE" for f in traced.findings):
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
                seconds=min(SECONDS, self.seconds / 4),
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
            "seconds": min(SECONDS, self.seconds / 4),
            "within": self.seconds * SHARE,
        }
        makes_its_own = sized(self.forward, known, general["options"] or guessed_options(layer, self.forward))
        if makes_its_own or known.labels:  # told by the signature
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

    def backward(dout: Any, *arrays: Any) -> Any:
        given = derivative(*(arrays if forward is None else (forward(*arrays),)))
        return tuple(dout * part for part in given) if isinstance(given, tuple) else dout * given

    return backward


def _is_module(made: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(made, type) and issubclass(made, torch.nn.Module)
