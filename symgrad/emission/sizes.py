"""Sizes as Python: polynomials, and quotients and bounds that are given a name where they are first used."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from symgrad.emission.names import Names
from symgrad.language.index import Index
from symgrad.language.symbol import Atom, Floor, Monomial, Symbol, in_print

SUM, PRODUCT, ATOM = range(3)
Definition = tuple[str, tuple[Index, ...]]


@dataclass
class Sizes:
    """Writes sizes as Python. A size that needs a line of its own is written by `line` first."""

    names: Names
    line: Callable[[str], None]
    named: Mapping[Symbol, Definition] = field(default_factory=dict)
    extents: Mapping[Floor, tuple[str, Index]] = field(default_factory=dict)
    known: dict[Symbol, str] = field(default_factory=dict)
    _counted: dict[Floor, Index] = field(default_factory=dict)

    def declare(self, symbol: Symbol) -> str:
        """The identifier of a size that is given, by a parameter or a shape."""
        if symbol not in self.known:
            self.known[symbol] = self.names.new(symbol.name)
        return self.known[symbol]

    def given(self, floor: Floor) -> str:
        """The identifier of the extent that a quotient is in, where a shape shows it."""
        wanted, extent = self.extents[floor]
        name = self.names.new(wanted)
        self._named(floor, name, extent)
        return name

    def _named(self, floor: Floor, name: str, extent: Index) -> None:
        symbol = Symbol(name, 0, False)
        self.known[symbol] = name
        self._counted[floor] = Index.of(symbol) - (extent - Index({(floor,): 1}))

    def text(self, index: Index, binding: int = SUM) -> str:
        """A size, in brackets if it binds less tightly than `binding`."""
        text, own = self._polynomial(self._counted_in(index))
        return f"({text})" if own < binding else text

    def shape(self, sizes: Iterable[Index]) -> str:
        """A shape."""
        texts = list(map(self.text, sizes))
        return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"

    # -- names for quotients and bounds -----------------------------------------------------------
    def _counted_in(self, index: Index) -> Index:
        """The size in terms of named extents: `Y - 1` for `(H - K)//s` where `Y` is that plus 1."""
        if not any(isinstance(atom, Floor) for atom in index.atoms()):
            return index
        total = Index.of(0)
        for monomial, factor in index.terms.items():
            product = Index.of(factor)
            for atom in monomial:
                product = product * (self._count(atom) if isinstance(atom, Floor) else Index({(atom,): 1}))
            total = total + product
        return total

    def _count(self, floor: Floor) -> Index:
        if floor not in self._counted:
            wanted, extent = self.extents.get(floor, ("count", Index({(floor,): 1})))
            rest = extent - Index({(floor,): 1})
            numerator = self.text(floor.numerator, SUM)
            numerator = numerator if floor.numerator.symbol is not None else f"({numerator})"
            text = f"{numerator} // {self.text(floor.divisor, ATOM)}"
            if rest != 0:
                sign = "-" if rest.constant is not None and rest.constant < 0 else "+"
                text += f" {sign} {self.text(-rest if sign == '-' else rest, PRODUCT)}"
            name = self.names.new(wanted)
            self.line(f"{name} = {text}")
            self._named(floor, name, extent)
        return self._counted[floor]

    def _symbol(self, symbol: Symbol) -> str:
        if symbol not in self.known:
            how, parts = self.named[symbol]
            text = how.format(*map(self.text, parts))
            self.known[symbol] = self.names.new(symbol.name)
            self.line(f"{self.known[symbol]} = {text}")
        return self.known[symbol]

    # -- polynomials ------------------------------------------------------------------------------
    def _polynomial(self, index: Index) -> tuple[str, int]:
        ordered = sorted(
            index.terms.items(),
            key=lambda term: (term[0] == (), term[1] < 0, [in_print(atom) for atom in term[0]]),
        )
        if not ordered:
            return "0", ATOM
        if ordered[0][1] < 0 < ordered[-1][1]:
            ordered.insert(0, ordered.pop())
        text = ""
        for monomial, factor in ordered:
            sign = "-" if factor < 0 else "+"
            text += f" {sign} " if text else ("-" if factor < 0 else "")
            text += self._product(abs(factor), monomial)
        if len(ordered) > 1 or ordered[0][1] < 0:
            return text, SUM
        return text, ATOM if text.isidentifier() or text.isdigit() else PRODUCT

    def _product(self, factor: int, monomial: Monomial) -> str:
        parts = [] if factor == 1 and monomial else [str(factor)]
        atoms: list[Atom] = sorted(monomial, key=in_print)
        for atom, repeats in itertools.groupby(atoms):
            assert isinstance(atom, Symbol)
            count = len(list(repeats))
            name = self._symbol(atom)
            parts.append(name if count == 1 else f"{name}**{count}")
        return " * ".join(parts)
