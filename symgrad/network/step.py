"""What a sequence is made of: steps, each of which takes a tensor to a tensor and says what it is.

A step is a `Step`, or any function of a tensor such as σ or `symgrad.flatten`.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ParamSpec, TypeAlias, Union

from symgrad.errors import ArgumentError, SymgradError
from symgrad.language.tensor import Tensor

P = ParamSpec("P")


class Step:
    """A step of a sequence; `words` say how it is written, such as `conv2d(6, 5)`."""

    def __init__(self, after: Callable[[Tensor, Iterator[int]], Tensor], words: str) -> None:
        self.after = after
        self.words = words

    def __call__(self, x: Tensor) -> Tensor:
        """What the step makes of a tensor by itself, its parameters numbered from 1."""
        return self.after(x, itertools.count(1))

    def __repr__(self) -> str:
        return self.words


StepLike: TypeAlias = Union[Step, Callable[[Tensor], Any]]


class Plain(Step):
    """A layer without parameters, which is a step as it is and, called with options, one with these.

    >>> import symgrad as sg
    >>> x = sg.tensor("x", 2, 3)
    >>> leaky = Plain(sg.leaky_relu, "leaky_relu")
    >>> leaky(0.3), leaky(0.3)(x), leaky(x)
    (leaky_relu(0.3), leaky_relu(x, negative_slope=0.3), leaky_relu(x))
    """

    def __init__(self, forward: Callable[..., Tensor], name: str) -> None:
        super().__init__(lambda x, numbers: forward(x), name)
        self.forward = forward

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """The layer of a tensor, or a step with these options."""
        if arguments and isinstance(arguments[0], Tensor):
            return self.forward(*arguments, **options)
        return Step(
            lambda x, numbers: self.forward(x, *arguments, **options), written(self.words, arguments, options)
        )


_makers: set[Callable[..., Step]] = set()


def step_maker(make: Callable[P, Step]) -> Callable[P, Step]:
    """Let the steps that a function makes say how they were written, by its name and arguments."""

    signature = inspect.signature(make)
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    plain = inspect.Signature(bare)
    flags = [name for name, p in signature.parameters.items() if p.annotation == "bool"]

    @functools.wraps(make)
    def made(*arguments: P.args, **options: P.kwargs) -> Step:
        try:
            bound = signature.bind(*arguments, **options)
        except TypeError as problem:
            raise ArgumentError(f"{make.__name__}: {problem}; it is {make.__name__}{plain}") from None
        words = written(make.__name__, arguments, options)
        for name in flags:
            value = bound.arguments.get(name, True)
            if not isinstance(value, bool):
                raise ArgumentError(f"{words}: {name} is {value!r}; expected True or False")
        try:
            step = make(*arguments, **options)
        except SymgradError as problem:
            problem.args = (f"{words}: {problem}", *problem.args[1:])
            raise
        step.words = words
        return step

    _makers.add(made)
    return made


def written(name: str, arguments: Sequence[Any], options: dict[str, Any]) -> str:
    """A call as it is written."""
    given = [*map(repr, arguments), *(f"{key}={value!r}" for key, value in options.items())]
    return f"{name}({', '.join(given)})"


def words_of(step: object) -> str:
    """What a step is called: as it was written, or the name of a function, in one line."""
    return str(getattr(step, "__name__", None) or step).partition("\n")[0]


def through(steps: Sequence[StepLike], x: Tensor, numbers: Iterator[int]) -> Tensor:
    """What the steps make of x, one after the other.

    Raises the error of a step with its place and the shape that it was given, and ArgumentError for what
    is no step, or is not made for tensors of symgrad.
    """
    for number, step in enumerate(steps, 1):
        where = f"step {number}, {words_of(step)}"
        if not callable(step):
            raise ArgumentError(f"{where}: a step is a layer, or a function of a tensor")
        if step in _makers:
            raise ArgumentError(f"{where}: call it with its options, as in {words_of(step)}(…)")
        try:
            made = step.after(x, numbers) if isinstance(step, Step) else step(x)
        except SymgradError as problem:
            problem.args = (f"{where}, given shape {x.shape}: {problem}", *problem.args[1:])
            raise
        except Exception as problem:  # it is somebody's own function
            why = f"{type(problem).__name__}: {problem}"
            raise ArgumentError(f"{where}, given a tensor of shape {x.shape}, raises {why}") from problem
        if not isinstance(made, Tensor):
            raise ArgumentError(f"{where}: it makes {made!r} of its input, which is no tensor")
        x = made
    return x
