"""Checkpoint: what training needs to go on from a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.architecture import Architecture
from engine.history import Branch
from engine.recipe import Recipe
from engine.run import State

Floats = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What training needs to go on from a moment: made by `Trainer.snapshot`, taken back by `Trainer.restore`.

    About 16 bytes a parameter in float32. The loss curves stay with the trainer, and `branch` tells it which of them
    are this moment's past.
    """

    architecture: Architecture
    recipe: Recipe
    seed: int
    counts: tuple[int, int]  # how many examples the run trains on, and how many are unseen
    parameters: tuple[Floats, Floats, Floats, Floats]  # θ, gradient, first and second moments, (n_parameters,) each
    state: State
    branch: Branch

    @property
    def update(self) -> int:
        """The updates done."""
        return int(self.state.update)

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays."""
        return sum(array.nbytes for array in (*self.parameters, self.state))
