"""The fit: the hero of the screen."""

from __future__ import annotations

from tui.actions import bindings
from tui.draw.canvas import Canvas
from tui.run.snapshot import Snapshot
from tui.views import fit_requests, fit_view
from tui.widgets.panel import Panel


class FitPanel(Panel, can_focus=True):
    """Draws the data and the model by the view that suits the data set."""

    BINDINGS = bindings("fit")
    requests = staticmethod(fit_requests)

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        return fit_view(snapshot.dataset).paint(snapshot, width, height, self.palette, self.view)
