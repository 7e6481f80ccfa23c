"""The laws that a certificate uses, in Coq: premises of the theorem, and sums that are 0 by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from symgrad.certify.coq_text import Scalars, index_text
from symgrad.certify.recheck import Statement, Use

_STEP = "(forall x, {f} x * {f} x = {f} x) ->"
_EXPONENTS = "(forall x y, {f} (x + y) = {f} x * {f} y) ->"
_STEPPED = "(forall x, {f} (x * {f} x) = {f} x) ->"


class Premises:
    """What a theorem assumes of functions and of the values of inputs: what its proof uses, and no more."""

    def __init__(self, stated: Statement, uses: Sequence[Any], scalars: Scalars) -> None:
        self.stated = stated
        self.scalars = scalars
        self.tensors: list[str] = []
        self._named: dict[tuple[str, ...], tuple[str, str]] = {}
        for number in range(len(stated.hypotheses)):
            self._add(("hypothesis", str(number)))
        self._laws = [use["law"] for use in uses]
        for law in self._laws:
            if law[0] == "cancel":
                self._add((law[0], law[1]))
            elif law[0] == "inverse":
                self._add((law[0], law[1], law[2]))
            elif law[0] in ("step", "stepped", "exponents"):
                self._add((law[0],))

    @property
    def names(self) -> list[str]:
        """How the premises are called in a proof."""
        return [called for called, _ in self._named.values()]

    def lines(self) -> Iterator[str]:
        """The premises, before what the theorem says."""
        for _, line in self._named.values():
            yield f"  {line}"

    def _add(self, key: tuple[str, ...]) -> None:
        if key in self._named:
            return
        match key:
            case ("step",):
                line = _STEP.format(f=self._function("step"))
            case ("exponents",):
                line = _EXPONENTS.format(f=self._function("exp"))
            case ("stepped",):
                line = _STEPPED.format(f=self._function("step"))
            case ("hypothesis", number):
                tensor, axes = self.stated.hypotheses[int(number)]
                free = [k for k in range(len(self.stated.extents(tensor))) if k not in axes]
                line = self._everywhere(["hypothesis", int(number)], tensor, free)
            case ("inverse", tensor, other):
                self.tensors += [tensor, other]
                line = self._everywhere(list(key), other, range(len(self.stated.extents(other))))
            case (law, tensor):
                self.tensors.append(tensor)
                line = self._everywhere([law, tensor], tensor, range(len(self.stated.extents(tensor))))
        self._named[key] = f"known_{'_'.join(key)}", line

    def _function(self, function: str) -> str:
        self.scalars.functions[function] = None
        return function

    def _everywhere(self, law: list[Any], tensor: str, axes: Sequence[int]) -> str:
        """A law at every place of a tensor."""
        extents = self.stated.extents(tensor)
        taken = {*self.stated.least, *self.stated.floors, *self.stated.tensors, *self.stated.definitions}
        definition = self.stated.definitions.get(tensor)
        names = [f"j{axis}" for axis in axes] if definition is None else [definition.indices[k] for k in axes]
        while taken & {*names}:
            names = [f"{n}'" for n in names]
        made = self.stated.law([*law, [[[1, [n]]] for n in names]], self.stated.sizes.union(names))
        left, right = self.scalars.text(made.left, {}, 1), self.scalars.text(made.right, {}, 1)
        if not names:
            return f"{left} = {right} ->"
        ranges = [f"(0 <= {n} < {index_text(extents[axis])})%Z" for n, axis in zip(names, axes, strict=True)]
        return f"(forall {' '.join(names)}, {' -> '.join(ranges)} -> {left} = {right}) ->"

    # -- what is 0 --------------------------------------------------------------------------------
    def proof(self, uses: Sequence[Use], unfolded: Sequence[str]) -> Iterator[str]:
        """The tactics that add every use to the left side."""
        if self.names:
            yield f"  intros {' '.join(self.names)}."
        for use, law in zip(uses, self._laws, strict=True):
            yield f"  apply (adding ({self.scalars.text(use.scalar, {}, 0)}))."
            steps = " ".join(f"vanishing_over {n}." for n, _ in use.over)
            yield f"  {{ {steps} vanishing. {self._by(law, unfolded)} }}".replace("{  ", "{ ")

    def _by(self, law: list[Any], unfolded: Sequence[str]) -> str:
        match law:
            case ["cancel", tensor, at]:
                return f"apply ({' '.join([self._named['cancel', tensor][0], *map(_place, at)])}); lia."
            case ["hypothesis", number, at]:
                known = self._named["hypothesis", str(number)][0]
                return f"apply ({' '.join([known, *map(_place, at)])}); lia."
            case ["step", *_]:
                return f"apply {self._named[('step',)][0]}."
            case ["stepped", *_]:
                known = self._named[("stepped",)][0]
                return f"unfold pointwise. etransitivity; [|apply {known}]. {_same(unfolded)}"
            case ["inverse", tensor, other, at]:
                known = self._named["inverse", tensor, other][0]
                return f"apply ({' '.join([known, *map(_place, at)])}); lia."
            case ["exponents", *_]:
                return f"unfold pointwise. rewrite <- !{self._named[('exponents',)][0]}. {_same(unfolded)}"
            case ["count", _]:
                return "count_ranges."
        return f"unfold pointwise. {_same(unfolded)}"


def _same(unfolded: Sequence[str]) -> str:
    return f"f_equal; same_numbers ltac:(unfold {', '.join(reversed(unfolded))})."


def _place(index: Any) -> str:
    return f"({index_text({tuple(sorted(names)): coefficient for coefficient, names in index})})%Z"
