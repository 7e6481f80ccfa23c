"""What a formula of a document states: that J is one of the known losses, a one of the known functions of z,
or z one of the layers with weights. Which one is decided, not compared by its letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from symgrad.decide.decision import decide
from symgrad.decide.question import Question
from symgrad.decide.verdict import Proved
from symgrad.errors import SymgradError
from symgrad.formula.activations import KNOWN, Activation, known
from symgrad.formula.budget import OPERATIONS, Patience, refuse_too_much
from symgrad.formula.company import PREDICTIONS
from symgrad.formula.functions import scalar
from symgrad.formula.levels import derivative_of
from symgrad.formula.operators import OPERATORS
from symgrad.formula.outputs import Choice
from symgrad.formula.parse import FormulaError, parse
from symgrad.formula.products import COUNTS
from symgrad.formula.reading import Reader
from symgrad.formula.setting import LOSSES, NORM_ROLES, Setting
from symgrad.formula.statements import FAMILIES, MEAN, Statement, exact, key
from symgrad.formula.syntax import (
    Binary,
    Call,
    Equation,
    Expression,
    Matrix,
    Name,
    Negative,
    Number,
    Raised,
    Sum,
    rebuilt,
    walk,
)
from symgrad.formula.target import names
from symgrad.language.functions import log
from symgrad.language.scalar import Access, Apply, Constant, Scalar, add, multiply, power
from symgrad.language.tensor import Comprehension, tensor

_FORWARDS = ("linear", "conv2d", "conv1d")
_OUTPUT_NAMES = (*PREDICTIONS, "s", "S", "P", "o")
_BY_EXP = (
    ("sigmoid", "1 / (1 + e^{-x})"), ("sigmoid", "e^x / (1 + e^x)"), ("softplus", "log(1 + e^x)"),
    ("tanh", "(e^x - e^{-x}) / (e^x + e^{-x})"), ("tanh", "(e^{2x} - 1) / (e^{2x} + 1)"),
    ("tanh", "(1 - e^{-2x}) / (1 + e^{-2x})"), ("tanh", "2 / (1 + e^{-2x}) - 1"),
)  # fmt: skip
"""What the known functions are by the exponential, which the decision does not take apart."""
_A, _Y, _X = tensor("a"), tensor("y"), tensor("x")


def stated(equation: Equation, setting: Setting, patience: Patience, text: str) -> list[Statement]:
    """What an equation states, by a name or a call on its left side; nothing for any other."""
    if len(equation.parts) < 2 or "←" in equation.signs:
        return []
    left, right = equation.parts[:2]
    if isinstance(left, Raised):
        left = left.body if isinstance(left.body, Call) else left
    head = left.function if isinstance(left, Call) else left
    if not isinstance(head, Name) or head.primes or derivative_of(equation.parts[0]) is not None:
        return []
    if any(isinstance(item, Number) for item in head.sub) and len(head.sub) > 1:
        return []
    about = _Stating(setting, patience, head, text)
    if setting.role(head.text) == "J" and not isinstance(right, (Number, Matrix)):
        return list(about.loss(right))
    if isinstance(left, Call):
        return list(about.function(left, right))
    return list(about.value(right))


def stated_unread(text: str, setting: Setting) -> list[Statement]:
    """What a text states that cannot be parsed, by what stands before its first sign =: not understood."""
    before, equals, after = text.partition("=")
    try:
        (equation,) = parse(before)
    except (FormulaError, ValueError):
        return []
    left = equation.parts[0]
    head = left.function if isinstance(left, Call) else left
    if not equals or not isinstance(head, Name) or derivative_of(left) is not None:
        return []
    role = setting.role(head.text)
    letters = set(re.findall(r"[^\W\d_]+", after))
    roles = {setting.role(letter) for letter in letters}
    if role == "J":
        return [Statement("loss", exact(head), frozenset({exact(head)}), frozenset(), text.strip())]
    if role not in ("a", "z") and head.text not in _OUTPUT_NAMES:
        return []
    about = "forward" if "W" in roles else "activation" if roles & {"a", "z"} else None
    if about is None:
        return []
    return [Statement(about, exact(head), frozenset({exact(head), *letters}), frozenset(), text.strip())]


class _Stating:
    def __init__(self, setting: Setting, patience: Patience, head: Name, text: str) -> None:
        named = {name: role for name, role in setting.names.items() if role not in NORM_ROLES}
        self.setting = replace(setting, statements=(), layer=None, function=None, names=named)
        self.stated = setting
        self.patience = patience
        self.head = head
        self.text = text

    def _statement(self, about: str, says: set[str], *found: Name) -> Statement:
        names = frozenset(map(exact, found)) or frozenset({exact(self.head)})
        return Statement(about, exact(self.head), names, frozenset(says), self.text, self.stated.line)

    def _proved(self, left: Name, right: Expression, layer: str) -> Iterator[Choice]:
        """The ways of reading an equation about a layer in which it is right."""
        reader = Reader(replace(self.setting, layer=layer), Equation((left, right)), self.patience)
        for reading in reader.readings(*reader.equation.parts[:2]):
            if isinstance(reading.verdict, Proved):
                yield reading.choice

    # -- losses ------------------------------------------------------------------------------------
    def loss(self, right: Expression) -> Iterator[Statement]:
        """What J is of the output and the target."""
        says: set[str] = set()
        head = Name(self.head.text, 0, (), self.head.sup)
        for layer in LOSSES:
            for choice in self._proved(head, right, layer):
                says.add(FAMILIES[choice.wanted.loss] + (MEAN if choice.wanted.mean else ""))
        if not says:
            reader = Reader(self.setting, Equation((head, right)), self.patience)
            says = self._loss_of_each(reader.equation.parts[1])
        if not says and self._is_aggregate(right):
            return
        yield self._statement("loss", says)

    def _is_aggregate(self, right: Expression) -> bool:
        """Whether J is the sum or mean of losses that are stated by themselves."""
        body, _ = _of_each(right)
        head = body.function if isinstance(body, Call) else body
        return body is not right and isinstance(head, Name) and self.setting.role(head.text) == "J"

    def _loss_of_each(self, right: Expression) -> set[str]:
        """The loss of which a formula is the sum over outputs, told by one term of it."""
        body, mean = _of_each(right)
        body = _plain(body)
        found = {node.text for node in walk(body) if isinstance(node, Name)} - {"log", "ln", "e"}
        targets = found & {"t"} or {text for text in found if self.setting.role(text) == "y"}
        outputs = found - targets
        if len(targets) != 1 or len(outputs) != 1 or self.setting.role(*outputs) in ("W", "b", "δ", "J"):
            return set()
        a, y, one = Access(_A, ()), Access(_Y, ()), Constant(Fraction(1))
        minus, rest = Constant(Fraction(-1)), add(one, multiply(Constant(Fraction(-1)), y))
        error = power(add(a, multiply(minus, y)), 2)
        other = Apply(log, add(one, multiply(minus, a)))
        cross = multiply(minus, multiply(y, Apply(log, a)))
        forms = {
            "half squares": multiply(Constant(Fraction(1, 2)), error),
            "squares": error,
            "cross-entropy": cross,
            "binary cross-entropy": add(cross, multiply(minus, multiply(rest, other))),
        }
        try:
            claim = scalar(body, {targets.pop(): _Y, outputs.pop(): _A})
        except SymgradError:
            return set()
        return {name + (MEAN if mean else "") for name, form in forms.items() if self._same(form, claim)}

    def _same(self, one: Scalar, other: Scalar) -> bool:
        sides = [Comprehension((), (), side) for side in (one, other)]
        try:
            for side in sides:
                refuse_too_much(side)
            verdict = decide(Question(sides[0], None, None, sides[1]), suggest=False, operations=OPERATIONS)
        except SymgradError:
            return False
        return isinstance(verdict, Proved)

    # -- functions ---------------------------------------------------------------------------------
    def function(self, left: Call, right: Expression) -> Iterator[Statement]:
        """What σ is."""
        if self.setting.role(self.head.text) == "σ" and len(left.arguments) == 1:
            yield self._statement("function", self._functions(right))

    def _functions(self, right: Expression) -> set[str]:
        """The known functions of one name that an expression is."""
        right = _plain(right) if not _is_softmax(right) else right
        if _is_softmax(right):
            return {"softmax"}
        if isinstance(right, Name):
            return {"identity"}
        found = {node.text for node in walk(right) if isinstance(node, Name)}
        found -= {node.function.text for node in walk(right) if isinstance(node, Call)}
        if len(found) != 1:
            return set()
        try:
            claim = scalar(right, {found.pop(): _X})
        except SymgradError:
            return set()
        forms = [(name, Activation(name).at(Access(_X, ()))) for name in KNOWN]
        forms += [(name, scalar(_plain(parse(form)[0].parts[0]), {"x": _X})) for name, form in _BY_EXP]
        return {name for name, form in forms if self._same(form, claim)}

    # -- values ------------------------------------------------------------------------------------
    def value(self, right: Expression) -> Iterator[Statement]:
        """What the output of a layer is of its input, or of its input and its weights."""
        role = self.setting.role(self.head.text)
        if role not in ("a", "z", "y") and self.head.text not in _OUTPUT_NAMES:
            return
        equation = Equation((self.head, right))
        inside = list(names(Equation((right,)), self.setting))
        powers = [n.sup for n in inside if n.text == "e" and n.sup is not None]
        inside += [name for sup in powers for name in names(Equation((sup,)), self.setting)]
        roles = {self.setting.role(name.text) for name in inside}
        if any(key(name) == key(self.head) for name in inside) or roles & {"δ", "J"} or "y" in roles - {role}:
            return
        if _is_called(right, self.setting):
            assert isinstance(right, Call)
            argument = right.arguments[0]
            yield from self._called(right, argument, inside)
            if "W" in roles:
                yield self._forward(argument, [n for n in inside if n.text != right.function.text])
        elif "W" in roles:
            yield self._forward(right, [self.head, *names(equation, self.setting)])
        elif roles & {"a", "z"}:
            given = [name for name in inside if self.setting.role(name.text) in ("a", "z")]
            yield self._statement("activation", self._functions(right), self.head, *given)

    def _called(self, right: Call, argument: Expression, inside: list[Name]) -> Iterator[Statement]:
        """a = σ(z): what σ is, if it is known or was stated."""
        named = [n for n in inside if isinstance(argument, Name) and n.text == argument.text]
        text = right.function.text
        before = [one for one in self.stated.statements if one.about == "function" and one.head == text]
        own = known(text)
        if text == "softmax":
            yield self._statement("activation", {"softmax"}, self.head, *named)
        elif own is not None:
            yield self._statement("activation", {own}, self.head, *named)
        elif before:
            yield self._statement("activation", set(before[-1].says), self.head, *named)

    def _forward(self, right: Expression, inside: list[Name]) -> Statement:
        says: set[str] = set()
        z = Name("z", 0, self.head.sub, self.head.sup, self.head.brackets)
        for layer in _FORWARDS:
            found = self._proved(z, right, layer)
            rows = {choice.wanted.rows if layer == "linear" else layer for choice in found}
            says |= rows
            if rows:
                break
        return self._statement("forward", says, *inside)


def _is_called(right: Expression, setting: Setting) -> bool:
    """Whether an expression is a function of something: σ(z), softmax(z)."""
    if not isinstance(right, Call) or len(right.arguments) != 1 or right.function.primes:
        return False
    text = right.function.text
    return text == "softmax" or (setting.role(text) == "σ" and text.lower() not in OPERATORS)


def _is_softmax(node: Expression) -> bool:
    """Whether an expression is e^{z_i} / Σ_k e^{z_k}."""
    match node:
        case Call(Name("softmax")):
            return True
        case Binary("/", top, Sum(((letter, _, _),), bottom)):
            upper, lower = _exponent(top), _exponent(bottom)
            if not isinstance(upper, Name) or not isinstance(lower, Name) or upper.text != lower.text:
                return False
            return lower.sub == (Name(letter),) and len(upper.sub) == 1 and upper.sub != lower.sub
    return False


def _exponent(node: Expression) -> Expression | None:
    match node:
        case Name("e", sup=sup):
            return sup
        case Call(Name("exp"), (argument,)):
            return argument
    return None


def _plain(node: Expression) -> Expression:
    """A formula of one entry: names without what tells entries, layers and samples apart, e^x as exp(x)."""
    match node:
        case Name("e", sup=sup) if sup is not None:
            return Call(Name("exp"), (_plain(sup),))
        case Name(sup=Number()):
            return Raised(Name(node.text), (), node.sup)
        case Matrix(((inside,),)):
            return _plain(inside)
        case Raised(body, _, Name("T")):
            return _plain(body)
        case Name():
            return Name(node.text, node.primes)
        case Call(Name("max"), (Number(value), argument)) if value == 0:
            return Call(Name("relu"), (_plain(argument),))
        case Call(_, arguments):
            return replace(node, arguments=tuple(map(_plain, arguments)))
    return rebuilt(node, _plain)


def _number(node: Expression) -> tuple[Expression | None, bool]:
    """A number, of 1/2m the 1/2, and whether a count divides it; None for anything else."""
    match node:
        case Number() | Binary("/", Number(), Number()):
            return node, False
        case Binary("/", Number() as top, Name(text)) if text in COUNTS:
            return top, True
        case Binary("/", Number() as top, Binary("", Number() as two, Name(text))) if text in COUNTS:
            return Binary("/", top, two), True
    return None, False


def _of_each(node: Expression) -> tuple[Expression, bool]:
    """What is summed in a formula that sums something over outputs and samples, and whether their number
    divides it: only what is linear is taken away."""
    match node:
        case Sum(_, body):
            return _of_each(body)
        case Negative(body):
            inner, mean = _of_each(body)
            return (Negative(inner) if inner is not body or mean else node), mean
        case Binary("/", top, Name(text)) if text in COUNTS:
            return _of_each(top)[0], True
        case Binary("" | "·", factor, body):
            number, counted = _number(factor)
            inner, mean = _of_each(body)
            if number == Number(Fraction(1)) and counted:
                return inner, True
            if number is not None and (counted or inner is not body):
                return Binary("·", number, inner), counted or mean
    return node, False
