"""The engine as a contestant: `Trainer.step`, with everything that it does by default."""

from __future__ import annotations

import time

from benchmarks.works import Work
from engine import Trainer

CALL_SECONDS = 0.1  # of one call of step; the engine cuts it into slices itself


class Engine:
    """Goes on with one run from turn to turn, or begins a fresh one in each.

    A run's beginning is slower than its course: the whole-set losses are taken at every epoch at first, later at a
    stride that keeps them under 2 % of the work. `run_in` seconds are trained before anything is timed.
    """

    def __init__(
        self, work: Work, name: str = "unitfit", threads: int | None = None, fresh: bool = False, run_in: float = 0.0
    ) -> None:
        self.name = name
        self._work, self._threads, self._fresh = work, threads, fresh
        self._data = work.data()
        self._trainer = self._new_trainer()
        self._trainer.step(1)
        self._updates = self._count_updates()
        self.advance(run_in)

    def ready(self) -> None:
        if self._fresh:
            self._trainer = self._new_trainer()

    def advance(self, seconds: float) -> int:
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            done += self._trainer.step(self._updates)
            if self._trainer.diverged:
                raise RuntimeError(f"{self._work.name}: diverged at update {self._trainer.diverged[0]}")
        return done

    def _new_trainer(self) -> Trainer:
        work = self._work
        return Trainer(work.network(), *self._data, recipe=work.recipe, threads=self._threads)

    def _count_updates(self) -> int:
        """How many updates take about CALL_SECONDS."""
        updates = 1
        while True:
            started = time.perf_counter()
            self._trainer.step(updates)
            elapsed = time.perf_counter() - started
            if elapsed > CALL_SECONDS / 4:
                return max(1, int(updates * CALL_SECONDS / elapsed))
            updates *= 4
