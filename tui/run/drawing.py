"""Drawing: gestures that set and erase training points on the fit, by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data import Dataset
from engine.edits import DrawPoint, ErasePoint
from tui.run.gestures import Change
from tui.run.run import Moment

NEAR = 3.0  # cells' widths from the crosshair up to which a point is meant
HEIGHT = 2.0  # a cell's, in its widths


def refusal(dataset: Dataset) -> str:
    """Why nothing can be drawn on this data; "" where it can."""
    if dataset.kind == "curve" or (dataset.kind == "plane" and dataset.labels):
        return ""
    return f"P draws points of one feature, or of two and a label ±1: {dataset.name} has others"


@dataclass(frozen=True, slots=True)
class BeginDrawing:
    """Say how points are drawn, or why they cannot be."""

    def __call__(self, moment: Moment) -> Change:
        sets = "s sets a point of +1, r of −1" if _flat(moment) else "space sets a point"
        return Change(words=refusal(moment.dataset) or f"Drawing: arrows move, {sets}, x erases the nearest, esc ends")


@dataclass(frozen=True, slots=True)
class Here:
    """A place on the fit, scaled: (x, y) of one feature, (x1, x2) of two; and how large a cell is there."""

    at: tuple[float, float]
    cell: tuple[float, float]


@dataclass(frozen=True, slots=True)
class DrawHere:
    """A training point at this place, of two features with this label; one of a stroke joins the one before it."""

    here: Here
    label: float = 1.0
    joins: bool = False

    def __call__(self, moment: Moment) -> Change:
        if said := refusal(moment.dataset):
            return Change(words=said)
        first, second = self.here.at
        edit = DrawPoint((first, second), self.label) if _flat(moment) else DrawPoint((first,), second)
        return Change((edit,))


@dataclass(frozen=True, slots=True)
class EraseHere:
    """The training point nearest to this place goes, if one is near."""

    here: Here

    def __call__(self, moment: Moment) -> Change:
        if said := refusal(moment.dataset):
            return Change(words=said)
        examples = moment.examples
        places = examples.x if _flat(moment) else np.column_stack((examples.x, examples.y))
        across, up = ((places - self.here.at) / self.here.cell).T
        far = np.hypot(across, HEIGHT * up)
        if far.min() > NEAR:
            return Change(words="No training point is near: x erases the nearest to the crosshair")
        return Change((ErasePoint(int(examples.rows[np.argmin(far)])),))


def _flat(moment: Moment) -> bool:
    return moment.dataset.kind == "plane"
