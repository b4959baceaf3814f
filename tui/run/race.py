"""A race: several runs side by side, trained in lockstep, an epoch at a time, on the same unseen rows.

It stands behind a few methods, so that what trains the runs can change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from data import Dataset
from tui.run.facts import Facts, Request
from tui.run.measure import measure_of
from tui.run.run import Run

POINTS = 200  # of a curve that is shown
SLICE = 0.01  # seconds
MOST = 12  # runs: as many as a table has rows for
RowState = Literal["waits", "runs", "done", "diverged", ""]


@dataclass(slots=True)
class Racer:
    """One of the runs, what it is called, and how far it is to go: 0 epochs for one that is not trained here."""

    run: Run
    name: str
    epochs: int
    pace: float = 1.0  # updates in a slice: a low guess, measured from the first slice on

    @property
    def done(self) -> bool:
        """Whether it has come to its end here."""
        return self.run.trainer.diverged is not None or self.run.trainer.epoch >= self.epochs


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What is known of one run, in the measure in which losses are shown; nan where there is none."""

    name: str
    parameters: int
    train: float
    test: float
    best: int  # the epoch of the least unseen loss; −1: there is none
    epoch: int
    state: RowState
    epochs: np.ndarray  # (K,) of the curves
    train_curve: np.ndarray  # (K,)
    test_curve: np.ndarray  # (K,)
    present: bool  # it is the run of the other views


@dataclass(frozen=True, slots=True)
class Racing(Request[tuple[Row, ...]]):
    """The rows of the race."""

    def answer(self, facts: Facts) -> tuple[Row, ...]:
        return facts.evidence.rows


class Race:
    """The runs of view 6; `work` trains the one that is furthest behind."""

    def __init__(self, racers: Sequence[Racer] = (), clock: Callable[[], float] = time.perf_counter) -> None:
        self.racers, self.clock = list(racers), clock
        self.playing = False

    @property
    def done(self) -> bool:
        """Whether all have come to their ends."""
        return all(racer.done for racer in self.racers)

    def toggle(self) -> None:
        """Train all of them, or pause."""
        self.playing = not self.playing and not self.done

    def work(self) -> float | None:
        """One slice of the run that is least far on its way; seconds until the next is due, None if nothing is."""
        waiting = [racer for racer in self.racers if not racer.done]
        if not self.playing or not waiting:
            self.playing = False
            return None
        racer = min(waiting, key=lambda each: each.run.trainer.progress / each.epochs)
        trainer, started = racer.run.trainer, self.clock()
        updates = max(1, min(trainer.updates_to(trainer.epoch + 1), int(racer.pace)))
        racer.run.story.step(updates)
        measured = updates * SLICE / max(self.clock() - started, 1e-6)  # of what was done: an epoch may be less
        racer.pace = max(1.0, racer.pace / 4, min(measured, 4 * racer.pace))
        self.playing = not self.done
        return 0.0

    def rows(self, present: Run) -> tuple[Row, ...]:
        """A row for each run, in order."""
        return tuple(_row(racer, racer.run is present, self.playing) for racer in self.racers)


def same_unseen(one: Dataset, other: Dataset) -> bool:
    """Whether losses on the unseen rows of two data sets can be compared: the same target, the same rows."""
    if one.target_name != other.target_name:
        return False
    if one.y_test is None or other.y_test is None:
        return one.y_test is other.y_test
    mine, theirs = one.unscale(one.y_test), other.unscale(other.y_test)
    return mine.shape == theirs.shape and bool(np.allclose(mine, theirs, rtol=1e-5))  # the scales may differ


def _row(racer: Racer, present: bool, playing: bool) -> Row:
    run, trainer, history = racer.run, racer.run.trainer, racer.run.story.history
    measure, scale = measure_of(trainer.recipe, run.dataset), run.dataset.y_scale
    kept = np.unique(np.linspace(0, len(history.epoch) - 1, min(len(history.epoch), POINTS)).astype(int))
    with np.errstate(all="ignore"):
        train, test = measure.shown(history.train, scale), measure.shown(history.test, scale)
    known = np.where(np.isfinite(test), test, np.inf)
    return Row(
        name=racer.name,
        parameters=trainer.architecture.n_parameters,
        train=float(train[-1]),
        test=float(test[-1]),
        best=int(history.epoch[np.argmin(known)]) if np.isfinite(known).any() else -1,
        epoch=trainer.epoch,
        state=_state(racer, playing),
        epochs=history.epoch[kept],
        train_curve=train[kept],
        test_curve=test[kept],
        present=present,
    )


def _state(racer: Racer, playing: bool) -> RowState:
    if racer.run.trainer.diverged:
        return "diverged"
    if not racer.epochs:
        return ""
    return "done" if racer.done else "runs" if playing else "waits"
