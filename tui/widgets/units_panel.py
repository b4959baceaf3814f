"""The table of units."""

from __future__ import annotations

from tui.actions import bindings
from tui.draw.canvas import Canvas
from tui.run.snapshot import Snapshot
from tui.views.units import table
from tui.widgets.panel import Panel


class UnitsPanel(Panel, can_focus=True):
    BINDINGS = bindings("units")
    requests = staticmethod(table.requests)

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        return table.paint(snapshot, width, height, self.palette, self.view)
