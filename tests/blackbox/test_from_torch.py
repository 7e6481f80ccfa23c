"""PyTorch's functions as black boxes, and what `gradcheck` is known to miss."""

import warnings

import numpy as np
import pytest

from symgrad.blackbox import check_against, check_exactly, from_torch

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install --group torch")
functional = torch.nn.functional
CONV = {"input": (2, 3, 6, 6), "weight": (4, 3, 3, 3)}


class Convolution(torch.autograd.Function):
    """conv2d whose gradients `change` may spoil."""

    change = staticmethod(lambda dx, dw: (dx, dw))

    @staticmethod
    def forward(ctx, input, weight):
        ctx.save_for_backward(input, weight)
        return functional.conv2d(input, weight)

    @classmethod
    def gradients(cls, ctx, dout):
        x, w = ctx.saved_tensors
        dx = torch.nn.grad.conv2d_input(x.shape, w, dout)
        dw = torch.nn.grad.conv2d_weight(x, w.shape, dout)
        return dx, dw

    @staticmethod
    def backward(ctx, dout):
        return Convolution.gradients(ctx, dout)


def spoiled(change):
    class Spoiled(Convolution):
        @staticmethod
        def backward(ctx, dout):
            return change(*Convolution.gradients(ctx, dout))

    return Spoiled


def corner(dx, dw):
    dx = dx.clone()
    dx[-1, -1, -1, -1] += 1e-5
    return dx, dw


@pytest.mark.parametrize("scale", [1 + 1e-6, 1 + 1e-5, 1 + 9e-4, 1 + 2e-3])
def test_a_gradient_wrong_by_a_little_is_found(scale):
    function = from_torch(spoiled(lambda dx, dw: (dx * scale, dw)), ["input", "weight"])
    (finding,) = check_exactly(function, CONV).findings
    assert (finding.kind, finding.what) == ("WRONG GRADIENT", "dinput")
    assert float(finding.obtained) / float(finding.derived) == pytest.approx(scale, rel=1e-12)


def test_an_error_in_one_corner_element_is_found_and_located():
    (finding,) = check_exactly(from_torch(spoiled(corner), ["input", "weight"]), CONV).findings
    assert (finding.what, finding.entry) == ("dinput", (1, 2, 5, 5))


def test_a_missing_clamp_is_found():
    class Relu6(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(0, 6)

        @staticmethod
        def backward(ctx, dout):
            (x,) = ctx.saved_tensors
            return dout * (x > 0)

    assert check_exactly(from_torch(Relu6, ["x"]), {"x": (4, 5)}).findings[0].kind == "WRONG GRADIENT"
    assert check_exactly(from_torch(functional.relu6, ["x"]), {"x": (4, 5)}).passed


def test_a_missing_rot180_at_a_kernel_of_one_is_found_at_two():
    def flipped(dx, dw):
        return dx, dw.flip(-1)

    function = from_torch(spoiled(flipped), ["input", "weight"])
    cases = [{"input": (1, 1, k, k), "weight": (1, 1, k, k)} for k in (1, 2, 3)]
    (finding,) = check_exactly(function, cases).findings
    assert dict(finding.shapes)["weight"] == (1, 1, 2, 2)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (Convolution, CONV),
        (lambda input, weight: functional.conv2d(input, weight, stride=2, padding=1), CONV),
        (lambda x: functional.max_pool2d(x, 3, 2, 1), {"x": (1, 2, 7, 6)}),
        (lambda x: functional.avg_pool2d(x, 3, 2, 1), {"x": (1, 2, 7, 6)}),
        (lambda x, w: functional.conv_transpose2d(x, w, stride=2), {"x": (1, 2, 3, 3), "w": (2, 3, 2, 2)}),
        (lambda x: functional.relu(x) + functional.hardtanh(x), {"x": (3, 4)}),
        (lambda a, b: a @ b, {"a": (2, 3), "b": (3, 4)}),
    ],
)
def test_right_code_passes_in_float32_too(function, shapes, dtype):
    box = from_torch(function, list(shapes), dtype=dtype)
    assert str(check_exactly(box, shapes)).startswith("PASSED")


def test_right_code_passes_on_inputs_near_a_million():
    box = from_torch(Convolution, ["input", "weight"])
    assert check_exactly(box, CONV, near=1_000_000).passed


def test_gradcheck_judges_these_otherwise():
    # what the tests above are for: should PyTorch mend one, its line here fails
    def right(function, *arrays, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.autograd.gradcheck(function, arrays, raise_exception=False, **options)

    torch.manual_seed(0)
    x = torch.randn(1, 1, 4, 4, dtype=torch.float64, requires_grad=True)
    w = torch.randn(2, 1, 3, 3, dtype=torch.float64, requires_grad=True)
    assert right(spoiled(lambda dx, dw: (dx * 1.0009, dw)).apply, x, w)
    assert not right(Convolution.apply, x.float().detach().requires_grad_(), w.float().detach())
    assert not right(Convolution.apply, (x.detach() + 1e6).requires_grad_(), w)


def test_the_parameters_of_a_module_are_arguments():
    net = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.ReLU(), torch.nn.MaxPool2d(2))
    box = from_torch(net, ["x"])
    assert dict(box.shapes) == {"0.weight": (3, 2, 3, 3), "0.bias": (3,)}
    before = [p.clone() for p in net.parameters()]
    assert check_exactly(box, {"x": (1, 2, 6, 6)}).passed
    assert all(torch.equal(p, q) for p, q in zip(before, net.parameters(), strict=True))


def test_a_function_without_a_gradient_for_an_argument_is_a_finding():
    box = from_torch(lambda x, y: x * 2 + y.detach(), ["x", "y"])
    assert check_exactly(box, {"x": (2,), "y": (2,)}).findings[0].kind == "RETURNED NOTHING"


def test_an_fft_is_said_to_be_inexact():
    def circular(x, w):
        return torch.fft.irfft(torch.fft.rfft(x) * torch.fft.rfft(w), 15)

    report = check_exactly(from_torch(circular), {"x": (15,), "w": (15,)})
    assert report.passed
    assert any("FFT" in condition for condition in report.findings[0].conditions)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["conv2d", "linear"])
def test_its_layers_are_ours(name, dtype):
    shapes = {"conv2d": CONV, "linear": {"input": (3, 4), "weight": (5, 4), "bias": (5,)}}[name]
    box = from_torch(getattr(functional, name), list(shapes), dtype=dtype)
    assert check_against(name, box, shapes).passed


def test_options_are_handed_to_both_sides():
    box = from_torch(functional.conv2d, ["input", "weight"], options={"stride": 2, "padding": 1})
    assert check_against("conv2d", box, CONV, options={"stride": 2, "padding": 1}).passed
    assert not check_against("conv2d", box, CONV, options={"stride": 2}).passed


def test_grouped_convolutions_are_compared_too():
    shapes = {"input": (1, 4, 3, 3), "weight": (6, 2, 2, 2), "bias": (6,)}
    box = from_torch(functional.conv2d, list(shapes), options={"groups": 2})
    assert check_against("conv2d", box, shapes, options={"groups": 2}).passed
    swapped = from_torch(lambda input, weight, bias: functional.conv2d(input, weight.flip(0), bias, groups=2))
    assert not check_against("conv2d", swapped, shapes, options={"groups": 2}).passed


def test_integer_arrays_reach_the_function_as_they_are():
    box = from_torch(lambda x: x, ["x"])
    assert np.array_equal(box.forward({"x": np.array([1.0, 2.0])}), [1.0, 2.0])


@pytest.mark.parametrize(("rounds", "calls"), [(None, 5), (2, 10)])
def test_a_large_shape_is_looked_at_once_and_its_forward_run_once_for_output_and_gradients(rounds, calls):
    count = 0

    def linear(input, weight):
        nonlocal count
        count += 1
        return functional.linear(input, weight)

    shapes = {"input": (100, 500), "weight": (8, 500)}
    assert check_exactly(from_torch(linear), shapes, rounds=rounds).passed
    assert count == calls  # a polynomial of degree 2 is told by its values at 0, 1, -1, 2 and -2
