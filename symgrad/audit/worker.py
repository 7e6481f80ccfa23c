"""The process that runs one pair: `python -m symgrad.audit.worker REQUEST ANSWER`.

The request is a JSON file, the answer another: nothing that the user's code prints gets between.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from symgrad.audit.adapter import checked
from symgrad.audit.find import Pair
from symgrad.audit.infer import Call, Meaning, infer
from symgrad.audit.run import IMPORT
from symgrad.testing.adapters import Adapter, attributes, cs231n, pair, torch_like
from symgrad.testing.cases import Listed, Space, spaces
from symgrad.testing.guard import SECONDS
from symgrad.testing.result import UNDECIDED, CheckReport, Finding
from symgrad.testing.roles import Renamed, roles

SCRIPT = "symgrad_audit_adapter"
"""The module that an adapter is, so that it may have the name of what it is for."""
SHARE = 1 / 3
"""The part of its time in which shapes are drawn; the rest is for the smallest one and for the cause."""
BOXED = 3
"""At how many shapes a black box is called where shapes name their sizes."""


def main(request: str, answer: str) -> None:
    """Run what the request asks for and write the report."""
    with Path(request).open(encoding="utf-8") as file:
        asked = json.load(file)
    _limit(asked["memory"], asked["seconds"])
    made = Pair(**asked["pair"])
    try:
        report = check(made, asked)
    except MemoryError:
        report = _report(made, "RAISED", f"it needs more than {asked['memory']} MB of memory")
    except Exception as problem:
        report = _report(made, "NOT UNDERSTOOD", f"symgrad could not check it: {_named(problem)}")
    with Path(answer).open("w", encoding="utf-8") as file:
        json.dump(report.as_dict(), file)


def check(made: Pair, asked: Mapping[str, Any]) -> CheckReport:
    """The report on one pair."""
    said = dict(asked["said"])
    file, package = _home(made.path)
    if asked["script"]:
        sys.path.append(str(Path(asked["script"]).parent))
        table = getattr(_run_as(SCRIPT, Path(asked["script"])), "ADAPTER", {})
        said |= dict(checked(table, asked["script"]).get(made.name, {}))
        if said.get("skip"):
            return CheckReport(made.name, ())
    try:
        module = importlib.import_module(package) if "." in package else _run_as(package, file)
    except (Exception, SystemExit) as problem:
        text = f"the file cannot be imported: {_named(problem)}"
        return CheckReport(made.name, (Finding("NOT UNDERSTOOD", IMPORT, message=text),))
    meaning = infer(made, said.get("layer"), said.get("layout", "NCHW"))
    if "arguments" in said:
        told = spaces(said["arguments"], said.get("options"), said.get("fits"))
        few = tuple(_calls(told))
        calls: tuple[tuple[Call, ...], ...] = (few, *((call,) for call in few))
    elif meaning.unknown:
        text = f"it does not show what {' and '.join(meaning.unknown)} is; say so in an adapter"
        return _report(made, "NOT UNDERSTOOD", text)
    else:
        calls = meaning.calls
    box = _Box(module, made, meaning, said, asked["seconds"])
    Path(asked["started"]).touch()
    if "arguments" in said and not box.is_torch:
        report = box.as_told()
        if report is not None:
            return report
    chosen = box.first_that_runs(calls, told="arguments" in said and len(calls) <= 2)
    return chosen if isinstance(chosen, CheckReport) else box.report(chosen)


class _Box:
    """A pair loaded, with the convention by which it is called."""

    def __init__(
        self, module: Any, made: Pair, meaning: Meaning, said: Mapping[str, Any], seconds: float
    ) -> None:
        self.made, self.said, self.seconds = made, said, seconds
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
        from symgrad.blackbox.conduct import Conduct, Misconduct

        problem: Misconduct | None = None
        for tried in ways:
            way = [self.with_parameters(call) for call in tried]
            try:
                for call in way:
                    Conduct(self.function(call), min(SECONDS, self.seconds / 4)).forward(self.arrays(call))
            except Misconduct as misconduct:
                problem = problem or misconduct
                if misconduct.finding.kind in ("MUTATES", "RETURNED NOTHING") or told:
                    return CheckReport(self.made.name, (misconduct.finding,), 1)
            else:
                return way
        text = f"it ran at none of the shapes tried; first: {problem}" if problem else "it has no arguments"
        return _report(self.made, "NOT UNDERSTOOD", text + "; say in an adapter what it takes")

    def report(self, calls: Sequence[Call]) -> CheckReport:
        """The check on symbols where the code can be run so, else on whole numbers."""
        from symgrad.testing.sweeps import together

        reports = [self._one(call) for call in calls]
        decided = [one for one in reports if not {f.kind for f in one.findings} & UNDECIDED]
        return self._and_layer(together(decided or reports, self.made.name), list(calls[0].shapes))

    def as_told(self) -> CheckReport | None:
        """The check on symbols at every shape that the user named; None where it needs numbers."""
        traced = self._traced(Call(self.said["arguments"], self.said.get("options", {})))
        if traced is None or any(f.kind == "NOT TRACEABLE" for f in traced.findings):
            return None
        told = self.said["arguments"]
        return self._and_layer(traced, list(told[0] if isinstance(told, list) else told))

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
        from symgrad.testing.layers import claim, layer_of

        own = roles(names, list(claim(layer).arguments))
        layouts = (self.said.get("layout", "NCHW"), self.said.get("kernel_layout", "OIHW"))
        told = self.said.get("arguments")
        each = [] if told is None else told if isinstance(told, list) else [told]
        shapes = [{role: one[name] for role, name in own.items()} for one in each]
        return check_layer(
            layer,
            self.forward,
            self.backward,
            adapter=Renamed(self.adapter, own),
            layout=layouts[0],
            kernel_layout=layouts[1],
            options=self.said.get("options"),
            average=self.said.get("average", False),
            shapes=shapes or [layer_of(layer, *layouts, list(own), []).shapes()],
            seconds=min(SECONDS, self.seconds / 4),
            within=self.seconds * SHARE,
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


def _calls(told: Sequence[Space | Listed]) -> Iterator[Call]:
    """A few of the calls that the user named, for a black box."""
    for one in told:
        drawn = one.drawn(BOXED)
        for case in itertools.islice(drawn, BOXED) if isinstance(one, Space) else drawn:
            yield Call(case.arguments, case.options)


def _home(path: str) -> tuple[Path, str]:
    """A file and the name of the module that it is, in its package if it lies in one; made importable."""
    file = Path(path).resolve()
    package, folder = [file.stem], file.parent
    while (folder / "__init__.py").exists():
        package.insert(0, folder.name)
        folder = folder.parent
    sys.path.insert(0, str(folder))
    return file, ".".join(package)


def _run_as(name: str, file: Path) -> Any:
    """Run a file as the module of a name."""
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _limit(megabytes: int, seconds: float) -> None:
    """Limits that hold even if the process that waits for the answer is gone."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for kind, wanted in (
        (resource.RLIMIT_AS, megabytes * 2**20),
        (resource.RLIMIT_CPU, int(8 * seconds) + 8),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (wanted if hard < 0 else min(wanted, hard), hard))


def _named(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}"


def _report(made: Pair, kind: str, text: str) -> CheckReport:
    return CheckReport(made.name, (Finding(kind, message=text),), 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
