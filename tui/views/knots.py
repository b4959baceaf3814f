"""The numbers of the first layer's units on an x axis, at −b/w, where the mouse can take hold of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from tui.run.choice import OUTPUT_BIAS

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.canvas import Canvas
    from tui.draw.frame import Frame
    from tui.run.snapshot import Snapshot


def draw(canvas: Canvas, frame: Frame, snapshot: Snapshot, source: int = 0) -> None:
    """The number of each unit under the frame whose x is this input."""
    chosen = _chosen(snapshot)
    for unit, column in _numbers(frame, snapshot, source):
        bright = unit == chosen
        canvas.text(frame.top + frame.rows, column, str(unit + 1), "bright" if bright else "model", bright)


def places(frame: Frame, snapshot: Snapshot, source: int, z: float = 0.0) -> np.ndarray:
    """Where along the frame's x, in cells, b + w x is z for each unit, all other inputs at 0; (units,)."""
    W, b = snapshot.network.weights(0)
    dataset = snapshot.dataset
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        scaled = (z - b.astype(float)) / W[:, source]
        return frame.x.at(scaled * dataset.x_factor[source] + dataset.x_offset[source])


def grab(frame: Frame, snapshot: Snapshot, row: int, column: int) -> int | None:
    """The unit whose number stands in this cell or right beside it; None where there is none."""
    if row != frame.top + frame.rows:
        return None
    numbers = _numbers(frame, snapshot, 0)
    return next((unit for unit, start in numbers if -1 <= column - start <= len(str(unit + 1))), None)


def dragged(frame: Frame, dataset: Dataset, column: int, rows: int) -> tuple[float, float]:
    """(the scaled x of a column, how much this many rows are in scaled y)."""
    x = frame.x.value(np.array([[float(np.clip(column - frame.left, 0, frame.columns - 1)) + 0.5]]))
    low, high = frame.y.value(np.array([0.0, 1.0]))
    return float(dataset.scale(x)[0, 0]), rows * float(abs(high - low)) / dataset.y_scale


def _chosen(snapshot: Snapshot) -> int:
    return snapshot.chosen.unit if snapshot.chosen.layer == 0 else OUTPUT_BIAS


def _numbers(frame: Frame, snapshot: Snapshot, source: int) -> Iterator[tuple[int, int]]:
    """(unit, the column where its number begins) of each unit of the first layer that has a place on the x axis.

    The chosen one comes first; where numbers would touch, one moves by a cell, or is left out.
    """
    if not snapshot.network.layers:
        return
    place, chosen = places(frame, snapshot, source), _chosen(snapshot)
    free = np.ones(frame.columns + 4, bool)  # two cells of margin on either side
    inside, tried = np.flatnonzero((place >= 0) & (place < frame.columns)), set()
    for unit in sorted(inside.tolist(), key=lambda unit: unit != chosen):
        label = str(unit + 1)
        middle = int(place[unit]) - (len(label) - 1) // 2
        if middle in tried:  # where one had no room, no later one has, whose label is no shorter
            continue
        if unit != chosen:
            tried.add(middle)
        starts = (start for start in (middle, middle + 1, middle - 1) if 0 <= start <= frame.columns - len(label))
        start = next((start for start in starts if free[start + 1 : start + len(label) + 3].all()), None)
        if start is not None:
            free[start + 2 : start + len(label) + 2] = False
            yield unit, frame.left + start
