"""The works: what is trained, on which data, by which recipe. Every contestant gets the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import cycle, islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import Network, Recipe

MIXED = ("sigmoid", "relu", "tanh")  # in turn, so that every vector of lanes holds all three

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Work:
    """A network, a number of examples and a recipe; N is a multiple of the batch, since JAX drops the rest."""

    name: str
    n_inputs: int
    layers: tuple[tuple[str, ...], ...]
    examples: int
    recipe: Recipe

    @property
    def shape(self) -> tuple[int, ...]:
        """Inputs, units of each hidden layer, and the one output."""
        return self.n_inputs, *map(len, self.layers), 1

    @property
    def updates_per_epoch(self) -> int:
        return self.examples // self.recipe.batch_size

    @property
    def flops(self) -> int:
        """Floating-point operations of the matrix products of one update.

        Forward and the weights' gradient take every weight once for each example, the way back all but those of
        the first layer; a multiply-add counts two.
        """
        weights = [fan_in * fan_out for fan_in, fan_out in pairwise(self.shape)]
        return 2 * self.recipe.batch_size * (3 * sum(weights) - weights[0])

    def network(self, seed: int = 0) -> Network:
        return Network(self.n_inputs, self.layers, seed=seed)

    def data(self, seed: int = 0) -> tuple[Floats, Floats]:
        """x (N, n_inputs) standard normal; y (N,), a smooth function of two directions with noise, standardised."""
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((self.examples, self.n_inputs))
        first, second = rng.standard_normal((2, self.n_inputs)) / np.sqrt(self.n_inputs)
        y = np.tanh(2 * x @ first) + np.sin(2 * x @ second) + 0.3 * rng.standard_normal(self.examples)
        return x.astype(np.float32), ((y - y.mean()) / y.std()).astype(np.float32)

    def describe(self) -> str:
        """1 feature, 3 mixed + 2 × 48 relu, N 256, batch 16"""
        hidden: list[list[Any]] = []
        for layer in self.layers:
            units = f"{len(layer)} {layer[0] if len(set(layer)) == 1 else 'mixed'}"
            if hidden and hidden[-1][1] == units:
                hidden[-1][0] += 1
            else:
                hidden.append([1, units])
        words = " + ".join(f"{count} × {units}" if count > 1 else units for count, units in hidden)
        features = "1 feature" if self.n_inputs == 1 else f"{self.n_inputs} features"
        return f"{features}, {words}, N {self.examples}, batch {self.recipe.batch_size}"


def mixed(units: int) -> tuple[str, ...]:
    return tuple(islice(cycle(MIXED), units))


def work(name: str, n_inputs: int, layers: list[tuple[str, ...]], examples: int, batch: int) -> Work:
    """A work with Adam 0.001 and MSE, its N cut to a multiple of the batch."""
    return Work(name, n_inputs, tuple(layers), examples - examples % batch, Recipe(batch_size=batch))


BOOK = work("book", 56, [("relu",) * 100], 1460, 64)
DEEP = work("deep", 56, [("relu",) * 100] * 3, 1460, 64)
TINY = work("tiny", 1, [("sigmoid",) * 10], 256, 16)
LARGE = work("large", 64, [("relu",) * 512] * 2, 65536, 1024)

WORKS = (
    TINY,
    work("play", 2, [("tanh",) * 8] * 2, 500, 10),
    work("odd", 3, [("tanh",) * 17], 500, 23),
    BOOK,
    DEEP,
    work("tower", 120, [("relu",) * 64] * 4, 1460, 48),
    work("wide", 56, [("relu",) * 1000], 1460, 256),
    LARGE,
)

# shapes that no tile was chosen for
UNTUNED = (
    work("three", 1, [mixed(3)], 256, 7),
    work("uneven", 17, [mixed(33), ("tanh",) * 47], 1460, 70),
    work("slim", 90, [("relu",) * 48] * 3, 1460, 40),
)

BY_NAME = {work.name: work for work in (*WORKS, *UNTUNED)}


def options() -> dict[str, Work]:
    """`book` as it is, and with one thing changed at a time."""
    changes: dict[str, dict[str, Any]] = {
        "MSE, Adam, ReLU": {},
        "MAE": {"loss": "mae"},
        "Huber": {"loss": "huber"},
        "SGD": {"optimizer": "sgd"},
        "momentum": {"optimizer": "momentum"},
        "AdamW, L2 0.001": {"optimizer": "adamw", "l2": 1e-3},
        "L2 0.001": {"l2": 1e-3},
    }
    variants = {name: replace(BOOK, recipe=replace(BOOK.recipe, **change)) for name, change in changes.items()}
    variants["mixed units"] = replace(BOOK, layers=(mixed(100),))
    return variants
