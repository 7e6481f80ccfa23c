"""A tensor, written in either spelling and read back, is the same object."""

from fractions import Fraction

import pytest

import symgrad as sg
from symgrad.errors import SymgradError
from symgrad.formula.parse import FormulaError
from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.sizes import sizes_of
from symgrad.language.tensor import Comprehension, Variable

H, W, K, s = sg.sizes("H W K s")
a, w = sg.tensor("a", H), sg.tensor("w", K)
delta = sg.tensor("delta", H - K + 1)
NAMES = {"a": a, "w": w, "delta": delta, "s": s}


def parts(value):
    """A tensor with everything that its operators were given."""
    yield value
    if isinstance(value, Comprehension) and value.call is not None:
        value = tuple(argument for _, argument in value.call.arguments)
    if isinstance(value, tuple):
        for item in value:
            yield from parts(item)


def everything_named(tensor):
    """Names for all that a tensor is made of; a size gives way to a tensor of its name."""
    sizes = {symbol.name: Index.of(symbol) for symbol in sizes_of([tensor])}
    variables = [node for node in (*nodes(tensor), *parts(tensor)) if isinstance(node, Variable)]
    return sizes | {node.name: node for node in variables}


@pytest.mark.parametrize("spelling", ["text", "latex"])
@pytest.mark.parametrize("rule", sg.rules(), ids=lambda rule: rule.name)
def test_every_claim_of_the_catalogue_is_read_back_as_the_same_tensor(rule, spelling):
    claim = rule.statement().claim
    assert sg.parse(sg.write(claim, spelling), everything_named(claim)) is claim


@pytest.mark.parametrize(
    "tensor",
    [
        -(a - a),
        a - (a - a),
        (a + a) * (a - a),
        a / s / 2,
        a / (s * 2),
        2 * a**3,
        (a + 1) ** 2,
        -(a**2),
        (-a) ** 2,
        sg.function("g").prime.prime(a + a),
        (a + a)[0:K],
        a[::2],
        sg.rot180(a)[s:],
        sg.pad(a, ((1, H // 2),)),
        sg.pad(a, H // s - K + 1),
        sg.full(0, (H,)) + a,
        sg.convolve(delta, w, "full"),
        a.sum(0, keepdims=True),
        sg.hadamard(a, a) * s,
        a * (1 - a[0] / 2),
        sg.correlate(a, sg.rot180(sg.rot180(w)), stride=s),
    ],
    ids=repr,
)
@pytest.mark.parametrize("spelling", ["text", "latex"])
def test_any_operators_are_read_back(tensor, spelling):
    assert sg.parse(sg.write(tensor, spelling), NAMES | {"g": sg.function("g")}) is tensor


def by_entries():
    """Tensors that no operator made, one for each thing that an entry may be."""
    n, p = sg.sizes("n p")
    full = sg.correlate(a, w, "full")
    wide = sg.tensor("x", H, (K, s))
    return [
        sg.build([H - K + 1], lambda y: sg.total([K], lambda u: a[y + u] * w[u])),
        sg.build([H, H], lambda i, j: sg.when([sg.equals(i, j)], a[i])),
        sg.build([H], lambda i: sg.when(sg.within(i - p, K), w[i - p])),
        sg.build([H], lambda i: sg.when([i >= p, i <= K - 1, i > 2 * p], a[i])),
        sg.build([(K, s), H], lambda k, t, h: wide[h, (k, t)] ** 2 * K),
        sg.build([H], lambda i: sg.exp(a[i]) ** Fraction(-1, 2) - sg.function("g").prime(a[i]) / 3),
        sg.build([H], lambda i: sg.total([n, n], lambda u, v: sg.when([sg.equals(u + v, i)], n * a[i]))),
        sg.build([H], lambda n: a[n] * sg.size("n") + sg.total([sg.size("n")], lambda j: w[0] * a[n])),
        sg.build([H], lambda i: sg.total([K], lambda k: w[k]) * sg.total([K], lambda j: w[j] + a[i])),
        sg.rot180(sg.build([H], lambda i: sg.rot180(sg.build([H], lambda i: -a[i]))[i])),
        sg.build([], lambda: sg.total([H], lambda i: a[i])),
        sg.build([H], lambda h: sg.tanh(sg.build([], lambda: K)[...]) + full[h]),
    ]


@pytest.mark.parametrize("tensor", by_entries(), ids=str)
@pytest.mark.parametrize("spelling", ["text", "latex"])
def test_what_is_given_by_its_entries_is_read_back(tensor, spelling):
    names = everything_named(tensor) | {"g": sg.function("g")}
    assert sg.parse(sg.write(tensor, spelling), names) is tensor


def test_entries_are_written_as_people_write_them():
    banded = sg.build([H], lambda i: sg.total([K], lambda u: sg.when(sg.within(i - u, H), a[i - u] * w[u])))
    assert sg.write(banded) == "(Σ_{u < K} [0 ≤ i - u < H]·a[i - u]·w[u])_{i < H}"
    latex = r"(\sum_{u < K} [0 \le i - u < H] \cdot a[i - u] \cdot w[u])_{i < H}"
    assert sg.write(banded, "latex") == latex


def test_a_size_and_a_tensor_of_one_name_are_told_apart():
    kernel = sg.tensor("W", K)
    spread = sg.tensor("d", W) / W + sg.correlate(sg.full(1, (K + W - 1,)), kernel)
    assert "size(W)" in sg.write(spread)
    assert sg.parse(sg.write(spread), {"d": sg.tensor("d", W), "W": kernel}) is spread


def test_text_and_latex_are_what_people_write():
    claim = sg.hadamard(sg.correlate(sg.pad(delta, K - 1), sg.rot180(w)), sg.function("σ").prime(a))
    assert sg.write(claim) == "correlate(pad(δ, K - 1), rot180(w)) ⊙ σ'(a)"
    latex = r"\mathrm{correlate}(\mathrm{pad}(\delta , K - 1), \mathrm{rot180}(w)) \odot \sigma'(a)"
    assert sg.write(claim, "latex") == latex
    assert sg.parse(latex.replace("mathrm", "operatorname"), NAMES) is claim


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("correlate(a, q)", 13, "what q is"),
        ("corelate(a, w)", 0, "did you mean correlate?"),
        ("a * w", 0, "say which"),
        ("correlate(a)", 0, "missing"),
        ("correlate(a, w, colour=1)", 23, "takes no argument colour"),
        ("correlate(a, 3)", 13, "a number stands where the tensor w is wanted"),
        ("K", 0, "this is a number"),
        ("a = w", 0, "no equation"),
        ("a[99999999999999999999 - K:", 27, "too early"),
        ("pad(a, -H - 1)[0, 0]", 0, "1 axes"),
        ("a^{1000000}", 3, "not above 99"),
        ("a / 0", 0, ""),
        ("Σ_i a", 0, "a sum runs from 0 here"),
        ("(a[i])_{i < H, i < K}", 0, "the same index"),
        ("(a[i])_{i < 7}[j]", 15, "what j is"),
        ("(a)_{i < 7}", 0, "an entry is a number"),
        ("((a[j])_{i < 7}[0])_{j < 7}", 4, "what j is"),
        ("(a[i])_{i ≤ 7}", 8, "i < N"),
        ("i = j", 0, "no equation"),
        ("‖a‖", 0, "no expression of operators"),
        ("hadamard(a, w)^T", 0, ""),
        ("a + w", 0, ""),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text, column, problem):
    with pytest.raises(FormulaError) as caught:
        sg.parse(text, {"a": sg.tensor("a", 7), "w": sg.tensor("w", 5), "K": K, "H": H})
    assert caught.value.column == column
    assert problem in str(caught.value)


def test_without_names_a_formula_is_the_tree_of_what_is_written():
    [equation] = sg.parse("dW = correlate(a, delta)")
    assert sg.parse(r"dW = \mathrm{correlate}(a, \delta)") == (equation,)
    assert [part.span for part in equation.parts] == [(0, 2), (5, 24)]
    with pytest.raises(FormulaError):
        sg.parse("dW = correlate(a")


def test_names_are_tensors_sizes_and_functions():
    with pytest.raises(TypeError, match="expected a tensor, a size or a function"):
        sg.parse("a", {"a": 3})
    with pytest.raises(SymgradError, match="two tensors"):
        sg.parse("a", {"δ": a, "delta": delta})


def test_a_name_without_a_spelling_is_refused():
    with pytest.raises(SymgradError, match="no way to write the name"):
        sg.write(sg.rot180(sg.tensor("x1y", K)))
    for unnamed in (lambda i_: a[i_], lambda i: sg.total([K], lambda __: a[i])):
        with pytest.raises(SymgradError, match="no way to write the index"):
            sg.write(sg.build([H], unnamed))
    with pytest.raises(SymgradError, match="a formula has no way to write"):
        sg.write(sg.build([H], lambda i: sg.maximum([K], lambda u: a[i] * w[u])))
    with pytest.raises(SymgradError, match="a spelling is"):
        sg.write(a, "html")
    with pytest.raises(TypeError):
        sg.write(3)
