"""From what the grammar finds to the nodes of the tree, bottom up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as Rational
from typing import Any

import lark

from symgrad.formula.bounds import are_opposite, bound_names, conditions_of
from symgrad.formula.letters import plain
from symgrad.formula.problem import FormulaError
from symgrad.formula.syntax import (
    Binary,
    Bracketed,
    Call,
    Dots,
    Equation,
    Expression,
    Family,
    Indicator,
    Matrix,
    Name,
    Negative,
    Norm,
    Number,
    Partial,
    Raised,
    Relation,
    Several,
    Slice,
    Sum,
)

_STYLED_TRANSPOSES = {"T", "top", "intercal"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˡⁿᵏᴸ", "0123456789+-lnkL", "⁽⁾")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789aehijklmnoprstuvx")


def built(text: str, found: lark.Tree[Any]) -> tuple[Equation, ...]:
    """The equations that the grammar found in a text. Raises FormulaError."""
    try:
        equations: tuple[Equation, ...] = _Building(text).transform(found)
    except lark.exceptions.VisitError as problem:
        raise problem.orig_exc from None
    return equations


_ONES = ("1", "𝟙")
_HALF_TURN = Number(Rational(180), "180")


class _Building(lark.visitors.Transformer_NonRecursive[lark.Token, Any]):
    """Nodes of the tree, bottom up."""

    def __init__(self, text: str) -> None:
        super().__init__(visit_tokens=False)
        self.text = text
        self.latex = "\\" in text

    def _call_userfunc(self, tree: Any, new_children: Any = None) -> Any:
        meta = tree.meta
        self.span = (getattr(meta, "start_pos", 0) or 0, getattr(meta, "end_pos", 0) or 0)
        return super()._call_userfunc(tree, new_children)  # type: ignore[no-untyped-call]

    def start(self, items: list[Any]) -> tuple[Equation, ...]:
        return tuple(item for item in items if isinstance(item, Equation))

    def formula(self, items: list[Any]) -> Equation:
        return Equation(tuple(items[::2]), tuple(items[1::2]), span=self.span)

    def sign(self, items: list[Any]) -> str:
        return "=" if items[0].type == "EQ" else "←"

    # -- arithmetic -------------------------------------------------------------------------------
    def negative(self, items: list[Any]) -> Expression:
        return Negative(items[1], span=self.span)

    def plus(self, items: list[Any]) -> Expression:
        return Binary("+", items[0], items[1], span=self.span)

    def minus(self, items: list[Any]) -> Expression:
        return Binary("-", items[0], items[2], span=self.span)

    def binary(self, items: list[Any]) -> Expression:
        return Binary(items[1], items[0], items[2], span=self.span)

    def beside(self, items: list[Any]) -> Expression:
        return Binary("", items[0], items[1], span=self.span)

    def star(self, items: list[Any]) -> str:
        return {"STAR": "*", "CROSS": "⋆", "OUTER": "⊗", "ODOT": "⊙"}[items[0].type]

    def times(self, items: list[Any]) -> str:
        return {"DOT": "·", "SLASH": "/", "AT": "@", "TIMES": "·"}[items[0].type]

    def partial(self, items: list[Any]) -> Expression:
        return Partial(items[1], span=self.span)

    def partials(self, items: list[Any]) -> Expression:
        """∂J/∂x, which binds as tightly as the fraction of LaTeX does."""
        top, bottom = (Partial(item, span=item.span) for item in items[1::2])
        return Binary("/", top, bottom, span=self.span)

    def fraction(self, items: list[Any]) -> Expression:
        return Binary("/", items[1], items[2], span=self.span)

    def dots(self, items: list[Any]) -> Expression:
        return Dots(span=self.span)

    def number(self, items: list[Any]) -> Expression:
        return Number(Rational(items[0].value), items[0].value, span=self.span)

    def half(self, items: list[Any]) -> Expression:
        return Binary("/", Number(Rational(1), "1"), Number(Rational(2), "2"), span=self.span)

    def short_fraction(self, items: list[Any]) -> Expression:
        top, bottom = items[0].value.partition("frac")[2].replace(" ", "")
        return Binary("/", self._atom(top), self._atom(bottom), span=self.span)

    def derivative(self, items: list[Any]) -> Expression:
        """∂/∂x before something, which is the nabla by x."""
        return Name("nabla", 0, (items[3],), span=self.span)

    def nabla(self, items: list[Any]) -> Expression:
        return Name("nabla", 0, items[1]["sub"], span=self.span)

    def norm(self, items: list[Any]) -> Expression:
        return Norm(items[1], span=self.span)

    # -- brackets and matrices --------------------------------------------------------------------
    def grouped(self, items: list[Any]) -> Expression:
        # the brackets belong to what they hold, so that it is cut out of the text with them
        return replace(items[0], span=self.span) if len(items) == 1 else Several(tuple(items), span=self.span)

    def single(self, items: list[Any]) -> Expression:
        return Several((items[0],), span=self.span)

    def floor(self, items: list[Any]) -> Expression:
        return Call(Name("floor"), (items[1],), span=self.span)

    def inner(self, items: list[Any]) -> Expression:
        return Call(Name("inner"), (items[1], items[2]), span=self.span)

    def slice(self, items: list[Any]) -> Expression:
        ends: list[Expression | None] = [None]
        for item in items:
            if isinstance(item, lark.Token):
                ends.append(None)
            else:
                ends[-1] = item
        return Slice(*ends, span=self.span)

    def bracketed(self, items: list[Any]) -> Expression:
        if "beside" in items[1]:
            if items[0] == Number(Rational(1)):
                condition: Indicator = items[1]["beside"][0]
                return replace(condition, span=self.span)
            return Binary("", items[0], items[1]["beside"][0], span=self.span)
        return Bracketed(items[0], items[1]["brackets"], span=self.span)

    def listed(self, items: list[Any]) -> Expression:
        if all(isinstance(item, Matrix) and len(item.rows) == 1 for item in items):
            return Matrix(tuple(item.rows[0] for item in items), span=self.span)
        return Matrix((tuple(items),), span=self.span)

    def matrix(self, items: list[Any]) -> Expression:
        return Matrix(tuple(item for item in items if isinstance(item, tuple)), span=self.span)

    def case(self, items: list[Any]) -> tuple[Expression, Relation | None]:
        conditions = [item for item in items[1:] if isinstance(item, Relation)]
        return items[0], conditions[0] if conditions else None

    def cases(self, items: list[Any]) -> Expression:
        """Two cases, as `where(x > 0, y, 0)`."""
        match [item for item in items if isinstance(item, tuple)]:
            case [(first, Relation() as condition), (second, rest)] if rest is None or are_opposite(
                condition, rest
            ):
                found = Indicator((condition,), span=condition.span)
                return Call(Name("where"), (found, first, second), span=self.span)
        problem = "two cases are read, of which the second is all that the first is not"
        raise FormulaError(self.text, self.span[0], problem)

    def cells(self, items: list[Any]) -> tuple[Expression, ...]:
        return tuple(items)

    # -- names and their scripts ------------------------------------------------------------------
    def symbol(self, items: list[Any]) -> str:
        match items[0].type:
            case "TURNED":
                return "rot180"
            case "QUOTED":
                return next(mode for mode in ("valid", "full", "same") if mode in items[0].value)
        text = plain(items[0].value.removeprefix("np."))
        return "1" if text == "𝟙" else text

    def indices(self, items: list[Any]) -> dict[str, Any]:
        return {"brackets": tuple(items)}

    def name(self, items: list[Any]) -> Expression:
        if items[0] in _ONES and (holds := conditions_of(items[1:])):
            return Indicator(holds, span=self.span)
        text, *below = items[0].split("\\_")
        known: dict[str, Any] = {"sub": (self._atom("_".join(below)),)} if below else {}
        rest: list[Expression] = []
        for item in items[1:]:
            if isinstance(item, lark.Token):
                known["primes"] = _primes(item.value)
            else:
                found = self._no_bounds(item)
                rest += found.pop("beside", ())
                known["primes"] = known.get("primes", 0) + found.pop("primes", 0)
                known["sub"] = known.get("sub", ()) + found.pop("sub", ())
                known |= found
        if text == "rot" and known.get("sub") == (_HALF_TURN,):
            text, known["sub"] = "rot180", ()
        name: Expression = self._numbered(text, known) or Name(text, span=self.span, **known)
        for other in rest:
            name = Binary("", name, other, span=self.span)
        return name

    def _numbered(self, text: str, known: dict[str, Any]) -> Expression | None:
        """`W2` of a program, as `W^{[2]}`; None for any other name."""
        if not text[-1:].isdigit() or len(text.removeprefix("d")) != 2:
            return None
        layer = Matrix(((self._atom(text[-1]),),), span=self.span)
        sup = known.pop("sup", None)
        name = Name(text[:-1], sup=layer, span=self.span, **known)
        return name if sup is None else Raised(name, (), sup, span=self.span)

    def raised(self, items: list[Any]) -> Expression:
        body, scripts = items
        below = scripts.get("sub")
        if list(scripts) == ["sub"] and all(isinstance(item, (Relation, tuple)) for item in below):
            axes = tuple(self._axis(item if isinstance(item, tuple) else (item,)) for item in below)
            return Family(body, axes, span=self.span)
        scripts = self._no_bounds(scripts)
        if scripts.pop("primes", 0):
            raise FormulaError(self.text, self.span[0], "a prime stands behind a name")
        rest = scripts.pop("beside", ())
        raised: Expression = Raised(body, span=self.span, **scripts)
        for other in rest:
            raised = Binary("", raised, other, span=self.span)
        return raised

    def _axis(self, bounds: tuple[Relation, ...]) -> tuple[tuple[str, Expression], ...]:
        """The indices of an axis with how far they run."""
        found = []
        for bound in bounds:
            if bound.signs != ("<",):
                raise FormulaError(self.text, bound.span[0], "an axis is written such as i < N")
            letters = list(bound_names(bound.parts[0], self.text))
            found += [(letter, bound.parts[1]) for letter in letters]
        return tuple(found)

    def _no_bounds(self, scripts: dict[str, Any]) -> dict[str, Any]:
        if any(isinstance(item, (tuple, Relation)) for item in scripts.get("sub", ())):
            problem = "only below a sum, or below brackets, may a subscript be a bound"
            raise FormulaError(self.text, self.span[0], problem)
        return dict(scripts)

    # -- conditions -------------------------------------------------------------------------------
    def relation(self, items: list[Any]) -> Expression:
        strict = ("<", ">", r"\lt", r"\gt")
        signs = tuple("=" if t.type == "EQ" else "<" if t.value in strict else "≤" for t in items[1::2])
        parts = tuple(items[::2])
        return Relation(parts[::-1] if items[1].type == "GREATER" else parts, signs, span=self.span)

    def compound(self, items: list[Any]) -> tuple[Expression, ...]:
        return tuple(items)

    def indicator(self, items: list[Any]) -> Expression:
        conditions = (item for item in items if isinstance(item, Relation))
        return Indicator(tuple(conditions), span=self.span)

    def beside_indicator(self, items: list[Any]) -> dict[str, Any]:
        return {"beside": (Indicator(tuple(items), span=self.span),)}

    def scripts(self, items: list[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for item in items:
            found |= item
        return found

    def below(self, items: list[Any]) -> dict[str, Any]:
        first = items[0] if items else None
        if not isinstance(first, lark.Token):
            return {"sub": tuple(items)}
        if first.type == "SUBDIGITS":
            return {"sub": (self._atom(first.value.translate(_SUBSCRIPTS)),)}
        if first.type != "BELOW":
            return {"sub": (Name(plain(first.value), span=self.span),)}
        inside = first.value[1:]
        if self.latex and len(inside) > 1:  # as TeX reads it: one character below, the others beside
            return {"sub": (self._atom(inside[0]),), "beside": tuple(self._atom(c) for c in inside[1:])}
        return {"sub": (self._atom(inside),)}

    def _atom(self, text: str) -> Expression:
        if text.isdigit():
            return Number(Rational(text), text, span=self.span)
        return Name(text, span=self.span)

    def above(self, items: list[Any]) -> dict[str, Any]:
        inside = items[1] if len(items) > 1 else items[0]
        if isinstance(inside, lark.Token):  # what stands above, without the ^
            self.span = (inside.start_pos or 0, inside.end_pos or 0)
        else:
            return {"sup": inside} | ({"primes": _primes(items[2].value)} if len(items) > 2 else {})
        match inside.type:
            case "PRIME":
                return {"primes": _primes(inside.value)}
            case "SUPDIGITS" if inside.value != "ᵀ":
                text = inside.value.translate(_SUPERSCRIPTS)
                layer, sign, number = text[:1], text[1:2], text[2:]
                if not sign or text.isdigit():
                    return {"sup": self._atom(text)}
                return {"sup": Binary(sign, self._atom(layer), self._atom(number), span=self.span)}
            case "SUPDIGITS" | "TRANSPOSED":
                return {"sup": Name("T", span=self.span)}
            case "NUMBER":
                return {"sup": Number(Rational(inside.value), inside.value, span=self.span)}
        if self.latex and inside.type == "WORD" and len(inside.value) > 1:  # as TeX reads it
            first, *others = map(self._atom, inside.value)
            return {"sup": first, "beside": tuple(others)}
        text = plain(inside.value)
        return {"sup": Name("T" if text in _STYLED_TRANSPOSES else text, span=self.span)}

    # -- calls ------------------------------------------------------------------------------------
    def option(self, items: list[Any]) -> tuple[str, Expression]:
        match items[0]:
            case Name(text, 0, (Name(below, 0, (), None, ()),), None, ()):
                return f"{text}_{below}", items[2]
            case Name(text, 0, (), None, ()):
                return text, items[2]
        raise FormulaError(self.text, self.span[0], "an option has a plain name")

    def call(self, items: list[Any]) -> Expression:
        function, *given = items
        options = tuple(item for item in given if isinstance(item, tuple))
        arguments = tuple(item for item in given if not isinstance(item, tuple))
        match function, arguments:
            case Name("1" | "𝟙" | "I", 0, (), None, ()), (Indicator() as condition,) if not options:
                return replace(condition, span=self.span)
            case Indicator(), _:
                raise FormulaError(self.text, self.span[0], "an indicator is no function")
        if not isinstance(function, Name):  # `_` took one character only: the bracket belongs to the last
            assert isinstance(function, Binary)
            last = function.right
            if isinstance(last, Name):
                called: Expression = Call(last, arguments, options, span=self.span)
                return Binary("", function.left, called, span=self.span)
            if len(arguments) == 1 and not options:
                return Binary("", function, arguments[0], span=self.span)
            raise FormulaError(self.text, self.span[0], "a number is no function")
        return Call(function, arguments, options, span=self.span)

    def method(self, items: list[Any]) -> Expression:
        """`x.sum(axis=0)`, as `sum(x, axis=0)`."""
        body, token, *given = items
        options = tuple(item for item in given if isinstance(item, tuple))
        arguments = (body, *(item for item in given if not isinstance(item, tuple)))
        return Call(Name(token.value[1:], span=self.span), arguments, options, span=self.span)

    # -- sums -------------------------------------------------------------------------------------
    def bigsum(self, items: list[Any]) -> Expression:
        *scripts, body = items[1:]
        found = scripts[0] if scripts else {}
        bounds: list[tuple[str, Expression | None, Expression | None]] = []
        last = found.get("sup")
        one = Number(Rational(1), "1")
        for item in found.get("sub", ()):
            match item:
                case Relation((name, first), ("=",)):
                    bounds += [(text, first, last) for text in bound_names(name, self.text)]
                case Relation((*first, name, end), (*_, sign)):
                    if len(first) == 1 and item.signs[0] == "<":
                        first = [Binary("+", first[0], one)]
                    begin = first[0] if first else Number(Rational(0), "0")
                    end = Binary("-", end, one) if sign == "<" else end
                    bounds += [(text, begin, end) for text in bound_names(name, self.text)]
                case tuple():
                    raise FormulaError(self.text, self.span[0], "a sum runs over one index at a time")
                case _:
                    bounds += [(text, None, last) for text in bound_names(item, self.text)]
        return Sum(tuple(bounds), body, span=self.span)


def _primes(text: str) -> int:
    return text.count("'") + text.count("′") + text.count("prime")
