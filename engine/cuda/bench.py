"""Where members of a population are trained on a GPU: all at once, a block of threads each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.activations import CODES
from engine.benches import Job
from engine.cuda.models import Member, Models
from engine.layout import frozen_parameters
from engine.members import POINTS, Members
from engine.run import FINE
from engine.workspace import Speed

SLICE_SECONDS = 0.02


class OnGpu:
    """As `benches.Bench`; a job's members are trained together, each to its own target."""

    def __init__(self, members: Members) -> None:
        self._members = members
        self.targets = np.zeros(len(members.of), np.int64)  # the update of each member to stop at
        self._speed = Speed()
        self._chosen: list[int] = []
        self._models: Models | None = None
        self._job: Job | None = None

    def take(self, job: Job) -> None:
        """Bring the members' states to the GPU."""
        members, chosen = self._members, list(job.members)
        models = self._models if self._models is not None and chosen == self._chosen else self._new(chosen)
        states = models.states
        states[...] = members.states[chosen]
        first = (states["points"] == 0) & (states["status"] == FINE)
        states["check_row"][first] = 0  # the curve's first point
        models.set_all([members.parameters[number] for number in chosen], members.points[chosen])
        self._begun = int(states["update"].sum())
        self._chosen, self._models, self._job = chosen, models, job

    def slice(self) -> bool:
        """Train a while; returns whether there is more to do."""
        models = self._models
        assert models is not None
        if self._more(models):
            goals = self.targets[self._chosen]
            self._speed.spend(SLICE_SECONDS, lambda budget: models.launch(goals, budget))
        return self._more(models)

    def put(self) -> None:
        """Take the members' states back."""
        members, models, chosen = self._members, self._models, self._chosen
        assert models is not None
        members.states[chosen] = models.states
        members.points[chosen] = models.all_points()
        for number, values in zip(chosen, models.all_parameters(), strict=True):
            members.parameters[number][...] = values
        members.put_down(chosen)
        self._job = None

    def part(self, job_cost: Callable[[Job], float]) -> float:
        """As `benches.Bench.part`."""
        job, models = self._job, self._models
        if job is None or models is None:
            return 0.0
        done = int(models.states["update"].sum()) - self._begun
        return job_cost(job) * min(done / max(job.updates, 1), 1.0)

    def _more(self, models: Models) -> bool:
        states = models.states
        behind = (states["update"] < self.targets[self._chosen]) | (states["check_row"] >= 0)
        return bool(((states["status"] == FINE) & behind).any())

    def _new(self, chosen: list[int]) -> Models:
        """Room for these members on the GPU."""
        self._models = None  # what was there makes room first
        self._speed.guess = min(1e8, 1e11 / len(chosen))  # low, since the first launch must not be long either
        own = self._members.examples_of(chosen[0])
        return Models([self._member(number) for number in chosen], (own.x, own.y, own.x_test, own.y_test), POINTS)

    def _member(self, number: int) -> Member:
        own: Any = self._members.of[number].architecture
        kinds = tuple(CODES[kind] for layer in own.layers for kind in layer)
        still = np.flatnonzero(frozen_parameters(own.shape, own.frozen)) if own.frozen else ()
        return Member(own.shape, kinds, tuple(map(int, still)), self._members.settings(number))
