"""Finding where a certificate needs more than the laws of arithmetic, as the decision procedure does.

Every product is rewritten by the laws until none applies; each rewriting adds a sum to the left side
that is 0. Nothing found here is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symgrad.certify.as_data import coefficient_and_entries, index_data, places_data, scalar_data
from symgrad.certify.form import only
from symgrad.certify.recheck import (
    Expansion,
    Index,
    Key,
    Product,
    Rejected,
    Scalar,
    Statement,
    Use,
    name,
    plain,
    put,
)

STEPS = 400
"""The most rewritings of one certificate."""

Read = tuple[Key, tuple[Index, ...]]


class Rewriting:
    """Rewrites products of one side; `found` are the uses of laws as data, `products` what they add."""

    def __init__(self, stated: Statement) -> None:
        self.stated = stated
        self.found: list[dict[str, Any]] = []
        self.products: list[Product] = []
        self._forms = _forms(stated)
        self._leads: dict[str, tuple[tuple[str, ...], list[Product], int] | None] = {}

    def rewrite(self, products: Sequence[Product]) -> None:
        """Rewrite what is on the left side more than on the right. Raises Rejected where there is no end to
        it."""
        work = [(-1, product) for product in reversed(products)]
        while work:
            sign, product = work.pop()
            more = self._once(sign, product)
            if more is not None:
                work += [(-1, p) for p in reversed(more)]
            if len(self.found) > STEPS:
                raise Rejected(f"more than {STEPS} uses of laws")

    def _once(self, sign: int, product: Product) -> list[Product] | None:
        """What is left on the left side after one rewriting; None if none applies."""
        applied = [k for k, (key, _) in enumerate(product.reads) if len(key) == 3 and not key[1]]
        for rule in (self._exchanged, self._inverse, self._cancelled, self._steps, self._apart, self._same):
            for place in applied:
                found = rule(sign, product, place)
                if found is not None:
                    return found
        return self._summed(sign, product) or self._counted(sign, product)

    # -- one use ----------------------------------------------------------------------------------
    def _drawn(self, law: list[Any], times: Product) -> list[Product]:
        """What a use adds, whatever the coefficient of `times` is."""
        scope = self.stated.sizes.union(self.stated.position, times.bound)
        plain_use = Use(
            self.stated.law(law, scope),
            list(times.bound.items()),
            times.guard,
            coefficient_and_entries(Product(reads=times.reads)),
        )
        scope_of_position = {n: name(n) for n in self.stated.position}
        return Expansion(self.stated).products(plain_use.scalar, scope_of_position)

    def _use(self, law: list[Any], times: Product, drawn: list[Product] | None = None) -> list[Product]:
        """Add a use; its products, as they come."""
        over = [[n, index_data(extent)] for n, extent in times.bound.items()]
        when = [[index_data(c), relation] for c, relation in times.guard]
        self.found.append(
            {"law": law, "over": over, "when": when, "times": scalar_data(coefficient_and_entries(times))}
        )
        drawn = self._drawn(law, times) if drawn is None else drawn
        factor = Product(times.value, times.powers)
        made = []
        for one in drawn:
            whole = factor.times(one)
            whole.shape = one.shape
            made.append(whole)
        self.products += made
        return made

    def _replaced(
        self, sign: int, law: list[Any], times: Product, product: Product, which: int
    ) -> list[Product]:
        """A use of a law in which one product is the given one with the other sign: the others.

        `times` has the entries, indices and conditions that it should, whatever its coefficient is.
        """
        drawn = self._drawn(law, times)
        powers = dict(product.powers)
        for base, exponent in drawn[which].powers.items():
            powers[base] = powers.get(base, 0) - exponent
        powers = {base: exponent for base, exponent in powers.items() if exponent}
        value = sign * product.value / drawn[which].value
        made = self._use(law, Product(value, powers, times.reads, times.bound, times.guard), drawn)
        return made[:which] + made[which + 1 :]

    def _without(self, product: Product, *places: int) -> Product:
        reads = [read for k, read in enumerate(product.reads) if k not in places]
        return Product(product.value, dict(product.powers), reads, dict(product.bound), list(product.guard))

    def _function(self, read: Read, *names: str) -> str | None:
        """The tensor that one of these functions is taken of in an entry."""
        key = read[0]
        return key[2] if len(key) == 3 and key[0] in names and key[1] == 0 else None

    # -- rules ------------------------------------------------------------------------------------
    def _cancelled(self, sign: int, product: Product, place: int) -> list[Product] | None:
        """A summand of t times reciprocal(t), in terms of the other summands."""
        tensor = self._function(product.reads[place], "reciprocal")
        lead = None if tensor is None else self._lead(tensor)
        if tensor is None or lead is None:
            return None
        indices, summands, which = lead
        at = product.reads[place][1]
        values = dict(zip(indices, at, strict=True))
        rest = self._without(product, place)
        one = summands[which]
        wanted = [(key, tuple(put(index, values) for index in there)) for key, there in one.reads]
        for left, bound in _divisions(wanted, rest.reads, set(one.bound), {}):
            names = [next(iter(index))[0] for index in bound.values()]
            ranges = {n: put(extent, values) for n, extent in one.bound.items()}
            if len(bound) != len(one.bound) or len(set(names)) != len(names):
                continue
            if any(product.bound.get(x) != ranges[n] for n, x in zip(bound, names, strict=True)):
                continue
            times = Product(
                reads=left, bound={n: e for n, e in rest.bound.items() if n not in names}, guard=rest.guard
            )
            if not set(names) & _names(times, at):
                return self._replaced(sign, ["cancel", tensor, places_data(at)], times, product, which)
        return None

    def _lead(self, tensor: str) -> tuple[tuple[str, ...], list[Product], int] | None:
        """The summand by which a tensor is recognised: the one with the fewest sums and the most entries."""
        if tensor not in self._leads:
            self._leads[tensor] = None
            if tensor in self.stated.definitions:
                indices = self.stated.definitions[tensor].indices
            else:
                indices = tuple(f"i{k}" for k in range(len(self.stated.extents(tensor))))
            found = Expansion(self.stated).products(["read", tensor, [name(n) for n in indices]], {})
            ranked = sorted(range(len(found)), key=lambda k: (len(found[k].bound), -len(found[k].reads)))
            for which in ranked:
                if found[which].reads and not found[which].guard:
                    self._leads[tensor] = indices, found, which
                    break
        return self._leads[tensor]

    def _steps(self, sign: int, product: Product, place: int) -> list[Product] | None:
        """A step twice is one, and the step of u·step(u) that of u."""
        read = product.reads[place]
        tensor = self._function(read, "step")
        if tensor is None:
            return None
        at = places_data(read[1])
        if read in product.reads[place + 1 :]:
            second = product.reads.index(read, place + 1)
            return self._replaced(
                sign, ["step", tensor, at], self._without(product, place, second), product, 0
            )
        for ramp in (form[2] for form in self._forms if form[0] == "step" and form[2] != tensor):
            if self.stated.axes.get(ramp) == len(at):
                there = list(read[1])
                inside: Scalar = ["*", [["read", ramp, there], ["apply", "step", 0, ramp, there]]]
                if self._equal(["read", tensor, there], inside):
                    law = ["stepped", tensor, ramp, at]
                    return self._replaced(sign, law, self._without(product, place), product, 0)
        return None

    def _apart(self, sign: int, product: Product, place: int) -> list[Product] | None:
        """x⁻¹·B⁻¹ in terms of each, where B is c + m·x: (x⁻¹ - m·B⁻¹)/c."""
        tensor = self._function(product.reads[place], "reciprocal")
        lead = None if tensor is None else self._lead(tensor)
        if tensor is None or lead is None:
            return None
        indices, summands, which = lead
        if len(summands) != 2 or any(p.bound or p.powers or p.guard for p in summands):
            return None
        constant, linear = summands[1 - which], summands[which]
        if constant.reads or len(linear.reads) != 1:
            return None
        at = product.reads[place][1]
        values = dict(zip(indices, at, strict=True))
        key, there = linear.reads[0][0], tuple(put(index, values) for index in linear.reads[0][1])
        for second, (other, elsewhere) in enumerate(product.reads):
            inner = self._function((other, elsewhere), "reciprocal")
            if inner is None or self._alone(inner, elsewhere) != (key, there):
                continue
            rest = self._without(product, place, second)
            rest.value = sign * product.value / constant.value
            less, more = self._without(rest), self._without(rest)
            less.reads = [*rest.reads, (other, elsewhere)]
            made = self._use(["cancel", tensor, places_data(at)], less)
            more.value *= -linear.value
            more.reads = [*rest.reads, (product.reads[place][0], at)]
            made += self._use(["cancel", inner, places_data(elsewhere)], more)
            # all but x⁻¹ and B⁻¹ cancels: of the first -1·x⁻¹, of the second +m·B⁻¹ is left
            return [made[2], made[4]]
        return None

    def _alone(self, tensor: str, at: tuple[Index, ...]) -> Read | None:
        """The entry that a tensor's entry is, if it is nothing else."""
        found = Expansion(self.stated).products(["read", tensor, list(at)], {})
        one = found[0] if len(found) == 1 else Product()
        bare = one.value == 1 and not (one.powers or one.bound or one.guard)
        return one.reads[0] if bare and len(one.reads) == 1 else None

    def _same(self, sign: int, product: Product, place: int) -> list[Product] | None:
        """A function of the same as it was taken of before."""
        (function, _, tensor), there = product.reads[place]
        at = places_data(there)
        for other, order, known in self._forms:
            if known == tensor:
                return None
            alike = other == function and not order and self.stated.axes.get(known) == len(at)
            if alike and self._equal(["read", tensor, list(there)], ["read", known, list(there)]):
                law = ["same", function, tensor, at, known, at]
                return self._replaced(sign, law, self._without(product, place), product, 0)
        return None

    def _equal(self, one: Scalar, other: Scalar) -> bool:
        found = plain(one, self.stated)
        return found is not None and found == plain(other, self.stated)

    def _exchanged(self, sign: int, product: Product, place: int) -> list[Product] | None:
        """exp(z)/Σ exp(z) by exp(t)/Σ exp(t), where t is z but for what is the same for all of its sum."""
        key, at = product.reads[place]
        second = next((k for k, (other, _) in enumerate(product.reads) if other[0] == "reciprocal"), None)
        if second is None or key[0] != "exp":
            return None
        inner, there = product.reads[second][0][2], product.reads[second][1]
        for form in self._later(inner):
            later = form[2]
            if any(other == form for other, _ in product.reads):
                continue
            lead, former = self._lead(later), self._lead(inner)
            if lead is None or former is None or self.stated.axes[later] != len(there):
                continue
            if len(former[1]) != 1 or len(lead[1]) != 1:
                continue
            (ours,), (theirs,) = former[1], lead[1]
            if len(ours.reads) != 1 or len(theirs.reads) != 1 or ours.reads[0][0] != key:
                continue
            other = theirs.reads[0][0]
            if len(other) != 3 or other[0] != "exp" or len(theirs.bound) != 1:
                continue
            before = len(self.found), len(self.products)
            (drawn,) = self._replaced(
                sign, ["cancel", later, places_data(there)], self._without(product), product, 1
            )
            found = next(k for k, (drawn_key, _) in enumerate(drawn.reads) if drawn_key == other)
            k_at = drawn.reads[found][1]
            ways = ((key[2], at), (other[2], k_at)), ((other[2], at), (key[2], k_at))
            if not self._equal(*(["+", [["read", t, list(i)] for t, i in way]] for way in ways)):
                del self.found[before[0] :], self.products[before[1] :]
                continue
            mine = drawn.reads.index((key, at))
            law = ["exponents", *([[t, places_data(i)] for t, i in way] for way in ways)]
            return self._replaced(-1, law, self._without(drawn, mine, found), drawn, 0)
        return None

    def _later(self, tensor: str) -> list[tuple[str, int, str]]:
        """What else is divided by, after a tensor that is."""
        forms = [form for form in self._forms if form[0] == "reciprocal"]
        return forms[[form[2] for form in forms].index(tensor) + 1 :]

    def _inverse(self, sign: int, product: Product, place: int) -> list[Product] | None:
        """exp(z)/S by exp(t)·exp(log S)/S, where z is t + log S."""
        key, at = product.reads[place]
        second = next((k for k, (other, _) in enumerate(product.reads) if other[0] == "reciprocal"), None)
        if second is None or key[0] != "exp":
            return None
        whole, there = product.reads[second][0][2], list(product.reads[second][1])
        log = ["apply", "log", 0, whole, there]
        for form in self._forms:
            if form[0] != "exp" or any(other == form for other, _ in product.reads):
                continue
            for tensor, definition in self.stated.definitions.items():
                entry: Scalar = ["read", tensor, there]
                if len(definition.indices) != len(there) or not self._equal(entry, log):
                    continue
                if not self._equal(["read", key[2], list(at)], ["+", [["read", form[2], list(at)], entry]]):
                    continue
                law = [
                    "exponents",
                    [[key[2], places_data(at)]],
                    [[form[2], places_data(at)], [tensor, places_data(there)]],
                ]
                (drawn,) = self._replaced(sign, law, self._without(product, place), product, 0)
                k = next(k for k, (other, _) in enumerate(drawn.reads) if other == ("exp", 0, tensor))
                inverse = ["inverse", tensor, whole, places_data(there)]
                return self._replaced(-1, inverse, self._without(drawn, k), drawn, 0)
        return None

    def _summed(self, sign: int, product: Product) -> list[Product] | None:
        """An input that sums to one."""
        for number, (tensor, axes) in enumerate(self.stated.hypotheses):
            for place, (key, at) in enumerate(product.reads):
                if key != (tensor,):
                    continue
                names = [only(at[axis]) for axis in axes]
                extents = [self.stated.extents(tensor)[axis] for axis in axes]
                if any(product.bound.get(n) != e for n, e in zip(names, extents, strict=True)):
                    continue
                times = self._without(product, place)
                times.bound = {n: e for n, e in times.bound.items() if n not in names}
                free = tuple(index for axis, index in enumerate(at) if axis not in axes)
                if not set(names) & _names(times, free):
                    return self._replaced(sign, ["hypothesis", number, places_data(free)], times, product, 0)
        return None

    def _counted(self, sign: int, product: Product) -> list[Product] | None:
        """Indices that nothing depends on contribute their extents."""
        needed = _names(product, ())
        free = {n: extent for n, extent in product.bound.items() if n not in needed and extent != {(): 1}}
        if not free:
            return None
        times = self._without(product)
        times.bound = {n: extent for n, extent in times.bound.items() if n not in free}
        return self._replaced(sign, ["count", places_data([*free.values()])], times, product, 0)


def _forms(stated: Statement) -> dict[tuple[str, int, str], None]:
    """Which functions are taken of what: function, order and tensor, in order of first use."""
    found: dict[tuple[str, int, str], None] = {}

    def inside(node: Any) -> None:
        match node:
            case ["apply", function, order, tensor, _]:
                found.setdefault((function, order, tensor))
            case list():
                for inner in node:
                    inside(inner)

    for best in stated.maxima.values():
        inside(best.body)
        inside(stated.changed(best.body) if stated.wrt is not None else None)
    for tensor, definition in stated.definitions.items():
        inside(definition.body)
        inside(stated.moves(tensor) if stated.wrt is not None else None)
    return found


def _divisions(
    wanted: list[Read], reads: list[Read], bound: set[str], values: Mapping[str, Index]
) -> Iterator[tuple[list[Read], dict[str, Index]]]:
    """Ways to take wanted entries out of others, with values of the bound names: what is left, and those."""
    if not wanted:
        yield reads, dict(values)
        return
    (key, at), *others = wanted
    for place, (other, there) in enumerate(reads):
        if other != key:
            continue
        found = dict(values)
        for index, index_there in zip(at, there, strict=True):
            symbol = only(index)
            if symbol in bound and symbol not in found and only(index_there):
                found[symbol] = index_there
            elif put(index, found) != index_there:
                break
        else:
            yield from _divisions(others, reads[:place] + reads[place + 1 :], bound, found)


def _names(product: Product, at: tuple[Index, ...]) -> set[str]:
    """The names that a product, or a place beside it, depends on."""
    indices = [*at, *product.bound.values(), *(c for c, _ in product.guard)]
    indices += [index for _, there in product.reads for index in there]
    indices += [dict(base) for base in product.powers]
    return {n for index in indices for monomial in index for n in monomial}
