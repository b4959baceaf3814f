"""The loss over the epochs."""

from __future__ import annotations

from tui.draw.canvas import Canvas
from tui.run.snapshot import Snapshot
from tui.views import loss
from tui.widgets.panel import Panel


class LossPanel(Panel):
    requests = staticmethod(loss.requests)

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        return loss.paint(snapshot, width, height, self.palette, self.view)
