"""Other runs of the same recipe, trained aside: from other random starts, and with the whole set in each batch."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache

import numpy as np

from data import Dataset
from engine import Network, Recipe, Trainer
from engine.architecture import Architecture

STARTS = 4
STOPS = 60  # along the way of each
SECONDS = 1.0  # that all of them together may take


@lru_cache(maxsize=2)
def other_starts(dataset: Dataset, architecture: Architecture, recipe: Recipe, updates: int) -> tuple[np.ndarray, ...]:
    """The ways (K, n_parameters) of runs from the next seeds, up to this many updates."""
    seeds = [architecture.seed + step for step in range(1, STARTS + 1)]
    return tuple(_way(dataset, architecture, recipe, seed, updates, SECONDS / STARTS) for seed in seeds)


@lru_cache(maxsize=2)
def full_batch(dataset: Dataset, architecture: Architecture, recipe: Recipe, updates: int) -> np.ndarray:
    """The way (K, n_parameters) of a run from the same start over as many examples, all of them in each update."""
    examples = len(dataset.y_train)
    full = replace(recipe, batch_size=examples)
    epochs = -(-updates * min(recipe.batch_size, examples) // examples)
    return _way(dataset, architecture, full, architecture.seed, epochs, SECONDS)


def _way(
    dataset: Dataset, architecture: Architecture, recipe: Recipe, seed: int, updates: int, seconds: float
) -> np.ndarray:
    network = Network.of(architecture, architecture.initial_theta()).initial(seed)
    trainer = Trainer(network, dataset.x_train, dataset.y_train, recipe=recipe, seed=seed, threads=1)
    trainer.prepare()
    ends, way = time.perf_counter() + seconds, [trainer.theta]
    for stop in np.unique(np.linspace(0, updates, STOPS + 1).astype(int))[1:].tolist():
        if trainer.diverged or time.perf_counter() > ends:
            break
        trainer.step(stop - trainer.update)
        way.append(trainer.theta)
    return np.array(way)
