"""Calling conventions in the wild: how a forward is called, and where a backward leaves its gradients.

An adapter is a small object with two methods. `forward` gives the output and whatever the backward needs
of that run; `backward` gives the gradients by the names of the arguments. A convention of your own is a
class with these two methods.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from symgrad.errors import ArgumentError

Arrays = Mapping[str, Any]
Options = Mapping[str, Any]


class Adapter(Protocol):
    """How code is called."""

    def forward(self, forward: Any, arrays: Arrays, options: Options) -> tuple[Any, Any]:
        """The output, and what the backward needs of this run."""

    def backward(
        self, backward: Any, cotangent: Any, saved: Any, arrays: Arrays, options: Options, wrt: Sequence[str]
    ) -> Mapping[str, Any]:
        """The gradients by the names in `wrt`; a name that is not in it was not given back."""


@dataclass(frozen=True)
class Cs231n:
    """`forward(x, w, b, conv_param) -> (out, cache)` and `backward(dout, cache) -> (dx, dw, db)`.

    The options are one dictionary after the arrays, unless the forward has parameters of their names.
    """

    def forward(self, forward: Any, arrays: Arrays, options: Options) -> tuple[Any, Any]:
        """The output and the cache."""
        result = called(forward, list(arrays.values()), arrays, options)
        if not isinstance(result, tuple) or len(result) != 2:
            raise NotInConvention(f"the forward gives {_described(result)}, not (out, cache)")
        return result

    def backward(
        self, backward: Any, cotangent: Any, saved: Any, arrays: Arrays, options: Options, wrt: Sequence[str]
    ) -> Mapping[str, Any]:
        """The gradients in the order of the arguments."""
        return by_name(backward(cotangent, saved), wrt, list(arrays))


@dataclass(frozen=True)
class Pair:
    """`forward(x, w, …) -> out` and `backward(dout, x, w, …) -> (dx, dw, …)`.

    Arrays are given by name where every array has a parameter of its name, else in order; options by name.
    """

    def forward(self, forward: Any, arrays: Arrays, options: Options) -> tuple[Any, Any]:
        """The output; nothing is kept of the run."""
        return called(forward, list(arrays.values()), arrays, options), None

    def backward(
        self, backward: Any, cotangent: Any, saved: Any, arrays: Arrays, options: Options, wrt: Sequence[str]
    ) -> Mapping[str, Any]:
        """The gradients in the order of the arguments, or by name if they come in a dictionary."""
        parameters = _parameters(backward)
        if parameters is not None:
            taken = {name: array for name, array in arrays.items() if name in parameters[1:]}
            others = [p for p in parameters[1:] if p not in taken and p not in options]
            if taken and len(taken) <= len(parameters) - 1 and not (set(others) & set(_required(backward))):
                keywords = {name: value for name, value in options.items() if name in parameters}
                return by_name(backward(cotangent, **taken, **keywords), wrt, list(arrays))
        return by_name(called(backward, [cotangent, *arrays.values()], {}, options), wrt, list(arrays))


@dataclass(frozen=True)
class Attributes:
    """Classes with `forward` and `backward` that leave the gradients of parameters in attributes.

    parameters  which arguments the constructor takes; the others go to `forward`
    gradients   where the gradient of each parameter is left, by default `dw` for `w`; the gradients of
                the other arguments are what `backward` returns
    assigned    parameters are set as attributes of these names after construction, which then gets
                only the options
    make        makes the object from the arrays and the options, for any other constructor
    methods     the names of the two methods
    """

    parameters: tuple[str, ...] = ()
    gradients: Mapping[str, str] = field(default_factory=dict)
    assigned: Mapping[str, str] = field(default_factory=dict)
    make: Callable[[Arrays, Options], Any] | None = None
    methods: tuple[str, str] = ("forward", "backward")

    def __call__(self, **changes: Any) -> Attributes:
        """The same convention with other fields: `attributes(parameters=("w", "b"))`."""
        return Attributes(**({name: getattr(self, name) for name in self.__dataclass_fields__} | changes))

    def forward(self, forward: Any, arrays: Arrays, options: Options) -> tuple[Any, Any]:
        """The output, and the object that made it."""
        held = self.held
        if self.make is not None:
            layer = self.make(arrays, options)
        elif isinstance(forward, type) or not hasattr(forward, self.methods[0]):
            own = [arrays[name] for name in self.parameters if name not in self.assigned]
            _refuse_unmade(forward, own, options)
            layer = called(forward, own, {}, options)
        else:
            layer = forward
        for name, attribute in self.assigned.items():
            setattr(layer, attribute, arrays[name])
        run = getattr(layer, self.methods[0])
        return run(*(array for name, array in arrays.items() if name not in held)), layer

    def backward(
        self, backward: Any, cotangent: Any, saved: Any, arrays: Arrays, options: Options, wrt: Sequence[str]
    ) -> Mapping[str, Any]:
        """What the method returns, and what it left in attributes."""
        held = self.held
        given = getattr(saved, self.methods[1])(cotangent)
        free, every = ([name for name in names if name not in held] for names in (wrt, arrays))
        found = dict(by_name(given, free, every))
        for name in wrt:
            if name in held:
                found[name] = kept_at(saved, self.gradients.get(name, f"d{name}"))
        return found

    @property
    def held(self) -> set[str]:
        """The arguments that are parameters of the object."""
        return {*self.parameters, *self.assigned, *self.gradients}


@dataclass(frozen=True)
class TorchLike:
    """A class as `torch.autograd.Function`: static `forward(ctx, x, w, …)` and `backward(ctx, dout)`."""

    def forward(self, forward: Any, arrays: Arrays, options: Options) -> tuple[Any, Any]:
        """The output, and the context that the backward reads."""
        context = Context()
        run = getattr(forward, "forward", forward)
        return called(run, [context, *arrays.values()], {}, options), context

    def backward(
        self, backward: Any, cotangent: Any, saved: Any, arrays: Arrays, options: Options, wrt: Sequence[str]
    ) -> Mapping[str, Any]:
        """The gradients in the order of the arguments; those of options are None and left out."""
        run = getattr(backward, "backward", backward)
        given = run(saved, cotangent)
        if isinstance(given, (tuple, list)) and len(given) > len(arrays):
            given = tuple(given[: len(arrays)])
        return by_name(given, wrt, list(arrays))


@dataclass(frozen=True)
class Loss:
    """One function `loss(x, y) -> (loss, dx)` or `(loss, (dx, dw))`, given as forward and as backward.

    Or two, `loss(x, y) -> loss` and `gradient(x, y) -> dx`, which takes what the loss takes, or what the
    loss gives beside its value. Or a class with two methods, of which the backward takes nothing, what the
    forward takes, or the gradient that comes in; one that has a default, as in `backward(dout=1)`, is left
    out.

    methods  the names of the two methods
    """

    methods: tuple[str, str] = ("forward", "backward")

    def __call__(self, **changes: Any) -> Loss:
        """The same convention with other fields: `loss(methods=("loss", "gradient"))`."""
        return Loss(**({"methods": self.methods} | changes))

    def forward(self, forward: Any, arrays: Arrays, options: Options) -> tuple[Any, Any]:
        """The loss, and the object or function that gave it with what else it gave."""
        if isinstance(forward, type) or hasattr(forward, self.methods[0]):
            made = called(forward, [], {}, options) if isinstance(forward, type) else forward
            return called(getattr(made, self.methods[0]), list(arrays.values()), arrays, {}), (made, None)
        result = called(forward, list(arrays.values()), arrays, options)
        if not isinstance(result, tuple) or len(result) < 2:
            missing = NotInConvention(f"the loss gives {_described(result)}, not (loss, gradients)")
            return result, (forward, missing)
        return result[0], (forward, result[1] if len(result) == 2 else result[1:])

    def backward(
        self, backward: Any, cotangent: Any, saved: Any, arrays: Arrays, options: Options, wrt: Sequence[str]
    ) -> Mapping[str, Any]:
        """The gradients of the loss, times the gradient that comes in."""
        made, given = saved
        method = getattr(made, self.methods[1], None)
        if method is not None:
            needed = _required(method)
            if needed and not set(needed) <= set(arrays) and len(needed) != len(arrays):
                rest = list(arrays.values()) if len(needed) > 1 else []
                return by_name(method(cotangent, *rest), wrt)
            given = called(method, list(arrays.values()), arrays, {}) if needed else method()
        elif backward is not made:
            from_loss = len(_required(backward)) == 1 and not isinstance(given, NotInConvention)
            given = backward(given) if from_loss else called(backward, list(arrays.values()), arrays, options)
        if isinstance(given, NotInConvention):
            raise given
        found = by_name(given, wrt, list(arrays))
        return {name: None if value is None else value * cotangent for name, value in found.items()}


def _refuse_unmade(kind: Any, own: Sequence[Any], options: Options) -> None:
    """Raises NotMade for a constructor that needs more than the arrays that are its own, and options."""
    try:
        needed = [name for name in _required(kind) if name not in options]
    except (TypeError, ValueError):
        return
    if len(needed) > len(own) + bool(options):
        raise NotMade(
            f"{kind.__name__} is made of {', '.join(needed)}: say which arguments these are with"
            " adapter=attributes(parameters=(…)), or how it is made with attributes(make=lambda arrays,"
            " options: …)"
        )


class Context:
    """What a forward keeps for its backward."""

    saved_tensors: tuple[Any, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors, which the backward finds in `saved_tensors`."""
        self.saved_tensors = tensors

    @property
    def needs_input_grad(self) -> tuple[bool, ...]:
        """Every gradient is wanted."""
        return (True,) * 16


class NotInConvention(Exception):
    """Code that does not follow the calling convention it is said to have."""


class NotMade(NotInConvention):
    """A class of which it is not known how its objects are made."""


def named(adapter: Adapter | str) -> Adapter:
    """An adapter, or the one of a name. Raises ArgumentError for a name that none has.

    >>> named("cs231n")
    Cs231n()
    """
    if not isinstance(adapter, str):
        return adapter
    if adapter not in ADAPTERS:
        raise ArgumentError(f"there is no adapter {adapter!r}; there are {', '.join(ADAPTERS)}, and your own")
    return ADAPTERS[adapter]


cs231n = Cs231n()
pair = Pair()
attributes = Attributes()
torch_like = TorchLike()
loss = Loss()
ADAPTERS: dict[str, Adapter] = {
    "pair": pair,
    "cs231n": cs231n,
    "attributes": attributes,
    "torch_like": torch_like,
    "loss": loss,
}
"""The adapters by name."""


# -- calling --------------------------------------------------------------------------------------


def called(function: Any, positional: Sequence[Any], arrays: Arrays, options: Options) -> Any:
    """Call with the arrays in order and the options by name.

    Arrays that have the names of parameters go by name where they are not the first ones. Options that the
    function has no parameters for are given as one dictionary, as CS231n's `conv_param`, if it has a
    parameter left for it, else not at all.
    """
    parameters = _parameters(function)
    named: dict[str, Any] = {}
    if parameters is not None and arrays and set(arrays) <= set(parameters):
        first = sum(1 for _ in itertools.takewhile(_alike, zip(arrays, _placed(function), strict=False)))
        positional, named = positional[:first], dict(list(arrays.items())[first:])
    if parameters is None or all(name in parameters for name in options):
        return function(*positional, **named, **options)
    rest = [name for name in parameters[len(positional) :] if name not in options and name not in named]
    if rest and named:
        return function(*positional, **named, **{rest[0]: dict(options)})
    if rest:
        return function(*positional, dict(options))
    named |= {name: value for name, value in options.items() if name in parameters}
    return function(*positional, **named)


def _alike(both: tuple[str, str]) -> bool:
    return both[0] == both[1]


def by_name(gradients: Any, wrt: Sequence[str], every: Sequence[str] = ()) -> Mapping[str, Any]:
    """Gradients by the names of the arguments: from a dictionary, a tuple in their order, or a lone array.

    A tuple has one for each of `wrt`, or for each of `every` argument; None at its end is left out. Raises
    NotInConvention for a tuple of more.
    """
    if isinstance(gradients, Mapping):
        return {name: gradients[key] for name in wrt for key in (name, f"d{name}") if key in gradients}
    if not isinstance(gradients, (tuple, list)):
        return {wrt[0]: gradients} if wrt else {}
    found = list(gradients)
    while len(found) > len(wrt) and len(found) != len(every) and found[-1] is None:
        found.pop()
    if len(wrt) < len(found) == len(every) and all(one is None or hasattr(one, "shape") for one in found):
        return {name: found[place] for place, name in enumerate(every) if name in wrt}
    if len(found) > len(wrt) > 1:
        asked = ", ".join(f"d{name}" for name in wrt)
        raise NotInConvention(f"the backward gives {len(found)} gradients, where {asked} are expected")
    if len(found) < 2 or len(wrt) > 1:
        return dict(zip(wrt, found, strict=False))
    return {wrt[0]: gradients} if wrt else {}


def _parameters(function: Any) -> list[str] | None:
    """The names of the parameters; None if they are not known or any are taken."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
        return None
    return [p.name for p in parameters]


def _placed(function: Any) -> list[str]:
    """The parameters that may be given by their places."""
    parameters = inspect.signature(function).parameters.values()
    return [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]


def _required(function: Any) -> list[str]:
    return [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty]


def kept_at(layer: Any, name: str) -> Any:
    """An attribute, or an entry of a dictionary or a list in one: `dw`, `grads.w`, `grads.0`."""
    value = layer
    for part in name.split("."):
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
    return value


def _described(value: Any) -> str:
    return f"{len(value)} values" if isinstance(value, tuple) else f"one {type(value).__name__}"
