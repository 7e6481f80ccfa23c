"""Checks of code beside `torch.autograd.gradcheck`: the same layer, the same shapes, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from symgrad.blackbox import check_exactly, from_callables
from symgrad.testing import check_backward

LOOPED = {"x": (2, 3, 8, 8), "w": (4, 3, 3, 3)}
RESNET = {"input": (1, 64, 56, 56), "weight": (64, 64, 3, 3)}
REPEATS = 5


def conv_forward(x: Any, w: Any) -> Any:
    """Convolution in four loops, as it is written by hand."""
    n, _, height, width = x.shape
    maps, _, hh, ww = w.shape
    out = np.zeros((n, maps, height - hh + 1, width - ww + 1))
    for i in range(n):
        for m in range(maps):
            for y in range(out.shape[2]):
                for z in range(out.shape[3]):
                    out[i, m, y, z] = np.sum(x[i, :, y : y + hh, z : z + ww] * w[m])
    return out


def conv_backward(dout: Any, x: Any, w: Any) -> Any:
    """Its backward, in the same loops."""
    hh, ww = w.shape[2:]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    for i in range(dout.shape[0]):
        for m in range(dout.shape[1]):
            for y in range(dout.shape[2]):
                for z in range(dout.shape[3]):
                    dx[i, :, y : y + hh, z : z + ww] += dout[i, m, y, z] * w[m]
                    dw[m] += dout[i, m, y, z] * x[i, :, y : y + hh, z : z + ww]
    return dx, dw


def seconds(work: Callable[[], Any], repeats: int = 1) -> float:
    """The least time of a call, after one to warm up if it is repeated."""
    if repeats > 1:
        work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def looped() -> Iterator[str]:
    """The four-loop convolution, by every kind of check."""
    rng = np.random.default_rng(0)
    x, w = (rng.standard_normal(shape) for shape in LOOPED.values())
    dout = rng.standard_normal(conv_forward(x, w).shape)

    def plain() -> None:
        conv_forward(x, w)
        conv_backward(dout, x, w)

    own = seconds(plain, REPEATS)
    yield f"conv2d in four loops, (2,3,8,8) to 4 maps, K=3: a forward and backward takes {own * 1e3:.1f} ms"
    box = from_callables(conv_forward, conv_backward, list(LOOPED))
    yield from _row(
        "traced: a proof at the shape", own, lambda: check_backward(conv_forward, conv_backward, LOOPED)
    )
    yield from _row("whole numbers, 3 rounds", own, lambda: check_exactly(box, LOOPED).raise_if_failed())
    for fast in (False, True):
        work = _gradcheck(LOOPED, _torch_loops, fast)
        yield from _row("gradcheck, fast_mode" if fast else "gradcheck", own, work)


def resnet() -> Iterator[str]:
    """PyTorch's own convolution at the shape of a layer of ResNet."""
    try:
        import torch
    except ImportError:
        yield "conv2d of PyTorch: not installed"
        return
    from symgrad.blackbox import from_torch

    def layer(input: Any, weight: Any) -> Any:
        return torch.nn.functional.conv2d(input, weight, padding=1)

    tensors = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in RESNET.values()]

    def plain() -> None:
        out = layer(*tensors)
        torch.autograd.grad(out, tensors, torch.ones_like(out))

    own = seconds(plain, REPEATS)
    yield f"conv2d of PyTorch, (1,64,56,56) to 64 maps, 3×3: a forward and backward takes {own * 1e3:.0f} ms"
    box = from_torch(layer)
    for rounds in (1, 3):
        name = f"whole numbers, {rounds} round{'s' * (rounds > 1)}"
        yield from _row(name, own, lambda rounds=rounds: check_exactly(box, RESNET, rounds=rounds), REPEATS)
    yield from _row("gradcheck, fast_mode", own, _gradcheck(RESNET, layer, True))
    yield "  gradcheck                         (64·56·56)² doubles, 300 GB: not run"


def _row(name: str, own: float, work: Callable[[], Any] | None, repeats: int = 1) -> Iterator[str]:
    if work is None:
        yield f"  {name:30} not installed"
        return
    took = seconds(work, repeats)
    yield f"  {name:30} {took:9.3f} s  {took / own:10,.1f}×"


def _torch_loops(x: Any, w: Any) -> Any:
    """The same loops as an autograd Function."""
    import torch

    class Loops(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, w: Any) -> Any:
            ctx.save_for_backward(x, w)
            return torch.from_numpy(conv_forward(x.detach().numpy(), w.detach().numpy()))

        @staticmethod
        def backward(ctx: Any, dout: Any) -> Any:
            x, w = (t.detach().numpy() for t in ctx.saved_tensors)
            return tuple(map(torch.from_numpy, conv_backward(dout.detach().numpy(), x, w)))

    return Loops.apply(x, w)


def _gradcheck(
    shapes: Mapping[str, tuple[int, ...]], layer: Callable[..., Any], fast: bool
) -> Callable[[], Any] | None:
    """`gradcheck` on a layer, or None without PyTorch."""
    try:
        import torch
    except ImportError:
        return None
    torch.manual_seed(0)
    arrays = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes.values()]
    return lambda: torch.autograd.gradcheck(layer, arrays, fast_mode=fast)
