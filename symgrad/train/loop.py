"""Gradient descent by batches, with momentum; weights and the loss curve are saved after every epoch."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from symgrad.errors import MissingExtra, SymgradError
from symgrad.train.network import Network, Parameters, initial

BATCH = 32
MOMENTUM = 0.9
"""How much of its last step a parameter takes again (Polyak, 1964)."""


@dataclass(frozen=True)
class Data:
    """Images (N, 1, 8, 8) from 0 to 1 and their classes, and a fifth held out."""

    images: Any
    classes: Any
    test_images: Any
    test_classes: Any


def digits(seed: int) -> Data:
    """scikit-learn's 1,797 handwritten digits, which come with it. Raises MissingExtra without it."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise MissingExtra("training on handwritten digits", "train") from None
    values, classes = load_digits(return_X_y=True)
    order = np.random.default_rng([seed, 0]).permutation(len(values))
    images = (values[order] / 16).astype(np.float32).reshape(-1, 1, 8, 8)
    held = len(order) // 5
    return Data(images[held:], classes[order][held:], images[:held], classes[order][:held])


@dataclass
class Run:
    """A training run: its settings, how far it is, and what it has learnt."""

    activation: str
    loss: str
    rate: float
    seed: int
    parameters: Parameters
    steps: Parameters
    losses: list[float] = field(default_factory=list)
    accuracies: list[float] = field(default_factory=list)

    @staticmethod
    def new(activation: str, loss: str, rate: float, seed: int) -> Run:
        """A run that has not begun."""
        parameters = initial(np.random.default_rng([seed, 1]))
        still = {name: np.zeros_like(value) for name, value in parameters.items()}
        return Run(activation, loss, rate, seed, parameters, still)

    # -- saving -----------------------------------------------------------------------------------
    def save(self, folder: Path) -> None:
        """Write `weights.npz` and `loss.png`; what was there stays whole if this is interrupted."""
        settings = {"activation": self.activation, "loss": self.loss, "rate": self.rate, "seed": self.seed}
        history = {"losses": self.losses, "accuracies": self.accuracies}
        unfinished = folder / "weights.tmp.npz"
        steps = {f"step.{name}": value for name, value in self.steps.items()}
        kept: dict[str, Any] = settings | history | self.parameters | steps
        np.savez(unfinished, **kept)
        os.replace(unfinished, folder / "weights.npz")
        self._curve(folder / "loss.png")

    @staticmethod
    def load(folder: Path) -> Run:
        """The run that was saved in a folder. Raises SymgradError if there is none, or it is damaged."""
        path = folder / "weights.npz"
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
                kept = {name: saved[name] for name in saved.files}
            activation, loss = str(kept.pop("activation")), str(kept.pop("loss"))
            rate, seed = float(kept.pop("rate")), int(kept.pop("seed"))
            losses, accuracies = kept.pop("losses").tolist(), kept.pop("accuracies").tolist()
            parameters = {name: value for name, value in kept.items() if not name.startswith("step.")}
            steps = {name: kept[f"step.{name}"] for name in parameters}
        except FileNotFoundError as problem:
            raise SymgradError(f"there is no run to resume in {folder}: no {problem.filename}") from None
        except (OSError, KeyError, ValueError, TypeError, AttributeError, EOFError, BadZipFile) as problem:
            why = f"{type(problem).__name__}: {problem}"
            raise SymgradError(
                f"there is no run to resume: {path} is damaged, or another file ({why})"
            ) from None
        return Run(activation, loss, rate, seed, parameters, steps, losses, accuracies)

    def _curve(self, path: Path) -> None:
        try:
            from matplotlib.figure import Figure
        except ImportError:
            raise MissingExtra("drawing the loss curve", "train") from None
        figure = Figure(figsize=(6, 4), layout="constrained")
        axes = figure.add_subplot(xlabel="epoch", ylabel=f"J per sample ({self.loss})", yscale="log")
        axes.plot(range(1, len(self.losses) + 1), self.losses, color="#1f6f8b")
        axes.grid(alpha=0.3)
        figure.savefig(path, dpi=150)

    # -- training ---------------------------------------------------------------------------------
    def epoch(self, network: Network, data: Data) -> None:
        """Every sample once, in an order that seed and epoch determine.

        Raises SymgradError if J is no longer a number.
        """
        order = np.random.default_rng([self.seed, 2, len(self.losses)]).permutation(len(data.images))
        one_hot = np.eye(10, dtype=np.float32)
        total = 0.0
        with np.errstate(all="ignore"):  # what goes wrong shows in J
            for batch in _batches(order, f"epoch {len(self.losses) + 1}"):
                targets = one_hot[data.classes[batch]]
                loss, gradient = network.step(self.parameters, data.images[batch], targets)
                total += loss
                for name, slope in gradient.items():
                    self.steps[name] = MOMENTUM * self.steps[name] - self.rate / len(batch) * slope
                    self.parameters[name] = self.parameters[name] + self.steps[name]
        if not np.isfinite(total):
            raise SymgradError(f"J is {total} after epoch {len(self.losses) + 1}; try a smaller --rate")
        self.losses.append(total / len(order))
        found = network.outputs(self.parameters, data.test_images).argmax(axis=1)
        self.accuracies.append(float((found == data.test_classes).mean()))


def _batches(order: Any, what: str) -> Iterator[Any]:
    """The batches, with a bar on a terminal."""
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    if not sys.stderr.isatty():
        yield from batches
        return
    from tqdm import tqdm

    yield from tqdm(batches, desc=what, leave=False, unit="batch")
