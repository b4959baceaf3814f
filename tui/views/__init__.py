"""Views: pure functions from a snapshot to a canvas, one module for each picture.

Each offers `title`, the panel's name and the quiet words after it, for the rule above the panel; `requests`, what it
needs to know of the run beyond the plain facts of a snapshot; and `paint`, which draws the answers, and something
sensible as long as they are not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from tui.views.state import ViewState

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.canvas import Canvas
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot

Requests = Callable[["Dataset", int, int, ViewState], "Iterable[Request[Any]]"]  # as a view's `requests`

__all__ = ["FitView", "Requests", "ViewState", "Want", "fit_requests", "fit_view"]


class FitView(Protocol):
    """What the modules of the fit panel have in common."""

    def title(self, snapshot: Snapshot, state: ViewState) -> tuple[str, str]:
        """The panel's name and quiet words after it, for the rule above."""

    def requests(self, dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
        """What `paint` looks up in a snapshot of this data set."""

    def paint(self, snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
        """The panel's body, without the rule above it."""


def fit_view(dataset: Dataset) -> FitView:
    """The module that draws this kind of data set."""
    name = "scatter" if dataset.kind == "table" else dataset.kind
    return cast("FitView", import_module(f"tui.views.fit.{name}"))


def fit_requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """What the view of this kind of data set asks for."""
    return fit_view(dataset).requests(dataset, width, height, state)


@dataclass(frozen=True, slots=True)
class Want:
    """What one picture of this size asks for, of whatever data set is at hand."""

    requests: Requests
    width: int
    height: int
    state: ViewState

    def __call__(self, dataset: Dataset) -> Iterable[Request[Any]]:
        return self.requests(dataset, self.width, self.height, self.state)
