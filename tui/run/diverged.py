"""A run that has diverged: how steep the loss is there, and whether a lower rate mends it."""

from __future__ import annotations

import math
import time
from copy import deepcopy

from engine import Trainer
from engine.edits import SetRecipe
from engine.opened import curvature
from tui.run.player import SLICE

MOST = 2000  # training examples that are looked at
AT_ONCE, SECONDS = 100, 0.2  # updates within which it would diverge again at once, and how long these may take


def steepness(trainer: Trainer) -> float:
    """The curvature of the loss along its gradient at the last finite θ; NaN unless the steps are plain ones."""
    if trainer.recipe.optimizer != "sgd":
        return math.nan
    examples = trainer.examples
    every = -(-examples.y.size // MOST)
    return curvature(trainer.architecture, trainer.theta, examples.x[::every], examples.y[::every], trainer.recipe.loss)


def diverges_again(trainer: Trainer, edit: SetRecipe) -> bool:
    """Whether a run that has diverged would do so again at once after this edit, if it lowers the rate.

    That is tried on a copy.
    """
    if trainer.diverged is None or edit.recipe.learning_rate >= trainer.recipe.learning_rate:
        return False
    tried = deepcopy(trainer)
    tried.apply(edit)
    until, ends = tried.update + AT_ONCE, time.perf_counter() + SECONDS
    while not tried.diverged and tried.update < until and time.perf_counter() < ends:
        tried.run_for(SLICE, until)
    return tried.diverged is not None
