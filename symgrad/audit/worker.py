"""The process that runs one pair: `python -m symgrad.audit.worker REQUEST ANSWER`.

The request is a JSON file, the answer another: nothing that the user's code prints gets between.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from symgrad.audit.find import Pair
from symgrad.audit.infer import Call, Meaning, infer
from symgrad.testing.adapters import Adapter, attributes, cs231n, pair, torch_like
from symgrad.testing.result import CheckReport, Finding


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
        report = _report(made, "RAISED", _named(problem))
    with Path(answer).open("w", encoding="utf-8") as file:
        json.dump(report.as_dict(), file)


def check(made: Pair, asked: Mapping[str, Any]) -> CheckReport:
    """The report on one pair."""
    said = dict(asked["said"])
    if asked["script"]:
        script = load(asked["script"])
        said |= dict(getattr(script, "ADAPTER", {}).get(made.name, {}))
    try:
        module = load(made.path)
    except Exception as problem:
        return _report(made, "NOT UNDERSTOOD", f"its file cannot be imported: {_named(problem)}")
    meaning = infer(made, said.get("layer"), said.get("layout", "NCHW"))
    if "arguments" in said:
        given = said["arguments"]
        each = given if isinstance(given, list) else [given]
        shapes = [{name: tuple(shape) for name, shape in one.items()} for one in each]
        calls: tuple[tuple[Call, ...], ...] = (tuple(Call(one, said.get("options", {})) for one in shapes),)
    elif meaning.unknown:
        text = f"it does not show what {' and '.join(meaning.unknown)} is; say so in an adapter"
        return _report(made, "NOT UNDERSTOOD", text)
    else:
        calls = meaning.calls
    box = _Box(module, made, meaning, said)
    chosen = box.first_that_runs(calls, told="arguments" in said)
    return chosen if isinstance(chosen, CheckReport) else box.report(chosen)


class _Box:
    """A pair loaded, with the convention by which it is called."""

    def __init__(self, module: Any, made: Pair, meaning: Meaning, said: Mapping[str, Any]) -> None:
        self.made, self.said = made, said
        self.forward: Any = getattr(module, made.name)
        name = said.get("backward", made.backward)
        self.backward: Any = getattr(module, name) if name else self.forward
        convention = said.get("convention", meaning.convention)
        if convention.startswith("derivative") if isinstance(convention, str) else False:
            self.backward = _times(self.backward, self.forward if "output" in convention else None)
            convention = "pair"
        self.is_torch = convention == "torch" or _is_module(self.forward)
        self.adapter = self._adapter(convention, meaning)

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

        wrt = self.said.get("wrt")
        if self.is_torch:
            names = tuple(call.shapes)
            return from_torch(self.forward, names, wrt=wrt, options=call.options, name=self.made.name)
        return from_callables(
            self.forward,
            self.backward,
            tuple(call.shapes),
            wrt=wrt,
            options=call.options,
            adapter=self.adapter,
            name=self.made.name,
        )

    def first_that_runs(self, ways: Sequence[Sequence[Call]], told: bool) -> Sequence[Call] | CheckReport:
        """The first way to call it at which its forward runs; a report if there is none."""
        import numpy as np

        from symgrad.blackbox.conduct import Conduct, Misconduct

        rng = np.random.default_rng(0)
        problem: Misconduct | None = None
        for way in ways:
            try:
                for call in way:
                    arrays = {n: rng.integers(-4, 5, s).astype(float) for n, s in call.shapes.items()}
                    Conduct(self.function(call)).forward(arrays)
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
        report = together(reports, self.made.name)
        layer = self.said.get("layer")
        if not report.passed or layer is None or self.is_torch:
            return report
        return together([report, self._against(layer, calls)], self.made.name)

    def _one(self, call: Call) -> CheckReport:
        from symgrad.blackbox import check_exactly

        if not self.is_torch:
            traced = self._traced(call)
            if traced is not None and not any(f.kind == "NOT TRACEABLE" for f in traced.findings):
                return traced
        return check_exactly(self.function(call), call.shapes)

    def _traced(self, call: Call) -> CheckReport | None:
        from symgrad.testing import check_backward

        try:
            return check_backward(
                self.forward,
                self.backward,
                call.shapes,
                wrt=self.said.get("wrt"),
                options=call.options,
                adapter=self.adapter,
                name=self.made.name,
                average=self.said.get("average", False),
            )
        except NotImplementedError:
            return None

    def _against(self, layer: str, calls: Sequence[Call]) -> CheckReport:
        from symgrad.testing import check_layer

        return check_layer(
            layer,
            self.forward,
            self.backward,
            adapter=self.adapter,
            layout=self.said.get("layout", "NCHW"),
            average=self.said.get("average", False),
        )


def _times(derivative: Any, forward: Any) -> Any:
    """A backward made of a derivative, taken at the input or, with a forward, at the output."""

    def backward(dout: Any, x: Any) -> Any:
        return dout * derivative(x if forward is None else forward(x))

    return backward


def _is_module(made: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(made, type) and issubclass(made, torch.nn.Module)


def load(path: str) -> Any:
    """Import a file as the module that it is, in its package if it lies in one."""
    file = Path(path).resolve()
    package, folder = [file.stem], file.parent
    while (folder / "__init__.py").exists():
        package.insert(0, folder.name)
        folder = folder.parent
    sys.path.insert(0, str(folder))
    if len(package) > 1:
        return importlib.import_module(".".join(package))
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
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


def _named(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"


def _report(made: Pair, kind: str, text: str) -> CheckReport:
    return CheckReport(made.name, (Finding(kind, message=text),), 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
