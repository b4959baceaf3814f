"""The fields of the recipe panel: the values that each can take, in steps that a person would choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from engine import Recipe
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.schedules import SCHEDULES

FIELDS = ("data", "batch", "rate", "schedule", "epochs", "optimizer", "loss", "l1", "l2", "init", "seed")
CHANGES = {  # field of the recipe panel → (words, attribute of Recipe, mark on the loss plot)
    "batch": ("The batch size", "batch_size", "B"),
    "rate": ("The rate", "learning_rate", "η"),
    "schedule": ("The schedule", "schedule", "η"),
    "epochs": ("The schedule's length", "epochs", "η"),
    "optimizer": ("The optimizer", "optimizer", "opt"),
    "loss": ("The loss", "loss", "loss"),
    "l1": ("L1", "l1", "L1"),
    "l2": ("L2", "l2", "L2"),
}
RATES = (1e-6, 100.0)  # the reach of [ and ]
PENALTIES = (1e-6, 10.0)
HORIZONS = (10, 10_000)


def change_recipe(recipe: Recipe, field: str, direction: int, examples: int) -> Recipe:
    """The recipe with one field a step up (+1) or down (−1); the same recipe where the field ends."""
    match field:
        case "batch":
            return replace(recipe, batch_size=batch_step(recipe.batch_size, direction, examples))
        case "rate":
            return replace(recipe, learning_rate=nice_step(recipe.learning_rate, direction, *RATES))
        case "epochs":
            return replace(recipe, epochs=round(nice_step(recipe.epochs, direction, *HORIZONS)))
        case "l1":
            return replace(recipe, l1=penalty_step(recipe.l1, direction))
        case "l2":
            return replace(recipe, l2=penalty_step(recipe.l2, direction))
        case "optimizer":
            return replace(recipe, optimizer=neighbour(tuple(OPTIMIZERS), recipe.optimizer, direction))
        case "loss":
            return replace(recipe, loss=neighbour(tuple(LOSSES), recipe.loss, direction))
        case "schedule":
            return replace(recipe, schedule=neighbour(tuple(SCHEDULES), recipe.schedule, direction))
    raise ValueError(f"field={field!r}: expected a field of the recipe")


def nice_step(value: float, direction: int, least: float, most: float) -> float:
    """The next of … 1, 2, 3, 5, 10, 20 … above (+1) or below (−1) the value, kept within the bounds."""
    exponent = count(-9) if direction > 0 else count(9, -1)
    digits = (1, 2, 3, 5) if direction > 0 else (5, 3, 2, 1)
    for power in exponent:
        for digit in digits:
            candidate = float(f"{digit}e{power}")
            if (candidate - value) * direction > 1e-6 * abs(value):
                return min(candidate, max(most, value)) if direction > 0 else max(candidate, min(least, value))
    raise AssertionError("unreachable: every value has a neighbour")


def penalty_step(value: float, direction: int) -> float:
    """As `nice_step`, with 0 below the least penalty."""
    least, most = PENALTIES
    if direction > 0:
        return least if value < least else nice_step(value, 1, least, most)
    return 0.0 if value <= least else nice_step(value, -1, least, most)


def batch_step(size: int, direction: int, examples: int) -> int:
    """Twice or half the batch size; it stops at 1 and at the first size that holds every example."""
    if direction > 0:
        return size if size >= examples else size * 2
    return max(size // 2, 1)


def neighbour(names: Sequence[str], name: str, direction: int) -> str:
    """The next or previous name, round and round."""
    return names[(names.index(name) + direction) % len(names)]
