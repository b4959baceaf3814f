"""Loss curves against JAX from the same initial weights, over several seeds.

Three runs for each seed: the engine, JAX on the engine's batches, and JAX on its own shuffle. The first two differ
in the order of summation alone, the last two in the shuffle alone; the spread over seeds is chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.works import Work
from engine import Trainer
from engine.kernels.jit import compiled
from engine.kernels.shuffle import epoch_key, example
from engine.layout import grid

ENGINE, SAME_BATCHES, OWN_SHUFFLE = "unitfit", "JAX, same batches", "JAX, own shuffle"

Orders = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Curves:
    """Losses on the whole training set, (seeds, epochs), for each kind of run."""

    work: Work
    epochs: tuple[int, ...]
    losses: dict[str, NDArray[np.float64]]


def compare(work: Work, epochs: Sequence[int], seeds: Iterable[int]) -> Curves:
    """Train for every seed in the three ways; losses after each of these numbers of epochs."""
    import jax

    segments = JaxSegments(work, epochs)
    rows: dict[str, list[list[float]]] = {ENGINE: [], SAME_BATCHES: [], OWN_SHUFFLE: []}
    for seed in seeds:
        keys = jax.random.split(jax.random.key(seed), epochs[-1])
        shuffled = np.asarray(jax.vmap(lambda key: jax.random.permutation(key, work.examples))(keys))
        rows[ENGINE].append(engine_losses(work, epochs, seed))
        rows[SAME_BATCHES].append(segments.losses(seed, engine_orders(seed, epochs[-1], work.examples)))
        rows[OWN_SHUFFLE].append(segments.losses(seed, shuffled))
    return Curves(work, tuple(epochs), {name: np.array(values) for name, values in rows.items()})


def engine_losses(work: Work, epochs: Sequence[int], seed: int) -> list[float]:
    trainer = Trainer(work.network(seed), *work.data(), recipe=work.recipe, seed=seed)
    losses = []
    for begin, end in pairwise([0, *epochs]):
        trainer.run(end - begin)
        losses.append(trainer.loss("train"))
    return losses


@compiled
def fill_orders(seed: int, orders: Any, rows: int, side: int) -> None:
    epochs, examples = orders.shape
    for epoch in range(epochs):
        key = epoch_key(seed, epoch)
        for position in range(examples):
            orders[epoch, position] = example(key, position, examples, rows, side)


def engine_orders(seed: int, epochs: int, examples: int) -> Orders:
    """The examples of each epoch in the engine's order, (epochs, examples)."""
    orders = np.empty((epochs, examples), np.int32)
    fill_orders(seed, orders, *grid(examples))
    return orders


class JaxSegments:
    """JAX from one number of epochs to the next, on given orders."""

    def __init__(self, work: Work, epochs: Sequence[int]) -> None:
        import jax

        from benchmarks.peers import jax_trainer

        self._start = lambda seed: jax_trainer(work, work.network(seed))[0]
        self._epochs = epochs
        _, epoch, objective = jax_trainer(work, work.network())
        self._train = jax.jit(lambda carry, orders: jax.lax.scan(epoch, carry, orders)[0])
        self._objective = jax.jit(objective)

    def losses(self, seed: int, orders: Orders) -> list[float]:
        carry = self._start(seed)
        losses = []
        for begin, end in pairwise([0, *self._epochs]):
            carry = self._train(carry, orders[begin:end])
            losses.append(float(self._objective(carry[0])))
        return losses
