"""The learning rate of an update, in operations that compile."""

from __future__ import annotations

import math

CONSTANT, COSINE, STEP = range(3)  # in the order of recipe.SCHEDULES


def scheduled_rate(schedule: int, base: float, done: int, horizon: int) -> float:
    """Rate of the update after `done` of `horizon` updates; from the horizon on it stays at its last value."""
    done = min(done, horizon)
    if schedule == COSINE:
        return base * 0.5 * (1.0 + math.cos(math.pi * done / horizon))
    if schedule == STEP:
        return base * 0.1 ** min(3 * done // horizon, 2)
    return base


def updates_done(epoch: int, position: int, batch_size: int, examples: int) -> int:
    """The schedule's clock: whole epochs and begun batches in units of the present batch size.

    Equal to the number of updates while the batch size stays, and still in step with the epochs after it changed.
    """
    updates_per_epoch = (examples + batch_size - 1) // batch_size
    return epoch * updates_per_epoch + (position + batch_size - 1) // batch_size
