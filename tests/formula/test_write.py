"""A tensor in operator form, written in either spelling and read back, is the same object."""

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


def without_operators(tensor):
    """The parts of a tensor that are given by their entries."""
    return [part for part in parts(tensor) if isinstance(part, Comprehension) and part.call is None]


def everything_named(tensor):
    """Names for all that a tensor is made of; a size gives way to a tensor of its name."""
    sizes = {symbol.name: Index.of(symbol) for symbol in sizes_of([tensor])}
    variables = [node for node in (*nodes(tensor), *parts(tensor)) if isinstance(node, Variable)]
    return sizes | {node.name: node for node in variables}


@pytest.mark.parametrize("spelling", ["text", "latex"])
@pytest.mark.parametrize("rule", sg.rules(), ids=lambda rule: rule.name)
def test_every_claim_of_the_catalogue_is_read_back_as_the_same_tensor(rule, spelling):
    claim = rule.statement().claim
    if without_operators(claim):  # there is nothing to write but its entries, and that is said
        with pytest.raises(SymgradError, match="no operator form: it is given by its entries"):
            sg.write(claim, spelling)
        return
    assert sg.parse(sg.write(claim, spelling), everything_named(claim)) is claim


def test_most_claims_of_the_catalogue_have_an_operator_form():
    claims = [rule.statement().claim for rule in sg.rules()]
    assert sum(not without_operators(claim) for claim in claims) >= 100


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
        ("Σ_i a", 0, "no expression of operators"),
        ("hadamard(a, w)^T", 0, ""),
        ("a + w", 0, ""),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text, column, problem):
    with pytest.raises(FormulaError) as caught:
        sg.parse(text, {"a": sg.tensor("a", 7), "w": sg.tensor("w", 5), "K": K, "H": H})
    assert caught.value.column == column
    assert problem in str(caught.value)


def test_names_are_tensors_sizes_and_functions():
    with pytest.raises(TypeError, match="expected a tensor, a size or a function"):
        sg.parse("a", {"a": 3})
    with pytest.raises(SymgradError, match="two tensors"):
        sg.parse("a", {"δ": a, "delta": delta})


def test_a_name_without_a_spelling_is_refused():
    with pytest.raises(SymgradError, match="no way to write the name"):
        sg.write(sg.rot180(sg.tensor("x1y", K)))
    with pytest.raises(SymgradError, match="a spelling is"):
        sg.write(a, "html")
    with pytest.raises(TypeError):
        sg.write(3)
