"""Source from rules and tensors, and from proved ones only."""

from __future__ import annotations

from collections.abc import Sequence

from symgrad.catalogue import Rule
from symgrad.decide.decision import decide, small_sizes
from symgrad.decide.nowhere import without_a_value
from symgrad.decide.presburger import OutOfBudget, Solver
from symgrad.decide.question import Question
from symgrad.decide.verdict import Proved, Scope
from symgrad.decide.wellformed import violations
from symgrad.emission.function import Emitted
from symgrad.emission.libraries import LIBRARIES
from symgrad.emission.signature import as_written
from symgrad.errors import EmissionError, NotProved
from symgrad.language.hypothesis import SumsToOne
from symgrad.language.index import Constraint, Index
from symgrad.language.notation import operator_text
from symgrad.language.tensor import Tensor, Variable

_NEVER = Constraint(Index.of(-1))


def emit(what: Rule | Tensor, to: str = "numpy", *, name: str | None = None, forward: bool = False) -> str:
    r"""Python source of a function that computes the closed form of a rule, or any tensor.

    what     a rule of the catalogue: its gradient, or with `forward` the layer; or a tensor
    to       the array library: "numpy" or "torch"
    name     the name of the function, by default that of the rule

    The parameters are the arrays, δ first and the others as the forward is written, then the functions of
    which nothing is known, σ and σ', and by keyword the sizes that no shape shows, strides and paddings with
    the value they usually have. A compound axis is one axis. The function has no loop in it, and raises
    ValueError for shapes and sizes that do not fit. Exponentials that are divided by their own sum are
    computed of \(z - \max z\); for others the function's docstring says from where on they overflow, and so
    it does where NumPy has no function and it is computed entry by entry.

    Raises NotProved for a rule that is not PROVED, and for a tensor that is not shown to have a meaning
    for every size; there is no source for a claim that may be wrong. Raises EmissionError for what cannot
    be written.

    >>> import symgrad as sg
    >>> H, K = sg.sizes("H K")
    >>> source = sg.emit(sg.correlate(sg.tensor("a", H), sg.tensor("w", K)), name="correlate")
    >>> print("\n".join(source.splitlines()[-8:]))
        (H,) = a.shape
        (K,) = w.shape
        if min(H, K) < 1:
            raise ValueError("H, K must be at least 1")
        if H < K:
            raise ValueError("sizes outside the scope of the proof")
        windows = sliding_window_view(a, (K,), (0,))
        return np.tensordot(w, windows, ([0], [1]))
    """
    if to not in LIBRARIES:
        raise EmissionError(f"there is no {to!r} to write source for; there is {' and '.join(LIBRARIES)}")
    if isinstance(what, Rule):
        return _rule(what, to, name, forward)
    if not isinstance(what, Tensor):
        raise EmissionError(_refusal(what))
    scope = _meaning(what, None)
    title = operator_text(what)
    title = f"{title}." if len(title) <= 80 else "An expression of symgrad."
    return Emitted(name or "forward", what, scope, to, _about(title, (), scope, ())).source()


def _refusal(what: object) -> str:
    network = isinstance(getattr(what, "z", None), Tensor)
    hint = "; give its z, or one of its gradients()" if network else ""
    wanted = "a tensor, or a rule such as symgrad.rule('relu.input')"
    return f"source is written for {wanted}, not for {what!r}{hint}"


def _rule(rule: Rule, to: str, name: str | None, forward: bool) -> str:
    asked = rule.question()
    proved = _proved(asked, rule.name)
    if forward:
        scope = _meaning(asked.z, rule.name, asked.assuming)
        about = _about(f"{rule.title}: forward.", (), scope, ())
        return Emitted(name or f"{rule.name}.forward", asked.z, scope, to, about).source()
    said = ["", rf"\({rule.latex}\)", "", f"Source: {rule.source}."]
    about = _about(f"{rule.title}.", said, proved.scope, proved.conditions)
    first = [*([asked.cotangent] if isinstance(asked.cotangent, Variable) else []), *as_written(asked.z)]
    return Emitted(name or rule.name, asked.claim, proved.scope, to, about, first).source()


def _about(title: str, said: Sequence[str], scope: Scope, conditions: Sequence[str]) -> list[str]:
    text = str(scope)
    proved = f"PROVED for {text}" if said else f"For {text}"
    given = f", provided that {', and '.join(conditions)}" if conditions else ""
    return [title, *said, "", f"{proved}{given}."]


def _proved(asked: Question, name: str | None) -> Proved:
    verdict = decide(asked, suggest=False)
    if not isinstance(verdict, Proved):
        what = name or operator_text(asked.claim)
        raise NotProved(what, verdict)
    return verdict


def _meaning(tensor: Tensor, name: str | None, assuming: tuple[Constraint | SumsToOne, ...] = ()) -> Scope:
    """The sizes for which a tensor has a meaning. There is nothing to compare: what is decided is that reads
    are in range, operands fit, nothing is divided by 0, and some sizes and values are left."""
    asked = Question(tensor, None, None, tensor, assuming)
    solver = Solver(asked.assumptions)
    try:
        meaningless = (
            next(violations(tensor, solver), None) is not None
            or solver.entails((), [_NEVER])
            or without_a_value(asked, small_sizes(asked)) is not None
        )
    except OutOfBudget:
        meaningless = True
    if meaningless:  # the verdict says why, and at which sizes
        return _proved(asked, name).scope
    return Scope(tuple(asked.sizes), tuple(asked.assumptions), hypotheses=asked.hypotheses)
