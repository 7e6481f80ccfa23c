"""What is emitted and what is refused; errors of emitted functions; names that could be anything."""

import ast
import dataclasses
import inspect

import numpy as np
import pytest
from emitting import LIBRARIES

import symgrad as sg
from symgrad.catalogue import Rule, Statement, find, forward_of
from symgrad.emission.names import Names, identifier
from symgrad.emission.wrap import wrapped
from symgrad.errors import NotProved
from symgrad.language.scalar import Access, Apply
from symgrad.language.tensor import Call, Variable

H, K, N, C = sg.sizes("H K N C")
a, w, x = sg.tensor("a", H), sg.tensor("w", K), sg.tensor("x", N, C)
delta = sg.tensor("delta", H - K + 1)


def rule(claim):
    z = sg.correlate(a, w)
    return Rule("example.input", "An example", r"a", "none", lambda: Statement(z, a, claim, delta))


# -- only what is proved --------------------------------------------------------------------------


def test_a_rule_that_is_refuted_is_not_emitted():
    wrong = rule(sg.correlate(sg.pad(delta, K - 1), w))
    with pytest.raises(NotProved, match=r"example.input is REFUTED, not PROVED") as refused:
        sg.emit(wrong)
    assert refused.value.verdict.verdict == "REFUTED"
    right = rule(sg.correlate(sg.pad(delta, K - 1), sg.rot180(w)))
    assert "def example_input(delta: Array, w: Array) -> Array:" in sg.emit(right)


def test_neither_is_the_forward_of_a_wrong_rule():
    with pytest.raises(NotProved):
        sg.emit(rule(sg.correlate(sg.pad(delta, K - 1), w)), forward=True)


def test_a_tensor_without_a_meaning_is_not_emitted():
    outside = sg.build([H], lambda i: a[i + 1])
    with pytest.raises(NotProved, match="ILL-FORMED"):
        sg.emit(outside)


def test_scope_with_listed_sizes_only_is_checked_when_called():
    from symgrad.decide.verdict import Scope
    from symgrad.emission.function import Emitted

    scope = Scope((H.symbol,), (), ((H.symbol, (1, 2)),))
    assert "if H not in (1, 2):" in Emitted("double", a + a, scope, "numpy", ["Twice."]).source()


@pytest.mark.parametrize("what", [3, "conv2d.input", None])
def test_what_is_neither_rule_nor_tensor_is_said(what):
    with pytest.raises(sg.EmissionError, match=r"a tensor, or a rule such as symgrad\.rule\("):
        sg.emit(what)


def test_an_unknown_library_is_said():
    with pytest.raises(sg.EmissionError, match="numpy and torch"):
        sg.emit(a + a, "jax")


def test_an_index_that_multiplies_indices_is_said():
    square = sg.build([H], lambda i: sg.tensor("q", H * H)[i * i])
    with pytest.raises(sg.EmissionError):
        sg.emit(square)


# -- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("δ", "delta"),
        ("Δz", "Deltaz"),
        ("a'", "a_prime"),
        ("class", "class_"),
        ("np", "np_"),
        ("λ", "lambda_"),
        ("变", "变"),
    ],
)
def test_names_become_identifiers(name, expected):
    assert identifier(name) == expected
    assert ast.parse(f"{identifier(name)} = 1")


@pytest.mark.parametrize("name", ["a b", "a;b", "import os\nx", "__class__", "", "1a", "a=1,b", "a)#"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(sg.EmissionError):
        identifier(name)
    with pytest.raises(sg.EmissionError):
        sg.emit(a + a, name=name or " ")


def test_a_variable_made_behind_the_languages_back_cannot_put_code_in():
    evil = Variable("a: int = __import__('os')", a.axes)
    with pytest.raises(sg.EmissionError):
        sg.emit(evil + a)


def test_a_title_cannot_end_the_docstring():
    z = sg.linear(x, sg.tensor("v", 2, C))
    d = sg.tensor("d", N, 2)
    for words in ('"""\nraise SystemExit\nr"""', 'ends with "', "ends with \\"):
        odd = Rule("odd", words, words, words, lambda: Statement(z, x, d @ sg.tensor("v", 2, C), d))
        module = ast.parse(sg.emit(odd))
        assert not any(isinstance(node, ast.Raise) and node in module.body for node in module.body)
        assert sum(isinstance(node, ast.FunctionDef) for node in module.body) == 1
        assert not any(isinstance(node, ast.Name) and node.id == "SystemExit" for node in ast.walk(module))
        sg.compiled(odd)


def test_a_tensor_and_a_size_of_one_name_are_told_apart():
    W = sg.size("W")
    source = sg.emit(sg.tensor("W", W) * 2)
    assert "w: Array" in source
    assert "the W of the formula" in source
    names = Names()
    assert [names.new("t") for _ in range(3)] == ["t", "t2", "t3"]


def test_parameters_are_in_the_order_in_which_the_forward_is_written():
    assert list(signature(sg.compiled(forward_of("conv2d"))))[:3] == ["a", "w", "b"]
    y, z = sg.tensor("y", N), sg.tensor("z", N)
    loss = sg.build([], lambda: sg.total([N], lambda n: y[n] * z[n] ** 2))
    loss = loss.recalled(Call("loss", (("input", z), ("target", y))))
    weighted = Rule("loss.input", "", "", "", lambda: Statement(loss, z, y * z * 2))
    assert list(signature(sg.compiled(weighted, forward=True))) == ["z", "y"]
    assert list(signature(sg.compiled(weighted))) == ["z", "y"]
    (activated,) = find(["activation.row"])
    assert list(signature(sg.compiled(activated))) == ["delta", "z", "sigma_prime"]


def signature(function):
    return inspect.signature(function).parameters


# -- emitted functions ----------------------------------------------------------------------------


@pytest.mark.parametrize("library", LIBRARIES)
def test_shapes_and_sizes_that_do_not_fit_are_errors(library):
    (conv,) = find(["conv2d.input"])
    function = sg.compiled(conv, library)
    if library == "numpy":
        zeros = np.zeros
    else:
        import torch

        zeros = torch.zeros
    d, kernel = zeros((1, 2, 3, 3)), zeros((2, 1, 3, 3))
    assert tuple(function(d, kernel, H=5, W=5).shape) == (1, 1, 5, 5)
    for wrong, words in (
        ({"H": 6, "W": 5}, "shapes that do not fit"),
        ({"H": 0, "W": 5}, "at least 1"),
        ({"H": 5, "W": 5, "s_h": 0}, "at least 1"),
        ({"H": 5, "W": 5, "p_w": -1}, "at least 0"),
        ({"H": 2, "W": 5}, "outside the scope"),
    ):
        with pytest.raises(ValueError, match=words):
            function(d, kernel, **wrong)
    with pytest.raises(ValueError, match=r"unpack|do not fit|not enough"):
        function(d[0], kernel, H=5, W=5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_single_precision_stays_single_and_inputs_stay_as_they_were(library):
    for name in ("conv2d.input", "max_pool2d.input_overlap", "avg_pool2d.input"):
        (found,) = find([name])
        function = sg.compiled(found, library)
        d, second = np.ones((1, 2, 3, 3), np.float32), np.ones((2, 1, 3, 3), np.float32)
        arguments, named = {
            "conv2d.input": ([d, second], {"H": 5, "W": 5}),
            "max_pool2d.input_overlap": ([d, np.arange(98, dtype=np.float32).reshape(1, 2, 7, 7)],
                                         {"k_h": 3, "k_w": 3, "s_h": 2, "s_w": 2}),
            "avg_pool2d.input": ([d], {"k_h": 2, "k_w": 2}),
        }[name]  # fmt: skip
        before = [array.copy() for array in arguments]
        if library == "torch":
            import torch

            arguments = list(map(torch.from_numpy, arguments))
        found = np.asarray(function(*arguments, **named))
        assert found.dtype == np.float32
        for array, kept in zip(arguments, before, strict=True):
            assert np.array_equal(np.asarray(array), kept)


def test_a_result_can_be_written_to():
    function = sg.compiled(sg.build([N, C], lambda n, c: a[0]), "numpy")
    result = function(np.ones(2), N=2, C=3)
    result[0, 0] = 5
    assert result.sum() == 10


@dataclasses.dataclass(frozen=True)
class Known:
    """A function that is not unknown: found by its name."""

    name: str
    order: int = 0


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("name", "at_one"),
    [
        ("exp", 2.718281828459045),
        ("log", 0.0),
        ("tanh", 0.7615941559557649),
        ("sigmoid", 0.7310585786300049),
        ("softplus", 1.3132616875182228),
        ("erf", 0.8427007929497149),
        ("Phi", 0.8413447460685429),
        ("phi", 0.24197072451914337),
        ("step", 1.0),
    ],
)
def test_known_functions_are_spelled(library, name, at_one):
    from symgrad.decide.verdict import Scope
    from symgrad.emission.function import Emitted

    tensor = sg.build([H], lambda i: Apply(Known(name), Access(a, (i,))) * 2)
    source = Emitted("known", tensor, Scope(), library, ["Known."]).source()
    namespace = {}
    exec(source, namespace)
    ones = np.ones(2)
    if library == "torch":
        import torch

        ones = torch.ones(2, dtype=torch.double)
    assert np.allclose(np.asarray(namespace["known"](ones)), 2 * at_one, rtol=1e-12)
    assert "Callable" not in source


def test_roots_and_rational_powers():
    power = sg.compiled((a * a + 1) ** 0.5 + a**1.5 - a**-0.5)
    values = np.array([1.0, 4.0])
    assert np.allclose(power(values), np.sqrt(values**2 + 1) + values**1.5 - values**-0.5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_functions_and_roots_of_sizes_are_plain_numbers(library):
    from symgrad.decide.verdict import Scope
    from symgrad.emission.function import Emitted

    size = sg.build([], lambda: H + 1)
    tensor = sg.build([H], lambda i: a[i] * Apply(Known("exp"), Access(size, ())) * size[()] ** -0.5)
    source = Emitted("scaled", tensor, Scope(), library, ["Scaled."]).source()
    namespace = {}
    exec(source, namespace)
    ones = np.ones(3, np.float32)
    if library == "torch":
        import torch

        ones = torch.ones(3)
    found = np.asarray(namespace["scaled"](ones))
    assert found.dtype == np.float32
    assert np.allclose(found, np.exp(4) / 2)


# -- long lines -----------------------------------------------------------------------------------


def test_long_lines_are_broken_in_brackets_and_mean_the_same():
    line = "    value = first(second(alpha, beta), gamma * (delta + epsilon), zeta)[eta, theta].iota(kappa)"
    broken = wrapped(line, 40)
    assert max(map(len, broken)) <= 44
    assert ast.dump(ast.parse("\n".join(broken).strip())) == ast.dump(ast.parse(line.strip()))


def test_brackets_that_only_group_get_no_comma():
    broken = wrapped("    x = (alpha_alpha_alpha @ beta_beta_beta_beta).reshape(2)", 40)
    assert isinstance(ast.parse("\n".join(broken).strip()).body[0].value.func.value, ast.BinOp)


@pytest.mark.parametrize(
    ("name", "note"), [("gelu.input", "it is computed entry by entry"), ("elu.input", "exp overflows for")]
)
def test_what_is_slow_or_overflows_is_noted_in_the_docstring(name, note):
    assert note in sg.compiled(sg.rule(name)).__doc__
    assert note not in sg.compiled(sg.rule("relu.input")).__doc__
    assert ("exp overflows" in sg.emit(sg.rule(name), "torch")) == (name == "elu.input")
    assert "entry by entry" not in sg.emit(sg.rule(name), "torch")  # which has the function
