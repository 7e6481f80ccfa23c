r"""Ways of writing that are read as another: `dJ/dW` as `∂J/∂W`, `W^{l\top}` as `(W^l)^T`, `Σ'(z)` as a
diagonal matrix of `σ'(z)`, and `y(x)` in a sum over samples x as the y of one sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from symgrad.formula.activations import known
from symgrad.formula.company import PREDICTIONS
from symgrad.formula.levels import ALWAYS, MARKS, is_mark
from symgrad.formula.products import COUNTS
from symgrad.formula.syntax import (
    Binary,
    Call,
    Equation,
    Expression,
    Matrix,
    Name,
    Negative,
    Norm,
    Number,
    Partial,
    Raised,
    Several,
    Sum,
    rebuilt,
    walk,
)

Role = Callable[[str], str | None]
_DIAGONAL = ("Σ", "Sigma")


def without_idioms(equation: Equation, role: Role) -> Equation:
    """The equation in the way of writing that meanings are given to; `role` says what a name is."""

    def go(node: Expression) -> Expression:
        if isinstance(node, Call):
            function = rebuilt(node.function, go)
            changed = rebuilt(replace(node, function=Name("")), go)
            assert isinstance(changed, Call)
            assert isinstance(function, Name)
            node = replace(changed, function=function)
        else:
            node = rebuilt(node, go)
        for idiom in _IDIOMS:
            node = idiom(node, role)
        return node

    return replace(equation, parts=tuple(map(go, equation.parts)))


def _bracketed_layer(node: Expression, role: Role) -> Expression:
    """`W^{[l]}`, as `W^{(l)}`; a number stays in its brackets, as it is no power, and gets them for (2)."""
    match node:
        case Name(sup=Number() as layer) if _in_brackets(layer):
            return replace(node, sup=Matrix(((layer,),), span=layer.span))
        case Name(sup=Matrix(((layer,),))) if not isinstance(layer, Number):
            return replace(node, sup=layer)
        case Name(sup=Binary("", Matrix(((layer,),)), mark) as sup) if not isinstance(layer, Number):
            return replace(node, sup=replace(sup, left=layer, right=mark))
    return node


def _in_brackets(number: Number) -> bool:
    """Whether `(2)` was written, a layer and no power, and not `2` or `^2`."""
    start, end = number.span
    return end - start > len(number.text)


def _differential(node: Expression, role: Role) -> Expression:
    r"""`\mathrm{d}W`, where d is not the name of something."""
    match node:
        case Binary("", Name("d", 0, (), None, ()), Name(text) as name) if (
            role("d") is None and role(text) is not None
        ):
            return replace(name, text=f"d{text}", span=node.span)
    return node


def _quotient(node: Expression, role: Role) -> Expression:
    """`dJ/dW`."""
    match node:
        case Binary("/", Name() as top, Name() as bottom):
            parts = [_differentiated(one, role) for one in (top, bottom)]
            if parts[0] is not None and parts[1] is not None:
                return replace(node, left=parts[0], right=parts[1])
    return node


def _differentiated(name: Name, role: Role) -> Partial | None:
    """∂x for dx."""
    if name.text[:1] != "d" or role(name.text[1:]) is None:
        return None
    return Partial(replace(name, text=name.text[1:]), span=name.span)


def _gradient(node: Expression, role: Role) -> Expression:
    """`X ∇_a C`, where ∇_a and C belong together."""
    match node:
        case Binary("", Binary(("" | "·" | "@") as sign, left, Name("nabla") as nabla), of):
            derivative = Binary("", nabla, of, span=(nabla.span[0], node.span[1]))
            return Binary(sign, left, derivative, span=node.span)
    return node


def _transposed(node: Expression, role: Role) -> Expression:
    r"""`W^{l+1 T}`, `W^{(l)\top}` and `W^{lT}`: a layer and a transpose in one superscript."""
    match node:
        case Name(sup=sup) if sup is not None and (layer := _before_transpose(sup)) is not None:
            return Raised(replace(node, sup=layer), (), Name("T"), span=node.span)
    return node


def _before_transpose(sup: Expression) -> Expression | None:
    match sup:
        case Binary("", left, Name("T" | "top" | "intercal", 0, (), None, ())):
            return left
        case Binary("+" | "-", _, right) if (rest := _before_transpose(right)) is not None:
            return replace(sup, right=rest)
        case Name(("lT" | "LT") as text, 0, (), None, ()):
            return replace(sup, text=text[0])
    return None


def _diagonal(node: Expression, role: Role) -> Expression:
    """`Σ'(z)`, the square matrix with σ'(z) on its diagonal."""
    match node:
        case Call(Name(text, primes, (), None, ()) as function, (argument,), ()) if (
            text in _DIAGONAL and primes and role(text) is None
        ):
            slope = Call(replace(function, text="σ"), (argument,), span=node.span)
            return Call(Name("diag", span=function.span), (slope,), span=node.span)
    return node


def _power_of(node: Expression, role: Role) -> Expression:
    """`tanh^2(z)`, the square of tanh(z), and `σ'^2(z)`."""
    match node:
        case Call(Name(text, _, _, Number() as power, ()) as function, (argument,), ()) if (
            known(text) or role(text) == "σ"
        ) and not _in_brackets(power):
            # without a span, as it is not written anywhere
            called = Call(
                Name(text, function.primes, function.sub), (argument,)
            )  # nowhere: it is not written
            return Raised(called, (), power, span=node.span)
    return node


_MULTIPLIED = ("", "·", "@", "*", "⋆", "⊗", "⊙")


def _sum_sign(node: Expression, role: Role) -> Expression:
    """`1/m Σ dZ`, where Σ is the sign of a sum and takes in what is multiplied after it, up to a bracket."""
    match node:
        case Binary("" | "·", Name("Σ", 0, (), None, ()), body) if role("Σ") is None:
            return Sum((), body, span=node.span)
        case Call(Name("Σ", 0, (), None, ()), (body,), ()) if role("Σ") is None:
            return Sum((), body, span=node.span)  # its bracket closes it
        case Binary("" | "·", Binary("", before, Name("Σ", 0, (), None, ()) as sigma), body) if (
            role("Σ") is None
        ):
            return replace(
                node, sign="", left=before, right=Sum((), body, span=(sigma.span[0], body.span[1]))
            )
        case Binary(sign, Sum((), inside) as found, body) if sign in _MULTIPLIED and _is_open(found):
            taken = Binary(sign, inside, body, span=(inside.span[0], body.span[1]))
            return replace(found, body=_differential(taken, role), span=node.span)
        case Binary(sign, Binary(outer, before, Sum((), inside) as found) as left, body) if (
            sign in _MULTIPLIED and outer in _MULTIPLIED and _is_open(found) and left.span[1] <= found.span[1]
        ):
            taken = Binary(sign, inside, body, span=(inside.span[0], body.span[1]))
            whole = replace(found, body=_differential(taken, role), span=(found.span[0], body.span[1]))
            return Binary(outer, before, whole, span=node.span)
    return node


def _is_open(found: Sum) -> bool:
    """Whether no bracket closes a sum."""
    return found.span[1] <= found.body.span[1]


_FUNCTIONS = ("sqrt", "log", "ln", "exp", "tanh")
"""Functions that LaTeX writes without brackets."""


def _prefixed(node: Expression, role: Role) -> Expression:
    """`N d x`, `N √ x` and `y log a`, where d and the function belong to what stands behind them."""
    match node:
        case Binary("", Name(text, 0, (), None, ()) as function, Name() | Number() as body) if (
            text in _FUNCTIONS[1:]
        ):
            return Call(function, (body,), span=node.span)
        case Binary("", Binary(("" | "·") as sign, left, Name(text, 0, (), None, ()) as prefix), body) if (
            text in _FUNCTIONS or (text == "d" and isinstance(body, Name))
        ):
            changed = Binary("", prefix, body, span=(prefix.span[0], node.span[1]))
            change = {"sqrt": _root, "d": _differential}.get(text, _prefixed)
            whole = change(changed, role)
            return node if whole is changed else Binary(sign, left, whole, span=node.span)
    return node


def _root(node: Expression, role: Role) -> Expression:
    r"""`\sqrt{x}` and `sqrt(x)`, and powers such as `(x)^{-1/2}`."""
    match node:
        case Binary("", Name("sqrt", 0, (), None, ()), body) | Call(
            Name("sqrt", 0, (), None, ()), (body,), ()
        ):
            return Raised(body, (), Number(Fraction(1, 2)), span=node.span)
        case Raised(sup=sup) if sup is not None and (value := _constant(sup)) is not None:
            return replace(node, sup=Number(value))
    return node


def _constant(node: Expression) -> Fraction | None:
    """The number that `-1/2` is."""
    match node:
        case Negative(body) if (value := _constant(body)) is not None:
            return -value
        case Binary("/", Number(top), Number(bottom)) if bottom:
            return top / bottom
        case Number(value):
            return value
    return None


def with_layers_below(equation: Equation) -> Equation:
    """The equation where the layer in `W_l`, `δ_{l-1}` and `A_prev` stands above, as in `W^l`."""
    bound = {n for part in equation.parts for s in walk(part) if isinstance(s, Sum) for n, *_ in s.bounds}
    names = (node for part in equation.parts for node in walk(part) if isinstance(node, Name))
    layers = [layer for name in names for below in name.sub if (layer := _layer_below(below)) is not None]
    if bound & {"l", "L"} or not any(isinstance(layer, Binary) for layer in layers):
        return equation  # l alone may number entries

    def go(node: Expression) -> Expression:
        if isinstance(node, Call) and isinstance(of := go(node.function), Raised):
            inside = tuple(map(go, node.arguments))
            argument = inside[0] if len(inside) == 1 else Several(inside)
            return Binary("", of, argument, span=node.span)  # W_l^T (…), a product
        match node:
            case Name(sub=(below,), sup=sup) if (layer := _layer_below(below)) is not None:
                marked = replace(node, sub=(), sup=layer)
                return marked if sup is None else Raised(marked, (), sup, span=node.span)
            case Name():  # what stands in scripts is no name of a layer's
                return node
        return rebuilt(node, go)

    return replace(equation, parts=tuple(map(go, equation.parts)))


def _layer_below(below: Expression) -> Expression | None:
    one = Number(Fraction(1), "1")
    match below:
        case Name("l" | "L", 0, (), None, ()):
            return below
        case Binary("+" | "-", Name("l" | "L", 0, (), None, ()), Number()):
            return below
        case Name("prev", 0, (), None, ()):
            return Binary("-", Name("l"), one)
    return None


def _beside(node: Expression, role: Role) -> Expression:
    """`Xw` and `WX^T`, which are two names; what stands above belongs to the second."""
    match node:
        case Name(text, 0, (), sup, ()) if len(text) == 2 and role(text) is None:
            roles = {role(text[0]), role(text[1])}
            matrices = text.isupper() and roles <= {"a", "W", "z", "δ"} and len(roles) == 2
            if roles == {"a", "W"} or matrices:
                start, end = node.span
                left = Name(text[0], span=(start, start + 1))
                return Binary("", left, Name(text[1], sup=sup, span=(start + 1, end)), span=node.span)
    return node


def _exponential(node: Expression, role: Role) -> Expression:
    """`e^{z_k}`, where e has no meaning of its own and what stands above is a value."""
    match node:
        case Name("e", 0, (), sup, ()) if sup is not None and role("e") is None and not is_mark(sup):
            if any(isinstance(n, Name) and role(n.text) in ("a", "x", "z") for n in walk(sup)):
                return Call(Name("exp", span=node.span), (sup,), span=node.span)
    return node


def _hatted(node: Expression, role: Role) -> Expression:
    """`x_hat` in text, and `dx_hat`; `keep_prob`."""
    match node:
        case Name(text, sub=(Name("hat", 0, (), None, ()),)):
            return replace(node, text=f"{text}_hat", sub=())
        case Name("keep" | "p" as text, sub=(Name("prob" | "keep" | "drop" as below, 0, (), None, ()),)):
            return replace(node, text=f"{text}_{below}", sub=())
    return node


_IDIOMS = (
    _exponential, _hatted, _beside, _prefixed, _root,
    _bracketed_layer, _differential, _quotient, _gradient, _transposed, _diagonal, _power_of, _sum_sign
)  # fmt: skip


# -- samples --------------------------------------------------------------------------------------
_SAMPLED = ("a", "y", "z", "δ")


def with_samples(equation: Equation, role: Role) -> Equation:
    """The equation where `y(x)` in norms that are summed over x, and `y^{(x)}` in any such sum, are `y_x`."""

    def go(node: Expression) -> Expression:
        match node:
            case Sum(((letter, _, _),), body):
                in_norms = any(isinstance(inner, Norm) for inner in walk(body))
                if in_norms or (letter in MARKS and letter not in ALWAYS):
                    node = replace(node, body=_numbered(body, letter, role))
        return rebuilt(node, go)

    return replace(equation, parts=tuple(map(go, equation.parts)))


def _numbered(body: Expression, letter: str, role: Role) -> Expression:
    index = Name(letter)

    def is_sampled(text: str) -> bool:
        is_differential = role(text) is None and text[:1] == "d"
        return text in PREDICTIONS or role(text[1:] if is_differential else text) in _SAMPLED

    def go(node: Expression) -> Expression:
        match node:
            case Call(Name(text, 0, ()) as name, (Name() as argument,), ()) if (
                argument == index and is_sampled(text)
            ):
                return replace(name, sub=(index,), span=node.span)
            case Call(Name("h", 0, sub) as name, (Name("x" | "X") as argument,), ()) if len(
                sub
            ) <= 1 and argument.sup in (index, Several((index,))):
                return replace(name, sub=(index,), span=node.span)  # what is computed from sample i
            case Name(text, 0, sub, Binary("", mark, Name("T" | "top") as turned)) if mark in (
                index,
                Several((index,)),
            ) and is_sampled(text):
                return Raised(
                    replace(node, sub=(index, *sub), sup=None), (), replace(turned, text="T"), span=node.span
                )
            case Name(text, 0, sub, sup) if sup in (index, Several((index,))) and is_sampled(text):
                return replace(node, sub=(index, *sub), sup=None)
        return rebuilt(node, go)

    return go(body)


def is_about_samples(equation: Equation, role: Role) -> bool:
    """Whether a norm is of something with a letter, which then numbers samples and not entries."""
    norms = (node for part in equation.parts for node in walk(part) if isinstance(node, Norm))
    names = (node for norm in norms for node in walk(norm.body) if isinstance(node, Name))
    return any(len(name.sub) == 1 and role(name.text) in _SAMPLED for name in names)


def count_of_samples(equation: Equation, role: Role) -> str | None:
    """The name that the number of samples has in an equation about a loss; None if it has none."""
    bound = {
        letter for part in equation.parts for s in walk(part) if isinstance(s, Sum) for letter, *_ in s.bounds
    }
    found = (node for part in equation.parts for node in walk(part) if isinstance(node, Name))
    plain = (name.text for name in found if name == Name(name.text) or _is_power(name))
    return next((text for text in plain if text in COUNTS and text not in bound and role(text) is None), None)


def _is_power(name: Name) -> bool:
    return isinstance(name.sup, Number) and name == Name(name.text, sup=name.sup)
