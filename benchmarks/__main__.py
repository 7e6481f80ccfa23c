"""symgrad beside `sympy.diff`, `torch.autograd.gradcheck` and PyTorch: `python -m benchmarks [--long]`.

Everything is measured in this one run, on this machine, and reported as ratios: absolute times differ from
machine to machine, and from minute to minute. symgrad decides a rule for all sizes at once, so its time is
the same in every row; the others look at the one shape of the row.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.alternatives import gradcheck_seconds, sympy_seconds
from benchmarks.certificates import certificates
from benchmarks.checks import looped, resnet
from benchmarks.emitted import SHAPES as LAYERS
from benchmarks.emitted import Work, convolution, digits
from benchmarks.formulas import formulas
from symgrad.catalogue import find, rules
from symgrad.decide.decision import decide

SHAPES = [(1, 4, 2), (1, 6, 3), (2, 6, 3), (3, 8, 3)]
"""Maps, height and width, kernel: input (1, C, H, H), kernel (2, C, K, K)."""
LONG = [(3, 12, 3), (3, 16, 3)]
DECIDED = ("conv2d.input", "conv2d.weight", "conv2d.input_rot180", "conv2d.weight_valid")


def median_seconds(work: Callable[[], Any], repeats: int) -> float:
    """The median time of a call, after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def decisions() -> Iterator[str]:
    """How long deciding takes, each statement built and decided anew."""
    yield "deciding a rule for all sizes, and building its statement (medians of 30, each built anew)"
    for name in DECIDED:
        (rule,) = find([name])
        building = median_seconds(rule.question, 30)
        questions = iter([rule.question() for _ in range(31)])
        deciding = median_seconds(lambda: decide(next(questions)), 30)  # noqa: B023
        yield f"  {name:24} {deciding * 1e3:7.1f} ms   {building * 1e3:5.1f} ms"
    total = median_seconds(lambda: [rule.verify() for rule in rules()], 3)
    yield f"  all {len(rules())} rules            {total:7.2f} s"
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "symgrad", "verify"], check=True, capture_output=True)
    yield f"  `symgrad verify`, start-up included {time.perf_counter() - start:.2f} s"


def ladder(shapes: list[tuple[int, int, int]]) -> Iterator[str]:
    """One rule, gradient of conv2d by its input: symgrad for all shapes, the others at one each."""
    (rule,) = find(["conv2d.input_rot180"])
    own = median_seconds(rule.verify, 20)
    yield "gradient of conv2d by its input, times as multiples of symgrad's decision for all shapes"
    others = ("sympy.diff", "gradcheck", "fast_mode")
    yield f"  {'C×H×H, K':16} {'symgrad, all shapes':>20} " + " ".join(f"{name:>14}" for name in others)
    for maps, height, kernel in shapes:
        slow = sympy_seconds(maps, height, kernel)
        cells = [f"{slow / own:,.0f}×"]
        for fast in (False, True):
            checked = gradcheck_seconds(maps, height, kernel, fast)
            cells.append("not installed" if checked is None else f"{checked / own:,.1f}×")
        own_text = f"1 ({own * 1e3:.1f} ms)"
        shape = f"{maps}×{height}×{height}, {kernel}"
        yield f"  {shape:16} {own_text:>20} " + " ".join(f"{cell:>14}" for cell in cells)


def emitted() -> Iterator[str]:
    """Emitted source beside PyTorch's own layers and autograd, on the same threads."""
    try:
        import torch
    except ImportError:
        yield "emitted source beside PyTorch: not installed"
        return
    yield f"emitted source, times as multiples of PyTorch's ({torch.get_num_threads()} threads, float32)"
    yield f"  {'N×C×H×H → M, K':28} {'PyTorch':>10} {'NumPy':>10} {'torch':>10}"
    for n, c, h, m, k in LAYERS:
        pairs = [convolution(n, c, h, m, k, library) for library in ("numpy", "torch")]
        yield _emitted_row(f"{n}×{c}×{h}×{h} → {m}, {k}", pairs[0][1], [own for own, _ in pairs])
    own, theirs = digits(32)
    yield _emitted_row("training step, batch of 32", theirs, [own])


def _emitted_row(name: str, theirs: Work, own: list[Work]) -> str:
    """Medians in turn, so that a slow minute slows everybody."""
    rounds = [[median_seconds(work, 5) for work in (theirs, *own)] for _ in range(5)]
    base, *others = (statistics.median(times) for times in zip(*rounds, strict=True))
    return f"  {name:28} {base * 1e3:7.2f} ms " + " ".join(f"{other / base:9.1f}×" for other in others)


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--long", action="store_true", help="more shapes, with minutes of sympy.diff")
    options = parser.parse_args()
    for line in decisions():
        print(line, flush=True)
    print()
    for line in formulas(median_seconds):
        print(line, flush=True)
    print()
    for line in ladder(SHAPES + (LONG if options.long else [])):
        print(line, flush=True)
    for table in (certificates, emitted, looped, resnet):
        print()
        for line in table():
            print(line, flush=True)


if __name__ == "__main__":
    main()
