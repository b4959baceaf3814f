"""Ghosts: what the network was at a few earlier moments, kept as the run comes past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine import Network
from tui.run.facts import Facts, Request

MOST = 3  # that are shown
LARGEST = 100_000  # parameters of a network whose past is kept: some 20 copies of it


@dataclass(frozen=True, slots=True)
class Ghost:
    """The network at an earlier moment."""

    update: int
    progress: float  # epochs done
    network: Network


@dataclass(slots=True)
class Ghosts:
    """The first moment that was seen, and each at which twice as many epochs were done as at the last that is kept."""

    kept: list[Ghost] = field(default_factory=list)
    forks: int = 0  # of the story, that are known of

    def see(self, update: int, progress: float, network: Network, forks: list[int]) -> None:
        """Keep this moment if it is time; what lies beyond new forks, given by their updates, never was."""
        for fork in forks[self.forks :]:
            self.kept = [ghost for ghost in self.kept if ghost.update <= fork]
        self.forks = len(forks)
        last = self.kept[-1] if self.kept else None
        due = last is None or (update > last.update and progress >= 2.0 * max(last.progress, 0.5))
        if due and network.n_parameters <= LARGEST:
            self.kept.append(Ghost(update, progress, network))

    def before(self, update: int) -> tuple[Ghost, ...]:
        """The latest that lie before this update, the oldest first."""
        return tuple([ghost for ghost in self.kept if ghost.update < update][-MOST:])


@dataclass(frozen=True, slots=True)
class GhostCurves(Request["tuple[tuple[float, np.ndarray], ...]"]):
    """(epochs done, predictions (M,) in the data's own units) of earlier moments at the points of `Predictions`."""

    points: Callable[..., np.ndarray]
    arguments: tuple[Any, ...] = ()

    def answer(self, facts: Facts) -> tuple[tuple[float, np.ndarray], ...]:
        dataset = facts.evidence.dataset
        x = self.points(dataset, *self.arguments)
        return tuple((ghost.progress, dataset.unscale(ghost.network.predict(x))) for ghost in facts.evidence.ghosts)
