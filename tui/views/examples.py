"""The one example whose numbers are shown: which it is, and how a person goes from one to its neighbour."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.frame import per_dataset

if TYPE_CHECKING:
    from data import Dataset
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState


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
