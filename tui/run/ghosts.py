"""Ghosts: what the network was at a few earlier moments of its trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Network
from tui.run.facts import Facts, Request
from tui.run.trail import Path, Stop

MOST = 3


@dataclass(frozen=True, slots=True)
class GhostCurves(Request["tuple[tuple[int, np.ndarray], ...]"]):
    """(update, predictions (M,) in the data's own units) of earlier moments at the points of `Predictions`."""

    points: Callable[..., np.ndarray]
    arguments: tuple[Any, ...] = ()

    def answer(self, facts: Facts) -> tuple[tuple[int, np.ndarray], ...]:
        at = facts.evidence
        x = self.points(at.dataset, *self.arguments)
        networks = (
            (stop.update, Network.of(at.network.architecture, stop.theta)) for stop in ghosts(at.path, at.update)
        )
        return tuple((update, at.dataset.unscale(network.predict(x))) for update, network in networks)


def ghosts(path: Path, update: int) -> list[Stop]:
    """The last of those stops before this update that are 0, 1, 2, 4, 8 … updates after the first, the oldest first.

    So they stand still until twice as many updates are done.
    """
    past = [stop for stop in path.past if stop.update < update]
    if not past:
        return []
    first, found = past[0].update, [past[0]]
    after = 1
    while first + after < update:
        stop = [stop for stop in past if stop.update <= first + after][-1]
        if stop is not found[-1]:
            found.append(stop)
        after *= 2
    return found[-MOST:]
