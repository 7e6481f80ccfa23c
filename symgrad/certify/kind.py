"""What kind of statement a certificate makes: how the forward depends on the tensor that changes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from symgrad.certify.recheck import Expansion, Scalar, Statement, name


class Kind(Enum):
    """The forward is claimed to be another tensor; or it is linear in what changes, a polynomial in it,
    or goes through functions."""

    EQUAL = "equal"
    LINEAR = "linear"
    POLYNOMIAL = "polynomial"
    COMPOSED = "composed"


def kind_of(stated: Statement) -> Kind:
    """The kind of a statement. Raises Rejected where its forward has too many products."""
    if stated.wrt is None:
        return Kind.EQUAL
    if _through_functions(stated.forward, stated):
        return Kind.COMPOSED
    indices = stated.definitions[stated.forward].indices
    read: Scalar = ["read", stated.forward, [name(n) for n in indices]]
    products = Expansion(stated).products(read, {n: name(n) for n in indices})
    linear = all([key for key, _ in p.reads].count((stated.wrt,)) == 1 for p in products)
    return Kind.LINEAR if linear else Kind.POLYNOMIAL


def within(tensor: str, reader: str, stated: Statement) -> bool:
    """Whether a tensor is read by another, directly or through others."""
    inside = stated.definitions.get(reader) or stated.maxima.get(reader)
    if inside is None:
        return False
    return any(inner == tensor or within(tensor, inner, stated) for inner in read_in(inside.body))


def depends(tensor: str, stated: Statement) -> bool:
    """Whether a tensor is computed from what changes, or is it."""
    if tensor == stated.wrt:
        return True
    inside = stated.definitions.get(tensor) or stated.maxima.get(tensor)
    return inside is not None and any(depends(inner, stated) for inner in read_in(inside.body))


def read_in(scalar: Scalar) -> Iterator[str]:
    """The tensors that a scalar reads, not opened up."""
    match scalar:
        case ["read" | "selected", str(tensor), _] | ["apply", _, _, str(tensor), _]:
            yield tensor
        case ["sum" | "when", _, body]:
            yield from read_in(body)
        case ["+" | "*", list(parts)]:
            for part in parts:
                yield from read_in(part)


def _through_functions(tensor: str, stated: Statement) -> bool:
    """Whether what changes goes through a function or a maximum on its way into a tensor."""

    def inside(node: Scalar) -> bool:
        match node:
            case ["apply", _, _, str(other), _] | ["selected", str(other), _]:
                return depends(other, stated)
            case ["read", str(other), _]:
                return (other in stated.maxima and depends(other, stated)) or (
                    other in stated.definitions and inside(stated.definitions[other].body)
                )
            case ["sum" | "when", _, body]:
                return inside(body)
            case ["+" | "*", list(parts)]:
                return any(map(inside, parts))
        return False

    return inside(stated.definitions[tensor].body)
