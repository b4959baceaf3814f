"""The order of the runs, what each costs, and how long what is left takes.

Next comes the run with the least cost × (number of its seed + 1): cheap settings get their seeds soon, dear ones one
seed each first, so that every setting has a result early.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.layout import count_parameters
from engine.recipe import Recipe
from tui.run.options import Options

USUAL = Recipe()
MOST_PARAMETERS = 2**22  # of a chunk, which has θ, moments and curves of all its runs in memory
UPDATE = 20_000  # multiply-adds that an update costs beside its own


def work_of(options: Options, n_inputs: int, examples: int) -> float:
    """The multiply-adds of a run, about: what its cost is taken from until a run like it was measured."""
    batch: int = min(options.training.get("batch", USUAL.batch_size), examples)
    epochs: int = options.training.get("epochs", USUAL.epochs)
    shape = (n_inputs, *map(len, options.layers(n_inputs)), 1)
    return epochs * (3.0 * examples * count_parameters(shape) + UPDATE * math.ceil(examples / batch))


class Order:
    """Which runs wait, by number as in `Plan`: setting · seeds + seed."""

    def __init__(self, work: NDArray[np.float64], seeds: int, groups: NDArray[Any], parameters: NDArray[Any]) -> None:
        """Of each setting: `work` as `work_of`, its group, which shares data, and how many parameters."""
        self._work, self._seeds, self._groups, self._parameters = work, seeds, groups, parameters
        self._waits = np.ones((len(work), seeds), bool)
        self._unfinished = np.full(len(work), seeds)
        self._seconds, self._measured = np.zeros(len(work)), np.zeros(len(work), int)

    def finish(self, run: int, seconds: float | None) -> None:
        """A run is finished; None: it was so from the beginning, and says nothing of this machine."""
        setting = run // self._seeds
        self._waits.flat[run] = False
        self._unfinished[setting] -= 1
        if seconds is not None:
            self._seconds[setting] += seconds
            self._measured[setting] += 1

    def wait(self, run: int) -> None:
        """A run that was taken did not come to its end: it waits again."""
        self._waits.flat[run] = True

    @property
    def costs(self) -> NDArray[np.float64]:
        """Seconds of a run of each setting (settings,): measured, or by its work; NaN before the first run."""
        known = self._measured > 0
        work = float(self._work[known] @ self._measured[known])
        guessed = self._work * (self._seconds.sum() / work if work else np.nan)
        return np.where(known, self._seconds / np.maximum(self._measured, 1), guessed)

    @property
    def done(self) -> float:
        """Seconds of one thread that were measured so far."""
        return float(self._seconds.sum())

    @property
    def left(self) -> float:
        """Seconds of one thread that are still to come; NaN before the first run."""
        return float(self.costs @ self._unfinished)

    def take(self, most: int, most_seconds: float = np.inf) -> list[int]:
        """The next runs, which share their data, in their order; [] when none waits.

        At most `most` of them, and beyond the first no more than take this long and have MOST_PARAMETERS in all.
        """
        costs = self.costs if self._measured.any() else self._work
        urgency = np.where(self._waits, costs[:, np.newaxis] * np.arange(1, self._seeds + 1), np.inf)
        first = int(urgency.argmin())
        if not np.isfinite(urgency.flat[first]):
            return []
        setting = first // self._seeds
        urgency[self._groups != self._groups[setting]] = np.inf
        waiting = np.flatnonzero(np.isfinite(urgency))
        order = waiting[np.argsort(urgency.flat[waiting], kind="stable")][:most]
        fits = np.cumsum(self._parameters[order // self._seeds]) <= MOST_PARAMETERS
        if self._measured.any():
            fits &= np.cumsum(costs[order // self._seeds]) <= most_seconds
        order = order[: max(1, int(fits.sum()))]
        self._waits.flat[order] = False
        return [int(run) for run in order]
