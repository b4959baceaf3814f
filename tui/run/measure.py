"""What losses are shown as: in which measure, and in which unit."""

from __future__ import annotations

from typing import Literal

import numpy as np

from data import Dataset
from engine import Recipe
from tui.draw.numbers import short

Measure = Literal["rmse", "mae", "mse", "huber"]  # rmse and mae are in the target's own unit, the others in none


def measure_of(recipe: Recipe, dataset: Dataset) -> Measure:
    """What the losses are shown as: the root of a mean square, unless it is of labels, which have no unit."""
    if recipe.loss == "mse":
        return "mse" if dataset.labels else "rmse"
    return "mae" if recipe.loss == "mae" else "huber"


def in_units(losses: np.ndarray, measure: Measure, dataset: Dataset) -> np.ndarray:
    """Losses of the scaled target → the measure's own unit."""
    if measure == "rmse":
        return np.sqrt(losses) * dataset.y_scale
    return losses * dataset.y_scale if measure == "mae" else losses


def loss_words(loss: float, recipe: Recipe, dataset: Dataset) -> str:
    """A loss as people read it: "25.6 g"."""
    unit = dataset.target_unit if measure_of(recipe, dataset) in ("rmse", "mae") else ""
    return f"{short(loss)} {unit}".rstrip()
