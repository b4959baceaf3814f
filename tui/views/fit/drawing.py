"""The crosshair, with which points are drawn on the fit: where it is on the screen, and in the data."""

from __future__ import annotations

from data import Dataset
from tui.draw.canvas import Canvas
from tui.draw.frame import Frame
from tui.draw.numbers import short
from tui.run.drawing import Here
from tui.views.fit import curve, plane

Spot = tuple[float, float]  # (across, up) in the frame, each from 0 to 1: it stays where it is when the size changes
MIDDLE: Spot = (0.5, 0.5)


def frame_of(dataset: Dataset, width: int, height: int) -> Frame:
    """The frame of the fit in a panel of this size."""
    return curve.layout(dataset, width, height) if dataset.kind == "curve" else plane.layout(dataset, width, height)


def moved(spot: Spot, frame: Frame, across: int, up: int) -> Spot:
    """The middle of the cell so many columns and rows on, within the frame."""
    column, row = int(spot[0] * frame.columns) + across, int(spot[1] * frame.rows) + up
    return _middle(min(max(column, 0), frame.columns - 1), min(max(row, 0), frame.rows - 1), frame)


def spot_at(frame: Frame, row: int, column: int) -> Spot | None:
    """The middle of a cell of the panel; None outside of the frame."""
    across, up = column - frame.left, frame.rows - 1 - (row - frame.top)
    return _middle(across, up, frame) if 0 <= across < frame.columns and 0 <= up < frame.rows else None


def here(spot: Spot, frame: Frame, dataset: Dataset) -> Here:
    """Where this is in scaled units."""
    own, next_one = _scaled(dataset, *_raw(spot, frame)), _scaled(dataset, *_raw(_next(spot, frame), frame))
    return Here(own, (abs(next_one[0] - own[0]), abs(next_one[1] - own[1])))


def draw(canvas: Canvas, frame: Frame, spot: Spot, dataset: Dataset) -> None:
    """The crosshair, open in the middle so that a point is seen there, and in the last row where it is."""
    column = frame.left + min(int(spot[0] * frame.columns), frame.columns - 1)
    row = frame.top + frame.rows - 1 - min(int(spot[1] * frame.rows), frame.rows - 1)
    arms = [(row, column + step, "─") for step in (-2, -1, 1, 2)] + [(row + step, column, "│") for step in (-1, 1)]
    for down, across, glyph in arms:
        if frame.top <= down < frame.top + frame.rows and frame.left <= across < frame.left + frame.columns:
            canvas.text(down, across, glyph, "bright", True)
    words = "  ".join(_named(_raw(spot, frame), dataset))
    canvas.text_right(frame.top + frame.rows - 1, frame.left + frame.columns - 1, f" {words} ", "bright")


def _named(raw: Spot, dataset: Dataset) -> list[str]:
    units = (dataset.feature_units[0], dataset.target_unit if dataset.kind == "curve" else dataset.feature_units[1])
    return [f"{short(value)} {unit}".rstrip() for value, unit in zip(raw, units, strict=True)]


def _middle(column: int, row: int, frame: Frame) -> Spot:
    return (column + 0.5) / frame.columns, (row + 0.5) / frame.rows


def _next(spot: Spot, frame: Frame) -> Spot:
    """A cell to the right and up."""
    return spot[0] + 1 / frame.columns, spot[1] + 1 / frame.rows


def _raw(spot: Spot, frame: Frame) -> Spot:
    return float(frame.x.value(spot[0] * frame.columns)), float(frame.y.value(spot[1] * frame.rows))


def _scaled(dataset: Dataset, first: float, second: float) -> Spot:
    if dataset.kind == "curve":
        return float(dataset.scale([first])[0, 0]), (second - dataset.y_offset) / dataset.y_scale
    across, up = dataset.scale([[first, second]])[0]
    return float(across), float(up)
