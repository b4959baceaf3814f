"""A run: the data, the trainer that fits them, and what a person has chosen in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from data import Dataset
from engine import Network, Recipe, Trainer
from tui.run.choice import Choice
from tui.run.facts import Evidence
from tui.run.options import Options
from tui.run.story import Story


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


@dataclass(slots=True)
class Run:
    """All that belongs to one run; a run that is left can be kept as it is."""

    options: Options  # what the person asked for; units and recipe may have changed since
    dataset: Dataset
    trainer: Trainer
    choice: Choice  # one that the network has
    story: Story = field(default_factory=Story)
    measured_from: int = 0  # the update since which the history's losses are of the present kind
    gradient: np.ndarray | None = None  # the last that was known, in θ's order

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
        )

    def evidence(self) -> Evidence:
        """What all that the views ask for follows from: the present moment, all copies."""
        trainer = self.trainer
        if (gradient := trainer.last_gradient) is not None:
            self.gradient = gradient  # in the midst of a batch there is none, and that of the update before stands
        return Evidence(
            dataset=self.dataset,
            network=trainer.network,
            recipe=trainer.recipe,
            update=trainer.update,
            progress=trainer.progress,
            history=trainer.history,
            since=self.measured_from,
            gradient=self.gradient,
        )
