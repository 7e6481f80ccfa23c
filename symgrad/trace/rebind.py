"""For the time of a run, names in the user's own modules are bound to the stand-ins.

Only the modules that the code is in, and those of the same package or folder that it uses, are touched;
they are as they were afterwards, also after an exception. Imports inside functions go through
`builtins.__import__`, which for that time answers the user's modules, and no others, with the stand-ins.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

from symgrad.trace.registry import StandIns

_MISSING = object()
NOBODYS = ("symgrad", "numpy", "scipy", "math", "builtins")
"""Packages that are never touched, though code may be a function of theirs."""


@contextmanager
def rebound(*codes: Any) -> Iterator[None]:
    """A context in which the modules of some functions, classes or objects see the stand-ins."""
    stand_ins = StandIns()
    spaces = namespaces(*codes)
    own = {id(space) for space in spaces}
    changed: list[tuple[dict[str, Any], str, Any]] = []
    cells: list[tuple[CellType, Any]] = []
    real_import = builtins.__import__

    def importing(
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        found = real_import(name, globals, locals, fromlist, level)
        if globals is None or id(globals) not in own:
            return found
        return _Imported(found, stand_ins) if fromlist else stand_ins.of(found)

    try:
        for space in spaces:
            for name, value in list(space.items()):
                other = stand_ins.of(value)
                if other is not value and name != "__builtins__":
                    changed.append((space, name, value))
                    space[name] = other
            if "float" not in space:
                changed.append((space, "float", _MISSING))
                space["float"] = stand_ins.of(builtins.float)
        for cell in _cells(*codes):
            value = cell.cell_contents
            if stand_ins.of(value) is not value:
                cells.append((cell, value))
                cell.cell_contents = stand_ins.of(value)
        builtins.__import__ = importing
        yield
    finally:
        builtins.__import__ = real_import
        for cell, value in cells:
            cell.cell_contents = value
        for space, name, value in reversed(changed):
            if value is _MISSING:
                space.pop(name, None)
            else:
                space[name] = value


def followed(code: Any) -> Any:
    """What stands for a function of NumPy or SciPy that is given itself; other code as it is."""
    return StandIns().of(code)


class _Imported:
    """What `from module import name` takes names of."""

    def __init__(self, module: Any, stand_ins: StandIns) -> None:
        self.__dict__.update(_module=module, _stand_ins=stand_ins)

    def __getattr__(self, name: str) -> Any:
        stand_ins: StandIns = self._stand_ins
        real = getattr(self._module, name)
        if isinstance(real, ModuleType):
            return stand_ins.of(real)
        through = stand_ins.of(self._module)
        return getattr(through, name) if through is not self._module else stand_ins.of(real)


# -- which modules --------------------------------------------------------------------------------


def namespaces(*codes: Any) -> list[dict[str, Any]]:
    """The global names of the modules that some code is in, and of those of its package that it uses."""
    found: dict[int, dict[str, Any]] = {}
    waiting: list[Any] = [_space(code) for code in codes]
    home = [space for space in waiting if space is not None]
    while waiting:
        space = waiting.pop()
        if space is None or id(space) in found or _root(space) in NOBODYS:
            continue
        found[id(space)] = space
        for value in list(space.values()):
            inner = value.__dict__ if isinstance(value, ModuleType) else _space(value)
            if inner is not None and id(inner) not in found and any(_beside(inner, own) for own in home):
                waiting.append(inner)
    return list(found.values())


def _space(code: Any) -> dict[str, Any] | None:
    """The names that a function, class, method or object looks up."""
    while isinstance(code, (MethodType, functools.partial, staticmethod, classmethod)):
        code = code.func if isinstance(code, functools.partial) else code.__func__
    code = inspect.unwrap(code) if callable(code) else code
    if isinstance(code, FunctionType):
        return code.__globals__
    kind = code if isinstance(code, type) else type(code)
    if not isinstance(code, type) and kind.__module__ in ("builtins", "types", "functools"):
        return None
    for value in vars(kind).values():  # a class made where its module is not importable
        inner = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        if isinstance(inner, FunctionType) and inner.__module__ == kind.__module__:
            return inner.__globals__
    module = sys.modules.get(kind.__module__)
    return None if module is None else module.__dict__


def _root(space: Mapping[str, Any]) -> str:
    """The package that a module is in."""
    return str(space.get("__name__") or "").partition(".")[0]


def _beside(space: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    """Whether a module is of the same package, or its file in the same folder or below."""
    if "." in str(own.get("__name__")) and _root(space) == _root(own):
        return True
    one, other = space.get("__file__"), own.get("__file__")
    if not one or not other or "site-packages" in str(one):
        return False
    return Path(one).resolve().is_relative_to(Path(other).resolve().parent)


def _cells(*codes: Any) -> Iterator[CellType]:
    """The variables around functions that were made inside others."""
    seen: set[int] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if isinstance(code, MethodType):
            code = code.__func__
        if not isinstance(code, FunctionType) or id(code) in seen:
            continue
        seen.add(id(code))
        for cell in code.__closure__ or ():
            try:
                waiting.append(cell.cell_contents)
            except ValueError:
                continue
            yield cell
