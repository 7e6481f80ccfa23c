"""An expression written again with another part in one place."""

from __future__ import annotations

from typing import Any

from symgrad.decide.question import as_tensor
from symgrad.errors import ShapeError, SymgradError
from symgrad.language.elementwise import ARITHMETIC
from symgrad.language.notation import nodes
from symgrad.language.operator import OPERATORS
from symgrad.language.scalar import substitute
from symgrad.language.tensor import Call, Comprehension, Slice, Tensor, Variable


def call_of(node: Tensor) -> tuple[str, dict[str, Any]]:
    """Which operator wrote a tensor, and its arguments; no name for one that none wrote."""
    call = node.call if isinstance(node, Comprehension) else None
    return (call.name, dict(call.arguments)) if call else ("", {})


def put(tensor: Tensor, place: Tensor, changed: Tensor) -> Tensor:
    """`tensor` with `changed` wherever `place` was; operators above it are written again.

    Raises what the operators raise if they do not take the new operand.
    """
    done: dict[Tensor, Tensor] = {place: changed}

    def go(node: Tensor) -> Tensor:
        if node not in done:
            done[node] = node if isinstance(node, Variable) else again(node)
        return done[node]

    def again(node: Tensor) -> Tensor:
        assert isinstance(node, Comprehension)
        call = node.call
        if call is not None and call.name != "grad":
            arguments = {name: value(inner) for name, inner in call.arguments}
            if all(arguments[name] is inner for name, inner in call.arguments):
                return node
            return write(Call(call.name, tuple(arguments.items())))
        body = substitute(node.body, {}, same_shape)
        return Comprehension(node.axes, node.indices, body, node.call, node.requires, node.assumes)

    def same_shape(inner: Tensor) -> Tensor:
        new = go(inner)
        if new.axes != inner.axes:
            raise SymgradError("another shape inside a body")
        return new

    def value(inner: Any) -> Any:
        if isinstance(inner, Tensor):
            return go(inner)
        if isinstance(inner, tuple):
            items = tuple(map(value, inner))
            return inner if all(new is old for new, old in zip(items, inner, strict=True)) else items
        return inner

    return go(tensor)


def write(call: Call) -> Tensor:
    """The tensor that a call writes. Raises ShapeError for one that no operator wrote, as a derivative."""
    arguments = dict(call.arguments)
    if call.name in ARITHMETIC:
        return as_tensor(ARITHMETIC[call.name](arguments["left"], arguments["right"]), "operand")
    if call.name == "slice":
        keys = (slice(k.start, k.stop, k.step) if isinstance(k, Slice) else k for k in arguments["key"])
        return as_tensor(arguments["x"][tuple(keys)], "operand")
    if call.name not in OPERATORS:
        raise ShapeError(f"{call.name} is no operator")
    return as_tensor(OPERATORS[call.name](**arguments), call.name)


def without_slices(tensor: Tensor) -> Tensor:
    """`tensor` with every slice in it replaced by what it was taken from."""

    def value(inner: Any) -> Any:
        if isinstance(inner, tuple):
            return tuple(map(value, inner))
        name, arguments = call_of(inner) if isinstance(inner, Tensor) else ("", {})
        if name == "slice":
            return value(arguments["x"])
        return write(Call(name, tuple((k, value(v)) for k, v in arguments.items()))) if name else inner

    return as_tensor(value(tensor), "claim")


def written_places(tensor: Tensor) -> list[Tensor]:
    """The tensors that appear in an expression as it is written, inner ones before outer ones."""
    found: dict[Tensor, None] = {}

    def visit(value: Any) -> None:
        if isinstance(value, tuple):
            for item in value:
                visit(item)
        if not isinstance(value, Tensor) or value in found:
            return
        if isinstance(value, Comprehension):
            if value.call is not None:
                for _, inner in value.call.arguments:
                    visit(inner)
            else:
                for inner in nodes(value)[1:]:
                    visit(inner)
        found[value] = None

    visit(tensor)
    return list(found)
