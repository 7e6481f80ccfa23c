"""Any expression is emitted: layers, claims right and wrong, derived gradients, and index notation."""

import pytest
from emitting import LIBRARIES, check
from hypothesis import given, note
from hypothesis import strategies as st
from statements import statements

import symgrad as sg

H, K, N, C, s = sg.sizes("H K N C s")
(p,) = sg.sizes("p", 0)
a, b, w, m = sg.tensor("a", H), sg.tensor("b", H), sg.tensor("w", K), sg.tensor("m", N, C)
SIGMA = sg.function("σ")


def fixed(**values):
    return {sg.size(name, 0 if name == "p" else 1).symbol: value for name, value in values.items()}


@given(statements(), st.sampled_from(LIBRARIES))
def test_drawn_forwards_claims_and_derivatives(drawn, library):
    note(drawn.about)
    derivative = sg.vjp(drawn.z, wrt=drawn.wrt, cotangent=drawn.cotangent)
    for tensor in (drawn.z, drawn.claim, derivative):
        check(tensor, tensor, {}, library)


WRITTEN = {
    "a slice from the end on": (sg.build([H - 1], lambda i: a[i + 1]), {"H": 4}),
    "every s-th entry": (a[::s], {"H": 7, "s": 3}),
    "entries in reverse": (sg.flip(a, 0) * b, {"H": 4}),
    "every s-th entry in reverse": (
        sg.build([K], lambda k: sg.tensor("x", K * s)[K * s - 1 - s * k]),
        {"K": 3, "s": 2},
    ),
    "a diagonal": (sg.build([N], lambda n: sg.tensor("q", N, N)[n, n]), {"N": 3}),
    "windows of windows": (
        sg.build(
            [H - 2 * K + 2], lambda y: sg.total([K, K], lambda u, v: a[y + u + v] * w[u] * w[v])
        ),
        {"H": 6, "K": 2},
    ),
    "the first windows only": (
        sg.build([K], lambda y: sg.total([2], lambda u: sg.tensor("x", K + C + 1)[y + u])),
        {"K": 3, "C": 2},
    ),
    "a sum that an equation leaves one term of": (
        sg.build([N, C], lambda i, j: sg.total([K], lambda u: sg.when([sg.equals(u, i + j)], w[u]))),
        {"N": 3, "C": 3, "K": 4},
    ),
    "an equation out of whose range the rest is not read": (
        sg.build([H], lambda i: sg.total([K], lambda u: sg.when([sg.equals(i, u + p)], w[u] * b[i]))),
        {"H": 4, "K": 5, "p": 1},
    ),
    "a read guarded on both sides": (
        sg.build([H, K], lambda i, k: sg.when(sg.within(i + k - p, H), a[i + k - p])),
        {"H": 4, "K": 3, "p": 1},
    ),
    "a function of a guarded read": (
        sg.build([H, K], lambda i, k: sg.when(sg.within(i + k, H), SIGMA(a[i + k]))),
        {"H": 4, "K": 3},
    ),
    "a condition that is no range": (
        sg.build([H, H], lambda i, j: sg.when([i <= j], a[i] * b[j])),
        {"H": 3},
    ),
    "a condition with a factor": (sg.build([H], lambda i: sg.when([2 * i <= 3], a[i])), {"H": 4}),
    "one entry only": (sg.build([H], lambda i: sg.when([sg.equals(i, 1)], a[i])), {"H": 3}),
    "the identity matrix": (
        sg.build([N, N], lambda i, j: sg.when([sg.equals(i, j)], 1)),
        {"N": 3},
    ),
    "a condition on sizes alone": (sg.build([H], lambda i: sg.when([H >= K], a[i])), {"H": 2, "K": 3}),
    "a sum with nothing in it but its length": (
        sg.build([H], lambda i: sg.total([K], lambda u: a[i])),
        {"H": 3, "K": 2},
    ),
    "a sum of sums": (sg.build([], lambda: sg.total([N, C], lambda n, c: m[n, c] + 1)), {"N": 2, "C": 3}),
    "a maximum of a function": (
        sg.build([N], lambda n: sg.maximum([C], lambda c: SIGMA(m[n, c]))),
        {"N": 2, "C": 3},
    ),
    "a maximum under a condition": (
        sg.build([H], lambda i: sg.maximum([H], lambda j: a[j], lambda j: [j <= i])),
        {"H": 4},
    ),
    "which element is the greatest": (
        sg.winners(sg.build([N], lambda n: sg.maximum([C], lambda c: m[n, c]))),
        {"N": 3, "C": 4},
    ),
    "powers and quotients": ((a**2 + 1) / (b**2 + K) - (a**2 + 1) ** -2 * 3, {"H": 3, "K": 2}),
    "ones": (sg.ones(2, 3), {}),
    "broadcasting": (m * sg.tensor("c", C) - sg.tensor("r", N, 1), {"N": 2, "C": 3}),
    "a compound axis": (sg.flatten(sg.tensor("x", N, H, K)) @ sg.tensor("v", (H, K), C), {
        "N": 2, "H": 3, "K": 2, "C": 2,
    }),
    "a batch of matrix products": (
        sg.tensor("x", N, H, K) @ sg.tensor("y", N, K, C),
        {"N": 2, "H": 3, "K": 2, "C": 2},
    ),
    "three factors": (
        sg.build([N], lambda n: sg.total([C, H], lambda c, h: m[n, c] * sg.tensor("q", C, H)[c, h] * a[h])),
        {"N": 2, "C": 3, "H": 2},
    ),
    "more padding than there is map": (sg.pad(a, (-1, p), dims=1), {"H": 3, "p": 2}),
    "names that are no identifiers": (sg.tensor("δ", H) * sg.tensor("a'", H), {"H": 2}),
}  # fmt: skip


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("case", WRITTEN)
def test_written(case, library):
    tensor, sizes = WRITTEN[case]
    check(tensor, tensor, fixed(**sizes), library)
