"""From the layer to its derivative in index form: chain rule, Kronecker deltas, collapsing them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from symgrad.decide.presburger import Solver
from symgrad.decide.question import Question
from symgrad.decide.verdict import Scope
from symgrad.derive import partial, pulled_back
from symgrad.explain.index_names import (
    IndexNames,
    Spot,
    entry,
    named_after_axes,
    one_range_each,
    position_names,
)
from symgrad.explain.opening import depends, kept_results, with_winners
from symgrad.explain.products import Product, collapse, opened, simplified, total
from symgrad.explain.proof import (
    ChainRule,
    Collapse,
    Deltas,
    Forward,
    Independent,
    Insert,
    Rewrite,
    Step,
)
from symgrad.language.index import Index
from symgrad.language.notation import nodes
from symgrad.language.scalar import ONE, Access, Multiply, Scalar, Sum, add, multiply, reads
from symgrad.language.symbol import Symbol, index_symbol
from symgrad.language.tensor import Comprehension, Tensor, Variable, index_names

Found = Callable[[Tensor, Spot, list[Product]], Tensor | None]
"""Asked with each intermediate derivative: the closed form that it is already known by, if any."""


class Derivation:
    """The steps from a question to the derivative; `steps` grows as it goes on."""

    def __init__(self, asked: Question, scope: Scope) -> None:
        self.asked = asked
        self.solver = Solver(scope.constraints)
        self.needed = depends(asked.z, asked.wrt)
        self.kept = kept_results(asked)
        known = (*nodes(asked.z), *nodes(asked.claim))
        tensors = {node.name for node in known if isinstance(node, Variable)}
        if isinstance(asked.cotangent, Variable):
            tensors.add(asked.cotangent.name)
        self.names = IndexNames(tensors | {symbol.name for symbol in asked.sizes})
        self.steps: list[Step] = []
        self.forms: dict[Tensor, Comprehension] = {}
        self.derivatives: dict[Tensor, Comprehension] = {}
        self.seeds: dict[Tensor, Tensor] = {}
        self.levels = [
            node for node in nodes(asked.z) if isinstance(node, Comprehension) and self.is_level(node)
        ]
        self.spot = self._spot()

    def is_level(self, node: Tensor) -> bool:
        """Whether the chain rule stops at a tensor: the layer, and what keeps a name."""
        return node is self.asked.z or node in self.kept

    def opens(self, tensor: Tensor) -> bool:
        """Whether the definition of a tensor is put in."""
        given = (self.asked.wrt, self.asked.cotangent)
        return (
            isinstance(tensor, Comprehension)
            and tensor not in self.kept
            and not any(tensor is one for one in given)
        )

    def _spot(self) -> Spot:
        asked = self.asked
        if asked.wrt is not None:
            return Spot.of(asked.wrt, position_names(asked.z, asked.wrt, self.names, self.opens))
        named: list[str] = []
        for name in index_names(asked.z):
            named.append(self.names.unused(name, named))
        return Spot.of(asked.z, named)

    def derivative(self, found: Found) -> list[Product]:
        """The derivative at `spot` as products; what is compared instead where there is none to take."""
        forwards = [self._forward(node) for node in self.levels]
        self.steps += reversed(forwards)
        asked = self.asked
        if asked.wrt is None:
            return self._at_spot()
        if asked.z is asked.wrt:
            products = [Product(factors=(self._seed(asked.z, self.spot.at),))]
            self.steps.append(ChainRule(asked.derived, self.spot.tensor(products), asked.wrt))
            return products
        if asked.z not in self.needed:
            zero = self.spot.tensor([])
            self.steps.append(Independent(asked.derived, zero, asked.wrt, asked.z))
            return []
        for target in self.levels[1:]:
            if target in self.needed:
                names = position_names(asked.z, target, self.names, self.opens)
                spot = Spot.of(target, names)
                known = found(target, spot, self._derivative(target, spot))
                if known is not None:
                    self.seeds[target] = known
        return self._insert(self._derivative(asked.wrt, self.spot))

    # -- forward ----------------------------------------------------------------------------------
    def _forward(self, node: Comprehension) -> Step:
        taken: set[str] = set()
        named = []
        for symbol, extent in zip(node.indices, node.extents, strict=True):
            named.append(self.names.ranging(symbol.name, extent, taken))
            taken.add(named[-1])
        spot = Spot.of(node, named)
        products = opened(Access(node, spot.at), lambda t: t is node or self.opens(t))
        products = [one_range_each(named_after_axes(p), self.names, taken) for p in products]
        products = [simplified(p, self.solver, spot.ranges) for p in self.names.shown(products, taken)]
        self.forms[node] = spot.tensor(products)
        return Forward(node, self.forms[node])

    def _at_spot(self) -> list[Product]:
        form = self.forms[self.asked.z]
        values = dict(zip(form.indices, self.spot.at, strict=True))
        products = [p.substitute(values) for p in opened(form.body, lambda _: False)]
        shown = self.names.shown(products, self.spot.names)
        after = self.spot.tensor(shown)
        if after is not form:
            self.steps.append(Rewrite(form, after))
        return shown

    # -- one level --------------------------------------------------------------------------------
    def _derivative(self, target: Tensor, spot: Spot) -> list[Product]:
        """∂J/∂target by the chain rule over the levels that read it, collapsed."""
        chained: list[Scalar] = []
        deltas: list[Step] = []
        inserted: list[Product] = []
        for level in self._readers(target):
            own, own_ranges, jacobian, step = self._partial(level, target, spot)
            seed = self._seed(level, own)
            term = multiply(seed, Access(jacobian, (*own, *spot.at)))
            chained.append(Sum(own_ranges, term) if own_ranges else term)
            deltas.append(step)
            for product in opened(jacobian.body, lambda _: False):
                constant, factors = product.without_constant()
                whole = multiply(constant, seed, *factors)
                parts = whole.factors if isinstance(whole, Multiply) else (whole,)
                named = {fresh: Index.of(index_symbol(fresh.name)) for fresh, _ in product.over}
                inserted.append(
                    Product(own_ranges + product.over, product.conditions, parts).substitute(named)
                )
        start = Comprehension(target.axes, spot.indices, add(*chained))
        self.steps.append(ChainRule(pulled_back(self.asked.z, target, self.asked.cotangent), start, target))
        self.steps += deltas
        collapsed = [collapse(product, self.solver, spot.ranges) for product in inserted]
        results = [result for result, _ in collapsed]
        equations = [equation for _, done in collapsed for equation in done]
        # a name that stands for different things in different products is not said to be one of them
        both = list(zip(inserted, [done for _, done in collapsed], strict=True))
        equations = [
            e for e in equations if all(e in done or e.symbol not in dict(p.over) for p, done in both)
        ]
        results = self.names.shown(results, spot.names)  # primes that have become needless go
        after = spot.tensor(results)
        self.steps.append(Collapse(start, after, spot.tensor(inserted), tuple(dict.fromkeys(equations))))
        self.derivatives[target] = after
        return results

    def _readers(self, target: Tensor) -> Iterator[Comprehension]:
        for level in self.levels:
            if level is not target and level in self.needed and target in set(reads(self.forms[level].body)):
                yield level

    def _partial(
        self, level: Comprehension, target: Tensor, spot: Spot
    ) -> tuple[tuple[Index, ...], tuple[tuple[Symbol, Index], ...], Comprehension, Step]:
        """∂level/∂target at names of its own: where, over which ranges, and the tensor of it."""
        form = self.forms[level]
        own: list[Symbol] = []
        taken = spot.names
        for symbol in form.indices:
            own.append(index_symbol(self.names.unused(symbol.name, taken)))
            taken.append(own[-1].name)
        at = entry(own, level.extents)
        ranges = tuple(pair for pair in zip(own, level.extents, strict=True) if pair[1] != 1)
        values = dict(zip(form.indices, map(Index.of, own), strict=True))
        renamed = [p.substitute(values) for p in opened(form.body, lambda _: False)]
        moved = Comprehension(form.axes, tuple(own), total(self.names.shown(renamed, taken)))
        raw = partial(moved, target, spot.indices)
        body = with_winners(raw.body, level, at)
        products = self.names.shown(opened(body, lambda _: False), taken)
        products = [simplified(p, self.solver, (*spot.ranges, *ranges)) for p in products]
        jacobian = Comprehension(raw.axes, raw.indices, total(products), raw.call)
        return at, ranges, jacobian, Deltas(raw, jacobian, level, target)

    def _seed(self, level: Tensor, at: tuple[Index, ...]) -> Scalar:
        if level is self.asked.z:
            return ONE if self.asked.cotangent is None else Access(self.asked.cotangent, at)
        return Access(self.seeds.get(level, self.derivatives[level]), at)

    def _insert(self, products: list[Product]) -> list[Product]:
        """Derivatives by intermediate results are put in, where no closed form stands for them."""
        before = self.spot.tensor(products)
        earlier = list(self.derivatives.values())
        found = [t for t in dict.fromkeys(reads(before.body)) if t in earlier]
        if not found:
            return products
        result = self.names.shown(opened(total(products), lambda t: t in found), self.spot.names)
        result = [collapse(p, self.solver, self.spot.ranges)[0] for p in result]
        self.steps.append(Insert(before, self.spot.tensor(result), found[0]))
        return result
