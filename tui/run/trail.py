"""The trail of a run: θ at moments along its way, few enough to be kept however long it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import Experiment
from engine.edits import AddLayer, AddUnit, Edit, RemoveLayer, RemoveUnit, SplitUnit

BUDGET = 8 * 2**20  # bytes
MOST, FEWEST = 240, 8  # moments
RESHAPES = (AddUnit, SplitUnit, RemoveUnit, AddLayer, RemoveLayer)  # after these θ is another vector


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """θ (n_parameters,) at a moment of the run."""

    update: int
    applied: int  # entries of the journal before it
    theta: np.ndarray
    edit: Edit | None = None  # the last one before it

    @property
    def position(self) -> tuple[int, int]:
        return self.update, self.applied


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The moments that have the parameters of now, before the cursor and ahead of it, in order."""

    past: tuple[Stop, ...] = ()
    ahead: tuple[Stop, ...] = ()
    reshaped: int = -1  # the entry of the journal that gave the network these parameters; −1: it began so


NOWHERE = Path()


class Trail:
    """Looks at a run after each piece of work and remembers where it was."""

    def __init__(self) -> None:
        self._stops: list[Stop] = []
        self._spacing = 1  # updates between two of them

    def look(self, story: Experiment) -> None:
        """Remember the present moment, if it is far enough from the last one; a fork forgets what it left behind."""
        self._forget(story)
        update, applied = story.position
        if self._stops:
            last = self._stops[-1]
            if last.position >= story.position or (last.applied == applied and update < last.update + self._spacing):
                return
        theta = story.trainer.theta
        self._stops.append(Stop(update, applied, theta, _last_edit(story, applied)))
        most = max(FEWEST, min(MOST, BUDGET // theta.nbytes))
        if len(self._stops) > most:
            self._thin()

    def path(self, story: Experiment) -> Path:
        """What was remembered of the network as it is now, also where an edit has forked since the last look."""
        self._forget(story)
        edits = [edit for _, edit in story.journal]
        applied = story.position[1]
        first = max((place for place in range(applied) if isinstance(edits[place], RESHAPES)), default=-1)
        ahead = range(applied, len(edits))
        last = next((place for place in ahead if isinstance(edits[place], RESHAPES)), len(edits))
        own = [stop for stop in self._stops if first < stop.applied <= last]
        past = tuple(stop for stop in own if stop.position <= story.position)
        return Path(past, tuple(own[len(past) :]), first)

    def _forget(self, story: Experiment) -> None:
        """What a fork left behind: it lies after all that is still of the story."""
        while self._stops and not _of(self._stops[-1], story):
            self._stops.pop()

    def _thin(self) -> None:
        """Every other one goes, but for the first after an edit."""
        self._spacing *= 2
        before = [-1, *(stop.applied for stop in self._stops)]
        self._stops = [
            stop for place, stop in enumerate(self._stops) if place % 2 == 0 or stop.applied != before[place]
        ]


def _of(stop: Stop, story: Experiment) -> bool:
    """Whether a story goes through this moment: a fork has other edits from some place on."""
    entries, applied = story.entries, stop.applied
    if applied > len(entries) or stop.update > story.end or _last_edit(story, applied) is not stop.edit:
        return False
    return applied == len(entries) or entries[applied].update >= stop.update


def _last_edit(story: Experiment, applied: int) -> Edit | None:
    """The last of so many edits of the journal: this one object, for an equal one may have been made elsewhere."""
    return story.entries[applied - 1].edit if applied else None
