"""The one example whose numbers are shown: which it is, and how a person goes from one to its neighbour."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.frame import per_dataset

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.canvas import Canvas
    from tui.draw.frame import Frame
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

_NEAR = 2.0  # columns that a click may be beside an example


@per_dataset
def order(dataset: Dataset) -> np.ndarray:
    """The training rows as one walks through them, (N,): by time, by the first feature, or by the target."""
    if dataset.times_train is not None:
        by = dataset.times_train
    else:
        by = dataset.y_train if dataset.kind == "table" else dataset.x_train[:, 0]
    rows: np.ndarray = np.argsort(by, kind="stable")
    return rows


def ordered_by(dataset: Dataset) -> str:
    """What the order goes by, in words."""
    if dataset.times_train is not None:
        return "time"
    return dataset.target_label if dataset.kind == "table" else dataset.feature_labels[0]


def place(dataset: Dataset, state: ViewState) -> int:
    """The place in the order of the example that is shown."""
    if state.example is None:
        return _first(dataset)
    return min(max(state.example, 0), len(dataset.y_train) - 1)


@per_dataset
def _first(dataset: Dataset) -> int:
    """That of the target farthest from the mean; labels are all as far, so the one in the middle."""
    if dataset.labels:
        return len(dataset.y_train) // 2
    return int(np.argmax(np.abs(dataset.y_train[order(dataset)])))


def row(dataset: Dataset, state: ViewState) -> int:
    """Its row in the training data."""
    return int(order(dataset)[place(dataset, state)])


def step(direction: int, state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    """The neighbour after (+1) or before (−1), where there is one."""
    last = len(snapshot.dataset.y_train) - 1
    return replace(state, example=min(max(place(snapshot.dataset, state) + direction, 0), last))


def nearest(dataset: Dataset, frame: Frame, row: int, column: int) -> int | None:
    """The place of the training example that stands in this cell of the fit, or beside it; None where there is none."""
    x, y = _seen(dataset)
    across, up = frame.x.at(x) - (column - frame.left + 0.5), frame.y.at(y) - (frame.top + frame.rows - row - 0.5)
    distance = across**2 + (2.0 * up) ** 2  # a cell is twice as high as wide
    closest = int(np.argmin(distance))
    return int(np.flatnonzero(order(dataset) == closest)[0]) if distance[closest] <= _NEAR**2 else None


def mark(canvas: Canvas, frame: Frame, dataset: Dataset, state: ViewState) -> None:
    """◆ on the example in the fit, once somebody has chosen one."""
    if state.example is not None:
        x, y = (values[[row(dataset, state)]] for values in _seen(dataset))
        canvas.glyphs(*frame.cells(x, y), "◆", "now")


def _seen(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Where the training points stand in the fit: (x, y), or of two features these."""
    raw = dataset.unscale_x(dataset.x_train)
    return raw[:, 0], raw[:, 1] if dataset.kind == "plane" else dataset.unscale(dataset.y_train)
