"""Finding where a certificate needs more than the laws of arithmetic, as the decision procedure does.

Every product is rewritten by the laws until none applies; each rewriting adds a sum to the left side
that is 0. Nothing found here is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from symgrad.certify.change import changed
from symgrad.certify.laws import use_from
from symgrad.certify.products import Expansion, Product, applied, sides
from symgrad.certify.statement import (
    Index,
    Rejected,
    Scalar,
    Statement,
    index_data,
    name,
    put,
    statement_from,
)

STEPS = 400
"""The most rewritings of one certificate."""

Read = tuple[str, tuple[Index, ...]]


def uses_for(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The laws that a statement needs, as they are used. Raises Rejected where there are too many."""
    return _Rewriting(statement_from(data)).uses()


class _Rewriting:
    def __init__(self, stated: Statement) -> None:
        self.stated = stated
        self.expansion = Expansion(stated)
        self.place = stated.definitions[stated.forward].indices if stated.wrt is None else ()
        self.expansion.taken |= {*self.place}
        self.scope = {n: name(n) for n in self.place}
        self.found: list[dict[str, Any]] = []
        self.forms = _forms(stated)
        self.leads: dict[str, tuple[tuple[str, ...], list[Product], int] | None] = {}

    def uses(self) -> list[dict[str, Any]]:
        left, right, _ = sides(self.stated)
        work = [(-1, p) for p in reversed(left)] + [(1, p) for p in reversed(right)]
        for _, product in work:
            self.expansion.taken |= set(product.bound)
        while work:
            sign, product = work.pop()
            more = self._once(sign, product)
            if more is not None:
                work += [(-1, p) for p in reversed(more)]
            if len(self.found) > STEPS:
                raise Rejected(f"more than {STEPS} uses of laws")
        return self.found

    def _once(self, sign: int, product: Product) -> list[Product] | None:
        """What is left on the left side after one rewriting; None if none applies."""
        for rule in (self._cancelled, self._steps, self._apart, self._same):
            for place in range(len(product.reads)):
                found = rule(sign, product, place)
                if found is not None:
                    return found
        return self._summed(sign, product) or self._counted(sign, product)

    # -- one use ----------------------------------------------------------------------------------
    def _use(self, law: list[Any], times: Product) -> list[Product]:
        """Add a use; its products, as they come."""
        over = [[n, index_data(extent)] for n, extent in times.bound.items()]
        when = [[index_data(c), relation] for c, relation in times.guard]
        made = {"law": law, "over": over, "when": when, "times": self._scalar(times)}
        scalar = use_from(made, self.stated, self.place).scalar
        self.found.append(made)
        return self.expansion.products(scalar, self.scope)

    def _scalar(self, product: Product) -> Scalar:
        powers = [[index_data(dict(base)), exponent] for base, exponent in product.powers.items()]
        factors: list[Scalar] = []
        if product.value != 1 or powers or not product.reads:
            factors.append(["number", str(product.value), powers])
        factors += [self._entry(key, _data(at)) for key, at in product.reads]
        return factors[0] if len(factors) == 1 else ["*", factors]

    def _entry(self, key: str, at: list[Any]) -> Scalar:
        if key not in self.forms:
            return (
                ["selected", key.removesuffix(" selected"), at]
                if key.endswith(" selected")
                else ["read", key, at]
            )
        function, order, tensor = self.forms[key]
        return ["apply", function, order, tensor, at]

    def _replaced(
        self, sign: int, law: list[Any], times: Product, product: Product, which: int
    ) -> list[Product]:
        """A use of a law in which one product is the given one with the other sign: the others.

        `times` has the entries, indices and conditions that it should, whatever its coefficient is.
        """
        plain = Product(reads=times.reads, bound=times.bound, guard=times.guard)
        drawn = self._use(law, plain)[which]
        self.found.pop()
        powers = dict(product.powers)
        for base, exponent in drawn.powers.items():
            powers[base] = powers.get(base, 0) - exponent
        plain.powers = {base: exponent for base, exponent in powers.items() if exponent}
        plain.value = sign * product.value / drawn.value
        made = self._use(law, plain)
        return made[:which] + made[which + 1 :]

    def _without(self, product: Product, *places: int) -> Product:
        reads = [read for k, read in enumerate(product.reads) if k not in places]
        return Product(product.value, dict(product.powers), reads, dict(product.bound), list(product.guard))

    def _function(self, read: Read, *names: str) -> str | None:
        """The tensor that one of these functions is taken of in an entry."""
        form = self.forms.get(read[0])
        return form[2] if form is not None and form[0] in names and form[1] == 0 else None

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
                return self._replaced(sign, ["cancel", tensor, _data(at)], times, product, which)
        return None

    def _lead(self, tensor: str) -> tuple[tuple[str, ...], list[Product], int] | None:
        """The summand by which a tensor is recognised: the one with the fewest sums and the most entries."""
        if tensor not in self.leads:
            self.leads[tensor] = None
            if tensor in self.stated.definitions:
                indices = self.stated.definitions[tensor].indices
            else:
                indices = tuple(f"i{k}" for k in range(len(self.stated.extents(tensor))))
            at = [[[1, [n]]] for n in indices]
            found = Expansion(self.stated).products(["read", tensor, at], {n: name(n) for n in indices})
            ranked = sorted(range(len(found)), key=lambda k: (len(found[k].bound), -len(found[k].reads)))
            for which in ranked:
                if found[which].reads and not found[which].guard:
                    self.leads[tensor] = indices, found, which
                    break
        return self.leads[tensor]

    def _steps(self, sign: int, product: Product, place: int) -> list[Product] | None:
        """A step twice is one, and the step of u·step(u) that of u."""
        read = product.reads[place]
        tensor = self._function(read, "step")
        if tensor is None:
            return None
        at = _data(read[1])
        if read in product.reads[place + 1 :]:
            second = product.reads.index(read, place + 1)
            return self._replaced(
                sign, ["step", tensor, at], self._without(product, place, second), product, 0
            )
        for ramp in (form[2] for form in self.forms.values() if form[0] == "step" and form[2] != tensor):
            if len(self.stated.extents(ramp)) == len(at):
                inside: Scalar = ["*", [["read", ramp, at], ["apply", "step", 0, ramp, at]]]
                if self._equal(["read", tensor, at], inside):
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
            made = self._use(["cancel", tensor, _data(at)], less)
            more.value *= -linear.value
            more.reads = [*rest.reads, (product.reads[place][0], at)]
            made += self._use(["cancel", inner, _data(elsewhere)], more)
            # all but x⁻¹ and B⁻¹ cancels: of the first -1·x⁻¹, of the second +m·B⁻¹ is left
            return [made[2], made[4]]
        return None

    def _alone(self, tensor: str, at: tuple[Index, ...]) -> Read | None:
        """The entry that a tensor's entry is, if it is nothing else."""
        found = self.expansion.products(
            ["read", tensor, _data(at)], {n: name(n) for i in at for m in i for n in m}
        )
        one = found[0] if len(found) == 1 else Product()
        plain = one.value == 1 and not (one.powers or one.bound or one.guard)
        return one.reads[0] if plain and len(one.reads) == 1 else None

    def _same(self, sign: int, product: Product, place: int) -> list[Product] | None:
        """A function of the same as it was taken of before."""
        form = self.forms.get(product.reads[place][0])
        if form is None or form[1]:
            return None
        function, _, tensor = form
        at = _data(product.reads[place][1])
        for other, order, known in self.forms.values():
            if known == tensor:
                return None
            alike = other == function and not order and len(self.stated.extents(known)) == len(at)
            if alike and self._equal(["read", tensor, at], ["read", known, at]):
                law = ["same", function, tensor, at, known, at]
                return self._replaced(sign, law, self._without(product, place), product, 0)
        return None

    def _equal(self, one: Scalar, other: Scalar) -> bool:
        sums = []
        for scalar in (one, other):
            names = {n: name(n) for index in one[2] for _, monomial in index for n in monomial}
            found: dict[str, Any] = {}
            for p in self.expansion.products(scalar, names):
                if p.bound or p.guard:
                    return False
                key = repr(
                    (
                        sorted((k, [sorted(i.items()) for i in at]) for k, at in p.reads),
                        sorted(p.powers.items()),
                    )
                )
                found[key] = found.get(key, 0) + p.value
            sums.append({key: value for key, value in found.items() if value})
        return sums[0] == sums[1]

    def _summed(self, sign: int, product: Product) -> list[Product] | None:
        """An input that sums to one."""
        for number, (tensor, axes) in enumerate(self.stated.hypotheses):
            for place, (key, at) in enumerate(product.reads):
                if key != tensor:
                    continue
                names = [_only(at[axis]) for axis in axes]
                extents = [self.stated.extents(tensor)[axis] for axis in axes]
                if any(product.bound.get(n) != e for n, e in zip(names, extents, strict=True)):
                    continue
                times = self._without(product, place)
                times.bound = {n: e for n, e in times.bound.items() if n not in names}
                free = tuple(index for axis, index in enumerate(at) if axis not in axes)
                if not set(names) & _names(times, free):
                    return self._replaced(sign, ["hypothesis", number, _data(free)], times, product, 0)
        return None

    def _counted(self, sign: int, product: Product) -> list[Product] | None:
        """An index that nothing depends on contributes its extent."""
        for symbol, extent in product.bound.items():
            times = self._without(product)
            del times.bound[symbol]
            if symbol not in _names(times, ()) and extent != {(): 1}:
                return self._replaced(sign, ["count", index_data(extent)], times, product, 0)
        return None


def _forms(stated: Statement) -> dict[str, tuple[str, int, str]]:
    """What the names of entries of functions say: function, order and tensor, in order of first use."""
    found: dict[str, tuple[str, int, str]] = {}

    def inside(node: Any) -> None:
        match node:
            case ["apply", str(function), int(order), str(tensor), _]:
                found.setdefault(applied(function, order, tensor), (function, order, tensor))
            case list():
                for inner in node:
                    inside(inner)

    bodies = [best.body for best in stated.maxima.values()]
    for body in bodies + [d.body for d in stated.definitions.values()]:
        inside(body)
        if stated.wrt is not None:
            inside(changed(body, stated) or [])
    for tensor in (*stated.definitions, *stated.tensors):
        found.setdefault(applied("reciprocal", 0, tensor), ("reciprocal", 0, tensor))
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
            symbol = _only(index)
            if symbol in bound and symbol not in found and _only(index_there):
                found[symbol] = index_there
            elif put(index, found) != index_there:
                break
        else:
            yield from _divisions(others, reads[:place] + reads[place + 1 :], bound, found)


def _only(index: Index) -> str:
    """The name that an index is, or nothing."""
    ((monomial, coefficient),) = index.items() if len(index) == 1 else (((), 0),)
    return monomial[0] if coefficient == 1 and len(monomial) == 1 else ""


def _names(product: Product, at: tuple[Index, ...]) -> set[str]:
    """The names that a product, or a place beside it, depends on."""
    indices = [*at, *product.bound.values(), *(c for c, _ in product.guard)]
    indices += [index for _, there in product.reads for index in there]
    indices += [dict(base) for base in product.powers]
    return {n for index in indices for monomial in index for n in monomial}


def _data(at: tuple[Index, ...]) -> list[Any]:
    return [index_data(index) for index in at]
