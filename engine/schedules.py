"""The schedules: the learning rate of an update, in operations that compile.

`done` of `horizon` updates came before it, 0 ≤ done ≤ horizon.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


def constant(base: float, done: int, horizon: int) -> float:
    return base


def cosine(base: float, done: int, horizon: int) -> float:
    return base * 0.5 * (1.0 + math.cos(math.pi * done / horizon))


def step(base: float, done: int, horizon: int) -> float:
    return float(base * 0.1 ** min(3 * done // horizon, 2))


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule: an entry says all that the kernels and the screen ask of it."""

    name: str
    word: str  # for people
    function: Callable[[float, int, int], float]
    moves: bool = True  # whether the rate depends on the update at all

    def rate(self, base: float, done: int, horizon: int) -> float:
        """Rate of the update after `done` others; from the horizon on it stays at its last value."""
        return self.function(base, min(done, horizon), horizon)

    def last(self, base: float) -> float:
        """The rate that it comes to at its horizon, and stays at."""
        return self.rate(base, 1, 1)


_ALL = (
    Schedule("constant", "constant", constant, moves=False),
    Schedule("cosine", "cosine", cosine),
    Schedule("step", "step", step),
)
SCHEDULES: dict[str, Schedule] = {schedule.name: schedule for schedule in _ALL}
CONSTANT = list(SCHEDULES).index("constant")  # the code for which the kernels ask no function


def updates_done(epoch: int, position: int, batch_size: int, examples: int) -> int:
    """The schedule's clock: whole epochs and begun batches in units of the present batch size.

    Equal to the number of updates while the batch size stays, and still in step with the epochs after it changed.
    """
    updates_per_epoch = (examples + batch_size - 1) // batch_size
    return epoch * updates_per_epoch + (position + batch_size - 1) // batch_size
