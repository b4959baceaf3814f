"""A run: the data, the trainer that fits them, and what a person has chosen in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from data import Dataset
from engine import Experiment, Network, Recipe, Trainer
from engine.edits import PointEdit, SetRecipe
from engine.examples import Examples
from tui.run.choice import Choice
from tui.run.facts import Evidence
from tui.run.options import Options
from tui.run.points import with_points
from tui.run.telling import Telling
from tui.run.trail import Trail

Mark = tuple[float, str, bool]  # (epoch, label, whether it is ahead of the cursor)
FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Moment:
    """What a gesture, a beginning and a sentence may know of a run: one moment of it, all copies."""

    options: Options
    dataset: Dataset
    network: Network
    recipe: Recipe
    seed: int
    choice: Choice
    epoch: int  # complete epochs, as the top line says them
    diverged: bool
    examples: Examples


@dataclass(slots=True)
class Run:
    """All that belongs to one run; a run that is left can be kept as it is."""

    options: Options  # what the person asked for; units and recipe may have changed since
    loaded: Dataset
    story: Experiment
    choice: Choice  # one that the network has
    telling: Telling = field(default_factory=Telling)
    trail: Trail = field(default_factory=Trail)
    gradient: np.ndarray | None = None  # the last that was known, in θ's order
    _dataset: tuple[Examples, Dataset] | None = None  # with the points that train now
    before: Run | None = None  # the run from which this one was begun
    after: Run | None = None  # the run that was left to come back to this one

    @property
    def trainer(self) -> Trainer:
        return self.story.trainer

    @property
    def dataset(self) -> Dataset:
        """The data with the points that train now; the same object as long as these do."""
        examples = self.trainer.examples
        if self._dataset is None or self._dataset[0] is not examples:
            self._dataset = examples, with_points(self.loaded, examples)
        return self._dataset[1]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The edits on the loss plot; at epoch 0 one would part nothing, and twice the same says no more."""
        marks: list[Mark] = []
        applied = self.story.position[1]
        for place, (entry, note) in enumerate(zip(self.story.entries, self.telling.notes, strict=False)):
            mark = (entry.progress, note.mark, place >= applied)
            if note.mark and entry.progress > 0 and mark not in marks[-1:]:
                marks.append(mark)
        return tuple(marks)

    def one_kind(self) -> tuple[int, int]:
        """(after, to): the updates of the story between which the losses taken are of the present kind."""
        applied, kind = self.story.position[1], self.story.recipe.loss
        since, until = -1, FOREVER
        for place, (update, edit) in enumerate(self.story.journal):
            if not isinstance(edit, SetRecipe) or edit.recipe.loss == kind:
                continue
            kind = edit.recipe.loss
            if place >= applied:
                until = update
                break
            since = update
        return since, until

    def moment(self) -> Moment:
        trainer = self.trainer
        return Moment(
            options=self.options,
            dataset=self.dataset,
            network=trainer.network,
            recipe=trainer.recipe,
            seed=trainer.seed,
            choice=self.choice,
            epoch=trainer.epoch,
            diverged=trainer.diverged is not None,
            examples=trainer.examples,
        )

    def evidence(self) -> Evidence:
        """What all that the views ask for follows from: the present moment, all copies."""
        trainer = self.trainer
        if (gradient := trainer.last_gradient) is not None:
            self.gradient = gradient  # in the midst of a batch there is none, and that of the update before stands
        since, until = self.one_kind()
        return Evidence(
            dataset=self.dataset,
            network=trainer.network,
            recipe=trainer.recipe,
            update=trainer.update,
            progress=trainer.progress,
            history=self.story.history,
            since=since,
            until=until,
            gradient=self.gradient,
            chosen=self.choice,
            way=self.story.way,
            path=self.trail.path(self.story),
            batches=self._batches(),
        )

    def _batches(self) -> tuple[int, float] | None:
        """(seed, epochs done when batches of the present size began); None where the last update had another one.

        With other examples the epoch began anew.
        """
        for entry in reversed(self.story.entries[: self.story.position[1]]):
            if isinstance(entry.edit, SetRecipe | PointEdit):
                began = entry.progress if isinstance(entry.edit, SetRecipe) else math.floor(entry.progress)
                return None if entry.update == self.trainer.update else (self.trainer.seed, began)
        return self.trainer.seed, 0.0
