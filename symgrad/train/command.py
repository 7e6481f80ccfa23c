"""The command `symgrad train`."""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from symgrad.errors import SymgradError
from symgrad.terminal import PROVED, status, verdict_line, writing

if TYPE_CHECKING:
    from symgrad.train.loop import Run


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Say the arguments of `symgrad train`."""
    parser = commands.add_parser(
        "train", help="train a small network on handwritten digits by proved closed forms only"
    )
    parser.add_argument(
        "--loss",
        choices=(
            "cross-entropy",
            "squared-error",
            "softmax-squared-error",
            "activation-softmax-squared-error",
        ),
        help="after softmax: cross-entropy, which is usual, or half the squared error, also with the "
        "activation before softmax; or half the squared error of the outputs themselves",
    )
    parser.add_argument(
        "--activation", choices=("tanh", "sigmoid", "relu"), default=None, help="tanh unless given"
    )
    parser.add_argument(
        "--rate", type=_positive, help="the learning rate; 0.2 for cross-entropy, else 0.1, unless given"
    )
    parser.add_argument("--epochs", type=_count, default=40, help="40 in all unless given")
    parser.add_argument("--until", type=_positive, metavar="J", help="stop once J per sample is so small")
    parser.add_argument("--seed", type=_seed, help="of weights, order and the held-out fifth; 0 unless given")
    parser.add_argument(
        "-o", "--output", metavar="DIR", default="digits", help="for weights.npz and loss.png; 'digits'"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run saved there")
    parser.set_defaults(run=train)


def _positive(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < float(text) < math.inf:
            return float(text)
    raise argparse.ArgumentTypeError(f"a number above 0 is needed, got {text}")


def _count(text: str) -> int:
    with contextlib.suppress(ValueError):
        if int(text) >= 1:
            return int(text)
    raise argparse.ArgumentTypeError(f"a whole number from 1 on is needed, got {text}")


def _seed(text: str) -> int:
    with contextlib.suppress(ValueError):
        if int(text) >= 0:
            return int(text)
    raise argparse.ArgumentTypeError(f"a whole number from 0 on is needed, got {text}")


def train(options: argparse.Namespace) -> int:
    """Decide the rules it will use, then train, saving what has been learned after each epoch."""
    from symgrad.errors import NotProved
    from symgrad.train.loop import Run, digits
    from symgrad.train.network import Network
    from symgrad.train.rules import choose, decided, usual_rate

    folder = Path(options.output)
    if options.resume:
        run = Run.load(folder)
        _same_run(options, run)
        chosen = choose(run.activation, run.loss)
    else:
        chosen = choose(options.activation or "tanh", options.loss)
        rate = usual_rate(chosen.loss) if options.rate is None else options.rate
        run = Run.new(chosen.activation, chosen.loss, rate, options.seed or 0)
    try:
        decided(chosen, lambda rule, verdict: print(verdict_line(rule.name, verdict)))
    except NotProved as refusal:
        print(f"symgrad: {refusal}", file=sys.stderr)
        return status([refusal.verdict.verdict])
    if options.resume and _done(run, options):
        print(f"nothing to do: {folder} has {_epochs(len(run.losses))}, with J {run.losses[-1]:.4f}")
        return PROVED
    data = digits(run.seed)
    network = Network(chosen)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        while not _done(run, options):
            run.epoch(network, data)
            run.save(folder)
            print(
                f"epoch {len(run.losses):3}  J {run.losses[-1]:.4f}  accuracy {run.accuracies[-1]:.2%}"
                f"  ({time.perf_counter() - start:.1f} s)",
                flush=True,
            )
    print(f"weights.npz and loss.png in {folder}")
    return PROVED


def _same_run(options: argparse.Namespace, run: Run) -> None:
    for name in ("loss", "activation", "rate", "seed"):
        asked, saved = getattr(options, name), getattr(run, name)
        if asked is not None and asked != saved:
            raise SymgradError(f"the run to resume has {name} {saved}, not {asked}")


def _done(run: Run, options: argparse.Namespace) -> bool:
    until: float | None = options.until
    epochs: int = options.epochs
    small_enough = until is not None and bool(run.losses) and run.losses[-1] <= until
    return small_enough or len(run.losses) >= epochs


def _epochs(count: int) -> str:
    return f"{count} epoch{'s' * (count != 1)}"
