"""Where derivative and claim meet: the claim opened definition by definition and read backwards.

How the indices of the two correspond is what the decision procedure reads off; that is where a
substitution such as u' = K - 1 - u comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from symgrad.decide.compare import Same, compare
from symgrad.decide.presburger import Solver
from symgrad.explain.index_names import IndexNames, Spot
from symgrad.explain.products import Collapsed, Product, collapse, opened, put
from symgrad.explain.proof import ClosedForm, Recognise, Renaming, Rewrite, Step, Substitute
from symgrad.language.index import Index
from symgrad.language.scalar import Access, substitute
from symgrad.language.symbol import Symbol, index_symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable


class Meeting:
    """The steps from a collapsed derivative to the claim that it is."""

    def __init__(
        self,
        claim: Comprehension,
        operators: Sequence[Comprehension],
        spot: Spot,
        solver: Solver,
        names: IndexNames,
        opens: Callable[[Tensor], bool],
    ) -> None:
        self.claim = claim
        self.operators = operators
        self.spot = spot
        self.solver = solver
        self.names = names
        self.opens = opens
        self.steps: list[Step] = []

    def of(self, derived: list[Product]) -> list[Step]:
        """The steps; `operators` are opened in their order, so recognised from the last to the first."""
        closed: set[Tensor] = set(self.operators)
        current = opened(Access(self.claim, self.spot.at), lambda t: self.opens(t) and t not in closed)
        stages = [current]
        for operator in self.operators:
            closed.discard(operator)
            current = [p for product in current for p in opened(product.scalar(), _only(operator))]
            # definitions that need no line of their own come along
            opens = [p for product in current for p in opened(product.scalar(), self._without(closed))]
            stages.append(opens)
            current = opens
        self.meet(derived, stages, list(self.operators))
        return self.steps

    def _without(self, closed: set[Tensor]) -> Callable[[Tensor], bool]:
        return lambda tensor: self.opens(tensor) and tensor not in closed

    def meet(
        self,
        derived: list[Product],
        stages: list[list[Product]],
        operators: list[Comprehension],
    ) -> None:
        """The steps from the derivative to the claim, in the words of both."""
        lead = self.spot.names
        flat: list[Product] = []
        equations: dict[Symbol, Index] = {}
        for product in stages[-1]:
            result, done = collapse(product, self.solver, self.spot.ranges, innermost=True)
            flat.append(result)
            equations |= {e.symbol: e.value for e in done}
        pairs = self._pairs(derived, flat)
        for number, (place, there, _) in list(pairs.items()):
            # two indices of the claim that are one of the derivative are one
            met: dict[Index, Symbol] = {}
            for symbol, value in there.items():
                if (other := met.setdefault(value, symbol)) is not symbol:
                    same = Index.of(other)
                    flat[number], _left = put(flat[number], symbol, same, None, self.solver, self.spot.ranges)
                    equations = {s: v.substitute({symbol: same}) for s, v in equations.items()}
                    equations[symbol] = same
            maps = self._match(derived[place], flat[number])
            if maps is not None:
                pairs[number] = (place, *maps)
        shown: dict[Symbol, Index] = {}
        for number, product in enumerate(stages[-1]):
            meaning = pairs[number][1] if number in pairs else {}
            self._name(product, meaning, equations, shown, lead)
        named = [p.substitute(shown) for p in flat]
        before = self.spot.tensor(derived)
        if len(pairs) == len(flat) == len(derived):
            order = sorted(range(len(flat)), key=lambda n: pairs[n][0])
            if all(_alike(named[n], derived[pairs[n][0]]) for n in order):
                after = before
            else:
                after = self.spot.tensor([named[n] for n in order])
                forward, backward = _renaming(pairs, shown)
                step = Substitute(before, after, forward, backward) if forward else Rewrite(before, after)
                self.steps.append(step)
        else:
            after = self.spot.tensor(named)
            if after is not before:
                self.steps.append(Rewrite(before, after))
        lines = [self.spot.tensor([p.substitute(shown) for p in stage]) for stage in stages]
        introduced = tuple(
            Collapsed(name, value.substitute(shown))
            for symbol, value in equations.items()
            if (name := shown[symbol].symbol) is not None
        )
        whole = lines[-1] if introduced else None
        for operator, line in zip(reversed(operators), reversed(lines[:-1]), strict=True):
            self.steps.append(Recognise(after, line, operator, introduced, whole))
            after, introduced, whole = line, (), None
        if after is not lines[0]:
            self.steps.append(Recognise(after, lines[0], self.claim, introduced, whole))
        if self.claim.call is not None:
            last = Comprehension(self.spot.axes, self.spot.indices, Access(self.claim, self.spot.at))
            self.steps.append(ClosedForm(lines[0], last, self.claim))

    def _pairs(
        self, derived: list[Product], flat: list[Product]
    ) -> dict[int, tuple[int, dict[Symbol, Index], dict[Symbol, Index]]]:
        """For each product of the claim the one of the derivative that it is, and the two maps of indices."""
        found: dict[int, tuple[int, dict[Symbol, Index], dict[Symbol, Index]]] = {}
        for number, claimed in enumerate(flat):
            for place, product in enumerate(derived):
                if any(place == taken for taken, _, _ in found.values()):
                    continue
                maps = self._match(product, claimed)
                if maps is not None:
                    found[number] = (place, *maps)
                    break
        return found

    def _match(
        self, derived: Product, claimed: Product
    ) -> tuple[dict[Symbol, Index], dict[Symbol, Index]] | None:
        """The bound indices of the one by those of the other, as the decision procedure reads them off."""
        letters = {s: index_symbol(f"q{k}") for k, s in enumerate(self.spot.indices)}
        at = {symbol: Index.of(letter) for symbol, letter in letters.items()}
        sides, back = [], {letter.name: Index.of(symbol) for symbol, letter in letters.items()}
        for prefix, product in (("x", derived), ("y", claimed)):
            own = {s: index_symbol(f"{prefix}{k}") for k, (s, _) in enumerate(product.over)}
            back |= {letter.name: Index.of(symbol) for symbol, letter in own.items()}
            moved = product.substitute(at | {s: Index.of(letter) for s, letter in own.items()})
            body = substitute(moved.scalar(), {}, self._opaque)
            sides.append(Comprehension(self.spot.axes, tuple(letters.values()), body))
        outcome = compare(sides[0], sides[1], self.solver, thorough=False)
        if not isinstance(outcome, Same):
            return None
        if len(outcome.matches) != 1:
            return {}, {}
        match = outcome.matches[0]

        def read(pairs: Renaming) -> dict[Symbol, Index]:
            result = {}
            for symbol, value in pairs:
                here = back[symbol.name].symbol if symbol.name in back else None
                if here is not None and all(s.name in back for s in value.indices):
                    result[here] = value.substitute({s: back[s.name] for s in value.indices})
            return result

        return read(match.forward), read(match.backward)

    def _opaque(self, tensor: Tensor) -> Tensor:
        """A tensor that keeps its name as an unknown, so that only indices on show are compared."""
        if isinstance(tensor, Comprehension) and not self.opens(tensor):
            return Variable(f"kept{id(tensor)}", tensor.axes)
        return tensor

    def _name(
        self,
        product: Product,
        meaning: Mapping[Symbol, Index],
        equations: Mapping[Symbol, Index],
        shown: dict[Symbol, Index],
        lead: Sequence[str],
    ) -> None:
        """Names for the claim's indices: that of the index they are, or of the one they depend on, primed."""
        wanted: dict[Symbol, str] = {}
        taken = set(lead)
        known = {symbol: value.substitute(dict(meaning)) for symbol, value in equations.items()}
        known |= meaning
        symbols = [symbol for symbol, _ in product.over]
        lasting = sorted(symbols, key=lambda symbol: symbol in equations)
        for symbol in lasting:
            value = known.get(symbol)
            if value is not None and value.symbol is not None and value.symbol.name not in taken:
                wanted[symbol] = value.symbol.name
                taken.add(value.symbol.name)
        own = {symbol.name for symbol in self.spot.indices}
        for symbol in lasting:
            if symbol not in wanted:
                value = known.get(symbol)
                depends = () if value is None else value.indices
                inside = sorted(s.name for s in depends if s.name not in own)
                # a letter that the derivative uses for something else is not used again without a prime
                used = taken | {s.name for v in known.values() for s in v.indices}
                base = symbol.name.rstrip("'")
                if base in used and len(inside) == 1:
                    base = inside[0].rstrip("'")
                extent = dict(product.over)[symbol]
                fitting = self.names.ranges.get(base, extent) == extent
                wanted[symbol] = (
                    self.names.unused(base, used) if fitting else self.names.ranging(base, extent, used)
                )
                taken.add(wanted[symbol])
        for symbol, name in wanted.items():
            shown.setdefault(symbol, Index.of(index_symbol(name)))


def _only(node: Tensor) -> Callable[[Tensor], bool]:
    return lambda tensor: tensor is node


def _alike(one: Product, other: Product) -> bool:
    """Whether two products are the same but for the order in which they are written."""
    return (
        set(one.over) == set(other.over)
        and set(one.conditions) == set(other.conditions)
        and sorted(map(str, one.factors)) == sorted(map(str, other.factors))
    )


def _renaming(
    pairs: Mapping[int, tuple[int, dict[Symbol, Index], dict[Symbol, Index]]], shown: Mapping[Symbol, Index]
) -> tuple[Renaming, Renaming]:
    """What is not a mere change of name, in the names shown."""
    forward: dict[Symbol, Index] = {}
    backward: dict[Symbol, Index] = {}
    for _, there, back in pairs.values():
        for symbol, value in there.items():
            name = shown[symbol].symbol
            if name is not None and value != Index.of(name):
                forward[name] = value
        for symbol, value in back.items():
            if value.substitute(dict(shown)) != Index.of(symbol):
                backward[symbol] = value.substitute(dict(shown))
    return tuple(forward.items()), tuple(backward.items())
