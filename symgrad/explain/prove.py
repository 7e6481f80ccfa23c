"""From a question that is PROVED to its proof: derive, collapse, substitute, recognise.

The derivation runs forwards from the derivative; the claim is opened definition by definition and read
backwards; the decision procedure says how the indices of the two meet in the middle. Nothing here knows
a layer, and nothing here is trusted: `Proof.check` confirms every step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from symgrad.decide.compare import Same, compare
from symgrad.decide.presburger import Solver
from symgrad.decide.question import Question
from symgrad.decide.verdict import Scope
from symgrad.derive import partial, vjp
from symgrad.explain.products import Collapsed, Product, collapse, opened, put, simplified, total
from symgrad.explain.proof import (
    ChainRule,
    ClosedForm,
    Collapse,
    Deltas,
    Forward,
    Insert,
    Proof,
    Recognise,
    Renaming,
    Rewrite,
    Step,
    Substitute,
)
from symgrad.language.index import Index
from symgrad.language.maps import winners
from symgrad.language.notation import nodes
from symgrad.language.scalar import (
    ONE,
    Access,
    Add,
    Apply,
    Constant,
    Indicator,
    Maximum,
    Multiply,
    Power,
    Ranges,
    Scalar,
    Selected,
    Sum,
    add,
    multiply,
    power,
    reads,
    substitute,
    walk,
)
from symgrad.language.symbol import Symbol, fresh_index, index_symbol
from symgrad.language.tensor import Call, Comprehension, Tensor, Variable, index_names


def prove(asked: Question, scope: Scope, conditions: Sequence[str] = ()) -> Proof:
    """The proof of a claim that was decided to hold in `scope`, checked.

    Raises ProofError if a step is not confirmed, so that no wrong line can be printed.
    """
    return _Proving(asked, scope, tuple(conditions)).proof().check()


def derivation(asked: Question, scope: Scope) -> Proof:
    """The derivative in index form, without a claim; what a refuted claim is compared with."""
    return _Proving(asked, scope, ()).proof(claimed=False)


# -- names ----------------------------------------------------------------------------------------


class _Names:
    """Names for index variables, none of them twice, and none that a tensor or a size has."""

    def __init__(self, reserved: Collection[str]) -> None:
        self.reserved = frozenset(reserved)

    def unused(self, wanted: str, taken: Collection[str]) -> str:
        name = wanted.rstrip("'") or wanted
        while name in taken or name in self.reserved:
            name += "'"
        return name

    def shown(self, products: Iterable[Product], taken: Iterable[str]) -> list[Product]:
        """Products with their bound indices named for print, one name for one index in each."""
        result = []
        for product in products:
            used = set(taken)
            values = {}
            for symbol, _ in product.over:
                name = self.unused(symbol.name, used)
                used.add(name)
                values[symbol] = Index.of(index_symbol(name))
            result.append(product.substitute(values))
        return result


def _entry(symbols: Sequence[Symbol], extents: Sequence[Index]) -> tuple[Index, ...]:
    """The indices of an entry; along an axis of extent 1 there is only 0."""
    pairs = zip(symbols, extents, strict=True)
    return tuple(Index.of(0) if extent == 1 else Index.of(symbol) for symbol, extent in pairs)


def _position_names(z: Tensor, wrt: Tensor, names: _Names, opens: Callable[[Tensor], bool]) -> list[str]:
    """An axis is named by the index that reads it; where that is a sum such as y + u, by its size."""
    own = _axis_names(wrt)
    found: list[str | None] = [None] * len(own)
    for node in nodes(z):
        if not isinstance(node, Comprehension) or (node is not z and opens(node)):
            continue
        for product in opened(node.body, opens):
            for access in _accesses(product, wrt):
                for axis, index in enumerate(access.at):
                    if index.symbol is not None and index.symbol.is_index and found[axis] is None:
                        found[axis] = index.symbol.name.rstrip("'")
    taken: set[str] = set()
    result = []
    for plain, fallback in zip(found, own, strict=True):
        name = names.unused(fallback if plain is None or plain in taken else plain, taken)
        taken.add(name)
        result.append(name)
    return result


_SPATIAL = {1: "h", 2: "hw", 3: "dhw"}


def _axis_names(tensor: Tensor) -> list[str]:
    """The small letters of its sizes, or those of maps where a size is no single letter."""
    names = [name.rstrip("'") for name in index_names(tensor)]
    if isinstance(tensor, Variable):
        odd = [axis for axis, extent in enumerate(tensor.extents) if extent.symbol is None]
        for axis, name in zip(odd, _SPATIAL.get(len(odd), ()), strict=False):
            names[axis] = name
    return names


def _accesses(product: Product, tensor: Tensor) -> Iterable[Access]:
    for factor in product.factors:
        for inner in walk(factor):
            if isinstance(inner, Access) and inner.tensor is tensor:
                yield inner


# -- what is opened, and what keeps its name ------------------------------------------------------


def silent(node: Comprehension) -> bool:
    """Whether a definition only works entry by entry or exchanges axes, and needs no line of its own."""
    for inner in walk(node.body):
        if isinstance(inner, (Sum, Indicator, Maximum, Selected)):
            return False
        if isinstance(inner, Access) and any(index.symbol is None and index.indices for index in inner.at):
            return False
    return True


def _summing(node: Scalar) -> bool:
    return any(isinstance(inner, (Sum, Maximum)) for inner in walk(node))


def _bound_count(node: Scalar) -> int:
    return sum(len(inner.over) for inner in walk(node) if isinstance(inner, Sum))


def _inside(node: Tensor, others: Sequence[Tensor]) -> int:
    below = nodes(node)
    return sum(other is not node and other in below for other in others)


def _merely_sums(body: Scalar, tensor: Tensor) -> bool:
    """Whether a body is a sum over entries of one tensor, times a constant."""
    match body:
        case Access(read, _):
            return read is tensor
        case Sum(_, inside):
            return _merely_sums(inside, tensor)
        case Multiply(factors):
            return len(factors) == 2 and isinstance(factors[0], Constant) and _merely_sums(factors[1], tensor)
        case Add(terms):
            return all(_merely_sums(term, tensor) or tensor not in set(reads(term)) for term in terms)
        case _:
            return False


def _depends(z: Tensor, wrt: Tensor | None) -> set[Tensor]:
    found = set() if wrt is None else {wrt}
    for node in reversed(nodes(z)):
        if isinstance(node, Comprehension) and any(tensor in found for tensor in reads(node.body)):
            found.add(node)
    return found


# -- making a proof -------------------------------------------------------------------------------


class _Proving:
    def __init__(self, asked: Question, scope: Scope, conditions: tuple[str, ...]) -> None:
        self.asked = asked
        self.scope = scope
        self.conditions = conditions
        self.solver = Solver(scope.constraints)
        self.needed = _depends(asked.z, asked.wrt)
        self.kept = self._kept()
        known = (*nodes(asked.z), *nodes(asked.claim))
        tensors = {node.name for node in known if isinstance(node, Variable)}
        if isinstance(asked.cotangent, Variable):
            tensors.add(asked.cotangent.name)
        self.names = _Names(tensors | {symbol.name for symbol in asked.sizes})
        self.steps: list[Step] = []
        self.forms: dict[Tensor, Comprehension] = {}
        self.derivatives: dict[Tensor, Tensor] = {}
        target = asked.z if asked.wrt is None else asked.wrt
        if asked.wrt is None:
            wanted = [names.rstrip("'") for names in index_names(asked.z)]
            named: list[str] = []
            for name in wanted:
                named.append(self.names.unused(name, named))
        else:
            named = _position_names(asked.z, asked.wrt, self.names, self._opens)
        self.axes = target.axes
        self.position = tuple(map(index_symbol, named))
        self.at = _entry(self.position, target.extents)
        self.ranges: Ranges = tuple(zip(self.position, target.extents, strict=True))

    # -- which tensors keep a name ----------------------------------------------------------------
    def _kept(self) -> list[Comprehension]:
        """Intermediate results that are sums or maxima and enter a product, a function or a maximum."""
        asked = self.asked
        order = nodes(asked.z)
        found = []
        for node in order:
            if node is asked.z or node is asked.wrt or not isinstance(node, Comprehension):
                continue
            if not self._reaches(node):
                continue
            if not _summing(node.body):
                continue
            readers = [r for r in order if isinstance(r, Comprehension) and node in set(reads(r.body))]
            if not all(_merely_sums(reader.body, node) for reader in readers):
                found.append(node)
        return found

    def _reaches(self, node: Tensor) -> bool:
        """Whether a node is not below `wrt`, where nothing is opened."""
        wrt = self.asked.wrt
        return wrt is None or (node is not wrt and node not in nodes(wrt))

    def _opens(self, tensor: Tensor) -> bool:
        return (
            isinstance(tensor, Comprehension)
            and tensor not in self.kept
            and tensor is not self.asked.wrt
            and tensor is not self.asked.cotangent
        )

    # -- the whole --------------------------------------------------------------------------------
    def proof(self, claimed: bool = True) -> Proof:
        """The steps, as far as the derivative or as far as the claim."""
        asked = self.asked
        levels = [node for node in nodes(asked.z) if node is asked.z or node in self.kept]
        for node in reversed(levels):
            if isinstance(node, Comprehension):
                self._forward(node)
        if asked.wrt is None:
            last = self._form_at_position(asked.z)
        else:
            last = self._derive(asked.wrt, [n for n in levels if isinstance(n, Comprehension)])
        if claimed:
            self._claim(last)
        return Proof(
            question=asked,
            scope=self.scope,
            conditions=self.conditions,
            position=self.position,
            steps=tuple(self.steps),
            kept=tuple(reversed(self.kept)),
            operators=tuple(self._operators()),
            derivatives=tuple((g, t) for t, g in self.derivatives.items() if isinstance(g, Comprehension)),
        )

    def tensor(self, products: Sequence[Product], call: Call | None = None) -> Comprehension:
        """The entry at the position as a tensor."""
        return Comprehension(self.axes, self.position, total(products), call)

    # -- forward ----------------------------------------------------------------------------------
    def _forward(self, node: Comprehension) -> None:
        taken: set[str] = set()
        indices = []
        for symbol in node.indices:
            indices.append(index_symbol(self.names.unused(symbol.name, taken)))
            taken.add(indices[-1].name)
        at = _entry(indices, node.extents)
        ranges = tuple(zip(indices, node.extents, strict=True))
        products = opened(Access(node, at), lambda t: t is node or self._opens(t))
        products = [_named_after_axes(product) for product in products]
        products = [simplified(p, self.solver, ranges) for p in self.names.shown(products, taken)]
        form = Comprehension(node.axes, tuple(indices), total(products))
        self.forms[node] = form
        self.steps.append(Forward(node, form))

    def _form_at_position(self, z: Tensor) -> list[Product]:
        values = dict(zip(self.forms[z].indices, self.at, strict=True))
        products = opened(self.forms[z].body, lambda _: False)
        shown = self.names.shown([p.substitute(values) for p in products], [s.name for s in self.position])
        after = self.tensor(shown)
        if after is not self.forms[z]:
            self.steps.append(Rewrite(self.forms[z], after))
        return shown

    # -- derivative -------------------------------------------------------------------------------
    def _derive(self, wrt: Tensor, levels: list[Comprehension]) -> list[Product]:
        asked = self.asked
        if asked.z is wrt:
            products = [Product(factors=(self._seed(asked.z, self.at),))]
            self.steps.append(ChainRule(asked.derived, self.tensor(products), wrt))
            return products
        found: list[Product] = []
        for target in [*levels[1:], wrt]:
            if target is wrt:
                position = self.position
            elif target in self.needed:
                position = tuple(
                    index_symbol(name) for name in _position_names(asked.z, target, self.names, self._opens)
                )
            else:
                continue
            found = self._derivative(target, position, [n for n in levels if n is not target])
        return found

    def _derivative(
        self, target: Tensor, position: tuple[Symbol, ...], levels: list[Comprehension]
    ) -> list[Product]:
        """∂J/∂target by the chain rule over the levels that read it, collapsed."""
        at = _entry(position, target.extents)
        ranges = tuple(zip(position, target.extents, strict=True))
        lead = [symbol.name for symbol in position]
        chained: list[Scalar] = []
        deltas: list[Step] = []
        inserted: list[Product] = []
        for level in levels:
            form = self.forms[level]
            if target not in set(reads(form.body)) or level not in self.needed:
                continue
            own: list[Symbol] = []
            taken = list(lead)
            for symbol in form.indices:
                own.append(index_symbol(self.names.unused(symbol.name, taken)))
                taken.append(own[-1].name)
            own_at = _entry(own, level.extents)
            own_ranges = tuple(p for p in zip(own, level.extents, strict=True) if p[1] != 1)
            renamed = self._renamed(form, tuple(own), taken)
            raw = partial(renamed, target, position)
            body = self._with_winners(raw.body, level, own_at)
            products = self.names.shown(opened(body, lambda _: False), taken)
            products = [simplified(p, self.solver, (*ranges, *own_ranges)) for p in products]
            jacobian = Comprehension(raw.axes, raw.indices, total(products), raw.call)
            seed = self._seed(level, own_at)
            entry = Access(jacobian, (*own_at, *at))
            chained.append(Sum(own_ranges, multiply(seed, entry)) if own_ranges else multiply(seed, entry))
            deltas.append(Deltas(raw, jacobian, level, target))
            for product in products:
                constant, factors = product.without_constant()
                whole = multiply(constant, seed, *factors)
                parts = whole.factors if isinstance(whole, Multiply) else (whole,)
                inserted.append(Product(own_ranges + product.over, product.conditions, parts))
        start = Comprehension(target.axes, position, add(*chained))
        derived = vjp(self.asked.z, target, self.asked.cotangent)
        self.steps.append(ChainRule(derived, start, target))
        self.steps += deltas
        results, equations = [], []
        for product in inserted:
            result, done = collapse(product, self.solver, ranges)
            results.append(result)
            equations += done
        results = self._plain_names(results, lead)
        before = Comprehension(target.axes, position, total(inserted))
        after = Comprehension(target.axes, position, total(results))
        self.steps.append(Collapse(start, after, before, tuple(dict.fromkeys(equations))))
        self.derivatives[target] = after
        if target is self.asked.wrt:
            results = self._insert(results, after)
        return results

    def _plain_names(self, products: list[Product], taken: Iterable[str]) -> list[Product]:
        """Primes dropped where nothing else has the name any more."""
        return self.names.shown(products, taken)

    def _renamed(self, form: Comprehension, own: tuple[Symbol, ...], taken: Sequence[str]) -> Comprehension:
        values = dict(zip(form.indices, map(Index.of, own), strict=True))
        fresh = opened(form.body, lambda _: False)
        products = self.names.shown([p.substitute(values) for p in fresh], taken)
        return Comprehension(form.axes, own, total(products))

    def _seed(self, level: Tensor, at: tuple[Index, ...]) -> Scalar:
        if level is self.asked.z:
            return ONE if self.asked.cotangent is None else Access(self.asked.cotangent, at)
        return Access(self.derivatives[level], at)

    def _insert(self, products: list[Product], before: Comprehension) -> list[Product]:
        """Derivatives by intermediate results are put in."""
        found = [t for t in dict.fromkeys(reads(before.body)) if t in self.derivatives.values()]
        if not found:
            return products
        lead = [symbol.name for symbol in self.position]
        scalar = total(products)
        result = self.names.shown(opened(scalar, lambda t: t in found), lead)
        result = [collapse(p, self.solver, self.ranges)[0] for p in result]
        after = self.tensor(result)
        self.steps.append(Insert(before, after, found[0]))
        return result

    def _with_winners(self, node: Scalar, level: Comprehension, own: tuple[Index, ...]) -> Scalar:
        """Which element of a window was taken, as an entry of a tensor of zeros and ones."""
        if not isinstance(level.body, Maximum):
            return node
        chosen = winners(level)

        def go(inner: Scalar) -> Scalar:
            match inner:
                case Selected(_, at):
                    return Access(chosen, (*own, *at))
                case Add(terms):
                    return add(*map(go, terms))
                case Multiply(factors):
                    return multiply(*map(go, factors))
                case Sum(over, body):
                    return Sum(over, go(body))
                case Power(base, exponent):
                    return power(go(base), exponent)
                case Apply(function, argument):
                    return Apply(function, go(argument))
                case _:
                    return inner

        return go(node)

    # -- the claim --------------------------------------------------------------------------------
    def _operators(self) -> list[Comprehension]:
        """Operators of the claim whose definition takes a line, inner ones first."""
        return [
            node
            for node in reversed(nodes(self.asked.claim))
            if isinstance(node, Comprehension) and self._has_line(node)
        ]

    def _has_line(self, node: Tensor) -> bool:
        return (
            isinstance(node, Comprehension)
            and self._opens(node)
            and node is not self.asked.z
            and not silent(node)
            and not self._is_winners(node)
        )

    def _is_winners(self, node: Tensor) -> bool:
        return isinstance(node, Comprehension) and isinstance(node.body, Selected)

    def _claim(self, derived: list[Product]) -> None:
        """From the collapsed derivative to the claim, whose lines are found by opening it."""
        claim = self.asked.claim
        lines = [claim] if isinstance(claim, Comprehension) and claim.call else []
        to_open = self._outer_first([n for n in self._operators() if n is not claim])
        stages: list[list[Product]] = []
        closed: set[Tensor] = set(to_open)
        top = Access(claim, self.at)
        current = opened(top, self._claim_opens(closed))
        stages.append(current)
        for node in to_open:
            closed.discard(node)
            current = [p for product in current for p in opened(product.scalar(), _only(node))]
            stages.append(current)
            # silent definitions that this one reads come along
            current = [p for product in current for p in opened(product.scalar(), self._claim_opens(closed))]
            stages[-1] = current
        self._meet(derived, stages, to_open, lines)

    def _meet(
        self,
        derived: list[Product],
        stages: list[list[Product]],
        operators: list[Comprehension],
        closed_form: list[Comprehension],
    ) -> None:
        """The steps from the derivative to the claim, in the words of both."""
        lead = [symbol.name for symbol in self.position]
        flat: list[Product] = []
        equations: dict[Symbol, Index] = {}
        for product in stages[-1]:
            result, done = collapse(product, self.solver, self.ranges, innermost=True)
            flat.append(result)
            equations |= {e.symbol: e.value for e in done}
        pairs = self._pairs(derived, flat)
        for number, (place, there, _) in list(pairs.items()):
            # two indices of the claim that are one of the derivative are one
            met: dict[Index, Symbol] = {}
            for symbol, value in there.items():
                if (other := met.setdefault(value, symbol)) is not symbol:
                    same = Index.of(other)
                    flat[number], _left = put(flat[number], symbol, same, None, self.solver, self.ranges)
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
        before = self.tensor(derived)
        if len(pairs) == len(flat) == len(derived):
            order = sorted(range(len(flat)), key=lambda n: pairs[n][0])
            if all(_alike(named[n], derived[pairs[n][0]]) for n in order):
                after = before
            else:
                after = self.tensor([named[n] for n in order])
                forward, backward = _renaming(pairs, shown)
                step = Substitute(before, after, forward, backward) if forward else Rewrite(before, after)
                self.steps.append(step)
        else:
            after = self.tensor(named)
            if after is not before:
                self.steps.append(Rewrite(before, after))
        lines = [self.tensor([p.substitute(shown) for p in stage]) for stage in stages]
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
            claim = closed_form[0] if closed_form else self.asked.claim
            self.steps.append(Recognise(after, lines[0], claim, introduced, whole))
        for claim in closed_form:
            body = Access(claim, self.at)
            self.steps.append(ClosedForm(lines[0], Comprehension(self.axes, self.position, body)))

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
        letters = {s: index_symbol(f"q{k}") for k, s in enumerate(self.position)}
        at = {symbol: Index.of(letter) for symbol, letter in letters.items()}
        sides, back = [], {letter.name: Index.of(symbol) for symbol, letter in letters.items()}
        for prefix, product in (("x", derived), ("y", claimed)):
            own = {s: index_symbol(f"{prefix}{k}") for k, (s, _) in enumerate(product.over)}
            back |= {letter.name: Index.of(symbol) for symbol, letter in own.items()}
            moved = product.substitute(at | {s: Index.of(letter) for s, letter in own.items()})
            body = substitute(moved.scalar(), {}, self._opaque)
            sides.append(Comprehension(self.axes, tuple(letters.values()), body))
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
        if isinstance(tensor, Comprehension) and (tensor in self.kept or self._is_winners(tensor)):
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
        own = {symbol.name for symbol in self.position}
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
                wanted[symbol] = self.names.unused(base, used)
                taken.add(wanted[symbol])
        for symbol, name in wanted.items():
            shown.setdefault(symbol, Index.of(index_symbol(name)))

    def _outer_first(self, operators: list[Comprehension]) -> list[Comprehension]:
        """Readers before what they read; of those that could come next, large sums last."""
        left, order = list(operators), list[Comprehension]()
        while left:
            free = [n for n in left if not any(n is not m and n in nodes(m) for m in left)]
            chosen = min(free, key=lambda node: (-_inside(node, left), _bound_count(node.body)))
            order.append(chosen)
            left.remove(chosen)
        return order

    def _claim_opens(self, closed: Collection[Tensor]) -> Callable[[Tensor], bool]:
        return lambda t: self._opens(t) and t not in closed and not self._is_winners(t)


def _named_after_axes(product: Product) -> Product:
    """An index with a primed name is called after the axis that it runs through, if it has a name."""
    values: dict[Symbol, Index] = {}
    for factor in product.factors:
        for access in walk(factor):
            if isinstance(access, Access) and isinstance(access.tensor, Variable):
                names = index_names(access.tensor)
                for index, name, extent in zip(access.at, names, access.tensor.extents, strict=True):
                    symbol = index.symbol
                    grouped = symbol is not None and any(f"{symbol.name}'" == s.name for s, _ in product.over)
                    if symbol is not None and extent.symbol is not None and ("'" in symbol.name or grouped):
                        values.setdefault(symbol, Index.of(fresh_index(name)))
    return product.substitute({s: v for s, v in values.items() if s in dict(product.over)})


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
