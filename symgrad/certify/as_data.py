"""What the checker calculates with, as the data of a certificate: the way back from reading JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgrad.certify.recheck import Index, Product, Scalar


def index_data(index: Index) -> list[list[Any]]:
    """An index as JSON."""
    return [[coefficient, list(monomial)] for monomial, coefficient in index.items()]


def places_data(at: Sequence[Index]) -> list[Any]:
    """Several of them."""
    return [index_data(index) for index in at]


def coefficient_and_entries(product: Product) -> Scalar:
    """The coefficient and the entries of a product, not summed."""
    powers = [(dict(base), exponent) for base, exponent in product.powers.items()]
    factors: list[Scalar] = []
    if product.value != 1 or powers or not product.reads:
        factors.append(["number", product.value, powers])
    for key, at in product.reads:
        kind = {1: "read", 2: "selected", 3: "apply"}[len(key)]
        factors.append([kind, *key[len(key) == 2 :], list(at)])
    return factors[0] if len(factors) == 1 else ["*", factors]


def scalar_data(scalar: Scalar) -> Scalar:
    """A scalar that is a coefficient and entries, as JSON."""
    match scalar:
        case ["number", value, powers]:
            return ["number", str(value), [[index_data(base), exponent] for base, exponent in powers]]
        case ["*", factors]:
            return ["*", [scalar_data(factor) for factor in factors]]
    return [*scalar[:-1], places_data(scalar[-1])]
