"""Pairs of a forward and a backward in source files, found by name and signature; nothing is run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, Union

from symgrad.errors import SymgradError
from symgrad.testing.names import LEFT_GRADIENT, LEFT_OUTPUT, LOSS, METHODS

FunctionNode: TypeAlias = Union[ast.FunctionDef, ast.AsyncFunctionDef]
SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__", "site-packages", "build", "dist"}
"""Folders that hold other people's code, or none."""
BACKWARD = re.compile(
    r"^(?P<a>.+?)_?(backward|backprop|bwd|backwards|grad|gradient|derivative|prime|back)(?P<z>_.+)?$"
    r"|^(backward|backprop|bwd|grad|d)_(?P<b>.+)$",
    re.IGNORECASE,
)
"""What a backward is called, after the name of its layer or before it."""
FORWARD = ("{}_forward", "forward_{}", "{}_fwd", "{}forward", "{}Forward", "{}", "{}_forw")
"""What the forward of a layer is called."""


@dataclass(frozen=True)
class Pair:
    """A forward and its backward as the source says them.

    name        of the forward, or of the class
    backward    the name of the backward function; "" for a class, whose methods are `methods`
    kind        "functions", "class", "derivative" (a class whose method gives a derivative, with no
                cotangent), "context" (static methods and a ctx), "autograd" (of PyTorch), or "unreadable":
                a file in which nothing can be found, as `problem` says
    parameters  of the forward function, or of the forward method, without self or ctx
    back_parameters  of the backward function; of a method, those without a default
    made_of     parameters of the constructor of a class, each with whether it has a default
    returns     how many values the forward returns, where every return says so
    keys        what the forward reads from parameters that are dictionaries, by parameter
    needed      the keys among them that it reads without a default
    left        attributes that the backward method sets, and lists of gradients, `grads[]`, that are made
    read        attributes that the forward method reads
    answers     attributes in which methods that return nothing leave the output and the gradient, as in
                `self.output` and `self.dinputs`
    """

    path: str
    name: str
    line: int
    kind: str
    backward: str = ""
    methods: tuple[str, str] = ("forward", "backward")
    parameters: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    back_parameters: tuple[str, ...] = ()
    made_of: tuple[tuple[str, bool], ...] = ()
    returns: int | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    answers: tuple[str, str] | None = None
    problem: str = ""

    @property
    def place(self) -> str:
        """Where it is, as an argument of the command: file and name."""
        return f"{self.path}:{self.name}" if self.name else self.path


def find(target: str) -> list[Pair]:
    """The pairs in `PATH` or `PATH:NAME`, among them files that cannot be read.

    Raises SymgradError for a path or a name that is not there.
    """
    path, _, name = target.partition(":") if not Path(target).exists() else (target, "", "")
    at = Path(path)
    if not at.exists():
        raise SymgradError(f"{path} is not a file or a folder")
    found = [pair for file in _files(at) for pair in _in_file(file)]
    if name:
        chosen = [pair for pair in found if name in (pair.name, pair.backward) or pair.problem]
        if not chosen:
            known = ", ".join(pair.name for pair in found) or "none"
            raise SymgradError(f"there is no pair {name!r} in {path}; found {known}")
        return chosen
    return found


def _files(at: Path) -> Iterator[Path]:
    if at.is_file():
        yield at
        return
    for path in sorted(at.rglob("*.py")):
        if not SKIPPED & set(path.relative_to(at).parts):
            yield path


def _in_file(path: Path) -> list[Pair]:
    try:
        with warnings.catch_warnings(action="ignore"):  # what Python thinks of somebody else's escapes
            tree = ast.parse(path.read_bytes())
    except SyntaxError as problem:
        return [_unreadable(path, problem.msg, problem.lineno or 1)]
    except OSError as problem:
        return [_unreadable(path, problem.strerror or str(problem))]
    except (ValueError, RecursionError, MemoryError) as problem:
        return [_unreadable(path, str(problem))]
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    pairs = [*_functions(str(path), functions), *_classes(str(path), classes)]
    return sorted(pairs, key=lambda pair: pair.line)


def _unreadable(path: Path, why: str, line: int = 1) -> Pair:
    return Pair(str(path), "", line, "unreadable", problem=f"the file cannot be read: {why}")


def _functions(path: str, functions: Mapping[str, ast.FunctionDef]) -> Iterator[Pair]:
    taken: set[str] = set()
    for name, node in functions.items():
        made_by = (made for made in _forwards(name) if made in functions and made != name)
        forward = next((made for made in made_by if made not in taken), None)
        if forward is None or not _parameters(node):
            continue
        taken |= {forward, name}
        yield _pair(path, functions[forward], node)
    for name, node in functions.items():
        if name not in taken and _gives_its_gradient(node):
            yield _pair(path, node, node)


def _pair(path: str, forward: FunctionNode, backward: FunctionNode) -> Pair:
    return Pair(
        path,
        forward.name,
        forward.lineno,
        "functions",
        backward=backward.name,
        parameters=_parameters(forward),
        defaults=_defaulted(forward),
        back_parameters=_required(backward),
        returns=_returns(forward),
        keys=_keys(forward),
        needed=_needed(forward),
    )


def _gives_its_gradient(node: FunctionNode) -> bool:
    """Whether a function is a loss that returns its value and its gradient, `return loss, dx`."""
    given = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return)]
    last = given[-1] if given else None
    if not (LOSS.search(node.name) and isinstance(last, ast.Tuple) and _returns(node) == 2):
        return False
    return bool(re.fullmatch(r"d\w{1,8}|d?grads?\w*|gradients?\w*|\w+_grad", ast.unparse(last.elts[1])))


def _forwards(backward: str) -> Iterator[str]:
    """What the forward of a backward may be called; of one that is just `backward`, as a method."""
    if backward in METHODS[1]:
        yield from METHODS[0]
        return
    match = BACKWARD.match(backward)
    if match is not None:
        stem = (match["a"] or match["b"]).rstrip("_")
        for suffix in (match["z"] or "", ""):
            yield from (pattern.format(stem) + suffix for pattern in FORWARD)


def _classes(path: str, classes: Iterable[ast.ClassDef]) -> Iterator[Pair]:
    known = {node.name: node for node in classes}
    for node in known.values():
        methods = _methods(node, known)
        forward, backward, derivative = (
            next((n for n in names if n in methods and not _abstract(methods[n])), None) for names in METHODS
        )
        backward = backward or derivative
        if forward is None or backward is None:
            continue
        parameters = _taken(methods[forward])
        made = methods.get("__init__")
        yield Pair(
            path,
            node.name,
            node.lineno,
            _kind(node, methods[forward], methods[backward]),
            methods=(forward, backward),
            parameters=parameters,
            defaults=_defaulted(methods[forward]),
            back_parameters=tuple(n for n in _taken(methods[backward]) if n in _required(methods[backward])),
            made_of=() if made is None else _constructor(made),
            returns=_returns(methods[forward]),
            keys=_keys(methods[forward]),
            needed=_needed(methods[forward]),
            left=(*_left(methods[backward]), *(() if made is None else _lists(made))),
            read=_read(methods[forward]),
            answers=_answers(methods[forward], methods[backward]),
        )


def _kind(made: ast.ClassDef, forward: FunctionNode, backward: FunctionNode) -> str:
    """What a class is. A backward that takes but what the forward takes gives a derivative there."""
    bases = {ast.unparse(base) for base in made.bases}
    if any(base.endswith("autograd.Function") or base == "Function" for base in bases):
        return "autograd"
    if _parameters(forward)[:1] == ("ctx",):
        return "context"
    taken = [name for name in _taken(forward) if name in _required(forward)]
    given = [name for name in _taken(backward) if name in _required(backward)]
    same = bool(taken) and taken == given and not set(_left(forward)) & set(_read(backward))
    constant = bool(given) and set(given[0]) == {"_"}  # of whatever it is given
    return "derivative" if same or constant or backward.name not in METHODS[1] else "class"


def _taken(method: FunctionNode) -> tuple[str, ...]:
    """The parameters of a method, without the object."""
    static = any(ast.unparse(one) == "staticmethod" for one in method.decorator_list)
    names = _parameters(method)
    return names[int(not static or names[:1] == ("ctx",)) :]


def _left(node: FunctionNode) -> tuple[str, ...]:
    """The attributes of self that a method sets or adds to, or whose entries it sets."""
    found: dict[str, None] = {}
    for inner in ast.walk(node):
        targets = inner.targets if isinstance(inner, ast.Assign) else []
        targets = [inner.target] if isinstance(inner, ast.AugAssign) else targets
        for target in targets:
            for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                named = part.value if isinstance(part, ast.Subscript) else part
                if isinstance(named, ast.Attribute) and ast.unparse(named.value) == "self":
                    found[named.attr] = None
    return tuple(found)


def _lists(made: FunctionNode) -> tuple[str, ...]:
    """The attributes of self that a constructor makes lists of gradients, `grads[]`."""
    found = []
    for inner in (one for one in ast.walk(made) if isinstance(one, ast.Assign)):
        for target in inner.targets:
            both = [(target, inner.value)]
            if isinstance(target, ast.Tuple) and isinstance(inner.value, ast.Tuple):
                both = list(zip(target.elts, inner.value.elts, strict=False))
            for name, value in both:
                if isinstance(name, ast.Attribute) and isinstance(value, ast.List) and "grad" in name.attr:
                    found.append(f"{name.attr}[]")
    return tuple(found)


def _answers(forward: FunctionNode, backward: FunctionNode) -> tuple[str, str] | None:
    """Where two methods that return nothing leave what they computed, if they do so under known names."""
    found = []
    for node, names in ((forward, LEFT_OUTPUT), (backward, LEFT_GRADIENT)):
        returns = (inner for inner in ast.walk(node) if isinstance(inner, ast.Return))
        at = next((name for name in _left(node) if name in names), None)
        if at is None or any(inner.value is not None for inner in returns):
            return None
        found.append(at)
    return found[0], found[1]


def _read(node: FunctionNode) -> tuple[str, ...]:
    """The attributes of self that a method reads."""
    return tuple(
        dict.fromkeys(
            inner.attr
            for inner in ast.walk(node)
            if isinstance(inner, ast.Attribute)
            and isinstance(inner.ctx, ast.Load)
            and ast.unparse(inner.value) == "self"
        )
    )


def _methods(node: ast.ClassDef, known: Mapping[str, ast.ClassDef]) -> dict[str, ast.FunctionDef]:
    """The methods of a class, with those of its bases in the same file."""
    found: dict[str, ast.FunctionDef] = {}
    for base in reversed(node.bases):
        above = known.get(ast.unparse(base))
        if above is not None and above is not node:
            found |= _methods(above, {name: other for name, other in known.items() if name != node.name})
    return found | {inner.name: inner for inner in node.body if isinstance(inner, ast.FunctionDef)}


def _parameters(node: FunctionNode) -> tuple[str, ...]:
    return tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args))


def _defaulted(node: FunctionNode) -> tuple[str, ...]:
    names = _parameters(node)
    return names[len(names) - len(node.args.defaults) :]


def _required(node: FunctionNode) -> tuple[str, ...]:
    names = _parameters(node)
    return names[: len(names) - len(node.args.defaults)]


def _constructor(node: FunctionNode) -> tuple[tuple[str, bool], ...]:
    defaulted = set(_defaulted(node))
    return tuple((name, name in defaulted) for name in _parameters(node)[1:])


def _abstract(node: FunctionNode) -> bool:
    """A method that only raises or does nothing."""
    body = [n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    return all(isinstance(n, (ast.Raise, ast.Pass)) for n in body)


def _returns(node: FunctionNode) -> int | None:
    counts = {
        len(inner.value.elts) if isinstance(inner.value, ast.Tuple) else 1
        for inner in ast.walk(node)
        if isinstance(inner, ast.Return) and inner.value is not None
    }
    return counts.pop() if len(counts) == 1 else None


def _needed(node: FunctionNode) -> tuple[str, ...]:
    """The keys that are read with no default: `conv_param["stride"]`."""
    slices = (inner.slice for inner in ast.walk(node) if isinstance(inner, ast.Subscript))
    return tuple(
        dict.fromkeys(s.value for s in slices if isinstance(s, ast.Constant) and isinstance(s.value, str))
    )


def _keys(node: FunctionNode) -> dict[str, tuple[str, ...]]:
    """Keys read from parameters: `conv_param["stride"]`, `conv_param.get("pad", 0)`."""
    names = set(_parameters(node))
    found: dict[str, dict[str, None]] = {}
    for inner in ast.walk(node):
        owner: ast.expr | None = None
        key: ast.expr | None = None
        if isinstance(inner, ast.Subscript):
            owner, key = inner.value, inner.slice
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.args:
            owner, key = (inner.func.value, inner.args[0]) if inner.func.attr == "get" else (None, None)
        said = key.value if isinstance(key, ast.Constant) else None
        if isinstance(owner, ast.Name) and owner.id in names and isinstance(said, str):
            found.setdefault(owner.id, {})[said] = None
    return {name: tuple(keys) for name, keys in found.items()}
