"""The table of units."""

from __future__ import annotations

from tui.actions import bindings
from tui.canvas import Canvas
from tui.snapshot import Snapshot
from tui.views import units
from tui.widgets.panel import Panel


class UnitsPanel(Panel, can_focus=True):
    BINDINGS = bindings("units")

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        return units.paint(snapshot, width, height, self.palette, self.view)
