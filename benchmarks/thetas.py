"""python -m benchmarks.thetas: twenty fixed, quick runs over all options, each with the sha256 of its last θ.

A change of the engine that is meant to change no number leaves every line as it was, on a machine with as many lanes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine import Network, Recipe, Trainer
from engine.edits import SetValue

Change = Callable[[Trainer], object]
SIX = ["sigmoid", "relu", "tanh", "hard_sigmoid", "leaky_relu", "identity"]


@dataclass(frozen=True, slots=True)
class Case:
    """One run: `updates` updates, then after each of the changes as many again."""

    name: str
    network: Network
    recipe: Recipe
    examples: int = 200
    updates: int = 60
    changes: tuple[Change, ...] = ()
    unseen: int = 0
    seed: int = 0
    threads: int = 1

    def theta(self) -> np.ndarray[Any, Any]:
        """The last θ."""
        rng = np.random.default_rng([self.examples, self.network.n_inputs])
        x = rng.uniform(-1, 1, (self.examples + self.unseen, self.network.n_inputs))
        y = np.tanh(3 * x[:, 0]) + x[:, -1] ** 2 + 0.3 * rng.standard_normal(len(x))
        n = self.examples
        unseen = (x[n:], y[n:]) if self.unseen else (None, None)
        trainer = Trainer(self.network, x[:n], y[:n], *unseen, self.recipe, self.seed, threads=self.threads)
        trainer.step(self.updates)
        for change in self.changes:
            change(trainer)
            trainer.step(self.updates)
        return trainer.theta


def sha256(theta: np.ndarray[Any, Any]) -> str:
    """Of θ's little-endian bytes."""
    return hashlib.sha256(theta.astype(theta.dtype.newbyteorder("<")).tobytes()).hexdigest()


def anew(**fields: Any) -> Change:
    """Other values in the recipe."""
    return lambda trainer: setattr(trainer, "recipe", replace(trainer.recipe, **fields))


def back_and_on(trainer: Trainer) -> None:
    """Train beyond a snapshot, with another unit, and come back to it."""
    state = trainer.snapshot()
    trainer.step(7)
    trainer.add_unit("relu")
    trainer.step(7)
    trainer.restore(state)


def recover(trainer: Trainer) -> None:
    """From a loss that is not finite: moments stay, θ is small again, and so is the rate."""
    assert trainer.diverged and trainer.diverged[1] == "loss"
    trainer.theta = np.linspace(-0.5, 0.5, trainer.theta.size)
    trainer.recipe = replace(trainer.recipe, learning_rate=0.01)


def deep(*widths: int, kinds: Sequence[str]) -> list[list[str]]:
    """Layers of these widths, through which the kinds go round."""
    return [[kinds[(unit + layer) % len(kinds)] for unit in range(width)] for layer, width in enumerate(widths)]


BIG = Network(17, deep(260, 250, kinds=["relu"]), seed=4, init="he")  # enough for two threads
RUNS = (
    Case("linear", Network(3, init="zeros"), Recipe(16, 0.01, "sgd"), examples=1461),
    Case("sigmoid", Network(1, [["sigmoid"] * 10]), Recipe(16, 0.01), examples=256, updates=500),
    Case("tanh", Network(2, [["tanh"] * 8] * 2, seed=1), Recipe(10, 0.01, "nesterov"), examples=500, updates=500),
    Case("relu-100", Network(8, [["relu"] * 100]), Recipe(300, 0.01, "momentum", "huber"), examples=700, unseen=90),
    Case("mixed", Network(5, deep(18, 12, 7, kinds=SIX), init="glorot"), Recipe(7, 0.002, "rmsprop", l2=1e-3)),
    Case(
        "hard-leaky",
        Network(4, deep(17, 33, kinds=["hard_sigmoid", "leaky_relu"]), init="he"),
        Recipe(20, 0.05, "adagrad", "mae", "step", epochs=12),
        examples=81,
    ),
    Case(
        "deep-adamw",
        Network(2, deep(20, 6, 16, kinds=["relu", "identity"]), seed=2),
        Recipe(32, 0.01, "adamw", schedule="cosine", epochs=15, l1=1e-4, l2=1e-2),
    ),
    Case("mixed-64", Network(3, deep(6, 19, kinds=SIX), dtype="float64"), Recipe(200, 0.01, l1=1e-3), unseen=50),
    Case("adamw-64", Network(1, [["relu"] * 9], dtype="float64"), Recipe(30, 0.01, "adamw", l2=0.1), examples=101),
    Case("one-thread", BIG, Recipe(128, 0.001), examples=300, updates=12),
    Case("two-threads", BIG, Recipe(128, 0.001), examples=300, updates=12, threads=2),
    Case("million", Network(1, [["relu"] * 1024] * 2, seed=3), Recipe(150, 1e-4), updates=4),
    Case("nine", Network(1, [["relu"] * 5]), Recipe(2, 0.01), examples=9),
    Case("ten", Network(2, [["leaky_relu"] * 5], init="uniform"), Recipe(3, 0.01, "momentum"), examples=10, seed=7),
    Case(
        "units",
        Network(2, [["relu"] * 16, ["leaky_relu"] * 3], seed=5),
        Recipe(8, 0.01),
        changes=(
            lambda trainer: trainer.add_unit("hard_sigmoid", 0),
            lambda trainer: trainer.remove_unit(0, 3),
            lambda trainer: trainer.add_unit("identity", 1),
        ),
    ),
    Case(
        "layers",
        Network(1),
        Recipe(25, 0.01, "rmsprop"),
        changes=(
            lambda trainer: trainer.add_layer(["relu"] * 4),
            lambda trainer: trainer.add_layer(["hard_sigmoid", "relu"]),
            lambda trainer: trainer.apply(SetValue(2, 0.75)),
            lambda trainer: trainer.remove_layer(0),
        ),
    ),
    Case(
        "recipes",
        Network(2, [["leaky_relu", "relu"] * 6]),
        Recipe(16, 0.01),
        changes=(
            anew(batch_size=33, loss="huber", l1=1e-3),
            anew(optimizer="adamw", schedule="step", epochs=40),
            anew(optimizer="adagrad", loss="mae", l2=1e-3),
            anew(optimizer="sgd", learning_rate=0.001),
        ),
    ),
    Case(
        "momentums",
        Network(1, [["relu"] * 7]),
        Recipe(20, 0.003, "momentum"),
        changes=(anew(optimizer="nesterov"), anew(optimizer="momentum")),
    ),
    Case("recovered", Network(2, [["relu"] * 4]), Recipe(20, 1e30), changes=(recover,)),
    Case("restored", Network(3, [["relu"] * 20]), Recipe(15, 0.01), seed=2**40 + 1, unseen=30, changes=(back_and_on,)),
)


def main() -> None:
    for case in RUNS:
        print(f"{case.name:12} {sha256(case.theta())}", flush=True)


if __name__ == "__main__":
    main()
