"""The points that train: the data set of a moment, and how many of its points a person asks for."""

from __future__ import annotations

from data import Dataset
from engine.edits import SetPoints
from engine.examples import Examples


def with_points(dataset: Dataset, examples: Examples) -> Dataset:
    """The data set with what trains; the very same where that is what was loaded."""
    if not examples.changes:
        return dataset.whole
    return dataset.with_points(examples.x, examples.y, examples.rows)


def set_points(dataset: Dataset, points: int, data_seed: int) -> SetPoints:
    """The edit that has this many train: the latest ones, or the first of an order that the seed of the data draws."""
    return SetPoints(points, None if dataset.in_time else data_seed)


def all_points(examples: Examples) -> int:
    """How many could train: those that stand aside too."""
    return examples.y.size + (0 if examples.aside is None else examples.aside.y.size)
