"""The first-order change of what is computed: the chain rule, with a table of slopes.

To believe a certificate, this table has to be trusted. Imports nothing of symgrad but the statement.
"""

from __future__ import annotations

from symgrad.certify.statement import Rejected, Scalar, Statement, index_data, name


def slope_of(function: str, order: int, tensor: str, at: Scalar) -> Scalar | None:
    """The derivative of a function at an entry; None where it is 0. Known functions have the order 0.

    That of a function which is not known is another one.
    """

    def of(other: str) -> Scalar:
        return ["apply", other, 0, tensor, at]

    def times(value: str, *factors: Scalar) -> Scalar:
        return ["*", [["number", value, []], *factors]]

    match function:
        case "exp":
            return of("exp")
        case "log":
            return of("reciprocal")
        case "tanh":
            return ["+", [["number", "1", []], times("-1", of("tanh"), of("tanh"))]]
        case "sigmoid":
            return ["+", [of("sigmoid"), times("-1", of("sigmoid"), of("sigmoid"))]]
        case "softplus":
            return of("sigmoid")
        case "Phi":
            return of("phi")
        case "phi":
            return times("-1", ["read", tensor, at], of("phi"))
        case "step":
            return None
        case "reciprocal":
            return times("-1", of("reciprocal"), of("reciprocal"))
        case "root":
            return times("1/2", of("inverse_root"))
        case "inverse_root":
            return times("-1/2", of("inverse_root"), of("inverse_root"), of("inverse_root"))
    return ["apply", function, order + 1, tensor, at]


def changed(scalar: Scalar, stated: Statement) -> Scalar | None:
    """The first-order change of a scalar when `wrt` changes by `change`; None where there is none.

    The change of a definition d is read as the tensor `["change", d]`.
    """
    match scalar:
        case ["number", *_] | ["selected", *_]:
            return None
        case ["read", str(tensor), at]:
            if tensor == stated.wrt:
                return ["read", stated.change, at]
            if tensor in stated.maxima:
                best = stated.maxima[tensor]
                inner = changed(best.body, stated)
                if inner is None:
                    return None
                window = [[n, index_data(extent)] for n, extent in best.window]
                offsets = [index_data(name(n)) for n, _ in best.window]
                taken = ["*", [["selected", tensor, [[[1, [i]]] for i in best.indices] + offsets], inner]]
                body = ["when", [[index_data(c), r] for c, r in best.where], taken] if best.where else taken
                return ["at", list(best.indices), at, ["sum", window, body]]
            if tensor in stated.definitions and moves(tensor, stated):
                return ["read", ["change", tensor], at]
            return None
        case ["apply", function, int(order), tensor, at]:
            inner = changed(["read", tensor, at], stated)
            slope = slope_of(function, order, tensor, at)
            return None if inner is None or slope is None else ["*", [slope, inner]]
        case ["sum", over, body]:
            inner = changed(body, stated)
            return None if inner is None else ["sum", over, inner]
        case ["when", conditions, body]:
            inner = changed(body, stated)
            return None if inner is None else ["when", conditions, inner]
        case ["+", list(terms)]:
            parts = [part for part in (changed(t, stated) for t in terms) if part is not None]
            return None if not parts else parts[0] if len(parts) == 1 else ["+", parts]
        case ["*", list(factors)]:
            parts = []
            for place, factor in enumerate(factors):
                inner = changed(factor, stated)
                if inner is not None:
                    parts.append(["*", [*factors[:place], inner, *factors[place + 1 :]]])
            return None if not parts else parts[0] if len(parts) == 1 else ["+", parts]
    raise Rejected(f"not a scalar: {scalar!r}")


def moves(tensor: str, stated: Statement) -> bool:
    """Whether a definition changes to first order; a selector depends on `wrt` and does not."""
    if tensor not in stated.moving:
        stated.moving[tensor] = changed(stated.definitions[tensor].body, stated) is not None
    return stated.moving[tensor]
