"""Forwards and closed forms, evaluated with NumPy, equal PyTorch's layers and its autograd."""

import numpy as np
import pytest

import symgrad as sg
from symgrad.catalogue import rules, variables
from symgrad.concrete.arrays import evaluate
from symgrad.decide.decision import small_sizes
from symgrad.decide.witness import is_real
from symgrad.language.elementwise import ARITHMETIC
from symgrad.language.notation import nodes

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
F = torch.nn.functional


def integers(shape, seed):
    """Distinct small whole numbers, so that sums are exact and every maximum is attained once."""
    count = int(np.prod(shape))
    return (np.random.default_rng(seed).permutation(count) - count // 2).astype(float).reshape(shape)


def both(shape, seed):
    values = integers(shape, seed)
    return values, torch.tensor(values, requires_grad=True)


CONVOLUTIONS = [
    (1, (2, 3, 7), (4, 3, 3), {"stride": 2, "padding": 1}),
    (1, (2, 3, 9), (4, 3, 2), {"stride": 3, "dilation": 2}),
    (2, (2, 3, 6, 5), (2, 3, 3, 2), {}),
    (2, (1, 2, 7, 8), (3, 2, 3, 3), {"stride": (2, 3), "padding": (1, 2), "dilation": (2, 1)}),
    (2, (1, 2, 6, 6), (3, 2, 3, 2), {"padding": "same", "dilation": 2}),
    (2, (1, 2, 6, 6), (3, 2, 3, 2), {"padding": "valid"}),
    (2, (3, 6, 5), (2, 3, 3, 2), {"padding": 2}),
    (3, (1, 2, 4, 5, 4), (2, 2, 2, 3, 2), {"stride": (1, 2, 2), "padding": (0, 1, 1)}),
]


@pytest.mark.parametrize(("dims", "shape", "kernel", "options"), CONVOLUTIONS)
@pytest.mark.parametrize("biased", [False, True])
def test_convolution_is_pytorchs(dims, shape, kernel, options, biased):
    (a, ta), (w, tw), (b, tb) = both(shape, 1), both(kernel, 2), both(kernel[:1], 3)
    own = {1: sg.conv1d, 2: sg.conv2d, 3: sg.conv3d}[dims]
    theirs = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[dims]
    sa, sw, sb = sg.tensor("a", *shape), sg.tensor("w", *kernel), sg.tensor("b", kernel[0])
    z = own(sa, sw, sb if biased else None, **options)
    tz = theirs(ta, tw, tb if biased else None, **options)
    arrays = {"a": a, "w": w, "b": b}
    assert np.array_equal(evaluate(z, arrays), tz.detach().numpy())

    seed = integers(tuple(tz.shape), 4)
    tz.backward(torch.tensor(seed))
    delta = sg.tensor("delta", *z.shape)
    for variable, tensor in ((sa, ta), (sw, tw), (sb, tb))[: 2 + biased]:
        gradient = evaluate(sg.vjp(z, wrt=variable, cotangent=delta), arrays | {"delta": seed})
        assert np.array_equal(gradient, tensor.grad.numpy())


@pytest.mark.parametrize(
    ("channels", "kernel", "groups"),
    [(4, (6, 2, 3, 2), 2), ((2, 2), ((2, 3), 2, 3, 2), 2), (3, (3, 1, 2, 2), 3), (3, ((3, 2), 1, 2, 2), 3)],
)
def test_grouped_convolution_is_pytorchs(channels, kernel, groups):
    flat = tuple(int(np.prod(size)) for size in kernel)
    (a, ta), (w, tw) = both((2, int(np.prod(channels)), 5, 4), 1), both(flat, 2)
    z = sg.conv2d(sg.tensor("a", 2, channels, 5, 4), sg.tensor("w", *kernel), groups=groups)
    expected = F.conv2d(ta, tw, groups=groups)
    assert np.array_equal(evaluate(z, {"a": a, "w": w}), expected.detach().numpy())


TRANSPOSED = [
    (1, (2, 3, 4), (3, 2, 3), {"stride": 3, "padding": 1, "output_padding": 2}, 1),
    (2, (1, 2, 3, 4), (2, 3, 3, 2), {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)}, 1),
    (2, (1, 4, 3, 2), (4, 3, 2, 2), {"stride": 2, "groups": 2}, 2),
    (2, (2, 3, 4), (2, 3, 3, 3), {}, 1),
    (3, (1, 2, 2, 3, 2), (2, 2, 2, 1, 2), {"stride": (2, 1, 2), "output_padding": (1, 0, 1)}, 1),
]


@pytest.mark.parametrize(("dims", "shape", "kernel", "options", "groups"), TRANSPOSED)
def test_transposed_convolution_is_pytorchs(dims, shape, kernel, options, groups):
    (a, ta), (w, tw), (b, tb) = both(shape, 1), both(kernel, 2), both((kernel[1] * groups,), 3)
    sa, sw, sb = sg.tensor("a", *shape), sg.tensor("w", *kernel), sg.tensor("b", kernel[1] * groups)
    z = getattr(sg, f"conv_transpose{dims}d")(sa, sw, sb, **options)
    tz = getattr(F, f"conv_transpose{dims}d")(ta, tw, tb, **options)
    arrays = {"a": a, "w": w, "b": b}
    assert np.array_equal(evaluate(z, arrays), tz.detach().numpy())
    seed = integers(tuple(tz.shape), 4)
    tz.backward(torch.tensor(seed))
    delta = sg.tensor("delta", *z.shape)
    for variable, tensor in ((sa, ta), (sw, tw), (sb, tb)):
        gradient = evaluate(sg.vjp(z, wrt=variable, cotangent=delta), arrays | {"delta": seed})
        assert np.array_equal(gradient, tensor.grad.numpy())


POOLINGS = [
    (1, (2, 3, 8), {"kernel_size": 2}),
    (1, (2, 3, 9), {"kernel_size": 3, "stride": 2, "padding": 1}),
    (2, (1, 2, 6, 7), {"kernel_size": 2}),
    (2, (1, 2, 6, 7), {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 1)}),
    (3, (1, 2, 4, 5, 6), {"kernel_size": (2, 3, 2), "stride": 2, "padding": (1, 1, 0)}),
]


@pytest.mark.parametrize(("dims", "shape", "options"), POOLINGS)
@pytest.mark.parametrize("kind", ["avg", "max"])
def test_pooling_is_pytorchs(dims, shape, options, kind):
    a, ta = both(shape, 1)
    sa = sg.tensor("a", *shape)
    z = getattr(sg, f"{kind}_pool{dims}d")(sa, **options)
    tz = getattr(F, f"{kind}_pool{dims}d")(ta, **options)
    close = np.array_equal if kind == "max" else np.allclose
    assert close(evaluate(z, {"a": a}), tz.detach().numpy())
    seed = integers(tuple(tz.shape), 2)
    tz.backward(torch.tensor(seed))
    gradient = sg.vjp(z, wrt=sa, cotangent=sg.tensor("delta", *z.shape))
    assert close(evaluate(gradient, {"a": a, "delta": seed}), ta.grad.numpy())


def test_dilated_max_pooling_is_pytorchs():
    a, ta = both((1, 2, 9, 8), 1)
    z = sg.max_pool2d(sg.tensor("a", 1, 2, 9, 8), 2, stride=2, dilation=(3, 2))
    expected = F.max_pool2d(ta, 2, stride=2, dilation=(3, 2))
    assert np.array_equal(evaluate(z, {"a": a}), expected.detach().numpy())


def test_linear_and_loss_are_pytorchs():
    (a, ta), (w, tw), (b, tb), (y, ty) = both((3, 4), 1), both((2, 4), 2), both((2,), 3), both((3, 2), 4)
    sa, sw, sb = sg.tensor("a", 3, 4), sg.tensor("w", 2, 4), sg.tensor("b", 2)
    loss = sg.half_squared_error(sg.linear(sa, sw, sb), sg.tensor("y", 3, 2))
    theirs = F.mse_loss(F.linear(ta, tw, tb), ty, reduction="sum") / 2
    arrays = {"a": a, "w": w, "b": b, "y": y}
    assert evaluate(loss, arrays) == theirs.item()
    theirs.backward()
    for variable, tensor in ((sa, ta), (sw, tw), (sb, tb)):
        assert np.array_equal(evaluate(sg.vjp(loss, wrt=variable), arrays), tensor.grad.numpy())


def torch_value(z, tensors):
    """The forward of a rule in PyTorch, put together from the names of the calls that wrote it."""
    call = z.call
    if call is None:
        return tensors[z.name]
    arguments = dict(call.arguments)

    def number(value):
        if isinstance(value, tuple):
            return tuple(map(number, value))
        return value.evaluate(tensors["sizes"]) if isinstance(value, sg.Index) else value

    def operand(name):
        value = arguments.get(name)
        return None if value is None else torch_tensor(value, tensors)

    if call.name in ARITHMETIC:
        return ARITHMETIC[call.name](operand("left"), operand("right"))
    if call.name == "concat":
        return torch.concat([torch_tensor(t, tensors) for t in arguments["tensors"]], arguments["dim"])
    if call.name == "global_avg_pool":
        return operand("input").flatten(2).mean(2)
    if call.name == "dropout":
        return operand("input") * operand("mask") / (1 - operand("p"))
    options = {k: number(v) for k, v in arguments.items() if not isinstance(v, sg.Tensor)}
    options.pop("function", None)
    name = call.name
    if name.startswith(("conv", "linear")):
        bias = operand("bias")
        untied = bias is not None and bias.ndim > 1  # PyTorch has no bias for each position
        z = getattr(F, name)(operand("input"), operand("weight"), None if untied else bias, **options)
        return z + bias if untied else z
    if name.startswith("avg_pool") and "padding" in options:  # which PyTorch allows up to half a window
        around = [p for p in reversed(options.pop("padding")) for _ in range(2)]
        return getattr(F, name)(F.pad(operand("input"), around), **options)
    if "pool" in name:
        return getattr(F, name)(operand("input"), **options)
    if name == "apply":
        return elementwise(arguments["function"])(operand("x"))
    if name in ("mse_loss", "cross_entropy", "binary_cross_entropy", "binary_cross_entropy_with_logits"):
        return getattr(F, name)(operand("input"), operand("target"), **options)
    if name == "nll_loss":  # PyTorch's takes class numbers only
        return -(operand("target") * operand("input")).sum() / len(operand("input"))
    if name.endswith("_norm"):
        return torch_normalization(name, arguments, operand, number)
    if name == "scaled_dot_product_attention":
        return F.scaled_dot_product_attention(operand("query"), operand("key"), operand("value"))
    if name in ACTIVATIONS:
        more = {k: operand(k) for k in ("negative_slope", "alpha") if k in arguments}
        return getattr(F, name)(operand("input"), **options, **{k: v.item() for k, v in more.items()})
    if name in ("softmax", "log_softmax", "logsumexp"):
        return getattr(torch, name)(operand("input"), **{"dim": -1} | options)
    if name == "flatten":
        return operand("x").flatten(1)
    if name == "half_squared_error":
        return F.mse_loss(operand("input"), operand("target"), reduction="sum") / 2
    raise LookupError(name)


ACTIVATIONS = ("relu", "leaky_relu", "relu6", "elu", "hardsigmoid", "hardswish", "silu", "gelu")


def elementwise(function):
    """An unknown function is taken to be tanh."""
    if isinstance(function, sg.Function):
        return torch.tanh
    return F.softplus if function == sg.softplus else getattr(torch, function.name)


def torch_normalization(name, arguments, operand, number):
    x, weight, bias = operand("input"), operand("weight"), operand("bias")
    eps = operand("eps").item()
    if name == "batch_norm":
        given = [operand(name) for name in ("running_mean", "running_var")]
        running = [None if value is None else value.detach() for value in given]
        training = arguments.get("training", False)
        return F.batch_norm(x, *running, weight, bias, training=training, eps=eps)
    if name == "group_norm":
        return F.group_norm(x, number(arguments["num_groups"]), weight, bias, eps)
    shape = number(arguments["normalized_shape"])
    if name == "rms_norm":
        return F.rms_norm(x, shape, weight, eps)
    return F.layer_norm(x, shape, weight, bias, eps)


def drawn_for(variable, shape, number, asked):
    """Distinct numbers where everything is defined; what sums to one by a hypothesis does."""
    if not is_real(asked):
        unknown = any(isinstance(function, sg.Function) for function in functions_of(asked))
        return integers(shape, number) / (4 if unknown else 1)
    count = int(np.prod(shape))
    values = (np.random.default_rng(number).permutation(count) + 1.0).reshape(shape) / (count + 1)
    for hypothesis in asked.hypotheses:
        if hypothesis.variable is variable:
            return values / values.sum(axis=hypothesis.axis, keepdims=True)
    signed = variable.name in ("z", "x", "delta", "beta", "Q", "K", "V", "X")
    return 8 * values - 4.1 if signed else values


def functions_of(asked):
    for node in nodes(asked.z):
        if getattr(node, "call", None) is not None and node.call.name == "apply":
            yield dict(node.call.arguments)["function"]


def torch_tensor(tensor, tensors):
    return tensors[tensor.name] if hasattr(tensor, "name") else torch_value(tensor, tensors)


def taken_by_pytorch(asked, sizes):
    """Whether PyTorch has that layer: it wants less output padding than stride or dilation."""
    known = {symbol.name: value for symbol, value in sizes.items()}
    axes = [name.removeprefix("r") for name in known if name == "r" or name.startswith("r_")]
    return all(known[f"r{axis}"] < max(known[f"s{axis}"], known[f"d{axis}"]) for axis in axes)


def derivatives_of_tanh():
    def first(x):
        return 1 - np.tanh(x) ** 2

    return {"σ": (np.tanh, first)}


RULES = [rule for rule in rules() if rule.statement().wrt is not None]
WRITTEN_OUT = {"half_squared_error.total", "cross_entropy.class"}
"""Rules whose forward is index notation, with no PyTorch layer to compare with."""


@pytest.mark.parametrize("rule", [pytest.param(r, id=r.name) for r in RULES if r.name not in WRITTEN_OUT])
def test_closed_form_is_pytorchs_gradient(rule):
    asked = rule.question()
    names = variables(asked.z) | variables(asked.claim)
    compared = 0
    for sizes in small_sizes(asked, 3 if "3d" in rule.name else 6):
        if not taken_by_pytorch(asked, sizes):
            continue
        arrays, tensors = {}, {"sizes": sizes}
        for number, (name, variable) in enumerate(names.items()):
            shape = tuple(int(np.prod([f.evaluate(sizes) for f in axis])) for axis in variable.axes)
            values = drawn_for(variable, shape, number, asked)
            arrays[name] = values
            tensors[name] = torch.tensor(values, requires_grad=True)
        try:
            forward = torch_tensor(asked.z, tensors)
        except ValueError as refused:  # PyTorch does not normalize a single value
            if "more than 1 value per channel" not in str(refused):
                raise
            continue
        seed = torch.ones_like(forward) if asked.cotangent is None else tensors["delta"].detach()
        forward.backward(seed.reshape(forward.shape))
        named = {symbol.name: value for symbol, value in sizes.items()}
        found = evaluate(asked.claim, arrays, named, derivatives_of_tanh())
        expected = tensors[asked.wrt.name].grad
        expected = np.zeros(found.shape) if expected is None else expected.numpy().reshape(found.shape)
        # PyTorch's hard sigmoid has one sixth in single precision
        precision = 1e-6 if rule.name == "hardsigmoid.input" else 1e-9
        assert np.allclose(found, expected, rtol=precision, atol=1e-12), sizes
        compared += 1
    assert compared
