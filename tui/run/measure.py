"""What losses are shown as: in which measure, and in which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data import Dataset
from engine import Recipe
from engine.losses import LOSSES, Loss
from tui.draw.numbers import short


@dataclass(frozen=True, slots=True)
class Measure:
    """A loss as it is shown: a mean square, for example, as its root."""

    loss: Loss
    in_unit: bool  # whether it is in the target's own unit, not in none

    @property
    def word(self) -> str:
        """ "rmse", "mae", "huber"."""
        return self.loss.root if self.in_unit and self.loss.root else self.loss.word

    def shown(self, losses: Any, scale: float) -> Any:
        """Means of this loss, one or an array of them, as they are shown; an error of 1 is `scale` target units."""
        return losses ** (1.0 / self.loss.degree) * scale if self.in_unit and self.loss.degree else losses


def measure_of(recipe: Recipe, dataset: Dataset) -> Measure:
    """What the losses are shown as; of labels, which have no unit, as they are."""
    return measure(recipe.loss, dataset.labels)


def measure(loss: str, labels: bool) -> Measure:
    """What a loss of this name is shown as, of labels or of other targets."""
    return Measure(LOSSES[loss], in_unit=LOSSES[loss].degree is not None and not labels)


def loss_words(loss: float, recipe: Recipe, dataset: Dataset) -> str:
    """A loss as people read it: "25.6 g"."""
    unit = dataset.target_unit if measure_of(recipe, dataset).in_unit else ""
    return f"{short(loss)} {unit}".rstrip()
