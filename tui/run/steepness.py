"""How steep the loss is where a run with plain steps has diverged."""

from __future__ import annotations

import math

from engine import Trainer
from engine.opened import curvature

MOST = 2000  # training examples that are looked at


def steepness(trainer: Trainer) -> float:
    """The curvature of the loss along its gradient at the last finite θ; NaN unless the steps are plain ones."""
    if trainer.recipe.optimizer != "sgd":
        return math.nan
    examples = trainer.examples
    every = -(-examples.y.size // MOST)
    return curvature(trainer.architecture, trainer.theta, examples.x[::every], examples.y[::every], trainer.recipe.loss)
