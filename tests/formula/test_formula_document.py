"""Formulas are found in Markdown and LaTeX at their lines; what stands between changes the setting."""

import pytest

from symgrad.errors import SymgradError
from symgrad.formula.document import check_document, formulas
from symgrad.formula.setting import Setting
from symgrad.formula.words import spoken

MARKDOWN = r"""# Notes

Inline $a$ is no claim, `$b$` is code, a price of 5$ is none. The rule:

$$\frac{\partial J}{\partial a} = \delta * W$$

```symgrad
layer: conv2d
star: correlation
```

$$
\begin{aligned}
\frac{\partial J}{\partial W}
  &= a * \delta \\
z &= a * W + b
\end{aligned}
$$

```python
x = "$c$"
```

```math
z = W * a
```

Also \(\delta\), \[ \delta = \delta \] and $`W`$.
"""
LATEX = r"""\documentclass{article}
\begin{document}
% symgrad: layer: linear
Text with $a^l$, % and $not$ this
\begin{align}
  \frac{\partial J}{\partial W} &= \delta a^T \label{one} \\
  \frac{\partial J}{\partial a} &= W^T \delta \nonumber
\end{align}
\begin{verbatim}
$x$
\end{verbatim}
\[ W \in \mathbb{R}^{2 \times 3} \]
\begin{equation*} \frac{\partial J}{\partial a} = W \delta \end{equation*}
% symgrad: shape: any
\begin{equation} \frac{\partial J}{\partial a} = W \delta \end{equation}
\end{document}
"""


def found(text, latex=False):
    return [(one.line, one.text.split()[0], one.is_header) for one in formulas(text, latex)]


def test_formulas_of_markdown_are_found_at_their_lines():
    assert found(MARKDOWN) == [
        (3, "a", False),
        (5, r"\frac{\partial", False),
        (8, "layer:", True),
        (14, r"\frac{\partial", False),
        (16, "z", False),
        (25, "z", False),
        (28, r"\delta", False),
        (28, r"\delta", False),
        (28, "W", False),
    ]


def test_formulas_of_latex_are_found_at_their_lines():
    assert [line for line, _, _ in found(LATEX, latex=True)] == [3, 4, 6, 7, 12, 13, 14, 15]


def test_a_line_that_ends_with_a_colon_introduces_what_follows():
    text = "The rule:\n\n$$a = b$$\n\n$$c = d$$\n\nBesides $e$ there is\n\n$$f$$\n\n- One `*`:\n$$g$$\n"
    assert [one.led_by for one in formulas(text, False)] == ["The rule", "The rule", "", "", "One *"]


def test_a_header_changes_the_setting_of_what_follows():
    judged = list(check_document(MARKDOWN, Setting()))
    kinds = {one.line: one.outcome.kind for one in judged}
    assert kinds[5] == "PROVED"  # as a convolution
    assert "convolution" in next(one.outcome for one in judged if one.line == 5).reading
    assert kinds[14] == "PROVED"
    assert kinds[16] == "DEFINITION"
    assert kinds[3] == "EXPRESSION"
    assert next(one.outcome for one in judged if one.line == 3).problem == ""


def test_a_shape_stays_bound_until_it_is_made_open_again():
    judged = {one.line: one.outcome for one in check_document(LATEX, Setting(), latex=True)}
    assert judged[6].kind == judged[7].kind == "PROVED"
    assert judged[12].kind == "DEFINITION"
    assert judged[13].kind == "ILL-FORMED"  # W is 2×3: it takes no δ of 2 entries
    assert judged[15].kind == "ILL-FORMED"
    assert "I=2" in judged[15].problem or "O=2" in judged[15].problem  # for any sizes: at the smallest


def test_a_later_formula_is_judged_at_the_sizes_that_were_said():
    right_at_one = r"$$\frac{\partial J}{\partial a} = \delta * W$$"
    header = "```symgrad\nlayer: conv2d\nstar: correlation\nshape: a=3x3, W={}\n```\n"
    kinds = [
        [one.outcome.kind for one in check_document(header.format(kernel) + right_at_one, Setting())]
        for kernel in ("1x1", "2x2")
    ]
    assert kinds == [["PROVED"], ["REFUTED"]]


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("colour: red", "no 'colour'"),
        ("layer: conv9d", "layer is 'conv9d'"),
        ("base: 2", "base is '2'"),
        ("shape: a=3x", "no shape"),
        ("names: x", "names are written"),
        ("layer", "no line of a setting"),
    ],
)
def test_a_setting_that_cannot_be_read_is_ill_formed_at_its_line_and_the_rest_is_judged(header, problem):
    claim = r"$$\frac{\partial J}{\partial a} = \delta * W$$"
    text = f"{claim}\n\n```symgrad\nlayer: conv2d\n{header}\nstar: correlation\n```\n\n{claim}\n"
    before, broken, after = check_document(text, Setting())
    assert (before.line, before.outcome.kind) == (1, "PROVED")
    assert (broken.line, broken.outcome.kind, broken.outcome.formula) == (5, "ILL-FORMED", header)
    assert problem in broken.outcome.problem
    assert spoken("zh", broken.outcome.problem) != broken.outcome.problem
    assert (after.line, after.outcome.kind) == (9, "REFUTED")  # star: correlation is known, though


def test_a_comment_of_latex_that_sets_nothing_known_is_ill_formed_at_its_line():
    text = "% symgrad: layer: conv2d; colour: red\n$\\frac{\\partial J}{\\partial a} = \\delta * W$\n"
    broken, claim = check_document(text, Setting(), latex=True)
    assert (broken.line, broken.outcome.kind, broken.outcome.formula) == (1, "ILL-FORMED", "colour: red")
    assert (claim.line, claim.outcome.kind) == (2, "PROVED")


def test_a_document_that_is_too_large_is_refused():
    with pytest.raises(SymgradError, match="characters"):
        list(check_document(" " * 2_000_001, Setting()))


def test_the_cases_of_a_function_are_one_formula_and_equations_in_a_brace_are_several():
    one = r"\frac{\partial L}{\partial x} = \begin{cases} \delta & x > 0 \\ 0 & x \le 0 \end{cases}"
    several = r"\begin{cases} da = \delta * W \\ dW &= a * \delta \end{cases}"
    assert len(list(formulas(f"$${one}$$", False))) == 1
    assert [found.text for found in formulas(f"$${several}$$", False)] == [
        r"da = \delta * W",
        r"dW  = a * \delta",
    ]
    [judged] = check_document(f"$${one}$$", Setting())
    assert judged.outcome.kind == "PROVED"
