"""Recipe: how a network is trained."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineError, one_of, real, show, whole
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.schedules import SCHEDULES


@dataclass(frozen=True, slots=True)
class Recipe:
    """Batch size, optimizer, loss, rate and penalty; checked when made, changed with `dataclasses.replace`.

    The objective is mean loss + l1·Σ|w| + ½·l2·Σw² over weights, not biases; `adamw` decouples l2 instead
    (w ← w − η·l2·w; Loshchilov & Hutter 2019). `epochs` is the horizon of the schedule and nothing else.
    Raises EngineError for a value out of range.
    """

    batch_size: int = 32
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    loss: str = "mse"
    schedule: str = "constant"
    epochs: int = 100
    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        checked = {
            "batch_size": whole("batch_size", self.batch_size, 1, 2**31),
            "learning_rate": real("learning_rate", self.learning_rate, above=0.0),
            "optimizer": one_of("optimizer", self.optimizer, OPTIMIZERS),
            "loss": one_of("loss", self.loss, LOSSES),
            "schedule": one_of("schedule", self.schedule, SCHEDULES),
            "epochs": whole("epochs", self.epochs, 1, 2**31),
            "l1": real("l1", self.l1, at_least=0.0),
            "l2": real("l2", self.l2, at_least=0.0),
        }
        for name, value in checked.items():  # a NumPy scalar becomes the plain number that the kernels expect
            object.__setattr__(self, name, value)


def check_recipe(recipe: Recipe) -> Recipe:
    """The recipe, or EngineError for anything else."""
    if not isinstance(recipe, Recipe):
        raise EngineError(f"recipe={show(recipe)}: expected a Recipe")
    return recipe
