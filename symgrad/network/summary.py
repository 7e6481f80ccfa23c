"""A network as a table: what each layer is made of, the shape of what it makes, and its parameters."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.language.notation import shape_text
from symgrad.language.tensor import Tensor, Variable
from symgrad.network.layer_use import LayerUse
from symgrad.network.uses import Operand, again, operands


def summary(name: str, variables: Sequence[Variable], layers: Sequence[LayerUse]) -> str:
    """The name of a network and its input, and a line for each layer; variables are told where first read."""
    names: dict[Tensor, str] = {variable: variable.name for variable in variables}

    def named(operand: Operand) -> Variable:
        return Variable(names[operand.tensor], operand.tensor.axes)

    rows, told = [], set(variables[:1])
    for use in layers:
        read = dict.fromkeys(operand.tensor for operand in operands(use.output))
        new = [tensor for tensor in read if isinstance(tensor, Variable) and tensor not in told]
        told.update(new)
        parameters = ", ".join(f"{tensor.name} {shape_text(tensor)}" for tensor in new)
        rows.append((str(use.number), repr(again(use.output, named)), shape_text(use.output), parameters))
        names[use.output] = use.name
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [f"{name} of {', '.join(f'{v.name} {shape_text(v)}' for v in variables[:1])}"]
    for number, made, shape, parameters in rows:
        columns = f"  {number:>{widths[0]}}  {made:{widths[1]}}  {shape:{widths[2]}}  {parameters}"
        lines.append(columns.rstrip())
    return "\n".join(lines)
