"""The catalogue: rules of back-propagation, each a layer, a closed form and a statement.

A layer file under `symgrad.layers` registers its layers with `@layer`, its rules with `@rule`, and with
`backward` the closed forms that networks use; whatever file lies there is in the catalogue.
"""

from __future__ import annotations

import difflib
import fnmatch
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from symgrad.errors import ArgumentError, UnknownRule
from symgrad.language.elementwise import ARITHMETIC
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint
from symgrad.language.operator import OPERATORS
from symgrad.language.tensor import Tensor, Variable

if TYPE_CHECKING:
    from symgrad.decide.question import Question
    from symgrad.decide.verdict import Verdict
    from symgrad.explain.proof import Proof


@dataclass(frozen=True)
class Statement:
    """What a rule claims: `claim` is the gradient of Σ cotangent·z by `wrt`; with `wrt` None, it is z."""

    z: Tensor
    wrt: Tensor | None
    claim: Tensor
    cotangent: Tensor | None = None
    assuming: tuple[Constraint | SumsToOne, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A named closed form. `latex` is its statement, `source` where it is found in the literature,
    `zh` its title in Chinese."""

    name: str
    title: str
    latex: str
    source: str
    make: Callable[[], Statement]
    zh: str = ""

    def statement(self) -> Statement:
        """The forward and the claim, built anew."""
        return self.make()

    def question(self) -> Question:
        """What the decision procedure is asked."""
        from symgrad.decide.question import Question

        s = self.make()
        return Question(s.z, s.wrt, s.cotangent, s.claim, s.assuming)

    def verify(self) -> Verdict:
        """The verdict on the rule."""
        from symgrad.decide.decision import decide

        return decide(self.question())

    def proof(self) -> Proof:
        """The proof of the rule, with its name, titles and source. Raises NoProof if it is not PROVED."""
        found = self.verify().proof
        return replace(found, name=self.name, title=self.title, title_zh=self.zh or None, source=self.source)


@dataclass(frozen=True)
class Layer:
    """A layer with an example of it on symbolic shapes, to derive from."""

    name: str
    title: str
    example: Callable[[], Tensor]


_rules: dict[str, Rule] = {}
_layers: dict[str, Layer] = {}
_loaded = False


def rule(
    name: str, title: str, latex: str, source: str, zh: str = ""
) -> Callable[[Callable[[], Statement]], Callable[[], Statement]]:
    """Register a function that makes a statement as the rule `name`."""

    def register(make: Callable[[], Statement]) -> Callable[[], Statement]:
        if name in _rules:
            raise ValueError(f"there are two rules named {name}")
        _rules[name] = Rule(name, title, latex, source, make, zh)
        return make

    return register


def layer(name: str, title: str) -> Callable[[Callable[[], Tensor]], Callable[[], Tensor]]:
    """Register a function that makes an example of a layer on symbolic shapes."""

    def register(example: Callable[[], Tensor]) -> Callable[[], Tensor]:
        _layers[name] = Layer(name, title, example)
        return example

    return register


ClosedForm: TypeAlias = Callable[..., Tensor]
"""The gradient by one operand of a layer, with parameters named after what it is made of."""
_backward: dict[str, Mapping[str, ClosedForm | None]] = {}


def backward(*forwards: Callable[..., Tensor] | str, **closed_forms: ClosedForm | None) -> None:
    """Say by which closed form δ goes back through a layer to each operand, for its use in networks.

    A closed form is given what its parameters are named after: `delta`; the arguments of the forward;
    `z`, the output; `size`, the spatial size of the operand; `position`, which operand of a sequence.
    None says of an operand, such as a mask, that nothing goes back to it. A forward is an operator, or
    the sign of one of Python's. Raises ArgumentError for what is no operator, and for a closed form that
    is no function or goes back to an operand which the operator does not have.
    """
    if not forwards or not closed_forms:
        raise ArgumentError("backward needs an operator and its closed forms, as in backward(op, x=…)")
    names = [_operator_name(forward) for forward in forwards]
    for name in names:
        known = _operands(name)
        for operand, form in closed_forms.items():
            if operand not in known:
                raise ArgumentError(f"{name} has no operand {operand}; it takes {', '.join(known)}")
            if form is not None and not callable(form):
                raise ArgumentError(
                    f"the closed form of {name} by {operand} is {form!r}, which is no function"
                )
    for name in names:
        _backward[name] = closed_forms


def _operator_name(forward: Callable[..., Tensor] | str) -> str:
    if isinstance(forward, str):
        if forward in _signs():
            return forward
        raise ArgumentError(
            f"{forward!r} is none of Python's operators {', '.join(_signs())}; give a function"
        )
    name = str(getattr(forward, "__name__", None) or repr(forward))
    if OPERATORS.get(name) is not forward:
        raise ArgumentError(f"{name} is no operator; write @symgrad.operator above its definition")
    return name


def _signs() -> tuple[str, ...]:
    return (*ARITHMETIC, "slice")


def _operands(name: str) -> list[str]:
    if name in ARITHMETIC:
        return ["left", "right"]
    return ["x"] if name == "slice" else list(inspect.signature(OPERATORS[name]).parameters)


def closed_forms(name: str) -> Mapping[str, ClosedForm | None]:
    """The closed forms of a layer by operand, by the name of its forward; none if it is not known."""
    _load()
    return _backward.get(name, {})


def _load() -> None:
    global _loaded
    if not _loaded:
        import symgrad.layers

        for module in sorted(m.name for m in pkgutil.iter_modules(symgrad.layers.__path__)):
            importlib.import_module(f"symgrad.layers.{module}")
        _loaded = True
        # whatever was imported first
        for name in sorted(_rules, key=lambda name: _rules[name].make.__module__):
            _rules[name] = _rules.pop(name)
        for name in sorted(_layers, key=lambda name: _layers[name].example.__module__):
            _layers[name] = _layers.pop(name)


def rules(*names: str) -> list[Rule]:
    """Every rule of the catalogue, in the order of the layer files, or those meant by names, as by `find`.

    >>> [rule.name for rule in rules("relu", "linear.b*")]
    ['relu.input', 'relu.output', 'linear.bias']
    """
    _load()
    return find(names) if names else list(_rules.values())


def rule_named(name: str) -> Rule:
    """The rule of that name. Raises UnknownRule, with the nearest names, if there is none.

    >>> rule_named("conv2d.input").verify().verdict
    'PROVED'
    >>> rule_named("conv2d.inptu")
    Traceback (most recent call last):
    symgrad.errors.UnknownRule: there is no rule 'conv2d.inptu'; did you mean conv2d.input or
    conv3d.input or conv1d.input?
    """
    _load()
    if name not in _rules:
        own = [rule for rule in _rules if rule.startswith(f"{name}.")]
        hint = f"; {name} is a layer with the rules {', '.join(own)}" if own else nearest(name, list(_rules))
        raise UnknownRule(f"there is no rule {name!r}{hint}")
    return _rules[name]


def layers() -> list[Layer]:
    """Every layer of the catalogue."""
    _load()
    return list(_layers.values())


def find(names: Sequence[str]) -> list[Rule]:
    """The rules meant by names: a rule, a layer (`conv2d` is all its rules), or a pattern (`*.input`).

    Raises UnknownRule, with the nearest names, for a name that means none.
    """
    every = rules()
    if not names:
        return every
    found: dict[str, Rule] = {}
    for name in names:
        meant = [r for r in every if r.name == name or r.name.startswith(name + ".")]
        meant = meant or [r for r in every if fnmatch.fnmatchcase(r.name, name)]
        if not meant:
            raise UnknownRule(f"there is no rule {name!r}{nearest(name, [r.name for r in every])}")
        found.update((r.name, r) for r in meant)
    return list(found.values())


def forward_of(name: str) -> Tensor:
    """The forward of a layer by its name, or of a rule."""
    _load()
    if name in _layers:
        return _layers[name].example()
    if name in _rules:
        return _rules[name].statement().z
    raise UnknownRule(f"there is no layer or rule {name!r}{nearest(name, [*_layers, *_rules])}")


def nearest(name: str, known: Sequence[str]) -> str:
    """`; did you mean …?` with the known names most like `name`, or the empty string."""
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(close)}?" if close else "; `symgrad rules` lists all"


def variables(tensor: Tensor) -> dict[str, Variable]:
    """The variables of an expression by name."""
    from symgrad.language.notation import nodes

    return {node.name: node for node in nodes(tensor) if isinstance(node, Variable)}
