"""The derivative of one tensor by another: of every entry by every entry."""

from __future__ import annotations

from symgrad.derive import vjp
from symgrad.formula.lift import Lift
from symgrad.language.build import build
from symgrad.language.index import Index, equals
from symgrad.language.scalar import Access
from symgrad.language.scalar import Indicator as Condition
from symgrad.language.tensor import Tensor


def jacobian(top: Tensor, bottom: Tensor) -> Tensor:
    """The derivative of every entry of one tensor by every entry of another: the axes of both."""
    lift, letters = Lift(), [f"p{k}" for k in range(len(top.extents))]

    def one_hot(*i: Index) -> Condition:
        half = len(i) // 2
        return Condition(tuple(equals(p, q) for p, q in zip(i[:half], i[half:], strict=True)))

    names = [*letters, *(f"q{k}" for k in range(len(letters)))]
    cotangent = lift.map("one", build((*top.extents, *top.axes), one_hot, names), letters)
    return lift.over(vjp(top, bottom, cotangent), letters)


def jacobian_matrix(z: Tensor, x: Tensor, long: int, columns: bool) -> Tensor:
    """∂z/∂x of two vectors along the axis `long` of matrices: a row for each entry of z, or a column."""
    whole = jacobian(z, x)

    def body(p: Index, q: Index) -> Access:
        zero = Index.of(0)
        at = [(p, zero) if long == 0 else (zero, p), (q, zero) if long == 0 else (zero, q)]
        return Access(whole, (*at[0], *at[1]))

    axes = z.axes[long], x.axes[long]
    if columns:
        return build(axes[::-1], lambda q, p: body(p, q), ("q", "p"))
    return build(axes, body, ("p", "q"))
