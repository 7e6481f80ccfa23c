"""Expressions as text: index notation, operator notation, DOT and Mermaid for the graph."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from symgrad.language.functions import Known
from symgrad.language.index import Constraint, Index
from symgrad.language.scalar import (
    Access,
    Add,
    Apply,
    Constant,
    Function,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Scalar,
    Selected,
    Sum,
    reads,
)
from symgrad.language.symbol import Floor
from symgrad.language.tensor import Call, Comprehension, Slice, Tensor, Variable

_SUM, _PRODUCT, _POWER, _ATOM = range(4)  # how tightly a piece of text binds
Names = dict[Tensor, str]


def scalar_text(node: Scalar, names: Names | None = None) -> str:
    """`node` in index notation; `names` gives the names of the comprehensions it reads."""
    return _scalar(node, names or {})[0]


def _scalar(node: Scalar, names: Names) -> tuple[str, int]:
    match node:
        case Constant(value, powers):
            return _constant(value, powers)
        case Access(tensor, at):
            name = names.get(tensor) or (tensor.name if isinstance(tensor, Variable) else f"({tensor!r})")
            return (f"{name}[{', '.join(map(str, at))}]" if at else name), _ATOM
        case Add(terms):
            text = ""
            for term in terms:
                piece, binding = _scalar(term, names)
                if binding == _SUM:
                    piece = f"({piece})"
                text += (f" - {piece[1:]}" if piece.startswith("-") else f" + {piece}") if text else piece
            return text, _SUM
        case Multiply(factors):
            sign = ""
            pieces = []
            for factor in factors:
                if factor == Constant(Fraction(-1)):
                    sign = "-"
                    continue
                piece, binding = _scalar(factor, names)
                open_sum = isinstance(factor, (Sum, Maximum)) and factor is not factors[-1]
                pieces.append(f"({piece})" if binding == _SUM or open_sum else piece)
            return sign + "·".join(pieces), _PRODUCT
        case Sum(over, body):
            piece, binding = _scalar(body, names)
            ranges = ", ".join(f"{symbol}<{extent}" for symbol, extent in over)
            return f"Σ_{{{ranges}}} " + (f"({piece})" if binding == _SUM else piece), _PRODUCT
        case Indicator(conditions):
            return f"[{conditions_text(conditions)}]", _ATOM
        case Power(base, exponent):
            piece, binding = _scalar(base, names)
            power = str(exponent) if exponent.denominator == 1 and exponent > 0 else f"({exponent})"
            return (f"{piece}^{power}" if binding == _ATOM else f"({piece})^{power}"), _POWER
        case Apply(function, argument):
            return f"{function}({_scalar(argument, names)[0]})", _ATOM
        case Maximum(over, where, body):
            ranges = ", ".join(f"{symbol}<{extent}" for symbol, extent in over)
            condition = f" | {conditions_text(where)}" if where else ""
            piece, binding = _scalar(body, names)
            inside = f"({piece})" if binding == _SUM else piece
            return f"max_{{{ranges}{condition}}} {inside}", _PRODUCT
        case Selected(best, at):
            place = ", ".join(f"{symbol}={index}" for (symbol, _), index in zip(best.over, at, strict=True))
            return f"[{_scalar(best, names)[0]} is taken at {place}]", _ATOM
    raise AssertionError(f"unknown node {type(node).__name__}")


def _constant(value: Fraction, powers: Sequence[tuple[Index, int]]) -> tuple[str, int]:
    over = [(base, exponent) for base, exponent in powers if exponent > 0]
    under = [(base, -exponent) for base, exponent in powers if exponent < 0]
    top = "·".join([str(abs(value.numerator))] * (abs(value.numerator) != 1 or not over) + _powers(over))
    bottom = _powers(under)
    if value.denominator != 1:
        bottom.insert(0, str(value.denominator))
    sign = "-" if value < 0 else ""
    if not bottom:
        return sign + top, _PRODUCT if over or sign else _ATOM
    return f"{sign}{top}/{bottom[0] if len(bottom) == 1 else '(' + '·'.join(bottom) + ')'}", _PRODUCT


def _powers(powers: Sequence[tuple[Index, int]]) -> list[str]:
    texts = [(str(base) if base.symbol else f"({base})", exponent) for base, exponent in powers]
    return [text if exponent == 1 else f"{text}^{exponent}" for text, exponent in texts]


def conditions_text(conditions: Sequence[Constraint]) -> str:
    """Conditions, with the pairs of a range written as `0 ≤ i < n`."""
    parts: list[str] = []
    left = list(conditions)
    while left:
        first = left.pop(0)
        if left and not first.equality and not left[0].equality:
            extent = first.polynomial + left[0].polynomial + 1
            if not extent.has_index and first.polynomial.has_index:
                parts.append(f"0 ≤ {first.polynomial} < {extent}")
                left.pop(0)
                continue
        parts.append(str(first))
    return ", ".join(parts)


# -- definitions ----------------------------------------------------------------------------------


def nodes(tensor: Tensor) -> list[Tensor]:
    """`tensor` and every tensor it reads, each once, readers before what they read."""
    order: list[Tensor] = []
    seen = {tensor}
    stack = [(tensor, _inner(tensor))]  # not by recursion: expressions may be deep
    while stack:
        node, left = stack[-1]
        inner = next(left, None)
        if inner is None:
            order.append(node)
            stack.pop()
        elif inner not in seen:
            seen.add(inner)
            stack.append((inner, _inner(inner)))
    return order[::-1]


def _inner(tensor: Tensor) -> Iterator[Tensor]:
    return iter(dict.fromkeys(reads(tensor.body)) if isinstance(tensor, Comprehension) else ())


def node_names(tensor: Tensor, top: str = "out") -> Names:
    """A name for every tensor in the graph: its own, or that of the operator that wrote it."""
    names: Names = {}
    taken = {node.name for node in nodes(tensor) if isinstance(node, Variable)}
    for node in nodes(tensor):
        if isinstance(node, Variable):
            names[node] = node.name
            continue
        assert isinstance(node, Comprehension)
        base = top if node is tensor else _WORDS.get(node.call.name, node.call.name) if node.call else "t"
        name, count = base, 1
        while name in taken:
            count += 1
            name = f"{base}{count}"
        taken.add(name)
        names[node] = name
    return names


_WORDS = {
    "+": "sum",
    "-": "difference",
    "*": "product",
    "/": "quotient",
    "**": "power",
    "apply": "activation",
}


def definition_lines(tensor: Tensor, top: str = "out") -> Iterator[str]:
    """The definition of `tensor` and, below it, of each tensor that it reads."""
    names = node_names(tensor, top)
    for node in nodes(tensor):
        if isinstance(node, Comprehension):
            yield ("" if node is tensor else "  where ") + definition(node, names)
        elif node is tensor:
            yield f"{names[node]} of shape {shape_text(node)}"


def definition(node: Comprehension, names: Names) -> str:
    """One tensor's definition: `out[y] = Σ_{u<K} a[u + y]·w[u]`."""
    head = (
        f"{names[node]}[{', '.join(symbol.name for symbol in node.indices)}]" if node.indices else names[node]
    )
    return f"{head} = {scalar_text(node.body, names)}"


def shape_text(tensor: Tensor) -> str:
    """A shape as `(N, (C, H, W))`."""
    inside = ", ".join(
        str(axis[0]) if len(axis) == 1 else f"({', '.join(map(str, axis))})" for axis in tensor.axes
    )
    return f"({inside},)" if tensor.ndim == 1 else f"({inside})"


# -- operator notation ----------------------------------------------------------------------------

_INFIX = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 3}


def operator_text(tensor: Any) -> str:
    """An expression as it would be written in Python: `correlate(pad(delta, K - 1), rot180(W))`."""
    return _operators(tensor)[0]


def told_apart(left: Tensor, right: Tensor) -> tuple[str, str]:
    """Two expressions as they would be written in Python, so that what is not the same does not look so.

    Where they would, what a definition reads is written out: `[out = Σ_{i<D} (A @ B)[i, i]]`.
    """
    texts = operator_text(left), operator_text(right)
    return texts if left is right or texts[0] != texts[1] else (_written_out(left), _written_out(right))


def _written_out(tensor: Tensor) -> str:
    if not isinstance(tensor, Comprehension) or tensor.call:
        return operator_text(tensor)
    return f"[{definition(tensor, {tensor: 'out'})}]"


def _operators(value: Any) -> tuple[str, int]:
    if isinstance(value, Variable):
        return value.name, 9
    if isinstance(value, Comprehension):
        return _call(value, value.call) if value.call else (f"[{definition(value, node_names(value))}]", 9)
    if isinstance(value, Scalar):
        text, binding = _scalar(value, {})
        return text.replace("·", "*").replace("^", "**"), (1, 2, 3, 9)[binding]
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_operators(item)[0] for item in value)
        if isinstance(value, list):
            return f"[{inside}]", 9
        return (f"({inside},)" if len(value) == 1 else f"({inside})"), 9
    if isinstance(value, Slice):
        ends = ["" if end is None else str(end) for end in (value.start, value.stop)]
        return ":".join(ends) + (f":{value.step}" if value.step is not None else ""), 9
    if isinstance(value, Index):
        return str(value), _strength(value)
    if isinstance(value, Fraction):
        return str(value), 9 if value.denominator == 1 else 2
    return (
        "..." if value is Ellipsis else value if isinstance(value, (Function, Known)) else repr(value)
    ).__str__(), 9


def _strength(index: Index) -> int:
    if index.symbol is not None or (index.constant is not None and index.constant >= 0):
        return 9
    if len(index.terms) > 1:
        return 1
    ((monomial, coefficient),) = index.terms.items()
    alone = coefficient == 1 and len(set(monomial)) == 1
    return 3 if alone and (len(monomial) > 1 or not isinstance(monomial[0], Floor)) else 2


def _call(node: Comprehension, call: Call) -> tuple[str, int]:
    arguments = dict(call.arguments)
    if call.name in _INFIX:
        strength = _INFIX[call.name]
        (left, l_strength), (right, r_strength) = (
            _operators(arguments["left"]),
            _operators(arguments["right"]),
        )
        if call.name == "*" and left == "-1":
            return f"-{right}" if r_strength > 2 else f"-({right})", 1
        # a power is read from the right, everything else from the left
        left = f"({left})" if l_strength < strength + (call.name == "**") else left
        right = f"({right})" if r_strength <= strength else right
        return f"{left}{'**' if call.name == '**' else f' {call.name} '}{right}", strength
    if call.name == "slice":
        keys = ", ".join(_operators(key)[0] for key in arguments["key"])
        text, strength = _operators(arguments["x"])
        return f"{text if strength == 9 else f'({text})'}[{keys}]", 9
    if call.name == "apply":
        return f"{arguments['function']}({_operators(arguments['x'])[0]})", 9
    if call.name == "matmul":
        pieces = [_operators(arguments[name]) for name in ("x", "y")]
        return " @ ".join(text if strength > 2 else f"({text})" for text, strength in pieces), 2
    if call.name == "sum_axes":
        text, strength = _operators(arguments.pop("x"))
        shown = {name: value for name, value in arguments.items() if value is not None and value is not False}
        rest = ", ".join(f"{name}={_operators(value)[0]}" for name, value in shown.items())
        return f"{text if strength == 9 else f'({text})'}.sum({rest})", 9
    return f"{call.name}({', '.join(_arguments(call))})", 9


def _arguments(call: Call) -> Iterator[str]:
    for name, value, optional in said_arguments(call):
        text = _operators(value)[0]
        yield f"{name}={text}" if optional else text


def said_arguments(call: Call) -> Iterator[tuple[str, Any, bool]]:
    """The arguments that say something, each with whether it is optional: defaults are left out."""
    from symgrad.language.operator import OPERATORS

    known = OPERATORS.get(call.name)
    parameters = inspect.signature(known).parameters if known else {}
    for name, value in call.arguments:
        parameter = parameters.get(name)
        optional = parameter is not None and parameter.default is not parameter.empty
        if optional and parameter is not None and _same(value, parameter.default):
            continue
        if name == "dims" and _evident_dims(call, value):
            continue
        yield name, value, optional


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, tuple) and isinstance(default, int):
        return bool(value) and all(_same(item, default) for item in value)
    return value is default or (isinstance(value, (int, str, Index)) and bool(value == default))


def _evident_dims(call: Call, dims: Any) -> bool:
    """Whether the number of spatial axes is what the rank says anyway."""
    ranks = [value.ndim for _, value in call.arguments if isinstance(value, Tensor)]
    return bool(ranks) and all(dims == (rank if rank <= 2 else rank - 2) for rank in ranks)


# -- graph ----------------------------------------------------------------------------------------


def dot(tensor: Tensor, top: str = "out") -> str:
    """The expression graph as DOT: variables are boxes, operators ellipses with their shapes."""
    names = node_names(tensor, top)
    lines = ["digraph {", "  rankdir=BT;"]
    for node in nodes(tensor):
        name = _quoted(names[node])
        if isinstance(node, Comprehension):
            label = _quoted(f"{node.call.name if node.call else names[node]}\n{shape_text(node)}")
            lines.append(f"  {name} [label={label}, tooltip={_quoted(definition(node, names))}];")
            lines += [f"  {_quoted(names[inner])} -> {name};" for inner in dict.fromkeys(reads(node.body))]
        else:
            lines.append(f"  {name} [shape=box, label={_quoted(names[node] + chr(10) + shape_text(node))}];")
    return "\n".join([*lines, "}"])


def mermaid(tensor: Tensor, top: str = "out") -> str:
    """The expression graph as Mermaid, which GitHub draws in Markdown."""
    names = node_names(tensor, top)
    ids = {node: f"n{number}" for number, node in enumerate(nodes(tensor))}
    lines = ["graph BT"]
    for node in nodes(tensor):
        if isinstance(node, Comprehension):
            label = f"{node.call.name if node.call else names[node]}<br>{shape_text(node)}"
            lines.append(f'  {ids[node]}(["{_entities(label)}"])')
            lines += [f"  {ids[inner]} --> {ids[node]}" for inner in dict.fromkeys(reads(node.body))]
        else:
            lines.append(f'  {ids[node]}["{_entities(f"{names[node]}<br>{shape_text(node)}")}"]')
    return "\n".join(lines)


def _entities(text: str) -> str:
    return text.replace('"', "#quot;").replace("*", "#42;").replace("_", "#95;")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
