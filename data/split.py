"""The split into examples to train on and unseen ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError

TEST_FRACTION = 0.2
FEWEST_TRAIN = 2

Rows = NDArray[np.intp] | slice


def unseen_count(name: str, rows: int, fraction: float | None) -> int:
    """How many of the rows stay unseen: a fraction, by default a fifth, and at least one unless it is 0."""
    fraction = TEST_FRACTION if fraction is None else fraction
    count = max(1, round(fraction * rows)) if fraction > 0 else 0
    if rows - count < FEWEST_TRAIN:
        raise DataError(
            f"{name}: {rows} usable row{'s' * (rows != 1)}, {count} of them unseen: "
            f"expected at least {FEWEST_TRAIN} rows to train on"
        )
    return count


def split_by_time(rows: int, unseen: int) -> tuple[Rows, Rows]:
    """Rows in order of time as (train, unseen): the last ones are unseen."""
    return slice(0, rows - unseen), slice(rows - unseen, rows)


def split_at_random(rows: int, unseen: int, seed: int) -> tuple[Rows, Rows]:
    """Rows as (train, unseen), drawn by the seed; each part keeps the order of the rows."""
    order = np.random.default_rng([seed, 1]).permutation(rows)  # stream 0 of a seed is a generator's noise
    return np.sort(order[unseen:]), np.sort(order[:unseen])
