"""A derivative with its Kronecker deltas collapsed: one line for each product it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symgrad.decide.expansion import expand
from symgrad.decide.solve import eliminate
from symgrad.decide.terms import Atom, Atoms, Key, Term, key_text
from symgrad.language.index import Constraint, Index
from symgrad.language.notation import conditions_text, operator_text, scalar_text
from symgrad.language.scalar import Constant
from symgrad.language.symbol import Symbol, fresh_index, index_symbol
from symgrad.language.tensor import Tensor, Variable, index_names


def collapsed(tensor: Tensor, name: str) -> list[str]:
    """`name[q] = Σ …` with every index that an equation fixes put in its place, a line a product.

    Raises TooManyTerms if the expression opens up into too many products.
    """
    symbols = [index_symbol(index) for index in index_names(tensor)]
    position = [Index.of(symbol) for symbol in symbols]
    head = f"{name}[{', '.join(s.name for s in symbols)}]" if symbols else name
    atoms = Atoms(lambda left, right: False)
    lines = [_text(term, symbols) for term in expand(tensor, position, atoms)]
    if not lines:
        return [f"{head} = 0"]
    pad = " " * (len(head) - len("+") + 1)
    return [f"{head} = {lines[0]}", *(f"{pad}+ {line}" for line in lines[1:])]


def _text(term: Term, position: Sequence[Symbol]) -> str:
    system = eliminate(term, ())
    taken = {symbol.name for symbol in position}
    names: dict[Symbol, Index] = {}
    kept = []
    for symbol in system.left:
        name = symbol.name.rstrip("'") or symbol.name
        while name in taken:
            name += "'"
        taken.add(name)
        names[symbol] = Index.of(fresh_index(name))
        kept.append((symbol, names[symbol]))
    inequalities = [p.substitute(names) for p in system.inequalities]
    ranges, conditions = [], []
    for _, index in kept:
        upper = [p for p in inequalities if (p + index).terms.keys().isdisjoint(index.terms)]
        plain = [p for p in upper if not (p + index).has_index]
        if index in inequalities and plain:
            ranges.append(f"{index}<{plain[0] + index + 1}")
            inequalities = [p for p in inequalities if p not in (index, plain[0])]
        else:
            ranges.append(str(index))
    conditions = [Constraint(p) for p in inequalities if p.constant is None]
    conditions += [Constraint(p.substitute(names), True) for p in system.equations if p.terms]
    factors = []
    constant = Constant(Fraction(term.value), tuple(system.powers))
    if constant != Constant(Fraction(1)):
        factors.append(scalar_text(constant))
    factors += [_read(key, [i.substitute(names) for i in at]) for key, at in system.reads]
    text = "·".join(factors) or "1"
    if conditions:
        text += f"·[{conditions_text(_without_known(conditions, position))}]" if conditions else ""
    return (f"Σ_{{{', '.join(ranges)}}} " if ranges else "") + text.replace("·[]", "")


def _without_known(conditions: Sequence[Constraint], position: Sequence[Symbol]) -> list[Constraint]:
    """Conditions on one position index alone only say that it is in range."""
    kept = []
    for condition in conditions:
        inside = {a for a in condition.polynomial.atoms() if isinstance(a, Symbol) and a.is_index}
        if len(inside) != 1 or not inside <= set(position) or condition.equality:
            kept.append(condition)
    return kept


def _read(key: Key, at: Sequence[Index]) -> str:
    place = f"[{', '.join(map(str, at))}]" if at else ""
    if isinstance(key, Variable):
        return key.name + place
    assert isinstance(key, Atom)
    match key.kind:
        case ("apply", function):
            return f"{function}({operator_text(key.of[0])}{place})"
        case ("power", exponent, Variable() | Atom() as base):
            return f"({key_text(base)}{place})^({exponent})"
        case ("selected", *_):
            return f"[{', '.join(map(str, at))} is the maximum]"
    return f"max{place}"


def derivation(z: Tensor, wrt: Tensor, gradient: Tensor) -> Iterator[str]:
    """The forward, the gradient as the rules give it, and the gradient collapsed, as text."""
    from symgrad.language.notation import definition_lines

    name = f"∂J/∂{operator_text(wrt)}"
    yield from definition_lines(z, "z")
    yield ""
    yield from definition_lines(gradient, name)
    yield ""
    yield "with the equations put in:"
    yield from collapsed(gradient, name)
