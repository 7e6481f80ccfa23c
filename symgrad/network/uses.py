"""The layers of an expression: what wrote each of its tensors, and the closed forms that lead back.

A network is an ordinary expression. Every operator left its name and arguments in its result, so that
the layers can be read off, whatever branches and joins there are.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from symgrad.catalogue import ClosedForm, closed_forms
from symgrad.decide.rewrite import write
from symgrad.errors import SymgradError
from symgrad.language.elementwise import ARITHMETIC
from symgrad.language.operator import OPERATORS
from symgrad.language.tensor import Call, Comprehension, Tensor


@dataclass(frozen=True)
class Operand:
    """A tensor that a layer is given: as which argument and, in a sequence of tensors, at which place."""

    argument: str
    position: int | None
    tensor: Tensor

    def __str__(self) -> str:
        return self.argument if self.position is None else f"{self.argument}[{self.position}]"


def operands(z: Comprehension) -> Iterator[Operand]:
    """The tensors that the layer which wrote `z` was given."""
    for name, value in _call(z).arguments:
        if isinstance(value, Tensor):
            yield Operand(name, None, value)
        elif isinstance(value, tuple):
            for position, inner in enumerate(value):
                if isinstance(inner, Tensor):
                    yield Operand(name, position, inner)


def layers_of(z: Tensor) -> list[Comprehension]:
    """The outputs of the layers that `z` is made of, each after all that it is computed from.

    Raises SymgradError for a tensor that no layer with closed forms wrote.
    """
    order: list[Comprehension] = []
    seen: set[Tensor] = set()
    stack: list[tuple[Tensor, Iterator[Operand]]] = []

    def enter(tensor: Tensor) -> None:
        if tensor not in seen:
            seen.add(tensor)
            if isinstance(tensor, Comprehension):
                stack.append((tensor, operands(tensor)))

    enter(z)
    while stack:  # not by recursion: networks may be deep
        tensor, left = stack[-1]
        operand = next(left, None)
        if operand is not None:
            enter(operand.tensor)
            continue
        stack.pop()
        assert isinstance(tensor, Comprehension)
        order.append(tensor)
    return order


def again(z: Comprehension, put: Callable[[Operand], Tensor]) -> Comprehension:
    """The layer that wrote `z`, with other operands."""
    call = _call(z)
    given = {operand: put(operand) for operand in operands(z)}
    arguments: dict[str, Any] = dict(call.arguments)
    for operand, tensor in given.items():
        if operand.position is None:
            arguments[operand.argument] = tensor
        else:
            listed = list(arguments[operand.argument])
            listed[operand.position] = tensor
            arguments[operand.argument] = tuple(listed)
    return cast("Comprehension", write(Call(call.name, tuple(arguments.items()))))


def back_through(z: Comprehension, operand: Operand, delta: Tensor) -> Tensor | None:
    """The gradient by one operand of the layer that wrote `z`, by its closed form; None if there is none
    to take, as by a mask.

    Raises SymgradError if the layer has no closed form for it, or one that fails or makes no tensor.
    """
    call = _call(z)
    forms = closed_forms(call.name)
    if operand.argument not in forms:
        known = ", ".join(forms) or "no operand"
        raise SymgradError(
            f"{call.name} has closed forms for {known}, not for {operand.argument}; say one with "
            f"symgrad.catalogue.backward({call.name}, {operand.argument}=…)"
        )
    form = forms[operand.argument]
    if form is None:
        return None
    what = f"the closed form of {call.name} by {operand}"
    given = _given(form, call, z, operand, delta)
    try:
        made: object = form(**given)
    except SymgradError as problem:
        problem.args = (f"{what}: {problem}", *problem.args[1:])
        raise
    except Exception as problem:  # it is somebody's own code
        raise SymgradError(f"{what} raises {type(problem).__name__}: {problem}") from problem
    if not isinstance(made, Tensor):
        raise SymgradError(f"{what} makes {made!r}, which is no tensor")
    return made


def _given(
    form: ClosedForm, call: Call, z: Comprehension, operand: Operand, delta: Tensor
) -> Mapping[str, Any]:
    """What a closed form is given, by the names of its parameters."""
    known: dict[str, Any] = {}
    if call.name in OPERATORS:
        for name, parameter in inspect.signature(OPERATORS[call.name]).parameters.items():
            if parameter.default is not parameter.empty:
                known[name] = parameter.default
    known |= dict(call.arguments)
    known |= {"delta": delta, "z": z, "position": operand.position}
    known["size"] = tuple(axis[0] for axis in operand.tensor.axes[2:])
    wanted = inspect.signature(form).parameters
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise SymgradError(
            f"the closed form of {call.name} by {operand} wants {unknown[0]}, which is not given"
        )
    return {name: known[name] for name in wanted}


def _call(z: Comprehension) -> Call:
    if z.call is None or not (z.call.name in ("slice", *ARITHMETIC) or z.call.name in OPERATORS):
        written = "index notation" if z.call is None else z.call.name
        raise SymgradError(
            f"{z!r} is written in {written}, so no rule is known for it: make it an operator and say its "
            "closed forms with symgrad.catalogue.backward"
        )
    return z.call
