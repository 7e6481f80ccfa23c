r"""LaTeX: `amsmath` and `amsthm`, for pdflatex in English and xelatex in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from symgrad.explain.document import (
    Block,
    Box,
    Code,
    Display,
    Document,
    Figure,
    Heading,
    Inline,
    Paragraph,
)
from symgrad.explain.layout import (
    Big,
    Break,
    Fence,
    Fraction,
    Layout,
    Matrix,
    Name,
    Number,
    Row,
    Script,
    Sign,
    tall,
)

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi",
    "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega", "Υ": "Upsilon", "ϕ": "phi", "ϵ": "epsilon",
    "ϑ": "vartheta", "ς": "varsigma", "ℓ": "ell",
}  # fmt: skip
_SIGNS = {
    "=": "=", "<": "<", "≤": r"\le", "≥": r"\ge", "+": "+", "−": "-", "∈": r"\in", "×": r"\times",
    "⋆": r"\star", "←": r"\leftarrow", "∗": r"\ast", "⊙": r"\odot", "⊗": r"\otimes", ",": ",", ":": ":",
    "|": r"\mid",
    "\u2009": r"\,", "\u2003": r"\quad", "≠": r"\ne", "…": r"\ldots", "·": r"\cdot", ">": ">",
}  # fmt: skip
_COMMANDS = {"exp", "log", "tanh"}
_BRACKETS = {"⌊": r"\lfloor", "⌋": r"\rfloor", "(": "(", ")": ")", "[": "[", "]": "]", "‖": r"\|"}
_TEXT = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_\allowbreak{}",
    "{": r"\{",
    "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "°": r"$^\circ$", "–": "--",
    "½": r"$\frac12$", "σ": r"$\sigma$", "δ": r"$\delta$", "∂": r"$\partial$", "≥": r"$\ge$", "≤": r"$\le$",
    "²": r"$^2$", "≠": r"$\ne$", "Σ": r"$\Sigma$", "×": r"$\times$",
    "<": "$<$", ">": "$>$", "|": "$|$",
    "ᵀ": r"$^{\mathsf{T}}$", "⊤": r"$\top$", "←": r"$\leftarrow$", "→": r"$\rightarrow$",
    "⇒": r"$\Rightarrow$",
    "↦": r"$\mapsto$", "∇": r"$\nabla$", "∑": r"$\sum$", "∏": r"$\prod$", "∫": r"$\int$", "√": r"$\surd$",
    "∘": r"$\circ$", "⊗": r"$\otimes$", "∞": r"$\infty$", "′": "$'$", "−": "$-$", "≈": r"$\approx$",
    "ℝ": r"$\mathbb{R}$",
    "∀": r"$\forall$", "∃": r"$\exists$", "∉": r"$\notin$", "⁻": "$^-$", "⁺": "$^+$", "‖": r"$\|$",
    "∥": r"$\|$", "⌊": r"$\lfloor$", "⌋": r"$\rfloor$", "∣": r"$\mid$", "ᵢ": "$_i$", "ⱼ": "$_j$",
}  # fmt: skip
_CHINESE = 0x2E80
"""Where the characters begin that only the fonts of xelatex have."""
_HATTED = re.compile("(.)\u0302")


def math(layout: Layout) -> str:
    """A formula, without the dollars."""
    match layout:
        case Name():
            return _name(layout)
        case Number(text):
            return text.replace("/", "/")
        case Sign(text, role):
            sign = _SIGNS.get(text, text)
            if role in ("rel", "bin"):
                return f" {sign} "
            return f"{sign} " if sign.startswith("\\") or role == "mark" else sign
        case Row(items):
            return _joined(map(math, items))
        case Script(base, sub, sup):
            shown = math(base)
            if isinstance(base, (Row, Script, Fraction)):
                shown = f"{{{shown}}}"
            shown += f"_{{{math(sub)}}}" if sub is not None else ""
            return shown + (f"^{{{math(sup)}}}" if sup is not None else "")
        case Fraction(top, bottom):
            return rf"\frac{{{math(top)}}}{{{math(bottom)}}}"
        case Big("max", under):
            return rf"\max_{{{math(under)}}} "
        case Big(_, under):
            return rf"\sum_{{{math(under)}}} "
        case Fence(left, body, right):
            if tall(body):
                return rf"\left{_BRACKETS[left]} {math(body)} \right{_BRACKETS[right]}"
            return f"{_BRACKETS[left]}{' ' if left in '⌊' else ''}{math(body)}{_BRACKETS[right]}"
        case Matrix(rows):
            inside = r" \\ ".join(" & ".join(map(math, line)) for line in rows)
            return rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}"
        case Break():
            return ""
    raise AssertionError(f"unknown layout {layout!r}")


def _joined(pieces: Iterator[str] | map[str]) -> str:
    """Pieces side by side; a command is kept from the letter that follows it."""
    text = ""
    for piece in pieces:
        if text and text[-1].isalpha() and "\\" in text and piece[:1].isalpha():
            last = text[text.rindex("\\") + 1 :]
            if last.isalpha():
                text += " "
        text += piece
    return text


def _name(shown: Name) -> str:
    text = shown.text
    if text == "∂":
        return r"\partial "
    if text == "∇":
        return r"\nabla "
    if text == "ℝ":
        return r"\mathbb{R}"
    if text.endswith("\u0302"):
        hatted = _name(replace(shown, text=text[:-1], primes=0, sub=""))
        return _scripts(rf"\hat{{{hatted.strip()}}}", shown)
    if any(ord(character) >= _CHINESE for character in text):  # the fonts of formulas have no Chinese
        core = rf"\text{{{text}}}"
    elif text in _GREEK:
        core = f"\\{_GREEK[text]}"
        core = rf"\boldsymbol{{{core}}}" if shown.bold else core
    elif shown.upright and text in _COMMANDS:
        core = f"\\{text}"
    elif shown.upright:
        core = rf"\operatorname{{{text.replace('_', chr(92) + '_')}}}" if text != "T" else r"\mathsf{T}"
        if shown.bold:
            core = rf"\mathbf{{{text}}}"
    else:
        core = rf"\mathbf{{{text}}}" if shown.bold else text
    return _scripts(core, shown)


def _scripts(core: str, shown: Name) -> str:
    core += "'" * shown.primes
    if shown.sub:
        sub = f"\\{_GREEK[shown.sub]}" if shown.sub in _GREEK else shown.sub
        core += f"_{{{sub}}}" if len(sub) == 1 or sub.startswith("\\") else rf"_{{\mathrm{{{sub}}}}}"
    return core


def escaped(text: str) -> str:
    """Text outside formulas; a character that no font has is named by its number."""
    pieces = _HATTED.split(unicodedata.normalize("NFC", text))
    plain = ["".join(map(_character, piece)) for piece in pieces[::2]]
    hats = [rf"$\hat{{{letter}}}$" for letter in pieces[1::2]]
    return "".join(text + hat for text, hat in zip(plain, [*hats, ""], strict=True))


def _character(character: str) -> str:
    number = ord(character)
    if character in _TEXT:
        return _TEXT[character]
    if character in _GREEK:
        return f"$\\{_GREEK[character]}$"
    if number < 0x180 or number >= _CHINESE or character in "‘’“”—…":
        return character
    apart = unicodedata.normalize("NFD", character)
    if apart[1:] == "\u0302":
        return rf"$\hat{{{apart[0]}}}$"
    if character in _SIGNS and character != "\u2009":
        return f"${_SIGNS[character]}$"
    digit = unicodedata.normalize("NFKC", character)
    if digit in set("0123456789"):
        return f"$_{digit}$" if "SUBSCRIPT" in unicodedata.name(character) else f"$^{digit}$"
    return rf"[U+{number:04X}]"


def inline(parts: Inline) -> str:
    """Text with formulas between dollars."""
    return "".join(escaped(part) if isinstance(part, str) else f"${math(part).strip()}$" for part in parts)


# -- blocks ---------------------------------------------------------------------------------------


def body(blocks: Sequence[Block]) -> str:
    """Blocks without a preamble."""
    return "\n".join(line for block in blocks for line in _block(block))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, text, _):
            kind = {1: "section", 2: "subsection"}.get(level, "paragraph")
            if level == 1:
                yield rf"\addcontentsline{{toc}}{{section}}{{{inline(text)}}}"
            yield rf"\{kind}*{{{inline(text)}}}"
        case Paragraph(text, lead):
            start = rf"\textbf{{{escaped(lead)}}} " if lead else ""
            yield ""
            yield start + inline(text)
        case Display():
            yield r"\begin{align*}"
            yield " \\\\\n".join(rows(block))
            yield r"\end{align*}"
        case Figure():
            from symgrad.explain.tikz import picture

            yield from picture(block)
        case Code(text, _):
            yield from _typed(text)
        case Box():
            yield from _box(block)


def _typed(text: str) -> Iterator[str]:
    """Text as it was typed: verbatim where there is nothing that its font lacks."""
    plain = all(ord(character) < 0x80 or ord(character) >= _CHINESE for character in text)
    if plain and r"\end{verbatim}" not in text:
        yield r"\begin{verbatim}"
        yield text
        yield r"\end{verbatim}"
        return
    yield r"\begin{flushleft}\ttfamily"
    yield " \\\\\n".join(escaped(line).replace(" ", "~") or "~" for line in text.split("\n"))
    yield r"\end{flushleft}"


def rows(display: Display) -> Iterator[str]:
    """The lines of aligned equations."""
    for line in display.cells():
        yield "  " + " & ".join("" if cell is None else math(cell).strip() for cell in line)


def _box(box: Box) -> Iterator[str]:
    from symgrad.explain.words import word

    kind, label, title, blocks = box.kind, box.label, box.title, box.blocks
    shown = f"[{inline(title)}]" if title else ""
    if kind == "proof":
        yield rf"\begin{{proof}}[{escaped(label)}]" + (r"\finetype" if box.small else "")
        inside = body(blocks)
        end = "\n\\end{align*}"
        # the square stands in the last line, as at the end of a sentence
        yield inside.removesuffix(end) + r" \qedhere" + end if inside.endswith(end) else inside
        yield r"\end{proof}"
        return
    if label not in {word(lang, kind) for lang in ("en", "zh")}:  # a verdict, which is neither
        place = f" ({inline(title)})" if title else ""
        yield rf"\begin{{trivlist}}\item[\hskip\labelsep\textbf{{{escaped(label)}}}{place}.]"
        yield body(blocks)
        yield r"\end{trivlist}"
        return
    yield rf"\begin{{{kind}}}{shown}"
    yield body(blocks)
    yield rf"\end{{{kind}}}"


_PREAMBLE = r"""\usepackage{amsmath,amssymb,amsthm}
\usepackage{tikz}
\usepackage[a4paper,hmargin=19mm,top=8mm,bottom=11mm,footskip=5mm]{geometry}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\parskip}{1pt plus 1pt}
\setlength{\jot}{1pt}
\setlength{\emergencystretch}{8em}
\newcommand{\tight}{%
  \setlength{\abovedisplayskip}{1pt plus 2pt}\setlength{\belowdisplayskip}{1pt plus 2pt}%
  \setlength{\abovedisplayshortskip}{1pt}\setlength{\belowdisplayshortskip}{1pt}}
\newcommand{\finetype}{\footnotesize\tight}
\AtBeginDocument{\small\tight}
\renewenvironment{proof}[1][\proofname]{\par\pushQED{\qed}\topsep=2pt\partopsep=0pt\trivlist
  \item[\hskip\labelsep\itshape #1.]\ignorespaces}{\popQED\endtrivlist}
\makeatletter
\renewcommand\section{\@startsection{section}{1}{0pt}{2pt}{2pt}{\normalfont\normalsize\bfseries\raggedright}}
\makeatother
\newtheoremstyle{upright}{2pt}{2pt}{\normalfont}{}{\bfseries}{.}{0.5em}{}
\theoremstyle{upright}
"""


def document(told: Document) -> str:
    """A document that compiles by itself: pdflatex for English, xelatex for Chinese."""
    from symgrad.explain.words import word

    inside = body(told.blocks)
    is_chinese = told.lang == "zh" or any(ord(character) >= _CHINESE for character in inside)
    kinds = ("theorem", "example", "counterexample")
    environments = "\n".join(rf"\newtheorem*{{{kind}}}{{{word(told.lang, kind)}}}" for kind in kinds)
    if is_chinese:
        head = (
            "% compile with xelatex\n\\documentclass[zihao=false,10pt,fontset=fandol,scheme=plain]{ctexart}\n"
        )
    else:
        head = "% compile with pdflatex\n\\documentclass[10pt]{article}\n\\usepackage[utf8]{inputenc}\n"
    title = ""
    if told.contents:
        title = rf"\title{{{escaped(told.title)}}}\author{{}}\date{{}}\maketitle"
    lines = [
        head + _PREAMBLE + environments,
        r"\begin{document}",
        title,
        inside,
        r"\end{document}",
    ]
    return "\n".join(line for line in lines if line) + "\n"
