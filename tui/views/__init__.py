"""Views: pure functions from a snapshot to a canvas, one module for each picture.

A fit view (`curve`, `series`, `plane`, `scatter`) offers `probe_points`, the scaled inputs at which it needs the
network's outputs, and `paint`, which draws the answer. `loss` and `units` offer `paint` alone. Each has a `title`:
the panel's name and the quiet words after it, for the rule above the panel.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from tui.views.state import ViewState

if TYPE_CHECKING:
    import numpy as np

    from data import Dataset
    from tui.draw.canvas import Canvas
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot

__all__ = ["FitView", "ViewState", "fit_view"]


class FitView(Protocol):
    """What the modules of the fit panel have in common."""

    def title(self, snapshot: Snapshot, state: ViewState) -> tuple[str, str]:
        """The panel's name and quiet words after it, for the rule above."""

    def probe_points(self, dataset: Dataset, width: int, height: int, state: ViewState) -> np.ndarray:
        """Scaled inputs (M, n), float32, whose predictions `paint` needs in `Snapshot.probe`."""

    def paint(self, snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
        """The panel's body, without the rule above it."""


def fit_view(dataset: Dataset) -> FitView:
    """The module that draws this kind of data set."""
    name = "scatter" if dataset.kind == "table" else dataset.kind
    return cast("FitView", import_module(f"tui.views.fit.{name}"))
