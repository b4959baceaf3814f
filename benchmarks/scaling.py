"""How the time of an update grows with parameters × batch, over five decades."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np

from benchmarks.measure import Clock, interleave
from benchmarks.ours import Engine
from benchmarks.works import Work, work

# (features, widths of the hidden layers, batch)
SIZES: tuple[tuple[int, tuple[int, ...], int], ...] = (
    (1, (4,), 8),
    (2, (8,), 16),
    (8, (16,), 16),
    (8, (32,), 32),
    (16, (32, 32), 32),
    (32, (64, 64), 32),
    (56, (100, 100), 64),
    (64, (256, 256), 64),
    (64, (256, 256), 256),
    (64, (512, 512), 256),
)


def ladder() -> list[Work]:
    """ReLU networks of growing size, each with 16 batches of examples."""
    return [
        work(f"{'-'.join(map(str, (features, *widths, 1)))}, batch {batch}", features, relu(widths), 16 * batch, batch)
        for features, widths, batch in SIZES
    ]


def relu(widths: Sequence[int]) -> list[tuple[str, ...]]:
    return [("relu",) * width for width in widths]


def size(work: Work) -> int:
    """Parameters × batch."""
    return work.network().n_parameters * work.recipe.batch_size


def run(works: Sequence[Work], rounds: int, seconds: float, clock: Clock) -> list[float]:
    """Median seconds of an update for each work, measured in turn."""
    rates = interleave([Engine(work, name=work.name) for work in works], rounds, seconds, clock)
    return [1 / statistics.median(rates[work.name]) for work in works]


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """k of the least-squares fit seconds ∝ sizeᵏ."""
    slope, _ = np.polyfit(np.log(sizes), np.log(seconds), 1)
    return float(slope)
