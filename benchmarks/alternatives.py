"""What people use today for the same question, written as they would write it."""

from __future__ import annotations

import itertools
import time


def sympy_seconds(maps: int, height: int, kernel: int) -> float:
    """Time to differentiate J = Σ δ·z on SymPy scalars and to compare with the closed form."""
    import sympy

    def grid(name: str, *shape: int) -> dict[tuple[int, ...], sympy.Symbol]:
        places = itertools.product(*map(range, shape))
        return {place: sympy.Symbol(f"{name}_{'_'.join(map(str, place))}") for place in places}

    start = time.perf_counter()
    out = height - kernel + 1
    a, w, delta = grid("a", maps, height, height), grid("w", 2, maps, kernel, kernel), grid("d", 2, out, out)
    offsets = list(itertools.product(range(kernel), repeat=2))
    loss = sympy.Add(
        *(
            delta[j, y, x] * a[i, y + u, x + v] * w[j, i, u, v]
            for j, y, x in delta
            for i in range(maps)
            for u, v in offsets
        )
    )
    for (i, h, x), entry in a.items():
        claimed = sympy.Add(
            *(
                delta[j, h - u, x - v] * w[j, i, u, v]
                for j in range(2)
                for u, v in offsets
                if (j, h - u, x - v) in delta
            )
        )
        if sympy.expand(sympy.diff(loss, entry) - claimed) != 0:
            raise AssertionError("the closed form is right, so this is a mistake of the benchmark")
    return time.perf_counter() - start


def gradcheck_seconds(maps: int, height: int, kernel: int, fast: bool) -> float | None:
    """Time of `torch.autograd.gradcheck` on the layer by its input, or None without PyTorch."""
    try:
        import torch
    except ImportError:
        return None
    torch.manual_seed(0)
    a = torch.randn(1, maps, height, height, dtype=torch.float64, requires_grad=True)
    w = torch.randn(2, maps, kernel, kernel, dtype=torch.float64)

    def layer(x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.conv2d(x, w)

    torch.autograd.gradcheck(layer, (a,), fast_mode=fast)
    start = time.perf_counter()
    torch.autograd.gradcheck(layer, (a,), fast_mode=fast)
    return time.perf_counter() - start
